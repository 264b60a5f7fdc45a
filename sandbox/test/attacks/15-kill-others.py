# expect: held
import os, signal
for pid in (-1, 0, 1, os.getppid(), 3, 4, 100):
    for sig in (0, signal.SIGKILL):
        try:
            os.kill(pid, sig)
        except PermissionError:
            continue
        raise SystemExit("open: %d %d" % (pid, sig))
print("held")
