#include "box.h"

#include "../wire.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Made by gen from profiles/python. */
static const struct sock_filter filter_python[] = {
#include "python.filter.h"
};
static const struct sock_filter filter_probe[] = {
#include "python-probe.filter.h"
};

_Noreturn void box_exit(int code)
{
    for (;;)
        (void)syscall(SYS_exit, code);
}

_Noreturn void box_die(int value_fd, const char *layer)
{
    char text[128];
    int n = snprintf(text, sizeof(text), "%s: errno %d", layer, errno);
    struct wire_buf b = { .max = 512 };
    size_t at = wire_frame(&b, WIRE_BOX_FAILED, 0);
    wire_add(&b, text, n > 0 ? (size_t)n : 0);
    wire_frame_end(&b, at);
    ssize_t written = write(value_fd, b.ptr, b.len);
    box_exit(written > 0 ? 70 : 71);
}

/* Moves the box's descriptors to 0..3 (and 4 for a probe), whatever numbers they came with. */
static void place_fds(const struct make_box *m, const int fds[MAKE_FDS_MAX])
{
    int want[] = { fds[MAKE_FD_STDIN], fds[MAKE_FD_STDOUT], fds[MAKE_FD_STDERR], fds[MAKE_FD_VALUE],
                   -1 };
    int count = BOX_FD_PROBE;
    if (m->probe)
        want[count++] = fds[MAKE_FD_FIRST_CGROUP + m->cgroups];
    for (int i = 0; i < count; i++) /* first out of the way of each other */
        want[i] = fcntl(want[i], F_DUPFD, 64);
    for (int i = 0; i < count; i++)
        if (want[i] < 0 || dup2(want[i], i) != i)
            box_die(fds[MAKE_FD_VALUE], "descriptors");
    if (close_range((unsigned)count, ~0U, 0) != 0)
        box_die(BOX_FD_VALUE, "close_range");
}

static void limit_or_die(int what, int64_t value, const char *name)
{
    struct rlimit lim = { .rlim_cur = (rlim_t)value, .rlim_max = (rlim_t)value };
    if (setrlimit((__rlimit_resource_t)what, &lim) != 0)
        box_die(BOX_FD_VALUE, name);
}

static void limits_or_die(const struct make_box *m)
{
    enum { CPU_CEILING_S = 31, STACK_KIB = 8192, KIB = 1024, FILES_OPEN = 64 };
    enum { SIGNALS = 64, THREAD_RESERVE_KIB = 136 * 1024 };
    /* Each thread reserves a stack and an allocator arena it may never touch. */
    int64_t reserved_kib = (m->threads - 1) * THREAD_RESERVE_KIB;
    limit_or_die(RLIMIT_AS, (m->memory_kib + m->mapped_kib + reserved_kib) * KIB, "RLIMIT_AS");
    limit_or_die(RLIMIT_CPU, CPU_CEILING_S, "RLIMIT_CPU"); /* the keeper's timer is the limit */
    limit_or_die(RLIMIT_FSIZE, m->files_kib * KIB, "RLIMIT_FSIZE");
    limit_or_die(RLIMIT_NOFILE, FILES_OPEN, "RLIMIT_NOFILE");
    limit_or_die(RLIMIT_STACK, (int64_t)STACK_KIB * KIB, "RLIMIT_STACK");
    limit_or_die(RLIMIT_CORE, 0, "RLIMIT_CORE");
    limit_or_die(RLIMIT_MEMLOCK, 0, "RLIMIT_MEMLOCK");
    limit_or_die(RLIMIT_MSGQUEUE, 0, "RLIMIT_MSGQUEUE");
    limit_or_die(RLIMIT_SIGPENDING, SIGNALS, "RLIMIT_SIGPENDING");
}

bool jail_drop_powers(void)
{
    for (int cap = 0; cap <= CAP_LAST_CAP; cap++)
        if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) != 0 && errno != EINVAL)
            return false; /* EINVAL: a capability this kernel does not know */
    struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct none[2] = { 0 };
    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return syscall(SYS_capset, &head, none) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

/* Rights by ABI version; headers of the build machine may be older than the kernel. */
enum {
    FS_EXECUTE = 1 << 0,
    FS_WRITE_FILE = 1 << 1,
    FS_READ_FILE = 1 << 2,
    FS_READ_DIR = 1 << 3,
    FS_ALL_V1 = (1 << 13) - 1,
    FS_REFER = 1 << 13,
    FS_TRUNCATE = 1 << 14,
    FS_IOCTL_DEV = 1 << 15,
    NET_BIND = 1 << 0,
    NET_CONNECT = 1 << 1,
    SCOPE_ALL = 3,
};
struct landlock_attr { /* struct landlock_ruleset_attr as of ABI 6 */
    uint64_t fs, net, scoped;
};

static bool landlock_allow(int rules, const char *path, uint64_t rights)
{
    struct landlock_path_beneath_attr beneath = { .allowed_access = rights };
    beneath.parent_fd = open(path, O_PATH | O_CLOEXEC);
    if (beneath.parent_fd < 0)
        return false;
    bool ok = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0U) == 0;
    return close(beneath.parent_fd) == 0 && ok;
}

/* Reading the tree, everything but execution in /work, writing to /dev/null; no network, no signal
 * or abstract socket to the outside. False: this kernel has none, or it failed. */
static bool landlock_on(bool run)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1U); /* 1: ask for the version */
    if (abi < 1)
        return false;
    uint64_t all = FS_ALL_V1;
    all |= abi >= 2 ? FS_REFER : 0;
    all |= abi >= 3 ? FS_TRUNCATE : 0;
    all |= abi >= 5 ? FS_IOCTL_DEV : 0;
    struct landlock_attr attr = { .fs = all };
    attr.net = abi >= 4 ? NET_BIND | NET_CONNECT : 0;
    attr.scoped = abi >= 6 ? SCOPE_ALL : 0;
    size_t size = abi >= 6 ? sizeof(attr) : abi >= 4 ? 16 : 8;
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0U);
    if (rules < 0)
        return false;
    uint64_t read = FS_READ_FILE | FS_READ_DIR | (run ? FS_EXECUTE : 0U);
    bool ok = landlock_allow(rules, "/", read) &&
              landlock_allow(rules, "/work", all & ~(uint64_t)FS_EXECUTE) &&
              landlock_allow(rules, "/dev/null", FS_READ_FILE | FS_WRITE_FILE) &&
              syscall(SYS_landlock_restrict_self, rules, 0U) == 0;
    return close(rules) == 0 && ok;
}

uint32_t jail_student_or_die(const struct make_box *m, const int fds[MAKE_FDS_MAX])
{
    place_fds(m, fds);
    limits_or_die(m);
    /* Ids unmapped: nothing on any mount belongs to it by more than the mode of "nobody". Process
     * counts of boxes of the same user are told apart by this namespace. */
    if (unshare(CLONE_NEWUSER) != 0)
        box_die(BOX_FD_VALUE, "nested user namespace");
    limit_or_die(RLIMIT_NPROC, m->process_limit, "RLIMIT_NPROC"); /* counted from here */
    if (!jail_drop_powers())
        box_die(BOX_FD_VALUE, "capabilities");
    bool starts_a_program = m->cold || m->probe;
    uint32_t layers = LAYER_NO_CAPS | LAYER_RLIMITS | LAYER_USER;
    return layers | (landlock_on(starts_a_program) ? LAYER_LANDLOCK : 0U);
}

void jail_seal_or_die(bool probe)
{
    const struct sock_filter *rows = probe ? filter_probe : filter_python;
    size_t bytes = probe ? sizeof(filter_probe) : sizeof(filter_python);
    struct sock_fprog program = {
        .len = (unsigned short)(bytes / sizeof(*rows)),
        /* the kernel only reads it, but the field is not const */
        .filter = (struct sock_filter *)(uintptr_t)rows,
    };
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0U, &program) != 0)
        box_die(BOX_FD_VALUE, "seccomp");
}
