# expect: held
import os, stat
for mode in (stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK):
    try:
        os.mknod("/work/n", mode | 0o600, os.makedev(1, 3))
    except OSError:
        continue
    raise SystemExit("open")
print("held")
