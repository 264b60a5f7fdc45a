# expect: held
import builtins, json, sys, gc, os, io
print("held")
sys.stdout.flush()
remove, Missing, keep = delattr, AttributeError, ("__build_class__", "__import__")
for name in list(vars(builtins)):
    if name not in keep:
        try:
            remove(builtins, name)
        except Missing:
            pass
