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

/* sum(BIGINT) is NUMERIC: base 10000 digits, `weight` the power of the first. Integers that fit
 * stay exact, the rest becomes real. */
static struct db_val numeric(const unsigned char *p, size_t len)
{
    enum { HEAD = 8, NEGATIVE = 0x4000, NAN_SIGN = 0xC000, BASE = 10000 };
    if (len < HEAD)
        return db_null();
    int64_t digits = integer(p, 2), weight = integer(p + 2, 2);
    uint64_t sign = big_endian(p + 4, 2), scale = big_endian(p + 6, 2);
    if (sign == NAN_SIGN || (size_t)digits * 2 + HEAD > len)
        return db_null();
    double real = 0;
    int64_t whole = 0;
    bool exact = scale == 0 && digits <= weight + 1;
    for (int64_t i = 0; i <= weight || i < digits; i++) {
        int64_t d = i < digits ? integer(p + HEAD + i * 2, 2) : 0;
        real += (double)d * pow(BASE, (double)(weight - i));
        if (exact)
            exact = !__builtin_mul_overflow(whole, BASE, &whole) &&
                    !__builtin_sub_overflow(whole, d, &whole); /* negative: has one more */
    }
    if (exact && (sign == NEGATIVE || whole != INT64_MIN))
        return db_int(sign == NEGATIVE ? whole : -whole);
    return db_real(sign == NEGATIVE ? -real : real);
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
    if (PQgetisnull(r, row, col))
        return ERR_OK;
    const char *p = PQgetvalue(r, row, col);
    const unsigned char *u = (const unsigned char *)p;
    size_t len = (size_t)PQgetlength(r, row, col);
    Oid type = PQftype(r, col);
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
        return FAIL(f, ERR_IO, "internal", "column %s has type %u", PQfname(r, col), type);
    }
}
