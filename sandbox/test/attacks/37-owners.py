# expect: held
import os
open("/work/a", "w").close()
for f in (lambda: os.chown("/work/a", 0, 0), lambda: os.chmod("/usr/bin/python3.11", 0o777),
          lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0])):
    try:
        f()
    except OSError:
        continue
    raise SystemExit("open")
os.chmod("/work/a", 0o6777)
assert os.getuid() == 65534 and os.getgid() == 65534
print("held")
