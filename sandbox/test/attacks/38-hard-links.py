# expect: held
import os
for target in ("/usr/bin/python3.11", "/dev/null", "/usr/lib/python3.11/os.py", "/dev/zero"):
    for how in (lambda: os.link(target, "/work/l"), lambda: os.rename(target, "/work/l"),
                lambda: os.unlink(target), lambda: os.truncate(target, 0) if target[:4] == "/usr" else 1 / 0):
        try:
            how()
        except (OSError, ZeroDivisionError):
            continue
        raise SystemExit("open: " + target)
print("held")
