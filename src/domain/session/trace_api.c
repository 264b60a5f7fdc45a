#include "base/num.h"
#include "domain/session/session_api.h"

/* Routes by which the evidence of a session is read: trace, verification, snapshots, the event
 * stream. */

static const char *const levels[] = { "n1", "n2", "n3", "n4", NULL };
static const char *const actors[] = { "student", "tutor", "judge", "teacher", "system", NULL };
static const char *const causes[] = { "open",    "autosave", "run",   "submit", "turn", "paste",
                                      "restore", "conflict", "pause", "close",  NULL };

/* --- the trace --- */

struct event_out {
    int64_t seq, at, client_at;
    struct str id, type, level, actor, hash;
    struct api_json payload, text;
    bool erased;
};
static const struct api_field event_fields[] = {
    API_F(struct event_out, seq, API_INT, 1, INT64_MAX),
    API_F(struct event_out, id, API_ID, 0, 0),
    API_F(struct event_out, type, API_TEXT, 1, 48),
    API_WORD(struct event_out, level, levels, false),
    API_WORD(struct event_out, actor, actors, false),
    API_F(struct event_out, at, API_TIME, 0, 0),
    API_OPT(struct event_out, client_at, API_TIME, 0, 0),
    API_F(struct event_out, payload, API_JSON, 0, 0),
    API_OPT(struct event_out, text, API_JSON, 0, 0),
    API_OPT(struct event_out, erased, API_BOOL, 0, 0),
    API_F(struct event_out, hash, API_TEXT, 64, 64),
};
static const struct api_shape event_shape = API_SHAPE(struct event_out, "TraceEvent", event_fields);
struct trace_out {
    struct api_list items;
    int64_t next;
    struct head_out *head;
};
static const struct api_field trace_fields[] = {
    API_SUB(struct trace_out, items, API_LIST, 0, 1000, event_shape, false),
    API_OPT(struct trace_out, next, API_INT, 1, INT64_MAX),
    API_SUB(struct trace_out, head, API_OBJECT, 0, 0, session_head_shape, false),
};
static const struct api_shape trace_shape = API_SHAPE(struct trace_out, "TracePage", trace_fields);
struct trace_query {
    int64_t from_seq, limit;
    struct str type, level;
};
static const struct api_field trace_query_fields[] = {
    API_OPT(struct trace_query, from_seq, API_INT, 1, INT64_MAX),
    API_OPT(struct trace_query, limit, API_INT, 1, 1000),
    API_OPT(struct trace_query, type, API_TEXT, 1, 48),
    API_WORD(struct trace_query, level, levels, true),
};
static const struct api_shape trace_query_shape =
    API_SHAPE(struct trace_query, "TraceQuery", trace_query_fields);

static enum err part_out(struct arena *a, struct str bytes, struct api_json *out, struct fail *f)
{
    if (!bytes.ptr)
        return ERR_OK;
    struct json *j = ARENA_NEW(a, struct json);
    out->dom = j;
    return trace_decode(bytes, a, j, f);
}

static enum err fill_event(struct arena *a, const struct trace_event *e, struct event_out *out,
                           struct fail *f)
{
    const struct trace_type *type = trace_type_named(e->type);
    *out = (struct event_out){ .seq = e->seq,
                               .at = e->at,
                               .client_at = e->client_at,
                               .id = e->id,
                               .type = e->type,
                               .actor = e->actor,
                               .hash = hash_hex(a, &e->hash),
                               .erased = e->erased,
                               .level = str_of(levels[type ? type->level - 1 : 0]) };
    TRY(part_out(a, e->payload, &out->payload, f));
    return part_out(a, e->text, &out->text, f);
}

static enum err trace_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    const struct trace_query *q = req->query;
    struct session row;
    struct trace_event *events = NULL;
    struct trace_head head;
    size_t n = 0, kept = 0;
    TRY(session_readable(req, req->params[0], &row, f));
    const struct trace_page page = { .from_seq = q->from_seq == API_ABSENT ? 1 : q->from_seq,
                                     .limit = q->limit == API_ABSENT ? 1000 : q->limit,
                                     .type = q->type };
    TRY(trace_read(req->conn, req->tenant, row.id, &page, req->arena, &events, &n, f));
    TRY(trace_head_of(req->conn, req->tenant, row.id, req->arena, &head, f));
    struct trace_out *out = ARENA_NEW(req->arena, struct trace_out);
    struct event_out *items = ARENA_ARRAY(req->arena, struct event_out, n);
    for (size_t i = 0; i < n; i++) {
        TRY(fill_event(req->arena, &events[i], &items[kept], f));
        kept += !q->level.ptr || str_eq(q->level, items[kept].level);
    }
    out->items = (struct api_list){ items, kept };
    out->next = num_i64(n) == page.limit ? events[n - 1].seq + 1 : API_ABSENT;
    out->head = ARENA_NEW(req->arena, struct head_out);
    *out->head = (struct head_out){ head.seq, hash_hex(req->arena, &head.hash) };
    res->out = out;
    return ERR_OK;
}

/* The report has one writer for commands and API: trace_report_json. */
static enum err verification_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct sessions *s = req->self;
    struct session row;
    const struct trace_report *report = NULL;
    AUTO_BUF b = { .max = 8192 };
    TRY(session_readable(req, req->params[0], &row, f));
    TRY(trace_verify(req->conn, s->conf.secret, req->tenant, row.id, req->arena, &report, f));
    trace_report_json(report, &b);
    res->raw = arena_dup(req->arena, buf_str(&b));
    res->raw_type = "application/json";
    return ERR_OK;
}

/* --- snapshots and the stream --- */

struct snapshot_out {
    struct str id, session_id, cause;
    int64_t created_at;
    struct api_list files;
};
static const struct api_field snapshot_fields[] = {
    API_F(struct snapshot_out, id, API_ID, 0, 0),
    API_F(struct snapshot_out, session_id, API_ID, 0, 0),
    API_WORD(struct snapshot_out, cause, causes, false),
    API_F(struct snapshot_out, created_at, API_TIME, 0, 0),
    API_SUB(struct snapshot_out, files, API_LIST, 1, CODE_FILES_MAX, session_file_shape, false),
};
static const struct api_shape snapshot_shape =
    API_SHAPE(struct snapshot_out, "Snapshot", snapshot_fields);

static enum err snapshot_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct snapshot_row row;
    struct session session;
    struct code code;
    TRY(session_db_snapshot(req->conn, req->tenant, req->params[0], req->arena, &row, f));
    TRY(session_readable(req, row.session_id, &session, f));
    TRY(code_of_manifest(req->conn, req->tenant, row.manifest, req->arena, &code, f));
    struct snapshot_out *out = ARENA_NEW(req->arena, struct snapshot_out);
    *out = (struct snapshot_out){
        row.id, row.session_id, row.cause, row.created_at, { code.files, code.n }
    };
    res->out = out;
    return ERR_OK;
}

static enum err stream_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct session row;
    TRY(session_readable(req, req->params[0], &row, f));
    const struct hub_event now = { .event = STR("state"),
                                   .data = arena_fmt(req->arena, "{\"state\":\"%.*s\"}",
                                                     STR_ARG(row.state)) };
    res->stream =
        http_stream_from(req, arena_fmt(req->arena, "session:%.*s", STR_ARG(row.id)), &now, false);
    return ERR_OK;
}

const struct http_route session_trace_routes[] = {
    { .method = HTTP_GET,
      .path = "/api/v1/sessions/{id}/events",
      .who = "O,S",
      .rate = RATE_STREAM,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &api_nothing,
      .flags = HTTP_STREAM,
      .handle = stream_get,
      .doc = "Event stream of one session: state, lease, notice" },
    { .method = HTTP_GET,
      .path = "/api/v1/sessions/{id}/trace",
      .who = "O,S",
      .rate = RATE_READ,
      .in = &api_nothing,
      .query = &trace_query_shape,
      .out = &trace_shape,
      .handle = trace_get,
      .doc = "The recorded events, in order" },
    { .method = HTTP_GET,
      .path = "/api/v1/sessions/{id}/trace/verification",
      .who = "O,S",
      .rate = RATE_READ,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &api_nothing,
      .handle = verification_get,
      .doc = "Does the chain hold, and where does it first break" },
    { .method = HTTP_GET,
      .path = "/api/v1/snapshots/{id}",
      .who = "O,S",
      .rate = RATE_READ,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &snapshot_shape,
      .handle = snapshot_get,
      .doc = "The files of one snapshot" },
};
const size_t session_trace_route_count = COUNT_OF(session_trace_routes);
