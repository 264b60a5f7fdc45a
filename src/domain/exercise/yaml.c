/* YAML of packages as the JSON data model: what JSON cannot say is refused, so that a package reads
 * the same for everybody. */
#include "base/num.h"
#include "domain/exercise/exercise.h"

#include <yaml.h>

enum { YAML_MAX_BYTES = 256 * 1024, YAML_MAX_DEPTH = 16, YAML_MAX_NODES = 50'000 };

struct reading {
    yaml_parser_t parser;
    struct arena *a;
    struct fail *f;
    size_t nodes;
};

static enum err wrong(struct fail *f, yaml_mark_t at, const char *what)
{
    return FAIL(f, ERR_INPUT, "package.yaml", "line %zu: %s", at.line + 1, what);
}

static enum err next(struct reading *r, yaml_event_t *e)
{
    if (yaml_parser_parse(&r->parser, e))
        return ERR_OK;
    memset(e, 0, sizeof(*e)); /* nothing to delete */
    return wrong(r->f, r->parser.problem_mark,
                 r->parser.problem ? r->parser.problem : "unreadable");
}

/* The words of the core schema; false: not one of them. */
static bool plain_word(struct str s, struct json *out)
{
    static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };
    static const char *const yes[] = { "true", "True", "TRUE" };
    static const char *const no[] = { "false", "False", "FALSE" };
    for (size_t i = 0; i < COUNT_OF(nulls); i++)
        if (str_is(s, nulls[i])) {
            *out = (struct json){ .type = JS_NULL };
            return true;
        }
    for (size_t i = 0; i < COUNT_OF(yes); i++)
        if (str_is(s, yes[i]) || str_is(s, no[i])) {
            *out = (struct json){ .type = JS_BOOL, .b = str_is(s, yes[i]) };
            return true;
        }
    return false;
}

static size_t digits(struct str s, size_t at)
{
    while (at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9')
        at++;
    return at;
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool plain_real_form(struct str s)
{
    size_t at = s.len && (s.ptr[0] == '-' || s.ptr[0] == '+');
    size_t whole = digits(s, at), end = whole;
    if (end < s.len && s.ptr[end] == '.')
        end = digits(s, end + 1);
    if (end == at || (whole == at && end == at + 1))
        return false;
    if (end < s.len && (s.ptr[end] == 'e' || s.ptr[end] == 'E')) {
        size_t from = end + 1;
        from += from < s.len && (s.ptr[from] == '-' || s.ptr[from] == '+');
        end = digits(s, from);
        if (end == from)
            return false;
    }
    return end == s.len;
}

static bool radix_int(struct str s, int64_t *out)
{
    if (s.len < 3 || s.ptr[0] != '0' || (s.ptr[1] != 'x' && s.ptr[1] != 'o'))
        return false;
    int64_t base = s.ptr[1] == 'x' ? 16 : 8, v = 0;
    for (size_t i = 2; i < s.len; i++) {
        const char *set = "0123456789abcdef";
        char c = s.ptr[i] >= 'A' && s.ptr[i] <= 'F' ? (char)(s.ptr[i] + 32) : s.ptr[i];
        const char *p = c ? strchr(set, c) : NULL;
        if (!p || p - set >= base || !i64_mul(v, base, &v) || !i64_add(v, p - set, &v))
            return false;
    }
    *out = v;
    return true;
}

static enum err plain_number(struct reading *r, const yaml_event_t *e, struct str s,
                             struct json *out)
{
    struct str body = str_from(s, s.len && s.ptr[0] == '+');
    if (radix_int(s, &out->i)) {
        out->type = JS_INT;
        return ERR_OK;
    }
    if (!plain_real_form(s))
        return ERR_NOT_FOUND;
    size_t signs = body.len && body.ptr[0] == '-';
    if (digits(body, signs) == body.len) {
        while (body.len > signs + 1 && body.ptr[signs] == '0')
            body = signs ? arena_fmt(r->a, "-%.*s", (int)body.len - 2, body.ptr + 2)
                         : str_from(body, 1);
        out->type = JS_INT;
        return str_to_i64(body, INT64_MIN, INT64_MAX, &out->i)
                   ? ERR_OK
                   : wrong(r->f, e->start_mark, "number too large");
    }
    out->type = JS_REAL;
    out->r = strtod(arena_cstr(r->a, s), NULL);
    return __builtin_isfinite(out->r) ? ERR_OK : wrong(r->f, e->start_mark, "number too large");
}

static enum err scalar(struct reading *r, const yaml_event_t *e, struct json *out)
{
    *out = (struct json){ 0 };
    struct str s = { (const char *)e->data.scalar.value, e->data.scalar.length };
    if (e->data.scalar.anchor || e->data.scalar.tag)
        return wrong(r->f, e->start_mark, "anchors and tags are not allowed");
    if (s.len && memchr(s.ptr, 0, s.len))
        return wrong(r->f, e->start_mark, "NUL in a text");
    if (e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
        if (str_is(s, "<<"))
            return wrong(r->f, e->start_mark, "merge keys are not allowed");
        if (plain_word(s, out))
            return ERR_OK;
        enum err number = plain_number(r, e, s, out);
        if (number != ERR_NOT_FOUND)
            return number;
        if (str_is(s, ".nan") || str_is(s, ".inf") || str_is(s, "-.inf"))
            return wrong(r->f, e->start_mark, "numbers must be finite");
    }
    *out = (struct json){ .type = JS_TEXT, .s = arena_dup(r->a, s) };
    return ERR_OK;
}

static enum err value(struct reading *r, const yaml_event_t *e, size_t depth, struct json *out);

/* Items as they come; the tree wants them in one array at the end. */
struct item {
    struct item *next;
    struct json_member m;
};

static enum err list_items(struct reading *r, size_t depth, struct item **head, size_t *n)
{
    for (struct item **tail = head;; tail = &(*tail)->next) {
        yaml_event_t e;
        TRY(next(r, &e));
        struct item *it = ARENA_NEW(r->a, struct item);
        bool end = e.type == YAML_SEQUENCE_END_EVENT;
        enum err bad = end ? ERR_OK : value(r, &e, depth + 1, &it->m.value);
        yaml_event_delete(&e);
        if (bad || end)
            return bad;
        *tail = it;
        ++*n;
    }
}

static enum err list(struct reading *r, size_t depth, struct json *out)
{
    struct item *head = NULL;
    size_t n = 0;
    TRY(list_items(r, depth, &head, &n));
    struct json *items = ARENA_ARRAY(r->a, struct json, n);
    for (size_t i = 0; i < n; i++, head = head->next)
        items[i] = head->m.value;
    *out = (struct json){ .type = JS_LIST, .count = n, .items = items };
    return ERR_OK;
}

static enum err key_of(struct reading *r, const yaml_event_t *e, const struct item *head,
                       struct str *key)
{
    struct json k = { 0 };
    if (e->type != YAML_SCALAR_EVENT)
        return wrong(r->f, e->start_mark, "a key must be a text");
    TRY(scalar(r, e, &k));
    if (k.type != JS_TEXT)
        return wrong(r->f, e->start_mark, "a key must be a text");
    for (; head; head = head->next)
        if (str_eq(head->m.key, k.s))
            return wrong(r->f, e->start_mark, "a key stands twice");
    *key = k.s;
    return ERR_OK;
}

static enum err member(struct reading *r, size_t depth, struct item *it)
{
    yaml_event_t e;
    TRY(next(r, &e));
    enum err bad = value(r, &e, depth + 1, &it->m.value);
    yaml_event_delete(&e);
    return bad;
}

static enum err object_items(struct reading *r, size_t depth, struct item **head, size_t *n)
{
    for (struct item **tail = head;; tail = &(*tail)->next) {
        yaml_event_t e;
        TRY(next(r, &e));
        struct item *it = ARENA_NEW(r->a, struct item);
        bool end = e.type == YAML_MAPPING_END_EVENT;
        /* a mapping of a package has few keys: looking at all of them is cheap */
        enum err bad = end          ? ERR_OK
                       : *n >= 1000 ? wrong(r->f, e.start_mark, "too many keys")
                                    : key_of(r, &e, *head, &it->m.key);
        yaml_event_delete(&e);
        if (bad || end)
            return bad;
        TRY(member(r, depth, it));
        *tail = it;
        ++*n;
    }
}

static enum err object(struct reading *r, size_t depth, struct json *out)
{
    struct item *head = NULL;
    size_t n = 0;
    TRY(object_items(r, depth, &head, &n));
    struct json_member *members = ARENA_ARRAY(r->a, struct json_member, n);
    for (size_t i = 0; i < n; i++, head = head->next)
        members[i] = head->m;
    *out = (struct json){ .type = JS_OBJECT, .count = n, .members = members };
    return ERR_OK;
}

static enum err value(struct reading *r, const yaml_event_t *e, size_t depth, struct json *out)
{
    if (depth > YAML_MAX_DEPTH)
        return wrong(r->f, e->start_mark, "nested too deep");
    if (++r->nodes > YAML_MAX_NODES)
        return wrong(r->f, e->start_mark, "too many values");
    if (e->type == YAML_SCALAR_EVENT)
        return scalar(r, e, out);
    if (e->type == YAML_SEQUENCE_START_EVENT)
        return e->data.sequence_start.anchor || e->data.sequence_start.tag
                   ? wrong(r->f, e->start_mark, "anchors and tags are not allowed")
                   : list(r, depth, out);
    if (e->type == YAML_MAPPING_START_EVENT)
        return e->data.mapping_start.anchor || e->data.mapping_start.tag
                   ? wrong(r->f, e->start_mark, "anchors and tags are not allowed")
                   : object(r, depth, out);
    return wrong(r->f, e->start_mark, "aliases are not allowed");
}

/* The next event, which must be of this type. */
static enum err expect(struct reading *r, yaml_event_type_t type, const char *what)
{
    yaml_event_t e;
    TRY(next(r, &e));
    enum err bad = e.type == type ? ERR_OK : wrong(r->f, e.start_mark, what);
    if (!bad && type == YAML_DOCUMENT_START_EVENT &&
        (e.data.document_start.version_directive ||
         e.data.document_start.tag_directives.start != e.data.document_start.tag_directives.end))
        bad = wrong(r->f, e.start_mark, "directives are not allowed");
    yaml_event_delete(&e);
    return bad;
}

static enum err document(struct reading *r, struct json *out)
{
    yaml_event_t e;
    TRY(expect(r, YAML_STREAM_START_EVENT, "empty"));
    TRY(expect(r, YAML_DOCUMENT_START_EVENT, "empty"));
    TRY(next(r, &e));
    enum err bad = value(r, &e, 0, out);
    yaml_event_delete(&e);
    TRY(bad);
    TRY(expect(r, YAML_DOCUMENT_END_EVENT, "unreadable"));
    return expect(r, YAML_STREAM_END_EVENT, "only one document is allowed");
}

enum err yaml_parse(struct str text, struct arena *a, struct json *out, struct fail *f)
{
    struct reading r = { .a = a, .f = f };
    if (text.len > YAML_MAX_BYTES)
        return FAIL(f, ERR_TOO_LARGE, "package.too_large", "YAML of %zu bytes, at most %d",
                    text.len, YAML_MAX_BYTES);
    if (!utf8_valid(text))
        return FAIL(f, ERR_INPUT, "package.yaml", "not UTF-8");
    if (!yaml_parser_initialize(&r.parser))
        return FAIL(f, ERR_IO, "internal", "libyaml does not start");
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)(text.ptr ? text.ptr : ""),
                                 text.len);
    enum err bad = document(&r, out);
    yaml_parser_delete(&r.parser);
    return bad;
}
