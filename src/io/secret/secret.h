#pragma once
/*
 * secret - passwords, tokens and the keys that seal them (security.md B.2, B.6, C).
 *
 * Argon2id v1.3 (19 MiB, t=2, p=1) through libsodium; PHC strings are sealed with
 * XChaCha20-Poly1305 under a key derived from the master key, so a stolen database alone cannot be
 * attacked. Tokens are 256 bits, given out once; the store keeps only their HMAC. Every derived key
 * = HMAC-SHA-256(master, kind, env, purpose), one block of HKDF-Expand (RFC 5869). Key memory is
 * locked and wiped. Thread-safe after secret_open.
 */
#include "base/hash.h"
#include "io/clock/clock.h"

struct secret; /* the master key and what is derived from it */

enum {
    SECRET_TOKEN_TEXT = 43,      /* 32 bytes, base64url without padding */
    SECRET_PASSWORD_MAX = 1'024, /* bytes, taken exactly as sent */
    SECRET_SIGNATURE = 64,
    SECRET_PUBLIC_KEY = 32,
};

struct secret_conf {
    struct str master_file; /* 32 random bytes, mode 0400 or 0600, own uid; made when absent and
                               `create` */
    struct str env_name;    /* dev, staging, prod: bound into every seal */
    bool create;
    int hash_workers; /* concurrent password hashes, 1..4 */
};
/* Starts the hash workers. ERR_INPUT (secret.master_file): not a regular file, wrong mode, owner or
 * size. ERR_NOT_FOUND (secret.master_file): absent and not `create`. ERR_IO: cannot read or write.
 */
enum err secret_open(struct secret **out, const struct secret_conf *conf, const struct env *env,
                     struct fail *f);
/* Wipes the keys. Nobody may be inside a call. NULL is allowed. */
void secret_close(struct secret *s);

/* Hashes and seals. Blocks about 20-40 ms of one core; at most hash_workers run, up to 64 wait,
 * then ERR_BUSY (busy). aad binds the result to its owner (the user id). *sealed: text, at most 255
 * bytes. ERR_INPUT (password.length): over SECRET_PASSWORD_MAX. */
enum err secret_password_make(struct secret *s, struct str password, struct str aad,
                              struct arena *a, struct str *sealed, struct fail *f);
/* *ok tells whether it matches. A NULL-ptr `sealed` hashes against a fixed dummy, so that an
 * unknown user costs the same time, and gives *ok false; so does a password over
 * SECRET_PASSWORD_MAX. ERR_BUSY as above; ERR_IO (secret.seal): the seal does not open (wrong key
 * or tampered). */
enum err secret_password_check(struct secret *s, struct str password, struct str sealed,
                               struct str aad, bool *ok, struct fail *f);

/* A new random token as text, and its MAC under `purpose` ("sid", "setup", "pat"...). */
struct str secret_token_make(struct secret *s, const char *purpose, struct arena *a,
                             struct hash *mac);
/* The MAC of a token somebody presents; any text is allowed. */
struct hash secret_token_mac(const struct secret *s, const char *purpose, struct str token);

/* Envelope, text: "v1." key id "." nonce "." XChaCha20-Poly1305 box, the last two in base64url; the
 * additional data are env, purpose and aad. Size: 4/3 of plain + 90 bytes at most. */
void secret_seal(const struct secret *s, const char *purpose, struct str plain, struct str aad,
                 struct arena *a, struct str *box);
/* ERR_IO (secret.seal): another key, env, purpose or aad, or tampered. */
enum err secret_unseal(const struct secret *s, const char *purpose, struct str box, struct str aad,
                       struct arena *a, struct str *plain, struct fail *f);

/* Ed25519 for trace checkpoints. The key pair is derived from the master key; its id, 16 hex
 * digits of the SHA-256 of the public key, lives as long as s. */
void secret_sign(const struct secret *s, struct str message, uint8_t signature[SECRET_SIGNATURE]);
void secret_public_key(const struct secret *s, uint8_t key[SECRET_PUBLIC_KEY]);
struct str secret_sign_kid(const struct secret *s);
/* For whoever holds only the public key. */
MUST_USE bool secret_verify(const uint8_t key[SECRET_PUBLIC_KEY], struct str message,
                            const uint8_t signature[SECRET_SIGNATURE]);
