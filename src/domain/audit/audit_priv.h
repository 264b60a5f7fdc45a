#pragma once
/* What the files of audit share. */
#include "base/hash.h"
#include "domain/audit/audit.h"

/* A row as stored. Texts with ptr NULL are NULL columns. */
struct audit_stored {
    int64_t month, seq, at;
    struct str id, actor_id, actor_kind, actor_role, action, target_kind, target_id, outcome,
        severity, ip;
    struct str login_session_id, request_id, detail;
    struct hash prev, hash;
};
struct hash audit_row_hash(struct str tenant, const struct audit_stored *r);
int64_t audit_month(int64_t at_us); /* yyyymm */

/* Orders the writers of one tenant's chain until the end of the transaction. */
enum err audit_db_lock(struct db_tx *tx, struct fail *f);
/* The chain's last row; zeros when there is none. */
enum err audit_db_last(struct db_tx *tx, int64_t *month, int64_t *seq, struct hash *hash,
                       struct fail *f);
enum err audit_db_insert(struct db_tx *tx, const struct audit_stored *r, struct fail *f);
/* Up to 500 rows after (month, seq), in order. */
enum err audit_db_page(struct db_conn *c, struct str tenant, int64_t month, int64_t seq,
                       struct arena *a, struct audit_stored **out, size_t *n, struct fail *f);

/* Every statement of audit_db.c, NULL at the end: for the test of their plans. */
extern const struct db_query *const audit_db_queries[];
