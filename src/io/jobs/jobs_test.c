#include "io/jobs/jobs.h"

#include "io/jobs/jobs_db.h"
#include "support/db_fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

/* What the kinds of these tests do. */
struct probe {
    struct jobs *jobs;
    struct clock_fixed *clock;
    enum err answer;     /* of t.fails */
    int64_t retry_after; /* of t.fails */
    enum err dead_answer;
    int runs, dead;
    bool let_go; /* guarded by lock */
    pthread_mutex_t lock;
    enum err seen; /* what job_check or job_commit said */
    char hint[40];
};
struct app {
    int other;
    struct probe *probe;
};

static const struct db_query q_table = { .name = "t.table",
                                         .sql = "CREATE TABLE effects (job_id TEXT NOT NULL)" };
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

static void nap_ms(int64_t ms)
{
    struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000 * US_PER_MS };
    (void)nanosleep(&t, NULL);
}

/* Works until it is told to stop or let go. */
static enum err run_waits(struct job_ctx *job, struct fail *f)
{
    struct probe *p = job->self;
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

struct world {
    struct db *db;
    struct probe probe;
    struct app app;
    struct clock_fixed clock;
    struct env env;
    struct metrics *metrics;
    struct jobs *jobs;
};

enum { START_S = 1'790'000'000 };

static enum err make_table(struct db_tx *tx, void *, struct fail *f)
{
    return db_exec(tx, &q_table, NULL, 0, NULL, f);
}

static void world_jobs(struct world *w, struct jobs_conf conf, struct jobs **out)
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

/* A clock that stands still; jobs run by jobs_run_one. */
static void world_open(struct world *w, struct db *db)
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

/* Real time and threads. */
static void world_start(struct world *w, struct db *db, int64_t lease_us)
{
    struct fail f = { 0 };
    world_open(w, db);
    jobs_close(w->jobs);
    world_jobs(w, (struct jobs_conf){ .env = &env_real, .lease_us = lease_us }, &w->jobs);
    w->probe.jobs = w->jobs;
    CHECK(jobs_start(w->jobs, &f) == ERR_OK);
}

static void world_close(struct world *w)
{
    jobs_close(w->jobs);
    (void)pthread_mutex_destroy(&w->probe.lock);
}

struct adding {
    struct jobs *jobs;
    struct job_new in;
    int times;
    struct arena *a;
    struct str id;
};

static enum err add_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct adding *add = arg;
    for (int i = 0; i < add->times; i++)
        TRY(jobs_add(add->jobs, tx, &add->in, add->a, &add->id, f));
    return ERR_OK;
}

static struct str add_many(struct world *w, struct arena *a, struct str tenant, struct job_new in,
                           int times)
{
    struct fail f = { 0 };
    struct adding add = { .jobs = w->jobs, .in = in, .times = times, .a = a };
    CHECK_INT(db_write(w->db, tenant, add_unit, &add, &f), ERR_OK);
    return add.id;
}

static struct str add(struct world *w, struct arena *a, struct job_new in)
{
    return add_many(w, a, TENANT_A, in, 1);
}

static bool run_one(struct world *w)
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

static int64_t count(struct world *w, const char *sql)
{
    AUTO_ARENA a = { 0 };
    struct db_val v = ask(w, &a, sql);
    return db_as_int(&v);
}

static struct str text(struct world *w, struct arena *a, const char *sql)
{
    struct db_val v = ask(w, a, sql);
    return db_as_text(&v);
}

static enum err sql_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    return db_exec(tx, arg, NULL, 0, NULL, f);
}

static void change(struct world *w, const char *sql)
{
    struct fail f = { 0 };
    struct db_query q = { .name = "t.change", .sql = sql };
    CHECK_INT(db_write(w->db, STR("*"), sql_unit, &q, &f), ERR_OK);
}

/* Waits for a count to come true; real time. */
static bool wait_for(struct world *w, const char *sql, int64_t want)
{
    for (int i = 0; i < 3000; i++) {
        if (count(w, sql) == want)
            return true;
        nap_ms(10);
    }
    return false;
}

TEST_BOTH(eight_workers_give_five_hundred_jobs_their_effect_exactly_once)
{
    AUTO_ARENA a = { 0 };
    struct world w;
    world_start(&w, db, 0);
    for (int i = 0; i < 50; i++)
        (void)add_many(&w, &a, i % 2 ? TENANT_A : TENANT_B, (struct job_new){ .kind = "t.effect" },
                       10);
    CHECK(wait_for(&w, "SELECT count(*) FROM jobs WHERE state = 'completed'", 500));
    CHECK_INT(count(&w, "SELECT count(*) FROM effects"), 500);
    CHECK_INT(count(&w, "SELECT count(DISTINCT job_id) FROM effects"), 500);
    CHECK_INT(count(&w, "SELECT count(*) FROM jobs WHERE attempt = 1 AND fence = 1"), 500);
    CHECK_INT(count(&w, "SELECT count(*) FROM job_attempts"), 0);
    world_close(&w);
}

TEST_BOTH(a_worker_that_lost_its_lease_cannot_commit)
{
    AUTO_ARENA a = { 0 };
    struct world w;
    world_open(&w, db);
    (void)add(&w, &a, (struct job_new){ .kind = "t.slow" });
    CHECK(run_one(&w));
    CHECK_INT(w.probe.seen, ERR_CONFLICT);
    CHECK_STR(str_of(w.probe.hint), "job.fenced");
    CHECK_INT(count(&w, "SELECT count(*) FROM effects"), 0);
    CHECK_STR(text(&w, &a, "SELECT state FROM jobs"), "retryable");
    w.clock.at_us += 3 * US_PER_S;
    CHECK(run_one(&w));
    CHECK_INT(w.probe.seen, ERR_OK);
    CHECK_INT(count(&w, "SELECT count(*) FROM effects"), 1);
    CHECK_INT(count(&w, "SELECT count(*) FROM job_attempts WHERE attempt = 1 AND outcome = 'lost'"),
              1);
    CHECK_INT(count(&w, "SELECT count(*) FROM job_attempts WHERE attempt = 2 AND outcome = 'done'"),
              1);
    world_close(&w);
}

TEST_BOTH(a_failing_job_is_tried_again_later_and_later_and_then_is_dead)
{
    static const int64_t base_s[] = { 2, 4 };
    AUTO_ARENA a = { 0 };
    struct world w;
    world_open(&w, db);
    w.probe.answer = ERR_UPSTREAM;
    (void)add(
        &w, &a,
        (struct job_new){ .kind = "t.fails", .target_kind = STR("run"), .target_id = TENANT_B });
    for (size_t i = 0; i < COUNT_OF(base_s); i++) {
        CHECK(run_one(&w));
        CHECK_STR(text(&w, &a, "SELECT state FROM jobs"), "retryable");
        CHECK_STR(text(&w, &a, "SELECT last_error FROM jobs"),
                  i ? "test.refused: attempt 2" : "test.refused: attempt 1");
        int64_t delay = count(&w, "SELECT run_at FROM jobs") - w.clock.at_us;
        CHECK(delay >= base_s[i] * US_PER_S / 2 && delay <= base_s[i] * US_PER_S);
        w.clock.at_us += delay - 1;
        CHECK(!run_one(&w));
        w.clock.at_us += 1;
    }
    CHECK_INT(w.probe.dead, 0);
    CHECK(run_one(&w));
    CHECK_INT(w.probe.runs, 3);
    CHECK_INT(w.probe.dead, 1);
    CHECK_STR(text(&w, &a, "SELECT state FROM jobs"), "dead");
    CHECK_INT(count(&w, "SELECT finished_at FROM jobs"), w.clock.at_us);
    CHECK_INT(count(&w, "SELECT count(*) FROM job_attempts WHERE outcome = 'error'"), 3);
    CHECK_STR(text(&w, &a, "SELECT job_id FROM effects"), "01930000-0000-7000-8000-00000000000b");
    CHECK(!run_one(&w));
    world_close(&w);
}

TEST_BOTH(an_upstream_that_names_a_delay_is_not_asked_before)
{
    AUTO_ARENA a = { 0 };
    struct world w;
    world_open(&w, db);
    w.probe.answer = ERR_BUSY;
    w.probe.retry_after = 90;
    (void)add(&w, &a, (struct job_new){ .kind = "t.fails" });
    CHECK(run_one(&w));
    CHECK_INT(count(&w, "SELECT run_at FROM jobs") - w.clock.at_us, 90 * (int64_t)US_PER_S);
    world_close(&w);
}

TEST_BOTH(an_error_that_will_not_pass_is_dead_at_once)
{
    static const enum err permanent[] = { ERR_INPUT, ERR_NOT_FOUND, ERR_GONE };
    AUTO_ARENA a = { 0 };
    struct world w;
    world_open(&w, db);
    for (size_t i = 0; i < COUNT_OF(permanent); i++) {
        w.probe.answer = permanent[i];
        (void)add(&w, &a, (struct job_new){ .kind = "t.fails", .payload = STR("{\"n\":1}") });
        CHECK(run_one(&w));
        CHECK_INT(w.probe.dead, i + 1);
        CHECK_INT(count(&w, "SELECT count(*) FROM jobs WHERE state = 'dead' AND attempt = 1"),
                  i + 1);
    }
    CHECK_STR(text(&w, &a, "SELECT job_id FROM effects LIMIT 1"), "{\"n\":1}");
    world_close(&w);
}

TEST_BOTH(a_death_that_cannot_be_told_is_told_later)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct world w;
    world_open(&w, db);
    w.probe.answer = ERR_INPUT;
    w.probe.dead_answer = ERR_IO;
    (void)add(&w, &a, (struct job_new){ .kind = "t.fails" });
    CHECK(run_one(&w));
    CHECK_STR(text(&w, &a, "SELECT state FROM jobs"), "running");
    CHECK_INT(count(&w, "SELECT count(*) FROM effects"), 0);
    w.probe.dead_answer = ERR_OK;
    w.clock.at_us += 61 * (int64_t)US_PER_S;
    CHECK(jobs_maintain(w.jobs, &f) == ERR_OK);
    w.clock.at_us += 61 * (int64_t)US_PER_S;
    CHECK(run_one(&w));
    CHECK_INT(count(&w, "SELECT count(*) FROM effects"), 1);
    CHECK_STR(text(&w, &a, "SELECT state FROM jobs WHERE kind = 't.fails'"), "dead");
    world_close(&w);
}

/* What a process leaves behind that died in the middle of a job. */
#define CRASH(attempt)                                                                             \
    "UPDATE jobs SET state = 'running', attempt = " attempt ", fence = fence + 1, lease_owner ="   \
    " 'node-1', lease_until = 1790000060000000"

TEST_BOTH(a_crash_counts_as_an_attempt_and_a_poisonous_job_ends_dead)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct world w;
    world_open(&w, db);
    (void)add(&w, &a, (struct job_new){ .kind = "t.fails" });
    change(&w, CRASH("1"));
    CHECK(jobs_maintain(w.jobs, &f) == ERR_OK);
    CHECK_STR(text(&w, &a, "SELECT state FROM jobs"), "running"); /* the lease still holds */
    w.clock.at_us += 61 * (int64_t)US_PER_S;
    CHECK(jobs_maintain(w.jobs, &f) == ERR_OK);
    CHECK_STR(text(&w, &a, "SELECT state FROM jobs WHERE kind = 't.fails'"), "retryable");
    change(&w, CRASH("3") " WHERE kind = 't.fails'");
    CHECK(jobs_maintain(w.jobs, &f) == ERR_OK);
    CHECK_STR(text(&w, &a, "SELECT state FROM jobs WHERE kind = 't.fails'"), "dead");
    CHECK_INT(w.probe.dead, 1);
    CHECK_INT(count(&w, "SELECT count(*) FROM job_attempts WHERE outcome = 'lost'"), 2);
    world_close(&w);
}

TEST_BOTH(a_process_that_comes_back_under_its_name_gets_its_jobs_at_once)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct world w;
    world_open(&w, db);
    (void)add(&w, &a,
              (struct job_new){ .kind = "t.judge" }); /* not our role: nobody runs it here */
    change(&w, CRASH("1"));
    CHECK(jobs_start(w.jobs, &f) == ERR_OK);
    CHECK_STR(text(&w, &a, "SELECT state FROM jobs WHERE kind = 't.judge'"), "retryable");
    world_close(&w);
}

TEST_BOTH(of_equal_unique_jobs_only_one_is_open)
{
    AUTO_ARENA a = { 0 };
    struct world w;
    struct job_new in = { .kind = "t.effect", .unique = STR("exercise 7") };
    world_open(&w, db);
    struct str one = add(&w, &a, in), two = add(&w, &a, in);
    CHECK(str_eq(one, two));
    struct str other = add_many(&w, &a, TENANT_B, in, 1);
    CHECK(!str_eq(one, other));
    in.unique = STR("exercise 8");
    CHECK(!str_eq(one, add(&w, &a, in)));
    while (run_one(&w))
        continue;
    in.unique = STR("exercise 7");
    CHECK(!str_eq(one, add(&w, &a, in)));
    CHECK_INT(count(&w, "SELECT count(*) FROM jobs"), 4);
    world_close(&w);
}

struct cancelling {
    struct jobs *jobs;
    struct str id;
};

static enum err cancel_by_id(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct cancelling *c = arg;
    return jobs_cancel(c->jobs, tx, c->id, f);
}

TEST_BOTH(a_cancelled_job_does_not_run_and_a_running_one_is_told)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct world w;
    world_open(&w, db);
    struct cancelling c = { w.jobs, add(&w, &a, (struct job_new){ .kind = "t.effect" }) };
    CHECK(db_write(db, TENANT_B, cancel_by_id, &c, &f) == ERR_NOT_FOUND);
    CHECK(db_write(db, TENANT_A, cancel_by_id, &c, &f) == ERR_OK);
    CHECK(!run_one(&w));
    CHECK(db_write(db, TENANT_A, cancel_by_id, &c, &f) == ERR_CONFLICT);
    CHECK_STR(str_of(f.hint), "state.transition");
    (void)add(&w, &a, (struct job_new){ .kind = "t.cancelled" });
    CHECK(run_one(&w));
    CHECK_INT(w.probe.seen, ERR_CONFLICT);
    CHECK_STR(str_of(w.probe.hint), "job.cancelled");
    CHECK_INT(count(&w, "SELECT count(*) FROM effects"), 0);
    CHECK_INT(count(&w, "SELECT count(*) FROM jobs WHERE state = 'cancelled'"), 2);
    CHECK_INT(count(&w, "SELECT count(*) FROM job_attempts"), 0);
    world_close(&w);
}

TEST_BOTH(two_processes_do_not_double_a_scheduled_job)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct world w;
    struct jobs *twin = NULL;
    world_open(&w, db);
    world_jobs(&w, (struct jobs_conf){ .node = STR("node-2") }, &twin);
    CHECK(jobs_maintain(w.jobs, &f) == ERR_OK);
    CHECK(jobs_maintain(twin, &f) == ERR_OK);
    CHECK_INT(count(&w, "SELECT count(*) FROM jobs"), 0);
    for (int round = 1; round <= 3; round++) {
        w.clock.at_us += 60 * (int64_t)US_PER_S;
        CHECK(jobs_maintain(w.jobs, &f) == ERR_OK);
        CHECK(jobs_maintain(twin, &f) == ERR_OK);
        CHECK_INT(count(&w, "SELECT count(*) FROM jobs WHERE kind = 't.cron'"), round);
        CHECK(run_one(&w));
    }
    w.clock.at_us += 600 * (int64_t)US_PER_S; /* missed ones are made up for once */
    CHECK(jobs_maintain(twin, &f) == ERR_OK);
    CHECK(jobs_maintain(w.jobs, &f) == ERR_OK);
    w.clock.at_us += 60 * (int64_t)US_PER_S; /* and the one still open is not joined by another */
    CHECK(jobs_maintain(twin, &f) == ERR_OK);
    CHECK_INT(count(&w, "SELECT count(*) FROM jobs WHERE kind = 't.cron'"), 4);
    CHECK_STR(text(&w, &a, "SELECT DISTINCT tenant_id FROM jobs"),
              "00000000-0000-0000-0000-000000000000");
    jobs_close(twin);
    world_close(&w);
}

TEST_BOTH(a_job_knows_how_many_stand_before_it)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct world w;
    struct db_conn *c = NULL;
    int64_t position = -1;
    struct str ids[3];
    world_open(&w, db);
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        w.clock.at_us += 10;
        ids[i] = add(&w, &a, (struct job_new){ .kind = "t.effect" });
    }
    struct str first = add(&w, &a, (struct job_new){ .kind = "t.effect", .priority = JOB_FIRST });
    (void)add(&w, &a, (struct job_new){ .kind = "t.waits" });
    CHECK(db_conn_open(db, &c, &f) == ERR_OK);
    CHECK(db_conn_tenant(c, TENANT_A, &f) == ERR_OK);
    CHECK(jobs_position(w.jobs, c, ids[2], &position, &f) == ERR_OK);
    CHECK_INT(position, 3);
    CHECK(jobs_position(w.jobs, c, first, &position, &f) == ERR_OK);
    CHECK_INT(position, 0);
    CHECK(run_one(&w));
    CHECK(jobs_position(w.jobs, c, ids[2], &position, &f) == ERR_OK);
    CHECK_INT(position, 2);
    CHECK(jobs_position(w.jobs, c, first, &position, &f) == ERR_OK);
    CHECK_INT(position, 0);
    CHECK(jobs_position(w.jobs, c, TENANT_B, &position, &f) == ERR_NOT_FOUND);
    db_conn_close(c);
    world_close(&w);
}

TEST_BOTH(a_job_for_later_waits_for_its_time)
{
    AUTO_ARENA a = { 0 };
    struct world w;
    world_open(&w, db);
    (void)add(&w, &a, (struct job_new){ .kind = "t.effect", .run_at = w.clock.at_us + 5 });
    CHECK_STR(text(&w, &a, "SELECT state FROM jobs"), "scheduled");
    CHECK(!run_one(&w));
    w.clock.at_us += 5;
    CHECK(run_one(&w));
    CHECK_INT(count(&w, "SELECT count(*) FROM effects"), 1);
    world_close(&w);
}

TEST_BOTH(tenants_take_turns_for_the_workers_of_a_kind)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct world w;
    world_open(&w, db);
    (void)add_many(&w, &a, TENANT_A, (struct job_new){ .kind = "t.waits" }, 20);
    (void)add_many(&w, &a, TENANT_B, (struct job_new){ .kind = "t.waits" }, 4);
    jobs_close(w.jobs);
    world_jobs(&w, (struct jobs_conf){ .env = &env_real }, &w.jobs);
    w.clock.at_us += 1;
    CHECK(jobs_start(w.jobs, &f) == ERR_OK);
    CHECK(wait_for(&w, "SELECT count(*) FROM jobs WHERE state = 'running'", 4));
    CHECK_INT(count(&w, "SELECT count(*) FROM jobs WHERE state = 'running' AND tenant_id = "
                        "'01930000-0000-7000-8000-00000000000b'"),
              2);
    world_close(&w);
}

TEST_BOTH(draining_gives_running_jobs_back_without_their_attempt)
{
    AUTO_ARENA a = { 0 };
    struct world w;
    world_start(&w, db, 0);
    (void)add_many(&w, &a, TENANT_A, (struct job_new){ .kind = "t.waits" }, 6);
    CHECK(wait_for(&w, "SELECT count(*) FROM jobs WHERE state = 'running'", 4));
    jobs_drain(w.jobs, 20 * US_PER_MS);
    CHECK_INT(count(&w, "SELECT count(*) FROM jobs WHERE state = 'available' AND attempt = 0"), 6);
    world_close(&w);
    CHECK_INT(w.probe.seen, ERR_CONFLICT);
    CHECK_STR(str_of(w.probe.hint), "job.fenced");
    CHECK_INT(count(&w, "SELECT count(*) FROM effects"), 0);
    CHECK_INT(count(&w, "SELECT count(*) FROM jobs WHERE state = 'available'"), 6);
}

TEST_BOTH(draining_lets_jobs_finish_that_can)
{
    AUTO_ARENA a = { 0 };
    struct world w;
    world_start(&w, db, 0);
    (void)add_many(&w, &a, TENANT_A, (struct job_new){ .kind = "t.waits" }, 2);
    CHECK(wait_for(&w, "SELECT count(*) FROM jobs WHERE state = 'running'", 2));
    (void)pthread_mutex_lock(&w.probe.lock);
    w.probe.let_go = true;
    (void)pthread_mutex_unlock(&w.probe.lock);
    jobs_drain(w.jobs, 10 * (int64_t)US_PER_S);
    CHECK_INT(count(&w, "SELECT count(*) FROM jobs WHERE state = 'completed'"), 2);
    world_close(&w);
}

TEST_BOTH(the_lease_of_a_long_job_is_renewed)
{
    AUTO_ARENA a = { 0 };
    struct world w;
    world_start(&w, db, 600 * US_PER_MS);
    (void)add(&w, &a, (struct job_new){ .kind = "t.waits" });
    CHECK(wait_for(&w, "SELECT count(*) FROM jobs WHERE state = 'running'", 1));
    nap_ms(2000);
    (void)pthread_mutex_lock(&w.probe.lock);
    w.probe.let_go = true;
    (void)pthread_mutex_unlock(&w.probe.lock);
    CHECK(wait_for(&w, "SELECT count(*) FROM jobs WHERE state = 'completed'", 1));
    CHECK_INT(count(&w, "SELECT fence FROM jobs WHERE kind = 't.waits'"), 1);
    world_close(&w);
}

TEST_BOTH(a_job_that_takes_too_long_is_told_and_counts_as_timed_out)
{
    AUTO_ARENA a = { 0 };
    struct world w;
    world_start(&w, db, 0);
    (void)add(&w, &a, (struct job_new){ .kind = "t.late" });
    CHECK(wait_for(&w, "SELECT count(*) FROM jobs WHERE state = 'dead'", 1));
    CHECK_STR(text(&w, &a, "SELECT outcome FROM job_attempts"), "timeout");
    world_close(&w);
    CHECK_INT(w.probe.seen, ERR_TIMEOUT);
}

TEST_BOTH(a_paused_kind_waits)
{
    AUTO_ARENA a = { 0 };
    struct world w;
    world_start(&w, db, 0);
    change(&w, "INSERT INTO job_kinds (kind, paused) VALUES ('t.effect', 1)");
    nap_ms(1500);
    (void)add(&w, &a, (struct job_new){ .kind = "t.effect" });
    nap_ms(300);
    CHECK_STR(text(&w, &a, "SELECT state FROM jobs WHERE kind = 't.effect'"), "available");
    change(&w, "UPDATE job_kinds SET paused = 0");
    CHECK(wait_for(&w, "SELECT count(*) FROM effects", 1));
    world_close(&w);
}

TEST(jobs_outlive_the_process_that_added_them)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct world w;
    struct db_conf conf = fixture_conf(DB_SQLITE, true);
    struct db *db = NULL;
    CHECK(db_open(&db, &conf, &f) == ERR_OK);
    world_open(&w, db);
    struct str id =
        add(&w, &a, (struct job_new){ .kind = "t.effect", .payload = STR("{\"a\":1}") });
    world_close(&w);
    db_close(db);
    CHECK(db_open(&db, &conf, &f) == ERR_OK);
    w.db = db;
    world_jobs(&w, (struct jobs_conf){ 0 }, &w.jobs);
    CHECK(run_one(&w));
    CHECK(str_eq(text(&w, &a, "SELECT job_id FROM effects"), id));
    jobs_close(w.jobs);
    db_close(db);
}

TEST_BOTH(a_job_that_cannot_be_is_not_added)
{
    static char big[64 * 1024 + 1];
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct world w;
    world_open(&w, db);
    struct adding add = { .jobs = w.jobs, .in = { .kind = "t.unheard_of" }, .times = 1, .a = &a };
    CHECK(db_write(db, TENANT_A, add_unit, &add, &f) == ERR_INPUT);
    CHECK_STR(str_of(f.hint), "job.kind");
    memset(big, ' ', sizeof big);
    add.in = (struct job_new){ .kind = "t.effect", .payload = { big, sizeof big } };
    CHECK(db_write(db, TENANT_A, add_unit, &add, &f) == ERR_TOO_LARGE);
    CHECK_STR(str_of(f.hint), "job.payload");
    world_close(&w);
}

TEST(a_kind_that_is_not_whole_does_not_open)
{
    static const struct job_kind bad[] = {
        { .name = "", .role = "worker", .workers = 1, .timeout_ms = 1, .run = run_nothing },
        { .name = "a", .role = "boss", .workers = 1, .timeout_ms = 1, .run = run_nothing },
        { .name = "a", .role = "worker", .workers = 0, .timeout_ms = 1, .run = run_nothing },
        { .name = "a", .role = "worker", .workers = 1, .timeout_ms = 0, .run = run_nothing },
        { .name = "a", .role = "worker", .workers = 1, .timeout_ms = 1 },
        { .name = "a",
          .role = "worker",
          .workers = 1,
          .timeout_ms = 1,
          .run = run_nothing,
          .cron = "@hourly" },
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct fail f = { 0 };
        struct jobs *j = NULL;
        struct jobs_conf conf = {
            .env = &env_real, .kinds = &bad[i], .kind_count = 1, .node = STR("n")
        };
        CHECK(jobs_open(&j, &conf, &f) == ERR_INPUT);
        CHECK_STR(str_of(f.hint), "job.kind");
    }
}

TEST_BOTH(hot_queries_of_jobs_use_their_indexes)
{
    fixture_check_plans(db, jobs_db_queries, jobs_db_query_count);
}

/* They change rows and sort a small window, so they are not in the table of hot queries. */
TEST_BOTH(claiming_walks_the_index_of_waiting_jobs)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct db_conn *c = NULL;
    struct str plan;
    CHECK(db_conn_open(db, &c, &f) == ERR_OK);
    for (size_t i = 0; i < jobs_db_query_count; i++) {
        const struct db_query *q = &jobs_db_queries[i];
        bool postgres = str_has(str_of(q->sql), STR("SKIP LOCKED"));
        if (!str_is(str_of(q->name), "job.claim") || postgres != (db_engine(db) == DB_POSTGRES))
            continue;
        CHECK(db_explain(c, q, &a, &plan, &f) == ERR_OK);
        CHECK(str_has(plan, STR("jobs_q33")));
    }
    db_conn_close(c);
}
