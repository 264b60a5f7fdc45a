#include "io/db/cache.h"

#include <stdlib.h>

enum { CACHE_MIN = 64 };

static size_t place(const struct stmt_cache *c, const struct db_query *q)
{
    /* Fibonacci hashing: neighbours in a table of queries spread over the slots. */
    size_t i = (size_t)(((uintptr_t)q >> 3) * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (c->cap - 1);
    while (c->slots[i].q && c->slots[i].q != q)
        i = (i + 1) & (c->cap - 1);
    return i;
}

void *cache_get(const struct stmt_cache *c, const struct db_query *q)
{
    if (!c->cap)
        return NULL;
    const struct stmt_slot *s = &c->slots[place(c, q)];
    return s->q && strcmp(s->sql, q->sql) == 0 ? s->stmt : NULL;
}

static void grow(struct stmt_cache *c)
{
    struct stmt_cache big = { .cap = c->cap ? c->cap * 2 : CACHE_MIN, .count = c->count };
    big.slots = calloc(big.cap, sizeof *big.slots);
    if (!big.slots)
        abort();
    for (size_t i = 0; i < c->cap; i++)
        if (c->slots[i].q)
            big.slots[place(&big, c->slots[i].q)] = c->slots[i];
    free(c->slots);
    *c = big;
}

void *cache_put(struct stmt_cache *c, const struct db_query *q, void *stmt)
{
    if (c->count * 2 >= c->cap)
        grow(c);
    struct stmt_slot *s = &c->slots[place(c, q)];
    void *old = s->stmt;
    c->count += s->q == NULL;
    free(s->sql);
    *s = (struct stmt_slot){ .q = q, .sql = strdup(q->sql), .stmt = stmt };
    if (!s->sql)
        abort();
    return old;
}

void cache_clear(struct stmt_cache *c, void (*end)(void *stmt))
{
    for (size_t i = 0; i < c->cap; i++)
        if (c->slots[i].q) {
            end(c->slots[i].stmt);
            free(c->slots[i].sql);
        }
    free(c->slots);
    *c = (struct stmt_cache){ 0 };
}
