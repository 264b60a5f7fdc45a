#include "capture.h"

#include <errno.h>
#include <unistd.h>

enum { PIECE = 64 * 1024, HARD_MAX = 8 * 1024 * 1024 };

bool capture_drain(struct capture *c, int fd, size_t room)
{
    unsigned char piece[PIECE];
    c->text.max = HARD_MAX;
    while (!c->closed && c->text.len <= room) {
        ssize_t n = read(fd, piece, sizeof(piece));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break; /* nothing more for now */
        c->closed = n == 0;
        wire_add(&c->text, piece, (size_t)n);
        if ((size_t)n < sizeof(piece))
            break; /* the pipe was emptied: spares the read that would say so */
    }
    return c->text.len <= room;
}

void capture_put(const struct capture *c, bool over, struct wire_buf *out, int tag)
{
    static const char gap[] = "\n...\n";
    if (!over || c->text.len <= CAPTURE_HEAD + CAPTURE_TAIL) {
        wire_put(out, tag, c->text.ptr, c->text.len);
        return;
    }
    size_t opened = wire_open(out, tag);
    wire_add(out, c->text.ptr, CAPTURE_HEAD);
    wire_add(out, gap, sizeof(gap) - 1);
    wire_add(out, c->text.ptr + c->text.len - CAPTURE_TAIL, CAPTURE_TAIL);
    wire_close(out, opened);
}

void capture_clear(struct capture *c)
{
    wire_release(&c->text);
    c->told = 0;
}
