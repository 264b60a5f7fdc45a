#include "domain/report/report_priv.h"

#include "base/num.h"

#include <math.h>

static const char *const state_names[] = {
    [LIVE_NOT_STARTED] = "not_started", [LIVE_WORKING] = "working", [LIVE_STUCK] = "stuck",
    [LIVE_WAITING] = "waiting",         [LIVE_IDLE] = "idle",       [LIVE_FINISHED] = "finished",
    [LIVE_OFFLINE] = "offline"
};
static_assert(COUNT_OF(state_names) == LIVE_STATE_COUNT, "a name for each state");

const char *live_state_name(enum live_state s)
{
    return state_names[s];
}

/* Why a student seems stuck: the declared word first, then the repeated error, then tests that do
 * not move. */
static const char *stuck_reason(const struct measure_now *m)
{
    if (m->declared_at)
        return "declared";
    return m->same_error_runs >= 2 ? "same_error" : "no_progress";
}

/* What the last run showed; said only when there was one. */
static const char *run_reason(const struct live_facts *f)
{
    if (f->now.total > 0)
        return "progress";
    return f->runs ? "no_tests_run" : "first_run_pending";
}

struct live_view live_view_of(const struct live_facts *f, int64_t now)
{
    const int64_t minute = INT64_C(60) * US_PER_S;
    const struct measure_now *m = &f->now;
    struct live_view v = { .confidence = (double)NAN, .since = m->last_at, .why = run_reason(f) };
    double confidence = 0;
    if (!f->has_session)
        return (struct live_view){ LIVE_NOT_STARTED, (double)NAN, API_ABSENT, "no_session" };
    if (f->accepted) {
        v.state = LIVE_FINISHED;
        v.why = "solved";
    } else if (f->help_waiting) {
        v.state = LIVE_WAITING;
    } else if (now - m->last_at > 30 * minute) {
        v.state = LIVE_OFFLINE;
        v.why = "idle";
    } else if (measure_stuck(m, now, &confidence)) {
        v = (struct live_view){ LIVE_STUCK, confidence,
                                m->declared_at ? m->declared_at : m->streak_since,
                                stuck_reason(m) };
    } else if (now - m->last_at > 3 * minute) {
        v.state = LIVE_IDLE;
        v.why = "idle";
    } else {
        v.state = LIVE_WORKING;
    }
    return v;
}

static enum err event_of(const struct trace_event *raw, struct str session_id, struct arena *a,
                         struct measure_event *out, struct fail *f)
{
    struct json *payload = ARENA_NEW(a, struct json);
    TRY(trace_decode(raw->payload, a, payload, f));
    *out = (struct measure_event){ raw->seq, raw->client_at == INT64_MIN ? raw->at : raw->client_at,
                                   session_id, raw->type, payload };
    return ERR_OK;
}

enum err report_events(struct db_conn *c, struct str tenant, struct str session_id,
                       int64_t from_seq, struct arena *a, struct measure_input *out, struct fail *f)
{
    struct trace_head head;
    TRY(trace_head_of(c, tenant, session_id, a, &head, f));
    size_t room = num_size(i64_max(0, head.seq - from_seq + 1)), n = 0, page = 1;
    struct measure_event *events = ARENA_ARRAY(a, struct measure_event, room);
    while (n < room && page) { /* the chain has no gaps, so `room` is what there was at the head */
        struct trace_event *raw = NULL;
        const struct trace_page ask = { .from_seq = from_seq + num_i64(n),
                                        .limit = i64_min(1000, num_i64(room - n)) };
        TRY(trace_read(c, tenant, session_id, &ask, a, &raw, &page, f));
        for (size_t i = 0; i < page; i++)
            TRY(event_of(&raw[i], session_id, a, &events[n + i], f));
        n += page;
    }
    *out = (struct measure_input){ events, n };
    return ERR_OK;
}

struct str report_title(struct str title_json, struct str lang, struct arena *a)
{
    struct json j;
    struct fail f;
    if (json_parse(title_json, &json_limits_api, a, &j, &f))
        return title_json;
    struct str t = json_text(json_get(&j, str_is(lang, "en") ? "en" : "es"));
    return t.ptr ? t : title_json;
}

static void put_time(struct buf *b, const char *key, int64_t us, struct arena *a)
{
    if (us != API_ABSENT && us > 0)
        buf_putf(b, ",\"%s\":\"%.*s\"", key, STR_ARG(time_text(a, us)));
}

static void put_why(struct buf *b, const struct live_view *v, const struct live_facts *f,
                    int64_t now)
{
    int64_t minutes =
        v->since == API_ABSENT ? 0 : i64_max(0, (now - v->since) / (INT64_C(60) * US_PER_S));
    const struct measure_now *m = &f->now;
    buf_putf(b, ",\"why\":{\"code\":\"%s\",\"params\":{\"minutes\":%lld", v->why,
             (long long)minutes);
    if (strcmp(v->why, "same_error") == 0) {
        buf_put(b, STR(",\"class\":"));
        json_put_text(b, m->error_class);
        buf_putf(b, ",\"runs\":%lld", (long long)m->same_error_runs);
    } else if (strcmp(v->why, "no_progress") == 0) {
        buf_putf(b, ",\"runs\":%lld", (long long)m->equal_vectors);
    } else if (strcmp(v->why, "solved") == 0) {
        buf_putf(b, ",\"attempt\":%lld", (long long)f->attempt);
    } else if (strcmp(v->why, "progress") == 0) {
        buf_putf(b, ",\"passed\":%lld,\"total\":%lld", (long long)m->passed, (long long)m->total);
    }
    buf_put(b, STR("}}"));
}

static void put_session(struct buf *b, const struct newest_session *s, const struct live_facts *f,
                        struct str lang, int64_t events, struct arena *a)
{
    const struct measure_now *m = &f->now;
    buf_putf(b, ",\"session_id\":\"%.*s\",\"exercise\":{\"id\":\"%.*s\",\"title\":", STR_ARG(s->id),
             STR_ARG(s->exercise_id));
    json_put_text(b, report_title(s->title_json, lang, a));
    buf_putf(b, "},\"runs\":%lld,\"events\":%lld", (long long)s->runs, (long long)events);
    if (m->total > 0)
        buf_putf(b, ",\"passed\":%lld,\"total\":%lld", (long long)m->passed, (long long)m->total);
    if (m->rung != INT64_MIN)
        buf_putf(b, ",\"rung\":%lld", (long long)m->rung);
    put_time(b, "active_at", m->last_at, a);
}

/* All that one row says. */
struct line {
    const struct course_member *member;
    struct newest_session session;
    struct live_facts facts;
    int64_t events;
};

static void put_row(struct buf *b, const struct live_ask *ask, const struct line *l,
                    struct arena *a)
{
    struct live_view v = live_view_of(&l->facts, ask->now);
    buf_putf(b, "{\"user\":{\"id\":\"%.*s\",\"name\":", STR_ARG(l->member->user_id));
    json_put_text(b, l->member->name);
    buf_putf(b, "},\"state\":\"%s\"", live_state_name(v.state));
    if (!isnan(v.confidence))
        buf_putf(b, ",\"confidence\":%.2f", v.confidence);
    put_time(b, "since", v.since, a);
    put_why(b, &v, &l->facts, ask->now);
    if (l->facts.has_session)
        put_session(b, &l->session, &l->facts, ask->lang, l->events, a);
    else
        buf_put(b, STR(",\"runs\":0,\"events\":0"));
    buf_putc(b, '}');
}

/* Somebody who has typed for long has no test run among the newest events; the last one is older.
 */
static enum err older_tests(const struct live_ask *ask, struct line *l, struct arena *a,
                            struct fail *f)
{
    struct trace_event e;
    struct json payload;
    enum err found = trace_last(ask->c, ask->tenant, l->session.id, "tests_finished", a, &e, f);
    if (found)
        return found == ERR_NOT_FOUND ? ERR_OK : found;
    TRY(trace_decode(e.payload, a, &payload, f));
    l->facts.now.passed = json_int(json_get(&payload, "passed"), INT64_MIN);
    l->facts.now.total = json_int(json_get(&payload, "total"), INT64_MIN);
    return ERR_OK;
}

static enum err facts_of(const struct live_ask *ask, struct line *l, struct arena *a,
                         struct fail *f)
{
    struct trace_head head;
    struct measure_input in;
    TRY(trace_head_of(ask->c, ask->tenant, l->session.id, a, &head, f));
    TRY(report_events(ask->c, ask->tenant, l->session.id, i64_max(1, head.seq - TAIL_EVENTS), a,
                      &in, f));
    l->events = head.seq;
    l->facts = (struct live_facts){ .has_session = true,
                                    .accepted = l->session.attempt != API_ABSENT,
                                    .attempt = l->session.attempt,
                                    .help_waiting = l->session.help_waiting,
                                    .runs = l->session.runs,
                                    .now = measure_now_of(&in) };
    return l->facts.now.total == INT64_MIN ? older_tests(ask, l, a, f) : ERR_OK;
}

enum err live_row(const struct live_ask *ask, const struct course_member *m, struct arena *a,
                  struct str *json, struct fail *f)
{
    AUTO_BUF b = { .max = 8192 };
    struct line l = { .member = m };
    enum err found =
        report_db_newest(ask->c, ask->tenant, ask->course_id, m->user_id, a, &l.session, f);
    if (found && found != ERR_NOT_FOUND)
        return found;
    if (!found)
        TRY(facts_of(ask, &l, a, f));
    put_row(&b, ask, &l, a);
    *json = arena_dup(a, buf_str(&b));
    return ERR_OK;
}

enum err live_snapshot(const struct live_ask *ask, struct arena *a, struct str *json,
                       struct fail *f)
{
    AUTO_BUF b = { .max = 1 << 20 };
    struct course_member *members = NULL;
    size_t n = 0;
    bool first = true;
    TRY(course_members(ask->c, ask->tenant, ask->course_id, a, &members, &n, f));
    buf_put(&b, STR("{\"students\":["));
    for (size_t i = 0; i < n; i++) {
        struct str row;
        if (members[i].role != COURSE_STUDENT)
            continue;
        TRY(live_row(ask, &members[i], a, &row, f));
        buf_put(&b, first ? STR("") : STR(","));
        buf_put(&b, row);
        first = false;
    }
    buf_putf(&b, "],\"as_of\":\"%.*s\"}", STR_ARG(time_text(a, ask->now)));
    if (b.truncated)
        return FAIL(f, ERR_IO, "internal", "live snapshot over 1 MiB");
    *json = arena_dup(a, buf_str(&b));
    return ERR_OK;
}
