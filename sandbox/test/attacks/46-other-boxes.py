# expect: held
# Nothing that two boxes could share: no shared memory, no socket, no process but its own.
import ctypes, os, socket
libc = ctypes.CDLL(None, use_errno=True)
for number in (29, 30, 64, 68, 240):  # shmget, shmat, semget, msgget, mq_open
    assert libc.syscall(number, 1, 4096, 0o1666, 0, 0) == -1 and ctypes.get_errno() == 1, number
assert not os.path.exists("/dev/shm") and not os.path.exists("/dev/mqueue")
for family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_VSOCK):
    try:
        socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        continue
    raise SystemExit("open")
for pid in [1, -1, os.getppid() or 1] + list(range(3, 400)):
    try:
        os.kill(pid, 0)
    except OSError:
        continue
    raise SystemExit("open: %d" % pid)
print("held")
