/* Idempotency-Key against a store, on both engines. */
#include "io/http/idem_db.h"

#include "client_test.h"
#include "support/db_fixture.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

static struct reply r;
static struct test_server s;

static void start(struct db *db)
{
    s = (struct test_server){ .db = db };
    struct http_conf conf = server_conf(&s);
    server_start(&s, &conf);
}

static void post_to(const char *path, const char *key, const char *name, struct reply *to)
{
    client_askf(s.port, to,
                "POST %s HTTP/1.1\r\nHost: h\r\n" SIGNED_IN OWN_PAGE
                "Content-Type: application/json\r\nIdempotency-Key: %s\r\n"
                "Content-Length: %zu\r\n\r\n{\"name\":\"%s\"}",
                path, key, strlen(name) + 11, name);
}

static void post(const char *key, const char *name)
{
    post_to("/api/v1/items", key, name, &r);
}

TEST_BOTH(the_first_answer_is_given_again)
{
    AUTO_ARENA a = { 0 };
    start(db);
    post("key-00001", "one");
    CHECK_INT(r.status, 201);
    const char *first = arena_cstr(&a, r.body);
    CHECK_STR(reply_header(&r, "Location"), "/api/v1/items/" TEST_ITEM);
    post("key-00001", "one");
    CHECK_INT(r.status, 201);
    CHECK_STR(r.body, first);
    CHECK_STR(reply_header(&r, "Location"), "/api/v1/items/" TEST_ITEM);
    CHECK_INT(s.made, 1);
    post("key-00002", "one");
    CHECK_INT(r.status, 201);
    CHECK_INT(s.made, 2);
    server_stop(&s);
}

TEST_BOTH(a_key_belongs_to_one_request)
{
    start(db);
    post("key-00001", "one");
    post("key-00001", "two");
    CHECK_INT(r.status, 422);
    CHECK(str_has(r.body, STR("idempotency.mismatch")));
    CHECK_INT(s.made, 1);
    post("short", "one");
    CHECK_INT(r.status, 422);
    client_ask(s.port,
               STR("POST /api/v1/items HTTP/1.1\r\nHost: h\r\n" SIGNED_IN OWN_PAGE
                   "Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"name\":\"x\"}"),
               &r);
    CHECK_INT(r.status, 422);
    CHECK_INT(s.made, 1);
    server_stop(&s);
}

static void *post_slow(void *arg)
{
    post_to("/api/v1/items", "key-00001", "slow", arg);
    return NULL;
}

TEST_BOTH(while_the_first_runs_the_second_is_told)
{
    static struct reply slow;
    const struct timespec pause = { .tv_nsec = 150000000 };
    pthread_t thread;
    start(db);
    s.slow_ms = 600;
    CHECK_INT(pthread_create(&thread, NULL, post_slow, &slow), 0);
    (void)nanosleep(&pause, NULL);
    post("key-00001", "slow");
    pthread_join(thread, NULL);
    CHECK_INT(r.status, 409);
    CHECK(str_has(r.body, STR("idempotency.in_progress")));
    CHECK_INT(slow.status, 201);
    post("key-00001", "slow");
    CHECK_INT(r.status, 201);
    CHECK_INT(s.made, 1);
    server_stop(&s);
}

TEST_BOTH(what_failed_here_may_be_tried_again)
{
    start(db);
    post("key-00001", "broken");
    CHECK_INT(r.status, 500);
    post("key-00001", "broken");
    CHECK_INT(r.status, 500);
    post("key-00001", "one");
    CHECK_INT(r.status, 201);
    server_stop(&s);
}

TEST_BOTH(an_answer_stored_with_its_effects_is_replayed)
{
    start(db);
    post_to("/api/v1/safe-items", "key-00001", "one", &r);
    CHECK_INT(r.status, 201);
    post_to("/api/v1/safe-items", "key-00001", "one", &r);
    CHECK_INT(r.status, 201);
    CHECK(str_has(r.body, STR("\"name\":\"in-tx\"")));
    CHECK_INT(s.made, 1);
    server_stop(&s);
}

TEST_BOTH(keys_past_their_day_are_swept_away)
{
    struct clock_fixed later;
    struct fail f = { 0 };
    int64_t deleted = -1;
    clock_fixed_init(&later, clock_real.now_us(&clock_real) + INT64_C(25) * 3600 * US_PER_S);
    const struct env tomorrow = { .clock = &later.base, .rng = &rng_real };
    start(db);
    post("key-00001", "one");
    post("key-00002", "two");
    CHECK_INT(http_keys_sweep(db, &env_real, 100, &deleted, &f), ERR_OK);
    CHECK_INT(deleted, 0);
    post("key-00001", "one");
    CHECK_INT(s.made, 2);
    CHECK_INT(http_keys_sweep(db, &tomorrow, 1, &deleted, &f), ERR_OK);
    CHECK_INT(deleted, 1);
    CHECK_INT(http_keys_sweep(db, &tomorrow, 100, &deleted, &f), ERR_OK);
    CHECK_INT(deleted, 1);
    post("key-00001", "one");
    CHECK_INT(r.status, 201);
    CHECK_INT(s.made, 3);
    server_stop(&s);
}

TEST_BOTH(hot_queries_of_keys_use_an_index)
{
    fixture_check_plans(db, idem_queries, IDEM_Q_COUNT);
}
