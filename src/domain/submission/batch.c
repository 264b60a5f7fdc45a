/* judge-batch: a folder of programs against one exercise. */
#include "base/num.h"
#include "domain/submission/judge_priv.h"

#include <pthread.h>

enum { BATCH_JOBS = 64, BATCH_PROGRAMS = 20'000 };

/* What the folder says about a program. */
enum label { LABEL_NONE, LABEL_CORRECT, LABEL_WRONG, LABEL_COUNT };

struct batch {
    struct sandbox *sandbox;
    const struct batch_job *job;
    const struct env *env;
    const struct exercise *exercise;
    const struct folder_file *programs;
    size_t count;
    pthread_mutex_t lock;
    /* guarded by lock */
    struct arena *a;
    struct batch_report *out;
    struct str *disagreements;
    size_t next;
    enum err bad;
    struct fail fail;
};

static enum label label_of(struct str path)
{
    static const struct {
        const char *folder;
        enum label label;
    } folders[] = { { "correct/", LABEL_CORRECT },
                    { "wrong/", LABEL_WRONG },
                    { "fail/", LABEL_WRONG } };
    for (size_t i = 0; i < COUNT_OF(folders); i++)
        if (str_starts(path, str_of(folders[i].folder)))
            return folders[i].label;
    return LABEL_NONE;
}

static struct str folder_of(struct str path)
{
    size_t at = str_find(path, STR("/"));
    return at == SIZE_MAX ? STR("") : str_head(path, at);
}

/* The first test that did not pass, or none. */
static const struct judge_test *failure(const struct judge_result *r)
{
    for (size_t i = 0; i < r->test_count; i++)
        if (r->tests[i].test->number == r->first_failed)
            return &r->tests[i];
    return NULL;
}

static void put_member(struct buf *b, const char *key, struct str value)
{
    buf_putf(b, ",\"%s\":", key);
    json_put_text(b, value);
}

static void put_line(struct buf *b, const struct folder_file *program, const struct judge_result *r,
                     struct arena *a)
{
    const struct judge_test *failed = failure(r);
    buf_put(b, STR("{\"program\":"));
    json_put_text(b, program->path);
    if (folder_of(program->path).len)
        put_member(b, "label", folder_of(program->path));
    put_member(b, "verdict", str_of(verdict_name(r->verdict)));
    buf_putf(b, ",\"passed\":%lld,\"total\":%lld", (long long)r->passed, (long long)r->total);
    put_member(b, "vector", judge_vector(r, a));
    if (failed) {
        put_member(b, "first_failed", failed->test->id);
        put_member(b, "test_verdict", str_of(verdict_name(failed->verdict)));
        put_member(b, "actual", utf8_cut(failed->actual, 200));
    }
    const struct diagnostic *d = failed && failed->diagnostic ? failed->diagnostic
                                 : r->diagnostic_count        ? &r->diagnostics[0]
                                                              : NULL;
    if (d)
        put_member(b, "error", str_of(d->code));
    buf_putf(b, ",\"ms\":%lld,\"cpu_ms\":%lld}\n", (long long)r->wall_ms, (long long)r->cpu_ms);
}

/* Under the lock. */
static void tally(struct batch *g, struct str path, const struct judge_result *r)
{
    struct batch_report *out = g->out;
    enum label label = label_of(path);
    bool accepted = r->verdict == VERDICT_ACCEPTED;
    out->programs++;
    out->accepted += accepted;
    out->errors += r->verdict == VERDICT_JUDGE_ERROR;
    out->rejected += !accepted && r->verdict != VERDICT_JUDGE_ERROR;
    out->correct += label == LABEL_CORRECT;
    out->wrong += label == LABEL_WRONG;
    out->unlabelled += label == LABEL_NONE;
    out->correct_accepted += label == LABEL_CORRECT && accepted;
    out->wrong_rejected += label == LABEL_WRONG && !accepted && r->verdict != VERDICT_JUDGE_ERROR;
    for (size_t i = 0; i < r->test_count; i++)
        out->boxes += r->tests[i].tries;
    if ((label == LABEL_CORRECT && !accepted) || (label == LABEL_WRONG && accepted))
        g->disagreements[out->disagreement_count++] =
            arena_fmt(g->a, "%.*s: %s", STR_ARG(path), verdict_name(r->verdict));
}

static enum err judge_one(struct batch *g, const struct folder_file *program, struct arena *a,
                          struct fail *f)
{
    struct judge_result r;
    AUTO_BUF b = { .max = 1 << 16 };
    struct sandbox_file file = { g->exercise->main_path, program->data };
    /* programs run side by side, so the tests of one go one after the other */
    struct judge_job job = { .env = g->env,
                             .exercise = g->exercise,
                             .files = &file,
                             .file_count = 1,
                             .parallel = 1,
                             .stop_at_failure = !g->job->all_tests };
    TRY(judge_run(g->sandbox, &job, a, &r, f));
    put_line(&b, program, &r, a);
    pthread_mutex_lock(&g->lock);
    tally(g, program->path, &r);
    if (g->job->line)
        g->job->line(g->job->ctx, buf_str(&b));
    pthread_mutex_unlock(&g->lock);
    return ERR_OK;
}

static const struct folder_file *take_program(struct batch *g)
{
    pthread_mutex_lock(&g->lock);
    const struct folder_file *program = NULL;
    if (!g->bad && g->next < g->count)
        program = &g->programs[g->next++];
    pthread_mutex_unlock(&g->lock);
    return program;
}

static void *judge_programs(void *arg)
{
    struct batch *g = arg;
    AUTO_ARENA a = { 0 };
    const struct folder_file *program;
    while ((program = take_program(g))) {
        struct fail f = { 0 };
        enum err bad = judge_one(g, program, &a, &f);
        if (bad) {
            pthread_mutex_lock(&g->lock);
            g->fail = g->bad ? g->fail : f;
            g->bad = g->bad ? g->bad : bad;
            pthread_mutex_unlock(&g->lock);
        }
        arena_reset(&a);
    }
    return NULL;
}

/* Only .py files, in the order of their paths; reference/ holds no student's program. */
static size_t choose(struct folder_file *files, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (str_ends(files[i].path, STR(".py")) && !str_starts(files[i].path, STR("reference/")))
            files[kept++] = files[i];
    return kept;
}

static void run_all(struct batch *g)
{
    pthread_t ids[BATCH_JOBS];
    size_t started = 0, want = num_size(i64_clamp(g->job->jobs, 1, BATCH_JOBS));
    while (started + 1 < want && !pthread_create(&ids[started], NULL, judge_programs, g))
        started++;
    judge_programs(g);
    for (size_t i = 0; i < started; i++)
        pthread_join(ids[i], NULL);
}

enum err judge_batch(struct sandbox *s, const struct env *env, const struct batch_job *job,
                     struct arena *a, struct batch_report *out, struct fail *f)
{
    static const struct folder_limits limits = { .files = BATCH_PROGRAMS,
                                                 .file_bytes = JUDGE_FILE_BYTES,
                                                 .total_bytes = 256 << 20,
                                                 .depth = 8 };
    struct exercise *x = NULL;
    struct folder_file *files = NULL;
    size_t n = 0;
    *out = (struct batch_report){ 0 };
    TRY(exercise_from_folder(job->exercise, a, &x, f));
    TRY(folder_read(job->programs, &limits, a, &files, &n, f));
    struct batch g = { .sandbox = s,
                       .job = job,
                       .env = env,
                       .exercise = x,
                       .programs = files,
                       .count = choose(files, n),
                       .a = a,
                       .out = out };
    g.disagreements = ARENA_ARRAY(a, struct str, g.count + 1);
    out->disagreements = g.disagreements;
    int64_t from = env_mono(env);
    pthread_mutex_init(&g.lock, NULL);
    run_all(&g);
    pthread_mutex_destroy(&g.lock);
    out->seconds = (double)(env_mono(env) - from) / US_PER_S;
    if (g.bad)
        *f = g.fail;
    return g.bad;
}

static double percent(int64_t part, int64_t all)
{
    return all ? 100.0 * (double)part / (double)all : 0;
}

void judge_batch_print(const struct batch_report *r, struct buf *b)
{
    buf_putf(b, "%lld programs: %lld accepted, %lld not accepted, %lld not judged\n",
             (long long)r->programs, (long long)r->accepted, (long long)r->rejected,
             (long long)r->errors);
    if (r->correct)
        buf_putf(b, "correct: %lld of %lld accepted (%.2f %%)\n", (long long)r->correct_accepted,
                 (long long)r->correct, percent(r->correct_accepted, r->correct));
    if (r->wrong)
        buf_putf(b, "wrong: %lld of %lld not accepted (%.2f %%)\n", (long long)r->wrong_rejected,
                 (long long)r->wrong, percent(r->wrong_rejected, r->wrong));
    if (r->correct + r->wrong)
        buf_putf(b, "agreement: %.2f %%\n",
                 percent(r->correct_accepted + r->wrong_rejected, r->correct + r->wrong));
    for (size_t i = 0; i < r->disagreement_count; i++)
        buf_putf(b, "disagrees: %.*s\n", STR_ARG(r->disagreements[i]));
    buf_putf(b, "%lld boxes in %.1f s: %.1f programs/s, %.1f boxes/s\n", (long long)r->boxes,
             r->seconds, r->seconds > 0 ? (double)r->programs / r->seconds : 0,
             r->seconds > 0 ? (double)r->boxes / r->seconds : 0);
}
