#include "domain/course/course_priv.h"

enum { ROSTER_MAX = 2000, COURSES_MAX = 200 };

static const struct db_query role_get = { "course.role",
                                          "SELECT role FROM enrolments WHERE tenant_id = $1 AND "
                                          "course_id = $2 AND user_id = $3 AND state = 'active'",
                                          true, 1 };
static const struct db_query current_get = {
    "course.current",
    "SELECT e.course_id FROM enrolments e JOIN courses c ON c.tenant_id = e.tenant_id AND c.id = "
    "e.course_id WHERE "
    "e.tenant_id = $1 AND e.user_id = $2 AND e.state = 'active' AND e.role = 'student' AND c.state "
    "= 'active' ORDER BY "
    "e.course_id DESC LIMIT 1",
    true, 1
};
#define STUDENTS                                                                                   \
    "(SELECT count(*) FROM enrolments n WHERE n.tenant_id = c.tenant_id AND n.course_id = c.id "   \
    "AND n.state = 'active' "                                                                      \
    "AND n.role = 'student')"
static const struct db_query mine = {
    "course.mine",
    "SELECT c.id, c.name, c.term, s.name, c.state, e.role, " STUDENTS
    " FROM enrolments e JOIN courses c ON c.tenant_id = "
    "e.tenant_id AND c.id = e.course_id JOIN subjects s ON s.tenant_id = c.tenant_id AND s.id = "
    "c.subject_id WHERE "
    "e.tenant_id = $1 AND e.user_id = $2 AND e.state = 'active' ORDER BY e.course_id DESC LIMIT "
    "200",
    true, COURSES_MAX
};
static const struct db_query mine_one = {
    "course.one",
    "SELECT c.id, c.name, c.term, s.name, c.state, e.role, " STUDENTS
    " FROM enrolments e JOIN courses c ON c.tenant_id = "
    "e.tenant_id AND c.id = e.course_id JOIN subjects s ON s.tenant_id = c.tenant_id AND s.id = "
    "c.subject_id WHERE "
    "e.tenant_id = $1 AND e.user_id = $2 AND e.course_id = $3 AND e.state = 'active'",
    true, 1
};
static const struct db_query roster = {
    "course.roster",
    "SELECT u.id, u.name, e.role, e.state FROM enrolments e JOIN users u ON u.tenant_id = "
    "e.tenant_id AND u.id = e.user_id "
    "WHERE e.tenant_id = $1 AND e.course_id = $2 AND e.state = 'active' ORDER BY u.sort_name, u.id "
    "LIMIT 2000",
    true, ROSTER_MAX
};
static const struct db_query teaches = {
    "course.teaches",
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM enrolments t JOIN enrolments s ON s.tenant_id = "
    "t.tenant_id AND s.course_id = "
    "t.course_id WHERE t.tenant_id = $1 AND t.user_id = $2 AND t.state = 'active' AND t.role IN "
    "('assistant', 'teacher') "
    "AND s.user_id = $3 AND s.role = 'student' AND s.state <> 'removed') THEN 1 ELSE 0 END",
    true, 1
};
static const struct db_query subject_insert = {
    "course.subject",
    "INSERT INTO subjects (tenant_id, id, code, name, description, language, state, created_at, "
    "updated_at, rev) VALUES "
    "($1, $2, $3, $4, NULL, $5, 'active', $6, $6, 1) ON CONFLICT (tenant_id, code) DO NOTHING",
    false, 0
};
static const struct db_query subject_get = {
    "course.subject_by_code", "SELECT id FROM subjects WHERE tenant_id = $1 AND code = $2", true, 1
};
static const struct db_query find = { "course.find",
                                      "SELECT id FROM courses WHERE tenant_id = $1 AND subject_id "
                                      "= $2 AND name = $3 AND term = $4 LIMIT 1",
                                      false, 1 };
static const struct db_query insert_course = {
    "course.insert",
    "INSERT INTO courses (tenant_id, id, subject_id, name, term, starts_at, ends_at, state, "
    "settings, created_at, "
    "updated_at, rev) VALUES ($1, $2, $3, $4, $5, $6, $7, 'active', '{}', $8, $8, 1)",
    false, 0
};
static const struct db_query enrol = {
    "course.enrol",
    "INSERT INTO enrolments (tenant_id, id, course_id, user_id, role, state, source, created_at, "
    "updated_at, rev) VALUES "
    "($1, $2, $3, $4, $5, 'active', 'manual', $6, $6, 1) ON CONFLICT (tenant_id, course_id, "
    "user_id) DO UPDATE SET role = "
    "excluded.role, state = 'active', updated_at = excluded.updated_at, rev = enrolments.rev + 1",
    false, 0
};

const struct db_query *const course_db_queries[] = { &role_get,       &current_get, &mine,
                                                     &mine_one,       &roster,      &teaches,
                                                     &subject_insert, &subject_get, &find,
                                                     &insert_course,  &enrol,       NULL };

enum err course_db_role(struct db_conn *c, struct str tenant, struct str course_id,
                        struct str user_id, struct arena *a, struct str *role, struct fail *f)
{
    struct db_rows rows;
    TRY(db_all(c, &role_get, DB_ARGS(db_text(tenant), db_text(course_id), db_text(user_id)), a,
               &rows, f));
    *role = rows.rows ? db_cell_text(&rows, 0, 0) : (struct str){ 0 };
    return ERR_OK;
}

enum err course_current(struct db_conn *c, struct str tenant, struct str user_id, struct arena *a,
                        struct str *course_id, struct fail *f)
{
    struct db_rows rows;
    TRY(db_all(c, &current_get, DB_ARGS(db_text(tenant), db_text(user_id)), a, &rows, f));
    *course_id = rows.rows ? db_cell_text(&rows, 0, 0) : (struct str){ 0 };
    return ERR_OK;
}

enum err course_db_mine(struct db_conn *c, const struct user *u, struct str course_id,
                        struct arena *a, struct course_row **out, size_t *n, struct fail *f)
{
    struct db_rows r;
    if (course_id.ptr)
        TRY(db_one(c, &mine_one, DB_ARGS(db_text(u->tenant), db_text(u->id), db_text(course_id)), a,
                   &r, f));
    else
        TRY(db_all(c, &mine, DB_ARGS(db_text(u->tenant), db_text(u->id)), a, &r, f));
    *n = r.rows;
    *out = ARENA_ARRAY(a, struct course_row, r.rows);
    for (size_t i = 0; i < r.rows; i++)
        (*out)[i] = (struct course_row){ .id = db_cell_text(&r, i, 0),
                                         .name = db_cell_text(&r, i, 1),
                                         .term = db_cell_text(&r, i, 2),
                                         .subject = db_cell_text(&r, i, 3),
                                         .state = db_cell_text(&r, i, 4),
                                         .role = db_cell_text(&r, i, 5),
                                         .students = db_cell_int(&r, i, 6) };
    return ERR_OK;
}

enum err course_db_roster(struct db_conn *c, struct str tenant, struct str course_id,
                          struct arena *a, struct roster_row **out, size_t *n, struct fail *f)
{
    struct db_rows r;
    TRY(db_all(c, &roster, DB_ARGS(db_text(tenant), db_text(course_id)), a, &r, f));
    *n = r.rows;
    *out = ARENA_ARRAY(a, struct roster_row, r.rows);
    for (size_t i = 0; i < r.rows; i++)
        (*out)[i] = (struct roster_row){ db_cell_text(&r, i, 0), db_cell_text(&r, i, 1),
                                         db_cell_text(&r, i, 2), db_cell_text(&r, i, 3) };
    return ERR_OK;
}

enum err course_members(struct db_conn *c, struct str tenant, struct str course_id, struct arena *a,
                        struct course_member **out, size_t *n, struct fail *f)
{
    struct roster_row *rows = NULL;
    TRY(course_db_roster(c, tenant, course_id, a, &rows, n, f));
    *out = ARENA_ARRAY(a, struct course_member, *n);
    for (size_t i = 0; i < *n; i++)
        (*out)[i] = (struct course_member){ rows[i].user_id, rows[i].name,
                                            course_role_named(rows[i].role) };
    return ERR_OK;
}

enum err course_teaches(struct db_conn *c, struct str tenant, struct str staff_id,
                        struct str student_id, bool *out, struct fail *f)
{
    int64_t n = 0;
    TRY(db_one_int(c, &teaches, DB_ARGS(db_text(tenant), db_text(staff_id), db_text(student_id)),
                   &n, f));
    *out = n > 0;
    return ERR_OK;
}

enum err course_db_subject_ensure(struct db_tx *tx, const struct env *env,
                                  const struct course_new *in, struct str *id, struct fail *f)
{
    struct db_rows r;
    struct arena *a = db_tx_arena(tx);
    TRY(db_exec(tx, &subject_insert,
                DB_ARGS(db_text(db_tx_tenant(tx)), db_text(env_id(env, a)),
                        db_text(in->subject_code), db_text(in->subject_name), db_text(in->language),
                        db_int(env_now(env))),
                NULL, f));
    TRY(db_one(db_tx_conn(tx), &subject_get,
               DB_ARGS(db_text(db_tx_tenant(tx)), db_text(in->subject_code)), a, &r, f));
    *id = db_cell_text(&r, 0, 0);
    return ERR_OK;
}

enum err course_db_find(struct db_tx *tx, struct str subject, const struct course_new *in,
                        struct arena *a, struct str *id, struct fail *f)
{
    struct db_rows r;
    TRY(db_one(
        db_tx_conn(tx), &find,
        DB_ARGS(db_text(db_tx_tenant(tx)), db_text(subject), db_text(in->name), db_text(in->term)),
        a, &r, f));
    *id = db_cell_text(&r, 0, 0);
    return ERR_OK;
}

enum err course_db_insert(struct db_tx *tx, struct str id, struct str subject,
                          const struct course_new *in, int64_t now, struct fail *f)
{
    return db_exec(tx, &insert_course,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(id), db_text(subject),
                           db_text(in->name), db_text(in->term), db_int(in->starts_at),
                           db_int(in->ends_at), db_int(now)),
                   NULL, f);
}

enum err course_db_enrol(struct db_tx *tx, struct str id, struct str course_id, struct str user_id,
                         const char *role, int64_t now, struct fail *f)
{
    return db_exec(tx, &enrol,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(id), db_text(course_id),
                           db_text(user_id), db_text(str_of(role)), db_int(now)),
                   NULL, f);
}
