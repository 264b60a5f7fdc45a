#pragma once
/*
 * http_priv - what the files of io/http share.
 *
 * One request is a `struct exchange`. It belongs to the loop thread of its connection, except while
 * phase is PHASE_WORK: then a request worker owns it, and the connection is suspended. It crosses
 * over through the work queue and back through MHD_resume_connection.
 */
#include "base/buf.h"
#include "base/net.h"
#include "base/num.h"
#include "io/http/http.h"
#include "io/http/limit.h"
#include "io/http/parse.h"
#include "io/http/problem.h"
#include "io/http/route.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

enum listener_kind { LISTEN_MAIN, LISTEN_OPS, LISTEN_STREAM, LISTENER_COUNT };
enum { LOOPS_MAX = 64 };

/* The last answer of an inline route without limits, kept while its body stays the same. */
struct kept_answer {
    struct MHD_Response *response;
    struct buf body;
};

/* One loop thread of libmicrohttpd. `scratch` and `kept` are for that thread alone. */
struct loop {
    struct MHD_Daemon *daemon;
    struct arena scratch;
    struct kept_answer *kept; /* one a route; NULL until the first */
    atomic_int_least64_t ticked_us;
    struct exchange *_Atomic pulse; /* its suspended pulse request (watch.c) */
};

struct listener {
    struct http *http;
    enum listener_kind kind;
    struct MHD_Daemon *daemon; /* NULL: not configured */
    int fd, port;
    pthread_mutex_t lock; /* guards loop_count while loops show up for the first time */
    struct loop loops[LOOPS_MAX];
    size_t loop_count;
};

/* What a connection is waiting for; kept with its deadline in one word. */
enum conn_phase { CONN_NEW, CONN_IDLE, CONN_HEAD, CONN_BODY, CONN_BUSY, CONN_DEAD };

/* A connection. Linked in http.conns under http.conns_lock; `state` is atomic, the rest belongs to
 * its loop thread. */
struct conn {
    struct conn *prev, *next;
    struct listener *listener;
    struct loop *loop;
    int fd;
    bool pulse; /* our own tick connection */
    uint8_t address[16], address_len;
    atomic_int_least64_t state; /* deadline in ms (monotonic) * 8 + phase */
};

enum context_kind { CONTEXT_EXCHANGE, CONTEXT_STREAM };
/* What libmicrohttpd carries for a request: first member of exchange and stream. */
struct context {
    enum context_kind kind;
};

enum phase { PHASE_HEAD, PHASE_BODY, PHASE_WORK, PHASE_DONE, PHASE_SENT };

/* Which set of security headers (security.md D.5). */
enum answer_class { CLASS_API, CLASS_PAGE, CLASS_ASSET, CLASS_RUN, CLASS_SSE, CLASS_COUNT };

struct stream;
struct exchange {
    struct context context;
    struct exchange *next_free;
    struct http *http;
    struct listener *listener;
    struct conn *conn;
    struct MHD_Connection *mhd;
    _Atomic(enum phase) phase;
    struct arena arena;
    struct buf target, body, out;
    struct http_head head;
    const char *method_text;
    unsigned method; /* enum http_method; HTTP_METHOD_COUNT: another verb */
    bool head_only;  /* HEAD */
    bool swallow;    /* the body is read and dropped: the answer is known */
    bool must_close;
    struct str path, query_text;
    uint64_t content_length;
    size_t reserved; /* part of http.body_bytes */
    const struct route *route;
    unsigned allowed;
    struct http_req req;
    struct limit_keys limit_keys;
    struct limit_state limit;
    struct fail fail; /* what was wrong; code ERR_OK: nothing yet */
    struct idem *idem;
    /* the answer */
    struct MHD_Response *response; /* owned until queued, unless shared */
    bool shared;
    int status;
    struct stream *stream;
    int64_t started_us;
};

struct work_queue;
struct statics;
struct streams;

struct http {
    struct http_conf conf;
    struct arena arena; /* strings of the configuration */
    struct str origin;  /* scheme://host[:port] that Origin must equal; empty = by Host header */
    struct http_routes routes;
    struct limits *limits;
    struct net *proxies; /* whose X-Forwarded-For counts */
    size_t proxy_count;
    struct listener listeners[LISTENER_COUNT];
    struct statics *statics;
    struct streams *streams;
    struct work_queue *work;
    struct watch *watch;
    pthread_mutex_t conns_lock;
    struct conn *conns;
    pthread_mutex_t free_lock;
    struct exchange *free;
    size_t free_count;
    atomic_size_t in_flight;
    atomic_size_t body_bytes; /* announced by requests whose body is being read */
    atomic_bool draining, stopping;
    uint8_t id_key[16]; /* of request ids */
    atomic_uint_least64_t ids;
};

static inline int64_t http_mono(const struct http *h)
{
    return env_mono(h->conf.env);
}

/* exchange.c */
struct exchange *exchange_take(struct http *h);
void exchange_give(struct exchange *x);
void exchanges_free(struct http *h); /* the kept ones, at the end */

/* serve.c: what libmicrohttpd calls */
void *serve_target(void *listener, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result serve_request(void *listener, struct MHD_Connection *mhd, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **context);
void serve_completed(void *listener, struct MHD_Connection *mhd, void **context,
                     enum MHD_RequestTerminationCode why);
void serve_connection(void *listener, struct MHD_Connection *mhd, void **socket_context,
                      enum MHD_ConnectionNotificationCode what);

/* check.c: before anybody is asked. On the loop thread. x->fail says what is wrong. */
void check_head(struct exchange *x, const char *version);
void check_route(struct exchange *x);

/* handle.c: everything between the head and the answer; on a worker, or the loop thread for inline
 * routes (conn NULL). Leaves x->response and x->status, or x->stream. */
void handle(struct exchange *x, struct db_conn *conn);

/* answer.c */
/* A UUIDv7 without a system call for its random part: a keyed hash of a counter. */
struct str request_id_new(struct http *h, struct arena *a);
void answer_error(struct exchange *x);
void answer_result(struct exchange *x, const struct http_res *res);
/* A response over memory that outlives it, with the security headers of its class. */
struct MHD_Response *answer_make(const struct http *h, enum answer_class class, struct str body,
                                 const char *type);
void answer_security(struct MHD_Response *r, const struct http *h, enum answer_class class);
void answer_header(struct MHD_Response *r, const char *name, const char *value);
void answer_queue(struct exchange *x);
void answers_forget(struct http *h, struct loop *l);
/* Takes the headers away again, for a stream that has sent them. */
void answer_strip(struct MHD_Response *r);

/* work.c */
struct work_queue *work_start(struct http *h, int64_t workers);
/* False: full, or stopping. */
bool work_put(struct work_queue *q, struct exchange *x);
/* From time to time: notices that every worker waits although requests do too. */
void work_tick(struct work_queue *q);
void work_stop(struct work_queue *q);

/* static.c */
struct statics *statics_load(struct http *h);
void statics_free(struct statics *s);
/* True when a file (or, for a page load, index.html) answers: x->response is shared. */
bool statics_answer(struct exchange *x);

/* idem.c */
/* ERR_OK: run the handler, or *replayed. */
enum err idem_begin(struct exchange *x, bool *replayed, struct fail *f);
/* The handler's answer: stored, or the key is given back when it should be tried again. */
void idem_end(struct exchange *x);

/* sse.c: one event as text/event-stream */
void sse_put(struct buf *b, const struct hub_event *e);

/* stream.c */
struct streams *streams_new(struct http *h);
void streams_free(struct streams *all);
/* Opens what res->stream describes: x->stream, x->response. */
enum err stream_open(struct exchange *x, const struct http_stream *st, struct fail *f);
void stream_discard(struct stream *s); /* it is over, or was never queued */
struct context *stream_context(struct stream *s);
void streams_tick(struct streams *all, int64_t now_us);
void streams_end(struct streams *all); /* drain: a retry hint, then the end */
size_t streams_count(struct streams *all);

/* watch.c: one thread: deadlines, heartbeats, the pulse of the loops */
struct watch *watch_new(struct http *h); /* before the daemons start */
void watch_start(struct watch *w);
void watch_stop(struct watch *w);
void watch_free(struct watch *w);     /* after the daemons have ended */
void watch_pulse(struct exchange *x); /* a pulse request arrived or was resumed */
bool watch_is_pulse(const struct http *h, const struct sockaddr *peer);
void conn_set(struct conn *c, enum conn_phase phase, int64_t deadline_us);
/* False when the watch has given it up. */
bool conn_advance(struct conn *c, enum conn_phase phase, int64_t deadline_us);

/* metrics */
void count_add(const struct http *h, size_t metric, const char *value, int64_t by);
void count_done(const struct exchange *x);
