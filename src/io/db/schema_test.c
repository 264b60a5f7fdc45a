/* Both engines have the same tables, columns, keys and indexes; PostgreSQL guards every one. */
#include "base/buf.h"
#include "support/db_fixture.h"

#include <stdio.h>

static const struct db_query q_columns[] = {
    [DB_SQLITE] = { .name = "t.columns",
                    .sql = "SELECT m.name || '.' || p.name, upper(p.type), p.\"notnull\" "
                           "FROM sqlite_schema m, pragma_table_info(m.name) p "
                           "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY 1",
                    .max_rows = 5000 },
    [DB_POSTGRES] = { .name = "t.columns",
                      .sql = "SELECT table_name || '.' || column_name, CASE data_type "
                             "WHEN 'bigint' THEN 'INTEGER' WHEN 'bytea' THEN 'BLOB' "
                             "WHEN 'double precision' THEN 'REAL' ELSE upper(data_type) END, "
                             "CASE is_nullable WHEN 'NO' THEN 1 ELSE 0 END "
                             "FROM information_schema.columns WHERE table_schema = 'public' "
                             "ORDER BY (table_name || '.' || column_name) COLLATE \"C\"",
                      .max_rows = 5000 },
};
/* Names of our own indexes, and how many unique constraints and foreign keys each table has. */
static const struct db_query q_indexes[] = {
    [DB_SQLITE] = { .name = "t.indexes",
                    .sql = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT "
                           "NULL ORDER BY 1",
                    .max_rows = 1000 },
    [DB_POSTGRES] = { .name = "t.indexes",
                      .sql = "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = "
                             "i.indexrelid WHERE c.relnamespace = 'public'::regnamespace AND NOT "
                             "EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND "
                             "k.contype IN ('p', 'u')) ORDER BY c.relname COLLATE \"C\"",
                      .max_rows = 1000 },
};
static const struct db_query q_keys[] = {
    [DB_SQLITE] = { .name = "t.keys",
                    .sql = "SELECT m.name, (SELECT count(*) FROM pragma_index_list(m.name) i "
                           "WHERE i.origin IN ('u', 'pk')), (SELECT count(DISTINCT k.id) FROM "
                           "pragma_foreign_key_list(m.name) k) FROM sqlite_schema m WHERE m.type = "
                           "'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> "
                           "'schema_migrations' ORDER BY 1",
                    .max_rows = 1000 },
    [DB_POSTGRES] = { .name = "t.keys",
                      .sql = "SELECT c.relname, (SELECT count(*) FROM pg_constraint k WHERE "
                             "k.conrelid = c.oid AND k.contype IN ('p', 'u')), (SELECT count(*) "
                             "FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f') "
                             "FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND "
                             "c.relkind = 'r' AND c.relname <> 'schema_migrations' ORDER BY "
                             "c.relname COLLATE \"C\"",
                      .max_rows = 1000 },
};

static void put_cell(struct buf *b, const struct db_val *v)
{
    if (v->type == DB_INT)
        buf_put_i64(b, v->i);
    else
        buf_put(b, db_as_text(v));
    buf_putc(b, ' ');
}

/* The rows of a query as text, one a line. */
static void dump(enum db_engine engine, const struct db_query *q, struct buf *out)
{
    struct fail f = { 0 };
    struct db *db = fixture_open(engine);
    struct db_conn *c = NULL;
    struct db_rows r;
    AUTO_ARENA a = { 0 };
    CHECK_INT(db_conn_open(db, &c, &f), ERR_OK);
    CHECK_INT(db_all(c, q, NULL, 0, &a, &r, &f), ERR_OK);
    for (size_t i = 0; i < r.rows * r.cols; i++) {
        put_cell(out, &r.cells[i]);
        if ((i + 1) % r.cols == 0)
            buf_putc(out, '\n');
    }
    db_conn_close(c);
    fixture_close(db);
}

static void compare(const struct db_query *queries, size_t least)
{
    AUTO_BUF lite = { .max = 1 << 20 };
    AUTO_BUF pg = { .max = 1 << 20 };
    dump(DB_POSTGRES, &queries[DB_POSTGRES], &pg);
    dump(DB_SQLITE, &queries[DB_SQLITE], &lite);
    struct str a = buf_str(&lite), b = buf_str(&pg), la, lb;
    size_t lines = 0;
    while (str_take_line(&a, &la)) {
        CHECK(str_take_line(&b, &lb));
        if (!str_eq(la, lb))
            (void)fprintf(stderr, "# SQLite %.*s PostgreSQL %.*s\n", STR_ARG(la), STR_ARG(lb));
        CHECK(str_eq(la, lb));
        lines++;
    }
    CHECK(lines >= least && b.len == 0);
}

TEST(both_engines_have_the_same_columns)
{
    compare(q_columns, 500);
}

TEST(both_engines_have_the_same_indexes)
{
    compare(q_indexes, 40);
}

TEST(both_engines_have_the_same_number_of_keys)
{
    compare(q_keys, 60);
}

TEST(row_security_is_forced_on_every_table_of_a_tenant)
{
    static const struct db_query q = {
        .name = "t.rls",
        .sql = "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND "
               "a.attname = 'tenant_id' WHERE c.relnamespace = 'public'::regnamespace AND "
               "c.relkind IN ('r', 'p') AND c.relname <> 'tenant_hosts' AND NOT "
               "(c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT FROM pg_policy p "
               "WHERE p.polrelid = c.oid AND p.polname = 'tenant'))",
        .max_rows = 100,
    };
    AUTO_BUF b = { .max = 1 << 16 };
    dump(DB_POSTGRES, &q, &b);
    CHECK_STR(buf_str(&b), "");
}
