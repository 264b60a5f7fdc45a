#include "domain/session/session_priv.h"

static const struct db_query insert = {
    "run.insert",
    "INSERT INTO runs (tenant_id, id, session_id, snapshot_id, kind, state, stdin, created_at) "
    "VALUES ($1, $2, $3, $4, $5, "
    "'queued', $6, $7)",
    false, 0
};
static const struct db_query set_state = {
    "run.state", "UPDATE runs SET state = $3 WHERE tenant_id = $1 AND id = $2 AND state = $4", true,
    0
};
static const struct db_query finish = {
    "run.finish",
    "UPDATE runs SET state = $3, verdict = $4, exit_code = $5, signal = $6, stdout = $7, stderr = "
    "$8, diagnostics = $9, "
    "wall_ms = $10, cpu_ms = $11, memory_kib = $12, done_at = $13 WHERE tenant_id = $1 AND id = $2 "
    "AND state IN ('queued', "
    "'running')",
    true, 0
};
#define RUN_COLUMNS                                                                                \
    "id, session_id, snapshot_id, kind, state, stdin, verdict, stdout, stderr, diagnostics, "      \
    "exit_code, signal, wall_ms, "                                                                 \
    "cpu_ms, memory_kib, created_at, done_at"
static const struct db_query get = {
    "run.by_id", "SELECT " RUN_COLUMNS " FROM runs WHERE tenant_id = $1 AND id = $2", true, 1
};
static const struct db_query last = { "run.last",
                                      "SELECT " RUN_COLUMNS
                                      " FROM runs WHERE tenant_id = $1 AND session_id = $2 AND "
                                      "state = 'done' ORDER BY id DESC LIMIT 1",
                                      true, 1 };

const struct db_query *const run_db_queries[] = { &insert, &set_state, &finish, &get, &last, NULL };

enum err session_run_insert(struct db_tx *tx, const struct run_row *r, struct fail *f)
{
    TRY(db_exec(tx, &insert,
                DB_ARGS(db_text(db_tx_tenant(tx)), db_text(r->id), db_text(r->session_id),
                        db_text(r->snapshot_id), db_text(r->kind), db_text_opt(r->stdin_text),
                        db_int(r->created_at)),
                NULL, f));
    return session_db_last_run(tx, r->session_id, r->created_at, f);
}

enum err session_run_state(struct db_tx *tx, struct str run_id, const char *from, const char *to,
                           struct fail *f)
{
    int64_t changed = 0;
    TRY(db_exec(tx, &set_state,
                DB_ARGS(db_text(db_tx_tenant(tx)), db_text(run_id), db_text(str_of(to)),
                        db_text(str_of(from))),
                &changed, f));
    return changed ? ERR_OK : FAIL(f, ERR_CONFLICT, "state.transition", "run to %s", to);
}

enum err session_run_finish(struct db_tx *tx, const struct run_row *r, struct fail *f)
{
    int64_t changed = 0;
    TRY(db_exec(tx, &finish,
                DB_ARGS(db_text(db_tx_tenant(tx)), db_text(r->id), db_text(r->state),
                        db_text_opt(r->verdict), db_int_opt(r->exit_code), db_int_opt(r->signal),
                        db_text_opt(r->out), db_text_opt(r->err), db_text_opt(r->diagnostics),
                        db_int_opt(r->wall_ms), db_int_opt(r->cpu_ms), db_int_opt(r->memory_kib),
                        db_int(r->done_at)),
                &changed, f));
    return changed ? ERR_OK : FAIL(f, ERR_CONFLICT, "state.transition", "the run has ended");
}

static void run_of_row(const struct db_rows *r, struct run_row *out)
{
    *out = (struct run_row){ .id = db_cell_text(r, 0, 0),
                             .session_id = db_cell_text(r, 0, 1),
                             .snapshot_id = db_cell_text(r, 0, 2),
                             .kind = db_cell_text(r, 0, 3),
                             .state = db_cell_text(r, 0, 4),
                             .stdin_text = db_cell_text(r, 0, 5),
                             .verdict = db_cell_text(r, 0, 6),
                             .out = db_cell_text(r, 0, 7),
                             .err = db_cell_text(r, 0, 8),
                             .diagnostics = db_cell_text(r, 0, 9),
                             .exit_code = db_cell_int(r, 0, 10),
                             .signal = db_cell_int(r, 0, 11),
                             .wall_ms = db_cell_int(r, 0, 12),
                             .cpu_ms = db_cell_int(r, 0, 13),
                             .memory_kib = db_cell_int(r, 0, 14),
                             .created_at = db_cell_int(r, 0, 15),
                             .done_at = db_cell_int(r, 0, 16) };
}

enum err session_run_get(struct db_conn *c, struct str tenant, struct str run_id, struct arena *a,
                         struct run_row *out, struct fail *f)
{
    struct db_rows rows;
    TRY(db_one(c, &get, DB_ARGS(db_text(tenant), db_text(run_id)), a, &rows, f));
    run_of_row(&rows, out);
    return ERR_OK;
}

enum err session_run_last(struct db_conn *c, struct str tenant, struct str session_id,
                          struct arena *a, struct run_row *out, struct fail *f)
{
    struct db_rows rows;
    TRY(db_one(c, &last, DB_ARGS(db_text(tenant), db_text(session_id)), a, &rows, f));
    run_of_row(&rows, out);
    return ERR_OK;
}
