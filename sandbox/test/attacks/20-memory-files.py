# expect: held
import os
try:
    os.memfd_create("m")
except PermissionError:
    pass
else:
    raise SystemExit("open: memfd")
try:
    with open("/work/big", "wb") as f:
        while True:
            f.write(b"x" * 65536)
except OSError as e:
    import errno
    assert e.errno in (errno.ENOSPC, errno.EFBIG), e
try:
    import _posixshmem
    _posixshmem.shm_open("/x", os.O_CREAT | os.O_RDWR, 0o600)
except OSError:
    print("held")
