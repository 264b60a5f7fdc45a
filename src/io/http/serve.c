#include "io/http/http_priv.h"

#include <netinet/in.h>
#include <stdlib.h>

/* What the watch waits for, in microseconds from now. */
static int64_t after_s(const struct http *h, int64_t s)
{
    return http_mono(h) + s * US_PER_S;
}

static struct conn *conn_of(struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

void *serve_target(void *listener, const char *uri, struct MHD_Connection *mhd)
{
    struct listener *l = listener;
    struct http *h = l->http;
    struct exchange *x = exchange_take(h);
    x->listener = l;
    x->mhd = mhd;
    x->conn = conn_of(mhd);
    x->started_us = http_mono(h);
    buf_put(&x->target, str_of(uri));
    atomic_store(&x->phase, PHASE_HEAD);
    if (x->conn)
        (void)conn_advance(x->conn, CONN_HEAD, after_s(h, h->conf.header_s));
    if (x->conn && x->conn->pulse)
        return x; /* our own: not counted */
    atomic_fetch_add(&h->in_flight, 1);
    count_add(h, h->conf.metric_ids.in_flight, NULL, 1);
    return x;
}

/* Answers before the body was read: libmicrohttpd closes the connection after it. */
static enum MHD_Result answer_early(struct exchange *x)
{
    if (!x->response)
        answer_error(x);
    answer_queue(x);
    return MHD_YES;
}

static enum MHD_Result serve_head(struct exchange *x, const char *method, const char *version)
{
    struct http *h = x->http;
    if (!x->conn)
        return MHD_NO;
    x->method_text = method;
    atomic_store(&x->phase, PHASE_BODY);
    check_head(x, version);
    if (!x->fail.code && !x->conn->pulse)
        check_route(x);
    bool known = x->fail.code || x->response;
    if (x->must_close || (known && x->head.v[HEAD_EXPECT].ptr))
        return answer_early(x);
    if (!x->content_length)
        return conn_advance(x->conn, CONN_BUSY, 0) ? MHD_YES : MHD_NO;
    return conn_advance(x->conn, CONN_BODY, after_s(h, h->conf.request_s)) ? MHD_YES : MHD_NO;
}

static enum MHD_Result serve_body(struct exchange *x, const char *data, size_t *size)
{
    if (!x->swallow)
        buf_put(&x->body, (struct str){ data, *size });
    *size = 0;
    return MHD_YES;
}

static void give_to_worker(struct exchange *x)
{
    atomic_store(&x->phase, PHASE_WORK);
    MHD_suspend_connection(x->mhd);
    if (work_put(x->http->work, x))
        return;
    x->fail = (struct fail){ .code = ERR_BUSY, .hint = "busy", .retry_after_s = 1 };
    answer_error(x);
    atomic_store(&x->phase, PHASE_DONE);
    MHD_resume_connection(x->mhd);
}

/* The whole request is here. */
static enum MHD_Result serve_whole(struct exchange *x)
{
    if (!conn_advance(x->conn, CONN_BUSY, 0))
        return MHD_NO;
    if (x->conn->pulse) {
        watch_pulse(x);
        return MHD_YES;
    }
    if (x->fail.code || x->response)
        return answer_early(x);
    if (!(x->route->def->flags & HTTP_INLINE)) {
        give_to_worker(x);
        return MHD_YES;
    }
    handle(x, NULL);
    answer_queue(x);
    return MHD_YES;
}

/* From here the small stream stands for the request; the exchange is free for others. */
static struct context *become_stream(struct exchange *x)
{
    struct context *c = stream_context(x->stream);
    x->stream = NULL;
    count_done(x);
    exchange_give(x);
    return c;
}

/* sizes: the parameters are libmicrohttpd's */
enum MHD_Result serve_request(void *listener, struct MHD_Connection *mhd, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **context)
{
    struct exchange *x = *context;
    (void)listener;
    (void)mhd;
    (void)url;
    if (!x || x->context.kind != CONTEXT_EXCHANGE)
        return MHD_NO;
    switch (atomic_load(&x->phase)) {
    case PHASE_HEAD:
        return serve_head(x, method, version);
    case PHASE_BODY:
        return *size ? serve_body(x, data, size) : serve_whole(x);
    case PHASE_DONE:
        answer_queue(x);
        if (x->stream)
            *context = become_stream(x);
        return MHD_YES;
    case PHASE_WORK:
        if (x->conn->pulse)
            watch_pulse(x);
        return MHD_YES;
    case PHASE_SENT:
        return MHD_YES;
    }
    return MHD_NO;
}

void serve_completed(void *listener, struct MHD_Connection *mhd, void **context,
                     enum MHD_RequestTerminationCode why)
{
    struct listener *l = listener;
    struct http *h = l->http;
    struct context *c = *context;
    struct conn *conn = conn_of(mhd);
    (void)why;
    if (!c)
        return;
    *context = NULL;
    if (conn)
        (void)conn_advance(conn, CONN_IDLE, after_s(h, h->conf.idle_s));
    if (c->kind == CONTEXT_STREAM) {
        stream_discard((void *)c);
        return;
    }
    struct exchange *x = (void *)c; /* context is its first member */
    atomic_fetch_sub(&h->body_bytes, x->reserved);
    count_done(x);
    exchange_give(x);
}

static void address_of(struct conn *c, const struct sockaddr *a)
{
    const struct sockaddr_in *v4 = (const void *)a;
    const struct sockaddr_in6 *v6 = (const void *)a;
    if (a->sa_family == AF_INET) {
        memcpy(c->address, &v4->sin_addr, 4);
        c->address_len = 4;
    } else if (a->sa_family == AF_INET6) {
        memcpy(c->address, &v6->sin6_addr, 16);
        c->address_len = 16;
    }
}

/* The loop thread this connection lives on. */
static struct loop *loop_of(struct listener *l, struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_DAEMON);
    struct MHD_Daemon *daemon = info->daemon;
    struct loop *found = NULL;
    pthread_mutex_lock(&l->lock);
    for (size_t i = 0; i < l->loop_count && !found; i++)
        if (l->loops[i].daemon == daemon)
            found = &l->loops[i];
    if (!found) {
        assert(l->loop_count < LOOPS_MAX);
        found = &l->loops[l->loop_count++];
        found->daemon = daemon;
        atomic_store(&found->ticked_us, http_mono(l->http));
    }
    pthread_mutex_unlock(&l->lock);
    return found;
}

static struct conn *conn_new(struct listener *l, struct MHD_Connection *mhd)
{
    struct http *h = l->http;
    struct conn *c = calloc(1, sizeof *c);
    if (!c)
        abort();
    const union MHD_ConnectionInfo *fd =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    const union MHD_ConnectionInfo *addr =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    c->listener = l;
    c->loop = loop_of(l, mhd);
    c->fd = fd->connect_fd;
    if (addr && addr->client_addr) {
        address_of(c, addr->client_addr);
        c->pulse = watch_is_pulse(h, addr->client_addr);
    }
    conn_set(c, CONN_NEW, after_s(h, h->conf.header_s));
    pthread_mutex_lock(&h->conns_lock);
    c->next = h->conns;
    if (c->next)
        c->next->prev = c;
    h->conns = c;
    pthread_mutex_unlock(&h->conns_lock);
    return c;
}

static void conn_end(struct http *h, struct conn *c)
{
    pthread_mutex_lock(&h->conns_lock);
    if (c->prev)
        c->prev->next = c->next;
    else
        h->conns = c->next;
    if (c->next)
        c->next->prev = c->prev;
    pthread_mutex_unlock(&h->conns_lock);
    free(c);
}

void serve_connection(void *listener, struct MHD_Connection *mhd, void **socket_context,
                      enum MHD_ConnectionNotificationCode what)
{
    struct listener *l = listener;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        *socket_context = conn_new(l, mhd);
    } else if (*socket_context) {
        conn_end(l->http, *socket_context);
        *socket_context = NULL;
    }
}
