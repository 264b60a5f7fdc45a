#include "io/secret/secret.h"

#include "support/check.h"
#include "support/folder.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
    char folder[TEST_FOLDER_MAX];
    char master[TEST_FOLDER_MAX + 16];
};

static void place_make(struct place *p)
{
    test_folder(p->folder);
    (void)snprintf(p->master, sizeof p->master, "%s/master", p->folder);
}

static void place_drop(const struct place *p)
{
    (void)unlink(p->master);
    CHECK(rmdir(p->folder) == 0); /* nothing else was left there */
}

static enum err open_at(const struct place *p, const char *env_name, bool create,
                        struct secret **out, struct fail *f)
{
    struct secret_conf conf = { .master_file = str_of(p->master),
                                .env_name = str_of(env_name),
                                .create = create,
                                .hash_workers = 2 };
    return secret_open(out, &conf, &env_real, f);
}

static void write_master(const struct place *p, size_t bytes, mode_t mode)
{
    static const char zeros[64];
    (void)unlink(p->master);
    int fd = open(p->master, O_WRONLY | O_CREAT | O_EXCL, 0600);
    CHECK(fd >= 0 && write(fd, zeros, bytes) == (ssize_t)bytes && fchmod(fd, mode) == 0);
    (void)close(fd);
}

TEST(the_master_key_is_made_once_private_and_used_again)
{
    struct place p;
    struct secret *s = NULL, *again = NULL;
    struct fail f = { 0 };
    struct stat st;
    uint8_t one[SECRET_PUBLIC_KEY], two[SECRET_PUBLIC_KEY];
    place_make(&p);
    CHECK(open_at(&p, "dev", false, &s, &f) == ERR_NOT_FOUND);
    CHECK(open_at(&p, "dev", true, &s, &f) == ERR_OK);
    CHECK(stat(p.master, &st) == 0 && (st.st_mode & 07777) == 0600 && st.st_size == 32);
    CHECK(open_at(&p, "dev", true, &again, &f) == ERR_OK);
    secret_public_key(s, one);
    secret_public_key(again, two);
    CHECK(memcmp(one, two, sizeof one) == 0);
    secret_close(s);
    secret_close(again);
    place_drop(&p);
}

TEST(a_master_file_of_wrong_mode_size_or_kind_is_refused)
{
    static const struct {
        size_t bytes;
        mode_t mode;
        enum err want;
    } cases[] = { { 32, 0600, ERR_OK },    { 32, 0400, ERR_OK },    { 32, 0640, ERR_INPUT },
                  { 32, 0604, ERR_INPUT }, { 31, 0600, ERR_INPUT }, { 33, 0600, ERR_INPUT } };
    struct place p;
    struct fail f = { 0 };
    place_make(&p);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct secret *s = NULL;
        write_master(&p, cases[i].bytes, cases[i].mode);
        CHECK_INT(open_at(&p, "dev", true, &s, &f), cases[i].want);
        if (cases[i].want)
            CHECK_STR(str_of(f.hint), "secret.master_file");
        secret_close(s);
    }
    struct secret *s = NULL;
    (void)unlink(p.master);
    CHECK(symlink("/dev/zero", p.master) == 0);
    CHECK(open_at(&p, "dev", true, &s, &f) == ERR_INPUT);
    CHECK_STR(str_of(f.hint), "secret.master_file");
    place_drop(&p);
}

TEST(a_seal_opens_only_with_the_same_key_env_purpose_and_owner)
{
    AUTO_ARENA a = { 0 };
    struct place p, q;
    struct secret *s = NULL, *prod = NULL, *stranger = NULL;
    struct fail f = { 0 };
    struct str box, plain;
    place_make(&p);
    place_make(&q);
    CHECK(open_at(&p, "dev", true, &s, &f) == ERR_OK);
    CHECK(open_at(&p, "prod", true, &prod, &f) == ERR_OK);
    CHECK(open_at(&q, "dev", true, &stranger, &f) == ERR_OK);
    secret_seal(s, "llm", STR("key\0with nul"), STR("owner-1"), &a, &box);
    CHECK(str_starts(box, STR("v1.")));
    CHECK(secret_unseal(s, "llm", box, STR("owner-1"), &a, &plain, &f) == ERR_OK);
    CHECK(str_eq(plain, STR("key\0with nul")));
    CHECK(secret_unseal(s, "llm", box, STR("owner-2"), &a, &plain, &f) == ERR_IO);
    CHECK_STR(str_of(f.hint), "secret.seal");
    CHECK(secret_unseal(s, "llm", box, STR("owner-1\0"), &a, &plain, &f) == ERR_IO);
    CHECK(secret_unseal(s, "smtp", box, STR("owner-1"), &a, &plain, &f) == ERR_IO);
    CHECK(secret_unseal(prod, "llm", box, STR("owner-1"), &a, &plain, &f) == ERR_IO);
    CHECK(secret_unseal(stranger, "llm", box, STR("owner-1"), &a, &plain, &f) == ERR_IO);
    secret_close(s);
    secret_close(prod);
    secret_close(stranger);
    place_drop(&p);
    place_drop(&q);
}

TEST(every_changed_byte_of_a_seal_is_noticed)
{
    AUTO_ARENA a = { 0 };
    struct place p;
    struct secret *s = NULL;
    struct fail f = { 0 };
    struct str box, plain;
    place_make(&p);
    CHECK(open_at(&p, "dev", true, &s, &f) == ERR_OK);
    secret_seal(s, "x", STR("text"), STR(""), &a, &box);
    char *bent = ARENA_ARRAY(&a, char, box.len);
    for (size_t i = 0; i < box.len; i++) {
        memcpy(bent, box.ptr, box.len);
        bent[i] = bent[i] == 'B' ? 'C' : 'B';
        CHECK(secret_unseal(s, "x", (struct str){ bent, box.len }, STR(""), &a, &plain, &f) ==
              ERR_IO);
        CHECK(secret_unseal(s, "x", str_head(box, i), STR(""), &a, &plain, &f) == ERR_IO);
    }
    secret_close(s);
    place_drop(&p);
}

TEST(a_password_matches_itself_only_and_its_record_belongs_to_one_user)
{
    AUTO_ARENA a = { 0 };
    struct place p;
    struct secret *s = NULL;
    struct fail f = { 0 };
    struct str sealed, phc;
    bool ok = false;
    place_make(&p);
    CHECK(open_at(&p, "dev", true, &s, &f) == ERR_OK);
    CHECK(secret_password_make(s, STR("correct\0horse"), STR("u1"), &a, &sealed, &f) == ERR_OK);
    CHECK(sealed.len <= 255);
    CHECK(secret_unseal(s, "password_wrap", sealed, STR("u1"), &a, &phc, &f) == ERR_OK);
    CHECK(str_starts(phc, STR("$argon2id$v=19$m=19456,t=2,p=1$")));
    CHECK(secret_password_check(s, STR("correct\0horse"), sealed, STR("u1"), &ok, &f) == ERR_OK);
    CHECK(ok);
    CHECK(secret_password_check(s, STR("correct\0house"), sealed, STR("u1"), &ok, &f) == ERR_OK);
    CHECK(!ok);
    CHECK(secret_password_check(s, STR("correct\0horse"), sealed, STR("u2"), &ok, &f) == ERR_IO);
    CHECK(!ok);
    secret_close(s);
    place_drop(&p);
}

TEST(an_unknown_user_costs_a_hash_and_a_too_long_password_never_matches)
{
    static char longest[SECRET_PASSWORD_MAX + 1];
    AUTO_ARENA a = { 0 };
    struct place p;
    struct secret *s = NULL;
    struct fail f = { 0 };
    struct str sealed;
    bool ok = true;
    memset(longest, 'x', sizeof longest);
    struct str over = { longest, sizeof longest }, most = str_head(over, SECRET_PASSWORD_MAX);
    place_make(&p);
    CHECK(open_at(&p, "dev", true, &s, &f) == ERR_OK);
    int64_t before = env_mono(&env_real);
    CHECK(secret_password_check(s, STR("guess"), (struct str){ 0 }, STR("u1"), &ok, &f) == ERR_OK);
    CHECK(!ok);
    CHECK(env_mono(&env_real) - before > 5 * (int64_t)US_PER_MS);
    CHECK(secret_password_make(s, over, STR("u1"), &a, &sealed, &f) == ERR_INPUT);
    CHECK(secret_password_make(s, most, STR("u1"), &a, &sealed, &f) == ERR_OK);
    CHECK(secret_password_check(s, over, sealed, STR("u1"), &ok, &f) == ERR_OK);
    CHECK(!ok);
    CHECK(secret_password_check(s, most, sealed, STR("u1"), &ok, &f) == ERR_OK);
    CHECK(ok);
    secret_close(s);
    place_drop(&p);
}

enum { CALLERS = 80 };
struct caller {
    struct secret *s;
    enum err result;
    int64_t retry_after;
};

static void *call(void *arg)
{
    struct caller *c = arg;
    struct fail f = { 0 };
    bool ok = false;
    c->result = secret_password_check(c->s, STR("x"), (struct str){ 0 }, STR(""), &ok, &f);
    c->retry_after = f.retry_after_s;
    return NULL;
}

TEST(more_than_64_waiting_hashes_are_told_to_come_back)
{
    static struct caller callers[CALLERS];
    struct place p;
    struct secret *s = NULL;
    struct fail f = { 0 };
    pthread_t t[CALLERS];
    int served = 0, busy = 0;
    place_make(&p);
    CHECK(open_at(&p, "dev", true, &s, &f) == ERR_OK);
    for (int i = 0; i < CALLERS; i++) {
        callers[i].s = s;
        CHECK(pthread_create(&t[i], NULL, call, &callers[i]) == 0);
    }
    for (int i = 0; i < CALLERS; i++) {
        CHECK(pthread_join(t[i], NULL) == 0);
        served += callers[i].result == ERR_OK;
        busy += callers[i].result == ERR_BUSY && callers[i].retry_after == 2;
    }
    CHECK_INT(served + busy, CALLERS);
    CHECK(served >= 64);
    CHECK(busy > 0);
    secret_close(s);
    place_drop(&p);
}

TEST(a_token_is_43_characters_and_its_mac_depends_on_the_purpose)
{
    AUTO_ARENA a = { 0 };
    struct place p;
    struct secret *s = NULL;
    struct fail f = { 0 };
    struct hash mac, again;
    place_make(&p);
    CHECK(open_at(&p, "dev", true, &s, &f) == ERR_OK);
    struct str token = secret_token_make(s, "sid", &a, &mac);
    CHECK_INT(token.len, SECRET_TOKEN_TEXT);
    again = secret_token_mac(s, "sid", token);
    CHECK(hash_eq(&mac, &again));
    again = secret_token_mac(s, "pat", token);
    CHECK(!hash_eq(&mac, &again));
    again = secret_token_mac(s, "sid", STR("any text"));
    CHECK(!hash_eq(&mac, &again));
    secret_close(s);
    place_drop(&p);
}

TEST(a_signature_verifies_with_the_public_key_and_for_this_message_only)
{
    struct place p;
    struct secret *s = NULL;
    struct fail f = { 0 };
    uint8_t signature[SECRET_SIGNATURE], key[SECRET_PUBLIC_KEY];
    place_make(&p);
    CHECK(open_at(&p, "dev", true, &s, &f) == ERR_OK);
    secret_public_key(s, key);
    secret_sign(s, STR("head 17"), signature);
    CHECK(secret_verify(key, STR("head 17"), signature));
    CHECK(!secret_verify(key, STR("head 18"), signature));
    signature[10] ^= 1;
    CHECK(!secret_verify(key, STR("head 17"), signature));
    CHECK_INT(secret_sign_kid(s).len, 16);
    secret_close(s);
    place_drop(&p);
}

/* RFC 8032, 7.1, TEST 2. */
TEST(signatures_agree_with_the_published_vector)
{
    AUTO_ARENA a = { 0 };
    struct str key, signature;
    CHECK(hex_decode(&a, STR("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"),
                     &key));
    CHECK(hex_decode(&a,
                     STR("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                         "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
                     &signature));
    CHECK(secret_verify((const uint8_t *)key.ptr, STR("\x72"), (const uint8_t *)signature.ptr));
}

/* The keys of a known master never change: what was sealed and signed must stay readable. Values
 * computed independently with Python's hmac and hashlib. */
TEST(keys_of_a_known_master_are_stable)
{
    AUTO_ARENA a = { 0 };
    struct place p;
    struct secret *s = NULL;
    struct fail f = { 0 };
    place_make(&p);
    write_master(&p, 32, 0600);
    CHECK(open_at(&p, "dev", false, &s, &f) == ERR_OK);
    struct hash mac = secret_token_mac(s, "sid", STR("token"));
    CHECK_STR(hash_hex(&a, &mac),
              "0dc8e8f6a72962db7e8e8b0380a1bf8de4f87f2d8fab72725a64315aa8c2b0b3");
    secret_close(s);
    place_drop(&p);
}
