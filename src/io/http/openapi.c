#include "io/http/http_priv.h"

enum { SHAPES_MAX = 512 };
struct shapes {
    const struct api_shape *list[SHAPES_MAX];
    size_t n;
};

static bool shapes_has(const struct shapes *s, const struct api_shape *shape)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->list[i]->name, shape->name) == 0)
            return true;
    return false;
}

static void shapes_add(struct shapes *s, const struct api_shape *shape)
{
    if (!shape || shape == &api_nothing || shapes_has(s, shape) || s->n == SHAPES_MAX)
        return;
    s->list[s->n++] = shape;
    for (size_t i = 0; i < shape->field_count; i++)
        shapes_add(s, shape->fields[i].shape);
}

/* By name, so that the order of the route table does not show. */
static void shapes_sort(struct shapes *s)
{
    for (size_t i = 1; i < s->n; i++)
        for (size_t j = i; j && strcmp(s->list[j - 1]->name, s->list[j]->name) > 0; j--) {
            const struct api_shape *t = s->list[j];
            s->list[j] = s->list[j - 1];
            s->list[j - 1] = t;
        }
}

static const char *lower_method(enum http_method m)
{
    static const char *const names[] = { "get", "post", "put", "patch", "delete" };
    static_assert(COUNT_OF(names) == HTTP_METHOD_COUNT, "a name for each method");
    return names[m];
}

/* "get_sessions_id_turns" */
static void put_operation_id(struct buf *b, const struct http_route *r)
{
    struct str path = str_of(r->path);
    if (str_starts(path, STR("/api/v1")))
        path = str_from(path, 7);
    buf_put(b, str_of(lower_method(r->method)));
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];
        if (c == '/' || c == '-' || c == '.')
            buf_putc(b, '_');
        else if (c != '{' && c != '}')
            buf_putc(b, c);
    }
}

static void put_parameter(struct buf *b, bool *first, struct str name, const char *in,
                          bool required, struct str schema)
{
    if (!*first)
        buf_putc(b, ',');
    *first = false;
    buf_putf(b, "{\"name\":\"%.*s\",\"in\":\"%s\",\"required\":%s,\"schema\":", STR_ARG(name), in,
             required ? "true" : "false");
    buf_put(b, schema);
    buf_putc(b, '}');
}

static void put_path_parameters(struct buf *b, bool *first, const char *path)
{
    struct str rest = str_of(path);
    while (rest.len) {
        struct str seg = str_take_until(&rest, '/');
        if (seg.len < 3 || seg.ptr[0] != '{')
            continue;
        struct str name = { seg.ptr + 1, seg.len - 2 };
        bool id = str_is(name, "id") || str_ends(name, STR("_id"));
        put_parameter(b, first, name, "path", true,
                      id ? STR("{\"type\":\"string\",\"format\":\"uuid\"}")
                         : STR("{\"type\":\"string\"}"));
    }
}

/* The schema of one field: what api_describe says of a shape that has only this one. */
static struct str field_schema(const struct api_field *field, struct arena *a)
{
    AUTO_BUF b = { .max = 1 << 16 };
    const struct api_shape one = { .name = "One", .size = 1, .fields = field, .field_count = 1 };
    api_describe(&one, &b);
    struct str all = buf_str(&b);
    size_t from = str_find(all, STR("\"properties\":{"));
    size_t to = str_find(all, STR("},\"required\""));
    assert(from != SIZE_MAX && to != SIZE_MAX);
    struct str member = str_head(str_from(all, from + 14), to - from - 14);
    return arena_dup(a, str_from(member, strlen(field->name) + 3));
}

static void put_parameters(struct buf *b, const struct http_route *r, struct arena *a)
{
    bool first = true;
    buf_put(b, STR(",\"parameters\":["));
    put_path_parameters(b, &first, r->path);
    for (size_t i = 0; i < r->query->field_count; i++) {
        const struct api_field *field = &r->query->fields[i];
        put_parameter(b, &first, str_of(field->name), "query", !field->optional,
                      field_schema(field, a));
    }
    if (r->flags & HTTP_IDEM)
        put_parameter(b, &first, STR("Idempotency-Key"), "header", true,
                      STR("{\"type\":\"string\",\"minLength\":8,\"maxLength\":100}"));
    if (r->flags & HTTP_IF_MATCH)
        put_parameter(b, &first, STR("If-Match"), "header", true, STR("{\"type\":\"string\"}"));
    if (r->method != HTTP_GET)
        put_parameter(b, &first, STR("X-Requested-By"), "header", true,
                      STR("{\"const\":\"ainative\"}"));
    if (r->flags & HTTP_STREAM)
        put_parameter(b, &first, STR("Last-Event-ID"), "header", false,
                      STR("{\"type\":\"integer\",\"minimum\":0}"));
    buf_putc(b, ']');
}

static void put_answers(struct buf *b, const struct http_route *r)
{
    buf_put(b, STR(",\"responses\":{\"2XX\":{\"description\":\"done\""));
    if (r->flags & HTTP_STREAM)
        buf_put(b, STR(",\"content\":{\"text/event-stream\":{\"schema\":{\"type\":\"string\"}}}"));
    else if (r->out != &api_nothing)
        buf_putf(b,
                 ",\"content\":{\"application/json\":{\"schema\":{\"$ref\":"
                 "\"#/components/schemas/%s\"}}}",
                 r->out->name);
    buf_put(b, STR("},\"default\":{\"$ref\":\"#/components/responses/Problem\"}}"));
}

static void put_operation(struct buf *b, const struct http_route *r, struct arena *a)
{
    buf_putf(b, "\"%s\":{\"operationId\":\"", lower_method(r->method));
    put_operation_id(b, r);
    buf_put(b, STR("\",\"summary\":"));
    json_put_text(b, str_of(r->doc));
    buf_putf(b, ",\"x-who\":\"%s\",\"x-rate\":\"%s\"", r->who, http_rate_name(r->rate));
    if (strcmp(r->who, "P") == 0)
        buf_put(b, STR(",\"security\":[]"));
    put_parameters(b, r, a);
    if (r->in != &api_nothing)
        buf_putf(b,
                 ",\"requestBody\":{\"required\":true,\"x-max-bytes\":%u,\"content\":{"
                 "\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/%s\"}}}}",
                 r->body_max, r->in->name);
    if (r->flags & HTTP_REPORT)
        buf_putf(b,
                 ",\"requestBody\":{\"required\":true,\"x-max-bytes\":%u,\"content\":{"
                 "\"application/csp-report\":{},\"application/reports+json\":{}}}",
                 r->body_max);
    put_answers(b, r);
    buf_putc(b, '}');
}

static bool path_seen(const struct http_route *routes, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (strcmp(routes[j].path, routes[i].path) == 0)
            return true;
    return false;
}

static void put_path(struct buf *b, const struct http_route *routes, size_t n, size_t i,
                     struct arena *a)
{
    bool first = true;
    buf_putf(b, "\"%s\":{", routes[i].path);
    for (size_t j = i; j < n; j++) {
        if (strcmp(routes[j].path, routes[i].path) != 0)
            continue;
        if (!first)
            buf_putc(b, ',');
        first = false;
        put_operation(b, &routes[j], a);
    }
    buf_putc(b, '}');
}

static void put_schemas(struct buf *b, const struct http_route *routes, size_t n)
{
    struct shapes shapes = { .n = 0 };
    for (size_t i = 0; i < n; i++) {
        shapes_add(&shapes, routes[i].in);
        shapes_add(&shapes, routes[i].out);
    }
    shapes_sort(&shapes);
    buf_put(b, STR("\"schemas\":{\"Problem\":{\"type\":\"object\",\"required\":[\"type\",\"title\","
                   "\"status\",\"code\",\"request_id\"],\"properties\":{\"type\":{\"type\":"
                   "\"string\"},\"title\":{\"type\":\"string\"},\"status\":{\"type\":\"integer\"},"
                   "\"detail\":{\"type\":\"string\"},\"code\":{\"type\":\"string\"},\"request_id\":"
                   "{\"type\":\"string\"},\"retry_after\":{\"type\":\"integer\"},\"fields\":{"
                   "\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"path\":{"
                   "\"type\":\"string\"},\"code\":{\"type\":\"string\"},\"params\":{\"type\":"
                   "\"object\"}}}}}}"));
    for (size_t i = 0; i < shapes.n; i++) {
        buf_putf(b, ",\"%s\":", shapes.list[i]->name);
        api_describe(shapes.list[i], b);
    }
    buf_putc(b, '}');
}

void http_openapi(const struct http_route *routes, size_t n, struct str version, struct buf *b)
{
    AUTO_ARENA a = { 0 };
    bool first = true;
    buf_put(b, STR("{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"AI-Native\",\"version\":"));
    json_put_text(b, version);
    buf_put(b, STR("},\"security\":[{\"session\":[]}],\"paths\":{"));
    for (size_t i = 0; i < n; i++) {
        if (path_seen(routes, i))
            continue;
        if (!first)
            buf_putc(b, ',');
        first = false;
        put_path(b, routes, n, i, &a);
    }
    buf_put(b, STR("},\"components\":{\"securitySchemes\":{\"session\":{\"type\":\"apiKey\","
                   "\"in\":\"cookie\",\"name\":\"__Host-sid\"}},\"responses\":{\"Problem\":{"
                   "\"description\":\"what went wrong\",\"content\":{\"application/problem+json\":"
                   "{\"schema\":{\"$ref\":\"#/components/schemas/Problem\"}}}}},"));
    put_schemas(b, routes, n);
    buf_put(b, STR("}}"));
}

void http_route_list(const struct http_route *routes, size_t n, struct buf *b)
{
    static const struct {
        unsigned flag;
        const char *name;
    } flags[] = { { HTTP_INLINE, " inline" },     { HTTP_IDEM, " idem" },
                  { HTTP_IF_MATCH, " if-match" }, { HTTP_STREAM, " stream" },
                  { HTTP_OPS, " ops" },           { HTTP_REPORT, " report" } };
    for (size_t i = 0; i < n; i++) {
        buf_putf(b, "%s %s %s %s", http_method_name(routes[i].method), routes[i].path,
                 routes[i].who, http_rate_name(routes[i].rate));
        for (size_t j = 0; j < COUNT_OF(flags); j++)
            if (routes[i].flags & flags[j].flag)
                buf_put(b, str_of(flags[j].name));
        buf_putc(b, '\n');
    }
}
