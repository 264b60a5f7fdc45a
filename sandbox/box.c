#include "keeper.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Making, identity and end of a box; its run is in run.c. */

enum { PROBE_TEXT_MAX = 64 * 1024 };

struct box_spec box_standard(void)
{
    return (struct box_spec){ .files_kib = DEFAULT_FILES_KIB,
                              .memory_kib = DEFAULT_MEMORY_KIB,
                              .threads = 1 };
}

bool box_spec_same(const struct box_spec *a, const struct box_spec *b)
{
    return a->files_kib == b->files_kib && a->memory_kib == b->memory_kib &&
           a->threads == b->threads && a->hash_seed == b->hash_seed && a->cold == b->cold;
}

static uint32_t index_of(const struct keeper *k, const struct box *b)
{
    return (uint32_t)(b - k->boxes);
}

void box_close(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

struct box *box_find(struct keeper *k, const struct box_spec *spec)
{
    for (int i = 0; i < k->box_count; i++)
        if (k->boxes[i].state == BOX_FREE && box_spec_same(&k->boxes[i].spec, spec))
            return &k->boxes[i];
    return NULL;
}

/* Pipes and the status socket: ours in the box, theirs in fds. */
static bool open_channels(struct box *b, int fds[MAKE_FDS_MAX])
{
    int in[2], out[2], err[2], value[2], status[2];
    if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC) ||
        pipe2(value, O_CLOEXEC) || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, status))
        return false; /* out of descriptors: the limit is checked at start, so this is a bug */
    fds[MAKE_FD_STDIN] = in[0];
    fds[MAKE_FD_STDOUT] = out[1];
    fds[MAKE_FD_STDERR] = err[1];
    fds[MAKE_FD_VALUE] = value[1];
    fds[MAKE_FD_STATUS] = status[1];
    b->in = in[1];
    b->out = out[0];
    b->err = err[0];
    b->value = value[0];
    b->status = status[0];
    int ours[] = { b->in, b->out, b->err, b->value, b->status };
    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        if (fcntl(ours[i], F_SETFL, O_NONBLOCK) != 0)
            return false;
    return true;
}

static bool send_order(int control, const struct make_box *m, const int *fds, size_t count)
{
    struct iovec iov = { (void *)(uintptr_t)m, sizeof(*m) };
    union {
        struct cmsghdr head;
        char space[CMSG_SPACE(sizeof(int) * MAKE_FDS_MAX)];
    } control_data = { 0 };
    struct msghdr msg = { .msg_iov = &iov,
                          .msg_iovlen = 1,
                          .msg_control = &control_data,
                          .msg_controllen = CMSG_SPACE(sizeof(int) * count) };
    control_data.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int) * count),
                                          .cmsg_level = SOL_SOCKET,
                                          .cmsg_type = SCM_RIGHTS };
    memcpy(CMSG_DATA(&control_data.head), fds, sizeof(int) * count);
    return sendmsg(control, &msg, MSG_NOSIGNAL) == (ssize_t)sizeof(*m);
}

static bool order_box(struct keeper *k, struct box *b, int fds[MAKE_FDS_MAX])
{
    const struct zygote *z = &k->zygotes[b->zygote];
    struct cgroup_slot *slot = &k->cgroups.slots[index_of(k, b)];
    bool pids = slot->pids_max >= 0;
    struct make_box m = { .box = index_of(k, b),
                          .cgroups = (uint32_t)slot->proc_count,
                          .cold = b->spec.cold,
                          .probe = k->conf.probe_fd >= 0,
                          .files_kib = b->spec.files_kib,
                          .memory_kib = b->spec.memory_kib,
                          .mapped_kib = z->mapped_kib,
                          .threads = b->spec.threads,
                          .process_limit = b->spec.threads + (pids ? 1 : 0) };
    size_t count = MAKE_FD_FIRST_CGROUP;
    for (int i = 0; i < slot->proc_count; i++)
        fds[count++] = slot->procs[i];
    if (m.probe) {
        fds[count++] = k->conf.probe_fd;
        m.process_limit += 64;
    }
    cgroup_reset(slot, b->spec.threads + 1 + (m.probe ? 64 : 0)); /* + `inside` */
    return send_order(z->control, &m, fds, count);
}

static void box_blank(struct box *b)
{
    uint32_t generation = (b->generation + 1) & 0xFFFFFF;
    *b = (struct box){ .generation = generation,
                       .in = -1,
                       .out = -1,
                       .err = -1,
                       .value = -1,
                       .status = -1,
                       .pidfd = -1,
                       .student_pidfd = -1,
                       .zygote = -1 };
}

bool box_make(struct keeper *k, const struct box_spec *spec, struct job *for_job)
{
    int zygote = keeper_zygote_for(k, spec->hash_seed);
    struct box *b = NULL;
    for (int i = 0; i < k->box_count && !b; i++)
        if (k->boxes[i].state == BOX_EMPTY)
            b = &k->boxes[i];
    if (zygote < 0 || !b)
        return false;
    box_blank(b);
    b->spec = *spec;
    b->zygote = zygote;
    b->job = for_job;
    b->made_us = keeper_now_us();
    int fds[MAKE_FDS_MAX];
    if (!open_channels(b, fds))
        return false;
    bool ok = order_box(k, b, fds);
    for (int i = 0; i < MAKE_FD_FIRST_CGROUP; i++)
        (void)close(fds[i]);
    if (!ok)
        return false;
    b->state = BOX_MAKING;
    k->making++;
    k->zygotes[zygote].forks++;
    k->zygotes[zygote].boxes++;
    keeper_watch(k, b->value, EPOLLIN, SOURCE_VALUE, index_of(k, b), b->generation);
    keeper_watch(k, b->status, EPOLLIN, SOURCE_STATUS, index_of(k, b), b->generation);
    return true;
}

void box_made(struct keeper *k, uint32_t index, const struct made *m, int pidfd)
{
    struct box *b = index < (uint32_t)k->box_count ? &k->boxes[index] : NULL;
    if (!b || b->state == BOX_EMPTY || b->pidfd >= 0) {
        if (pidfd >= 0)
            (void)close(pidfd);
        return;
    }
    if (m->kind == MADE_FAILED || pidfd < 0) {
        char text[96];
        (void)text_format(text, sizeof(text), "namespaces of a box: errno %d", m->error);
        keeper_missing(k, text);
        box_gone(k, b);
        return;
    }
    b->pidfd = pidfd;
    keeper_watch(k, pidfd, EPOLLIN, SOURCE_PID, index, b->generation);
}

void box_stop(struct keeper *k, struct box *b)
{
    if (b->pidfd >= 0)
        (void)syscall(SYS_pidfd_send_signal, b->pidfd, SIGKILL, NULL, 0U);
    cgroup_kill(&k->cgroups.slots[index_of(k, b)]);
}

static void free_buffers(struct box *b)
{
    wire_release(&b->to_write);
    wire_release(&b->stdout_text.text);
    wire_release(&b->stderr_text.text);
    wire_release(&b->frames);
    wire_release(&b->answer);
    for (int i = 0; i < KEEPER_PRODUCE_MAX; i++)
        wire_release(&b->produced[i]);
}

/* What a box that never got ready wrote to its stderr: only our own code has run in it. */
static void tell_last_words(struct keeper *k, const struct box *b)
{
    char text[1024];
    ssize_t n = b->err < 0 ? -1 : read(b->err, text, sizeof(text) - 1);
    if (n <= 0)
        return;
    while (n > 0 && text[n - 1] == '\n')
        n--;
    text[n] = '\0';
    const char *line = strrchr(text, '\n');
    keeper_missing(k, line ? line + 1 : text);
}

/* Its first process is dead, so everything in its pid namespace is. */
void box_gone(struct keeper *k, struct box *b)
{
    uint32_t index = index_of(k, b);
    if (box_is_busy(b)) {
        box_status(k, b); /* its last words may still be unread */
        if (box_is_busy(b))
            box_lost(k, b);
    }
    if (b->state == BOX_MAKING) {
        tell_last_words(k, b);
        k->making--;
        k->failures++;
        int64_t wait_ms = 100 << (k->failures < 6 ? k->failures : 6);
        k->retry_us = keeper_now_us() + (wait_ms > 5'000 ? 5'000 : wait_ms) * US_PER_MS_;
        if (b->job)
            job_lost(k, b->job);
    }
    if (k->conf.probe_fd >= 0 && b->out >= 0)
        (void)capture_drain(&k->probe_text, b->out, PROBE_TEXT_MAX);
    b->job = NULL;
    int *fds[] = { &b->in, &b->out, &b->err, &b->value, &b->status, &b->pidfd, &b->student_pidfd };
    for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
        box_close(fds[i]);
    free_buffers(b);
    keeper_zygote_left(k, b->zygote);
    b->state = cgroup_is_empty(&k->cgroups, (int)index) ? BOX_EMPTY : BOX_RETIRED;
    k->stats.retired += b->state == BOX_RETIRED;
}
