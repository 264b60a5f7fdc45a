#include "io/db/migrate.h"

#include "base/hash.h"
#include "io/asset/asset.h"
#include "io/db/engine.h"

enum { FILES_MAX = 1000, LOCK_TRIES = 30, LOCK_WAIT_US = 500 * US_PER_MS };

#define FOLDER "db/migrations/"

static const char table_sql[] = "CREATE TABLE IF NOT EXISTS schema_migrations (\n"
                                "    number BIGINT NOT NULL,\n"
                                "    name TEXT NOT NULL CHECK (octet_length(name) <= 100),\n"
                                "    sha256 BYTEA NOT NULL CHECK (octet_length(sha256) = 32),\n"
                                "    applied_at BIGINT NOT NULL,\n"
                                "    PRIMARY KEY (number)\n"
                                ");";

static const struct db_query q_exists[] = {
    [DB_SQLITE] = { .name = "migrate.exists",
                    .sql = "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_migrations'",
                    .max_rows = 1 },
    [DB_POSTGRES] = { .name = "migrate.exists",
                      .sql = "SELECT count(to_regclass('schema_migrations'))",
                      .max_rows = 1 },
};
static const struct db_query q_applied = {
    .name = "migrate.applied",
    .sql = "SELECT number, name, sha256 FROM schema_migrations ORDER BY number",
    .max_rows = FILES_MAX
};
static const struct db_query q_add = {
    .name = "migrate.add",
    .sql = "INSERT INTO schema_migrations (number, name, sha256, applied_at) "
           "VALUES ($1, $2, $3, $4)"
};
/* Held until the unit ends, so that two processes do not apply the same file. SQLite's write
 * transaction is such a lock by itself. */
static const struct db_query q_lock = { .name = "migrate.lock",
                                        .sql = "SELECT 1 FROM pg_advisory_xact_lock(4941001)",
                                        .max_rows = 1 };
static const struct db_query q_patient = { .name = "migrate.patient",
                                           .sql =
                                               "SELECT set_config('statement_timeout', '0', true)",
                                           .max_rows = 1 };

/* --- the files --- */
/* NNNN_name.sql, .pg.sql, .sqlite.sql; *mine tells whether this engine wants it. */
static bool parse_name(struct str file, enum db_engine engine, struct migration_file *out,
                       bool *mine)
{
    struct str stem = file;
    if (stem.len < 5 || stem.ptr[4] != '_' || !str_ends(stem, STR(".sql")))
        return false;
    stem.len -= 4;
    *mine = true;
    struct str only[] = { [DB_SQLITE] = STR(".sqlite"), [DB_POSTGRES] = STR(".pg") };
    for (size_t i = 0; i < COUNT_OF(only); i++)
        if (str_ends(stem, only[i])) {
            stem.len -= only[i].len;
            *mine = i == engine;
        }
    out->name = str_from(stem, 5);
    return out->name.len && str_to_i64(str_head(stem, 4), 0, 9999, &out->number);
}

static bool has_phase(struct str text)
{
    return str_starts(text, STR("-- phase: expand\n")) ||
           str_starts(text, STR("-- phase: contract\n"));
}

enum err migrate_files(enum db_engine engine, struct arena *a, struct migration_file **out,
                       size_t *n, struct fail *f)
{
    *out = ARENA_ARRAY(a, struct migration_file, FILES_MAX);
    *n = 0;
    struct str name, text;
    for (size_t i = asset_first(STR(FOLDER));
         i != SIZE_MAX && asset_at(i, &name, &text) && str_starts(name, STR(FOLDER)); i++) {
        struct migration_file m = { .text = text };
        bool mine = false;
        if (!parse_name(str_from(name, sizeof FOLDER - 1), engine, &m, &mine) || !has_phase(text))
            return FAIL(f, ERR_INPUT, "migration.name", "%.*s", STR_ARG(name));
        if (!mine)
            continue;
        if (*n == FILES_MAX || (*n && (*out)[*n - 1].number >= m.number))
            return FAIL(f, ERR_INPUT, "migration.name", "number twice: %.*s", STR_ARG(name));
        (*out)[(*n)++] = m;
    }
    return ERR_OK;
}

/* --- what the store has --- */
static enum err applied(struct db_conn *c, struct arena *a, struct db_rows *out, struct fail *f)
{
    struct db_rows exists;
    *out = (struct db_rows){ 0 };
    TRY(db_one(c, &q_exists[c->db->engine], NULL, 0, a, &exists, f));
    return db_cell_int(&exists, 0, 0) ? db_all(c, &q_applied, NULL, 0, a, out, f) : ERR_OK;
}

static size_t row_of(const struct db_rows *r, int64_t number)
{
    size_t i = 0;
    while (i < r->rows && db_cell_int(r, i, 0) != number)
        i++;
    return i;
}

static enum err check_hash(const struct migration_file *m, struct str stored, struct arena *a,
                           struct fail *f)
{
    struct hash mine = hash_sha256(m->text);
    if (str_eq(hash_bytes(&mine), stored))
        return ERR_OK;
    return FAIL(f, ERR_CONFLICT, "migration.changed",
                "%04lld_%.*s was applied as sha256 %.16s... and is now %.16s...",
                (long long)m->number, STR_ARG(m->name), hex_encode(a, stored).ptr,
                hash_hex(a, &mine).ptr);
}

static enum err check_known(const struct migration_file *files, size_t n, const struct db_rows *r,
                            struct fail *f)
{
    for (size_t i = 0; i < r->rows; i++) {
        size_t at = 0;
        while (at < n && files[at].number != db_cell_int(r, i, 0))
            at++;
        if (at == n)
            return FAIL(f, ERR_INPUT, "migration.newer",
                        "the store has migration %lld (%.*s), this program has not",
                        (long long)db_cell_int(r, i, 0), STR_ARG(db_cell_text(r, i, 1)));
    }
    return ERR_OK;
}

/* --- applying --- */
struct apply {
    const struct migration_file *files;
    size_t n;
    bool done; /* nothing is missing */
};

static enum err lock(struct db_tx *tx, struct fail *f)
{
    struct db_rows rows;
    if (db_tx_engine(tx) == DB_SQLITE)
        return ERR_OK;
    TRY(db_all(db_tx_conn(tx), &q_lock, NULL, 0, db_tx_arena(tx), &rows, f));
    return db_all(db_tx_conn(tx), &q_patient, NULL, 0, db_tx_arena(tx), &rows, f);
}

static enum err apply_one(struct db_tx *tx, const struct migration_file *m, struct fail *f)
{
    struct db_conn *c = db_tx_conn(tx);
    struct hash sha = hash_sha256(m->text);
    TRY(c->db->ops->script(c, m->text, f));
    return db_exec(tx, &q_add,
                   DB_ARGS(db_int(m->number), db_text(m->name), db_bytes(hash_bytes(&sha)),
                           db_int(env_now(c->db->conf.env))),
                   NULL, f);
}

/* One unit: looks again under the lock, applies the first missing file. */
static enum err apply_next(struct db_tx *tx, void *arg, struct fail *f)
{
    struct apply *ap = arg;
    struct db_conn *c = db_tx_conn(tx);
    struct arena *a = db_tx_arena(tx);
    struct db_rows have;
    TRY(lock(tx, f));
    TRY(applied(c, a, &have, f));
    TRY(check_known(ap->files, ap->n, &have, f));
    for (size_t i = 0; i < ap->n; i++) {
        const struct migration_file *m = &ap->files[i];
        size_t row = row_of(&have, m->number);
        if (row == have.rows)
            return apply_one(tx, m, f);
        TRY(check_hash(m, db_cell_text(&have, row, 2), a, f));
    }
    ap->done = true;
    return ERR_OK;
}

static enum err make_table(struct db_tx *tx, void *, struct fail *f)
{
    struct db_rows exists;
    struct db_conn *c = db_tx_conn(tx);
    TRY(lock(tx, f));
    TRY(db_one(c, &q_exists[c->db->engine], NULL, 0, db_tx_arena(tx), &exists, f));
    if (db_cell_int(&exists, 0, 0))
        return ERR_OK;
    return c->db->ops->script(c, str_of(table_sql), f);
}

/* As db_write, but waits for another process that holds the lock. */
static enum err patient(struct db *db, db_unit *unit, void *arg, struct fail *f)
{
    enum err e = ERR_BUSY;
    for (int i = 0; i < LOCK_TRIES && e == ERR_BUSY; i++) {
        e = db_write(db, STR("*"), unit, arg, f);
        if (e == ERR_BUSY)
            clock_sleep(LOCK_WAIT_US);
    }
    return e;
}

enum err migrate_run(struct db *db, const struct migration_file *files, size_t n, struct fail *f)
{
    struct apply ap = { .files = files, .n = n };
    TRY(patient(db, make_table, NULL, f));
    while (!ap.done)
        TRY(patient(db, apply_next, &ap, f));
    return ERR_OK;
}

enum err db_migrate(struct db *db, struct fail *f)
{
    AUTO_ARENA a = { 0 };
    struct migration_file *files;
    size_t n;
    TRY(migrate_files(db->engine, &a, &files, &n, f));
    TRY(migrate_run(db, files, n, f));
    atomic_store(&db->migrated, true);
    return ERR_OK;
}

/* --- listing --- */
static enum err list(struct db_conn *c, struct arena *a, struct db_migration **out, size_t *n,
                     struct fail *f)
{
    struct migration_file *files;
    struct db_rows have;
    TRY(migrate_files(c->db->engine, a, &files, n, f));
    TRY(applied(c, a, &have, f));
    TRY(check_known(files, *n, &have, f));
    *out = ARENA_ARRAY(a, struct db_migration, *n);
    for (size_t i = 0; i < *n; i++) {
        size_t row = row_of(&have, files[i].number);
        if (row < have.rows)
            TRY(check_hash(&files[i], db_cell_text(&have, row, 2), a, f));
        (*out)[i] = (struct db_migration){ .number = files[i].number,
                                           .name = files[i].name,
                                           .applied = row < have.rows };
    }
    return ERR_OK;
}

enum err db_migration_list(struct db *db, struct arena *a, struct db_migration **out, size_t *n,
                           struct fail *f)
{
    struct db_conn *c = NULL;
    TRY(db_conn_open(db, &c, f));
    enum err e = list(c, a, out, n, f);
    db_conn_close(c);
    return e;
}

bool migrate_complete(struct db_conn *c, struct arena *a)
{
    struct fail f;
    struct db_migration *all;
    size_t n = 0, open = 0;
    if (list(c, a, &all, &n, &f))
        return false;
    for (size_t i = 0; i < n; i++)
        open += !all[i].applied;
    return open == 0;
}
