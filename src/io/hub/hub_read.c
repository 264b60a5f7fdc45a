#include "io/hub/hub_db.h"
#include "io/hub/hub_priv.h"

#include <stdlib.h>

/* How far back a poll looks for what other processes wrote: clocks may differ, commits take time.
 */
#define LOOK_BACK_US (INT64_C(10) * US_PER_S)

/* The hub's thread, with its own connection, opened when first needed. */
struct reader {
    struct hub *h;
    struct db_conn *conn;
    struct arena arena;
};

/* Takes as many as may wait in memory; true when that was all. */
static bool own_append(struct hub_sub *s, const struct hub_event *events, size_t n)
{
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++) {
        if (bytes > HUB_OWN_MAX)
            return false;
        struct hub_node *node = hub_node_new(&events[i]);
        if (s->own_last)
            s->own_last->next = node;
        else
            s->own_first = node;
        s->own_last = node;
        s->own_seq = node->seq;
        bytes += sizeof *node + node->event_len + node->data_len;
    }
    return n < HUB_READ;
}

/* Takes the first that waits for the store. Its list is empty: hub_next asks again when it is used
 * up. */
static struct hub_sub *take_behind(struct hub *h)
{
    struct hub_sub *s = h->behind;
    if (!s)
        return NULL;
    h->behind = s->next_behind;
    if (!h->behind)
        h->behind_last = NULL;
    s->queued = false;
    s->reading = true;
    return s;
}

static void read_done(struct hub_sub *s, bool good, const struct hub_event *events, size_t n)
{
    bool all = own_append(s, events, n);
    /* fewer than asked for: what came meanwhile is in the log, behind the node it stands on, unless
     * that grew so long that the subscriber was moved past it */
    bool passed = n && s->at == s->topic->tail && s->topic->seen_seq > s->own_seq;
    if (!good) {
        s->state = SUB_CUT; /* it comes back and asks again */
        atomic_store(&s->cut, true);
    } else if (passed) {
        hub_sub_behind(s);
    } else if (all) {
        s->state = SUB_LIVE;
    }
    s->wake(s->arg);
}

/* Reads the next events of one subscriber. The lock is held but for the reading itself. */
static void read_for(struct reader *r, struct hub_sub *s)
{
    struct hub *h = r->h;
    struct fail f = { 0 };
    struct hub_event *events = NULL;
    size_t n = 0;
    /* while `reading` is set nobody frees it, nor its topic */
    const struct hub_topic *t = s->topic;
    int64_t after = s->own_first ? s->own_seq : s->last;
    pthread_mutex_unlock(&h->lock);
    enum err e = r->conn ? ERR_OK : db_conn_open(h->conf.db, &r->conn, &f);
    if (!e)
        e = hub_items_after(r->conn, t->tenant, t->stream, after, &r->arena, &events, &n, &f);
    if (e)
        log_fail(h->conf.log, "hub.read", &f);
    pthread_mutex_lock(&h->lock);
    s->reading = false;
    if (s->orphan)
        hub_sub_free(s);
    else if (s->state == SUB_BEHIND)
        read_done(s, !e, events, n);
    arena_reset(&r->arena);
}

static void heads_take(struct hub *h, const struct hub_head *heads, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct hub_topic *t = hub_topic_find(h, heads[i].tenant, heads[i].stream);
        if (!t || heads[i].seq <= t->seen_seq)
            continue;
        t->seen_seq = heads[i].seq;
        for (struct hub_sub *s = t->subs; s; s = s->next)
            if (s->state == SUB_LIVE)
                hub_sub_behind(s);
    }
}

/* What did other processes publish? */
static void poll_store(struct reader *r)
{
    struct hub *h = r->h;
    struct fail f = { 0 };
    struct hub_head *heads = NULL;
    size_t n = 0;
    int64_t since = env_now(h->conf.env) + HUB_KEEP_US - LOOK_BACK_US;
    if (!h->sub_count)
        return;
    pthread_mutex_unlock(&h->lock);
    enum err e = r->conn ? ERR_OK : db_conn_open(h->conf.db, &r->conn, &f);
    if (!e)
        e = hub_heads_since(r->conn, since, &r->arena, &heads, &n, &f);
    if (e)
        log_fail(h->conf.log, "hub.poll", &f);
    pthread_mutex_lock(&h->lock);
    heads_take(h, heads, n);
    arena_reset(&r->arena);
}

static void wait_for_work(struct hub *h, bool polls)
{
    if (polls)
        (void)clock_cond_wait(&h->work, &h->lock, clock_after(HUB_POLL_MS * (int64_t)US_PER_MS));
    else
        pthread_cond_wait(&h->work, &h->lock);
}

void *hub_read_thread(void *hub)
{
    struct reader r = { .h = hub };
    struct hub *h = hub;
    bool polls = db_engine(h->conf.db) == DB_POSTGRES;
    int64_t polled = 0;
    pthread_mutex_lock(&h->lock);
    while (!h->closing) {
        struct hub_sub *s = take_behind(h);
        int64_t now = env_mono(h->conf.env);
        if (s) {
            read_for(&r, s);
        } else if (polls && now - polled >= (int64_t)HUB_POLL_MS * US_PER_MS) {
            polled = now;
            poll_store(&r);
        } else {
            wait_for_work(h, polls);
        }
    }
    pthread_mutex_unlock(&h->lock);
    if (r.conn)
        db_conn_close(r.conn);
    arena_release(&r.arena);
    return NULL;
}
