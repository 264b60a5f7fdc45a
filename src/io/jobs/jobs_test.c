/* The queue by hand: a clock that stands still, no threads. */
#include "io/jobs/jobs_db.h"
#include "io/jobs/world_test.h"

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
    w.clock.at_us += 3 * (int64_t)US_PER_S;
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

TEST_BOTH(a_death_that_cannot_be_told_holds_up_no_other_rescue)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct world w;
    world_open(&w, db);
    w.probe.dead_answer = ERR_IO;
    (void)add(&w, &a, (struct job_new){ .kind = "t.fails" });
    change(&w, CRASH("3"));
    (void)add(&w, &a, (struct job_new){ .kind = "t.effect" });
    change(&w, CRASH("1") " + 1 WHERE kind = 't.effect'");
    w.clock.at_us += 61 * (int64_t)US_PER_S;
    CHECK(jobs_maintain(w.jobs, &f) == ERR_OK);
    CHECK_STR(text(&w, &a, "SELECT state FROM jobs WHERE kind = 't.fails'"), "running");
    CHECK_STR(text(&w, &a, "SELECT state FROM jobs WHERE kind = 't.effect'"), "retryable");
    world_close(&w);
}

TEST_BOTH(lost_jobs_that_a_newer_program_has_to_end_do_not_stop_the_rescue)
{
    enum { PAGE = JOBS_EXPIRED_PAGE };
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct world w;
    world_open(&w, db);
    (void)add_many(&w, &a, TENANT_A, (struct job_new){ .kind = "t.judge" }, PAGE);
    change(&w, CRASH("3") ", kind = 't.newer'");
    (void)add(&w, &a, (struct job_new){ .kind = "t.effect" });
    change(&w, CRASH("1") " + 1 WHERE kind = 't.effect'");
    w.clock.at_us += 61 * (int64_t)US_PER_S;
    CHECK(jobs_maintain(w.jobs, &f) == ERR_OK);
    CHECK_INT(count(&w, "SELECT count(*) FROM jobs WHERE kind = 't.newer' AND state = 'running'"),
              PAGE);
    CHECK_STR(text(&w, &a, "SELECT state FROM jobs WHERE kind = 't.effect'"), "retryable");
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
    int64_t position = -1;
    struct str ids[3];
    world_open(&w, db);
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        w.clock.at_us += 10;
        ids[i] = add(&w, &a, (struct job_new){ .kind = "t.effect" });
    }
    struct str first = add(&w, &a, (struct job_new){ .kind = "t.effect", .priority = JOB_FIRST });
    (void)add(&w, &a, (struct job_new){ .kind = "t.waits" });
    struct db_conn *c = fixture_reader(db, TENANT_A);
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

static enum err nothing(struct job_ctx *, struct fail *)
{
    return ERR_OK;
}

TEST(a_kind_that_is_not_whole_does_not_open)
{
    static const struct job_kind bad[] = {
        { .name = "", .role = "worker", .workers = 1, .timeout_ms = 1, .run = nothing },
        { .name = "a", .role = "boss", .workers = 1, .timeout_ms = 1, .run = nothing },
        { .name = "a", .role = "worker", .workers = 0, .timeout_ms = 1, .run = nothing },
        { .name = "a", .role = "worker", .workers = 1, .timeout_ms = 0, .run = nothing },
        { .name = "a", .role = "worker", .workers = 1, .timeout_ms = 1 },
        { .name = "a",
          .role = "worker",
          .workers = 1,
          .timeout_ms = 1,
          .run = nothing,
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
TEST_BOTH(claiming_walks_the_indexes_of_waiting_and_of_running_jobs)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct str plan;
    int looked_at = 0;
    struct db_conn *c = fixture_reader(db, STR(""));
    for (size_t i = 0; i < jobs_db_query_count; i++) {
        const struct db_query *q = &jobs_db_queries[i];
        bool postgres = str_has(str_of(q->sql), STR("SKIP LOCKED"));
        if (!str_is(str_of(q->name), "job.claim") || postgres != (db_engine(db) == DB_POSTGRES))
            continue;
        looked_at++;
        CHECK(db_explain(c, q, &a, &plan, &f) == ERR_OK);
        CHECK(str_has(plan, STR("jobs_q33")) && str_has(plan, STR("jobs_q34")));
        /* not all jobs, neither in the order of another index nor in none */
        CHECK(!str_has(plan, STR("jobs_q35")) && !str_has(plan, STR("Seq Scan on jobs")));
    }
    CHECK_INT(looked_at, 1);
    db_conn_close(c);
}

TEST_BOTH(the_load_of_the_queue_is_what_is_due_and_how_old_it_is)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct jobs_load load = { 0 };
    struct world w;
    world_open(&w, db);
    CHECK(jobs_load(w.jobs, &load, &f) == ERR_OK);
    CHECK(load.waiting == 0 && load.oldest_wait_s == 0 && load.running == 0);
    (void)add_many(&w, &a, TENANT_A, (struct job_new){ .kind = "t.effect" }, 2);
    w.clock.at_us += 7 * (int64_t)US_PER_S;
    (void)add_many(&w, &a, TENANT_B, (struct job_new){ .kind = "t.fails" }, 1);
    (void)add(
        &w, &a,
        (struct job_new){ .kind = "t.fails", .run_at = w.clock.at_us + 60 * (int64_t)US_PER_S });
    CHECK(jobs_load(w.jobs, &load, &f) == ERR_OK);
    CHECK_INT(load.waiting, 3);
    CHECK_INT(load.oldest_wait_s, 7);
    world_close(&w);
}
