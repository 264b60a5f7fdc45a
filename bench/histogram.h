#pragma once
/*
 * histogram - how often each latency was seen, from 1 us to 60 s, with at most 0.4 % error.
 *
 * Log-linear: below 256 us a bucket for each microsecond, above it 128 buckets for each doubling;
 * a value is told as the middle of its bucket. Smaller and larger values are counted at the ends.
 * No allocation; one thread. Layout: G. Tene, HdrHistogram.
 */
#include "base/base.h"

enum {
    HISTOGRAM_SUB = 128,
    HISTOGRAM_MAX_US = 60'000'000,
    HISTOGRAM_BUCKETS = 20 * HISTOGRAM_SUB, /* 60 s need 18 doublings above 256 us */
};

struct histogram {
    uint64_t count;
    int64_t max_us; /* exact, also above 60 s; 0 when empty */
    uint64_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *h, int64_t us);
/* The value at or below which `part` (0..1] of all lie; 0 when empty. Never above max_us. */
int64_t histogram_at(const struct histogram *h, double part);
