#include "domain/session/session_priv.h"

/* Saving the whole draft. Between saves the edit events carry it; a save that tells nothing new
 * makes no snapshot until one is due (60 s or 500 edits after the last). */

struct saving {
    struct sessions *s;
    const struct session *session;
    const struct code *code;
    struct str open_path;
    int64_t if_match;
    int64_t *rev;
};

static bool snapshot_due(const struct draft *d, const struct code *code, int64_t now)
{
    if (d->lost || !code_same(&d->code, code))
        return true;
    return d->edits > 0 && (d->edits >= EDITS_PER_SNAPSHOT ||
                            now - d->snapshot_at >= (int64_t)AUTOSAVE_EVERY_S * US_PER_S);
}

static enum err save_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct saving *v = arg;
    struct draft d;
    struct arena *a = db_tx_arena(tx);
    int64_t now = env_now(v->s->conf.env);
    struct workspace_row w = { .open_path = v->open_path, .rev = v->if_match };
    TRY(session_work(v->s, tx, v->session, f));
    TRY(draft_load(db_tx_conn(tx), db_tx_tenant(tx), v->session->id, a, &d, f));
    w.snapshot_id = d.snapshot_id;
    if (snapshot_due(&d, v->code, now))
        TRY(session_snapshot(v->s, tx, v->session, v->code, "autosave", &w.snapshot_id, f));
    TRY(session_db_workspace_set(tx, v->session->id, &w, now, v->rev, f));
    return session_db_active(tx, v->session->id, now, f);
}

enum err session_save(struct sessions *s, const struct session *session, const struct code *code,
                      struct str open_path, int64_t if_match, int64_t *rev, struct fail *f)
{
    struct saving v = { s, session, code, open_path, if_match, rev };
    TRY(code_check(code, f));
    return db_write(s->conf.db, s->conf.tenant, save_unit, &v, f);
}
