#include "io/hub/hub_db.h"

const struct db_query hub_queries[] = {
    /* Two units must not take the same number. SQLite has one writer. */
    [HUB_Q_HOLD_PG] = {
        .name = "hub.hold",
        .sql = "SELECT 1 FROM pg_advisory_xact_lock(hashtextextended($1 || '/' || $2, 0))",
        .max_rows = 1,
    },
    [HUB_Q_NEXT] = {
        .name = "hub.next",
        .sql =
            "SELECT coalesce(max(seq), 0) + 1 FROM stream_items WHERE tenant_id = $1 AND stream = $2",
        .hot = true,
        .max_rows = 1,
    },
    [HUB_Q_ADD] = {
        .name = "hub.add",
        .sql = "INSERT INTO stream_items (tenant_id, stream, seq, event, data, expires_at) "
               "VALUES ($1, $2, $3, $4, $5, $6)",
    },
    [HUB_Q_AFTER] = {
        .name = "hub.after",
        .sql = "SELECT seq, event, data FROM stream_items WHERE tenant_id = $1 AND stream = $2 "
               "AND seq > $3 ORDER BY seq LIMIT $4",
        .hot = true,
        .max_rows = HUB_READ,
    },
    [HUB_Q_HEADS] = {
        .name = "hub.heads",
        .sql = "SELECT tenant_id, stream, max(seq) FROM stream_items WHERE expires_at > $1 "
               "GROUP BY tenant_id, stream LIMIT 10000",
        .max_rows = 10000,
    },
    [HUB_Q_EXPIRE] = {
        .name = "hub.expire",
        .sql = "DELETE FROM stream_items WHERE (tenant_id, stream, seq) IN (SELECT tenant_id, stream, "
               "seq FROM stream_items WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
    },
};
static_assert(COUNT_OF(hub_queries) == HUB_Q_COUNT, "a statement for each name");

enum err hub_item_add(struct db_tx *tx, struct str stream, const struct hub_event *e,
                      int64_t expires_at, int64_t *seq, struct fail *f)
{
    struct db_rows rows;
    struct str tenant = db_tx_tenant(tx);
    if (db_tx_engine(tx) == DB_POSTGRES)
        TRY(db_all(db_tx_conn(tx), &hub_queries[HUB_Q_HOLD_PG],
                   DB_ARGS(db_text(tenant), db_text(stream)), db_tx_arena(tx), &rows, f));
    TRY(db_one_int(db_tx_conn(tx), &hub_queries[HUB_Q_NEXT],
                   DB_ARGS(db_text(tenant), db_text(stream)), seq, f));
    return db_exec(tx, &hub_queries[HUB_Q_ADD],
                   DB_ARGS(db_text(tenant), db_text(stream), db_int(*seq), db_text(e->event),
                           db_text(e->data), db_int(expires_at)),
                   NULL, f);
}

enum err hub_items_after(struct db_conn *c, struct str tenant, struct str stream, int64_t after,
                         struct arena *a, struct hub_event **out, size_t *n, struct fail *f)
{
    struct db_rows rows;
    TRY(db_conn_tenant(c, tenant, f));
    TRY(db_all(c, &hub_queries[HUB_Q_AFTER],
               DB_ARGS(db_text(tenant), db_text(stream), db_int(after), db_int(HUB_READ)), a, &rows,
               f));
    *out = ARENA_ARRAY(a, struct hub_event, rows.rows);
    *n = rows.rows;
    for (size_t i = 0; i < rows.rows; i++)
        (*out)[i] = (struct hub_event){ db_cell_int(&rows, i, 0), db_cell_text(&rows, i, 1),
                                        db_cell_text(&rows, i, 2) };
    return ERR_OK;
}

enum err hub_heads_since(struct db_conn *c, int64_t since, struct arena *a, struct hub_head **out,
                         size_t *n, struct fail *f)
{
    struct db_rows rows;
    TRY(db_conn_tenant(c, STR("*"), f));
    TRY(db_all(c, &hub_queries[HUB_Q_HEADS], DB_ARGS(db_int(since)), a, &rows, f));
    *out = ARENA_ARRAY(a, struct hub_head, rows.rows);
    *n = rows.rows;
    for (size_t i = 0; i < rows.rows; i++)
        (*out)[i] = (struct hub_head){ db_cell_text(&rows, i, 0), db_cell_text(&rows, i, 1),
                                       db_cell_int(&rows, i, 2) };
    return ERR_OK;
}

enum err hub_items_expire(struct db_tx *tx, int64_t now, int64_t max, int64_t *deleted,
                          struct fail *f)
{
    return db_exec(tx, &hub_queries[HUB_Q_EXPIRE], DB_ARGS(db_int(now), db_int(max)), deleted, f);
}
