#pragma once
/*
 * buf - bytes that grow up to a maximum chosen at birth.
 *
 * A refused addition leaves the buffer as it was. `truncated` remembers that one was refused, so a
 * writer of many small parts may check once at the end. Owner frees with buf_release (AUTO_BUF
 * does). One thread.
 */
#include "base/fail.h"
#include "base/str.h"

struct buf {
    char *ptr;
    size_t len, cap, max;
    bool truncated;
};
#define AUTO_BUF __attribute__((cleanup(buf_release))) struct buf

/* Room for so many bytes, or the maximum if that is less: one allocation where the size is
 * guessable. */
void buf_reserve(struct buf *b, size_t room);
enum err buf_add(struct buf *b, struct str s);
/* As buf_add, but the refusal is only remembered in b->truncated. */
void buf_put(struct buf *b, struct str s);
void buf_putc(struct buf *b, char c);
FMT_LIKE(2, 3) void buf_putf(struct buf *b, const char *fmt, ...);
void buf_put_i64(struct buf *b, int64_t v);
static inline struct str buf_str(const struct buf *b)
{
    return (struct str){ b->ptr ? b->ptr : "", b->len };
}
static inline void buf_clear(struct buf *b)
{
    b->len = 0;
    b->truncated = false;
}
void buf_release(struct buf *b);
