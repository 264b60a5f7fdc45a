# expect: held
import os, subprocess, _posixsubprocess
for f in (lambda: os.posix_spawn("/usr/bin/python3", ["python3"], {}),
          lambda: subprocess.run(["/usr/bin/python3", "-c", "pass"]),
          lambda: os.execv("/usr/bin/python3", ["python3"]),
          lambda: os.forkpty()):
    try:
        f()
    except OSError:
        continue
    raise SystemExit("open")
print("held")
