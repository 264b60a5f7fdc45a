/* A store that grew migration by migration, with data in it, has the schema of a new one. */
#include "io/db/migrate.h"

#include "base/buf.h"
#include "support/db_fixture.h"

#include <stdio.h>

#define SESSION STR("01930000-0000-7000-8000-000000000001")
#define USER STR("01930000-0000-7000-8000-000000000002")

/* Everything the engine knows of the schema, one thing a row. */
static const struct db_query q_schema[] = {
    [DB_SQLITE] = { .name = "t.schema",
                    .sql = "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM "
                           "sqlite_schema ORDER BY type, name",
                    .max_rows = 1000 },
    [DB_POSTGRES] = { .name = "t.schema",
                      .sql = "SELECT d FROM (SELECT table_name || '.' || column_name || ' ' || "
                             "data_type || ' ' || is_nullable || ' ' || coalesce(column_default, "
                             "'') AS d FROM information_schema.columns WHERE table_schema = "
                             "'public' UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname "
                             "= 'public' UNION ALL SELECT c.relname || ' ' || "
                             "pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_class c ON "
                             "c.oid = k.conrelid WHERE c.relnamespace = 'public'::regnamespace "
                             "UNION ALL SELECT relname || ' ' || relrowsecurity || "
                             "relforcerowsecurity || coalesce(array_to_string(reloptions, ','), "
                             "'') FROM pg_class WHERE relnamespace = 'public'::regnamespace AND "
                             "relkind IN ('r', 'p') UNION ALL SELECT tablename || ' ' || "
                             "policyname || ' ' || coalesce(qual, '') FROM pg_policies UNION ALL "
                             "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT "
                             "tgisinternal) x ORDER BY d COLLATE \"C\"",
                      .max_rows = 5000 },
};

static void dump(struct db *db, struct buf *out)
{
    struct fail f = { 0 };
    struct db_rows r;
    AUTO_ARENA a = { 0 };
    struct db_conn *c = fixture_reader(db, STR(""));
    CHECK_INT(db_all(c, &q_schema[db_engine(db)], NULL, 0, &a, &r, &f), ERR_OK);
    for (size_t i = 0; i < r.rows; i++) {
        buf_put(out, db_cell_text(&r, i, 0));
        buf_putc(out, '\n');
    }
    db_conn_close(c);
}

/* --- what a store of version 9 may hold --- */
static const struct db_query q_tenant = {
    .name = "t.tenant",
    .sql = "INSERT INTO tenants (id, slug, name, timezone, settings, retention, pseudonym_key, "
           "created_at, updated_at) VALUES ($1, 'old', 'Old', 'UTC', '{}', '{}', $2, 1, 1)"
};
static const struct db_query q_user = {
    .name = "t.user",
    .sql = "INSERT INTO users (tenant_id, id, name, sort_name, prefs, created_at, updated_at) "
           "VALUES ($1, $2, 'Ana', 'ana', '{}', 1, 1)"
};
static const struct db_query q_session = {
    .name = "t.session",
    .sql = "INSERT INTO sessions (tenant_id, id, user_id, kind, scenario_version_id, policy_hash, "
           "salt, opened_at, active_at, created_at, updated_at) VALUES ($1, $2, $3, 'simulator', "
           "$2, $4, $5, 1, 1, 1, 1)"
};
static const struct db_query q_head = {
    .name = "t.head",
    .sql = "INSERT INTO trace_heads (tenant_id, session_id, next_seq, hash) VALUES ($1, $2, $3, $4)"
};
static const struct db_query q_event = {
    .name = "t.event",
    .sql = "INSERT INTO trace_events (tenant_id, session_id, seq, id, type, actor, at, payload, "
           "hash) VALUES ($1, $2, $3, $4, $5, 'system', $3 * 100, $6, $7)"
};

static const struct {
    const char *type, *payload;
} events[] = {
    { "session_opened", "de" },
    { "plan_stated", "de" },
    { "code_edited", "d6:origin15:pasted_externale" },
    { "run_finished", "d7:verdict2:oke" },
    { "code_edited", "d6:origin5:typede" },
    { "plan_revised", "de" },
    { "code_edited", "d6:origin15:pasted_externale" },
};

static enum err fill(struct db_tx *tx, void *, struct fail *f)
{
    const struct str hash = STR("0123456789abcdef0123456789abcdef");
    struct db_val tenant = db_text(TENANT_A), session = db_text(SESSION);
    TRY(db_exec(tx, &q_tenant, DB_ARGS(tenant, db_bytes(hash)), NULL, f));
    TRY(db_exec(tx, &q_user, DB_ARGS(tenant, db_text(USER)), NULL, f));
    TRY(db_exec(
        tx, &q_session,
        DB_ARGS(tenant, session, db_text(USER), db_bytes(hash), db_bytes(str_head(hash, 16))), NULL,
        f));
    TRY(db_exec(tx, &q_head,
                DB_ARGS(tenant, session, db_int((int64_t)COUNT_OF(events) + 1), db_bytes(hash)),
                NULL, f));
    for (size_t i = 0; i < COUNT_OF(events); i++) {
        struct str id = arena_fmt(db_tx_arena(tx), "01930000-0000-7000-8000-0000000001%02zu", i);
        TRY(db_exec(tx, &q_event,
                    DB_ARGS(tenant, session, db_int((int64_t)i + 1), db_text(id),
                            db_text(str_of(events[i].type)), db_bytes(str_of(events[i].payload)),
                            db_bytes(hash)),
                    NULL, f));
    }
    return ERR_OK;
}

static void grow(struct db *db)
{
    enum { FILLED_AT = 9 };
    struct fail f = { 0 };
    AUTO_ARENA a = { 0 };
    struct migration_file *files = NULL;
    size_t n = 0;
    CHECK_INT(migrate_files(db_engine(db), &a, &files, &n, &f), ERR_OK);
    for (size_t i = 0; i < n; i++) {
        enum err e = migrate_run(db, files, i + 1, &f);
        if (!e && files[i].number == FILLED_AT)
            e = db_write(db, TENANT_A, fill, NULL, &f);
        if (e)
            (void)fprintf(stderr, "# after %lld: %s\n", (long long)files[i].number, f.detail);
        CHECK_INT(e, ERR_OK);
    }
}

/* What migration 0012 makes of the events above. */
static void check_summary(struct db *db)
{
    CHECK_INT(fixture_int(db, TENANT_A, "SELECT count(*) FROM trace_events"), COUNT_OF(events));
    CHECK_INT(fixture_int(db, TENANT_A, "SELECT at FROM trace_heads"), 700);
    CHECK_INT(fixture_int(db, TENANT_A, "SELECT levels FROM trace_heads"), 1 | 2 | 8);
    CHECK_INT(fixture_int(db, TENANT_A, "SELECT pastes FROM trace_heads"), 2);
    CHECK_INT(fixture_int(db, TENANT_A, "SELECT run_seq FROM trace_heads"), 4);
    CHECK_INT(fixture_int(db, TENANT_A, "SELECT plan_seq FROM trace_heads"), 6);
    CHECK_INT(
        fixture_int(db, TENANT_A, "SELECT tests_seq + reply_seq + reflection_seq FROM trace_heads"),
        0);
}

TEST_BOTH(a_store_that_grew_with_data_has_the_schema_of_a_new_one)
{
    struct fail f = { 0 };
    struct db *grown = NULL;
    AUTO_BUF fresh = { .max = 1 << 20 };
    AUTO_BUF old = { .max = 1 << 20 };
    struct db_conf conf = fixture_conf(db_engine(db), false);
    CHECK_INT(db_open(&grown, &conf, &f), ERR_OK);
    grow(grown);
    check_summary(grown);
    dump(db, &fresh);
    dump(grown, &old);
    db_close(grown);
    CHECK(!fresh.truncated && fresh.len > 10'000);
    CHECK(str_eq(buf_str(&fresh), buf_str(&old)));
}
