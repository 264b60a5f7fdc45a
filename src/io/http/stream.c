#include "base/hash.h"
#include "io/http/http_priv.h"

#include <stdlib.h>
#include <sys/socket.h>

enum park { RUNNING, PARKED, WOKEN };
enum {
    BUCKETS = 1024,
    BATCH_BYTES = 2048,
    PENDING_MAX = 128 * 1024,
    CHECK_S = 60,
    BLOCK = 256,
    SOCKET_BYTES = 64 * 1024
};
/* Who made room for another stream waits long, else a person's streams would push one another. */
enum { RETRY_MS = 2000, RETRY_MIN_MS = 500, RETRY_REPLACED_MS = 10'000, RETRY_SPAN_MS = 2500 };
enum ending { GOES_ON, ENDS_DRAINING, ENDS_REFUSED, ENDS_REPLACED };

/*
 * One open event stream. Its connection sleeps (suspended, not polled) while there is nothing to
 * say. `park` settles the race between going to sleep and being woken: the reader sleeps only if
 * nobody woke it since it last looked; whoever finds it PARKED resumes the connection.
 *
 * What the loop thread uses needs no lock. The links, beat_at, check_at, replaced and cut_seen
 * belong to streams.lock.
 */
struct stream {
    struct context context;
    struct streams *all;
    struct MHD_Connection *mhd;
    struct MHD_Response *response;
    struct conn *conn;
    struct hub_sub *sub; /* NULL: nothing follows what is pending */
    struct buf pending;
    size_t sent; /* of pending */
    atomic_int park;
    _Atomic(enum ending) ending;
    atomic_bool beat;
    bool stripped, finished, replaced, cut_seen;
    struct stream *prev, *next, *next_user, *next_address;
    uint64_t user_key, address_key, number;
    int64_t beat_at, check_at;
    char tenant[ID_TEXT + 1], user[ID_TEXT + 1];
};

struct streams {
    struct http *http;
    pthread_mutex_t lock;
    uint8_t key[16];
    struct stream *first;
    struct stream *by_user[BUCKETS], *by_address[BUCKETS];
    size_t count;
    uint64_t numbers;
};

struct streams *streams_new(struct http *h)
{
    struct streams *all = calloc(1, sizeof *all);
    if (!all)
        abort();
    all->http = h;
    pthread_mutex_init(&all->lock, NULL);
    env_random(h->conf.env, all->key, sizeof all->key);
    return all;
}

void streams_free(struct streams *all)
{
    if (all)
        pthread_mutex_destroy(&all->lock);
    free(all);
}

size_t streams_count(struct streams *all)
{
    pthread_mutex_lock(&all->lock);
    size_t n = all->count;
    pthread_mutex_unlock(&all->lock);
    return n;
}

/* May be called by anybody who keeps the stream alive: the hub under its lock, the watch under
 * ours. */
static void stream_wake(void *arg)
{
    struct stream *s = arg;
    if (atomic_exchange(&s->park, WOKEN) == PARKED)
        MHD_resume_connection(s->mhd);
}

static void put_ending(struct stream *s)
{
    enum ending why = atomic_load(&s->ending);
    uint16_t spread = 0;
    if (why == ENDS_REFUSED) {
        buf_put(&s->pending, STR("event: closed\ndata: {}\n\n"));
    } else {
        int least = why == ENDS_REPLACED ? RETRY_REPLACED_MS : RETRY_MIN_MS;
        env_random(s->all->http->conf.env, &spread, sizeof spread);
        buf_putf(&s->pending, "retry: %d\n\n", least + spread % RETRY_SPAN_MS);
    }
    s->finished = true;
}

static void take_events(struct stream *s)
{
    struct arena *a = &s->conn->loop->scratch;
    while (!s->finished && s->sub && s->pending.len < BATCH_BYTES) {
        struct hub_event e;
        enum hub_next what = hub_next(s->sub, a, &e);
        if (what == HUB_EMPTY)
            break;
        if (what == HUB_EVENT)
            sse_put(&s->pending, &e);
        else
            s->finished = true; /* cut readers come back with Last-Event-ID */
    }
    arena_reset(a);
}

/* Makes s->pending the next thing to say, if there is one. */
static void refill(struct stream *s)
{
    buf_clear(&s->pending);
    s->sent = 0;
    if (atomic_load(&s->ending) != GOES_ON)
        put_ending(s);
    else
        take_events(s);
    if (!s->pending.len && !s->finished && atomic_exchange(&s->beat, false))
        buf_put(&s->pending, STR(":\n\n"));
}

static size_t copy_out(struct stream *s, char *out, size_t max)
{
    size_t n = size_min(s->pending.len - s->sent, max);
    if (n)
        memcpy(out, s->pending.ptr + s->sent, n);
    s->sent += n;
    return n;
}

static ssize_t stream_sleep(struct stream *s)
{
    int awake = RUNNING;
    buf_release(&s->pending); /* thousands of these sleep */
    MHD_suspend_connection(s->mhd);
    if (!atomic_compare_exchange_strong(&s->park, &awake, PARKED))
        MHD_resume_connection(s->mhd);
    return 0;
}

/* libmicrohttpd asks for the next bytes, on the loop thread, when the socket takes some. */
static ssize_t stream_read(void *arg, uint64_t at, char *out, size_t max)
{
    struct stream *s = arg;
    (void)at;
    atomic_store(&s->park, RUNNING);
    if (!s->stripped) {
        answer_strip(s->response); /* they have been sent: give their memory back */
        s->stripped = true;
    }
    if (s->sent == s->pending.len && !s->finished)
        refill(s);
    size_t n = copy_out(s, out, max);
    if (n)
        return (ssize_t)n;
    return s->finished ? MHD_CONTENT_READER_END_OF_STREAM : stream_sleep(s);
}

static size_t open_at_address(const struct stream *first, uint64_t key)
{
    size_t n = 0;
    for (const struct stream *s = first; s; s = s->next_address)
        n += s->address_key == key;
    return n;
}

/*
 * A person who opens one stream more than allowed gets it, and their oldest ends: mostly it belongs
 * to a page that was closed, which nobody notices before the next heartbeat. Those told to end
 * count apart, so that a reader who takes nothing is bounded too. Under the lock.
 */
static enum err make_room(const struct streams *all, struct stream *first, uint64_t key,
                          struct fail *f)
{
    size_t max = num_size(all->http->conf.streams_per_user), live = 0, ending = 0;
    struct stream *oldest = NULL;
    for (struct stream *s = first; s; s = s->next_user) {
        if (s->user_key != key)
            continue;
        ending += s->replaced;
        live += !s->replaced;
        oldest = s->replaced ? oldest : s; /* the list begins with the newest */
    }
    if (live < max)
        return ERR_OK;
    if (ending >= max)
        return FAIL(f, ERR_LIMIT, "limit.streams", "streams of the user");
    oldest->replaced = true;
    atomic_store(&oldest->ending, ENDS_REPLACED);
    stream_wake(oldest);
    return ERR_OK;
}

/* Counts the stream in, or says why not. Under the lock. */
static enum err admit(struct streams *all, struct stream *s, struct fail *f)
{
    const struct http_conf *c = &all->http->conf;
    struct stream **user = &all->by_user[s->user_key % BUCKETS];
    struct stream **address = &all->by_address[s->address_key % BUCKETS];
    if (atomic_load(&all->http->stopping) || all->count >= num_size(c->streams_max))
        return FAIL(f, ERR_BUSY, "busy", "%zu streams are open", all->count);
    if (open_at_address(*address, s->address_key) >= num_size(c->streams_per_ip))
        return FAIL(f, ERR_LIMIT, "limit.streams", "streams of the address");
    if (s->user[0])
        TRY(make_room(all, *user, s->user_key, f));
    s->next_user = *user;
    *user = s;
    s->next_address = *address;
    *address = s;
    s->next = all->first;
    if (s->next)
        s->next->prev = s;
    all->first = s;
    all->count++;
    s->number = ++all->numbers;
    return ERR_OK;
}

static void unlink_user(struct streams *all, struct stream *s)
{
    struct stream **at = &all->by_user[s->user_key % BUCKETS];
    while (*at != s)
        at = &(*at)->next_user;
    *at = s->next_user;
}

static void unlink_address(struct streams *all, struct stream *s)
{
    struct stream **at = &all->by_address[s->address_key % BUCKETS];
    while (*at != s)
        at = &(*at)->next_address;
    *at = s->next_address;
}

static void dismiss(struct streams *all, struct stream *s)
{
    unlink_user(all, s);
    unlink_address(all, s);
    if (s->prev)
        s->prev->next = s->next;
    else
        all->first = s->next;
    if (s->next)
        s->next->prev = s->prev;
    all->count--;
}

static void stream_free(struct stream *s)
{
    if (s->sub)
        hub_unsubscribe(s->sub);
    buf_release(&s->pending);
    free(s);
}

void stream_discard(struct stream *s)
{
    struct streams *all = s->all;
    pthread_mutex_lock(&all->lock);
    dismiss(all, s); /* first: the watch looks at s->sub */
    pthread_mutex_unlock(&all->lock);
    count_add(all->http, all->http->conf.metric_ids.streams, NULL, -1);
    stream_free(s);
}

struct context *stream_context(struct stream *s)
{
    return &s->context;
}

static void copy_id(char out[ID_TEXT + 1], struct str id)
{
    size_t n = size_min(id.len, ID_TEXT);
    if (n)
        memcpy(out, id.ptr, n);
    out[n] = 0;
}

static struct stream *stream_new(struct exchange *x)
{
    struct streams *all = x->http->streams;
    struct stream *s = calloc(1, sizeof *s);
    int64_t now = http_mono(x->http);
    if (!s)
        abort();
    s->context.kind = CONTEXT_STREAM;
    s->all = all;
    s->conn = x->conn;
    s->mhd = x->mhd;
    s->pending.max = PENDING_MAX;
    copy_id(s->tenant, x->req.tenant);
    copy_id(s->user, x->req.user_id);
    s->user_key = hash_short(str_of(s->user), all->key);
    s->address_key = hash_short(x->limit_keys.address, all->key);
    s->beat_at = now + x->http->conf.heartbeat_s * US_PER_S;
    s->check_at = now + INT64_C(1) * CHECK_S * US_PER_S;
    return s;
}

struct http_stream http_stream_from(const struct http_req *req, struct str name,
                                    const struct hub_event *now, bool over)
{
    struct http_stream s = { .name = name, .ended = over };
    if (!now || (!over && req->last_event_id))
        return s;
    struct hub_event *first = ARENA_NEW(req->arena, struct hub_event);
    *first = *now;
    s.first = first;
    s.first_count = 1;
    return s;
}

/* What stands before the live part; returns the last number of it that the client has or gets. */
static int64_t put_first(struct stream *s, const struct http_stream *st, int64_t seen)
{
    buf_putf(&s->pending, "retry: %d\n\n", RETRY_MS);
    for (size_t i = 0; i < st->first_count; i++) {
        if (st->first[i].seq > 0 && st->first[i].seq <= seen)
            continue;
        sse_put(&s->pending, &st->first[i]);
        seen = i64_max(seen, st->first[i].seq);
    }
    return seen;
}

static struct MHD_Response *stream_response(struct exchange *x, struct stream *s)
{
    struct MHD_Response *r =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, stream_read, s, NULL);
    if (!r)
        abort();
    answer_security(r, x->http, CLASS_SSE);
    answer_header(r, "Content-Type", "text/event-stream");
    answer_header(r, "X-Accel-Buffering", "no");
    answer_header(r, "X-Request-Id", arena_cstr(&x->arena, x->req.request_id));
    return r;
}

/* Else the kernel keeps up to 4 MiB for a reader that does not read. */
static void bound_socket(const struct conn *c)
{
    int bytes = SOCKET_BYTES;
    (void)setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

static enum err subscribe_and_admit(struct exchange *x, struct stream *s,
                                    const struct http_stream *st, struct fail *f)
{
    struct http *h = x->http;
    int64_t seen = put_first(s, st, x->req.last_event_id);
    s->finished = st->ended || x->head_only;
    if (s->pending.truncated)
        return FAIL(f, ERR_IO, NULL, "more than %d bytes before a stream", PENDING_MAX);
    const struct hub_follow what = { x->req.tenant, st->name, seen, stream_wake, s };
    if (!s->finished)
        TRY(hub_subscribe(h->conf.hub, &what, &s->sub, f));
    pthread_mutex_lock(&h->streams->lock);
    enum err e = admit(h->streams, s, f);
    pthread_mutex_unlock(&h->streams->lock);
    return e;
}

enum err stream_open(struct exchange *x, const struct http_stream *st, struct fail *f)
{
    struct http *h = x->http;
    struct stream *s = stream_new(x);
    enum err e = subscribe_and_admit(x, s, st, f);
    if (e) {
        stream_free(s);
        return e;
    }
    bound_socket(x->conn);
    count_add(h, h->conf.metric_ids.streams, NULL, 1);
    x->response = s->response = stream_response(x, s);
    x->status = 200;
    x->stream = s;
    return ERR_OK;
}

static void tick_one(struct stream *s, int64_t now_us)
{
    struct http *h = s->all->http;
    if (now_us >= s->beat_at) {
        s->beat_at = now_us + h->conf.heartbeat_s * US_PER_S;
        atomic_store(&s->beat, true);
        stream_wake(s);
    }
    if (!s->replaced && (!s->sub || !hub_is_cut(s->sub)))
        return;
    /* a reader whose stream ended and who does not even take the end of it */
    if (s->cut_seen)
        (void)shutdown(s->conn->fd, SHUT_RDWR);
    s->cut_seen = true;
}

enum { ASKED_MAX = 32 };
struct asked {
    struct stream *stream;
    uint64_t number, user_key;
    char tenant[ID_TEXT + 1], user[ID_TEXT + 1];
};

static size_t due_for_asking(struct streams *all, struct asked *asked, int64_t now_us)
{
    size_t n = 0;
    for (struct stream *s = all->first; s && n < ASKED_MAX; s = s->next) {
        if (now_us < s->check_at)
            continue;
        s->check_at = now_us + INT64_C(1) * CHECK_S * US_PER_S;
        asked[n] = (struct asked){ s, s->number, s->user_key, { 0 }, { 0 } };
        memcpy(asked[n].tenant, s->tenant, sizeof s->tenant);
        memcpy(asked[n++].user, s->user, sizeof s->user);
    }
    return n;
}

/* It may be gone meanwhile, and its memory be another's. */
static void refuse(struct streams *all, const struct asked *q)
{
    pthread_mutex_lock(&all->lock);
    for (struct stream *s = all->by_user[q->user_key % BUCKETS]; s; s = s->next_user)
        if (s == q->stream && s->number == q->number) {
            atomic_store(&s->ending, ENDS_REFUSED);
            stream_wake(s);
        }
    pthread_mutex_unlock(&all->lock);
}

static void ask_who_is_allowed(struct streams *all, int64_t now_us)
{
    const struct http_hooks *hooks = &all->http->conf.hooks;
    struct asked asked[ASKED_MAX];
    size_t n = hooks->still_allowed ? ASKED_MAX : 0;
    while (n == ASKED_MAX) {
        pthread_mutex_lock(&all->lock);
        n = due_for_asking(all, asked, now_us);
        pthread_mutex_unlock(&all->lock);
        for (size_t i = 0; i < n; i++)
            if (!hooks->still_allowed(hooks->self, str_of(asked[i].tenant), str_of(asked[i].user)))
                refuse(all, &asked[i]);
    }
}

void streams_tick(struct streams *all, int64_t now_us)
{
    pthread_mutex_lock(&all->lock);
    for (struct stream *s = all->first; s; s = s->next)
        tick_one(s, now_us);
    pthread_mutex_unlock(&all->lock);
    ask_who_is_allowed(all, now_us);
}

void streams_end(struct streams *all)
{
    pthread_mutex_lock(&all->lock);
    for (struct stream *s = all->first; s; s = s->next) {
        atomic_store(&s->ending, ENDS_DRAINING);
        stream_wake(s);
    }
    pthread_mutex_unlock(&all->lock);
}
