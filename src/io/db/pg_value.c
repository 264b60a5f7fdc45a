#include "io/db/pg.h"

#include <math.h>
#include <stdio.h>

/* Numbers of pg_type that the common subset can give back. */
enum pg_oid {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_CHAR = 18,
    OID_NAME = 19,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_OID = 26,
    OID_FLOAT4 = 700,
    OID_FLOAT8 = 701,
    OID_UNKNOWN = 705,
    OID_BPCHAR = 1042,
    OID_VARCHAR = 1043,
    OID_VOID = 2278,
    OID_NUMERIC = 1700
};
enum { FORMAT_TEXT, FORMAT_BINARY };

/* --- out --- */
/* A number goes as text, which fits whatever type the server has inferred; text and bytes go with
 * their length. The type of a NULL is left to the server. */
static void encode_one(const struct db_val *v, size_t i, struct pg_args *out)
{
    out->formats[i] = FORMAT_TEXT;
    out->lengths[i] = 0;
    out->values[i] = NULL;
    out->types[i] = 0;
    switch (v->type) {
    case DB_NULL:
        return;
    case DB_INT:
        out->types[i] = OID_INT8;
        (void)snprintf(out->numbers[i], sizeof out->numbers[i], "%lld", (long long)v->i);
        out->values[i] = out->numbers[i];
        return;
    case DB_REAL:
        out->types[i] = OID_FLOAT8;
        if (isnan(v->r)) /* as SQLite does */
            return;
        (void)snprintf(out->numbers[i], sizeof out->numbers[i], "%.17g", v->r);
        out->values[i] = out->numbers[i];
        return;
    case DB_TEXT:
    case DB_BYTES:
        out->types[i] = v->type == DB_TEXT ? OID_TEXT : OID_BYTEA;
        out->formats[i] = FORMAT_BINARY;
        out->values[i] = v->s.len ? v->s.ptr : "";
        out->lengths[i] = (int)v->s.len;
        return;
    }
}

void pg_encode(const struct db_val *args, size_t n, struct pg_args *out)
{
    for (size_t i = 0; i < n; i++)
        encode_one(&args[i], i, out);
}

/* --- in --- */
static uint64_t big_endian(const unsigned char *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

static int64_t integer(const unsigned char *p, size_t n)
{
    uint64_t v = big_endian(p, n);
    if (n < 8 && v >> (n * 8 - 1))
        v |= ~UINT64_C(0) << (n * 8);
    return (int64_t)v;
}

/* NUMERIC: base 10000 digits; `weight` is the power of the first one. */
struct numeric {
    const unsigned char *digits;
    int64_t count, weight;
    bool negative, whole; /* whole: no digit behind the point */
};
enum { NUMERIC_HEAD = 8, NUMERIC_NEGATIVE = 0x4000, NUMERIC_NAN = 0xC000, NUMERIC_BASE = 10000 };

static int64_t digit(const struct numeric *n, int64_t i)
{
    return i < n->count ? integer(n->digits + i * 2, 2) : 0;
}

/* Collected below zero, which has one more number. */
static bool numeric_int(const struct numeric *n, int64_t *out)
{
    int64_t v = 0;
    for (int64_t i = 0; i <= n->weight; i++)
        if (__builtin_mul_overflow(v, NUMERIC_BASE, &v) ||
            __builtin_sub_overflow(v, digit(n, i), &v))
            return false;
    if (!n->negative && v == INT64_MIN)
        return false;
    *out = n->negative ? v : -v;
    return n->whole;
}

static double numeric_real(const struct numeric *n)
{
    double v = 0;
    for (int64_t i = 0; i < n->count; i++)
        v += (double)digit(n, i) * pow(NUMERIC_BASE, (double)(n->weight - i));
    return n->negative ? -v : v;
}

/* sum(BIGINT) is NUMERIC: what is whole and fits stays exact, the rest becomes real. */
static struct db_val numeric(const unsigned char *p, size_t len)
{
    if (len < NUMERIC_HEAD)
        return db_null();
    struct numeric n = { .digits = p + NUMERIC_HEAD,
                         .count = integer(p, 2),
                         .weight = integer(p + 2, 2) };
    uint64_t sign = big_endian(p + 4, 2), scale = big_endian(p + 6, 2);
    if (sign == NUMERIC_NAN || n.count < 0 || (size_t)n.count * 2 + NUMERIC_HEAD > len)
        return db_null();
    n.negative = sign == NUMERIC_NEGATIVE;
    n.whole = scale == 0 && n.count <= n.weight + 1;
    int64_t v = 0;
    return numeric_int(&n, &v) ? db_int(v) : db_real(numeric_real(&n));
}

static double float_of(const unsigned char *p, size_t n)
{
    uint64_t bits = big_endian(p, n);
    if (n == sizeof(float)) {
        uint32_t half = (uint32_t)bits;
        float v;
        memcpy(&v, &half, sizeof v);
        return (double)v;
    }
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

enum err pg_decode(const PGresult *r, int row, int col, struct arena *a, struct db_val *out,
                   struct fail *f)
{
    *out = db_null();
    if (libpq()->is_null(r, row, col))
        return ERR_OK;
    const char *p = libpq()->value(r, row, col);
    const unsigned char *u = (const unsigned char *)p;
    size_t len = (size_t)libpq()->length(r, row, col);
    Oid type = libpq()->ftype(r, col);
    switch (type) {
    case OID_BOOL:
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
    case OID_OID:
        *out = db_int(integer(u, len));
        return ERR_OK;
    case OID_FLOAT4:
    case OID_FLOAT8:
        *out = db_real(float_of(u, len));
        return ERR_OK;
    case OID_NUMERIC:
        *out = numeric(u, len);
        return ERR_OK;
    case OID_BYTEA:
        *out = db_bytes(arena_dup(a, (struct str){ p, len }));
        return ERR_OK;
    case OID_CHAR:
    case OID_NAME:
    case OID_TEXT:
    case OID_BPCHAR:
    case OID_VARCHAR:
    case OID_UNKNOWN:
        *out = db_text(arena_dup(a, (struct str){ p, len }));
        return ERR_OK;
    case OID_VOID:
        return ERR_OK;
    default:
        return FAIL(f, ERR_IO, "internal", "column %s has type %u", libpq()->fname(r, col), type);
    }
}
