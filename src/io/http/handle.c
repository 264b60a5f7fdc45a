#include "io/http/http_priv.h"

#include <arpa/inet.h>
#include <strings.h>

static struct str head(const struct exchange *x, enum http_header name)
{
    return x->head.v[name];
}

struct str http_cookie(const struct http_req *req, const char *name)
{
    const struct exchange *x = req->private_;
    return http_cookie_in(head(x, HEAD_COOKIE), str_of(name));
}

static bool same_text(struct str a, struct str b)
{
    return a.len == b.len && strncasecmp(a.ptr, b.ptr, a.len) == 0;
}

static bool own_origin(const struct exchange *x)
{
    struct str origin = head(x, HEAD_ORIGIN);
    if (!origin.ptr)
        return false;
    if (x->http->origin.len)
        return same_text(origin, x->http->origin);
    return str_starts(origin, STR("http://")) && same_text(str_from(origin, 7), head(x, HEAD_HOST));
}

/* security.md B.6. A report carries none of the app's headers and may lack those of a fetch. */
static enum err check_csrf(struct exchange *x)
{
    struct str site = head(x, HEAD_FETCH_SITE);
    if ((x->route->def->flags & HTTP_REPORT) && (!site.ptr || str_is(site, "same-origin")))
        return ERR_OK;
    bool same = site.ptr ? str_is(site, "same-origin") : own_origin(x);
    if (same && str_is(head(x, HEAD_REQUESTED_BY), "ainative"))
        return ERR_OK;
    return FAIL(&x->fail, ERR_FORBIDDEN, "csrf", "site %.*s", STR_ARG(site));
}

static bool trusted(const struct http *h, const struct net_addr *a)
{
    for (size_t i = 0; i < h->proxy_count; i++)
        if (net_has(&h->proxies[i], a))
            return true;
    return false;
}

/* The address the nearest trusted proxy saw: the last one of its list. */
static struct str forwarded(const struct exchange *x)
{
    struct str rest = head(x, HEAD_FORWARDED_FOR), last = { 0 };
    while (rest.len)
        last = str_trim(str_take_until(&rest, ','));
    return last;
}

static void client_address(struct exchange *x)
{
    struct net_addr *a = ARENA_NEW(&x->arena, struct net_addr);
    char *text = arena_alloc(&x->arena, INET6_ADDRSTRLEN, 1);
    memcpy(a->bytes, x->conn->address, sizeof a->bytes);
    a->len = x->conn->address_len;
    if (inet_ntop(a->len == 4 ? AF_INET : AF_INET6, a->bytes, text, INET6_ADDRSTRLEN))
        x->req.ip = str_of(text);
    struct str behind = trusted(x->http, a) ? forwarded(x) : (struct str){ 0 };
    if (net_addr_parse(behind, a))
        x->req.ip = behind;
    x->limit_keys.address = (struct str){ (const char *)a->bytes, a->len };
}

static void fill_request(struct exchange *x, struct db_conn *conn)
{
    const struct http_conf *conf = &x->http->conf;
    struct http_req *q = &x->req;
    struct str id = head(x, HEAD_REQUEST_ID);
    q->route = x->route->def;
    q->self = *(void **)(void *)((char *)conf->app + q->route->self);
    q->db = conf->db;
    q->conn = conn;
    q->arena = &x->arena;
    q->env = conf->env;
    q->log = conf->log;
    q->request_id = http_printable(id, 1, 64) ? id : request_id_new(x->http, &x->arena);
    q->user_agent = head(x, HEAD_USER_AGENT);
    q->lang = http_language(head(x, HEAD_ACCEPT_LANGUAGE));
    q->if_match = API_ABSENT;
    q->private_ = x;
    if (!str_to_i64(head(x, HEAD_LAST_EVENT_ID), 0, INT64_MAX, &q->last_event_id))
        q->last_event_id = 0;
    client_address(x);
}

static enum err check_who(struct exchange *x)
{
    const struct http_hooks *hooks = &x->http->conf.hooks;
    bool here = x->route->def->flags & HTTP_INLINE, ops = x->route->def->flags & HTTP_OPS;
    if (!here && !ops && hooks->authenticate)
        TRY(hooks->authenticate(hooks->self, &x->req, &x->fail));
    if (here && !x->route->public_ && hooks->authenticate_cached)
        TRY(hooks->authenticate_cached(hooks->self, &x->req, &x->fail));
    if (!x->req.user_id.ptr && !x->route->public_)
        return FAIL(&x->fail, ERR_AUTH, "auth.required", "nobody is signed in");
    if (x->req.conn && x->req.tenant.ptr)
        TRY(db_conn_tenant(x->req.conn, x->req.tenant, &x->fail));
    return ERR_OK;
}

static enum err check_rate(struct exchange *x)
{
    struct http *h = x->http;
    enum http_rate rate = x->route->def->rate;
    if (rate == RATE_NONE || h->conf.unlimited)
        return ERR_OK;
    x->limit_keys.tenant = x->req.tenant;
    x->limit_keys.user = x->req.user_id;
    x->limit = limits_take(h->limits, rate, &x->limit_keys, http_mono(h));
    if (!x->limit.retry_after_s)
        return ERR_OK;
    count_add(h, h->conf.metric_ids.limited, http_rate_name(rate), 1);
    enum err e = FAIL(&x->fail, ERR_LIMIT, "limit.rate", "%s", http_rate_name(rate));
    x->fail.retry_after_s = x->limit.retry_after_s;
    return e;
}

static enum err decode(struct exchange *x)
{
    const struct http_route *def = x->route->def;
    void *in = NULL, *query = NULL;
    TRY(api_decode_query(def->query, x->query_text, &x->arena, &query, &x->fail));
    if (x->route->json_body) {
        struct json dom;
        TRY(json_parse(buf_str(&x->body), &json_limits_api, &x->arena, &dom, &x->fail));
        TRY(api_decode(def->in, &dom, &x->arena, &in, &x->fail));
    }
    if (def->flags & HTTP_REPORT)
        x->req.body = buf_str(&x->body);
    x->req.in = in;
    x->req.query = query;
    return ERR_OK;
}

static enum err check_revision(struct exchange *x)
{
    struct str tag = head(x, HEAD_IF_MATCH);
    if (!(x->route->def->flags & HTTP_IF_MATCH))
        return ERR_OK;
    if (!tag.ptr)
        return FAIL(&x->fail, ERR_PRECONDITION, "precondition.required", "no If-Match");
    if (!http_revision(tag, &x->req.if_match))
        return FAIL(&x->fail, ERR_PRECONDITION, "precondition.failed", "If-Match is no revision");
    return ERR_OK;
}

static enum err run_handler(struct exchange *x)
{
    struct http_res res = { .etag = API_ABSENT };
    bool replayed = false;
    if (x->route->def->flags & HTTP_IDEM)
        TRY(idem_begin(x, &replayed, &x->fail));
    if (replayed)
        return ERR_OK;
    enum err e = check_revision(x);
    if (!e)
        e = x->route->def->handle(&x->req, &res, &x->fail);
    if (!e && res.stream.name.ptr)
        e = stream_open(x, &res.stream, &x->fail);
    else if (!e)
        answer_result(x, &res);
    if (e)
        answer_error(x);
    idem_end(x);
    return ERR_OK;
}

static enum err handle_steps(struct exchange *x, struct db_conn *conn)
{
    fill_request(x, conn);
    if (x->route->def->method != HTTP_GET)
        TRY(check_csrf(x));
    TRY(check_who(x));
    TRY(check_rate(x));
    TRY(decode(x));
    return run_handler(x);
}

void handle(struct exchange *x, struct db_conn *conn)
{
    struct http *h = x->http;
    if (handle_steps(x, conn))
        answer_error(x);
    if (x->status == 401 && x->route->def->rate == RATE_AUTH)
        limits_failed(h->limits, RATE_AUTH, &x->limit_keys, http_mono(h));
}

void count_add(const struct http *h, size_t metric, const char *value, int64_t by)
{
    if (h->conf.metrics && metric != SIZE_MAX)
        metric_add(h->conf.metrics, metric, value, by);
}

void count_done(const struct exchange *x)
{
    struct http *h = x->http;
    const struct http_metric_ids *ids = &h->conf.metric_ids;
    const struct route *r = x->route;
    int64_t us = http_mono(h) - x->started_us;
    if (x->conn && x->conn->pulse)
        return;
    atomic_fetch_sub(&h->in_flight, 1);
    count_add(h, ids->in_flight, NULL, -1);
    count_add(h, ids->requests, r ? r->status_label[http_status_index(x->status)] : NULL, 1);
    if (h->conf.metrics && ids->seconds != SIZE_MAX)
        metric_observe(h->conf.metrics, ids->seconds, r ? r->label : NULL, (double)us / US_PER_S);
    if (h->conf.log->level <= LOG_DEBUG)
        LOG(h->conf.log, LOG_DEBUG, "http.request", LOG_C("route", r ? r->label : "-"),
            LOG_I("status", x->status), LOG_I("us", us), LOG_S("request_id", x->req.request_id));
}
