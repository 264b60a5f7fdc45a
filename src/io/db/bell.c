#include "io/db/bell.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

static void sleep_while(_Atomic uint32_t *word, uint32_t seen)
{
    /* comes back at once when the word has changed; a signal or a stray wake-up changes nothing */
    (void)syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
}

void bell_wait(struct bell *b, const atomic_bool *done)
{
    atomic_fetch_add(&b->sleepers, 1);
    for (;;) {
        /* in this order: a ring between the two is seen as a changed word */
        uint32_t seen = atomic_load(&b->rung);
        if (atomic_load(done))
            break;
        sleep_while(&b->rung, seen);
    }
    atomic_fetch_sub(&b->sleepers, 1);
}

void bell_ring(struct bell *b)
{
    atomic_fetch_add(&b->rung, 1);
    if (atomic_load(&b->sleepers))
        (void)syscall(SYS_futex, &b->rung, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}
