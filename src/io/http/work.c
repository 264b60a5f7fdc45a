#include "io/http/http_priv.h"

#include <stdlib.h>

/* Requests waiting for a worker; more are told to come back. A power of two. */
enum { QUEUE_MAX = 1024 };

/*
 * Guarded by `lock`. Waking costs a system call and a switch, so only one worker is on its way at a
 * time: it takes all there is, and wakes the next one itself while something is left.
 */
struct work_queue {
    struct http *http;
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct exchange *items[QUEUE_MAX];
    size_t head, count, sleeping;
    bool waking; /* one has been woken and has not taken anything yet */
    bool stop;
    size_t workers;
    pthread_t threads[];
};

/* Under the lock: whether to signal. */
static bool wake_next(struct work_queue *q)
{
    if (!q->count || !q->sleeping || q->waking)
        return false;
    q->waking = true;
    return true;
}

bool work_put(struct work_queue *q, struct exchange *x)
{
    pthread_mutex_lock(&q->lock);
    bool room = q->count < QUEUE_MAX && !q->stop;
    if (room) {
        q->items[(q->head + q->count) % QUEUE_MAX] = x;
        q->count++;
    }
    bool wake = room && wake_next(q);
    pthread_mutex_unlock(&q->lock);
    if (wake)
        pthread_cond_signal(&q->more);
    return room;
}

/* NULL: time to end. */
static struct exchange *work_take(struct work_queue *q)
{
    pthread_mutex_lock(&q->lock);
    while (!q->count && !q->stop) {
        q->sleeping++;
        pthread_cond_wait(&q->more, &q->lock);
        q->sleeping--;
        q->waking = false;
    }
    struct exchange *x = NULL;
    if (q->count) {
        x = q->items[q->head];
        q->head = (q->head + 1) % QUEUE_MAX;
        q->count--;
    }
    bool wake = wake_next(q);
    pthread_mutex_unlock(&q->lock);
    if (wake)
        pthread_cond_signal(&q->more);
    return x;
}

static void run_one(struct http *h, struct db_conn **conn, struct exchange *x)
{
    /* opened when first needed: a server that only serves files needs none */
    if (!*conn && h->conf.db && db_conn_open(h->conf.db, conn, &x->fail)) {
        *conn = NULL;
        answer_error(x);
        return;
    }
    handle(x, *conn);
}

static void *worker_run(void *arg)
{
    struct work_queue *q = arg;
    struct db_conn *conn = NULL;
    for (struct exchange *x; (x = work_take(q));) {
        struct MHD_Connection *mhd = x->mhd;
        run_one(q->http, &conn, x);
        atomic_store(&x->phase, PHASE_DONE);
        MHD_resume_connection(mhd); /* from here on x belongs to the loop again */
    }
    if (conn)
        db_conn_close(conn);
    return NULL;
}

struct work_queue *work_start(struct http *h, int64_t workers)
{
    size_t n = num_size(i64_clamp(workers, 1, 256));
    struct work_queue *q = calloc(1, sizeof *q + n * sizeof(pthread_t));
    if (!q)
        abort();
    q->http = h;
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->more, NULL);
    for (; q->workers < n; q->workers++)
        if (pthread_create(&q->threads[q->workers], NULL, worker_run, q) != 0)
            abort(); /* no threads at start: nothing to serve with */
    return q;
}

void work_stop(struct work_queue *q)
{
    if (!q)
        return;
    pthread_mutex_lock(&q->lock);
    q->stop = true;
    pthread_mutex_unlock(&q->lock);
    pthread_cond_broadcast(&q->more);
    for (size_t i = 0; i < q->workers; i++)
        pthread_join(q->threads[i], NULL);
    pthread_mutex_destroy(&q->lock);
    pthread_cond_destroy(&q->more);
    free(q);
}
