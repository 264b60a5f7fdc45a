#pragma once
/*
 * jobs_priv - what the files of io/jobs share: jobs.c (adding and the rest of the contract), run.c
 * (one job from claim to end), pool.c (dispatcher and workers), keeper.c (leases, cron, gauges).
 *
 * Everything below "guarded" belongs to j->lock. Nobody holds the lock while calling the store: its
 * hooks take it.
 */
#include "io/jobs/cron.h"
#include "io/jobs/jobs_db.h"

#include <pthread.h>

enum job_result { RESULT_COMPLETED, RESULT_RETRIED, RESULT_DEAD, RESULT_LOST, RESULT_COUNT };
enum job_told { TOLD_NOTHING, TOLD_CANCELLED, TOLD_LOST };

struct kind_state {
    const struct job_kind *def;
    struct jobs *jobs;
    bool mine; /* this process has its role */
    struct cron cron;
    const char *metric_names[RESULT_COUNT]; /* "judge.run|completed" */
    /* guarded */
    bool paused, more; /* more: there may be due jobs in the store */
    int bound;         /* most running at once, as set now */
    int running, ready;
    int64_t run_us; /* moving average; 0 = none has run yet */
};

/* A job this process has claimed. */
struct job_task {
    struct job_ctx ctx; /* first member: a job_task is a job_ctx */
    struct kind_state *kind;
    struct arena arena;
    int64_t run_at, started_at; /* wall */
    /* guarded */
    struct job_task *prev, *next; /* in j->tasks */
    struct job_task *next_ready;  /* in j->ready or j->spare */
    bool running;
    enum job_told told;
};

struct conn_slot {
    struct db_conn *conn;
    struct conn_slot *next;
};

struct jobs {
    struct jobs_conf conf;
    struct arena arena; /* lives as long as jobs */
    struct kind_state *kinds;
    size_t kind_count;
    struct str node;
    pthread_t dispatcher, keeper;
    pthread_t *workers;
    size_t worker_count;
    bool dispatcher_runs, keeper_runs, schedules_set;
    /* guarded */
    pthread_mutex_t lock;
    pthread_cond_t dispatch_wake, ready_wake, keeper_wake, idle_wake;
    struct job_task *tasks; /* all claimed */
    struct job_task *ready_first, *ready_last;
    struct job_task *spare;
    struct conn_slot *conns, *empty_slots; /* idle readers, newest first */
    size_t running;
    bool claiming, draining, stopping;
};

static inline struct job_ref job_ref_of(const struct job_task *t)
{
    return (struct job_ref){ t->ctx.tenant, t->ctx.id, t->ctx.fence };
}
static inline int64_t jobs_now(const struct jobs *j)
{
    return env_now(j->conf.env);
}
static inline void jobs_lock(struct jobs *j)
{
    (void)pthread_mutex_lock(&j->lock);
}
static inline void jobs_unlock(struct jobs *j)
{
    (void)pthread_mutex_unlock(&j->lock);
}
/* With the lock. Sleeps until woken or `us` have passed. */
static inline void jobs_wait(struct jobs *j, pthread_cond_t *c, int64_t us)
{
    (void)clock_cond_wait(c, &j->lock, clock_after(us));
}
struct kind_state *jobs_kind(struct jobs *j, struct str name);

/* A reader of this process on `tenant`, to be given back; never more than run at once. */
enum err jobs_conn_take(struct jobs *j, struct str tenant, struct db_conn **out, struct fail *f);
void jobs_conn_give(struct jobs *j, struct db_conn *c);

/* run.c. Takes the task through its run and its end; afterwards it is not in the store as ours. */
void job_task_run(struct jobs *j, struct job_task *t);
/* The end of an attempt that did not complete. dead is decided here. *ended false: not ours. */
struct job_loss {
    struct jobs *jobs;
    struct kind_state *kind; /* NULL: not known to this program */
    const struct job_row *row;
    struct fail why;
    struct str outcome;
    int64_t started_at, lease_before;
    bool ended, dead; /* out */
};
enum err job_lose(struct job_loss *loss, struct fail *f);

/* pool.c */
enum err pool_start(struct jobs *j, struct fail *f);
void pool_stop(struct jobs *j);
struct claim_ask {
    struct kind_state *kind;
    int64_t most;
    struct job_task *first; /* out, a chain by next_ready */
    size_t n;               /* out */
};
/* Claims for several kinds at once. The tasks are in j->tasks, but not ready. */
enum err pool_claim(struct jobs *j, struct claim_ask *asks, size_t n, struct fail *f);
/* After its end. */
void pool_forget(struct jobs *j, struct job_task *t);

/* keeper.c */
enum err keeper_start(struct jobs *j, struct fail *f);
void keeper_stop(struct jobs *j);
/* Expired leases, and those of an earlier process of this name when `own` is set. */
enum err keeper_rescue(struct jobs *j, bool own, struct fail *f);
enum err keeper_schedules_set(struct jobs *j, struct fail *f);
enum err keeper_cron(struct jobs *j, struct fail *f);
/* Gives the tasks back to the queue; each is told that it is lost. only_ready leaves the running.
 */
void keeper_release(struct jobs *j, bool only_ready);
/* The kind's module; NULL without an app. */
void *jobs_self(const struct kind_state *k);
