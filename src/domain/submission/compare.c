/* Whether a printed output is the expected one: judge.md A3. Both sides are brought to one form and
 * then compared as bytes or token by token. */
#include "base/num.h"
#include "domain/submission/submission.h"

#include <math.h>
#include <stdlib.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { MATCH_LIMIT = 1'000'000 };

/* --- forms --- */

static bool is_ascii(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80)
            return false;
    return true;
}

/* Composed form; bytes that are not UTF-8 stay as they are. */
static struct str composed(struct arena *a, struct str s)
{
    if (is_ascii(s) || !utf8_valid(s))
        return s;
    size_t len = 3 * s.len + 16; /* NFC grows UTF-8 at most threefold */
    uint8_t *out = ARENA_ARRAY(a, uint8_t, len);
    const uint8_t *done = u8_normalize(UNINORM_NFC, (const uint8_t *)s.ptr, s.len, out, &len);
    assert(done == out);
    return (struct str){ (const char *)out, len };
}

/* CRLF becomes LF. */
static struct str unix_lines(struct arena *a, struct str s)
{
    if (!str_has(s, STR("\r\n")))
        return s;
    char *out = ARENA_ARRAY(a, char, s.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] != '\r' || i + 1 == s.len || s.ptr[i + 1] != '\n')
            out[n++] = s.ptr[i];
    return (struct str){ out, n };
}

static struct str without_trailing_blanks(struct str line)
{
    while (line.len && strchr(" \t\r\f\v", line.ptr[line.len - 1]) && line.ptr[line.len - 1])
        line.len--;
    return line;
}

/* No blanks at the end of a line, no empty lines at the end, composed. */
static struct str trimmed(struct arena *a, struct str s)
{
    struct str rest = composed(a, unix_lines(a, s)), line;
    char *out = ARENA_ARRAY(a, char, rest.len + 2);
    size_t n = 0, end = 0;
    while (rest.len) {
        line = without_trailing_blanks(str_take_until(&rest, '\n'));
        if (line.len)
            memcpy(out + n, line.ptr, line.len);
        n += line.len;
        if (line.len)
            end = n;
        out[n++] = '\n';
    }
    return (struct str){ out, end };
}

static bool take_token(struct str *rest, struct str *token)
{
    size_t from = 0;
    while (from < rest->len && strchr(" \t\r\n\f\v", rest->ptr[from]) && rest->ptr[from])
        from++;
    size_t to = from;
    while (to < rest->len && (!rest->ptr[to] || !strchr(" \t\r\n\f\v", rest->ptr[to])))
        to++;
    *token = (struct str){ rest->ptr + from, to - from };
    *rest = str_from(*rest, to);
    return token->len > 0;
}

/* Case folded, accents dropped. */
static struct str folded(struct arena *a, struct str s)
{
    if (!utf8_valid(s))
        return s;
    size_t len = 6 * s.len + 64;
    uint8_t *out = ARENA_ARRAY(a, uint8_t, len);
    const uint8_t *done = u8_casefold((const uint8_t *)s.ptr, s.len, NULL, UNINORM_NFD, out, &len);
    if (done != out) /* would not fit: compare as it is */
        return s;
    char *kept = ARENA_ARRAY(a, char, len + 1);
    struct str rest = { (const char *)out, len };
    size_t n = 0;
    uint32_t cp;
    for (struct str before = rest; utf8_take(&rest, &cp); before = rest) {
        size_t bytes = before.len - rest.len;
        if (uc_is_general_category(cp, UC_NON_SPACING_MARK))
            continue;
        memcpy(kept + n, before.ptr, bytes);
        n += bytes;
    }
    return (struct str){ kept, n };
}

/* --- token by token --- */

struct tolerance {
    double abs, rel;
};

static bool number_of(struct arena *a, struct str token, double *out)
{
    static const char marks[] = "+-.0123456789eE";
    if (!token.len || token.len > 60)
        return false;
    for (size_t i = 0; i < token.len; i++)
        if (!token.ptr[i] || !strchr(marks, token.ptr[i]))
            return false;
    char *end = NULL;
    const char *text = arena_cstr(a, token);
    *out = strtod(text, &end);
    return end == text + token.len && isfinite(*out);
}

static bool near_enough(double want, double got, struct tolerance t)
{
    double d = fabs(want - got);
    return d <= t.abs || d <= t.rel * fabs(want);
}

static bool token_same(struct arena *a, struct str want, struct str got, const struct tolerance *t)
{
    double x, y;
    if (str_eq(want, got))
        return true;
    return t && number_of(a, want, &x) && number_of(a, got, &y) && near_enough(x, y, *t);
}

static bool tokens_same(struct arena *a, struct str want, struct str got, const struct tolerance *t)
{
    struct str x, y;
    for (;;) {
        bool more_want = take_token(&want, &x), more_got = take_token(&got, &y);
        if (!more_want || !more_got)
            return more_want == more_got;
        if (!token_same(a, x, y, t))
            return false;
    }
}

/* --- lines in any order --- */

static int str_order(const void *a, const void *b)
{
    const struct str *x = a, *y = b;
    return str_cmp(*x, *y);
}

static size_t sorted_lines(struct arena *a, struct str s, struct str **out)
{
    size_t n = 0, cap = 1;
    for (size_t i = 0; i < s.len; i++)
        cap += s.ptr[i] == '\n';
    *out = ARENA_ARRAY(a, struct str, cap);
    while (s.len)
        (*out)[n++] = str_take_until(&s, '\n');
    if (n)
        qsort(*out, n, sizeof(**out), str_order);
    return n;
}

static bool lines_same(struct arena *a, struct str want, struct str got)
{
    struct str *x, *y;
    size_t n = sorted_lines(a, want, &x), m = sorted_lines(a, got, &y);
    bool same = n == m;
    for (size_t i = 0; i < n && same; i++)
        same = str_eq(x[i], y[i]);
    return same;
}

/* --- regular expressions --- */

static pcre2_code *compiled(struct str pattern)
{
    int code = 0;
    PCRE2_SIZE at = 0;
    return pcre2_compile((PCRE2_SPTR)(pattern.ptr ? pattern.ptr : ""), pattern.len,
                         PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED, &code, &at, NULL);
}

bool compare_pattern_valid(struct str pattern)
{
    pcre2_code *code = compiled(pattern);
    bool valid = code != NULL;
    pcre2_code_free(code);
    return valid;
}

/* A pattern typed as a line of YAML ends in one. */
static struct str without_line_ends(struct str s)
{
    while (s.len && (s.ptr[s.len - 1] == '\n' || s.ptr[s.len - 1] == '\r'))
        s.len--;
    return s;
}

/* Running into the limit is no match: an output may not make the judge work for ever. */
static bool regex_match(struct str pattern, struct str got)
{
    pcre2_code *code = compiled(pattern);
    pcre2_match_data *data = code ? pcre2_match_data_create(1, NULL) : NULL;
    pcre2_match_context *context = data ? pcre2_match_context_create(NULL) : NULL;
    int result = PCRE2_ERROR_NOMATCH;
    if (context) {
        pcre2_set_match_limit(context, MATCH_LIMIT);
        pcre2_set_depth_limit(context, 10'000);
        pcre2_set_heap_limit(context, 64 * 1024); /* KiB */
        result =
            pcre2_match(code, (PCRE2_SPTR)(got.ptr ? got.ptr : ""), got.len, 0, 0, data, context);
    }
    pcre2_match_context_free(context);
    pcre2_match_data_free(data);
    pcre2_code_free(code);
    return result >= 0;
}

/* --- JSON --- */

static bool json_close(const struct json *want, const struct json *got, struct tolerance t);

/* By a key that may hold any character. */
static const struct json *member_of(const struct json *object, struct str key)
{
    for (size_t i = 0; i < object->count; i++)
        if (str_eq(object->members[i].key, key))
            return &object->members[i].value;
    return NULL;
}

static bool json_items_close(const struct json *want, const struct json *got, struct tolerance t)
{
    bool list = want->type == JS_LIST;
    for (size_t i = 0; i < want->count; i++) {
        const struct json *x = list ? &want->items[i] : &want->members[i].value;
        const struct json *y = list ? &got->items[i] : member_of(got, want->members[i].key);
        if (!y || !json_close(x, y, t))
            return false;
    }
    return true;
}

static bool json_number(const struct json *j, double *out)
{
    *out = j->type == JS_INT ? (double)j->i : j->r;
    return j->type == JS_INT || j->type == JS_REAL;
}

static bool json_close(const struct json *want, const struct json *got, struct tolerance t)
{
    double x, y;
    if (want->type == JS_INT && got->type == JS_INT)
        return want->i == got->i;
    if (json_number(want, &x) && json_number(got, &y))
        return near_enough(x, y, t);
    if (want->type != got->type || want->count != got->count)
        return false;
    if (want->type == JS_LIST || want->type == JS_OBJECT)
        return json_items_close(want, got, t);
    return json_same(want, got);
}

static bool json_texts_same(struct arena *a, struct str want, struct str got, struct tolerance t)
{
    static const struct json_limits limits = { .bytes = 1 << 20, .depth = 64, .nodes = 50'000 };
    struct fail f = { 0 };
    struct json x = { 0 }, y = { 0 };
    return !json_parse(want, &limits, a, &x, &f) && !json_parse(got, &limits, a, &y, &f) &&
           json_close(&x, &y, t);
}

/* --- CSV (RFC 4180) --- */

/* Takes one cell; *end_of_row tells what stood behind it. */
static struct str take_cell(struct arena *a, struct str *rest, bool *end_of_row)
{
    char *out = ARENA_ARRAY(a, char, rest->len + 1);
    size_t n = 0, i = 0;
    bool quoted = rest->len && rest->ptr[0] == '"';
    for (i = quoted; i < rest->len; i++) {
        char c = rest->ptr[i];
        if (quoted && c == '"') {
            quoted = i + 1 < rest->len && rest->ptr[i + 1] == '"';
            i += quoted;
            if (!quoted)
                continue;
        } else if (!quoted && (c == ',' || c == '\n')) {
            break;
        }
        out[n++] = c;
    }
    *end_of_row = i >= rest->len || rest->ptr[i] == '\n';
    *rest = str_from(*rest, i + 1);
    return str_trim((struct str){ out, n });
}

static bool csv_same(struct arena *a, struct str want, struct str got, struct tolerance t)
{
    while (want.len && got.len) {
        bool end_want = false, end_got = false;
        struct str x = take_cell(a, &want, &end_want), y = take_cell(a, &got, &end_got);
        if (end_want != end_got || !token_same(a, x, y, &t))
            return false;
    }
    return !want.len && !got.len;
}

/* --- */

static bool same(struct exercise_compare how, struct str want, struct str got, struct arena *a)
{
    struct tolerance t = { how.abs, how.rel };
    switch (how.mode) {
    case COMPARE_EXACT:
        return str_eq(unix_lines(a, want), unix_lines(a, got));
    case COMPARE_TRIMMED:
        return str_eq(trimmed(a, want), trimmed(a, got));
    case COMPARE_TOKENS:
        return tokens_same(a, composed(a, want), composed(a, got), NULL);
    case COMPARE_FOLD:
        return tokens_same(a, folded(a, want), folded(a, got), NULL);
    case COMPARE_NUMBER:
        return tokens_same(a, composed(a, want), composed(a, got), &t);
    case COMPARE_REGEX:
        return regex_match(without_line_ends(want), trimmed(a, got));
    case COMPARE_JSON:
        return json_texts_same(a, want, got, t);
    case COMPARE_CSV:
        return csv_same(a, trimmed(a, want), trimmed(a, got), t);
    case COMPARE_LINES_ANY_ORDER:
        return lines_same(a, trimmed(a, want), trimmed(a, got));
    case COMPARE_COUNT:
        break;
    }
    return false;
}

enum compare_outcome compare_texts(struct exercise_compare how, struct str want, struct str got,
                                   struct arena *a)
{
    if (same(how, want, got, a))
        return COMPARE_SAME;
    how.mode = how.mode == COMPARE_EXACT ? COMPARE_TRIMMED : COMPARE_COUNT;
    return same(how, want, got, a) ? COMPARE_SPACE_ONLY : COMPARE_DIFFERENT;
}
