#pragma once
/* idem_db - the table idempotency_keys. */
#include "base/hash.h"
#include "io/db/db.h"

/* The statements; all are here so that a test can look at their plans. */
enum { IDEM_Q_RESERVE, IDEM_Q_FIND, IDEM_Q_STORE, IDEM_Q_RELEASE, IDEM_Q_EXPIRE, IDEM_Q_COUNT };
extern const struct db_query idem_queries[IDEM_Q_COUNT];

struct idem_row {
    struct str tenant, user_id, route, key;
    struct hash request;
};
/* What the store has under the key. status API_ABSENT: still running. */
struct idem_found {
    bool reserved; /* it is ours now; the rest is empty */
    bool same;     /* the same request as before */
    int64_t status;
    struct str body;
};
/* Reserves the key until `until`, unless it is taken and not yet expired. */
enum err idem_reserve(struct db_tx *tx, const struct idem_row *row, int64_t now, int64_t until,
                      struct arena *a, struct idem_found *out, struct fail *f);
enum err idem_store(struct db_tx *tx, const struct idem_row *row, int64_t status, struct str body,
                    int64_t until, struct fail *f);
enum err idem_release(struct db_tx *tx, const struct idem_row *row, struct fail *f);
/* Deletes at most `max` keys of all tenants that expired at `now` or before, the oldest first. */
enum err idem_expire(struct db_tx *tx, int64_t now, int64_t max, int64_t *deleted, struct fail *f);
