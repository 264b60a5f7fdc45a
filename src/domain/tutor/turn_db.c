#include "domain/tutor/turn_priv.h"

enum { TURNS_MAX = 200 };

#define TURN_COLUMNS                                                                               \
    "id, session_id, kind, state, text, snapshot_id, reply, source, citations, gate, useful, "     \
    "seq, "                                                                                        \
    "rung, degraded, first_token_ms, total_ms, created_at, done_at FROM turns "

static const struct db_query next_seq = {
    "turn.next_seq",
    "SELECT coalesce(max(seq), 0) + 1 FROM turns WHERE tenant_id = $1 AND session_id = $2", true, 1
};
static const struct db_query insert = {
    "turn.insert",
    "INSERT INTO turns (tenant_id, id, session_id, seq, kind, text, snapshot_id, citations, gate, "
    "policy_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, '[]', '{}', $8, $9)",
    false, 0
};
static const struct db_query get = { "turn.get",
                                     "SELECT " TURN_COLUMNS "WHERE tenant_id = $1 AND id = $2",
                                     true, 1 };
static const struct db_query list = {
    "turn.list",
    "SELECT " TURN_COLUMNS "WHERE tenant_id = $1 AND session_id = $2 ORDER BY seq LIMIT 200", true,
    TURNS_MAX
};
static const struct db_query recent = {
    "turn.recent",
    "SELECT gate FROM turns WHERE tenant_id = $1 AND session_id = $2 ORDER BY seq DESC LIMIT 6",
    true, RECENT_TURNS + 1
};
static const struct db_query is_open = {
    "turn.open",
    "SELECT count(*) FROM turns WHERE tenant_id = $1 AND session_id = $2 AND state IN ('queued', "
    "'running', 'streaming')",
    true, 1
};
static const struct db_query since = {
    "turn.since",
    "SELECT count(*) FROM turns WHERE tenant_id = $1 AND session_id = $2 AND created_at > $3", true,
    1
};
static const struct db_query set_state = {
    "turn.state",
    "UPDATE turns SET state = $3 WHERE tenant_id = $1 AND id = $2 AND state IN ('queued', "
    "'running', 'streaming')",
    true, 0
};
static const struct db_query finish = {
    "turn.finish",
    "UPDATE turns SET state = $3, reply = $4, rung = $5, source = $6, citations = $7, gate = $8, "
    "degraded = $9, first_token_ms = $10, total_ms = $11, done_at = $12 WHERE tenant_id = $1 AND "
    "id = $2 AND state IN ('queued', 'running', 'streaming')",
    true, 0
};
static const struct db_query feedback = {
    "turn.feedback",
    "UPDATE turns SET useful = $3, feedback_note = $4 WHERE tenant_id = $1 AND id = $2", true, 0
};
static const struct db_query label = {
    "turn.label",
    "INSERT INTO turn_labels (tenant_id, turn_id, label, kind, confidence, spans, model_version, "
    "created_at) VALUES ($1, $2, $3, 'intent', $4, '[]', '" TUTOR_INTENT_VERSION "', $5)",
    false, 0
};
static const struct db_query hint_last = {
    "turn.hint_last",
    "SELECT fault, turn_id, shown, rung, updated_at FROM hint_states WHERE tenant_id = $1 AND "
    "user_id = $2 AND exercise_id = $3 ORDER BY updated_at DESC LIMIT 1",
    true, 1
};
static const struct db_query hint_put = {
    "turn.hint_put",
    "INSERT INTO hint_states (tenant_id, user_id, exercise_id, fault, rung, reason, shown, "
    "turn_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) ON CONFLICT "
    "(tenant_id, user_id, exercise_id, fault) DO UPDATE SET rung = $5, reason = $6, shown = $7, "
    "turn_id = $8, updated_at = $9, rev = hint_states.rev + 1",
    false, 0
};
static const struct db_query disclosed = {
    "turn.disclosed",
    "SELECT disclosed_e6, hints FROM disclosures WHERE tenant_id = $1 AND user_id = $2 AND "
    "exercise_id = $3",
    true, 1
};
static const struct db_query disclose = {
    "turn.disclose",
    "INSERT INTO disclosures (tenant_id, user_id, exercise_id, disclosed_e6, hints, created_at, "
    "updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (tenant_id, user_id, exercise_id) "
    "DO UPDATE SET disclosed_e6 = disclosures.disclosed_e6 + $4, hints = disclosures.hints + $5, "
    "updated_at = $6, rev = disclosures.rev + 1",
    false, 0
};
static const struct db_query probe = {
    "turn.probe",
    "INSERT INTO probes (tenant_id, id, session_id, snapshot_id, turn_id, vector, witness, "
    "outcome, wall_ms, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    false, 0
};
static const struct db_query finding = {
    "turn.finding",
    "INSERT INTO gate_findings (tenant_id, id, turn_id, rule, action, similarity_e6, span_hash, "
    "ms, detail, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '{}', $9)",
    false, 0
};

const struct db_query *const turn_db_queries[] = {
    &next_seq, &insert, &get,       &list,     &recent,    &is_open,  &since, &set_state, &finish,
    &feedback, &label,  &hint_last, &hint_put, &disclosed, &disclose, &probe, &finding,   NULL
};

enum err turn_db_insert(struct db_tx *tx, struct turn_row *t, struct fail *f)
{
    struct str tenant = db_tx_tenant(tx);
    TRY(db_one_int(db_tx_conn(tx), &next_seq, DB_ARGS(db_text(tenant), db_text(t->session_id)),
                   &t->seq, f));
    return db_exec(tx, &insert,
                   DB_ARGS(db_text(tenant), db_text(t->id), db_text(t->session_id), db_int(t->seq),
                           db_text(t->kind), db_text(t->text), db_text(t->snapshot_id),
                           db_bytes(hash_bytes(&t->policy_hash)), db_int(t->created_at)),
                   NULL, f);
}

static void turn_of_row(const struct db_rows *r, size_t i, struct turn_row *t)
{
    *t = (struct turn_row){ .id = db_cell_text(r, i, 0),
                            .session_id = db_cell_text(r, i, 1),
                            .kind = db_cell_text(r, i, 2),
                            .state = db_cell_text(r, i, 3),
                            .text = db_cell_text(r, i, 4),
                            .snapshot_id = db_cell_text(r, i, 5),
                            .reply = db_cell_text(r, i, 6),
                            .source = db_cell_text(r, i, 7),
                            .citations = db_cell_text(r, i, 8),
                            .gate = db_cell_text(r, i, 9),
                            .useful = db_cell_text(r, i, 10),
                            .seq = db_cell_int(r, i, 11),
                            .rung = db_cell_int(r, i, 12),
                            .degraded = db_cell_int(r, i, 13),
                            .first_token_ms = db_cell_int(r, i, 14),
                            .total_ms = db_cell_int(r, i, 15),
                            .created_at = db_cell_int(r, i, 16),
                            .done_at = db_cell_int(r, i, 17) };
}

enum err turn_db_get(struct db_conn *c, struct str tenant, struct str id, struct arena *a,
                     struct turn_row *out, struct fail *f)
{
    struct db_rows r;
    TRY(db_one(c, &get, DB_ARGS(db_text(tenant), db_text(id)), a, &r, f));
    turn_of_row(&r, 0, out);
    return ERR_OK;
}

enum err turn_db_list(struct db_conn *c, struct str tenant, struct str session_id, struct arena *a,
                      struct turn_row **out, size_t *n, struct fail *f)
{
    struct db_rows r;
    TRY(db_all(c, &list, DB_ARGS(db_text(tenant), db_text(session_id)), a, &r, f));
    *n = r.rows;
    *out = ARENA_ARRAY(a, struct turn_row, r.rows);
    for (size_t i = 0; i < r.rows; i++)
        turn_of_row(&r, i, &(*out)[i]);
    return ERR_OK;
}

enum err turn_db_recent(struct db_conn *c, struct str tenant, struct str session_id,
                        struct arena *a, struct str **out, size_t *n, struct fail *f)
{
    struct db_rows r;
    TRY(db_all(c, &recent, DB_ARGS(db_text(tenant), db_text(session_id)), a, &r, f));
    *n = r.rows;
    *out = ARENA_ARRAY(a, struct str, r.rows);
    for (size_t i = 0; i < r.rows; i++)
        (*out)[i] = db_cell_text(&r, i, 0);
    return ERR_OK;
}

enum err turn_db_open(struct db_conn *c, struct str tenant, struct str session_id, bool *open,
                      struct fail *f)
{
    int64_t n = 0;
    TRY(db_one_int(c, &is_open, DB_ARGS(db_text(tenant), db_text(session_id)), &n, f));
    *open = n > 0;
    return ERR_OK;
}

enum err turn_db_since(struct db_conn *c, struct str tenant, struct str session_id, int64_t from,
                       int64_t *n, struct fail *f)
{
    return db_one_int(c, &since, DB_ARGS(db_text(tenant), db_text(session_id), db_int(from)), n, f);
}

static enum err must_change(int64_t changed, struct fail *f)
{
    return changed ? ERR_OK : FAIL(f, ERR_CONFLICT, "state.transition", "the turn has ended");
}

enum err turn_db_state(struct db_tx *tx, struct str id, const char *to, struct fail *f)
{
    int64_t changed = 0;
    TRY(db_exec(tx, &set_state,
                DB_ARGS(db_text(db_tx_tenant(tx)), db_text(id), db_text(str_of(to))), &changed, f));
    return must_change(changed, f);
}

enum err turn_db_finish(struct db_tx *tx, const struct turn_row *t, struct fail *f)
{
    int64_t changed = 0;
    TRY(db_exec(tx, &finish,
                DB_ARGS(db_text(db_tx_tenant(tx)), db_text(t->id), db_text(t->state),
                        db_text_opt(t->reply), db_int_opt(t->rung), db_text_opt(t->source),
                        db_text(t->citations.ptr ? t->citations : STR("[]")),
                        db_text(t->gate.ptr ? t->gate : STR("{}")), db_int(t->degraded),
                        db_int_opt(t->first_token_ms), db_int_opt(t->total_ms), db_int(t->done_at)),
                &changed, f));
    return must_change(changed, f);
}

enum err turn_db_feedback(struct db_tx *tx, struct str id, struct str useful, struct str note,
                          struct fail *f)
{
    return db_exec(
        tx, &feedback,
        DB_ARGS(db_text(db_tx_tenant(tx)), db_text(id), db_text(useful), db_text_opt(note)), NULL,
        f);
}

enum err turn_db_label(struct db_tx *tx, struct str turn_id, struct str word, double confidence,
                       int64_t now, struct fail *f)
{
    return db_exec(tx, &label,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(turn_id), db_text(word),
                           db_real(confidence), db_int(now)),
                   NULL, f);
}

enum err turn_db_hint_last(struct db_conn *c, struct str tenant, const struct session *s,
                           struct arena *a, struct hint_row *out, struct fail *f)
{
    struct db_rows r;
    TRY(db_one(c, &hint_last,
               DB_ARGS(db_text(tenant), db_text(s->user_id), db_text(s->exercise_id)), a, &r, f));
    *out =
        (struct hint_row){ db_cell_text(&r, 0, 0), db_cell_text(&r, 0, 1), db_cell_text(&r, 0, 2),
                           db_cell_int(&r, 0, 3), db_cell_int(&r, 0, 4) };
    return ERR_OK;
}

enum err turn_db_hint_put(struct db_tx *tx, const struct session *s, const struct hint_row *h,
                          struct str reason, struct fail *f)
{
    return db_exec(tx, &hint_put,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(s->user_id), db_text(s->exercise_id),
                           db_bytes(h->fault), db_int(h->rung), db_text(reason), db_text(h->shown),
                           db_text(h->turn_id), db_int(h->updated_at)),
                   NULL, f);
}

enum err turn_db_disclosed(struct db_conn *c, struct str tenant, const struct session *s,
                           int64_t *disclosed_e6, int64_t *hints, struct fail *f)
{
    AUTO_ARENA a = { 0 };
    struct db_rows r;
    *disclosed_e6 = *hints = 0;
    TRY(db_all(c, &disclosed,
               DB_ARGS(db_text(tenant), db_text(s->user_id), db_text(s->exercise_id)), &a, &r, f));
    if (!r.rows)
        return ERR_OK;
    *disclosed_e6 = db_cell_int(&r, 0, 0);
    *hints = db_cell_int(&r, 0, 1);
    return ERR_OK;
}

enum err turn_db_disclose(struct db_tx *tx, const struct session *s, int64_t disclosed_e6,
                          int64_t hints, int64_t now, struct fail *f)
{
    return db_exec(tx, &disclose,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(s->user_id), db_text(s->exercise_id),
                           db_int(disclosed_e6), db_int(hints), db_int(now)),
                   NULL, f);
}

enum err turn_db_probe(struct db_tx *tx, const struct probe_row *p, struct fail *f)
{
    return db_exec(tx, &probe,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(p->id), db_text(p->session_id),
                           db_text(p->snapshot_id), db_text(p->turn_id), db_text(p->vector),
                           db_text_opt(p->witness), db_text(str_of(p->outcome)), db_int(p->wall_ms),
                           db_int(p->now)),
                   NULL, f);
}

enum err turn_db_finding(struct db_tx *tx, const struct finding_row *g, struct str id, int64_t now,
                         struct fail *f)
{
    return db_exec(tx, &finding,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(id), db_text(g->turn_id),
                           db_text(str_of(g->rule)), db_text(str_of(g->action)),
                           db_int(g->similarity_e6), db_bytes(hash_bytes(&g->span)), db_int(g->ms),
                           db_int(now)),
                   NULL, f);
}
