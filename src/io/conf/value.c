#include "base/num.h"
#include "io/conf/conf_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 1024 * 1024, SECRET_MAX = 64 * 1024 };

static void fd_close(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}
#define AUTO_FD __attribute__((cleanup(fd_close))) int

#define WRONG(f, ...) FAIL((f), ERR_INPUT, "config.invalid", __VA_ARGS__)

static enum err check_secret_file(const struct stat *st, struct str path, struct fail *f)
{
    mode_t mode = st->st_mode & 07777;
    if (!S_ISREG(st->st_mode))
        return WRONG(f, "%.*s is not a regular file", STR_ARG(path));
    if (st->st_uid != geteuid() && st->st_uid != 0)
        return WRONG(f, "%.*s belongs to uid %u", STR_ARG(path), st->st_uid);
    if (mode != 0400 && mode != 0600 && mode != 0440)
        return WRONG(f, "%.*s has mode %04o, wanted 0400 or 0600", STR_ARG(path), mode);
    return ERR_OK;
}

static enum err read_all(int fd, struct str path, size_t max, struct arena *a, struct str *out,
                         struct fail *f)
{
    char *p = ARENA_ARRAY(a, char, max + 1);
    size_t len = 0;
    while (len <= max) {
        ssize_t n = read(fd, p + len, max + 1 - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return WRONG(f, "%.*s cannot be read: %s", STR_ARG(path), errno_text(errno));
        if (n == 0)
            break;
        len += (size_t)n;
    }
    if (len > max)
        return WRONG(f, "%.*s is larger than %zu bytes", STR_ARG(path), max);
    *out = (struct str){ p, len };
    return ERR_OK;
}

enum err conf_file_read(struct str path, bool secret, struct arena *a, struct str *out,
                        struct fail *f)
{
    struct stat st;
    AUTO_FD fd = open(arena_cstr(a, path), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st))
        return WRONG(f, "%.*s cannot be read: %s", STR_ARG(path), errno_text(errno));
    if (secret)
        TRY(check_secret_file(&st, path, f));
    return read_all(fd, path, secret ? SECRET_MAX : FILE_MAX, a, out, f);
}

static enum err read_text(const struct conf_key *k, struct str s, struct fail *f)
{
    if (!utf8_valid(s))
        return WRONG(f, "is not UTF-8");
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == 0x7F)
            return WRONG(f, "has a control character");
    if ((int64_t)s.len < k->min || (int64_t)s.len > k->max)
        return WRONG(f, "has %zu bytes, wanted %lld to %lld", s.len, (long long)k->min,
                     (long long)k->max);
    if (k->fits && s.len && !k->fits(s))
        return WRONG(f, "is not %s", k->words);
    return ERR_OK;
}

static enum err read_bool(struct str s, int64_t *out, struct fail *f)
{
    static const char *const words[] = { "off", "on", "false", "true" };
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (str_is(s, words[i])) {
            *out = i % 2 == 1;
            return ERR_OK;
        }
    }
    return WRONG(f, "is neither on nor off");
}

static enum err read_word(const struct conf_key *k, struct str s, struct fail *f)
{
    for (struct str rest = str_of(k->words); rest.len;)
        if (str_eq(str_take_until(&rest, '|'), s))
            return ERR_OK;
    return WRONG(f, "is none of %s", k->words);
}

/* "10MiB" -> 10485760. */
static bool size_of_text(struct str s, int64_t *out)
{
    static const struct {
        struct str unit;
        int64_t bytes;
    } units[] = { { STR_INIT("KiB"), INT64_C(1) << 10 },
                  { STR_INIT("MiB"), INT64_C(1) << 20 },
                  { STR_INIT("GiB"), INT64_C(1) << 30 },
                  { STR_INIT(""), 1 } };
    size_t u = 0;
    while (!str_ends(s, units[u].unit))
        u++;
    struct str digits = str_trim(str_head(s, s.len - units[u].unit.len));
    int64_t count = 0;
    return str_to_i64(digits, 0, INT64_MAX, &count) && i64_mul(count, units[u].bytes, out);
}

static enum err read_number(const struct conf_key *k, struct str s, int64_t *out, struct fail *f)
{
    bool size = k->type == CONF_SIZE;
    bool number = size ? size_of_text(s, out) : str_to_i64(s, INT64_MIN, INT64_MAX, out);
    if (!number)
        return WRONG(f,
                     size ? "is not a size such as 64KiB, 10MiB or 4096" : "is not a whole number");
    if (*out < k->min || *out > k->max)
        return WRONG(f, "is out of range, wanted %lld to %lld%s", (long long)k->min,
                     (long long)k->max, size ? " bytes" : "");
    return ERR_OK;
}

static bool plain_name(struct str s)
{
    return s.len && !str_has(s, STR("/")) && !str_starts(s, STR("."));
}

static enum err read_secret(struct str s, struct str credentials, struct arena *a, struct str *out,
                            struct fail *f)
{
    struct str path = str_from(s, sizeof "secret:file:" - 1);
    if (s.len == 0) {
        *out = s;
        return ERR_OK;
    }
    if (str_starts(s, STR("secret:cred:"))) {
        if (!plain_name(path))
            return WRONG(f, "does not name a credential");
        if (!credentials.ptr)
            return WRONG(f, "needs CREDENTIALS_DIRECTORY, which is not set");
        path = arena_fmt(a, "%.*s/%.*s", STR_ARG(credentials), STR_ARG(path));
    } else if (!str_starts(s, STR("secret:file:")) || !str_starts(path, STR("/"))) {
        return WRONG(f, "is a secret: give it as secret:file:/path or secret:cred:NAME");
    }
    TRY(conf_file_read(path, true, a, out, f));
    if (str_ends(*out, STR("\n")))
        out->len--;
    return ERR_OK;
}

enum err conf_value_read(const struct conf_key *k, struct str written, struct str credentials,
                         struct arena *a, struct conf_value *v, struct fail *f)
{
    v->text = written;
    switch (k->type) {
    case CONF_TEXT:
        return read_text(k, written, f);
    case CONF_INT:
    case CONF_SIZE:
        return read_number(k, written, &v->number, f);
    case CONF_BOOL:
        return read_bool(written, &v->number, f);
    case CONF_WORD:
        return read_word(k, written, f);
    case CONF_SECRET:
        return read_secret(written, credentials, a, &v->text, f);
    case CONF_TYPE_COUNT:
        break;
    }
    return WRONG(f, "has no type");
}
