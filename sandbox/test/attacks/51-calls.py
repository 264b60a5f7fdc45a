# expect: held
# io_uring, userfaultfd, keys, bpf, perf, ptrace, mounts, namespaces, handles, modules, clocks.
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
page = ctypes.create_string_buffer(4096)
calls = {"io_uring_setup": 425, "userfaultfd": 323, "keyctl": 250, "add_key": 248, "request_key": 249,
         "bpf": 321, "perf_event_open": 298, "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311,
         "mount": 165, "umount2": 166, "pivot_root": 155, "move_mount": 429, "fsopen": 430, "open_tree": 428,
         "unshare": 272, "setns": 308, "open_by_handle_at": 304, "name_to_handle_at": 303, "personality": 135,
         "modify_ldt": 154, "kexec_load": 246, "init_module": 175, "finit_module": 313, "swapon": 167,
         "clock_settime": 227, "settimeofday": 164, "reboot": 169, "acct": 163, "chroot": 161, "sethostname": 170,
         "syslog": 103, "iopl": 172, "ioperm": 173, "memfd_create": 319, "memfd_secret": 447, "pidfd_open": 434,
         "pidfd_getfd": 438, "pidfd_send_signal": 424, "execve": 59, "execveat": 322, "fork": 57, "vfork": 58,
         "socket": 41, "socketpair": 53, "shmget": 29, "msgget": 68, "semget": 64, "mq_open": 240,
         "prlimit_set": None, "splice": 275, "vmsplice": 278, "tee": 276, "fanotify_init": 300, "inotify_init1": 294,
         "seccomp": 317, "setrlimit": 160, "capset": 126, "mincore": 27, "kcmp": 312, "tkill": 200, "uselib": 134}
for name, number in calls.items():
    if number is None:
        continue
    r = libc.syscall(number, page, page, 0, 0, 0, 0)
    assert r == -1 and ctypes.get_errno() == 1, (name, r, ctypes.get_errno())
r = libc.syscall(435, page, 88)
assert r == -1 and ctypes.get_errno() == 38, "clone3"
for flags in (0x10000000, 0x20000000, 0x00020000, 17, 0x100):
    assert libc.syscall(56, flags, 0, 0, 0, 0) == -1 and ctypes.get_errno() == 1, flags
print("held")
