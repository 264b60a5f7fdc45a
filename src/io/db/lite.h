#pragma once
/*
 * lite - the SQLite engine: connections and the one writer. Private to io/db.
 */
#include "io/db/bell.h"
#include "io/db/cache.h"
#include "io/db/engine.h"

#include <pthread.h>
#include <sqlite3.h>

enum { LITE_QUEUE_MAX = 4096 }; /* units; then ERR_BUSY (operations.md B1) */
/* Groups in turn have another bell, so that ending one does not wake the callers of the next. */
enum { LITE_BELLS = 8 };

/* A prepared statement. SQLite numbers `$3 ... $1` by first appearance; number[i] is the number in
 * the name of its parameter i + 1. */
struct lite_stmt {
    sqlite3_stmt *s;
    size_t args; /* largest number */
    uint8_t params;
    uint8_t number[DB_ARGS_MAX];
};

struct lite_conn {
    struct db_conn base; /* first member: a lite_conn is a db_conn */
    sqlite3 *h;
    struct stmt_cache cache;
    bool snapshot; /* the next query begins a transaction, which conn_snapshot ends */
};

/* A unit in the queue; lives on the stack of the waiting caller. */
struct lite_unit {
    struct lite_unit *next;
    db_unit *fn;
    void *arg;
    struct str tenant;
    struct fail *f;
    enum err err;
    struct db_tx tx;
    struct bell *bell;
    atomic_bool done; /* from then on the unit may be gone */
};

struct lite {
    struct db base; /* first member: a lite is a db */
    const char *path;
    int serves;         /* holds the lock of who serves; -1 when this process does not */
    struct arena arena; /* of this struct's texts */
    /* guarded by lock */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct lite_unit *head, *tail;
    size_t queued;
    size_t bell, bell_units; /* the bell of those that come now, and how many they are */
    bool asleep, stop;
    struct bell bells[LITE_BELLS]; /* guard themselves */
    /* of the writer thread */
    pthread_t thread;
    struct lite_conn *writer;
    struct lite_unit *taken; /* off the queue, not yet run */
    struct arena unit_arena; /* of a whole group: hooks run after its commit */
    int wal_pages;           /* in the log, not yet checkpointed */
    int64_t space_checked_us;
};

enum err lite_conn_new(struct lite *l, bool reader, struct lite_conn **out, struct fail *f);
void lite_conn_free(struct lite_conn *c);
enum err lite_run(struct db_conn *base, struct db_call *call, struct fail *f);
/* Maps the error the connection has just met. */
enum err lite_fail(struct lite_conn *c, const char *what, struct fail *f);
/* Runs a statement that takes and gives nothing. */
int lite_simple(struct lite_conn *c, const struct db_query *q);

enum err writer_start(struct lite *l, struct fail *f);
/* Waits for the queue, ends the thread. */
void writer_stop(struct lite *l);
enum err writer_put(struct lite *l, struct lite_unit *u, struct fail *f);
