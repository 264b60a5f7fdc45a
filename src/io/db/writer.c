/* The one writer of SQLite: takes units from the queue, commits them in groups (operations.md B1).
 */
#include "base/num.h"
#include "io/db/lite.h"

#include <sys/statvfs.h>

enum { CHECKPOINT_PAGES = 1000, IDLE_US = 200 * US_PER_MS, SPACE_EVERY_US = 100 * US_PER_MS };

static const struct db_query q_begin = { .name = "db.begin", .sql = "BEGIN IMMEDIATE" };
static const struct db_query q_commit = { .name = "db.commit", .sql = "COMMIT" };
static const struct db_query q_rollback = { .name = "db.rollback", .sql = "ROLLBACK" };
static const struct db_query q_save = { .name = "db.save", .sql = "SAVEPOINT unit" };
static const struct db_query q_keep = { .name = "db.keep", .sql = "RELEASE unit" };
static const struct db_query q_undo = { .name = "db.undo", .sql = "ROLLBACK TO unit" };

static int64_t now(const struct lite *l)
{
    return env_mono(l->base.conf.env);
}

/* --- the queue --- */
static void next_bell(struct lite *l)
{
    l->bell = (l->bell + 1) % LITE_BELLS;
    l->bell_units = 0;
}

static void append(struct lite *l, struct lite_unit *u)
{
    if (l->bell_units == num_size(l->base.conf.group_ops))
        next_bell(l);
    u->bell = &l->bells[l->bell];
    l->bell_units++;
    *(l->tail ? &l->tail->next : &l->head) = u;
    l->tail = u;
    l->queued++;
}

enum err writer_put(struct lite *l, struct lite_unit *u, struct fail *f)
{
    assert(
        !pthread_equal(pthread_self(), l->thread)); /* a unit that writes would wait for itself */
    (void)pthread_mutex_lock(&l->lock);
    bool room = l->queued < LITE_QUEUE_MAX && !l->stop, wake = l->asleep;
    if (room) {
        append(l, u);
        l->asleep = false;
    }
    (void)pthread_mutex_unlock(&l->lock);
    if (!room) {
        enum err e = FAIL(f, ERR_BUSY, "busy", "%d units wait", LITE_QUEUE_MAX);
        f->retry_after_s = 1;
        return e;
    }
    if (wake)
        (void)pthread_cond_signal(&l->wake);
    return ERR_OK;
}

static void show_queue(const struct lite *l, size_t n)
{
    if (l->base.conf.metric_rows)
        metric_set(l->base.conf.metrics, l->base.conf.metric_rows->writer_queue, NULL, (int64_t)n);
}

/* Takes all there is; false when there is nothing. */
static bool take(struct lite *l)
{
    (void)pthread_mutex_lock(&l->lock);
    l->taken = l->head;
    l->head = l->tail = NULL;
    size_t n = l->queued;
    l->queued = 0;
    next_bell(l);
    (void)pthread_mutex_unlock(&l->lock);
    show_queue(l, n);
    return l->taken != NULL;
}

static void checkpoint(struct lite *l, int mode)
{
    int log = 0, done = 0;
    int rc = sqlite3_wal_checkpoint_v2(l->writer->h, NULL, mode, &log, &done);
    if (rc == SQLITE_OK && done >= log)
        l->wal_pages = 0;
    else if ((rc & 0xFF) == SQLITE_IOERR || (rc & 0xFF) == SQLITE_CORRUPT)
        atomic_store(&l->base.writable, false);
}

/* Sleeps until there is a unit; checkpoints when nothing comes. False at the end. */
static bool wait_for_units(struct lite *l)
{
    if (l->taken)
        return true;
    (void)pthread_mutex_lock(&l->lock);
    if (!l->head)
        show_queue(l, 0);
    bool idle = false;
    while (!l->head && !l->stop && !idle) {
        l->asleep = true;
        if (l->wal_pages)
            idle = !clock_cond_wait(&l->wake, &l->lock, clock_after(IDLE_US));
        else
            (void)pthread_cond_wait(&l->wake, &l->lock);
    }
    l->asleep = false;
    bool units = l->head != NULL, stop = l->stop;
    (void)pthread_mutex_unlock(&l->lock);
    if (!units && !stop) {
        checkpoint(l, SQLITE_CHECKPOINT_PASSIVE);
        l->wal_pages = 0; /* what a reader still holds back waits for the next commit */
    }
    return units || !stop;
}

static struct lite_unit *next_unit(struct lite *l)
{
    if (!l->taken && !take(l))
        return NULL;
    struct lite_unit *u = l->taken;
    l->taken = u->next;
    u->next = NULL;
    return u;
}

/* Tells the callers of all units from `u` on, waking those of one bell together. */
static void answer_all(struct lite_unit *u)
{
    while (u) {
        struct bell *bell = u->bell;
        for (struct lite_unit *next; u && u->bell == bell; u = next) {
            next = u->next;
            atomic_store(&u->done, true); /* from here on *u may be gone */
        }
        bell_ring(bell);
    }
}

/* --- room on the disk --- */
static void check_space(struct lite *l)
{
    int64_t min = l->base.conf.min_free;
    if (min <= 0 || now(l) - l->space_checked_us < SPACE_EVERY_US)
        return;
    l->space_checked_us = now(l);
    struct statvfs s;
    if (statvfs(l->path, &s))
        return;
    uint64_t left = (uint64_t)s.f_bavail * s.f_frsize;
    bool full = atomic_load(&l->base.full);
    atomic_store(&l->base.full, left < (uint64_t)min * (full ? 2 : 1));
}

/* --- a group --- */
struct group {
    struct lite_unit *first, *last; /* those that have run, in order */
    int64_t count, started;
    enum err lost; /* the transaction is gone and with it every unit */
    struct fail f; /* ... because */
};

/* An error that SQLite answers by rolling back everything, or after which it must not go on. */
static void lose(struct lite *l, struct group *g, const char *what)
{
    int primary = sqlite3_errcode(l->writer->h) & 0xFF;
    g->lost = lite_fail(l->writer, what, &g->f);
    if (primary == SQLITE_IOERR || primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB) {
        /* After a failed fsync nobody knows what is on the disk: never again until a restart
         * (Rebello et al., ATC 2020). */
        atomic_store(&l->base.writable, false);
        if (l->base.conf.log)
            log_fail(l->base.conf.log, "db.read_only", &g->f);
    }
    if (primary == SQLITE_FULL && l->base.conf.min_free > 0)
        atomic_store(&l->base.full, true);
    if (!sqlite3_get_autocommit(l->writer->h))
        (void)lite_simple(l->writer, &q_rollback);
}

static void run_unit(struct lite *l, struct group *g, struct lite_unit *u)
{
    struct lite_conn *c = l->writer;
    *(g->last ? &g->last->next : &g->first) = u;
    g->last = u;
    g->count++;
    if (lite_simple(c, &q_save)) {
        lose(l, g, "savepoint");
        return;
    }
    db_conn_set_tenant(&c->base, u->tenant);
    u->tx = (struct db_tx){ .conn = &c->base, .arena = &l->unit_arena };
    c->base.tx = &u->tx;
    u->err = db_unit_run(&u->tx, u->fn, u->arg, u->f);
    c->base.tx = NULL;
    if (sqlite3_get_autocommit(c->h)) { /* a full disk or an I/O error ended the transaction */
        g->lost = u->err ? u->err : ERR_IO;
        g->f = *u->f;
        if (g->lost == ERR_FULL)
            atomic_store(&l->base.full, l->base.conf.min_free > 0);
        else
            atomic_store(&l->base.writable, false);
        return;
    }
    if (u->err && lite_simple(c, &q_undo))
        lose(l, g, "rollback to savepoint");
    else if (lite_simple(c, &q_keep))
        lose(l, g, "release savepoint");
}

static bool has_room(const struct lite *l, const struct group *g)
{
    return !g->lost && g->count < l->base.conf.group_ops &&
           (g->count == 0 || now(l) - g->started < l->base.conf.group_ms * US_PER_MS);
}

static void end_group(struct lite *l, struct group *g)
{
    int64_t committed = now(l);
    if (!g->lost)
        db_answered(&l->base, committed);
    for (struct lite_unit *u = g->first; u; u = u->next) {
        if (u->err)
            continue; /* its own error says more */
        if (g->lost) {
            *u->f = g->f;
            u->err = g->lost;
        } else {
            db_hooks_run(&u->tx);
        }
    }
    if (l->base.conf.metric_rows)
        metric_observe(l->base.conf.metrics, l->base.conf.metric_rows->group_size, NULL,
                       (double)g->count);
    answer_all(g->first);
}

/* Nothing can be written: what waits is told so. */
static void refuse_all(struct lite *l, struct group *g)
{
    struct lite_unit *u;
    while ((u = next_unit(l))) {
        *(g->last ? &g->last->next : &g->first) = u;
        g->last = u;
        g->count++;
    }
    end_group(l, g);
}

static void run_group(struct lite *l)
{
    struct group g = { .started = now(l) };
    check_space(l);
    if (atomic_load(&l->base.full))
        g.lost = FAIL(&g.f, ERR_FULL, "store_full", "less than min_free left");
    else if (!atomic_load(&l->base.writable))
        g.lost = FAIL(&g.f, ERR_IO, "internal", "the store is read-only after an I/O error");
    else if (lite_simple(l->writer, &q_begin))
        lose(l, &g, "begin");
    if (g.lost) {
        refuse_all(l, &g);
        return;
    }
    struct lite_unit *u;
    while (has_room(l, &g) && (u = next_unit(l)))
        run_unit(l, &g, u);
    if (!g.lost && lite_simple(l->writer, &q_commit))
        lose(l, &g, "commit");
    end_group(l, &g);
    arena_reset(&l->unit_arena);
}

static void *writer_main(void *arg)
{
    struct lite *l = arg;
    while (wait_for_units(l)) {
        if (!l->taken && !take(l))
            continue;
        run_group(l);
        if (l->wal_pages >= CHECKPOINT_PAGES)
            checkpoint(l, SQLITE_CHECKPOINT_PASSIVE);
    }
    return NULL;
}

static int wal_grew(void *arg, sqlite3 *, const char *, int pages)
{
    struct lite *l = arg;
    l->wal_pages = pages;
    return SQLITE_OK;
}

enum err writer_start(struct lite *l, struct fail *f)
{
    clock_cond_init(&l->wake);
    (void)pthread_mutex_init(&l->lock, NULL);
    (void)sqlite3_wal_hook(l->writer->h, wal_grew, l);
    int rc = pthread_create(&l->thread, NULL, writer_main, l);
    return rc ? FAIL(f, ERR_IO, "internal", "writer thread: %s", errno_text(rc)) : ERR_OK;
}

void writer_stop(struct lite *l)
{
    (void)pthread_mutex_lock(&l->lock);
    l->stop = true;
    (void)pthread_mutex_unlock(&l->lock);
    (void)pthread_cond_signal(&l->wake);
    (void)pthread_join(l->thread, NULL);
    if (atomic_load(&l->base.writable))
        checkpoint(l, SQLITE_CHECKPOINT_TRUNCATE);
}
