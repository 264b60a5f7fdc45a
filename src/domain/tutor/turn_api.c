#include "base/num.h"
#include "domain/tutor/turn_priv.h"

static const char *const kinds[] = { "question", "hint", NULL };
static const char *const all_kinds[] = { "question", "hint", "check", "talk", "editor", NULL };
static const char *const states[] = { "queued",  "running",   "streaming", "done",
                                      "refused", "cancelled", "failed",    NULL };
static const char *const sources[] = { "rules", "llm", "canned", NULL };
static const char *const useful_words[] = { "yes", "no", "partly", NULL };
static const char *const langs[] = { "es", "en", NULL };

/* --- shapes --- */

struct turn_body {
    struct str kind, text;
    int64_t rung;
};
static const struct api_field body_fields[] = {
    API_WORD(struct turn_body, kind, kinds, false),
    API_F(struct turn_body, text, API_TEXT, 1, TURN_TEXT_MAX),
    API_OPT(struct turn_body, rung, API_INT, 0, RUNG_MAX),
};
static const struct api_shape body_shape = API_SHAPE(struct turn_body, "TurnStart", body_fields);

static const struct api_field citation_fields[] = {
    API_F(struct citation, path, API_TEXT, 1, 200),
    API_F(struct citation, line, API_INT, 1, INT64_MAX),
    API_F(struct citation, line_end, API_INT, 1, INT64_MAX),
    API_F(struct citation, text, API_TEXT, 0, 2000),
};
static const struct api_shape citation_shape =
    API_SHAPE(struct citation, "Citation", citation_fields);

struct turn_out {
    struct str id, session_id, kind, state, text, reply, lang, reason, source, snapshot_id, useful,
        events;
    struct api_json reply_prose;
    int64_t seq, rung, created_at, done_at;
    bool degraded;
    struct api_list citations;
};
static const struct api_field turn_fields[] = {
    API_F(struct turn_out, id, API_ID, 0, 0),
    API_F(struct turn_out, session_id, API_ID, 0, 0),
    API_F(struct turn_out, seq, API_INT, 1, INT64_MAX),
    API_WORD(struct turn_out, kind, all_kinds, false),
    API_WORD(struct turn_out, state, states, false),
    API_F(struct turn_out, text, API_TEXT, 1, TURN_TEXT_MAX),
    API_OPT(struct turn_out, reply, API_TEXT, 0, 65'536),
    API_OPT(struct turn_out, reply_prose, API_JSON, 0, 0),
    API_WORD(struct turn_out, lang, langs, true),
    API_OPT(struct turn_out, rung, API_INT, 0, RUNG_MAX),
    API_OPT(struct turn_out, reason, API_TEXT, 1, 40),
    API_WORD(struct turn_out, source, sources, true),
    API_F(struct turn_out, degraded, API_BOOL, 0, 0),
    API_SUB(struct turn_out, citations, API_LIST, 0, 20, citation_shape, false),
    API_OPT(struct turn_out, snapshot_id, API_ID, 0, 0),
    API_WORD(struct turn_out, useful, useful_words, true),
    API_F(struct turn_out, created_at, API_TIME, 0, 0),
    API_OPT(struct turn_out, done_at, API_TIME, 0, 0),
    API_F(struct turn_out, events, API_TEXT, 1, 200),
};
static const struct api_shape turn_shape = API_SHAPE(struct turn_out, "Turn", turn_fields);

struct turn_list {
    struct api_list items;
};
static const struct api_field list_fields[] = {
    API_SUB(struct turn_list, items, API_LIST, 0, 200, turn_shape, false),
};
static const struct api_shape list_shape = API_SHAPE(struct turn_list, "TurnList", list_fields);

struct feedback_body {
    struct str useful, note;
};
static const struct api_field feedback_fields[] = {
    API_WORD(struct feedback_body, useful, useful_words, false),
    API_OPT(struct feedback_body, note, API_TEXT, 0, 1000),
};
static const struct api_shape feedback_shape =
    API_SHAPE(struct feedback_body, "TurnFeedback", feedback_fields);

struct fact_out {
    struct str id, kind, text;
};
static const struct api_field fact_fields[] = {
    API_F(struct fact_out, id, API_TEXT, 1, 40),
    API_F(struct fact_out, kind, API_TEXT, 1, 40),
    API_F(struct fact_out, text, API_TEXT, 0, 1000),
};
static const struct api_shape fact_shape = API_SHAPE(struct fact_out, "TurnFact", fact_fields);
struct action_out {
    struct str rule, action;
};
static const struct api_field action_fields[] = {
    API_F(struct action_out, rule, API_TEXT, 1, 60),
    API_F(struct action_out, action, API_TEXT, 1, 20),
};
static const struct api_shape action_shape =
    API_SHAPE(struct action_out, "GateAction", action_fields);
struct why_out {
    int64_t rung;
    struct str reason;
    struct api_list facts, gate;
};
static const struct api_field why_fields[] = {
    API_OPT(struct why_out, rung, API_INT, 0, RUNG_MAX),
    API_OPT(struct why_out, reason, API_TEXT, 1, 40),
    API_SUB(struct why_out, facts, API_LIST, 0, 40, fact_shape, false),
    API_SUB(struct why_out, gate, API_LIST, 0, 20, action_shape, false),
};
static const struct api_shape why_shape = API_SHAPE(struct why_out, "TurnWhy", why_fields);

/* --- rows out --- */

static const struct json *parsed(struct str text, struct arena *a)
{
    struct json *j = ARENA_NEW(a, struct json);
    struct fail f = { 0 };
    return text.ptr && !json_parse(text, &json_limits_api, a, j, &f) ? j : NULL;
}

static struct api_list citations_out(struct str text, struct arena *a)
{
    const struct json *j = parsed(text, a);
    size_t n = json_is(j, JS_LIST) ? j->count : 0;
    struct citation *c = ARENA_ARRAY(a, struct citation, n);
    for (size_t i = 0; i < n; i++)
        c[i] = (struct citation){ .path = json_text(json_get(&j->items[i], "path")),
                                  .text = json_text(json_get(&j->items[i], "text")),
                                  .line = json_int(json_get(&j->items[i], "line"), 1),
                                  .line_end = json_int(json_get(&j->items[i], "line_end"), 1) };
    return (struct api_list){ c, n };
}

static void turn_fill(const struct turn_row *t, struct arena *a, struct turn_out *out)
{
    const struct json *why = parsed(t->gate, a);
    *out = (struct turn_out){ .id = t->id,
                              .session_id = t->session_id,
                              .seq = t->seq,
                              .kind = t->kind,
                              .state = t->state,
                              .text = t->text,
                              .reply = t->reply,
                              .lang = json_text(json_get(why, "lang")),
                              .reason = json_text(json_get(why, "reason")),
                              .rung = t->rung,
                              .source = t->source,
                              .degraded = t->degraded == 1,
                              .citations = citations_out(t->citations, a),
                              .snapshot_id = t->snapshot_id,
                              .useful = t->useful,
                              .created_at = t->created_at,
                              .done_at = t->done_at,
                              .events = arena_fmt(a, "/api/v1/turns/%.*s/events", STR_ARG(t->id)) };
    if (t->reply.ptr)
        out->reply_prose.text = prose_of_markdown(a, t->reply);
}

struct str turn_json(const struct turn_row *t, struct arena *a)
{
    struct turn_out out;
    AUTO_BUF b = { .max = 16'000 };
    turn_fill(t, a, &out);
    api_encode(&turn_shape, &out, &b);
    if (b.truncated) { /* who reads the stream asked the question and has it whole */
        buf_clear(&b);
        out.text = utf8_cut(out.text, 1000);
        api_encode(&turn_shape, &out, &b);
    }
    assert(!b.truncated);
    return arena_dup(a, buf_str(&b));
}

static struct turn_out *turn_view(const struct turn_row *t, struct arena *a)
{
    struct turn_out *out = ARENA_NEW(a, struct turn_out);
    turn_fill(t, a, out);
    return out;
}

/* --- who may --- */

static enum err turn_of(struct http_req *req, bool act, struct turn_row *row, struct session *s,
                        struct fail *f)
{
    TRY(turn_db_get(req->conn, req->tenant, req->params[0], req->arena, row, f));
    return act ? session_owned(req, row->session_id, s, f)
               : session_readable(req, row->session_id, s, f);
}

/* --- handlers --- */

static enum err turns_post(struct http_req *req, struct http_res *res, struct fail *f)
{
    const struct turn_body *in = req->in;
    struct tutor *t = req->self;
    struct session s;
    struct turn_row row;
    struct str id;
    TRY(session_owned(req, req->params[0], &s, f));
    const struct turn_in turn = {
        .kind = in->kind, .text = in->text, .rung = in->rung, .lang = user_lang(req)
    };
    TRY(turn_begin(t, req->conn, &s, &turn, req->arena, &id, f));
    TRY(turn_db_get(req->conn, req->tenant, id, req->arena, &row, f));
    res->status = 202;
    res->location = arena_fmt(req->arena, "/api/v1/turns/%.*s", STR_ARG(id));
    res->out = turn_view(&row, req->arena);
    return ERR_OK;
}

static enum err turns_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct session s;
    struct turn_row *rows = NULL;
    size_t n = 0;
    TRY(session_readable(req, req->params[0], &s, f));
    TRY(turn_db_list(req->conn, req->tenant, s.id, req->arena, &rows, &n, f));
    struct turn_list *out = ARENA_NEW(req->arena, struct turn_list);
    struct turn_out *items = ARENA_ARRAY(req->arena, struct turn_out, n);
    for (size_t i = 0; i < n; i++)
        turn_fill(&rows[i], req->arena, &items[i]);
    out->items = (struct api_list){ items, n };
    res->out = out;
    return ERR_OK;
}

static enum err turn_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct turn_row row;
    struct session s;
    TRY(turn_of(req, false, &row, &s, f));
    res->out = turn_view(&row, req->arena);
    return ERR_OK;
}

static enum err why_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct turn_row row;
    struct session s;
    TRY(turn_of(req, false, &row, &s, f));
    const struct json *why = parsed(row.gate, req->arena);
    const struct json *facts = json_get(why, "facts"), *actions = json_get(why, "actions");
    size_t n = json_is(facts, JS_LIST) ? facts->count : 0;
    size_t acted = json_is(actions, JS_LIST) ? actions->count : 0;
    struct why_out *out = ARENA_NEW(req->arena, struct why_out);
    struct fact_out *list = ARENA_ARRAY(req->arena, struct fact_out, n);
    struct action_out *gate = ARENA_ARRAY(req->arena, struct action_out, acted);
    for (size_t i = 0; i < n; i++)
        list[i] = (struct fact_out){ json_text(json_get(&facts->items[i], "id")),
                                     json_text(json_get(&facts->items[i], "kind")),
                                     json_text(json_get(&facts->items[i], "text")) };
    for (size_t i = 0; i < acted; i++)
        gate[i] = (struct action_out){ json_text(json_get(&actions->items[i], "rule")),
                                       json_text(json_get(&actions->items[i], "action")) };
    *out = (struct why_out){ .rung = row.rung,
                             .reason = json_text(json_get(why, "reason")),
                             .facts = { list, n },
                             .gate = { gate, acted } };
    res->out = out;
    return ERR_OK;
}

static enum err cancel_post(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct turn_row row;
    struct session s;
    TRY(turn_of(req, true, &row, &s, f));
    res->status = 204;
    return turn_cancel(req->self, &s, row.id, f);
}

static enum err feedback_post(struct http_req *req, struct http_res *res, struct fail *f)
{
    const struct feedback_body *in = req->in;
    struct turn_row row;
    struct session s;
    TRY(turn_of(req, true, &row, &s, f));
    if (!row.reply.ptr)
        return FAIL(f, ERR_CONFLICT, "state.transition", "the turn has no reply yet");
    res->status = 204;
    return turn_rate(req->self, &s, row.id, in->useful, in->note, f);
}

/* The answer to the question has told how the turn stands; only its end is told from the store. */
static enum err turn_events(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct turn_row row;
    struct session s;
    TRY(turn_of(req, false, &row, &s, f));
    bool over = row.done_at != API_ABSENT;
    struct hub_event done = { .event = STR("done") };
    if (over)
        done.data = arena_fmt(req->arena, "{\"turn\":%.*s}", STR_ARG(turn_json(&row, req->arena)));
    res->stream = http_stream_from(req, turn_stream(row.id, req->arena), over ? &done : NULL, over);
    return ERR_OK;
}

enum { TURN_BODY_MAX = 64 * 1024 };

const struct http_route tutor_routes[] = {
    { .method = HTTP_POST,
      .path = "/api/v1/sessions/{id}/turns",
      .who = "O",
      .rate = RATE_TURN,
      .body_max = TURN_BODY_MAX,
      .in = &body_shape,
      .query = &api_nothing,
      .out = &turn_shape,
      .flags = HTTP_IDEM,
      .handle = turns_post,
      .doc = "Asks the tutor; the code is the session's latest" },
    { .method = HTTP_GET,
      .path = "/api/v1/sessions/{id}/turns",
      .who = "O,S",
      .rate = RATE_READ,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &list_shape,
      .handle = turns_get,
      .doc = "The dialogue of a session, oldest first" },
    { .method = HTTP_GET,
      .path = "/api/v1/turns/{id}",
      .who = "O,S",
      .rate = RATE_READ,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &turn_shape,
      .handle = turn_get,
      .doc = "One turn with its reply" },
    { .method = HTTP_GET,
      .path = "/api/v1/turns/{id}/why",
      .who = "O,S",
      .rate = RATE_READ,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &why_shape,
      .handle = why_get,
      .doc = "Rung, reason and facts of a reply, and what the gate did" },
    { .method = HTTP_POST,
      .path = "/api/v1/turns/{id}/cancel",
      .who = "O",
      .rate = RATE_WRITE,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &api_nothing,
      .handle = cancel_post,
      .doc = "Stops a reply" },
    { .method = HTTP_POST,
      .path = "/api/v1/turns/{id}/feedback",
      .who = "O",
      .rate = RATE_WRITE,
      .body_max = 8192,
      .in = &feedback_shape,
      .query = &api_nothing,
      .out = &api_nothing,
      .handle = feedback_post,
      .doc = "Says whether a reply was useful" },
    { .method = HTTP_GET,
      .path = "/api/v1/turns/{id}/events",
      .who = "O,S",
      .rate = RATE_STREAM,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &api_nothing,
      .flags = HTTP_STREAM,
      .handle = turn_events,
      .doc = "Event stream of a turn: stage, text, citation, notice, restart, done" },
};
const size_t tutor_route_count = COUNT_OF(tutor_routes);
