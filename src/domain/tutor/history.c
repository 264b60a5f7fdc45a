#include "base/num.h"
#include "domain/tutor/turn_priv.h"

/* What the ladder has to know of the past, from the trace, the last hint and the last turns. */

enum { WHY_ROOM = 6'500 };

static enum err read_counts(struct db_conn *c, struct str tenant, const struct session *s,
                            struct arena *a, struct history *h, int64_t *stuck_at, struct fail *f)
{
    struct trace_count *counts = NULL;
    size_t n = 0;
    TRY(trace_counts(c, tenant, s->id, a, &counts, &n, f));
    *stuck_at = -1;
    for (size_t i = 0; i < n; i++) {
        struct str type = counts[i].type;
        h->ladder.has_run |= str_is(type, "run_finished") || str_is(type, "tests_finished");
        h->ladder.has_plan |= str_is(type, "plan_stated") || str_is(type, "prediction_made");
        if (str_is(type, "stuck_declared"))
            *stuck_at = counts[i].last_at;
    }
    return ERR_OK;
}

static enum err count_after(struct db_conn *c, struct str tenant, struct str session_id,
                            struct trace_page page, struct str having, struct arena *a, int64_t *n,
                            struct fail *f)
{
    struct trace_event *e = NULL;
    size_t found = 0;
    TRY(trace_read(c, tenant, session_id, &page, a, &e, &found, f));
    for (size_t i = 0; i < found; i++)
        *n += str_has(e[i].payload, having);
    return ERR_OK;
}

/* Runs and graded submissions of the student since an event. */
static enum err runs_after(struct db_conn *c, struct str tenant, struct str session_id, int64_t seq,
                           struct arena *a, int64_t *n, struct fail *f)
{
    const struct trace_page runs = { seq + 1, 100, STR("run_finished") };
    const struct trace_page tests = { seq + 1, 100, STR("tests_finished") };
    *n = 0;
    TRY(count_after(c, tenant, session_id, runs, STR(""), a, n, f));
    return count_after(c, tenant, session_id, tests, STR("10:submission"), a, n, f);
}

static enum err read_last(struct tutor *t, struct db_conn *c, const struct session *s,
                          const struct analysis *x, struct arena *a, struct history *h,
                          struct fail *f)
{
    struct hint_row row;
    struct json j;
    struct ladder_last *last = &h->ladder.last;
    enum err e = turn_db_hint_last(c, t->conf.tenant, s, a, &row, f);
    if (e)
        return e == ERR_NOT_FOUND ? ERR_OK : e;
    TRY(json_parse(row.shown, &json_limits_api, a, &j, f));
    bool here = str_eq(json_text(json_get(&j, "session")), s->id);
    int64_t seq = here ? json_int(json_get(&j, "seq"), 0) : 0;
    h->last_turn = here ? row.turn_id : (struct str){ 0 };
    last->exists = true;
    last->same_fault = str_eq(row.fault, hash_bytes(&x->fault));
    last->same_code = str_eq(json_text(json_get(&j, "shape")), hash_hex(a, &x->shape));
    last->rung = row.rung;
    last->at = row.updated_at;
    last->passed = json_int(json_get(&j, "passed"), 0);
    last->repeats = json_int(json_get(&j, "repeats"), 0);
    last->failed_at_3 = json_int(json_get(&j, "failed3"), 0);
    last->stuck_used = json_int(json_get(&j, "stuck"), 0) > 0;
    return runs_after(c, t->conf.tenant, s->id, seq, a, &last->runs_after, f);
}

/* Wordings of the last turns, in their `keys`. */
static enum err read_recent(struct tutor *t, struct db_conn *c, const struct session *s,
                            struct arena *a, struct history *h, struct fail *f)
{
    struct str *whys = NULL;
    size_t n = 0;
    TRY(turn_db_recent(c, t->conf.tenant, s->id, a, &whys, &n, f));
    struct str *keys = ARENA_ARRAY(a, struct str, 2 * n + 1);
    for (size_t i = 0; i < n; i++) {
        struct json j;
        TRY(json_parse(whys[i], &json_limits_api, a, &j, f));
        const struct json *list = json_get(&j, "keys");
        for (size_t k = 0; json_is(list, JS_LIST) && k < list->count && k < 2; k++)
            keys[h->recent_count++] = json_text(&list->items[k]);
    }
    h->recent = keys;
    return ERR_OK;
}

enum err history_load(struct tutor *t, struct db_conn *c, const struct session *s,
                      const struct analysis *x, struct arena *a, struct history *out,
                      struct fail *f)
{
    int64_t stuck_at = -1, disclosed = 0;
    *out = (struct history){
        .ladder = { .situation = x->situation, .passed = x->passed, .now = env_now(t->conf.env) }
    };
    out->ladder.active_s = (out->ladder.now - s->opened_at) / US_PER_S;
    TRY(read_counts(c, t->conf.tenant, s, a, out, &stuck_at, f));
    TRY(turn_db_disclosed(c, t->conf.tenant, s, &disclosed, &out->ladder.hints_deep, f));
    TRY(read_last(t, c, s, x, a, out, f));
    out->ladder.stuck = out->ladder.last.exists && stuck_at > out->ladder.last.at;
    return read_recent(t, c, s, a, out, f);
}

static void put_text(struct buf *b, const char *key, struct str v)
{
    buf_putf(b, "\"%s\":", key);
    json_put_text(b, v);
}

static void put_facts(struct buf *b, const struct reply *reply)
{
    buf_put(b, STR(",\"facts\":["));
    for (size_t i = 0; i < reply->fact_count && b->len < WHY_ROOM; i++) {
        buf_put(b, i ? STR(",{") : STR("{"));
        put_text(b, "id", str_of(reply->facts[i].id));
        buf_putc(b, ',');
        put_text(b, "kind", str_of(reply->facts[i].kind));
        buf_putc(b, ',');
        put_text(b, "text", utf8_cut(reply->facts[i].text, 200));
        buf_putc(b, '}');
    }
    buf_putc(b, ']');
}

struct str why_json(const struct answer *answer, const struct ladder_out *ladder, enum variant v,
                    struct arena *a)
{
    AUTO_BUF b = { .max = 8192 };
    const struct reply *reply = &answer->reply;
    buf_putc(&b, '{');
    put_text(&b, "lang", variant_lang(v));
    buf_putc(&b, ',');
    put_text(&b, "reason", str_of(ladder->reason));
    buf_putc(&b, ',');
    put_text(&b, "move", reply->move);
    buf_put(&b, STR(",\"keys\":["));
    for (size_t i = 0; i < reply->key_count; i++) {
        if (i)
            buf_putc(&b, ',');
        json_put_text(&b, reply->keys[i]);
    }
    buf_put(&b, STR("],\"actions\":["));
    if (answer->gate.rule)
        buf_putf(&b, "{\"rule\":\"%s\",\"action\":\"replaced\"}", answer->gate.rule);
    buf_putc(&b, ']');
    put_facts(&b, reply);
    buf_putc(&b, '}');
    assert(!b.truncated); /* a fact of 200 bytes, escaped at worst sixfold, fits behind WHY_ROOM */
    return arena_dup(a, buf_str(&b));
}
