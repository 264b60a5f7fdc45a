#include "io/jobs/jobs_priv.h"

#include "base/num.h"

/* The keeper is one thread that does what is due by the clock: renews leases, gives back expired
 * ones, adds the jobs of cron, reads what operators set, and shows the backlog. */
enum { TICK_US = US_PER_S };

/* --- leases of our own --- */

struct held {
    struct job_ref ref;
    bool lost;
};
struct hold {
    struct jobs *jobs;
    struct arena arena;
    struct held *list;
    size_t n;
};

/* Copies what is needed of the tasks, since they may end meanwhile. */
static void collect(struct hold *h, bool (*wanted)(const struct job_task *t, int64_t now))
{
    struct jobs *j = h->jobs;
    int64_t now = env_mono(j->conf.env);
    size_t count = 0;
    jobs_lock(j);
    for (const struct job_task *t = j->tasks; t; t = t->next)
        count++;
    h->list = ARENA_ARRAY(&h->arena, struct held, count);
    for (const struct job_task *t = j->tasks; t; t = t->next)
        if (wanted(t, now))
            h->list[h->n++].ref = (struct job_ref){ arena_dup(&h->arena, t->ctx.tenant),
                                                    arena_dup(&h->arena, t->ctx.id), t->ctx.fence };
    jobs_unlock(j);
}

static void tell_lost(struct jobs *j, const struct job_ref *ref)
{
    jobs_lock(j);
    for (struct job_task *t = j->tasks; t; t = t->next)
        if (t->told == TOLD_NOTHING && t->ctx.fence == ref->fence && str_eq(t->ctx.id, ref->id))
            t->told = TOLD_LOST;
    jobs_unlock(j);
}

/* A job past its time is not renewed: its lease ends and it is rescued. A ready one has no deadline
 * yet. */
static bool to_renew(const struct job_task *t, int64_t now)
{
    return t->told == TOLD_NOTHING && now <= t->ctx.deadline_us;
}

static enum err renew_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct hold *h = arg;
    int64_t until = jobs_now(h->jobs) + h->jobs->conf.lease_us;
    for (size_t i = 0; i < h->n; i++) {
        bool held = false;
        TRY(jobs_db_renew(tx, &h->list[i].ref, until, &held, f));
        h->list[i].lost = !held;
    }
    return ERR_OK;
}

static enum err renew(struct jobs *j, struct fail *f)
{
    struct hold h = { .jobs = j };
    collect(&h, to_renew);
    enum err e = h.n ? db_write(j->conf.db, STR("*"), renew_unit, &h, f) : ERR_OK;
    for (size_t i = 0; i < h.n && !e; i++)
        if (h.list[i].lost)
            tell_lost(j, &h.list[i].ref);
    arena_release(&h.arena);
    return e;
}

static enum err release_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct hold *h = arg;
    for (size_t i = 0; i < h->n; i++)
        TRY(jobs_db_release(tx, &h->list[i].ref, f));
    return ERR_OK;
}

static bool not_running(const struct job_task *t, int64_t)
{
    return !t->running;
}

static bool any(const struct job_task *, int64_t)
{
    return true;
}

/* Takes all ready tasks off the list; the workers have stopped taking. */
static struct job_task *unlist_ready(struct jobs *j)
{
    jobs_lock(j);
    struct job_task *first = j->ready_first;
    j->ready_first = j->ready_last = NULL;
    for (struct job_task *t = first; t; t = t->next_ready)
        t->kind->ready--;
    jobs_unlock(j);
    return first;
}

void keeper_release(struct jobs *j, bool only_ready)
{
    struct fail f = { 0 };
    struct hold h = { .jobs = j };
    collect(&h, only_ready ? not_running : any);
    if (h.n && db_write(j->conf.db, STR("*"), release_unit, &h, &f))
        log_fail(j->conf.log, "job.release_failed", &f); /* the leases end by themselves */
    for (size_t i = 0; i < h.n; i++)
        tell_lost(j, &h.list[i].ref);
    for (struct job_task *t = unlist_ready(j), *next; t; t = next) {
        next = t->next_ready;
        pool_forget(j, t);
    }
    arena_release(&h.arena);
}

/* --- expired leases --- */

/* One that cannot be ended now stays for the next round and holds up no other. */
static void rescue_one(struct jobs *j, const struct job_row *row, int64_t lease_before)
{
    struct fail f = { 0 };
    struct job_loss loss = { .jobs = j,
                             .kind = jobs_kind(j, row->kind),
                             .row = row,
                             .outcome = STR("lost"),
                             .started_at = row->lease_until - j->conf.lease_us,
                             .lease_before = lease_before };
    /* a kind of a newer program: its end is for that program to tell */
    if (!loss.kind && row->attempt >= row->max_attempts)
        return;
    (void)FAIL(&loss.why, ERR_IO, "job.lease", "the lease ended before the job did");
    if (job_lose(&loss, &f))
        log_fail(j->conf.log, "job.rescue_failed", &f);
}

struct expired_page {
    struct job_place after; /* where the page before ended */
    struct job_row *rows;
    size_t n;
};

static enum err next_page(struct jobs *j, bool own, struct arena *a, struct expired_page *page,
                          struct fail *f)
{
    struct db_conn *c = NULL;
    TRY(jobs_conn_take(j, STR("*"), &c, f));
    enum err e = jobs_db_expired(c, jobs_now(j), own ? j->node : STR(""), &page->after, a,
                                 &page->rows, &page->n, f);
    jobs_conn_give(j, c);
    return e;
}

enum err keeper_rescue(struct jobs *j, bool own, struct fail *f)
{
    struct expired_page page = { .n = JOBS_EXPIRED_PAGE };
    while (page.n == JOBS_EXPIRED_PAGE) {
        AUTO_ARENA a = { 0 };
        int64_t before = own ? INT64_MAX : jobs_now(j);
        TRY(next_page(j, own, &a, &page, f));
        for (size_t i = 0; i < page.n; i++)
            rescue_one(j, &page.rows[i], before);
    }
    return ERR_OK;
}

struct lead {
    struct jobs *jobs;
    int64_t until;
    bool mine;
};

static enum err lead_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct lead *l = arg;
    return jobs_db_lead(tx, "jobs.rescue", l->jobs->node, jobs_now(l->jobs), l->until, &l->mine, f);
}

/* --- cron --- */

static int64_t next_slot(const struct kind_state *k, int64_t now)
{
    int64_t next = cron_next(&k->cron, now);
    return next < 0 ? INT64_MAX : next;
}

static enum err schedules_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct jobs *j = arg;
    for (size_t i = 0; i < j->kind_count; i++) {
        const struct kind_state *k = &j->kinds[i];
        if (k->def->cron)
            TRY(jobs_db_schedule_set(tx, k->def->name, k->def->cron, next_slot(k, jobs_now(j)), f));
    }
    return ERR_OK;
}

enum err keeper_schedules_set(struct jobs *j, struct fail *f)
{
    if (j->schedules_set)
        return ERR_OK;
    TRY(db_write(j->conf.db, JOBS_SYSTEM_TENANT, schedules_unit, j, f));
    j->schedules_set = true;
    return ERR_OK;
}

struct slot {
    struct jobs *jobs;
    struct kind_state *kind;
    const struct job_schedule *due;
};

/* Takes the slot and adds its job in one transaction: of two processes one does both. */
static enum err slot_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct slot *s = arg;
    struct str id;
    bool taken = false;
    TRY(jobs_db_schedule_take(tx, s->due, next_slot(s->kind, jobs_now(s->jobs)), &taken, f));
    if (!taken)
        return ERR_OK;
    struct job_new in = { .kind = s->kind->def->name, .unique = str_of(s->kind->def->name) };
    return jobs_add(s->jobs, tx, &in, db_tx_arena(tx), &id, f);
}

static enum err due_schedules(struct jobs *j, struct arena *a, struct job_schedule **due, size_t *n,
                              struct fail *f)
{
    struct db_conn *c = NULL;
    TRY(jobs_conn_take(j, JOBS_SYSTEM_TENANT, &c, f));
    enum err e = jobs_db_schedules_due(c, jobs_now(j), a, due, n, f);
    jobs_conn_give(j, c);
    return e;
}

enum err keeper_cron(struct jobs *j, struct fail *f)
{
    AUTO_ARENA a = { 0 };
    struct job_schedule *due = NULL;
    size_t n = 0;
    TRY(due_schedules(j, &a, &due, &n, f));
    for (size_t i = 0; i < n; i++) {
        struct slot s = { .jobs = j, .kind = jobs_kind(j, due[i].kind), .due = &due[i] };
        if (s.kind && s.kind->def->cron)
            TRY(db_write(j->conf.db, JOBS_SYSTEM_TENANT, slot_unit, &s, f));
    }
    return ERR_OK;
}

/* --- settings and gauges --- */

static void apply(struct jobs *j, const struct job_setting *rows, size_t n)
{
    jobs_lock(j);
    for (size_t i = 0; i < j->kind_count; i++) {
        j->kinds[i].paused = false;
        j->kinds[i].bound = j->kinds[i].def->workers;
    }
    for (size_t i = 0; i < n; i++) {
        struct kind_state *k = jobs_kind(j, rows[i].kind);
        if (!k)
            continue;
        k->paused = rows[i].paused;
        if (rows[i].workers != INT64_MIN)
            k->bound = num_narrow_int(i64_clamp(rows[i].workers, 1, k->def->workers));
    }
    jobs_unlock(j);
}

static enum err read_settings(struct jobs *j, struct fail *f)
{
    AUTO_ARENA a = { 0 };
    struct db_conn *c = NULL;
    struct job_setting *rows = NULL;
    size_t n = 0;
    TRY(jobs_conn_take(j, JOBS_SYSTEM_TENANT, &c, f));
    enum err e = jobs_db_settings(c, &a, &rows, &n, f);
    jobs_conn_give(j, c);
    if (!e)
        apply(j, rows, n);
    return e;
}

static void show(struct jobs *j, const struct job_backlog *rows, size_t n)
{
    const struct jobs_metric_ids *ids = j->conf.metric_ids;
    for (size_t i = 0; i < j->kind_count; i++) {
        const char *kind = j->kinds[i].def->name;
        int64_t waiting = 0, oldest_s = 0;
        for (size_t r = 0; r < n; r++) {
            if (!str_is(rows[r].kind, kind))
                continue;
            waiting = rows[r].waiting;
            oldest_s = i64_max(jobs_now(j) - rows[r].oldest, 0) / US_PER_S;
        }
        metric_set(j->conf.metrics, ids->waiting, kind, waiting);
        metric_set(j->conf.metrics, ids->oldest_wait_seconds, kind, oldest_s);
    }
}

static enum err read_backlog(struct jobs *j, struct arena *a, struct job_backlog **rows, size_t *n,
                             struct fail *f)
{
    struct db_conn *c = NULL;
    TRY(jobs_conn_take(j, STR("*"), &c, f));
    enum err e = jobs_db_backlog(c, jobs_now(j), a, rows, n, f);
    jobs_conn_give(j, c);
    return e;
}

static enum err show_backlog(struct jobs *j, struct fail *f)
{
    AUTO_ARENA a = { 0 };
    struct job_backlog *rows = NULL;
    size_t n = 0;
    if (!j->conf.metric_ids)
        return ERR_OK;
    TRY(read_backlog(j, &a, &rows, &n, f));
    show(j, rows, n);
    return ERR_OK;
}

enum err jobs_load(struct jobs *j, struct jobs_load *out, struct fail *f)
{
    AUTO_ARENA a = { 0 };
    struct job_backlog *rows = NULL;
    size_t n = 0;
    TRY(read_backlog(j, &a, &rows, &n, f));
    jobs_lock(j);
    *out = (struct jobs_load){ .running = num_i64(j->running) };
    jobs_unlock(j);
    for (size_t i = 0; i < n; i++) {
        out->waiting += rows[i].waiting;
        int64_t oldest_s = (jobs_now(j) - rows[i].oldest) / US_PER_S;
        out->oldest_wait_s = i64_max(out->oldest_wait_s, oldest_s);
    }
    return ERR_OK;
}

/* --- the thread --- */

/* Only the leader rescues and counts, so that many processes do not all do it. */
static enum err lead_round(struct jobs *j, struct fail *f)
{
    struct lead l = { .jobs = j, .until = jobs_now(j) + j->conf.lease_us / 2 };
    TRY(db_write(j->conf.db, JOBS_SYSTEM_TENANT, lead_unit, &l, f));
    if (!l.mine)
        return ERR_OK;
    TRY(keeper_rescue(j, false, f));
    return show_backlog(j, f);
}

static const struct {
    enum err (*run)(struct jobs *j, struct fail *f);
    int64_t parts; /* done each lease_us / parts; 0 = each tick */
    const char *event;
} duties[] = {
    { renew, 4, "job.renew_failed" },
    { lead_round, 6, "job.rescue_failed" },
    { keeper_cron, 0, "job.cron_failed" },
    { read_settings, 0, "job.settings_failed" },
};

static void duty(struct jobs *j, size_t i, int64_t *due)
{
    struct fail f = { 0 };
    int64_t now = env_mono(&env_real);
    if (now < *due)
        return;
    *due = duties[i].parts ? now + j->conf.lease_us / duties[i].parts : 0;
    if (duties[i].run(j, &f))
        log_fail(j->conf.log, duties[i].event, &f);
}

static void *keep(void *arg)
{
    struct jobs *j = arg;
    int64_t due[COUNT_OF(duties)] = { 0 };
    int64_t tick = i64_min(TICK_US, j->conf.lease_us / 8);
    jobs_lock(j);
    while (!j->stopping) {
        jobs_unlock(j);
        for (size_t i = 0; i < COUNT_OF(duties); i++)
            duty(j, i, &due[i]);
        jobs_lock(j);
        if (!j->stopping)
            jobs_wait(j, &j->keeper_wake, tick);
    }
    jobs_unlock(j);
    return NULL;
}

enum err keeper_start(struct jobs *j, struct fail *f)
{
    int rc = pthread_create(&j->keeper, NULL, keep, j);
    if (rc)
        return FAIL(f, ERR_IO, "internal", "no thread for leases: %s", errno_text(rc));
    j->keeper_runs = true;
    return ERR_OK;
}

void keeper_stop(struct jobs *j)
{
    if (!j->keeper_runs)
        return;
    jobs_lock(j);
    j->stopping = true;
    (void)pthread_cond_broadcast(&j->keeper_wake);
    jobs_unlock(j);
    (void)pthread_join(j->keeper, NULL);
    j->keeper_runs = false;
}
