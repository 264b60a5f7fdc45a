#pragma once
/*
 * jobs_db - the SQL of the queue. Private to io/jobs. All times are wall time, microseconds.
 */
#include "io/jobs/jobs.h"

/* One row, as claimed or found; texts in the caller's arena. */
struct job_row {
    struct str tenant, id, kind, payload, target_id; /* target_id.ptr NULL when none */
    int64_t attempt, max_attempts, fence, run_at, lease_until;
};
/* Which attempt of which job. */
struct job_ref {
    struct str tenant, id;
    int64_t fence;
};

struct job_insert {
    const struct job_new *in;
    struct str id, payload;
    int64_t max_attempts, now;
};
/* *inserted false: an open job with this unique text is there, and *id is its id in `a`. */
enum err jobs_db_insert(struct db_tx *tx, const struct job_insert *job, struct arena *a,
                        struct str *id, bool *inserted, struct fail *f);

struct job_claim {
    const char *kind;
    struct str owner;
    int64_t now, lease_until, most;
};
/* Tenant "*". Marks up to `most` due jobs as running and returns them. */
enum err jobs_db_claim(struct db_tx *tx, const struct job_claim *claim, struct arena *a,
                       struct job_row **rows, size_t *n, struct fail *f);
/* ERR_CONFLICT (job.fenced) when this attempt does not hold the job any more. */
enum err jobs_db_complete(struct db_tx *tx, const struct job_ref *ref, int64_t now, struct fail *f);

struct job_end {
    struct job_ref ref;
    int64_t attempt;
    struct str worker, outcome, error; /* outcome: done, error, timeout, lost */
    int64_t started_at, now;
    int64_t lease_before; /* only when the lease ended before this; INT64_MAX = in any case */
    bool dead;
    int64_t retry_at; /* unless dead */
};
/* *ended false: it was not this attempt's any more, and nothing was changed. */
enum err jobs_db_end_badly(struct db_tx *tx, const struct job_end *end, bool *ended,
                           struct fail *f);
enum err jobs_db_attempt(struct db_tx *tx, const struct job_end *end, struct fail *f);
/* ERR_NOT_FOUND, ERR_CONFLICT (state.transition). */
enum err jobs_db_cancel(struct db_tx *tx, struct str id, int64_t now, struct fail *f);

/* Tenant "*". *held false: the attempt has lost its job. */
enum err jobs_db_renew(struct db_tx *tx, const struct job_ref *ref, int64_t lease_until, bool *held,
                       struct fail *f);
/* Tenant "*". Available again, without this attempt. */
enum err jobs_db_release(struct db_tx *tx, const struct job_ref *ref, struct fail *f);
/* A place in the order of leases. */
struct job_place {
    int64_t lease_until;
    char id[ID_TEXT + 1];
};
enum { JOBS_EXPIRED_PAGE = 100 };
/* Tenant "*". Running jobs whose lease ended before `now`, or that `owner` (may be empty) holds: at
 * most a page behind *after (zeroed: the first), which moves to its last row. */
enum err jobs_db_expired(struct db_conn *c, int64_t now, struct str owner, struct job_place *after,
                         struct arena *a, struct job_row **rows, size_t *n, struct fail *f);

/* *mine: this owner leads until `until`. */
enum err jobs_db_lead(struct db_tx *tx, const char *name, struct str owner, int64_t now,
                      int64_t until, bool *mine, struct fail *f);
enum err jobs_db_position(struct db_conn *c, struct str id, int64_t *position, struct fail *f);

struct job_schedule {
    struct str kind;
    int64_t next_at;
};
enum err jobs_db_schedule_set(struct db_tx *tx, const char *kind, const char *cron, int64_t next_at,
                              struct fail *f);
enum err jobs_db_schedules_due(struct db_conn *c, int64_t now, struct arena *a,
                               struct job_schedule **rows, size_t *n, struct fail *f);
/* *taken: nobody else had taken this slot. */
enum err jobs_db_schedule_take(struct db_tx *tx, const struct job_schedule *s, int64_t next_at,
                               bool *taken, struct fail *f);

/* What operators set per kind. workers INT64_MIN = as built. */
struct job_setting {
    struct str kind;
    bool paused;
    int64_t workers;
};
enum err jobs_db_settings(struct db_conn *c, struct arena *a, struct job_setting **rows, size_t *n,
                          struct fail *f);
struct job_backlog {
    struct str kind;
    int64_t waiting, oldest; /* oldest run_at that is due */
};
/* Tenant "*". Due jobs only. */
enum err jobs_db_backlog(struct db_conn *c, int64_t now, struct arena *a, struct job_backlog **rows,
                         size_t *n, struct fail *f);

/* For the test of plans. */
extern const struct db_query *const jobs_db_queries;
extern const size_t jobs_db_query_count;
