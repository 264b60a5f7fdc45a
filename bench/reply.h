#pragma once
/*
 * reply - an HTTP/1.1 answer and an event stream, read piece by piece as the bytes come.
 *
 * Strict: a line ends in CRLF, a length is given once and is decimal, and a body has a length or
 * chunks, not both; anything else is REPLY_BAD. No allocation, no I/O; one thread.
 */
#include "base/str.h"

enum { REPLY_LINE_MAX = 4096, REPLY_HEAD_MAX = 64 * 1024, SSE_LINE_MAX = 512 };

enum reply_phase {
    REPLY_STATUS,
    REPLY_HEAD,
    REPLY_LENGTH,
    REPLY_UNTIL_CLOSE,
    REPLY_CHUNK_SIZE,
    REPLY_CHUNK_DATA,
    REPLY_CHUNK_END,
    REPLY_TRAILER,
    REPLY_OVER,
    REPLY_BROKEN,
};

struct reply {
    enum reply_phase phase;
    int status;      /* 0 until the first line was read */
    bool will_close; /* the server said so, or the end is only seen by it */
    bool chunked, has_length;
    int64_t left;       /* of the body or of the chunk */
    int64_t body_bytes; /* given out so far */
    size_t head_bytes, line_len;
    char line[REPLY_LINE_MAX];
};

enum reply_step {
    REPLY_MORE, /* everything was taken; more must come */
    REPLY_BODY, /* *body is the next piece, inside *in */
    REPLY_DONE, /* the answer is complete; *in may hold what came after it */
    REPLY_BAD,
};

/* Before each answer. */
void reply_start(struct reply *r);
/* Takes from *in up to the next thing worth telling. */
enum reply_step reply_read(struct reply *r, struct str *in, struct str *body);
/* The connection ended: whether the answer is complete by that. */
bool reply_ends_here(const struct reply *r);

/* One server-sent event after the other, from the pieces of a body. Only what a measurement needs:
 * that there was one, and the number behind a key in its data. Comments are no events. */
struct sse {
    struct str key; /* "t" finds 17 in `data: {"t":17}`; empty: no number is looked for */
    bool has_data;
    int64_t stamp;
    size_t line_len; /* longer lines are cut */
    char line[SSE_LINE_MAX];
};
/* True when an event is complete: *stamp is its number, or -1. False when *in is used up. */
bool sse_read(struct sse *s, struct str *in, int64_t *stamp);
