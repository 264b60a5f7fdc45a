#include "domain/fingerprint/fingerprint.h"

#include "base/num.h"

#include <stdlib.h>

const struct fp_use fp_integrity = { 12, 8 }, fp_uptake = { 8, 4 }, fp_leak = { 5, 4 };

struct token {
    uint64_t hash;
    uint32_t from, to;
};
struct tokens {
    struct token *list;
    size_t n;
};

/* SplitMix64's last steps: spreads every bit over all. */
static uint64_t mixed(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* FNV-1a, so that a stored fingerprint does not depend on the numbers of a grammar's version. */
static uint64_t hash_of(struct str s)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.ptr[i]) * UINT64_C(0x100000001b3);
    return mixed(h);
}

static void put(struct tokens *t, struct str class, uint32_t from, uint32_t to)
{
    t->list[t->n++] = (struct token){ hash_of(class), from, to };
}

/* --- tokens of a tree --- */

#define CLASS_NAME STR("\1name")
#define CLASS_NUMBER STR("\1number")
#define CLASS_TEXT STR("\1text")

static struct str class_of(const char *kind, bool *whole)
{
    static const struct {
        const char *kind;
        int class; /* 0 name, 1 number, 2 text */
    } classes[] = {
        { "identifier", 0 },
        { "type_identifier", 0 },
        { "field_identifier", 0 },
        { "property_identifier", 0 },
        { "private_property_identifier", 0 },
        { "shorthand_property_identifier", 0 },
        { "shorthand_property_identifier_pattern", 0 },
        { "statement_identifier", 0 },
        { "integer", 1 },
        { "float", 1 },
        { "number", 1 },
        { "number_literal", 1 },
        { "decimal_integer_literal", 1 },
        { "hex_integer_literal", 1 },
        { "octal_integer_literal", 1 },
        { "binary_integer_literal", 1 },
        { "decimal_floating_point_literal", 1 },
        { "string", 2 },
        { "string_literal", 2 },
        { "char_literal", 2 },
        { "character_literal", 2 },
        { "template_string", 2 },
        { "system_lib_string", 2 },
    };
    *whole = true;
    for (size_t i = 0; i < COUNT_OF(classes); i++)
        if (!strcmp(kind, classes[i].kind))
            return classes[i].class == 0   ? CLASS_NAME
                   : classes[i].class == 1 ? CLASS_NUMBER
                                           : CLASS_TEXT;
    *whole = false;
    return str_of(kind);
}

static bool is_comment(const char *kind)
{
    return !strcmp(kind, "comment") || !strcmp(kind, "line_comment") ||
           !strcmp(kind, "block_comment");
}

static void tokens_of_tree(const struct tree *t, struct tokens *out)
{
    for (uint32_t i = 0; i < t->count;) {
        const struct tree_node *n = &t->nodes[i];
        const char *kind = tree_kind_name(t->lang, n->kind);
        bool whole = false;
        struct str class = n->named ? class_of(kind, &whole) : str_of(kind);
        bool leaf = whole || n->end == i + 1;
        if (leaf && n->from < n->to && !is_comment(kind))
            put(out, class, n->from, n->to);
        i = leaf ? n->end : i + 1;
    }
}

/* --- tokens of text that does not parse --- */

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static size_t word_end(struct str s, size_t at)
{
    while (at < s.len && is_word(s.ptr[at]))
        at++;
    return at;
}

static size_t text_end(struct str s, size_t at)
{
    char quote = s.ptr[at++];
    while (at < s.len && s.ptr[at] != quote && s.ptr[at] != '\n')
        at += s.ptr[at] == '\\' ? 2 : 1;
    return size_min(at + 1, s.len);
}

static size_t comment_end(struct str s, size_t at, enum tree_lang lang)
{
    struct str rest = str_from(s, at);
    bool line = lang == TREE_PYTHON ? str_starts(rest, STR("#")) : str_starts(rest, STR("//"));
    bool block = lang != TREE_PYTHON && str_starts(rest, STR("/*"));
    size_t end = line ? str_find(rest, STR("\n")) : block ? str_find(rest, STR("*/")) : 0;
    if (!line && !block)
        return at;
    return end == SIZE_MAX ? s.len : at + end + (line ? 1 : 2);
}

/* A keyword is itself, as the grammar has it. */
static struct str word_class(struct str word, enum tree_lang lang)
{
    char name[32];
    if (word.ptr[0] >= '0' && word.ptr[0] <= '9')
        return CLASS_NUMBER;
    if (word.len >= sizeof name)
        return CLASS_NAME;
    memcpy(name, word.ptr, word.len);
    name[word.len] = 0;
    return tree_kind(lang, name, false) ? word : CLASS_NAME;
}

static size_t sign_end(struct str s, size_t at)
{
    static const char *const two[] = { "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", "//", "**",
                                       "&&", "||", "++", "--", "->", "=>", "<<", ">>", "%=", NULL };
    for (size_t i = 0; two[i]; i++)
        if (str_starts(str_from(s, at), str_of(two[i])))
            return at + 2;
    return at + 1;
}

/* The token that begins there; returns where it ends. */
static size_t put_token(struct str s, size_t from, enum tree_lang lang, struct tokens *out)
{
    bool text = s.ptr[from] == '"' || s.ptr[from] == '\'', word = is_word(s.ptr[from]);
    size_t to = text ? text_end(s, from) : word ? word_end(s, from) : sign_end(s, from);
    struct str token = str_head(str_from(s, from), to - from);
    put(out,
        text   ? CLASS_TEXT
        : word ? word_class(token, lang)
               : token,
        (uint32_t)from, (uint32_t)to);
    return to;
}

static void tokens_of_text(struct str s, enum tree_lang lang, struct tokens *out)
{
    for (size_t at = 0; at < s.len;) {
        size_t skipped = comment_end(s, at, lang);
        if (skipped > at)
            at = skipped;
        else if (strchr(" \t\r\n", s.ptr[at]))
            at++;
        else
            at = put_token(s, at, lang, out);
    }
}

/* --- winnowing --- */

static int by_hash(const void *x, const void *y)
{
    const struct fp_mark *a = x, *b = y;
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return a->from < b->from ? -1 : a->from > b->from;
}

static void finish(struct fp *out, struct fp_mark *marks, size_t n, struct arena *a)
{
    struct fp_mark *sorted = ARENA_ARRAY(a, struct fp_mark, n);
    if (n)
        memcpy(sorted, marks, n * sizeof *marks);
    qsort(sorted, n, sizeof *sorted, by_hash);
    out->marks = marks;
    out->by_hash = sorted;
    out->count = n;
}

/* The hash of tokens i .. i + k - 1 for each i, rolled from one to the next. */
static struct fp_mark *grams(const struct tokens *t, size_t k, size_t *n, struct arena *a)
{
    const uint64_t base = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t h = 0, top = 1;
    *n = t->n >= k ? t->n - k + 1 : 0;
    struct fp_mark *out = ARENA_ARRAY(a, struct fp_mark, *n);
    for (size_t i = 1; i < k; i++)
        top *= base;
    for (size_t i = 0; i < t->n; i++) {
        if (i >= k)
            h -= t->list[i - k].hash * top;
        h = h * base + t->list[i].hash;
        if (i + 1 >= k)
            out[i + 1 - k] = (struct fp_mark){ mixed(h), t->list[i + 1 - k].from, t->list[i].to };
    }
    return out;
}

/* Of each w in a row the rightmost least one; a program shorter than that keeps its least. */
static size_t winnow(const struct fp_mark *all, size_t n, size_t w, struct fp_mark *out)
{
    size_t kept = 0, last = SIZE_MAX, windows = n >= w ? n - w + 1 : n > 0;
    for (size_t at = 0; at < windows; at++) {
        size_t end = size_min(at + w, n), least = at;
        for (size_t i = at; i < end; i++)
            if (all[i].hash <= all[least].hash)
                least = i;
        if (least != last)
            out[kept++] = all[least];
        last = least;
    }
    return kept;
}

void fp_make(struct str source, enum tree_lang lang, struct fp_use use, struct arena *a,
             struct fp *out)
{
    AUTO_ARENA scratch = { 0 };
    AUTO_TREE t = { 0 };
    struct fail f = { 0 };
    struct str text = str_head(source, TREE_SOURCE_MAX);
    size_t n = 0;
    assert(use.k && use.w);
    *out =
        (struct fp){ .plain = tree_parse(text, lang, TREE_PARSE_US, &scratch, &t, &f) || t.errors };
    size_t most = out->plain ? text.len : t.count;
    struct tokens tokens = { ARENA_ARRAY(&scratch, struct token, most), 0 };
    if (out->plain)
        tokens_of_text(text, lang, &tokens);
    else
        tokens_of_tree(&t, &tokens);
    out->tokens = tokens.n;
    const struct fp_mark *all = grams(&tokens, use.k, &n, &scratch);
    struct fp_mark *marks = ARENA_ARRAY(a, struct fp_mark, n);
    finish(out, marks, winnow(all, n, use.w, marks), a);
}

/* --- comparing --- */

/* The first mark of that hash; SIZE_MAX: none. */
static size_t find(const struct fp *x, uint64_t hash)
{
    size_t lo = 0, hi = x->count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (x->by_hash[mid].hash < hash)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < x->count && x->by_hash[lo].hash == hash ? lo : SIZE_MAX;
}

void fp_subtract(const struct fp *in, const struct fp *base, struct arena *a, struct fp *out)
{
    struct fp_mark *marks = ARENA_ARRAY(a, struct fp_mark, in->count);
    size_t n = 0;
    for (size_t i = 0; i < in->count; i++)
        if (find(base, in->marks[i].hash) == SIZE_MAX)
            marks[n++] = in->marks[i];
    *out = *in;
    finish(out, marks, n, a);
}

/* How many marks of x have a hash that y has. */
static size_t shared(const struct fp *x, const struct fp *y)
{
    size_t n = 0, k = 0;
    for (size_t i = 0; i < x->count; i++) {
        while (k < y->count && y->by_hash[k].hash < x->by_hash[i].hash)
            k++;
        n += k < y->count && y->by_hash[k].hash == x->by_hash[i].hash;
    }
    return n;
}

double fp_share(const struct fp *x, const struct fp *y)
{
    return x->count ? (double)shared(x, y) / (double)x->count : 0;
}

/* Does the pair go on where the region is? */
static bool continues(const struct fp_region *r, const struct fp_mark *x, const struct fp_mark *y)
{
    return x->from <= r->a_to && y->from >= r->b_from && y->from <= r->b_to;
}

/* Of the marks of y with the hash, the one that continues the region, else the first. */
static const struct fp_mark *partner(const struct fp *y, const struct fp_mark *x,
                                     const struct fp_region *r)
{
    size_t first = find(y, x->hash);
    if (first == SIZE_MAX)
        return NULL;
    for (size_t i = first; r && i < y->count && y->by_hash[i].hash == x->hash; i++)
        if (continues(r, x, &y->by_hash[i]))
            return &y->by_hash[i];
    return &y->by_hash[first];
}

static void find_regions(const struct fp *x, const struct fp *y, struct arena *a,
                         struct fp_shared *out)
{
    struct fp_region *list = ARENA_ARRAY(a, struct fp_region, x->count);
    size_t n = 0;
    for (size_t i = 0; i < x->count; i++) {
        const struct fp_mark *mine = &x->marks[i];
        struct fp_region *r = n ? &list[n - 1] : NULL;
        const struct fp_mark *theirs = partner(y, mine, r);
        if (!theirs)
            continue;
        if (r && continues(r, mine, theirs)) {
            r->a_to = mine->to > r->a_to ? mine->to : r->a_to;
            r->b_to = theirs->to > r->b_to ? theirs->to : r->b_to;
        } else {
            list[n++] = (struct fp_region){ mine->from, mine->to, theirs->from, theirs->to };
        }
    }
    out->regions = list;
    out->region_count = n;
}

void fp_overlap(const struct fp *x, const struct fp *y, const struct fp *base, struct arena *a,
                struct fp_shared *out)
{
    struct fp own_x = *x, own_y = *y;
    if (base) {
        fp_subtract(x, base, a, &own_x);
        fp_subtract(y, base, a, &own_y);
    }
    *out = (struct fp_shared){ .share_a = fp_share(&own_x, &own_y),
                               .share_b = fp_share(&own_y, &own_x) };
    find_regions(&own_x, &own_y, a, out);
}
