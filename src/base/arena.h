#pragma once
/*
 * arena - memory by lifetime: one arena a request, a job, a start-up phase; everything in it dies
 * together.
 *
 * Allocations are zeroed and never NULL; real exhaustion of memory stops the program. Under
 * AddressSanitizer the unused and the released parts are poisoned. Owner: one thread at a time. Not
 * thread-safe.
 */
#include "base/fail.h"
#include "base/str.h"

struct arena_block;
struct arena {
    struct arena_block *head;
    size_t used; /* bytes handed out since the last reset */
};

void *arena_alloc(struct arena *a, size_t size, size_t align)
    __attribute__((returns_nonnull, malloc, alloc_size(2)));
void *arena_array_(struct arena *a, size_t n, size_t size, size_t align)
    __attribute__((returns_nonnull));
/* Copy with a NUL behind it, so .ptr is also a C string. */
struct str arena_dup(struct arena *a, struct str s);
const char *arena_cstr(struct arena *a, struct str s);
FMT_LIKE(2, 3) struct str arena_fmt(struct arena *a, const char *fmt, ...);
/* Forgets everything but keeps the newest block, so that a loop stops calling the allocator. */
void arena_reset(struct arena *a);
void arena_release(struct arena *a);

#define ARENA_NEW(a, T) ((T *)arena_alloc((a), sizeof(T), _Alignof(T)))
#define ARENA_ARRAY(a, T, n) ((T *)arena_array_((a), (n), sizeof(T), _Alignof(T)))
#define AUTO_ARENA __attribute__((cleanup(arena_release))) struct arena
