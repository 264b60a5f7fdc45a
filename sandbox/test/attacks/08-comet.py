# expect: held
# A program that becomes another one again and again: neither step of it exists.
import os
me = "/usr/bin/python3.11"
for f in (os.fork, lambda: os.execv(me, [me, "-c", "1"]), lambda: os.posix_spawn(me, [me], {}),
          lambda: os.execve(os.open("/work/main.py", os.O_RDONLY), ["main.py"], {})):
    try:
        f()
    except OSError:
        continue
    raise SystemExit("open")
print("held")
