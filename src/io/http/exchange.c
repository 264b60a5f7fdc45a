#include "io/http/http_priv.h"

#include <stdlib.h>

/* Kept for reuse, newest first, so that a quiet server touches few of them. */
enum { FREE_MAX = 256, KEEP_BYTES = 64 * 1024, TARGET_ROOM = TARGET_MAX + 1 };
/* data-and-api.md 2.1: an answer has at most 2 MiB; leave room for raw ones (OpenAPI). */
enum { OUT_MAX = 4 * 1024 * 1024, BODY_MAX = 16 * 1024 * 1024 };

static void buf_forget(struct buf *b)
{
    if (b->cap > KEEP_BYTES)
        buf_release(b);
    else
        buf_clear(b);
}

struct exchange *exchange_take(struct http *h)
{
    pthread_mutex_lock(&h->free_lock);
    struct exchange *x = h->free;
    if (x) {
        h->free = x->next_free;
        h->free_count--;
    }
    pthread_mutex_unlock(&h->free_lock);
    if (!x) {
        x = calloc(1, sizeof *x);
        if (!x)
            abort();
        x->target.max = TARGET_ROOM;
        x->body.max = BODY_MAX;
        x->out.max = OUT_MAX;
    }
    x->http = h;
    return x;
}

static void exchange_free(struct exchange *x)
{
    arena_release(&x->arena);
    buf_release(&x->target);
    buf_release(&x->body);
    buf_release(&x->out);
    free(x);
}

void exchange_give(struct exchange *x)
{
    struct http *h = x->http;
    if (x->stream)
        stream_discard(x->stream);
    if (x->response && !x->shared)
        MHD_destroy_response(x->response);
    buf_forget(&x->target);
    buf_forget(&x->body);
    buf_forget(&x->out);
    if (x->arena.used > KEEP_BYTES)
        arena_release(&x->arena);
    arena_reset(&x->arena);
    *x =
        (struct exchange){ .arena = x->arena, .target = x->target, .body = x->body, .out = x->out };
    pthread_mutex_lock(&h->free_lock);
    bool kept = h->free_count < FREE_MAX && !atomic_load(&h->stopping);
    if (kept) {
        x->next_free = h->free;
        h->free = x;
        h->free_count++;
    }
    pthread_mutex_unlock(&h->free_lock);
    if (!kept)
        exchange_free(x);
}

void exchanges_free(struct http *h)
{
    while (h->free) {
        struct exchange *x = h->free;
        h->free = x->next_free;
        exchange_free(x);
    }
}
