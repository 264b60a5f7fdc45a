#pragma once
/*
 * audit - who did what to what, in the transaction of the act (security.md E.1).
 *
 * One hash chain per tenant and month: hash = SHA-256(prev_hash || JCS(row without hash)); the
 * first row of a month continues the month before. A row holds ids and declared words only: no
 * name, e-mail or text of a user. If it cannot be written, the action fails. Runs inside the
 * caller's unit.
 */
#include "io/db/db.h"

enum audit_severity {
    AUDIT_INFO,
    AUDIT_NOTICE,
    AUDIT_WARNING,
    AUDIT_CRITICAL,
    AUDIT_SEVERITY_COUNT
};
enum audit_outcome { AUDIT_OK, AUDIT_DENIED, AUDIT_ERROR, AUDIT_OUTCOME_COUNT };

/* One type of event; the table in audit.c is the only list. */
enum audit_action {
    AUDIT_LOGIN_OK,
    AUDIT_LOGIN_FAILED,
    AUDIT_LOGOUT,
    AUDIT_SETUP_CLAIMED,
    AUDIT_USER_MADE,
    AUDIT_PASSWORD_CHANGED,
    AUDIT_ROLE_CHANGED,
    AUDIT_SENSITIVE_READ,
    AUDIT_EXPORT_CREATED,
    AUDIT_SYSTEM_START,
    AUDIT_ACTION_COUNT
};

struct audit_row {
    enum audit_action action;
    enum audit_outcome outcome;
    struct str actor_id;     /* ptr NULL: nobody or the system */
    const char *actor_kind;  /* "user", "system" */
    const char *actor_role;  /* NULL when none */
    const char *target_kind; /* NULL when none */
    struct str target_id;
    struct str ip; /* ptr NULL when none */
    struct str login_session_id;
    struct str request_id;  /* "" for commands */
    const char *detail_key; /* one declared word of detail, NULL when none */
    struct str detail;      /* a word or id, never user text */
};
enum err audit_write(struct db_tx *tx, const struct env *env, const struct audit_row *row,
                     struct fail *f);

/* Walks the chain of the tenant's months. *first_bad_* are 0 when it holds. */
enum err audit_verify(struct db_conn *c, struct str tenant, int64_t *rows, int64_t *first_bad_month,
                      int64_t *first_bad_seq, struct fail *f);
const char *audit_action_name(enum audit_action a);
