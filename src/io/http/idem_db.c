#include "io/http/idem_db.h"

const struct db_query idem_queries[] = {
    [IDEM_Q_RESERVE] = {
        .name = "idem.reserve",
        .sql =
            "INSERT INTO idempotency_keys (tenant_id, user_id, route, key, request_hash, created_at, "
            "expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7) "
            "ON CONFLICT (tenant_id, user_id, route, key) DO UPDATE SET request_hash = $5, "
            "status = NULL, body = NULL, created_at = $6, expires_at = $7 "
            "WHERE idempotency_keys.expires_at <= $6 RETURNING expires_at",
        .max_rows = 1,
    },
    [IDEM_Q_FIND] = {
        .name = "idem.find",
        .sql = "SELECT request_hash, status, body FROM idempotency_keys "
               "WHERE tenant_id = $1 AND user_id = $2 AND route = $3 AND key = $4",
        .hot = true,
        .max_rows = 1,
    },
    [IDEM_Q_STORE] = {
        .name = "idem.store",
        .sql = "UPDATE idempotency_keys SET status = $5, body = $6, expires_at = $7 "
               "WHERE tenant_id = $1 AND user_id = $2 AND route = $3 AND key = $4",
    },
    [IDEM_Q_RELEASE] = {
        .name = "idem.release",
        .sql = "DELETE FROM idempotency_keys "
               "WHERE tenant_id = $1 AND user_id = $2 AND route = $3 AND key = $4",
    },
    [IDEM_Q_EXPIRE] = {
        .name = "idem.expire",
        .sql = "DELETE FROM idempotency_keys WHERE (tenant_id, user_id, route, key) IN "
               "(SELECT tenant_id, user_id, route, key FROM idempotency_keys WHERE expires_at <= $1 "
               "ORDER BY expires_at LIMIT $2)",
    },
};
static_assert(COUNT_OF(idem_queries) == IDEM_Q_COUNT, "a statement for each name");

enum err idem_reserve(struct db_tx *tx, const struct idem_row *row, int64_t now, int64_t until,
                      struct arena *a, struct idem_found *out, struct fail *f)
{
    struct db_rows rows;
    struct hash stored;
    *out = (struct idem_found){ .status = INT64_MIN };
    TRY(db_exec_rows(tx, &idem_queries[IDEM_Q_RESERVE],
                     DB_ARGS(db_text(row->tenant), db_text(row->user_id), db_text(row->route),
                             db_text(row->key), db_bytes(hash_bytes(&row->request)), db_int(now),
                             db_int(until)),
                     a, &rows, f));
    out->reserved = rows.rows == 1;
    if (out->reserved)
        return ERR_OK;
    TRY(db_one(db_tx_conn(tx), &idem_queries[IDEM_Q_FIND],
               DB_ARGS(db_text(row->tenant), db_text(row->user_id), db_text(row->route),
                       db_text(row->key)),
               a, &rows, f));
    out->same =
        hash_from_bytes(db_cell_text(&rows, 0, 0), &stored) && hash_eq(&stored, &row->request);
    out->status = db_cell_int(&rows, 0, 1);
    out->body = db_cell_text(&rows, 0, 2);
    return ERR_OK;
}

enum err idem_store(struct db_tx *tx, const struct idem_row *row, int64_t status, struct str body,
                    int64_t until, struct fail *f)
{
    return db_exec(tx, &idem_queries[IDEM_Q_STORE],
                   DB_ARGS(db_text(row->tenant), db_text(row->user_id), db_text(row->route),
                           db_text(row->key), db_int(status), db_bytes(body), db_int(until)),
                   NULL, f);
}

enum err idem_release(struct db_tx *tx, const struct idem_row *row, struct fail *f)
{
    return db_exec(tx, &idem_queries[IDEM_Q_RELEASE],
                   DB_ARGS(db_text(row->tenant), db_text(row->user_id), db_text(row->route),
                           db_text(row->key)),
                   NULL, f);
}

enum err idem_expire(struct db_tx *tx, int64_t now, int64_t max, int64_t *deleted, struct fail *f)
{
    return db_exec(tx, &idem_queries[IDEM_Q_EXPIRE], DB_ARGS(db_int(now), db_int(max)), deleted, f);
}
