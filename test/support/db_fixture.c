#include "support/db_fixture.h"

#include "base/buf.h"
#include "support/folder.h"
#include "support/pg_server.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Test support may keep state: one executable, one thread, one run. */
static struct arena texts;
static char folder[TEST_FOLDER_MAX]; /* of SQLite's files */
static const char *lite_template;
static bool pg_template;
static struct str pg_shared; /* url of the database that fixture_open gives again and again */
static int stores;

static void clean_up(void)
{
    arena_release(&texts);
}

static const char *root(void)
{
    if (!folder[0]) {
        test_folder(folder);
        CHECK(atexit(clean_up) == 0);
    }
    return folder;
}

static struct db_conf conf_of(struct str url)
{
    return (struct db_conf){ .url = url, .env = &env_real };
}

static void migrate(struct str url)
{
    struct fail f = { 0 };
    struct db *db = NULL;
    struct db_conf conf = conf_of(url);
    enum err e = db_open(&db, &conf, &f);
    if (!e)
        e = db_migrate(db, &f);
    if (e)
        (void)fprintf(stderr, "# fixture: %s %s %s\n", err_name(e), f.hint, f.detail);
    db_close(db);
    CHECK_INT(e, ERR_OK);
}

static void copy_file(const char *from, const char *to)
{
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    CHECK(in >= 0 && out >= 0);
    static char block[65536];
    ssize_t n;
    while ((n = read(in, block, sizeof block)) > 0)
        CHECK(write(out, block, (size_t)n) == n);
    (void)close(in);
    (void)close(out);
}

/* Migrating takes long under sanitizers; copying a migrated file does not. */
static struct str lite_url(bool migrated)
{
    if (migrated && !lite_template) {
        struct str url = arena_fmt(&texts, "sqlite:%s/template.db", root());
        migrate(url);
        lite_template = url.ptr + strlen("sqlite:");
    }
    struct str url = arena_fmt(&texts, "sqlite:%s/store-%d.db", root(), stores++);
    if (migrated)
        copy_file(lite_template, url.ptr + strlen("sqlite:"));
    return url;
}

static struct str pg_url(bool migrated)
{
    const char *why = pg_server_start(&texts);
    if (why)
        TEST_SKIP(why);
    if (migrated && !pg_template) {
        migrate(pg_server_database(&texts, "template", NULL));
        pg_template = true;
    }
    const char *name = arena_fmt(&texts, "store%d", stores++).ptr;
    return pg_server_database(&texts, name, migrated ? "template" : NULL);
}

struct db_conf fixture_conf(enum db_engine engine, bool migrated)
{
    return conf_of(engine == DB_SQLITE ? lite_url(migrated) : pg_url(migrated));
}

/* A new database takes half a second; emptying one takes little. */
static struct str pg_empty(void)
{
    const char *why = pg_server_start(&texts);
    if (why)
        TEST_SKIP(why);
    if (pg_shared.len) {
        pg_server_clean(&texts, "shared");
        return pg_shared;
    }
    struct str url = pg_server_database(&texts, "shared", NULL);
    migrate(url);
    pg_shared = url;
    return url;
}

struct db *fixture_open(enum db_engine engine)
{
    struct fail f = { 0 };
    struct db *db = NULL;
    struct db_conf conf = conf_of(engine == DB_SQLITE ? lite_url(true) : pg_empty());
    if (db_open(&db, &conf, &f))
        (void)fprintf(stderr, "# fixture: %s %s\n", f.hint, f.detail);
    CHECK(db != NULL);
    return db;
}

void fixture_close(struct db *db)
{
    db_close(db);
}

void fixture_run(enum db_engine engine, void (*test)(struct db *db))
{
    struct db *db = fixture_open(engine);
    test(db);
    fixture_close(db);
}

static enum err run_text(struct db_tx *tx, void *arg, struct fail *f)
{
    struct db_query *q = ARENA_NEW(db_tx_arena(tx), struct db_query);
    struct db_rows rows;
    *q = (struct db_query){ .name = "fixture.exec", .sql = *(const char **)arg, .max_rows = 1 };
    return db_exec_rows(tx, q, NULL, 0, db_tx_arena(tx), &rows, f);
}

enum err fixture_exec(struct db *db, struct str tenant, const char *sql, struct fail *f)
{
    return db_write(db, tenant, run_text, &sql, f);
}

int64_t fixture_int(struct db *db, struct str tenant, const char *sql)
{
    struct fail f = { 0 };
    const struct db_query q = { .name = "fixture.int", .sql = sql, .max_rows = 1 };
    struct db_conn *c = fixture_reader(db, tenant);
    int64_t v = -1;
    enum err e = db_one_int(c, &q, NULL, 0, &v, &f);
    if (e && e != ERR_NOT_FOUND)
        (void)fprintf(stderr, "# fixture: %s\n", f.detail);
    db_conn_close(c);
    CHECK(!e || e == ERR_NOT_FOUND);
    return v;
}

struct db_conn *fixture_reader(struct db *db, struct str tenant)
{
    struct fail f = { 0 };
    struct db_conn *c = NULL;
    CHECK_INT(db_conn_open(db, &c, &f), ERR_OK);
    CHECK_INT(tenant.len ? db_conn_tenant(c, tenant, &f) : ERR_OK, ERR_OK);
    return c;
}

static bool plan_good(struct db_conn *c, enum db_engine engine, const struct db_query *q,
                      bool sorts)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct str plan = { 0 };
    enum err e = db_explain(c, q, &a, &plan, &f);
    struct str fault = e ? str_of(f.detail) : db_plan_fault(engine, plan, sorts);
    if (fault.len)
        (void)fprintf(stderr, "# %s: %.*s\n", q->name, STR_ARG(fault));
    return fault.len == 0;
}

void fixture_check_plans(struct db *db, const struct db_query *queries, size_t n)
{
    struct db_conn *c = fixture_reader(db, STR(""));
    size_t bad = 0;
    for (size_t i = 0; i < n; i++)
        bad += queries[i].hot && !plan_good(c, db_engine(db), &queries[i], false);
    db_conn_close(c);
    CHECK_INT(bad, 0);
}

static bool named(const char *const *names, const char *name)
{
    for (size_t i = 0; names && names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

void fixture_check_plan_list(struct db *db, const struct db_query *const *queries,
                             const char *const *sorts)
{
    struct db_conn *c = fixture_reader(db, STR(""));
    size_t bad = 0;
    for (size_t i = 0; queries[i]; i++)
        bad += !plan_good(c, db_engine(db), queries[i], named(sorts, queries[i]->name));
    db_conn_close(c);
    CHECK_INT(bad, 0);
}
