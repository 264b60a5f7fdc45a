# expect: held
# A daemon needs a child: by no call that makes one.
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for number in (56, 57, 58):  # clone, fork, vfork
    assert libc.syscall(number, 17, 0, 0, 0, 0) == -1 and ctypes.get_errno() == 1, number
for f in (os.fork, os.forkpty):
    try:
        f()
    except OSError:
        continue
    raise SystemExit("open")
print("held")
