#include "box.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PRODUCE_MAX = 64, PATH_MAX_BYTES = 256 };

void inside_prepare_or_die(const struct make_box *m, const int fds[MAKE_FDS_MAX])
{
    int value = fds[MAKE_FD_VALUE];
    for (uint32_t i = 0; i < m->cgroups; i++) {
        int fd = fds[MAKE_FD_FIRST_CGROUP + (int)i];
        if (write(fd, "0", 1) != 1)
            box_die(value, "cgroup");
        (void)close(fd);
    }
    /* After joining, so that the box sees its own group as the root. */
    if (unshare(CLONE_NEWCGROUP) != 0)
        box_die(value, "cgroup namespace");
    char options[96];
    (void)snprintf(options, sizeof(options), "mode=0755,size=%lldk,nr_inodes=4096",
                   (long long)m->files_kib);
    if (mount("work", "/work", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options) != 0 ||
        chdir("/work") != 0)
        box_die(value, "work folder");
    if (sethostname("box", 3) != 0)
        box_die(value, "host name");
    (void)setsid();
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

int inside_listen(void)
{
    struct sock_filter rows[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { .len = sizeof(rows) / sizeof(rows[0]), .filter = rows };
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
                        &program);
}

static void tell(int fd, struct status s, const char *bytes, int pass_fd)
{
    struct iovec iov[2] = { { &s, sizeof(s) }, { (void *)(uintptr_t)bytes, s.length } };
    struct msghdr msg = { .msg_iov = iov, .msg_iovlen = s.length ? 2 : 1 };
    union {
        struct cmsghdr head;
        char space[CMSG_SPACE(sizeof(int))];
    } control = { 0 };
    if (pass_fd >= 0) {
        msg.msg_control = &control;
        msg.msg_controllen = sizeof(control);
        control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)),
                                         .cmsg_level = SOL_SOCKET,
                                         .cmsg_type = SCM_RIGHTS };
        memcpy(CMSG_DATA(&control.head), &pass_fd, sizeof(pass_fd));
    }
    if (sendmsg(fd, &msg, MSG_NOSIGNAL) < 0)
        box_exit(1); /* no keeper: the box has no reason to be */
}

/* A regular file below /work, reached by no link; -1 otherwise. Never blocks on a FIFO. */
static int open_produced(int work, const char *path)
{
    struct open_how how = {
        .flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    int fd = (int)syscall(SYS_openat2, work, path, &how, sizeof(how));
    struct stat st;
    if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

static void send_produced(int status_fd, int work, uint32_t number, const char *path)
{
    char bytes[STATUS_BYTES_MAX];
    int fd = open_produced(work, path);
    if (fd < 0)
        return;
    ssize_t n = 0;
    do { /* an empty file is one empty part */
        n = read(fd, bytes, sizeof(bytes));
        if (n > 0 || lseek(fd, 0, SEEK_CUR) == 0) {
            struct status part = { .kind = STATUS_PRODUCED, .file = number };
            part.length = n > 0 ? (uint32_t)n : 0;
            tell(status_fd, part, bytes, -1);
        }
    } while (n > 0);
    (void)close(fd);
}

/* Paths the keeper asked for before the run, then their contents. */
static void produce(int status_fd)
{
    int work = open("/work", O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct {
        struct status head;
        char path[PATH_MAX_BYTES];
    } ask;
    for (uint32_t i = 0; i < PRODUCE_MAX; i++) {
        ssize_t n = recv(status_fd, &ask, sizeof(ask) - 1, MSG_DONTWAIT);
        if (n < (ssize_t)sizeof(ask.head) || ask.head.kind != STATUS_PRODUCE)
            break;
        ask.path[(size_t)n - sizeof(ask.head)] = '\0';
        send_produced(status_fd, work, i, ask.path);
    }
}

/* CPU time of the student so far; it has no children. */
static int64_t cpu_us(pid_t student)
{
    struct timespec t;
    clockid_t clock;
    if (clock_getcpuclockid(student, &clock) != 0 || clock_gettime(clock, &t) != 0)
        return 0;
    return (int64_t)t.tv_sec * 1'000'000 + t.tv_nsec / 1'000;
}

static void tell_end(int status_fd, pid_t student, int wait_status)
{
    struct status end = { .kind = STATUS_END, .wait_status = wait_status };
    end.cpu_us = cpu_us(student);
    tell(status_fd, end, NULL, -1);
}

/* Did the student ask to end? Then *wait_status is what it will be. The call has not begun, and it
 * never does: the caller kills. Of another thread or process it just goes on. */
static bool has_asked_to_end(pid_t student, int notices, int *wait_status)
{
    struct seccomp_notif ask = { 0 };
    if (ioctl(notices, SECCOMP_IOCTL_NOTIF_RECV, &ask) != 0)
        return false; /* a signal took it back */
    if ((pid_t)ask.pid == student) {
        *wait_status = (int)(ask.data.args[0] & 0xFF) << 8;
        return true;
    }
    struct seccomp_notif_resp go_on = { .id = ask.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE };
    (void)ioctl(notices, SECCOMP_IOCTL_NOTIF_SEND, &go_on); /* or it died meanwhile */
    return false;
}

/* Waits for the student and tells how it ended. Its wish to exit comes before the kernel takes its
 * memory apart, which costs more than most runs; every other end comes with its death. */
static void wait_and_tell(pid_t student, int pidfd, int notices, int status_fd)
{
    struct pollfd on[] = { { .fd = pidfd, .events = POLLIN }, { .fd = notices, .events = POLLIN } };
    int how = 0;
    bool ended = false;
    while (!ended) {
        if (poll(on, sizeof(on) / sizeof(on[0]), -1) < 0)
            continue;
        if (on[0].revents)
            ended = waitpid(student, &how, 0) == student || errno == ECHILD;
        else if (on[1].revents)
            ended = has_asked_to_end(student, notices, &how);
    }
    tell_end(status_fd, student, how);
}

_Noreturn void inside_watch(int student, int notices, int status_fd)
{
    enum { NOTICES = 1 };
    if (dup2(status_fd, STDIN_FILENO) < 0 || (notices >= 0 && dup2(notices, NOTICES) < 0) ||
        close_range(notices >= 0 ? NOTICES + 1 : NOTICES, ~0U, 0) != 0)
        box_exit(1);
    status_fd = STDIN_FILENO;
    int pidfd = (int)syscall(SYS_pidfd_open, student, 0U);
    if (pidfd < 0 || !jail_drop_powers())
        box_exit(1);
    tell(status_fd, (struct status){ .kind = STATUS_STUDENT }, NULL, pidfd);
    wait_and_tell(student, pidfd, notices >= 0 ? NOTICES : -1, status_fd);
    (void)kill(-1, SIGKILL); /* the student, and whatever else lives in this pid namespace */
    produce(status_fd);
    tell(status_fd, (struct status){ .kind = STATUS_DONE }, NULL, -1);
    box_exit(0);
}
