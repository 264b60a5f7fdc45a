#include "io/http/route.h"

#include "io/http/parse.h"
#include "io/http/problem.h"

enum segment_kind { SEG_TEXT, SEG_ID, SEG_WORD };

struct route_node {
    struct str text;
    enum segment_kind kind;
    struct route_node *child, *next;
    const struct route *by_method[HTTP_METHOD_COUNT];
};

static const char *const method_names[] = { [HTTP_GET] = "GET",
                                            [HTTP_POST] = "POST",
                                            [HTTP_PUT] = "PUT",
                                            [HTTP_PATCH] = "PATCH",
                                            [HTTP_DELETE] = "DELETE" };
static_assert(COUNT_OF(method_names) == HTTP_METHOD_COUNT, "a name for each method");

const char *http_method_name(enum http_method m)
{
    return method_names[m];
}

struct str http_allow(unsigned allowed, struct arena *a)
{
    struct str s = STR("");
    for (unsigned m = 0; m < HTTP_METHOD_COUNT; m++) {
        if (!(allowed & (1U << m)))
            continue;
        s = arena_fmt(a, "%.*s%s%s", STR_ARG(s), s.len ? ", " : "", method_names[m]);
        if (m == HTTP_GET)
            s = arena_fmt(a, "%.*s, HEAD", STR_ARG(s));
    }
    return s;
}

/* "P", "U", "O,S", "A+^": letters of data-and-api.md 2.1, each with its marks. */
static bool who_known(const char *who)
{
    struct str rest = str_of(who);
    if (!rest.len || str_ends(rest, STR(",")))
        return false;
    while (rest.len) {
        struct str one = str_trim(str_take_until(&rest, ','));
        if (!one.len || !strchr("PUOESTAR", one.ptr[0]))
            return false;
        for (size_t i = 1; i < one.len; i++)
            if (one.ptr[i] != '+' && one.ptr[i] != '^')
                return false;
    }
    return true;
}

static const char *shapes_missing(const struct http_route *r)
{
    if (!r->in || !r->query || !r->out)
        return "a shape is missing";
    bool as_it_came = r->flags & HTTP_REPORT;
    if ((r->in == &api_nothing && !as_it_came) != (r->body_max == 0))
        return "body_max and the shape of the body disagree";
    if (r->body_max && (r->method == HTTP_GET || r->method == HTTP_DELETE))
        return "a body where none is read";
    return NULL;
}

static const char *flags_wrong(const struct http_route *r)
{
    bool safe = r->method == HTTP_GET;
    if ((r->flags & HTTP_IDEM) && (r->method != HTTP_POST || strcmp(r->who, "P") == 0))
        return "HTTP_IDEM is for POST of a signed-in user";
    if ((r->flags & HTTP_IF_MATCH) && safe)
        return "HTTP_IF_MATCH on GET";
    if ((r->flags & HTTP_REPORT) && (r->method != HTTP_POST || r->in != &api_nothing))
        return "HTTP_REPORT is for POST of a body without a shape";
    if ((r->flags & HTTP_STREAM) && !safe)
        return "HTTP_STREAM is for GET";
    if ((r->flags & HTTP_INLINE) && (r->flags & (HTTP_IDEM | HTTP_STREAM)))
        return "an inline route can neither store nor stream";
    if ((r->flags & HTTP_OPS) && strcmp(r->who, "P") != 0)
        return "HTTP_OPS is for nobody signed in";
    return NULL;
}

/* NULL when the row is complete. */
static const char *row_missing(const struct http_route *r)
{
    if (!r->path || r->path[0] != '/' || !r->handle || !r->doc || !r->doc[0])
        return "path, handler or doc is missing";
    if ((unsigned)r->method >= HTTP_METHOD_COUNT)
        return "unknown method";
    if (!r->who || !who_known(r->who))
        return "who is missing";
    if ((unsigned)r->rate < RATE_NONE || (unsigned)r->rate >= RATE_COUNT)
        return "rate is missing";
    const char *missing = shapes_missing(r);
    return missing ? missing : flags_wrong(r);
}

static bool named_like_id(struct str s)
{
    return str_is(s, "{id}") || str_ends(s, STR("_id}"));
}

static struct route_node *node_child(struct http_routes *t, struct route_node *parent,
                                     struct str segment)
{
    enum segment_kind kind = !str_starts(segment, STR("{")) ? SEG_TEXT
                             : named_like_id(segment)       ? SEG_ID
                                                            : SEG_WORD;
    struct route_node **at = &parent->child;
    /* kept in the order text, id, word, so that the first that fits is the most particular */
    while (*at && (*at)->kind <= kind) {
        if ((*at)->kind == kind && (kind != SEG_TEXT || str_eq((*at)->text, segment)))
            return *at;
        at = &(*at)->next;
    }
    struct route_node *n = ARENA_NEW(&t->arena, struct route_node);
    *n = (struct route_node){ .text = segment, .kind = kind, .next = *at };
    *at = n;
    return n;
}

static const char *row_add(struct http_routes *t, struct route *row)
{
    struct str rest = str_from(str_of(row->def->path), 1);
    struct route_node *n = t->root;
    size_t segments = 0, params = 0;
    while (rest.len) {
        struct str segment = str_take_until(&rest, '/');
        if (!segment.len || ++segments > SEGMENTS_MAX)
            return "path is not a list of names";
        params += segment.ptr[0] == '{';
        n = node_child(t, n, segment);
    }
    if (params > HTTP_PARAMS_MAX)
        return "too many path variables";
    if (n->by_method[row->def->method])
        return "stands twice";
    n->by_method[row->def->method] = row;
    return NULL;
}

static void row_labels(struct http_routes *t, struct route *row)
{
    row->label = arena_fmt(&t->arena, "%s %s", method_names[row->def->method], row->def->path).ptr;
    for (size_t i = 0; http_status_at(i); i++)
        row->status_label[i] = arena_fmt(&t->arena, "%s|%d", row->label, http_status_at(i)).ptr;
}

enum err http_routes_build(struct http_routes *t, const struct http_route *rows, size_t n,
                           struct fail *f)
{
    *t = (struct http_routes){ 0 };
    t->root = ARENA_NEW(&t->arena, struct route_node);
    t->rows = ARENA_ARRAY(&t->arena, struct route, n);
    t->count = n;
    for (size_t i = 0; i < n; i++) {
        struct route *row = &t->rows[i];
        const char *missing = row_missing(&rows[i]);
        row->def = &rows[i];
        if (!missing) {
            row->public_ = strcmp(rows[i].who, "P") == 0;
            row->json_body = rows[i].in != &api_nothing;
            missing = row_add(t, row);
        }
        if (missing) {
            http_routes_release(t);
            return FAIL(f, ERR_INPUT, "route.incomplete", "route %zu (%s): %s", i,
                        rows[i].path ? rows[i].path : "no path", missing);
        }
        row_labels(t, row);
    }
    return ERR_OK;
}

void http_routes_release(struct http_routes *t)
{
    arena_release(&t->arena);
    *t = (struct http_routes){ 0 };
}

static bool segment_fits(const struct route_node *n, struct str segment, struct str *decoded,
                         struct arena *a)
{
    switch (n->kind) {
    case SEG_TEXT:
        return str_eq(n->text, segment);
    case SEG_ID:
        *decoded = segment;
        return id_valid(segment);
    case SEG_WORD:
        return http_segment_decode(a, segment, decoded) && http_word(*decoded);
    }
    return false;
}

static bool match_from(const struct route_node *n, struct str rest, size_t param, struct arena *a,
                       struct route_match *m, const struct route_node **found)
{
    if (!rest.len) {
        *found = n;
        return n->by_method[0] || n->by_method[1] || n->by_method[2] || n->by_method[3] ||
               n->by_method[4];
    }
    struct str segment = str_take_until(&rest, '/');
    for (const struct route_node *c = n->child; c; c = c->next) {
        struct str decoded = { 0 };
        if (!segment_fits(c, segment, &decoded, a))
            continue;
        if (c->kind != SEG_TEXT)
            m->params[param] = decoded;
        if (match_from(c, rest, param + (c->kind != SEG_TEXT), a, m, found))
            return true;
    }
    return false;
}

void http_routes_match(const struct http_routes *t, unsigned method, struct str path,
                       struct arena *a, struct route_match *m)
{
    const struct route_node *n = NULL;
    *m = (struct route_match){ 0 };
    /* "/a/" is not "/a": one address for one thing */
    bool trailing = path.len > 1 && path.ptr[path.len - 1] == '/';
    if (!path.len || *path.ptr != '/' || trailing ||
        !match_from(t->root, str_from(path, 1), 0, a, m, &n))
        return;
    for (unsigned i = 0; i < HTTP_METHOD_COUNT; i++)
        m->allowed |= n->by_method[i] ? 1U << i : 0;
    m->route = method < HTTP_METHOD_COUNT ? n->by_method[method] : NULL;
}
