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

struct live_view live_view_of(const struct live_facts *f, int64_t now)
{
    const int64_t minute = INT64_C(60) * US_PER_S;
    const struct measure_now *m = &f->now;
    struct live_view v = { .confidence = (double)NAN, .since = m->last_at, .why = "progress" };
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
        v.why = !m->runs ? "first_run_pending" : m->total > 0 ? "progress" : "first_run_pending";
    }
    return v;
}

enum err report_events(struct db_conn *c, struct str tenant, struct str session_id,
                       int64_t from_seq, struct arena *a, struct measure_input *out, struct fail *f)
{
    struct trace_event *raw = NULL;
    size_t n = 0;
    TRY(trace_read(c, tenant, session_id,
                   &(struct trace_page){ .from_seq = from_seq, .limit = 1000 }, a, &raw, &n, f));
    struct measure_event *events = ARENA_ARRAY(a, struct measure_event, n);
    for (size_t i = 0; i < n; i++) {
        struct json *payload = ARENA_NEW(a, struct json);
        TRY(trace_decode(raw[i].payload, a, payload, f));
        events[i] =
            (struct measure_event){ raw[i].seq,
                                    raw[i].client_at == INT64_MIN ? raw[i].at : raw[i].client_at,
                                    session_id, raw[i].type, payload };
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
        buf_putf(b, ",\"passed\":%lld,\"total\":%lld", (long long)i64_max(m->passed, 0),
                 (long long)i64_max(m->total, 0));
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

static void put_row(struct buf *b, const struct course_member *m, const struct newest_session *s,
                    const struct live_facts *f, struct str lang, int64_t now, int64_t events,
                    struct arena *a)
{
    struct live_view v = live_view_of(f, now);
    buf_putf(b, "{\"user\":{\"id\":\"%.*s\",\"name\":", STR_ARG(m->user_id));
    json_put_text(b, m->name);
    buf_putf(b, "},\"state\":\"%s\"", live_state_name(v.state));
    if (!isnan(v.confidence))
        buf_putf(b, ",\"confidence\":%.2f", v.confidence);
    put_time(b, "since", v.since, a);
    put_why(b, &v, f, now);
    if (f->has_session)
        put_session(b, s, f, lang, events, a);
    else
        buf_put(b, STR(",\"runs\":0,\"events\":0"));
    buf_putc(b, '}');
}

enum err live_row(struct db_conn *c, struct str tenant, struct str course_id,
                  const struct course_member *m, struct str lang, int64_t now, struct arena *a,
                  struct str *json, struct fail *f)
{
    AUTO_BUF b = { .max = 8192 };
    struct newest_session s = { 0 };
    struct live_facts facts = { 0 };
    struct trace_head head = { 0 };
    struct measure_input in;
    enum err found = report_db_newest(c, tenant, course_id, m->user_id, a, &s, f);
    if (found && found != ERR_NOT_FOUND)
        return found;
    facts.has_session = !found;
    if (!found) {
        TRY(trace_head_of(c, tenant, s.id, a, &head, f));
        TRY(report_events(c, tenant, s.id, i64_max(1, head.seq - TAIL_EVENTS), a, &in, f));
        facts.now = measure_now_of(&in);
        facts.accepted = s.attempt != API_ABSENT;
        facts.attempt = s.attempt;
        facts.help_waiting = s.help_waiting;
    }
    put_row(&b, m, &s, &facts, lang, now, head.seq, a);
    *json = arena_dup(a, buf_str(&b));
    return ERR_OK;
}

enum err live_snapshot(struct db_conn *c, struct str tenant, struct str course_id, struct str lang,
                       int64_t now, struct arena *a, struct str *json, struct fail *f)
{
    AUTO_BUF b = { .max = 1 << 20 };
    struct course_member *members = NULL;
    size_t n = 0;
    bool first = true;
    TRY(course_members(c, tenant, course_id, a, &members, &n, f));
    buf_put(&b, STR("{\"students\":["));
    for (size_t i = 0; i < n; i++) {
        struct str row;
        if (members[i].role != COURSE_STUDENT)
            continue;
        TRY(live_row(c, tenant, course_id, &members[i], lang, now, a, &row, f));
        buf_put(&b, first ? STR("") : STR(","));
        buf_put(&b, row);
        first = false;
    }
    buf_putf(&b, "],\"as_of\":\"%.*s\"}", STR_ARG(time_text(a, now)));
    if (b.truncated)
        return FAIL(f, ERR_IO, "internal", "live snapshot over 1 MiB");
    *json = arena_dup(a, buf_str(&b));
    return ERR_OK;
}
