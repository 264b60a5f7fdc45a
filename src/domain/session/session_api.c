#include "domain/session/session_api.h"

#include "base/num.h"

/* Routes by which a student works: open, move, save, send events, state thoughts. */

static const char *const moves[] = { "paused", "resumed", "closed", NULL };
static const char *const thought_types[] = { "goal_set",
                                             "plan_stated",
                                             "plan_revised",
                                             "prediction_made",
                                             "justification_given",
                                             "explanation_given",
                                             "alternative_discarded",
                                             "reply_criticised",
                                             "reflection_written",
                                             "stuck_declared",
                                             NULL };

struct open_body {
    struct str exercise_id;
};
static const struct api_field open_fields[] = { API_F(struct open_body, exercise_id, API_ID, 0,
                                                      0) };
static const struct api_shape open_shape = API_SHAPE(struct open_body, "SessionOpen", open_fields);

struct move_body {
    struct str state;
};
static const struct api_field move_fields[] = { API_WORD(struct move_body, state, moves, false) };
static const struct api_shape move_shape = API_SHAPE(struct move_body, "SessionMove", move_fields);

struct lease_body {
    struct str client;
    bool take_over;
};
static const struct api_field lease_fields[] = {
    API_F(struct lease_body, client, API_TEXT, 16, 16),
    API_OPT(struct lease_body, take_over, API_BOOL, 0, 0),
};
static const struct api_shape lease_shape = API_SHAPE(struct lease_body, "LeaseTake", lease_fields);

struct lease_query {
    struct str client;
};
static const struct api_field lease_query_fields[] = { API_F(struct lease_query, client, API_TEXT,
                                                             16, 16) };
static const struct api_shape lease_query_shape =
    API_SHAPE(struct lease_query, "LeaseGive", lease_query_fields);

static const struct api_field file_fields[] = {
    API_F(struct code_file, path, API_TEXT, 1, 200),
    API_F(struct code_file, text, API_TEXT, 0, CODE_BYTES_MAX),
};
const struct api_shape session_file_shape = API_SHAPE(struct code_file, "CodeFile", file_fields);

struct workspace_body {
    struct api_list files;
    struct str open_path;
};
static const struct api_field workspace_body_fields[] = {
    API_SUB(struct workspace_body, files, API_LIST, 1, CODE_FILES_MAX, session_file_shape, false),
    API_OPT(struct workspace_body, open_path, API_TEXT, 1, 200),
};
static const struct api_shape workspace_body_shape =
    API_SHAPE(struct workspace_body, "WorkspaceSave", workspace_body_fields);

struct workspace_out {
    struct api_list files;
    struct str open_path, tree_hash;
    int64_t rev, saved_at;
};
static const struct api_field workspace_fields[] = {
    API_F(struct workspace_out, rev, API_INT, 1, INT64_MAX),
    API_SUB(struct workspace_out, files, API_LIST, 1, CODE_FILES_MAX, session_file_shape, false),
    API_OPT(struct workspace_out, open_path, API_TEXT, 1, 200),
    API_F(struct workspace_out, tree_hash, API_TEXT, 64, 64),
    API_F(struct workspace_out, saved_at, API_TIME, 0, 0),
};
static const struct api_shape workspace_shape =
    API_SHAPE(struct workspace_out, "Workspace", workspace_fields);

static const struct api_field batch_event_fields[] = {
    API_F(struct batch_event, event_id, API_ID, 0, 0),
    API_F(struct batch_event, type, API_TEXT, 1, 48),
    API_F(struct batch_event, client_at, API_INT, 0, TIME_MAX_US),
    API_F(struct batch_event, payload, API_JSON, 0, 0),
    API_OPT(struct batch_event, text, API_JSON, 0, 0),
};
static const struct api_shape batch_event_shape =
    API_SHAPE(struct batch_event, "BrowserEvent", batch_event_fields);
static const struct api_field batch_fields[] = {
    API_F(struct batch, client, API_TEXT, 16, 16),
    API_F(struct batch, first, API_INT, 1, INT64_C(9007199254740991)),
    API_F(struct batch, client_now, API_INT, 0, TIME_MAX_US),
    API_SUB(struct batch, events, API_LIST, 1, BATCH_EVENTS_MAX, batch_event_shape, false),
};
static const struct api_shape batch_shape = API_SHAPE(struct batch, "EventBatch", batch_fields);

static const struct api_field refusal_fields[] = {
    API_F(struct refusal, i, API_INT, 0, BATCH_EVENTS_MAX),
    API_F(struct refusal, code, API_TEXT, 1, 60),
};
static const struct api_shape refusal_shape =
    API_SHAPE(struct refusal, "EventRefusal", refusal_fields);
struct batch_out {
    int64_t accepted, duplicates;
    struct api_list refused;
    struct head_out *head;
};
static const struct api_field batch_out_fields[] = {
    API_F(struct batch_out, accepted, API_INT, 0, BATCH_EVENTS_MAX),
    API_F(struct batch_out, duplicates, API_INT, 0, BATCH_EVENTS_MAX),
    API_SUB(struct batch_out, refused, API_LIST, 0, BATCH_EVENTS_MAX, refusal_shape, false),
    API_SUB(struct batch_out, head, API_OBJECT, 0, 0, session_head_shape, false),
};
static const struct api_shape batch_out_shape =
    API_SHAPE(struct batch_out, "EventReceipt", batch_out_fields);

static const struct api_field thought_fields[] = {
    API_WORD(struct thought, type, thought_types, false),
    API_OPT(struct thought, text, API_TEXT, 1, 4000),
    { .name = "steps",
      .type = API_TEXTS,
      .at = offsetof(struct thought, steps),
      .max = 20,
      .item_max = 300,
      .optional = true },
    API_OPT(struct thought, reason, API_TEXT, 1, 4000),
    API_OPT(struct thought, about, API_TEXT, 1, 300),
    API_OPT(struct thought, expected, API_TEXT, 1, 2000),
    API_OPT(struct thought, confidence, API_INT, 0, 100),
    API_OPT(struct thought, why, API_TEXT, 1, 2000),
    { .name = "answers",
      .type = API_TEXTS,
      .at = offsetof(struct thought, answers),
      .max = 6,
      .item_max = 2000,
      .optional = true },
    API_OPT(struct thought, confidence_before, API_INT, 0, 100),
    API_OPT(struct thought, confidence_after, API_INT, 0, 100),
    API_OPT(struct thought, turn, API_ID, 0, 0),
    API_OPT(struct thought, verdict, API_TEXT, 1, 20),
    API_OPT(struct thought, how_checked, API_TEXT, 1, 20),
    API_OPT(struct thought, alternative, API_TEXT, 1, 1000),
};
static const struct api_shape thought_shape = API_SHAPE(struct thought, "Thought", thought_fields);
struct thought_out {
    struct str event_id;
    int64_t seq;
};
static const struct api_field thought_out_fields[] = {
    API_F(struct thought_out, event_id, API_ID, 0, 0),
    API_F(struct thought_out, seq, API_INT, 1, INT64_MAX),
};
static const struct api_shape thought_out_shape =
    API_SHAPE(struct thought_out, "ThoughtReceipt", thought_out_fields);

/* --- handlers --- */

static enum err sessions_post(struct http_req *req, struct http_res *res, struct fail *f)
{
    const struct open_body *in = req->in;
    struct str id;
    bool made = false;
    TRY(session_open(req->self, req->conn, user_of(req), in->exercise_id, req->arena, &id, &made,
                     f));
    res->status = made ? 201 : 200;
    res->location = arena_fmt(req->arena, "/api/v1/sessions/%.*s", STR_ARG(id));
    return session_view(req, res, id, f);
}

static enum err session_patch(struct http_req *req, struct http_res *res, struct fail *f)
{
    const struct move_body *in = req->in;
    struct session row;
    TRY(session_owned(req, req->params[0], &row, f));
    TRY(session_move(req->self, req->conn, &row, in->state, req->if_match, f));
    return session_view(req, res, row.id, f);
}

static enum err lease_put(struct http_req *req, struct http_res *res, struct fail *f)
{
    const struct lease_body *in = req->in;
    struct session row;
    struct lease_row lease;
    TRY(session_owned(req, req->params[0], &row, f));
    TRY(session_lease_take(req->self, &row, user_of(req), in->client, in->take_over, &lease,
                           req->arena, f));
    struct lease_out *out = ARENA_NEW(req->arena, struct lease_out);
    *out = (struct lease_out){ lease.client, lease.fence, lease.expires_at };
    res->out = out;
    return ERR_OK;
}

static enum err lease_delete(struct http_req *req, struct http_res *res, struct fail *f)
{
    const struct lease_query *q = req->query;
    struct session row;
    TRY(session_owned(req, req->params[0], &row, f));
    res->status = 204;
    return session_lease_drop(req->self, &row, q->client, f);
}

static enum err workspace_answer(struct http_req *req, struct http_res *res,
                                 const struct session *row, struct fail *f)
{
    struct workspace_row w;
    struct code code;
    struct str snapshot;
    int64_t rev = 0;
    TRY(session_db_workspace(req->conn, req->tenant, row->id, req->arena, &w, f));
    TRY(session_draft(req->conn, req->tenant, row->id, req->arena, &code, &snapshot, &rev, f));
    struct hash tree = code_tree_hash(row->salt, &code);
    struct workspace_out *out = ARENA_NEW(req->arena, struct workspace_out);
    *out = (struct workspace_out){ .files = { code.files, code.n },
                                   .open_path = w.open_path,
                                   .rev = w.rev,
                                   .tree_hash = hash_hex(req->arena, &tree),
                                   .saved_at = i64_max(w.updated_at, row->active_at) };
    res->out = out;
    res->etag = w.rev;
    return ERR_OK;
}

static enum err workspace_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct session row;
    TRY(session_readable(req, req->params[0], &row, f));
    return workspace_answer(req, res, &row, f);
}

static enum err workspace_put(struct http_req *req, struct http_res *res, struct fail *f)
{
    const struct workspace_body *in = req->in;
    struct session row;
    int64_t rev = 0;
    TRY(session_owned(req, req->params[0], &row, f));
    const struct code code = { in->files.items, in->files.n };
    TRY(session_save(req->self, &row, &code, in->open_path, req->if_match, &rev, f));
    return workspace_answer(req, res, &row, f);
}

static void name_expected(struct http_req *req, int64_t expected, struct fail *f)
{
    struct fail_field *field = ARENA_NEW(req->arena, struct fail_field);
    *field =
        (struct fail_field){ .path = "first", .code = "range", .min = expected, .max = expected };
    f->fields = field;
    f->field_count = 1;
}

static enum err events_post(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct batch_result result;
    const struct sender from = { user_of(req), req->params[0] };
    enum err e = session_intake(req->self, &from, req->in, req->arena, &result, f);
    if (e == ERR_CONFLICT && strcmp(f->hint, "event.gap") == 0)
        name_expected(req, result.expected, f);
    TRY(e);
    struct batch_out *out = ARENA_NEW(req->arena, struct batch_out);
    *out = (struct batch_out){ result.accepted,
                               result.duplicates,
                               { result.refused, result.refused_count },
                               ARENA_NEW(req->arena, struct head_out) };
    *out->head = (struct head_out){ result.head.seq, hash_hex(req->arena, &result.head.hash) };
    res->out = out;
    return ERR_OK;
}

static enum err thoughts_post(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct session row;
    struct thought_out *out = ARENA_NEW(req->arena, struct thought_out);
    TRY(session_owned(req, req->params[0], &row, f));
    TRY(session_think(req->self, &row, req->in, req->arena, &out->event_id, &out->seq, f));
    res->status = 201;
    res->out = out;
    return ERR_OK;
}

enum {
    BATCH_BODY_MAX = 256 * 1024,
    WORKSPACE_BODY_MAX = 1024 * 1024,
    SMALL_BODY = 4096,
    THOUGHT_BODY_MAX = 64 * 1024
};

const struct http_route session_work_routes[] = {
    { .method = HTTP_POST,
      .path = "/api/v1/sessions",
      .who = "E",
      .rate = RATE_WRITE,
      .body_max = SMALL_BODY,
      .in = &open_shape,
      .query = &api_nothing,
      .out = &session_shape,
      .flags = HTTP_IDEM,
      .handle = sessions_post,
      .doc = "Opens a session for an exercise, or gives the one that is open" },
    { .method = HTTP_PATCH,
      .path = "/api/v1/sessions/{id}",
      .who = "O",
      .rate = RATE_WRITE,
      .body_max = SMALL_BODY,
      .in = &move_shape,
      .query = &api_nothing,
      .out = &session_shape,
      .flags = HTTP_IF_MATCH,
      .handle = session_patch,
      .doc = "Pauses, resumes or closes the session" },
    { .method = HTTP_PUT,
      .path = "/api/v1/sessions/{id}/lease",
      .who = "O",
      .rate = RATE_WRITE,
      .body_max = SMALL_BODY,
      .in = &lease_shape,
      .query = &api_nothing,
      .out = &session_lease_shape,
      .handle = lease_put,
      .doc = "Becomes or stays the one writing device; 60 s" },
    { .method = HTTP_DELETE,
      .path = "/api/v1/sessions/{id}/lease",
      .who = "O",
      .rate = RATE_WRITE,
      .in = &api_nothing,
      .query = &lease_query_shape,
      .out = &api_nothing,
      .handle = lease_delete,
      .doc = "Gives the lease of this client back" },
    { .method = HTTP_GET,
      .path = "/api/v1/sessions/{id}/workspace",
      .who = "O,S",
      .rate = RATE_READ,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &workspace_shape,
      .handle = workspace_get,
      .doc = "The present draft" },
    { .method = HTTP_PUT,
      .path = "/api/v1/sessions/{id}/workspace",
      .who = "O",
      .rate = RATE_WRITE,
      .body_max = WORKSPACE_BODY_MAX,
      .in = &workspace_body_shape,
      .query = &api_nothing,
      .out = &workspace_shape,
      .flags = HTTP_IF_MATCH,
      .handle = workspace_put,
      .doc = "Saves the whole draft" },
    { .method = HTTP_POST,
      .path = "/api/v1/sessions/{id}/events",
      .who = "O",
      .rate = RATE_EVENTS,
      .body_max = BATCH_BODY_MAX,
      .in = &batch_shape,
      .query = &api_nothing,
      .out = &batch_out_shape,
      .handle = events_post,
      .doc = "Appends a batch of browser events to the trace" },
    { .method = HTTP_POST,
      .path = "/api/v1/sessions/{id}/thoughts",
      .who = "O",
      .rate = RATE_WRITE,
      .body_max = THOUGHT_BODY_MAX,
      .in = &thought_shape,
      .query = &api_nothing,
      .out = &thought_out_shape,
      .flags = HTTP_IDEM,
      .handle = thoughts_post,
      .doc = "States a plan, a prediction, a reflection, a critique" },
};
const size_t session_work_route_count = COUNT_OF(session_work_routes);
