#include "io/db/migrate.h"

#include "support/db_fixture.h"

#include <stdio.h>

#define SQL(text) STR("-- phase: expand\n" text)

static struct db *open_empty(enum db_engine engine)
{
    struct fail f = { 0 };
    struct db *db = NULL;
    struct db_conf conf = fixture_conf(engine, false);
    CHECK_INT(db_open(&db, &conf, &f), ERR_OK);
    return db;
}

static enum err run_files(struct db *db, const char *second, size_t n, struct fail *f)
{
    const struct migration_file files[] = {
        { .number = 1, .name = STR_INIT("one"), .text = SQL("CREATE TABLE one (a BIGINT);") },
        { .number = 2, .name = STR_INIT("two"), .text = str_of(second) },
        { .number = 5, .name = STR_INIT("five"), .text = SQL("CREATE TABLE five (a BYTEA);") },
    };
    return migrate_run(db, files, n, f);
}

static const char two[] = "-- phase: expand\nCREATE TABLE two (a BIGINT); "
                          "INSERT INTO two VALUES (2);";

static void both(void (*test)(enum db_engine))
{
    test(DB_SQLITE);
    test(DB_POSTGRES);
}

static void apply_twice(enum db_engine engine)
{
    struct fail f = { 0 };
    struct db *db = open_empty(engine);
    CHECK_INT(run_files(db, two, 3, &f), ERR_OK);
    CHECK_INT(run_files(db, two, 3, &f), ERR_OK);
    CHECK_INT(fixture_int(db, STR("*"), "SELECT count(*) FROM two"), 1);
    CHECK_INT(fixture_int(db, STR("*"), "SELECT count(*) FROM schema_migrations"), 3);
    db_close(db);
}

TEST(files_are_applied_once)
{
    both(apply_twice);
}

static void refuse_changed(enum db_engine engine)
{
    struct fail f = { 0 };
    struct db *db = open_empty(engine);
    CHECK_INT(run_files(db, two, 2, &f), ERR_OK);
    CHECK_INT(run_files(db, "-- phase: expand\nSELECT 1;", 3, &f), ERR_CONFLICT);
    CHECK_STR(str_of(f.hint), "migration.changed");
    CHECK(str_has(str_of(f.detail), STR("0002_two was applied as sha256 ")));
    CHECK_INT(fixture_int(db, STR("*"), "SELECT count(*) FROM schema_migrations"), 2);
    db_close(db);
}

TEST(a_changed_file_is_refused_with_both_hashes)
{
    both(refuse_changed);
}

static void refuse_newer(enum db_engine engine)
{
    struct fail f = { 0 };
    struct db *db = open_empty(engine);
    CHECK_INT(run_files(db, two, 3, &f), ERR_OK);
    CHECK_INT(run_files(db, two, 2, &f), ERR_INPUT);
    CHECK_STR(str_of(f.hint), "migration.newer");
    db_close(db);
}

TEST(a_store_that_knows_more_is_refused)
{
    both(refuse_newer);
}

static void resume(enum db_engine engine)
{
    static const char broken[] = "-- phase: expand\nCREATE TABLE two (a BIGINT); "
                                 "INSERT INTO two VALUES (2); SELECT * FROM absent;";
    struct fail f = { 0 };
    struct db *db = open_empty(engine);
    CHECK(run_files(db, broken, 3, &f) != ERR_OK);
    CHECK_INT(fixture_int(db, STR("*"), "SELECT count(*) FROM schema_migrations"), 1);
    CHECK_INT(run_files(db, two, 3, &f), ERR_OK);
    CHECK_INT(fixture_int(db, STR("*"), "SELECT count(*) FROM two"), 1);
    db_close(db);
}

TEST(a_file_that_stops_halfway_leaves_nothing_and_runs_again)
{
    both(resume);
}

static void list_before_and_after(enum db_engine engine)
{
    struct fail f = { 0 };
    struct db *db = open_empty(engine);
    AUTO_ARENA a = { 0 };
    struct db_migration *m = NULL;
    size_t n = 0;
    CHECK(!db_health(db).migrated);
    CHECK_INT(db_migration_list(db, &a, &m, &n, &f), ERR_OK);
    CHECK(n > 5 && m[0].number == 1 && !m[0].applied);
    CHECK_STR(m[0].name, "accounts");
    CHECK_INT(db_migrate(db, &f), ERR_OK);
    CHECK_INT(db_migrate(db, &f), ERR_OK);
    CHECK(db_health(db).migrated);
    CHECK_INT(db_migration_list(db, &a, &m, &n, &f), ERR_OK);
    for (size_t i = 0; i < n; i++)
        CHECK(m[i].applied);
    db_close(db);
}

TEST(the_list_tells_what_is_applied)
{
    both(list_before_and_after);
}

/* --- the files themselves --- */
/* A line `    name TYPE ...` inside CREATE TABLE. */
static bool is_column(struct str line, struct str *name)
{
    static const char *const types[] = { "TEXT", "BIGINT", "BYTEA", "DOUBLE" };
    if (!str_starts(line, STR("    ")))
        return false;
    struct str rest = str_from(line, 4);
    *name = str_take_until(&rest, ' ');
    struct str type = str_take_until(&rest, ' ');
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (str_is(type, types[i]))
            return true;
    return false;
}

static bool sized(struct str line, struct str name, struct str table, struct arena *a)
{
    if (!str_has(line, STR(" TEXT")) && !str_has(line, STR(" BYTEA")))
        return true;
    struct str alone = arena_fmt(a, "KEY (%.*s) REFERENCES", STR_ARG(name));
    struct str with = arena_fmt(a, "KEY (tenant_id, %.*s) REFERENCES", STR_ARG(name));
    return str_has(line, STR("CHECK (")) || str_has(table, alone) || str_has(table, with);
}

static size_t check_table(struct str table, struct arena *a)
{
    struct str rest = table, line, name;
    size_t wrong = 0;
    while (str_take_line(&rest, &line)) {
        if (!is_column(line, &name))
            continue;
        size_t at = str_find(line, STR("-- class: P"));
        bool classed = at != SIZE_MAX && at + 11 < line.len && line.ptr[at + 11] >= '0' &&
                       line.ptr[at + 11] <= '4';
        if (classed && sized(line, name, table, a))
            continue;
        wrong++;
        (void)fprintf(stderr, "# %.*s\n", STR_ARG(line));
    }
    return wrong;
}

TEST(every_column_has_a_class_and_every_text_a_size)
{
    struct fail f = { 0 };
    AUTO_ARENA a = { 0 };
    struct migration_file *files = NULL;
    size_t n = 0, wrong = 0, tables = 0;
    CHECK_INT(migrate_files(DB_POSTGRES, &a, &files, &n, &f), ERR_OK);
    for (size_t i = 0; i < n; i++) {
        struct str rest = files[i].text;
        size_t at;
        while ((at = str_find(rest, STR("CREATE TABLE "))) != SIZE_MAX) {
            rest = str_from(rest, at);
            size_t end = str_find(rest, STR("\n);"));
            CHECK(end != SIZE_MAX);
            wrong += check_table(str_head(rest, end), &a);
            rest = str_from(rest, end);
            tables++;
        }
    }
    CHECK(tables > 50);
    CHECK_INT(wrong, 0);
}
