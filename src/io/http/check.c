#include "io/http/http_priv.h"

#include <arpa/inet.h>

/* Bodies that wait in memory, of all requests together. */
enum { BODIES_MAX = 256 * 1024 * 1024 };
/* A body that is too large is still read to its end, when it is only a little too large: closing
 * with unread bytes would reset the connection before the client has read why. */
enum { SWALLOW_MAX = 256 * 1024 };

static void refuse_and_close(struct exchange *x, const char *hint, const char *why)
{
    (void)FAIL(&x->fail, ERR_INPUT, hint, "%s", why);
    x->must_close = true;
}

struct field_walk {
    struct http_head *head;
    const char *fault;
};

static enum MHD_Result take_field(void *arg, enum MHD_ValueKind kind, const char *key,
                                  size_t key_size, const char *value, size_t value_size)
{
    struct field_walk *w = arg;
    (void)kind;
    w->fault = http_head_take(w->head, (struct str){ key, key_size },
                              (struct str){ value ? value : "", value_size });
    return w->fault ? MHD_NO : MHD_YES;
}

/* The head as the library left it in memory: from behind the version to the end. */
static const char *lines_fault(const struct exchange *x, const char *version)
{
    const union MHD_ConnectionInfo *size =
        MHD_get_connection_info(x->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    size_t fields = 0, before = 0;
    if (!size || version < x->method_text)
        return "head of unknown form";
    before = (size_t)(version - x->method_text) + strlen(version);
    if (before > size->header_size)
        return "head of unknown form";
    /* "GET /x HTTP/1.1" with single spaces and nothing else */
    if (before != strlen(x->method_text) + 1 + x->target.len + 1 + strlen(version))
        return "request line of unknown form";
    const char *fault = http_lines_fault(
        (struct str){ version + strlen(version), size->header_size - before }, &fields);
    if (!fault && fields != x->head.count)
        return "head of unknown form";
    return fault;
}

static size_t head_size(const struct exchange *x)
{
    const union MHD_ConnectionInfo *size =
        MHD_get_connection_info(x->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return size ? size->header_size : 0;
}

static void method_of(struct exchange *x)
{
    x->head_only = strcmp(x->method_text, "HEAD") == 0;
    x->method = HTTP_METHOD_COUNT;
    if (x->head_only)
        x->method = HTTP_GET;
    for (unsigned m = 0; m < HTTP_METHOD_COUNT; m++)
        if (strcmp(x->method_text, http_method_name((enum http_method)m)) == 0)
            x->method = m;
}

static const char *head_fault(struct exchange *x, const char *version)
{
    struct field_walk w = { .head = &x->head };
    (void)MHD_get_connection_values_n(x->mhd, MHD_HEADER_KIND, take_field, &w);
    const char *fault = w.fault ? w.fault : lines_fault(x, version);
    if (!fault)
        fault = http_framing_fault(&x->head, &x->content_length);
    if (!fault)
        fault =
            http_target_split(buf_str(&x->target), x->head.v[HEAD_HOST], &x->path, &x->query_text);
    return fault;
}

void check_head(struct exchange *x, const char *version)
{
    method_of(x);
    const char *fault = head_fault(x, version);
    if (x->target.len > TARGET_MAX || x->target.truncated)
        refuse_and_close(x, "request.uri_too_long", "target");
    else if (head_size(x) > num_size(x->http->conf.header_bytes) || x->head.count > HEAD_FIELDS_MAX)
        refuse_and_close(x, "request.headers_too_large", "head");
    else if (fault)
        refuse_and_close(x, "request.malformed", fault);
    else if (x->head.v[HEAD_TRANSFER_ENCODING].ptr)
        refuse_and_close(x, "length.required", "chunked body");
}

static bool listener_serves(const struct exchange *x)
{
    const struct http_route *def = x->route->def;
    switch (x->listener->kind) {
    case LISTEN_MAIN:
        return !(def->flags & HTTP_OPS);
    case LISTEN_OPS:
        return (def->flags & HTTP_OPS) || str_starts(x->path, STR("/health/"));
    case LISTEN_STREAM:
        return def->flags & HTTP_STREAM;
    case LISTENER_COUNT:
        break;
    }
    return false;
}

static void find_route(struct exchange *x)
{
    struct route_match m;
    http_routes_match(&x->http->routes, x->method, x->path, &x->arena, &m);
    x->allowed = m.allowed;
    x->route = m.route;
    memcpy(x->req.params, m.params, sizeof m.params);
    if (x->route && !listener_serves(x))
        x->route = NULL;
    else if (!x->route && x->allowed)
        (void)FAIL(&x->fail, ERR_INPUT, "method.not_allowed", "%s", x->method_text);
    if (!x->route && !x->fail.code)
        (void)FAIL(&x->fail, ERR_NOT_FOUND, "not_found", "no route");
}

static void check_body(struct exchange *x)
{
    uint64_t max = x->route ? x->route->def->body_max : 0;
    if (x->content_length > max && !x->fail.code)
        (void)FAIL(&x->fail, ERR_TOO_LARGE, "request.too_large", "%llu bytes of %llu",
                   (unsigned long long)x->content_length, (unsigned long long)max);
    if (x->fail.code && x->content_length > max + SWALLOW_MAX)
        x->must_close = true;
    x->swallow = x->fail.code != ERR_OK;
    if (x->swallow || !x->content_length)
        return;
    struct str type = x->head.v[HEAD_CONTENT_TYPE];
    bool report = x->route->def->flags & HTTP_REPORT;
    if ((x->route->json_body && !http_is_json(type)) || (report && !http_is_report(type))) {
        (void)FAIL(&x->fail, ERR_INPUT, "request.media_type", "body of another type");
        x->swallow = true;
        return;
    }
    x->reserved = (size_t)x->content_length;
    size_t all = atomic_fetch_add(&x->http->body_bytes, x->reserved);
    if (all > BODIES_MAX) {
        (void)FAIL(&x->fail, ERR_BUSY, "busy", "bodies of %zu bytes wait", all);
        x->swallow = true;
    }
}

void check_route(struct exchange *x)
{
    bool page_method = x->method == HTTP_GET;
    find_route(x);
    /* a file or the page answers what no route does */
    if (!x->route && page_method && !x->allowed && x->listener->kind == LISTEN_MAIN &&
        statics_answer(x)) {
        x->fail = (struct fail){ 0 };
        x->swallow = true;
        x->must_close = x->content_length > SWALLOW_MAX;
        return;
    }
    check_body(x);
}
