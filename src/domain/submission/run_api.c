#include "base/num.h"
#include "domain/submission/work_priv.h"

static const char *const run_kinds[] = { "free", "visible_tests", "input", NULL };
static const char *const run_verdicts[] = {
    "ok",           "compile_error", "compile_limit", "runtime_error", "time_limit",  "idle_limit",
    "memory_limit", "process_limit", "output_limit",  "violation",     "judge_error", NULL
};

struct run_body {
    struct str session_id, kind, stdin_text;
    struct api_list files;
};
static const struct api_field run_body_fields[] = {
    API_F(struct run_body, session_id, API_ID, 0, 0),
    API_WORD(struct run_body, kind, run_kinds, false),
    API_SUB(struct run_body, files, API_LIST, 1, 50, session_file_shape, true),
    { .name = "stdin",
      .type = API_TEXT,
      .at = offsetof(struct run_body, stdin_text),
      .max = 65'536,
      .optional = true },
};
static const struct api_shape run_body_shape =
    API_SHAPE(struct run_body, "RunStart", run_body_fields);

static const struct api_field accepted_fields[] = {
    API_F(struct accepted_out, id, API_ID, 0, 0),
    API_WORD(struct accepted_out, state, work_states, false),
    API_F(struct accepted_out, events, API_TEXT, 1, 200),
    API_F(struct accepted_out, position, API_INT, 0, INT64_MAX),
};
static const struct api_shape accepted_shape =
    API_SHAPE(struct accepted_out, "RunAccepted", accepted_fields);

struct run_out {
    struct str id, session_id, snapshot_id, kind, state, verdict, out, err;
    int64_t exit_code, signal, passed, total, wall_ms, cpu_ms, memory_kib, created_at, done_at;
    struct api_list diagnostics, tests;
};
static const struct api_field run_fields[] = {
    API_F(struct run_out, id, API_ID, 0, 0),
    API_F(struct run_out, session_id, API_ID, 0, 0),
    API_F(struct run_out, snapshot_id, API_ID, 0, 0),
    API_WORD(struct run_out, kind, run_kinds, false),
    API_WORD(struct run_out, state, work_states, false),
    API_WORD(struct run_out, verdict, run_verdicts, true),
    API_OPT(struct run_out, exit_code, API_INT, INT32_MIN, INT32_MAX),
    API_OPT(struct run_out, signal, API_INT, 0, 64),
    { .name = "stdout",
      .type = API_TEXT,
      .at = offsetof(struct run_out, out),
      .max = 65'536,
      .optional = true },
    { .name = "stderr",
      .type = API_TEXT,
      .at = offsetof(struct run_out, err),
      .max = 65'536,
      .optional = true },
    API_SUB(struct run_out, diagnostics, API_LIST, 0, 20, diag_shape, false),
    API_SUB(struct run_out, tests, API_LIST, 0, 100, test_shape, false),
    API_OPT(struct run_out, passed, API_INT, 0, 100),
    API_OPT(struct run_out, total, API_INT, 0, 100),
    API_OPT(struct run_out, wall_ms, API_INT, 0, INT64_MAX),
    API_OPT(struct run_out, cpu_ms, API_INT, 0, INT64_MAX),
    API_OPT(struct run_out, memory_kib, API_INT, 0, INT64_MAX),
    API_F(struct run_out, created_at, API_TIME, 0, 0),
    API_OPT(struct run_out, done_at, API_TIME, 0, 0),
};
static const struct api_shape run_shape = API_SHAPE(struct run_out, "Run", run_fields);

/* --- starting --- */

struct starting {
    struct submissions *s;
    const struct session *session;
    const struct code *code;
    struct run_row run;
    struct arena *arena; /* of the request */
    struct str job_id;
};

static enum err code_run_event(const struct starting *v, struct db_tx *tx, struct fail *f)
{
    const struct json_member members[] = {
        { STR("run"), { .type = JS_TEXT, .s = v->run.id } },
        { STR("snapshot"), { .type = JS_TEXT, .s = v->run.snapshot_id } },
        { STR("kind"), { .type = JS_TEXT, .s = v->run.kind } },
    };
    const struct json_member input = {
        STR("input"), { .type = JS_TEXT, .s = utf8_cut(v->run.stdin_text, INPUT_EVENT_CHARS) }
    };
    const struct json payload = { .type = JS_OBJECT,
                                  .count = COUNT_OF(members),
                                  .members = members };
    const struct json text = { .type = JS_OBJECT, .count = 1, .members = &input };
    return session_note(v->s->conf.sessions, tx, v->session,
                        &(struct trace_new){ .type = "code_run",
                                             .actor = ACTOR_STUDENT,
                                             .payload = &payload,
                                             .text = v->run.stdin_text.len ? &text : NULL },
                        f);
}

static enum err tests_run_event(const struct starting *v, struct db_tx *tx, struct fail *f)
{
    const struct json_member members[] = {
        { STR("run"), { .type = JS_TEXT, .s = v->run.id } },
        { STR("suite"), { .type = JS_TEXT, .s = STR("public") } },
        { STR("snapshot"), { .type = JS_TEXT, .s = v->run.snapshot_id } },
    };
    const struct json payload = { .type = JS_OBJECT,
                                  .count = COUNT_OF(members),
                                  .members = members };
    return session_note(
        v->s->conf.sessions, tx, v->session,
        &(struct trace_new){ .type = "tests_run", .actor = ACTOR_STUDENT, .payload = &payload }, f);
}

static enum err start_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct starting *v = arg;
    TRY(session_work(v->s->conf.sessions, tx, v->session, f));
    TRY(session_snapshot(v->s->conf.sessions, tx, v->session, v->code, "run", &v->run.snapshot_id,
                         f));
    v->run.created_at = env_now(v->s->conf.env);
    TRY(session_run_insert(tx, &v->run, f));
    TRY(code_run_event(v, tx, f));
    if (str_is(v->run.kind, "visible_tests"))
        TRY(tests_run_event(v, tx, f));
    const struct job_new job = { .kind = "judge.run",
                                 .target_kind = STR("run"),
                                 .target_id = v->run.id,
                                 .unique = v->run.id,
                                 .priority = JOB_FIRST };
    TRY(jobs_add(v->s->conf.jobs, tx, &job, v->arena, &v->job_id, f));
    return session_touch(v->s->conf.sessions, tx, v->session, f);
}

static enum err runs_post(struct http_req *req, struct http_res *res, struct fail *f)
{
    const struct run_body *in = req->in;
    struct submissions *s = req->self;
    struct session session;
    struct code code;
    TRY(work_ready(req, WORK_RUN, in->session_id, &in->files, &session, &code, f));
    struct starting v = { .s = s, .session = &session, .code = &code, .arena = req->arena };
    v.run = (struct run_row){ .id = env_id(s->conf.env, req->arena),
                              .session_id = session.id,
                              .kind = in->kind,
                              .stdin_text = in->stdin_text };
    TRY(db_write(s->conf.db, s->conf.tenant, start_unit, &v, f));
    struct accepted_out *out = ARENA_NEW(req->arena, struct accepted_out);
    out->id = v.run.id;
    return work_accepted(req, res, "runs", out, v.job_id, f);
}

/* --- reading --- */

static enum err run_readable(struct http_req *req, struct run_row *run, struct session *session,
                             struct fail *f)
{
    TRY(session_run_get(req->conn, req->tenant, req->params[0], req->arena, run, f));
    return session_readable(req, run->session_id, session, f);
}

static enum err fill_tests(struct http_req *req, const struct session *session, struct run_out *out,
                           struct fail *f)
{
    struct submissions *s = req->self;
    const struct exercise *exercise = NULL;
    struct result_row *rows = NULL;
    size_t n = 0;
    TRY(exercise_get(s->conf.exercises, req->conn, req->tenant, session->version_id, &exercise, f));
    TRY(work_db_results(req->conn, req->tenant, out->id, req->arena, &rows, &n, f));
    out->tests = outcome_seen(exercise, rows, n, user_lang(req), req->arena).tests;
    if (!n)
        return ERR_OK;
    out->passed = 0;
    out->total = num_i64(n);
    for (size_t i = 0; i < n; i++)
        out->passed += str_is(rows[i].verdict, "passed") || str_is(rows[i].verdict, "presentation");
    return ERR_OK;
}

static enum err run_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct run_row run;
    struct session session;
    TRY(run_readable(req, &run, &session, f));
    struct run_out *out = ARENA_NEW(req->arena, struct run_out);
    *out = (struct run_out){ .id = run.id,
                             .session_id = run.session_id,
                             .snapshot_id = run.snapshot_id,
                             .kind = run.kind,
                             .state = run.state,
                             .verdict = run.verdict,
                             .out = run.out,
                             .err = run.err,
                             .exit_code = run.exit_code,
                             .signal = run.signal,
                             .passed = API_ABSENT,
                             .total = API_ABSENT,
                             .wall_ms = run.wall_ms,
                             .cpu_ms = run.cpu_ms,
                             .memory_kib = run.memory_kib,
                             .created_at = run.created_at,
                             .done_at = run.done_at };
    TRY(outcome_diags_out(run.diagnostics, user_lang(req), req->arena, &out->diagnostics, f));
    TRY(fill_tests(req, &session, out, f));
    res->out = out;
    return ERR_OK;
}

struct cancelling {
    struct submissions *s;
    struct str run_id;
};

static enum err cancel_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct cancelling *c = arg;
    struct arena *a = db_tx_arena(tx);
    struct str stream = arena_fmt(a, "run:%.*s", STR_ARG(c->run_id));
    enum err e = session_run_state(tx, c->run_id, "queued", "cancelled", f);
    if (e == ERR_CONFLICT)
        e = session_run_state(tx, c->run_id, "running", "cancelled", f);
    TRY(e);
    struct str data = arena_fmt(a, "{\"id\":\"%.*s\",\"state\":\"cancelled\"}", STR_ARG(c->run_id));
    TRY(hub_publish_tx(c->s->conf.hub, tx, stream, STR("done"), data, f));
    return hub_end_tx(c->s->conf.hub, tx, stream, f);
}

static enum err run_delete(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct submissions *s = req->self;
    struct run_row run;
    struct session session;
    TRY(session_run_get(req->conn, req->tenant, req->params[0], req->arena, &run, f));
    TRY(session_owned(req, run.session_id, &session, f));
    res->status = 204;
    return db_write(s->conf.db, s->conf.tenant, cancel_unit, &(struct cancelling){ s, run.id }, f);
}

static enum err run_events(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct run_row run;
    struct session session;
    TRY(run_readable(req, &run, &session, f));
    bool over = run.done_at != API_ABSENT || str_is(run.state, "cancelled");
    const struct hub_event now = {
        .event = over ? STR("done") : STR("state"),
        .data =
            arena_fmt(req->arena, "{\"id\":\"%.*s\",\"state\":\"%.*s\"%s%.*s%s}", STR_ARG(run.id),
                      STR_ARG(run.state), run.verdict.ptr ? ",\"verdict\":\"" : "",
                      STR_ARG(run.verdict.ptr ? run.verdict : STR("")), run.verdict.ptr ? "\"" : "")
    };
    res->stream =
        http_stream_from(req, arena_fmt(req->arena, "run:%.*s", STR_ARG(run.id)), &now, over);
    return ERR_OK;
}

enum { RUN_BODY_MAX = 1024 * 1024 };

const struct http_route run_routes[] = {
    { .method = HTTP_POST,
      .path = "/api/v1/exercises/{id}/runs",
      .who = "O",
      .rate = RATE_RUN,
      .body_max = RUN_BODY_MAX,
      .in = &run_body_shape,
      .query = &api_nothing,
      .out = &accepted_shape,
      .flags = HTTP_IDEM,
      .handle = runs_post,
      .doc = "Starts a run: free, with input, or of the visible tests" },
    { .method = HTTP_GET,
      .path = "/api/v1/runs/{id}",
      .who = "O,S",
      .rate = RATE_READ,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &run_shape,
      .handle = run_get,
      .doc = "A run with its results" },
    { .method = HTTP_DELETE,
      .path = "/api/v1/runs/{id}",
      .who = "O",
      .rate = RATE_WRITE,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &api_nothing,
      .handle = run_delete,
      .doc = "Cancels a run" },
    { .method = HTTP_GET,
      .path = "/api/v1/runs/{id}/events",
      .who = "O,S",
      .rate = RATE_STREAM,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &api_nothing,
      .flags = HTTP_STREAM,
      .handle = run_events,
      .doc = "Event stream of a run: state, test, stdout, stderr, done" },
};
const size_t run_route_count = COUNT_OF(run_routes);
