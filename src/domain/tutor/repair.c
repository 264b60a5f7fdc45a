/* Searching a change that makes every test pass: proposals by cost, the failing case first. */
#include "domain/tutor/repair.h"
#include "base/num.h"

#include <stdlib.h>

enum {
    BATCH = 32,
    CHANGES_MAX = 2'000, /* proposed */
    TRIED_MAX = 300,     /* run */
    PART_TRIED = 128,    /* of them, before faults in several places are thought of */
    ALIGNED = 5,         /* correct programs that are looked at closely */
    PAIRS_MAX = 8,       /* edits of which every two are tried together */
    STEP_MS = 40,
    PROBE_MS = 1'000,
    RPS_MAX_E6 = 800'000, /* replacing the whole program is not a repair */
    RANK_WANTED = 5,
    SHORT_PROGRAM = 12, /* lines; all of them are looked at */
    VOTES = 8,
};

struct search {
    struct sandbox *sandbox;
    const struct repair_job *job;
    struct arena *a;
    struct repair *out;
    struct program mine;
    struct changes changes;
    int64_t until;
    int64_t cost; /* of the repair found */
    int votes;
    /* the change with which most tests pass, when not all do */
    struct change best;
    int64_t best_passed, first_passed;
    const struct exercise_test *best_failed;
};

/* --- proposals from correct programs --- */

struct model {
    struct program program;
    int64_t distance;
};

/* How differently two programs are built: statements of each kind, and length. */
static void count_kinds(const struct part *list, size_t n, int64_t counts[PART_OTHER + 1])
{
    for (size_t i = 0; i < n; i++) {
        counts[list[i].kind]++;
        count_kinds(list[i].inside, list[i].inside_count, counts);
    }
}

static int64_t structure_distance(const struct program *x, const struct program *y)
{
    int64_t cx[PART_OTHER + 1] = { 0 }, cy[PART_OTHER + 1] = { 0 }, sum = 0;
    count_kinds(x->parts, x->count, cx);
    count_kinds(y->parts, y->count, cy);
    for (int k = 0; k <= PART_OTHER; k++)
        sum += (k == PART_SIMPLE ? 1 : 3) * llabs(cx[k] - cy[k]);
    return 10 * sum + llabs((int64_t)x->token_count - (int64_t)y->token_count);
}

static int nearer(const void *pa, const void *pb)
{
    const struct model *x = pa, *y = pb;
    return x->distance < y->distance ? -1 : x->distance > y->distance;
}

static void add_model(struct search *w, struct str text, struct model *models, size_t *n)
{
    struct fail f = { 0 };
    AUTO_TREE tree = { 0 };
    struct model m = { 0 };
    if (tree_parse(text, TREE_PYTHON, TREE_PARSE_US, w->a, &tree, &f) ||
        !program_of(&tree, w->a, &m.program))
        return;
    m.distance = structure_distance(&w->mine, &m.program);
    models[(*n)++] = m;
}

static size_t find_models(struct search *w, struct model **out)
{
    const struct exercise *x = w->job->exercise;
    struct model *models =
        ARENA_ARRAY(w->a, struct model, x->solution_count + w->job->accepted_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < x->solution_count; i++)
        for (size_t k = 0; k < x->solutions[i].file_count; k++)
            if (str_eq(x->solutions[i].files[k].path, x->main_path))
                add_model(w, x->solutions[i].files[k].data, models, &n);
    for (size_t i = 0; i < w->job->accepted_count; i++)
        add_model(w, w->job->accepted[i], models, &n);
    if (n)
        qsort(models, n, sizeof *models, nearer);
    *out = models;
    return size_min(n, ALIGNED);
}

static int64_t size_e6(const struct search *w, const struct change *c)
{
    return c->cost * 1'000'000 / i64_max(1, w->mine.token_count);
}

static void propose(struct search *w, const struct edits *e, size_t from, size_t count, size_t also)
{
    struct change c = { 0 };
    for (size_t i = from; i < from + count && c.count < CHANGE_EDITS; i++) {
        c.edits[c.count++] = &e->items[i];
        c.cost += e->items[i].cost;
    }
    if (also != SIZE_MAX) {
        c.edits[c.count++] = &e->items[also];
        c.cost += e->items[also].cost;
    }
    if (size_e6(w, &c) <= RPS_MAX_E6)
        changes_add(&w->changes, &c);
}

static void from_models(struct search *w)
{
    struct model *models = NULL;
    size_t n = find_models(w, &models);
    for (size_t m = 0; m < n; m++) {
        struct edits *e = ARENA_NEW(w->a, struct edits);
        align(&w->mine, &models[m].program, w->a, e);
        for (size_t i = 0; i < e->count; i++)
            propose(w, e, i, 1, SIZE_MAX);
        for (size_t i = 0; i < e->count && e->count <= PAIRS_MAX; i++)
            for (size_t k = i + 1; k < e->count; k++)
                propose(w, e, i, 1, k);
        if (e->count > 2 && e->count <= CHANGE_EDITS)
            propose(w, e, 0, e->count, SIZE_MAX);
    }
}

/* --- in order --- */

static int64_t rank_of(const struct search *w, int64_t line)
{
    for (size_t i = 0; i < w->job->ranked_count; i++)
        if (w->job->ranked[i] == line)
            return num_i64(i);
    return num_i64(w->job->ranked_count);
}

static int64_t weight(const struct search *w, const struct change *c)
{
    int64_t rank = 0;
    for (size_t i = 0; i < c->count; i++)
        rank = i64_max(rank, rank_of(w, c->edits[i]->line));
    return 4 * c->cost + i64_min(rank, 12);
}

struct weighed {
    int64_t weight;
    size_t at;
};

static int lighter(const void *pa, const void *pb)
{
    const struct weighed *x = pa, *y = pb;
    if (x->weight != y->weight)
        return x->weight < y->weight ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

static void sort_changes(struct search *w)
{
    size_t n = w->changes.count;
    struct weighed *order = ARENA_ARRAY(w->a, struct weighed, n + 1);
    struct change *sorted = ARENA_ARRAY(w->a, struct change, n + 1);
    for (size_t i = 0; i < n; i++)
        order[i] = (struct weighed){ weight(w, &w->changes.items[i]), i };
    if (n)
        qsort(order, n, sizeof *order, lighter);
    for (size_t i = 0; i < n; i++)
        sorted[i] = w->changes.items[order[i].at];
    w->changes.items = sorted;
}

static void from_slips(struct search *w)
{
    size_t lines = w->job->line_count;
    bool *wanted = ARENA_ARRAY(w->a, bool, lines + 1);
    for (size_t i = 0; i < lines + 1; i++)
        wanted[i] = lines <= SHORT_PROGRAM;
    for (size_t i = 0; i < w->job->ranked_count && i < RANK_WANTED; i++)
        if (w->job->ranked[i] > 0 && num_size(w->job->ranked[i]) <= lines)
            wanted[w->job->ranked[i]] = true;
    small_changes(&w->mine, wanted, lines, w->a, &w->changes);
}

/* --- trying --- */

static bool time_left(const struct search *w)
{
    return env_mono(w->job->env) < w->until && w->out->tried < TRIED_MAX;
}

/* How many tests of one visibility pass, and the first that does not. */
struct outcome {
    int64_t passed;
    const struct exercise_test *failed; /* NULL: none */
};

static enum err run_tests(struct search *w, struct str text, bool hidden, struct outcome *out,
                          struct fail *f)
{
    AUTO_ARENA scratch = { 0 };
    const struct sandbox_file file = { w->job->exercise->main_path, text };
    struct judge_probe probe;
    const struct judge_probe_job job = { .exercise = w->job->exercise,
                                         .files = &file,
                                         .file_count = 1,
                                         .hidden = hidden,
                                         .step_ms = PROBE_MS,
                                         .all_ms = 3 * (int64_t)PROBE_MS };
    *out = (struct outcome){ 0 };
    TRY(judge_probe(w->sandbox, &job, &scratch, &probe, f));
    for (size_t i = 0; i < probe.count; i++)
        if (verdict_good(probe.tests[i].verdict))
            out->passed++;
        else if (!out->failed)
            out->failed = probe.tests[i].test;
    return ERR_OK;
}

/* As a submission is judged: a box and a process for each test. */
static enum err judged(struct search *w, struct str text, bool *passes, struct fail *f)
{
    AUTO_ARENA scratch = { 0 };
    const struct sandbox_file file = { w->job->exercise->main_path, text };
    struct judge_result result;
    const struct judge_job job = { .env = w->job->env,
                                   .exercise = w->job->exercise,
                                   .files = &file,
                                   .file_count = 1,
                                   .stop_at_failure = true };
    TRY(judge_run(w->sandbox, &job, &scratch, &result, f));
    *passes = result.verdict == VERDICT_ACCEPTED;
    return ERR_OK;
}

static enum err holds(struct search *w, const struct change *c, struct outcome *out, struct fail *f)
{
    struct str text = program_edited(&w->mine, c->edits, c->count, w->a);
    struct outcome hidden;
    TRY(run_tests(w, text, false, out, f));
    if (out->failed)
        return ERR_OK;
    TRY(run_tests(w, text, true, &hidden, f));
    out->passed += hidden.passed;
    out->failed = hidden.failed;
    return ERR_OK;
}

/* Edits that are not needed are taken out again. */
static enum err reduce(struct search *w, struct change *c, struct fail *f)
{
    for (size_t i = 0; i < c->count && c->count > 1 && time_left(w);) {
        struct change less = *c;
        struct outcome now;
        less.cost -= c->edits[i]->cost;
        less.count--;
        memmove(&less.edits[i], &less.edits[i + 1], (less.count - i) * sizeof(const struct edit *));
        w->out->tried++;
        TRY(holds(w, &less, &now, f));
        if (!now.failed)
            *c = less;
        else
            i++;
    }
    return ERR_OK;
}

/* A line touched by more of the repairs is likelier the one that is wrong. */
static void vote(struct search *w, const struct change *c)
{
    w->votes++;
    for (size_t i = 0; i < c->count; i++)
        for (int64_t line = c->edits[i]->line; line <= c->edits[i]->line_end; line++)
            if (line > 0 && num_size(line) <= w->job->line_count)
                w->out->lines[line] += 1;
}

static enum err found(struct search *w, struct change *c, struct fail *f)
{
    bool passes = false;
    TRY(reduce(w, c, f));
    TRY(judged(w, program_edited(&w->mine, c->edits, c->count, w->a), &passes, f));
    if (!passes || size_e6(w, c) > RPS_MAX_E6)
        return ERR_OK;
    w->out->found = true;
    w->out->size_e6 = size_e6(w, c);
    w->cost = c->cost;
    vote(w, c);
    return ERR_OK;
}

/* The first repair is reduced and judged; those found beside it, of nearly its size, only vote. */
static enum err try_one(struct search *w, const struct change *proposal, struct fail *f)
{
    struct change c = *proposal;
    struct outcome now;
    if (w->out->found && (c.cost > w->cost + 1 || w->votes == VOTES))
        return ERR_OK;
    TRY(holds(w, &c, &now, f));
    if (now.failed) {
        if (now.passed > w->best_passed) {
            w->best_passed = now.passed;
            w->best = c;
            w->best_failed = now.failed;
        }
        return ERR_OK;
    }
    if (!w->out->found)
        return found(w, &c, f);
    vote(w, &c);
    return ERR_OK;
}

static enum err try_batch(struct search *w, const struct exercise_test *witness,
                          const struct change *changes, size_t n, struct fail *f)
{
    AUTO_ARENA scratch = { 0 };
    struct str texts[BATCH];
    bool passed[BATCH] = { 0 };
    for (size_t i = 0; i < n; i++)
        texts[i] = program_edited(&w->mine, changes[i].edits, changes[i].count, &scratch);
    const struct judge_variants_job job = { .exercise = w->job->exercise,
                                            .test = witness,
                                            .texts = texts,
                                            .count = n,
                                            .step_ms = STEP_MS };
    w->out->tried += num_i64(n);
    TRY(judge_variants(w->sandbox, &job, passed, f));
    for (size_t i = 0; i < n; i++)
        if (passed[i] && env_mono(w->job->env) < w->until)
            TRY(try_one(w, &changes[i], f));
    return ERR_OK;
}

static enum err try_all(struct search *w, const struct exercise_test *witness,
                        const struct changes *c, int64_t tried_max, struct fail *f)
{
    for (size_t i = 0; i < c->count && !w->out->found && time_left(w) && w->out->tried < tried_max;
         i += BATCH)
        TRY(try_batch(w, witness, c->items + i, size_min(BATCH, c->count - i), f));
    return ERR_OK;
}

/* --- faults in several places: what mends one case is the start for the next --- */

static bool apart(const struct change *x, const struct change *y)
{
    for (size_t i = 0; i < x->count; i++)
        for (size_t k = 0; k < y->count; k++)
            if (x->edits[i]->kind != EDIT_INSERT && x->edits[i]->at == y->edits[k]->at)
                return false;
    return x->count + y->count <= CHANGE_EDITS;
}

static enum err compose(struct search *w, struct fail *f)
{
    for (int64_t before = w->first_passed;
         !w->out->found && w->best_passed > before && time_left(w);) {
        const struct change base = w->best;
        struct changes next = { ARENA_ARRAY(w->a, struct change, TRIED_MAX), 0, TRIED_MAX };
        before = w->best_passed;
        for (size_t i = 0; i < w->changes.count; i++) {
            struct change c = base;
            const struct change *more = &w->changes.items[i];
            if (!apart(&base, more))
                continue;
            memcpy(c.edits + c.count, more->edits, more->count * sizeof(const struct edit *));
            c.count += more->count;
            c.cost += more->cost;
            changes_add(&next, &c);
        }
        TRY(try_all(w, w->best_failed, &next, w->out->tried + PART_TRIED, f));
    }
    return ERR_OK;
}

static void scale_votes(struct search *w)
{
    double most = 1;
    for (size_t i = 0; i <= w->job->line_count; i++)
        most = w->out->lines[i] > most ? w->out->lines[i] : most;
    for (size_t i = 0; i <= w->job->line_count; i++)
        w->out->lines[i] /= most;
}

static enum err search(struct search *w, struct fail *f)
{
    w->changes = (struct changes){ ARENA_ARRAY(w->a, struct change, CHANGES_MAX), 0, CHANGES_MAX };
    from_models(w);
    from_slips(w);
    sort_changes(w);
    w->best_passed = w->first_passed = w->job->passed;
    TRY(try_all(w, w->job->witness, &w->changes, PART_TRIED, f));
    TRY(compose(w, f));
    struct changes rest = w->changes;
    size_t done = size_min(rest.count, PART_TRIED);
    rest.items += done;
    rest.count -= done;
    return try_all(w, w->job->witness, &rest, TRIED_MAX, f);
}

enum err repair_search(struct sandbox *s, const struct repair_job *job, struct arena *a,
                       struct repair *out, struct fail *f)
{
    AUTO_ARENA scratch = { 0 };
    AUTO_TREE tree = { 0 };
    struct search w = { .sandbox = s, .job = job, .a = &scratch, .out = out };
    int64_t from = env_mono(job->env);
    w.until = from + job->budget_us;
    *out = (struct repair){ .lines = ARENA_ARRAY(a, double, job->line_count + 1) };
    if (!job->witness || tree_parse(job->text, TREE_PYTHON, TREE_PARSE_US, &scratch, &tree, f) ||
        !program_of(&tree, &scratch, &w.mine))
        return ERR_OK;
    TRY(search(&w, f));
    scale_votes(&w);
    out->wall_us = env_mono(job->env) - from;
    return ERR_OK;
}
