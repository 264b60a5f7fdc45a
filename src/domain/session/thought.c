#include "domain/session/session_priv.h"

/* What the student states by an act (n4). Each field goes to the payload or to the text part, as
 * the catalogue says. */

static bool thought_type_ok(const struct trace_type *type)
{
    static const char *const allowed[] = { "goal_set",
                                           "plan_stated",
                                           "plan_revised",
                                           "prediction_made",
                                           "justification_given",
                                           "explanation_given",
                                           "alternative_discarded",
                                           "reply_criticised",
                                           "reflection_written",
                                           "stuck_declared" };
    for (size_t i = 0; type && i < COUNT_OF(allowed); i++)
        if (strcmp(type->name, allowed[i]) == 0)
            return true;
    return false;
}

/* The two parts of the event while they are filled. */
struct parts {
    const struct trace_type *type;
    struct json_member payload[16], text[16];
    size_t payload_n, text_n;
    const char *misplaced; /* a field the type does not have */
};

static void put(struct parts *p, const char *key, struct json v)
{
    if (trace_type_has(p->type, false, key))
        p->payload[p->payload_n++] = (struct json_member){ str_of(key), v };
    else if (trace_type_has(p->type, true, key))
        p->text[p->text_n++] = (struct json_member){ str_of(key), v };
    else
        p->misplaced = key;
}

static void put_text(struct parts *p, const char *key, struct str s)
{
    if (s.ptr)
        put(p, key, (struct json){ .type = JS_TEXT, .s = s });
}

static void put_int(struct parts *p, const char *key, int64_t v)
{
    if (v != API_ABSENT)
        put(p, key, (struct json){ .type = JS_INT, .i = v });
}

static void put_texts(struct parts *p, const char *key, const struct api_texts *list,
                      struct arena *a)
{
    if (!list->items)
        return;
    struct json *items = ARENA_ARRAY(a, struct json, list->n);
    for (size_t i = 0; i < list->n; i++)
        items[i] = (struct json){ .type = JS_TEXT, .s = list->items[i] };
    put(p, key, (struct json){ .type = JS_LIST, .count = list->n, .items = items });
}

/* A prediction is "pass" or "fail", or free text: then it belongs to the text part. */
static void put_expected(struct parts *p, struct str s)
{
    struct json v = { .type = JS_TEXT, .s = s };
    bool word = str_is(s, "pass") || str_is(s, "fail");
    if (s.ptr && !word && trace_type_has(p->type, true, "expected"))
        p->text[p->text_n++] = (struct json_member){ STR("expected"), v };
    else
        put_text(p, "expected", s);
}

static void fill(struct parts *p, const struct thought *in, struct arena *a)
{
    put_text(p, "text", in->text);
    put_text(p, "reason", in->reason);
    put_text(p, "about", in->about);
    put_expected(p, in->expected);
    put_text(p, "why", in->why);
    put_text(p, "turn", in->turn);
    put_text(p, "verdict", in->verdict);
    put_text(p, "how_checked", in->how_checked);
    put_text(p, "alternative", in->alternative);
    put_texts(p, "steps", &in->steps, a);
    put_texts(p, "answers", &in->answers, a);
    put_int(p, "confidence", in->confidence);
    put_int(p, "confidence_before", in->confidence_before);
    put_int(p, "confidence_after", in->confidence_after);
}

struct thinking {
    struct sessions *s;
    const struct session *session;
    struct parts *parts;
    struct str event_id;
    struct trace_mark mark;
};

/* A prediction names the code it speaks about. */
static enum err name_snapshot(struct thinking *t, struct db_tx *tx, struct fail *f)
{
    struct arena *a = db_tx_arena(tx);
    struct code code;
    struct str snapshot;
    int64_t rev = 0;
    TRY(session_draft(db_tx_conn(tx), db_tx_tenant(tx), t->session->id, a, &code, &snapshot, &rev,
                      f));
    TRY(session_snapshot(t->s, tx, t->session, &code, "autosave", &snapshot, f));
    t->parts->payload[t->parts->payload_n++] =
        (struct json_member){ STR("snapshot"), { .type = JS_TEXT, .s = snapshot } };
    return ERR_OK;
}

static enum err think_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct thinking *t = arg;
    struct parts p = *t->parts; /* the unit may run again */
    struct thinking now = *t;
    now.parts = &p;
    TRY(session_work(t->s, tx, t->session, f));
    if (trace_type_has(p.type, false, "snapshot"))
        TRY(name_snapshot(&now, tx, f));
    const struct json payload = { .type = JS_OBJECT, .count = p.payload_n, .members = p.payload };
    const struct json text = { .type = JS_OBJECT, .count = p.text_n, .members = p.text };
    TRY(session_event(t->s, tx, t->session,
                      &(struct trace_new){ .id = t->event_id,
                                           .type = p.type->name,
                                           .actor = ACTOR_STUDENT,
                                           .client_at = INT64_MIN,
                                           .payload = &payload,
                                           .text = p.text_n ? &text : NULL },
                      &t->mark, f));
    return session_touch(t->s, tx, t->session, f);
}

enum err session_think(struct sessions *s, const struct session *session, const struct thought *in,
                       struct arena *a, struct str *event_id, int64_t *seq, struct fail *f)
{
    struct parts *p = ARENA_NEW(a, struct parts);
    p->type = trace_type_named(in->type);
    if (!thought_type_ok(p->type))
        return FAIL(f, ERR_INPUT, "event.not_yours", "type %.*s", STR_ARG(in->type));
    fill(p, in, a);
    if (p->misplaced)
        return FAIL(f, ERR_INPUT, "event.schema", "%s does not belong to %s", p->misplaced,
                    p->type->name);
    struct thinking t = {
        .s = s, .session = session, .parts = p, .event_id = env_id(s->conf.env, a)
    };
    TRY(db_write(s->conf.db, s->conf.tenant, think_unit, &t, f));
    *event_id = t.event_id;
    *seq = t.mark.seq;
    return ERR_OK;
}
