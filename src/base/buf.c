#include "base/buf.h"

#include "base/num.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void set_capacity(struct buf *b, size_t cap)
{
    char *p = realloc(b->ptr, cap);
    if (!p) {
        (void)fprintf(stderr, "out of memory: wanted %zu bytes\n", cap);
        abort();
    }
    b->ptr = p;
    b->cap = cap;
}

static void grow(struct buf *b, size_t need)
{
    size_t cap = need < b->max / 2 ? need * 2 : b->max;
    set_capacity(b, cap < 64 && b->max >= 64 ? 64 : cap);
}

void buf_reserve(struct buf *b, size_t room)
{
    size_t cap = size_min(room, b->max);
    if (cap > b->cap)
        set_capacity(b, cap);
}

enum err buf_add(struct buf *b, struct str s)
{
    size_t need = 0;
    if (s.len == 0)
        return ERR_OK;
    if (!size_add(b->len, s.len, &need) || need > b->max)
        return ERR_LIMIT; /* b is unchanged */
    if (need > b->cap)
        grow(b, need);
    assert(b->ptr); /* need > 0 and need <= cap */
    memcpy(b->ptr + b->len, s.ptr, s.len);
    b->len = need;
    return ERR_OK;
}

void buf_put(struct buf *b, struct str s)
{
    if (buf_add(b, s))
        b->truncated = true;
}

void buf_putc(struct buf *b, char c)
{
    buf_put(b, (struct str){ &c, 1 });
}

void buf_putf(struct buf *b, const char *fmt, ...)
{
    char small[512];
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    assert(n >= 0);
    if ((size_t)n < sizeof small) {
        buf_put(b, (struct str){ small, (size_t)n });
    } else {
        char *big = malloc((size_t)n + 1);
        if (!big)
            abort();
        (void)vsnprintf(big, (size_t)n + 1, fmt, again);
        buf_put(b, (struct str){ big, (size_t)n });
        free(big);
    }
    va_end(again);
}

void buf_put_i64(struct buf *b, int64_t v)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do {
        digits[--at] = (char)('0' + (char)(u % 10));
        u /= 10;
    } while (u);
    if (v < 0)
        digits[--at] = '-';
    buf_put(b, (struct str){ digits + at, sizeof digits - at });
}

void buf_release(struct buf *b)
{
    free(b->ptr);
    *b = (struct buf){ .max = b->max };
}
