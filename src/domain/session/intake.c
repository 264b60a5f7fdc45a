#include "base/num.h"
#include "domain/session/session_priv.h"

/* Events from the browser (evidence.md A.4): numbered per tab, idempotent, in order, clocks
 * corrected. */

static const int64_t skew_ignored_us = INT64_C(2) * US_PER_S;

struct intake {
    struct sessions *s;
    const struct sender *from;
    struct session row;
    const struct session *session; /* NULL until the unit has read `row` */
    const struct batch *in;
    struct arena *a;
    struct batch_result *out;
    int64_t received, skew, last_client_at;
    struct draft draft;
    bool draft_loaded;
    struct trace_mark newest; /* of this batch; seq 0 = nothing appended */
    int64_t acted_at;         /* newest act of the student; 0 = none */
};

static enum err window_check(const struct intake *k, struct fail *f)
{
    const struct session *s = k->session;
    if (!str_is(s->state, "closed") && !str_is(s->state, "abandoned"))
        return ERR_OK;
    int64_t end = s->ended_at == API_ABSENT ? s->active_at : s->ended_at;
    if (k->received - end <= (int64_t)LATE_HOURS * 3600 * US_PER_S)
        return ERR_OK;
    return FAIL(f, ERR_CONFLICT, "state.transition", "the session ended more than %d hours ago",
                LATE_HOURS);
}

static int64_t corrected(struct intake *k, int64_t client_at)
{
    bool shift = k->skew > skew_ignored_us || k->skew < -skew_ignored_us;
    int64_t at = client_at;
    if (shift && !i64_add(client_at, k->skew, &at))
        at = k->received;
    at = i64_clamp(at, k->last_client_at, i64_max(k->received, k->last_client_at));
    k->last_client_at = at;
    return at;
}

static void refuse(struct intake *k, size_t i, const char *code)
{
    k->out->refused[k->out->refused_count++] = (struct refusal){ num_i64(i), str_of(code) };
}

/* What the browser may not send, or sends wrongly, is refused one by one; the rest of the batch
 * goes on. */
static const char *event_problem(const struct intake *k, const struct batch_event *e,
                                 struct fail *f)
{
    const struct trace_type *type = trace_type_named(e->type);
    if (!type)
        return "event.unknown_type";
    if (!(type->emitters & EMIT_BROWSER))
        return "event.not_yours";
    if (!id_valid(e->event_id))
        return "event.schema";
    if (!e->payload.dom || trace_check(type, e->payload.dom, e->text.dom, f))
        return "event.schema";
    if (e->client_at < k->session->opened_at - INT64_C(600) * US_PER_S)
        return "event.before_session";
    return NULL;
}

static enum trace_actor actor_of(const struct trace_type *type)
{
    return type->actors & (1u << ACTOR_STUDENT) ? ACTOR_STUDENT : ACTOR_SYSTEM;
}

static enum err append(struct intake *k, struct db_tx *tx, const struct trace_new *e,
                       struct trace_mark *mark, struct fail *f)
{
    TRY(session_append(k->s, tx, k->session, e, mark, f));
    if (mark->repeated)
        return ERR_OK;
    k->newest = *mark;
    if (e->actor == ACTOR_STUDENT)
        k->acted_at = mark->at;
    return ERR_OK;
}

static enum err gap_event(struct intake *k, struct db_tx *tx, int64_t from_rev, const char *cause,
                          struct fail *f)
{
    const struct json_member members[] = {
        { STR("from_rev"), { .type = JS_INT, .i = from_rev } },
        { STR("to_rev"), { .type = JS_INT, .i = k->draft.rev } },
        { STR("cause"), { .type = JS_TEXT, .s = str_of(cause) } },
    };
    const struct json payload = { .type = JS_OBJECT,
                                  .count = COUNT_OF(members),
                                  .members = members };
    const struct trace_new event = { .id = env_id(k->s->conf.env, db_tx_arena(tx)),
                                     .type = "trace_gap",
                                     .actor = ACTOR_SYSTEM,
                                     .client_at = INT64_MIN,
                                     .payload = &payload };
    struct trace_mark mark;
    return append(k, tx, &event, &mark, f);
}

static enum err follow_edit(struct intake *k, struct db_tx *tx, const struct batch_event *e,
                            struct fail *f)
{
    struct arena *a = db_tx_arena(tx);
    int64_t before = k->draft.rev;
    const char *cause = draft_follow(&k->draft, a, e->payload.dom, e->text.dom);
    return cause ? gap_event(k, tx, before, cause, f) : ERR_OK;
}

static enum err take_event(struct intake *k, struct db_tx *tx, size_t i,
                           const struct batch_event *e, struct fail *f)
{
    struct trace_mark mark;
    const struct trace_type *type = trace_type_named(e->type);
    const struct trace_new event = { .id = e->event_id,
                                     .type = type->name,
                                     .actor = actor_of(type),
                                     .client_at = corrected(k, e->client_at),
                                     .payload = e->payload.dom,
                                     .text = e->text.dom };
    bool edit = strcmp(type->name, "code_edited") == 0;
    if (edit && !k->draft_loaded) {
        TRY(draft_load(db_tx_conn(tx), db_tx_tenant(tx), k->session->id, db_tx_arena(tx), &k->draft,
                       f));
        k->draft_loaded = true;
    }
    enum err err = append(k, tx, &event, &mark, f);
    if (err == ERR_CONFLICT && strcmp(f->hint, "event.id_reused") == 0) {
        refuse(k, i, "event.id_reused");
        return ERR_OK;
    }
    TRY(err);
    if (mark.repeated) {
        k->out->duplicates++;
        return ERR_OK;
    }
    k->out->accepted++;
    return edit ? follow_edit(k, tx, e, f) : ERR_OK;
}

static enum err sequence_check(struct intake *k, struct db_tx *tx, int64_t *last, struct fail *f)
{
    TRY(session_db_client(db_tx_conn(tx), db_tx_tenant(tx), k->session->id, k->in->client, last,
                          f));
    if (k->in->first <= *last + 1)
        return ERR_OK;
    k->out->expected = *last + 1;
    return FAIL(f, ERR_CONFLICT, "event.gap", "first is %lld, expected %lld",
                (long long)k->in->first, (long long)k->out->expected);
}

/* What the batch leaves beside its events: who is active, how far the tab and the chain are. */
static enum err finish(struct intake *k, struct db_tx *tx, int64_t last_seq, struct fail *f)
{
    if (k->acted_at)
        TRY(session_db_active(tx, k->session->id, k->acted_at, f));
    TRY(session_db_client_set(tx, k->session->id, k->in->client, last_seq, k->skew, f));
    k->out->head = (struct trace_head){ k->newest.seq, k->newest.hash, k->newest.at };
    if (!k->newest.seq)
        TRY(trace_head_of(db_tx_conn(tx), db_tx_tenant(tx), k->session->id, k->a, &k->out->head,
                          f));
    return session_touch(k->s, tx, k->session, f);
}

static enum err intake_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct intake *k = arg;
    const struct batch_event *events = k->in->events.items;
    struct refusal *refused = k->out->refused;
    int64_t last = 0;
    /* the unit may run again: start from nothing */
    *k->out = (struct batch_result){ .refused = refused };
    TRY(session_of_owner(db_tx_conn(tx), k->from->user, k->from->session_id, k->a, &k->row, f));
    k->session = &k->row;
    TRY(window_check(k, f));
    k->last_client_at = k->session->opened_at;
    k->draft_loaded = false;
    k->newest = (struct trace_mark){ 0 };
    k->acted_at = 0;
    TRY(sequence_check(k, tx, &last, f));
    for (size_t i = 0; i < k->in->events.n; i++) {
        const char *problem = event_problem(k, &events[i], f);
        if (problem)
            refuse(k, i, problem);
        else
            TRY(take_event(k, tx, i, &events[i], f));
    }
    int64_t end = k->in->first + num_i64(k->in->events.n) - 1;
    return finish(k, tx, i64_max(end, last), f);
}

enum err session_intake(struct sessions *s, const struct sender *from, const struct batch *in,
                        struct arena *a, struct batch_result *out, struct fail *f)
{
    struct intake k = {
        .s = s, .from = from, .in = in, .a = a, .out = out, .received = env_now(s->conf.env)
    };
    *out = (struct batch_result){ .refused = ARENA_ARRAY(a, struct refusal, in->events.n) };
    k.skew = k.received - in->client_now;
    return db_write(s->conf.db, s->conf.tenant, intake_unit, &k, f);
}
