# expect: held
# Pages of files are charged to the box, and the folder of the box has an end.
import os
fd = os.open("/work/a", os.O_CREAT | os.O_RDWR)
block = b"x" * 65536
written = 0
try:
    for i in range(4096):
        written += os.pwrite(fd, block, i * 65536)
except OSError:
    pass
assert written <= 1 << 20, written
for _ in range(2000):  # the same pages again: nothing grows
    os.pwrite(fd, block, 0)
for p in ("/dev/shm/a", "/tmp/../a", "/usr/a"):
    try:
        open(p, "w")
    except OSError:
        continue
    raise SystemExit("open: " + p)
print("held")
