#pragma once
/*
 * cache - prepared statements of one connection, found by the address of their db_query.
 *
 * Queries are static, so the address is the key. The text is compared too, which costs little
 * beside the statement: a test or a command may make one in an arena, where addresses come again.
 * Owned by the connection's thread. Never shrinks.
 */
#include "io/db/db.h"

struct stmt_slot {
    const struct db_query *q;
    char *sql; /* a copy */
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
