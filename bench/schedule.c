#include "schedule.h"

#include <math.h>

void schedule_start(struct schedule *s, int64_t start_ns, double per_second)
{
    assert(per_second > 0);
    *s = (struct schedule){ .start_ns = start_ns, .gap_ns = 1e9 / per_second };
}

void schedule_poisson(struct schedule *s, uint64_t seed)
{
    s->poisson = true;
    s->seed = seed;
}

/* Uniform in (0, 1]. SplitMix64: S. Vigna, public domain. */
static double uniform(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return ((double)((z ^ (z >> 31)) >> 11) + 1) / 9007199254740992.0;
}

int64_t schedule_next(struct schedule *s)
{
    int64_t at = s->start_ns + (int64_t)s->after_ns;
    s->n++;
    if (s->poisson)
        s->after_ns -= log(uniform(&s->seed)) * s->gap_ns;
    else
        s->after_ns = (double)s->n * s->gap_ns;
    return at;
}
