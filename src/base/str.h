#pragma once
/*
 * str - a slice of bytes that somebody else owns. Pure, any thread.
 *
 * A slice is not NUL-terminated unless its maker says so (arena_dup does). Parsers take `struct str
 * *rest` and advance it.
 */
#include "base/base.h"

struct str {
    const char *ptr;
    size_t len;
};
#define STR(lit) ((struct str){ .ptr = "" lit, .len = sizeof(lit) - 1 })
/* For static initialisers, where a compound literal is not a constant. */
#define STR_INIT(lit)                                                                              \
    {                                                                                              \
        .ptr = "" lit, .len = sizeof(lit) - 1                                                      \
    }
#define STR_ARG(s) (int)(s).len, (s).ptr

static inline struct str str_of(const char *c)
{
    return (struct str){ c, c ? strlen(c) : 0 };
}
static inline bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}
static inline bool str_is(struct str a, const char *c)
{
    return str_eq(a, str_of(c));
}
static inline bool str_starts(struct str s, struct str head)
{
    return s.len >= head.len && (head.len == 0 || memcmp(s.ptr, head.ptr, head.len) == 0);
}
static inline bool str_ends(struct str s, struct str tail)
{
    return s.len >= tail.len &&
           (tail.len == 0 || memcmp(s.ptr + (s.len - tail.len), tail.ptr, tail.len) == 0);
}
/* From byte `at` to the end; at > len gives an empty slice. */
static inline struct str str_from(struct str s, size_t at)
{
    if (at == 0 || s.len == 0) /* an absent slice stays absent: NULL has no offsets */
        return s;
    return at >= s.len ? (struct str){ s.ptr + s.len, 0 } : (struct str){ s.ptr + at, s.len - at };
}
static inline struct str str_head(struct str s, size_t n)
{
    return (struct str){ s.ptr, n < s.len ? n : s.len };
}

/* Order by bytes, shorter first when equal so far: <0, 0, >0. */
int str_cmp(struct str a, struct str b);
/* Where needle starts, or SIZE_MAX. An empty needle is found at 0. */
size_t str_find(struct str s, struct str needle);
static inline bool str_has(struct str s, struct str needle)
{
    return str_find(s, needle) != SIZE_MAX;
}
/* Without ASCII white space at both ends. */
struct str str_trim(struct str s);
/* Splits *rest at the first sep; returns the part before it and moves *rest past it. */
struct str str_take_until(struct str *rest, char sep);
/* Takes one line without its LF or CRLF. False when *rest is empty. */
bool str_take_line(struct str *rest, struct str *line);

/* Whole-string decimal integer in [min, max]; no sign but '-', no spaces. False leaves *out. */
MUST_USE bool str_to_i64(struct str s, int64_t min, int64_t max, int64_t *out);
/* Whole-string finite decimal as JSON writes it. */
MUST_USE bool str_to_real(struct str s, double *out);

/* True when s is well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF). */
bool utf8_valid(struct str s);
/* Takes one code point; false at the end. *rest must be valid UTF-8. */
bool utf8_take(struct str *rest, uint32_t *cp);
/* Code points, and UTF-16 code units, of valid UTF-8. */
size_t utf8_count(struct str s);
size_t utf8_utf16_len(struct str s);
/* Byte offset of UTF-16 position `units`; SIZE_MAX when it is past the end or inside a surrogate
 * pair. */
size_t utf8_byte_of_utf16(struct str s, size_t units);
/* Longest head of at most max_bytes that does not cut a code point. */
struct str utf8_cut(struct str s, size_t max_bytes);
