#pragma once
/*
 * ring - a bounded queue of pointers, many writers and many readers, no lock (D. Vyukov's bounded
 * MPMC queue). Capacity is a power of two, chosen at birth. A full ring refuses; an empty one says
 * so; nobody waits. Memory is the arena's. Any thread may put and take.
 */
#include "base/arena.h"

#include <stdatomic.h>

struct ring_cell {
    atomic_size_t seq;
    void *value;
};
struct ring {
    struct ring_cell *cells;
    size_t mask;
    _Alignas(64) atomic_size_t head; /* next to take */
    _Alignas(64) atomic_size_t tail; /* next to put */
};

void ring_init(struct ring *r, struct arena *a, size_t capacity);
MUST_USE bool ring_put(struct ring *r, void *value);
/* NULL when empty. */
void *ring_take(struct ring *r);
