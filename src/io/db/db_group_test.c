/* Many threads writing at once. */
#include "base/buf.h"
#include "support/db_fixture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

enum { THREADS = 8, EACH = 50 };

struct crowd {
    struct db *db;
    atomic_int started, wrong, hooks;
};
struct member {
    struct crowd *crowd;
    int number;
    int step;
};

static void on_commit(void *arg)
{
    atomic_fetch_add(&((struct crowd *)arg)->hooks, 1);
}

/* Each unit writes two rows; every fifth fails after the first, so the others must not notice. */
static enum err two_rows(struct db_tx *tx, void *arg, struct fail *f)
{
    static const struct db_query q = {
        .name = "t.lease",
        .sql = "INSERT INTO leases (name, owner, fence, until) VALUES ($1, 'x', $2, 1)",
    };
    struct member *m = arg;
    for (int i = 0; i < 2; i++) {
        struct str name = arena_fmt(db_tx_arena(tx), "%d-%d-%d", m->number, m->step, i);
        TRY(db_exec(tx, &q, DB_ARGS(db_text(name), db_int(i)), NULL, f));
        if (m->step % 5 == 4)
            return FAIL(f, ERR_GONE, "test.gone", "as planned");
    }
    db_after_commit(tx, on_commit, m->crowd);
    return ERR_OK;
}

static void *work(void *arg)
{
    struct member m = *(struct member *)arg;
    atomic_fetch_add(&m.crowd->started, 1);
    while (atomic_load(&m.crowd->started) < THREADS)
        ;
    for (m.step = 0; m.step < EACH; m.step++) {
        struct fail f = { 0 };
        enum err want = m.step % 5 == 4 ? ERR_GONE : ERR_OK;
        if (db_write(m.crowd->db, TENANT_A, two_rows, &m, &f) != want)
            atomic_fetch_add(&m.crowd->wrong, 1);
    }
    return NULL;
}

static void run_crowd(struct crowd *c)
{
    pthread_t threads[THREADS];
    struct member members[THREADS];
    for (int i = 0; i < THREADS; i++) {
        members[i] = (struct member){ .crowd = c, .number = i };
        CHECK_INT(pthread_create(&threads[i], NULL, work, &members[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        CHECK_INT(pthread_join(threads[i], NULL), 0);
}

TEST_BOTH(units_of_many_threads_stay_whole_and_apart)
{
    struct crowd c = { .db = db };
    run_crowd(&c);
    CHECK_INT(c.wrong, 0);
    CHECK_INT(c.hooks, THREADS * EACH * 4 / 5);
    CHECK_INT(fixture_int(db, TENANT_A, "SELECT count(*) FROM leases"), THREADS * EACH * 4 / 5 * 2);
    CHECK_INT(fixture_int(db, TENANT_A, "SELECT coalesce(sum(fence), 0) FROM leases"),
              THREADS * EACH * 4 / 5);
}

/* --- grouping --- */
enum { M_QUERY, M_UNIT, M_GROUP, M_QUEUE, M_POOL, M_RETRY };
static const double bounds[] = { 1, 2, 4, 8, 16 };
static const struct metric_def defs[] = {
    [M_QUERY] = { .name = "q", .help = "q", .type = METRIC_COUNTER },
    [M_UNIT] = { .name = "u",
                 .help = "u",
                 .type = METRIC_HISTOGRAM,
                 .buckets = bounds,
                 .bucket_count = COUNT_OF(bounds) },
    [M_GROUP] = { .name = "g",
                  .help = "g",
                  .type = METRIC_HISTOGRAM,
                  .buckets = bounds,
                  .bucket_count = COUNT_OF(bounds) },
    [M_QUEUE] = { .name = "w", .help = "w", .type = METRIC_GAUGE },
    [M_POOL] = { .name = "p", .help = "p", .type = METRIC_GAUGE },
    [M_RETRY] = { .name = "r", .help = "r", .type = METRIC_COUNTER },
};
static const struct db_metric_rows rows = { .query_seconds = M_UNIT,
                                            .unit_seconds = M_UNIT,
                                            .group_size = M_GROUP,
                                            .writer_queue = M_QUEUE,
                                            .pool_in_use = M_POOL,
                                            .retries_total = M_RETRY };

/* The number behind `name` in the text of all metrics. */
static int64_t metric_number(const struct metrics *m, const char *name)
{
    AUTO_BUF b = { .max = 1 << 16 };
    metrics_text(m, &b);
    struct str rest = buf_str(&b), line;
    while (str_take_line(&rest, &line)) {
        int64_t v = 0;
        if (str_is(str_take_until(&line, ' '), name) && str_to_i64(line, 0, INT64_MAX, &v))
            return v;
    }
    return -1;
}

TEST(one_commit_serves_many_units)
{
    struct fail f = { 0 };
    struct metrics *m = metrics_new(defs, COUNT_OF(defs));
    struct db_conf conf = fixture_conf(DB_SQLITE, true);
    struct crowd c = { 0 };
    conf.metrics = m;
    conf.metric_rows = &rows;
    CHECK_INT(db_open(&c.db, &conf, &f), ERR_OK);
    run_crowd(&c);
    int64_t commits = metric_number(m, "ainative_g_count"),
            units = metric_number(m, "ainative_g_sum");
    CHECK_INT(units, THREADS * EACH);
    CHECK(commits > 0 && commits * 3 < units * 2);
    db_close(c.db);
    metrics_free(m);
}

static enum err outlast_the_group(struct db_tx *, void *, struct fail *)
{
    int64_t end = env_mono(&env_real) + 10 * (int64_t)US_PER_MS;
    while (env_mono(&env_real) < end)
        ;
    return ERR_OK;
}

TEST(a_writer_that_rests_shows_an_empty_queue)
{
    struct fail f = { 0 };
    struct metrics *m = metrics_new(defs, COUNT_OF(defs));
    struct db_conf conf = fixture_conf(DB_SQLITE, true);
    struct db *db = NULL;
    conf.metrics = m;
    conf.metric_rows = &rows;
    CHECK_INT(db_open(&db, &conf, &f), ERR_OK);
    metric_set(m, M_QUEUE, NULL, 7);
    CHECK_INT(db_write(db, TENANT_A, outlast_the_group, NULL, &f), ERR_OK);
    db_close(db);
    CHECK_INT(metric_value(m, M_QUEUE, NULL), 0);
    metrics_free(m);
}
