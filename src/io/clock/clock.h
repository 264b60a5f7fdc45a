#pragma once
/*
 * clock - time and randomness, injected, so that tests choose both.
 *
 * Times are microseconds: wall time since 1970-01-01 UTC, monotonic time since an unknown start
 * (leases, deadlines). Implementations are immutable or guard themselves; any thread may call them.
 */
#include "base/arena.h"
#include "base/id.h"

#include <pthread.h>

struct clock {
    int64_t (*now_us)(const struct clock *c);
    int64_t (*mono_us)(const struct clock *c);
};
struct rng {
    void (*fill)(const struct rng *r, void *out, size_t n);
};
/* The two together, passed to whatever makes ids or stamps. */
struct env {
    const struct clock *clock;
    const struct rng *rng;
};

/* The real ones: clock_gettime and getrandom (libsodium). */
extern const struct clock clock_real;
extern const struct rng rng_real;
extern const struct env env_real;

static inline int64_t env_now(const struct env *e)
{
    return e->clock->now_us(e->clock);
}
static inline int64_t env_mono(const struct env *e)
{
    return e->clock->mono_us(e->clock);
}
/* A new UUIDv7 in the arena. */
struct str env_id(const struct env *e, struct arena *a);
void env_random(const struct env *e, void *out, size_t n);

/* Waiting takes real time, whatever clock was injected: on the monotonic side of clock_real, so a
 * step of the wall clock neither prolongs nor ends it. */
static inline int64_t clock_after(int64_t us)
{
    return clock_real.mono_us(&clock_real) + us;
}
void clock_sleep(int64_t us);
/* A condition for clock_cond_wait; of one that needs no deadline pthread's own calls will do. */
void clock_cond_init(pthread_cond_t *c);
/* With `lock` held. False when `until` (of clock_after) has come. */
bool clock_cond_wait(pthread_cond_t *c, pthread_mutex_t *lock, int64_t until);

/* For tests: a clock that stands still until told, and randomness from a seed (SplitMix64). Not
 * thread-safe. */
struct clock_fixed {
    struct clock base; /* first member: a clock_fixed is a clock */
    int64_t at_us;
};
struct rng_seeded {
    struct rng base;
    uint64_t *state;
};
void clock_fixed_init(struct clock_fixed *c, int64_t at_us);
void rng_seeded_init(struct rng_seeded *r, uint64_t *state);
