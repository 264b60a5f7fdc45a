#include "io/secret/secret_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void fd_close(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}
#define AUTO_FD __attribute__((cleanup(fd_close))) int

static void add_part(crypto_auth_hmacsha256_state *st, struct str part)
{
    /* each part carries its length, so that no two lists of parts are the same bytes */
    uint8_t len[2] = { (uint8_t)(part.len >> 8), (uint8_t)part.len };
    assert(part.len <= UINT16_MAX);
    (void)crypto_auth_hmacsha256_update(st, len, sizeof len);
    (void)crypto_auth_hmacsha256_update(st, (const unsigned char *)part.ptr, part.len);
}

void secret_derive(const struct secret *s, const char *kind, const char *purpose,
                   uint8_t key[KEY_BYTES])
{
    crypto_auth_hmacsha256_state st;
    (void)crypto_auth_hmacsha256_init(&st, s->keys->master, KEY_BYTES);
    add_part(&st, STR("ainative v1"));
    add_part(&st, str_of(kind));
    add_part(&st, str_of(s->env_name));
    add_part(&st, str_of(purpose));
    (void)crypto_auth_hmacsha256_update(&st, (const unsigned char *)"\x01", 1);
    (void)crypto_auth_hmacsha256_final(&st, key);
    sodium_memzero(&st, sizeof st);
}

static enum err check_master(int fd, const char *path, struct fail *f)
{
    struct stat st;
    if (fstat(fd, &st))
        return FAIL(f, ERR_IO, "internal", "%s: fstat: %s", path, errno_text(errno));
    mode_t mode = st.st_mode & 07777;
    if (!S_ISREG(st.st_mode))
        return FAIL(f, ERR_INPUT, "secret.master_file", "%s is not a regular file", path);
    if (st.st_uid != geteuid())
        return FAIL(f, ERR_INPUT, "secret.master_file", "%s belongs to uid %u, not to us", path,
                    st.st_uid);
    if (mode != 0400 && mode != 0600)
        return FAIL(f, ERR_INPUT, "secret.master_file", "%s has mode %04o, wanted 0400 or 0600",
                    path, mode);
    if (st.st_size != KEY_BYTES)
        return FAIL(f, ERR_INPUT, "secret.master_file", "%s has %lld bytes, wanted %d", path,
                    (long long)st.st_size, KEY_BYTES);
    return ERR_OK;
}

static enum err read_master(const char *path, uint8_t key[KEY_BYTES], struct fail *f)
{
    AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT)
        return FAIL(f, ERR_NOT_FOUND, "secret.master_file", "%s does not exist", path);
    if (fd < 0 && errno == ELOOP)
        return FAIL(f, ERR_INPUT, "secret.master_file", "%s is not a regular file", path);
    if (fd < 0)
        return FAIL(f, ERR_IO, "internal", "%s: open: %s", path, errno_text(errno));
    TRY(check_master(fd, path, f));
    if (read(fd, key, KEY_BYTES) != KEY_BYTES)
        return FAIL(f, ERR_IO, "internal", "%s: read: %s", path, errno_text(errno));
    return ERR_OK;
}

static enum err write_key(const char *path, const struct env *env, struct fail *f)
{
    uint8_t key[KEY_BYTES];
    AUTO_FD fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return FAIL(f, ERR_IO, "internal", "%s: create: %s", path, errno_text(errno));
    env_random(env, key, sizeof key);
    bool ok = write(fd, key, sizeof key) == (ssize_t)sizeof key && fsync(fd) == 0;
    sodium_memzero(key, sizeof key);
    return ok ? ERR_OK : FAIL(f, ERR_IO, "internal", "%s: write: %s", path, errno_text(errno));
}

static enum err sync_folder(struct str path, struct arena *a, struct fail *f)
{
    size_t cut = path.len;
    while (cut && path.ptr[cut - 1] != '/')
        cut--;
    const char *folder = cut ? arena_cstr(a, str_head(path, cut)) : ".";
    AUTO_FD fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd))
        return FAIL(f, ERR_IO, "internal", "%s: fsync: %s", folder, errno_text(errno));
    return ERR_OK;
}

/* The key appears under its name whole or not at all, and of two processes that make it at once one
 * wins and both use the winner's. */
static enum err make_master(struct str path, const struct env *env, struct fail *f)
{
    AUTO_ARENA a = { 0 };
    uint64_t nonce = 0;
    env_random(env, &nonce, sizeof nonce);
    const char *name = arena_cstr(&a, path);
    const char *draft = arena_fmt(&a, "%s.%016llx", name, (unsigned long long)nonce).ptr;
    TRY(write_key(draft, env, f));
    int rc = link(draft, name);
    int linked = rc ? errno : 0;
    (void)unlink(draft);
    if (linked && linked != EEXIST)
        return FAIL(f, ERR_IO, "internal", "%s: link: %s", name, errno_text(linked));
    return sync_folder(path, &a, f);
}

static enum err load_master(struct secret *s, const struct secret_conf *conf, struct fail *f)
{
    AUTO_ARENA a = { 0 };
    const char *path = arena_cstr(&a, conf->master_file);
    enum err e = read_master(path, s->keys->master, f);
    if (e != ERR_NOT_FOUND || !conf->create)
        return e;
    TRY(make_master(conf->master_file, s->env, f));
    return read_master(path, s->keys->master, f);
}

static void hex_kid(const uint8_t *bytes, char kid[KID_TEXT + 1])
{
    (void)sodium_bin2hex(kid, KID_TEXT + 1, bytes, KID_TEXT / 2);
}

static void derive_standing_keys(struct secret *s)
{
    uint8_t key[KEY_BYTES];
    secret_derive(s, "kid", "", key);
    hex_kid(key, s->seal_kid);
    secret_derive(s, "sign", "checkpoint", key);
    (void)crypto_sign_seed_keypair(s->keys->sign_public, s->keys->sign, key);
    sodium_memzero(key, sizeof key);
    struct hash h =
        hash_sha256((struct str){ (const char *)s->keys->sign_public, SECRET_PUBLIC_KEY });
    hex_kid(h.b, s->sign_kid);
}

static enum err fill(struct secret *s, const struct secret_conf *conf, struct fail *f)
{
    if (conf->env_name.len == 0 || conf->env_name.len > ENV_NAME_MAX)
        return FAIL(f, ERR_INPUT, "secret.env", "environment name of %zu bytes",
                    conf->env_name.len);
    memcpy(s->env_name, conf->env_name.ptr, conf->env_name.len);
    s->keys = sodium_malloc(sizeof *s->keys);
    if (!s->keys)
        return FAIL(f, ERR_IO, "internal", "no guarded memory for keys");
    TRY(load_master(s, conf, f));
    derive_standing_keys(s);
    (void)sodium_mprotect_readonly(s->keys);
    return hash_pool_start(&s->pool, conf->hash_workers, f);
}

enum err secret_open(struct secret **out, const struct secret_conf *conf, const struct env *env,
                     struct fail *f)
{
    assert(conf->hash_workers >= 1 &&
           conf->hash_workers <= (int)COUNT_OF(((struct hash_pool *)0)->threads));
    if (sodium_init() < 0)
        return FAIL(f, ERR_IO, "internal", "libsodium does not start");
    struct secret *s = calloc(1, sizeof *s);
    if (!s)
        return FAIL(f, ERR_IO, "internal", "no memory");
    s->env = env;
    enum err e = fill(s, conf, f);
    if (e) {
        secret_close(s);
        return e;
    }
    *out = s;
    return ERR_OK;
}

void secret_close(struct secret *s)
{
    if (!s)
        return;
    hash_pool_stop(&s->pool);
    sodium_free(s->keys);
    free(s);
}
