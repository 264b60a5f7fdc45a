# expect: held
import errno, fcntl, os
n = 0
try:
    while True:
        r, w = os.pipe()
        n += 1
        try:
            fcntl.fcntl(w, 1031, 1 << 20)
        except PermissionError:
            continue
        raise SystemExit("open: F_SETPIPE_SZ")
except OSError as e:
    assert e.errno == errno.EMFILE and n < 64, (e, n)
os.write(1, b"held\n")
