#include "base/buf.h"
#include "io/db/engine.h"
#include "io/db/migrate.h"

#include <math.h>

enum {
    GROUP_MS = 2,
    GROUP_OPS = 128,
    POOL = 16,
    SLOW_MS = 100,
    PROBE_AFTER_MS = 1000,
    PLAN_BYTES = 64 * 1024,
    ANSWERED_EVERY_US = 100 * US_PER_MS
};

/* --- open and close --- */
static void defaults(struct db_conf *c)
{
    c->group_ms = c->group_ms > 0 ? c->group_ms : GROUP_MS;
    c->group_ops = c->group_ops > 0 ? c->group_ops : GROUP_OPS;
    c->pool = c->pool > 0 ? c->pool : POOL;
    c->slow_ms = c->slow_ms > 0 ? c->slow_ms : SLOW_MS;
}

static bool is_postgres(struct str url)
{
    return str_starts(url, STR("postgres://")) || str_starts(url, STR("postgresql://")) ||
           str_has(url, STR("dbname="));
}

static const struct str lite = STR_INIT("sqlite:");

static bool is_lite(struct str url)
{
    return str_starts(url, lite) && url.len > lite.len;
}

bool db_url_valid(struct str url)
{
    return is_lite(url) || is_postgres(url);
}

enum err db_open(struct db **out, const struct db_conf *conf, struct fail *f)
{
    struct db_conf c = *conf;
    defaults(&c);
    enum err e;
    if (is_lite(c.url))
        e = lite_open(out, &c, str_from(c.url, lite.len), f);
    else if (is_postgres(c.url))
        e = pg_open(out, &c, f);
    else
        e = FAIL(f, ERR_INPUT, "db.url", "neither sqlite:PATH nor postgres://...");
    if (!e) {
        atomic_store(&(*out)->writable, true);
        db_answered(*out, env_mono(c.env));
    }
    return e;
}

void db_close(struct db *db)
{
    if (db)
        db->ops->close(db);
}

enum db_engine db_engine(const struct db *db)
{
    return db->engine;
}

void db_answered(struct db *db, int64_t mono_us)
{
    /* Not at each query: the line would travel between the cores of all workers. */
    if (mono_us - atomic_load_explicit(&db->answered_us, memory_order_relaxed) > ANSWERED_EVERY_US)
        atomic_store_explicit(&db->answered_us, mono_us, memory_order_relaxed);
}

/* --- values --- */
int64_t db_as_int(const struct db_val *v)
{
    assert(v->type == DB_INT || v->type == DB_NULL);
    return v->type == DB_INT ? v->i : INT64_MIN;
}

double db_as_real(const struct db_val *v)
{
    assert(v->type == DB_REAL || v->type == DB_INT || v->type == DB_NULL);
    if (v->type == DB_NULL)
        return (double)NAN;
    return v->type == DB_REAL ? v->r : (double)v->i;
}

struct str db_as_text(const struct db_val *v)
{
    assert(v->type == DB_TEXT || v->type == DB_BYTES || v->type == DB_NULL);
    return v->type == DB_NULL ? (struct str){ 0 } : v->s;
}

/* --- connections --- */
bool db_tenant_valid(struct str tenant)
{
    if (str_is(tenant, "*"))
        return true;
    for (size_t i = 0; i < tenant.len; i++) {
        char c = tenant.ptr[i];
        bool ok = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '-' || c == '_';
        if (!ok)
            return false;
    }
    return tenant.len > 0 && tenant.len <= DB_TENANT_MAX;
}

void db_conn_set_tenant(struct db_conn *c, struct str tenant)
{
    assert(tenant.len <= DB_TENANT_MAX);
    if (tenant.len)
        memmove(c->tenant_text, tenant.ptr, tenant.len);
    c->tenant_text[tenant.len] = 0;
    c->tenant = (struct str){ c->tenant_text, tenant.len };
}

enum err db_conn_open(struct db *db, struct db_conn **out, struct fail *f)
{
    return db->ops->conn_open(db, out, f);
}

void db_conn_close(struct db_conn *c)
{
    if (c)
        c->db->ops->conn_close(c);
}

enum err db_conn_tenant(struct db_conn *c, struct str tenant, struct fail *f)
{
    if (str_eq(c->tenant, tenant))
        return ERR_OK;
    if (c->tx || !db_tenant_valid(tenant))
        return FAIL(f, ERR_IO, "internal", "tenant «%.*s» refused", STR_ARG(tenant));
    db_conn_set_tenant(c, tenant);
    enum err e = c->db->ops->conn_tenant(c, f);
    if (e)
        db_conn_set_tenant(c, STR("")); /* so that the next call tries again */
    return e;
}

void db_conn_snapshot(struct db_conn *c)
{
    if (c->db->ops->conn_snapshot)
        c->db->ops->conn_snapshot(c, true);
}

void db_conn_rest(struct db_conn *c)
{
    if (c->db->ops->conn_snapshot)
        c->db->ops->conn_snapshot(c, false);
}

/* --- statements --- */
static enum err check_args(const struct db_call *call, struct fail *f)
{
    if (call->n > DB_ARGS_MAX)
        return FAIL(f, ERR_IO, "internal", "%s: %zu arguments", call->q->name, call->n);
    for (size_t i = 0; i < call->n; i++) {
        const struct db_val *v = &call->args[i];
        /* PostgreSQL cannot store it; SQLite would cut the text in some functions. */
        if (v->type == DB_TEXT && v->s.len && memchr(v->s.ptr, 0, v->s.len))
            return FAIL(f, ERR_INPUT, "validation.failed", "%s: NUL in $%zu", call->q->name, i + 1);
    }
    return ERR_OK;
}

static void observe(struct db *db, const struct db_call *call, int64_t us)
{
    if (us >= db->conf.slow_ms * US_PER_MS && db->conf.log)
        LOG(db->conf.log, LOG_WARN, "db.query_slow", LOG_C("query", call->q->name), LOG_I("us", us),
            LOG_I("rows", call->rows ? (int64_t)call->rows->rows : 0));
    if (db->conf.metric_rows)
        metric_observe(db->conf.metrics, db->conf.metric_rows->query_seconds, call->q->name,
                       (double)us / US_PER_S);
}

static enum err run(struct db_conn *c, struct db_call *call, struct fail *f)
{
    struct db *db = c->db;
    int64_t start = env_mono(db->conf.env);
    enum err e = check_args(call, f);
    if (!e)
        e = db->ops->run(c, call, f);
    int64_t end = env_mono(db->conf.env);
    observe(db, call, end - start);
    if (!e)
        db_answered(db, end);
    else if (c->tx && !c->tx->spoiled.code)
        c->tx->spoiled = *f;
    return e;
}

enum err db_all(struct db_conn *c, const struct db_query *q, const struct db_val *args, size_t n,
                struct arena *a, struct db_rows *out, struct fail *f)
{
    *out = (struct db_rows){ 0 };
    return run(c, &(struct db_call){ .q = q, .args = args, .n = n, .arena = a, .rows = out }, f);
}

enum err db_one(struct db_conn *c, const struct db_query *q, const struct db_val *args, size_t n,
                struct arena *a, struct db_rows *out, struct fail *f)
{
    *out = (struct db_rows){ 0 };
    struct db_call call = {
        .q = q, .args = args, .n = n, .arena = a, .rows = out, .first_only = true
    };
    TRY(run(c, &call, f));
    return out->rows ? ERR_OK : FAIL(f, ERR_NOT_FOUND, "not_found", "%s: no row", q->name);
}

enum err db_one_int(struct db_conn *c, const struct db_query *q, const struct db_val *args,
                    size_t n, int64_t *out, struct fail *f)
{
    struct db_rows rows;
    enum err e = db_one(c, q, args, n, &c->scratch, &rows, f);
    if (!e)
        *out = db_cell_int(&rows, 0, 0);
    arena_reset(&c->scratch);
    return e;
}

enum err db_exec(struct db_tx *tx, const struct db_query *q, const struct db_val *args, size_t n,
                 int64_t *changed, struct fail *f)
{
    struct db_call call = { .q = q, .args = args, .n = n };
    TRY(run(tx->conn, &call, f));
    if (changed)
        *changed = call.changed;
    return ERR_OK;
}

enum err db_exec_rows(struct db_tx *tx, const struct db_query *q, const struct db_val *args,
                      size_t n, struct arena *a, struct db_rows *out, struct fail *f)
{
    return db_all(tx->conn, q, args, n, a, out, f);
}

/* --- units --- */
/* Thread-local, against the house style: who waits is a thread, not a store or a connection, and
 * passing it through every rule that writes would put the pool's affairs into all of them. */
static _Thread_local struct {
    void (*fn)(void *arg, bool waits);
    void *arg;
} waiting;

void db_thread_waits(void (*fn)(void *arg, bool waits), void *arg)
{
    waiting.fn = fn;
    waiting.arg = arg;
}

enum err db_write(struct db *db, struct str tenant, db_unit *unit, void *arg, struct fail *f)
{
    if (!db_tenant_valid(tenant))
        return FAIL(f, ERR_IO, "internal", "tenant «%.*s» refused", STR_ARG(tenant));
    if (!atomic_load_explicit(&db->writable, memory_order_relaxed))
        return FAIL(f, ERR_IO, "internal", "the store is read-only after an I/O error");
    if (waiting.fn)
        waiting.fn(waiting.arg, true);
    enum err e = db->ops->write(db, tenant, unit, arg, f);
    if (waiting.fn)
        waiting.fn(waiting.arg, false);
    return e;
}

enum err db_unit_run(struct db_tx *tx, db_unit *unit, void *arg, struct fail *f)
{
    const struct db_conf *conf = &tx->conn->db->conf;
    int64_t start = env_mono(conf->env);
    enum err e = unit(tx, arg, f);
    if (!e && tx->spoiled.code) {
        *f = tx->spoiled;
        e = f->code;
    }
    int64_t us = env_mono(conf->env) - start;
    /* a command holds nobody up: what it does in one unit, it wants in one */
    if (us > DB_UNIT_BUDGET_US && conf->serves && conf->log)
        LOG(conf->log, LOG_WARN, "db.unit_slow", LOG_I("us", us), LOG_C("result", err_name(e)));
    if (conf->metric_rows)
        metric_observe(conf->metrics, conf->metric_rows->unit_seconds, NULL, (double)us / US_PER_S);
    return e;
}

struct db_conn *db_tx_conn(struct db_tx *tx)
{
    return tx->conn;
}

struct arena *db_tx_arena(struct db_tx *tx)
{
    return tx->arena;
}

struct str db_tx_tenant(const struct db_tx *tx)
{
    return tx->conn->tenant;
}

enum db_engine db_tx_engine(const struct db_tx *tx)
{
    return tx->conn->db->engine;
}

void db_after_commit(struct db_tx *tx, void (*fn)(void *arg), void *arg)
{
    assert(tx->hook_count < DB_HOOKS_MAX);
    tx->hooks[tx->hook_count++] = (struct db_hook){ fn, arg };
}

void db_after_commit_once(struct db_tx *tx, void (*fn)(void *arg), void *arg)
{
    for (size_t i = 0; i < tx->hook_count; i++)
        if (tx->hooks[i].fn == fn && tx->hooks[i].arg == arg)
            return;
    db_after_commit(tx, fn, arg);
}

void *db_after_commit_arg(const struct db_tx *tx, void (*fn)(void *arg))
{
    for (size_t i = tx->hook_count; i > 0; i--)
        if (tx->hooks[i - 1].fn == fn)
            return tx->hooks[i - 1].arg;
    return NULL;
}

struct str db_conn_tenant_now(const struct db_conn *c)
{
    return c->tenant;
}

void db_hooks_run(const struct db_tx *tx)
{
    for (size_t i = 0; i < tx->hook_count; i++)
        tx->hooks[i].fn(tx->hooks[i].arg);
}

/* --- plans --- */
enum err db_explain(struct db_conn *c, const struct db_query *q, struct arena *a, struct str *plan,
                    struct fail *f)
{
    AUTO_BUF b = { .max = PLAN_BYTES };
    TRY(c->db->ops->explain(c, str_of(q->sql), a, &b, f));
    *plan = arena_dup(a, buf_str(&b));
    return ERR_OK;
}

/* Rows that the statement itself has made: a subquery, a VALUES list, a table function. */
static bool lite_made(struct str what, struct str plan)
{
    static const char *const makers[] = { "MATERIALIZE", "CO-ROUTINE" };
    struct str name = str_take_until(&what, ' '), line;
    bool made = name.len && (name.ptr[0] == '(' || (name.ptr[0] >= '0' && name.ptr[0] <= '9'));
    while (!made && str_take_line(&plan, &line)) {
        struct str words = str_trim(line), first = str_take_until(&words, ' ');
        for (size_t i = 0; i < COUNT_OF(makers); i++)
            made = made || (str_is(first, makers[i]) && str_eq(str_trim(words), name));
    }
    return made;
}

static bool lite_scan(struct str line, struct str plan)
{
    if (!str_starts(line, STR("SCAN ")) || str_has(line, STR(" USING INDEX ")) ||
        str_has(line, STR(" USING COVERING INDEX ")) || str_has(line, STR("CONSTANT ROW")) ||
        str_has(line, STR("VIRTUAL TABLE")))
        return false;
    return !lite_made(str_from(line, 5), plan);
}

struct str db_plan_fault(enum db_engine engine, struct str plan, bool sorts)
{
    struct str rest = plan, line;
    while (str_take_line(&rest, &line)) {
        line = str_trim(line);
        bool sort = !sorts && str_has(line, STR("TEMP B-TREE FOR ORDER BY"));
        if (engine == DB_SQLITE ? lite_scan(line, plan) || sort : str_has(line, STR("Seq Scan")))
            return line;
    }
    return (struct str){ 0 };
}

/* --- health --- */
static void probe(struct db *db)
{
    static const struct db_query ping = { .name = "db.ping", .sql = "SELECT 1", .max_rows = 1 };
    struct fail f;
    struct db_conn *c = NULL;
    AUTO_ARENA a = { 0 };
    struct db_rows rows;
    if (db_conn_open(db, &c, &f))
        return;
    /* run() notes that the store has answered */
    if (!db_all(c, &ping, NULL, 0, &a, &rows, &f) && !atomic_load(&db->migrated))
        atomic_store(&db->migrated, migrate_complete(c, &a));
    db_conn_close(c);
}

static int64_t silent_ms(struct db *db)
{
    int64_t since = env_mono(db->conf.env) - atomic_load(&db->answered_us);
    return since > 0 ? since / US_PER_MS : 0;
}

struct db_health db_health(struct db *db)
{
    bool ask = silent_ms(db) > PROBE_AFTER_MS || !atomic_load(&db->migrated);
    if (ask && !atomic_exchange(&db->probing, true)) {
        probe(db);
        atomic_store(&db->probing, false);
    }
    return (struct db_health){ .answered_ms_ago = silent_ms(db),
                               .writable = atomic_load(&db->writable),
                               .room = !atomic_load(&db->full),
                               .migrated = atomic_load(&db->migrated),
                               .writer_queue = db->ops->queue(db) };
}
