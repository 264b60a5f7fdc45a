#include "base/heap.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { KEEP = 64 << 20, GROW = 256 << 10, BIG = 1 << 20 };

/* Pages from `from` to the end of the heap. */
static void populate(const void *from)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = ((uintptr_t)from + page - 1) & ~(page - 1), end = (uintptr_t)sbrk(0);
    if (end > start && end - start < KEEP)
        (void)madvise((void *)start, end - start, MADV_POPULATE_WRITE);
}

void heap_keep(size_t begin)
{
    (void)mallopt(M_TRIM_THRESHOLD, KEEP);
    (void)mallopt(M_MMAP_THRESHOLD, BIG);
    /* one that does not fit what is there makes the heap grow, by the pad */
    (void)mallopt(M_TOP_PAD, (int)begin);
    void *first = malloc(GROW);
    if (first)
        populate(first);
    free(first);
    (void)mallopt(M_TOP_PAD, GROW);
}
