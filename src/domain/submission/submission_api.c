#include "base/num.h"
#include "domain/submission/work_priv.h"

static const char *const verdicts[] = { "accepted",      "partial",       "rejected",
                                        "compile_error", "compile_limit", "construct_violation",
                                        "violation",     "judge_error",   NULL };

struct submit_body {
    struct str session_id;
    struct api_list files;
};
static const struct api_field submit_fields[] = {
    API_F(struct submit_body, session_id, API_ID, 0, 0),
    API_SUB(struct submit_body, files, API_LIST, 1, 50, session_file_shape, true),
};
static const struct api_shape submit_shape =
    API_SHAPE(struct submit_body, "SubmissionStart", submit_fields);

static const struct api_field accepted_fields[] = {
    API_F(struct accepted_out, id, API_ID, 0, 0),
    API_F(struct accepted_out, attempt, API_INT, 1, INT64_MAX),
    API_WORD(struct accepted_out, state, work_states, false),
    API_F(struct accepted_out, events, API_TEXT, 1, 200),
    API_F(struct accepted_out, position, API_INT, 0, INT64_MAX),
};
static const struct api_shape accepted_shape =
    API_SHAPE(struct accepted_out, "SubmissionAccepted", accepted_fields);

struct hidden_out {
    int64_t passed, total;
};
static const struct api_field hidden_fields[] = {
    API_F(struct hidden_out, passed, API_INT, 0, 100),
    API_F(struct hidden_out, total, API_INT, 0, 100),
};
static const struct api_shape hidden_shape =
    API_SHAPE(struct hidden_out, "HiddenCount", hidden_fields);

struct reason_out {
    struct str rule, id;
    int64_t passed, total, points, max_points;
};
static const struct api_field reason_fields[] = {
    API_F(struct reason_out, rule, API_TEXT, 1, 20),
    API_OPT(struct reason_out, id, API_TEXT, 1, 60),
    API_F(struct reason_out, passed, API_INT, 0, 100),
    API_F(struct reason_out, total, API_INT, 0, 100),
    API_F(struct reason_out, points, API_POINTS, 0, INT64_MAX),
    API_F(struct reason_out, max_points, API_POINTS, 0, INT64_MAX),
};
static const struct api_shape reason_shape =
    API_SHAPE(struct reason_out, "ScoreReason", reason_fields);

struct submission_out {
    struct str id, session_id, exercise_id, state, verdict;
    int64_t attempt, score, max_score, passed, total, created_at, done_at;
    struct api_list tests, diagnostics, explanation;
    struct hidden_out *hidden;
};
static const struct api_field submission_fields[] = {
    API_F(struct submission_out, id, API_ID, 0, 0),
    API_F(struct submission_out, session_id, API_ID, 0, 0),
    API_F(struct submission_out, exercise_id, API_ID, 0, 0),
    API_F(struct submission_out, attempt, API_INT, 1, INT64_MAX),
    API_WORD(struct submission_out, state, work_states, false),
    API_WORD(struct submission_out, verdict, verdicts, true),
    API_OPT(struct submission_out, score, API_POINTS, 0, INT64_MAX),
    API_F(struct submission_out, max_score, API_POINTS, 0, INT64_MAX),
    API_OPT(struct submission_out, passed, API_INT, 0, 100),
    API_OPT(struct submission_out, total, API_INT, 0, 100),
    API_SUB(struct submission_out, tests, API_LIST, 0, 100, test_shape, true),
    API_SUB(struct submission_out, hidden, API_OBJECT, 0, 0, hidden_shape, true),
    API_SUB(struct submission_out, diagnostics, API_LIST, 0, 20, diag_shape, true),
    API_SUB(struct submission_out, explanation, API_LIST, 0, 50, reason_shape, true),
    API_F(struct submission_out, created_at, API_TIME, 0, 0),
    API_OPT(struct submission_out, done_at, API_TIME, 0, 0),
};
static const struct api_shape submission_shape =
    API_SHAPE(struct submission_out, "Submission", submission_fields);

struct list_out {
    struct api_list items;
};
static const struct api_field list_fields[] = {
    API_SUB(struct list_out, items, API_LIST, 0, 200, submission_shape, false),
};
static const struct api_shape list_shape =
    API_SHAPE(struct list_out, "SubmissionList", list_fields);
struct list_query {
    struct str session, exercise;
};
static const struct api_field list_query_fields[] = {
    API_OPT(struct list_query, session, API_ID, 0, 0),
    API_OPT(struct list_query, exercise, API_ID, 0, 0),
};
static const struct api_shape list_query_shape =
    API_SHAPE(struct list_query, "SubmissionQuery", list_query_fields);

#define MAX_SCORE_MP INT64_C(100000)

/* --- handing in --- */

struct submitting {
    struct submissions *s;
    const struct session *session;
    const struct code *code;
    struct submission_row row;
    struct arena *arena; /* of the request */
    struct str job_id;
};

static enum err made_event(const struct submitting *v, struct db_tx *tx, struct fail *f)
{
    const struct json_member members[] = {
        { STR("submission"), { .type = JS_TEXT, .s = v->row.id } },
        { STR("attempt"), { .type = JS_INT, .i = v->row.attempt } },
        { STR("snapshot"), { .type = JS_TEXT, .s = v->row.snapshot_id } },
    };
    const struct json payload = { .type = JS_OBJECT,
                                  .count = COUNT_OF(members),
                                  .members = members };
    return session_note(v->s->conf.sessions, tx, v->session,
                        &(struct trace_new){ .type = "submission_made",
                                             .actor = ACTOR_STUDENT,
                                             .payload = &payload },
                        f);
}

static enum err submit_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct submitting *v = arg;
    TRY(session_work(v->s->conf.sessions, tx, v->session, f));
    TRY(session_snapshot(v->s->conf.sessions, tx, v->session, v->code, "submit",
                         &v->row.snapshot_id, f));
    v->row.created_at = env_now(v->s->conf.env);
    TRY(work_db_submission_insert(tx, &v->row, f));
    TRY(made_event(v, tx, f));
    const struct job_new job = { .kind = "judge.submission",
                                 .target_kind = STR("submission"),
                                 .target_id = v->row.id,
                                 .unique = v->row.id,
                                 .priority = JOB_NORMAL };
    TRY(jobs_add(v->s->conf.jobs, tx, &job, v->arena, &v->job_id, f));
    return session_touch(v->s->conf.sessions, tx, v->session, f);
}

static enum err submissions_post(struct http_req *req, struct http_res *res, struct fail *f)
{
    const struct submit_body *in = req->in;
    struct submissions *s = req->self;
    struct session session;
    struct code code;
    TRY(work_ready(req, WORK_SUBMISSION, in->session_id, &in->files, &session, &code, f));
    struct submitting v = { .s = s, .session = &session, .code = &code, .arena = req->arena };
    v.row = (struct submission_row){ .id = env_id(s->conf.env, req->arena),
                                     .session_id = session.id,
                                     .exercise_id = session.exercise_id,
                                     .version_id = session.version_id,
                                     .user_id = session.user_id,
                                     .language = STR("python"),
                                     .grading_id = env_id(s->conf.env, req->arena) };
    TRY(db_write(s->conf.db, s->conf.tenant, submit_unit, &v, f));
    struct accepted_out *out = ARENA_NEW(req->arena, struct accepted_out);
    out->id = v.row.id;
    out->attempt = v.row.attempt;
    return work_accepted(req, res, "submissions", out, v.job_id, f);
}

/* --- reading --- */

static struct submission_out summary_of(const struct submission_row *r)
{
    return (struct submission_out){ .id = r->id,
                                    .session_id = r->session_id,
                                    .exercise_id = r->exercise_id,
                                    .state = r->state,
                                    .verdict = r->verdict,
                                    .attempt = r->attempt,
                                    .score = r->score_mp,
                                    .max_score = MAX_SCORE_MP,
                                    .passed = r->passed,
                                    .total = r->total,
                                    .created_at = r->created_at,
                                    .done_at = r->done_at };
}

static enum err explanation_out(struct str json, struct arena *a, struct api_list *out,
                                struct fail *f)
{
    struct json j = { .type = JS_LIST };
    if (json.ptr)
        TRY(json_parse(json, &json_limits_api, a, &j, f));
    struct reason_out *items = ARENA_ARRAY(a, struct reason_out, j.count);
    for (size_t i = 0; i < j.count; i++) {
        const struct json *r = &j.items[i];
        struct str id = json_text(json_get(r, "id"));
        items[i] = (struct reason_out){ .rule = json_text(json_get(r, "rule")),
                                        .id = id.len ? id : (struct str){ 0 },
                                        .passed = json_int(json_get(r, "passed"), 0),
                                        .total = json_int(json_get(r, "total"), 0),
                                        .points = json_int(json_get(r, "points_mp"), 0),
                                        .max_points = json_int(json_get(r, "max_mp"), 0) };
    }
    *out = (struct api_list){ items, j.count };
    return ERR_OK;
}

static enum err readable(struct http_req *req, struct submission_row *row, struct session *session,
                         struct fail *f)
{
    TRY(work_db_submission(req->conn, req->tenant, req->params[0], req->arena, row, f));
    return session_readable(req, row->session_id, session, f);
}

static enum err submission_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct submissions *s = req->self;
    struct submission_row row;
    struct session session;
    struct policy policy;
    const struct exercise *exercise = NULL;
    struct result_row *rows = NULL;
    size_t n = 0;
    TRY(readable(req, &row, &session, f));
    TRY(session_policy(req->conn, req->tenant, &session, req->arena, &policy, f));
    TRY(exercise_get(s->conf.exercises, req->conn, req->tenant, row.version_id, &exercise, f));
    TRY(work_db_results(req->conn, req->tenant, row.grading_id, req->arena, &rows, &n, f));
    struct seen_results seen = outcome_seen(exercise, rows, n, user_lang(req), req->arena);
    struct submission_out *out = ARENA_NEW(req->arena, struct submission_out);
    *out = summary_of(&row);
    out->tests = seen.tests;
    if (policy.hidden_shown != HIDDEN_NONE) {
        out->hidden = ARENA_NEW(req->arena, struct hidden_out);
        *out->hidden = (struct hidden_out){ seen.hidden_passed, seen.hidden_total };
    }
    TRY(outcome_diags_out(row.diagnostics, user_lang(req), req->arena, &out->diagnostics, f));
    TRY(explanation_out(row.explanation, req->arena, &out->explanation, f));
    res->out = out;
    return ERR_OK;
}

static enum err submissions_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    const struct list_query *q = req->query;
    struct submission_row *rows = NULL;
    struct session session;
    size_t n = 0;
    if (q->session.ptr)
        TRY(session_readable(req, q->session, &session, f));
    TRY(work_db_submissions(req->conn, user_of(req), q->session, q->exercise, req->arena, &rows, &n,
                            f));
    struct list_out *out = ARENA_NEW(req->arena, struct list_out);
    struct submission_out *items = ARENA_ARRAY(req->arena, struct submission_out, n);
    for (size_t i = 0; i < n; i++)
        items[i] = summary_of(&rows[i]);
    out->items = (struct api_list){ items, n };
    res->out = out;
    return ERR_OK;
}

static struct str done_data(const struct submission_row *r, struct arena *a)
{
    if (r->score_mp == API_ABSENT)
        return arena_fmt(a, "{\"id\":\"%.*s\",\"verdict\":\"judge_error\"}", STR_ARG(r->id));
    return arena_fmt(a,
                     "{\"id\":\"%.*s\",\"verdict\":\"%.*s\",\"score\":%lld.%03lld,\"passed\":%lld,"
                     "\"total\":%lld}",
                     STR_ARG(r->id), STR_ARG(r->verdict), (long long)(r->score_mp / 1000),
                     (long long)(r->score_mp % 1000), (long long)r->passed, (long long)r->total);
}

static enum err submission_events(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct submission_row row;
    struct session session;
    TRY(readable(req, &row, &session, f));
    bool over = row.done_at != API_ABSENT;
    const struct hub_event now = { .event = over ? STR("done") : STR("state"),
                                   .data = over ? done_data(&row, req->arena)
                                                : arena_fmt(req->arena, "{\"state\":\"%.*s\"}",
                                                            STR_ARG(row.state)) };
    res->stream = http_stream_from(req, arena_fmt(req->arena, "submission:%.*s", STR_ARG(row.id)),
                                   &now, over);
    return ERR_OK;
}

enum { SUBMIT_BODY_MAX = 1024 * 1024 };

const struct http_route submission_routes[] = {
    { .method = HTTP_POST,
      .path = "/api/v1/exercises/{id}/submissions",
      .who = "O",
      .rate = RATE_SUBMISSION,
      .body_max = SUBMIT_BODY_MAX,
      .in = &submit_shape,
      .query = &api_nothing,
      .out = &accepted_shape,
      .flags = HTTP_IDEM,
      .handle = submissions_post,
      .doc = "Hands in the code of a session" },
    { .method = HTTP_GET,
      .path = "/api/v1/submissions",
      .who = "U",
      .rate = RATE_READ,
      .in = &api_nothing,
      .query = &list_query_shape,
      .out = &list_shape,
      .handle = submissions_get,
      .doc = "Own submissions, or those of a session one may read; newest first" },
    { .method = HTTP_GET,
      .path = "/api/v1/submissions/{id}",
      .who = "O,S",
      .rate = RATE_READ,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &submission_shape,
      .handle = submission_get,
      .doc =
          "One submission: visible results, counts of the hidden ones, how the score came about" },
    { .method = HTTP_GET,
      .path = "/api/v1/submissions/{id}/events",
      .who = "O,S",
      .rate = RATE_STREAM,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &api_nothing,
      .flags = HTTP_STREAM,
      .handle = submission_events,
      .doc = "Event stream of a submission: state, test, progress, done" },
};
const size_t submission_route_count = COUNT_OF(submission_routes);
