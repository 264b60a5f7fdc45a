#include "io/db/lite.h"

#include "base/buf.h"
#include "io/db/rewrite.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

enum { BUSY_MS = 5000, ROWS_FIRST = 8 };

static struct lite *of(struct db *db)
{
    return (struct lite *)db;
}

static struct lite_conn *conn_of(struct db_conn *c)
{
    return (struct lite_conn *)c;
}

/* --- errors --- */
struct error_row {
    int code; /* extended, or primary when no extended one is listed */
    enum err err;
    const char *hint;
};
static const struct error_row errors[] = {
    { SQLITE_CONSTRAINT_UNIQUE, ERR_CONFLICT, "conflict.duplicate" },
    { SQLITE_CONSTRAINT_PRIMARYKEY, ERR_CONFLICT, "conflict.duplicate" },
    { SQLITE_CONSTRAINT_ROWID, ERR_CONFLICT, "conflict.duplicate" },
    { SQLITE_CONSTRAINT_FOREIGNKEY, ERR_CONFLICT, "conflict.duplicate" },
    { SQLITE_CONSTRAINT, ERR_INPUT, "validation.failed" },
    { SQLITE_TOOBIG, ERR_INPUT, "validation.failed" },
    { SQLITE_MISMATCH, ERR_INPUT, "validation.failed" },
    { SQLITE_BUSY, ERR_BUSY, "busy" },
    { SQLITE_LOCKED, ERR_BUSY, "busy" },
    { SQLITE_FULL, ERR_FULL, "store_full" },
};

enum err lite_fail(struct lite_conn *c, const char *what, struct fail *f)
{
    int code = sqlite3_extended_errcode(c->h);
    for (size_t i = 0; i < COUNT_OF(errors); i++)
        if (errors[i].code == code || errors[i].code == (code & 0xFF))
            return FAIL(f, errors[i].err, errors[i].hint, "%s: %s", what, sqlite3_errmsg(c->h));
    return FAIL(f, ERR_IO, "internal", "%s: %s (%d)", what, sqlite3_errmsg(c->h), code);
}

/* --- connections --- */
/* The wal hook and the busy timeout are set by calls; these by text. */
static const char setup_all[] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                                "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"
                                "PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;";
/* mmap_size stays 0: after each commit SQLite would unmap the file in every reader and fault its
 * pages in again (docs/adr/0006). */
static const char setup_reader[] = "PRAGMA query_only=ON; PRAGMA mmap_size=0;";

static enum err setup(struct lite_conn *c, bool reader, struct fail *f)
{
    sqlite3 *h = c->h;
    (void)sqlite3_extended_result_codes(h, 1);
    (void)sqlite3_busy_timeout(h, BUSY_MS);
    (void)sqlite3_db_config(h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(h, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    (void)sqlite3_db_config(h, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    (void)sqlite3_db_config(h, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    (void)sqlite3_wal_autocheckpoint(h, 0);
    /* only a store without tables takes it; before WAL, which writes the first page */
    if (!reader && sqlite3_exec(h, "PRAGMA auto_vacuum=INCREMENTAL", NULL, NULL, NULL))
        return lite_fail(c, "open", f);
    if (sqlite3_exec(h, setup_all, NULL, NULL, NULL))
        return lite_fail(c, "open", f);
    if (reader && sqlite3_exec(h, setup_reader, NULL, NULL, NULL))
        return lite_fail(c, "open", f);
    return ERR_OK;
}

enum err lite_conn_new(struct lite *l, bool reader, struct lite_conn **out, struct fail *f)
{
    struct lite_conn *c = calloc(1, sizeof *c);
    if (!c)
        abort();
    c->base.db = &l->base;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    enum err e = ERR_OK;
    if (sqlite3_open_v2(l->path, &c->h, flags, NULL))
        e = FAIL(f, ERR_IO, "internal", "open %s: %s", l->path,
                 c->h ? sqlite3_errmsg(c->h) : "no memory");
    if (!e)
        e = setup(c, reader, f);
    if (e) {
        lite_conn_free(c);
        return e;
    }
    *out = c;
    return ERR_OK;
}

static void stmt_free(void *stmt)
{
    struct lite_stmt *s = stmt;
    (void)sqlite3_finalize(s->s);
    free(s);
}

void lite_conn_free(struct lite_conn *c)
{
    cache_clear(&c->cache, stmt_free);
    int rc = sqlite3_close(c->h);
    assert(rc == SQLITE_OK); /* else a statement was not finalised */
    arena_release(&c->base.scratch);
    free(c);
}

static enum err conn_open(struct db *db, struct db_conn **out, struct fail *f)
{
    struct lite_conn *c = NULL;
    TRY(lite_conn_new(of(db), true, &c, f));
    *out = &c->base;
    return ERR_OK;
}

static void conn_close(struct db_conn *c)
{
    lite_conn_free(conn_of(c));
}

static enum err conn_tenant(struct db_conn *, struct fail *)
{
    return ERR_OK;
}

/* --- statements --- */
/* "$12" -> 12; 0 when the parameter is written another way. */
static size_t number_of(const char *name)
{
    int64_t v = 0;
    bool ok = name && name[0] == '$' && str_to_i64(str_of(name + 1), 1, DB_ARGS_MAX, &v);
    return ok ? (size_t)v : 0;
}

static enum err stmt_new(struct lite_conn *c, const struct db_query *q, struct lite_stmt **out,
                         struct fail *f)
{
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v3(c->h, q->sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL))
        return lite_fail(c, q->name, f);
    struct lite_stmt *made = calloc(1, sizeof *made);
    if (!made)
        abort();
    made->s = s;
    int params = sqlite3_bind_parameter_count(s);
    for (int i = 0; i < params; i++) {
        size_t number = number_of(sqlite3_bind_parameter_name(s, i + 1));
        if (!number || i >= DB_ARGS_MAX) {
            stmt_free(made);
            return FAIL(f, ERR_IO, "internal", "%s: parameter %d is not $1..$64", q->name, i + 1);
        }
        made->number[made->params++] = (uint8_t)number;
        made->args = number > made->args ? number : made->args;
    }
    struct lite_stmt *old = cache_put(&c->cache, q, made);
    if (old)
        stmt_free(old);
    *out = made;
    return ERR_OK;
}

static enum err prepare(struct lite_conn *c, const struct db_query *q, struct lite_stmt **out,
                        struct fail *f)
{
    *out = cache_get(&c->cache, q);
    return *out ? ERR_OK : stmt_new(c, q, out, f);
}

/* SQLITE_STATIC: the caller's arguments outlive the step. An empty slice may have no address, which
 * SQLite would take for NULL. */
static int bind_one(sqlite3_stmt *s, int i, const struct db_val *v)
{
    switch (v->type) {
    case DB_NULL:
        return sqlite3_bind_null(s, i);
    case DB_INT:
        return sqlite3_bind_int64(s, i, v->i);
    case DB_REAL:
        return sqlite3_bind_double(s, i, v->r);
    case DB_TEXT:
        return sqlite3_bind_text64(s, i, v->s.len ? v->s.ptr : "", v->s.len, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case DB_BYTES:
        return sqlite3_bind_blob64(s, i, v->s.len ? v->s.ptr : "", v->s.len, SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

static enum err bind(struct lite_conn *c, struct lite_stmt *s, const struct db_call *call,
                     struct fail *f)
{
    if (s->args != call->n)
        return FAIL(f, ERR_IO, "internal", "%s: wants %zu arguments, has %zu", call->q->name,
                    s->args, call->n);
    for (int i = 0; i < s->params; i++)
        if (bind_one(s->s, i + 1, &call->args[s->number[i] - 1]))
            return lite_fail(c, call->q->name, f);
    return ERR_OK;
}

static struct db_val cell(sqlite3_stmt *s, int col, struct arena *a)
{
    switch (sqlite3_column_type(s, col)) {
    case SQLITE_INTEGER:
        return db_int(sqlite3_column_int64(s, col));
    case SQLITE_FLOAT:
        return db_real(sqlite3_column_double(s, col));
    case SQLITE_TEXT: {
        const char *p = (const char *)sqlite3_column_text(s, col);
        return db_text(
            arena_dup(a, (struct str){ p ? p : "", (size_t)sqlite3_column_bytes(s, col) }));
    }
    case SQLITE_BLOB: {
        const char *p = sqlite3_column_blob(s, col);
        return db_bytes(
            arena_dup(a, (struct str){ p ? p : "", (size_t)sqlite3_column_bytes(s, col) }));
    }
    default:
        return db_null();
    }
}

/* Room for one more row; the arena keeps the smaller tries until it is reset. */
static struct db_val *next_row(struct db_call *call, struct db_val **cells, size_t *cap)
{
    struct db_rows *out = call->rows;
    if (out->rows == *cap) {
        size_t most = call->first_only ? 1 : (size_t)call->q->max_rows;
        size_t want = *cap ? *cap * 2 : ROWS_FIRST;
        *cap = want < most ? want : most;
        struct db_val *bigger = ARENA_ARRAY(call->arena, struct db_val, *cap * out->cols);
        if (out->rows)
            memcpy(bigger, *cells, out->rows * out->cols * sizeof *bigger);
        *cells = bigger;
    }
    return *cells + out->rows++ * out->cols;
}

static enum err step(struct lite_conn *c, sqlite3_stmt *s, struct db_call *call, struct fail *f)
{
    struct db_val *cells = NULL;
    size_t cap = 0, most = call->rows ? (size_t)call->q->max_rows : 0;
    int cols = sqlite3_column_count(s), rc;
    assert(call->rows || !call->first_only);
    if (call->rows)
        call->rows->cols = (size_t)cols;
    while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
        if (call->first_only && call->rows->rows)
            break;
        if (!call->first_only && (!call->rows || call->rows->rows >= most))
            return FAIL(f, ERR_LIMIT, "limit.rows", "%s: more than %zu rows", call->q->name, most);
        struct db_val *row = next_row(call, &cells, &cap);
        for (int i = 0; i < cols; i++)
            row[i] = cell(s, i, call->arena);
        call->rows->cells = cells;
    }
    if (rc != SQLITE_DONE && rc != SQLITE_ROW)
        return lite_fail(c, call->q->name, f);
    call->changed = sqlite3_changes64(c->h);
    return ERR_OK;
}

/* Without a transaction each query takes and leaves two locks of the file: four system calls. */
static const struct db_query q_look = { .name = "db.look", .sql = "BEGIN" };
static const struct db_query q_looked = { .name = "db.looked", .sql = "COMMIT" };

static void conn_snapshot(struct db_conn *base, bool on)
{
    struct lite_conn *c = conn_of(base);
    c->snapshot = on;
    if (on || sqlite3_get_autocommit(c->h))
        return;
    int rc = lite_simple(c, &q_looked);
    assert(rc == SQLITE_OK); /* nothing was written and every statement is reset */
    (void)rc;
}

enum err lite_run(struct db_conn *base, struct db_call *call, struct fail *f)
{
    struct lite_conn *c = conn_of(base);
    struct lite_stmt *s = NULL;
    if (c->snapshot && sqlite3_get_autocommit(c->h) && lite_simple(c, &q_look))
        return lite_fail(c, "begin", f);
    TRY(prepare(c, call->q, &s, f));
    enum err e = bind(c, s, call, f);
    if (!e)
        e = step(c, s->s, call, f);
    (void)sqlite3_reset(s->s); /* repeats the error of step */
    return e;
}

int lite_simple(struct lite_conn *c, const struct db_query *q)
{
    struct fail f;
    struct lite_stmt *s = NULL;
    if (prepare(c, q, &s, &f))
        return SQLITE_ERROR;
    int rc = sqlite3_step(s->s);
    (void)sqlite3_reset(s->s);
    return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

static enum err script(struct db_conn *base, struct str sql, struct fail *f)
{
    struct lite_conn *c = conn_of(base);
    AUTO_BUF text = { .max = sql.len * 2 + 1024 };
    sql_for_sqlite(sql, &text);
    buf_putc(&text, 0);
    if (text.truncated)
        return FAIL(f, ERR_IO, "internal", "script too long");
    if (sqlite3_exec(c->h, text.ptr, NULL, NULL, NULL))
        return lite_fail(c, "script", f);
    return ERR_OK;
}

static enum err explain(struct db_conn *base, struct str sql, struct arena *a, struct buf *plan,
                        struct fail *f)
{
    struct lite_conn *c = conn_of(base);
    struct str text = arena_fmt(a, "EXPLAIN QUERY PLAN %.*s", STR_ARG(sql));
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(c->h, text.ptr, -1, &s, NULL))
        return lite_fail(c, "explain", f);
    while (sqlite3_step(s) == SQLITE_ROW)
        buf_putf(plan, "%s\n", (const char *)sqlite3_column_text(s, 3));
    (void)sqlite3_finalize(s);
    return ERR_OK;
}

/* --- the store --- */
static enum err lite_write(struct db *db, struct str tenant, db_unit *unit, void *arg,
                           struct fail *f)
{
    struct lite_unit u = { .fn = unit, .arg = arg, .tenant = tenant, .f = f };
    TRY(writer_put(of(db), &u, f));
    bell_wait(u.bell, &u.done);
    return u.err;
}

static int64_t queue(struct db *db)
{
    struct lite *l = of(db);
    (void)pthread_mutex_lock(&l->lock);
    int64_t n = (int64_t)l->queued;
    (void)pthread_mutex_unlock(&l->lock);
    return n;
}

static void lite_free(struct lite *l)
{
    if (l->writer)
        lite_conn_free(l->writer);
    arena_release(&l->unit_arena);
    arena_release(&l->arena);
    if (l->serves >= 0)
        (void)close(l->serves);
    free(l);
}

static void lite_close(struct db *db)
{
    struct lite *l = of(db);
    writer_stop(l);
    (void)pthread_cond_destroy(&l->wake);
    (void)pthread_mutex_destroy(&l->lock);
    lite_free(l);
}

static const struct db_ops lite_ops = {
    .conn_open = conn_open,
    .conn_close = conn_close,
    .conn_tenant = conn_tenant,
    .conn_snapshot = conn_snapshot,
    .run = lite_run,
    .script = script,
    .explain = explain,
    .write = lite_write,
    .queue = queue,
    .close = lite_close,
};

/* The store holds personal data: made for its owner only. SQLite gives -wal and -shm the same
 * mode. */
static enum err make_private(const char *path, struct fail *f)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return FAIL(f, ERR_IO, "internal", "open %s: %s", path, errno_text(errno));
    (void)close(fd);
    return ERR_OK;
}

/* A lock beside the store, given back by the kernel however the process ends. The store itself is
 * not locked: SQLite's own locks would go with any descriptor of it that is closed. */
static enum err serve_alone(struct lite *l, struct fail *f)
{
    const char *path = arena_fmt(&l->arena, "%s-serve", l->path).ptr;
    l->serves = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (l->serves < 0)
        return FAIL(f, ERR_IO, "internal", "open %s: %s", path, errno_text(errno));
    if (flock(l->serves, LOCK_EX | LOCK_NB) == 0)
        return ERR_OK;
    return errno == EWOULDBLOCK
               ? FAIL(f, ERR_CONFLICT, "db.served",
                      "another process serves %s; several need PostgreSQL", l->path)
               : FAIL(f, ERR_IO, "internal", "lock %s: %s", path, errno_text(errno));
}

enum err lite_open(struct db **out, const struct db_conf *conf, struct str path, struct fail *f)
{
    /* Counting every byte would take a lock shared by all threads; refused after the first open,
     * which is harmless. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    struct lite *l = calloc(1, sizeof *l);
    if (!l)
        abort();
    l->base = (struct db){ .ops = &lite_ops, .engine = DB_SQLITE, .conf = *conf };
    l->path = arena_cstr(&l->arena, path);
    l->serves = -1;
    l->base.conf.url = (struct str){ 0 }; /* the caller's text may go */
    enum err e = make_private(l->path, f);
    if (!e && conf->serves)
        e = serve_alone(l, f);
    if (!e)
        e = lite_conn_new(l, false, &l->writer, f);
    if (!e)
        e = writer_start(l, f);
    if (e) {
        lite_free(l);
        return e;
    }
    *out = &l->base;
    return ERR_OK;
}
