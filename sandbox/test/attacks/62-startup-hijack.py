# expect: held
import os, sys
for name in ("sitecustomize.py", "usercustomize.py", "x.pth", "random.py", "json.py", "conftest.py"):
    open("/work/" + name, "w").write("raise SystemExit('hijacked')\n")
import importlib
importlib.invalidate_caches()
import random, json, calendar
assert "/work" not in (os.path.dirname(random.__file__), os.path.dirname(json.__file__))
print("held")
