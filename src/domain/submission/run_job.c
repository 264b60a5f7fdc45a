#include "base/num.h"
#include "domain/submission/work_priv.h"

/* The job judge.run: executes what the student started, streams what happens, commits what came of
 * it. */

struct running {
    struct submissions *s;
    struct job_ctx *job;
    struct run_row run;
    struct session session;
    const struct exercise *exercise;
    struct sandbox_file *files;
    size_t file_count;
    struct str stream;
    /* results */
    struct judge_result tests; /* visible_tests */
    struct judge_free free_run;
    bool with_tests;
};

static enum err load(struct running *r, struct fail *f)
{
    struct job_ctx *job = r->job;
    struct str tenant = r->s->conf.tenant;
    TRY(session_run_get(job->conn, tenant, job->target_id, job->arena, &r->run, f));
    TRY(session_row(job->conn, tenant, r->run.session_id, job->arena, &r->session, f));
    TRY(exercise_get(r->s->conf.exercises, job->conn, tenant, r->session.version_id, &r->exercise,
                     f));
    TRY(work_files(job->conn, tenant, r->run.snapshot_id, job->arena, &r->files, &r->file_count,
                   f));
    r->with_tests = str_is(r->run.kind, "visible_tests");
    r->stream = arena_fmt(job->arena, "run:%.*s", STR_ARG(r->run.id));
    return ERR_OK;
}

static enum err start_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct running *r = arg;
    enum err e = session_run_state(tx, r->run.id, "queued", "running", f);
    if (e && e != ERR_CONFLICT)
        return e; /* a conflict: an earlier attempt was at it already */
    return hub_publish_tx(r->s->conf.hub, tx, r->stream, STR("state"),
                          STR("{\"state\":\"running\"}"), f);
}

static void on_test(void *ctx, const struct judge_test *t, int64_t, int64_t)
{
    struct running *r = ctx;
    AUTO_ARENA a = { 0 };
    work_tell(r->s, r->stream, "test", work_test_event(t, &a));
}

/* Output as it comes, cut to what one event may carry; the whole is in the run's row. */
static void on_output(void *ctx, size_t, enum sandbox_stream stream, struct str bytes)
{
    struct running *r = ctx;
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 16'000 };
    buf_put(&b, STR("{\"text\":"));
    json_put_text(&b, judge_visible_text(bytes, 4000, &a));
    buf_putc(&b, '}');
    work_tell(r->s, r->stream, stream == SANDBOX_STDERR ? "stderr" : "stdout", buf_str(&b));
}

static enum err run_tests(struct running *r, struct fail *f)
{
    const struct judge_job job = { .env = r->s->conf.env,
                                   .exercise = r->exercise,
                                   .files = r->files,
                                   .file_count = r->file_count,
                                   .visible_only = true,
                                   .progress = on_test,
                                   .ctx = r };
    TRY(judge_run(r->s->conf.sandbox, &job, r->job->arena, &r->tests, f));
    r->run.verdict = str_of(verdict_name(outcome_run_verdict(&r->tests)));
    r->run.diagnostics =
        outcome_diagnostics_json(r->tests.diagnostics, r->tests.diagnostic_count, r->job->arena);
    r->run.wall_ms = r->tests.wall_ms;
    r->run.cpu_ms = r->tests.cpu_ms;
    r->run.memory_kib = r->tests.memory_kib;
    return ERR_OK;
}

static enum err run_free(struct running *r, struct fail *f)
{
    const struct judge_free_job job = { .exercise = r->exercise,
                                        .files = r->files,
                                        .file_count = r->file_count,
                                        .stdin_text =
                                            r->run.stdin_text.ptr ? r->run.stdin_text : STR(""),
                                        .sink = { .chunk = on_output, .ctx = r } };
    struct judge_free *o = &r->free_run;
    TRY(judge_free_run(r->s->conf.sandbox, &job, r->job->arena, o, f));
    r->run.verdict = str_of(verdict_name(o->verdict));
    r->run.diagnostics =
        outcome_diagnostics_json(o->diagnostics, o->diagnostic_count, r->job->arena);
    r->run.out = utf8_cut(o->stdout_text, 65'536);
    r->run.err = utf8_cut(o->stderr_text, 65'536);
    r->run.exit_code = o->exit_code;
    r->run.signal = o->signal ? o->signal : API_ABSENT;
    r->run.wall_ms = o->wall_ms;
    r->run.cpu_ms = o->cpu_ms;
    r->run.memory_kib = o->memory_kib;
    return ERR_OK;
}

static enum err finished_event(struct running *r, struct db_tx *tx, struct fail *f)
{
    struct arena *a = db_tx_arena(tx);
    struct json text;
    const struct diagnostic *d = r->with_tests ? r->tests.diagnostics : r->free_run.diagnostics;
    size_t n = r->with_tests ? r->tests.diagnostic_count : r->free_run.diagnostic_count;
    const struct json payload = outcome_run_payload(&r->run, d, n, a, &text);
    return session_note(r->s->conf.sessions, tx, &r->session,
                        &(struct trace_new){ .type = "run_finished",
                                             .actor = ACTOR_JUDGE,
                                             .payload = &payload,
                                             .text = n ? &text : NULL },
                        f);
}

static enum err tests_event(struct running *r, struct db_tx *tx, struct fail *f)
{
    struct arena *a = db_tx_arena(tx);
    const struct json payload = outcome_tests_payload(
        &(struct tests_event){ .run_id = r->run.id, .cause = "run", .result = &r->tests }, a);
    return session_note(
        r->s->conf.sessions, tx, &r->session,
        &(struct trace_new){ .type = "tests_finished", .actor = ACTOR_JUDGE, .payload = &payload },
        f);
}

static enum err store_results(struct running *r, struct db_tx *tx, struct fail *f)
{
    struct result_row *rows = ARENA_ARRAY(db_tx_arena(tx), struct result_row, r->tests.test_count);
    for (size_t i = 0; i < r->tests.test_count; i++)
        rows[i] = outcome_result_row(&r->tests.tests[i], db_tx_arena(tx));
    TRY(work_db_results_insert(tx, "run", r->run.id, rows, r->tests.test_count, f));
    return tests_event(r, tx, f);
}

static struct str done_data(const struct running *r, struct arena *a)
{
    if (!r->with_tests)
        return arena_fmt(a, "{\"id\":\"%.*s\",\"state\":\"done\",\"verdict\":\"%.*s\"}",
                         STR_ARG(r->run.id), STR_ARG(r->run.verdict));
    return arena_fmt(
        a,
        "{\"id\":\"%.*s\",\"state\":\"done\",\"verdict\":\"%.*s\",\"passed\":%lld,\"total\":%lld}",
        STR_ARG(r->run.id), STR_ARG(r->run.verdict), (long long)r->tests.passed,
        (long long)r->tests.total);
}

static enum err finish_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct running *r = arg;
    r->run.state = STR("done");
    r->run.done_at = env_now(r->s->conf.env);
    enum err e = session_run_finish(tx, &r->run, f);
    if (e == ERR_CONFLICT)
        return ERR_OK; /* the student cancelled it meanwhile: nothing of it is kept */
    TRY(e);
    TRY(finished_event(r, tx, f));
    if (r->with_tests)
        TRY(store_results(r, tx, f));
    TRY(hub_publish_tx(r->s->conf.hub, tx, r->stream, STR("done"), done_data(r, db_tx_arena(tx)),
                       f));
    TRY(hub_end_tx(r->s->conf.hub, tx, r->stream, f));
    return session_touch(r->s->conf.sessions, tx, &r->session, f);
}

enum err judge_run_job(struct job_ctx *job, struct fail *f)
{
    struct running r = { .s = job->self, .job = job };
    r.run.exit_code = r.run.signal = API_ABSENT;
    TRY(load(&r, f));
    if (str_is(r.run.state, "cancelled") || str_is(r.run.state, "done"))
        return ERR_OK;
    TRY(db_write(r.s->conf.db, r.s->conf.tenant, start_unit, &r, f));
    TRY(r.with_tests ? run_tests(&r, f) : run_free(&r, f));
    return job_commit(job, finish_unit, &r, f);
}

/* Our fault, never counted for the student. */
enum err judge_run_dead(void *self, struct db_tx *tx, struct str target_id, struct str,
                        struct fail *f)
{
    struct submissions *s = self;
    struct arena *a = db_tx_arena(tx);
    struct str stream = arena_fmt(a, "run:%.*s", STR_ARG(target_id));
    struct run_row row = { .id = target_id,
                           .state = STR("failed"),
                           .verdict = STR("judge_error"),
                           .exit_code = API_ABSENT,
                           .signal = API_ABSENT,
                           .wall_ms = API_ABSENT,
                           .cpu_ms = API_ABSENT,
                           .memory_kib = API_ABSENT,
                           .done_at = env_now(s->conf.env) };
    enum err e = session_run_finish(tx, &row, f);
    if (e)
        return e == ERR_CONFLICT ? ERR_OK : e;
    struct str data =
        arena_fmt(a, "{\"id\":\"%.*s\",\"state\":\"failed\",\"verdict\":\"judge_error\"}",
                  STR_ARG(target_id));
    TRY(hub_publish_tx(s->conf.hub, tx, stream, STR("done"), data, f));
    return hub_end_tx(s->conf.hub, tx, stream, f);
}
