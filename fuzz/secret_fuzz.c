/* Sealed boxes as a stolen or damaged database would hold them: any text, and a true box with one
 * byte changed. Only the true one opens, and to what was sealed. */
#include "io/secret/secret_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool opens(const struct secret *s, struct str box, struct arena *a, struct str *plain)
{
    struct fail f = { 0 };
    enum err e = secret_unseal(s, "fuzz", box, STR("aad"), a, plain, &f);
    assert(e == ERR_OK || (e == ERR_IO && str_is(str_of(f.hint), "secret.seal")));
    return e == ERR_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct secret_keys keys;
    AUTO_ARENA a = { 0 };
    const struct secret s = {
        .keys = &keys, .env = &env_real, .env_name = "dev", .seal_kid = "0123456789abcdef"
    };
    struct str in = { (const char *)data, size }, box, plain;
    assert(!opens(&s, in, &a, &plain)); /* nobody guesses a seal */
    secret_seal(&s, "fuzz", in, STR("aad"), &a, &box);
    assert(opens(&s, box, &a, &plain) && str_eq(plain, in));
    if (size < 3)
        return 0;
    char *changed = arena_alloc(&a, box.len, 1);
    memcpy(changed, box.ptr, box.len);
    size_t at = (data[0] | (size_t)data[1] << 8) % box.len;
    changed[at] = (char)(changed[at] ^ data[2]);
    assert(changed[at] == box.ptr[at] || !opens(&s, (struct str){ changed, box.len }, &a, &plain));
    return 0;
}
