#include "base/num.h"
#include "domain/trace/trace_priv.h"

enum { PAGE_MAX = 1000 };

#define EVENT_COLUMNS                                                                              \
    "e.id, e.type, e.actor, e.seq, e.at, e.client_at, e.payload, t.text, t.salt, e.text_hash, "    \
    "e.policy_hash, e.prompt_hash, e.formula_hash, e.hash, t.erased_at "                           \
    "FROM trace_events e LEFT JOIN trace_texts t ON t.tenant_id = e.tenant_id AND "                \
    "t.session_id = e.session_id AND t.seq = e.seq WHERE e.tenant_id = $1 AND e.session_id = $2 "

static const struct db_query head_insert = {
    "trace.head_insert",
    "INSERT INTO trace_heads (tenant_id, session_id, next_seq, hash) VALUES ($1, $2, 1, $3)", false,
    0
};
static const struct db_query head_set = {
    "trace.head_set",
    "UPDATE trace_heads SET next_seq = $4, hash = $3, at = $5, levels = levels | $6, pastes = "
    "pastes + $7, "
    "run_seq = CASE WHEN $8 = 1 THEN $4 - 1 ELSE run_seq END, "
    "tests_seq = CASE WHEN $8 = 2 THEN $4 - 1 ELSE tests_seq END, "
    "reply_seq = CASE WHEN $8 = 3 THEN $4 - 1 ELSE reply_seq END, "
    "plan_seq = CASE WHEN $8 = 4 THEN $4 - 1 ELSE plan_seq END, "
    "reflection_seq = CASE WHEN $8 = 5 THEN $4 - 1 ELSE reflection_seq END "
    "WHERE tenant_id = $1 AND session_id = $2 AND next_seq = $4 - 1",
    true, 0
};
#define HEAD_GET                                                                                   \
    "SELECT next_seq, hash, at FROM trace_heads WHERE tenant_id = $1 AND session_id = $2"
static const struct db_query head_get = { "trace.head", HEAD_GET, true, 1 };
/* With the row's lock, so that writers of one session queue here. PostgreSQL alone has the words
 * and the need: on SQLite a unit is the only writer. Not in the table below, as SQLite cannot plan
 * it. */
static const struct db_query head_lock = { "trace.head_lock", HEAD_GET " FOR UPDATE", true, 1 };
static const struct db_query started_get = {
    "trace.started", "SELECT opened_at FROM sessions WHERE tenant_id = $1 AND id = $2", true, 1
};
static const struct db_query by_id = { "trace.by_id", "SELECT " EVENT_COLUMNS "AND e.id = $3", true,
                                       1 };
static const struct db_query page_all = {
    "trace.page", "SELECT " EVENT_COLUMNS "AND e.seq >= $3 ORDER BY e.seq LIMIT $4", true, PAGE_MAX
};
static const struct db_query page_type = {
    "trace.page_type",
    "SELECT " EVENT_COLUMNS "AND e.type = $5 AND e.seq >= $3 ORDER BY e.seq LIMIT $4", true,
    PAGE_MAX
};
static const struct db_query last_of_type = {
    "trace.last", "SELECT " EVENT_COLUMNS "AND e.type = $3 ORDER BY e.seq DESC LIMIT 1", true, 1
};
static const struct db_query counts = {
    "trace.counts",
    "SELECT type, count(*), max(at) FROM trace_events WHERE tenant_id = $1 AND session_id = $2 "
    "GROUP BY type ORDER BY type",
    true, 100
};
static const struct db_query event_insert = {
    "trace.insert",
    "INSERT INTO trace_events (tenant_id, session_id, seq, id, type, actor, at, client_at, "
    "payload, text_hash, policy_hash, "
    "prompt_hash, formula_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
    "$13, $14)",
    false, 0
};
static const struct db_query text_insert = {
    "trace.text_insert",
    "INSERT INTO trace_texts (tenant_id, session_id, seq, text, salt, erased_at) VALUES ($1, $2, "
    "$3, $4, $5, NULL)",
    false, 0
};
static const struct db_query text_erase = {
    "trace.text_erase",
    "UPDATE trace_texts SET text = NULL, salt = NULL, erased_at = $4 WHERE "
    "tenant_id = $1 AND session_id = $2 AND seq = $3 AND erased_at IS NULL",
    true, 0
};
static const struct db_query checkpoints_get = {
    "trace.checkpoints",
    "SELECT seq, signed_at, hash, kind, kid, prev_digest, signature FROM trace_checkpoints WHERE "
    "tenant_id = $1 AND "
    "session_id = $2 ORDER BY seq LIMIT 1000",
    true, 1000
};
static const struct db_query checkpoint_insert = {
    "trace.checkpoint_insert",
    "INSERT INTO trace_checkpoints (tenant_id, session_id, seq, hash, kind, kid, prev_digest, "
    "signed_at, signature) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    false, 0
};

const struct db_query *const trace_db_queries[] = {
    &head_insert,     &head_set,          &head_get, &started_get,  &by_id,       &page_all,
    &page_type,       &last_of_type,      &counts,   &event_insert, &text_insert, &text_erase,
    &checkpoints_get, &checkpoint_insert, NULL
};

static enum err hash_of_cell(const struct db_rows *rows, size_t row, size_t col, struct hash *out,
                             struct fail *f)
{
    if (!hash_from_bytes(db_cell_text(rows, row, col), out))
        return FAIL(f, ERR_IO, "internal", "a stored hash is not 32 bytes");
    return ERR_OK;
}

enum err trace_db_head_insert(struct db_tx *tx, struct str session, const struct hash *genesis,
                              struct fail *f)
{
    return db_exec(
        tx, &head_insert,
        DB_ARGS(db_text(db_tx_tenant(tx)), db_text(session), db_bytes(hash_bytes(genesis))), NULL,
        f);
}

enum err trace_db_head_take(struct db_tx *tx, struct str session, int64_t *seq, struct hash *before,
                            int64_t *last_at, struct fail *f)
{
    struct db_rows rows;
    struct str tenant = db_tx_tenant(tx);
    const struct db_query *q = db_tx_engine(tx) == DB_POSTGRES ? &head_lock : &head_get;
    TRY(db_exec_rows(tx, q, DB_ARGS(db_text(tenant), db_text(session)), db_tx_arena(tx), &rows, f));
    if (rows.rows == 0)
        return FAIL(f, ERR_NOT_FOUND, "not_found", "session has no trace");
    *seq = db_cell_int(&rows, 0, 0);
    *last_at = db_cell_int(&rows, 0, 2);
    return hash_of_cell(&rows, 0, 1, before, f);
}

/* --- the head's summary: what one event adds to it --- */
static int64_t summary_slot(const struct trace_event *e)
{
    static const struct {
        const char *type;
        int64_t slot; /* of head_set */
    } slots[] = { { "run_finished", 1 }, { "tests_finished", 2 }, { "reply_sent", 3 },
                  { "plan_stated", 4 },  { "plan_revised", 4 },   { "reflection_written", 5 } };
    for (size_t i = 0; i < COUNT_OF(slots); i++)
        if (str_is(e->type, slots[i].type))
            return slots[i].slot;
    return 0;
}

static int64_t summary_level(const struct trace_event *e)
{
    const struct trace_type *type = trace_type_named(e->type);
    return type ? INT64_C(1) << (type->level - 1) : 0;
}

/* The payload is canonical, so its member has this one form. */
static bool summary_paste(const struct trace_event *e)
{
    return str_is(e->type, "code_edited") && str_has(e->payload, STR("6:origin15:pasted_external"));
}

enum err trace_db_head_set(struct db_tx *tx, struct str session, const struct trace_event *e,
                           struct fail *f)
{
    int64_t changed = 0;
    TRY(db_exec(tx, &head_set,
                DB_ARGS(db_text(db_tx_tenant(tx)), db_text(session), db_bytes(hash_bytes(&e->hash)),
                        db_int(e->seq + 1), db_int(e->at), db_int(summary_level(e)),
                        db_int(summary_paste(e)), db_int(summary_slot(e))),
                &changed, f));
    return changed == 1 ? ERR_OK : FAIL(f, ERR_CONFLICT, "conflict.revision", "the trace moved on");
}

enum err trace_head_of(struct db_conn *c, struct str tenant, struct str session, struct arena *a,
                       struct trace_head *out, struct fail *f)
{
    struct db_rows rows;
    TRY(db_one(c, &head_get, DB_ARGS(db_text(tenant), db_text(session)), a, &rows, f));
    out->seq = db_cell_int(&rows, 0, 0) - 1;
    out->at = db_cell_int(&rows, 0, 2);
    return hash_of_cell(&rows, 0, 1, &out->hash, f);
}

enum err trace_genesis_of(struct db_conn *c, struct str tenant, struct str session, struct arena *a,
                          struct trace_genesis *out, struct fail *f)
{
    struct db_rows rows;
    TRY(db_one(c, &started_get, DB_ARGS(db_text(tenant), db_text(session)), a, &rows, f));
    *out = (struct trace_genesis){ .session = session,
                                   .tenant = tenant,
                                   .started = db_cell_int(&rows, 0, 0) };
    return ERR_OK;
}

static enum err event_of_row(const struct db_rows *r, size_t i, struct trace_event *e,
                             struct fail *f)
{
    *e = (struct trace_event){
        .id = db_cell_text(r, i, 0),
        .type = db_cell_text(r, i, 1),
        .actor = db_cell_text(r, i, 2),
        .seq = db_cell_int(r, i, 3),
        .at = db_cell_int(r, i, 4),
        .client_at = db_cell_int(r, i, 5),
        .payload = db_cell_text(r, i, 6),
        .text = db_cell_text(r, i, 7),
        .salt = db_cell_text(r, i, 8),
        .text_hash = db_cell_text(r, i, 9),
        .policy_hash = db_cell_text(r, i, 10),
        .prompt_hash = db_cell_text(r, i, 11),
        .formula_hash = db_cell_text(r, i, 12),
        .erased = db_cell_int(r, i, 14) != INT64_MIN,
    };
    return hash_of_cell(r, i, 13, &e->hash, f);
}

enum err trace_db_by_id(struct db_conn *c, struct str tenant, struct str session, struct str id,
                        struct arena *a, struct trace_event *out, struct fail *f)
{
    struct db_rows rows;
    TRY(db_one(c, &by_id, DB_ARGS(db_text(tenant), db_text(session), db_text(id)), a, &rows, f));
    return event_of_row(&rows, 0, out, f);
}

enum err trace_read(struct db_conn *c, struct str tenant, struct str session,
                    const struct trace_page *page, struct arena *a, struct trace_event **out,
                    size_t *n, struct fail *f)
{
    struct db_rows rows;
    const struct db_val args[] = { db_text(tenant), db_text(session), db_int(page->from_seq),
                                   db_int(i64_clamp(page->limit, 1, PAGE_MAX)),
                                   db_text(page->type) };
    if (page->type.ptr)
        TRY(db_all(c, &page_type, args, 5, a, &rows, f));
    else
        TRY(db_all(c, &page_all, args, 4, a, &rows, f));
    *n = rows.rows;
    *out = ARENA_ARRAY(a, struct trace_event, rows.rows);
    for (size_t i = 0; i < rows.rows; i++)
        TRY(event_of_row(&rows, i, &(*out)[i], f));
    return ERR_OK;
}

enum err trace_last(struct db_conn *c, struct str tenant, struct str session, const char *type,
                    struct arena *a, struct trace_event *out, struct fail *f)
{
    struct db_rows rows;
    TRY(db_one(c, &last_of_type, DB_ARGS(db_text(tenant), db_text(session), db_text(str_of(type))),
               a, &rows, f));
    return event_of_row(&rows, 0, out, f);
}

enum err trace_counts(struct db_conn *c, struct str tenant, struct str session, struct arena *a,
                      struct trace_count **out, size_t *n, struct fail *f)
{
    struct db_rows rows;
    TRY(db_all(c, &counts, DB_ARGS(db_text(tenant), db_text(session)), a, &rows, f));
    *n = rows.rows;
    *out = ARENA_ARRAY(a, struct trace_count, rows.rows);
    for (size_t i = 0; i < rows.rows; i++)
        (*out)[i] = (struct trace_count){ db_cell_text(&rows, i, 0), db_cell_int(&rows, i, 1),
                                          db_cell_int(&rows, i, 2) };
    return ERR_OK;
}

enum err trace_db_insert(struct db_tx *tx, struct str session, const struct trace_event *e,
                         struct fail *f)
{
    struct str tenant = db_tx_tenant(tx);
    TRY(db_exec(tx, &event_insert,
                DB_ARGS(db_text(tenant), db_text(session), db_int(e->seq), db_text(e->id),
                        db_text(e->type), db_text(e->actor), db_int(e->at),
                        db_int_opt(e->client_at), db_bytes(e->payload), db_bytes_opt(e->text_hash),
                        db_bytes_opt(e->policy_hash), db_bytes_opt(e->prompt_hash),
                        db_bytes_opt(e->formula_hash), db_bytes(hash_bytes(&e->hash))),
                NULL, f));
    if (!e->text.ptr)
        return ERR_OK;
    return db_exec(tx, &text_insert,
                   DB_ARGS(db_text(tenant), db_text(session), db_int(e->seq), db_bytes(e->text),
                           db_bytes(e->salt)),
                   NULL, f);
}

enum err trace_db_erase(struct db_tx *tx, struct str session, int64_t seq, int64_t now,
                        struct fail *f)
{
    return db_exec(tx, &text_erase,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(session), db_int(seq), db_int(now)),
                   NULL, f);
}

enum err trace_db_checkpoints(struct db_conn *c, struct str tenant, struct str session,
                              struct arena *a, struct trace_checkpoint **out, size_t *n,
                              struct fail *f)
{
    struct db_rows rows;
    TRY(db_all(c, &checkpoints_get, DB_ARGS(db_text(tenant), db_text(session)), a, &rows, f));
    *n = rows.rows;
    *out = ARENA_ARRAY(a, struct trace_checkpoint, rows.rows);
    for (size_t i = 0; i < rows.rows; i++) {
        struct trace_checkpoint *cp = &(*out)[i];
        struct str prev = db_cell_text(&rows, i, 5), sig = db_cell_text(&rows, i, 6);
        *cp = (struct trace_checkpoint){ .seq = db_cell_int(&rows, i, 0),
                                         .signed_at = db_cell_int(&rows, i, 1),
                                         .kind = db_cell_text(&rows, i, 3),
                                         .kid = db_cell_text(&rows, i, 4),
                                         .prev = prev.ptr ? hex_encode(a, prev) : STR("") };
        TRY(hash_of_cell(&rows, i, 2, &cp->hash, f));
        if (sig.len != sizeof cp->signature)
            return FAIL(f, ERR_IO, "internal", "a stored signature is not 64 bytes");
        memcpy(cp->signature, sig.ptr, sig.len);
    }
    return ERR_OK;
}

enum err trace_db_checkpoint_insert(struct db_tx *tx, struct str session,
                                    const struct trace_checkpoint *c, struct fail *f)
{
    struct str prev = { 0 };
    if (c->prev.len && !hex_decode(db_tx_arena(tx), c->prev, &prev))
        return FAIL(f, ERR_IO, "internal", "previous digest");
    return db_exec(
        tx, &checkpoint_insert,
        DB_ARGS(db_text(db_tx_tenant(tx)), db_text(session), db_int(c->seq),
                db_bytes(hash_bytes(&c->hash)), db_text(c->kind), db_text(c->kid),
                db_bytes_opt(prev), db_int(c->signed_at),
                db_bytes((struct str){ (const char *)c->signature, sizeof c->signature })),
        NULL, f);
}
