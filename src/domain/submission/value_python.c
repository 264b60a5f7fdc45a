/* Python literals, as repr writes them and authors type them. Strict: what is not a literal is an
 * error of the package. */
#include "base/num.h"
#include "domain/submission/submission.h"

#include <stdlib.h>

enum { LITERAL_DEPTH = 64, LITERAL_BYTES = 1 << 20, INT_DIGITS = 4300 };

struct literal {
    struct str text;
    size_t at;
    int depth;
    struct arena *a;
    struct fail *f;
};

static enum err wrong(struct literal *l, const char *what)
{
    return FAIL(l->f, ERR_INPUT, "package.literal", "at character %zu of a Python literal: %s",
                l->at + 1, what);
}

static char peek(const struct literal *l, size_t ahead)
{
    return l->at + ahead < l->text.len ? l->text.ptr[l->at + ahead] : '\0';
}

static void skip_space(struct literal *l)
{
    while (l->at < l->text.len && strchr(" \t\r\n", l->text.ptr[l->at]) && l->text.ptr[l->at])
        l->at++;
}

static bool take(struct literal *l, const char *word)
{
    if (!str_starts(str_from(l->text, l->at), str_of(word)))
        return false;
    l->at += strlen(word);
    return true;
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool take_word(struct literal *l, const char *word)
{
    size_t n = strlen(word);
    if (!str_starts(str_from(l->text, l->at), str_of(word)) || is_name(peek(l, n)))
        return false;
    l->at += n;
    return true;
}

/* --- numbers --- */

/* Digits with single underscores between them, underscores left out. */
static size_t take_digits(struct literal *l, struct buf *b)
{
    size_t n = 0;
    for (;; l->at++) {
        char c = peek(l, 0);
        if (c >= '0' && c <= '9') {
            buf_putc(b, c);
            n++;
        } else if (c != '_' || !n || peek(l, 1) < '0' || peek(l, 1) > '9') {
            return n;
        }
    }
}

static struct str int_digits(struct literal *l, bool negative, struct str digits)
{
    while (digits.len > 1 && digits.ptr[0] == '0')
        digits = str_from(digits, 1);
    bool zero = digits.len == 1 && digits.ptr[0] == '0';
    return arena_fmt(l->a, "%s%.*s", negative && !zero ? "-" : "", STR_ARG(digits));
}

/* The value of one digit, or -1 when it is none in that base. */
static int digit(char c, int base)
{
    static const char set[] = "0123456789abcdef";
    char lower = (char)(c >= 'A' && c <= 'F' ? c + 32 : c);
    const char *p = c ? strchr(set, lower) : NULL;
    return p && p - set < base ? (int)(p - set) : -1;
}

static enum err radix(struct literal *l, bool negative, struct value *out)
{
    char letter = (char)(peek(l, 1) | 0x20);
    int base = letter == 'x' ? 16 : letter == 'o' ? 8 : 2, d;
    int64_t v = 0;
    size_t n = 0;
    for (l->at += 2; (d = digit(peek(l, 0), base)) >= 0; l->at++, n++)
        if (!i64_mul(v, base, &v) || !i64_add(v, d, &v))
            return wrong(l, "this integer is too large; write it in decimal");
    if (!n || is_name(peek(l, 0)))
        return wrong(l, "not a number");
    struct str digits = arena_fmt(l->a, "%lld", (long long)v);
    *out = (struct value){ .kind = VALUE_INT, .s = int_digits(l, negative, digits) };
    return ERR_OK;
}

/* The part after the whole digits; *real tells whether there was one. */
static enum err fraction(struct literal *l, struct buf *b, size_t whole, bool *real)
{
    size_t decimals = 0;
    *real = false;
    if (peek(l, 0) == '.') {
        buf_putc(b, '.');
        l->at++;
        decimals = take_digits(l, b);
        *real = true;
    }
    if (!whole && !decimals)
        return wrong(l, "not a literal");
    if ((peek(l, 0) | 0x20) == 'e') {
        buf_putc(b, 'e');
        l->at++;
        if (peek(l, 0) == '-' || peek(l, 0) == '+') {
            buf_putc(b, peek(l, 0));
            l->at++;
        }
        *real = true;
        if (!take_digits(l, b))
            return wrong(l, "an exponent needs digits");
    }
    return is_name(peek(l, 0)) ? wrong(l, "not a number") : ERR_OK;
}

static enum err number(struct literal *l, bool negative, struct value *out)
{
    AUTO_BUF b = { .max = 8192 };
    char second = (char)(peek(l, 1) | 0x20);
    bool real = false;
    if (peek(l, 0) == '0' && (second == 'x' || second == 'o' || second == 'b'))
        return radix(l, negative, out);
    size_t whole = take_digits(l, &b);
    TRY(fraction(l, &b, whole, &real));
    if (b.truncated || whole > INT_DIGITS)
        return wrong(l, "this number is too long");
    if (real) {
        double r = strtod(arena_cstr(l->a, buf_str(&b)), NULL);
        *out = (struct value){ .kind = VALUE_FLOAT, .r = negative ? -r : r };
        return ERR_OK;
    }
    if (whole > 1 && b.ptr[0] == '0')
        return wrong(l, "an integer does not begin with 0");
    *out = (struct value){ .kind = VALUE_INT, .s = int_digits(l, negative, buf_str(&b)) };
    return ERR_OK;
}

/* float('nan'), float('inf'), float('-inf'): Python has no literal for them. */
static enum err special_float(struct literal *l, bool negative, struct value *out)
{
    static const struct {
        const char *word;
        double r;
    } words[] = { { "nan", __builtin_nan("") },
                  { "inf", __builtin_inf() },
                  { "-inf", -__builtin_inf() } };
    char quote = peek(l, 0);
    l->at++;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (take(l, words[i].word)) {
            if ((quote != '\'' && quote != '"') || peek(l, 0) != quote || peek(l, 1) != ')')
                return wrong(l, "float('nan'), float('inf') or float('-inf')");
            l->at += 2;
            *out = (struct value){ .kind = VALUE_FLOAT, .r = negative ? -words[i].r : words[i].r };
            return ERR_OK;
        }
    return wrong(l, "float('nan'), float('inf') or float('-inf')");
}

/* --- texts --- */

struct text_form {
    char quote;
    bool triple, raw, bytes;
};

static void put_code_point(struct buf *b, uint32_t cp)
{
    if (cp < 0x80) {
        buf_putc(b, (char)cp);
    } else if (cp < 0x800) {
        buf_putc(b, (char)(0xc0 | (cp >> 6)));
        buf_putc(b, (char)(0x80 | (cp & 0x3f)));
    } else if (cp < 0x10000) {
        buf_putc(b, (char)(0xe0 | (cp >> 12)));
        buf_putc(b, (char)(0x80 | ((cp >> 6) & 0x3f)));
        buf_putc(b, (char)(0x80 | (cp & 0x3f)));
    } else {
        buf_putc(b, (char)(0xf0 | (cp >> 18)));
        buf_putc(b, (char)(0x80 | ((cp >> 12) & 0x3f)));
        buf_putc(b, (char)(0x80 | ((cp >> 6) & 0x3f)));
        buf_putc(b, (char)(0x80 | (cp & 0x3f)));
    }
}

static enum err hex_escape(struct literal *l, size_t digits, uint32_t *cp)
{
    *cp = 0;
    for (size_t i = 0; i < digits; i++, l->at++) {
        int d = digit(peek(l, 0), 16);
        if (d < 0)
            return wrong(l, "not a hexadecimal escape");
        *cp = *cp * 16 + (uint32_t)d;
    }
    if (*cp > 0x10ffff || (*cp >= 0xd800 && *cp < 0xe000))
        return wrong(l, "not a character");
    return ERR_OK;
}

static enum err number_escape(struct literal *l, const struct text_form *form, uint32_t *cp)
{
    char c = peek(l, 0);
    *cp = 0;
    if (digit(c, 8) >= 0) {
        for (int i = 0; i < 3 && digit(peek(l, 0), 8) >= 0; i++, l->at++)
            *cp = *cp * 8 + (uint32_t)digit(peek(l, 0), 8);
        return ERR_OK;
    }
    if (c != 'x' && (form->bytes || (c != 'u' && c != 'U')))
        return wrong(l, "unknown escape");
    l->at++;
    return hex_escape(l, c == 'x' ? 2 : c == 'u' ? 4 : 8, cp);
}

static enum err put_escape(struct literal *l, const struct text_form *form, struct buf *b)
{
    static const char from[] = "nt\\'\"rabfv", to[] = "\n\t\\'\"\r\a\b\f\v";
    char c = peek(l, 0);
    const char *simple = c ? strchr(from, c) : NULL;
    uint32_t cp = 0;
    if (c == '\n' || simple) {
        l->at++;
        if (simple)
            buf_putc(b, to[simple - from]);
        return ERR_OK;
    }
    TRY(number_escape(l, form, &cp));
    if (form->bytes)
        buf_putc(b, (char)(uint8_t)cp);
    else
        put_code_point(b, cp);
    return ERR_OK;
}

static bool at_end_quote(const struct literal *l, const struct text_form *form)
{
    return peek(l, 0) == form->quote &&
           (!form->triple || (peek(l, 1) == form->quote && peek(l, 2) == form->quote));
}

/* One character of a text, or one escape. */
static enum err text_piece(struct literal *l, const struct text_form *form, struct buf *b)
{
    char c = peek(l, 0);
    if (c == '\n' && !form->triple)
        return wrong(l, "a text ends on its line");
    if (form->bytes && (unsigned char)c >= 0x80)
        return wrong(l, "bytes are written in ASCII");
    l->at++;
    if (c == '\\' && !form->raw)
        return put_escape(l, form, b);
    buf_putc(b, c);
    if (c == '\\' && l->at < l->text.len) { /* raw: what follows is kept, also a quote */
        buf_putc(b, peek(l, 0));
        l->at++;
    }
    return ERR_OK;
}

static enum err text_body(struct literal *l, const struct text_form *form, struct buf *b)
{
    while (l->at < l->text.len && !at_end_quote(l, form))
        TRY(text_piece(l, form, b));
    if (l->at >= l->text.len)
        return wrong(l, "a text has no end");
    l->at += form->triple ? 3 : 1;
    return ERR_OK;
}

/* Prefix and opening quote; false: no text begins here. */
static bool text_start(struct literal *l, struct text_form *form)
{
    size_t n = 0;
    *form = (struct text_form){ 0 };
    for (; n < 2 && peek(l, n) && strchr("rRbBuU", peek(l, n)); n++) {
        form->raw = form->raw || (peek(l, n) | 0x20) == 'r';
        form->bytes = form->bytes || (peek(l, n) | 0x20) == 'b';
    }
    form->quote = peek(l, n);
    if (form->quote != '\'' && form->quote != '"')
        return false;
    form->triple = peek(l, n + 1) == form->quote && peek(l, n + 2) == form->quote;
    l->at += n + (form->triple ? 3 : 1);
    return true;
}

/* One text, or several side by side. */
static enum err text(struct literal *l, struct text_form form, struct value *out)
{
    AUTO_BUF b = { .max = LITERAL_BYTES };
    struct text_form more = form;
    do {
        if (more.bytes != form.bytes)
            return wrong(l, "bytes and text side by side");
        TRY(text_body(l, &more, &b));
        skip_space(l);
    } while (text_start(l, &more));
    *out = (struct value){ .kind = form.bytes ? VALUE_BYTES : VALUE_TEXT,
                           .s = arena_dup(l->a, buf_str(&b)) };
    return ERR_OK;
}

/* --- containers --- */

static enum err literal(struct literal *l, struct value *out);

struct items {
    struct value *ptr;
    size_t n, cap;
};

static struct value *more(struct literal *l, struct items *in)
{
    if (in->n == in->cap) {
        size_t cap = in->cap ? 2 * in->cap : 8;
        struct value *grown = ARENA_ARRAY(l->a, struct value, cap);
        if (in->n)
            memcpy(grown, in->ptr, in->n * sizeof(*grown));
        in->ptr = grown;
        in->cap = cap;
    }
    return &in->ptr[in->n++];
}

/* Items up to `close`. *pairs: 1 as soon as a ':' was seen, -1 when items have none. */
static enum err container(struct literal *l, char close, struct items *in, int *pairs, bool *comma)
{
    *pairs = 0;
    *comma = false;
    for (skip_space(l); peek(l, 0) != close; skip_space(l)) {
        if (in->n && !*comma)
            return wrong(l, "a comma is missing");
        TRY(literal(l, more(l, in)));
        skip_space(l);
        bool pair = close == '}' && peek(l, 0) == ':';
        if (*pairs && pair != (*pairs > 0))
            return wrong(l, "pairs and single values together");
        *pairs = pair ? 1 : -1;
        if (pair) {
            l->at++;
            TRY(literal(l, more(l, in)));
            skip_space(l);
        }
        *comma = peek(l, 0) == ',';
        l->at += *comma;
    }
    l->at++;
    return ERR_OK;
}

static enum err braces(struct literal *l, struct value *out)
{
    struct items in = { 0 };
    int pairs = 0;
    bool comma = false;
    TRY(container(l, '}', &in, &pairs, &comma));
    bool dict = pairs >= 0;
    *out = (struct value){ .kind = dict ? VALUE_DICT : VALUE_SET,
                           .items = in.ptr,
                           .n = dict ? in.n / 2 : in.n };
    return ERR_OK;
}

static enum err brackets(struct literal *l, char open, struct value *out)
{
    struct items in = { 0 };
    int pairs = 0;
    bool comma = false;
    l->at++;
    if (open == '{')
        return braces(l, out);
    TRY(container(l, open == '(' ? ')' : ']', &in, &pairs, &comma));
    if (open == '(' && in.n == 1 && !comma) {
        *out = in.ptr[0]; /* brackets around a value */
        return ERR_OK;
    }
    *out = (struct value){ .kind = open == '(' ? VALUE_TUPLE : VALUE_LIST,
                           .items = in.ptr,
                           .n = in.n };
    return ERR_OK;
}

static enum err word(struct literal *l, struct value *out)
{
    bool yes = take_word(l, "True");
    if (yes || take_word(l, "False"))
        *out = (struct value){ .kind = VALUE_BOOL, .b = yes };
    else if (take_word(l, "None"))
        *out = (struct value){ .kind = VALUE_NONE };
    else if (take(l, "set()"))
        *out = (struct value){ .kind = VALUE_SET };
    else if (take(l, "float("))
        return special_float(l, false, out);
    else
        return wrong(l, "not a literal");
    return ERR_OK;
}

static enum err literal(struct literal *l, struct value *out)
{
    struct text_form form;
    if (l->depth >= LITERAL_DEPTH)
        return wrong(l, "nested too deep");
    skip_space(l);
    char c = peek(l, 0);
    if (c == '[' || c == '(' || c == '{') {
        l->depth++;
        enum err bad = brackets(l, c, out);
        l->depth--;
        return bad;
    }
    if (c == '-' || c == '+') {
        l->at++;
        skip_space(l);
        return take(l, "float(") ? special_float(l, c == '-', out) : number(l, c == '-', out);
    }
    if ((c >= '0' && c <= '9') || c == '.')
        return number(l, false, out);
    return text_start(l, &form) ? text(l, form, out) : word(l, out);
}

enum err value_from_python(struct str source, struct arena *a, struct value *out, struct fail *f)
{
    struct literal l = { .text = source, .a = a, .f = f };
    if (source.len > LITERAL_BYTES || !utf8_valid(source))
        return FAIL(f, ERR_INPUT, "package.literal", "a literal is UTF-8 of at most 1 MiB");
    TRY(literal(&l, out));
    skip_space(&l);
    if (peek(&l, 0) != ',')
        return l.at == source.len ? ERR_OK : wrong(&l, "something follows the literal");
    /* a tuple without brackets */
    struct str wrapped = arena_fmt(a, "(%.*s)", STR_ARG(source));
    l = (struct literal){ .text = wrapped, .a = a, .f = f };
    TRY(literal(&l, out));
    return l.at == wrapped.len ? ERR_OK : wrong(&l, "something follows the literal");
}
