#include "io/log/log.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/num.h"
#include "base/time.h"

#include <errno.h>
#include <unistd.h>

enum {
    LOG_LINE_MAX = 4096,
    LOG_FIELD_MAX = 2048,
    LOG_TAIL = 16 /* room for the mark and the end */
};

static const char *const level_names[] = {
    [LOG_DEBUG] = "debug",
    [LOG_INFO] = "info",
    [LOG_WARN] = "warn",
    [LOG_ERROR] = "error",
};
static_assert(COUNT_OF(level_names) == LOG_LEVEL_COUNT, "a name for each level");

bool log_level_named(struct str name, enum log_level *out)
{
    for (int i = 0; i < LOG_LEVEL_COUNT; i++) {
        if (str_is(name, level_names[i])) {
            *out = (enum log_level)i;
            return true;
        }
    }
    return false;
}

/* A line must stay UTF-8 and one line whatever a stranger put into a value. */
static struct str tame(struct str s, bool controls_too, char out[LOG_FIELD_MAX])
{
    bool valid = utf8_valid(s);
    struct str head = valid ? utf8_cut(s, LOG_FIELD_MAX) : str_head(s, LOG_FIELD_MAX);
    for (size_t i = 0; i < head.len; i++) {
        unsigned char c = (unsigned char)head.ptr[i];
        bool bad = (!valid && c >= 0x80) || (controls_too && (c < 0x20 || c == 0x7F));
        out[i] = bad ? '?' : (char)c;
    }
    return (struct str){ out, head.len };
}

static void put_value_text(struct buf *b, struct str s, bool human)
{
    char tamed[LOG_FIELD_MAX];
    if (human)
        buf_put(b, tame(s, true, tamed));
    else
        json_put_text(b, tame(s, false, tamed));
}

static void put_field(struct buf *b, const struct log_field *f, bool human)
{
    buf_putf(b, human ? " %s=" : ",\"%s\":", f->key);
    switch (f->kind) {
    case LOG_TEXT:
        put_value_text(b, f->text, human);
        break;
    case LOG_INT:
        buf_put_i64(b, f->number);
        break;
    case LOG_REAL:
        json_put_real(b, f->real);
        break;
    }
}

/* Whole fields only: one that does not fit is left out, with all after it, and the line says so. */
static void put_fields(struct buf *b, const struct log_field *fields, size_t n, bool human)
{
    for (size_t i = 0; i < n; i++) {
        size_t before = b->len;
        put_field(b, &fields[i], human);
        if (!b->truncated && b->len <= LOG_LINE_MAX - LOG_TAIL)
            continue;
        b->len = before;
        b->truncated = false;
        buf_put(b, human ? STR(" cut=1") : STR(",\"cut\":true"));
        return;
    }
}

static void put_head(struct buf *b, const struct log *l, enum log_level level, const char *event)
{
    char ts[TIME_TEXT + 1];
    time_format(l->clock->now_us(l->clock), ts);
    if (l->text)
        buf_putf(b, "%.8s %-5s %s", ts + 11, level_names[level], event);
    else
        buf_putf(b, "{\"ts\":\"%s\",\"level\":\"%s\",\"event\":\"%s\"", ts, level_names[level],
                 event);
}

/* A log that cannot be written must not stop the program, so the rest of a line is dropped. */
static void write_line(int fd, struct str s)
{
    while (s.len) {
        ssize_t n = write(fd, s.ptr, s.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        s = str_from(s, (size_t)n);
    }
}

void log_write(const struct log *l, enum log_level level, const char *event,
               const struct log_field *fields, size_t n)
{
    if (!l || level < atomic_load_explicit(&l->level, memory_order_relaxed))
        return;
    AUTO_BUF b = { .max = LOG_LINE_MAX };
    put_head(&b, l, level, event);
    put_fields(&b, fields, n, l->text);
    buf_put(&b, l->text ? STR("\n") : STR("}\n"));
    write_line(l->fd, buf_str(&b));
}

void log_fail(const struct log *l, const char *event, const struct fail *f)
{
    LOG(l, LOG_ERROR, event, LOG_C("code", err_name(f->code)), LOG_C("hint", f->hint),
        LOG_C("where", f->where), LOG_C("detail", f->detail));
}
