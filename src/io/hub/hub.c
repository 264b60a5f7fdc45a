#include "io/hub/hub.h"

#include "base/num.h"
#include "io/hub/hub_db.h"
#include "io/hub/hub_priv.h"

#include <stdlib.h>

enum { EVENT_MAX = 40, DATA_MAX = 16384, STREAM_MAX = 60 };

enum err hub_open(struct hub **out, const struct hub_conf *conf, struct fail *f)
{
    struct hub *h = calloc(1, sizeof *h);
    if (!h)
        abort();
    h->conf = *conf;
    if (h->conf.streams_max <= 0)
        h->conf.streams_max = 10000;
    env_random(conf->env, h->key, sizeof h->key);
    pthread_mutex_init(&h->lock, NULL);
    clock_cond_init(&h->work);
    pthread_cond_init(&h->left, NULL);
    int rc = pthread_create(&h->thread, NULL, hub_read_thread, h);
    h->thread_runs = rc == 0;
    if (rc) {
        hub_close(h);
        return FAIL(f, ERR_IO, "internal", "no thread for the hub: %s", errno_text(rc));
    }
    *out = h;
    return ERR_OK;
}

static void close_subs(struct hub *h)
{
    for (size_t i = 0; i < HUB_BUCKETS; i++)
        for (struct hub_topic *t = h->topics[i]; t; t = t->next)
            for (struct hub_sub *s = t->subs; s; s = s->next) {
                s->state = SUB_CLOSED;
                s->wake(s->arg);
            }
}

void hub_close(struct hub *h)
{
    if (!h)
        return;
    pthread_mutex_lock(&h->lock);
    h->closing = true;
    close_subs(h);
    pthread_cond_broadcast(&h->work);
    pthread_mutex_unlock(&h->lock);
    if (h->thread_runs)
        pthread_join(h->thread, NULL);
    /* the subscribers still hold it: they must have left before memory goes */
    pthread_mutex_lock(&h->lock);
    while (h->sub_count)
        pthread_cond_wait(&h->left, &h->lock);
    pthread_mutex_unlock(&h->lock);
    pthread_mutex_destroy(&h->lock);
    pthread_cond_destroy(&h->work);
    pthread_cond_destroy(&h->left);
    free(h);
}

/* --- publishing --- */

/* The events of one unit, until it commits. In the unit's arena. */
struct batch {
    struct hub *h;
    struct str tenant;
    struct batch_item {
        struct batch_item *next;
        struct str stream;
        struct hub_event event;
    } * first, **end;
};

static void batch_committed(void *arg)
{
    struct batch *b = arg;
    pthread_mutex_lock(&b->h->lock);
    for (struct batch_item *i = b->first; i; i = i->next) {
        struct hub_topic *t = hub_topic_find(b->h, b->tenant, i->stream);
        if (t)
            hub_topic_append(t, &i->event);
    }
    pthread_mutex_unlock(&b->h->lock);
}

static struct batch *batch_of(struct hub *h, struct db_tx *tx)
{
    struct batch *b = db_after_commit_arg(tx, batch_committed);
    if (b && b->h == h)
        return b;
    b = ARENA_NEW(db_tx_arena(tx), struct batch);
    *b = (struct batch){ .h = h, .tenant = arena_dup(db_tx_arena(tx), db_tx_tenant(tx)) };
    b->end = &b->first;
    db_after_commit(tx, batch_committed, b);
    return b;
}

static enum err publish_one(struct hub *h, struct db_tx *tx, struct str stream,
                            const struct hub_event *e, struct fail *f)
{
    struct arena *a = db_tx_arena(tx);
    if (!stream.len || stream.len > STREAM_MAX || !e->event.len || e->event.len > EVENT_MAX ||
        e->data.len > DATA_MAX)
        return FAIL(f, ERR_INPUT, "stream.event", "%.*s %.*s of %zu bytes", STR_ARG(stream),
                    STR_ARG(e->event), e->data.len);
    struct batch_item *item = ARENA_NEW(a, struct batch_item);
    item->stream = arena_dup(a, stream);
    item->event =
        (struct hub_event){ .event = arena_dup(a, e->event), .data = arena_dup(a, e->data) };
    TRY(hub_item_add(tx, item->stream, &item->event, env_now(h->conf.env) + HUB_KEEP_US,
                     &item->event.seq, f));
    struct batch *b = batch_of(h, tx);
    *b->end = item;
    b->end = &item->next;
    return ERR_OK;
}

enum err hub_publish_tx(struct hub *h, struct db_tx *tx, struct str stream, struct str event,
                        struct str data, struct fail *f)
{
    if (str_is(event, HUB_END_MARK))
        return FAIL(f, ERR_INPUT, "stream.event", "the name of the end mark");
    return publish_one(h, tx, stream, &(struct hub_event){ 0, event, data }, f);
}

enum err hub_end_tx(struct hub *h, struct db_tx *tx, struct str stream, struct fail *f)
{
    return publish_one(h, tx, stream, &(struct hub_event){ 0, STR(HUB_END_MARK), STR("{}") }, f);
}

struct publish_arg {
    struct hub *h;
    struct str stream;
    const struct hub_event *events;
    size_t n;
};

static enum err publish_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct publish_arg *in = arg;
    for (size_t i = 0; i < in->n; i++)
        TRY(hub_publish_tx(in->h, tx, in->stream, in->events[i].event, in->events[i].data, f));
    return ERR_OK;
}

enum err hub_publish(struct hub *h, struct str tenant, struct str stream,
                     const struct hub_event *events, size_t n, struct fail *f)
{
    struct publish_arg arg = { h, stream, events, n };
    return db_write(h->conf.db, tenant, publish_unit, &arg, f);
}

void hub_signal(struct hub *h, struct str tenant, struct str stream, struct str event,
                struct str data)
{
    pthread_mutex_lock(&h->lock);
    struct hub_topic *t = hub_topic_find(h, tenant, stream);
    if (t && event.len <= EVENT_MAX && data.len <= DATA_MAX)
        hub_topic_append(t, &(struct hub_event){ 0, event, data });
    pthread_mutex_unlock(&h->lock);
}

/* --- subscribing --- */

enum err hub_subscribe(struct hub *h, const struct hub_follow *what, struct hub_sub **out,
                       struct fail *f)
{
    struct hub_sub *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    *s = (struct hub_sub){ .hub = h,
                           .last = what->after_seq,
                           .own_seq = what->after_seq,
                           .wake = what->wake,
                           .arg = what->arg };
    pthread_mutex_lock(&h->lock);
    if (h->closing || num_i64(h->sub_count) >= h->conf.streams_max) {
        pthread_mutex_unlock(&h->lock);
        free(s);
        return FAIL(f, ERR_BUSY, "busy", "no more subscriptions");
    }
    struct hub_topic *t = hub_topic_get(h, what->tenant, what->stream);
    s->topic = t;
    s->at = t->tail;
    s->at->refs++;
    s->next = t->subs;
    if (s->next)
        s->next->prev = s;
    t->subs = s;
    h->sub_count++;
    hub_sub_behind(s);
    pthread_mutex_unlock(&h->lock);
    *out = s;
    return ERR_OK;
}

static void wake_nobody(void *arg)
{
    (void)arg;
}

static void leave_behind_list(struct hub *h, struct hub_sub *s)
{
    struct hub_sub **at = &h->behind, *before = NULL;
    while (*at != s) {
        before = *at;
        at = &(*at)->next_behind;
    }
    *at = s->next_behind;
    if (h->behind_last == s)
        h->behind_last = before;
    s->queued = false;
}

void hub_sub_free(struct hub_sub *s)
{
    struct hub *h = s->hub;
    if (s->queued)
        leave_behind_list(h, s);
    if (s->prev)
        s->prev->next = s->next;
    else
        s->topic->subs = s->next;
    if (s->next)
        s->next->prev = s->prev;
    hub_node_drop(s->at);
    hub_own_clear(s);
    hub_topic_leave(h, s->topic);
    h->sub_count--;
    pthread_cond_broadcast(&h->left);
    free(s);
}

void hub_unsubscribe(struct hub_sub *s)
{
    struct hub *h = s->hub;
    pthread_mutex_lock(&h->lock);
    s->state = SUB_CLOSED;
    s->wake = wake_nobody;
    /* while the thread reads for it, the thread frees it: the caller must not wait for a store */
    if (s->reading)
        s->orphan = true;
    else
        hub_sub_free(s);
    pthread_mutex_unlock(&h->lock);
}

bool hub_is_cut(const struct hub_sub *s)
{
    return atomic_load(&s->cut);
}

/* --- reading --- */

static enum hub_next give(struct hub_sub *s, const struct hub_node *n, struct arena *a,
                          struct hub_event *out)
{
    struct str event = { n->bytes, n->event_len };
    if (n->seq)
        s->last = n->seq;
    if (str_is(event, HUB_END_MARK)) {
        s->state = SUB_CLOSED;
        return HUB_CLOSED;
    }
    *out = (struct hub_event){ n->seq, arena_dup(a, event),
                               arena_dup(a, (struct str){ n->bytes + n->event_len, n->data_len }) };
    return HUB_EVENT;
}

static enum hub_next take_own(struct hub_sub *s, struct arena *a, struct hub_event *out)
{
    struct hub_node *n = s->own_first;
    enum hub_next what = give(s, n, a, out);
    s->own_first = n->next;
    if (!s->own_first)
        s->own_last = NULL;
    free(n);
    return what;
}

/* The next node of the log that this subscriber has not had; NULL when there is none, or when the
 * store has to be asked first. */
static struct hub_node *step(struct hub_sub *s)
{
    while (s->at->next) {
        struct hub_node *n = s->at->next;
        if (n->seq > s->last + 1 && n->seq != s->gap_seq) {
            /* another process published between; what the store lacks even then was swept away */
            s->gap_seq = n->seq;
            hub_sub_behind(s);
            return NULL;
        }
        n->refs++;
        hub_node_drop(s->at);
        s->at = n;
        if (n->seq == 0 || n->seq > s->last)
            return n;
    }
    return NULL;
}

static enum hub_next next_of(struct hub_sub *s, struct arena *a, struct hub_event *out)
{
    if (s->state == SUB_CUT)
        return HUB_CUT;
    if (s->state == SUB_CLOSED)
        return HUB_CLOSED;
    if (s->own_first)
        return take_own(s, a, out);
    if (s->state == SUB_BEHIND) {
        hub_sub_behind(s);
        return HUB_EMPTY;
    }
    const struct hub_node *n = step(s);
    return n ? give(s, n, a, out) : HUB_EMPTY;
}

enum hub_next hub_next(struct hub_sub *s, struct arena *a, struct hub_event *out)
{
    pthread_mutex_lock(&s->hub->lock);
    enum hub_next what = next_of(s, a, out);
    pthread_mutex_unlock(&s->hub->lock);
    return what;
}

/* --- sweeping --- */

struct sweep_arg {
    int64_t now, max, deleted;
};

static enum err sweep_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct sweep_arg *in = arg;
    return hub_items_expire(tx, in->now, in->max, &in->deleted, f);
}

enum err hub_sweep(struct hub *h, int64_t max, int64_t *deleted, struct fail *f)
{
    struct sweep_arg arg = { .now = env_now(h->conf.env), .max = max };
    TRY(db_write(h->conf.db, STR("*"), sweep_unit, &arg, f));
    *deleted = arg.deleted;
    return ERR_OK;
}
