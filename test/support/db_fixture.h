#pragma once
/*
 * db_fixture - a store for each test, on both engines.
 *
 * TEST_BOTH(name) { ... } makes two tests, name_on_sqlite and name_on_postgres; each gets `db`, an
 * empty migrated store, closed afterwards. PostgreSQL: the server named by
 * AINATIVE_TEST_PG (a libpq text of a superuser, trust authentication) or one started here, once
 * per executable, on a socket in a temporary folder; without its binaries the test is skipped.
 * For the main thread of a test executable only.
 */
#include "io/db/db.h"
#include "support/check.h"

/* 36 characters each, for tests that need tenants. */
#define TENANT_A STR("01930000-0000-7000-8000-00000000000a")
#define TENANT_B STR("01930000-0000-7000-8000-00000000000b")

/* What db_open wants for a new store; lives until the end. On PostgreSQL a new database takes half
 * a second: only for tests that need a configuration or change the schema. */
struct db_conf fixture_conf(enum db_engine engine, bool migrated);
/* An empty migrated store; on PostgreSQL always the same database, emptied: one at a time. */
struct db *fixture_open(enum db_engine engine);
/* Closes; files and databases go at the end of the program. */
void fixture_close(struct db *db);
/* A reader on that tenant (empty: on none), for db_conn_close. */
struct db_conn *fixture_reader(struct db *db, struct str tenant);
/* Every `hot` query of a table can use an index; the ones that cannot are printed. */
void fixture_check_plans(struct db *db, const struct db_query *queries, size_t n);
/* Every statement of a list that ends with NULL, hot or not. `sorts` (NULL, or names and NULL) are
 * those that may sort what their index has found, because that cannot grow. */
void fixture_check_plan_list(struct db *db, const struct db_query *const *queries,
                             const char *const *sorts);
/* Runs one statement without arguments as a unit (of any tenant, "*" too). */
enum err fixture_exec(struct db *db, struct str tenant, const char *sql, struct fail *f);
/* The first cell of the first row as a number; API_ABSENT for NULL, -1 when there is no row. Works
 * inside a test only. */
int64_t fixture_int(struct db *db, struct str tenant, const char *sql);

void fixture_run(enum db_engine engine, void (*test)(struct db *db));
#define TEST_BOTH(id)                                                                              \
    static void id(struct db *db);                                                                 \
    TEST(id##_on_sqlite)                                                                           \
    {                                                                                              \
        fixture_run(DB_SQLITE, id);                                                                \
    }                                                                                              \
    TEST(id##_on_postgres)                                                                         \
    {                                                                                              \
        fixture_run(DB_POSTGRES, id);                                                              \
    }                                                                                              \
    static void id(struct db *db)
