/* Writing on PostgreSQL: a transaction for each unit, on a connection of a capped pool. */
#include "io/db/pg.h"

#include <stdio.h>

enum { TRIES = 4, WAIT_S = 1, JITTER_MIN_MS = 5, JITTER_SPAN_MS = 46 };

/* --- the pool --- */
static void gauge(const struct pg *p)
{
    const struct db_conf *conf = &p->base.conf;
    if (conf->metric_rows)
        metric_set(conf->metrics, conf->metric_rows->pool_in_use, NULL, p->in_use);
}

/* Under the lock: an idle connection, or room for a new one. */
static bool available(const struct pg *p)
{
    return p->idle || p->open < p->base.conf.pool;
}

static enum err check_out(struct pg *p, struct pg_conn **out, struct fail *f)
{
    int64_t until = clock_after(WAIT_S * (int64_t)US_PER_S);
    *out = NULL;
    (void)pthread_mutex_lock(&p->lock);
    p->waiting++;
    while (!available(p) && clock_cond_wait(&p->free, &p->lock, until))
        continue;
    p->waiting--;
    bool got = available(p);
    if (got) {
        *out = p->idle;
        if (p->idle)
            p->idle = p->idle->next;
        else
            p->open++;
        p->in_use++;
        gauge(p);
    }
    (void)pthread_mutex_unlock(&p->lock);
    if (!got) {
        enum err e = FAIL(f, ERR_BUSY, "busy", "no connection within %d s", WAIT_S);
        f->retry_after_s = 1;
        return e;
    }
    if (!*out)
        *out = pg_conn_new(p, false);
    assert(*out);
    return ERR_OK;
}

static void check_in(struct pg *p, struct pg_conn *c)
{
    (void)pthread_mutex_lock(&p->lock);
    c->next = p->idle;
    p->idle = c;
    p->in_use--;
    gauge(p);
    (void)pthread_mutex_unlock(&p->lock);
    (void)pthread_cond_signal(&p->free);
}

/* --- a unit --- */
/* The tenant is set inside the transaction, so it cannot leak into the next one. */
static enum err begin(struct pg_conn *c, struct str tenant, struct fail *f)
{
    char sql[DB_TENANT_MAX + 64];
    db_conn_set_tenant(&c->base, tenant);
    (void)snprintf(sql, sizeof sql, "BEGIN; SELECT set_config('app.tenant', '%s', true)",
                   c->base.tenant_text);
    if (!c->lost) {
        enum err e = pg_simple(c, sql, f);
        if (!c->lost)
            return e;
    }
    TRY(pg_connect(c, f)); /* it died while idle; nothing has been done yet */
    return pg_simple(c, sql, f);
}

/* A COMMIT whose answer never came may have happened. */
static enum err commit(struct pg_conn *c, struct fail *f)
{
    PGresult *r = libpq()->exec(c->h, "COMMIT");
    enum err e = ERR_OK;
    if (libpq()->result_status(r) != PGRES_COMMAND_OK) {
        e = pg_fail(c, r, "commit", f);
        if (c->lost)
            e = FAIL(f, ERR_BUSY, "busy", "connection lost during COMMIT: outcome unknown");
    } else if (!str_is(str_of(libpq()->cmd_status(r)), "COMMIT")) {
        e = FAIL(f, ERR_IO, "internal", "COMMIT answered %s", libpq()->cmd_status(r));
    }
    libpq()->clear(r);
    return e;
}

/* Sets *again when the unit left no trace and may succeed at another try. */
static enum err once(struct pg_conn *c, struct str tenant, db_unit *unit, void *arg, bool *again,
                     struct fail *f)
{
    struct fail ignored;
    *again = c->again = false;
    TRY(begin(c, tenant, f));
    struct db_tx tx = { .conn = &c->base, .arena = &c->arena };
    c->base.tx = &tx;
    enum err e = db_unit_run(&tx, unit, arg, f);
    c->base.tx = NULL;
    if (e) {
        *again = c->again || c->lost;
        if (!c->lost && pg_simple(c, "ROLLBACK", &ignored))
            c->lost = true;
        return e;
    }
    e = commit(c, f);
    *again = e && c->again;
    if (!e) {
        db_answered(c->base.db, env_mono(c->base.db->conf.env));
        db_hooks_run(&tx);
    }
    return e;
}

static void pause_before_retry(const struct pg *p)
{
    const struct db_conf *conf = &p->base.conf;
    uint32_t r = 0;
    env_random(conf->env, &r, sizeof r);
    int64_t ms = JITTER_MIN_MS + r % JITTER_SPAN_MS;
    if (conf->metric_rows)
        metric_add(conf->metrics, conf->metric_rows->retries_total, NULL, 1);
    clock_sleep(ms * US_PER_MS);
}

enum err pg_write(struct db *db, struct str tenant, db_unit *unit, void *arg, struct fail *f)
{
    struct pg *p = pg_of(db);
    struct pg_conn *c = NULL;
    bool again = false;
    TRY(check_out(p, &c, f));
    assert(c);
    enum err e = once(c, tenant, unit, arg, &again, f);
    for (int i = 1; i < TRIES && e && again; i++) {
        pause_before_retry(p);
        arena_reset(&c->arena);
        e = once(c, tenant, unit, arg, &again, f);
    }
    arena_reset(&c->arena);
    check_in(p, c);
    return e;
}
