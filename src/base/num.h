#pragma once
/*
 * num - arithmetic that says when it does not fit. Pure, any thread.
 */
#include "base/base.h"

MUST_USE static inline bool size_add(size_t a, size_t b, size_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}
MUST_USE static inline bool size_mul(size_t a, size_t b, size_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}
MUST_USE static inline bool i64_add(int64_t a, int64_t b, int64_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}
MUST_USE static inline bool i64_mul(int64_t a, int64_t b, int64_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

static inline int64_t i64_min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
static inline int64_t i64_max(int64_t a, int64_t b)
{
    return a > b ? a : b;
}
static inline int64_t i64_clamp(int64_t v, int64_t lo, int64_t hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}
static inline size_t size_min(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline size_t size_max(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Narrowing: the caller has already bounded the value; a value out of range is a bug and stops the
 * program. */
static inline int num_narrow_int(int64_t v)
{
    assert(v >= INT32_MIN && v <= INT32_MAX);
    return (int)v;
}
static inline uint32_t num_narrow_u32(int64_t v)
{
    assert(v >= 0 && v <= UINT32_MAX);
    return (uint32_t)v;
}
static inline uint16_t num_narrow_u16(int64_t v)
{
    assert(v >= 0 && v <= UINT16_MAX);
    return (uint16_t)v;
}
static inline size_t num_size(int64_t v)
{
    assert(v >= 0);
    return (size_t)v;
}
static inline int64_t num_i64(size_t v)
{
    assert(v <= INT64_MAX);
    return (int64_t)v;
}
