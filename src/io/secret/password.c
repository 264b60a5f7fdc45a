#include "io/secret/secret_priv.h"

#include <sodium.h>

/*
 * Hashing takes a core for tens of milliseconds and 19 MiB, so it happens on a few threads of its
 * own (never on an I/O or request thread) and callers wait in a bounded queue.
 */

/* OWASP's minimum for Argon2id: 19 MiB, t=2, p=1 (libsodium's only parallelism). */
enum { MEMLIMIT = 19'922'944, OPSLIMIT = 2, WAITING_MAX = 64 };

/* What an unknown user's password is checked against: a hash of nothing anybody knows. */
static const char dummy_phc[] = "$argon2id$v=19$m=19456,t=2,p=1$YWluYXRpdmUtZHVtbXktMQ$"
                                "3qW0m7yq2f1cVb8Xk5sYt0uJr9LhNeGaZpQdTiMvRoE";

struct hash_task {
    struct str password;
    const char *against; /* PHC to check; NULL = make one */
    char phc[crypto_pwhash_STRBYTES];
    bool ok; /* made, or matches */
    bool done;
    pthread_cond_t finished;
    struct hash_task *next;
};

static void run(struct hash_task *t)
{
    if (t->against)
        t->ok = crypto_pwhash_str_verify(t->against, t->password.ptr, t->password.len) == 0;
    else
        t->ok = crypto_pwhash_str_alg(t->phc, t->password.ptr, t->password.len, OPSLIMIT, MEMLIMIT,
                                      crypto_pwhash_ALG_ARGON2ID13) == 0;
}

static struct hash_task *take(struct hash_pool *p)
{
    while (!p->first && !p->closing)
        (void)pthread_cond_wait(&p->work, &p->lock);
    struct hash_task *t = p->first;
    if (!t)
        return NULL;
    p->first = t->next;
    if (!p->first)
        p->last = NULL;
    p->waiting--;
    return t;
}

static void *work(void *arg)
{
    struct hash_pool *p = arg;
    (void)pthread_mutex_lock(&p->lock);
    for (struct hash_task *t; (t = take(p)) != NULL;) {
        (void)pthread_mutex_unlock(&p->lock);
        run(t);
        (void)pthread_mutex_lock(&p->lock);
        t->done = true;
        (void)pthread_cond_signal(&t->finished);
    }
    (void)pthread_mutex_unlock(&p->lock);
    return NULL;
}

enum err hash_pool_start(struct hash_pool *p, int workers, struct fail *f)
{
    (void)pthread_mutex_init(&p->lock, NULL);
    (void)pthread_cond_init(&p->work, NULL);
    while (p->thread_count < workers) {
        int rc = pthread_create(&p->threads[p->thread_count], NULL, work, p);
        if (rc)
            return FAIL(f, ERR_IO, "internal", "no thread for hashing: %s", errno_text(rc));
        p->thread_count++;
    }
    return ERR_OK;
}

void hash_pool_stop(struct hash_pool *p)
{
    if (p->thread_count == 0)
        return;
    (void)pthread_mutex_lock(&p->lock);
    p->closing = true;
    (void)pthread_cond_broadcast(&p->work);
    (void)pthread_mutex_unlock(&p->lock);
    while (p->thread_count > 0)
        (void)pthread_join(p->threads[--p->thread_count], NULL);
    (void)pthread_cond_destroy(&p->work);
    (void)pthread_mutex_destroy(&p->lock);
}

static void append(struct hash_pool *p, struct hash_task *t)
{
    if (p->last)
        p->last->next = t;
    else
        p->first = t;
    p->last = t;
    p->waiting++;
}

/* Hands the task to the workers and waits for it. */
static enum err pool_run(struct hash_pool *p, struct hash_task *t, struct fail *f)
{
    (void)pthread_cond_init(&t->finished, NULL);
    (void)pthread_mutex_lock(&p->lock);
    bool full = p->waiting >= WAITING_MAX;
    if (!full) {
        append(p, t);
        (void)pthread_cond_signal(&p->work);
    }
    while (!full && !t->done)
        (void)pthread_cond_wait(&t->finished, &p->lock);
    (void)pthread_mutex_unlock(&p->lock);
    (void)pthread_cond_destroy(&t->finished);
    if (!full)
        return ERR_OK;
    enum err e = FAIL(f, ERR_BUSY, "busy", "%d password hashes wait", WAITING_MAX);
    f->retry_after_s = 2;
    return e;
}

enum err secret_password_make(struct secret *s, struct str password, struct str aad,
                              struct arena *a, struct str *sealed, struct fail *f)
{
    if (password.len > SECRET_PASSWORD_MAX)
        return FAIL(f, ERR_INPUT, "password.length", "password of %zu bytes", password.len);
    struct hash_task t = { .password = password };
    TRY(pool_run(&s->pool, &t, f));
    if (!t.ok)
        return FAIL(f, ERR_IO, "internal", "no memory to hash a password");
    secret_seal(s, "password_wrap", str_of(t.phc), aad, a, sealed);
    sodium_memzero(t.phc, sizeof t.phc);
    return ERR_OK;
}

enum err secret_password_check(struct secret *s, struct str password, struct str sealed,
                               struct str aad, bool *ok, struct fail *f)
{
    AUTO_ARENA a = { 0 };
    bool possible = sealed.ptr && password.len <= SECRET_PASSWORD_MAX;
    struct str phc = { 0 };
    *ok = false;
    if (sealed.ptr)
        TRY(secret_unseal(s, "password_wrap", sealed, aad, &a, &phc, f));
    struct hash_task t = { .password = str_head(password, SECRET_PASSWORD_MAX),
                           .against = possible ? phc.ptr : dummy_phc };
    TRY(pool_run(&s->pool, &t, f));
    *ok = possible && t.ok;
    return ERR_OK;
}
