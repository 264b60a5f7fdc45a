#include "base/field.h"

#include "base/id.h"
#include "base/num.h"
#include "base/time.h"

#include <math.h>
#include <stdio.h>

enum { FIELD_ERRORS_MAX = 16, PATH_MAX_LEN = 200, DEPTH_MAX = 8 };

const struct api_shape api_nothing = { .name = "Nothing", .size = 1 };

/* One decoding: where its errors go and which path it is at. */
struct decoding {
    struct arena *a;
    struct fail_field *errors;
    size_t error_count;
    int depth;
};

static void *slot_of(const struct api_field *field, void *base)
{
    return (char *)base + field->at;
}

static void complain(struct decoding *d, const char *path, const char *code,
                     const struct api_field *field)
{
    if (d->error_count == FIELD_ERRORS_MAX)
        return;
    bool limit = field && (strcmp(code, "length") == 0 || strcmp(code, "range") == 0);
    d->errors[d->error_count++] = (struct fail_field){
        .path = path, .code = code, .min = limit ? field->min : 0, .max = limit ? field->max : 0
    };
}

static const char *path_join(struct decoding *d, const char *head, struct str name)
{
    if (!*head)
        return arena_fmt(d->a, "%.*s", (int)size_min(name.len, PATH_MAX_LEN), name.ptr).ptr;
    return arena_fmt(d->a, "%s.%.*s", head, (int)size_min(name.len, PATH_MAX_LEN), name.ptr).ptr;
}

static bool text_clean(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
            return false;
    }
    return true;
}

static bool word_known(const char *const *words, struct str s)
{
    for (; words && *words; words++)
        if (str_is(s, *words))
            return true;
    return words == NULL;
}

static const char *text_problem(const struct api_field *field, struct str s)
{
    if (field->type == API_ID)
        return id_valid(s) ? NULL : "format";
    if (field->type == API_ENUM)
        return word_known(field->words, s) ? NULL : "enum";
    int64_t n = num_i64(utf8_count(s));
    if (n < field->min || n > field->max)
        return "length";
    return text_clean(s) ? NULL : "format";
}

static const char *decode_text(const struct api_field *field, const struct json *v, void *slot)
{
    if (v->type != JS_TEXT)
        return "type";
    *(struct str *)slot = v->s;
    return text_problem(field, v->s);
}

static const char *decode_int(const struct api_field *field, const struct json *v, void *slot)
{
    if (v->type != JS_INT)
        return "type";
    *(int64_t *)slot = v->i;
    return v->i < field->min || v->i > field->max ? "range" : NULL;
}

static bool number_of(const struct json *v, double *out)
{
    if (v->type != JS_INT && v->type != JS_REAL)
        return false;
    *out = v->type == JS_INT ? (double)v->i : v->r;
    return true;
}

static const char *decode_real(const struct api_field *field, const struct json *v, void *slot)
{
    double r = 0;
    if (!number_of(v, &r))
        return "type";
    *(double *)slot = r;
    bool bounded = field->min || field->max;
    return bounded && (r < (double)field->min || r > (double)field->max) ? "range" : NULL;
}

static const char *decode_points(const struct api_field *field, const struct json *v, void *slot)
{
    double r = 0;
    if (!number_of(v, &r))
        return "type";
    if (fabs(r) > 1e12 || fabs(r * 1000 - round(r * 1000)) > 1e-6)
        return "format";
    *(int64_t *)slot = (int64_t)llround(r * 1000);
    return *(int64_t *)slot < field->min || *(int64_t *)slot > field->max ? "range" : NULL;
}

static const char *decode_time(const struct json *v, void *slot)
{
    if (v->type != JS_TEXT)
        return "type";
    return time_parse(v->s, slot) ? NULL : "format";
}

static const char *decode_texts(struct decoding *d, const struct api_field *field,
                                const struct json *v, void *slot)
{
    if (v->type != JS_LIST)
        return "type";
    if (num_i64(v->count) < field->min || num_i64(v->count) > field->max)
        return "length";
    struct api_texts *list = slot;
    *list = (struct api_texts){ ARENA_ARRAY(d->a, struct str, v->count), v->count };
    struct api_field item = { .type = API_TEXT, .min = 0, .max = field->item_max };
    for (size_t i = 0; i < v->count; i++) {
        const char *code = decode_text(&item, &v->items[i], &list->items[i]);
        if (code)
            return code;
    }
    return NULL;
}

static const char *decode_json(const struct json *v, void *slot)
{
    if (v->type != JS_OBJECT && v->type != JS_LIST)
        return "type";
    *(struct api_json *)slot = (struct api_json){ .dom = v };
    return NULL;
}

static void decode_object(struct decoding *d, const struct api_shape *shape, const struct json *in,
                          const char *path, void *out);

static const char *decode_list(struct decoding *d, const struct api_field *field,
                               const struct json *v, const char *path, void *slot)
{
    if (v->type != JS_LIST)
        return "type";
    if (num_i64(v->count) < field->min || num_i64(v->count) > field->max)
        return "length";
    struct api_list *list = slot;
    *list =
        (struct api_list){ arena_array_(d->a, v->count, field->shape->size, _Alignof(max_align_t)),
                           v->count };
    for (size_t i = 0; i < v->count; i++) {
        char number[24];
        int len = snprintf(number, sizeof number, "%zu", i);
        const char *sub = path_join(d, path, (struct str){ number, (size_t)len });
        decode_object(d, field->shape, &v->items[i], sub,
                      (char *)list->items + i * field->shape->size);
    }
    return NULL;
}

static const char *decode_sub(struct decoding *d, const struct api_field *field,
                              const struct json *v, const char *path, void *slot)
{
    void *sub = arena_alloc(d->a, field->shape->size, _Alignof(max_align_t));
    *(void **)slot = sub;
    decode_object(d, field->shape, v, path, sub);
    return NULL;
}

static const char *decode_value(struct decoding *d, const struct api_field *field,
                                const struct json *v, const char *path, void *slot)
{
    switch (field->type) {
    case API_TEXT:
    case API_ID:
    case API_ENUM:
        return decode_text(field, v, slot);
    case API_INT:
        return decode_int(field, v, slot);
    case API_REAL:
        return decode_real(field, v, slot);
    case API_BOOL:
        *(bool *)slot = v->type == JS_BOOL && v->b;
        return v->type == JS_BOOL ? NULL : "type";
    case API_TIME:
        return decode_time(v, slot);
    case API_POINTS:
        return decode_points(field, v, slot);
    case API_JSON:
        return decode_json(v, slot);
    case API_OBJECT:
        return decode_sub(d, field, v, path, slot);
    case API_LIST:
        return decode_list(d, field, v, path, slot);
    case API_TEXTS:
        return decode_texts(d, field, v, slot);
    }
    return "type";
}

static void set_absent(const struct api_field *field, void *slot)
{
    switch (field->type) {
    case API_INT:
    case API_TIME:
    case API_POINTS:
        *(int64_t *)slot = API_ABSENT;
        break;
    case API_REAL:
        *(double *)slot = (double)NAN;
        break;
    case API_TEXT:
    case API_ID:
    case API_ENUM:
    case API_BOOL:
    case API_JSON:
    case API_OBJECT:
    case API_LIST:
    case API_TEXTS:
        break; /* zeroed memory already says absent */
    }
}

static const struct api_field *field_named(const struct api_shape *shape, struct str name)
{
    for (size_t i = 0; i < shape->field_count; i++)
        if (str_is(name, shape->fields[i].name))
            return &shape->fields[i];
    return NULL;
}

static void refuse_unknown(struct decoding *d, const struct api_shape *shape, const struct json *in,
                           const char *path)
{
    for (size_t i = 0; i < in->count; i++)
        if (!field_named(shape, in->members[i].key))
            complain(d, path_join(d, path, in->members[i].key), "unknown", NULL);
}

static void decode_object(struct decoding *d, const struct api_shape *shape, const struct json *in,
                          const char *path, void *out)
{
    if (in->type != JS_OBJECT || d->depth == DEPTH_MAX) {
        complain(d, path, "type", NULL);
        return;
    }
    d->depth++;
    for (size_t i = 0; i < shape->field_count; i++) {
        const struct api_field *field = &shape->fields[i];
        const struct json *v = json_get(in, field->name);
        const char *sub = path_join(d, path, str_of(field->name));
        void *slot = slot_of(field, out);
        set_absent(field, slot);
        const char *code = v && v->type != JS_NULL ? decode_value(d, field, v, sub, slot)
                           : field->optional       ? NULL
                                                   : "missing";
        if (code)
            complain(d, sub, code, field);
    }
    refuse_unknown(d, shape, in, path);
    d->depth--;
}

static enum err decoded(const struct decoding *d, struct fail *f)
{
    if (!d->error_count)
        return ERR_OK;
    enum err code = FAIL(f, ERR_INPUT, "validation.failed", "%zu wrong fields, first %s: %s",
                         d->error_count, d->errors[0].path, d->errors[0].code);
    f->fields = d->errors;
    f->field_count = d->error_count;
    return code;
}

enum err api_decode(const struct api_shape *shape, const struct json *in, struct arena *a,
                    void **out, struct fail *f)
{
    struct decoding d = { .a = a, .errors = ARENA_ARRAY(a, struct fail_field, FIELD_ERRORS_MAX) };
    *out = arena_alloc(a, shape->size, _Alignof(max_align_t));
    decode_object(&d, shape, in, "", *out);
    return decoded(&d, f);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "+" is a space and %XX a byte; false on a bad escape or bytes that are not UTF-8. */
static bool percent_decode(struct arena *a, struct str in, struct str *out)
{
    char *p = arena_alloc(a, in.len + 1, 1);
    size_t n = 0;
    for (size_t i = 0; i < in.len; i++) {
        char c = in.ptr[i];
        if (c == '%') {
            int hi = in.len - i > 2 ? hex_digit(in.ptr[i + 1]) : -1;
            int lo = in.len - i > 2 ? hex_digit(in.ptr[i + 2]) : -1;
            if (hi < 0 || lo < 0 || hi + lo == 0)
                return false;
            c = (char)(hi * 16 + lo);
            i += 2;
        } else if (c == '+') {
            c = ' ';
        }
        p[n++] = c;
    }
    *out = (struct str){ p, n };
    return utf8_valid(*out);
}

/* What a query value means depends on its field: text becomes the JSON value the decoder expects.
 */
static struct json query_value(const struct api_field *field, struct str text)
{
    struct json v = { .type = JS_TEXT, .s = text };
    double r = 0;
    int64_t i = 0;
    if (field->type == API_INT && str_to_i64(text, INT64_MIN, INT64_MAX, &i))
        v = (struct json){ .type = JS_INT, .i = i };
    else if ((field->type == API_REAL || field->type == API_POINTS) && str_to_real(text, &r))
        v = (struct json){ .type = JS_REAL, .r = r };
    else if (field->type == API_BOOL && (str_is(text, "true") || str_is(text, "false")))
        v = (struct json){ .type = JS_BOOL, .b = str_is(text, "true") };
    return v;
}

static size_t query_count(struct str query)
{
    size_t n = query.len ? 1 : 0;
    for (size_t i = 0; i < query.len; i++)
        n += query.ptr[i] == '&';
    return n;
}

static bool query_has(const struct json_member *members, size_t n, struct str key)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(members[i].key, key))
            return true;
    return false;
}

enum err api_decode_query(const struct api_shape *shape, struct str query, struct arena *a,
                          void **out, struct fail *f)
{
    struct json_member *members = ARENA_ARRAY(a, struct json_member, query_count(query));
    size_t n = 0;
    while (query.len) {
        struct str pair = str_take_until(&query, '&'), key, value;
        if (!percent_decode(a, str_take_until(&pair, '='), &key) ||
            !percent_decode(a, pair, &value))
            return FAIL(f, ERR_INPUT, "request.malformed", "query is not percent-encoded UTF-8");
        if (query_has(members, n, key))
            return FAIL(f, ERR_INPUT, "validation.failed", "query parameter %.*s repeated",
                        STR_ARG(key));
        const struct api_field *field = field_named(shape, key);
        members[n++] =
            (struct json_member){ .key = key,
                                  .value = field ? query_value(field, value)
                                                 : (struct json){ .type = JS_TEXT, .s = value } };
    }
    struct json object = { .type = JS_OBJECT, .count = n, .members = members };
    return api_decode(shape, &object, a, out, f);
}
