#include "base/num.h"
#include "domain/trace/trace_priv.h"

/* Restricted bencode: each value has exactly one encoding (evidence.md B.1). */

static bool key_ok(struct str key)
{
    if (key.len < 1 || key.len > 40)
        return false;
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
            return false;
    }
    return true;
}

static bool text_ok(struct str s)
{
    return utf8_valid(s) && (s.len == 0 || !memchr(s.ptr, '\0', s.len));
}

static bool int_ok(int64_t v)
{
    return v >= -TRACE_INT_MAX && v <= TRACE_INT_MAX;
}

static void put_text(struct buf *b, struct str s)
{
    buf_put_i64(b, num_i64(s.len));
    buf_putc(b, ':');
    buf_put(b, s);
}

static enum err refuse(struct fail *f, const char *why)
{
    return FAIL(f, ERR_INPUT, "trace.noncanonical", "%s", why);
}

static enum err encode_at(const struct json *j, int depth, struct buf *b, struct fail *f);

/* The member whose key is the smallest one greater than `after` (ptr NULL = the smallest of all).
 * Objects here have few keys, so the quadratic walk costs less than a sorted copy. */
static const struct json_member *next_member(const struct json *j, struct str after)
{
    const struct json_member *best = NULL;
    for (size_t i = 0; i < j->count; i++) {
        const struct json_member *m = &j->members[i];
        bool later = !after.ptr || str_cmp(m->key, after) > 0;
        if (later && (!best || str_cmp(m->key, best->key) < 0))
            best = m;
    }
    return best;
}

static enum err encode_object(const struct json *j, int depth, struct buf *b, struct fail *f)
{
    size_t written = 0;
    buf_putc(b, 'd');
    for (const struct json_member *m = next_member(j, (struct str){ 0 }); m;
         m = next_member(j, m->key)) {
        if (!key_ok(m->key))
            return refuse(f, "key");
        put_text(b, m->key);
        TRY(encode_at(&m->value, depth + 1, b, f));
        written++;
    }
    buf_putc(b, 'e');
    return written == j->count ? ERR_OK : refuse(f, "duplicate key");
}

static enum err encode_at(const struct json *j, int depth, struct buf *b, struct fail *f)
{
    if (depth > TRACE_DEPTH_MAX)
        return refuse(f, "depth");
    switch (j->type) {
    case JS_INT:
        if (!int_ok(j->i))
            return refuse(f, "integer out of range");
        buf_putc(b, 'i');
        buf_put_i64(b, j->i);
        buf_putc(b, 'e');
        return ERR_OK;
    case JS_TEXT:
        if (!text_ok(j->s))
            return refuse(f, "text is not UTF-8 without NUL");
        put_text(b, j->s);
        return ERR_OK;
    case JS_LIST:
        buf_putc(b, 'l');
        for (size_t i = 0; i < j->count; i++)
            TRY(encode_at(&j->items[i], depth + 1, b, f));
        buf_putc(b, 'e');
        return ERR_OK;
    case JS_OBJECT:
        return encode_object(j, depth, b, f);
    case JS_NULL:
    case JS_BOOL:
    case JS_REAL:
        break;
    }
    return refuse(f, "only integers, text, lists and objects");
}

enum err trace_encode(const struct json *j, struct buf *b, struct fail *f)
{
    TRY(encode_at(j, 1, b, f));
    return b->truncated ? FAIL(f, ERR_INPUT, "event.too_large", "over %zu bytes", b->max) : ERR_OK;
}

/* --- reading --- */

struct reader {
    struct str rest;
    struct arena *a;
    struct fail *f;
};

static bool take_char(struct reader *r, char c)
{
    if (r->rest.len == 0 || r->rest.ptr[0] != c)
        return false;
    r->rest = str_from(r->rest, 1);
    return true;
}

/* Decimal digits up to `stop`, in the one form without leading zeros or "-0". */
static enum err take_number(struct reader *r, char stop, int64_t *out)
{
    size_t n = 0;
    while (n < r->rest.len && n < 20 && r->rest.ptr[n] != stop)
        n++;
    struct str digits = str_head(r->rest, n), abs = digits;
    if (abs.len && abs.ptr[0] == '-')
        abs = str_from(abs, 1);
    bool zero = abs.len && abs.ptr[0] == '0' && (abs.len > 1 || abs.len != digits.len);
    if (zero || !str_to_i64(digits, -TRACE_INT_MAX, TRACE_INT_MAX, out))
        return refuse(r->f, "number");
    r->rest = str_from(r->rest, n);
    return take_char(r, stop) ? ERR_OK : refuse(r->f, "number not ended");
}

static enum err take_text(struct reader *r, struct str *out)
{
    int64_t len = 0;
    TRY(take_number(r, ':', &len));
    if (len < 0 || (size_t)len > r->rest.len)
        return refuse(r->f, "text length");
    *out = arena_dup(r->a, str_head(r->rest, (size_t)len));
    r->rest = str_from(r->rest, (size_t)len);
    return text_ok(*out) ? ERR_OK : refuse(r->f, "text is not UTF-8 without NUL");
}

/* Values are collected in a chain first: their number is known only at the end. */
struct link {
    struct link *next;
    struct json_member m;
};

static enum err decode_at(struct reader *r, int depth, struct json *out);

static enum err take_members(struct reader *r, int depth, bool keyed, struct link **first,
                             size_t *count)
{
    struct link **last = first;
    struct str before = { 0 };
    for (*count = 0; !take_char(r, 'e'); (*count)++) {
        struct link *l = ARENA_NEW(r->a, struct link);
        if (keyed) {
            TRY(take_text(r, &l->m.key));
            if (!key_ok(l->m.key) || (before.ptr && str_cmp(before, l->m.key) >= 0))
                return refuse(r->f, "key or its order");
            before = l->m.key;
        }
        TRY(decode_at(r, depth + 1, &l->m.value));
        *last = l;
        last = &l->next;
    }
    return ERR_OK;
}

static enum err take_list(struct reader *r, int depth, struct json *out)
{
    struct link *first = NULL;
    size_t n = 0, i = 0;
    TRY(take_members(r, depth, false, &first, &n));
    struct json *items = ARENA_ARRAY(r->a, struct json, n);
    for (const struct link *l = first; l; l = l->next)
        items[i++] = l->m.value;
    *out = (struct json){ .type = JS_LIST, .count = n, .items = items };
    return ERR_OK;
}

static enum err take_object(struct reader *r, int depth, struct json *out)
{
    struct link *first = NULL;
    size_t n = 0, i = 0;
    TRY(take_members(r, depth, true, &first, &n));
    struct json_member *members = ARENA_ARRAY(r->a, struct json_member, n);
    for (const struct link *l = first; l; l = l->next)
        members[i++] = l->m;
    *out = (struct json){ .type = JS_OBJECT, .count = n, .members = members };
    return ERR_OK;
}

static enum err decode_at(struct reader *r, int depth, struct json *out)
{
    if (depth > TRACE_DEPTH_MAX)
        return refuse(r->f, "depth");
    if (take_char(r, 'i')) {
        out->type = JS_INT;
        return take_number(r, 'e', &out->i);
    }
    if (take_char(r, 'l'))
        return take_list(r, depth, out);
    if (take_char(r, 'd'))
        return take_object(r, depth, out);
    out->type = JS_TEXT;
    return take_text(r, &out->s);
}

enum err trace_decode(struct str bytes, struct arena *a, struct json *out, struct fail *f)
{
    struct reader r = { bytes, a, f };
    TRY(decode_at(&r, 1, out));
    return r.rest.len == 0 ? ERR_OK : refuse(f, "bytes behind the value");
}
