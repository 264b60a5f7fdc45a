#pragma once
/*
 * fail - what went wrong, once.
 *
 * A function that can fail returns `enum err` and fills the caller's `struct fail`. The struct has
 * a fixed size, lives in the request or job, never allocates. `hint` is the stable public code
 * (`area.reason`); `detail` goes to the log only. Handle an error or pass it up, never both log and
 * pass. Threads: a `struct fail` belongs to one thread.
 */
#include "base/base.h"

enum MUST_USE err {
    ERR_OK = 0,
    ERR_INPUT,        /* the caller's data is wrong: 400 or 422 */
    ERR_AUTH,         /* who are you: 401 */
    ERR_FORBIDDEN,    /* yours, but not allowed: 403 */
    ERR_NOT_FOUND,    /* absent, or not yours: 404 */
    ERR_CONFLICT,     /* state or revision does not allow it: 409 */
    ERR_GONE,         /* expired: 410 */
    ERR_PRECONDITION, /* If-Match does not hold: 412 */
    ERR_TOO_LARGE,    /* body over the limit: 413 */
    ERR_LIMIT,        /* a quota or a maximum: 429 */
    ERR_BUSY,         /* try again soon: 503 */
    ERR_TIMEOUT,      /* gave up waiting: 503 */
    ERR_UPSTREAM,     /* a dependency answered wrongly: 503 */
    ERR_FULL,         /* no room to store: 507 */
    ERR_IO,           /* our fault: 500 */
    ERR_COUNT
};

/* One wrong field of a request. All strings live as long as the request. */
struct fail_field {
    const char *path; /* dotted, e.g. "files.0.path" */
    const char *code; /* "missing", "unknown", "type", "length", "range", "enum", "format" */
    int64_t min, max; /* the limit that was broken; both 0 when the code has none */
};

struct fail {
    enum err code;
    const char *where; /* static "file:line" */
    const char *hint;  /* static public code, e.g. "turn.busy" */
    const struct fail_field *fields;
    size_t field_count;
    int64_t retry_after_s; /* 0 = say nothing */
    char detail[256];
};

FMT_LIKE(5, 6)
enum err fail_set(struct fail *f, enum err code, const char *where, const char *hint,
                  const char *fmt, ...);

/* "Address already in use": a system error number in words, for `detail`. Any thread. */
const char *errno_text(int number);

/* "input", "auth", ...: for logs. */
const char *err_name(enum err code);

#define FAIL_TEXT_OF_(x) #x
#define FAIL_TEXT_OF(x) FAIL_TEXT_OF_(x)
#define FAIL(f, code, hint, ...)                                                                   \
    fail_set((f), (code), __FILE__ ":" FAIL_TEXT_OF(__LINE__), (hint), __VA_ARGS__)

/* Leaves the function with the same error; the callee has already filled `fail`. The only macro
 * that returns. */
#define TRY(expr)                                                                                  \
    do {                                                                                           \
        enum err try_err_ = (expr);                                                                \
        if (try_err_)                                                                              \
            return try_err_;                                                                       \
    } while (0)
