#pragma once
/*
 * http - the HTTP/1.1 server: one table of routes, strict parsing, workers that may block, event
 * streams, static files.
 *
 * libmicrohttpd's loop threads (always a pool of at least 2) own the sockets and answer only routes
 * marked HTTP_INLINE and static files. Every other request is suspended and handed to a pool of
 * request workers, each with its own database reader and arena: a handler is a straight line that
 * may block. Event streams are resumed by the hub.
 *
 * Before a handler runs, in this order: framing and limits · route and method · CSRF (unsafe
 * methods) · who asks (hooks.authenticate; every route but "P" needs a user) · rate limit · body
 * size · strict JSON · field table · Idempotency-Key · If-Match. What a handler returns is encoded
 * by the route's field table; an error becomes application/problem+json. Security headers are set
 * here, once, on every answer. A table with a route that lacks who, limits or shapes does not start
 * (ERR_INPUT route.incomplete). Threads: handlers run on any worker; struct http_req/http_res
 * belong to it until it returns.
 */
#include "base/field.h"
#include "io/db/db.h"
#include "io/hub/hub.h"
#include "io/secret/secret.h"

enum http_method { HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE, HTTP_METHOD_COUNT };

/* Rate classes of security.md D.6; their numbers stand in one table in io/http/limit.c. */
enum http_rate {
    RATE_NONE = 1, /* health and static files; 0 is "forgotten" and refuses to start */
    RATE_AUTH,
    RATE_READ,
    RATE_WRITE,
    RATE_RUN,
    RATE_SUBMISSION,
    RATE_TURN,
    RATE_EVENTS,
    RATE_STREAM,
    RATE_HEAVY,
    RATE_REPORT,
    RATE_COUNT
};

enum http_flag {
    HTTP_INLINE = 1,   /* answered on the loop thread: must not block, gets no conn */
    HTTP_IDEM = 2,     /* Idempotency-Key required; the first answer is replayed for 24 h */
    HTTP_IF_MATCH = 4, /* If-Match: "REV" required: 428 without */
    HTTP_STREAM = 8,   /* may answer with an event stream */
    HTTP_OPS = 16,     /* only on the operations listener; for nobody signed in, gets no conn */
    HTTP_REPORT = 32, /* a browser sends it by itself, without the app's headers and in a media type
                         of its own; the handler gets the body as it came */
};

enum { HTTP_PARAMS_MAX = 3 };

struct http_req;
struct http_res;
typedef enum err http_handler(struct http_req *req, struct http_res *res, struct fail *f);

struct http_route {
    enum http_method method;
    const char *path; /* "/api/v1/sessions/{id}/turns": {id} is a UUID, {name} a word */
    const char *who;  /* column of data-and-api.md 2.2: "P", "U", "O,S", "A+" ... The gate asks only
                         for a user; handlers  check ownership and course roles */
    enum http_rate rate;
    uint32_t body_max;             /* bytes; 0 = no body accepted */
    const struct api_shape *in;    /* body */
    const struct api_shape *query; /* query string */
    const struct api_shape *out;   /* answer */
    unsigned flags;                /* enum http_flag */
    size_t self;                   /* offset of the module pointer in the app struct */
    http_handler *handle;
    const char *doc; /* one line for OpenAPI */
};

struct http_req {
    const struct http_route *route;
    void *self;
    const void *in, *query;             /* decoded by the field tables */
    struct str body;                    /* HTTP_REPORT: as it came */
    struct str params[HTTP_PARAMS_MAX]; /* path variables in order */
    /* set by hooks.authenticate */
    struct str tenant;
    struct str user_id; /* ptr NULL: nobody */
    const void *user;   /* the app's own principal */
    /* tools */
    struct db *db;
    struct db_conn *conn; /* reader on the tenant; NULL in inline routes */
    struct arena *arena;
    const struct env *env;
    const struct log *log;
    /* what the client said */
    struct str request_id, ip, user_agent;
    struct str lang;       /* "es" or "en", from Accept-Language; ptr NULL when it names neither */
    int64_t if_match;      /* API_ABSENT when the header is absent */
    int64_t last_event_id; /* 0 when absent */
    void *private_;        /* io/http's own */
};
/* The value of a cookie, or ptr NULL. */
struct str http_cookie(const struct http_req *req, const char *name);

/* For HTTP_IDEM routes, inside the handler's unit: stores the answer in the same transaction as its
 * effects, so that a crash between the two can never run them twice. Optional: without it the
 * answer is stored right after the handler returns. `out` is of the route's out shape or NULL. */
enum err http_answer_tx(struct http_req *req, struct db_tx *tx, int status, const void *out,
                        struct fail *f);

/* Events sent before the live stream: what the store knows. */
struct http_stream {
    struct str name;               /* hub stream; empty = answer is not a stream */
    const struct hub_event *first; /* seq 0 = without id */
    size_t first_count;
    bool ended; /* nothing follows `first` */
};
/* A stream that begins with how the thing stands `now`. A client that resumes is not told again,
 * since the hub continues where it stopped; unless it is over: then the store has the last event,
 * also when the hub's items have expired. now NULL: nothing to tell first. */
struct http_stream http_stream_from(const struct http_req *req, struct str name,
                                    const struct hub_event *now, bool over);

struct http_res {
    int status;      /* 200 when 0 */
    const void *out; /* struct of the route's out shape; NULL = no body (204) */
    int64_t
        etag; /* revision; API_ABSENT = no ETag. Preset to API_ABSENT. GET honours If-None-Match */
    struct str location;
    struct str set_cookie[2]; /* whole header values */
    bool clear_site_data;     /* Clear-Site-Data: "cache" */
    struct http_stream stream;
    struct str raw; /* body that is not of the table (OpenAPI, metrics); with raw_type */
    const char *raw_type;
};

struct http_hooks {
    void *self;
    /* Sets req->tenant, user_id and user; leaves user_id.ptr NULL when nobody is signed in.
     * req->conn is usable. An error ends the request. */
    enum err (*authenticate)(void *self, struct http_req *req, struct fail *f);
    /* For HTTP_INLINE routes that are not "P": from memory only. (optional) */
    enum err (*authenticate_cached)(void *self, struct http_req *req, struct fail *f);
    /* Every 60 s for an open stream: still allowed? (optional) */
    bool (*still_allowed)(void *self, struct str tenant, struct str user_id);
};

/* Rows of the metrics table (app/metrics.c). SIZE_MAX = not counted. */
struct http_metric_ids {
    size_t requests; /* counter, label "route|status": "GET /api/v1/me|200"; "other" for no route */
    size_t seconds;  /* histogram, label "route" */
    size_t in_flight; /* gauge, no label */
    size_t problems;  /* counter, label "code" */
    size_t streams;   /* gauge, no label: open event streams */
    size_t limited;   /* counter, label "class": "auth" "read" ... (http_rate_name) */
};

/* A file served from memory, instead of the embedded web/dist (for tests). */
struct http_asset {
    struct str path; /* "index.html", "assets/app-1a2b3c4d.js", "assets/app-1a2b3c4d.js.br" */
    struct str data;
};

struct http_conf {
    struct str listen;        /* "127.0.0.1:8080"; port 0 = any free one */
    struct str ops_listen;    /* empty = none */
    struct str stream_listen; /* empty = none: a second listener for event streams with small
                                 connection pools */
    struct str
        instance_url; /* "https://school.example"; empty = http://LISTEN; for the Origin check */
    int64_t threads;  /* >= 2 */
    int64_t workers;  /* request workers */
    int64_t header_bytes;      /* 16 KiB */
    int64_t conn_bytes;        /* 24 KiB: libmicrohttpd's pool per connection */
    int64_t stream_conn_bytes; /* 8 KiB */
    int64_t idle_s, request_s; /* 75, 30 */
    int64_t header_s;          /* 10: from the request line to the last header */
    int64_t streams_max;
    /* 0 = 5 and 500 (security.md D.6); unlimited: streams_max. A person's stream above theirs ends
     * the oldest of them, whose reader is told to wait before it comes back. */
    int64_t streams_per_user, streams_per_ip;
    int64_t heartbeat_s;        /* 0 = 15 */
    int64_t drain_delay_ms;     /* after ready turns 503, before accepting stops */
    bool unlimited;             /* no rate limits: for benches and load tests */
    bool secure_cookies;        /* behind TLS: also sends Strict-Transport-Security */
    struct str trusted_proxies; /* addresses and networks (net_list_valid): X-Forwarded-For counts
                                   only from them */
    const struct http_asset *assets; /* NULL = the embedded web/dist */
    size_t asset_count;
    const struct http_route *routes;
    size_t route_count;
    void *app; /* self = *(void **)((char *)app + route->self) */
    struct http_hooks hooks;
    struct db *db;
    struct hub *hub;
    const struct env *env;
    const struct log *log;
    struct metrics *metrics;
    struct http_metric_ids metric_ids; /* looked at only with metrics */
};
/* "auth", "read", ...: the label of `limited`. */
const char *http_rate_name(enum http_rate rate);

struct http;
/* Checks the table, binds, starts. ERR_INPUT route.incomplete, or the setting of an
 * address (http.listen, stream.listen, ops.listen, http.trusted_proxies). ERR_IO, with the same
 * hint: cannot bind. */
enum err http_start(struct http **out, const struct http_conf *conf, struct fail *f);
/* The port really bound. */
int http_port(const struct http *h);
int http_ops_port(const struct http *h);
int http_stream_port(const struct http *h);
/* False when a loop thread has not answered a tick for 10 s: for /health/live. */
bool http_alive(const struct http *h);
bool http_draining(const struct http *h);
size_t http_open_streams(const struct http *h);
/* Ready turns 503, waits drain_delay, stops accepting, lets running requests finish (at most
 * wait_ms), closes streams with a retry hint. */
void http_drain(struct http *h, int64_t wait_ms);
void http_stop(struct http *h);

/* Deletes idempotency keys past their time, of all tenants, at most `max` in one unit. For a cron
 * job: needs no running server. */
enum err http_keys_sweep(struct db *db, const struct env *env, int64_t max, int64_t *deleted,
                         struct fail *f);

/* The table as OpenAPI 3.1 JSON, and as text lines "METHOD PATH WHO flags". */
void http_openapi(const struct http_route *routes, size_t n, struct str version, struct buf *b);
void http_route_list(const struct http_route *routes, size_t n, struct buf *b);
