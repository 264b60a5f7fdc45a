#include "io/http/http_priv.h"

#include <sched.h>
#include <stdlib.h>

/* Requests waiting for a worker; more are told to come back. A power of two. */
enum { QUEUE_MAX = 1024 };

/* No request was taken for so long although some wait: those that run must be waiting too. */
#define STUCK_US (INT64_C(1) * US_PER_MS)

/*
 * Guarded by `lock`. Waking costs a system call and a switch, so a worker is woken only while fewer
 * run than there are cores, one at a time; the one that runs takes what there is. A worker that
 * waits for its commit does not count and lets the next one run (db_thread_waits). Waiting that
 * nobody tells of is noticed when nothing was taken for a while, by the next request or the watch.
 */
struct work_queue {
    struct http *http;
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct exchange *items[QUEUE_MAX];
    size_t head, count, sleeping, running, cores;
    bool waking; /* one has been woken and has not taken anything yet */
    bool stop;
    int64_t taken_us; /* when one was last taken */
    size_t workers;
    pthread_t threads[];
};

/* Under the lock. */
static bool all_stuck(const struct work_queue *q)
{
    return http_mono(q->http) - q->taken_us > STUCK_US;
}

/* Under the lock: whether to signal. */
static bool wake_next(struct work_queue *q)
{
    if (!q->count || !q->sleeping || q->waking || (q->running >= q->cores && !all_stuck(q)))
        return false;
    q->waking = true;
    return true;
}

static void unlock_and_wake(struct work_queue *q)
{
    bool wake = wake_next(q);
    pthread_mutex_unlock(&q->lock);
    if (wake)
        pthread_cond_signal(&q->more);
}

bool work_put(struct work_queue *q, struct exchange *x)
{
    pthread_mutex_lock(&q->lock);
    bool room = q->count < QUEUE_MAX && !q->stop;
    if (room) {
        q->items[(q->head + q->count) % QUEUE_MAX] = x;
        q->count++;
    }
    unlock_and_wake(q);
    return room;
}

void work_tick(struct work_queue *q)
{
    pthread_mutex_lock(&q->lock);
    unlock_and_wake(q);
}

/* NULL: time to end. */
static struct exchange *work_take(struct work_queue *q)
{
    struct exchange *x = NULL;
    pthread_mutex_lock(&q->lock);
    q->running--;
    while (!q->count && !q->stop) {
        q->sleeping++;
        pthread_cond_wait(&q->more, &q->lock);
        q->sleeping--;
        q->waking = false;
    }
    q->running++;
    if (q->count) {
        x = q->items[q->head];
        q->head = (q->head + 1) % QUEUE_MAX;
        q->count--;
        q->taken_us = http_mono(q->http);
    }
    unlock_and_wake(q);
    return x;
}

/* Owned by its thread. */
struct worker {
    struct work_queue *queue;
    struct db_conn *conn; /* NULL until the first request that is given one */
};

/* The calling worker waits in the store, or does no longer. What it reads afterwards is newer. */
static void worker_waits(void *arg, bool waits)
{
    struct worker *w = arg;
    if (w->conn && waits)
        db_conn_rest(w->conn);
    else if (w->conn)
        db_conn_snapshot(w->conn);
    pthread_mutex_lock(&w->queue->lock);
    if (waits)
        w->queue->running--;
    else
        w->queue->running++;
    unlock_and_wake(w->queue);
}

static void run_one(struct worker *w, struct exchange *x)
{
    struct http *h = w->queue->http;
    if (x->route->def->flags & HTTP_OPS) {
        handle(x, NULL); /* says how the store is, also when there is none */
        return;
    }
    /* opened when first needed: a server that only serves files needs none */
    if (!w->conn && h->conf.db && db_conn_open(h->conf.db, &w->conn, &x->fail)) {
        w->conn = NULL;
        answer_error(x);
        return;
    }
    if (w->conn)
        db_conn_snapshot(w->conn);
    handle(x, w->conn);
    if (w->conn)
        db_conn_rest(w->conn);
}

static void *worker_run(void *arg)
{
    struct worker w = { .queue = arg };
    pthread_mutex_lock(&w.queue->lock);
    w.queue->running++;
    pthread_mutex_unlock(&w.queue->lock);
    db_thread_waits(worker_waits, &w);
    for (struct exchange *x; (x = work_take(w.queue));) {
        struct MHD_Connection *mhd = x->mhd;
        run_one(&w, x);
        atomic_store(&x->phase, PHASE_DONE);
        MHD_resume_connection(mhd); /* from here on x belongs to the loop again */
    }
    if (w.conn)
        db_conn_close(w.conn);
    return NULL;
}

/* On PostgreSQL every statement waits for the network, so all workers may run. */
static size_t cores_for(const struct http *h, size_t workers)
{
    cpu_set_t mine;
    bool remote = h->conf.db && db_engine(h->conf.db) == DB_POSTGRES;
    if (remote || sched_getaffinity(0, sizeof mine, &mine) != 0)
        return workers;
    return num_size(i64_max(CPU_COUNT(&mine), 1));
}

struct work_queue *work_start(struct http *h, int64_t workers)
{
    size_t n = num_size(i64_clamp(workers, 1, 256));
    struct work_queue *q = calloc(1, sizeof *q + n * sizeof(pthread_t));
    if (!q)
        abort();
    q->http = h;
    q->cores = cores_for(h, n);
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
