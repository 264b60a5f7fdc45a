#pragma once
/* Turns: rows, shapes and what the route, the job and the store share. */
#include "domain/tutor/tutor_priv.h"

struct turn_row {
    struct str id, session_id, kind, state, text, snapshot_id, reply, source, citations /* JSON */,
        gate /* JSON: why, see why_json */, useful;
    struct hash policy_hash;
    int64_t seq, rung, degraded, first_token_ms, total_ms, created_at, done_at;
};
/* The newest hint on an exercise, of any fault. */
struct hint_row {
    struct str fault; /* 32 bytes */
    struct str turn_id, shown /* JSON */;
    int64_t rung, updated_at;
};
struct finding_row {
    struct str turn_id;
    const char *rule, *action;
    int64_t similarity_e6, ms;
    struct hash span;
};

/* --- turn_db.c --- */
enum err turn_db_insert(struct db_tx *tx, struct turn_row *t, struct fail *f); /* fills seq */
enum err turn_db_get(struct db_conn *c, struct str tenant, struct str id, struct arena *a,
                     struct turn_row *out, struct fail *f);
enum err turn_db_list(struct db_conn *c, struct str tenant, struct str session_id, struct arena *a,
                      struct turn_row **out, size_t *n, struct fail *f);
/* `why` of the last turns of a session, newest first. */
enum err turn_db_recent(struct db_conn *c, struct str tenant, struct str session_id,
                        struct arena *a, struct str **out, size_t *n, struct fail *f);
enum err turn_db_open(struct db_conn *c, struct str tenant, struct str session_id, bool *open,
                      struct fail *f);
enum err turn_db_since(struct db_conn *c, struct str tenant, struct str session_id, int64_t from,
                       int64_t *n, struct fail *f);
/* ERR_CONFLICT (state.transition): the turn has ended. */
enum err turn_db_state(struct db_tx *tx, struct str id, const char *to, struct fail *f);
enum err turn_db_finish(struct db_tx *tx, const struct turn_row *t, struct fail *f);
enum err turn_db_feedback(struct db_tx *tx, struct str id, struct str useful, struct str note,
                          struct fail *f);
enum err turn_db_label(struct db_tx *tx, struct str turn_id, struct str word, double confidence,
                       int64_t now, struct fail *f);
enum err turn_db_hint_last(struct db_conn *c, struct str tenant, const struct session *s,
                           struct arena *a, struct hint_row *out, struct fail *f);
enum err turn_db_hint_put(struct db_tx *tx, const struct session *s, const struct hint_row *h,
                          struct str reason, struct fail *f);
enum err turn_db_disclosed(struct db_conn *c, struct str tenant, const struct session *s,
                           int64_t *disclosed_e6, int64_t *hints, struct fail *f);
/* Adds to both. */
enum err turn_db_disclose(struct db_tx *tx, const struct session *s, int64_t disclosed_e6,
                          int64_t hints, int64_t now, struct fail *f);
struct probe_row {
    struct str id, session_id, snapshot_id, turn_id, vector, witness /* ptr NULL */;
    const char *outcome;
    int64_t wall_ms, now;
};
enum err turn_db_probe(struct db_tx *tx, const struct probe_row *p, struct fail *f);
enum err turn_db_finding(struct db_tx *tx, const struct finding_row *g, struct str id, int64_t now,
                         struct fail *f);

/* --- turn.c --- */
struct turn_in {
    struct str kind, text;
    int64_t rung; /* API_ABSENT */
    struct str lang;
};
/* Records what was asked and queues the reply; both or neither. *id in `a`. ERR_FORBIDDEN
 * policy.ai_disabled · ERR_CONFLICT turn.busy · ERR_LIMIT limit.rate */
enum err turn_begin(struct tutor *t, struct db_conn *c, const struct session *s,
                    const struct turn_in *in, struct arena *a, struct str *id, struct fail *f);
/* By the student. ERR_CONFLICT (state.transition): it has ended. */
enum err turn_cancel(struct tutor *t, const struct session *s, struct str id, struct fail *f);
enum err turn_rate(struct tutor *t, const struct session *s, struct str id, struct str useful,
                   struct str note, struct fail *f);
/* Appends one event of the turn; payload's first member is the turn. */
struct turn_event {
    const char *type;
    enum trace_actor actor;
    const struct json_member *members;
    size_t count;
    struct str text_key, text; /* ptr NULL: no text part */
    const struct hash *prompt_hash, *policy_hash;
};
enum err turn_event_put(struct tutor *t, struct db_tx *tx, const struct session *s,
                        const struct turn_event *e, struct fail *f);
static inline struct json_member member_text(struct str key, struct str v)
{
    return (struct json_member){ key, { .type = JS_TEXT, .s = v } };
}
static inline struct json_member member_int(struct str key, int64_t v)
{
    return (struct json_member){ key, { .type = JS_INT, .i = v } };
}
struct str turn_stream(struct str id, struct arena *a);

/* --- turn_api.c --- */
/* The turn as JSON, at most 16 000 bytes: its own text is cut when it is very long. */
struct str turn_json(const struct turn_row *t, struct arena *a);

/* --- history.c: what came before this turn --- */
struct history {
    struct ladder_in ladder;  /* complete but for `asked` */
    struct str last_turn;     /* of the last hint; ptr NULL */
    const struct str *recent; /* wordings used lately */
    size_t recent_count;
};
enum err history_load(struct tutor *t, struct db_conn *c, const struct session *s,
                      const struct analysis *x, struct arena *a, struct history *out,
                      struct fail *f);
/* turns.gate: {"lang","reason","move","keys":[],"facts":[{id,kind,text}],"actions":[]} */
struct str why_json(const struct answer *answer, const struct ladder_out *ladder, enum variant v,
                    struct arena *a);

/* Every statement of turn_db.c, NULL at the end: for the test of their plans. */
extern const struct db_query *const turn_db_queries[];
