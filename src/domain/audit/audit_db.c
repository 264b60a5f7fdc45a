#include "domain/audit/audit_priv.h"

enum { PAGE = 500 };

/* Any update of the tenant's row takes its lock, on both engines. */
static const struct db_query lock_chain = { "audit.lock",
                                            "UPDATE tenants SET rev = rev WHERE id = $1", true, 0 };
static const struct db_query last_row = { "audit.last",
                                          "SELECT month, seq, hash FROM audit_log WHERE tenant_id "
                                          "= $1 ORDER BY month DESC, seq DESC LIMIT 1",
                                          true, 1 };
static const struct db_query insert_row = {
    "audit.insert",
    "INSERT INTO audit_log (tenant_id, month, seq, id, at, actor_id, actor_kind, actor_role, "
    "action, target_kind, "
    "target_id, outcome, severity, ip, login_session_id, request_id, detail, prev_hash, hash) "
    "VALUES ($1, $2, $3, $4, $5, "
    "$6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
    false, 0
};
static const struct db_query page_rows = {
    "audit.page",
    "SELECT month, seq, id, at, actor_id, actor_kind, actor_role, action, target_kind, target_id, "
    "outcome, severity, ip, "
    "login_session_id, request_id, detail, prev_hash, hash FROM audit_log WHERE tenant_id = $1 AND "
    "(month > $2 OR (month = "
    "$2 AND seq > $3)) ORDER BY month, seq LIMIT 500",
    true, PAGE
};

const struct db_query *const audit_db_queries[] = { &lock_chain, &last_row, &insert_row, &page_rows,
                                                    NULL };

enum err audit_db_lock(struct db_tx *tx, struct fail *f)
{
    return db_exec(tx, &lock_chain, DB_ARGS(db_text(db_tx_tenant(tx))), NULL, f);
}

enum err audit_db_last(struct db_tx *tx, int64_t *month, int64_t *seq, struct hash *hash,
                       struct fail *f)
{
    struct db_rows rows;
    *month = *seq = 0;
    *hash = (struct hash){ 0 };
    TRY(db_all(db_tx_conn(tx), &last_row, DB_ARGS(db_text(db_tx_tenant(tx))), db_tx_arena(tx),
               &rows, f));
    if (rows.rows == 0)
        return ERR_OK;
    *month = db_cell_int(&rows, 0, 0);
    *seq = db_cell_int(&rows, 0, 1);
    return hash_from_bytes(db_cell_text(&rows, 0, 2), hash)
               ? ERR_OK
               : FAIL(f, ERR_IO, "internal", "audit hash");
}

enum err audit_db_insert(struct db_tx *tx, const struct audit_stored *r, struct fail *f)
{
    return db_exec(
        tx, &insert_row,
        DB_ARGS(db_text(db_tx_tenant(tx)), db_int(r->month), db_int(r->seq), db_text(r->id),
                db_int(r->at), db_text_opt(r->actor_id), db_text(r->actor_kind),
                db_text_opt(r->actor_role), db_text(r->action), db_text_opt(r->target_kind),
                db_text_opt(r->target_id), db_text(r->outcome), db_text(r->severity),
                db_text_opt(r->ip), db_text_opt(r->login_session_id), db_text(r->request_id),
                db_text(r->detail), db_bytes(hash_bytes(&r->prev)), db_bytes(hash_bytes(&r->hash))),
        NULL, f);
}

static enum err stored_of_row(const struct db_rows *rows, size_t i, struct audit_stored *r,
                              struct fail *f)
{
    struct str *const texts[] = { &r->actor_id,         &r->actor_kind,  &r->actor_role,
                                  &r->action,           &r->target_kind, &r->target_id,
                                  &r->outcome,          &r->severity,    &r->ip,
                                  &r->login_session_id, &r->request_id,  &r->detail };
    r->month = db_cell_int(rows, i, 0);
    r->seq = db_cell_int(rows, i, 1);
    r->id = db_cell_text(rows, i, 2);
    r->at = db_cell_int(rows, i, 3);
    for (size_t k = 0; k < COUNT_OF(texts); k++)
        *texts[k] = db_cell_text(rows, i, 4 + k);
    bool ok = hash_from_bytes(db_cell_text(rows, i, 16), &r->prev) &&
              hash_from_bytes(db_cell_text(rows, i, 17), &r->hash);
    return ok ? ERR_OK : FAIL(f, ERR_IO, "internal", "audit hash");
}

enum err audit_db_page(struct db_conn *c, struct str tenant, int64_t month, int64_t seq,
                       struct arena *a, struct audit_stored **out, size_t *n, struct fail *f)
{
    struct db_rows rows;
    TRY(db_all(c, &page_rows, DB_ARGS(db_text(tenant), db_int(month), db_int(seq)), a, &rows, f));
    *n = rows.rows;
    *out = ARENA_ARRAY(a, struct audit_stored, rows.rows);
    for (size_t i = 0; i < rows.rows; i++)
        TRY(stored_of_row(&rows, i, &(*out)[i], f));
    return ERR_OK;
}
