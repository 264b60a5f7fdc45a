#include "io/jobs/jobs_db.h"

#include "base/hash.h"
#include "base/num.h"

enum { CLAIM_MAX = 512, WINDOW_MIN = 64, ERROR_MAX = 2000 };

#define OPEN_STATES "('scheduled', 'available', 'running', 'retryable')"
#define WAITING_STATES "('scheduled', 'available', 'retryable')"

enum {
    Q_INSERT,
    Q_INSERT_UNIQUE,
    Q_FIND_UNIQUE,
    Q_CLAIM_SQLITE,
    Q_CLAIM_POSTGRES,
    Q_COMPLETE,
    Q_END_BADLY,
    Q_ATTEMPT,
    Q_CANCEL,
    Q_EXISTS,
    Q_RENEW,
    Q_RELEASE,
    Q_EXPIRED,
    Q_LEAD,
    Q_POSITION,
    Q_SCHEDULE_SET,
    Q_SCHEDULES_DUE,
    Q_SCHEDULE_TAKE,
    Q_SETTINGS,
    Q_BACKLOG,
    Q_COUNT
};

#define INSERT_COLUMNS                                                                             \
    "INSERT INTO jobs (tenant_id, id, kind, queue, state, priority, payload, target_kind,"         \
    " target_id, started_by, unique_key, run_at, max_attempts, created_at)"                        \
    " VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"

/* The window: the first waiting jobs in index order. In it each tenant's n-th job stands behind as
 * many of its own as already run, so tenants take turns. */
#define CLAIM_WINDOW                                                                               \
    "SELECT tenant_id, id, priority, run_at FROM jobs WHERE queue = $1"                            \
    " AND state IN " WAITING_STATES " AND run_at <= $4 ORDER BY priority, run_at LIMIT $6"
/* SQLite would walk all jobs in the order of their tenants, to group without sorting; running jobs
 * are few. */
#define CLAIM_RUNNING "SELECT tenant_id, count(*) AS n FROM jobs"
#define CLAIM_RUNNING_SQLITE " INDEXED BY jobs_q34"
#define CLAIM_RUNNING_WHERE " WHERE state = 'running' AND queue = $1 GROUP BY tenant_id"
#define CLAIM_TURNS                                                                                \
    "SELECT w.tenant_id, w.id, w.priority, w.run_at, coalesce(r.n, 0) + row_number() OVER"         \
    " (PARTITION BY w.tenant_id ORDER BY w.priority, w.run_at, w.id) AS turn"
#define CLAIM_SET                                                                                  \
    "UPDATE jobs SET state = 'running', attempt = attempt + 1, fence = fence + 1,"                 \
    " lease_owner = $2, lease_until = $3"
#define CLAIM_GIVES                                                                                \
    " RETURNING jobs.tenant_id, jobs.id, jobs.kind, jobs.payload, jobs.target_id, jobs.attempt,"   \
    " jobs.max_attempts, jobs.fence, jobs.run_at, jobs.lease_until"

static const struct db_query queries[] = {
    [Q_INSERT] = { .name = "job.insert", .sql = INSERT_COLUMNS },
    [Q_INSERT_UNIQUE] = { .name = "job.insert_unique",
                          .sql = INSERT_COLUMNS " ON CONFLICT (tenant_id, kind, unique_key) WHERE"
                                                " unique_key IS NOT NULL AND state IN " OPEN_STATES
                                                " DO NOTHING" },
    [Q_FIND_UNIQUE] = { .name = "job.find_unique",
                        .sql = "SELECT id FROM jobs WHERE tenant_id = $1 AND kind = $2 AND"
                               " unique_key = $3 AND state IN " OPEN_STATES,
                        .hot = true,
                        .max_rows = 1 },
    [Q_CLAIM_SQLITE] = { .name = "job.claim",
                         .sql = CLAIM_SET
                         " WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM (" CLAIM_TURNS
                         " FROM (" CLAIM_WINDOW
                         ") w LEFT JOIN (" CLAIM_RUNNING CLAIM_RUNNING_SQLITE CLAIM_RUNNING_WHERE
                         ") r ON r.tenant_id = w.tenant_id)"
                         " ORDER BY priority, turn, run_at, id LIMIT $5)" CLAIM_GIVES,
                         .max_rows = CLAIM_MAX },
    /* The whole window is locked, so that another node looks at the next one. */
    [Q_CLAIM_POSTGRES] = { .name = "job.claim",
                           .sql = "WITH w AS (" CLAIM_WINDOW " FOR UPDATE SKIP LOCKED),"
                                  " r AS (" CLAIM_RUNNING CLAIM_RUNNING_WHERE
                                  "), turns AS (" CLAIM_TURNS
                                  " FROM w LEFT JOIN r ON r.tenant_id = w.tenant_id),"
                                  " pick AS (SELECT tenant_id, id FROM turns"
                                  " ORDER BY priority, turn, run_at, id LIMIT $5) " CLAIM_SET
                                  " FROM pick WHERE jobs.tenant_id = pick.tenant_id"
                                  " AND jobs.id = pick.id" CLAIM_GIVES,
                           .max_rows = CLAIM_MAX },
    [Q_COMPLETE] = { .name = "job.complete",
                     .sql = "UPDATE jobs SET state = 'completed', finished_at = $4,"
                            " lease_owner = NULL, lease_until = NULL WHERE tenant_id = $1"
                            " AND id = $2 AND state = 'running' AND fence = $3" },
    [Q_END_BADLY] = { .name = "job.end_badly",
                      .sql = "UPDATE jobs SET state = $4, finished_at = $5, run_at = $6,"
                             " last_error = $7, lease_owner = NULL, lease_until = NULL"
                             " WHERE tenant_id = $1 AND id = $2 AND state = 'running'"
                             " AND fence = $3 AND lease_until < $8" },
    [Q_ATTEMPT] = { .name = "job.attempt",
                    .sql = "INSERT INTO job_attempts (tenant_id, job_id, attempt, worker,"
                           " started_at, ended_at, outcome, error)"
                           " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
                           " ON CONFLICT (tenant_id, job_id, attempt) DO NOTHING" },
    [Q_CANCEL] = { .name = "job.cancel",
                   .sql = "UPDATE jobs SET state = 'cancelled', cancel_at = $3, finished_at = $3,"
                          " lease_owner = NULL, lease_until = NULL WHERE tenant_id = $1"
                          " AND id = $2 AND state IN " OPEN_STATES },
    [Q_EXISTS] = { .name = "job.exists",
                   .sql = "SELECT state FROM jobs WHERE tenant_id = $1 AND id = $2",
                   .hot = true,
                   .max_rows = 1 },
    [Q_RENEW] = { .name = "job.renew",
                  .sql = "UPDATE jobs SET lease_until = $4 WHERE tenant_id = $1 AND id = $2"
                         " AND state = 'running' AND fence = $3" },
    [Q_RELEASE] = { .name = "job.release",
                    .sql = "UPDATE jobs SET state = 'available', attempt = attempt - 1,"
                           " lease_owner = NULL, lease_until = NULL WHERE tenant_id = $1"
                           " AND id = $2 AND state = 'running' AND fence = $3" },
    [Q_EXPIRED] = { .name = "job.expired",
                    .sql = "SELECT tenant_id, id, kind, payload, target_id, attempt, max_attempts,"
                           " fence, run_at, lease_until FROM jobs WHERE state = 'running'"
                           " AND (lease_until < $1 OR lease_owner = $2)"
                           " AND (lease_until, id) > ($3, $4) ORDER BY lease_until, id LIMIT $5",
                    .max_rows = JOBS_EXPIRED_PAGE },
    [Q_LEAD] = { .name = "lease.take",
                 .sql = "INSERT INTO leases (name, owner, fence, until) VALUES ($1, $2, 1, $4)"
                        " ON CONFLICT (name) DO UPDATE SET fence = leases.fence +"
                        " CASE WHEN leases.owner = excluded.owner THEN 0 ELSE 1 END,"
                        " owner = excluded.owner, until = excluded.until"
                        " WHERE leases.owner = excluded.owner OR leases.until < $3" },
    [Q_POSITION] = { .name = "job.position",
                     .sql = "SELECT (SELECT count(*) FROM jobs o WHERE o.queue = j.queue"
                            " AND o.state IN " WAITING_STATES " AND j.state IN " WAITING_STATES
                            " AND (o.priority, o.run_at, o.id) < (j.priority, j.run_at, j.id))"
                            " FROM jobs j WHERE j.tenant_id = $1 AND j.id = $2",
                     .hot = true,
                     .max_rows = 1 },
    [Q_SCHEDULE_SET] = { .name = "job.schedule_set",
                         .sql = "INSERT INTO job_schedules (name, kind, cron, payload, last_slot,"
                                " next_at) VALUES ($1, $1, $2, '{}', 0, $3)"
                                " ON CONFLICT (name) DO UPDATE SET kind = excluded.kind,"
                                " cron = excluded.cron, next_at = excluded.next_at"
                                " WHERE job_schedules.cron <> excluded.cron" },
    [Q_SCHEDULES_DUE] = { .name = "job.schedules_due",
                          .sql = "SELECT kind, next_at FROM job_schedules WHERE next_at <= $1"
                                 " ORDER BY next_at LIMIT 100",
                          .max_rows = 100 },
    [Q_SCHEDULE_TAKE] = { .name = "job.schedule_take",
                          .sql = "UPDATE job_schedules SET last_slot = $2, next_at = $3"
                                 " WHERE name = $1 AND next_at = $2" },
    [Q_SETTINGS] = { .name = "job.settings",
                     .sql = "SELECT kind, paused, workers FROM job_kinds LIMIT 200",
                     .max_rows = 200 },
    [Q_BACKLOG] = { .name = "job.backlog",
                    .sql = "SELECT queue, count(*), min(run_at) FROM jobs WHERE state "
                           "IN " WAITING_STATES " AND run_at <= $1 GROUP BY queue",
                    .max_rows = 500 },
};
static_assert(COUNT_OF(queries) == Q_COUNT, "a statement for each number");

const struct db_query *const jobs_db_queries = queries;
const size_t jobs_db_query_count = Q_COUNT;

/* --- adding --- */

static enum err find_unique(struct db_tx *tx, const struct job_new *in, struct arena *a,
                            struct str *id, struct fail *f)
{
    struct hash key = hash_sha256(in->unique);
    struct db_rows rows;
    TRY(db_all(
        db_tx_conn(tx), &queries[Q_FIND_UNIQUE],
        DB_ARGS(db_text(db_tx_tenant(tx)), db_text(str_of(in->kind)), db_bytes(hash_bytes(&key))),
        a, &rows, f));
    if (rows.rows == 0)
        return FAIL(f, ERR_CONFLICT, "conflict.duplicate", "job %s came and went", in->kind);
    *id = db_cell_text(&rows, 0, 0);
    return ERR_OK;
}

enum err jobs_db_insert(struct db_tx *tx, const struct job_insert *job, struct arena *a,
                        struct str *id, bool *inserted, struct fail *f)
{
    static const int64_t priorities[] = { [JOB_NORMAL] = 1, [JOB_FIRST] = 0, [JOB_LAST] = 2 };
    const struct job_new *in = job->in;
    bool unique = in->unique.len > 0;
    struct hash key = { { 0 } };
    if (unique)
        key = hash_sha256(in->unique);
    int64_t run_at = in->run_at ? in->run_at : job->now, changed = 0;
    assert(in->priority >= 0 && in->priority < (int)COUNT_OF(priorities));
    TRY(db_exec(tx, &queries[unique ? Q_INSERT_UNIQUE : Q_INSERT],
                DB_ARGS(db_text(db_tx_tenant(tx)), db_text(job->id), db_text(str_of(in->kind)),
                        db_text(run_at > job->now ? STR("scheduled") : STR("available")),
                        db_int(priorities[in->priority]), db_text(job->payload),
                        db_text_opt(in->target_kind), db_text_opt(in->target_id),
                        db_text_opt(in->started_by),
                        unique ? db_bytes(hash_bytes(&key)) : db_null(), db_int(run_at),
                        db_int(job->max_attempts), db_int(job->now)),
                &changed, f));
    *id = job->id;
    *inserted = changed == 1;
    return *inserted ? ERR_OK : find_unique(tx, in, a, id, f);
}

/* --- claiming --- */

static void read_jobs(const struct db_rows *rows, struct arena *a, struct job_row **out, size_t *n)
{
    *out = ARENA_ARRAY(a, struct job_row, rows->rows);
    *n = rows->rows;
    for (size_t i = 0; i < rows->rows; i++)
        (*out)[i] = (struct job_row){
            .tenant = db_cell_text(rows, i, 0),
            .id = db_cell_text(rows, i, 1),
            .kind = db_cell_text(rows, i, 2),
            .payload = db_cell_text(rows, i, 3),
            .target_id = db_cell_text(rows, i, 4),
            .attempt = db_cell_int(rows, i, 5),
            .max_attempts = db_cell_int(rows, i, 6),
            .fence = db_cell_int(rows, i, 7),
            .run_at = db_cell_int(rows, i, 8),
            .lease_until = db_cell_int(rows, i, 9),
        };
}

enum err jobs_db_claim(struct db_tx *tx, const struct job_claim *claim, struct arena *a,
                       struct job_row **rows, size_t *n, struct fail *f)
{
    bool lite = db_tx_engine(tx) == DB_SQLITE;
    int64_t most = i64_min(claim->most, CLAIM_MAX);
    struct db_rows found;
    TRY(db_exec_rows(tx, &queries[lite ? Q_CLAIM_SQLITE : Q_CLAIM_POSTGRES],
                     DB_ARGS(db_text(str_of(claim->kind)), db_text(claim->owner),
                             db_int(claim->lease_until), db_int(claim->now), db_int(most),
                             db_int(i64_max(WINDOW_MIN, 2 * most))),
                     a, &found, f));
    read_jobs(&found, a, rows, n);
    return ERR_OK;
}

enum err jobs_db_expired(struct db_conn *c, int64_t now, struct str owner, struct job_place *after,
                         struct arena *a, struct job_row **rows, size_t *n, struct fail *f)
{
    struct db_rows found;
    TRY(db_all(c, &queries[Q_EXPIRED],
               DB_ARGS(db_int(now), db_text(owner), db_int(after->lease_until),
                       db_text(str_of(after->id)), db_int(JOBS_EXPIRED_PAGE)),
               a, &found, f));
    read_jobs(&found, a, rows, n);
    if (*n) {
        const struct job_row *last = &(*rows)[*n - 1];
        assert(last->id.len == ID_TEXT);
        after->lease_until = last->lease_until;
        memcpy(after->id, last->id.ptr, ID_TEXT);
    }
    return ERR_OK;
}

/* --- ending --- */

enum err jobs_db_complete(struct db_tx *tx, const struct job_ref *ref, int64_t now, struct fail *f)
{
    int64_t changed = 0;
    TRY(db_exec(tx, &queries[Q_COMPLETE],
                DB_ARGS(db_text(ref->tenant), db_text(ref->id), db_int(ref->fence), db_int(now)),
                &changed, f));
    if (changed == 0)
        return FAIL(f, ERR_CONFLICT, "job.fenced", "job %.*s belongs to another attempt",
                    STR_ARG(ref->id));
    return ERR_OK;
}

enum err jobs_db_attempt(struct db_tx *tx, const struct job_end *end, struct fail *f)
{
    return db_exec(tx, &queries[Q_ATTEMPT],
                   DB_ARGS(db_text(end->ref.tenant), db_text(end->ref.id), db_int(end->attempt),
                           db_text(end->worker), db_int(end->started_at), db_int(end->now),
                           db_text(end->outcome), db_text_opt(utf8_cut(end->error, ERROR_MAX))),
                   NULL, f);
}

enum err jobs_db_end_badly(struct db_tx *tx, const struct job_end *end, bool *ended, struct fail *f)
{
    int64_t changed = 0;
    TRY(db_exec(tx, &queries[Q_END_BADLY],
                DB_ARGS(db_text(end->ref.tenant), db_text(end->ref.id), db_int(end->ref.fence),
                        db_text(end->dead ? STR("dead") : STR("retryable")),
                        end->dead ? db_int(end->now) : db_null(),
                        db_int(end->dead ? end->now : end->retry_at),
                        db_text(utf8_cut(end->error, ERROR_MAX)), db_int(end->lease_before)),
                &changed, f));
    *ended = changed == 1;
    return *ended ? jobs_db_attempt(tx, end, f) : ERR_OK;
}

enum err jobs_db_cancel(struct db_tx *tx, struct str id, int64_t now, struct fail *f)
{
    struct str tenant = db_tx_tenant(tx);
    struct db_rows rows;
    int64_t changed = 0;
    TRY(db_exec(tx, &queries[Q_CANCEL], DB_ARGS(db_text(tenant), db_text(id), db_int(now)),
                &changed, f));
    if (changed)
        return ERR_OK;
    TRY(db_one(db_tx_conn(tx), &queries[Q_EXISTS], DB_ARGS(db_text(tenant), db_text(id)),
               db_tx_arena(tx), &rows, f));
    struct str state = db_cell_text(&rows, 0, 0);
    return FAIL(f, ERR_CONFLICT, "state.transition", "job is %.*s", STR_ARG(state));
}

/* --- leases --- */

enum err jobs_db_renew(struct db_tx *tx, const struct job_ref *ref, int64_t lease_until, bool *held,
                       struct fail *f)
{
    int64_t changed = 0;
    TRY(db_exec(
        tx, &queries[Q_RENEW],
        DB_ARGS(db_text(ref->tenant), db_text(ref->id), db_int(ref->fence), db_int(lease_until)),
        &changed, f));
    *held = changed == 1;
    return ERR_OK;
}

enum err jobs_db_release(struct db_tx *tx, const struct job_ref *ref, struct fail *f)
{
    return db_exec(tx, &queries[Q_RELEASE],
                   DB_ARGS(db_text(ref->tenant), db_text(ref->id), db_int(ref->fence)), NULL, f);
}

enum err jobs_db_lead(struct db_tx *tx, const char *name, struct str owner, int64_t now,
                      int64_t until, bool *mine, struct fail *f)
{
    int64_t changed = 0;
    TRY(db_exec(tx, &queries[Q_LEAD],
                DB_ARGS(db_text(str_of(name)), db_text(owner), db_int(now), db_int(until)),
                &changed, f));
    *mine = changed == 1;
    return ERR_OK;
}

/* --- looking --- */

enum err jobs_db_position(struct db_conn *c, struct str id, int64_t *position, struct fail *f)
{
    return db_one_int(c, &queries[Q_POSITION], DB_ARGS(db_text(db_conn_tenant_now(c)), db_text(id)),
                      position, f);
}

enum err jobs_db_settings(struct db_conn *c, struct arena *a, struct job_setting **rows, size_t *n,
                          struct fail *f)
{
    struct db_rows found;
    TRY(db_all(c, &queries[Q_SETTINGS], NULL, 0, a, &found, f));
    *rows = ARENA_ARRAY(a, struct job_setting, found.rows);
    *n = found.rows;
    for (size_t i = 0; i < found.rows; i++)
        (*rows)[i] = (struct job_setting){ .kind = db_cell_text(&found, i, 0),
                                           .paused = db_cell_int(&found, i, 1) != 0,
                                           .workers = db_cell_int(&found, i, 2) };
    return ERR_OK;
}

enum err jobs_db_backlog(struct db_conn *c, int64_t now, struct arena *a, struct job_backlog **rows,
                         size_t *n, struct fail *f)
{
    struct db_rows found;
    TRY(db_all(c, &queries[Q_BACKLOG], DB_ARGS(db_int(now)), a, &found, f));
    *rows = ARENA_ARRAY(a, struct job_backlog, found.rows);
    *n = found.rows;
    for (size_t i = 0; i < found.rows; i++)
        (*rows)[i] = (struct job_backlog){ .kind = db_cell_text(&found, i, 0),
                                           .waiting = db_cell_int(&found, i, 1),
                                           .oldest = db_cell_int(&found, i, 2) };
    return ERR_OK;
}

/* --- schedules --- */

enum err jobs_db_schedule_set(struct db_tx *tx, const char *kind, const char *cron, int64_t next_at,
                              struct fail *f)
{
    return db_exec(tx, &queries[Q_SCHEDULE_SET],
                   DB_ARGS(db_text(str_of(kind)), db_text(str_of(cron)), db_int(next_at)), NULL, f);
}

enum err jobs_db_schedules_due(struct db_conn *c, int64_t now, struct arena *a,
                               struct job_schedule **rows, size_t *n, struct fail *f)
{
    struct db_rows found;
    TRY(db_all(c, &queries[Q_SCHEDULES_DUE], DB_ARGS(db_int(now)), a, &found, f));
    *rows = ARENA_ARRAY(a, struct job_schedule, found.rows);
    *n = found.rows;
    for (size_t i = 0; i < found.rows; i++)
        (*rows)[i] = (struct job_schedule){ db_cell_text(&found, i, 0), db_cell_int(&found, i, 1) };
    return ERR_OK;
}

enum err jobs_db_schedule_take(struct db_tx *tx, const struct job_schedule *s, int64_t next_at,
                               bool *taken, struct fail *f)
{
    int64_t changed = 0;
    TRY(db_exec(tx, &queries[Q_SCHEDULE_TAKE],
                DB_ARGS(db_text(s->kind), db_int(s->next_at), db_int(next_at)), &changed, f));
    *taken = changed == 1;
    return ERR_OK;
}
