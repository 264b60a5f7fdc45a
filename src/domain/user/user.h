#pragma once
/*
 * user - accounts, sign-in, browser sessions, roles (security.md B).
 *
 * A browser session is a 256-bit random id in the cookie __Host-sid; the store keeps only its MAC.
 * Roles are read from the store at each request. Errors never say whether an account exists.
 * Threads: struct users is shared and immutable after user_open; the rest on the caller's
 * connection or transaction.
 */
#include "io/db/db.h"
#include "io/http/http.h"
#include "io/secret/secret.h"

enum user_role { ROLE_STUDENT = 1, ROLE_TEACHER = 2, ROLE_ADMIN = 4, ROLE_RESEARCHER = 8 };

/* Who asks. Lives in the request's arena. */
struct user {
    struct str tenant, id, email, name, locale, theme;
    struct str login_session_id;
    unsigned roles; /* enum user_role bits */
    int aal;        /* 1 or 2 */
};

struct users; /* the module: database, secrets, clock */
struct users_conf {
    struct db *db;
    struct secret *secret;
    const struct env *env;
    const struct log *log;
    struct str version; /* of the program */
    struct str tenant;  /* id of the one tenant of this process (host names come later) */
    bool secure_cookies;
    int64_t idle_us, absolute_us; /* browser session: 12 h idle, 30 days */
};
struct users *user_open(struct arena *a, const struct users_conf *conf);

extern const struct http_route user_routes[];
extern const size_t user_route_count;

/* http_hooks.authenticate: reads the cookie, fills req->tenant, user_id, user. */
enum err user_authenticate(void *self, struct http_req *req, struct fail *f);
bool user_still_allowed(void *self, struct str tenant, struct str user_id);

/* The signed-in user of a request of a non-public route. */
static inline const struct user *user_of(const struct http_req *req)
{
    return req->user;
}
/* The language to answer in: the one the request names, else the person's own. */
static inline struct str user_lang(const struct http_req *req)
{
    return req->lang.ptr ? req->lang : user_of(req)->locale;
}
static inline bool user_has(const struct user *u, enum user_role r)
{
    return (u->roles & (unsigned)r) != 0;
}

/* --- for commands, seeds and other modules --- */
struct user_new {
    struct str id; /* empty = made */
    struct str email, name, password, locale;
    unsigned roles;
    bool is_test;
};
/* Makes an active account; a password is checked for length (>= 8 bytes, <= 1024). The slow hash
 * happens before the unit. ERR_INPUT password.length; ERR_CONFLICT conflict.duplicate: e-mail
 * taken. *id in `a`. */
enum err user_make(struct users *us, const struct user_new *in, struct arena *a, struct str *id,
                   struct fail *f);
enum err user_by_email(struct users *us, struct db_conn *c, struct str email, struct arena *a,
                       struct user *out, struct fail *f);
/* Whose store is this? The first call notes the env and seals a mark with the master key; later
 * ones compare. `file` is named in the complaint. ERR_FORBIDDEN config.env: the store is of another
 * env · secret.key: its seals are of another master key, so nobody could sign in. */
enum err user_store_check(struct db *db, const struct secret *secret, const struct env *env,
                          struct str env_name, struct str file, struct fail *f);
/* The one tenant, made when absent. *id in `a`. */
enum err user_tenant_ensure(struct db *db, const struct env *env, struct str slug, struct str name,
                            struct arena *a, struct str *id, struct fail *f);
/* A one-time set-up link's token while no admin exists (60 min). ERR_CONFLICT setup.done: there is
 * an admin. */
enum err user_setup_token(struct users *us, struct arena *a, struct str *token, struct fail *f);
/* A one-time recovery token for an account: setting a new password (30 min). */
enum err user_recovery_token(struct users *us, struct str email, struct arena *a, struct str *token,
                             struct fail *f);
bool user_admin_exists(struct users *us, struct db_conn *c, struct fail *f);
/* Names of many users at once are joined by SQL of the modules that list them: users (tenant_id,
 * id, name) may be read by any module's *_db.c; only this module writes. */
