# expect: held
import os, errno
fd = os.open("/work/sparse", os.O_CREAT | os.O_WRONLY)
import signal
try:
    os.ftruncate(fd, 1 << 40)
except OSError as e:
    assert e.errno == errno.EFBIG, e
    print("held")
