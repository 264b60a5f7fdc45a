#include "histogram.h"

#include <math.h>

enum { SUB_BITS = 7 };
static_assert(1 << SUB_BITS == HISTOGRAM_SUB, "buckets for each doubling");

/* Doublings above the range that has a bucket for each microsecond. */
static size_t shift_of(uint64_t us)
{
    size_t top = 63 - (size_t)__builtin_clzll(us | 1);
    return top > SUB_BITS ? top - SUB_BITS : 0;
}

static size_t bucket_of(uint64_t us)
{
    size_t shift = shift_of(us);
    return shift * HISTOGRAM_SUB + (size_t)(us >> shift);
}

static int64_t middle_of(size_t bucket)
{
    if (bucket < (size_t)2 * HISTOGRAM_SUB)
        return (int64_t)bucket;
    size_t shift = bucket / HISTOGRAM_SUB - 1;
    uint64_t low = (uint64_t)(bucket - shift * HISTOGRAM_SUB) << shift;
    return (int64_t)(low + ((UINT64_C(1) << shift) >> 1));
}

void histogram_add(struct histogram *h, int64_t us)
{
    int64_t kept = us < 1 ? 1 : us > HISTOGRAM_MAX_US ? HISTOGRAM_MAX_US : us;
    size_t bucket = bucket_of((uint64_t)kept);
    assert(bucket < HISTOGRAM_BUCKETS);
    h->buckets[bucket]++;
    h->count++;
    h->max_us = us > h->max_us ? us : h->max_us;
}

int64_t histogram_at(const struct histogram *h, double part)
{
    uint64_t rank = (uint64_t)ceil(part * (double)h->count), seen = 0;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += h->buckets[i];
        if (h->buckets[i] && seen >= rank) {
            int64_t us = middle_of(i);
            return us < h->max_us ? us : h->max_us;
        }
    }
    return h->max_us;
}
