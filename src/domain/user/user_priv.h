#pragma once
/* What the files of user share. */
#include "domain/audit/audit.h"
#include "domain/user/user.h"

enum { PASSWORD_MIN = 8, PASSWORD_MAX = 1024, FAILURES_BEFORE_WAIT = 5, WAIT_MAX_MIN = 60 };
#define SID_COOKIE "__Host-sid"

struct users {
    struct users_conf conf;
};

/* An account as sign-in needs it. */
struct account {
    struct user user;
    struct str state, sealed; /* sealed: ptr NULL when there is no password */
    int64_t locked_until;
};
struct login_row {
    struct str id, user_id, ip, user_agent;
    struct hash mac;
    int64_t now, idle_expires_at, expires_at;
};
struct token_row {
    struct str id, user_id /* ptr NULL */, kind;
    struct hash mac;
    int64_t expires_at;
};

/* Lower case ASCII, trimmed; what is stored and looked up. */
struct str user_email_fold(struct arena *a, struct str email);
/* --- user_db.c; all on the connection's tenant --- */
enum err user_db_account(struct db_conn *c, struct str tenant, struct str email, struct arena *a,
                         struct account *out, struct fail *f);
/* The live browser session with this MAC and its active user; *seen_at tells when it was last
 * touched. */
enum err user_db_by_sid(struct db_conn *c, struct str tenant, const struct hash *mac, int64_t now,
                        struct arena *a, struct user *out, int64_t *seen_at, struct fail *f);
enum err user_db_is_active(struct db_conn *c, struct str tenant, struct str id, bool *out,
                           struct fail *f);
enum err user_db_insert(struct db_tx *tx, const struct user_new *in, struct str sort_name,
                        int64_t now, struct fail *f);
enum err user_db_role(struct db_tx *tx, struct str user_id, const char *role, int64_t now,
                      struct fail *f);
enum err user_db_password(struct db_tx *tx, struct str user_id, struct str sealed, int64_t now,
                          struct fail *f);
enum err user_db_login(struct db_tx *tx, const struct login_row *l, struct fail *f);
enum err user_db_seen(struct db_tx *tx, struct str login_id, int64_t now, int64_t idle_expires_at,
                      struct fail *f);
enum err user_db_logout(struct db_tx *tx, struct str login_id, int64_t now, struct fail *f);
enum err user_db_logout_all(struct db_tx *tx, struct str user_id, int64_t now, struct fail *f);
/* One failure more; *count of them now. Counted in the store: many may be checked at once. */
enum err user_db_failure(struct db_tx *tx, struct str user_id, int64_t *count, struct fail *f);
enum err user_db_failures(struct db_tx *tx, struct str user_id, int64_t count, int64_t locked_until,
                          struct fail *f);
enum err user_db_update_me(struct db_tx *tx, const struct user *u, struct str sort_name,
                           struct str prefs, int64_t now, struct fail *f);
enum err user_db_admins(struct db_conn *c, struct str tenant, int64_t *n, struct fail *f);
enum err user_db_token_insert(struct db_tx *tx, const struct token_row *t, int64_t now,
                              struct fail *f);
/* Marks the unused, unexpired token as used and returns its user (ptr NULL when it has none).
 * ERR_NOT_FOUND otherwise. */
enum err user_db_token_use(struct db_tx *tx, const char *kind, const struct hash *mac, int64_t now,
                           struct str *user_id, struct fail *f);
/* Whose unused, unexpired token this is. ERR_NOT_FOUND. */
enum err user_db_token_owner(struct db_conn *c, struct str tenant, const char *kind,
                             const struct hash *mac, int64_t now, struct arena *a,
                             struct str *user_id, struct fail *f);
enum err user_db_tenant(struct db_conn *c, struct str id, struct arena *a, struct str *name,
                        struct fail *f);
enum err user_db_tenant_by_slug(struct db_conn *c, struct str slug, struct arena *a, struct str *id,
                                struct fail *f);
enum err user_db_tenant_insert(struct db_tx *tx, struct str id, struct str slug, struct str name,
                               struct str key, int64_t now, struct fail *f);
/* The mark of whose store this is (store.c). ERR_NOT_FOUND: none yet. */
enum err user_db_store_mark(struct db_conn *c, struct arena *a, struct str *env_name,
                            struct str *box, struct fail *f);
/* Does nothing when there is one. */
enum err user_db_store_mark_insert(struct db_tx *tx, struct str env_name, struct str box,
                                   int64_t now, struct fail *f);
/* Rows (id, name, term, role) of the active enrolments. Only course writes these tables. */
enum err user_db_courses(struct db_conn *c, const struct user *u, struct arena *a,
                         struct db_rows *out, struct fail *f);
enum err user_db_demo(struct db_conn *c, struct str tenant, bool *out, struct fail *f);

/* --- user.c --- */
enum err user_password_check_length(struct str password, struct fail *f);
/* Signs in: a new session row and its audit row; *cookie is the whole header value. */
struct login_in {
    struct str email, password, ip, user_agent, request_id;
};
enum err user_login(struct users *us, struct db_conn *c, const struct login_in *in, struct arena *a,
                    struct user *out, struct str *cookie, struct fail *f);
enum err user_claim_setup(struct users *us, struct str token, const struct user_new *in,
                          struct str ip, struct arena *a, struct str *id, struct fail *f);
/* A new password by a recovery token; every browser session of the account ends. ERR_NOT_FOUND: bad
 * or used token. */
enum err user_reset_password(struct users *us, struct str token, struct str password,
                             struct arena *a, struct fail *f);
/* For sorting people: lower case, accents folded by NFD without marks, so both engines agree. */
struct str user_sort_name(struct arena *a, struct str name);

/* Every statement of user_db.c, NULL at the end: for the test of their plans. */
extern const struct db_query *const user_db_queries[];
