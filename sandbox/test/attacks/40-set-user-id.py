# expect: held
# A file may carry the bit; nothing can be run from it, and no file gets a capability.
import os
open("/work/a", "wb").write(b"#!/usr/bin/python3.11\n")
os.chmod("/work/a", 0o6755)
before = (os.getresuid(), os.getresgid())
cap = b"\x01\0\0\x02" + b"\xff" * 16
for f in (lambda: os.setxattr("/work/a", "security.capability", cap),
          lambda: os.execv("/work/a", ["a"]), lambda: os.posix_spawn("/work/a", ["a"], {}),
          lambda: os.setresuid(0, 0, 0), lambda: os.setresgid(0, 0, 0), lambda: os.setreuid(0, 0)):
    try:
        f()
    except OSError:
        continue
    raise SystemExit("open")
assert (os.getresuid(), os.getresgid()) == before
print("held")
