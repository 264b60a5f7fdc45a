#pragma once
/* hub_db - the table stream_items. */
#include "io/hub/hub.h"

/* The statements; all are here so that a test can look at their plans. */
enum { HUB_Q_HOLD_PG, HUB_Q_NEXT, HUB_Q_ADD, HUB_Q_AFTER, HUB_Q_HEADS, HUB_Q_EXPIRE, HUB_Q_COUNT };
extern const struct db_query hub_queries[HUB_Q_COUNT];

/* Numbers and stores one event; *seq is its number. Holds the stream until the unit ends, so the
 * order of numbers is the order of commits. */
enum err hub_item_add(struct db_tx *tx, struct str stream, const struct hub_event *e,
                      int64_t expires_at, int64_t *seq, struct fail *f);
/* Up to HUB_READ items after `after`, in order. */
enum { HUB_READ = 64 };
enum err hub_items_after(struct db_conn *c, struct str tenant, struct str stream, int64_t after,
                         struct arena *a, struct hub_event **out, size_t *n, struct fail *f);
struct hub_head {
    struct str tenant, stream;
    int64_t seq;
};
/* The last number of each stream that got items expiring after `since`. The connection is on tenant
 * '*'. */
enum err hub_heads_since(struct db_conn *c, int64_t since, struct arena *a, struct hub_head **out,
                         size_t *n, struct fail *f);
enum err hub_items_expire(struct db_tx *tx, int64_t now, int64_t max, int64_t *deleted,
                          struct fail *f);
