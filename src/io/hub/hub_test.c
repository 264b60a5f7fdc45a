/* The contract of hub.h, on both engines. */
#include "io/hub/hub.h"

#include "io/hub/hub_db.h"
#include "support/db_fixture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

static const struct log quiet = { .clock = &clock_real, .fd = 2, .level = LOG_ERROR };
static const struct str turn = STR_INIT("turn:1");

static struct hub *open_hub(struct db *db, const struct env *env)
{
    struct hub *h = NULL;
    struct fail f = { 0 };
    const struct hub_conf conf = { .db = db, .env = env, .log = &quiet, .streams_max = 100 };
    CHECK_INT(hub_open(&h, &conf, &f), ERR_OK);
    return h;
}

static void count_wake(void *arg)
{
    atomic_fetch_add((atomic_int *)arg, 1);
}

static struct hub_sub *follow(struct hub *h, struct str stream, int64_t after, atomic_int *wakes)
{
    struct hub_sub *s = NULL;
    struct fail f = { 0 };
    const struct hub_follow what = { TENANT_A, stream, after, count_wake, wakes };
    CHECK_INT(hub_subscribe(h, &what, &s, &f), ERR_OK);
    return s;
}

static void publish(struct hub *h, struct str stream, int from, int n)
{
    for (int i = from; i < from + n; i++) {
        char data[32];
        struct fail f = { 0 };
        int len = snprintf(data, sizeof data, "{\"i\":%d}", i);
        const struct hub_event e = { 0, STR("text"), { data, (size_t)len } };
        CHECK_INT(hub_publish(h, TENANT_A, stream, &e, 1, &f), ERR_OK);
    }
}

static void nap(void)
{
    clock_sleep(US_PER_MS);
}

/* The next thing that is not "empty", within ten seconds. */
static enum hub_next wait_next(struct hub_sub *s, struct arena *a, struct hub_event *e)
{
    for (int i = 0; i < 10000; i++) {
        enum hub_next what = hub_next(s, a, e);
        if (what != HUB_EMPTY)
            return what;
        nap();
    }
    return HUB_EMPTY;
}

/* Exactly the events from..to follow, in order. */
static bool hears(struct hub_sub *s, int64_t from, int64_t to)
{
    AUTO_ARENA a = { 0 };
    for (int64_t want = from; want <= to; want++) {
        struct hub_event e = { 0 };
        char data[32];
        enum hub_next what = wait_next(s, &a, &e);
        (void)snprintf(data, sizeof data, "{\"i\":%d}", (int)want);
        if (what != HUB_EVENT || e.seq != want || !str_is(e.data, data)) {
            (void)fprintf(stderr, "# wanted %d, got kind %d seq %d\n", (int)want, (int)what,
                          (int)e.seq);
            return false;
        }
    }
    return true;
}

static bool hears_nothing(struct hub_sub *s)
{
    AUTO_ARENA a = { 0 };
    struct hub_event e;
    for (int i = 0; i < 20; i++) {
        if (hub_next(s, &a, &e) != HUB_EMPTY)
            return false;
        nap();
    }
    return true;
}

TEST_BOTH(events_are_numbered_from_one_and_reach_those_who_listen)
{
    struct hub *h = open_hub(db, &env_real);
    atomic_int wakes = 0, other_wakes = 0;
    struct hub_sub *s = follow(h, turn, 0, &wakes);
    struct hub_sub *other = follow(h, STR("turn:2"), 0, &other_wakes);
    publish(h, turn, 1, 5);
    CHECK(hears(s, 1, 5));
    CHECK(hears_nothing(s));
    CHECK(hears_nothing(other));
    CHECK(wakes > 0);
    hub_unsubscribe(s);
    hub_unsubscribe(other);
    hub_close(h);
}

TEST_BOTH(who_comes_back_gets_exactly_what_was_missed)
{
    struct hub *h = open_hub(db, &env_real);
    atomic_int wakes = 0;
    publish(h, turn, 1, 150);
    struct hub_sub *s = follow(h, turn, 30, &wakes);
    CHECK(hears(s, 31, 100));
    hub_unsubscribe(s);
    s = follow(h, turn, 100, &wakes);
    publish(h, turn, 151, 5);
    CHECK(hears(s, 101, 155));
    CHECK(hears_nothing(s));
    hub_unsubscribe(s);
    hub_close(h);
}

struct talker {
    struct hub *h;
    int n;
};

static void *talk(void *arg)
{
    const struct talker *t = arg;
    publish(t->h, turn, 1, t->n);
    return NULL;
}

TEST_BOTH(joining_while_events_pour_in_neither_loses_nor_doubles)
{
    enum { N = 400, JOINERS = 12 };
    struct hub *h = open_hub(db, &env_real);
    struct talker t = { h, N };
    struct hub_sub *subs[JOINERS];
    atomic_int wakes = 0;
    pthread_t thread;
    CHECK_INT(pthread_create(&thread, NULL, talk, &t), 0);
    for (int i = 0; i < JOINERS; i++) {
        subs[i] = follow(h, turn, INT64_C(3) * i, &wakes);
        nap();
    }
    pthread_join(thread, NULL);
    for (int i = 0; i < JOINERS; i++) {
        CHECK(hears(subs[i], i * 3 + 1, N));
        CHECK(hears_nothing(subs[i]));
        hub_unsubscribe(subs[i]);
    }
    hub_close(h);
}

struct unit_arg {
    struct hub *h;
    int n;
    bool fail;
};

static enum err publish_many(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct unit_arg *in = arg;
    for (int i = 1; i <= in->n; i++) {
        struct str data = arena_fmt(db_tx_arena(tx), "{\"i\":%d}", i);
        TRY(hub_publish_tx(in->h, tx, turn, STR("test"), data, f));
    }
    TRY(hub_end_tx(in->h, tx, turn, f));
    return in->fail ? FAIL(f, ERR_CONFLICT, "conflict", "on purpose") : ERR_OK;
}

TEST_BOTH(a_unit_publishes_all_or_nothing_and_the_end_closes)
{
    struct hub *h = open_hub(db, &env_real);
    struct fail f = { 0 };
    atomic_int wakes = 0;
    struct hub_sub *s = follow(h, turn, 0, &wakes);
    struct unit_arg arg = { h, 50, true };
    CHECK_INT(db_write(db, TENANT_A, publish_many, &arg, &f), ERR_CONFLICT);
    CHECK(hears_nothing(s));
    arg.fail = false;
    CHECK_INT(db_write(db, TENANT_A, publish_many, &arg, &f), ERR_OK);
    CHECK(hears(s, 1, 50));
    AUTO_ARENA a = { 0 };
    struct hub_event e;
    CHECK_INT(wait_next(s, &a, &e), HUB_CLOSED);
    hub_unsubscribe(s);
    s = follow(h, turn, 49, &wakes);
    CHECK(hears(s, 50, 50));
    CHECK_INT(wait_next(s, &a, &e), HUB_CLOSED);
    hub_unsubscribe(s);
    hub_close(h);
}

/* Reads up to event n, coming back after each cut. Returns how often it was cut, -1 for a wrong
 * event. */
static int read_with_returns(struct hub *h, struct hub_sub **s, int n, atomic_int *wakes)
{
    AUTO_ARENA a = { 0 };
    int cuts = 0;
    for (int64_t last = 0; last < n;) {
        struct hub_event e = { 0 };
        enum hub_next what = wait_next(*s, &a, &e);
        if (what == HUB_CUT) {
            cuts++;
            hub_unsubscribe(*s);
            *s = follow(h, turn, last, wakes);
        } else if (what != HUB_EVENT || e.seq != last + 1) {
            return -1;
        } else {
            last = e.seq;
        }
    }
    return cuts;
}

TEST_BOTH(a_slow_reader_is_cut_and_resumes_without_loss)
{
    enum { N = 40 };
    static char big[16000];
    struct hub *h = open_hub(db, &env_real);
    struct fail f = { 0 };
    atomic_int wakes = 0;
    struct hub_sub *s = follow(h, turn, 0, &wakes);
    CHECK(hears_nothing(s));
    memset(big, 'x', sizeof big);
    const struct hub_event out = { 0, STR("stdout"), { big, sizeof big } };
    for (int i = 0; i < N; i++)
        CHECK_INT(hub_publish(h, TENANT_A, turn, &out, 1, &f), ERR_OK);
    /* with PostgreSQL a poll may have sent it to the store first, where it reads at its own pace */
    int cuts = read_with_returns(h, &s, N, &wakes);
    CHECK(db_engine(db) == DB_SQLITE ? cuts == 1 : cuts >= 0);
    hub_unsubscribe(s);
    hub_close(h);
}

TEST_BOTH(a_signal_reaches_only_those_present_and_has_no_number)
{
    struct hub *h = open_hub(db, &env_real);
    atomic_int wakes = 0;
    AUTO_ARENA a = { 0 };
    struct hub_event e = { 0 };
    hub_signal(h, TENANT_A, turn, STR("student"), STR("{}"));
    struct hub_sub *s = follow(h, turn, 0, &wakes);
    CHECK(hears_nothing(s));
    hub_signal(h, TENANT_A, turn, STR("student"), STR("{\"a\":1}"));
    CHECK_INT(wait_next(s, &a, &e), HUB_EVENT);
    CHECK_INT(e.seq, 0);
    CHECK_STR(e.event, "student");
    publish(h, turn, 1, 1);
    CHECK(hears(s, 1, 1));
    hub_unsubscribe(s);
    hub_close(h);
}

TEST_BOTH(tenants_do_not_hear_each_other)
{
    struct hub *h = open_hub(db, &env_real);
    struct fail f = { 0 };
    atomic_int wakes = 0;
    struct hub_sub *s = follow(h, turn, 0, &wakes);
    const struct hub_event e = { 0, STR("text"), STR("{}") };
    CHECK_INT(hub_publish(h, TENANT_B, turn, &e, 1, &f), ERR_OK);
    CHECK(hears_nothing(s));
    publish(h, turn, 1, 1);
    CHECK(hears(s, 1, 1));
    hub_unsubscribe(s);
    hub_close(h);
}

/* SQLite has one process. */
TEST(another_process_is_heard_through_the_store_of_postgres)
{
    struct db *db = fixture_open(DB_POSTGRES);
    struct hub *here = open_hub(db, &env_real), *there = open_hub(db, &env_real);
    atomic_int wakes = 0;
    struct hub_sub *s = follow(here, turn, 0, &wakes);
    CHECK(hears_nothing(s));
    publish(there, turn, 1, 3);
    CHECK(hears(s, 1, 3));
    publish(here, turn, 4, 1);
    publish(there, turn, 5, 1);
    publish(here, turn, 6, 1);
    CHECK(hears(s, 4, 6));
    hub_unsubscribe(s);
    hub_close(here);
    hub_close(there);
    fixture_close(db);
}

TEST_BOTH(what_is_past_its_day_is_swept)
{
    struct clock_fixed later;
    struct fail f = { 0 };
    int64_t deleted = -1;
    atomic_int wakes = 0;
    clock_fixed_init(&later, clock_real.now_us(&clock_real) + INT64_C(25) * 3600 * US_PER_S);
    const struct env env = { .clock = &later.base, .rng = &rng_real };
    struct hub *h = open_hub(db, &env_real);
    publish(h, turn, 1, 7);
    CHECK_INT(hub_sweep(h, 100, &deleted, &f), ERR_OK);
    CHECK_INT(deleted, 0);
    hub_close(h);
    h = open_hub(db, &env);
    CHECK_INT(hub_sweep(h, 4, &deleted, &f), ERR_OK);
    CHECK_INT(deleted, 4);
    CHECK_INT(hub_sweep(h, 100, &deleted, &f), ERR_OK);
    CHECK_INT(deleted, 3);
    publish(h, turn, 1, 1);
    struct hub_sub *s = follow(h, turn, 0, &wakes);
    CHECK(hears(s, 1, 1));
    hub_unsubscribe(s);
    hub_close(h);
}

TEST_BOTH(names_and_sizes_have_limits_and_subscriptions_too)
{
    static char big[16385];
    struct hub *h = open_hub(db, &env_real);
    struct hub_sub *subs[101] = { NULL };
    struct fail f = { 0 };
    atomic_int wakes = 0;
    struct hub_event e = { 0, STR("text"), { big, sizeof big } };
    memset(big, '1', sizeof big);
    CHECK_INT(hub_publish(h, TENANT_A, turn, &e, 1, &f), ERR_INPUT);
    e = (struct hub_event){ 0, STR(HUB_END_MARK), STR("{}") };
    CHECK_INT(hub_publish(h, TENANT_A, turn, &e, 1, &f), ERR_INPUT);
    for (int i = 0; i < 100; i++)
        subs[i] = follow(h, turn, 0, &wakes);
    const struct hub_follow what = { TENANT_A, turn, 0, count_wake, &wakes };
    CHECK_INT(hub_subscribe(h, &what, &subs[100], &f), ERR_BUSY);
    for (int i = 0; i < 100; i++)
        hub_unsubscribe(subs[i]);
    hub_close(h);
}

TEST_BOTH(hot_queries_of_the_hub_use_an_index)
{
    fixture_check_plans(db, hub_queries, HUB_Q_COUNT);
}
