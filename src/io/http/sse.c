#include "io/http/http_priv.h"

static void put_lines(struct buf *b, struct str data)
{
    struct str line;
    while (str_take_line(&data, &line)) {
        buf_put(b, STR("data: "));
        buf_put(b, line);
        buf_putc(b, '\n');
    }
    buf_putc(b, '\n');
}

void sse_put(struct buf *b, const struct hub_event *e)
{
    if (e->seq > 0)
        buf_putf(b, "id: %lld\n", (long long)e->seq);
    if (e->event.len) {
        buf_put(b, STR("event: "));
        buf_put(b, e->event);
        buf_putc(b, '\n');
    }
    put_lines(b, e->data.len ? e->data : STR("{}"));
}
