#pragma once
/*
 * world - kinds of jobs that do what tests need, and a queue for them on a store of the fixture.
 * For tests only; the main thread.
 */
#include "io/jobs/jobs.h"
#include "support/db_fixture.h"

#include <pthread.h>

/* What the kinds do and have seen. */
struct probe {
    struct jobs *jobs;
    struct clock_fixed *clock;
    enum err answer;      /* of t.fails */
    int64_t retry_after;  /* of t.fails */
    enum err dead_answer; /* of the callback of t.fails */
    int runs, dead;
    /* guarded by lock */
    pthread_mutex_t lock;
    int waiting;   /* runs of t.waits and t.late that have begun */
    bool let_go;   /* ... may commit */
    enum err seen; /* what job_check or job_commit said */
    char hint[40];
};
struct app {
    int other;
    struct probe *probe;
};
struct world {
    struct db *db;
    struct probe probe;
    struct app app;
    struct clock_fixed clock;
    struct env env;
    struct jobs *jobs;
};

/* Its clock stands still; jobs run by run_one. */
void world_open(struct world *w, struct db *db);
/* Real time and threads. */
void world_start(struct world *w, struct db *db, int64_t lease_us);
void world_close(struct world *w);
/* Another process on the same store; fields of conf that are 0 are filled in. */
void world_jobs(struct world *w, struct jobs_conf conf, struct jobs **out);
/* False when n runs of t.waits have not begun within 30 s. */
bool world_waiting(struct world *w, int n);
void world_let_go(struct world *w);

struct adding {
    struct jobs *jobs;
    struct job_new in;
    int times;
    struct arena *a;
    struct str id;
};
enum err add_unit(struct db_tx *tx, void *arg, struct fail *f);
/* The id of the last. */
struct str add_many(struct world *w, struct arena *a, struct str tenant, struct job_new in,
                    int times);
struct str add(struct world *w, struct arena *a, struct job_new in); /* for TENANT_A */
bool run_one(struct world *w);

/* The first cell of a query over all tenants. */
int64_t count(struct world *w, const char *sql);
struct str text(struct world *w, struct arena *a, const char *sql);
void change(struct world *w, const char *sql);
/* Waits for a count to come true, in real time; false after 30 s. */
bool wait_for(struct world *w, const char *sql, int64_t want);
void nap_ms(int64_t ms);

/* What a process leaves behind that died in the middle of a job, under the clock of world_open. */
#define CRASH(attempt)                                                                             \
    "UPDATE jobs SET state = 'running', attempt = " attempt ", fence = fence + 1, lease_owner ="   \
    " 'node-1', lease_until = 1790000060000000"
