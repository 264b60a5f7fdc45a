#pragma once
/*
 * log - one JSON line per fact, to a file descriptor.
 *
 * A line is {"ts","level","event", fields...}; events are short dotted words ("job.dead"). Values
 * are escaped; secrets are never passed (struct secret has no formatter). Lines of one call are
 * never torn: one write(2) each, at most 4 KiB; a field is cut at 2 KiB, and fields that do not fit
 * the line are left out with "cut":true at its end. A value that is not UTF-8 shows '?' for its
 * strange bytes. Thread-safe; the level may be changed at any time (log_level_set). Below the level
 * a call costs one comparison. A NULL log is allowed everywhere and swallows all.
 */
#include "io/clock/clock.h"

#include <stdatomic.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_LEVEL_COUNT };

struct log {
    const struct clock *clock;
    int fd;
    /* atomic, though atomics live elsewhere: an operator changes it while all threads write */
    _Atomic(enum log_level) level;
    bool text; /* human form for a terminal: "12:00:01 info  event key=value" */
};

enum log_kind { LOG_TEXT, LOG_INT, LOG_REAL };
struct log_field {
    const char *key;
    enum log_kind kind;
    struct str text;
    int64_t number;
    double real;
};
#define LOG_S(k, s) ((struct log_field){ .key = (k), .kind = LOG_TEXT, .text = (s) })
#define LOG_C(k, c) ((struct log_field){ .key = (k), .kind = LOG_TEXT, .text = str_of(c) })
#define LOG_R(k, r) ((struct log_field){ .key = (k), .kind = LOG_REAL, .real = (r) })
#define LOG_I(k, i) ((struct log_field){ .key = (k), .kind = LOG_INT, .number = (i) })

void log_write(const struct log *l, enum log_level level, const char *event,
               const struct log_field *fields, size_t n);
#define LOG(l, level, event, ...)                                                                  \
    log_write((l), (level), (event), (const struct log_field[]){ __VA_ARGS__ },                    \
              COUNT_OF(((const struct log_field[]){ __VA_ARGS__ })))
/* An event that needs no fields. */
static inline void log_event(const struct log *l, enum log_level level, const char *event)
{
    log_write(l, level, event, NULL, 0);
}
/* Writes an error at level error with code, hint, where and detail. */
void log_fail(const struct log *l, const char *event, const struct fail *f);
static inline void log_level_set(struct log *l, enum log_level level)
{
    atomic_store_explicit(&l->level, level, memory_order_relaxed);
}
/* "debug" ... "error"; false when unknown. */
MUST_USE bool log_level_named(struct str name, enum log_level *out);
