#pragma once
/*
 * field - one table per shape of the API: it decodes, validates, encodes and describes a C struct.
 *
 * A shape lists the fields of a JSON object and where each lives in the struct. From the same table
 * come the decoder of requests and query strings, the encoder of answers, OpenAPI and the web
 * client's types. Shapes are immutable static tables; everything decoded lives in the caller's
 * arena. Any thread.
 *
 * Absent values: API_TEXT, API_ID, API_ENUM ptr NULL · API_INT, API_TIME, API_POINTS API_ABSENT ·
 * API_REAL NaN · API_BOOL false · API_OBJECT NULL · API_JSON both parts empty · lists: n 0 and
 * items NULL. An absent optional field is left out when encoding; an absent required one is encoded
 * as its empty value (text "", list []) .
 */
#include "base/json.h"

#define API_ABSENT INT64_MIN

enum api_type {
    API_TEXT,   /* struct str; min, max in code points; NUL and control characters but tab, LF, CR
                   refused */
    API_ID,     /* struct str, UUID text */
    API_ENUM,   /* struct str, one of .words */
    API_INT,    /* int64_t */
    API_REAL,   /* double; min, max in whole units, both 0 = any finite */
    API_BOOL,   /* bool */
    API_TIME,   /* int64_t microseconds; RFC 3339 outside */
    API_POINTS, /* int64_t thousandths; decimal number outside; min, max in thousandths */
    API_JSON,   /* struct api_json: any object or list, validated elsewhere */
    API_OBJECT, /* T *, of .shape */
    API_LIST,   /* struct api_list of .shape; min, max items */
    API_TEXTS,  /* struct api_texts; min, max items; .item_max code points each */
};

/* JSON that passes through. Decoding sets dom; encoding prefers text (already serialised JSON) over
 * dom. */
struct api_json {
    const struct json *dom;
    struct str text;
};
struct api_list {
    void *items; /* array of shape->size bytes each */
    size_t n;
};
struct api_texts {
    struct str *items;
    size_t n;
};

struct api_shape;
struct api_field {
    const char *name;
    enum api_type type;
    bool optional;
    size_t at; /* offsetof in the C struct */
    int64_t min, max;
    int64_t item_max;
    const char *const
        *words; /* API_ENUM: NULL-terminated; NULL on output-only enums described elsewhere */
    const struct api_shape *shape;
};
struct api_shape {
    const char *name; /* PascalCase: the OpenAPI schema and the TypeScript type */
    size_t size;      /* of the C struct */
    const struct api_field *fields;
    size_t field_count;
};

#define API_F(T, member, kind, lo, hi)                                                             \
    {                                                                                              \
        .name = #member, .type = (kind), .at = offsetof(T, member), .min = (lo), .max = (hi)       \
    }
#define API_OPT(T, member, kind, lo, hi)                                                           \
    {                                                                                              \
        .name = #member, .type = (kind), .at = offsetof(T, member), .min = (lo), .max = (hi),      \
        .optional = true                                                                           \
    }
#define API_WORD(T, member, list, opt)                                                             \
    {                                                                                              \
        .name = #member, .type = API_ENUM, .at = offsetof(T, member), .words = (list),             \
        .optional = (opt)                                                                          \
    }
#define API_SUB(T, member, kind, lo, hi, sub, opt)                                                 \
    {                                                                                              \
        .name = #member, .type = (kind), .at = offsetof(T, member), .min = (lo), .max = (hi),      \
        .shape = &(sub), .optional = (opt)                                                         \
    }
#define API_SHAPE(T, schema_name, table)                                                           \
    {                                                                                              \
        .name = (schema_name), .size = sizeof(T), .fields = (table),                               \
        .field_count = COUNT_OF(table)                                                             \
    }

/* A route that takes or gives nothing says so. */
extern const struct api_shape api_nothing;

/* Fills a new struct of shape->size in `a`. Unknown fields are refused. All wrong fields (up to 16)
 * are listed in f. ERR_INPUT (validation.failed). */
enum err api_decode(const struct api_shape *shape, const struct json *in, struct arena *a,
                    void **out, struct fail *f);

/* The same from a query string "a=1&b=x%20y" (percent-decoded, repeated names refused); only scalar
 * fields. */
enum err api_decode_query(const struct api_shape *shape, struct str query, struct arena *a,
                          void **out, struct fail *f);

/* Compact JSON of one struct. b->truncated tells when it did not fit. */
void api_encode(const struct api_shape *shape, const void *in, struct buf *b);

/* JSON Schema 2020-12 of the shape (references to sub-shapes as "#/components/schemas/NAME"). */
void api_describe(const struct api_shape *shape, struct buf *b);
