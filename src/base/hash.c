#include "base/hash.h"

#include <sodium.h>

struct hash hash_sha256(struct str s)
{
    return hash_sha256_parts(&s, 1);
}

struct hash hash_sha256_parts(const struct str *parts, size_t n)
{
    struct hash h;
    crypto_hash_sha256_state st;
    (void)crypto_hash_sha256_init(&st);
    for (size_t i = 0; i < n; i++)
        (void)crypto_hash_sha256_update(&st, (const unsigned char *)parts[i].ptr, parts[i].len);
    (void)crypto_hash_sha256_final(&st, h.b);
    return h;
}

struct hash hash_hmac_sha256(struct str key, struct str s)
{
    struct hash h;
    crypto_auth_hmacsha256_state st;
    (void)crypto_auth_hmacsha256_init(&st, (const unsigned char *)key.ptr, key.len);
    (void)crypto_auth_hmacsha256_update(&st, (const unsigned char *)s.ptr, s.len);
    (void)crypto_auth_hmacsha256_final(&st, h.b);
    return h;
}

bool hash_from_bytes(struct str s, struct hash *out)
{
    if (s.len != HASH_BYTES)
        return false;
    memcpy(out->b, s.ptr, HASH_BYTES);
    return true;
}

bool hash_eq(const struct hash *a, const struct hash *b)
{
    return sodium_memcmp(a->b, b->b, HASH_BYTES) == 0;
}

struct str hex_encode(struct arena *a, struct str bytes)
{
    char *p = arena_alloc(a, bytes.len * 2 + 1, 1);
    (void)sodium_bin2hex(p, bytes.len * 2 + 1, (const unsigned char *)bytes.ptr, bytes.len);
    return (struct str){ p, bytes.len * 2 };
}

void hex_put(struct buf *b, struct str bytes)
{
    char hex[HASH_HEX + 1];
    while (bytes.len) {
        struct str part = str_head(bytes, HASH_BYTES);
        (void)sodium_bin2hex(hex, sizeof hex, (const unsigned char *)part.ptr, part.len);
        buf_put(b, (struct str){ hex, part.len * 2 });
        bytes = str_from(bytes, part.len);
    }
}

struct str hash_hex(struct arena *a, const struct hash *h)
{
    return hex_encode(a, hash_bytes(h));
}

static bool is_lower_hex(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!((s.ptr[i] >= '0' && s.ptr[i] <= '9') || (s.ptr[i] >= 'a' && s.ptr[i] <= 'f')))
            return false;
    return true;
}

bool hex_decode(struct arena *a, struct str hex, struct str *bytes)
{
    size_t n = 0;
    unsigned char *p = arena_alloc(a, hex.len / 2 + 1, 1);
    if (!is_lower_hex(hex) ||
        sodium_hex2bin(p, hex.len / 2 + 1, hex.ptr, hex.len, NULL, &n, NULL) || n * 2 != hex.len)
        return false;
    *bytes = (struct str){ (char *)p, n };
    return true;
}

struct str base64url_encode(struct arena *a, struct str bytes)
{
    size_t cap = sodium_base64_ENCODED_LEN(bytes.len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *p = arena_alloc(a, cap, 1);
    (void)sodium_bin2base64(p, cap, (const unsigned char *)bytes.ptr, bytes.len,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return str_of(p);
}

/* libsodium 1.0.18 takes some bytes above 0x7F for digits. */
static bool is_base64url(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_')
            return false;
    }
    return true;
}

bool base64url_decode(struct arena *a, struct str text, struct str *bytes)
{
    size_t n = 0;
    unsigned char *p = arena_alloc(a, text.len + 1, 1);
    if (!is_base64url(text))
        return false;
    if (sodium_base642bin(p, text.len + 1, text.ptr, text.len, NULL, &n, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING))
        return false;
    *bytes = (struct str){ (char *)p, n };
    return true;
}

uint64_t hash_short(struct str s, const uint8_t key[16])
{
    static_assert(crypto_shorthash_KEYBYTES == 16 && crypto_shorthash_BYTES == 8, "siphash-2-4");
    uint64_t v = 0;
    unsigned char out[8];
    (void)crypto_shorthash(out, (const unsigned char *)(s.ptr ? s.ptr : ""), s.len, key);
    memcpy(&v, out, sizeof v);
    return v;
}
