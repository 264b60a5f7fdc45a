#include "io/http/http_priv.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BACKLOG = 1024, SPARE_FILES = 256, OPS_CONNECTIONS = 64, ALIVE_S = 10 };

struct bind_to {
    struct sockaddr_storage addr;
    socklen_t len;
};

static bool address_parse(struct str text, struct bind_to *out)
{
    struct net_endpoint to;
    struct sockaddr_in *v4 = (struct sockaddr_in *)&out->addr;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&out->addr;
    *out = (struct bind_to){ 0 };
    if (!net_endpoint_parse(text, &to))
        return false;
    if (to.addr.len == 4) {
        out->len = sizeof *v4;
        v4->sin_family = AF_INET;
        v4->sin_port = htons(to.port);
        memcpy(&v4->sin_addr, to.addr.bytes, 4);
    } else {
        out->len = sizeof *v6;
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(to.port);
        memcpy(&v6->sin6_addr, to.addr.bytes, 16);
    }
    return true;
}

static int bound_port(int fd)
{
    struct sockaddr_storage a;
    socklen_t len = sizeof a;
    memset(&a, 0, sizeof a);
    if (getsockname(fd, (struct sockaddr *)&a, &len) != 0)
        return 0;
    return ntohs(a.ss_family == AF_INET ? ((struct sockaddr_in *)&a)->sin_port
                                        : ((struct sockaddr_in6 *)&a)->sin6_port);
}

static enum err listen_on(struct listener *l, struct str text, struct fail *f)
{
    static const char *const settings[] = { [LISTEN_MAIN] = "http.listen",
                                            [LISTEN_STREAM] = "stream.listen",
                                            [LISTEN_OPS] = "ops.listen" };
    const char *setting = settings[l->kind];
    struct bind_to to;
    int on = 1;
    if (!address_parse(text, &to))
        return FAIL(f, ERR_INPUT, setting, "not an address with a port: %.*s", STR_ARG(text));
    int fd = socket(to.addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return FAIL(f, ERR_IO, setting, "socket: %s", errno_text(errno));
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&to.addr, to.len) != 0 || listen(fd, BACKLOG) != 0) {
        int e = errno;
        close(fd);
        return FAIL(f, ERR_IO, setting, "%.*s: %s", STR_ARG(text), errno_text(e));
    }
    l->fd = fd;
    l->port = bound_port(fd);
    return ERR_OK;
}

static unsigned connections_max(enum listener_kind kind)
{
    struct rlimit files;
    if (kind == LISTEN_OPS)
        return OPS_CONNECTIONS;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur < 2UL * SPARE_FILES)
        return SPARE_FILES;
    return (unsigned)(files.rlim_cur > 100000 ? 100000 : files.rlim_cur - SPARE_FILES);
}

static enum err daemon_start(struct listener *l, struct fail *f)
{
    const struct http_conf *c = &l->http->conf;
    int64_t pool = l->kind == LISTEN_STREAM ? c->stream_conn_bytes : c->conn_bytes;
    int64_t threads = l->kind == LISTEN_MAIN ? c->threads : 2;
    l->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, serve_request, l,
        MHD_OPTION_LISTEN_SOCKET, l->fd, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)threads,
        MHD_OPTION_CONNECTION_LIMIT, connections_max(l->kind), MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        num_size(pool), MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)c->idle_s,
        MHD_OPTION_URI_LOG_CALLBACK, serve_target, l, MHD_OPTION_NOTIFY_COMPLETED, serve_completed,
        l, MHD_OPTION_NOTIFY_CONNECTION, serve_connection, l, MHD_OPTION_END);
    if (l->daemon)
        return ERR_OK;
    close(l->fd);
    return FAIL(f, ERR_IO, "http.listen", "libmicrohttpd does not start");
}

static enum err listener_start(struct http *h, enum listener_kind kind, struct str text,
                               struct fail *f)
{
    struct listener *l = &h->listeners[kind];
    l->http = h;
    l->kind = kind;
    if (!text.len)
        return ERR_OK;
    TRY(listen_on(l, text, f));
    return daemon_start(l, f);
}

static int64_t or_default(int64_t v, int64_t otherwise)
{
    return v > 0 ? v : otherwise;
}

static void conf_complete(struct http *h)
{
    struct http_conf *c = &h->conf;
    struct str url = c->instance_url;
    c->threads = i64_clamp(c->threads, 2, LOOPS_MAX);
    c->workers = or_default(c->workers, 8);
    c->header_bytes = or_default(c->header_bytes, 1 << 14);
    c->conn_bytes = or_default(c->conn_bytes, 3 << 13);
    c->stream_conn_bytes = or_default(c->stream_conn_bytes, 1 << 13);
    c->idle_s = or_default(c->idle_s, 75);
    c->request_s = or_default(c->request_s, 30);
    c->header_s = or_default(c->header_s, 10);
    c->heartbeat_s = or_default(c->heartbeat_s, 15);
    c->streams_max = or_default(c->streams_max, 10000);
    c->streams_per_user = or_default(c->streams_per_user, c->unlimited ? c->streams_max : 5);
    c->streams_per_ip = or_default(c->streams_per_ip, c->unlimited ? c->streams_max : 500);
    while (url.len && url.ptr[url.len - 1] == '/')
        url.len--;
    h->origin = arena_dup(&h->arena, url);
}

static enum err proxies_read(struct http *h, struct fail *f)
{
    struct str rest = h->conf.trusted_proxies;
    int taken;
    h->proxies = ARENA_ARRAY(&h->arena, struct net, rest.len / 2 + 1); /* "::," is the shortest */
    while ((taken = net_take(&rest, &h->proxies[h->proxy_count])) > 0)
        h->proxy_count++;
    return taken == 0 ? ERR_OK
                      : FAIL(f, ERR_INPUT, "http.trusted_proxies",
                             "not a list of addresses and networks: %.*s",
                             STR_ARG(h->conf.trusted_proxies));
}

static enum err http_run(struct http *h, struct fail *f)
{
    const struct http_conf *c = &h->conf;
    TRY(proxies_read(h, f));
    TRY(http_routes_build(&h->routes, c->routes, c->route_count, f));
    env_random(c->env, h->id_key, sizeof h->id_key);
    h->limits = limits_new(c->env);
    h->streams = streams_new(h);
    h->statics = statics_load(h);
    h->work = work_start(h, c->workers);
    h->watch = watch_new(h);
    TRY(listener_start(h, LISTEN_MAIN, c->listen, f));
    TRY(listener_start(h, LISTEN_OPS, c->ops_listen, f));
    TRY(listener_start(h, LISTEN_STREAM, c->stream_listen, f));
    watch_start(h->watch);
    return ERR_OK;
}

enum err http_start(struct http **out, const struct http_conf *conf, struct fail *f)
{
    struct http *h = calloc(1, sizeof *h);
    if (!h)
        abort();
    h->conf = *conf;
    pthread_mutex_init(&h->conns_lock, NULL);
    pthread_mutex_init(&h->free_lock, NULL);
    for (size_t i = 0; i < LISTENER_COUNT; i++)
        pthread_mutex_init(&h->listeners[i].lock, NULL);
    conf_complete(h);
    enum err e = http_run(h, f);
    if (e) {
        http_stop(h);
        return e;
    }
    *out = h;
    return ERR_OK;
}

int http_port(const struct http *h)
{
    return h->listeners[LISTEN_MAIN].port;
}

int http_ops_port(const struct http *h)
{
    return h->listeners[LISTEN_OPS].port;
}

int http_stream_port(const struct http *h)
{
    return h->listeners[LISTEN_STREAM].port;
}

bool http_draining(const struct http *h)
{
    return atomic_load(&h->draining);
}

size_t http_open_streams(const struct http *h)
{
    return streams_count(h->streams);
}

bool http_alive(const struct http *h)
{
    int64_t oldest = http_mono(h) - INT64_C(1) * ALIVE_S * US_PER_S;
    for (size_t i = 0; i < LISTENER_COUNT; i++)
        for (size_t n = 0; n < LOOPS_MAX; n++) {
            int64_t ticked = atomic_load(&h->listeners[i].loops[n].ticked_us);
            if (ticked && ticked < oldest)
                return false;
        }
    return true;
}

static void pause_ms(int64_t ms)
{
    const struct timespec pause = { .tv_sec = ms / MS_PER_S,
                                    .tv_nsec = (long)(ms % MS_PER_S) * 1000 * 1000 };
    if (ms > 0)
        (void)nanosleep(&pause, NULL);
}

/*
 * Stops accepting. Another socket takes the place of the listening one under the same descriptor:
 * the kernel then ends the old one and takes it out of every epoll set. MHD_quiesce_daemon would do
 * it too, but panics when a loop of the pool is faster (docs/adr/0010).
 */
static void stop_accepting(struct listener *l)
{
    int dummy = l->daemon ? socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) : -1;
    if (dummy < 0)
        return;
    (void)dup3(dummy, l->fd, O_CLOEXEC);
    close(dummy);
}

static bool quiet(const struct http *h)
{
    return atomic_load(&h->in_flight) == 0;
}

static void wait_until_quiet(const struct http *h, int64_t wait_ms)
{
    int64_t end = http_mono(h) + wait_ms * US_PER_MS;
    while (!quiet(h) && http_mono(h) < end)
        pause_ms(5);
}

static void end_streams(struct http *h)
{
    streams_end(h->streams);
    for (int i = 0; i < 200 && streams_count(h->streams); i++)
        pause_ms(5);
}

void http_drain(struct http *h, int64_t wait_ms)
{
    atomic_store(&h->draining, true);
    pause_ms(h->conf.drain_delay_ms);
    stop_accepting(&h->listeners[LISTEN_MAIN]);
    stop_accepting(&h->listeners[LISTEN_STREAM]);
    wait_until_quiet(h, wait_ms);
    end_streams(h);
}

void http_stop(struct http *h)
{
    if (!h)
        return;
    atomic_store(&h->draining, true);
    atomic_store(&h->stopping, true);
    watch_stop(h->watch);
    if (h->streams)
        end_streams(h);
    work_stop(h->work);
    for (size_t i = 0; i < LISTENER_COUNT; i++)
        if (h->listeners[i].daemon)
            MHD_stop_daemon(h->listeners[i].daemon);
    watch_free(h->watch);
    streams_free(h->streams);
    statics_free(h->statics);
    limits_free(h->limits);
    exchanges_free(h);
    for (size_t i = 0; i < LISTENER_COUNT; i++) {
        for (size_t n = 0; n < LOOPS_MAX; n++) {
            arena_release(&h->listeners[i].loops[n].scratch);
            answers_forget(h, &h->listeners[i].loops[n]);
        }
        pthread_mutex_destroy(&h->listeners[i].lock);
    }
    http_routes_release(&h->routes);
    pthread_mutex_destroy(&h->conns_lock);
    pthread_mutex_destroy(&h->free_lock);
    arena_release(&h->arena);
    free(h);
}
