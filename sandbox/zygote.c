#include "zygote.h"

#include "python/box.h"
#include "text.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NICE = 5, STACK_BYTES = 8 * 1024 * 1024 };

static bool write_path(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    if (fd >= 0)
        (void)close(fd);
    return ok;
}

static _Noreturn void stop(const struct zygote_start *z, const char *what)
{
    char text[256];
    int n = snprintf(text, sizeof(text), "%s: errno %d", what, errno);
    ssize_t written = write(z->error_fd, text, n > 0 ? (size_t)n : 0);
    _exit(written > 0 ? 70 : 71);
}

/* One user and one group, both "nobody" inside. */
static bool map_ids(uid_t uid, gid_t gid)
{
    char text[64];
    (void)text_format(text, sizeof(text), "65534 %u 1", uid);
    if (!write_path("/proc/self/setgroups", "deny") || !write_path("/proc/self/uid_map", text))
        return false;
    (void)text_format(text, sizeof(text), "65534 %u 1", gid);
    return write_path("/proc/self/gid_map", text);
}

/* Making boxes needs these two in our own user namespace; ambient, or exec would take them away. */
static bool keep_powers(void)
{
    static const int kept[] = { CAP_SYS_ADMIN, CAP_SETPCAP };
    struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct data[2] = { 0 };
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        data[0].permitted |= 1U << kept[i];
    data[0].effective = data[0].inheritable = data[0].permitted;
    if (syscall(SYS_capset, &head, data) != 0)
        return false;
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, kept[i], 0, 0) != 0)
            return false;
    return true;
}

static void place_fds(const struct zygote_start *z)
{
    int null = open("/dev/null", O_RDWR);
    int control = fcntl(z->control, F_DUPFD, 64), error = fcntl(z->error_fd, F_DUPFD, 64);
    int proc = fcntl(z->proc_dir, F_DUPFD, 64);
    if (null < 0 || control < 0 || error < 0 || proc < 0 || dup2(null, STDIN_FILENO) < 0 ||
        dup2(null, STDOUT_FILENO) < 0 || dup2(error, STDERR_FILENO) < 0 ||
        dup2(control, BOX_FD_CONTROL) < 0 || dup2(proc, BOX_FD_PROC) < 0 ||
        close_range(BOX_FD_PROC + 1, ~0U, 0) != 0)
        stop(z, "descriptors");
}

static _Noreturn void start_python(const struct zygote_start *z)
{
    static char name[] = "python3", path_flag[] = "-P", site_flag[] = "-s", x_flag[] = "-X",
                utf8[] = "utf8", code_flag[] = "-c", code[] = BOX_LOADER, word[] = "zygote";
    static char lang[] = "LANG=C.UTF-8", tz[] = "TZ=UTC", home[] = "HOME=/work",
                path[] = "PATH=/usr/bin:/bin", seed0[] = "PYTHONHASHSEED=0",
                seed1[] = "PYTHONHASHSEED=1";
    char *argv[] = { name, path_flag, site_flag, x_flag, utf8, code_flag, code, word, NULL };
    char *envp[] = { lang, tz, home, path, z->hash_seed ? seed1 : seed0, NULL };
    place_fds(z);
    (void)execve("/usr/bin/python3.11", argv, envp);
    struct zygote_start said = *z;
    said.error_fd = STDERR_FILENO;
    stop(&said, "exec of the interpreter");
}

/* The new process: private namespaces exist, nothing else is done yet. */
static _Noreturn void child(const struct zygote_start *z, const struct profile *p, uid_t uid,
                            gid_t gid)
{
    struct rlimit stack = { STACK_BYTES, STACK_BYTES };
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    (void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); /* else /proc/self belongs to root after a drop */
    sigset_t none;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)write_path("/proc/self/oom_score_adj", "1000");
    if (setrlimit(RLIMIT_STACK, &stack) != 0)
        stop(z, "stack limit");
    /* a service that gives way more already would be refused to come back up */
    if (getpriority(PRIO_PROCESS, 0) < NICE && setpriority(PRIO_PROCESS, 0, NICE) != 0)
        stop(z, "nice");
    if (!map_ids(uid, gid))
        stop(z, "id maps of the user namespace");
    struct zygote_start own = *z; /* with what the new root no longer shows */
    own.proc_dir = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (own.proc_dir < 0)
        stop(z, "/proc/self");
    const char *failed = tree_enter(p, z->module_fd);
    if (failed)
        stop(z, failed);
    if (!keep_powers())
        stop(z, "capabilities");
    start_python(&own);
}

pid_t zygote_spawn(const struct zygote_start *z, int *pidfd)
{
    struct profile p;
    if (!profile_python(&p)) {
        errno = EINVAL;
        return -1;
    }
    uid_t uid = geteuid();
    gid_t gid = getegid();
    *pidfd = -1;
    struct clone_args args = {
        .flags = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC |
                 CLONE_NEWUTS | CLONE_NEWCGROUP | CLONE_PIDFD,
        .pidfd = (uint64_t)(uintptr_t)pidfd,
        .exit_signal = SIGCHLD,
    };
    pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
    if (pid == 0)
        child(z, &p, uid, gid);
    return pid;
}
