#pragma once
/*
 * hash - digests and their text forms. Pure, any thread. Algorithms are libsodium's, never our own.
 */
#include "base/arena.h"
#include "base/buf.h"

enum { HASH_BYTES = 32, HASH_HEX = 64 };
struct hash {
    uint8_t b[HASH_BYTES];
};

struct hash hash_sha256(struct str s);
/* SHA-256 of the concatenation of n parts. */
struct hash hash_sha256_parts(const struct str *parts, size_t n);
struct hash hash_hmac_sha256(struct str key, struct str s);
static inline struct str hash_bytes(const struct hash *h)
{
    return (struct str){ (const char *)h->b, HASH_BYTES };
}
/* False unless s is exactly 32 bytes. */
MUST_USE bool hash_from_bytes(struct str s, struct hash *out);
bool hash_eq(const struct hash *a, const struct hash *b); /* constant time */

/* Lower-case hex; base64url without padding; NUL-terminated in the arena. */
struct str hash_hex(struct arena *a, const struct hash *h);
struct str hex_encode(struct arena *a, struct str bytes);
void hex_put(struct buf *b, struct str bytes); /* the same at the end of a buffer */
MUST_USE bool hex_decode(struct arena *a, struct str hex, struct str *bytes);
struct str base64url_encode(struct arena *a, struct str bytes);
MUST_USE bool base64url_decode(struct arena *a, struct str text, struct str *bytes);

/* For hash tables only: 64 bits, keyed per process start by the caller. */
uint64_t hash_short(struct str s, const uint8_t key[16]);
