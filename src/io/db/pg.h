#pragma once
/*
 * pg - the PostgreSQL engine: connections, values, the pool of writers. Private to io/db.
 */
#include "base/buf.h"
#include "io/db/cache.h"
#include "io/db/engine.h"
#include "io/db/libpq.h"

#include <pthread.h>

/* A prepared statement; the server knows it as q<name>. */
struct pg_stmt {
    unsigned name;
    size_t args;
};

struct pg_conn {
    struct db_conn base; /* first member: a pg_conn is a db_conn */
    PGconn *h;           /* NULL before the first connection */
    struct stmt_cache cache;
    unsigned names; /* given so far */
    bool reader;
    bool lost;            /* the connection is gone; nothing more goes through it */
    bool again;           /* the server asks to run the transaction again */
    struct arena arena;   /* of the unit */
    struct pg_conn *next; /* in the pool */
};

struct pg {
    struct db base; /* first member: a pg is a db */
    struct arena arena;
    const char *url;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t free;
    struct pg_conn *idle;
    int64_t open, in_use, waiting;
};

/* Arguments as libpq wants them. Filled only as far as there are arguments. */
struct pg_args {
    const char *values[DB_ARGS_MAX];
    int lengths[DB_ARGS_MAX];
    int formats[DB_ARGS_MAX];
    Oid types[DB_ARGS_MAX];
    char numbers[DB_ARGS_MAX][32];
};
void pg_encode(const struct db_val *args, size_t n, struct pg_args *out);
/* One cell of a binary result. ERR_IO: a type that the common subset does not have. */
enum err pg_decode(const PGresult *r, int row, int col, struct arena *a, struct db_val *out,
                   struct fail *f);

struct pg_conn *pg_conn_new(struct pg *p, bool reader);
void pg_conn_free(struct pg_conn *c);
/* Connects anew, forgets prepared statements, sets the session. ERR_BUSY: no connection. */
enum err pg_connect(struct pg_conn *c, struct fail *f);
enum err pg_run(struct db_conn *base, struct db_call *call, struct fail *f);
/* Maps a failed result (may be NULL) and notes whether the connection is lost. Clears nothing. */
enum err pg_fail(struct pg_conn *c, const PGresult *r, const char *what, struct fail *f);
/* Statements as text, without arguments and rows. */
enum err pg_simple(struct pg_conn *c, const char *sql, struct fail *f);

enum err pg_write(struct db *db, struct str tenant, db_unit *unit, void *arg, struct fail *f);
static inline struct pg *pg_of(struct db *db)
{
    return (struct pg *)db;
}
