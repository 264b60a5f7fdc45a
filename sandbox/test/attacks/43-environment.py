# expect: held
import os, sys
want = {"LANG": "C.UTF-8", "TZ": "UTC", "HOME": "/work", "PATH": "/usr/bin:/bin", "PYTHONHASHSEED": "0"}
assert dict(os.environ) == want, dict(os.environ)
assert sys.argv == ["main.py"] and os.getcwd() == "/work", (sys.argv, os.getcwd())
assert os.listdir("/work") == ["main.py"], os.listdir("/work")
assert os.uname().nodename == "box"
assert os.getpid() == 2 and os.getppid() == 1
print("held")
