#pragma once
/*
 * engine - what the two engines share and how db.c speaks to them. Private to io/db.
 *
 * db.c checks arguments, measures, logs and keeps the rules that must be equal on both engines
 * (limits, spoiled units); an engine prepares, binds, steps and maps errors.
 */
#include "io/db/db.h"

#include <stdatomic.h>

enum { DB_ARGS_MAX = 64, DB_TENANT_MAX = 64, DB_HOOKS_MAX = 16 };
/* A unit that takes longer is logged: it holds up all others (operations.md B1). */
enum { DB_UNIT_BUDGET_US = 5 * US_PER_MS };

/* One statement on its way. */
struct db_call {
    const struct db_query *q;
    const struct db_val *args;
    size_t n;
    struct arena *arena;  /* of the rows; NULL when none are wanted */
    bool first_only;      /* take one row, ignore the others */
    struct db_rows *rows; /* NULL when none are wanted */
    int64_t changed;      /* out */
};

struct db_ops {
    enum err (*conn_open)(struct db *db, struct db_conn **out, struct fail *f);
    void (*conn_close)(struct db_conn *c);
    /* c->tenant has changed */
    enum err (*conn_tenant)(struct db_conn *c, struct fail *f);
    void (*conn_snapshot)(struct db_conn *c, bool on); /* (optional) */
    enum err (*run)(struct db_conn *c, struct db_call *call, struct fail *f);
    /* Several statements without arguments, inside a unit. */
    enum err (*script)(struct db_conn *c, struct str sql, struct fail *f);
    enum err (*explain)(struct db_conn *c, struct str sql, struct arena *a, struct buf *plan,
                        struct fail *f);
    enum err (*write)(struct db *db, struct str tenant, db_unit *unit, void *arg, struct fail *f);
    int64_t (*queue)(struct db *db);
    void (*close)(struct db *db);
};

struct db {
    const struct db_ops *ops;
    enum db_engine engine;
    struct db_conf conf;
    atomic_llong answered_us; /* monotonic */
    atomic_bool writable, migrated;
    atomic_bool full;    /* SQLite: no room until twice min_free is there */
    atomic_bool probing; /* one thread at a time asks the store for db_health */
};

struct db_conn {
    struct db *db;
    struct str tenant;                   /* in tenant_text */
    char tenant_text[DB_TENANT_MAX + 1]; /* with a NUL */
    struct db_tx *tx;                    /* not NULL inside a unit */
    struct arena scratch;                /* of a query that gives one number */
};

struct db_hook {
    void (*fn)(void *arg);
    void *arg;
};
struct db_tx {
    struct db_conn *conn;
    struct arena *arena;
    struct db_hook hooks[DB_HOOKS_MAX];
    size_t hook_count;
    struct fail spoiled; /* the first failed statement; code ERR_OK when none */
};

enum err lite_open(struct db **out, const struct db_conf *conf, struct str path, struct fail *f);
enum err pg_open(struct db **out, const struct db_conf *conf, struct fail *f);

/* False for a text that cannot be a tenant: only [0-9A-Za-z_-]{1,64} or "*". */
bool db_tenant_valid(struct str tenant);
void db_conn_set_tenant(struct db_conn *c, struct str tenant);
/* The unit, and after it the rule that a failed statement spoils it. */
enum err db_unit_run(struct db_tx *tx, db_unit *unit, void *arg, struct fail *f);
void db_hooks_run(const struct db_tx *tx);
/* The store has just answered. */
void db_answered(struct db *db, int64_t mono_us);
