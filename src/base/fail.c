#include "base/fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum err fail_set(struct fail *f, enum err code, const char *where, const char *hint,
                  const char *fmt, ...)
{
    assert(code != ERR_OK);
    *f = (struct fail){ .code = code, .where = where, .hint = hint };
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(f->detail, sizeof f->detail, fmt, ap);
    va_end(ap);
    return code;
}

/* strerror is not thread-safe; this is its table, without the locale. */
const char *errno_text(int number)
{
    const char *text = strerrordesc_np(number);
    return text ? text : "unknown system error";
}

const char *err_name(enum err code)
{
    static const char *const names[] = {
        [ERR_OK] = "ok",
        [ERR_INPUT] = "input",
        [ERR_AUTH] = "auth",
        [ERR_FORBIDDEN] = "forbidden",
        [ERR_NOT_FOUND] = "not_found",
        [ERR_CONFLICT] = "conflict",
        [ERR_GONE] = "gone",
        [ERR_PRECONDITION] = "precondition",
        [ERR_TOO_LARGE] = "too_large",
        [ERR_LIMIT] = "limit",
        [ERR_BUSY] = "busy",
        [ERR_TIMEOUT] = "timeout",
        [ERR_UPSTREAM] = "upstream",
        [ERR_FULL] = "full",
        [ERR_IO] = "io",
    };
    static_assert(COUNT_OF(names) == ERR_COUNT, "a name for each error");
    return names[code];
}
