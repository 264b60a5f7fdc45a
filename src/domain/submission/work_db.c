#include "domain/submission/work_priv.h"

enum { RESULTS_MAX = 100, LIST_MAX = 200 };

static const struct db_query result_insert = {
    "work.result_insert",
    "INSERT INTO test_results (tenant_id, owner_kind, owner_id, test_id, verdict, points_mp, "
    "wall_ms, cpu_ms, memory_kib, "
    "exit_code, signal, tries, actual, message) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
    "$11, $12, $13, $14)",
    false, 0
};
static const struct db_query results = {
    "work.results",
    "SELECT r.test_id, r.verdict, r.actual, r.message, r.points_mp, r.wall_ms, r.cpu_ms, "
    "r.memory_kib, r.exit_code, "
    "r.signal, r.tries FROM test_results r JOIN exercise_tests t ON t.tenant_id = r.tenant_id AND "
    "t.id = r.test_id WHERE "
    "r.tenant_id = $1 AND r.owner_id = $2 ORDER BY t.number LIMIT 100",
    true, RESULTS_MAX
};
static const struct db_query runs_since = {
    "work.runs_since",
    "SELECT count(*) FROM runs WHERE tenant_id = $1 AND session_id = $2 AND created_at > $3", true,
    1
};
static const struct db_query submissions_since = {
    "work.submissions_since",
    "SELECT count(*) FROM submissions WHERE tenant_id = $1 AND session_id = $2 AND created_at > $3",
    true, 1
};
static const struct db_query next_attempt = {
    "work.next_attempt",
    "SELECT coalesce(max(attempt), 0) + 1 FROM submissions WHERE tenant_id = $1 AND session_id = "
    "$2",
    true, 1
};
static const struct db_query submission_insert = {
    "work.submission_insert",
    "INSERT INTO submissions (tenant_id, id, session_id, exercise_id, version_id, user_id, "
    "snapshot_id, attempt, language, "
    "late_ms, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10)",
    false, 0
};
static const struct db_query grading_insert = {
    "work.grading_insert",
    "INSERT INTO gradings (tenant_id, id, submission_id, version_id, cause, state, grader_version, "
    "is_current, created_at) "
    "VALUES ($1, $2, $3, $4, 'submit', 'queued', '" GRADER_VERSION "', 1, $5)",
    false, 0
};
#define SUBMISSION_COLUMNS                                                                         \
    "s.id, s.session_id, s.exercise_id, s.version_id, s.user_id, s.snapshot_id, s.language, "      \
    "s.attempt, s.created_at, "                                                                    \
    "g.id, g.state, g.verdict, g.diagnostics, g.explanation, g.passed, g.total, g.score_mp, "      \
    "g.done_at FROM submissions "                                                                  \
    "s JOIN gradings g ON g.tenant_id = s.tenant_id AND g.submission_id = s.id AND g.is_current "  \
    "= 1 "
static const struct db_query submission_get = {
    "work.submission", "SELECT " SUBMISSION_COLUMNS "WHERE s.tenant_id = $1 AND s.id = $2", true, 1
};
static const struct db_query by_session = {
    "work.by_session",
    "SELECT " SUBMISSION_COLUMNS
    "WHERE s.tenant_id = $1 AND s.session_id = $2 ORDER BY s.attempt DESC LIMIT 200",
    true, LIST_MAX
};
static const struct db_query by_user = {
    "work.by_user",
    "SELECT " SUBMISSION_COLUMNS
    "WHERE s.tenant_id = $1 AND s.user_id = $2 AND ($3 = '' OR s.exercise_id = $3) ORDER BY "
    "s.id DESC LIMIT 200",
    true, LIST_MAX
};
static const struct db_query grading_state = {
    "work.grading_state",
    "UPDATE gradings SET state = $3 WHERE tenant_id = $1 AND id = $2 AND state = $4", true, 0
};
static const struct db_query grading_done = {
    "work.grading_done",
    "UPDATE gradings SET state = 'done', passed = $3, total = $4, score_mp = $5, verdict = $6, "
    "diagnostics = $7, "
    "explanation = $8, toolchain = $9, keeper = $10, layers = $11, duration_ms = $12, done_at = "
    "$13 WHERE tenant_id = $1 "
    "AND id = $2 AND state IN ('queued', 'running')",
    true, 0
};
static const struct db_query grading_failed = {
    "work.grading_failed",
    "UPDATE gradings SET state = 'failed', verdict = 'judge_error', done_at = $3 WHERE tenant_id = "
    "$1 AND submission_id = "
    "$2 AND is_current = 1 AND state IN ('queued', 'running')",
    true, 0
};
static const struct db_query last_graded = {
    "work.last_graded",
    "SELECT s.id, g.verdict, s.attempt, g.score_mp, g.passed, g.total, g.done_at FROM submissions "
    "s JOIN gradings g ON "
    "g.tenant_id = s.tenant_id AND g.submission_id = s.id AND g.is_current = 1 WHERE s.tenant_id = "
    "$1 AND s.session_id = $2 "
    "AND g.state = 'done' ORDER BY s.attempt DESC LIMIT 1",
    true, 1
};

const struct db_query *const work_db_queries[] = {
    &result_insert,     &results,        &runs_since,     &submissions_since, &next_attempt,
    &submission_insert, &grading_insert, &submission_get, &by_session,        &by_user,
    &grading_state,     &grading_done,   &grading_failed, &last_graded,       NULL
};

enum err work_db_results_insert(struct db_tx *tx, const char *owner_kind, struct str owner_id,
                                const struct result_row *rows, size_t n, struct fail *f)
{
    for (size_t i = 0; i < n; i++)
        TRY(db_exec(
            tx, &result_insert,
            DB_ARGS(db_text(db_tx_tenant(tx)), db_text(str_of(owner_kind)), db_text(owner_id),
                    db_text(rows[i].test_id), db_text(rows[i].verdict), db_int(rows[i].points_mp),
                    db_int(rows[i].wall_ms), db_int(rows[i].cpu_ms), db_int(rows[i].memory_kib),
                    db_int(rows[i].exit_code), db_int(rows[i].signal), db_int(rows[i].tries),
                    db_text_opt(rows[i].actual), db_text_opt(rows[i].message)),
            NULL, f));
    return ERR_OK;
}

enum err work_db_results(struct db_conn *c, struct str tenant, struct str owner_id, struct arena *a,
                         struct result_row **out, size_t *n, struct fail *f)
{
    struct db_rows r;
    TRY(db_all(c, &results, DB_ARGS(db_text(tenant), db_text(owner_id)), a, &r, f));
    *n = r.rows;
    *out = ARENA_ARRAY(a, struct result_row, r.rows);
    for (size_t i = 0; i < r.rows; i++)
        (*out)[i] = (struct result_row){ .test_id = db_cell_text(&r, i, 0),
                                         .verdict = db_cell_text(&r, i, 1),
                                         .actual = db_cell_text(&r, i, 2),
                                         .message = db_cell_text(&r, i, 3),
                                         .points_mp = db_cell_int(&r, i, 4),
                                         .wall_ms = db_cell_int(&r, i, 5),
                                         .cpu_ms = db_cell_int(&r, i, 6),
                                         .memory_kib = db_cell_int(&r, i, 7),
                                         .exit_code = db_cell_int(&r, i, 8),
                                         .signal = db_cell_int(&r, i, 9),
                                         .tries = db_cell_int(&r, i, 10) };
    return ERR_OK;
}

enum err work_db_runs_since(struct db_conn *c, struct str tenant, struct str session_id,
                            int64_t since, int64_t *n, struct fail *f)
{
    return db_one_int(c, &runs_since, DB_ARGS(db_text(tenant), db_text(session_id), db_int(since)),
                      n, f);
}

enum err work_db_submissions_since(struct db_conn *c, struct str tenant, struct str session_id,
                                   int64_t since, int64_t *n, struct fail *f)
{
    return db_one_int(c, &submissions_since,
                      DB_ARGS(db_text(tenant), db_text(session_id), db_int(since)), n, f);
}

enum err work_db_submission_insert(struct db_tx *tx, struct submission_row *s, struct fail *f)
{
    struct str tenant = db_tx_tenant(tx);
    TRY(db_one_int(db_tx_conn(tx), &next_attempt, DB_ARGS(db_text(tenant), db_text(s->session_id)),
                   &s->attempt, f));
    TRY(db_exec(tx, &submission_insert,
                DB_ARGS(db_text(tenant), db_text(s->id), db_text(s->session_id),
                        db_text(s->exercise_id), db_text(s->version_id), db_text(s->user_id),
                        db_text(s->snapshot_id), db_int(s->attempt), db_text(s->language),
                        db_int(s->created_at)),
                NULL, f));
    return db_exec(tx, &grading_insert,
                   DB_ARGS(db_text(tenant), db_text(s->grading_id), db_text(s->id),
                           db_text(s->version_id), db_int(s->created_at)),
                   NULL, f);
}

static void submission_of_row(const struct db_rows *r, size_t i, struct submission_row *s)
{
    *s = (struct submission_row){ .id = db_cell_text(r, i, 0),
                                  .session_id = db_cell_text(r, i, 1),
                                  .exercise_id = db_cell_text(r, i, 2),
                                  .version_id = db_cell_text(r, i, 3),
                                  .user_id = db_cell_text(r, i, 4),
                                  .snapshot_id = db_cell_text(r, i, 5),
                                  .language = db_cell_text(r, i, 6),
                                  .attempt = db_cell_int(r, i, 7),
                                  .created_at = db_cell_int(r, i, 8),
                                  .grading_id = db_cell_text(r, i, 9),
                                  .state = db_cell_text(r, i, 10),
                                  .verdict = db_cell_text(r, i, 11),
                                  .diagnostics = db_cell_text(r, i, 12),
                                  .explanation = db_cell_text(r, i, 13),
                                  .passed = db_cell_int(r, i, 14),
                                  .total = db_cell_int(r, i, 15),
                                  .score_mp = db_cell_int(r, i, 16),
                                  .done_at = db_cell_int(r, i, 17) };
}

enum err work_db_submission(struct db_conn *c, struct str tenant, struct str id, struct arena *a,
                            struct submission_row *out, struct fail *f)
{
    struct db_rows r;
    TRY(db_one(c, &submission_get, DB_ARGS(db_text(tenant), db_text(id)), a, &r, f));
    submission_of_row(&r, 0, out);
    return ERR_OK;
}

enum err work_db_submissions(struct db_conn *c, const struct user *u, struct str session_id,
                             struct str exercise_id, struct arena *a, struct submission_row **out,
                             size_t *n, struct fail *f)
{
    struct db_rows r;
    if (session_id.ptr)
        TRY(db_all(c, &by_session, DB_ARGS(db_text(u->tenant), db_text(session_id)), a, &r, f));
    else
        TRY(db_all(c, &by_user,
                   DB_ARGS(db_text(u->tenant), db_text(u->id), db_text_or_empty(exercise_id)), a,
                   &r, f));
    *n = r.rows;
    *out = ARENA_ARRAY(a, struct submission_row, r.rows);
    for (size_t i = 0; i < r.rows; i++)
        submission_of_row(&r, i, &(*out)[i]);
    return ERR_OK;
}

enum err work_db_grading_state(struct db_tx *tx, struct str grading_id, const char *from,
                               const char *to, struct fail *f)
{
    return db_exec(tx, &grading_state,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(grading_id), db_text(str_of(to)),
                           db_text(str_of(from))),
                   NULL, f);
}

enum err work_db_grading_done(struct db_tx *tx, const struct submission_row *row,
                              const struct judge_result *r, int64_t now, struct fail *f)
{
    int64_t changed = 0;
    TRY(db_exec(tx, &grading_done,
                DB_ARGS(db_text(db_tx_tenant(tx)), db_text(row->grading_id), db_int(r->passed),
                        db_int(r->total), db_int(r->score_mp),
                        db_text(str_of(verdict_name(r->verdict))), db_text_opt(row->diagnostics),
                        db_text_opt(row->explanation), db_text_opt(utf8_cut(r->toolchain, 100)),
                        db_text_opt(utf8_cut(r->keeper, 40)), db_int(r->layers), db_int(r->wall_ms),
                        db_int(now)),
                &changed, f));
    return changed ? ERR_OK : FAIL(f, ERR_CONFLICT, "state.transition", "the grading has ended");
}

enum err work_db_grading_failed(struct db_tx *tx, struct str submission_id, int64_t now,
                                struct fail *f)
{
    return db_exec(tx, &grading_failed,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(submission_id), db_int(now)), NULL,
                   f);
}

enum err submission_last(struct db_conn *c, struct str tenant, struct str session_id,
                         struct arena *a, struct graded *out, struct fail *f)
{
    struct db_rows r;
    TRY(db_one(c, &last_graded, DB_ARGS(db_text(tenant), db_text(session_id)), a, &r, f));
    *out = (struct graded){ db_cell_text(&r, 0, 0), db_cell_text(&r, 0, 1), db_cell_int(&r, 0, 2),
                            db_cell_int(&r, 0, 3),  db_cell_int(&r, 0, 4),  db_cell_int(&r, 0, 5),
                            db_cell_int(&r, 0, 6) };
    return ERR_OK;
}
