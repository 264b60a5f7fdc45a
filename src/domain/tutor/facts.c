#include "base/num.h"
#include "domain/tutor/tutor_priv.h"

/* The facts behind a reply, for "why", and the student's own lines it speaks of. */

static const char *const situation_names[] = {
    [SITUATION_NO_CODE] = "no_code",
    [SITUATION_STARTER] = "starter_unchanged",
    [SITUATION_NOT_RUN] = "not_run",
    [SITUATION_SYNTAX] = "syntax_error",
    [SITUATION_RUNTIME] = "runtime_error",
    [SITUATION_WRONG] = "wrong_answer",
    [SITUATION_SLOW] = "slow",
    [SITUATION_FORBIDDEN] = "forbidden_construct",
    [SITUATION_ALL_PASS] = "all_pass",
    [SITUATION_HIDDEN_ONLY] = "hidden_only",
    [SITUATION_FLAKY] = "flaky",
    [SITUATION_COULD_NOT_RUN] = "could_not_run",
};
static_assert(COUNT_OF(situation_names) == SITUATION_COUNT, "a name for each situation");

const char *situation_name(enum situation s)
{
    return situation_names[s];
}

size_t facts_filter(struct fact *facts, size_t n, int64_t rung)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (facts[i].min_rung <= rung)
            facts[kept++] = facts[i];
    return kept;
}

static void put(struct fact *list, size_t *n, const char *kind, int64_t min_rung, struct str text)
{
    if (text.len)
        list[(*n)++] = (struct fact){ kind, kind, min_rung, text };
}

static struct str witness_text(const struct analysis *x, struct arena *a)
{
    const struct exercise_test *t = x->witness ? x->witness->test : NULL;
    if (!t)
        return (struct str){ 0 };
    struct str input = t->call.len ? t->call : t->stdin_text;
    if (!x->got.len)
        return code_slot(input, a);
    return arena_fmt(a, "%.*s → %.*s", STR_ARG(code_slot(input, a)), STR_ARG(code_slot(x->got, a)));
}

static struct str region_text(const struct analysis *x, struct arena *a)
{
    const struct place *at = &x->region.at;
    if (at->line <= 0)
        return (struct str){ 0 };
    return at->line_end > at->line
               ? arena_fmt(a, "%.*s:%lld-%lld", STR_ARG(x->path), (long long)at->line,
                           (long long)at->line_end)
               : arena_fmt(a, "%.*s:%lld", STR_ARG(x->path), (long long)at->line);
}

static struct str own_lines(struct str text, int64_t from, int64_t to, struct arena *a)
{
    AUTO_BUF b = { .max = 1500 };
    struct str line;
    for (int64_t n = 1; n <= to && str_take_line(&text, &line); n++)
        if (n >= from) {
            if (n > from)
                buf_putc(&b, '\n');
            buf_put(&b, utf8_cut(line, 200));
        }
    return arena_dup(a, buf_str(&b));
}

/* At most five of the student's own lines: the error's from rung 1, the region's from rung 2. */
static void cite(const struct reply_in *in, struct arena *a, struct reply *out)
{
    const struct analysis *x = in->analysis;
    int64_t line = x->error_line, end = line;
    if (line <= 0 && in->ladder.rung >= 2) {
        line = x->region.at.line;
        end = i64_min(x->region.at.line_end, line + 4);
    }
    if (line <= 0 || in->ladder.rung < 1 || !out->counts)
        return;
    struct citation *c = ARENA_NEW(a, struct citation);
    *c = (struct citation){ x->path, own_lines(x->text, line, end, a), line, end };
    out->citations = c;
    out->citation_count = c->text.len ? 1 : 0;
}

static struct str misconception_text(const struct suspect *s, enum variant v)
{
    return exercise_say(s->what->name, variant_lang(v));
}

void facts_of(const struct library *l, const struct reply_in *in, struct arena *a,
              struct reply *out)
{
    const struct analysis *x = in->analysis;
    struct fact *list = ARENA_ARRAY(a, struct fact, 10 + x->suspect_count);
    size_t n = 0;
    put(list, &n, "situation", 0, str_of(situation_name(x->situation)));
    if (x->ran && x->total)
        put(list, &n, "progress", 0,
            arena_fmt(a, "%lld/%lld", (long long)x->passed, (long long)x->total));
    put(list, &n, "witness", 1, witness_text(x, a));
    if (x->error_type.len)
        put(list, &n, "error", 1,
            arena_fmt(a, "%.*s (%lld): %.*s", STR_ARG(x->error_type), (long long)x->error_line,
                      STR_ARG(error_meaning(l, in->variant, x->error_code, x->error_name, a))));
    put(list, &n, "error", 1, exercise_say(x->rule, variant_lang(in->variant)));
    put(list, &n, "region", 2, region_text(x, a));
    for (size_t i = 0; i < x->suspect_count; i++)
        if (x->suspects[i].confirmed)
            put(list, &n, "misconception", 3, misconception_text(&x->suspects[i], in->variant));
    out->facts = list;
    out->fact_count = facts_filter(list, n, in->ladder.rung);
    cite(in, a, out);
}
