#include "domain/report/report_priv.h"

#include "base/num.h"

/* The live view's one thread: each second it recomputes the students that were touched in watched
 * courses; every fifth second all of them, because time alone changes states and other processes
 * write too. */

enum { FULL_EVERY = 5, WATCH_H = 12 };

static void copy_id(char out[ID_TEXT + 1], struct str id)
{
    size_t n = size_min(id.len, ID_TEXT);
    memcpy(out, id.ptr, n);
    out[n] = '\0';
}

/* The place of the course, else one whose watch is over, else a new one; WATCHED_MAX: all taken. */
static size_t watched_place(const struct report *r, const char *course, int64_t now)
{
    size_t free = r->watched_n;
    for (size_t i = 0; i < r->watched_n; i++) {
        if (strcmp(r->watched[i].course, course) == 0)
            return i;
        if (r->watched[i].until <= now)
            free = i;
    }
    return free;
}

static bool is_watched(const struct report *r, const char *course, int64_t now)
{
    for (size_t i = 0; i < r->watched_n; i++)
        if (strcmp(r->watched[i].course, course) == 0)
            return r->watched[i].until > now;
    return false;
}

void live_watch(struct report *r, struct str course_id)
{
    char course[ID_TEXT + 1];
    int64_t now = env_mono(r->conf.env);
    copy_id(course, course_id);
    (void)pthread_mutex_lock(&r->lock);
    size_t i = watched_place(r, course, now);
    if (i < WATCHED_MAX) { /* beyond that many courses at once, a view refreshes only when it is
                              opened */
        memcpy(r->watched[i].course, course, sizeof course);
        r->watched[i].until = now + (int64_t)WATCH_H * 3600 * US_PER_S;
        r->watched_n = i == r->watched_n ? i + 1 : r->watched_n;
    }
    (void)pthread_mutex_unlock(&r->lock);
}

/* On the writer's thread, so it only marks. */
static void touched(void *self, struct str, struct str course_id, struct str user_id)
{
    struct report *r = self;
    struct dirty d = { 0 };
    copy_id(d.course, course_id);
    copy_id(d.user, user_id);
    (void)pthread_mutex_lock(&r->lock);
    bool wanted = is_watched(r, d.course, env_mono(r->conf.env)) && r->dirty_n < DIRTY_MAX;
    for (size_t i = 0; wanted && i < r->dirty_n; i++)
        wanted = strcmp(r->dirty[i].user, d.user) != 0 || strcmp(r->dirty[i].course, d.course) != 0;
    if (wanted)
        r->dirty[r->dirty_n++] = d;
    (void)pthread_mutex_unlock(&r->lock);
}

struct session_watch report_watch(struct report *r)
{
    return (struct session_watch){ r, touched };
}

/* True when this row differs from the last one sent for the student in the course. */
static bool changed(struct report *r, struct str course, struct str user_id, struct str row)
{
    struct hash h = hash_sha256(row);
    struct sent *s = r->sent;
    while (s && (!str_is(user_id, s->user) || !str_is(course, s->course)))
        s = s->next;
    if (s && hash_eq(&s->row, &h))
        return false;
    if (!s) {
        s = ARENA_NEW(&r->arena, struct sent);
        copy_id(s->course, course);
        copy_id(s->user, user_id);
        s->next = r->sent;
        r->sent = s;
    }
    s->row = h;
    return true;
}

/* One stream a language: titles of exercises are in it. */
struct str live_stream(struct arena *a, struct str course, struct str lang)
{
    return arena_fmt(a, "course:%.*s:%s", STR_ARG(course), str_is(lang, "en") ? "en" : "es");
}

static enum err tell_member(struct report *r, struct str course, const struct course_member *m,
                            struct arena *a, struct fail *f)
{
    static const struct str langs[] = { STR_INIT("es"), STR_INIT("en") };
    struct live_ask ask = { r->conn, r->conf.tenant, course, langs[0], env_now(r->conf.env) };
    struct str row;
    TRY(live_row(&ask, m, a, &row, f));
    if (!changed(r, course, m->user_id, row))
        return ERR_OK;
    hub_signal(r->conf.hub, r->conf.tenant, live_stream(a, course, ask.lang), STR("student"), row);
    ask.lang = langs[1];
    TRY(live_row(&ask, m, a, &row, f));
    hub_signal(r->conf.hub, r->conf.tenant, live_stream(a, course, ask.lang), STR("student"), row);
    return ERR_OK;
}

/* only ptr NULL = everybody. */
static enum err tell_course(struct report *r, struct str course, struct str only, struct fail *f)
{
    AUTO_ARENA a = { 0 };
    struct course_member *members = NULL;
    size_t n = 0;
    TRY(db_conn_tenant(r->conn, r->conf.tenant, f));
    TRY(course_members(r->conn, r->conf.tenant, course, &a, &members, &n, f));
    for (size_t i = 0; i < n; i++)
        if (members[i].role == COURSE_STUDENT && (!only.ptr || str_eq(only, members[i].user_id)))
            TRY(tell_member(r, course, &members[i], &a, f));
    return ERR_OK;
}

static void round_of(struct report *r, bool full)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    enum err e = ERR_OK;
    struct watched *watched = ARENA_ARRAY(&a, struct watched, WATCHED_MAX);
    struct dirty *dirty = ARENA_ARRAY(&a, struct dirty, DIRTY_MAX);
    (void)pthread_mutex_lock(&r->lock);
    size_t watched_n = r->watched_n, dirty_n = r->dirty_n;
    memcpy(watched, r->watched, watched_n * sizeof *watched);
    memcpy(dirty, r->dirty, dirty_n * sizeof *dirty);
    r->dirty_n = 0;
    (void)pthread_mutex_unlock(&r->lock);
    for (size_t i = 0; !full && e == ERR_OK && i < dirty_n; i++)
        e = tell_course(r, str_of(dirty[i].course), str_of(dirty[i].user), &f);
    for (size_t i = 0; full && e == ERR_OK && i < watched_n; i++)
        if (watched[i].until > env_mono(r->conf.env))
            e = tell_course(r, str_of(watched[i].course), (struct str){ 0 }, &f);
    if (e)
        log_fail(r->conf.log, "report.live", &f);
}

/* Waits a second or until the end; true = stop. */
static bool pause_second(struct report *r)
{
    int64_t until = clock_after(US_PER_S);
    (void)pthread_mutex_lock(&r->lock);
    while (!r->stop && clock_cond_wait(&r->wake, &r->lock, until))
        continue;
    bool stop = r->stop;
    (void)pthread_mutex_unlock(&r->lock);
    return stop;
}

static void *live_thread(void *arg)
{
    struct report *r = arg;
    for (int64_t n = 1; !pause_second(r); n++)
        round_of(r, n % FULL_EVERY == 0);
    return NULL;
}

enum err report_open(struct report **out, const struct report_conf *conf, struct fail *f)
{
    struct arena own = { 0 };
    struct report *r = ARENA_NEW(&own, struct report);
    r->conf = *conf;
    r->arena = own;
    *out = r;
    (void)pthread_mutex_init(&r->lock, NULL);
    clock_cond_init(&r->wake);
    TRY(db_conn_open(conf->db, &r->conn, f));
    if (pthread_create(&r->thread, NULL, live_thread, r)) {
        db_conn_close(r->conn);
        r->conn = NULL;
        return FAIL(f, ERR_IO, "internal", "cannot start the live thread");
    }
    return ERR_OK;
}

void report_close(struct report *r)
{
    if (!r)
        return;
    (void)pthread_mutex_lock(&r->lock);
    r->stop = true;
    (void)pthread_cond_signal(&r->wake);
    (void)pthread_mutex_unlock(&r->lock);
    if (r->conn) {
        (void)pthread_join(r->thread, NULL);
        db_conn_close(r->conn);
    }
    (void)pthread_cond_destroy(&r->wake);
    (void)pthread_mutex_destroy(&r->lock);
    struct arena own = r->arena; /* r itself lives in it */
    arena_release(&own);
}
