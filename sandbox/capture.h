#pragma once
/*
 * capture - what a program printed, bounded.
 *
 * Read from a non-blocking pipe until it is empty. Past its maximum it is `over`; then the text
 * shown is the first 12 and the last 4 KiB of what was read. One thread.
 */
#include "wire.h"

enum { CAPTURE_HEAD = 12 * 1024, CAPTURE_TAIL = 4 * 1024 };

struct capture {
    struct wire_buf text; /* everything read in this step, at most a pipe beyond the limit */
    size_t told;          /* bytes already streamed */
    bool closed;
};

/* Reads what is there. False when the total passed `room` bytes: the box must stop. */
bool capture_drain(struct capture *c, int fd, size_t room);

/* Adds field `tag` to `out`, shortened when `over`. */
void capture_put(const struct capture *c, bool over, struct wire_buf *out, int tag);

/* Forgets the text, for the next step. */
void capture_clear(struct capture *c);
