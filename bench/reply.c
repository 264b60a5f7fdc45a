#include "reply.h"

#include "base/num.h"

#include <strings.h>

void reply_start(struct reply *r)
{
    r->phase = REPLY_STATUS;
    r->status = 0;
    r->will_close = r->chunked = r->has_length = false;
    r->left = r->body_bytes = 0;
    r->head_bytes = r->line_len = 0;
}

/* Gathers one line without its CRLF in r->line; false while it is incomplete or when it is bad. */
static bool take_line(struct reply *r, struct str *in, struct str *line)
{
    const char *end = in->len ? memchr(in->ptr, '\n', in->len) : NULL;
    size_t n = end ? (size_t)(end - in->ptr) + 1 : in->len;
    if (n > REPLY_LINE_MAX - r->line_len || r->head_bytes + n > REPLY_HEAD_MAX) {
        r->phase = REPLY_BROKEN;
        return false;
    }
    if (n)
        memcpy(r->line + r->line_len, in->ptr, n);
    r->line_len += n;
    r->head_bytes += n;
    *in = str_from(*in, n);
    if (!end)
        return false;
    *line = (struct str){ r->line, r->line_len - 1 };
    r->line_len = 0;
    if (!str_ends(*line, STR("\r"))) {
        r->phase = REPLY_BROKEN;
        return false;
    }
    line->len--;
    return true;
}

static enum reply_phase status_line(struct reply *r, struct str line)
{
    int64_t status = 0;
    bool old = str_starts(line, STR("HTTP/1.0 "));
    if (!old && !str_starts(line, STR("HTTP/1.1 ")))
        return REPLY_BROKEN;
    struct str rest = str_from(line, 9);
    if (!str_to_i64(str_take_until(&rest, ' '), 100, 599, &status))
        return REPLY_BROKEN;
    r->status = (int)status;
    r->will_close = old;
    return REPLY_HEAD;
}

static bool same(struct str a, struct str b)
{
    return a.len == b.len && strncasecmp(a.ptr, b.ptr, a.len) == 0;
}

static enum reply_phase header_line(struct reply *r, struct str line)
{
    struct str rest = line;
    struct str name = str_take_until(&rest, ':'), value = str_trim(rest);
    if (name.len == 0 || name.len == line.len)
        return REPLY_BROKEN;
    if (same(name, STR("content-length"))) {
        if (r->has_length || !str_to_i64(value, 0, INT64_MAX, &r->left))
            return REPLY_BROKEN;
        r->has_length = true;
    } else if (same(name, STR("transfer-encoding"))) {
        if (r->chunked || !same(value, STR("chunked")))
            return REPLY_BROKEN;
        r->chunked = true;
    } else if (same(name, STR("connection")) && same(value, STR("close"))) {
        r->will_close = true;
    }
    return REPLY_HEAD;
}

static enum reply_phase head_end(struct reply *r)
{
    if (r->chunked && r->has_length)
        return REPLY_BROKEN;
    if (r->status < 200) { /* an interim answer: the real one follows */
        size_t head = r->head_bytes;
        reply_start(r);
        r->head_bytes = head;
        return REPLY_STATUS;
    }
    if (r->status == 204 || r->status == 304)
        return REPLY_OVER;
    if (r->chunked)
        return REPLY_CHUNK_SIZE;
    if (r->has_length)
        return r->left ? REPLY_LENGTH : REPLY_OVER;
    r->will_close = true;
    return REPLY_UNTIL_CLOSE;
}

static int hex_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char low = (char)(c | 0x20);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/* Chunk extensions are allowed and ignored. */
static enum reply_phase chunk_size(struct reply *r, struct str line)
{
    enum { DIGITS_MAX = 15 };
    struct str rest = line;
    struct str digits = str_trim(str_take_until(&rest, ';'));
    int64_t size = 0;
    if (digits.len == 0 || digits.len > DIGITS_MAX)
        return REPLY_BROKEN;
    for (size_t i = 0; i < digits.len; i++) {
        int digit = hex_of(digits.ptr[i]);
        if (digit < 0)
            return REPLY_BROKEN;
        size = size * 16 + digit;
    }
    r->left = size;
    r->head_bytes = 0; /* the limit is on what stands between two pieces of body */
    return size ? REPLY_CHUNK_DATA : REPLY_TRAILER;
}

static enum reply_phase next_phase(struct reply *r, struct str line)
{
    switch (r->phase) {
    case REPLY_STATUS:
        return status_line(r, line);
    case REPLY_HEAD:
        return line.len ? header_line(r, line) : head_end(r);
    case REPLY_CHUNK_SIZE:
        return chunk_size(r, line);
    case REPLY_CHUNK_END:
        return line.len ? REPLY_BROKEN : REPLY_CHUNK_SIZE;
    case REPLY_TRAILER:
        return line.len ? REPLY_TRAILER : REPLY_OVER;
    case REPLY_LENGTH:
    case REPLY_UNTIL_CLOSE:
    case REPLY_CHUNK_DATA:
    case REPLY_OVER:
    case REPLY_BROKEN:
        break;
    }
    return REPLY_BROKEN;
}

static bool in_body(const struct reply *r)
{
    return r->phase == REPLY_LENGTH || r->phase == REPLY_CHUNK_DATA ||
           r->phase == REPLY_UNTIL_CLOSE;
}

static void take_body(struct reply *r, struct str *in, struct str *body)
{
    bool open_end = r->phase == REPLY_UNTIL_CLOSE;
    *body = open_end ? *in : str_head(*in, num_size(r->left));
    *in = str_from(*in, body->len);
    r->body_bytes += num_i64(body->len);
    r->left -= open_end ? 0 : num_i64(body->len);
    if (!open_end && r->left == 0)
        r->phase = r->phase == REPLY_LENGTH ? REPLY_OVER : REPLY_CHUNK_END;
}

enum reply_step reply_read(struct reply *r, struct str *in, struct str *body)
{
    struct str line;
    while (!in_body(r) && r->phase != REPLY_OVER && r->phase != REPLY_BROKEN) {
        if (take_line(r, in, &line))
            r->phase = next_phase(r, line);
        else if (r->phase != REPLY_BROKEN)
            return REPLY_MORE;
    }
    if (r->phase == REPLY_BROKEN)
        return REPLY_BAD;
    if (r->phase == REPLY_OVER)
        return REPLY_DONE;
    if (in->len == 0)
        return REPLY_MORE;
    take_body(r, in, body);
    return REPLY_BODY;
}

bool reply_ends_here(const struct reply *r)
{
    return r->phase == REPLY_UNTIL_CLOSE || r->phase == REPLY_OVER;
}

/* --- event streams --- */

/* The digits behind `"key":`, whatever of quotes, colons and spaces stands between. */
static int64_t number_behind(struct str data, struct str key)
{
    size_t at = key.len ? str_find(data, key) : SIZE_MAX;
    int64_t v = -1;
    if (at == SIZE_MAX)
        return -1;
    struct str rest = str_from(data, at + key.len);
    while (rest.len && strchr("\": =", rest.ptr[0]))
        rest = str_from(rest, 1);
    size_t n = 0;
    while (n < rest.len && rest.ptr[n] >= '0' && rest.ptr[n] <= '9')
        n++;
    return str_to_i64(str_head(rest, n), 0, INT64_MAX, &v) ? v : -1;
}

/* True when the line ends an event. */
static bool sse_line(struct sse *s, struct str line)
{
    if (str_ends(line, STR("\r")))
        line.len--;
    if (line.len == 0)
        return s->has_data;
    if (str_starts(line, STR("data:"))) {
        int64_t v = number_behind(str_from(line, 5), s->key);
        s->stamp = s->has_data && v < 0 ? s->stamp : v;
        s->has_data = true;
    }
    return false;
}

bool sse_read(struct sse *s, struct str *in, int64_t *stamp)
{
    while (in->len) {
        const char *end = memchr(in->ptr, '\n', in->len);
        size_t n = end ? (size_t)(end - in->ptr) : in->len;
        size_t kept = size_min(n, SSE_LINE_MAX - s->line_len);
        if (kept)
            memcpy(s->line + s->line_len, in->ptr, kept);
        s->line_len += kept;
        *in = str_from(*in, end ? n + 1 : n);
        if (!end)
            return false;
        struct str line = { s->line, s->line_len };
        s->line_len = 0;
        if (sse_line(s, line)) {
            *stamp = s->stamp;
            s->has_data = false;
            return true;
        }
    }
    return false;
}
