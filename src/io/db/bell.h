#pragma once
/*
 * bell - where the callers of one group of units sleep until it has ended. Private to io/db.
 *
 * One call of the kernel wakes all of them, and none is made when nobody sleeps; a condition
 * variable each would cost one per caller. What the bell tells is a flag of each caller: a ring may
 * be meant for others, so bell_wait looks at its own flag again. Any thread may ring and wait.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct bell {
    _Atomic uint32_t rung;
    _Atomic uint32_t sleepers;
};

/* Returns when *done is true. Whoever sets it rings after that. */
void bell_wait(struct bell *b, const atomic_bool *done);
void bell_ring(struct bell *b);
