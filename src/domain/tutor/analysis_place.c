#include "base/num.h"
#include "domain/tutor/analysis_priv.h"

#include <stdlib.h>

/* From two runs to the lines and the region that a reply may point at. */

static const double region_grows = 0.15, region_unknown = 0.05;

const struct judge_test *analysis_second(const struct work *w, size_t *at)
{
    for (size_t i = 0; w->out->witness && i < w->second.count; i++)
        if (w->second.tests[i].test == w->out->witness->test) {
            *at = i;
            return &w->second.tests[i];
        }
    return NULL;
}

static int by_number(const void *a, const void *b)
{
    const int32_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* Lines of the main file in the order they ran. */
static size_t executed(const struct work *w, const struct sandbox_step_result *s, int32_t *out)
{
    size_t n = 0;
    for (size_t i = 0; i < s->line_count; i++)
        if (s->lines[i].file < w->second.file_count &&
            str_eq(w->second.files[s->lines[i].file].path, w->out->path))
            out[n++] = s->lines[i].line;
    return n;
}

/* The first, untraced run says whether a test passes: the traced one may have been cut short. */
static bool failed_first(const struct work *w, const struct judge_test *second)
{
    for (size_t i = 0; i < w->first.count; i++)
        if (w->first.tests[i].test == second->test)
            return !verdict_good(w->first.tests[i].verdict);
    return !verdict_good(second->verdict);
}

static struct spectrum spectrum_of(const struct work *w, size_t i)
{
    const struct sandbox_step_result *s = &w->second.steps[i];
    int32_t *lines = ARENA_ARRAY(w->a, int32_t, s->line_count + 1);
    size_t n = executed(w, s, lines), kept = 0;
    if (n)
        qsort(lines, n, sizeof *lines, by_number);
    for (size_t k = 0; k < n; k++)
        if (!k || lines[k] != lines[kept - 1])
            lines[kept++] = lines[k];
    return (struct spectrum){ failed_first(w, &w->second.tests[i]), lines, kept };
}

static bool *slice_of(const struct work *w, const struct line_names *names, size_t line_count)
{
    size_t at = 0;
    if (!analysis_second(w, &at) || !w->second.steps[at].line_count)
        return NULL;
    bool *slice = ARENA_ARRAY(w->a, bool, line_count + 1);
    int32_t *lines = ARENA_ARRAY(w->a, int32_t, w->second.steps[at].line_count + 1);
    size_t n = executed(w, &w->second.steps[at], lines);
    slice_back(names, line_count, lines, n, slice);
    return slice;
}

/* Is this line among the first three whatever the order of equals? */
static bool among_first(const struct ranked *r, size_t n, int64_t line)
{
    double score = -1;
    size_t as_good = 0;
    for (size_t i = 0; i < n; i++)
        if (r[i].line == line)
            score = r[i].score;
    for (size_t i = 0; i < n; i++)
        as_good += r[i].score >= score;
    return score > 0 && as_good <= 3;
}

static bool error_agrees(const struct misconception *m, struct str code)
{
    for (size_t i = 0; code.len && i < m->error_count; i++)
        if (str_eq(m->errors[i], code))
            return true;
    return false;
}

/* Evidence of the run: a line that ranks high without the pattern's own weight, or the error. */
static void confirm(struct analysis *o, const struct ranked *r, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < o->suspect_count; i++) {
        struct suspect *s = &o->suspects[i];
        s->confirmed = error_agrees(s->what, o->error_code) || among_first(r, n, s->at.line);
        if (s->confirmed || !s->what->needs_evidence)
            o->suspects[kept++] = *s;
    }
    o->suspect_count = kept;
}

static void take_region(struct work *w)
{
    struct analysis *o = w->out;
    int64_t line = o->error_line > 0 ? o->error_line : o->line_count ? o->lines[0].line : 0;
    double first = o->line_count ? o->lines[0].score : 0;
    double next = o->line_count > 1 ? o->lines[1].score : 0;
    if (line <= 0 || (o->error_line <= 0 && first <= 0))
        return;
    o->confidence = o->error_line > 0 ? 1 : (first - next) / first;
    int widen = o->confidence < region_unknown ? 2 : o->confidence < region_grows ? 1 : 0;
    o->region = syntax_region(w->s, line, widen);
}

/* The lines that verified repairs touch; NULL: there is none. */
static const double *mend(struct work *w, const struct ranked *r, size_t n, size_t lines)
{
    struct analysis *o = w->out;
    struct fail f = { 0 };
    const struct judge_test *failing = o->witness ? o->witness : w->hidden_failed;
    if (!failing || w->in->repair_us <= 0)
        return NULL;
    int64_t *ranked = ARENA_ARRAY(w->a, int64_t, n + 1);
    for (size_t i = 0; i < n; i++)
        ranked[i] = r[i].line;
    const struct repair_job job = { .exercise = w->in->exercise,
                                    .text = o->text,
                                    .ranked = ranked,
                                    .ranked_count = n,
                                    .line_count = lines,
                                    .witness = failing->test,
                                    .passed = o->passed,
                                    .accepted = w->in->accepted,
                                    .accepted_count = w->in->accepted_count,
                                    .budget_us = w->in->repair_us,
                                    .env = w->t->conf.env };
    /* A sandbox that is busy or lost means no repair: the other evidence stays. */
    if (repair_search(w->t->conf.sandbox, &job, w->a, &o->repair, &f) || !o->repair.found)
        return NULL;
    return o->repair.lines;
}

void analysis_place(struct work *w)
{
    struct analysis *o = w->out;
    struct line_names *names = NULL;
    size_t lines = 0;
    syntax_names(w->s, w->a, &names, &lines);
    struct spectrum *spectra = ARENA_ARRAY(w->a, struct spectrum, w->second.count + 1);
    for (size_t i = 0; i < w->second.count; i++)
        spectra[i] = spectrum_of(w, i);
    struct locate_in in = { .spectra = spectra,
                            .spectrum_count = w->second.count,
                            .slice = slice_of(w, names, lines),
                            .error_line = o->situation == SITUATION_RUNTIME ? o->error_line : 0,
                            .line_count = lines };
    struct ranked *plain = NULL, *fused = NULL;
    size_t n = locate(&in, w->a, &plain);
    in.repaired = mend(w, plain, n, lines);
    confirm(o, plain, n);
    bool *suspects = ARENA_ARRAY(w->a, bool, lines + 1);
    for (size_t i = 0; i < o->suspect_count; i++)
        if (num_size(o->suspects[i].at.line) <= lines)
            suspects[o->suspects[i].at.line] = true;
    in.suspects = o->suspect_count ? suspects : NULL;
    o->line_count = locate(&in, w->a, &fused);
    o->lines = fused;
    take_region(w);
}
