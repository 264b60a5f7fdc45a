#pragma once
/*
 * json - strict JSON in, into an arena tree; and a writer.
 *
 * Reading is Jansson's, strict RFC 8259 and UTF-8, duplicate keys refused, U+0000 refused, with our
 * own limits checked before a tree is built. Integers are kept exact within int64; larger ones are
 * refused (ERR_INPUT). The tree lives in the arena and is immutable after reading. Pure; any thread
 * with its own arena.
 */
#include "base/arena.h"
#include "base/buf.h"

enum json_type {
    JS_NULL,
    JS_BOOL,
    JS_INT,
    JS_REAL,
    JS_TEXT,
    JS_LIST,
    JS_OBJECT
}; /* JS_: Jansson owns JSON_ */

struct json_member;
struct json {
    enum json_type type;
    size_t count; /* items or members */
    union {
        bool b;
        int64_t i;
        double r;
        struct str s; /* NUL-terminated, but may not contain NUL */
        const struct json *items;
        const struct json_member *members; /* in document order */
    };
};
struct json_member {
    struct str key;
    struct json value;
};

struct json_limits {
    size_t bytes, depth, nodes;
};
/* The limits of the public API: 1 MiB, depth 32, 50 000 nodes. */
extern const struct json_limits json_limits_api;

/* ERR_TOO_LARGE (request.too_large): over `bytes`. ERR_INPUT (request.malformed): anything else
 * wrong. */
enum err json_parse(struct str text, const struct json_limits *limits, struct arena *a,
                    struct json *out, struct fail *f);

/* NULL when j is not an object or has no such key. */
const struct json *json_get(const struct json *j, const char *key);
/* The text, or an empty slice with ptr NULL when j is NULL or not text. */
struct str json_text(const struct json *j);
/* The integer, or `otherwise`. */
int64_t json_int(const struct json *j, int64_t otherwise);
bool json_is(const struct json *j, enum json_type type);
bool json_same(const struct json *a,
               const struct json *b); /* objects: order of keys does not matter */

/* Compact, valid UTF-8 in gives valid JSON out. Reals with 17 digits; a real that is not finite
 * becomes null. */
void json_put(struct buf *b, const struct json *j);
void json_put_text(struct buf *b, struct str s); /* with quotes */
void json_put_real(struct buf *b, double r);
