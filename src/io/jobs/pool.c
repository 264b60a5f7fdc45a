#include "io/jobs/jobs_priv.h"

#include "base/num.h"

#include <stdlib.h>

/*
 * The dispatcher claims in batches and hands out; the workers run. Jobs of a kind that takes less
 * than SHORT_US are claimed ahead, so that the workers do not wait for a commit between two jobs;
 * longer ones are left to whoever is free first, also in another process.
 */
enum { POLL_US = US_PER_S, SHORT_US = 20 * US_PER_MS, AHEAD = 2 };

/* --- tasks --- */

static struct job_task *task_new(struct jobs *j)
{
    struct job_task *t = j->spare;
    if (t)
        j->spare = t->next_ready;
    else
        t = calloc(1, sizeof *t);
    if (!t)
        abort();
    struct arena arena = t->arena;
    *t = (struct job_task){ .arena = arena };
    return t;
}

static void link_task(struct jobs *j, struct job_task *t)
{
    t->next = j->tasks;
    if (t->next)
        t->next->prev = t;
    j->tasks = t;
}

static struct job_task *task_of(struct jobs *j, struct kind_state *k, const struct job_row *row)
{
    struct job_task *t = task_new(j);
    struct arena *a = &t->arena;
    t->kind = k;
    t->run_at = row->run_at;
    t->ctx = (struct job_ctx){
        .self = jobs_self(k),
        .jobs = j,
        .db = j->conf.db,
        .env = j->conf.env,
        .log = j->conf.log,
        .tenant = arena_dup(a, row->tenant),
        .id = arena_dup(a, row->id),
        .kind = str_of(k->def->name),
        .payload = arena_dup(a, row->payload),
        .target_id = row->target_id.ptr ? arena_dup(a, row->target_id) : row->target_id,
        .attempt = row->attempt,
        .max_attempts = row->max_attempts,
        .fence = row->fence,
        .deadline_us = INT64_MAX,
    };
    t->ctx.arena = a; /* by address: a task never moves */
    link_task(j, t);
    return t;
}

void pool_forget(struct jobs *j, struct job_task *t)
{
    jobs_lock(j);
    *(t->prev ? &t->prev->next : &j->tasks) = t->next;
    if (t->next)
        t->next->prev = t->prev;
    jobs_unlock(j);
    arena_reset(&t->arena); /* only now: while it was listed the keeper could read its texts */
    jobs_lock(j);
    t->next_ready = j->spare;
    j->spare = t;
    jobs_unlock(j);
}

/* --- claiming --- */

struct claim {
    struct jobs *jobs;
    struct claim_ask *asks;
    size_t n;
    struct arena arena;
    struct job_row **rows; /* per ask */
};

static enum err claim_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct claim *c = arg;
    int64_t now = jobs_now(c->jobs);
    for (size_t i = 0; i < c->n; i++) {
        struct job_claim ask = { .kind = c->asks[i].kind->def->name,
                                 .owner = c->jobs->node,
                                 .now = now,
                                 .lease_until = now + c->jobs->conf.lease_us,
                                 .most = c->asks[i].most };
        TRY(jobs_db_claim(tx, &ask, &c->arena, &c->rows[i], &c->asks[i].n, f));
    }
    return ERR_OK;
}

static void chain(struct jobs *j, struct claim_ask *ask, const struct job_row *rows)
{
    for (size_t i = ask->n; i-- > 0;) {
        struct job_task *t = task_of(j, ask->kind, &rows[i]);
        t->next_ready = ask->first;
        ask->first = t;
    }
}

enum err pool_claim(struct jobs *j, struct claim_ask *asks, size_t n, struct fail *f)
{
    struct claim c = { .jobs = j, .asks = asks, .n = n };
    c.rows = ARENA_ARRAY(&c.arena, struct job_row *, n);
    enum err e = db_write(j->conf.db, STR("*"), claim_unit, &c, f);
    if (!e) {
        jobs_lock(j);
        for (size_t i = 0; i < n; i++)
            chain(j, &asks[i], c.rows[i]);
        jobs_unlock(j);
    }
    arena_release(&c.arena);
    return e;
}

static int64_t room(const struct kind_state *k)
{
    bool is_short = k->run_us > 0 && k->run_us < SHORT_US;
    int ahead = is_short ? AHEAD * k->bound : 0;
    bool stocked = k->ready > k->bound / 2; /* wait for a batch worth a commit */
    return stocked ? 0 : k->bound + ahead - k->running - k->ready;
}

/* With the lock. What to ask the store for; with `poll` also kinds nobody has announced. */
static size_t plan(struct jobs *j, bool poll, struct claim_ask *asks)
{
    size_t n = 0;
    for (size_t i = 0; i < j->kind_count; i++) {
        struct kind_state *k = &j->kinds[i];
        int64_t most = k->mine && !k->paused && (k->more || poll) ? room(k) : 0;
        if (most <= 0)
            continue;
        k->more = false;
        asks[n++] = (struct claim_ask){ .kind = k, .most = most };
    }
    return n;
}

/* With the lock. */
static void file_ready(struct jobs *j, const struct claim_ask *ask)
{
    if (ask->n == 0)
        return;
    struct job_task *last = ask->first;
    while (last->next_ready)
        last = last->next_ready;
    *(j->ready_last ? &j->ready_last->next_ready : &j->ready_first) = ask->first;
    j->ready_last = last;
    ask->kind->ready += num_narrow_int(num_i64(ask->n));
    ask->kind->more = ask->kind->more || (int64_t)ask->n == ask->most;
    for (size_t i = 0; i < size_min(ask->n, j->worker_count); i++)
        (void)pthread_cond_signal(&j->ready_wake);
}

/* With the lock, which is let go while the store works. */
static void claim_round(struct jobs *j, struct claim_ask *asks, size_t n)
{
    struct fail f = { 0 };
    j->claiming = true;
    jobs_unlock(j);
    enum err e = pool_claim(j, asks, n, &f);
    if (e)
        log_fail(j->conf.log, "job.claim_failed", &f);
    jobs_lock(j);
    j->claiming = false;
    (void)pthread_cond_broadcast(&j->idle_wake);
    for (size_t i = 0; i < n && !e; i++)
        file_ready(j, &asks[i]);
    if (e) /* the next poll asks again */
        jobs_wait(j, &j->dispatch_wake, POLL_US);
}

static void *dispatch(void *arg)
{
    struct jobs *j = arg;
    AUTO_ARENA a = { 0 };
    struct claim_ask *asks = ARENA_ARRAY(&a, struct claim_ask, j->kind_count);
    int64_t polled = 0;
    jobs_lock(j);
    while (!j->stopping) {
        int64_t now = env_mono(&env_real);
        bool poll = now - polled >= POLL_US;
        size_t n = j->draining ? 0 : plan(j, poll, asks);
        if (poll)
            polled = now;
        if (n)
            claim_round(j, asks, n);
        else
            jobs_wait(j, &j->dispatch_wake, POLL_US);
    }
    jobs_unlock(j);
    return NULL;
}

/* --- workers --- */

/* With the lock. The first ready task whose kind may run one more. */
static struct job_task *take_ready(struct jobs *j)
{
    struct job_task *before = NULL;
    struct job_task *t = j->draining ? NULL : j->ready_first;
    while (t && t->kind->running >= t->kind->bound) {
        before = t;
        t = t->next_ready;
    }
    if (!t)
        return NULL;
    *(before ? &before->next_ready : &j->ready_first) = t->next_ready;
    if (j->ready_last == t)
        j->ready_last = before;
    t->kind->ready--;
    t->kind->running++;
    t->running = true;
    j->running++;
    return t;
}

/* With the lock. */
static void ended(struct jobs *j, struct kind_state *k, int64_t us)
{
    k->running--;
    j->running--;
    k->run_us = k->run_us ? (k->run_us * 7 + us) / 8 : i64_max(us, 1);
    if (k->more)
        (void)pthread_cond_signal(&j->dispatch_wake);
    if (j->running == 0)
        (void)pthread_cond_broadcast(&j->idle_wake);
}

static void *work(void *arg)
{
    struct jobs *j = arg;
    jobs_lock(j);
    while (!j->stopping) {
        struct job_task *t = take_ready(j);
        if (!t) {
            (void)pthread_cond_wait(&j->ready_wake, &j->lock);
            continue;
        }
        struct kind_state *k = t->kind;
        jobs_unlock(j);
        int64_t start = env_mono(&env_real);
        job_task_run(j, t);
        int64_t us = env_mono(&env_real) - start;
        pool_forget(j, t);
        jobs_lock(j);
        ended(j, k, us);
    }
    jobs_unlock(j);
    return NULL;
}

static size_t workers_wanted(const struct jobs *j)
{
    int64_t n = 0;
    for (size_t i = 0; i < j->kind_count; i++)
        n += j->kinds[i].mine ? j->kinds[i].def->workers : 0;
    return num_size(i64_min(n, j->conf.threads_max));
}

enum err pool_start(struct jobs *j, struct fail *f)
{
    size_t wanted = workers_wanted(j);
    if (wanted == 0)
        return ERR_OK; /* this process only adds jobs */
    j->workers = ARENA_ARRAY(&j->arena, pthread_t, wanted);
    for (size_t i = 0; i < wanted; i++) {
        int rc = pthread_create(&j->workers[i], NULL, work, j);
        if (rc)
            return FAIL(f, ERR_IO, "internal", "no thread for jobs: %s", errno_text(rc));
        jobs_lock(j);
        j->worker_count++;
        jobs_unlock(j);
    }
    int rc = pthread_create(&j->dispatcher, NULL, dispatch, j);
    if (rc)
        return FAIL(f, ERR_IO, "internal", "no thread for jobs: %s", errno_text(rc));
    j->dispatcher_runs = true;
    return ERR_OK;
}

void pool_stop(struct jobs *j)
{
    jobs_lock(j);
    j->stopping = true;
    (void)pthread_cond_broadcast(&j->dispatch_wake);
    (void)pthread_cond_broadcast(&j->ready_wake);
    jobs_unlock(j);
    if (j->dispatcher_runs)
        (void)pthread_join(j->dispatcher, NULL);
    for (size_t i = 0; i < j->worker_count; i++)
        (void)pthread_join(j->workers[i], NULL);
    j->dispatcher_runs = false;
    j->worker_count = 0;
}
