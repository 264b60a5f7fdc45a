#include "base/num.h"
#include "domain/tutor/tutor_priv.h"
#include "io/asset/asset.h"

/* Misconceptions from content/misconceptions, and matching them (their README is the contract). */

#define CATALOGUE_FOLDER "content/misconceptions/py/"
static const struct json_limits file_limits = { 262'144, 32, 50'000 };
static const struct place everywhere = { .from = 0, .to = UINT32_MAX };

/* --- reading --- */

static struct exercise_text text_both(const struct json *j)
{
    return (struct exercise_text){ json_text(json_get(j, "es")), json_text(json_get(j, "en")) };
}

static bool read_patterns(const struct json *j, struct arena *a, struct misconception *m)
{
    const struct json *list = json_get(j, "query");
    if (!json_is(list, JS_LIST) || !list->count)
        return false;
    m->patterns = ARENA_ARRAY(a, struct syntax_pattern, list->count);
    for (; m->pattern_count < list->count; m->pattern_count++) {
        struct str text = json_text(&list->items[m->pattern_count]);
        if (!text.ptr)
            return false;
        m->patterns[m->pattern_count].text = text;
    }
    return true;
}

static bool read_condition(const struct json *j, struct arena *a, struct condition *c)
{
    const struct json *less = json_get(j, "less"), *starts = json_get(j, "starts");
    const struct json *present = json_get(j, "present"), *absent = json_get(j, "absent");
    const struct json *pair = less ? less : starts;
    c->pattern = json_int(json_get(j, "pattern"), -1);
    if (pair) {
        if (!json_is(pair, JS_LIST) || pair->count != 2)
            return false;
        c->kind = less ? CONDITION_LESS : CONDITION_STARTS;
        c->a = json_text(&pair->items[0]);
        c->b = c->text = json_text(&pair->items[1]);
        return c->a.ptr && c->b.ptr;
    }
    c->kind = present ? CONDITION_PRESENT : CONDITION_ABSENT;
    c->in = json_text(json_get(j, "in"));
    c->inner = ARENA_NEW(a, struct syntax_pattern);
    c->inner->text = json_text(present ? present : absent);
    return c->inner->text.ptr && c->in.ptr;
}

static bool read_conditions(const struct json *j, struct arena *a, struct misconception *m)
{
    const struct json *list = json_get(j, "predicate");
    if (!json_is(list, JS_LIST))
        return false;
    struct condition *conditions = ARENA_ARRAY(a, struct condition, list->count);
    m->conditions = conditions;
    for (; m->condition_count < list->count; m->condition_count++)
        if (!read_condition(&list->items[m->condition_count], a, &conditions[m->condition_count]))
            return false;
    return true;
}

static bool read_entry(const struct json *j, struct arena *a, struct misconception *m)
{
    const struct json *question = json_get(j, "question"), *errors = json_get(j, "errors");
    const struct json *needs = json_get(j, "needs_evidence");
    m->id = json_text(json_get(j, "id"));
    m->name = text_both(json_get(j, "name"));
    m->concept = text_both(json_get(j, "concept"));
    m->question_es = json_text(json_get(question, "es"));
    m->question_es_ar = json_text(json_get(question, "es_ar"));
    m->question_en = json_text(json_get(question, "en"));
    m->needs_evidence = json_is(needs, JS_BOOL) && needs->b;
    m->tests = json_get(j, "tests");
    if (!m->id.ptr || !m->question_es.ptr || !m->question_en.ptr || !json_is(errors, JS_LIST))
        return false;
    struct str *codes = ARENA_ARRAY(a, struct str, errors->count);
    for (size_t i = 0; i < errors->count; i++)
        codes[i] = json_text(&errors->items[i]);
    m->errors = codes;
    m->error_count = errors->count;
    return read_patterns(j, a, m) && read_conditions(j, a, m);
}

enum err catalogue_load(struct arena *a, struct catalogue *out, struct fail *f)
{
    struct str name, data;
    size_t first = asset_first(STR(CATALOGUE_FOLDER)), n = 0;
    *out = (struct catalogue){ 0 };
    while (first != SIZE_MAX && asset_at(first + n, &name, &data) &&
           str_starts(name, STR(CATALOGUE_FOLDER)))
        n++;
    out->items = ARENA_ARRAY(a, struct misconception, n);
    for (; out->count < n; out->count++) {
        struct json *j = ARENA_NEW(a, struct json);
        bool there = asset_at(first + out->count, &name, &data);
        assert(there);
        TRY(json_parse(data, &file_limits, a, j, f));
        if (!read_entry(j, a, &out->items[out->count]))
            return FAIL(f, ERR_INPUT, "content", "%.*s is incomplete", STR_ARG(name));
    }
    return ERR_OK;
}

void catalogue_free(struct catalogue *c)
{
    for (size_t i = 0; i < c->count; i++) {
        for (size_t k = 0; k < c->items[i].pattern_count; k++)
            syntax_query_free(c->items[i].patterns[k].query);
        for (size_t k = 0; k < c->items[i].condition_count; k++)
            if (c->items[i].conditions[k].inner)
                syntax_query_free(c->items[i].conditions[k].inner->query);
    }
    c->count = 0;
}

void catalogue_compile(const struct catalogue *c, const atomic_bool *stop)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct misconception *m = &c->items[i];
        for (size_t k = 0; k < m->pattern_count && !atomic_load(stop); k++)
            (void)syntax_pattern_query(&m->patterns[k]);
        for (size_t k = 0; k < m->condition_count && !atomic_load(stop); k++)
            if (m->conditions[k].inner)
                (void)syntax_pattern_query(m->conditions[k].inner);
    }
}

const struct misconception *catalogue_find(const struct catalogue *c, struct str id)
{
    for (size_t i = 0; i < c->count; i++)
        if (str_eq(c->items[i].id, id))
            return &c->items[i];
    return NULL;
}

/* --- matching --- */

/* A capture of the inner pattern that has the name of an outer one must have its text. */
static bool joins(void *ctx, const struct syntax_match *inner)
{
    const struct syntax_match *outer = ctx;
    for (size_t i = 0; i < inner->count; i++) {
        const struct syntax_capture *same = syntax_captured(outer, inner->captures[i].name);
        if (same && !str_eq(same->text, inner->captures[i].text))
            return false;
    }
    return true;
}

static struct place scope_of(const struct condition *c, const struct syntax_match *m, bool *known)
{
    *known = true;
    if (str_is(c->in, "module"))
        return everywhere;
    for (size_t i = 0; i < m->count; i++)
        if (str_is(c->in, m->captures[i].name))
            return m->captures[i].at;
    *known = false;
    return everywhere;
}

static const struct syntax_capture *captured(const struct syntax_match *m, struct str name)
{
    for (size_t i = 0; i < m->count; i++)
        if (str_is(name, m->captures[i].name))
            return &m->captures[i];
    return NULL;
}

static bool is_less(const struct condition *c, const struct syntax_match *m)
{
    const struct syntax_capture *a = captured(m, c->a), *b = captured(m, c->b);
    double x = 0, y = 0;
    return a && b && str_to_real(a->text, &x) && str_to_real(b->text, &y) && x < y;
}

static bool condition_holds(const struct condition *c, const struct syntax *s,
                            struct syntax_match *m)
{
    struct syntax_match inner;
    bool known = false;
    if (c->kind == CONDITION_LESS)
        return is_less(c, m);
    if (c->kind == CONDITION_STARTS) {
        const struct syntax_capture *a = captured(m, c->a);
        return a && str_starts(a->text, c->text);
    }
    struct place in = scope_of(c, m, &known);
    bool found = known && syntax_find(s, syntax_pattern_query(c->inner), in, joins, m, &inner);
    return found == (c->kind == CONDITION_PRESENT);
}

struct candidate {
    const struct misconception *what;
    const struct syntax *s;
    int64_t pattern;
};

static bool all_hold(void *ctx, const struct syntax_match *m)
{
    const struct candidate *k = ctx;
    struct syntax_match copy = *m;
    for (size_t i = 0; i < k->what->condition_count; i++) {
        const struct condition *c = &k->what->conditions[i];
        if ((c->pattern < 0 || c->pattern == k->pattern) && !condition_holds(c, k->s, &copy))
            return false;
    }
    return true;
}

bool misconception_match(const struct misconception *m, const struct syntax *s, struct suspect *out)
{
    for (size_t i = 0; i < m->pattern_count; i++) {
        struct candidate k = { m, s, num_i64(i) };
        if (!syntax_find(s, syntax_pattern_query(&m->patterns[i]), everywhere, all_hold, &k,
                         &out->match))
            continue;
        const struct syntax_capture *at = syntax_captured(&out->match, "at");
        out->what = m;
        out->at = at ? at->at : out->match.captures[0].at;
        out->confirmed = false;
        return true;
    }
    return false;
}

size_t catalogue_match(const struct catalogue *c, const struct syntax *s, struct suspect *out,
                       size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < c->count && n < max; i++)
        n += misconception_match(&c->items[i], s, &out[n]);
    return n;
}
