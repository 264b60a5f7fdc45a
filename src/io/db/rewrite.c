#include "io/db/rewrite.h"

enum { NEST_MAX = 16 };

struct rewriter {
    struct str rest;
    struct buf *out;
    size_t depth;           /* of parentheses */
    size_t casts[NEST_MAX]; /* depths at which a cast must be closed */
    size_t cast_count;
    size_t words;       /* of the current statement, at most counted to 2 */
    bool create, table; /* it begins with CREATE / CREATE TABLE */
};

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Equal without regard to case; `word` is upper case. */
static bool same(struct str s, const char *word)
{
    if (s.len != strlen(word))
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if ((c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c) != word[i])
            return false;
    }
    return true;
}

static void copy(struct rewriter *r, size_t n)
{
    buf_put(r->out, str_head(r->rest, n));
    r->rest = str_from(r->rest, n);
}

static size_t until(struct str s, size_t from, struct str end)
{
    size_t at = str_find(str_from(s, from), end);
    return at == SIZE_MAX ? s.len : from + at + end.len;
}

/* Bytes of the comment or quotation that starts here; 0 when none does. */
static size_t opaque(struct str s)
{
    if (str_starts(s, STR("--")))
        return until(s, 2, STR("\n"));
    if (str_starts(s, STR("/*")))
        return until(s, 2, STR("*/"));
    if (s.ptr[0] == '\'')
        return until(s, 1, STR("'"));
    if (s.ptr[0] == '"')
        return until(s, 1, STR("\""));
    return 0;
}

static size_t word_len(struct str s)
{
    size_t n = 0;
    while (n < s.len && is_word(s.ptr[n]))
        n++;
    return n;
}

static size_t spaces(struct str s)
{
    size_t n = 0;
    while (n < s.len && (s.ptr[n] == ' ' || s.ptr[n] == '\n' || s.ptr[n] == '\t'))
        n++;
    return n;
}

static const struct {
    const char *from;
    const char *to;
} renamed[] = { { "BIGINT", "INTEGER" }, { "BYTEA", "BLOB" } };

static void put_word(struct rewriter *r, struct str word)
{
    for (size_t i = 0; i < COUNT_OF(renamed); i++)
        if (same(word, renamed[i].from)) {
            buf_put(r->out, str_of(renamed[i].to));
            return;
        }
    buf_put(r->out, word);
}

static void on_word(struct rewriter *r)
{
    size_t n = word_len(r->rest);
    struct str word = str_head(r->rest, n), after = str_from(r->rest, n);
    if (r->words < 2) {
        r->create = r->words == 0 ? same(word, "CREATE") : r->create;
        r->table = r->words == 1 && r->create && same(word, "TABLE");
        r->words++;
    }
    size_t gap = spaces(after);
    struct str next = str_from(after, gap);
    if (same(word, "DOUBLE") && same(str_head(next, word_len(next)), "PRECISION")) {
        buf_put(r->out, STR("REAL"));
        r->rest = str_from(next, word_len(next));
        return;
    }
    if (same(word, "OCTET_LENGTH") && str_starts(after, STR("(")) && r->cast_count < NEST_MAX) {
        buf_put(r->out, STR("length(CAST("));
        r->casts[r->cast_count++] = ++r->depth;
        r->rest = str_from(after, 1);
        return;
    }
    put_word(r, word);
    r->rest = after;
}

static void end_statement(struct rewriter *r)
{
    if (r->table)
        buf_put(r->out, STR(" STRICT"));
    r->words = r->depth = r->cast_count = 0;
    r->create = r->table = false;
}

static void on_sign(struct rewriter *r)
{
    char c = r->rest.ptr[0];
    if (c == '(')
        r->depth++;
    if (c == ')' && r->depth > 0) {
        if (r->cast_count && r->casts[r->cast_count - 1] == r->depth) {
            buf_put(r->out, STR(" AS BLOB)"));
            r->cast_count--;
        }
        r->depth--;
    }
    if (c == ';')
        end_statement(r);
    copy(r, 1);
}

void sql_for_sqlite(struct str sql, struct buf *out)
{
    struct rewriter r = { .rest = sql, .out = out };
    while (r.rest.len) {
        size_t skip = opaque(r.rest);
        if (skip)
            copy(&r, skip);
        else if (is_word(r.rest.ptr[0]))
            on_word(&r);
        else
            on_sign(&r);
    }
    end_statement(&r);
}
