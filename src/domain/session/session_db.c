#include "domain/session/session_priv.h"

enum { STALE_MAX = 100 };

#define FROM_SESSIONS                                                                              \
    " FROM sessions s JOIN exercise_versions v ON v.tenant_id = s.tenant_id AND v.id = "           \
    "s.version_id "

static const struct db_query by_id = { "session.by_id",
                                       "SELECT " SESSION_COLUMNS FROM_SESSIONS
                                       "WHERE s.tenant_id = $1 AND s.id = $2",
                                       true, 1 };
static const struct db_query open_one = {
    "session.open_one",
    "SELECT s.id" FROM_SESSIONS
    "WHERE s.tenant_id = $1 AND s.user_id = $2 AND v.exercise_id = $3 AND s.purpose = $4 AND "
    "s.state IN ('opened', 'paused', 'resumed') ORDER BY s.id DESC LIMIT 1",
    true, 1
};
static const struct db_query insert = {
    "session.insert",
    "INSERT INTO sessions (tenant_id, id, user_id, course_id, kind, version_id, purpose, channel, "
    "state, policy_hash, salt, "
    "opened_at, active_at, created_at, updated_at, rev) VALUES ($1, $2, $3, $4, 'exercise', $5, "
    "$6, 'web', 'opened', $7, "
    "$8, $9, $9, $9, $9, 1)",
    false, 0
};
/* The words of `from` are at most three; unused ones repeat the first. */
static const struct db_query move = {
    "session.move",
    "UPDATE sessions SET state = $3, ended_at = $4, end_reason = $5, updated_at = $6, rev = rev + "
    "1 WHERE tenant_id = $1 "
    "AND id = $2 AND state IN ($7, $8, $9) AND ($10 < 0 OR rev = $10)",
    true, 0
};
static const struct db_query state_rev = {
    "session.state", "SELECT state, rev FROM sessions WHERE tenant_id = $1 AND id = $2", true, 1
};
static const struct db_query active = {
    "session.active", "UPDATE sessions SET active_at = $3 WHERE tenant_id = $1 AND id = $2", true, 0
};
static const struct db_query last_run = {
    "session.last_run",
    "UPDATE sessions SET last_run_at = $3, active_at = $3 WHERE tenant_id = $1 AND id = $2", true, 0
};
static const struct db_query scored = {
    "session.scored",
    "UPDATE sessions SET best_score_mp = $3 WHERE tenant_id = $1 AND id = $2 AND (best_score_mp IS "
    "NULL OR best_score_mp < "
    "$3)",
    true, 0
};
static const struct db_query stale = {
    "session.stale",
    "SELECT " SESSION_COLUMNS FROM_SESSIONS
    "WHERE s.tenant_id = $1 AND s.active_at < $2 AND s.state IN ('opened', 'resumed', 'paused') "
    "AND (s.state <> 'paused' OR $3 = 1) ORDER BY s.active_at LIMIT 100",
    true, STALE_MAX
};
static const struct db_query uncheckpointed = {
    "session.uncheckpointed",
    "SELECT s.id FROM sessions s JOIN trace_heads h ON h.tenant_id = s.tenant_id AND h.session_id "
    "= s.id WHERE s.tenant_id "
    "= $1 AND s.state IN ('opened', 'resumed', 'paused') AND s.active_at < $2 AND h.next_seq - 1 > "
    "(SELECT "
    "coalesce(max(c.seq), 0) FROM trace_checkpoints c WHERE c.tenant_id = s.tenant_id AND "
    "c.session_id = s.id) LIMIT 100",
    true, STALE_MAX
};
static const struct db_query snapshot_by_tree = {
    "session.snapshot_by_tree",
    "SELECT id FROM snapshots WHERE tenant_id = $1 AND session_id = $2 AND tree_hash = $3", true, 1
};
static const struct db_query snapshot_insert = {
    "session.snapshot_insert",
    "INSERT INTO snapshots (tenant_id, id, session_id, tree_hash, files, bytes, cause, created_at) "
    "VALUES ($1, $2, $3, $4, "
    "$5, $6, $7, $8)",
    false, 0
};
static const struct db_query snapshot_get = { "session.snapshot",
                                              "SELECT session_id, cause, files, tree_hash, bytes, "
                                              "created_at FROM snapshots WHERE tenant_id = $1 "
                                              "AND id = $2",
                                              true, 1 };
static const struct db_query workspace_get = {
    "session.workspace",
    "SELECT snapshot_id, open_path, rev, updated_at FROM workspaces WHERE tenant_id = $1 AND "
    "session_id = $2",
    true, 1
};
static const struct db_query workspace_insert = {
    "session.workspace_insert",
    "INSERT INTO workspaces (tenant_id, session_id, snapshot_id, open_path, created_at, "
    "updated_at, rev) VALUES ($1, $2, "
    "$3, $4, $5, $5, 1)",
    false, 0
};
static const struct db_query workspace_update = {
    "session.workspace_update",
    "UPDATE workspaces SET snapshot_id = $3, open_path = $4, updated_at = $5, rev = rev + 1 WHERE "
    "tenant_id = $1 AND "
    "session_id = $2 AND rev = $6",
    true, 0
};
static const struct db_query workspace_point = {
    "session.workspace_point",
    "UPDATE workspaces SET snapshot_id = $3 WHERE tenant_id = $1 AND session_id = $2", true, 0
};
static const struct db_query lease_get = {
    "session.lease",
    "SELECT client, login_session_id, fence, expires_at FROM session_leases WHERE tenant_id = $1 "
    "AND session_id = $2",
    true, 1
};
static const struct db_query lease_set = {
    "session.lease_set",
    "INSERT INTO session_leases (tenant_id, session_id, client, login_session_id, fence, taken_at, "
    "expires_at) VALUES ($1, "
    "$2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, session_id) DO UPDATE SET client = "
    "excluded.client, login_session_id = "
    "excluded.login_session_id, fence = excluded.fence, taken_at = excluded.taken_at, expires_at = "
    "excluded.expires_at",
    false, 0
};
static const struct db_query lease_drop = {
    "session.lease_drop",
    "DELETE FROM session_leases WHERE tenant_id = $1 AND session_id = $2 AND client = $3", true, 0
};
static const struct db_query client_get = {
    "session.client",
    "SELECT last_seq FROM trace_clients WHERE tenant_id = $1 AND session_id = $2 AND client = $3",
    true, 1
};
static const struct db_query client_set = {
    "session.client_set",
    "INSERT INTO trace_clients (tenant_id, session_id, client, last_seq, skew_us) VALUES ($1, $2, "
    "$3, $4, $5) ON CONFLICT "
    "(tenant_id, session_id, client) DO UPDATE SET last_seq = excluded.last_seq, skew_us = "
    "excluded.skew_us",
    false, 0
};

static const struct db_query ids_after = {
    "session.ids_after",
    "SELECT id FROM sessions WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT 500", true, 500
};

const struct db_query *const session_db_queries[] = { &ids_after,
                                                      &by_id,
                                                      &open_one,
                                                      &insert,
                                                      &move,
                                                      &state_rev,
                                                      &active,
                                                      &last_run,
                                                      &scored,
                                                      &stale,
                                                      &uncheckpointed,
                                                      &snapshot_by_tree,
                                                      &snapshot_insert,
                                                      &snapshot_get,
                                                      &workspace_get,
                                                      &workspace_insert,
                                                      &workspace_update,
                                                      &workspace_point,
                                                      &lease_get,
                                                      &lease_set,
                                                      &lease_drop,
                                                      &client_get,
                                                      &client_set,
                                                      NULL };

enum err session_of_cells(const struct db_rows *r, size_t i, struct session *s, struct fail *f)
{
    *s = (struct session){ .id = db_cell_text(r, i, 0),
                           .user_id = db_cell_text(r, i, 1),
                           .course_id = db_cell_text(r, i, 2),
                           .exercise_id = db_cell_text(r, i, 3),
                           .version_id = db_cell_text(r, i, 4),
                           .state = db_cell_text(r, i, 5),
                           .purpose = db_cell_text(r, i, 6),
                           .salt = db_cell_text(r, i, 7),
                           .opened_at = db_cell_int(r, i, 9),
                           .active_at = db_cell_int(r, i, 10),
                           .ended_at = db_cell_int(r, i, 11),
                           .last_run_at = db_cell_int(r, i, 12),
                           .best_score_mp = db_cell_int(r, i, 13),
                           .rev = db_cell_int(r, i, 14),
                           .end_reason = db_cell_text(r, i, 15) };
    return hash_from_bytes(db_cell_text(r, i, 8), &s->policy_hash)
               ? ERR_OK
               : FAIL(f, ERR_IO, "internal", "policy hash");
}

enum err session_row(struct db_conn *c, struct str tenant, struct str id, struct arena *a,
                     struct session *out, struct fail *f)
{
    struct db_rows rows;
    TRY(db_one(c, &by_id, DB_ARGS(db_text(tenant), db_text(id)), a, &rows, f));
    return session_of_cells(&rows, 0, out, f);
}

static enum err sessions_of_rows(const struct db_rows *rows, struct arena *a, struct session **out,
                                 size_t *n, struct fail *f)
{
    *n = rows->rows;
    *out = ARENA_ARRAY(a, struct session, rows->rows);
    for (size_t i = 0; i < rows->rows; i++)
        TRY(session_of_cells(rows, i, &(*out)[i], f));
    return ERR_OK;
}

enum err session_db_open_one(struct db_conn *c, struct str tenant, struct str user_id,
                             struct str exercise_id, struct str purpose, struct arena *a,
                             struct str *id, struct fail *f)
{
    struct db_rows rows;
    TRY(db_one(c, &open_one,
               DB_ARGS(db_text(tenant), db_text(user_id), db_text(exercise_id), db_text(purpose)),
               a, &rows, f));
    *id = db_cell_text(&rows, 0, 0);
    return ERR_OK;
}

enum err session_db_insert(struct db_tx *tx, const struct session *s, int64_t now, struct fail *f)
{
    return db_exec(tx, &insert,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(s->id), db_text(s->user_id),
                           db_text_opt(s->course_id), db_text(s->version_id), db_text(s->purpose),
                           db_bytes(hash_bytes(&s->policy_hash)), db_bytes(s->salt), db_int(now)),
                   NULL, f);
}

static enum err why_not_moved(struct db_tx *tx, const struct session_move *m, struct fail *f)
{
    struct db_rows rows;
    TRY(db_one(db_tx_conn(tx), &state_rev, DB_ARGS(db_text(db_tx_tenant(tx)), db_text(m->id)),
               db_tx_arena(tx), &rows, f));
    struct str state = db_cell_text(&rows, 0, 0);
    if (m->rev >= 0 && db_cell_int(&rows, 0, 1) != m->rev)
        return FAIL(f, ERR_PRECONDITION, "precondition.failed", "revision %lld",
                    (long long)db_cell_int(&rows, 0, 1));
    return FAIL(f, ERR_CONFLICT, "state.transition", "%.*s to %s", STR_ARG(state), m->to);
}

enum err session_db_move(struct db_tx *tx, const struct session_move *m, struct fail *f)
{
    struct str rest = str_of(m->from), from[3];
    int64_t changed = 0;
    from[0] = from[1] = from[2] = str_take_until(&rest, '|');
    for (size_t i = 1; i < 3 && rest.len; i++)
        from[i] = str_take_until(&rest, '|');
    TRY(db_exec(tx, &move,
                DB_ARGS(db_text(db_tx_tenant(tx)), db_text(m->id), db_text(str_of(m->to)),
                        m->end_reason ? db_int(m->now) : db_null(),
                        m->end_reason ? db_text(str_of(m->end_reason)) : db_null(), db_int(m->now),
                        db_text(from[0]), db_text(from[1]), db_text(from[2]), db_int(m->rev)),
                &changed, f));
    return changed ? ERR_OK : why_not_moved(tx, m, f);
}

enum err session_db_active(struct db_tx *tx, struct str id, int64_t now, struct fail *f)
{
    return db_exec(tx, &active, DB_ARGS(db_text(db_tx_tenant(tx)), db_text(id), db_int(now)), NULL,
                   f);
}

enum err session_db_last_run(struct db_tx *tx, struct str id, int64_t now, struct fail *f)
{
    return db_exec(tx, &last_run, DB_ARGS(db_text(db_tx_tenant(tx)), db_text(id), db_int(now)),
                   NULL, f);
}

enum err session_scored(struct db_tx *tx, struct str session_id, int64_t score_mp, struct fail *f)
{
    return db_exec(tx, &scored,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(session_id), db_int(score_mp)), NULL,
                   f);
}

enum err session_db_stale(struct db_conn *c, struct str tenant, int64_t before, bool with_paused,
                          struct arena *a, struct session **out, size_t *n, struct fail *f)
{
    struct db_rows rows;
    TRY(db_all(c, &stale, DB_ARGS(db_text(tenant), db_int(before), db_int(with_paused)), a, &rows,
               f));
    return sessions_of_rows(&rows, a, out, n, f);
}

enum err session_db_uncheckpointed(struct db_conn *c, struct str tenant, int64_t before,
                                   struct arena *a, struct str **ids, size_t *n, struct fail *f)
{
    struct db_rows rows;
    TRY(db_all(c, &uncheckpointed, DB_ARGS(db_text(tenant), db_int(before)), a, &rows, f));
    *n = rows.rows;
    *ids = ARENA_ARRAY(a, struct str, rows.rows);
    for (size_t i = 0; i < rows.rows; i++)
        (*ids)[i] = db_cell_text(&rows, i, 0);
    return ERR_OK;
}

enum err session_db_snapshot_by_tree(struct db_conn *c, struct str tenant, struct str session_id,
                                     const struct hash *tree, struct arena *a, struct str *id,
                                     struct fail *f)
{
    struct db_rows rows;
    TRY(db_one(c, &snapshot_by_tree,
               DB_ARGS(db_text(tenant), db_text(session_id), db_bytes(hash_bytes(tree))), a, &rows,
               f));
    *id = db_cell_text(&rows, 0, 0);
    return ERR_OK;
}

enum err session_db_snapshot_insert(struct db_tx *tx, const struct snapshot_row *row,
                                    struct fail *f)
{
    return db_exec(tx, &snapshot_insert,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(row->id), db_text(row->session_id),
                           db_bytes(hash_bytes(&row->tree)), db_text(row->manifest),
                           db_int(row->bytes), db_text(row->cause), db_int(row->created_at)),
                   NULL, f);
}

enum err session_db_snapshot(struct db_conn *c, struct str tenant, struct str id, struct arena *a,
                             struct snapshot_row *out, struct fail *f)
{
    struct db_rows r;
    TRY(db_one(c, &snapshot_get, DB_ARGS(db_text(tenant), db_text(id)), a, &r, f));
    *out = (struct snapshot_row){ .id = id,
                                  .session_id = db_cell_text(&r, 0, 0),
                                  .cause = db_cell_text(&r, 0, 1),
                                  .manifest = db_cell_text(&r, 0, 2),
                                  .bytes = db_cell_int(&r, 0, 4),
                                  .created_at = db_cell_int(&r, 0, 5) };
    return hash_from_bytes(db_cell_text(&r, 0, 3), &out->tree)
               ? ERR_OK
               : FAIL(f, ERR_IO, "internal", "tree hash");
}

enum err session_db_workspace(struct db_conn *c, struct str tenant, struct str session_id,
                              struct arena *a, struct workspace_row *out, struct fail *f)
{
    struct db_rows r;
    TRY(db_one(c, &workspace_get, DB_ARGS(db_text(tenant), db_text(session_id)), a, &r, f));
    *out = (struct workspace_row){ db_cell_text(&r, 0, 0), db_cell_text(&r, 0, 1),
                                   db_cell_int(&r, 0, 2), db_cell_int(&r, 0, 3) };
    return ERR_OK;
}

enum err session_db_workspace_set(struct db_tx *tx, struct str session_id,
                                  const struct workspace_row *w, int64_t now, int64_t *rev,
                                  struct fail *f)
{
    struct str tenant = db_tx_tenant(tx);
    int64_t changed = 0;
    *rev = w->rev + 1;
    if (w->rev == 0)
        return db_exec(tx, &workspace_insert,
                       DB_ARGS(db_text(tenant), db_text(session_id), db_text(w->snapshot_id),
                               db_text_opt(w->open_path), db_int(now)),
                       NULL, f);
    TRY(db_exec(tx, &workspace_update,
                DB_ARGS(db_text(tenant), db_text(session_id), db_text(w->snapshot_id),
                        db_text_opt(w->open_path), db_int(now), db_int(w->rev)),
                &changed, f));
    return changed ? ERR_OK
                   : FAIL(f, ERR_PRECONDITION, "precondition.failed", "the workspace moved on");
}

enum err session_db_workspace_point(struct db_tx *tx, struct str session_id, struct str snapshot_id,
                                    struct fail *f)
{
    return db_exec(tx, &workspace_point,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(session_id), db_text(snapshot_id)),
                   NULL, f);
}

enum err session_db_lease(struct db_conn *c, struct str tenant, struct str session_id,
                          struct arena *a, struct lease_row *out, struct fail *f)
{
    struct db_rows r;
    TRY(db_one(c, &lease_get, DB_ARGS(db_text(tenant), db_text(session_id)), a, &r, f));
    *out = (struct lease_row){ db_cell_text(&r, 0, 0), db_cell_text(&r, 0, 1),
                               db_cell_int(&r, 0, 2), db_cell_int(&r, 0, 3) };
    return ERR_OK;
}

enum err session_db_lease_set(struct db_tx *tx, struct str session_id, const struct lease_row *l,
                              int64_t now, struct fail *f)
{
    return db_exec(tx, &lease_set,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(session_id), db_text(l->client),
                           db_text_opt(l->login_session_id), db_int(l->fence), db_int(now),
                           db_int(l->expires_at)),
                   NULL, f);
}

enum err session_db_lease_drop(struct db_tx *tx, struct str session_id, struct str client,
                               struct fail *f)
{
    return db_exec(tx, &lease_drop,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(session_id), db_text(client)), NULL,
                   f);
}

enum err session_db_client(struct db_conn *c, struct str tenant, struct str session_id,
                           struct str client, int64_t *last_seq, struct fail *f)
{
    AUTO_ARENA a = { 0 };
    struct db_rows r;
    TRY(db_all(c, &client_get, DB_ARGS(db_text(tenant), db_text(session_id), db_text(client)), &a,
               &r, f));
    *last_seq = r.rows ? db_cell_int(&r, 0, 0) : 0;
    return ERR_OK;
}

enum err session_db_client_set(struct db_tx *tx, struct str session_id, struct str client,
                               int64_t last_seq, int64_t skew_us, struct fail *f)
{
    return db_exec(tx, &client_set,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(session_id), db_text(client),
                           db_int(last_seq), db_int(skew_us)),
                   NULL, f);
}

enum err session_ids_after(struct db_conn *c, struct str tenant, struct str after, struct arena *a,
                           struct str **ids, size_t *n, struct fail *f)
{
    struct db_rows rows;
    TRY(db_all(c, &ids_after, DB_ARGS(db_text(tenant), db_text(after)), a, &rows, f));
    *n = rows.rows;
    *ids = ARENA_ARRAY(a, struct str, rows.rows);
    for (size_t i = 0; i < rows.rows; i++)
        (*ids)[i] = db_cell_text(&rows, i, 0);
    return ERR_OK;
}
