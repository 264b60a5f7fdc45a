#include "base/num.h"
#include "io/sandbox/sandbox_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BACKOFF_FIRST_MS = 100, BACKOFF_LAST_MS = 5'000 };

void cond_init_monotonic(pthread_cond_t *c)
{
    pthread_condattr_t attr;
    if (pthread_condattr_init(&attr) != 0 ||
        pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) != 0 || pthread_cond_init(c, &attr) != 0)
        abort();
    (void)pthread_condattr_destroy(&attr);
}

struct timespec in_ms(int64_t ms)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / MS_PER_S;
    t.tv_nsec += (long)(ms % MS_PER_S) * 1'000'000;
    if (t.tv_nsec >= 1'000'000'000) {
        t.tv_sec++;
        t.tv_nsec -= 1'000'000'000;
    }
    return t;
}

/* --- frames --- */

/* Both parts, in one call where the socket takes it: the keeper is woken once. */
static bool send_both(int fd, struct iovec part[2])
{
    while (part[0].iov_len + part[1].iov_len > 0) {
        const struct msghdr msg = { .msg_iov = part, .msg_iovlen = 2 };
        ssize_t n = sendmsg(fd, &msg, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        for (size_t i = 0, left = (size_t)n; left > 0; i++) { /* an absent part has no offsets */
            size_t gone = size_min(left, part[i].iov_len);
            part[i].iov_base = (char *)part[i].iov_base + gone;
            part[i].iov_len -= gone;
            left -= gone;
        }
    }
    return true;
}

static bool recv_all(int fd, unsigned char *p, size_t n)
{
    while (n > 0) {
        ssize_t got = recv(fd, p, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        p += got;
        n -= (size_t)got;
    }
    return true;
}

bool sandbox_send(struct sandbox *s, uint32_t type, uint64_t ticket, const struct wire_buf *payload)
{
    struct wire_buf head = { .max = WIRE_HEAD };
    (void)wire_frame(&head, type, ticket);
    wire_u32_at(head.ptr, payload ? (uint32_t)payload->len : 0);
    struct iovec parts[2] = { { head.ptr, WIRE_HEAD }, { NULL, 0 } };
    if (payload)
        parts[1] = (struct iovec){ payload->ptr, payload->len };
    (void)pthread_mutex_lock(&s->write_lock);
    bool ok = s->out >= 0 && send_both(s->out, parts);
    (void)pthread_mutex_unlock(&s->write_lock);
    wire_release(&head);
    return ok;
}

static struct letter *recv_letter(int fd, uint64_t *ticket)
{
    unsigned char head[WIRE_HEAD];
    if (!recv_all(fd, head, sizeof(head)))
        return NULL;
    struct wire_head h = wire_head_of(head);
    *ticket = h.ticket;
    if (h.length > WIRE_LETTER_MAX)
        return NULL;
    struct letter *l = malloc(sizeof(*l) + h.length);
    if (!l)
        abort();
    *l = (struct letter){ .type = h.type, .length = h.length };
    if (recv_all(fd, l->payload, h.length))
        return l;
    free(l);
    return NULL;
}

/* --- calls --- */

void call_begin(struct sandbox *s, struct call *c)
{
    *c = (struct call){ 0 };
    c->end = &c->letters;
    cond_init_monotonic(&c->came);
    (void)pthread_mutex_lock(&s->lock);
    c->ticket = s->next_ticket++;
    c->next = s->calls;
    s->calls = c;
    (void)pthread_mutex_unlock(&s->lock);
}

void call_end(struct sandbox *s, struct call *c)
{
    (void)pthread_mutex_lock(&s->lock);
    for (struct call **at = &s->calls; *at; at = &(*at)->next)
        if (*at == c) {
            *at = c->next;
            break;
        }
    (void)pthread_mutex_unlock(&s->lock);
    for (struct letter *l = c->letters, *next; l; l = next) {
        next = l->next;
        free(l);
    }
    (void)pthread_cond_destroy(&c->came);
}

struct letter *call_wait(struct sandbox *s, struct call *c, const struct timespec *until)
{
    int error = 0;
    (void)pthread_mutex_lock(&s->lock);
    while (!c->letters && !c->lost && error != ETIMEDOUT)
        error = until ? pthread_cond_timedwait(&c->came, &s->lock, until)
                      : pthread_cond_wait(&c->came, &s->lock);
    struct letter *l = c->letters;
    if (l) {
        c->letters = l->next;
        if (!c->letters)
            c->end = &c->letters;
    }
    (void)pthread_mutex_unlock(&s->lock);
    return l;
}

/* --- reader thread --- */

static void greet(struct sandbox *s, const struct letter *l)
{
    struct wire_in in = { .ptr = l->payload, .len = l->length };
    struct wire_field f;
    s->missing[0] = '\0';
    while (wire_next(&in, &f)) {
        struct str text = { (const char *)f.ptr, f.len };
        if (f.tag == GREET_LAYERS)
            s->layers = num_narrow_u32(i64_clamp(wire_num(f), 0, UINT32_MAX));
        else if (f.tag == GREET_TOOLCHAIN)
            text_cut(s->toolchain, sizeof(s->toolchain), "%.*s", STR_ARG(text));
        else if (f.tag == GREET_BUILD)
            text_cut(s->build, sizeof(s->build), "%.*s", STR_ARG(text));
        else if (f.tag == GREET_MISSING)
            text_cut(s->missing, sizeof(s->missing), "%.*s", STR_ARG(text));
    }
    s->is_connected = true;
    (void)pthread_cond_broadcast(&s->changed);
}

/* Gives the letter to its call; an answer nobody waits for any more is dropped. */
static void deliver(struct sandbox *s, struct letter *l, uint64_t ticket)
{
    (void)pthread_mutex_lock(&s->lock);
    struct call *c = s->calls;
    while (c && c->ticket != ticket)
        c = c->next;
    if (l->type == WIRE_HELLO) {
        greet(s, l);
    } else if (c) {
        *c->end = l;
        c->end = &l->next;
        (void)pthread_cond_signal(&c->came);
        l = NULL;
    }
    (void)pthread_mutex_unlock(&s->lock);
    free(l);
}

/* Reads until the keeper goes away, then tells everybody who waited for it. True if it had greeted:
 * only then is the next start a first one again. */
static bool serve_keeper(struct sandbox *s, int fd)
{
    uint64_t ticket = 0;
    for (struct letter *l = recv_letter(fd, &ticket); l; l = recv_letter(fd, &ticket))
        deliver(s, l, ticket);
    (void)pthread_mutex_lock(&s->write_lock);
    s->out = -1;
    (void)close(fd);
    (void)pthread_mutex_unlock(&s->write_lock);
    (void)pthread_mutex_lock(&s->lock);
    bool had_greeted = s->is_connected;
    s->is_connected = false;
    s->silent_ends = had_greeted ? 0 : s->silent_ends + 1;
    (void)pthread_cond_broadcast(&s->changed);
    for (struct call *c = s->calls; c; c = c->next) {
        c->lost = true;
        (void)pthread_cond_signal(&c->came);
    }
    (void)pthread_mutex_unlock(&s->lock);
    while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    return had_greeted;
}

/* Waits before the next start; false when the sandbox closes meanwhile. */
static bool pause_ms(struct sandbox *s, int64_t ms)
{
    struct timespec until = in_ms(ms);
    (void)pthread_mutex_lock(&s->lock);
    while (!s->is_closing && pthread_cond_timedwait(&s->changed, &s->lock, &until) != ETIMEDOUT)
        ;
    bool go_on = !s->is_closing;
    (void)pthread_mutex_unlock(&s->lock);
    return go_on;
}

void *sandbox_reader(void *arg)
{
    struct sandbox *s = arg;
    int64_t wait = BACKOFF_FIRST_MS;
    for (;;) {
        (void)pthread_mutex_lock(&s->write_lock);
        int fd = s->out;
        (void)pthread_mutex_unlock(&s->write_lock);
        if (fd >= 0 && serve_keeper(s, fd))
            wait = BACKOFF_FIRST_MS;
        if (!pause_ms(s, wait))
            return NULL;
        wait = i64_min(wait * 2, BACKOFF_LAST_MS);
        fd = sandbox_start(s);
        (void)pthread_mutex_lock(&s->write_lock);
        s->out = fd;
        (void)pthread_mutex_unlock(&s->write_lock);
        (void)pthread_mutex_lock(&s->lock);
        s->restarts++;
        bool closing = s->is_closing;
        (void)pthread_mutex_unlock(&s->lock);
        if (closing && fd >= 0)
            (void)shutdown(fd, SHUT_RDWR);
    }
}

bool sandbox_await(struct sandbox *s, int64_t ms, int patience)
{
    struct timespec until = in_ms(ms);
    (void)pthread_mutex_lock(&s->lock);
    int error = 0;
    while (!s->is_connected && !s->is_closing && s->silent_ends < patience && error != ETIMEDOUT)
        error = pthread_cond_timedwait(&s->changed, &s->lock, &until);
    bool ok = s->is_connected && !s->is_closing;
    (void)pthread_mutex_unlock(&s->lock);
    return ok;
}
