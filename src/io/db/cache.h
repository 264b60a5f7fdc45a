#pragma once
/*
 * cache - prepared statements of one connection, found by the address of their db_query.
 *
 * Queries are static, so the address is the key; the text's address is compared too, in case a test
 * made one on its stack. Owned by the connection's thread. Never shrinks.
 */
#include "io/db/db.h"

struct stmt_slot {
    const struct db_query *q;
    const char *sql;
    void *stmt;
};
struct stmt_cache {
    struct stmt_slot *slots;
    size_t cap, count;
};

/* NULL when it was never put. */
void *cache_get(const struct stmt_cache *c, const struct db_query *q);
/* Returns what was there under this address before (to be finalised), or NULL. */
void *cache_put(struct stmt_cache *c, const struct db_query *q, void *stmt);
/* Calls end for each statement and empties the cache. */
void cache_clear(struct stmt_cache *c, void (*end)(void *stmt));
