#include "base/num.h"
#include "domain/report/report_priv.h"

enum { EXERCISES_MAX = 200, DAYS_MAX = 120 };
#define DAY_US "86400000000"

static const struct db_query newest = {
    "report.newest",
    "SELECT s.id, v.exercise_id, v.title, s.state, (SELECT count(*) FROM runs r WHERE r.tenant_id "
    "= s.tenant_id AND "
    "r.session_id = s.id), s.best_score_mp, (SELECT max(b.attempt) FROM submissions b JOIN "
    "gradings g ON g.tenant_id = "
    "b.tenant_id AND g.submission_id = b.id AND g.is_current = 1 WHERE b.tenant_id = s.tenant_id "
    "AND b.session_id = s.id AND "
    "g.verdict = 'accepted'), (SELECT count(*) FROM help_requests h WHERE h.tenant_id = "
    "s.tenant_id AND h.session_id = s.id "
    "AND h.state = 'waiting') FROM sessions s JOIN exercise_versions v ON v.tenant_id = "
    "s.tenant_id AND v.id = s.version_id "
    "WHERE s.tenant_id = $1 AND s.id = (SELECT n.id FROM sessions n WHERE n.tenant_id = $1 AND "
    "n.user_id = $3 AND n.course_id = $2 ORDER BY n.active_at DESC LIMIT 1)",
    true, 1
};
static const struct db_query exercises = {
    "report.exercises",
    "SELECT v.exercise_id, x.slug, v.title, s.id, s.state, s.best_score_mp, (SELECT count(*) FROM "
    "runs r WHERE r.tenant_id = "
    "s.tenant_id AND r.session_id = s.id), (SELECT count(*) FROM turns t WHERE t.tenant_id = "
    "s.tenant_id AND t.session_id = "
    "s.id AND t.rung >= 1), s.active_at FROM sessions s JOIN exercise_versions v ON v.tenant_id = "
    "s.tenant_id AND v.id = "
    "s.version_id JOIN exercises x ON x.tenant_id = v.tenant_id AND x.id = v.exercise_id WHERE "
    "s.tenant_id = $1 AND "
    "s.user_id = $2 ORDER BY s.id DESC LIMIT 200",
    true, EXERCISES_MAX
};
static const struct db_query rungs = { "report.rungs",
                                       "SELECT t.rung, count(*) FROM turns t JOIN sessions s ON "
                                       "s.tenant_id = t.tenant_id AND s.id = t.session_id WHERE "
                                       "s.tenant_id = $1 AND s.user_id = $2 AND t.rung IS NOT NULL "
                                       "AND t.state = 'done' GROUP BY t.rung ORDER BY t.rung",
                                       true, 5 };
static const struct db_query days = {
    "report.days",
    "SELECT d, sum(runs), sum(submissions), sum(solved) FROM (SELECT r.created_at / " DAY_US
    " AS d, 1 AS runs, 0 AS "
    "submissions, 0 AS solved FROM runs r JOIN sessions s ON s.tenant_id = r.tenant_id AND s.id = "
    "r.session_id WHERE "
    "s.tenant_id = $1 AND s.user_id = $2 AND r.created_at >= $3 UNION ALL SELECT b.created_at "
    "/ " DAY_US ", 0, 1, CASE WHEN "
    "g.verdict = 'accepted' THEN 1 ELSE 0 END FROM submissions b JOIN gradings g ON g.tenant_id = "
    "b.tenant_id AND "
    "g.submission_id = b.id AND g.is_current = 1 WHERE b.tenant_id = $1 AND b.user_id = $2 AND "
    "b.created_at >= $3) x GROUP "
    "BY d ORDER BY d LIMIT 120",
    true, DAYS_MAX
};
static const struct db_query user_name = {
    "report.name", "SELECT name FROM users WHERE tenant_id = $1 AND id = $2", true, 1
};
static const struct db_query read_before = { "report.read_before",
                                             "SELECT CASE WHEN EXISTS (SELECT 1 FROM audit_log "
                                             "WHERE tenant_id = $1 AND actor_id = $2 AND at > "
                                             "$4 AND target_id = $3 AND "
                                             "action = 'sensitive.read') THEN 1 ELSE 0 END",
                                             true, 1 };

const struct db_query *const report_db_queries[] = { &newest,    &exercises,   &rungs, &days,
                                                     &user_name, &read_before, NULL };

enum err report_db_newest(struct db_conn *c, struct str tenant, struct str course_id,
                          struct str user_id, struct arena *a, struct newest_session *out,
                          struct fail *f)
{
    struct db_rows r;
    TRY(db_one(c, &newest, DB_ARGS(db_text(tenant), db_text(course_id), db_text(user_id)), a, &r,
               f));
    *out = (struct newest_session){ .id = db_cell_text(&r, 0, 0),
                                    .exercise_id = db_cell_text(&r, 0, 1),
                                    .title_json = db_cell_text(&r, 0, 2),
                                    .state = db_cell_text(&r, 0, 3),
                                    .runs = db_cell_int(&r, 0, 4),
                                    .best_mp = db_cell_int(&r, 0, 5),
                                    .attempt = db_cell_int(&r, 0, 6),
                                    .help_waiting = db_cell_int(&r, 0, 7) > 0 };
    return ERR_OK;
}

enum err report_db_exercises(struct db_conn *c, struct str tenant, struct str user_id,
                             struct arena *a, struct worked_exercise **out, size_t *n,
                             struct fail *f)
{
    struct db_rows r;
    TRY(db_all(c, &exercises, DB_ARGS(db_text(tenant), db_text(user_id)), a, &r, f));
    *n = r.rows;
    *out = ARENA_ARRAY(a, struct worked_exercise, r.rows);
    for (size_t i = 0; i < r.rows; i++)
        (*out)[i] = (struct worked_exercise){ .exercise_id = db_cell_text(&r, i, 0),
                                              .slug = db_cell_text(&r, i, 1),
                                              .title_json = db_cell_text(&r, i, 2),
                                              .session_id = db_cell_text(&r, i, 3),
                                              .state = db_cell_text(&r, i, 4),
                                              .best_mp = db_cell_int(&r, i, 5),
                                              .runs = db_cell_int(&r, i, 6),
                                              .hints = db_cell_int(&r, i, 7),
                                              .active_at = db_cell_int(&r, i, 8) };
    return ERR_OK;
}

enum err report_db_rungs(struct db_conn *c, struct str tenant, struct str user_id, int64_t out[5],
                         struct fail *f)
{
    AUTO_ARENA a = { 0 };
    struct db_rows r;
    TRY(db_all(c, &rungs, DB_ARGS(db_text(tenant), db_text(user_id)), &a, &r, f));
    for (size_t i = 0; i < r.rows; i++)
        out[db_cell_int(&r, i, 0)] =
            db_cell_int(&r, i, 1); /* the table's CHECK keeps rungs in 0..4 */
    return ERR_OK;
}

enum err report_db_days(struct db_conn *c, struct str tenant, struct str user_id, int64_t since,
                        struct arena *a, struct day_row **out, size_t *n, struct fail *f)
{
    struct db_rows r;
    TRY(db_all(c, &days, DB_ARGS(db_text(tenant), db_text(user_id), db_int(since)), a, &r, f));
    *n = r.rows;
    *out = ARENA_ARRAY(a, struct day_row, r.rows);
    for (size_t i = 0; i < r.rows; i++)
        (*out)[i] = (struct day_row){ db_cell_int(&r, i, 0), db_cell_int(&r, i, 1),
                                      db_cell_int(&r, i, 2), db_cell_int(&r, i, 3) };
    return ERR_OK;
}

enum err report_db_name(struct db_conn *c, struct str tenant, struct str user_id, struct arena *a,
                        struct str *name, struct fail *f)
{
    struct db_rows r;
    TRY(db_one(c, &user_name, DB_ARGS(db_text(tenant), db_text(user_id)), a, &r, f));
    *name = db_cell_text(&r, 0, 0);
    return ERR_OK;
}

enum err report_db_read_before(struct db_conn *c, struct str tenant, struct str actor,
                               struct str target, int64_t since, bool *out, struct fail *f)
{
    int64_t n = 0;
    TRY(db_one_int(c, &read_before,
                   DB_ARGS(db_text(tenant), db_text(actor), db_text(target), db_int(since)), &n,
                   f));
    *out = n > 0;
    return ERR_OK;
}
