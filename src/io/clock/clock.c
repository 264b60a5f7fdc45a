#include "io/clock/clock.h"

#include <errno.h>
#include <sodium.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec t;
    int rc = clock_gettime(id, &t);
    assert(rc == 0);
    (void)rc;
    return (int64_t)t.tv_sec * US_PER_S + t.tv_nsec / 1000;
}

static int64_t real_now(const struct clock *)
{
    return read_clock(CLOCK_REALTIME);
}

static int64_t real_mono(const struct clock *)
{
    return read_clock(CLOCK_MONOTONIC);
}

static void real_fill(const struct rng *, void *out, size_t n)
{
    randombytes_buf(out, n);
}

const struct clock clock_real = { .now_us = real_now, .mono_us = real_mono };
const struct rng rng_real = { .fill = real_fill };
const struct env env_real = { .clock = &clock_real, .rng = &rng_real };

void env_random(const struct env *e, void *out, size_t n)
{
    e->rng->fill(e->rng, out, n);
}

struct str env_id(const struct env *e, struct arena *a)
{
    uint8_t rnd[8];
    env_random(e, rnd, sizeof rnd);
    char *text = ARENA_ARRAY(a, char, ID_TEXT + 1);
    id_format(env_now(e), rnd, text);
    return (struct str){ text, ID_TEXT };
}

static struct timespec timespec_of(int64_t us)
{
    return (struct timespec){ .tv_sec = us / US_PER_S, .tv_nsec = us % US_PER_S * 1000 };
}

void clock_sleep(int64_t us)
{
    struct timespec t = timespec_of(us);
    (void)nanosleep(&t, NULL);
}

void clock_cond_init(pthread_cond_t *c)
{
    pthread_condattr_t attr;
    int rc = pthread_condattr_init(&attr);
    rc = rc ? rc : pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    rc = rc ? rc : pthread_cond_init(c, &attr);
    assert(rc == 0);
    (void)rc;
    (void)pthread_condattr_destroy(&attr);
}

bool clock_cond_wait(pthread_cond_t *c, pthread_mutex_t *lock, int64_t until)
{
    struct timespec t = timespec_of(until);
    return pthread_cond_timedwait(c, lock, &t) != ETIMEDOUT;
}

static int64_t fixed_at(const struct clock *c)
{
    return ((const struct clock_fixed *)c)->at_us;
}

void clock_fixed_init(struct clock_fixed *c, int64_t at_us)
{
    *c =
        (struct clock_fixed){ .base = { .now_us = fixed_at, .mono_us = fixed_at }, .at_us = at_us };
}

/* SplitMix64 (Steele, Lea, Flood 2014): small, and good enough to make test data. */
static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static void seeded_fill(const struct rng *r, void *out, size_t n)
{
    uint64_t *state = ((const struct rng_seeded *)r)->state;
    unsigned char *to = out;
    for (size_t at = 0; at < n; at += sizeof(uint64_t)) {
        uint64_t word = splitmix(state);
        size_t take = n - at < sizeof word ? n - at : sizeof word;
        memcpy(to + at, &word, take);
    }
}

void rng_seeded_init(struct rng_seeded *r, uint64_t *state)
{
    *r = (struct rng_seeded){ .base = { .fill = seeded_fill }, .state = state };
}
