#include "base/num.h"
#include "io/secret/secret_priv.h"

#include <sodium.h>

enum {
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
};

/* env, purpose and the caller's aad, each of the first two behind its length. */
static struct str whole_aad(const struct secret *s, const char *purpose, struct str aad,
                            struct arena *a)
{
    struct str head =
        arena_fmt(a, "%zu:%s%zu:%s", strlen(s->env_name), s->env_name, strlen(purpose), purpose);
    size_t size = 0;
    bool fits = size_add(head.len, aad.len, &size);
    assert(fits);
    (void)fits;
    char *whole = arena_alloc(a, size, 1);
    memcpy(whole, head.ptr, head.len);
    if (aad.len)
        memcpy(whole + head.len, aad.ptr, aad.len);
    return (struct str){ whole, size };
}

void secret_seal(const struct secret *s, const char *purpose, struct str plain, struct str aad,
                 struct arena *a, struct str *box)
{
    uint8_t key[KEY_BYTES];
    uint8_t nonce[NONCE];
    size_t size = 0;
    bool fits = size_add(plain.len, TAG, &size);
    assert(fits);
    (void)fits;
    unsigned char *sealed = arena_alloc(a, size, 1);
    struct str ad = whole_aad(s, purpose, aad, a);
    secret_derive(s, "seal", purpose, key);
    env_random(s->env, nonce, sizeof nonce);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, NULL, (const unsigned char *)plain.ptr,
                                                     plain.len, (const unsigned char *)ad.ptr,
                                                     ad.len, NULL, nonce, key);
    sodium_memzero(key, sizeof key);
    struct str n = base64url_encode(a, (struct str){ (const char *)nonce, sizeof nonce });
    struct str b = base64url_encode(a, (struct str){ (const char *)sealed, size });
    *box = arena_fmt(a, "v1.%s.%.*s.%.*s", s->seal_kid, STR_ARG(n), STR_ARG(b));
}

/* False when box is not an envelope of this key. */
static bool split(const struct secret *s, struct str box, struct arena *a, struct str *nonce,
                  struct str *sealed)
{
    struct str rest = box;
    if (!str_is(str_take_until(&rest, '.'), "v1") ||
        !str_is(str_take_until(&rest, '.'), s->seal_kid))
        return false;
    struct str n = str_take_until(&rest, '.');
    return base64url_decode(a, n, nonce) && nonce->len == NONCE &&
           base64url_decode(a, rest, sealed) && sealed->len >= TAG;
}

enum err secret_unseal(const struct secret *s, const char *purpose, struct str box, struct str aad,
                       struct arena *a, struct str *plain, struct fail *f)
{
    struct str nonce;
    struct str sealed;
    if (!split(s, box, a, &nonce, &sealed))
        return FAIL(f, ERR_IO, "secret.seal", "not an envelope of key %s", s->seal_kid);
    uint8_t key[KEY_BYTES];
    unsigned char *open = arena_alloc(a, sealed.len - TAG + 1, 1); /* NUL behind it */
    struct str ad = whole_aad(s, purpose, aad, a);
    secret_derive(s, "seal", purpose, key);
    int bad = crypto_aead_xchacha20poly1305_ietf_decrypt(
        open, NULL, NULL, (const unsigned char *)sealed.ptr, sealed.len,
        (const unsigned char *)ad.ptr, ad.len, (const unsigned char *)nonce.ptr, key);
    sodium_memzero(key, sizeof key);
    if (bad)
        return FAIL(f, ERR_IO, "secret.seal", "a seal for %s does not open", purpose);
    *plain = (struct str){ (const char *)open, sealed.len - TAG };
    return ERR_OK;
}

struct str secret_token_make(struct secret *s, const char *purpose, struct arena *a,
                             struct hash *mac)
{
    uint8_t raw[KEY_BYTES];
    env_random(s->env, raw, sizeof raw);
    struct str text = base64url_encode(a, (struct str){ (const char *)raw, sizeof raw });
    sodium_memzero(raw, sizeof raw);
    assert(text.len == SECRET_TOKEN_TEXT);
    *mac = secret_token_mac(s, purpose, text);
    return text;
}

struct hash secret_token_mac(const struct secret *s, const char *purpose, struct str token)
{
    uint8_t key[KEY_BYTES];
    secret_derive(s, "token", purpose, key);
    struct hash mac = hash_hmac_sha256((struct str){ (const char *)key, sizeof key }, token);
    sodium_memzero(key, sizeof key);
    return mac;
}

void secret_sign(const struct secret *s, struct str message, uint8_t signature[SECRET_SIGNATURE])
{
    (void)crypto_sign_detached(signature, NULL, (const unsigned char *)message.ptr, message.len,
                               s->keys->sign);
}

void secret_public_key(const struct secret *s, uint8_t key[SECRET_PUBLIC_KEY])
{
    memcpy(key, s->keys->sign_public, SECRET_PUBLIC_KEY);
}

struct str secret_sign_kid(const struct secret *s)
{
    return (struct str){ s->sign_kid, KID_TEXT };
}

bool secret_verify(const uint8_t key[SECRET_PUBLIC_KEY], struct str message,
                   const uint8_t signature[SECRET_SIGNATURE])
{
    return crypto_sign_verify_detached(signature, (const unsigned char *)message.ptr, message.len,
                                       key) == 0;
}
