# expect: held
import resource, sys
try:
    resource.setrlimit(resource.RLIMIT_STACK, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
except (PermissionError, ValueError):
    pass
else:
    raise SystemExit("open")
def f(n):
    return f(n + 1)
try:
    f(0)
except RecursionError:
    print("held")
