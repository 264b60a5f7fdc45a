#include "io/jobs/world_test.h"

#include <stdio.h>

static const struct db_query q_table = {
    .name = "t.table", .sql = "CREATE TABLE IF NOT EXISTS effects (job_id TEXT NOT NULL)"
};
static const struct db_query q_effect = { .name = "t.effect",
                                          .sql = "INSERT INTO effects (job_id) VALUES ($1)" };

static enum err effect(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct job_ctx *job = arg;
    return db_exec(tx, &q_effect, DB_ARGS(db_text(job->id)), NULL, f);
}

static enum err run_effect(struct job_ctx *job, struct fail *f)
{
    return job_commit(job, effect, job, f);
}

static enum err run_nothing(struct job_ctx *, struct fail *)
{
    return ERR_OK;
}

static enum err run_fails(struct job_ctx *job, struct fail *f)
{
    struct probe *p = job->self;
    p->runs++;
    if (!p->answer)
        return ERR_OK;
    enum err e = FAIL(f, p->answer, "test.refused", "attempt %lld", (long long)job->attempt);
    f->retry_after_s = p->retry_after;
    return e;
}

static void remember(struct probe *p, enum err e, const struct fail *f)
{
    (void)pthread_mutex_lock(&p->lock);
    p->seen = e;
    (void)snprintf(p->hint, sizeof p->hint, "%s", e ? f->hint : "");
    (void)pthread_mutex_unlock(&p->lock);
}

/* Loses its lease while it works, and tries to commit all the same. */
static enum err run_slow(struct job_ctx *job, struct fail *f)
{
    struct probe *p = job->self;
    if (p->runs++ == 0) {
        p->clock->at_us += 61 * (int64_t)US_PER_S;
        TRY(jobs_maintain(p->jobs, f));
    }
    enum err e = job_commit(job, effect, job, f);
    remember(p, e, f);
    return e;
}

static enum err cancel_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct job_ctx *job = arg;
    return jobs_cancel(job->jobs, tx, job->id, f);
}

static enum err run_cancelled(struct job_ctx *job, struct fail *f)
{
    TRY(job_check(job, f));
    TRY(db_write(job->db, job->tenant, cancel_unit, job, f));
    enum err e = job_check(job, f);
    remember(job->self, e, f);
    return job_commit(job, effect, job, f);
}

void nap_ms(int64_t ms)
{
    clock_sleep(ms * US_PER_MS);
}

/* Works until it is told to stop or let go. */
static enum err run_waits(struct job_ctx *job, struct fail *f)
{
    struct probe *p = job->self;
    (void)pthread_mutex_lock(&p->lock);
    p->waiting++;
    (void)pthread_mutex_unlock(&p->lock);
    for (;;) {
        (void)pthread_mutex_lock(&p->lock);
        bool go = p->let_go;
        (void)pthread_mutex_unlock(&p->lock);
        enum err e = job_check(job, f);
        if (e) {
            remember(p, e, f);
            return e;
        }
        if (go)
            return job_commit(job, effect, job, f);
        nap_ms(5);
    }
}

static enum err mark_dead(void *self, struct db_tx *tx, struct str target_id, struct str payload,
                          struct fail *f)
{
    struct probe *p = self;
    p->dead++;
    TRY(db_exec(tx, &q_effect, DB_ARGS(db_text(target_id.ptr ? target_id : payload)), NULL, f));
    return p->dead_answer ? FAIL(f, p->dead_answer, "test.dead", "no") : ERR_OK;
}

#define AT offsetof(struct app, probe)
static const struct job_kind kinds[] = {
    { .name = "t.effect",
      .role = "worker",
      .workers = 8,
      .tries = 3,
      .timeout_ms = 60'000,
      .run = run_effect,
      .self = AT },
    { .name = "t.fails",
      .role = "worker",
      .workers = 1,
      .tries = 3,
      .timeout_ms = 1000,
      .run = run_fails,
      .dead = mark_dead,
      .self = AT },
    { .name = "t.slow",
      .role = "worker",
      .workers = 1,
      .tries = 3,
      .timeout_ms = 1000,
      .run = run_slow,
      .self = AT },
    { .name = "t.cancelled",
      .role = "worker",
      .workers = 1,
      .tries = 3,
      .timeout_ms = 1000,
      .run = run_cancelled,
      .self = AT },
    { .name = "t.waits",
      .role = "worker",
      .workers = 4,
      .tries = 3,
      .timeout_ms = 60'000,
      .run = run_waits,
      .self = AT },
    { .name = "t.late",
      .role = "worker",
      .workers = 1,
      .tries = 1,
      .timeout_ms = 150,
      .run = run_waits,
      .self = AT },
    { .name = "t.cron",
      .role = "worker",
      .workers = 1,
      .tries = 3,
      .timeout_ms = 1000,
      .run = run_nothing,
      .self = AT,
      .cron = "@every 60s" },
    { .name = "t.judge",
      .role = "judge",
      .workers = 1,
      .tries = 3,
      .timeout_ms = 1000,
      .run = run_effect,
      .self = AT },
};

enum { START_S = 1'790'000'000 };

static enum err make_table(struct db_tx *tx, void *, struct fail *f)
{
    return db_exec(tx, &q_table, NULL, 0, NULL, f);
}

void world_jobs(struct world *w, struct jobs_conf conf, struct jobs **out)
{
    struct fail f = { 0 };
    conf.db = w->db;
    conf.kinds = kinds;
    conf.kind_count = COUNT_OF(kinds);
    conf.app = &w->app;
    conf.worker = true;
    conf.env = conf.env ? conf.env : &w->env;
    conf.node = conf.node.ptr ? conf.node : STR("node-1");
    CHECK(jobs_open(out, &conf, &f) == ERR_OK);
}

void world_open(struct world *w, struct db *db)
{
    struct fail f = { 0 };
    *w = (struct world){ .db = db, .probe = { .clock = &w->clock } };
    (void)pthread_mutex_init(&w->probe.lock, NULL);
    w->app.probe = &w->probe;
    clock_fixed_init(&w->clock, (int64_t)START_S * US_PER_S);
    w->env = (struct env){ .clock = &w->clock.base, .rng = &rng_real };
    CHECK(db_write(db, TENANT_A, make_table, NULL, &f) == ERR_OK);
    world_jobs(w, (struct jobs_conf){ 0 }, &w->jobs);
    w->probe.jobs = w->jobs;
}

void world_start(struct world *w, struct db *db, int64_t lease_us)
{
    struct fail f = { 0 };
    world_open(w, db);
    jobs_close(w->jobs);
    world_jobs(w, (struct jobs_conf){ .env = &env_real, .lease_us = lease_us }, &w->jobs);
    w->probe.jobs = w->jobs;
    CHECK(jobs_start(w->jobs, &f) == ERR_OK);
}

void world_close(struct world *w)
{
    jobs_close(w->jobs);
    (void)pthread_mutex_destroy(&w->probe.lock);
}

enum err add_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct adding *add = arg;
    for (int i = 0; i < add->times; i++)
        TRY(jobs_add(add->jobs, tx, &add->in, add->a, &add->id, f));
    return ERR_OK;
}

struct str add_many(struct world *w, struct arena *a, struct str tenant, struct job_new in,
                    int times)
{
    struct fail f = { 0 };
    struct adding add = { .jobs = w->jobs, .in = in, .times = times, .a = a };
    CHECK_INT(db_write(w->db, tenant, add_unit, &add, &f), ERR_OK);
    return add.id;
}

struct str add(struct world *w, struct arena *a, struct job_new in)
{
    return add_many(w, a, TENANT_A, in, 1);
}

bool run_one(struct world *w)
{
    struct fail f = { 0 };
    bool ran = false;
    CHECK(jobs_run_one(w->jobs, &ran, &f) == ERR_OK);
    return ran;
}

/* The first cell of a query over all tenants. */
static struct db_val ask(struct world *w, struct arena *a, const char *sql)
{
    struct fail f = { 0 };
    struct db_conn *c = NULL;
    struct db_rows rows;
    struct db_query q = { .name = "t.ask", .sql = sql, .max_rows = 1 };
    CHECK(db_conn_open(w->db, &c, &f) == ERR_OK);
    CHECK(db_conn_tenant(c, STR("*"), &f) == ERR_OK);
    enum err e = db_one(c, &q, NULL, 0, a, &rows, &f);
    db_conn_close(c);
    CHECK_INT(e, ERR_OK);
    return *db_cell(&rows, 0, 0);
}

int64_t count(struct world *w, const char *sql)
{
    AUTO_ARENA a = { 0 };
    struct db_val v = ask(w, &a, sql);
    return db_as_int(&v);
}

struct str text(struct world *w, struct arena *a, const char *sql)
{
    struct db_val v = ask(w, a, sql);
    return db_as_text(&v);
}

void change(struct world *w, const char *sql)
{
    struct fail f = { 0 };
    CHECK_INT(fixture_exec(w->db, STR("*"), sql, &f), ERR_OK);
}

bool wait_for(struct world *w, const char *sql, int64_t want)
{
    for (int i = 0; i < 3000; i++) {
        if (count(w, sql) == want)
            return true;
        nap_ms(10);
    }
    return false;
}

void world_let_go(struct world *w)
{
    (void)pthread_mutex_lock(&w->probe.lock);
    w->probe.let_go = true;
    (void)pthread_mutex_unlock(&w->probe.lock);
}

bool world_waiting(struct world *w, int n)
{
    for (int i = 0; i < 6000; i++) {
        (void)pthread_mutex_lock(&w->probe.lock);
        bool there = w->probe.waiting >= n;
        (void)pthread_mutex_unlock(&w->probe.lock);
        if (there)
            return true;
        nap_ms(5);
    }
    return false;
}
