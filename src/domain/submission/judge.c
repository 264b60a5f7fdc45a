/* Running the tests of an exercise: each in its own box, several at once. */
#include "base/num.h"
#include "domain/submission/judge_priv.h"

#include <pthread.h>

enum { PARALLEL = 4, PARALLEL_MAX = 16 };

/* --- what goes into a box --- */

static enum err add_file(struct judge_files *out, struct str path, struct str text, struct fail *f)
{
    if (out->count == JUDGE_FILES || text.len > JUDGE_FILE_BYTES)
        return FAIL(f, ERR_INPUT, "run.files", "more than %d files, or %.*s is too large",
                    JUDGE_FILES, STR_ARG(path));
    out->files[out->count++] = (struct sandbox_file){ path, text };
    return ERR_OK;
}

static const struct exercise_file *file_named(const struct exercise *x, struct str path)
{
    for (size_t i = 0; i < x->file_count; i++)
        if (str_eq(x->files[i].path, path))
            return &x->files[i];
    return NULL;
}

enum err judge_files(const struct exercise *x, const struct sandbox_file *files, size_t n,
                     struct judge_files *out, struct fail *f)
{
    *out = (struct judge_files){ 0 };
    for (size_t i = 0; i < n; i++) {
        const struct exercise_file *known = file_named(x, files[i].path);
        if (known && !known->editable)
            continue; /* the starter's text counts */
        if (known && num_i64(files[i].text.len) > known->max_bytes)
            return FAIL(f, ERR_INPUT, "run.files", "%.*s is too large", STR_ARG(files[i].path));
        TRY(add_file(out, files[i].path, files[i].text, f));
    }
    for (size_t i = 0; i < x->file_count; i++) {
        bool there = false;
        for (size_t j = 0; j < out->count; j++)
            there = there || str_eq(out->files[j].path, x->files[i].path);
        if (!there)
            TRY(add_file(out, x->files[i].path, x->files[i].starter, f));
    }
    return ERR_OK;
}

static int64_t either(int64_t own, int64_t otherwise)
{
    return own ? own : otherwise;
}

static struct sandbox_limits limits_of(const struct exercise *x, const struct exercise_test *t)
{
    static const struct exercise_limits none = { 0 };
    const struct exercise_limits *own = t ? &t->limits : &none;
    int64_t cpu = either(own->cpu_ms, x->limits.cpu_ms);
    int64_t wall = own->wall_ms  ? own->wall_ms
                   : own->cpu_ms ? i64_max(3 * own->cpu_ms, 6000)
                                 : x->limits.wall_ms;
    return (struct sandbox_limits){
        .cpu_ms = cpu,
        .wall_ms = wall,
        .memory_kib = either(own->memory_kib, x->limits.memory_kib),
        .output_kib = either(own->output_kib, x->limits.output_kib),
        .files_kib = either(own->files_kib, x->limits.files_kib),
        .threads = either(own->threads, x->limits.threads),
    };
}

struct sandbox_job judge_box_job(const struct exercise *x, const struct exercise_test *t,
                                 const struct judge_files *files, struct sandbox_step *step)
{
    *step = (struct sandbox_step){ .kind = t->kind == TEST_CALL ? SANDBOX_CALL : SANDBOX_MAIN,
                                   .code = t->call,
                                   .args_json = t->args_json,
                                   .kwargs_json = t->kwargs_json,
                                   .stdin_text = t->stdin_text,
                                   .argv = t->argv,
                                   .argc = t->argc,
                                   .imported = t->kind == TEST_CALL,
                                   .report_args = t->unchanged_count > 0 };
    return (struct sandbox_job){ .profile = SANDBOX_PYTHON,
                                 .files = files->files,
                                 .file_count = files->count,
                                 .main_path = x->main_path,
                                 .steps = step,
                                 .step_count = 1,
                                 .box_per_step = true,
                                 .seed = t->seed,
                                 .limits = limits_of(x, t) };
}

/* --- keeping results --- */

static struct exercise_text keep_text(struct exercise_text t, struct arena *a)
{
    return (struct exercise_text){ arena_dup(a, t.es), arena_dup(a, t.en) };
}

static const struct diagnostic *keep_diagnostic(const struct diagnostic *d, struct arena *a)
{
    struct diagnostic *out = ARENA_NEW(a, struct diagnostic);
    struct sandbox_frame *frames = ARENA_ARRAY(a, struct sandbox_frame, d->frame_count);
    *out = *d;
    for (size_t i = 0; i < d->frame_count; i++)
        frames[i] = (struct sandbox_frame){ .file = arena_dup(a, d->frames[i].file),
                                            .function = arena_dup(a, d->frames[i].function),
                                            .line = d->frames[i].line };
    out->frames = frames;
    out->file = arena_dup(a, d->file);
    out->raw = arena_dup(a, d->raw);
    out->message = keep_text(d->message, a);
    return out;
}

struct judge_test judge_test_keep(const struct judge_test *t, struct arena *a)
{
    struct judge_test out = *t;
    out.actual = arena_dup(a, t->actual);
    out.stdout_text = arena_dup(a, t->stdout_text);
    out.message = keep_text(t->message, a);
    out.diagnostic = t->diagnostic ? keep_diagnostic(t->diagnostic, a) : NULL;
    return out;
}

/* --- the tests of one judging, shared by its threads --- */

enum test_state { TEST_WAITS, TEST_RUNS, TEST_ENDED };

struct judging {
    struct sandbox *sandbox;
    const struct judge_job *job;
    const struct judge_files *files;
    pthread_mutex_t lock;
    pthread_cond_t ended; /* a test ended */
    /* guarded by lock */
    struct arena *a;
    struct judge_result *out;
    struct judge_test *tests;
    enum test_state *states;
    const size_t *order;
    size_t count, done;
    bool stopped;                     /* no new test starts */
    const struct diagnostic *compile; /* the compiler's word, when it had one */
    enum err bad;                     /* first error of the platform */
    struct fail fail;
};

static size_t position_of(const struct judging *g, int64_t number)
{
    for (size_t i = 0; i < g->count; i++)
        if (g->tests[i].test->number == number)
            return i;
    return SIZE_MAX;
}

/* May it start, must it wait, or is it out? */
static enum test_state gate(const struct judging *g, size_t i, bool *skip)
{
    int64_t after = g->tests[i].test->after;
    size_t before = after ? position_of(g, after) : SIZE_MAX;
    *skip = g->stopped;
    if (before == SIZE_MAX || *skip)
        return TEST_RUNS;
    *skip = g->states[before] == TEST_ENDED && !verdict_good(g->tests[before].verdict);
    return g->states[before] == TEST_ENDED ? TEST_RUNS : TEST_WAITS;
}

static void end_test(struct judging *g, size_t i, const struct judge_test *t)
{
    g->tests[i] = judge_test_keep(t, g->a);
    g->states[i] = TEST_ENDED;
    g->done++;
    if (g->job->stop_at_failure && !verdict_good(t->verdict))
        g->stopped = true;
    if (g->job->progress)
        g->job->progress(g->job->ctx, &g->tests[i], num_i64(g->done), num_i64(g->count));
    pthread_cond_broadcast(&g->ended);
}

static void skip_test(struct judging *g, size_t i)
{
    struct judge_test t = { .test = g->tests[i].test,
                            .verdict = VERDICT_SKIPPED,
                            .actual = STR(""),
                            .stdout_text = STR(""),
                            .message = { STR(""), STR("") } };
    end_test(g, i, &t);
}

/* The next test to run, under the lock; SIZE_MAX: nothing is left. */
static size_t take_test(struct judging *g)
{
    for (;;) {
        bool waiting = false;
        for (size_t k = 0; k < g->count; k++) {
            size_t i = g->order[k];
            bool skip = false;
            if (g->states[i] != TEST_WAITS)
                continue;
            enum test_state next = gate(g, i, &skip);
            if (next == TEST_WAITS) {
                waiting = true;
            } else if (skip) {
                skip_test(g, i);
            } else {
                g->states[i] = TEST_RUNS;
                return i;
            }
        }
        if (!waiting)
            return SIZE_MAX;
        pthread_cond_wait(&g->ended, &g->lock);
    }
}

static enum err run_test(struct judging *g, size_t i, struct arena *a, struct judge_test *t,
                         bool *compile, struct fail *f)
{
    struct sandbox_step step;
    struct sandbox_result r = { 0 };
    struct sandbox_job job = judge_box_job(g->job->exercise, g->tests[i].test, g->files, &step);
    job.hash_seed = g->job->hash_seed;
    for (int tries = 1; tries <= JUDGE_TRIES; tries++) {
        TRY(sandbox_run(g->sandbox, &job, a, &r, f));
        assert(r.step_count == 1);
        judge_decide(g->tests[i].test,
                     &(struct judge_box){ .step = &r.steps[0], .memory_kib = r.memory_kib }, a, t,
                     compile);
        t->tries = tries;
        if (t->verdict != VERDICT_JUDGE_ERROR)
            break;
    }
    pthread_mutex_lock(&g->lock);
    if (!g->out->toolchain.ptr) {
        g->out->toolchain = arena_dup(g->a, r.toolchain);
        g->out->keeper = arena_dup(g->a, r.keeper);
        g->out->layers = r.layers;
    }
    g->out->layers &= r.layers;
    pthread_mutex_unlock(&g->lock);
    return ERR_OK;
}

/* Under the lock. */
static void stop_for(struct judging *g, enum err bad, const struct fail *f)
{
    if (!g->bad) {
        g->bad = bad;
        g->fail = *f;
    }
    g->stopped = true;
}

static void finish(struct judging *g, size_t i, enum err bad, const struct judge_test *t,
                   bool compile, const struct fail *f)
{
    if (bad) {
        stop_for(g, bad, f);
        skip_test(g, i);
        return;
    }
    if (compile) {
        g->compile = g->compile ? g->compile : keep_diagnostic(t->diagnostic, g->a);
        g->stopped = true;
    }
    end_test(g, i, t);
}

/* Takes tests until none is left. */
static void work(struct judging *g, bool calling_thread)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    pthread_mutex_lock(&g->lock);
    for (size_t i; (i = take_test(g)) != SIZE_MAX;) {
        struct judge_test t = { 0 };
        bool compile = false;
        enum err bad = ERR_OK;
        pthread_mutex_unlock(&g->lock);
        if (calling_thread && g->job->check)
            bad = g->job->check(g->job->ctx, &f);
        if (!bad)
            bad = run_test(g, i, &a, &t, &compile, &f);
        pthread_mutex_lock(&g->lock);
        finish(g, i, bad, &t, compile, &f);
        arena_reset(&a);
    }
    pthread_mutex_unlock(&g->lock);
}

static void *helper(void *arg)
{
    work(arg, false);
    return NULL;
}

/* The calling thread works too; without helpers it does everything. */
static void work_together(struct judging *g, size_t threads)
{
    pthread_t ids[PARALLEL_MAX];
    size_t started = 0;
    while (started + 1 < threads && !pthread_create(&ids[started], NULL, helper, g))
        started++;
    work(g, true);
    for (size_t i = 0; i < started; i++)
        pthread_join(ids[i], NULL);
}

/* --- before and after --- */

static bool asked(const struct judge_job *job, const struct exercise_test *t)
{
    return !job->visible_only || t->visibility == TEST_VISIBLE;
}

static void plan(struct judging *g)
{
    const struct exercise *x = g->job->exercise;
    g->tests = ARENA_ARRAY(g->a, struct judge_test, x->test_count);
    g->states = ARENA_ARRAY(g->a, enum test_state, x->test_count);
    for (size_t i = 0; i < x->test_count; i++)
        if (asked(g->job, &x->tests[i]))
            g->tests[g->count++].test = &x->tests[i];
    size_t *order = ARENA_ARRAY(g->a, size_t, g->count);
    for (size_t i = 0; i < g->count; i++) {
        size_t at = g->job->order ? position_of(g, g->job->order[i]) : i;
        assert(at != SIZE_MAX);
        order[i] = at;
    }
    g->order = order;
}

static bool is_python(struct str path)
{
    return str_ends(path, STR(".py"));
}

/* One file is compiled by the run itself; with several, those that are not imported have to be
 * compiled too. */
static enum err compile_all(struct judging *g, struct fail *f)
{
    size_t python = 0;
    for (size_t i = 0; i < g->files->count; i++)
        python += is_python(g->files->files[i].path);
    if (python < 2)
        return ERR_OK;
    AUTO_ARENA a = { 0 };
    struct sandbox_step step = { .kind = SANDBOX_COMPILE };
    struct sandbox_result r = { 0 };
    struct sandbox_job job = { .profile = SANDBOX_PYTHON,
                               .files = g->files->files,
                               .file_count = g->files->count,
                               .main_path = g->job->exercise->main_path,
                               .steps = &step,
                               .step_count = 1,
                               .box_per_step = true,
                               .limits = limits_of(g->job->exercise, NULL) };
    TRY(sandbox_run(g->sandbox, &job, &a, &r, f));
    if (!r.steps[0].raised)
        return ERR_OK;
    struct diagnostic d = diagnose_python(&r.steps[0].exception, &a);
    g->compile = keep_diagnostic(&d, g->a);
    g->stopped = true;
    return ERR_OK;
}

static bool same_diagnostic(const struct diagnostic *a, const struct diagnostic *b)
{
    return strcmp(a->code, b->code) == 0 && a->line == b->line && str_eq(a->file, b->file);
}

static void add_diagnostic(struct diagnostic *list, size_t *n, const struct diagnostic *d)
{
    for (size_t i = 0; i < *n; i++)
        if (same_diagnostic(&list[i], d))
            return;
    if (*n < JUDGE_DIAGNOSTICS)
        list[(*n)++] = *d;
}

/* Those of hidden tests stay with their test: their text may quote a hidden input. */
static void collect(struct judging *g, struct judge_result *out)
{
    struct diagnostic *list = ARENA_ARRAY(g->a, struct diagnostic, JUDGE_DIAGNOSTICS);
    if (g->compile)
        add_diagnostic(list, &out->diagnostic_count, g->compile);
    else
        judge_rules(g->job->exercise, g->files, g->a, out);
    for (size_t i = 0; i < out->broken_count; i++) {
        struct diagnostic d = judge_rule_diagnostic(&out->broken[i], g->a);
        add_diagnostic(list, &out->diagnostic_count, &d);
    }
    for (size_t i = 0; i < g->count; i++) {
        const struct judge_test *t = &g->tests[i];
        out->cpu_ms += t->cpu_ms;
        out->memory_kib = i64_max(out->memory_kib, t->memory_kib);
        if (t->diagnostic && !g->compile && t->test->visibility == TEST_VISIBLE)
            add_diagnostic(list, &out->diagnostic_count, t->diagnostic);
    }
    out->diagnostics = list;
    out->tests = g->tests;
    out->test_count = g->count;
    out->verdict = g->compile ? VERDICT_COMPILE_ERROR : VERDICT_NONE;
    if (!out->toolchain.ptr)
        out->toolchain = out->keeper = STR("");
}

enum err judge_run(struct sandbox *s, const struct judge_job *job, struct arena *a,
                   struct judge_result *out, struct fail *f)
{
    struct judge_files files;
    struct judging g = { .sandbox = s, .job = job, .files = &files, .a = a, .out = out };
    const int64_t from = env_mono(job->env);
    *out = (struct judge_result){ 0 };
    TRY(judge_files(job->exercise, job->files, job->file_count, &files, f));
    plan(&g);
    TRY(compile_all(&g, f));
    pthread_mutex_init(&g.lock, NULL);
    pthread_cond_init(&g.ended, NULL);
    size_t threads = job->parallel > 0 ? (size_t)job->parallel : PARALLEL;
    work_together(&g, size_min(size_min(threads, g.count), PARALLEL_MAX));
    pthread_cond_destroy(&g.ended);
    pthread_mutex_destroy(&g.lock);
    if (g.bad) {
        *f = g.fail;
        return g.bad;
    }
    collect(&g, out);
    out->wall_ms = (env_mono(job->env) - from) / US_PER_MS;
    judge_grade(job->exercise, out, a);
    return ERR_OK;
}
