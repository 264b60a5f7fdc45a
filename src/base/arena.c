#include "base/arena.h"

#include "base/num.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
static void poison(void *p, size_t n)
{
    ASAN_POISON_MEMORY_REGION(p, n);
}
static void unpoison(void *p, size_t n)
{
    ASAN_UNPOISON_MEMORY_REGION(p, n);
}
enum { ARENA_RED = 8 }; /* a poisoned gap behind each piece, so that running over its end is seen */
#else
static void poison(void *, size_t) {}
static void unpoison(void *, size_t) {}
enum { ARENA_RED = 0 };
#endif

/* A cache line is the strictest alignment asked for (ring, metric). */
enum { ARENA_BLOCK_MIN = 16 * 1024, ARENA_ALIGN_MAX = 64 };

struct arena_block {
    struct arena_block *next;
    size_t cap;
    size_t pos;
    _Alignas(ARENA_ALIGN_MAX) unsigned char data[];
};

_Noreturn static void die_oom(size_t want)
{
    (void)fprintf(stderr, "out of memory: wanted %zu bytes\n", want);
    abort();
}

static struct arena_block *block_new(size_t size, struct arena_block *next)
{
    size_t cap = size > ARENA_BLOCK_MIN ? size : ARENA_BLOCK_MIN, total = 0;
    /* aligned_alloc wants a multiple of the alignment */
    bool fits = size_add(cap, sizeof(struct arena_block) + ARENA_ALIGN_MAX - 1, &total);
    total &= ~(size_t)(ARENA_ALIGN_MAX - 1);
    struct arena_block *b = fits ? aligned_alloc(ARENA_ALIGN_MAX, total) : NULL;
    if (!b)
        die_oom(size);
    *b = (struct arena_block){ .next = next, .cap = cap };
    poison(b->data, cap);
    return b;
}

void *arena_alloc(struct arena *a, size_t size, size_t align)
{
    assert(align && align <= ARENA_ALIGN_MAX && (align & (align - 1)) == 0);
    size_t want = 0;
    if (!size_add(size, ARENA_RED, &want))
        die_oom(size);
    struct arena_block *b = a->head;
    size_t at = b ? (b->pos + align - 1) & ~(align - 1) : 0;
    if (!b || at > b->cap || want > b->cap - at) {
        b = block_new(want, a->head);
        a->head = b;
        at = 0;
    }
    b->pos = at + want;
    a->used += size;
    unpoison(b->data + at, size);
    memset(b->data + at, 0, size);
    return b->data + at;
}

void *arena_array_(struct arena *a, size_t n, size_t size, size_t align)
{
    size_t total = 0;
    if (!size_mul(n, size, &total))
        die_oom(SIZE_MAX);
    return arena_alloc(a, total, align);
}

struct str arena_dup(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.len + 1, 1);
    if (s.len)
        memcpy(p, s.ptr, s.len);
    return (struct str){ p, s.len };
}

const char *arena_cstr(struct arena *a, struct str s)
{
    return arena_dup(a, s).ptr;
}

struct str arena_fmt(struct arena *a, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    assert(n >= 0);
    char *p = arena_alloc(a, (size_t)n + 1, 1);
    (void)vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return (struct str){ p, (size_t)n };
}

static void blocks_free(struct arena_block *b)
{
    for (struct arena_block *next; b; b = next) {
        next = b->next;
        unpoison(b->data, b->cap);
        free(b);
    }
}

void arena_reset(struct arena *a)
{
    if (!a->head)
        return;
    blocks_free(a->head->next);
    a->head->next = NULL;
    a->head->pos = 0;
    poison(a->head->data, a->head->cap);
    a->used = 0;
}

void arena_release(struct arena *a)
{
    blocks_free(a->head);
    *a = (struct arena){ 0 };
}
