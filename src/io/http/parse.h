#pragma once
/*
 * parse - reading what a client sent, before anything is believed. Pure, any thread; nothing here
 * allocates but http_segment_decode.
 */
#include "base/arena.h"

/* Headers the server looks at; the rest is counted and forgotten. */
enum http_header {
    HEAD_HOST,
    HEAD_CONTENT_LENGTH,
    HEAD_CONTENT_TYPE,
    HEAD_TRANSFER_ENCODING,
    HEAD_EXPECT,
    HEAD_COOKIE,
    HEAD_ACCEPT,
    HEAD_ACCEPT_ENCODING,
    HEAD_ACCEPT_LANGUAGE,
    HEAD_IF_MATCH,
    HEAD_IF_NONE_MATCH,
    HEAD_IDEMPOTENCY_KEY,
    HEAD_REQUEST_ID,
    HEAD_REQUESTED_BY,
    HEAD_FETCH_SITE,
    HEAD_ORIGIN,
    HEAD_USER_AGENT,
    HEAD_LAST_EVENT_ID,
    HEAD_FORWARDED_FOR,
    HEAD_COUNT
};
enum { HEAD_FIELDS_MAX = 64, TARGET_MAX = 4096 };

struct http_head {
    struct str v[HEAD_COUNT]; /* ptr NULL: absent */
    size_t count;             /* fields in all */
};
/* Takes one field. NULL, or what is wrong with it: a name that is not a token, a control character
 * in the value, a field that may stand once and came twice. */
const char *http_head_take(struct http_head *h, struct str name, struct str value);

/*
 * libmicrohttpd 0.9.75 cuts the request head in place: CR LF becomes NUL NUL, a bare LF one NUL, a
 * colon one NUL. `lines` is that memory from the end of the request line's version to the end of
 * the head. NULL, or what is wrong: bare LF, a folded line, NUL inside a line (docs/adr/0011).
 */
const char *http_lines_fault(struct str lines, size_t *fields);

/* What stands in a request line. NULL, or what is wrong: not a path, control characters, a
 * fragment, an absolute URI of another host than the Host header. */
const char *http_target_split(struct str target, struct str host, struct str *path,
                              struct str *query);
/* Framing by headers: what a second parser on the way could understand differently. */
const char *http_framing_fault(const struct http_head *h, uint64_t *content_length);

/* One path segment, percent-decoded, in `a`. False: bad escape, control character, encoded slash,
 * not UTF-8. */
MUST_USE bool http_segment_decode(struct arena *a, struct str raw, struct str *out);
bool http_word(struct str s); /* [A-Za-z0-9._-]{1,100} */

struct str http_cookie_in(struct str header, struct str name);
/* "es" or "en", whichever the client prefers; ptr NULL when it names neither. */
struct str http_language(struct str accept_language);
enum { ENCODING_BR = 1, ENCODING_GZIP = 2 };
unsigned http_encodings(struct str accept_encoding);
/* True when the list names text/html itself: what a page load sends and a fetch does not. */
bool http_wants_page(struct str accept);
bool http_is_json(struct str content_type);
bool http_is_report(struct str content_type); /* the types in which browsers report */
/* `"12"`: one strong revision. */
MUST_USE bool http_revision(struct str etag, int64_t *rev);
/* Whether a list of entity tags (or "*") names `etag` (with quotes), weakly compared. */
bool http_etag_listed(struct str list, struct str etag);
/* Printable ASCII of lo..hi bytes. */
bool http_printable(struct str s, size_t lo, size_t hi);
