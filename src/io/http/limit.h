#pragma once
/*
 * limit - token buckets in memory, by the generic cell rate algorithm (GCRA, ITU-T I.371): one
 * number a key, the time at which its bucket is full again. The table of security.md D.6 stands in
 * limit.c.
 *
 * Keys are hashed (64 bits, keyed per start); the table has a fixed size, and where a set is full
 * the key closest to full is forgotten: a stranger who floods keys only refills buckets that were
 * nearly full. Its own lock a shard; any thread.
 */
#include "io/http/http.h"

struct limits;
struct limits *limits_new(const struct env *env);
void limits_free(struct limits *l);

struct limit_keys {
    struct str tenant, user; /* ptr NULL: not counted */
    struct str address;      /* binary address; IPv6 is cut to its /64 */
};
/* What the answer says in RateLimit-*: of the bucket that is closest to empty. */
struct limit_state {
    int64_t limit, remaining, reset_s; /* limit 0: nothing to say */
    int64_t retry_after_s;             /* 0: allowed */
};
/* Takes one from each bucket of the class; the first empty one refuses and nothing is taken after
 * it. now_us: monotonic. */
struct limit_state limits_take(struct limits *l, enum http_rate rate, const struct limit_keys *keys,
                               int64_t now_us);
/* A failed sign-in: counts against the address only. */
void limits_failed(struct limits *l, enum http_rate rate, const struct limit_keys *keys,
                   int64_t now_us);
