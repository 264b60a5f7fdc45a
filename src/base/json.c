#include "base/json.h"

#include "base/num.h"

#include <jansson.h>
#include <math.h>

const struct json_limits json_limits_api = { .bytes = 1 << 20, .depth = 32, .nodes = 50'000 };

static size_t skip_text(struct str text, size_t at)
{
    for (at++; at < text.len && text.ptr[at] != '"'; at++)
        if (text.ptr[at] == '\\')
            at++;
    return at;
}

/* Whether a list or object that opens at `at` has a first item. */
static bool has_first(struct str text, size_t at)
{
    char end = text.ptr[at] == '[' ? ']' : '}';
    for (at++; at < text.len; at++)
        if (!strchr(" \t\r\n", text.ptr[at]))
            return text.ptr[at] != end;
    return false;
}

/* Depth and number of values, before any memory is spent. Of text that is no JSON it may say
 * anything. */
static enum err shape_check(struct str text, const struct json_limits *limits, struct fail *f)
{
    size_t depth = 0, nodes = 1;
    if (text.len && memchr(text.ptr, '\0', text.len))
        return FAIL(f, ERR_INPUT, "request.malformed",
                    "NUL byte in JSON"); /* Jansson would stop there */
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"')
            i = skip_text(text, i);
        else if (c == '[' || c == '{') {
            depth++;
            nodes += has_first(text, i);
        } else if ((c == ']' || c == '}') && depth)
            depth--;
        else if (c == ',')
            nodes++;
        if (depth > limits->depth)
            return FAIL(f, ERR_INPUT, "request.malformed", "JSON deeper than %zu", limits->depth);
        if (nodes > limits->nodes)
            return FAIL(f, ERR_INPUT, "request.malformed", "JSON has more than %zu values",
                        limits->nodes);
    }
    return ERR_OK;
}

static void copy_value(struct arena *a, json_t *from, struct json *to);

static void copy_list(struct arena *a, json_t *from, struct json *to)
{
    size_t n = json_array_size(from);
    struct json *items = ARENA_ARRAY(a, struct json, n);
    for (size_t i = 0; i < n; i++)
        copy_value(a, json_array_get(from, i), &items[i]);
    *to = (struct json){ .type = JS_LIST, .count = n, .items = items };
}

static void copy_object(struct arena *a, json_t *from, struct json *to)
{
    size_t n = json_object_size(from), i = 0;
    struct json_member *members = ARENA_ARRAY(a, struct json_member, n);
    const char *key;
    json_t *value;
    json_object_foreach(from, key, value)
    {
        members[i].key = arena_dup(a, str_of(key));
        copy_value(a, value, &members[i].value);
        i++;
    }
    *to = (struct json){ .type = JS_OBJECT, .count = n, .members = members };
}

static void copy_value(struct arena *a, json_t *from, struct json *to)
{
    switch (json_typeof(from)) {
    case JSON_OBJECT:
        copy_object(a, from, to);
        break;
    case JSON_ARRAY:
        copy_list(a, from, to);
        break;
    case JSON_STRING:
        *to = (struct json){ .type = JS_TEXT,
                             .s = arena_dup(a, (struct str){ json_string_value(from),
                                                             json_string_length(from) }) };
        break;
    case JSON_INTEGER:
        *to = (struct json){ .type = JS_INT, .i = json_integer_value(from) };
        break;
    case JSON_REAL:
        *to = (struct json){ .type = JS_REAL, .r = json_real_value(from) };
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        *to = (struct json){ .type = JS_BOOL, .b = json_is_true(from) };
        break;
    case JSON_NULL:
        *to = (struct json){ .type = JS_NULL };
        break;
    }
}

enum err json_parse(struct str text, const struct json_limits *limits, struct arena *a,
                    struct json *out, struct fail *f)
{
    json_error_t error;
    if (text.len > limits->bytes)
        return FAIL(f, ERR_TOO_LARGE, "request.too_large", "%zu bytes of JSON", text.len);
    TRY(shape_check(text, limits, f));
    json_t *root = json_loadb(text.ptr ? text.ptr : "", text.len,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!root)
        return FAIL(f, ERR_INPUT, "request.malformed", "JSON line %d column %d: %s", error.line,
                    error.column, error.text);
    copy_value(a, root, out);
    json_decref(root);
    return ERR_OK;
}

const struct json *json_get(const struct json *j, const char *key)
{
    for (size_t i = 0; json_is(j, JS_OBJECT) && i < j->count; i++)
        if (str_is(j->members[i].key, key))
            return &j->members[i].value;
    return NULL;
}

bool json_is(const struct json *j, enum json_type type)
{
    return j && j->type == type;
}

struct str json_text(const struct json *j)
{
    return json_is(j, JS_TEXT) ? j->s : (struct str){ 0 };
}

int64_t json_int(const struct json *j, int64_t otherwise)
{
    return json_is(j, JS_INT) ? j->i : otherwise;
}

static bool same_items(const struct json *a, const struct json *b)
{
    for (size_t i = 0; i < a->count; i++)
        if (!json_same(&a->items[i], &b->items[i]))
            return false;
    return true;
}

static bool same_members(const struct json *a, const struct json *b)
{
    for (size_t i = 0; i < a->count; i++) {
        const struct json *other = json_get(b, a->members[i].key.ptr);
        if (!other || !json_same(&a->members[i].value, other))
            return false;
    }
    return true;
}

bool json_same(const struct json *a, const struct json *b)
{
    if (a->type != b->type || a->count != b->count)
        return false;
    switch (a->type) {
    case JS_NULL:
        return true;
    case JS_BOOL:
        return a->b == b->b;
    case JS_INT:
        return a->i == b->i;
    case JS_REAL:
        return a->r == b->r;
    case JS_TEXT:
        return str_eq(a->s, b->s);
    case JS_LIST:
        return same_items(a, b);
    case JS_OBJECT:
        return same_members(a, b);
    }
    return false;
}

static void put_escape(struct buf *b, char c)
{
    switch (c) {
    case '"':
        buf_put(b, STR("\\\""));
        break;
    case '\\':
        buf_put(b, STR("\\\\"));
        break;
    case '\n':
        buf_put(b, STR("\\n"));
        break;
    case '\t':
        buf_put(b, STR("\\t"));
        break;
    case '\r':
        buf_put(b, STR("\\r"));
        break;
    default:
        buf_putf(b, "\\u%04x", (unsigned)(unsigned char)c);
    }
}

void json_put_text(struct buf *b, struct str s)
{
    size_t from = 0;
    buf_putc(b, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_put(b, (struct str){ s.ptr + from, i - from });
        put_escape(b, s.ptr[i]);
        from = i + 1;
    }
    if (s.len > from)
        buf_put(b, (struct str){ s.ptr + from, s.len - from });
    buf_putc(b, '"');
}

void json_put_real(struct buf *b, double r)
{
    if (!isfinite(r))
        buf_put(b, STR("null"));
    else if (r == floor(r) && fabs(r) < 1e17) /* from there %.17g writes an exponent */
        buf_putf(b, "%.1f", r);               /* stays a real when read back */
    else
        buf_putf(b, "%.17g", r);
}

static void put_list(struct buf *b, const struct json *j)
{
    buf_putc(b, '[');
    for (size_t i = 0; i < j->count; i++) {
        if (i)
            buf_putc(b, ',');
        json_put(b, &j->items[i]);
    }
    buf_putc(b, ']');
}

static void put_object(struct buf *b, const struct json *j)
{
    buf_putc(b, '{');
    for (size_t i = 0; i < j->count; i++) {
        if (i)
            buf_putc(b, ',');
        json_put_text(b, j->members[i].key);
        buf_putc(b, ':');
        json_put(b, &j->members[i].value);
    }
    buf_putc(b, '}');
}

void json_put(struct buf *b, const struct json *j)
{
    switch (j->type) {
    case JS_NULL:
        buf_put(b, STR("null"));
        break;
    case JS_BOOL:
        buf_put(b, j->b ? STR("true") : STR("false"));
        break;
    case JS_INT:
        buf_put_i64(b, j->i);
        break;
    case JS_REAL:
        json_put_real(b, j->r);
        break;
    case JS_TEXT:
        json_put_text(b, j->s);
        break;
    case JS_LIST:
        put_list(b, j);
        break;
    case JS_OBJECT:
        put_object(b, j);
        break;
    }
}
