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

/* What the trace says, in one walk over its counts and newest events. */
static enum err fill_from_trace(struct http_req *req, const struct session *row,
                                struct session_out *out, struct fail *f)
{
    struct trace_count *counts = NULL;
    struct trace_head head;
    size_t n = 0;
    TRY(trace_counts(req->conn, req->tenant, row->id, req->arena, &counts, &n, f));
    TRY(trace_head_of(req->conn, req->tenant, row->id, req->arena, &head, f));
    *out->head = (struct head_out){ head.seq, hash_hex(req->arena, &head.hash) };
    out->counts->events = head.seq;
    bool *const seen[] = { &out->complete->n1, &out->complete->n2, &out->complete->n3,
                           &out->complete->n4 };
    for (size_t i = 0; i < n; i++) {
        const struct trace_type *type = trace_type_named(counts[i].type);
        if (type)
            *seen[type->level - 1] = true;
        out->reflected |= str_is(counts[i].type, "reflection_written");
    }
    return ERR_OK;
}

/* The payload and text of the newest event of a type; absent members when there is none. */
static enum err newest(struct http_req *req, const struct session *row, const char *type,
                       struct json *payload, struct json *text, int64_t *at, struct fail *f)
{
    struct trace_event e;
    *payload = *text = (struct json){ .type = JS_OBJECT };
    enum err found = trace_last(req->conn, req->tenant, row->id, type, req->arena, &e, f);
    if (found)
        return found == ERR_NOT_FOUND ? ERR_OK : found;
    *at = e.at;
    TRY(trace_decode(e.payload, req->arena, payload, f));
    return e.text.ptr ? trace_decode(e.text, req->arena, text, f) : ERR_OK;
}

static enum err fill_last(struct http_req *req, const struct session *row, struct last_out *out,
                          struct fail *f)
{
    struct json p, t;
    int64_t at = API_ABSENT, ignored = 0;
    *out = (struct last_out){ .passed = API_ABSENT, .total = API_ABSENT, .rung = API_ABSENT };
    TRY(newest(req, row, "run_finished", &p, &t, &at, f));
    out->verdict = json_text(json_get(&p, "verdict"));
    TRY(newest(req, row, "tests_finished", &p, &t, &at, f));
    out->passed = json_int(json_get(&p, "passed"), API_ABSENT);
    out->total = json_int(json_get(&p, "total"), API_ABSENT);
    out->at = at;
    TRY(newest(req, row, "reply_sent", &p, &t, &ignored, f));
    out->rung = json_int(json_get(&p, "rung"), API_ABSENT);
    return ERR_OK;
}

static enum err fill_plan(struct http_req *req, const struct session *row, struct plan_out **out,
                          struct fail *f)
{
    struct json p, t, revised;
    int64_t stated_at = 0, revised_at = 0;
    TRY(newest(req, row, "plan_stated", &p, &t, &stated_at, f));
    TRY(newest(req, row, "plan_revised", &p, &revised, &revised_at, f));
    if (revised_at > stated_at)
        t = revised;
    if (!json_get(&t, "text"))
        return ERR_OK;
    *out = ARENA_NEW(req->arena, struct plan_out);
    (*out)->text = json_text(json_get(&t, "text"));
    const struct json *steps = json_get(&t, "steps");
    size_t n = json_is(steps, JS_LIST) ? steps->count : 0;
    (*out)->steps = (struct api_texts){ ARENA_ARRAY(req->arena, struct str, n), n };
    for (size_t i = 0; i < n; i++)
        (*out)->steps.items[i] = json_text(&steps->items[i]);
    return ERR_OK;
}

static enum err fill_policy(struct http_req *req, const struct session *row, struct policy_out *out,
                            struct fail *f)
{
    struct policy p;
    TRY(session_policy(req->conn, req->tenant, row, req->arena, &p, f));
    *out = (struct policy_out){ .tutor = p.ai_enabled && p.tutor_on,
                                .max_rung = p.max_rung,
                                .turns_per_hour = p.turns_per_hour,
                                .hidden_shown = str_of(policy_hidden_name(p.hidden_shown)),
                                .plan = str_of(policy_gate_name(p.require_plan)),
                                .reflection = str_of(policy_gate_name(p.require_reflection)) };
    return ERR_OK;
}

static enum err fill_lease(struct http_req *req, const struct session *row, struct lease_out **out,
                           struct fail *f)
{
    struct lease_row lease;
    enum err found = session_db_lease(req->conn, req->tenant, row->id, req->arena, &lease, f);
    if (found == ERR_NOT_FOUND || (!found && lease.expires_at <= env_now(req->env)))
        return ERR_OK;
    TRY(found);
    *out = ARENA_NEW(req->arena, struct lease_out);
    **out = (struct lease_out){ lease.client, lease.fence, lease.expires_at };
    return ERR_OK;
}

static struct str title_in(struct str title_json, struct str lang, struct arena *a)
{
    struct json j;
    struct fail f;
    if (json_parse(title_json, &json_limits_api, a, &j, &f))
        return title_json;
    struct str t = json_text(json_get(&j, str_is(lang, "en") ? "en" : "es"));
    return t.ptr ? t : json_text(json_get(&j, "es"));
}

static enum err fill_names(struct http_req *req, const struct session *row, struct session_out *out,
                           struct fail *f)
{
    struct session_names names;
    TRY(session_db_names(req->conn, req->tenant, row, req->arena, &names, f));
    *out->exercise = (struct exercise_ref){ row->exercise_id, names.exercise_slug,
                                            title_in(names.title_json, user_lang(req), req->arena),
                                            names.version };
    *out->user = (struct user_ref){ row->user_id, names.user_name };
    out->counts->runs = names.runs;
    out->counts->turns = names.turns;
    out->counts->submissions = names.submissions;
    return ERR_OK;
}

static enum err fill_session(struct http_req *req, const struct session *row,
                             struct session_out *out, struct fail *f)
{
    struct arena *a = req->arena;
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
                                 .max_score = SESSION_MAX_SCORE_MP };
    out->exercise = ARENA_NEW(a, struct exercise_ref);
    out->user = ARENA_NEW(a, struct user_ref);
    out->policy = ARENA_NEW(a, struct policy_out);
    out->counts = ARENA_NEW(a, struct counts_out);
    out->last = ARENA_NEW(a, struct last_out);
    out->head = ARENA_NEW(a, struct head_out);
    out->complete = ARENA_NEW(a, struct complete_out);
    out->counts->pastes = API_ABSENT;
    TRY(fill_names(req, row, out, f));
    TRY(fill_policy(req, row, out->policy, f));
    TRY(fill_last(req, row, out->last, f));
    return fill_from_trace(req, row, out, f);
}

/* External pastes so far: from the edits themselves, so only for a single session. */
static enum err count_pastes(struct http_req *req, const struct session *row, int64_t *out,
                             struct fail *f)
{
    int64_t from = 1;
    *out = 0;
    for (size_t n = 1000; n == 1000;) {
        struct trace_event *e = NULL;
        const struct trace_page page = { .from_seq = from,
                                         .limit = 1000,
                                         .type = STR("code_edited") };
        TRY(trace_read(req->conn, req->tenant, row->id, &page, req->arena, &e, &n, f));
        for (size_t i = 0; i < n; i++)
            *out += str_has(e[i].payload, STR("6:origin15:pasted_external"));
        from = n ? e[n - 1].seq + 1 : from;
    }
    return ERR_OK;
}

enum err session_view(struct http_req *req, struct http_res *res, const struct session *row,
                      struct fail *f)
{
    struct session_out *out = ARENA_NEW(req->arena, struct session_out);
    TRY(fill_session(req, row, out, f));
    TRY(fill_plan(req, row, &out->plan, f));
    TRY(fill_lease(req, row, &out->lease, f));
    TRY(count_pastes(req, row, &out->counts->pastes, f));
    res->out = out;
    res->etag = row->rev;
    return ERR_OK;
}

static enum err session_get_one(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct session row;
    TRY(session_readable(req, req->params[0], &row, f));
    return session_view(req, res, &row, f);
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
    struct session *rows = NULL;
    size_t n = 0;
    TRY(list_filter(req, req->query, &filter, f));
    TRY(session_db_list(req->conn, req->tenant, &filter, req->arena, &rows, &n, f));
    struct session_list *out = ARENA_NEW(req->arena, struct session_list);
    struct session_out *items = ARENA_ARRAY(req->arena, struct session_out, n);
    for (size_t i = 0; i < n; i++)
        TRY(fill_session(req, &rows[i], &items[i], f));
    out->items = (struct api_list){ items, n };
    if (n && num_i64(n) == filter.limit)
        out->next = rows[n - 1].id;
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
