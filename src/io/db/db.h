#pragma once
/*
 * db - one interface to SQLite and PostgreSQL.
 *
 * SQL is the common subset both engines run, written with $1..$n; arguments are given by position
 * of their number. Every statement stands in a static table of `struct db_query` in a *_db.c file
 * and is prepared once per connection.
 *
 * Reading: each worker thread owns one `struct db_conn` (db_conn_open). Rows come back whole, in
 * the caller's arena; each query has a maximum of rows. Writing: only by units. db_write hands a
 * unit to the engine and returns after COMMIT; on SQLite one writer thread groups units (each in
 * its SAVEPOINT, synchronous=FULL), on PostgreSQL each unit is a transaction of its own connection,
 * run again on serialisation failures. A unit does SQL only: no network, file or sleep; it may be
 * run again, so it changes nothing outside the transaction except what it registers with
 * db_after_commit. A statement that fails spoils its unit, even one that looks away: both engines
 * then roll back and db_write returns the first error. Where a duplicate is expected, say ON
 * CONFLICT DO NOTHING.
 *
 * Tenant: every connection works for one tenant at a time; on PostgreSQL it is also set as
 * app.tenant for row security. Tenant "*" is the dispatcher: there it sees the rows of all tenants,
 * of jobs, job_attempts, outbox, stream_items and idempotency_keys, and may read sessions
 * (docs/adr/0005); elsewhere it sees nothing. SQLite has no row security, so every statement names
 * tenant_id itself.
 *
 * Arguments on PostgreSQL have the types they are given with (BIGINT, DOUBLE PRECISION, TEXT,
 * BYTEA), so `substr(x, $1)` wants CAST($1 AS INTEGER). Texts hold no NUL byte (ERR_INPUT). NaN is
 * stored as NULL.
 *
 * Errors: ERR_NOT_FOUND only from db_one · ERR_CONFLICT
 * (conflict.duplicate) unique or foreign key · ERR_INPUT (validation.failed) check, not null,
 * wrong type, append-only table · ERR_LIMIT (limit.rows) more rows than max_rows · ERR_BUSY (busy)
 * writer queue full, no connection, a timeout of the server, or the connection was lost during
 * COMMIT: then nobody knows whether the unit stayed · ERR_FULL (store_full) disk · ERR_IO
 * (internal) the rest, also every write after an I/O error, until the next start. Threads: struct
 * db is shared; a db_conn or db_tx belongs to one thread.
 */
#include "base/arena.h"
#include "io/clock/clock.h"
#include "io/log/log.h"
#include "io/metric/metric.h"

struct db;
struct db_conn; /* for reading */
struct db_tx;   /* inside a unit; can also read */

enum db_engine { DB_SQLITE, DB_POSTGRES };

/* Rows of the metric table (io/metric) for what happens here. */
struct db_metric_rows {
    size_t query_seconds; /* histogram; label: name of the query */
    size_t unit_seconds;  /* histogram */
    size_t group_size;    /* histogram; SQLite */
    size_t writer_queue;  /* gauge; SQLite */
    size_t pool_in_use;   /* gauge; PostgreSQL */
    size_t retries_total; /* counter; PostgreSQL */
};

struct db_conf {
    struct str url;   /* "sqlite:PATH" or "postgres://..." / "postgresql://..." or a libpq "host=...
                         dbname=..." text */
    int64_t group_ms; /* SQLite: a group is committed after this long (2) */
    int64_t group_ops; /* ... or this many units (128) */
    int64_t pool;      /* PostgreSQL: most connections for writing (16) */
    int64_t slow_ms;   /* log queries slower than this (100) */
    int64_t min_free;  /* bytes of disk that must stay free for writes (SQLite) */
    bool serves; /* people wait for this process: units over 5 ms are logged. SQLite: it also tells
                    subscribers of its own writes only, so no other may serve the same file.
                    Commands that only read or write leave it false. */
    const struct env *env;
    const struct log *log;                    /* may be NULL */
    struct metrics *metrics;                  /* may be NULL */
    const struct db_metric_rows *metric_rows; /* NULL: no metrics; static */
};
/* Whether it is one of the forms of db_conf.url: what can be said without opening it. */
bool db_url_valid(struct str url);
/* A field that is 0 has the value in brackets; min_free 0 is off. ERR_INPUT (db.url) unknown form ·
 * ERR_FORBIDDEN (db.role) the PostgreSQL role is above row security · ERR_CONFLICT (db.served)
 * another process serves this file · ERR_IO cannot open; (db.library) libpq is not there. */
enum err db_open(struct db **out, const struct db_conf *conf, struct fail *f);
/* Waits for queued units, checkpoints, closes. All connections must be closed before. */
void db_close(struct db *db);
enum db_engine db_engine(const struct db *db);

/* --- values --- */
enum db_type { DB_NULL, DB_INT, DB_REAL, DB_TEXT, DB_BYTES };
struct db_val {
    enum db_type type;
    union {
        int64_t i;
        double r;
        struct str s;
    };
};
static inline struct db_val db_null(void)
{
    return (struct db_val){ .type = DB_NULL };
}
static inline struct db_val db_int(int64_t v)
{
    return (struct db_val){ .type = DB_INT, .i = v };
}
static inline struct db_val db_real(double v)
{
    return (struct db_val){ .type = DB_REAL, .r = v };
}
static inline struct db_val db_text(struct str v)
{
    return (struct db_val){ .type = DB_TEXT, .s = v };
}
static inline struct db_val db_bytes(struct str v)
{
    return (struct db_val){ .type = DB_BYTES, .s = v };
}
/* An absent text is the empty one: for `$3 = '' OR ...`. */
static inline struct db_val db_text_or_empty(struct str v)
{
    return db_text(v.ptr ? v : STR(""));
}
/* NULL when ptr is NULL / when the value is API_ABSENT (INT64_MIN). */
static inline struct db_val db_text_opt(struct str v)
{
    return v.ptr ? db_text(v) : db_null();
}
static inline struct db_val db_bytes_opt(struct str v)
{
    return v.ptr ? db_bytes(v) : db_null();
}
static inline struct db_val db_int_opt(int64_t v)
{
    return v == INT64_MIN ? db_null() : db_int(v);
}

/* --- statements --- */
struct db_query {
    const char *name; /* "session.by_id": for logs, metrics and the plan test */
    const char *sql;
    bool hot;     /* its plan must use an index on both engines (tested) */
    int max_rows; /* 0 for statements that return nothing; a query that would return more fails with
                     ERR_LIMIT */
};
#define DB_ARGS(...)                                                                               \
    (const struct db_val[]){ __VA_ARGS__ }, COUNT_OF(((const struct db_val[]){ __VA_ARGS__ }))

struct db_rows {
    size_t rows, cols;
    const struct db_val *cells; /* row-major, in the arena */
};
static inline const struct db_val *db_cell(const struct db_rows *r, size_t row, size_t col)
{
    assert(row < r->rows && col < r->cols);
    return &r->cells[row * r->cols + col];
}
/* NULL gives API_ABSENT / ptr NULL / NaN; another type than asked is a bug and stops the program.
 */
int64_t db_as_int(const struct db_val *v);
double db_as_real(const struct db_val *v);
struct str db_as_text(const struct db_val *v); /* also bytes */
static inline int64_t db_cell_int(const struct db_rows *r, size_t row, size_t col)
{
    return db_as_int(db_cell(r, row, col));
}
static inline struct str db_cell_text(const struct db_rows *r, size_t row, size_t col)
{
    return db_as_text(db_cell(r, row, col));
}

/* --- reading --- */
enum err db_conn_open(struct db *db, struct db_conn **out, struct fail *f);
void db_conn_close(struct db_conn *c);
/* The tenant of what follows; cheap when unchanged. */
enum err db_conn_tenant(struct db_conn *c, struct str tenant, struct fail *f);
/* Which tenant that is; valid until the next db_conn_tenant. */
struct str db_conn_tenant_now(const struct db_conn *c);
/* On SQLite, what this reader reads from its next query on until db_conn_rest is one state of the
 * store, and taking and leaving the locks is paid once. PostgreSQL: each query sees the newest. */
void db_conn_snapshot(struct db_conn *c);
void db_conn_rest(struct db_conn *c);
enum err db_all(struct db_conn *c, const struct db_query *q, const struct db_val *args, size_t n,
                struct arena *a, struct db_rows *out, struct fail *f);
/* Exactly the first row; ERR_NOT_FOUND (not_found) when there is none. */
enum err db_one(struct db_conn *c, const struct db_query *q, const struct db_val *args, size_t n,
                struct arena *a, struct db_rows *out, struct fail *f);
/* The first cell of the first row, INT64_MIN for NULL: a count, the next number of a sequence.
 * ERR_NOT_FOUND as db_one; *out stays. */
enum err db_one_int(struct db_conn *c, const struct db_query *q, const struct db_val *args,
                    size_t n, int64_t *out, struct fail *f);

/* --- writing --- */
typedef enum err db_unit(struct db_tx *tx, void *arg, struct fail *f);
/* Runs the unit and returns after its commit. Nothing of a failed unit stays. */
enum err db_write(struct db *db, struct str tenant, db_unit *unit, void *arg, struct fail *f);
/* From now on fn(arg, true) is called on this thread before it waits for a unit of its own, and
 * fn(arg, false) after: so that a pool of threads lets another run meanwhile. */
void db_thread_waits(void (*fn)(void *arg, bool waits), void *arg);
/* Inside a unit. */
struct db_conn *db_tx_conn(struct db_tx *tx); /* reads see the unit's own writes */
struct arena *db_tx_arena(struct db_tx *tx);  /* dies with the unit */
struct str db_tx_tenant(const struct db_tx *tx);
enum db_engine db_tx_engine(const struct db_tx *tx);
/* *changed may be NULL. */
enum err db_exec(struct db_tx *tx, const struct db_query *q, const struct db_val *args, size_t n,
                 int64_t *changed, struct fail *f);
/* RETURNING statements: as db_all, at most q->max_rows. */
enum err db_exec_rows(struct db_tx *tx, const struct db_query *q, const struct db_val *args,
                      size_t n, struct arena *a, struct db_rows *out, struct fail *f);
/* Called on the writer's thread after COMMIT, in order, never after a rollback. Short and without
 * error: wake a queue, publish to the hub. arg must stay valid (it lives in db_tx_arena or longer).
 * At most 16 a unit. */
void db_after_commit(struct db_tx *tx, void (*fn)(void *arg), void *arg);
/* The same, unless this fn with this arg is registered already: for wake-ups, however often a unit
 * asks for one. */
void db_after_commit_once(struct db_tx *tx, void (*fn)(void *arg), void *arg);
/* What `fn` was last registered with in this unit, or NULL: so that a caller of many gathers them
 * in one. */
void *db_after_commit_arg(const struct db_tx *tx, void (*fn)(void *arg));

/* --- migrations: assets db/migrations/NNNN_name.sql for both engines, NNNN_name.pg.sql and
 * NNNN_name.sqlite.sql for one; each is one transaction --- */
struct db_migration {
    int64_t number;
    struct str name; /* "accounts" */
    bool applied;
};
/* The shared text is rewritten word for word for SQLite (BIGINT, DOUBLE PRECISION, BYTEA,
 * octet_length, STRICT). ERR_CONFLICT (migration.changed): an applied file has another hash.
 * ERR_INPUT (migration.newer): the store knows a migration that this program does not. */
enum err db_migrate(struct db *db, struct fail *f);
enum err db_migration_list(struct db *db, struct arena *a, struct db_migration **out, size_t *n,
                           struct fail *f);

/* --- for tests --- */
/* One line per step of the plan; used with `hot` queries. PostgreSQL plans as if reading a whole
 * table were very dear, so that an empty test store shows whether an index fits. */
enum err db_explain(struct db_conn *c, const struct db_query *q, struct arena *a, struct str *plan,
                    struct fail *f);
/* The first line of a plan that reads a whole table or (SQLite; unless `sorts`) sorts without an
 * index; empty when there is none. */
struct str db_plan_fault(enum db_engine engine, struct str plan, bool sorts);

/* Milliseconds since the store last answered, and whether writes are possible: for readiness.
 * `room` is as of the last write: SQLite refuses writes while less than min_free is left. */
struct db_health {
    int64_t answered_ms_ago;
    bool writable, room, migrated;
    int64_t writer_queue;
};
struct db_health db_health(struct db *db);
