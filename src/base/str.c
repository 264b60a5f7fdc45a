#include "base/str.h"

#include "base/num.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <unistr.h>

int str_cmp(struct str a, struct str b)
{
    size_t n = size_min(a.len, b.len);
    int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
    return c ? c : (a.len > b.len) - (a.len < b.len);
}

size_t str_find(struct str s, struct str needle)
{
    if (needle.len == 0)
        return 0;
    if (s.len < needle.len)
        return SIZE_MAX;
    const char *hit = memmem(s.ptr, s.len, needle.ptr, needle.len);
    return hit ? (size_t)(hit - s.ptr) : SIZE_MAX;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

struct str str_trim(struct str s)
{
    while (s.len && is_space(s.ptr[0]))
        s = str_from(s, 1);
    while (s.len && is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

struct str str_take_until(struct str *rest, char sep)
{
    struct str head = *rest;
    const char *hit = head.len ? memchr(head.ptr, sep, head.len) : NULL;
    if (hit) { /* no offset is added up here that a compiler might think could wrap */
        head.len = (size_t)(hit - head.ptr);
        *rest = (struct str){ hit + 1, rest->len - head.len - 1 };
    } else {
        *rest = str_from(head, head.len);
    }
    return head;
}

bool str_take_line(struct str *rest, struct str *line)
{
    if (rest->len == 0)
        return false;
    *line = str_take_until(rest, '\n');
    if (line->len && line->ptr[line->len - 1] == '\r')
        line->len--;
    return true;
}

bool str_to_i64(struct str s, int64_t min, int64_t max, int64_t *out)
{
    bool minus = s.len && s.ptr[0] == '-';
    struct str digits = minus ? str_from(s, 1) : s;
    int64_t v = 0;
    if (digits.len == 0)
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        int d = digits.ptr[i] - '0';
        if (d < 0 || d > 9 || !i64_mul(v, 10, &v) || !i64_add(v, minus ? -d : d, &v))
            return false;
    }
    if (v < min || v > max)
        return false;
    *out = v;
    return true;
}

bool str_to_real(struct str s, double *out)
{
    char copy[64];
    if (s.len == 0 || s.len >= sizeof copy ||
        !(s.ptr[0] == '-' || (s.ptr[0] >= '0' && s.ptr[0] <= '9')))
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!strchr("0123456789+-.eE", s.ptr[i]) || s.ptr[i] == '\0')
            return false;
    memcpy(copy, s.ptr, s.len);
    copy[s.len] = '\0';
    char *end = NULL;
    double v = strtod(copy, &end);
    if (end != copy + s.len || !isfinite(v))
        return false;
    *out = v;
    return true;
}

bool utf8_valid(struct str s)
{
    return s.len == 0 || !u8_check((const uint8_t *)s.ptr, s.len);
}

bool utf8_take(struct str *rest, uint32_t *cp)
{
    if (rest->len == 0)
        return false;
    ucs4_t c = 0;
    int n = u8_mbtouc(&c, (const uint8_t *)rest->ptr, rest->len);
    *cp = c;
    *rest = str_from(*rest, (size_t)n);
    return true;
}

size_t utf8_count(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.ptr[i] & 0xC0) != 0x80;
    return n;
}

size_t utf8_utf16_len(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        n += (c & 0xC0) != 0x80;
        n += c >= 0xF0; /* four bytes are a surrogate pair */
    }
    return n;
}

static size_t bytes_after_lead(unsigned char lead)
{
    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

size_t utf8_byte_of_utf16(struct str s, size_t units)
{
    size_t at = 0;
    for (size_t seen = 0; seen < units;) {
        if (at >= s.len)
            return SIZE_MAX;
        size_t bytes = bytes_after_lead((unsigned char)s.ptr[at]);
        seen += bytes == 4 ? 2 : 1;
        at += bytes;
        if (seen > units)
            return SIZE_MAX;
    }
    return at <= s.len ? at : SIZE_MAX;
}

struct str utf8_cut(struct str s, size_t max_bytes)
{
    if (s.len <= max_bytes)
        return s;
    size_t n = max_bytes;
    while (n && ((unsigned char)s.ptr[n] & 0xC0) == 0x80)
        n--;
    return str_head(s, n);
}
