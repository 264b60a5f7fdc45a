/* What only PostgreSQL has: row security, settings, connections that die, transactions to repeat.
 */
#include "support/db_fixture.h"

#include <netinet/in.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

static struct db_val a_row(struct db_conn *c, const char *sql, struct arena *a)
{
    struct fail f = { 0 };
    struct db_rows r;
    struct db_query *q = ARENA_NEW(a, struct db_query);
    *q = (struct db_query){ .name = "t.row", .sql = sql, .max_rows = 1 };
    enum err e = db_one(c, q, NULL, 0, a, &r, &f);
    CHECK(e == ERR_OK || e == ERR_NOT_FOUND);
    return e ? db_null() : *db_cell(&r, 0, 0);
}

/* For tests that change the schema. */
static struct db *open_own(void)
{
    struct fail f = { 0 };
    struct db_conf conf = fixture_conf(DB_POSTGRES, true);
    struct db *db = NULL;
    CHECK_INT(db_open(&db, &conf, &f), ERR_OK);
    return db;
}

#define JOB(tenant, id)                                                                            \
    "INSERT INTO jobs (tenant_id, id, kind, queue, payload, run_at, max_attempts, created_at) "    \
    "VALUES ('01930000-0000-7000-8000-00000000000" tenant                                          \
    "', '01930000-0000-7000-8000-00000000000" id "', 'k', 'q', '{}', 1, 1, 1)"
#define SKILL(tenant, id)                                                                          \
    "INSERT INTO skills (tenant_id, id, code, title, params, created_at, updated_at) "             \
    "VALUES ('01930000-0000-7000-8000-00000000000" tenant                                          \
    "', '01930000-0000-7000-8000-00000000000" id "', '" id "', '{}', '{}', 1, 1)"

static void fill(struct db *db)
{
    struct fail f = { 0 };
    CHECK_INT(fixture_exec(db, TENANT_A, SKILL("a", "1"), &f), ERR_OK);
    CHECK_INT(fixture_exec(db, TENANT_A, JOB("a", "2"), &f), ERR_OK);
    CHECK_INT(fixture_exec(db, TENANT_B, JOB("b", "3"), &f), ERR_OK);
}

TEST(row_security_keeps_tenants_apart_even_in_queries_that_forget_them)
{
    struct db *db = fixture_open(DB_POSTGRES);
    AUTO_ARENA a = { 0 };
    fill(db);
    struct db_conn *c = fixture_reader(db, TENANT_A);
    CHECK_INT(a_row(c, "SELECT count(*) FROM skills", &a).i, 1);
    CHECK_INT(a_row(c, "SELECT count(*) FROM jobs", &a).i, 1);
    struct fail f = { 0 };
    CHECK_INT(db_conn_tenant(c, TENANT_B, &f), ERR_OK);
    CHECK_INT(a_row(c, "SELECT count(*) FROM skills", &a).i, 0);
    CHECK_INT(a_row(c, "SELECT count(*) FROM jobs", &a).i, 1);
    db_conn_close(c);
    /* A row for another tenant cannot be written, and one of another tenant not be changed. */
    CHECK_INT(fixture_exec(db, TENANT_B, SKILL("a", "4"), &f), ERR_IO);
    CHECK_INT(fixture_exec(db, TENANT_B, "UPDATE skills SET code = 'x'", &f), ERR_OK);
    c = fixture_reader(db, TENANT_A);
    CHECK_STR(a_row(c, "SELECT code FROM skills", &a).s, "1");
    db_conn_close(c);
    fixture_close(db);
}

TEST(without_a_tenant_nothing_is_seen)
{
    struct db *db = fixture_open(DB_POSTGRES);
    AUTO_ARENA a = { 0 };
    fill(db);
    struct db_conn *c = fixture_reader(db, STR(""));
    CHECK_INT(a_row(c, "SELECT count(*) FROM skills", &a).i, 0);
    CHECK_INT(a_row(c, "SELECT count(*) FROM jobs", &a).i, 0);
    db_conn_close(c);
    fixture_close(db);
}

TEST(the_dispatcher_sees_all_jobs_and_nothing_of_people)
{
    struct db *db = fixture_open(DB_POSTGRES);
    struct fail f = { 0 };
    AUTO_ARENA a = { 0 };
    fill(db);
    struct db_conn *c = fixture_reader(db, STR("*"));
    CHECK_INT(a_row(c, "SELECT count(*) FROM jobs", &a).i, 2);
    CHECK_INT(a_row(c, "SELECT count(*) FROM skills", &a).i, 0);
    db_conn_close(c);
    CHECK_INT(fixture_exec(db, STR("*"), "UPDATE jobs SET progress_mp = 7", &f), ERR_OK);
    c = fixture_reader(db, TENANT_B);
    CHECK_INT(a_row(c, "SELECT progress_mp FROM jobs", &a).i, 7);
    db_conn_close(c);
    fixture_close(db);
}

TEST(sessions_have_the_settings_of_operations_b2)
{
    static const char *const want[][2] = {
        { "SELECT current_setting('statement_timeout')", "5s" },
        { "SELECT current_setting('lock_timeout')", "2s" },
        { "SELECT current_setting('idle_in_transaction_session_timeout')", "10s" },
        { "SELECT current_setting('client_encoding')", "UTF8" },
        { "SELECT current_setting('default_transaction_read_only')", "on" },
        { "SELECT current_setting('TimeZone')", "UTC" },
    };
    struct db *db = fixture_open(DB_POSTGRES);
    AUTO_ARENA a = { 0 };
    struct db_conn *c = fixture_reader(db, TENANT_A);
    for (size_t i = 0; i < COUNT_OF(want); i++)
        CHECK_STR(a_row(c, want[i][0], &a).s, want[i][1]);
    db_conn_close(c);
    fixture_close(db);
}

/* Takes connections and says nothing, as a server behind a cut wire. */
static int silent_server(int *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&at, len) == 0 && listen(fd, 4) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&at, &len) == 0);
    *port = ntohs(at.sin_port);
    return fd;
}

TEST(a_server_that_says_nothing_is_given_up_within_three_seconds)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct db *db = NULL;
    int port = 0, fd = silent_server(&port);
    const struct db_conf conf = { .env = &env_real,
                                  .url = arena_fmt(&a, "postgres://127.0.0.1:%d/none", port) };
    int64_t began = env_mono(&env_real);
    CHECK_INT(db_open(&db, &conf, &f), ERR_BUSY);
    CHECK(env_mono(&env_real) - began < 3 * US_PER_S);
    (void)close(fd);
}

TEST(sums_and_averages_come_back_as_numbers)
{
    struct db *db = fixture_open(DB_POSTGRES);
    AUTO_ARENA a = { 0 };
    struct db_conn *c = fixture_reader(db, TENANT_A);
    CHECK_INT(a_row(c, "SELECT sum(v) FROM (VALUES (30000::bigint), (-2)) t(v)", &a).i, 29998);
    CHECK_INT(a_row(c, "SELECT 9223372036854775807::numeric", &a).i, INT64_MAX);
    CHECK_INT(a_row(c, "SELECT -9223372036854775808::numeric", &a).i, INT64_MIN);
    CHECK_INT(a_row(c, "SELECT 20000000::numeric", &a).i, 20000000);
    CHECK_INT(a_row(c, "SELECT 0::numeric", &a).i, 0);
    struct db_val half = a_row(c, "SELECT avg(v) FROM (VALUES (1::bigint), (2)) t(v)", &a);
    CHECK_NEAR(db_as_real(&half), 1.5, 1e-12);
    struct db_val huge = a_row(c, "SELECT 1e30::numeric", &a);
    CHECK(huge.type == DB_REAL);
    CHECK_NEAR(huge.r / 1e30, 1, 1e-12);
    db_conn_close(c);
    fixture_close(db);
}

/* --- connections that die --- */
#define KILL_OTHERS                                                                                \
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = "               \
    "current_database() AND pid <> pg_backend_pid()"

TEST(a_lost_connection_is_made_anew)
{
    struct db *db = fixture_open(DB_POSTGRES);
    struct fail f = { 0 };
    AUTO_ARENA a = { 0 };
    fill(db);
    struct db_conn *c = fixture_reader(db, TENANT_A);
    CHECK_INT(a_row(c, "SELECT count(*) FROM skills", &a).i, 1);
    CHECK_INT(fixture_exec(db, TENANT_A, KILL_OTHERS, &f), ERR_OK);
    CHECK_INT(a_row(c, "SELECT count(*) FROM skills", &a).i, 1); /* the tenant is set again */
    struct db_conn *killer = fixture_reader(db, TENANT_A);
    CHECK(a_row(killer, KILL_OTHERS, &a).i >= 2); /* now the idle writer too */
    db_conn_close(killer);
    CHECK_INT(fixture_exec(db, TENANT_A, SKILL("a", "5"), &f), ERR_OK);
    CHECK_INT(a_row(c, "SELECT count(*) FROM skills", &a).i, 2);
    db_conn_close(c);
    fixture_close(db);
}

struct attempts {
    int count, fail_until;
    const char *sql;
};
static enum err fail_first(struct db_tx *tx, void *arg, struct fail *f)
{
    struct attempts *t = arg;
    struct db_query *q = ARENA_NEW(db_tx_arena(tx), struct db_query);
    struct db_rows r;
    *q = (struct db_query){ .name = "t.first", .max_rows = 1 };
    q->sql = ++t->count <= t->fail_until ? t->sql : "SELECT 1";
    return db_exec_rows(tx, q, NULL, 0, db_tx_arena(tx), &r, f);
}

TEST(a_transaction_that_must_be_repeated_is_repeated_three_times)
{
    struct db *db = open_own();
    struct fail f = { 0 };
    CHECK_INT(
        fixture_exec(db, TENANT_A,
                     "CREATE FUNCTION clash() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RAISE "
                     "EXCEPTION 'clash' USING ERRCODE = '40001'; END $$",
                     &f),
        ERR_OK);
    struct attempts t = { .fail_until = 3, .sql = "SELECT clash()" };
    CHECK_INT(db_write(db, TENANT_A, fail_first, &t, &f), ERR_OK);
    CHECK_INT(t.count, 4);
    t = (struct attempts){ .fail_until = 9, .sql = "SELECT clash()" };
    CHECK_INT(db_write(db, TENANT_A, fail_first, &t, &f), ERR_BUSY);
    CHECK_INT(t.count, 4);
    fixture_close(db);
}

TEST(a_connection_lost_inside_a_unit_runs_it_again)
{
    struct db *db = fixture_open(DB_POSTGRES);
    struct fail f = { 0 };
    struct attempts t = { .fail_until = 1, .sql = "SELECT pg_terminate_backend(pg_backend_pid())" };
    CHECK_INT(db_write(db, TENANT_A, fail_first, &t, &f), ERR_OK);
    CHECK_INT(t.count, 2);
    fixture_close(db);
}

TEST(a_connection_lost_during_commit_is_an_unknown_outcome)
{
    struct db *db = open_own();
    struct fail f = { 0 };
    CHECK_INT(
        fixture_exec(db, TENANT_A,
                     "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM "
                     "pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; "
                     "END $$",
                     &f),
        ERR_OK);
    CHECK_INT(
        fixture_exec(db, TENANT_A,
                     "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON leases DEFERRABLE INITIALLY "
                     "DEFERRED FOR EACH ROW EXECUTE FUNCTION die()",
                     &f),
        ERR_OK);
    CHECK_INT(fixture_exec(db, TENANT_A,
                           "INSERT INTO leases (name, owner, fence, until) VALUES ('x', 'x', 1, 1)",
                           &f),
              ERR_BUSY);
    CHECK(str_has(str_of(f.detail), STR("outcome unknown")));
    CHECK_INT(fixture_exec(db, TENANT_A, "SELECT 1", &f), ERR_OK);
    fixture_close(db);
}

TEST(a_role_above_row_security_is_refused)
{
    struct fail f = { 0 };
    AUTO_ARENA a = { 0 };
    struct db_conf conf = fixture_conf(DB_POSTGRES, false);
    struct db *db = NULL;
    size_t at = str_find(conf.url, STR("user=ain_test"));
    CHECK(at != SIZE_MAX);
    conf.url = arena_fmt(&a, "%.*suser=postgres%.*s", (int)at, conf.url.ptr,
                         STR_ARG(str_from(conf.url, at + strlen("user=ain_test"))));
    CHECK_INT(db_open(&db, &conf, &f), ERR_FORBIDDEN);
    CHECK_STR(str_of(f.hint), "db.role");
}

TEST(a_server_that_is_not_there_is_busy)
{
    struct fail f = { 0 };
    struct db *db = NULL;
    struct db_conf conf = { .url = STR("host=/nonexistent dbname=x"), .env = &env_real };
    CHECK_INT(db_open(&db, &conf, &f), ERR_BUSY);
}
