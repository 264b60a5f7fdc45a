#pragma once
/*
 * secret_priv - what the files of io/secret share. Keys are read-only after secret_open.
 */
#include "io/secret/secret.h"

#include <pthread.h>

enum { KEY_BYTES = 32, KID_TEXT = 16, ENV_NAME_MAX = 32 };

/* Lives in sodium_malloc memory: guard pages, locked, wiped on free, read-only after start. */
struct secret_keys {
    uint8_t master[KEY_BYTES];
    uint8_t sign[64];
    uint8_t sign_public[SECRET_PUBLIC_KEY];
};

struct hash_task;
/* Guarded by `lock`. */
struct hash_pool {
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct hash_task *first, *last;
    int waiting;
    bool closing;
    pthread_t threads[4];
    int thread_count;
};

struct secret {
    struct secret_keys *keys;
    const struct env *env;
    char env_name[ENV_NAME_MAX + 1];
    char seal_kid[KID_TEXT + 1]; /* names the master key without telling it */
    char sign_kid[KID_TEXT + 1];
    struct hash_pool pool;
};

/* A key for one use; the caller wipes it. kind: "seal", "token", "sign", "kid". */
void secret_derive(const struct secret *s, const char *kind, const char *purpose,
                   uint8_t key[KEY_BYTES]);

enum err hash_pool_start(struct hash_pool *p, int workers, struct fail *f);
void hash_pool_stop(struct hash_pool *p);
