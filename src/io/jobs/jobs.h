#pragma once
/*
 * jobs - a durable queue in the caller's transaction (operations.md D1; design of River and Oban).
 *
 * A job is inserted in the unit that needs it (jobs_add), claimed with a lease and a fencing token,
 * run on a worker thread of its kind, and completed in the same transaction as its effects
 * (job_commit). A worker that lost its lease cannot commit. Errors ERR_UPSTREAM, ERR_TIMEOUT,
 * ERR_BUSY, ERR_IO and ERR_CONFLICT are retried with backoff and jitter until the kind's tries are
 * used up, then the job is `dead`; so are ERR_LIMIT and ERR_FULL. The other errors (ERR_INPUT,
 * ERR_NOT_FOUND, ERR_GONE, ...) are dead at once. f->retry_after_s, when set, is the least delay.
 *
 * Attempts that ended badly, and the last one of a job that needed several, are rows of
 * job_attempts. Each kind is its own queue (jobs.queue = kind). Of one queue the order is priority,
 * then the tenant with the fewest running jobs, then run_at, looked at through a window of the
 * first 64 or more waiting jobs (docs/adr/0022).
 *
 * Threads: struct jobs is shared. A job_ctx belongs to the worker that runs it.
 */
#include "io/db/db.h"

struct jobs;

/* The tenant of jobs that cron adds: they belong to the installation, not to one institution. */
#define JOBS_SYSTEM_TENANT STR("00000000-0000-0000-0000-000000000000")

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
/* Called when a job of the kind becomes dead, in the transaction that says so and of the job's
 * tenant: the place to mark the target as failed. An error rolls both back; the job is then tried
 * again when its lease ends. (optional) */
typedef enum err job_dead(void *self, struct db_tx *tx, struct str target_id, struct str payload,
                          struct fail *f);

struct job_kind {
    const char *name;               /* "judge.run", <= 40 bytes */
    const char *role;               /* "worker" or "judge" */
    int workers;                    /* most running at once in this process */
    int tries;                      /* 0 = without end */
    int timeout_ms;                 /* the lease is renewed until then */
    int backoff_ms, backoff_cap_ms; /* 0 = 2 s, 1 h */
    job_run *run;
    job_dead *dead;
    size_t self; /* offset of the module pointer in struct app */
    /* "@every 60s" (s, m, h) or 5 fields UTC (minute hour day month weekday); NULL = only when
     * added. At most one such job is open; times missed while no process ran are made up for once.
     */
    const char *cron;
};

/* Rows of the metric table for what happens here. */
struct jobs_metric_ids {
    size_t waiting;             /* gauge; label kind */
    size_t oldest_wait_seconds; /* gauge; label kind */
    size_t running;             /* gauge; label kind */
    size_t finished_total;      /* counter; label kind|result: completed retried dead lost */
    size_t wait_seconds;        /* histogram; label kind: from run_at to the start */
    size_t run_seconds;         /* histogram; label kind */
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
    struct str node;  /* name of this process, <= 80 bytes: lease owner. Unique among the living; a
                         process that takes a dead one's name gets its jobs back at once */
    int64_t lease_us; /* 0 = 60 s; renewed each quarter of it */
    int threads_max;  /* 0 = 64; most jobs running at once in this process, over all kinds */
    const struct jobs_metric_ids *metric_ids; /* NULL: no metrics; static */
};
/* The store must be migrated. kinds must outlive it. ERR_INPUT (job.kind): a kind with a name,
 * role, bound or cron text that cannot be. */
enum err jobs_open(struct jobs **out, const struct jobs_conf *conf, struct fail *f);
/* Starts the worker threads, the rescuer of expired leases and cron. */
enum err jobs_start(struct jobs *j, struct fail *f);
/* Stops claiming, waits up to drain_us for running jobs, releases the leases of the rest: they are
 * available again, without this attempt, and cannot commit here any more. */
void jobs_drain(struct jobs *j, int64_t drain_us);
/* Drains with 0 if nobody did, waits for the threads: a running job must return (job_check tells it
 * to). NULL is allowed. */
void jobs_close(struct jobs *j);

struct job_new {
    const char *kind;
    struct str payload; /* JSON object, <= 64 KiB; empty = {}; valid JSON is the caller's promise */
    struct str target_kind, target_id;
    struct str unique;     /* empty = none; else one open job per (kind, unique) */
    int priority;          /* JOB_FIRST to JOB_LAST; 0 = JOB_NORMAL */
    int64_t run_at;        /* 0 = now */
    struct str started_by; /* user id; ptr NULL = nobody */
};
/* Stored as 0, 1, 2: a zeroed job_new is a normal one. */
enum { JOB_NORMAL = 0, JOB_FIRST = 1, JOB_LAST = 2 };
/* In the caller's unit; wakes a worker after commit. *id in `a`; with `unique`, the id of the open
 * job that is already there. ERR_INPUT (job.kind): unknown kind. ERR_TOO_LARGE (job.payload). */
enum err jobs_add(struct jobs *j, struct db_tx *tx, const struct job_new *in, struct arena *a,
                  struct str *id, struct fail *f);
/* How many waiting jobs of this kind stand before this one (on PostgreSQL: of the connection's
 * tenant); 0 when it runs or has ended. ERR_NOT_FOUND: no such job of the connection's tenant. */
enum err jobs_position(struct jobs *j, struct db_conn *c, struct str id, int64_t *position,
                       struct fail *f);
/* Cancels an open job; a running one cannot commit any more and is told at its next job_check (in
 * another process: within a quarter of the lease). ERR_NOT_FOUND · ERR_CONFLICT (state.transition):
 * it has ended. */
enum err jobs_cancel(struct jobs *j, struct db_tx *tx, struct str id, struct fail *f);

/* The job's effects and its completion, in one transaction. ERR_CONFLICT (job.fenced): the lease
 * was lost; nothing of `unit` stays. unit may be NULL. */
enum err job_commit(struct job_ctx *job, db_unit *unit, void *arg, struct fail *f);
/* ERR_CONFLICT (job.cancelled, job.fenced) or ERR_TIMEOUT (job.timeout) when the job should stop;
 * call it between slow steps. */
enum err job_check(struct job_ctx *job, struct fail *f);

/* Runs one due job of any kind on the calling thread; *ran tells whether there was one. For tests
 * and commands. */
enum err jobs_run_one(struct jobs *j, bool *ran, struct fail *f);
/* One round of what a background thread does by itself after jobs_start: gives back expired leases
 * (also when another process leads) and adds the jobs of cron that are due. For tests and commands.
 */
enum err jobs_maintain(struct jobs *j, struct fail *f);

/* What is due and waits, over all kinds and tenants, and what runs in this process: for health.
 * Asks the store; its errors. */
struct jobs_load {
    int64_t waiting, oldest_wait_s, running;
};
enum err jobs_load(struct jobs *j, struct jobs_load *out, struct fail *f);
