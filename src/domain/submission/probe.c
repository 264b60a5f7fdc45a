/* The tutor's run: many tests of one visibility in one box, nothing graded. */
#include "base/num.h"
#include "domain/submission/judge_priv.h"

static bool asked(const struct judge_probe_job *in, const struct exercise_test *t)
{
    if ((t->visibility == TEST_VISIBLE) == in->hidden)
        return false;
    for (size_t i = 0; in->numbers && i < in->number_count; i++)
        if (in->numbers[i] == t->number)
            return true;
    return !in->numbers;
}

/* The asked tests in the asked order: `numbers` when given. */
static size_t choose(const struct judge_probe_job *in, const struct exercise_test **out)
{
    const struct exercise *x = in->exercise;
    size_t n = 0;
    for (size_t i = 0; i < x->test_count && n < SANDBOX_STEPS_MAX; i++)
        if (!in->numbers && asked(in, &x->tests[i]))
            out[n++] = &x->tests[i];
    for (size_t k = 0; in->numbers && k < in->number_count && n < SANDBOX_STEPS_MAX; k++)
        for (size_t i = 0; i < x->test_count; i++)
            if (x->tests[i].number == in->numbers[k] && asked(in, &x->tests[i]))
                out[n++] = &x->tests[i];
    return n;
}

static void describe(const struct judge_probe_job *in, const struct exercise_test *const *tests,
                     size_t n, const struct judge_files *files, struct sandbox_step *steps)
{
    for (size_t i = 0; i < n; i++) {
        (void)judge_box_job(in->exercise, tests[i], files, &steps[i]);
        steps[i].trace = in->trace;
        steps[i].cpu_ms = in->step_ms;
        steps[i].wall_ms = in->step_ms ? 3 * in->step_ms : 0;
    }
}

enum err judge_probe(struct sandbox *s, const struct judge_probe_job *in, struct arena *a,
                     struct judge_probe *out, struct fail *f)
{
    struct judge_files files;
    struct sandbox_step unused;
    *out = (struct judge_probe){ 0 };
    const struct exercise_test **tests =
        ARENA_ARRAY(a, const struct exercise_test *, in->exercise->test_count + 1);
    TRY(judge_files(in->exercise, in->files, in->file_count, &files, f));
    size_t n = choose(in, tests);
    if (!n)
        return ERR_OK;
    struct sandbox_step *steps = ARENA_ARRAY(a, struct sandbox_step, n);
    struct judge_test *results = ARENA_ARRAY(a, struct judge_test, n);
    struct sandbox_result *r = ARENA_NEW(a, struct sandbox_result);
    describe(in, tests, n, &files, steps);
    struct sandbox_job job = judge_box_job(in->exercise, tests[0], &files, &unused);
    job.steps = steps;
    job.step_count = n;
    job.box_per_step = false; /* no verdict comes from here (judge.md D3) */
    job.seed = in->seed ? in->seed : job.seed;
    if (in->all_ms)
        job.limits.cpu_ms = in->all_ms;
    job.limits.wall_ms = in->all_ms ? i64_max(3 * in->all_ms, 2000) : job.limits.wall_ms;
    TRY(sandbox_run(s, &job, a, r, f));
    for (size_t i = 0; i < n; i++) {
        bool compile = false;
        judge_decide(tests[i], &(struct judge_box){ &r->steps[i], r->memory_kib }, a, &results[i],
                     &compile);
        out->compile = out->compile || compile;
    }
    *out = (struct judge_probe){ .tests = results,
                                 .steps = r->steps,
                                 .count = n,
                                 .compile = out->compile,
                                 .wall_us = r->wall_us + r->wait_us };
    out->file_count = files.count;
    struct sandbox_file *kept = ARENA_ARRAY(a, struct sandbox_file, files.count);
    memcpy(kept, files.files, files.count * sizeof *kept);
    out->files = kept;
    return ERR_OK;
}

/* --- many programs, one test --- */

static struct sandbox_step variant_step(const struct judge_variants_job *in, struct str text)
{
    const struct exercise_test *t = in->test;
    bool call = t->kind == TEST_CALL;
    return (struct sandbox_step){ .kind = call ? SANDBOX_CALL : SANDBOX_EXPR,
                                  .setup = text,
                                  .code = call ? t->call : STR("None"),
                                  .args_json = t->args_json,
                                  .kwargs_json = t->kwargs_json,
                                  .stdin_text = t->stdin_text,
                                  .argv = t->argv,
                                  .argc = t->argc,
                                  .imported = call,
                                  .report_args = t->unchanged_count > 0,
                                  .cpu_ms = in->step_ms,
                                  .wall_ms = 4 * in->step_ms };
}

enum err judge_variants(struct sandbox *s, const struct judge_variants_job *in, bool *passed,
                        struct fail *f)
{
    AUTO_ARENA scratch = { 0 };
    struct judge_files files;
    struct sandbox_step steps[JUDGE_VARIANTS], unused;
    struct sandbox_result r = { 0 };
    size_t n = size_min(in->count, JUDGE_VARIANTS);
    const struct sandbox_file nothing = { in->exercise->main_path, STR("") };
    TRY(judge_files(in->exercise, &nothing, 1, &files, f));
    for (size_t i = 0; i < n; i++)
        steps[i] = variant_step(in, in->texts[i]);
    struct sandbox_job job = judge_box_job(in->exercise, in->test, &files, &unused);
    job.steps = steps;
    job.step_count = n;
    job.box_per_step = false; /* no verdict comes from here (judge.md D3) */
    job.limits.cpu_ms = num_i64(n) * in->step_ms + 1'000;
    job.limits.wall_ms = 3 * job.limits.cpu_ms;
    TRY(sandbox_run(s, &job, &scratch, &r, f));
    for (size_t i = 0; i < n; i++) {
        bool compile = false;
        struct judge_test t;
        judge_decide(in->test, &(struct judge_box){ &r.steps[i], r.memory_kib }, &scratch, &t,
                     &compile);
        passed[i] = !compile && verdict_good(t.verdict);
    }
    return ERR_OK;
}
