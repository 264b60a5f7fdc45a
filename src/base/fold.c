#include "base/fold.h"

#include <stdlib.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

/* libunistring gives malloc'ed text; it is copied into the arena and freed here. */
static struct str adopt(struct arena *a, uint8_t *text, size_t n)
{
    struct str out = arena_dup(a, (struct str){ (const char *)text, n });
    free(text);
    return out;
}

struct str text_nfc(struct arena *a, struct str s)
{
    size_t n = 0;
    uint8_t *text =
        u8_normalize(UNINORM_NFC, (const uint8_t *)(s.ptr ? s.ptr : ""), s.len, NULL, &n);
    return text ? adopt(a, text, n) : s;
}

static struct str without_marks(struct arena *a, struct str s)
{
    char *out = arena_alloc(a, s.len + 1, 1);
    size_t n = 0;
    struct str rest = s;
    uint32_t cp = 0;
    for (const char *from = rest.ptr; utf8_take(&rest, &cp); from = rest.ptr) {
        if (uc_combining_class(cp) != UC_CCC_NR)
            continue;
        memcpy(out + n, from, (size_t)(rest.ptr - from));
        n += (size_t)(rest.ptr - from);
    }
    return (struct str){ out, n };
}

struct str text_fold(struct arena *a, struct str s)
{
    size_t n = 0, m = 0;
    uint8_t *lower =
        u8_casefold((const uint8_t *)(s.ptr ? s.ptr : ""), s.len, NULL, NULL, NULL, &n);
    if (!lower)
        return s;
    uint8_t *apart = u8_normalize(UNINORM_NFKD, lower, n, NULL, &m);
    free(lower);
    return apart ? without_marks(a, adopt(a, apart, m)) : s;
}
