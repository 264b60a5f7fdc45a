#include "base/num.h"
#include "domain/session/session_api.h"

/* Routes by which a session and its evidence are read: by its owner and by staff of its course. */

static const char *const states[] = { "opened", "paused", "resumed", "closed", "abandoned", NULL };
static const char *const purposes[] = { "work", "trial", "exam", NULL };
static const char *const end_reasons[] = { "submitted", "student", "teacher",
                                           "deadline",  "idle",    NULL };
static const char *const gates[] = { "off", "optional", "required", NULL };
static const char *const hidden_words[] = { "none", "count", "names", NULL };

static const struct api_field head_fields[] = {
    API_F(struct head_out, seq, API_INT, 0, INT64_MAX),
    API_F(struct head_out, hash, API_TEXT, 64, 64),
};
const struct api_shape session_head_shape = API_SHAPE(struct head_out, "TraceHead", head_fields);
static const struct api_field lease_fields[] = {
    API_F(struct lease_out, client, API_TEXT, 16, 16),
    API_F(struct lease_out, fence, API_INT, 0, INT64_MAX),
    API_F(struct lease_out, expires_at, API_TIME, 0, 0),
};
const struct api_shape session_lease_shape = API_SHAPE(struct lease_out, "Lease", lease_fields);

struct exercise_ref {
    struct str id, slug, title;
    int64_t version;
};
static const struct api_field exercise_ref_fields[] = {
    API_F(struct exercise_ref, id, API_ID, 0, 0),
    API_F(struct exercise_ref, slug, API_TEXT, 1, 80),
    API_F(struct exercise_ref, title, API_TEXT, 1, 200),
    API_F(struct exercise_ref, version, API_INT, 1, INT64_MAX),
};
static const struct api_shape exercise_ref_shape =
    API_SHAPE(struct exercise_ref, "ExerciseRef", exercise_ref_fields);

struct user_ref {
    struct str id, name;
};
static const struct api_field user_ref_fields[] = {
    API_F(struct user_ref, id, API_ID, 0, 0),
    API_F(struct user_ref, name, API_TEXT, 1, 200),
};
static const struct api_shape user_ref_shape =
    API_SHAPE(struct user_ref, "UserRef", user_ref_fields);

struct policy_out {
    bool tutor;
    int64_t max_rung, turns_per_hour;
    struct str hidden_shown, plan, reflection;
};
static const struct api_field policy_fields[] = {
    API_F(struct policy_out, tutor, API_BOOL, 0, 0),
    API_F(struct policy_out, max_rung, API_INT, 0, 4),
    API_WORD(struct policy_out, hidden_shown, hidden_words, false),
    API_WORD(struct policy_out, plan, gates, false),
    API_WORD(struct policy_out, reflection, gates, false),
    API_F(struct policy_out, turns_per_hour, API_INT, 0, 120),
};
static const struct api_shape policy_shape =
    API_SHAPE(struct policy_out, "SessionPolicy", policy_fields);

struct counts_out {
    int64_t events, runs, turns, submissions, pastes;
};
static const struct api_field counts_fields[] = {
    API_F(struct counts_out, events, API_INT, 0, INT64_MAX),
    API_F(struct counts_out, runs, API_INT, 0, INT64_MAX),
    API_F(struct counts_out, turns, API_INT, 0, INT64_MAX),
    API_F(struct counts_out, submissions, API_INT, 0, INT64_MAX),
    API_OPT(struct counts_out, pastes, API_INT, 0, INT64_MAX),
};
static const struct api_shape counts_shape =
    API_SHAPE(struct counts_out, "SessionCounts", counts_fields);

struct last_out {
    struct str verdict;
    int64_t passed, total, rung, at;
};
static const struct api_field last_fields[] = {
    API_OPT(struct last_out, verdict, API_TEXT, 1, 30),
    API_OPT(struct last_out, passed, API_INT, 0, 100),
    API_OPT(struct last_out, total, API_INT, 0, 100),
    API_OPT(struct last_out, rung, API_INT, 0, 4),
    API_OPT(struct last_out, at, API_TIME, 0, 0),
};
static const struct api_shape last_shape = API_SHAPE(struct last_out, "SessionLast", last_fields);

struct plan_out {
    struct str text;
    struct api_texts steps;
};
static const struct api_field plan_fields[] = {
    API_F(struct plan_out, text, API_TEXT, 1, 4000),
    { .name = "steps",
      .type = API_TEXTS,
      .at = offsetof(struct plan_out, steps),
      .max = 20,
      .item_max = 300 },
};
static const struct api_shape plan_shape = API_SHAPE(struct plan_out, "SessionPlan", plan_fields);

struct complete_out {
    bool n1, n2, n3, n4;
};
static const struct api_field complete_fields[] = {
    API_F(struct complete_out, n1, API_BOOL, 0, 0),
    API_F(struct complete_out, n2, API_BOOL, 0, 0),
    API_F(struct complete_out, n3, API_BOOL, 0, 0),
    API_F(struct complete_out, n4, API_BOOL, 0, 0),
};
static const struct api_shape complete_shape =
    API_SHAPE(struct complete_out, "TraceLevels", complete_fields);

struct session_out {
    struct str id, state, course_id, purpose, end_reason;
    int64_t rev, opened_at, active_at, ended_at, best_score, max_score;
    struct exercise_ref *exercise;
    struct user_ref *user;
    struct policy_out *policy;
    struct lease_out *lease;
    struct counts_out *counts;
    struct last_out *last;
    struct plan_out *plan;
    bool reflected;
    struct head_out *head;
    struct complete_out *complete;
};
static const struct api_field session_fields[] = {
    API_F(struct session_out, id, API_ID, 0, 0),
    API_WORD(struct session_out, state, states, false),
    API_F(struct session_out, rev, API_INT, 1, INT64_MAX),
    API_SUB(struct session_out, exercise, API_OBJECT, 0, 0, exercise_ref_shape, false),
    API_SUB(struct session_out, user, API_OBJECT, 0, 0, user_ref_shape, false),
    API_OPT(struct session_out, course_id, API_ID, 0, 0),
    API_WORD(struct session_out, purpose, purposes, false),
    API_F(struct session_out, opened_at, API_TIME, 0, 0),
    API_F(struct session_out, active_at, API_TIME, 0, 0),
    API_OPT(struct session_out, ended_at, API_TIME, 0, 0),
    API_WORD(struct session_out, end_reason, end_reasons, true),
    API_OPT(struct session_out, best_score, API_POINTS, 0, INT64_MAX),
    API_F(struct session_out, max_score, API_POINTS, 0, INT64_MAX),
    API_SUB(struct session_out, policy, API_OBJECT, 0, 0, policy_shape, false),
    API_SUB(struct session_out, lease, API_OBJECT, 0, 0, session_lease_shape, true),
    API_SUB(struct session_out, counts, API_OBJECT, 0, 0, counts_shape, false),
    API_SUB(struct session_out, last, API_OBJECT, 0, 0, last_shape, false),
    API_SUB(struct session_out, plan, API_OBJECT, 0, 0, plan_shape, true),
    API_F(struct session_out, reflected, API_BOOL, 0, 0),
    API_SUB(struct session_out, head, API_OBJECT, 0, 0, session_head_shape, false),
    API_SUB(struct session_out, complete, API_OBJECT, 0, 0, complete_shape, false),
};
const struct api_shape session_shape = API_SHAPE(struct session_out, "Session", session_fields);

struct session_list {
    struct api_list items;
    struct str next;
};
static const struct api_field session_list_fields[] = {
    API_SUB(struct session_list, items, API_LIST, 0, 200, session_shape, false),
    API_OPT(struct session_list, next, API_TEXT, 1, 60),
};
static const struct api_shape session_list_shape =
    API_SHAPE(struct session_list, "SessionList", session_list_fields);

struct session_query {
    struct str course, student, state, cursor;
    int64_t limit;
};
static const struct api_field session_query_fields[] = {
    API_OPT(struct session_query, course, API_ID, 0, 0),
    API_OPT(struct session_query, student, API_ID, 0, 0),
    API_WORD(struct session_query, state, states, true),
    API_OPT(struct session_query, limit, API_INT, 1, 200),
    API_OPT(struct session_query, cursor, API_ID, 0, 0),
};
static const struct api_shape session_query_shape =
    API_SHAPE(struct session_query, "SessionQuery", session_query_fields);

/* --- one session's view --- */

/* What one request's views share: rows of a list mostly belong to one course. */
struct viewing {
    struct http_req *req;
    struct policy_out *policy; /* of the course; NULL: not asked yet */
    struct str course_id;
};

/* The parts of an event; without the event, no parts. */
static enum err parts_of(struct http_req *req, struct str bytes, struct json *out, struct fail *f)
{
    *out = (struct json){ .type = JS_OBJECT };
    return bytes.ptr ? trace_decode(bytes, req->arena, out, f) : ERR_OK;
}

static enum err fill_last(struct http_req *req, const struct view_row *row, struct last_out *out,
                          struct fail *f)
{
    struct json run, tests, reply;
    TRY(parts_of(req, row->run, &run, f));
    TRY(parts_of(req, row->tests, &tests, f));
    TRY(parts_of(req, row->reply, &reply, f));
    *out = (struct last_out){ .verdict = json_text(json_get(&run, "verdict")),
                              .passed = json_int(json_get(&tests, "passed"), API_ABSENT),
                              .total = json_int(json_get(&tests, "total"), API_ABSENT),
                              .rung = json_int(json_get(&reply, "rung"), API_ABSENT),
                              .at = row->tests_at };
    return ERR_OK;
}

static enum err fill_plan(struct http_req *req, const struct view_row *row, struct plan_out **out,
                          struct fail *f)
{
    struct json t;
    TRY(parts_of(req, row->plan, &t, f));
    if (!json_get(&t, "text"))
        return ERR_OK;
    const struct json *steps = json_get(&t, "steps");
    size_t n = json_is(steps, JS_LIST) ? steps->count : 0;
    *out = ARENA_NEW(req->arena, struct plan_out);
    **out = (struct plan_out){ json_text(json_get(&t, "text")),
                               { ARENA_ARRAY(req->arena, struct str, n), n } };
    for (size_t i = 0; i < n; i++)
        (*out)->steps.items[i] = json_text(&steps->items[i]);
    return ERR_OK;
}

static enum err fill_policy(struct viewing *v, const struct session *row, struct policy_out **out,
                            struct fail *f)
{
    struct policy p;
    struct http_req *req = v->req;
    if (!v->policy || !str_eq(v->course_id, row->course_id)) {
        TRY(session_policy(req->conn, req->tenant, row, req->arena, &p, f));
        v->course_id = row->course_id;
        v->policy = ARENA_NEW(req->arena, struct policy_out);
        *v->policy =
            (struct policy_out){ .tutor = p.ai_enabled && p.tutor_on,
                                 .max_rung = p.max_rung,
                                 .turns_per_hour = p.turns_per_hour,
                                 .hidden_shown = str_of(policy_hidden_name(p.hidden_shown)),
                                 .plan = str_of(policy_gate_name(p.require_plan)),
                                 .reflection = str_of(policy_gate_name(p.require_reflection)) };
    }
    *out = v->policy;
    return ERR_OK;
}

/* A version stays in memory once it was asked for. */
static enum err fill_exercise(struct http_req *req, const struct session *row,
                              struct exercise_ref **out, struct fail *f)
{
    const struct sessions *s = req->self;
    const struct exercise *x = NULL;
    TRY(exercise_get(s->conf.exercises, req->conn, req->tenant, row->version_id, &x, f));
    *out = ARENA_NEW(req->arena, struct exercise_ref);
    **out =
        (struct exercise_ref){ x->id, x->slug, exercise_say(x->title, user_lang(req)), x->version };
    return ERR_OK;
}

static void fill_parts(struct http_req *req, const struct view_row *v, struct session_out *out)
{
    struct arena *a = req->arena;
    out->user = ARENA_NEW(a, struct user_ref);
    *out->user = (struct user_ref){ v->session.user_id, v->user_name };
    out->counts = ARENA_NEW(a, struct counts_out);
    *out->counts =
        (struct counts_out){ v->head.seq, v->runs, v->turns, v->submissions, API_ABSENT };
    out->head = ARENA_NEW(a, struct head_out);
    *out->head = (struct head_out){ v->head.seq, hash_hex(a, &v->head.hash) };
    out->complete = ARENA_NEW(a, struct complete_out);
    *out->complete =
        (struct complete_out){ v->levels & 1, v->levels & 2, v->levels & 4, v->levels & 8 };
}

static enum err fill_session(struct viewing *v, const struct view_row *view,
                             struct session_out *out, struct fail *f)
{
    const struct session *row = &view->session;
    *out = (struct session_out){ .id = row->id,
                                 .state = row->state,
                                 .course_id = row->course_id,
                                 .purpose = row->purpose,
                                 .end_reason = row->end_reason,
                                 .rev = row->rev,
                                 .opened_at = row->opened_at,
                                 .active_at = row->active_at,
                                 .ended_at = row->ended_at,
                                 .best_score = row->best_score_mp,
                                 .max_score = SESSION_MAX_SCORE_MP,
                                 .reflected = view->reflected };
    fill_parts(v->req, view, out);
    out->last = ARENA_NEW(v->req->arena, struct last_out);
    TRY(fill_exercise(v->req, row, &out->exercise, f));
    TRY(fill_policy(v, row, &out->policy, f));
    return fill_last(v->req, view, out->last, f);
}

/* What a list leaves out. */
static enum err fill_rest(struct http_req *req, const struct view_row *view,
                          struct session_out *out, struct fail *f)
{
    const struct lease_row *lease = &view->lease;
    out->counts->pastes = view->pastes;
    if (lease->client.ptr && lease->expires_at > env_now(req->env)) {
        out->lease = ARENA_NEW(req->arena, struct lease_out);
        *out->lease = (struct lease_out){ lease->client, lease->fence, lease->expires_at };
    }
    return fill_plan(req, view, &out->plan, f);
}

enum err session_view(struct http_req *req, struct http_res *res, struct str id, struct fail *f)
{
    struct view_row row;
    struct viewing v = { .req = req };
    TRY(view_db_one(req->conn, req->tenant, id, req->arena, &row, f));
    TRY(session_may_read(req, &row.session, f));
    struct session_out *out = ARENA_NEW(req->arena, struct session_out);
    TRY(fill_session(&v, &row, out, f));
    TRY(fill_rest(req, &row, out, f));
    res->out = out;
    res->etag = row.session.rev;
    return ERR_OK;
}

static enum err session_get_one(struct http_req *req, struct http_res *res, struct fail *f)
{
    return session_view(req, res, req->params[0], f);
}

/* Own sessions, or those of a course one teaches. */
static enum err list_filter(struct http_req *req, const struct session_query *q,
                            struct session_filter *filter, struct fail *f)
{
    const struct user *u = user_of(req);
    enum course_role role = COURSE_NONE;
    bool teaches = false;
    *filter = (struct session_filter){ .user_id = u->id,
                                       .course_id = q->course,
                                       .state = q->state,
                                       .before_id = q->cursor,
                                       .limit = q->limit == API_ABSENT ? 50 : q->limit };
    if (q->course.ptr)
        TRY(course_role_of(req->conn, u->tenant, q->course, u->id, &role, f));
    if (course_is_staff(role)) {
        filter->user_id = q->student;
        return ERR_OK;
    }
    if (!q->student.ptr || str_eq(q->student, u->id))
        return ERR_OK;
    TRY(course_teaches(req->conn, u->tenant, u->id, q->student, &teaches, f));
    filter->user_id = q->student;
    return teaches ? ERR_OK : FAIL(f, ERR_NOT_FOUND, "not_found", "not a student of mine");
}

static enum err sessions_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct session_filter filter;
    struct viewing v = { .req = req };
    struct view_row *rows = NULL;
    size_t n = 0;
    TRY(list_filter(req, req->query, &filter, f));
    TRY(view_db_list(req->conn, req->tenant, &filter, req->arena, &rows, &n, f));
    struct session_list *out = ARENA_NEW(req->arena, struct session_list);
    struct session_out *items = ARENA_ARRAY(req->arena, struct session_out, n);
    for (size_t i = 0; i < n; i++)
        TRY(fill_session(&v, &rows[i], &items[i], f));
    out->items = (struct api_list){ items, n };
    if (n && num_i64(n) == filter.limit)
        out->next = rows[n - 1].session.id;
    res->out = out;
    return ERR_OK;
}

const struct http_route session_read_routes[] = {
    { .method = HTTP_GET,
      .path = "/api/v1/sessions",
      .who = "U",
      .rate = RATE_READ,
      .in = &api_nothing,
      .query = &session_query_shape,
      .out = &session_list_shape,
      .handle = sessions_get,
      .doc = "Own sessions, or those of a course one teaches; newest first" },
    { .method = HTTP_GET,
      .path = "/api/v1/sessions/{id}",
      .who = "O,S",
      .rate = RATE_READ,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &session_shape,
      .handle = session_get_one,
      .doc = "One session" },
};
const size_t session_read_route_count = COUNT_OF(session_read_routes);
