/* The queue alive: real time and threads. */
#include "io/jobs/world_test.h"

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
    CHECK(world_waiting(&w, 4));
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
    CHECK(world_waiting(&w, 4));
    jobs_drain(w.jobs, (int64_t)20 * US_PER_MS);
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
    CHECK(world_waiting(&w, 2));
    world_let_go(&w);
    jobs_drain(w.jobs, 10 * (int64_t)US_PER_S);
    CHECK_INT(count(&w, "SELECT count(*) FROM jobs WHERE state = 'completed'"), 2);
    world_close(&w);
}

/* Stands still until told, whatever thread asks: leases end only when the test says so. */
struct stepped {
    struct clock base; /* first member: a stepped is a clock */
    pthread_mutex_t *lock;
    int64_t *at_us; /* guarded by lock */
};

static int64_t stepped_at(const struct clock *c)
{
    const struct stepped *s = (const struct stepped *)c;
    (void)pthread_mutex_lock(s->lock);
    int64_t at = *s->at_us;
    (void)pthread_mutex_unlock(s->lock);
    return at;
}

static void step(const struct stepped *s, int64_t us)
{
    (void)pthread_mutex_lock(s->lock);
    *s->at_us += us;
    (void)pthread_mutex_unlock(s->lock);
}

TEST_BOTH(the_lease_of_a_long_job_is_renewed)
{
    enum { LEASE_US = 2 * US_PER_S };
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    int64_t at = INT64_C(1790000000) * US_PER_S;
    struct stepped clock = { { stepped_at, stepped_at }, &lock, &at };
    const struct env env = { .clock = &clock.base, .rng = &rng_real };
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct world w;
    world_open(&w, db);
    jobs_close(w.jobs);
    world_jobs(&w, (struct jobs_conf){ .env = &env, .lease_us = LEASE_US }, &w.jobs);
    w.probe.jobs = w.jobs;
    CHECK(jobs_start(w.jobs, &f) == ERR_OK);
    (void)add(&w, &a, (struct job_new){ .kind = "t.waits" });
    CHECK(world_waiting(&w, 1));
    int64_t first = count(&w, "SELECT lease_until FROM jobs WHERE kind = 't.waits'");
    for (int i = 1; i <= 6; i++) { /* three leases in halves of one */
        step(&clock, LEASE_US / 2);
        int64_t until = first + (int64_t)i * LEASE_US / 2;
        struct str renewed =
            arena_fmt(&a, "SELECT count(*) FROM jobs WHERE lease_until = %lld", (long long)until);
        CHECK(wait_for(&w, renewed.ptr, 1));
    }
    world_let_go(&w);
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
