# expect: held
import os
for p in ("/proc", "/sys", "/etc", "/root", "/home", "/var", "/run", "/boot", "/.oldroot"):
    assert not os.path.exists(p), p
assert sorted(os.listdir("/dev")) == ["full", "null", "random", "urandom", "zero"], os.listdir("/dev")
for p in ("/", "/usr", "/usr/lib", "/dev", "/usr/lib/python3.11"):
    try:
        open(p + "/x", "w")
    except OSError:
        continue
    raise SystemExit("open: " + p)
try:
    open("/dev/full", "w").write("x")
except OSError:
    pass
print("held")
