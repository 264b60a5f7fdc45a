#include "base/num.h"
#include "domain/submission/work_priv.h"

/* The job judge.submission: every test, compared outside the box, graded by a pure function,
 * committed at once. */

struct grading {
    struct submissions *s;
    struct job_ctx *job;
    struct submission_row row;
    struct session session;
    const struct exercise *exercise;
    struct sandbox_file *files;
    size_t file_count;
    struct str stream;
    struct judge_result result;
};

static enum err load(struct grading *g, struct fail *f)
{
    struct job_ctx *job = g->job;
    struct str tenant = g->s->conf.tenant;
    TRY(work_db_submission(job->conn, tenant, job->target_id, job->arena, &g->row, f));
    TRY(session_row(job->conn, tenant, g->row.session_id, job->arena, &g->session, f));
    TRY(exercise_get(g->s->conf.exercises, job->conn, tenant, g->row.version_id, &g->exercise, f));
    TRY(work_files(job->conn, tenant, g->row.snapshot_id, job->arena, &g->files, &g->file_count,
                   f));
    g->stream = arena_fmt(job->arena, "submission:%.*s", STR_ARG(g->row.id));
    return ERR_OK;
}

static enum err start_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct grading *g = arg;
    TRY(work_db_grading_state(tx, g->row.grading_id, "queued", "running", f));
    return hub_publish_tx(g->s->conf.hub, tx, g->stream, STR("state"),
                          STR("{\"state\":\"running\"}"), f);
}

/* A hidden test says only that it ran: its verdict enters the count at the end. */
static void on_test(void *ctx, const struct judge_test *t, int64_t done, int64_t total)
{
    struct grading *g = ctx;
    AUTO_ARENA a = { 0 };
    if (t->test->visibility == TEST_VISIBLE)
        work_tell(g->s, g->stream, "test", work_test_event(t, &a));
    work_tell(g->s, g->stream, "progress",
              arena_fmt(&a, "{\"done\":%lld,\"total\":%lld}", (long long)done, (long long)total));
}

static enum err tests_event(struct grading *g, struct db_tx *tx, struct fail *f)
{
    struct arena *a = db_tx_arena(tx);
    const struct json payload = outcome_tests_payload(
        &(struct tests_event){
            .submission_id = g->row.id, .cause = "submit", .result = &g->result },
        a);
    return session_note(
        g->s->conf.sessions, tx, &g->session,
        &(struct trace_new){ .type = "tests_finished", .actor = ACTOR_JUDGE, .payload = &payload },
        f);
}

static struct str done_data(const struct grading *g, struct arena *a)
{
    const struct judge_result *r = &g->result;
    return arena_fmt(
        a,
        "{\"id\":\"%.*s\",\"verdict\":\"%s\",\"score\":%lld.%03lld,\"passed\":%lld,\"total\":%lld}",
        STR_ARG(g->row.id), verdict_name(r->verdict), (long long)(r->score_mp / 1000),
        (long long)(r->score_mp % 1000), (long long)r->passed, (long long)r->total);
}

static enum err finish_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct grading *g = arg;
    struct arena *a = db_tx_arena(tx);
    struct result_row *rows = ARENA_ARRAY(a, struct result_row, g->result.test_count);
    for (size_t i = 0; i < g->result.test_count; i++)
        rows[i] = outcome_result_row(&g->result.tests[i], a);
    g->row.diagnostics =
        outcome_diagnostics_json(g->result.diagnostics, g->result.diagnostic_count, a);
    g->row.explanation = outcome_explanation_json(&g->result, a);
    TRY(work_db_grading_done(tx, &g->row, &g->result, env_now(g->s->conf.env), f));
    TRY(work_db_results_insert(tx, "grading", g->row.grading_id, rows, g->result.test_count, f));
    TRY(tests_event(g, tx, f));
    TRY(session_scored(tx, g->session.id, g->result.score_mp, f));
    TRY(hub_publish_tx(g->s->conf.hub, tx, g->stream, STR("done"), done_data(g, a), f));
    TRY(hub_end_tx(g->s->conf.hub, tx, g->stream, f));
    return session_touch(g->s->conf.sessions, tx, &g->session, f);
}

enum err judge_submission_job(struct job_ctx *job, struct fail *f)
{
    struct grading g = { .s = job->self, .job = job };
    TRY(load(&g, f));
    if (str_is(g.row.state, "done") || str_is(g.row.state, "failed"))
        return ERR_OK;
    TRY(db_write(g.s->conf.db, g.s->conf.tenant, start_unit, &g, f));
    const struct judge_job work = { .env = g.s->conf.env,
                                    .exercise = g.exercise,
                                    .files = g.files,
                                    .file_count = g.file_count,
                                    .progress = on_test,
                                    .ctx = &g };
    TRY(judge_run(g.s->conf.sandbox, &work, job->arena, &g.result, f));
    if (g.result.verdict == VERDICT_JUDGE_ERROR && job->attempt < job->max_attempts)
        return FAIL(f, ERR_BUSY, "busy", "the judge failed at a test; trying again");
    return job_commit(job, finish_unit, &g, f);
}

enum err judge_submission_dead(void *self, struct db_tx *tx, struct str target_id, struct str,
                               struct fail *f)
{
    struct submissions *s = self;
    struct arena *a = db_tx_arena(tx);
    struct str stream = arena_fmt(a, "submission:%.*s", STR_ARG(target_id));
    TRY(work_db_grading_failed(tx, target_id, env_now(s->conf.env), f));
    struct str data =
        arena_fmt(a, "{\"id\":\"%.*s\",\"verdict\":\"judge_error\"}", STR_ARG(target_id));
    TRY(hub_publish_tx(s->conf.hub, tx, stream, STR("done"), data, f));
    return hub_end_tx(s->conf.hub, tx, stream, f);
}
