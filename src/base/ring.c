#include "base/ring.h"

void ring_init(struct ring *r, struct arena *a, size_t capacity)
{
    assert(capacity >= 2 && (capacity & (capacity - 1)) == 0);
    r->cells = ARENA_ARRAY(a, struct ring_cell, capacity);
    r->mask = capacity - 1;
    for (size_t i = 0; i < capacity; i++)
        atomic_init(&r->cells[i].seq, i);
    atomic_init(&r->head, 0);
    atomic_init(&r->tail, 0);
}

/* Claims the next cell whose sequence number says it is ready for us; NULL when the ring is full
 * (or empty). */
static struct ring_cell *claim(struct ring *r, atomic_size_t *cursor, size_t ready_offset,
                               size_t *at)
{
    size_t pos = atomic_load_explicit(cursor, memory_order_relaxed);
    for (;;) {
        struct ring_cell *cell = &r->cells[pos & r->mask];
        size_t seq = atomic_load_explicit(&cell->seq, memory_order_acquire);
        ptrdiff_t diff = (ptrdiff_t)(seq - (pos + ready_offset));
        if (diff < 0)
            return NULL;
        if (diff > 0)
            pos = atomic_load_explicit(cursor, memory_order_relaxed);
        else if (atomic_compare_exchange_weak_explicit(cursor, &pos, pos + 1, memory_order_relaxed,
                                                       memory_order_relaxed)) {
            *at = pos;
            return cell;
        }
    }
}

bool ring_put(struct ring *r, void *value)
{
    size_t at = 0;
    struct ring_cell *cell = claim(r, &r->tail, 0, &at);
    if (!cell)
        return false;
    cell->value = value;
    atomic_store_explicit(&cell->seq, at + 1, memory_order_release);
    return true;
}

void *ring_take(struct ring *r)
{
    size_t at = 0;
    struct ring_cell *cell = claim(r, &r->head, 1, &at);
    if (!cell)
        return NULL;
    void *value = cell->value;
    atomic_store_explicit(&cell->seq, at + r->mask + 1, memory_order_release);
    return value;
}
