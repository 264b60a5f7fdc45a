#pragma once
/*
 * jobs - a durable queue in the caller's transaction (operations.md D1; design of River and Oban).
 *
 * A job is inserted in the unit that needs it (jobs_add), claimed with a lease and a fencing token,
 * run on a worker thread of its kind, and completed in the same transaction as its effects
 * (job_commit). A worker that lost its lease cannot commit. Errors ERR_UPSTREAM, ERR_TIMEOUT,
 * ERR_BUSY, ERR_IO and ERR_CONFLICT are retried with backoff and jitter until the kind's tries are
 * used up, then the job is `dead`; ERR_INPUT, ERR_NOT_FOUND, ERR_GONE are dead at once.
 *
 * Threads: struct jobs is shared. A job_ctx belongs to the worker that runs it.
 */
#include "io/db/db.h"

struct jobs;

/* One claimed job, while it runs. */
struct job_ctx {
    void *self; /* the module of the kind */
    struct jobs *jobs;
    struct db *db;
    struct db_conn *conn; /* the worker's reader, already on the job's tenant */
    struct arena *arena;  /* reset after the job */
    const struct env *env;
    const struct log *log;
    struct str tenant, id, kind, payload; /* payload: JSON */
    struct str target_id;                 /* ptr NULL when none */
    int64_t attempt, max_attempts, fence, deadline_us /* monotonic */;
    bool committed; /* set by job_commit */
};

/* Returns ERR_OK after job_commit, or an error (see above). A run that returns ERR_OK without
 * job_commit is committed with no effects. */
typedef enum err job_run(struct job_ctx *job, struct fail *f);
/* Called once when a job of the kind becomes dead, in the transaction that says so: the place to
 * mark the target as failed. (optional) */
typedef enum err job_dead(void *self, struct db_tx *tx, struct str target_id, struct str payload,
                          struct fail *f);

struct job_kind {
    const char *name; /* "judge.run" */
    const char *role; /* "worker" or "judge" */
    int workers;      /* most running at once in this process */
    int tries;
    int timeout_ms; /* the lease is renewed until then */
    int backoff_ms, backoff_cap_ms;
    job_run *run;
    job_dead *dead;
    size_t self;      /* offset of the module pointer in struct app */
    const char *cron; /* "@every 60s" or 5 fields UTC; NULL = only when added */
};

struct jobs_conf {
    struct db *db;
    const struct env *env;
    const struct log *log;
    struct metrics *metrics;
    const struct job_kind *kinds;
    size_t kind_count;
    void *app;          /* self = *(void **)((char *)app + kind->self) */
    bool worker, judge; /* roles of this process */
    struct str node;    /* name of this process, unique: lease owner */
    int64_t lease_us;   /* 60 s */
};
enum err jobs_open(struct jobs **out, const struct jobs_conf *conf, struct fail *f);
/* Starts the worker threads, the rescuer of expired leases and cron. */
enum err jobs_start(struct jobs *j, struct fail *f);
/* Stops claiming, waits up to drain_us for running jobs, releases the leases of the rest. */
void jobs_drain(struct jobs *j, int64_t drain_us);
void jobs_close(struct jobs *j);

struct job_new {
    const char *kind;
    struct str payload; /* JSON object, <= 64 KiB; empty = {} */
    struct str target_kind, target_id;
    struct str unique; /* empty = none; else one open job per (kind, unique) */
    int priority;      /* 0 first; default 1 */
    int64_t run_at;    /* 0 = now */
};
/* In the caller's unit; wakes a worker after commit. *id in `a`; with `unique`, the id of the open
 * job that is already there. ERR_INPUT (job.kind): unknown kind. */
enum err jobs_add(struct jobs *j, struct db_tx *tx, const struct job_new *in, struct arena *a,
                  struct str *id, struct fail *f);
/* How many open jobs of this kind stand before this one. */
enum err jobs_position(struct jobs *j, struct db_conn *c, struct str id, int64_t *position,
                       struct fail *f);
/* Cancels an open job; a running one is told at its next job_check. */
enum err jobs_cancel(struct jobs *j, struct db_tx *tx, struct str id, struct fail *f);

/* The job's effects and its completion, in one transaction. ERR_CONFLICT (job.fenced): the lease
 * was lost; nothing of `unit` stays. unit may be NULL. */
enum err job_commit(struct job_ctx *job, db_unit *unit, void *arg, struct fail *f);
/* ERR_CONFLICT (job.cancelled) or ERR_TIMEOUT when the job should stop; call it between slow steps.
 */
enum err job_check(struct job_ctx *job, struct fail *f);

/* Runs one due job of any kind on the calling thread; *ran tells whether there was one. For tests
 * and commands. */
enum err jobs_run_one(struct jobs *j, bool *ran, struct fail *f);
