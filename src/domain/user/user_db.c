#include "domain/user/user_priv.h"

#define ROLE_BITS                                                                                  \
    "(SELECT coalesce(sum(CASE r.role WHEN 'student' THEN 1 WHEN 'teacher' THEN 2 WHEN 'admin' "   \
    "THEN 4 ELSE 8 END), 0) "                                                                      \
    "FROM user_roles r WHERE r.tenant_id = u.tenant_id AND r.user_id = u.id)"

static const struct db_query account_by_email = {
    "user.by_email",
    "SELECT u.id, u.email, u.name, u.locale, u.prefs, " ROLE_BITS
    ", u.state, p.phc, u.locked_until "
    "FROM users u LEFT JOIN passwords p ON p.tenant_id = u.tenant_id AND p.user_id = u.id "
    "WHERE u.tenant_id = $1 AND u.email = $2",
    true, 1
};
static const struct db_query by_sid = {
    "user.by_sid",
    "SELECT u.id, u.email, u.name, u.locale, u.prefs, " ROLE_BITS
    ", s.id, s.aal, s.seen_at FROM login_sessions s "
    "JOIN users u ON u.tenant_id = s.tenant_id AND u.id = s.user_id WHERE s.token_mac = $2 AND "
    "s.tenant_id = $1 AND "
    "s.ended_at IS NULL AND s.expires_at > $3 AND s.idle_expires_at > $3 AND u.state = 'active'",
    true, 1
};
static const struct db_query is_active = {
    "user.is_active",
    "SELECT count(*) FROM users u WHERE u.tenant_id = $1 AND u.id = $2 AND u.state = 'active' AND "
    "EXISTS (SELECT 1 FROM "
    "login_sessions s WHERE s.tenant_id = u.tenant_id AND s.user_id = u.id AND s.ended_at IS NULL)",
    true, 1
};
static const struct db_query insert_user = {
    "user.insert",
    "INSERT INTO users (tenant_id, id, email, email_verified_at, name, sort_name, locale, prefs, "
    "state, is_test, "
    "created_at, updated_at, rev) VALUES ($1, $2, $3, $6, $4, $5, $7, '{}', 'active', $8, $6, $6, "
    "1)",
    false, 0
};
static const struct db_query insert_role = {
    "user.role",
    "INSERT INTO user_roles (tenant_id, user_id, role, granted_by, created_at) VALUES ($1, $2, $3, "
    "NULL, $4) "
    "ON CONFLICT (tenant_id, user_id, role) DO NOTHING",
    false, 0
};
static const struct db_query set_password = {
    "user.password",
    "INSERT INTO passwords (tenant_id, user_id, phc, must_change, created_at, updated_at, rev) "
    "VALUES ($1, $2, $3, 0, $4, "
    "$4, 1) ON CONFLICT (tenant_id, user_id) DO UPDATE SET phc = excluded.phc, updated_at = "
    "excluded.updated_at, rev = "
    "passwords.rev + 1",
    false, 0
};
static const struct db_query insert_login = {
    "user.login",
    "INSERT INTO login_sessions (tenant_id, id, user_id, token_mac, kind, aal, amr, auth_at, ip, "
    "user_agent, "
    "idle_expires_at, expires_at, seen_at, created_at) VALUES ($1, $2, $3, $4, 'browser', '1', "
    "'pwd', $5, $6, $7, $8, $9, "
    "$5, $5)",
    false, 0
};
static const struct db_query login_done = {
    "user.login_done",
    "UPDATE users SET failed_count = 0, locked_until = NULL, last_login_at = $3 WHERE tenant_id = "
    "$1 AND id = $2",
    true, 0
};
static const struct db_query seen = {
    "user.seen",
    "UPDATE login_sessions SET seen_at = $3, idle_expires_at = $4 WHERE tenant_id = $1 AND id = $2",
    true, 0
};
static const struct db_query logout = {
    "user.logout",
    "UPDATE login_sessions SET ended_at = $3, end_reason = 'logout' WHERE tenant_id = $1 AND id = "
    "$2 AND ended_at IS NULL",
    true, 0
};
static const struct db_query logout_all = {
    "user.logout_all",
    "UPDATE login_sessions SET ended_at = $3, end_reason = 'revoked' WHERE tenant_id = $1 AND "
    "user_id = $2 AND ended_at IS "
    "NULL",
    true, 0
};
static const struct db_query failure = {
    "user.failure",
    "UPDATE users SET failed_count = failed_count + 1 WHERE tenant_id = $1 AND id = $2 RETURNING "
    "failed_count",
    true, 1
};
static const struct db_query failures = {
    "user.failures",
    "UPDATE users SET failed_count = $3, locked_until = $4 WHERE tenant_id = $1 AND id = $2", true,
    0
};
static const struct db_query update_me = {
    "user.update_me",
    "UPDATE users SET name = $3, sort_name = $4, locale = $5, prefs = $6, updated_at = $7, rev = "
    "rev + 1 WHERE tenant_id = "
    "$1 AND id = $2",
    true, 0
};
static const struct db_query admins = {
    "user.admins",
    "SELECT count(*) FROM user_roles r JOIN users u ON u.tenant_id = r.tenant_id AND u.id = "
    "r.user_id WHERE r.tenant_id = "
    "$1 AND r.role = 'admin' AND u.state = 'active'",
    false, 1
};
static const struct db_query insert_token = {
    "user.token",
    "INSERT INTO one_time_tokens (tenant_id, id, user_id, kind, token_mac, data, tries, "
    "expires_at, created_at) VALUES "
    "($1, $2, $3, $4, $5, '{}', 0, $6, $7)",
    false, 0
};
static const struct db_query use_token = {
    "user.token_use",
    "UPDATE one_time_tokens SET used_at = $4 WHERE token_mac = $3 AND tenant_id = $1 AND kind = $2 "
    "AND used_at IS NULL AND "
    "expires_at > $4 RETURNING user_id",
    true, 1
};
static const struct db_query tenant_name = { "user.tenant",
                                             "SELECT name FROM tenants WHERE id = $1", true, 1 };
static const struct db_query tenant_by_slug = { "user.tenant_by_slug",
                                                "SELECT id FROM tenants WHERE slug = $1", true, 1 };
static const struct db_query tenant_insert = {
    "user.tenant_insert",
    "INSERT INTO tenants (id, slug, name, state, locale, timezone, settings, retention, "
    "pseudonym_key, created_at, "
    "updated_at, rev) VALUES ($1, $2, $3, 'active', 'es', 'UTC', '{}', '{}', $4, $5, $5, 1)",
    false, 0
};
static const struct db_query any_test_user = {
    "user.demo",
    "SELECT count(*) FROM (SELECT 1 FROM users WHERE tenant_id = $1 AND is_test = 1 LIMIT 1) t",
    false, 1
};
static const struct db_query store_mark = {
    "user.store_mark", "SELECT env, box FROM secret_items WHERE name = 'store' AND version = 1",
    true, 1
};
static const struct db_query store_mark_insert = {
    "user.store_mark_insert",
    "INSERT INTO secret_items (name, version, env, box, state, created_at) VALUES ('store', 1, $1, "
    "$2, 'active', $3) ON CONFLICT DO NOTHING",
    false, 0
};

/* prefs is an object of ours with one key so far: {"theme":"dark"}. */
static struct str theme_of(struct str prefs)
{
    static const char *const themes[] = { "system", "light", "dark", "contrast" };
    for (size_t i = 0; i < COUNT_OF(themes); i++)
        if (str_has(prefs, str_of(themes[i])))
            return str_of(themes[i]);
    return STR("system");
}

static void user_of_row(const struct db_rows *r, struct str tenant, struct user *u)
{
    *u = (struct user){ .tenant = tenant,
                        .id = db_cell_text(r, 0, 0),
                        .email = db_cell_text(r, 0, 1),
                        .name = db_cell_text(r, 0, 2),
                        .locale = db_cell_text(r, 0, 3),
                        .theme = theme_of(db_cell_text(r, 0, 4)),
                        .roles = (unsigned)db_cell_int(r, 0, 5),
                        .aal = 1 };
}

enum err user_db_account(struct db_conn *c, struct str tenant, struct str email, struct arena *a,
                         struct account *out, struct fail *f)
{
    struct db_rows rows;
    TRY(db_one(c, &account_by_email, DB_ARGS(db_text(tenant), db_text(email)), a, &rows, f));
    user_of_row(&rows, tenant, &out->user);
    out->state = db_cell_text(&rows, 0, 6);
    out->sealed = db_cell_text(&rows, 0, 7);
    out->locked_until = db_cell_int(&rows, 0, 8);
    return ERR_OK;
}

enum err user_db_by_sid(struct db_conn *c, struct str tenant, const struct hash *mac, int64_t now,
                        struct arena *a, struct user *out, int64_t *seen_at, struct fail *f)
{
    struct db_rows rows;
    TRY(db_one(c, &by_sid, DB_ARGS(db_text(tenant), db_bytes(hash_bytes(mac)), db_int(now)), a,
               &rows, f));
    user_of_row(&rows, tenant, out);
    out->login_session_id = db_cell_text(&rows, 0, 6);
    out->aal = str_is(db_cell_text(&rows, 0, 7), "2") ? 2 : 1;
    *seen_at = db_cell_int(&rows, 0, 8);
    return ERR_OK;
}

enum err user_db_is_active(struct db_conn *c, struct str tenant, struct str id, bool *out,
                           struct fail *f)
{
    int64_t n = 0;
    TRY(db_one_int(c, &is_active, DB_ARGS(db_text(tenant), db_text(id)), &n, f));
    *out = n > 0;
    return ERR_OK;
}

enum err user_db_insert(struct db_tx *tx, const struct user_new *in, struct str sort_name,
                        int64_t now, struct fail *f)
{
    return db_exec(tx, &insert_user,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(in->id), db_text(in->email),
                           db_text(in->name), db_text(sort_name), db_int(now), db_text(in->locale),
                           db_int(in->is_test)),
                   NULL, f);
}

enum err user_db_role(struct db_tx *tx, struct str user_id, const char *role, int64_t now,
                      struct fail *f)
{
    return db_exec(
        tx, &insert_role,
        DB_ARGS(db_text(db_tx_tenant(tx)), db_text(user_id), db_text(str_of(role)), db_int(now)),
        NULL, f);
}

enum err user_db_password(struct db_tx *tx, struct str user_id, struct str sealed, int64_t now,
                          struct fail *f)
{
    return db_exec(
        tx, &set_password,
        DB_ARGS(db_text(db_tx_tenant(tx)), db_text(user_id), db_text(sealed), db_int(now)), NULL,
        f);
}

enum err user_db_login(struct db_tx *tx, const struct login_row *l, struct fail *f)
{
    struct str tenant = db_tx_tenant(tx);
    TRY(db_exec(tx, &insert_login,
                DB_ARGS(db_text(tenant), db_text(l->id), db_text(l->user_id),
                        db_bytes(hash_bytes(&l->mac)), db_int(l->now), db_text(l->ip),
                        db_text(l->user_agent), db_int(l->idle_expires_at), db_int(l->expires_at)),
                NULL, f));
    return db_exec(tx, &login_done, DB_ARGS(db_text(tenant), db_text(l->user_id), db_int(l->now)),
                   NULL, f);
}

enum err user_db_seen(struct db_tx *tx, struct str login_id, int64_t now, int64_t idle_expires_at,
                      struct fail *f)
{
    return db_exec(
        tx, &seen,
        DB_ARGS(db_text(db_tx_tenant(tx)), db_text(login_id), db_int(now), db_int(idle_expires_at)),
        NULL, f);
}

enum err user_db_logout(struct db_tx *tx, struct str login_id, int64_t now, struct fail *f)
{
    return db_exec(tx, &logout, DB_ARGS(db_text(db_tx_tenant(tx)), db_text(login_id), db_int(now)),
                   NULL, f);
}

enum err user_db_logout_all(struct db_tx *tx, struct str user_id, int64_t now, struct fail *f)
{
    return db_exec(tx, &logout_all,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(user_id), db_int(now)), NULL, f);
}

enum err user_db_failure(struct db_tx *tx, struct str user_id, int64_t *count, struct fail *f)
{
    struct db_rows rows;
    TRY(db_exec_rows(tx, &failure, DB_ARGS(db_text(db_tx_tenant(tx)), db_text(user_id)),
                     db_tx_arena(tx), &rows, f));
    *count = rows.rows ? db_cell_int(&rows, 0, 0) : 0;
    return ERR_OK;
}

enum err user_db_failures(struct db_tx *tx, struct str user_id, int64_t count, int64_t locked_until,
                          struct fail *f)
{
    return db_exec(tx, &failures,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(user_id), db_int(count),
                           db_int_opt(locked_until)),
                   NULL, f);
}

enum err user_db_update_me(struct db_tx *tx, const struct user *u, struct str sort_name,
                           struct str prefs, int64_t now, struct fail *f)
{
    return db_exec(tx, &update_me,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(u->id), db_text(u->name),
                           db_text(sort_name), db_text(u->locale), db_text(prefs), db_int(now)),
                   NULL, f);
}

enum err user_db_admins(struct db_conn *c, struct str tenant, int64_t *n, struct fail *f)
{
    return db_one_int(c, &admins, DB_ARGS(db_text(tenant)), n, f);
}

enum err user_db_token_insert(struct db_tx *tx, const struct token_row *t, int64_t now,
                              struct fail *f)
{
    return db_exec(tx, &insert_token,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(t->id), db_text_opt(t->user_id),
                           db_text(t->kind), db_bytes(hash_bytes(&t->mac)), db_int(t->expires_at),
                           db_int(now)),
                   NULL, f);
}

enum err user_db_token_use(struct db_tx *tx, const char *kind, const struct hash *mac, int64_t now,
                           struct str *user_id, struct fail *f)
{
    struct db_rows rows;
    TRY(db_exec_rows(tx, &use_token,
                     DB_ARGS(db_text(db_tx_tenant(tx)), db_text(str_of(kind)),
                             db_bytes(hash_bytes(mac)), db_int(now)),
                     db_tx_arena(tx), &rows, f));
    if (rows.rows == 0)
        return FAIL(f, ERR_NOT_FOUND, "not_found", "no such token");
    *user_id = db_cell_text(&rows, 0, 0);
    return ERR_OK;
}

enum err user_db_tenant(struct db_conn *c, struct str id, struct arena *a, struct str *name,
                        struct fail *f)
{
    struct db_rows rows;
    TRY(db_one(c, &tenant_name, DB_ARGS(db_text(id)), a, &rows, f));
    *name = db_cell_text(&rows, 0, 0);
    return ERR_OK;
}

enum err user_db_tenant_by_slug(struct db_conn *c, struct str slug, struct arena *a, struct str *id,
                                struct fail *f)
{
    struct db_rows rows;
    TRY(db_one(c, &tenant_by_slug, DB_ARGS(db_text(slug)), a, &rows, f));
    *id = db_cell_text(&rows, 0, 0);
    return ERR_OK;
}

enum err user_db_tenant_insert(struct db_tx *tx, struct str id, struct str slug, struct str name,
                               struct str key, int64_t now, struct fail *f)
{
    return db_exec(tx, &tenant_insert,
                   DB_ARGS(db_text(id), db_text(slug), db_text(name), db_bytes(key), db_int(now)),
                   NULL, f);
}

enum err user_db_demo(struct db_conn *c, struct str tenant, bool *out, struct fail *f)
{
    int64_t n = 0;
    TRY(db_one_int(c, &any_test_user, DB_ARGS(db_text(tenant)), &n, f));
    *out = n > 0;
    return ERR_OK;
}

static const struct db_query my_courses = {
    "user.courses",
    "SELECT c.id, c.name, c.term, e.role FROM enrolments e JOIN courses c ON c.tenant_id = "
    "e.tenant_id AND c.id = "
    "e.course_id WHERE e.tenant_id = $1 AND e.user_id = $2 AND e.state = 'active' AND c.state = "
    "'active' ORDER BY e.course_id DESC "
    "LIMIT 200",
    true, 200
};

enum err user_db_courses(struct db_conn *c, const struct user *u, struct arena *a,
                         struct db_rows *out, struct fail *f)
{
    return db_all(c, &my_courses, DB_ARGS(db_text(u->tenant), db_text(u->id)), a, out, f);
}

static const struct db_query token_owner = {
    "user.token_owner",
    "SELECT user_id FROM one_time_tokens WHERE token_mac = $3 AND tenant_id = $1 AND kind = $2 AND "
    "used_at IS NULL AND "
    "expires_at > $4 AND user_id IS NOT NULL",
    true, 1
};

const struct db_query *const user_db_queries[] = { &account_by_email,
                                                   &by_sid,
                                                   &is_active,
                                                   &insert_user,
                                                   &insert_role,
                                                   &set_password,
                                                   &insert_login,
                                                   &login_done,
                                                   &seen,
                                                   &logout,
                                                   &logout_all,
                                                   &failure,
                                                   &failures,
                                                   &update_me,
                                                   &admins,
                                                   &insert_token,
                                                   &use_token,
                                                   &tenant_name,
                                                   &tenant_by_slug,
                                                   &tenant_insert,
                                                   &any_test_user,
                                                   &store_mark,
                                                   &store_mark_insert,
                                                   &my_courses,
                                                   &token_owner,
                                                   NULL };

enum err user_db_token_owner(struct db_conn *c, struct str tenant, const char *kind,
                             const struct hash *mac, int64_t now, struct arena *a,
                             struct str *user_id, struct fail *f)
{
    struct db_rows rows;
    TRY(db_one(
        c, &token_owner,
        DB_ARGS(db_text(tenant), db_text(str_of(kind)), db_bytes(hash_bytes(mac)), db_int(now)), a,
        &rows, f));
    *user_id = db_cell_text(&rows, 0, 0);
    return ERR_OK;
}

enum err user_db_store_mark(struct db_conn *c, struct arena *a, struct str *env_name,
                            struct str *box, struct fail *f)
{
    struct db_rows rows;
    TRY(db_one(c, &store_mark, NULL, 0, a, &rows, f));
    *env_name = db_cell_text(&rows, 0, 0);
    *box = db_cell_text(&rows, 0, 1);
    return ERR_OK;
}

enum err user_db_store_mark_insert(struct db_tx *tx, struct str env_name, struct str box,
                                   int64_t now, struct fail *f)
{
    return db_exec(tx, &store_mark_insert, DB_ARGS(db_text(env_name), db_bytes(box), db_int(now)),
                   NULL, f);
}
