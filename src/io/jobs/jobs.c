#include "io/jobs/jobs_priv.h"

#include <stdlib.h>

enum {
    LEASE_S = 60,
    THREADS = 64,
    KIND_NAME_MAX = 40,
    NODE_MAX = 80,
    PAYLOAD_MAX = 64 * 1024,
};

/* --- start and end --- */

static enum err kind_check(const struct job_kind *k, struct cron *cron, struct fail *f)
{
    size_t len = k->name ? strlen(k->name) : 0;
    if (len == 0 || len > KIND_NAME_MAX)
        return FAIL(f, ERR_INPUT, "job.kind", "a kind with a name of %zu bytes", len);
    if (!k->role || (strcmp(k->role, "worker") != 0 && strcmp(k->role, "judge") != 0))
        return FAIL(f, ERR_INPUT, "job.kind", "%s: role is neither worker nor judge", k->name);
    if (k->workers < 1 || k->tries < 0 || k->timeout_ms < 1 || !k->run)
        return FAIL(f, ERR_INPUT, "job.kind", "%s: workers, tries, timeout or run missing",
                    k->name);
    if (k->cron && (strlen(k->cron) > 60 || !cron_parse(str_of(k->cron), cron)))
        return FAIL(f, ERR_INPUT, "job.kind", "%s: no schedule: %s", k->name, k->cron);
    return ERR_OK;
}

static enum err kind_open(struct jobs *j, const struct job_kind *def, struct fail *f)
{
    static const char *const results[] = { [RESULT_COMPLETED] = "completed",
                                           [RESULT_RETRIED] = "retried",
                                           [RESULT_DEAD] = "dead",
                                           [RESULT_LOST] = "lost" };
    static_assert(COUNT_OF(results) == RESULT_COUNT, "a name for each result");
    struct kind_state *k = &j->kinds[j->kind_count];
    *k = (struct kind_state){ .def = def, .jobs = j, .bound = def->workers, .more = true };
    TRY(kind_check(def, &k->cron, f));
    if (jobs_kind(j, str_of(def->name)))
        return FAIL(f, ERR_INPUT, "job.kind", "%s is there twice", def->name);
    k->mine = strcmp(def->role, "worker") == 0 ? j->conf.worker : j->conf.judge;
    for (int i = 0; i < RESULT_COUNT; i++)
        k->metric_names[i] = arena_fmt(&j->arena, "%s|%s", def->name, results[i]).ptr;
    j->kind_count++;
    return ERR_OK;
}

/* Looked up when a job runs: the modules are made after the queue, because they add jobs to it. */
void *jobs_self(const struct kind_state *k)
{
    void *self = NULL;
    if (k->jobs->conf.app)
        memcpy(&self, (const char *)k->jobs->conf.app + k->def->self, sizeof self);
    return self;
}

static enum err fill(struct jobs *j, const struct jobs_conf *conf, struct fail *f)
{
    if (conf->node.len == 0 || conf->node.len > NODE_MAX)
        return FAIL(f, ERR_INPUT, "job.node", "node name of %zu bytes", conf->node.len);
    j->node = arena_dup(&j->arena, conf->node);
    j->kinds = ARENA_ARRAY(&j->arena, struct kind_state, conf->kind_count);
    for (size_t i = 0; i < conf->kind_count; i++)
        TRY(kind_open(j, &conf->kinds[i], f));
    return ERR_OK;
}

enum err jobs_open(struct jobs **out, const struct jobs_conf *conf, struct fail *f)
{
    struct jobs *j = calloc(1, sizeof *j);
    if (!j)
        return FAIL(f, ERR_IO, "internal", "no memory");
    j->conf = *conf;
    if (j->conf.lease_us == 0)
        j->conf.lease_us = (int64_t)LEASE_S * US_PER_S;
    if (j->conf.threads_max == 0)
        j->conf.threads_max = THREADS;
    (void)pthread_mutex_init(&j->lock, NULL);
    clock_cond_init(&j->dispatch_wake);
    clock_cond_init(&j->ready_wake);
    clock_cond_init(&j->keeper_wake);
    clock_cond_init(&j->idle_wake);
    enum err e = fill(j, conf, f);
    if (e) {
        jobs_close(j);
        return e;
    }
    *out = j;
    return ERR_OK;
}

enum err jobs_start(struct jobs *j, struct fail *f)
{
    assert(!j->dispatcher_runs);
    TRY(keeper_rescue(j, true, f));
    TRY(keeper_schedules_set(j, f));
    TRY(keeper_start(j, f));
    return pool_start(j, f);
}

void jobs_drain(struct jobs *j, int64_t drain_us)
{
    int64_t until = clock_after(drain_us);
    jobs_lock(j);
    j->draining = true;
    (void)pthread_cond_broadcast(&j->dispatch_wake);
    jobs_unlock(j);
    keeper_release(j, true);
    jobs_lock(j);
    while (j->running && clock_cond_wait(&j->idle_wake, &j->lock, until))
        continue;
    while (j->claiming) /* what it is about to claim must be given back too */
        (void)pthread_cond_wait(&j->idle_wake, &j->lock);
    jobs_unlock(j);
    keeper_release(j, false);
}

static void close_conns(struct jobs *j)
{
    for (struct conn_slot *s = j->conns; s; s = s->next)
        db_conn_close(s->conn);
}

void jobs_close(struct jobs *j)
{
    if (!j)
        return;
    if (j->dispatcher_runs && !j->draining)
        jobs_drain(j, 0);
    keeper_stop(j);
    pool_stop(j);
    close_conns(j);
    for (struct job_task *t = j->spare, *next; t; t = next) {
        next = t->next_ready;
        arena_release(&t->arena);
        free(t);
    }
    (void)pthread_cond_destroy(&j->dispatch_wake);
    (void)pthread_cond_destroy(&j->ready_wake);
    (void)pthread_cond_destroy(&j->keeper_wake);
    (void)pthread_cond_destroy(&j->idle_wake);
    (void)pthread_mutex_destroy(&j->lock);
    arena_release(&j->arena);
    free(j);
}

/* --- readers --- */

enum err jobs_conn_take(struct jobs *j, struct str tenant, struct db_conn **out, struct fail *f)
{
    struct db_conn *c = NULL;
    jobs_lock(j);
    struct conn_slot *s = j->conns;
    if (s) {
        c = s->conn;
        j->conns = s->next;
        s->next = j->empty_slots;
        j->empty_slots = s;
    }
    jobs_unlock(j);
    if (!c)
        TRY(db_conn_open(j->conf.db, &c, f));
    enum err e = db_conn_tenant(c, tenant, f);
    if (e)
        jobs_conn_give(j, c);
    else
        *out = c;
    return e;
}

void jobs_conn_give(struct jobs *j, struct db_conn *c)
{
    jobs_lock(j);
    struct conn_slot *s = j->empty_slots;
    if (s)
        j->empty_slots = s->next;
    else
        s = ARENA_NEW(&j->arena, struct conn_slot);
    *s = (struct conn_slot){ .conn = c, .next = j->conns };
    j->conns = s;
    jobs_unlock(j);
}

/* --- adding, cancelling, looking --- */

struct kind_state *jobs_kind(struct jobs *j, struct str name)
{
    for (size_t i = 0; i < j->kind_count; i++)
        if (str_is(name, j->kinds[i].def->name))
            return &j->kinds[i];
    return NULL;
}

static void wake(void *arg)
{
    struct kind_state *k = arg;
    jobs_lock(k->jobs);
    k->more = true;
    (void)pthread_cond_signal(&k->jobs->dispatch_wake);
    jobs_unlock(k->jobs);
}

enum err jobs_add(struct jobs *j, struct db_tx *tx, const struct job_new *in, struct arena *a,
                  struct str *id, struct fail *f)
{
    struct kind_state *k = jobs_kind(j, str_of(in->kind));
    if (!k)
        return FAIL(f, ERR_INPUT, "job.kind", "unknown kind %s", in->kind ? in->kind : "(none)");
    if (in->payload.len > PAYLOAD_MAX)
        return FAIL(f, ERR_TOO_LARGE, "job.payload", "%s: payload of %zu bytes", in->kind,
                    in->payload.len);
    struct job_insert row = { .in = in,
                              .id = env_id(j->conf.env, a),
                              .payload = in->payload.len ? in->payload : STR("{}"),
                              .max_attempts = k->def->tries ? k->def->tries : INT32_MAX,
                              .now = jobs_now(j) };
    bool inserted = false;
    TRY(jobs_db_insert(tx, &row, a, id, &inserted, f));
    if (inserted && k->mine)
        db_after_commit_once(tx, wake, k);
    return ERR_OK;
}

enum err jobs_position(struct jobs *, struct db_conn *c, struct str id, int64_t *position,
                       struct fail *f)
{
    return jobs_db_position(c, id, position, f);
}

struct cancelled {
    struct jobs *jobs;
    struct str id;
};

/* Tells the attempt that runs here; another process hears it at its next renewal. */
static void tell_cancelled(void *arg)
{
    const struct cancelled *c = arg;
    jobs_lock(c->jobs);
    for (struct job_task *t = c->jobs->tasks; t; t = t->next)
        if (str_eq(t->ctx.id, c->id))
            t->told = TOLD_CANCELLED;
    jobs_unlock(c->jobs);
}

enum err jobs_cancel(struct jobs *j, struct db_tx *tx, struct str id, struct fail *f)
{
    TRY(jobs_db_cancel(tx, id, jobs_now(j), f));
    struct cancelled *c = ARENA_NEW(db_tx_arena(tx), struct cancelled);
    *c = (struct cancelled){ .jobs = j, .id = arena_dup(db_tx_arena(tx), id) };
    db_after_commit(tx, tell_cancelled, c);
    return ERR_OK;
}

/* --- without threads --- */

enum err jobs_run_one(struct jobs *j, bool *ran, struct fail *f)
{
    *ran = false;
    for (size_t i = 0; i < j->kind_count && !*ran; i++) {
        struct claim_ask ask = { .kind = &j->kinds[i], .most = 1 };
        TRY(pool_claim(j, &ask, 1, f));
        if (ask.n == 0)
            continue;
        job_task_run(j, ask.first);
        pool_forget(j, ask.first);
        *ran = true;
    }
    return ERR_OK;
}

enum err jobs_maintain(struct jobs *j, struct fail *f)
{
    TRY(keeper_schedules_set(j, f));
    TRY(keeper_rescue(j, false, f));
    return keeper_cron(j, f);
}
