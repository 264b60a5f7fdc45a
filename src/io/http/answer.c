#include "base/hash.h"
#include "io/http/http_priv.h"

#include <stdlib.h>

/* security.md D.5 */
struct fixed_header {
    const char *name, *value;
};
static const struct fixed_header common_headers[] = {
    { "X-Content-Type-Options", "nosniff" },
    { "Referrer-Policy", "no-referrer" },
    { "X-Frame-Options", "DENY" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Cross-Origin-Embedder-Policy", "require-corp" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
    { "Permissions-Policy",
      "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
      "magnetometer=(), microphone=(), midi=(), payment=(), usb=(), fullscreen=(self), "
      "publickey-credentials-get=(self), publickey-credentials-create=(self)" },
};
static const char hsts[] = "max-age=63072000; includeSubDomains; preload";

#define CSP_CLOSED "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
static const struct {
    const char *csp, *cache;
} classes[] = {
    [CLASS_API] = { CSP_CLOSED "; sandbox", "no-store" },
    [CLASS_SSE] = { CSP_CLOSED "; sandbox", "no-store" },
    [CLASS_ASSET] = { CSP_CLOSED, NULL },
    [CLASS_RUN] = { "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'none'; "
                    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                    NULL },
    [CLASS_PAGE] = { "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' "
                     "data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
                     "worker-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
                     "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types "
                     "ainative; report-to csp; report-uri /api/v1/browser-reports",
                     "no-cache" },
};
static_assert(COUNT_OF(classes) == CLASS_COUNT, "headers for each class");

void answer_header(struct MHD_Response *r, const char *name, const char *value)
{
    /* refused only for line breaks, which no caller lets in; the answer is then sent without it */
    (void)MHD_add_response_header(r, name, value);
}

void answer_security(struct MHD_Response *r, const struct http *h, enum answer_class class)
{
    for (size_t i = 0; i < COUNT_OF(common_headers); i++)
        answer_header(r, common_headers[i].name, common_headers[i].value);
    answer_header(r, "Content-Security-Policy", classes[class].csp);
    if (h->conf.secure_cookies)
        answer_header(r, "Strict-Transport-Security", hsts);
    if (class == CLASS_PAGE)
        answer_header(r, "Reporting-Endpoints", "csp=\"/api/v1/browser-reports\"");
    if (classes[class].cache)
        answer_header(r, "Cache-Control", classes[class].cache);
}

struct MHD_Response *answer_make(const struct http *h, enum answer_class class, struct str body,
                                 const char *type)
{
    /* the library does not write into it; its interface is older than const */
    union {
        const char *in;
        void *out;
    } bytes = { .in = body.len ? body.ptr : "" };
    struct MHD_Response *r =
        MHD_create_response_from_buffer(body.len, bytes.out, MHD_RESPMEM_PERSISTENT);
    if (!r)
        abort(); /* out of memory */
    answer_security(r, h, class);
    if (type)
        answer_header(r, "Content-Type", type);
    return r;
}

void answer_strip(struct MHD_Response *r)
{
    static const char *const stripped[] = { "X-Request-Id", "Content-Type", "Vary",
                                            "X-Accel-Buffering" };
    for (size_t i = 0; i < COUNT_OF(common_headers); i++)
        (void)MHD_del_response_header(r, common_headers[i].name, common_headers[i].value);
    (void)MHD_del_response_header(r, "Content-Security-Policy", classes[CLASS_SSE].csp);
    (void)MHD_del_response_header(r, "Strict-Transport-Security", hsts);
    (void)MHD_del_response_header(r, "Cache-Control", classes[CLASS_SSE].cache);
    for (size_t i = 0; i < COUNT_OF(stripped); i++) {
        const char *value = MHD_get_response_header(r, stripped[i]);
        if (value)
            (void)MHD_del_response_header(r, stripped[i], value);
    }
}

struct str request_id_new(struct http *h, struct arena *a)
{
    char *text = arena_alloc(a, ID_TEXT + 1, 1);
    uint64_t n = atomic_fetch_add_explicit(&h->ids, 1, memory_order_relaxed);
    uint64_t mixed = hash_short((struct str){ (const char *)&n, sizeof n }, h->id_key);
    uint8_t rnd[8];
    memcpy(rnd, &mixed, sizeof rnd);
    id_format(env_now(h->conf.env), rnd, text);
    return (struct str){ text, ID_TEXT };
}

static void number_header(struct MHD_Response *r, struct arena *a, const char *name, int64_t v)
{
    answer_header(r, name, arena_fmt(a, "%lld", (long long)v).ptr);
}

/* What every answer of a route says beside its body. */
static void own_headers(struct exchange *x)
{
    struct MHD_Response *r = x->response;
    if (x->req.request_id.ptr)
        answer_header(r, "X-Request-Id", arena_cstr(&x->arena, x->req.request_id));
    if (x->limit.limit) {
        number_header(r, &x->arena, "RateLimit-Limit", x->limit.limit);
        number_header(r, &x->arena, "RateLimit-Remaining", x->limit.remaining);
        number_header(r, &x->arena, "RateLimit-Reset", x->limit.reset_s);
    }
    if (x->must_close || atomic_load_explicit(&x->http->draining, memory_order_relaxed))
        answer_header(r, "Connection", "close");
}

/* Our own failures. Refusals are counted, not logged: under load they come by the thousand. */
static void answer_log(const struct exchange *x)
{
    if (x->status >= 500 && x->fail.code != ERR_BUSY)
        log_fail(x->http->conf.log, "http.failed", &x->fail);
}

void answer_error(struct exchange *x)
{
    const struct fail *f = &x->fail;
    buf_clear(&x->out);
    x->status = http_status_of(f);
    if (!x->req.request_id.ptr)
        x->req.request_id = request_id_new(x->http, &x->arena);
    http_problem(&x->out, f, x->status, x->req.request_id);
    x->response = answer_make(x->http, CLASS_API, buf_str(&x->out), "application/problem+json");
    own_headers(x);
    if (f->retry_after_s > 0)
        number_header(x->response, &x->arena, "Retry-After", f->retry_after_s);
    else if (x->status == 503)
        answer_header(x->response, "Retry-After", "1");
    if (x->status == 405)
        answer_header(x->response, "Allow", http_allow(x->allowed, &x->arena).ptr);
    answer_log(x);
    count_add(x->http, x->http->conf.metric_ids.problems, http_problem_code(f), 1);
}

static const char *etag_of(struct exchange *x, int64_t rev)
{
    return arena_fmt(&x->arena, "\"%lld\"", (long long)rev).ptr;
}

static bool not_modified(struct exchange *x, const char *etag)
{
    struct str list = x->head.v[HEAD_IF_NONE_MATCH];
    return list.ptr && x->method == HTTP_GET && http_etag_listed(list, str_of(etag));
}

static void put_body(struct exchange *x, const struct http_res *res)
{
    if (res->raw.ptr)
        buf_put(&x->out, res->raw);
    else if (res->out)
        api_encode(x->route->def->out, res->out, &x->out);
}

static void result_headers(struct exchange *x, const struct http_res *res, const char *etag)
{
    if (etag)
        answer_header(x->response, "ETag", etag);
    if (res->location.ptr)
        answer_header(x->response, "Location", arena_cstr(&x->arena, res->location));
    for (size_t i = 0; i < COUNT_OF(res->set_cookie); i++)
        if (res->set_cookie[i].ptr)
            answer_header(x->response, "Set-Cookie", arena_cstr(&x->arena, res->set_cookie[i]));
    if (res->clear_site_data)
        answer_header(x->response, "Clear-Site-Data", "\"cache\"");
    answer_header(x->response, "Vary", "Accept-Language, Cookie");
}

/* Whether nothing but the body tells one answer of this route from the next. */
static bool keepable(const struct exchange *x, const struct http_res *res)
{
    const struct http_route *def = x->route->def;
    return (def->flags & HTTP_INLINE) && def->rate == RATE_NONE && x->status == 200 &&
           !x->out.truncated && res->etag == API_ABSENT && !res->location.ptr &&
           !res->set_cookie[0].ptr && !res->clear_site_data && !x->head.v[HEAD_REQUEST_ID].ptr &&
           !atomic_load_explicit(&x->http->draining, memory_order_relaxed);
}

/* Health probes ask the same ten times a second: their answer is made once for each loop. It has no
 * X-Request-Id unless the client sent one. */
static void answer_kept(struct exchange *x, const char *type)
{
    struct http *h = x->http;
    struct loop *loop = x->conn->loop;
    if (!loop->kept)
        loop->kept = calloc(h->routes.count, sizeof *loop->kept);
    if (!loop->kept)
        abort();
    struct kept_answer *k = &loop->kept[x->route - h->routes.rows];
    if (!k->response || !str_eq(buf_str(&k->body), buf_str(&x->out))) {
        if (k->response)
            MHD_destroy_response(k->response); /* those still being sent keep it themselves */
        buf_release(&k->body);
        k->body.max = x->out.max;
        buf_put(&k->body, buf_str(&x->out));
        k->response =
            MHD_create_response_from_buffer(x->out.len, x->out.ptr, MHD_RESPMEM_MUST_COPY);
        if (!k->response)
            abort();
        answer_security(k->response, h, CLASS_API);
        answer_header(k->response, "Content-Type", type);
    }
    x->response = k->response;
    x->shared = true;
}

void answers_forget(struct http *h, struct loop *l)
{
    for (size_t i = 0; l->kept && i < h->routes.count; i++) {
        if (l->kept[i].response)
            MHD_destroy_response(l->kept[i].response);
        buf_release(&l->kept[i].body);
    }
    free(l->kept);
}

void answer_result(struct exchange *x, const struct http_res *res)
{
    bool has_body = res->raw.ptr || res->out;
    const char *etag = res->etag == API_ABSENT ? NULL : etag_of(x, res->etag);
    const char *type = res->raw.ptr ? res->raw_type : "application/json";
    x->status = res->status ? res->status : has_body ? 200 : 204;
    buf_clear(&x->out);
    if (etag && not_modified(x, etag)) {
        x->status = 304;
        has_body = false;
    } else {
        put_body(x, res);
    }
    if (x->out.truncated) {
        (void)FAIL(&x->fail, ERR_IO, NULL, "the answer is larger than %zu bytes", x->out.max);
        answer_error(x);
        return;
    }
    if (has_body && keepable(x, res)) {
        answer_kept(x, type);
        return;
    }
    x->response = answer_make(x->http, CLASS_API, buf_str(&x->out), has_body ? type : NULL);
    own_headers(x);
    result_headers(x, res, etag);
}

void answer_queue(struct exchange *x)
{
    atomic_store(&x->phase, PHASE_SENT);
    if (MHD_queue_response(x->mhd, (unsigned)x->status, x->response) != MHD_YES)
        LOG(x->http->conf.log, LOG_WARN, "http.queue_refused", LOG_I("status", x->status));
}
