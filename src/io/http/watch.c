#include "io/http/http_priv.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/*
 * The watch: one thread that ends connections which keep the server waiting, lets event streams
 * say that they live, and pokes every loop thread ten times a second.
 *
 * The poke ("pulse") is a request of our own to each loop, suspended and resumed for ever. It shows
 * that the loop turns (/health/live), and it frees a loop of libmicrohttpd 0.9.75 that waits for
 * more events after it got exactly as many as fit (docs/adr/0010).
 */
enum { TICK_MS = 100, TICKS_PER_S = 10, PULSES_MAX = 3 * LOOPS_MAX, TRIES = 400 };

struct watch {
    struct http *http;
    pthread_t thread;
    bool runs;
    atomic_bool stop;
    pthread_mutex_t lock; /* guards `from` while pulses are set up */
    int fds[PULSES_MAX];
    struct sockaddr_storage from[PULSES_MAX];
    size_t count;
};

void conn_set(struct conn *c, enum conn_phase phase, int64_t deadline_us)
{
    atomic_store(&c->state, deadline_us / US_PER_MS * 8 + phase);
}

bool conn_advance(struct conn *c, enum conn_phase phase, int64_t deadline_us)
{
    int64_t was = atomic_load(&c->state);
    while (was % 8 != CONN_DEAD)
        if (atomic_compare_exchange_weak(&c->state, &was, deadline_us / US_PER_MS * 8 + phase))
            return true;
    return false;
}

static void send_timeout(int fd)
{
    /* Nothing else is being written: the request is not complete. What does not fit is lost. */
    static const char text[] =
        "HTTP/1.1 408 Request Timeout\r\nContent-Type: application/problem+json\r\n"
        "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
        "X-Frame-Options: DENY\r\nCache-Control: no-store\r\n"
        "Content-Security-Policy: default-src 'none'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; sandbox\r\nConnection: close\r\nContent-Length: 113\r\n\r\n"
        "{\"type\":\"about:blank\",\"title\":\"Request Timeout\",\"status\":408,"
        "\"detail\":\"Too slow.\",\"code\":\"request.timeout\"     }";
    ssize_t sent = send(fd, text, sizeof text - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    (void)sent;
}

/* Under conns_lock, so the descriptor is still this connection's. */
static void end_late(struct conn *c, int64_t now_ms)
{
    int64_t state = atomic_load(&c->state), deadline = state / 8;
    enum conn_phase phase = (enum conn_phase)(state % 8);
    if (phase == CONN_BUSY || phase == CONN_DEAD || now_ms < deadline)
        return;
    if (!atomic_compare_exchange_strong(&c->state, &state, CONN_DEAD))
        return;
    if (phase == CONN_HEAD || phase == CONN_BODY)
        send_timeout(c->fd);
    (void)shutdown(c->fd, SHUT_RDWR);
}

static void end_late_ones(struct http *h)
{
    int64_t now_ms = http_mono(h) / US_PER_MS;
    pthread_mutex_lock(&h->conns_lock);
    for (struct conn *c = h->conns; c; c = c->next)
        end_late(c, now_ms);
    pthread_mutex_unlock(&h->conns_lock);
}

static void poke(struct listener *l)
{
    for (size_t i = 0; i < LOOPS_MAX; i++) {
        struct exchange *x = atomic_exchange(&l->loops[i].pulse, NULL);
        if (x)
            MHD_resume_connection(x->mhd);
    }
}

static void poke_all(struct http *h)
{
    for (size_t i = 0; i < LISTENER_COUNT; i++)
        if (h->listeners[i].daemon)
            poke(&h->listeners[i]);
}

static void *watch_run(void *arg)
{
    struct watch *w = arg;
    for (unsigned tick = 1; !atomic_load(&w->stop); tick++) {
        const struct timespec pause = { .tv_nsec = (long)TICK_MS * 1000 * 1000 };
        (void)nanosleep(&pause, NULL);
        poke_all(w->http);
        work_tick(w->http->work);
        if (tick % TICKS_PER_S)
            continue;
        end_late_ones(w->http);
        streams_tick(w->http->streams, http_mono(w->http));
    }
    return NULL;
}

static bool same_peer(const struct sockaddr_storage *a, const struct sockaddr *b)
{
    if (a->ss_family != b->sa_family)
        return false;
    if (b->sa_family == AF_INET6) {
        const struct sockaddr_in6 *x = (const void *)a, *y = (const void *)b;
        return x->sin6_port == y->sin6_port &&
               memcmp(&x->sin6_addr, &y->sin6_addr, sizeof x->sin6_addr) == 0;
    }
    const struct sockaddr_in *x = (const void *)a, *y = (const void *)b;
    return x->sin_port == y->sin_port && x->sin_addr.s_addr == y->sin_addr.s_addr;
}

bool watch_is_pulse(const struct http *h, const struct sockaddr *peer)
{
    struct watch *w = h->watch;
    bool found = false;
    pthread_mutex_lock(&w->lock);
    for (size_t i = 0; i < w->count && !found; i++)
        found = same_peer(&w->from[i], peer);
    pthread_mutex_unlock(&w->lock);
    return found;
}

void watch_pulse(struct exchange *x)
{
    struct loop *loop = x->conn->loop;
    struct exchange *none = NULL;
    atomic_store(&loop->ticked_us, http_mono(x->http));
    bool first = atomic_load(&x->phase) != PHASE_WORK;
    if (atomic_load(&x->http->stopping) || (first && atomic_load(&loop->pulse))) {
        (void)FAIL(&x->fail, ERR_GONE, "gone.expired", "pulse");
        answer_error(x);
        answer_queue(x);
        return;
    }
    atomic_store(&x->phase, PHASE_WORK);
    MHD_suspend_connection(x->mhd);
    if (!atomic_compare_exchange_strong(&loop->pulse, &none, x))
        MHD_resume_connection(x->mhd);
}

/* Where a connection of our own goes to and comes from: the address of the listener, or loopback
 * where it listens on all. */
static bool own_address(const struct listener *l, struct sockaddr_storage *a, socklen_t *len)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)a;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)a;
    memset(a, 0, sizeof *a);
    *len = sizeof *a;
    if (getsockname(l->fd, (struct sockaddr *)a, len) != 0)
        return false;
    if (a->ss_family == AF_INET && v4->sin_addr.s_addr == htonl(INADDR_ANY))
        v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (a->ss_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&v6->sin6_addr))
        v6->sin6_addr = in6addr_loopback;
    return true;
}

static in_port_t *port_in(struct sockaddr_storage *a)
{
    return a->ss_family == AF_INET ? &((struct sockaddr_in *)a)->sin_port
                                   : &((struct sockaddr_in6 *)a)->sin6_port;
}

/* One more connection of our own; the loop that accepts it gets its pulse. */
static bool pulse_connect(struct watch *w, const struct listener *l)
{
    static const char text[] = "GET / HTTP/1.1\r\nHost: pulse\r\n\r\n";
    struct sockaddr_storage there, here;
    socklen_t len = 0, here_len = sizeof here;
    if (w->count == PULSES_MAX || !own_address(l, &there, &len))
        return false;
    here = there;
    *port_in(&here) = 0;
    int fd = socket(there.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    if (bind(fd, (struct sockaddr *)&here, len) != 0 ||
        getsockname(fd, (struct sockaddr *)&here, &here_len) != 0) {
        close(fd);
        return false;
    }
    pthread_mutex_lock(&w->lock);
    w->fds[w->count] = fd;
    w->from[w->count++] = here;
    pthread_mutex_unlock(&w->lock);
    return connect(fd, (struct sockaddr *)&there, len) == 0 &&
           send(fd, text, sizeof text - 1, MSG_NOSIGNAL) == (ssize_t)sizeof text - 1;
}

static size_t pulses_of(struct listener *l)
{
    size_t n = 0;
    for (size_t i = 0; i < LOOPS_MAX; i++)
        n += atomic_load(&l->loops[i].ticked_us) != 0 && atomic_load(&l->loops[i].pulse);
    return n;
}

static void short_pause(void)
{
    const struct timespec pause = { .tv_nsec = 500000 };
    (void)nanosleep(&pause, NULL);
}

static void pulses_set_up(struct watch *w, struct listener *l, size_t loops)
{
    for (int i = 0; i < TRIES && pulses_of(l) < loops; i++) {
        if (i % 4 == 0 && w->count < PULSES_MAX - 1)
            (void)pulse_connect(w, l);
        short_pause();
    }
    if (pulses_of(l) < loops)
        LOG(w->http->conf.log, LOG_WARN, "http.pulse_incomplete", LOG_I("loops", num_i64(loops)),
            LOG_I("pulses", num_i64(pulses_of(l))));
}

struct watch *watch_new(struct http *h)
{
    struct watch *w = calloc(1, sizeof *w);
    if (!w)
        abort();
    w->http = h;
    pthread_mutex_init(&w->lock, NULL);
    return w;
}

void watch_start(struct watch *w)
{
    struct http *h = w->http;
    for (size_t i = 0; i < LISTENER_COUNT; i++)
        if (h->listeners[i].daemon)
            pulses_set_up(w, &h->listeners[i], i == LISTEN_MAIN ? num_size(h->conf.threads) : 2);
    if (pthread_create(&w->thread, NULL, watch_run, w) != 0)
        abort(); /* no threads at start: nothing to serve with */
    w->runs = true;
}

void watch_stop(struct watch *w)
{
    if (!w)
        return;
    atomic_store(&w->stop, true);
    if (w->runs)
        pthread_join(w->thread, NULL);
    poke_all(w->http); /* with `stopping` set the pulses end themselves */
}

void watch_free(struct watch *w)
{
    for (size_t i = 0; w && i < w->count; i++)
        close(w->fds[i]);
    if (w)
        pthread_mutex_destroy(&w->lock);
    free(w);
}
