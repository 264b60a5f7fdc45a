#pragma once
/*
 * schedule - when each request is to be sent, fixed before the run.
 *
 * At a constant rate the n-th time is start + n / rate, without drift; Poisson has exponential gaps
 * from a seeded SplitMix64, so that the same seed gives the same times. Nanoseconds of the caller's
 * clock. One thread.
 */
#include "base/base.h"

struct schedule {
    int64_t start_ns;
    double gap_ns; /* mean */
    bool poisson;
    uint64_t seed; /* moves on */
    uint64_t n;
    double after_ns; /* of the next one, since start_ns */
};

/* per_second > 0. */
void schedule_start(struct schedule *s, int64_t start_ns, double per_second);
/* Poisson from `seed`; before the first schedule_next. */
void schedule_poisson(struct schedule *s, uint64_t seed);
/* The next time; never before the one before. */
int64_t schedule_next(struct schedule *s);
