#include "base/fold.h"
#include "base/num.h"
#include "domain/user/user_priv.h"

enum { TOUCH_EVERY_S = 300, SETUP_MIN = 60, RECOVERY_MIN = 30 };
static const int64_t minute_us = INT64_C(60) * US_PER_S;

struct users *user_open(struct arena *a, const struct users_conf *conf)
{
    struct users *us = ARENA_NEW(a, struct users);
    us->conf = *conf;
    return us;
}

struct str user_email_fold(struct arena *a, struct str email)
{
    struct str t = str_trim(email);
    char *p = arena_alloc(a, t.len + 1, 1);
    for (size_t i = 0; i < t.len; i++)
        p[i] = (char)(t.ptr[i] >= 'A' && t.ptr[i] <= 'Z' ? t.ptr[i] + 32 : t.ptr[i]);
    return (struct str){ p, t.len };
}

struct str user_sort_name(struct arena *a, struct str name)
{
    return utf8_cut(text_fold(a, name), 400);
}

enum err user_password_check_length(struct str password, struct fail *f)
{
    if (password.len < PASSWORD_MIN || password.len > PASSWORD_MAX)
        return FAIL(f, ERR_INPUT, "password.length", "%zu bytes, %d to %d allowed", password.len,
                    PASSWORD_MIN, PASSWORD_MAX);
    return ERR_OK;
}

/* --- accounts --- */

struct make {
    struct users *us;
    struct user_new in;
    struct str sealed, sort_name;
};

static enum err make_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct make *m = arg;
    static const struct {
        enum user_role role;
        const char *name;
    } roles[] = { { ROLE_STUDENT, "student" },
                  { ROLE_TEACHER, "teacher" },
                  { ROLE_ADMIN, "admin" },
                  { ROLE_RESEARCHER, "researcher" } };
    int64_t now = env_now(m->us->conf.env);
    TRY(user_db_insert(tx, &m->in, m->sort_name, now, f));
    for (size_t i = 0; i < COUNT_OF(roles); i++)
        if (m->in.roles & (unsigned)roles[i].role)
            TRY(user_db_role(tx, m->in.id, roles[i].name, now, f));
    if (m->sealed.ptr)
        TRY(user_db_password(tx, m->in.id, m->sealed, now, f));
    return audit_write(tx, m->us->conf.env,
                       &(struct audit_row){ .action = AUDIT_USER_MADE,
                                            .actor_kind = "system",
                                            .target_kind = "user",
                                            .target_id = m->in.id },
                       f);
}

enum err user_make(struct users *us, const struct user_new *in, struct arena *a, struct str *id,
                   struct fail *f)
{
    struct make m = { .us = us, .in = *in };
    if (!m.in.id.len)
        m.in.id = env_id(us->conf.env, a);
    if (!m.in.locale.len)
        m.in.locale = STR("es");
    m.in.email = user_email_fold(a, in->email);
    m.in.name = text_nfc(a, str_trim(in->name));
    m.sort_name = user_sort_name(a, m.in.name);
    if (in->password.ptr) {
        TRY(user_password_check_length(in->password, f));
        TRY(secret_password_make(us->conf.secret, in->password, m.in.id, a, &m.sealed, f));
    }
    *id = m.in.id;
    return db_write(us->conf.db, us->conf.tenant, make_unit, &m, f);
}

enum err user_by_email(struct users *us, struct db_conn *c, struct str email, struct arena *a,
                       struct user *out, struct fail *f)
{
    struct account account = { 0 };
    TRY(user_db_account(c, us->conf.tenant, user_email_fold(a, email), a, &account, f));
    *out = account.user;
    return ERR_OK;
}

bool user_admin_exists(struct users *us, struct db_conn *c, struct fail *f)
{
    int64_t n = 0;
    return user_db_admins(c, us->conf.tenant, &n, f) == ERR_OK && n > 0;
}

/* --- the tenant --- */

struct tenant_make {
    const struct env *env;
    struct str id, slug, name;
};

static enum err tenant_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct tenant_make *t = arg;
    char key[32];
    env_random(t->env, key, sizeof key);
    return user_db_tenant_insert(tx, t->id, t->slug, t->name, (struct str){ key, sizeof key },
                                 env_now(t->env), f);
}

enum err user_tenant_ensure(struct db *db, const struct env *env, struct str slug, struct str name,
                            struct arena *a, struct str *id, struct fail *f)
{
    struct db_conn *c = NULL;
    TRY(db_conn_open(db, &c, f));
    enum err found = user_db_tenant_by_slug(c, slug, a, id, f);
    db_conn_close(c);
    if (found != ERR_NOT_FOUND)
        return found;
    struct tenant_make t = { env, env_id(env, a), slug, name };
    *id = t.id;
    return db_write(db, t.id, tenant_unit, &t, f);
}

/* --- signing in --- */

struct login {
    struct users *us;
    const struct login_in *in;
    struct account *account; /* NULL: unknown e-mail */
    struct login_row row;
};

static enum err login_ok_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct login *l = arg;
    TRY(user_db_login(tx, &l->row, f));
    return audit_write(tx, l->us->conf.env,
                       &(struct audit_row){ .action = AUDIT_LOGIN_OK,
                                            .actor_kind = "user",
                                            .actor_id = l->row.user_id,
                                            .ip = l->in->ip,
                                            .login_session_id = l->row.id,
                                            .request_id = l->in->request_id },
                       f);
}

/* 5 failures, then each further one waits 1, 2, 4 ... 60 minutes (security.md B.2). */
static int64_t wait_after(int64_t failures, int64_t now)
{
    if (failures < FAILURES_BEFORE_WAIT)
        return INT64_MIN;
    int64_t steps = i64_min(failures - FAILURES_BEFORE_WAIT, 6);
    return now + i64_min(INT64_C(1) << steps, WAIT_MAX_MIN) * minute_us;
}

static enum err login_failed_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct login *l = arg;
    if (l->account) {
        int64_t n = 0;
        TRY(user_db_failure(tx, l->account->user.id, &n, f));
        TRY(user_db_failures(tx, l->account->user.id, n, wait_after(n, env_now(l->us->conf.env)),
                             f));
    }
    return audit_write(
        tx, l->us->conf.env,
        &(struct audit_row){ .action = AUDIT_LOGIN_FAILED,
                             .outcome = AUDIT_DENIED,
                             .actor_kind = "user",
                             .target_kind = l->account ? "user" : NULL,
                             .target_id = l->account ? l->account->user.id : (struct str){ 0 },
                             .ip = l->in->ip,
                             .request_id = l->in->request_id },
        f);
}

/* The same work and the same answer for unknown, wrong, disabled and waiting accounts. */
static enum err credentials_check(struct login *l, bool *ok, struct fail *f)
{
    const struct account *account = l->account;
    bool matches = false;
    TRY(secret_password_check(l->us->conf.secret, l->in->password,
                              account ? account->sealed : (struct str){ 0 },
                              account ? account->user.id : STR(""), &matches, f));
    bool waiting = account && account->locked_until != INT64_MIN &&
                   account->locked_until > env_now(l->us->conf.env);
    *ok = matches && account && str_is(account->state, "active") && !waiting;
    return ERR_OK;
}

static struct str login_cookie(const struct users *us, struct str token, struct arena *a)
{
    return arena_fmt(a, SID_COOKIE "=%.*s; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=%lld",
                     STR_ARG(token), (long long)(us->conf.absolute_us / US_PER_S));
}

enum err user_login(struct users *us, struct db_conn *c, const struct login_in *in, struct arena *a,
                    struct user *out, struct str *cookie, struct fail *f)
{
    struct account account = { 0 };
    struct login l = { .us = us, .in = in };
    enum err found =
        user_db_account(c, us->conf.tenant, user_email_fold(a, in->email), a, &account, f);
    if (found && found != ERR_NOT_FOUND)
        return found;
    l.account = found ? NULL : &account;
    bool ok = false;
    TRY(credentials_check(&l, &ok, f));
    if (!ok) {
        TRY(db_write(us->conf.db, us->conf.tenant, login_failed_unit, &l, f));
        return FAIL(f, ERR_AUTH, "auth.invalid", "sign-in refused");
    }
    int64_t now = env_now(us->conf.env);
    struct hash mac;
    struct str token = secret_token_make(us->conf.secret, "sid", a, &mac);
    l.row = (struct login_row){ .id = env_id(us->conf.env, a),
                                .user_id = account.user.id,
                                .ip = in->ip,
                                .user_agent = utf8_cut(in->user_agent, 300),
                                .mac = mac,
                                .now = now,
                                .idle_expires_at = now + us->conf.idle_us,
                                .expires_at = now + us->conf.absolute_us };
    TRY(db_write(us->conf.db, us->conf.tenant, login_ok_unit, &l, f));
    *out = account.user;
    out->login_session_id = l.row.id;
    *cookie = login_cookie(us, token, a);
    return ERR_OK;
}

/* --- who asks --- */

struct touch {
    struct str login_id;
    int64_t now, idle_expires_at;
};

static enum err touch_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct touch *t = arg;
    return user_db_seen(tx, t->login_id, t->now, t->idle_expires_at, f);
}

enum err user_authenticate(void *self, struct http_req *req, struct fail *f)
{
    struct users *us = self;
    req->tenant = us->conf.tenant;
    TRY(db_conn_tenant(req->conn, us->conf.tenant, f));
    struct str sid = http_cookie(req, SID_COOKIE);
    if (sid.len != SECRET_TOKEN_TEXT)
        return ERR_OK;
    struct hash mac = secret_token_mac(us->conf.secret, "sid", sid);
    struct user *u = ARENA_NEW(req->arena, struct user);
    int64_t now = env_now(us->conf.env), seen_at = 0;
    enum err found =
        user_db_by_sid(req->conn, us->conf.tenant, &mac, now, req->arena, u, &seen_at, f);
    if (found)
        return found == ERR_NOT_FOUND ? ERR_OK : found;
    req->user = u;
    req->user_id = u->id;
    if (now - seen_at < (int64_t)TOUCH_EVERY_S * US_PER_S)
        return ERR_OK;
    struct touch t = { u->login_session_id, now, now + us->conf.idle_us };
    return db_write(us->conf.db, us->conf.tenant, touch_unit, &t, f);
}

bool user_still_allowed(void *self, struct str tenant, struct str user_id)
{
    struct users *us = self;
    struct db_conn *c = NULL;
    struct fail f;
    bool active = false;
    if (db_conn_open(us->conf.db, &c, &f))
        return true; /* a store that is away ends no stream; the next check decides */
    enum err e = db_conn_tenant(c, tenant, &f);
    if (e == ERR_OK)
        e = user_db_is_active(c, tenant, user_id, &active, &f);
    db_conn_close(c);
    return e != ERR_OK || active;
}

/* --- one-time tokens --- */

struct token_make {
    struct users *us;
    struct token_row row;
};

static enum err token_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct token_make *t = arg;
    return user_db_token_insert(tx, &t->row, env_now(t->us->conf.env), f);
}

static enum err token_make(struct users *us, const char *kind, struct str user_id, int64_t minutes,
                           struct arena *a, struct str *token, struct fail *f)
{
    struct token_make t = { .us = us };
    *token = secret_token_make(us->conf.secret, kind, a, &t.row.mac);
    t.row.id = env_id(us->conf.env, a);
    t.row.user_id = user_id;
    t.row.kind = str_of(kind);
    t.row.expires_at = env_now(us->conf.env) + minutes * minute_us;
    return db_write(us->conf.db, us->conf.tenant, token_unit, &t, f);
}

enum err user_setup_token(struct users *us, struct arena *a, struct str *token, struct fail *f)
{
    struct db_conn *c = NULL;
    TRY(db_conn_open(us->conf.db, &c, f));
    enum err e = db_conn_tenant(c, us->conf.tenant, f);
    int64_t n = 0;
    if (e == ERR_OK)
        e = user_db_admins(c, us->conf.tenant, &n, f);
    db_conn_close(c);
    TRY(e);
    if (n > 0)
        return FAIL(f, ERR_CONFLICT, "setup.done", "an admin exists");
    return token_make(us, "setup", (struct str){ 0 }, SETUP_MIN, a, token, f);
}

enum err user_recovery_token(struct users *us, struct str email, struct arena *a, struct str *token,
                             struct fail *f)
{
    struct db_conn *c = NULL;
    struct user u;
    TRY(db_conn_open(us->conf.db, &c, f));
    enum err e = db_conn_tenant(c, us->conf.tenant, f);
    if (e == ERR_OK)
        e = user_by_email(us, c, email, a, &u, f);
    db_conn_close(c);
    TRY(e);
    return token_make(us, "recovery", u.id, RECOVERY_MIN, a, token, f);
}

struct claim {
    struct make make;
    struct hash mac;
    struct str ip;
};

static enum err claim_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct claim *c = arg;
    struct str nobody;
    int64_t admins = 0;
    const struct users *us = c->make.us;
    TRY(user_db_token_use(tx, "setup", &c->mac, env_now(us->conf.env), &nobody, f));
    TRY(user_db_admins(db_tx_conn(tx), db_tx_tenant(tx), &admins, f));
    if (admins)
        return FAIL(f, ERR_NOT_FOUND, "not_found", "an admin exists");
    TRY(make_unit(tx, &c->make, f));
    return audit_write(tx, us->conf.env,
                       &(struct audit_row){ .action = AUDIT_SETUP_CLAIMED,
                                            .actor_kind = "user",
                                            .actor_id = c->make.in.id,
                                            .target_kind = "user",
                                            .target_id = c->make.in.id,
                                            .ip = c->ip },
                       f);
}

enum err user_claim_setup(struct users *us, struct str token, const struct user_new *in,
                          struct str ip, struct arena *a, struct str *id, struct fail *f)
{
    struct claim c = { .make = { .us = us, .in = *in }, .ip = ip };
    TRY(user_password_check_length(in->password, f));
    c.mac = secret_token_mac(us->conf.secret, "setup", token);
    c.make.in.id = *id = env_id(us->conf.env, a);
    c.make.in.email = user_email_fold(a, in->email);
    c.make.in.name = text_nfc(a, str_trim(in->name));
    c.make.in.locale = in->locale.len ? in->locale : STR("es");
    c.make.in.roles = ROLE_ADMIN | ROLE_TEACHER;
    c.make.sort_name = user_sort_name(a, c.make.in.name);
    TRY(secret_password_make(us->conf.secret, in->password, c.make.in.id, a, &c.make.sealed, f));
    return db_write(us->conf.db, us->conf.tenant, claim_unit, &c, f);
}

/* The seal is bound to the user, whom only the token names: it is made inside the unit's retry-safe
 * part by looking the user up first and using the token in the unit. */
struct reset {
    struct users *us;
    struct hash mac;
    struct str user_id, sealed;
};

static enum err reset_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct reset *r = arg;
    struct str user_id;
    int64_t now = env_now(r->us->conf.env);
    TRY(user_db_token_use(tx, "recovery", &r->mac, now, &user_id, f));
    TRY(user_db_password(tx, user_id, r->sealed, now, f));
    TRY(user_db_failures(tx, user_id, 0, INT64_MIN, f));
    TRY(user_db_logout_all(tx, user_id, now, f));
    return audit_write(tx, r->us->conf.env,
                       &(struct audit_row){ .action = AUDIT_PASSWORD_CHANGED,
                                            .actor_kind = "user",
                                            .actor_id = user_id,
                                            .target_kind = "user",
                                            .target_id = user_id },
                       f);
}

static enum err token_owner(struct users *us, const struct hash *mac, struct arena *a,
                            struct str *user_id, struct fail *f)
{
    struct db_conn *c = NULL;
    TRY(db_conn_open(us->conf.db, &c, f));
    enum err e = db_conn_tenant(c, us->conf.tenant, f);
    if (e == ERR_OK)
        e = user_db_token_owner(c, us->conf.tenant, "recovery", mac, env_now(us->conf.env), a,
                                user_id, f);
    db_conn_close(c);
    return e;
}

enum err user_reset_password(struct users *us, struct str token, struct str password,
                             struct arena *a, struct fail *f)
{
    struct reset r = { .us = us, .mac = secret_token_mac(us->conf.secret, "recovery", token) };
    TRY(user_password_check_length(password, f));
    TRY(token_owner(us, &r.mac, a, &r.user_id, f));
    TRY(secret_password_make(us->conf.secret, password, r.user_id, a, &r.sealed, f));
    return db_write(us->conf.db, us->conf.tenant, reset_unit, &r, f);
}
