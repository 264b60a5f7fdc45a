#include "keeper.h"

#include "text.h"
#include "zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 64, OWN_UID = 64'733, MAKING_AT_ONCE = 2 };

int64_t keeper_now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1'000'000 + t.tv_nsec / 1'000;
}

void keeper_missing(struct keeper *k, const char *text)
{
    if (k->layers == 0)
        (void)text_format(k->missing, sizeof(k->missing), "%s", text);
    (void)fprintf(stderr, "ainative-sandbox: %s\n", text);
}

void keeper_watch(struct keeper *k, int fd, uint32_t events, enum source source, uint32_t index,
                  uint32_t generation)
{
    struct epoll_event e = { .events = events,
                             .data.u64 = (uint64_t)source << 56 |
                                         (uint64_t)(generation & 0xFFFFFF) << 32 | index };
    if (epoll_ctl(k->epoll, EPOLL_CTL_ADD, fd, &e) != 0 && errno == EEXIST)
        (void)epoll_ctl(k->epoll, EPOLL_CTL_MOD, fd, &e);
}

/* --- rights ---------------------------------------------------------------------------------- */

static uid_t own_uid(gid_t *gid)
{
    const struct passwd *p = getpwnam("ainative-sandbox");
    *gid = p ? p->pw_gid : OWN_UID;
    return p ? p->pw_uid : OWN_UID;
}

/* Root is needed for nothing after the control groups are ours. A root that may not change its ids
 * is one of a container's own user namespace: as harmless as any user. */
static void drop_root(uid_t uid, gid_t gid)
{
    bool dropped = geteuid() == 0 && setgroups(0, NULL) == 0 && setresgid(gid, gid, gid) == 0 &&
                   setresuid(uid, uid, uid) == 0;
    (void)dropped;
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* --- zygotes --------------------------------------------------------------------------------- */

static void zygote_start(struct keeper *k, int hash_seed)
{
    int at = 0, pair[2], error[2];
    while (at < KEEPER_ZYGOTES_MAX && k->zygotes[at].state != ZYGOTE_NONE)
        at++;
    if (at == KEEPER_ZYGOTES_MAX || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
        return;
    if (pipe2(error, O_CLOEXEC) != 0) {
        (void)close(pair[0]);
        (void)close(pair[1]);
        return;
    }
    struct zygote *z = &k->zygotes[at];
    *z = (struct zygote){ .state = ZYGOTE_STARTING,
                          .hash_seed = hash_seed,
                          .control = pair[0],
                          .error = error[0],
                          .started_us = keeper_now_us() };
    struct zygote_start start = { .control = pair[1],
                                  .module_fd = k->conf.module_fd,
                                  .hash_seed = hash_seed,
                                  .error_fd = error[1] };
    z->pid = zygote_spawn(&start, &z->pidfd);
    (void)close(pair[1]);
    (void)close(error[1]);
    if (z->pid < 0) {
        char text[96];
        (void)text_format(text, sizeof(text), "user and network namespaces: errno %d", errno);
        keeper_missing(k, text);
        (void)close(z->control);
        (void)close(z->error);
        z->state = ZYGOTE_NONE;
        k->failures++;
        return;
    }
    keeper_watch(k, z->control, EPOLLIN, SOURCE_ZYGOTE, (uint32_t)at, 0);
    keeper_watch(k, z->error, EPOLLIN, SOURCE_ZYGOTE_ERROR, (uint32_t)at, 0);
}

static void zygote_stop(struct keeper *k, struct zygote *z)
{
    (void)syscall(SYS_pidfd_send_signal, z->pidfd, SIGKILL, NULL, 0U);
    (void)waitpid(z->pid, NULL, 0);
    (void)close(z->control);
    (void)close(z->error);
    (void)close(z->pidfd);
    int index = (int)(z - k->zygotes);
    z->state = ZYGOTE_NONE;
    for (int i = 0; i < k->box_count; i++) /* they died with it; some never got a pidfd */
        if (k->boxes[i].zygote == index && k->boxes[i].state != BOX_EMPTY &&
            k->boxes[i].state != BOX_RETIRED)
            box_gone(k, &k->boxes[i]);
}

/* One that has served long enough makes no more boxes and goes when its last one does. */
static void zygote_age(struct zygote *z, int64_t now)
{
    if (z->state == ZYGOTE_READY &&
        (z->forks >= ZYGOTE_FORKS_MAX || now - z->started_us > ZYGOTE_AGE_MAX_US))
        z->state = ZYGOTE_OLD;
}

int keeper_zygote_for(struct keeper *k, int hash_seed)
{
    bool starting = false;
    for (int i = 0; i < KEEPER_ZYGOTES_MAX; i++) {
        struct zygote *z = &k->zygotes[i];
        zygote_age(z, keeper_now_us());
        if (z->state == ZYGOTE_READY && z->hash_seed == hash_seed)
            return i;
        starting = starting || (z->state == ZYGOTE_STARTING && z->hash_seed == hash_seed);
    }
    if (!starting && keeper_now_us() >= k->retry_us)
        zygote_start(k, hash_seed);
    return -1;
}

void keeper_zygote_left(struct keeper *k, int index)
{
    if (index < 0)
        return;
    struct zygote *z = &k->zygotes[index];
    z->boxes -= z->boxes > 0;
    if (z->state == ZYGOTE_OLD && z->boxes == 0)
        zygote_stop(k, z);
}

/* Address space of the prepared interpreter, so that limits count what comes on top. */
static int64_t mapped_kib(pid_t pid)
{
    char path[64];
    long pages = 0;
    (void)text_format(path, sizeof(path), "/proc/%d/statm", (int)pid);
    FILE *f = fopen(path, "re");
    char text[128];
    if (f && fgets(text, sizeof(text), f))
        pages = strtol(text, NULL, 10);
    if (f)
        (void)fclose(f);
    return pages > 0 ? pages * (sysconf(_SC_PAGESIZE) / 1024) : 65'536;
}

void keeper_zygote_event(struct keeper *k, uint32_t index)
{
    struct zygote *z = &k->zygotes[index];
    struct made m;
    union {
        struct cmsghdr head;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec iov = { &m, sizeof(m) };
    struct msghdr msg = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)
    };
    ssize_t n = recvmsg(z->control, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (n < 0)
        return;
    if (n != (ssize_t)sizeof(m)) {
        k->failures++;
        int wait = 100 << (k->failures < 6 ? k->failures : 6);
        k->retry_us = keeper_now_us() + (int64_t)wait * US_PER_MS_;
        keeper_zygote_error(k, index);
        zygote_stop(k, z);
        return;
    }
    int pidfd = -1;
    struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
    if (c && c->cmsg_type == SCM_RIGHTS)
        memcpy(&pidfd, CMSG_DATA(c), sizeof(pidfd));
    if (m.kind == MADE_READY) {
        z->state = ZYGOTE_READY;
        z->mapped_kib = mapped_kib(z->pid);
        (void)text_format(k->toolchain, sizeof(k->toolchain), "%s", m.toolchain);
        job_pump(k);
    } else {
        box_made(k, m.box, &m, pidfd);
    }
}

/* What a zygote said on its stderr: only ever a failure. */
void keeper_zygote_error(struct keeper *k, uint32_t index)
{
    char text[240];
    struct zygote *z = &k->zygotes[index];
    (void)fcntl(z->error, F_SETFL, O_NONBLOCK);
    ssize_t n = read(z->error, text, sizeof(text) - 1);
    if (n > 0) {
        text[n] = '\0';
        text[strcspn(text, "\n")] = '\0';
        keeper_missing(k, text);
    } else if (n == 0) {
        (void)epoll_ctl(k->epoll, EPOLL_CTL_DEL, z->error, NULL);
    }
}

/* --- the loop -------------------------------------------------------------------------------- */

bool keeper_open(struct keeper *k, const struct keeper_conf *conf)
{
    gid_t gid = 0;
    uid_t uid = own_uid(&gid);
    *k = (struct keeper){ .conf = *conf, .client = conf->client_fd };
    k->queue_end = &k->queue;
    k->box_count = conf->pool + conf->parallel + MAKING_AT_ONCE;
    if (k->box_count > KEEPER_BOXES_MAX)
        k->box_count = KEEPER_BOXES_MAX;
    (void)signal(SIGPIPE, SIG_IGN);
    cgroups_open(&k->cgroups, k->box_count, geteuid() == 0 ? uid : geteuid());
    drop_root(uid, gid);
    k->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (k->epoll < 0)
        return false;
    if (k->client >= 0) {
        (void)fcntl(k->client, F_SETFD, FD_CLOEXEC);
        (void)fcntl(k->client, F_SETFL, O_NONBLOCK);
        keeper_watch(k, k->client, EPOLLIN, SOURCE_CLIENT, 0, 0);
    }
    (void)keeper_zygote_for(k, 0);
    return true;
}

static int ready_boxes(const struct keeper *k)
{
    struct box_spec standard = box_standard();
    int ready = 0;
    for (int i = 0; i < k->box_count; i++)
        ready += (k->boxes[i].state == BOX_FREE || k->boxes[i].state == BOX_MAKING) &&
                 box_spec_same(&k->boxes[i].spec, &standard);
    return ready;
}

/* Making a box costs several times what a run does. While half of them wait, it is not done beside
 * a run, where it would take the processor from it. */
static int64_t refill_at(const struct keeper *k, int ready)
{
    bool half = 2 * ready >= k->conf.pool;
    if (ready >= k->conf.pool || (half && k->running))
        return INT64_MAX;
    int64_t rested = half ? k->ran_us + REFILL_REST_US : 0;
    return rested > k->retry_us ? rested : k->retry_us;
}

static void refill(struct keeper *k, int64_t now)
{
    struct box_spec standard = box_standard();
    int ready = ready_boxes(k);
    while (now >= refill_at(k, ready) && k->making < MAKING_AT_ONCE && box_make(k, &standard, NULL))
        ready++;
}

static int64_t next_deadline(const struct keeper *k, int64_t now)
{
    int64_t next = now + 1'000'000, refill = refill_at(k, ready_boxes(k));
    next = refill > now && refill < next ? refill : next;
    for (int i = 0; i < k->box_count; i++) {
        const struct box *b = &k->boxes[i];
        if (!box_is_busy(b))
            continue;
        next = b->check_us < next ? b->check_us : next;
        next = b->poll_us < next ? b->poll_us : next;
    }
    return k->retry_us > now && k->retry_us < next ? k->retry_us : next;
}

static void dispatch_box(struct keeper *k, enum source source, uint32_t index, uint32_t generation)
{
    struct box *b = &k->boxes[index];
    if (b->state == BOX_EMPTY || b->state == BOX_RETIRED || b->generation != generation)
        return; /* an event of an earlier life */
    if (source == SOURCE_STDIN)
        box_stdin(k, b);
    else if (source == SOURCE_VALUE)
        box_value(k, b);
    else if (source == SOURCE_STATUS)
        box_status(k, b);
    else
        box_gone(k, b);
}

static void dispatch(struct keeper *k, const struct epoll_event *e)
{
    enum source source = (enum source)(e->data.u64 >> 56);
    uint32_t index = (uint32_t)e->data.u64;
    if (source == SOURCE_CLIENT) {
        if (e->events & EPOLLOUT)
            client_flush(k);
        client_event(k);
        return;
    }
    if (source != SOURCE_ZYGOTE && source != SOURCE_ZYGOTE_ERROR)
        dispatch_box(k, source, index, (uint32_t)(e->data.u64 >> 32 & 0xFFFFFF));
    else if (k->zygotes[index].state != ZYGOTE_NONE)
        (source == SOURCE_ZYGOTE ? keeper_zygote_event : keeper_zygote_error)(k, index);
}

void keeper_round(struct keeper *k, int wait_ms)
{
    struct epoll_event events[EVENTS];
    int64_t now = keeper_now_us();
    refill(k, now);
    if (k->greeted == false && k->missing[0] && k->failures >= 2)
        client_greet(k); /* it will not get better by itself: say what is missing */
    client_flush(k);
    int64_t due = (next_deadline(k, now) - now + US_PER_MS_ - 1) / US_PER_MS_;
    int wait = due < wait_ms ? (int)(due > 0 ? due : 0) : wait_ms;
    int n = epoll_wait(k->epoll, events, EVENTS, wait);
    for (int i = 0; i < n; i++)
        dispatch(k, &events[i]);
    now = keeper_now_us();
    for (int i = 0; i < k->box_count; i++)
        if (box_is_busy(&k->boxes[i]))
            box_check(k, &k->boxes[i], now);
    client_flush(k);
}

void keeper_close(struct keeper *k)
{
    for (int i = 0; i < KEEPER_ZYGOTES_MAX; i++)
        if (k->zygotes[i].state != ZYGOTE_NONE)
            zygote_stop(k, &k->zygotes[i]);
    cgroups_close(&k->cgroups);
    wire_release(&k->from_client);
    wire_release(&k->to_client);
    (void)close(k->epoll);
}
