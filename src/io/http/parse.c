#include "io/http/parse.h"

#include <strings.h>

struct known_header {
    const char *name;
    bool once; /* a second one could be read differently by somebody else: refused */
};
static const struct known_header known_headers[] = {
    [HEAD_HOST] = { "Host", true },
    [HEAD_CONTENT_LENGTH] = { "Content-Length", true },
    [HEAD_CONTENT_TYPE] = { "Content-Type", true },
    [HEAD_TRANSFER_ENCODING] = { "Transfer-Encoding", true },
    [HEAD_EXPECT] = { "Expect", true },
    [HEAD_COOKIE] = { "Cookie", true },
    [HEAD_ACCEPT] = { "Accept", false },
    [HEAD_ACCEPT_ENCODING] = { "Accept-Encoding", false },
    [HEAD_ACCEPT_LANGUAGE] = { "Accept-Language", false },
    [HEAD_IF_MATCH] = { "If-Match", true },
    [HEAD_IF_NONE_MATCH] = { "If-None-Match", false },
    [HEAD_IDEMPOTENCY_KEY] = { "Idempotency-Key", true },
    [HEAD_REQUEST_ID] = { "X-Request-Id", true },
    [HEAD_REQUESTED_BY] = { "X-Requested-By", true },
    [HEAD_FETCH_SITE] = { "Sec-Fetch-Site", true },
    [HEAD_ORIGIN] = { "Origin", true },
    [HEAD_USER_AGENT] = { "User-Agent", true },
    [HEAD_LAST_EVENT_ID] = { "Last-Event-ID", true },
    [HEAD_FORWARDED_FOR] = { "X-Forwarded-For", true },
};
static_assert(COUNT_OF(known_headers) == HEAD_COUNT, "a name for each header");

static bool same_name(struct str s, const char *name)
{
    return s.len == strlen(name) && strncasecmp(s.ptr, name, s.len) == 0;
}

static bool token_char(char c)
{
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
        return true;
    return c && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

static bool control_char(char c)
{
    return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

static bool has_control(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (control_char(s.ptr[i]))
            return true;
    return false;
}

const char *http_head_take(struct http_head *h, struct str name, struct str value)
{
    h->count++;
    if (!name.len)
        return "empty field name";
    for (size_t i = 0; i < name.len; i++)
        if (!token_char(name.ptr[i]))
            return "field name is not a token";
    if (has_control(value))
        return "control character in a field";
    for (size_t i = 0; i < HEAD_COUNT; i++) {
        if (!same_name(name, known_headers[i].name))
            continue;
        if (!h->v[i].ptr)
            h->v[i] = str_trim(value);
        else if (known_headers[i].once)
            return "field came twice";
        return NULL;
    }
    return NULL;
}

/* Moves past the next NUL; false when there is none. */
static bool past_nul(struct str *s)
{
    const char *end = s->len ? memchr(s->ptr, 0, s->len) : NULL;
    if (!end)
        return false;
    *s = str_from(*s, (size_t)(end - s->ptr) + 1);
    return true;
}

static bool take_nul(struct str *s)
{
    if (!s->len || *s->ptr)
        return false;
    *s = str_from(*s, 1);
    return true;
}

const char *http_lines_fault(struct str lines, size_t *fields)
{
    *fields = 0;
    if (!take_nul(&lines) || !take_nul(&lines))
        return "request line does not end in CRLF";
    while (lines.len && *lines.ptr) {
        if (*lines.ptr == ' ' || *lines.ptr == '\t')
            return "folded header line";
        if (!past_nul(&lines) || !past_nul(&lines))
            return "header line without an end";
        if (!take_nul(&lines))
            return "header line does not end in CRLF";
        ++*fields;
    }
    if (!take_nul(&lines) || !take_nul(&lines) || lines.len)
        return "head does not end in CRLF";
    return NULL;
}

/* "http://authority/path" becomes "/path"; the authority must be the Host. */
static const char *absolute_part(struct str *target, struct str host)
{
    struct str rest = *target;
    if (str_starts(rest, STR("http://")))
        rest = str_from(rest, 7);
    else if (str_starts(rest, STR("https://")))
        rest = str_from(rest, 8);
    else
        return "target is not a path";
    size_t n = 0;
    while (n < rest.len && rest.ptr[n] != '/' && rest.ptr[n] != '?')
        n++;
    if (!host.ptr || n != host.len || strncasecmp(rest.ptr, host.ptr, n) != 0)
        return "absolute URI of another host";
    *target = str_from(rest, n);
    return target->len && *target->ptr == '/' ? NULL : "target is not a path";
}

const char *http_target_split(struct str target, struct str host, struct str *path,
                              struct str *query)
{
    if (!target.len)
        return "empty target";
    for (size_t i = 0; i < target.len; i++) {
        unsigned char c = (unsigned char)target.ptr[i];
        if (c <= 0x20 || c >= 0x7f || c == '#')
            return "character that does not belong in a target";
    }
    if (*target.ptr != '/') {
        const char *fault = absolute_part(&target, host);
        if (fault)
            return fault;
    }
    *path = str_take_until(&target, '?');
    *query = target;
    return NULL;
}

const char *http_framing_fault(const struct http_head *h, uint64_t *content_length)
{
    int64_t n = 0;
    *content_length = 0;
    if (!h->v[HEAD_HOST].ptr || !h->v[HEAD_HOST].len)
        return "no Host";
    if (h->v[HEAD_TRANSFER_ENCODING].ptr && h->v[HEAD_CONTENT_LENGTH].ptr)
        return "both Transfer-Encoding and Content-Length";
    if (h->v[HEAD_TRANSFER_ENCODING].ptr && !same_name(h->v[HEAD_TRANSFER_ENCODING], "chunked"))
        return "unknown Transfer-Encoding";
    if (h->v[HEAD_CONTENT_LENGTH].ptr) {
        struct str v = h->v[HEAD_CONTENT_LENGTH];
        if (!v.len || v.ptr[0] == '-' || !str_to_i64(v, 0, INT64_MAX, &n))
            return "Content-Length is not a number";
        *content_length = (uint64_t)n;
    }
    return NULL;
}

static int hex_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One byte of a segment; -1: bad escape, or a byte that may not stand there. */
static int segment_byte(struct str *rest)
{
    int c = (unsigned char)*rest->ptr;
    size_t used = 1;
    if (c == '%') {
        int hi = rest->len > 2 ? hex_of(rest->ptr[1]) : -1;
        int lo = rest->len > 2 ? hex_of(rest->ptr[2]) : -1;
        if (hi < 0 || lo < 0)
            return -1;
        c = hi * 16 + lo;
        used = 3;
    }
    *rest = str_from(*rest, used);
    return c < 0x20 || c == 0x7f || c == '/' || c == '\\' ? -1 : c;
}

bool http_segment_decode(struct arena *a, struct str raw, struct str *out)
{
    char *p = arena_alloc(a, raw.len + 1, 1);
    size_t n = 0;
    while (raw.len) {
        int c = segment_byte(&raw);
        if (c < 0)
            return false;
        p[n++] = (char)c;
    }
    *out = (struct str){ p, n };
    return utf8_valid(*out);
}

bool http_word(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     c == '.' || c == '_' || c == '-';
        if (!plain)
            return false;
    }
    return s.len >= 1 && s.len <= 100 && s.ptr[0] != '.';
}

struct str http_cookie_in(struct str header, struct str name)
{
    while (header.len) {
        struct str pair = str_trim(str_take_until(&header, ';'));
        struct str key = str_take_until(&pair, '=');
        if (!str_eq(key, name))
            continue;
        if (pair.len >= 2 && pair.ptr[0] == '"' && pair.ptr[pair.len - 1] == '"')
            pair = (struct str){ pair.ptr + 1, pair.len - 2 };
        return pair.ptr ? pair : STR("");
    }
    return (struct str){ 0 };
}

/* The part before ';' and its weight in thousandths (1000 when it has none, 0 when it is not one).
 */
static struct str weighted(struct str item, int64_t *q)
{
    struct str head = str_trim(str_take_until(&item, ';'));
    *q = 1000;
    while (item.len) {
        struct str param = str_trim(str_take_until(&item, ';'));
        if (!str_starts(param, STR("q=")) && !str_starts(param, STR("Q=")))
            continue;
        double v = 0;
        bool good = str_to_real(str_from(param, 2), &v) && v >= 0 && v <= 1;
        *q = good ? (int64_t)(v * 1000) : 0;
    }
    return head;
}

static bool language_is(struct str tag, const char *lang)
{
    return tag.len >= 2 && strncasecmp(tag.ptr, lang, 2) == 0 &&
           (tag.len == 2 || tag.ptr[2] == '-');
}

struct str http_language(struct str accept_language)
{
    struct str best = { 0 };
    int64_t best_q = 0, q = 0;
    while (accept_language.len) {
        struct str tag = weighted(str_take_until(&accept_language, ','), &q);
        struct str lang = language_is(tag, "es")   ? STR("es")
                          : language_is(tag, "en") ? STR("en")
                                                   : (struct str){ 0 };
        if (lang.ptr && q > best_q) {
            best = lang;
            best_q = q;
        }
    }
    return best;
}

unsigned http_encodings(struct str accept_encoding)
{
    unsigned found = 0;
    int64_t q = 0;
    while (accept_encoding.len) {
        struct str name = weighted(str_take_until(&accept_encoding, ','), &q);
        if (q && same_name(name, "br"))
            found |= ENCODING_BR;
        else if (q && same_name(name, "gzip"))
            found |= ENCODING_GZIP;
    }
    return found;
}

bool http_wants_page(struct str accept)
{
    int64_t q = 0;
    while (accept.len)
        if (same_name(weighted(str_take_until(&accept, ','), &q), "text/html") && q)
            return true;
    return false;
}

bool http_is_json(struct str content_type)
{
    struct str type = str_trim(str_take_until(&content_type, ';'));
    struct str rest = str_trim(content_type);
    return same_name(type, "application/json") &&
           (!rest.len || same_name(rest, "charset=utf-8") || same_name(rest, "charset=\"utf-8\""));
}

bool http_is_report(struct str content_type)
{
    struct str type = str_trim(str_take_until(&content_type, ';'));
    return same_name(type, "application/csp-report") || same_name(type, "application/reports+json");
}

bool http_revision(struct str etag, int64_t *rev)
{
    if (etag.len < 3 || etag.ptr[0] != '"' || etag.ptr[etag.len - 1] != '"')
        return false;
    return str_to_i64((struct str){ etag.ptr + 1, etag.len - 2 }, 0, INT64_MAX, rev);
}

bool http_etag_listed(struct str list, struct str etag)
{
    if (str_is(list, "*"))
        return true;
    while (list.len) {
        struct str one = str_trim(str_take_until(&list, ','));
        if (str_starts(one, STR("W/")))
            one = str_from(one, 2);
        if (str_eq(one, etag))
            return true;
    }
    return false;
}

bool http_printable(struct str s, size_t lo, size_t hi)
{
    if (s.len < lo || s.len > hi)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < 0x21 || s.ptr[i] > 0x7e)
            return false;
    return true;
}
