# expect: held
import socket
for family in range(0, 46):
    for kind in (1, 2, 3, 5):
        try:
            socket.socket(family, kind)
        except OSError as e:
            assert e.errno == 1, (family, kind, e)
            continue
        raise SystemExit("open")
try:
    socket.socketpair()
except PermissionError:
    print("held")
