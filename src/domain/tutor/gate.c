#include "base/num.h"
#include "domain/tutor/tutor_priv.h"

#include <stdlib.h>

/*
 * What may not leave: runs of a reference solution, code that is one with other names, and data of
 * hidden tests. Fragments are windows of five tokens; what the student already has (own code,
 * starter, statement, visible tests) is no secret and is taken away first. Longer windows see an
 * order: lines that are all known may still be the answer when they stand as in a reference.
 */

enum {
    WINDOW = 5,
    ORDER_WINDOW = 24,
    WINNOW = 4,
    LEAK_TOKENS = 12,
    TOKENS_MAX = 20'000,
    SECRET_CHARS = 6
};
static const int64_t leak_containment_e6 = 600'000;
static const uint8_t no_key[16] = { 0 };

/* --- tokens --- */

enum token_kind { TOKEN_WORD, TOKEN_NUMBER, TOKEN_TEXT, TOKEN_MARK };
struct token {
    struct str text;
    enum token_kind kind;
};
struct tokens {
    struct token *items;
    size_t count;
};

static bool is_word(unsigned char c)
{
    return c >= 0x80 || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z');
}

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static size_t word_length(struct str s)
{
    size_t n = 1;
    bool number = is_digit((unsigned char)s.ptr[0]);
    while (n < s.len && (is_word((unsigned char)s.ptr[n]) || (number && s.ptr[n] == '.')))
        n++;
    return n;
}

/* A quoted text on one line, with its quotes; 1: only a quote. */
static size_t text_length(struct str s)
{
    for (size_t i = 1; i < s.len && s.ptr[i] != '\n'; i++)
        if (s.ptr[i] == s.ptr[0])
            return i + 1;
    return 1;
}

static size_t mark_length(struct str s)
{
    static const char *const pairs[] = {
        "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", "//", "**"
    };
    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        if (str_starts(s, str_of(pairs[i])))
            return 2;
    return 1;
}

static struct token take_token(struct str s)
{
    unsigned char c = (unsigned char)s.ptr[0];
    if (is_word(c))
        return (struct token){ str_head(s, word_length(s)),
                               is_digit(c) ? TOKEN_NUMBER : TOKEN_WORD };
    size_t n = c == '"' || c == '\'' ? text_length(s) : 1;
    if (n > 1)
        return (struct token){ str_head(s, n), TOKEN_TEXT };
    return (struct token){ str_head(s, mark_length(s)), TOKEN_MARK };
}

/* comments: a `#` begins one; white space and backticks are no tokens. */
static struct tokens tokenise(struct str s, bool comments, struct arena *a)
{
    size_t room = size_min(s.len, TOKENS_MAX);
    struct tokens t = { ARENA_ARRAY(a, struct token, room + 1), 0 };
    while (s.len && t.count < room) {
        char c = s.ptr[0];
        size_t skip = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '`';
        if (comments && c == '#') {
            size_t end = str_find(s, STR("\n"));
            skip = end == SIZE_MAX ? s.len : end;
        }
        if (!skip) {
            t.items[t.count] = take_token(s);
            skip = t.items[t.count++].text.len;
        }
        s = str_from(s, skip);
    }
    return t;
}

/* --- sets of fragments --- */

struct set {
    uint64_t *hashes; /* ascending, each once, after set_close */
    size_t count, cap;
};

static void set_add(struct set *s, uint64_t h, struct arena *a)
{
    if (s->count == s->cap) {
        size_t cap = s->cap ? 2 * s->cap : 256;
        uint64_t *bigger = ARENA_ARRAY(a, uint64_t, cap);
        if (s->count)
            memcpy(bigger, s->hashes, s->count * sizeof *bigger);
        s->hashes = bigger;
        s->cap = cap;
    }
    s->hashes[s->count++] = h;
}

static int by_value(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void set_close(struct set *s)
{
    size_t n = 0;
    if (s->count)
        qsort(s->hashes, s->count, sizeof *s->hashes, by_value);
    for (size_t i = 0; i < s->count; i++)
        if (!i || s->hashes[i] != s->hashes[n - 1])
            s->hashes[n++] = s->hashes[i];
    s->count = n;
}

static bool set_has(const struct set *s, uint64_t h)
{
    return s->count && bsearch(&h, s->hashes, s->count, sizeof h, by_value);
}

/* One window as a number. plain: names, numbers and texts count only by their kind. */
static uint64_t window_hash(const struct token *t, size_t width, bool plain)
{
    static const char *const kinds[] = { "v", "n", "s" };
    AUTO_BUF b = { .max = 8192 };
    for (size_t i = 0; i < width; i++) {
        buf_put(&b, plain && t[i].kind != TOKEN_MARK ? str_of(kinds[t[i].kind]) : t[i].text);
        buf_putc(&b, '\0');
    }
    return hash_short(buf_str(&b), no_key);
}

/* A window of prose has no marks of code. */
static bool looks_like_code(const struct token *t)
{
    size_t marks = 0, names = 0;
    for (size_t i = 0; i < WINDOW; i++) {
        bool prose = t[i].text.len == 1 && strchr(".,;:?-", t[i].text.ptr[0]);
        marks += t[i].kind == TOKEN_MARK && !prose && (unsigned char)t[i].text.ptr[0] < 0x80;
        names += t[i].kind == TOKEN_WORD;
    }
    return marks >= 2 && names >= 1;
}

/* How fragments are cut, and those of the references that the student does not have. */
struct sets {
    size_t width;
    bool plain;
    struct set reference, known;
};

static void add_windows(const struct sets *how, struct set *s, struct str text, struct arena *a)
{
    struct tokens t = tokenise(text, true, a);
    for (size_t i = 0; i + how->width <= t.count; i++)
        set_add(s, window_hash(&t.items[i], how->width, how->plain), a);
}

static void add_known(struct sets *how, const struct gate_in *in, struct arena *a)
{
    struct set *s = &how->known;
    const struct exercise *x = in->exercise;
    add_windows(how, s, in->student, a);
    add_windows(how, s, x->statement.es, a);
    add_windows(how, s, x->statement.en, a);
    for (size_t i = 0; i < x->file_count; i++)
        add_windows(how, s, x->files[i].starter, a);
    for (size_t i = 0; i < x->test_count; i++)
        if (x->tests[i].visibility == TEST_VISIBLE) {
            add_windows(how, s, x->tests[i].call, a);
            add_windows(how, s, x->tests[i].value, a);
            add_windows(how, s, x->tests[i].expected, a);
        }
}

static struct sets sets_of(const struct gate_in *in, size_t width, bool plain, struct arena *a)
{
    struct sets s = { .width = width, .plain = plain };
    struct set all = { 0 };
    const struct exercise *x = in->exercise;
    add_known(&s, in, a);
    set_close(&s.known);
    for (size_t i = 0; i < x->solution_count; i++)
        for (size_t k = 0; k < x->solutions[i].file_count; k++)
            add_windows(&s, &all, x->solutions[i].files[k].data, a);
    for (size_t i = 0; i < all.count; i++)
        if (!set_has(&s.known, all.hashes[i]))
            set_add(&s.reference, all.hashes[i], a);
    set_close(&s.reference);
    return s;
}

/* --- rules --- */

struct hit {
    size_t windows, found;
    struct str first; /* where the first one begins */
};

/* Runs of the reference as they are written. */
static struct hit exact_hits(const struct sets *s, struct str reply, struct arena *a)
{
    struct tokens t = tokenise(reply, false, a);
    struct hit h = { 0 };
    struct set seen = { 0 };
    for (size_t i = 0; i + s->width <= t.count; i++) {
        uint64_t v = window_hash(&t.items[i], s->width, false);
        if (!looks_like_code(&t.items[i]) || !set_has(&s->reference, v))
            continue;
        if (!h.first.ptr)
            h.first = t.items[i].text;
        set_add(&seen, v, a);
    }
    set_close(&seen);
    h.found = seen.count;
    h.windows = s->reference.count;
    return h;
}

/* The next piece of code in Markdown: between backticks, or an indented or fenced block. */
static bool take_code(struct str *rest, struct str *code)
{
    size_t open = str_find(*rest, STR("`"));
    if (open == SIZE_MAX)
        return false;
    struct str from = str_from(*rest, open);
    size_t n = 0;
    while (n < from.len && from.ptr[n] == '`')
        n++;
    struct str body = str_from(from, n);
    size_t close = str_find(body, str_head(from, n));
    *code = close == SIZE_MAX ? body : str_head(body, close);
    *rest = close == SIZE_MAX ? str_from(body, body.len) : str_from(body, close + n);
    return true;
}

/* Winnowed fragments of one piece of code with names taken away: how many the reference has. */
static void winnow(const struct sets *s, struct tokens t, struct hit *h, struct arena *a)
{
    size_t n = t.count >= WINDOW ? t.count - WINDOW + 1 : 0;
    uint64_t *v = ARENA_ARRAY(a, uint64_t, n + 1), last = 0;
    for (size_t i = 0; i < n; i++)
        v[i] = window_hash(&t.items[i], WINDOW, true);
    for (size_t i = 0; i < n; i += 1) {
        uint64_t least = v[i];
        for (size_t k = i; k < size_min(n, i + WINNOW); k++)
            least = v[k] < least ? v[k] : least;
        if (least == last || set_has(&s->known, least))
            continue;
        last = least;
        h->windows++;
        h->found += set_has(&s->reference, least);
    }
}

static struct hit renamed_hits(const struct sets *s, struct str reply, struct arena *a)
{
    struct hit h = { 0 };
    struct str code;
    while (take_code(&reply, &code)) {
        struct tokens t = tokenise(code, true, a);
        if (t.count < LEAK_TOKENS)
            continue;
        if (!h.first.ptr)
            h.first = code;
        winnow(s, t, &h, a);
    }
    return h;
}

static bool is_known_text(const struct gate_in *in, struct str s)
{
    const struct exercise *x = in->exercise;
    if (str_has(in->student, s) || str_has(x->statement.es, s) || str_has(x->statement.en, s))
        return true;
    for (size_t i = 0; i < x->test_count; i++)
        if (x->tests[i].visibility == TEST_VISIBLE &&
            (str_has(x->tests[i].call, s) || str_has(x->tests[i].stdin_text, s) ||
             str_has(x->tests[i].expected, s) || str_has(x->tests[i].value, s)))
            return true;
    for (size_t i = 0; i < x->hint_count; i++) /* what the author chose to say */
        if (str_has(x->hints[i].text.es, s) || str_has(x->hints[i].text.en, s))
            return true;
    return false;
}

/* What stands between the brackets of a call. */
static struct str arguments(struct str call)
{
    size_t open = str_find(call, STR("("));
    if (open == SIZE_MAX || call.ptr[call.len - 1] != ')')
        return call;
    return str_head(str_from(call, open + 1), call.len - open - 2);
}

static struct str hidden_part(const struct gate_in *in)
{
    const struct exercise *x = in->exercise;
    for (size_t i = 0; i < x->test_count; i++) {
        const struct exercise_test *t = &x->tests[i];
        if (t->visibility == TEST_VISIBLE)
            continue;
        const struct str secrets[] = { arguments(t->call), t->stdin_text, t->value, t->expected };
        for (size_t k = 0; k < COUNT_OF(secrets); k++) {
            struct str s = str_trim(secrets[k]);
            if (s.len >= SECRET_CHARS && str_has(in->reply, s) && !is_known_text(in, s))
                return s;
        }
    }
    return (struct str){ 0 };
}

static int64_t share_e6(size_t part, size_t of)
{
    return of ? num_i64(part) * 1'000'000 / num_i64(of) : 0;
}

struct gate_out gate_check(const struct gate_in *in, struct arena *a)
{
    struct sets exact = sets_of(in, WINDOW, false, a);
    struct hit h = exact_hits(&exact, in->reply, a);
    struct gate_out out = { .disclosed_e6 = share_e6(h.found, h.windows) };
    struct str hidden = hidden_part(in);
    if (hidden.ptr) {
        out.rule = "hidden_data";
        out.similarity_e6 = 1'000'000;
        out.span = hash_sha256(hidden);
        return out;
    }
    if (h.found) {
        out.rule = "reference_run";
        out.similarity_e6 = out.disclosed_e6;
        out.span = hash_sha256(h.first);
        return out;
    }
    struct sets order = sets_of(in, ORDER_WINDOW, false, a);
    h = exact_hits(&order, in->reply, a);
    if (h.found) {
        out.rule = "reference_order";
        out.similarity_e6 = share_e6(h.found, h.windows);
        out.span = hash_sha256(h.first);
        return out;
    }
    struct sets plain = sets_of(in, WINDOW, true, a);
    struct hit r = renamed_hits(&plain, in->reply, a);
    int64_t like = share_e6(r.found, r.windows);
    if (r.windows && like >= leak_containment_e6) {
        out.rule = "reference_shape";
        out.similarity_e6 = like;
        out.span = hash_sha256(r.first);
    }
    return out;
}
