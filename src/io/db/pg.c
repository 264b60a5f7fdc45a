#include "io/db/pg.h"

#include <stdio.h>
#include <stdlib.h>

enum { VERSION_MIN = 150000 };

static struct pg_conn *conn_of(struct db_conn *c)
{
    return (struct pg_conn *)c;
}

/* --- errors --- */
struct error_row {
    const char *state; /* SQLSTATE or its first two characters */
    enum err err;
    const char *hint;
};
static const struct error_row errors[] = {
    { "23505", ERR_CONFLICT, "conflict.duplicate" }, /* unique */
    { "23503", ERR_CONFLICT, "conflict.duplicate" }, /* foreign key */
    { "23", ERR_INPUT, "validation.failed" },        /* check, not null, append-only */
    { "22", ERR_INPUT, "validation.failed" },        /* out of range, not UTF-8 */
    { "42804", ERR_INPUT, "validation.failed" },     /* wrong type */
    { "40", ERR_BUSY, "busy" },                      /* run again */
    { "55P03", ERR_BUSY, "busy" },                   /* lock_timeout */
    { "57014", ERR_BUSY, "busy" },                   /* statement_timeout */
    { "53100", ERR_FULL, "store_full" },             /* disk full */
    { "53", ERR_BUSY, "busy" },                      /* too many connections, memory */
    { "08", ERR_BUSY, "busy" },                      /* connection */
    { "57P", ERR_BUSY, "busy" },                     /* shutdown */
    { "25P03", ERR_BUSY, "busy" },                   /* idle in transaction */
};

enum err pg_fail(struct pg_conn *c, const PGresult *r, const char *what, struct fail *f)
{
    const char *state = r ? libpq()->result_field(r, PG_DIAG_SQLSTATE) : NULL;
    const char *text = r ? libpq()->result_message(r) : libpq()->error_message(c->h);
    struct str s = str_of(state ? state : "");
    struct str shown = str_trim(str_of(text ? text : ""));
    if (libpq()->status(c->h) == CONNECTION_BAD) {
        c->lost = true;
        return FAIL(f, ERR_BUSY, "busy", "%s: connection lost: %.*s", what, STR_ARG(shown));
    }
    c->again = c->again || str_is(s, "40001") || str_is(s, "40P01");
    for (size_t i = 0; i < COUNT_OF(errors); i++)
        if (str_starts(s, str_of(errors[i].state)))
            return FAIL(f, errors[i].err, errors[i].hint, "%s: %.*s", what, STR_ARG(shown));
    return FAIL(f, ERR_IO, "internal", "%s: %.*s (%s)", what, STR_ARG(shown), s.ptr);
}

/* --- connections --- */
static void quiet(void *, const char *) {}

static void stmt_free(void *stmt)
{
    free(stmt);
}

enum err pg_simple(struct pg_conn *c, const char *sql, struct fail *f)
{
    PGresult *r = libpq()->exec(c->h, sql);
    ExecStatusType status = libpq()->result_status(r);
    enum err e = ERR_OK;
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
        e = pg_fail(c, r, "session", f);
    libpq()->clear(r);
    return e;
}

/* Row security of a reader: for the session, as it has no transactions of its own. */
static enum err session_tenant(struct pg_conn *c, struct fail *f)
{
    char sql[DB_TENANT_MAX + 64];
    (void)snprintf(sql, sizeof sql, "SELECT set_config('app.tenant', '%s', false)",
                   c->base.tenant_text);
    return pg_simple(c, sql, f);
}

static const char session_setup[] =
    "SET statement_timeout = '5s'; SET lock_timeout = '2s';"
    "SET idle_in_transaction_session_timeout = '10s'; SET timezone = 'UTC';"
    "SET client_min_messages = 'warning'; SET standard_conforming_strings = on;"
    "SET search_path = 'public'";

/* Two seconds, libpq's least, for each address: who asks how the store is waits no longer
 * (operations.md A4, A5). The URL may say another number. */
enum err pg_connect(struct pg_conn *c, struct fail *f)
{
    static const char *const keys[] = { "application_name", "connect_timeout", "client_encoding",
                                        "dbname", NULL };
    const char *values[] = { "ainative", "2", "UTF8", pg_of(c->base.db)->url, NULL };
    cache_clear(&c->cache, stmt_free);
    libpq()->finish(c->h);
    c->h = libpq()->connect(keys, values, 1);
    c->lost = c->again = false;
    if (libpq()->status(c->h) != CONNECTION_OK)
        return pg_fail(c, NULL, "connect", f);
    (void)libpq()->set_notices(c->h, quiet, NULL);
    TRY(pg_simple(c, session_setup, f));
    if (!c->reader)
        return ERR_OK;
    TRY(pg_simple(c, "SET default_transaction_read_only = on", f));
    return c->base.tenant.len ? session_tenant(c, f) : ERR_OK;
}

struct pg_conn *pg_conn_new(struct pg *p, bool reader)
{
    struct pg_conn *c = calloc(1, sizeof *c);
    if (!c)
        abort();
    c->base.db = &p->base;
    c->reader = reader;
    c->lost = true; /* connected at first use */
    return c;
}

void pg_conn_free(struct pg_conn *c)
{
    cache_clear(&c->cache, stmt_free);
    libpq()->finish(c->h);
    arena_release(&c->arena);
    arena_release(&c->base.scratch);
    free(c);
}

static enum err conn_open(struct db *db, struct db_conn **out, struct fail *f)
{
    struct pg_conn *c = pg_conn_new(pg_of(db), true);
    enum err e = pg_connect(c, f);
    if (e) {
        pg_conn_free(c);
        return e;
    }
    *out = &c->base;
    return ERR_OK;
}

static void conn_close(struct db_conn *c)
{
    pg_conn_free(conn_of(c));
}

static enum err conn_tenant(struct db_conn *base, struct fail *f)
{
    struct pg_conn *c = conn_of(base);
    if (!c->lost && !session_tenant(c, f))
        return ERR_OK;
    /* connecting sets it too */
    return c->lost ? pg_connect(c, f) : f->code;
}

/* --- statements --- */
/* Largest n of $n. */
static size_t count_params(struct str sql)
{
    size_t most = 0;
    for (size_t i = 0; i + 1 < sql.len; i++) {
        size_t v = 0;
        for (size_t j = i + 1; sql.ptr[i] == '$' && j < sql.len && v < DB_ARGS_MAX; j++) {
            if (sql.ptr[j] < '0' || sql.ptr[j] > '9')
                break;
            v = v * 10 + (size_t)(sql.ptr[j] - '0');
        }
        most = v > most ? v : most;
    }
    return most;
}

static enum err stmt_new(struct pg_conn *c, const struct db_call *call, const struct pg_args *args,
                         struct pg_stmt **out, struct fail *f)
{
    char name[16];
    (void)snprintf(name, sizeof name, "q%u", ++c->names);
    PGresult *r = libpq()->prepare(c->h, name, call->q->sql, (int)call->n, args->types);
    enum err e = ERR_OK;
    if (libpq()->result_status(r) != PGRES_COMMAND_OK)
        e = pg_fail(c, r, call->q->name, f);
    libpq()->clear(r);
    TRY(e);
    *out = calloc(1, sizeof **out);
    if (!*out)
        abort();
    **out = (struct pg_stmt){ .name = c->names, .args = count_params(str_of(call->q->sql)) };
    free(cache_put(&c->cache, call->q, *out));
    return ERR_OK;
}

static enum err prepare(struct pg_conn *c, const struct db_call *call, const struct pg_args *args,
                        struct pg_stmt **out, struct fail *f)
{
    *out = cache_get(&c->cache, call->q);
    if (!*out)
        TRY(stmt_new(c, call, args, out, f));
    if ((*out)->args == call->n)
        return ERR_OK;
    return FAIL(f, ERR_IO, "internal", "%s: wants %zu arguments, has %zu", call->q->name,
                (*out)->args, call->n);
}

static enum err take_rows(const PGresult *r, struct db_call *call, struct fail *f)
{
    size_t rows = (size_t)libpq()->ntuples(r), cols = (size_t)libpq()->nfields(r);
    size_t most = call->rows ? (size_t)call->q->max_rows : 0;
    if (call->first_only && rows > 1)
        rows = 1;
    if (!call->first_only && rows > most)
        return FAIL(f, ERR_LIMIT, "limit.rows", "%s: more than %zu rows", call->q->name, most);
    if (!call->rows)
        return ERR_OK;
    struct db_val *cells = ARENA_ARRAY(call->arena, struct db_val, rows * cols);
    for (size_t i = 0; i < rows * cols; i++)
        TRY(pg_decode(r, (int)(i / cols), (int)(i % cols), call->arena, &cells[i], f));
    *call->rows = (struct db_rows){ .rows = rows, .cols = cols, .cells = cells };
    return ERR_OK;
}

static int64_t changed_rows(PGresult *r)
{
    int64_t n = 0;
    return str_to_i64(str_of(libpq()->cmd_tuples(r)), 0, INT64_MAX, &n) ? n : 0;
}

static enum err run_once(struct pg_conn *c, struct db_call *call, struct fail *f)
{
    struct pg_args args;
    struct pg_stmt *s = NULL;
    pg_encode(call->args, call->n, &args);
    TRY(prepare(c, call, &args, &s, f));
    char name[16];
    (void)snprintf(name, sizeof name, "q%u", s->name);
    PGresult *r = libpq()->exec_prepared(c->h, name, (int)call->n, args.values, args.lengths,
                                         args.formats, 1);
    ExecStatusType status = libpq()->result_status(r);
    enum err e = ERR_OK;
    if (status == PGRES_TUPLES_OK)
        e = take_rows(r, call, f);
    else if (status != PGRES_COMMAND_OK)
        e = pg_fail(c, r, call->q->name, f);
    call->changed = changed_rows(r);
    libpq()->clear(r);
    return e;
}

enum err pg_run(struct db_conn *base, struct db_call *call, struct fail *f)
{
    struct pg_conn *c = conn_of(base);
    if (!c->reader)
        return c->lost ? FAIL(f, ERR_BUSY, "busy", "connection lost") : run_once(c, call, f);
    enum err e = ERR_BUSY;
    if (!c->lost)
        e = run_once(c, call, f);
    if (!c->lost)
        return e;
    TRY(pg_connect(c, f)); /* a read changes nothing: once more on a new connection */
    return run_once(c, call, f);
}

static enum err script(struct db_conn *base, struct str sql, struct fail *f)
{
    struct pg_conn *c = conn_of(base);
    AUTO_ARENA a = { 0 };
    return pg_simple(c, arena_cstr(&a, sql), f);
}

/* --- plans --- */
static enum err explain_prepared(struct pg_conn *c, size_t params, struct buf *plan, struct fail *f)
{
    AUTO_BUF b = { .max = 1024 };
    buf_put(&b, STR("EXPLAIN (COSTS OFF) EXECUTE explained"));
    for (size_t i = 0; i < params; i++)
        buf_put(&b, i ? STR(", NULL") : STR("(NULL"));
    buf_put(&b, params ? STR(")") : STR(""));
    buf_putc(&b, 0);
    PGresult *r = libpq()->exec(c->h, b.ptr);
    enum err e = ERR_OK;
    if (libpq()->result_status(r) != PGRES_TUPLES_OK)
        e = pg_fail(c, r, "explain", f);
    for (int i = 0; i < libpq()->ntuples(r); i++)
        buf_putf(plan, "%s\n", libpq()->value(r, i, 0));
    libpq()->clear(r);
    return e;
}

static enum err explain(struct db_conn *base, struct str sql, struct arena *a, struct buf *plan,
                        struct fail *f)
{
    struct pg_conn *c = conn_of(base);
    TRY(pg_simple(c,
                  "BEGIN; SET LOCAL enable_seqscan = off; "
                  "SET LOCAL plan_cache_mode = force_generic_plan",
                  f));
    enum err e = pg_simple(c, arena_fmt(a, "PREPARE explained AS %.*s", STR_ARG(sql)).ptr, f);
    if (!e)
        e = explain_prepared(c, count_params(sql), plan, f);
    struct fail ignored;
    enum err undo = pg_simple(c, "ROLLBACK", &ignored);
    if (pg_simple(c, "DEALLOCATE explained", &ignored) && !e)
        e = undo;
    return e;
}

/* --- the store --- */
static int64_t queue(struct db *db)
{
    struct pg *p = pg_of(db);
    (void)pthread_mutex_lock(&p->lock);
    int64_t n = p->waiting;
    (void)pthread_mutex_unlock(&p->lock);
    return n;
}

static void pg_close(struct db *db)
{
    struct pg *p = pg_of(db);
    assert(p->in_use == 0);
    while (p->idle) {
        struct pg_conn *c = p->idle;
        p->idle = c->next;
        pg_conn_free(c);
    }
    (void)pthread_cond_destroy(&p->free);
    (void)pthread_mutex_destroy(&p->lock);
    arena_release(&p->arena);
    free(p);
}

static const struct db_ops pg_ops = {
    .conn_open = conn_open,
    .conn_close = conn_close,
    .conn_tenant = conn_tenant,
    .run = pg_run,
    .script = script,
    .explain = explain,
    .write = pg_write,
    .queue = queue,
    .close = pg_close,
};

/* Row security does not hold for superusers and BYPASSRLS: refused, not warned about. */
static enum err check_server(struct pg_conn *c, struct fail *f)
{
    static const struct db_query q = {
        .name = "pg.check",
        .sql = "SELECT CAST(current_setting('server_version_num') AS bigint), "
               "CAST(current_setting('max_connections') AS bigint), "
               "current_setting('server_encoding'), "
               "(SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)",
        .max_rows = 1,
    };
    const struct db_conf *conf = &c->base.db->conf;
    AUTO_ARENA a = { 0 };
    struct db_rows r;
    TRY(db_one(&c->base, &q, NULL, 0, &a, &r, f));
    if (db_cell_int(&r, 0, 0) < VERSION_MIN || !str_is(db_cell_text(&r, 0, 2), "UTF8"))
        return FAIL(f, ERR_IO, "internal", "PostgreSQL 15 or newer with encoding UTF8 is needed");
    if (db_cell_int(&r, 0, 3))
        return FAIL(f, ERR_FORBIDDEN, "db.role", "the role bypasses row security; use another one");
    if (conf->pool * 10 > db_cell_int(&r, 0, 1) * 8 && conf->log)
        LOG(conf->log, LOG_WARN, "db.pool_large", LOG_I("pool", conf->pool),
            LOG_I("max_connections", db_cell_int(&r, 0, 1)));
    return ERR_OK;
}

enum err pg_open(struct db **out, const struct db_conf *conf, struct fail *f)
{
    TRY(libpq_load(f));
    struct pg *p = calloc(1, sizeof *p);
    if (!p)
        abort();
    p->base = (struct db){ .ops = &pg_ops, .engine = DB_POSTGRES, .conf = *conf };
    p->url = arena_cstr(&p->arena, conf->url);
    p->base.conf.url = (struct str){ 0 }; /* the caller's text may go */
    (void)pthread_mutex_init(&p->lock, NULL);
    clock_cond_init(&p->free);
    struct pg_conn *c = pg_conn_new(p, true);
    enum err e = pg_connect(c, f);
    if (!e)
        e = check_server(c, f);
    pg_conn_free(c);
    if (e) {
        pg_close(&p->base);
        return e;
    }
    *out = &p->base;
    return ERR_OK;
}
