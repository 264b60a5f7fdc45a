#include "domain/report/report_priv.h"

#include "base/num.h"
#include "domain/audit/audit.h"

#include <math.h>

static const char *const session_states[] = { "opened", "paused",    "resumed",
                                              "closed", "abandoned", NULL };
static const char *const measure_states[] = { "ok", "insufficient", "not_applicable", NULL };

struct user_out {
    struct str id, name;
};
static const struct api_field user_fields[] = {
    API_F(struct user_out, id, API_ID, 0, 0),
    API_F(struct user_out, name, API_TEXT, 1, 200),
};
static const struct api_shape user_shape = API_SHAPE(struct user_out, "UserRef", user_fields);
struct exercise_out {
    struct str id, slug, title;
};
static const struct api_field exercise_fields[] = {
    API_F(struct exercise_out, id, API_ID, 0, 0),
    API_F(struct exercise_out, slug, API_TEXT, 1, 80),
    API_F(struct exercise_out, title, API_TEXT, 1, 200),
};
static const struct api_shape exercise_shape =
    API_SHAPE(struct exercise_out, "WorkedExerciseRef", exercise_fields);
struct worked_out {
    struct exercise_out *exercise;
    struct str session_id, state;
    int64_t best_score, max_score, runs, hints, active_at;
};
static const struct api_field worked_fields[] = {
    API_SUB(struct worked_out, exercise, API_OBJECT, 0, 0, exercise_shape, false),
    API_F(struct worked_out, session_id, API_ID, 0, 0),
    API_WORD(struct worked_out, state, session_states, false),
    API_OPT(struct worked_out, best_score, API_POINTS, 0, INT64_MAX),
    API_F(struct worked_out, max_score, API_POINTS, 0, INT64_MAX),
    API_F(struct worked_out, runs, API_INT, 0, INT64_MAX),
    API_F(struct worked_out, hints, API_INT, 0, INT64_MAX),
    API_F(struct worked_out, active_at, API_TIME, 0, 0),
};
static const struct api_shape worked_shape =
    API_SHAPE(struct worked_out, "WorkedExercise", worked_fields);
struct ref_out {
    struct str session_id;
    int64_t seq;
};
static const struct api_field ref_fields[] = {
    API_F(struct ref_out, session_id, API_ID, 0, 0),
    API_F(struct ref_out, seq, API_INT, 0, INT64_MAX),
};
static const struct api_shape ref_shape = API_SHAPE(struct ref_out, "EvidenceRef", ref_fields);
struct indicator_out {
    struct str name, state, unit, formula_version;
    double value, low, high;
    int64_t n, min_n;
    struct api_list evidence;
};
static const struct api_field indicator_fields[] = {
    API_F(struct indicator_out, name, API_TEXT, 1, 60),
    API_WORD(struct indicator_out, state, measure_states, false),
    API_OPT(struct indicator_out, value, API_REAL, 0, 0),
    API_OPT(struct indicator_out, low, API_REAL, 0, 0),
    API_OPT(struct indicator_out, high, API_REAL, 0, 0),
    API_F(struct indicator_out, n, API_INT, 0, INT64_MAX),
    API_F(struct indicator_out, min_n, API_INT, 0, INT64_MAX),
    API_F(struct indicator_out, unit, API_TEXT, 1, 20),
    API_F(struct indicator_out, formula_version, API_TEXT, 1, 40),
    API_SUB(struct indicator_out, evidence, API_LIST, 0, 200, ref_shape, false),
};
static const struct api_shape indicator_shape =
    API_SHAPE(struct indicator_out, "Indicator", indicator_fields);
struct day_out {
    struct str day;
    int64_t runs, submissions, solved;
};
static const struct api_field day_fields[] = {
    API_F(struct day_out, day, API_TEXT, 10, 10),
    API_F(struct day_out, runs, API_INT, 0, INT64_MAX),
    API_F(struct day_out, submissions, API_INT, 0, INT64_MAX),
    API_F(struct day_out, solved, API_INT, 0, INT64_MAX),
};
static const struct api_shape day_shape = API_SHAPE(struct day_out, "ProgressDay", day_fields);
struct progress_out {
    struct user_out *user;
    int64_t as_of;
    struct api_list exercises, indicators, days;
    struct api_json hints_by_rung;
};
static const struct api_field progress_fields[] = {
    API_SUB(struct progress_out, user, API_OBJECT, 0, 0, user_shape, false),
    API_F(struct progress_out, as_of, API_TIME, 0, 0),
    API_SUB(struct progress_out, exercises, API_LIST, 0, 200, worked_shape, false),
    API_SUB(struct progress_out, indicators, API_LIST, 0, 20, indicator_shape, false),
    API_F(struct progress_out, hints_by_rung, API_JSON, 0, 0),
    API_SUB(struct progress_out, days, API_LIST, 0, 120, day_shape, false),
};
static const struct api_shape progress_shape =
    API_SHAPE(struct progress_out, "Progress", progress_fields);

#define MAX_SCORE_MP INT64_C(100000)

static struct indicator_out indicator_of(const struct measure *m, struct arena *a)
{
    bool ok = m->state == MEASURE_OK;
    struct ref_out *refs = ARENA_ARRAY(a, struct ref_out, m->evidence_count);
    for (size_t i = 0; i < m->evidence_count; i++)
        refs[i] = (struct ref_out){ m->evidence[i].session_id, m->evidence[i].seq };
    return (struct indicator_out){ .name = str_of(m->name),
                                   .state = str_of(measure_states[m->state]),
                                   .unit = str_of(m->unit),
                                   .formula_version = str_of(m->formula_version),
                                   .value = ok ? m->value : (double)NAN,
                                   .low = ok ? m->low : (double)NAN,
                                   .high = ok ? m->high : (double)NAN,
                                   .n = m->n,
                                   .min_n = m->min_n,
                                   .evidence = { refs, m->evidence_count } };
}

/* The newest sessions' events, oldest session first. */
static enum err gather(struct http_req *req, const struct worked_exercise *rows, size_t n,
                       struct measure_input *out, struct fail *f)
{
    struct measure_input parts[INDICATOR_SESSIONS];
    size_t kept = size_min(n, INDICATOR_SESSIONS), total = 0;
    for (size_t i = 0; i < kept; i++) {
        TRY(report_events(req->conn, req->tenant, rows[kept - 1 - i].session_id, 1, req->arena,
                          &parts[i], f));
        total += parts[i].n;
    }
    struct measure_event *all = ARENA_ARRAY(req->arena, struct measure_event, total);
    size_t at = 0;
    for (size_t i = 0; i < kept; i++) {
        if (parts[i].n)
            memcpy(all + at, parts[i].events, parts[i].n * sizeof *all);
        at += parts[i].n;
    }
    *out = (struct measure_input){ all, total };
    return ERR_OK;
}

static enum err fill_indicators(struct http_req *req, const struct worked_exercise *rows, size_t n,
                                struct progress_out *out, struct fail *f)
{
    typedef struct measure indicator(const struct measure_input *in, struct arena *a);
    static indicator *const all[] = { measure_time_on_task, measure_error_quotient,
                                      measure_repeated_error, measure_attempt_before_ask };
    struct measure_input in;
    TRY(gather(req, rows, n, &in, f));
    struct indicator_out *items = ARENA_ARRAY(req->arena, struct indicator_out, COUNT_OF(all));
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        struct measure m = all[i](&in, req->arena);
        items[i] = indicator_of(&m, req->arena);
    }
    out->indicators = (struct api_list){ items, COUNT_OF(all) };
    return ERR_OK;
}

static void fill_exercises(struct http_req *req, const struct worked_exercise *rows, size_t n,
                           struct progress_out *out)
{
    struct worked_out *items = ARENA_ARRAY(req->arena, struct worked_out, n);
    for (size_t i = 0; i < n; i++) {
        items[i] = (struct worked_out){ .exercise = ARENA_NEW(req->arena, struct exercise_out),
                                        .session_id = rows[i].session_id,
                                        .state = rows[i].state,
                                        .best_score = rows[i].best_mp,
                                        .max_score = MAX_SCORE_MP,
                                        .runs = rows[i].runs,
                                        .hints = rows[i].hints,
                                        .active_at = rows[i].active_at };
        *items[i].exercise =
            (struct exercise_out){ rows[i].exercise_id, rows[i].slug,
                                   report_title(rows[i].title_json, user_lang(req), req->arena) };
    }
    out->exercises = (struct api_list){ items, n };
}

static enum err fill_days(struct http_req *req, struct str user_id, struct progress_out *out,
                          struct fail *f)
{
    const int64_t day_us = INT64_C(86400) * US_PER_S;
    struct day_row *rows = NULL;
    TRY(report_db_days(req->conn, req->tenant, user_id, env_now(req->env) - 30 * day_us, req->arena,
                       &rows, &out->days.n, f));
    struct day_out *items = ARENA_ARRAY(req->arena, struct day_out, out->days.n);
    for (size_t i = 0; i < out->days.n; i++)
        items[i] = (struct day_out){ str_head(time_text(req->arena, rows[i].day * day_us), 10),
                                     rows[i].runs, rows[i].submissions, rows[i].solved };
    out->days.items = items;
    return ERR_OK;
}

static enum err progress_answer(struct http_req *req, struct http_res *res, struct str user_id,
                                struct fail *f)
{
    struct progress_out *out = ARENA_NEW(req->arena, struct progress_out);
    struct worked_exercise *rows = NULL;
    size_t n = 0;
    int64_t r[5] = { 0 };
    out->user = ARENA_NEW(req->arena, struct user_out);
    out->user->id = user_id;
    out->as_of = env_now(req->env);
    TRY(report_db_name(req->conn, req->tenant, user_id, req->arena, &out->user->name, f));
    TRY(report_db_exercises(req->conn, req->tenant, user_id, req->arena, &rows, &n, f));
    TRY(report_db_rungs(req->conn, req->tenant, user_id, r, f));
    fill_exercises(req, rows, n, out);
    TRY(fill_indicators(req, rows, n, out, f));
    TRY(fill_days(req, user_id, out, f));
    out->hints_by_rung.text =
        arena_fmt(req->arena, "[%lld,%lld,%lld,%lld,%lld]", (long long)r[0], (long long)r[1],
                  (long long)r[2], (long long)r[3], (long long)r[4]);
    res->out = out;
    return ERR_OK;
}

static enum err me_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    return progress_answer(req, res, user_of(req)->id, f);
}

struct reading {
    const struct http_req *req;
    struct str student;
};

static enum err read_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct reading *r = arg;
    const struct user *u = user_of(r->req);
    return audit_write(tx, r->req->env,
                       &(struct audit_row){ .action = AUDIT_SENSITIVE_READ,
                                            .actor_kind = "user",
                                            .actor_id = u->id,
                                            .actor_role = "teacher",
                                            .target_kind = "user",
                                            .target_id = r->student,
                                            .ip = r->req->ip,
                                            .login_session_id = u->login_session_id,
                                            .request_id = r->req->request_id },
                       f);
}

/* Looking at another person's learning data is recorded, once an hour for each reader and person.
 */
static enum err record_reading(struct http_req *req, struct str student, struct fail *f)
{
    bool before = false;
    int64_t since = env_now(req->env) - INT64_C(3600) * US_PER_S;
    TRY(report_db_read_before(req->conn, req->tenant, user_of(req)->id, student, since, &before,
                              f));
    return before ? ERR_OK
                  : db_write(req->db, req->tenant, read_unit, &(struct reading){ req, student }, f);
}

static enum err student_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    const struct user *u = user_of(req);
    struct str student = req->params[0];
    bool teaches = false;
    if (str_eq(student, u->id))
        return progress_answer(req, res, student, f);
    TRY(course_teaches(req->conn, req->tenant, u->id, student, &teaches, f));
    if (!teaches)
        return FAIL(f, ERR_NOT_FOUND, "not_found", "not a student of mine");
    TRY(record_reading(req, student, f));
    return progress_answer(req, res, student, f);
}

static enum err live_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    const struct user *u = user_of(req);
    enum course_role role = COURSE_NONE;
    struct hub_event *e = ARENA_NEW(req->arena, struct hub_event);
    TRY(course_role_of(req->conn, req->tenant, req->params[0], u->id, &role, f));
    if (!course_is_staff(role))
        return FAIL(f, ERR_NOT_FOUND, "not_found", "not staff of the course");
    live_watch(req->self, req->params[0]);
    e->event = STR("snapshot");
    const struct live_ask ask = { req->conn, req->tenant, req->params[0], user_lang(req),
                                  env_now(req->env) };
    TRY(live_snapshot(&ask, req->arena, &e->data, f));
    res->stream = (struct http_stream){ .name = live_stream(req->arena, req->params[0], ask.lang),
                                        .first = e,
                                        .first_count = 1 };
    return ERR_OK;
}

const struct http_route report_routes[] = {
    { .method = HTTP_GET,
      .path = "/api/v1/students/me",
      .who = "U",
      .rate = RATE_READ,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &progress_shape,
      .handle = me_get,
      .doc = "One's own progress, computed from events" },
    { .method = HTTP_GET,
      .path = "/api/v1/students/{id}",
      .who = "O,S",
      .rate = RATE_READ,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &progress_shape,
      .handle = student_get,
      .doc = "The progress of a student of one's courses; the reading is recorded" },
    { .method = HTTP_GET,
      .path = "/api/v1/courses/{id}/events",
      .who = "S",
      .rate = RATE_STREAM,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &api_nothing,
      .flags = HTTP_STREAM,
      .handle = live_get,
      .doc = "Event stream of a live class: snapshot, student" },
};
const size_t report_route_count = COUNT_OF(report_routes);
