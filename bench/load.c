#include "load.h"

#include "base/num.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    READ_BYTES = 64 * 1024,
    BODY_KEPT_MAX = 4 << 20, /* of an answer whose hash is wanted */
    EVENTS_AT_ONCE = 256,
    POLL_NS = 60'000, /* this close to the next time the loop no longer sleeps */
};
static const int64_t ns_per_s = 1'000'000'000;

const char *const load_error_names[] = {
    [LOAD_CONNECT] = "connect", [LOAD_BROKEN] = "broken", [LOAD_PARSE] = "parse",
    [LOAD_STATUS] = "status",   [LOAD_LENGTH] = "length", [LOAD_HASH] = "hash",
    [LOAD_TIMEOUT] = "timeout",
};

enum conn_state { CONN_DEAD, CONN_OPENING, CONN_FREE, CONN_SENDING, CONN_WAITING };

struct conn {
    int fd;
    enum conn_state state;
    bool counted; /* its request is after the warm-up */
    bool check;   /* the hash of this answer is compared */
    bool served;  /* has had an answer before */
    struct load_target *target;
    size_t written;
    int64_t intended_ns;
    struct buf body; /* kept only when `check` */
    struct sse sse;
    struct reply reply;
};

/* One thread's. */
struct load {
    const struct load_conf *conf;
    struct load_result *out;
    int epoll;
    struct conn *conns;
    size_t *idle; /* ring of free connections, so that all are used in turn */
    size_t idle_from, idle_count;
    size_t opening, busy, dead;
    struct schedule schedule;
    int64_t next_ns, counted_from_ns, end_ns; /* no sends from end_ns on */
    int64_t last_answer_ns;
    uint64_t sends, answers;
    char *bytes;
};

static int64_t mono_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * ns_per_s + t.tv_nsec;
}

static int64_t wall_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * US_PER_S + t.tv_nsec / 1000;
}

static int64_t of_seconds(double s)
{
    return (int64_t)(s * 1e9);
}

/* --- connections --- */

static void watch(struct load *l, size_t i, int op, uint32_t events)
{
    struct epoll_event e = { .events = events, .data.u64 = i };
    if (epoll_ctl(l->epoll, op, l->conns[i].fd, &e))
        abort();
}

static void conn_dead(struct load *l, size_t i)
{
    struct conn *c = &l->conns[i];
    if (c->fd >= 0)
        (void)close(c->fd);
    c->fd = -1;
    c->state = CONN_DEAD;
    l->dead++;
}

static void conn_open(struct load *l, size_t i)
{
    struct conn *c = &l->conns[i];
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = l->conf->port,
                              .sin_addr.s_addr = l->conf->address };
    int on = 1;
    c->served = false;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) ||
        (connect(c->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS)) {
        l->out->errors[LOAD_CONNECT]++;
        conn_dead(l, i);
        return;
    }
    c->state = CONN_OPENING;
    l->opening++;
    watch(l, i, EPOLL_CTL_ADD, EPOLLOUT);
}

static void conn_free(struct load *l, size_t i)
{
    l->conns[i].state = CONN_FREE;
    l->idle[(l->idle_from + l->idle_count++) % l->conf->connections] = i;
}

/* A connection that the server closed while it was free is not in the ring any more. */
static void forget_idle(struct load *l, size_t i)
{
    size_t n = l->idle_count, size = l->conf->connections;
    l->idle_count = 0;
    for (size_t k = 0; k < n; k++) {
        size_t other = l->idle[(l->idle_from + k) % size];
        if (other != i)
            l->idle[(l->idle_from + l->idle_count++) % size] = other;
    }
}

static void conn_again(struct load *l, size_t i)
{
    (void)close(l->conns[i].fd);
    conn_open(l, i);
}

static void failed(struct load *l, size_t i, enum load_error error)
{
    l->out->errors[error]++;
    l->busy--;
    conn_again(l, i);
}

/* --- sending --- */

static void conn_write(struct load *l, size_t i)
{
    struct conn *c = &l->conns[i];
    struct str rest = str_from(c->target->request, c->written);
    ssize_t n = send(c->fd, rest.ptr, rest.len, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) {
        failed(l, i, LOAD_BROKEN);
        return;
    }
    c->written += n > 0 ? (size_t)n : 0;
    bool whole = c->written == c->target->request.len;
    if (!whole && c->state != CONN_SENDING)
        watch(l, i, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    if (whole && c->state == CONN_SENDING)
        watch(l, i, EPOLL_CTL_MOD, EPOLLIN);
    c->state = whole ? CONN_WAITING : CONN_SENDING;
}

static void request_send(struct load *l, int64_t intended_ns, int64_t now_ns)
{
    size_t i = l->idle[l->idle_from];
    l->idle_from = (l->idle_from + 1) % l->conf->connections;
    l->idle_count--;
    l->busy++;
    struct conn *c = &l->conns[i];
    c->target = &l->conf->targets[l->sends++ % l->conf->target_count];
    c->intended_ns = intended_ns;
    c->counted = intended_ns >= l->counted_from_ns;
    c->check =
        !l->conf->varies && !l->conf->stream && (!c->served || l->answers % LOAD_CHECK_EVERY == 0);
    c->written = 0;
    c->sse = (struct sse){ .key = l->conf->stamp };
    buf_clear(&c->body);
    reply_start(&c->reply);
    l->out->sent += c->counted;
    l->out->late += c->counted && now_ns - intended_ns > (int64_t)LOAD_LATE_US * 1000;
    conn_write(l, i);
}

/* --- answers --- */

/* The first answer of a path says what all of its answers must be. */
static enum load_error compare(struct load *l, struct conn *c)
{
    struct load_target *t = c->target;
    struct hash hash = { { 0 } };
    if (c->check) {
        hash = hash_sha256(buf_str(&c->body));
        l->out->checked++;
    }
    if (!t->known && c->check) {
        t->known = true;
        t->length = c->reply.body_bytes;
        t->hash = hash;
    }
    if (t->known && c->reply.body_bytes != t->length)
        return LOAD_LENGTH;
    return c->check && (c->body.truncated || !hash_eq(&hash, &t->hash)) ? LOAD_HASH
                                                                        : LOAD_ERROR_COUNT;
}

static void answered(struct load *l, size_t i)
{
    struct conn *c = &l->conns[i];
    enum load_error error = LOAD_ERROR_COUNT;
    l->last_answer_ns = mono_ns();
    l->answers++;
    if (c->reply.status != l->conf->status)
        error = LOAD_STATUS;
    else if (!l->conf->varies)
        error = compare(l, c);
    if (error != LOAD_ERROR_COUNT) {
        failed(l, i, error);
        return;
    }
    if (c->counted) {
        l->out->answered++;
        l->out->bytes += (uint64_t)c->reply.body_bytes;
        histogram_add(&l->out->latency, (l->last_answer_ns - c->intended_ns) / 1000);
    }
    l->busy--;
    c->served = true;
    if (c->reply.will_close) {
        l->out->reopened++;
        conn_again(l, i);
    } else {
        conn_free(l, i);
    }
}

static void stream_piece(struct load *l, struct conn *c, struct str piece)
{
    int64_t stamp = -1;
    while (sse_read(&c->sse, &piece, &stamp)) {
        int64_t now = wall_us();
        l->out->events++;
        if (!l->out->first_event_us)
            l->out->first_event_us = now;
        l->out->last_event_us = now;
        if (stamp >= 0)
            histogram_add(&l->out->latency, now - stamp);
    }
}

static void conn_bytes(struct load *l, size_t i, struct str in)
{
    struct conn *c = &l->conns[i];
    enum reply_step step;
    struct str piece = { 0 };
    while ((step = reply_read(&c->reply, &in, &piece)) == REPLY_BODY) {
        if (c->check && c->body.len + piece.len > c->body.max)
            c->body.truncated = true;
        else if (c->check)
            buf_put(&c->body, piece);
        if (l->conf->stream)
            stream_piece(l, c, piece);
    }
    if (step == REPLY_BAD || (step == REPLY_DONE && in.len)) /* bytes nobody asked for */
        failed(l, i, LOAD_PARSE);
    else if (step == REPLY_DONE)
        answered(l, i);
}

static void conn_read(struct load *l, size_t i)
{
    struct conn *c = &l->conns[i];
    ssize_t n = recv(c->fd, l->bytes, READ_BYTES, 0);
    if (n > 0 && c->state == CONN_FREE) { /* an answer without a request */
        forget_idle(l, i);
        l->busy++;
        failed(l, i, LOAD_PARSE);
    } else if (n > 0) {
        conn_bytes(l, i, (struct str){ l->bytes, (size_t)n });
    } else if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    } else if (c->state == CONN_FREE) {
        forget_idle(l, i);
        l->out->reopened++;
        conn_again(l, i);
    } else if (n == 0 && reply_ends_here(&c->reply)) {
        answered(l, i);
    } else {
        failed(l, i, LOAD_BROKEN);
    }
}

static void conn_opened(struct load *l, size_t i)
{
    int error = 0;
    socklen_t size = sizeof error;
    l->opening--;
    if (getsockopt(l->conns[i].fd, SOL_SOCKET, SO_ERROR, &error, &size) || error) {
        l->out->errors[LOAD_CONNECT]++;
        conn_dead(l, i);
        return;
    }
    watch(l, i, EPOLL_CTL_MOD, EPOLLIN);
    conn_free(l, i);
}

static void conn_event(struct load *l, size_t i, uint32_t events)
{
    struct conn *c = &l->conns[i];
    if (c->state == CONN_OPENING) {
        conn_opened(l, i);
        return;
    }
    if (c->state == CONN_SENDING && (events & EPOLLOUT))
        conn_write(l, i);
    if ((c->state == CONN_WAITING || c->state == CONN_SENDING || c->state == CONN_FREE) &&
        (events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
        conn_read(l, i);
}

/* --- the loop --- */

/* Waits at most until `until_ns`, shorter than the kernel's timer could. */
static void wait_events(struct load *l, int64_t until_ns)
{
    struct epoll_event e[EVENTS_AT_ONCE];
    int64_t left = until_ns - mono_ns() - POLL_NS;
    left = left < 0 ? 0 : left;
    struct timespec timeout = { left / ns_per_s, left % ns_per_s };
    int n = epoll_pwait2(l->epoll, e, EVENTS_AT_ONCE, &timeout, NULL);
    for (int k = 0; k < n; k++)
        conn_event(l, (size_t)e[k].data.u64, e[k].events);
}

static bool more_to_send(const struct load *l)
{
    return l->next_ns < l->end_ns &&
           (!l->conf->stream || l->sends < (uint64_t)l->conf->connections);
}

static void send_due(struct load *l)
{
    int64_t now = mono_ns();
    while (more_to_send(l) && l->next_ns <= now && l->idle_count) {
        request_send(l, l->next_ns, now);
        l->next_ns = schedule_next(&l->schedule);
        now = mono_ns();
    }
}

/* When the loop has to wake without an event. */
static int64_t wake_at(const struct load *l, int64_t give_up_ns)
{
    if (!more_to_send(l))
        return l->conf->stream ? l->end_ns : give_up_ns;
    return l->idle_count ? l->next_ns : give_up_ns;
}

static bool finished(const struct load *l, int64_t give_up_ns)
{
    int64_t now = mono_ns();
    if (l->dead == l->conf->connections || now >= give_up_ns)
        return true;
    if (l->conf->stream)
        return now >= l->end_ns;
    return !more_to_send(l) && l->busy == 0;
}

static bool connect_all(struct load *l)
{
    int64_t until = mono_ns() + of_seconds(l->conf->timeout_s);
    for (size_t i = 0; i < l->conf->connections; i++)
        conn_open(l, i);
    while (l->opening && mono_ns() < until)
        wait_events(l, until);
    return l->idle_count == l->conf->connections;
}

static double cpu_seconds(void)
{
    struct rusage u;
    (void)getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void measure(struct load *l)
{
    const struct load_conf *conf = l->conf;
    int64_t start = mono_ns();
    double cpu = cpu_seconds();
    schedule_start(&l->schedule, start, conf->rate);
    if (conf->poisson)
        schedule_poisson(&l->schedule, conf->seed);
    l->counted_from_ns = start + of_seconds(conf->warmup_s);
    l->end_ns = l->counted_from_ns + of_seconds(conf->seconds);
    l->next_ns = schedule_next(&l->schedule);
    int64_t give_up = l->end_ns + of_seconds(conf->timeout_s);
    while (!finished(l, give_up)) {
        send_due(l);
        wait_events(l, wake_at(l, give_up));
    }
    int64_t end = mono_ns(), last = l->last_answer_ns > l->end_ns ? l->last_answer_ns : l->end_ns;
    l->out->seconds = (double)(last - l->counted_from_ns) / 1e9;
    l->out->cpu_share = (cpu_seconds() - cpu) / ((double)(end - start) / 1e9);
    l->out->open = conf->stream ? l->busy : 0;
    l->out->errors[LOAD_TIMEOUT] += conf->stream ? 0 : l->busy;
    while (!conf->stream && more_to_send(l)) { /* those that never found a connection */
        l->out->errors[LOAD_TIMEOUT]++;
        l->next_ns = schedule_next(&l->schedule);
    }
}

static void load_free(struct load *l)
{
    for (size_t i = 0; l->conns && i < l->conf->connections; i++) {
        if (l->conns[i].fd >= 0)
            (void)close(l->conns[i].fd);
        buf_release(&l->conns[i].body);
    }
    if (l->epoll >= 0)
        (void)close(l->epoll);
    free(l->conns);
    free(l->idle);
    free(l->bytes);
}

/* A generator that has to wait for its core measures its own waiting: it goes before all others
 * where it may, and its timers aren't put off. */
static bool go_first(void)
{
    struct sched_param p = { .sched_priority = 1 };
    (void)prctl(PR_SET_TIMERSLACK, 1UL);
    return sched_setscheduler(0, SCHED_FIFO, &p) == 0;
}

bool load_run(const struct load_conf *conf, struct load_result *out, const char **why)
{
    struct load l = { .conf = conf, .out = out, .epoll = epoll_create1(EPOLL_CLOEXEC) };
    *out = (struct load_result){ 0 };
    l.conns = calloc(conf->connections, sizeof *l.conns);
    l.idle = calloc(conf->connections, sizeof *l.idle);
    l.bytes = malloc(READ_BYTES);
    if (l.epoll < 0 || !l.conns || !l.idle || !l.bytes)
        abort();
    for (size_t i = 0; i < conf->connections; i++) {
        l.conns[i].fd = -1;
        l.conns[i].body.max = BODY_KEPT_MAX;
    }
    out->fifo = go_first();
    bool connected = connect_all(&l);
    if (connected)
        measure(&l);
    else
        *why = "not all connections could be opened";
    load_free(&l);
    return connected;
}
