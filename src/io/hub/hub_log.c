#include "base/hash.h"
#include "base/num.h"
#include "io/hub/hub_priv.h"

#include <stdlib.h>

struct hub_node *hub_node_new(const struct hub_event *e)
{
    struct hub_node *n = malloc(sizeof *n + e->event.len + e->data.len);
    if (!n)
        abort();
    *n = (struct hub_node){ .refs = 1,
                            .seq = e->seq,
                            .event_len = num_narrow_u32(num_i64(e->event.len)),
                            .data_len = num_narrow_u32(num_i64(e->data.len)) };
    if (e->event.len)
        memcpy(n->bytes, e->event.ptr, e->event.len);
    if (e->data.len)
        memcpy(n->bytes + e->event.len, e->data.ptr, e->data.len);
    return n;
}

void hub_node_drop(struct hub_node *n)
{
    /* a node keeps its successor */
    while (n && --n->refs == 0) {
        struct hub_node *next = n->next;
        free(n);
        n = next;
    }
}

static struct hub_topic **bucket_of(struct hub *h, struct str tenant, struct str stream)
{
    char text[128];
    size_t t = size_min(tenant.len, 48), s = size_min(stream.len, 64);
    memcpy(text, tenant.ptr, t);
    memcpy(text + t, stream.ptr, s);
    return &h->topics[hash_short((struct str){ text, t + s }, h->key) % HUB_BUCKETS];
}

struct hub_topic *hub_topic_find(struct hub *h, struct str tenant, struct str stream)
{
    struct hub_topic *t = *bucket_of(h, tenant, stream);
    while (t && !(str_eq(t->stream, stream) && str_eq(t->tenant, tenant)))
        t = t->next;
    return t;
}

struct hub_topic *hub_topic_get(struct hub *h, struct str tenant, struct str stream)
{
    static const struct hub_event nothing = { 0 };
    struct hub_topic *t = hub_topic_find(h, tenant, stream);
    struct hub_topic **bucket = bucket_of(h, tenant, stream);
    if (t)
        return t;
    t = calloc(1, sizeof *t + tenant.len + stream.len);
    if (!t)
        abort();
    memcpy(t->text, tenant.ptr, tenant.len);
    memcpy(t->text + tenant.len, stream.ptr, stream.len);
    t->tenant = (struct str){ t->text, tenant.len };
    t->stream = (struct str){ t->text + tenant.len, stream.len };
    t->tail = hub_node_new(&nothing);
    t->next = *bucket;
    *bucket = t;
    return t;
}

void hub_topic_leave(struct hub *h, struct hub_topic *t)
{
    if (t->subs)
        return;
    struct hub_topic **at = bucket_of(h, t->tenant, t->stream);
    while (*at != t)
        at = &(*at)->next;
    *at = t->next;
    hub_node_drop(t->tail);
    free(t);
}

void hub_own_clear(struct hub_sub *s)
{
    while (s->own_first) {
        struct hub_node *n = s->own_first;
        s->own_first = n->next;
        free(n);
    }
    s->own_last = NULL;
}

void hub_sub_behind(struct hub_sub *s)
{
    struct hub *h = s->hub;
    s->state = SUB_BEHIND;
    if (s->queued || s->reading)
        return;
    s->queued = true;
    s->next_behind = NULL;
    if (h->behind_last)
        h->behind_last->next_behind = s;
    else
        h->behind = s;
    h->behind_last = s;
    pthread_cond_signal(&h->work);
}

/* Stands on the newest node. */
static void move_to_tail(struct hub_sub *s)
{
    s->topic->tail->refs++;
    hub_node_drop(s->at);
    s->at = s->topic->tail;
}

static void tell(struct hub_sub *s)
{
    size_t waiting = s->topic->tail->end_bytes - s->at->end_bytes;
    if (s->state == SUB_LIVE && waiting > HUB_WAITING_MAX) {
        s->state = SUB_CUT;
        atomic_store(&s->cut, true);
    }
    if (s->state != SUB_LIVE && waiting > HUB_WAITING_MAX)
        move_to_tail(s); /* it will find the rest in the store, or comes back */
    s->wake(s->arg);
}

void hub_topic_append(struct hub_topic *t, const struct hub_event *e)
{
    struct hub_node *n = hub_node_new(e);
    n->refs = 2; /* the topic's, and its predecessor's */
    n->end_bytes = t->tail->end_bytes + sizeof *n + e->event.len + e->data.len;
    t->tail->next = n;
    hub_node_drop(t->tail);
    t->tail = n;
    if (e->seq > t->seen_seq)
        t->seen_seq = e->seq;
    for (struct hub_sub *s = t->subs; s; s = s->next)
        tell(s);
}
