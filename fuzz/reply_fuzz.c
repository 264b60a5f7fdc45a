/* Answers of a measured server: the reader tells the same however the bytes are cut, and gives out
 * only what lies inside them. The event stream reader gets the body. */
#include "base/num.h"
#include "reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct told {
    enum reply_step last;
    int status;
    int64_t body_bytes;
    size_t events;
};

static void count_events(struct sse *sse, struct str piece, struct told *t)
{
    int64_t stamp = 0;
    while (sse_read(sse, &piece, &stamp)) {
        assert(stamp >= -1);
        t->events++;
    }
}

static struct told tell(struct str text, size_t step)
{
    static struct reply r;
    static struct sse sse;
    struct told t = { .last = REPLY_MORE };
    sse = (struct sse){ .key = STR("at") };
    reply_start(&r);
    for (size_t at = 0; at < text.len && t.last == REPLY_MORE; at += step) {
        struct str in = str_head(str_from(text, at), step), piece = { 0 };
        while ((t.last = reply_read(&r, &in, &piece)) == REPLY_BODY) {
            assert(piece.len > 0 && piece.ptr >= text.ptr);
            assert(piece.ptr + piece.len <= text.ptr + text.len);
            count_events(&sse, piece, &t);
        }
    }
    t.status = r.status;
    t.body_bytes = r.body_bytes;
    return t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = { (const char *)data, size };
    if (!size)
        return 0;
    struct told whole = tell(text, size), bytes = tell(text, 1), some = tell(text, 7);
    assert(whole.last == bytes.last && whole.last == some.last);
    assert(whole.status == bytes.status && whole.body_bytes == bytes.body_bytes);
    assert(whole.events == bytes.events && whole.events == some.events);
    return 0;
}
