/* Values as Python's repr writes them. */
#include "domain/submission/submission.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void put_value(struct buf *b, const struct value *v);

/* The fewest significant digits that read back as the same double. */
static int shortest(double r)
{
    char text[40];
    for (int precision = 1; precision < 17; precision++) {
        snprintf(text, sizeof text, "%.*e", precision - 1, r);
        if (strtod(text, NULL) == r)
            return precision;
    }
    return 17;
}

/* As Python lays them out: an exponent below 1e-4 and from 1e16 on. */
static void put_float(struct buf *b, double r)
{
    double size = fabs(r);
    int precision = shortest(r);
    if (isnan(r) || isinf(r)) {
        buf_put(b, isnan(r) ? STR("nan") : r < 0 ? STR("-inf") : STR("inf"));
    } else if (r != 0 && (size < 1e-4 || size >= 1e16)) {
        buf_putf(b, "%.*e", precision - 1, r);
    } else {
        int before_point = r != 0 ? (int)floor(log10(size)) + 1 : 1;
        int decimals = precision - before_point;
        buf_putf(b, "%.*f", decimals > 1 ? decimals : 1, r);
    }
}

static void put_escaped(struct buf *b, unsigned char c, char quote)
{
    static const char from[] = "\n\t\r\\", to[] = "ntr\\";
    const char *p = c ? strchr(from, c) : NULL;
    if (p)
        buf_putf(b, "\\%c", to[p - from]);
    else if ((char)c == quote)
        buf_putf(b, "\\%c", quote);
    else
        buf_putf(b, "\\x%02x", c);
}

static void put_text(struct buf *b, struct str s, bool bytes)
{
    bool single = s.len && memchr(s.ptr, '\'', s.len), both = s.len && memchr(s.ptr, '"', s.len);
    char quote = single && !both ? '"' : '\'';
    buf_put(b, bytes ? STR("b") : STR(""));
    buf_putc(b, quote);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c < 0x20 || c == 0x7f || c == '\\' || (char)c == quote || (bytes && c >= 0x80))
            put_escaped(b, c, quote);
        else
            buf_putc(b, (char)c);
    }
    buf_putc(b, quote);
}

static void put_items(struct buf *b, const struct value *v, const char *open, const char *close)
{
    buf_put(b, str_of(open));
    for (size_t i = 0; i < v->n && !b->truncated; i++) {
        buf_put(b, i ? STR(", ") : STR(""));
        if (v->kind == VALUE_DICT) {
            put_value(b, &v->items[2 * i]);
            buf_put(b, STR(": "));
            put_value(b, &v->items[2 * i + 1]);
        } else {
            put_value(b, &v->items[i]);
        }
    }
    buf_put(b, v->kind == VALUE_TUPLE && v->n == 1 ? STR(",") : STR(""));
    buf_put(b, str_of(close));
}

static void put_value(struct buf *b, const struct value *v)
{
    switch (v->kind) {
    case VALUE_NONE:
        buf_put(b, STR("None"));
        break;
    case VALUE_BOOL:
        buf_put(b, v->b ? STR("True") : STR("False"));
        break;
    case VALUE_INT:
        buf_put(b, v->s);
        break;
    case VALUE_FLOAT:
        put_float(b, v->r);
        break;
    case VALUE_TEXT:
    case VALUE_BYTES:
        put_text(b, v->s, v->kind == VALUE_BYTES);
        break;
    case VALUE_LIST:
        put_items(b, v, "[", "]");
        break;
    case VALUE_TUPLE:
        put_items(b, v, "(", ")");
        break;
    case VALUE_SET:
        put_items(b, v, v->n ? "{" : "set(", v->n ? "}" : ")");
        break;
    case VALUE_DICT:
        put_items(b, v, "{", "}");
        break;
    case VALUE_OBJECT:
        buf_put(b, v->repr);
        break;
    }
}

struct str value_repr(const struct value *v, size_t max, struct arena *a)
{
    AUTO_BUF b = { .max = 4 << 20 };
    put_value(&b, v);
    struct str all = buf_str(&b);
    if (all.len <= max)
        return arena_dup(a, all);
    return arena_fmt(a, "%.*s...", STR_ARG(utf8_cut(all, max > 3 ? max - 3 : 0)));
}
