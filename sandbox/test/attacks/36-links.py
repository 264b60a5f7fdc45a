# expect: held
import os
for f in (lambda: os.symlink("/etc/passwd", "/work/a"), lambda: os.link("/usr/bin/python3.11", "/work/b")):
    try:
        f()
    except OSError:
        continue
    raise SystemExit("open")
print("held")
