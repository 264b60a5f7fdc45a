#include "io/jobs/jobs_priv.h"

#include "base/num.h"

enum { BACKOFF_MS = 2000, BACKOFF_CAP_MS = 3'600'000 };

/* --- what a job calls --- */

struct completion {
    struct job_task *task;
    db_unit *unit;
    void *arg;
    int64_t now;
};

/* The fence first: when the lease was lost nothing of the effects is even tried. */
static enum err complete(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct completion *c = arg;
    struct job_ref ref = job_ref_of(c->task);
    TRY(jobs_db_complete(tx, &ref, c->now, f));
    if (c->task->ctx.attempt > 1) {
        struct job_end end = { .ref = ref,
                               .attempt = c->task->ctx.attempt,
                               .worker = c->task->ctx.jobs->node,
                               .outcome = STR("done"),
                               .started_at = c->task->started_at,
                               .now = c->now };
        TRY(jobs_db_attempt(tx, &end, f));
    }
    return c->unit ? c->unit(tx, c->arg, f) : ERR_OK;
}

enum err job_commit(struct job_ctx *job, db_unit *unit, void *arg, struct fail *f)
{
    assert(!job->committed);
    struct completion c = { (struct job_task *)job, unit, arg, env_now(job->env) };
    TRY(db_write(job->db, job->tenant, complete, &c, f));
    job->committed = true;
    return ERR_OK;
}

enum err job_check(struct job_ctx *job, struct fail *f)
{
    const struct job_task *t = (const struct job_task *)job;
    jobs_lock(job->jobs);
    enum job_told told = t->told;
    jobs_unlock(job->jobs);
    if (told == TOLD_CANCELLED)
        return FAIL(f, ERR_CONFLICT, "job.cancelled", "job was cancelled");
    if (told == TOLD_LOST)
        return FAIL(f, ERR_CONFLICT, "job.fenced", "the lease was lost or given back");
    if (env_mono(job->env) > job->deadline_us)
        return FAIL(f, ERR_TIMEOUT, "job.timeout", "job takes too long");
    return ERR_OK;
}

/* --- the end of an attempt that did not complete --- */

static bool worth_retrying(enum err e)
{
    static const bool retried[] = {
        [ERR_CONFLICT] = true, [ERR_LIMIT] = true,    [ERR_BUSY] = true, [ERR_TIMEOUT] = true,
        [ERR_FULL] = true,     [ERR_UPSTREAM] = true, [ERR_IO] = true,
    };
    static_assert(COUNT_OF(retried) == ERR_COUNT, "an answer for each error");
    return retried[e];
}

/* min(cap, base * 2^n) * u, u uniform in [0.5, 1]; n = 0 for the first retry. */
static int64_t backoff_us(const struct jobs *j, const struct job_kind *def, int64_t attempt)
{
    int64_t base = def && def->backoff_ms ? def->backoff_ms : BACKOFF_MS;
    int64_t cap = def && def->backoff_cap_ms ? def->backoff_cap_ms : BACKOFF_CAP_MS;
    int64_t n = i64_clamp(attempt - 1, 0, 30), ms = 0;
    uint32_t random = 0;
    if (!i64_mul(base, INT64_C(1) << n, &ms) || ms > cap)
        ms = cap;
    env_random(j->conf.env, &random, sizeof random);
    double u = 0.5 + 0.5 * ((double)random / (double)UINT32_MAX);
    return (int64_t)((double)(ms * US_PER_MS) * u);
}

static enum err lose_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct job_loss *l = arg;
    const struct job_kind *def = l->kind ? l->kind->def : NULL;
    const char *hint = l->why.hint ? l->why.hint : "";
    int64_t now = jobs_now(l->jobs);
    int64_t delay =
        i64_max(backoff_us(l->jobs, def, l->row->attempt), l->why.retry_after_s * US_PER_S);
    struct job_end end = { .ref = { l->row->tenant, l->row->id, l->row->fence },
                           .attempt = l->row->attempt,
                           .worker = l->jobs->node,
                           .outcome = l->outcome,
                           .error = arena_fmt(db_tx_arena(tx), "%s: %s", hint, l->why.detail),
                           .started_at = l->started_at,
                           .now = now,
                           .lease_before = l->lease_before,
                           .dead = l->dead,
                           .retry_at = now + delay };
    TRY(jobs_db_end_badly(tx, &end, &l->ended, f));
    if (l->ended && l->dead && def && def->dead)
        return def->dead(jobs_self(l->kind), tx, l->row->target_id, l->row->payload, f);
    return ERR_OK;
}

static void log_loss(const struct job_loss *l)
{
    LOG(l->jobs->conf.log, l->dead ? LOG_ERROR : LOG_WARN, l->dead ? "job.dead" : "job.retry",
        LOG_S("kind", l->row->kind), LOG_S("id", l->row->id), LOG_I("attempt", l->row->attempt),
        LOG_S("outcome", l->outcome), LOG_C("code", err_name(l->why.code)),
        LOG_C("hint", l->why.hint), LOG_C("where", l->why.where), LOG_C("detail", l->why.detail));
}

enum err job_lose(struct job_loss *l, struct fail *f)
{
    l->dead = l->row->attempt >= l->row->max_attempts || !worth_retrying(l->why.code);
    TRY(db_write(l->jobs->conf.db, l->row->tenant, lose_unit, l, f));
    if (l->ended)
        log_loss(l);
    return ERR_OK;
}

/* --- one attempt --- */

static enum err attempt(struct jobs *j, struct job_task *t, struct fail *f)
{
    struct job_ctx *ctx = &t->ctx;
    TRY(jobs_conn_take(j, ctx->tenant, &ctx->conn, f));
    enum err e = t->kind->def->run(ctx, f);
    if (!e && !ctx->committed)
        e = job_commit(ctx, NULL, NULL, f);
    jobs_conn_give(j, ctx->conn);
    ctx->conn = NULL;
    return e;
}

static bool not_ours(const struct fail *f)
{
    return f->code == ERR_CONFLICT && f->hint &&
           (strcmp(f->hint, "job.fenced") == 0 || strcmp(f->hint, "job.cancelled") == 0);
}

/* Says what became of an attempt that returned an error without committing. */
static enum job_result failed(struct jobs *j, struct job_task *t, const struct fail *why)
{
    struct fail f = { 0 };
    const struct job_ctx *c = &t->ctx;
    struct job_row row = { .tenant = c->tenant,
                           .id = c->id,
                           .kind = c->kind,
                           .payload = c->payload,
                           .target_id = c->target_id,
                           .attempt = c->attempt,
                           .max_attempts = c->max_attempts,
                           .fence = c->fence };
    struct job_loss loss = { .jobs = j,
                             .kind = t->kind,
                             .row = &row,
                             .why = *why,
                             .outcome = why->code == ERR_TIMEOUT ? STR("timeout") : STR("error"),
                             .started_at = t->started_at,
                             .lease_before = INT64_MAX };
    if (not_ours(why)) {
        LOG(j->conf.log, LOG_INFO, "job.not_ours", LOG_S("kind", c->kind), LOG_S("id", c->id),
            LOG_C("hint", why->hint));
        return RESULT_LOST;
    }
    if (job_lose(&loss, &f)) {
        log_fail(j->conf.log, "job.end_failed", &f); /* its lease will end, and it is rescued */
        return RESULT_LOST;
    }
    return !loss.ended ? RESULT_LOST : loss.dead ? RESULT_DEAD : RESULT_RETRIED;
}

static void measure(struct jobs *j, const struct job_task *t, enum job_result result, int64_t us)
{
    const struct jobs_metric_ids *ids = j->conf.metric_ids;
    if (!ids)
        return;
    struct metrics *m = j->conf.metrics;
    const char *kind = t->kind->def->name;
    int64_t waited = i64_max(t->started_at - t->run_at, 0);
    metric_add(m, ids->running, kind, -1);
    metric_add(m, ids->finished_total, t->kind->metric_names[result], 1);
    metric_observe(m, ids->wait_seconds, kind, (double)waited / US_PER_S);
    metric_observe(m, ids->run_seconds, kind, (double)us / US_PER_S);
}

void job_task_run(struct jobs *j, struct job_task *t)
{
    struct fail f = { 0 };
    enum job_result result = RESULT_COMPLETED;
    int64_t start = env_mono(j->conf.env);
    t->started_at = jobs_now(j);
    jobs_lock(j); /* the keeper reads it */
    t->ctx.deadline_us = start + (int64_t)t->kind->def->timeout_ms * US_PER_MS;
    jobs_unlock(j);
    if (j->conf.metric_ids)
        metric_add(j->conf.metrics, j->conf.metric_ids->running, t->kind->def->name, 1);
    enum err e = attempt(j, t, &f);
    f.code = e;
    if (e && t->ctx.committed)
        log_fail(j->conf.log, "job.error_after_commit", &f);
    else if (e)
        result = failed(j, t, &f);
    measure(j, t, result, env_mono(j->conf.env) - start);
}
