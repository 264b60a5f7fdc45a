#include "domain/session/session_priv.h"

/* One active writer per session: 60 s, renewed by edits; another device may take over, which raises
 * the fence. */

struct leasing {
    struct sessions *s;
    const struct session *session;
    const struct user *user;
    struct str client;
    bool take_over;
    struct lease_row out;
};

static enum err lease_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct leasing *l = arg;
    struct lease_row old = { 0 };
    int64_t now = env_now(l->s->conf.env);
    enum err found = session_db_lease(db_tx_conn(tx), db_tx_tenant(tx), l->session->id,
                                      db_tx_arena(tx), &old, f);
    if (found && found != ERR_NOT_FOUND)
        return found;
    bool mine = !found && str_eq(old.client, l->client), free = found || old.expires_at <= now;
    if (!mine && !free && !l->take_over)
        return FAIL(f, ERR_CONFLICT, "lease.held", "another device writes");
    l->out = (struct lease_row){ .client = l->client,
                                 .login_session_id = l->user->login_session_id,
                                 .fence = mine ? old.fence : old.fence + 1,
                                 .expires_at = now + (int64_t)LEASE_S * US_PER_S };
    TRY(session_db_lease_set(tx, l->session->id, &l->out, now, f));
    if (mine)
        return ERR_OK;
    struct arena *a = db_tx_arena(tx);
    struct str data = arena_fmt(a, "{\"client\":\"%.*s\",\"fence\":%lld}", STR_ARG(l->client),
                                (long long)l->out.fence);
    return hub_publish_tx(l->s->conf.hub, tx, arena_fmt(a, "session:%.*s", STR_ARG(l->session->id)),
                          STR("lease"), data, f);
}

enum err session_lease_take(struct sessions *s, const struct session *session, const struct user *u,
                            struct str client, bool take_over, struct lease_row *out,
                            struct arena *, struct fail *f)
{
    struct leasing l = {
        .s = s, .session = session, .user = u, .client = client, .take_over = take_over
    };
    TRY(db_write(s->conf.db, s->conf.tenant, lease_unit, &l, f));
    *out = l.out;
    return ERR_OK;
}

struct dropping {
    struct str session_id, client;
};

static enum err drop_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct dropping *d = arg;
    return session_db_lease_drop(tx, d->session_id, d->client, f);
}

enum err session_lease_drop(struct sessions *s, const struct session *session, struct str client,
                            struct fail *f)
{
    struct dropping d = { session->id, client };
    return db_write(s->conf.db, s->conf.tenant, drop_unit, &d, f);
}
