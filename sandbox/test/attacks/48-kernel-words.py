# expect: held
import ctypes, resource
libc = ctypes.CDLL(None, use_errno=True)
assert libc.syscall(103, 3, ctypes.create_string_buffer(64), 64) == -1 and ctypes.get_errno() == 1
for p in ("/proc/kallsyms", "/proc/version", "/proc/meminfo", "/proc/self/mountinfo", "/proc/1/environ", "/dev/kmsg",
          "/dev/mem", "/dev/fuse", "/dev/loop-control", "/sys/fs/cgroup/cgroup.procs", "/sys/class/dmi",
          "/etc/passwd", "/etc/shadow", "/proc/sys/kernel/core_pattern", "/dev/tty", "/dev/ptmx"):
    try:
        open(p)
    except OSError:
        continue
    raise SystemExit("open: " + p)
limit = lambda what: resource.getrlimit(what)[1]
assert limit(resource.RLIMIT_CORE) == 0
assert 0 <= limit(resource.RLIMIT_NPROC) <= 4096 and 0 <= limit(resource.RLIMIT_FSIZE) <= 64 << 20
assert limit(resource.RLIMIT_NOFILE) == 64 and limit(resource.RLIMIT_MEMLOCK) == 0
print("held")
