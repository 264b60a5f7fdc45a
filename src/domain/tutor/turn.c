#include "base/fold.h"
#include "base/num.h"
#include "domain/tutor/turn_priv.h"

/* The student's side of a turn: asking, cancelling, rating. */

struct str turn_stream(struct str id, struct arena *a)
{
    return arena_fmt(a, "turn:%.*s", STR_ARG(id));
}

enum err turn_event_put(struct tutor *t, struct db_tx *tx, const struct session *s,
                        const struct turn_event *e, struct fail *f)
{
    struct arena *a = db_tx_arena(tx);
    const struct json payload = { .type = JS_OBJECT, .count = e->count, .members = e->members };
    const struct json_member part = member_text(e->text_key, e->text);
    const struct json text = { .type = JS_OBJECT, .count = 1, .members = &part };
    struct trace_new row = {
        .type = e->type, .actor = e->actor, .payload = &payload, .text = e->text.ptr ? &text : NULL
    };
    if (e->prompt_hash)
        row.prompt_hash = hash_hex(a, e->prompt_hash);
    if (e->policy_hash)
        row.policy_hash = hash_hex(a, e->policy_hash);
    return session_note(t->conf.sessions, tx, s, &row, f);
}

/* --- asking --- */

struct beginning {
    struct tutor *t;
    const struct session *s;
    const struct turn_in *in;
    struct code code;
    struct turn_row row;
    struct intent_result intent;
};

static enum err prompt_sent(struct beginning *b, struct db_tx *tx, struct fail *f)
{
    const struct json_member members[] = {
        member_text(STR("turn"), b->row.id),
        member_text(STR("snapshot"), b->row.snapshot_id),
        member_text(STR("intent"), str_of(intent_name(b->intent.intent))),
        member_int(STR("confidence_e6"), (int64_t)(b->intent.confidence * 1e6)),
    };
    const struct turn_event e = { .type = "prompt_sent",
                                  .actor = ACTOR_STUDENT,
                                  .members = members,
                                  .count = COUNT_OF(members),
                                  .text_key = STR("text"),
                                  .text = b->row.text,
                                  .policy_hash = &b->row.policy_hash };
    TRY(turn_event_put(b->t, tx, b->s, &e, f));
    if (!str_is(b->row.kind, "hint"))
        return ERR_OK;
    const struct turn_event hint = {
        .type = "hint_requested", .actor = ACTOR_STUDENT, .members = members, .count = 1
    };
    return turn_event_put(b->t, tx, b->s, &hint, f);
}

static struct str job_payload(const struct beginning *b, struct arena *a)
{
    if (b->in->rung == API_ABSENT)
        return arena_fmt(a, "{\"lang\":\"%.*s\"}", STR_ARG(b->in->lang));
    return arena_fmt(a, "{\"lang\":\"%.*s\",\"rung\":%lld}", STR_ARG(b->in->lang),
                     (long long)b->in->rung);
}

static enum err begin_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct beginning *b = arg;
    struct arena *a = db_tx_arena(tx);
    bool open = false;
    struct str job_id;
    TRY(session_work(b->t->conf.sessions, tx, b->s, f));
    TRY(turn_db_open(db_tx_conn(tx), db_tx_tenant(tx), b->s->id, &open, f));
    if (open)
        return FAIL(f, ERR_CONFLICT, "turn.busy", "a turn of this session is open");
    TRY(session_snapshot(b->t->conf.sessions, tx, b->s, &b->code, "turn", &b->row.snapshot_id, f));
    b->row.created_at = env_now(b->t->conf.env);
    enum err inserted = turn_db_insert(tx, &b->row, f);
    if (inserted == ERR_CONFLICT) /* PostgreSQL: another question came between look and insert */
        return FAIL(f, ERR_CONFLICT, "turn.busy", "a turn of this session was first");
    TRY(inserted);
    TRY(turn_db_label(tx, b->row.id, str_of(intent_name(b->intent.intent)), b->intent.confidence,
                      b->row.created_at, f));
    TRY(prompt_sent(b, tx, f));
    const struct job_new job = { .kind = "tutor.reply",
                                 .payload = job_payload(b, a),
                                 .target_kind = STR("turn"),
                                 .target_id = b->row.id,
                                 .unique = b->row.id,
                                 .priority = JOB_FIRST };
    TRY(jobs_add(b->t->conf.jobs, tx, &job, a, &job_id, f));
    return session_touch(b->t->conf.sessions, tx, b->s, f);
}

static enum err limits(struct tutor *t, struct db_conn *c, const struct session *s,
                       const struct policy *p, struct fail *f)
{
    int64_t hour = 0, all = 0, now = env_now(t->conf.env);
    TRY(turn_db_since(c, t->conf.tenant, s->id, now - INT64_C(3600) * US_PER_S, &hour, f));
    TRY(turn_db_since(c, t->conf.tenant, s->id, 0, &all, f));
    if (hour < p->turns_per_hour && all < p->turns_per_exercise)
        return ERR_OK;
    bool hourly = hour >= p->turns_per_hour;
    enum err e =
        FAIL(f, ERR_LIMIT, "limit.rate", "tutor.turns_per_%s", hourly ? "hour" : "exercise");
    f->retry_after_s = hourly ? 600 : 3600;
    return e;
}

enum err turn_begin(struct tutor *t, struct db_conn *c, const struct session *s,
                    const struct turn_in *in, struct arena *a, struct str *id, struct fail *f)
{
    struct policy policy;
    struct str snapshot;
    int64_t rev = 0;
    struct beginning b = { .t = t, .s = s, .in = in };
    TRY(session_policy(c, t->conf.tenant, s, a, &policy, f));
    if (!policy.ai_enabled || !policy.tutor_on)
        return FAIL(f, ERR_FORBIDDEN, "policy.ai_disabled", "ai.enabled or tutor.mode is off");
    TRY(limits(t, c, s, &policy, f));
    TRY(session_draft(c, t->conf.tenant, s->id, a, &b.code, &snapshot, &rev, f));
    b.row = (struct turn_row){ .id = env_id(t->conf.env, a),
                               .session_id = s->id,
                               .kind = in->kind,
                               .text = text_nfc(a, in->text),
                               .policy_hash = policy_hash(&policy) };
    b.intent = classify(b.row.text, a);
    *id = b.row.id;
    return db_write(t->conf.db, t->conf.tenant, begin_unit, &b, f);
}

/* --- cancelling --- */

struct ending {
    struct tutor *t;
    const struct session *s;
    struct str id, useful, note;
};

static enum err cancel_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct ending *e = arg;
    struct arena *a = db_tx_arena(tx);
    struct turn_row row;
    const struct json_member members[] = { member_text(STR("turn"), e->id),
                                           member_text(STR("cause"), STR("student")) };
    const struct turn_event event = { .type = "reply_interrupted",
                                      .actor = ACTOR_STUDENT,
                                      .members = members,
                                      .count = COUNT_OF(members) };
    row = (struct turn_row){ .id = e->id,
                             .state = STR("cancelled"),
                             .rung = API_ABSENT,
                             .first_token_ms = API_ABSENT,
                             .total_ms = API_ABSENT,
                             .done_at = env_now(e->t->conf.env) };
    TRY(turn_db_finish(tx, &row, f));
    TRY(turn_event_put(e->t, tx, e->s, &event, f));
    TRY(turn_db_get(db_tx_conn(tx), db_tx_tenant(tx), e->id, a, &row, f));
    struct str data = arena_fmt(a, "{\"turn\":%.*s}", STR_ARG(turn_json(&row, a)));
    TRY(hub_publish_tx(e->t->conf.hub, tx, turn_stream(e->id, a), STR("done"), data, f));
    return hub_end_tx(e->t->conf.hub, tx, turn_stream(e->id, a), f);
}

enum err turn_cancel(struct tutor *t, const struct session *s, struct str id, struct fail *f)
{
    struct ending e = { .t = t, .s = s, .id = id };
    return db_write(t->conf.db, t->conf.tenant, cancel_unit, &e, f);
}

/* --- rating --- */

static enum err rate_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct ending *e = arg;
    int64_t rating = str_is(e->useful, "yes") ? 1 : str_is(e->useful, "no") ? -1 : 0;
    const struct json_member members[] = { member_text(STR("turn"), e->id),
                                           member_int(STR("rating"), rating) };
    const struct turn_event event = { .type = "reply_rated",
                                      .actor = ACTOR_STUDENT,
                                      .members = members,
                                      .count = COUNT_OF(members),
                                      .text_key = STR("why"),
                                      .text = e->note.len ? e->note : (struct str){ 0 } };
    TRY(turn_db_feedback(tx, e->id, e->useful, e->note, f));
    return turn_event_put(e->t, tx, e->s, &event, f);
}

enum err turn_rate(struct tutor *t, const struct session *s, struct str id, struct str useful,
                   struct str note, struct fail *f)
{
    struct ending e = { .t = t, .s = s, .id = id, .useful = useful, .note = note };
    return db_write(t->conf.db, t->conf.tenant, rate_unit, &e, f);
}
