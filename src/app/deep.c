#include "app/app.h"

#include "base/time.h"

#include <pthread.h>

/* /health/deep (operations.md A4): what each dependency answers, in one JSON text that is made at
 * most each five seconds, however many ask. */

enum { KEPT_US = 5 * US_PER_S, DEEP_MAX = 8192 };

struct deep {
    pthread_mutex_t lock;
    int64_t made_us; /* monotonic; 0 = never */
    char text[DEEP_MAX];
    size_t len;
};

struct deep *app_deep_new(struct arena *a)
{
    struct deep *d = ARENA_NEW(a, struct deep);
    (void)pthread_mutex_init(&d->lock, NULL);
    return d;
}

/* The text that is being written, and the names of what is not as it should be. */
struct saying {
    const struct app *app;
    struct buf *b;
    struct buf bad;
};

static void judge(struct saying *s, const char *name, bool good)
{
    if (!good)
        buf_putf(&s->bad, "%s\"%s\"", s->bad.len ? "," : "", name);
}

static const char *state(bool up)
{
    return up ? "up" : "down";
}

static const char *truth(bool b)
{
    return b ? "true" : "false";
}

/* What counts as an answer of late (operations.md A4). */
enum { ANSWERED_MS = 2000 };

/* A store that has just not answered is not asked for the queue too: that would take as long once
 * more. */
static void say_store(struct saying *s)
{
    static const char *const engines[] = { [DB_SQLITE] = "sqlite", [DB_POSTGRES] = "postgresql" };
    struct fail f = { 0 };
    struct jobs_load load = { 0 };
    struct db_health h = db_health(s->app->db);
    int64_t began = env_mono(s->app->env);
    bool up = h.answered_ms_ago < ANSWERED_MS && jobs_load(s->app->jobs, &load, &f) == ERR_OK;
    int64_t us = env_mono(s->app->env) - began;
    judge(s, "database", up && h.migrated);
    judge(s, "database.writable", h.writable);
    judge(s, "disk", h.room);
    buf_putf(s->b, "\"database\":{\"state\":\"%s\",\"engine\":\"%s\",\"latency_us\":%lld,",
             state(up), engines[db_engine(s->app->db)], (long long)us);
    buf_putf(s->b, "\"writable\":%s,\"room\":%s,\"migrated\":%s,\"writer_queue\":%lld},",
             truth(h.writable), truth(h.room), truth(h.migrated), (long long)h.writer_queue);
    buf_putf(s->b,
             "\"jobs\":{\"state\":\"%s\",\"waiting\":%lld,\"oldest_wait_s\":%lld,"
             "\"running\":%lld}",
             state(up), (long long)load.waiting, (long long)load.oldest_wait_s,
             (long long)load.running);
}

static void say_layers(struct buf *b, const char *name, uint32_t layers)
{
    bool comma = false;
    buf_putf(b, "\"%s\":[", name);
    for (uint32_t bit = SANDBOX_LAYER_USER; bit <= SANDBOX_LAYER_KILL; bit <<= 1)
        if (layers & bit) {
            buf_putf(b, "%s\"%s\"", comma ? "," : "", sandbox_layer_name((enum sandbox_layer)bit));
            comma = true;
        }
    buf_putc(b, ']');
}

static void say_sandbox(struct saying *s)
{
    struct fail f = { 0 };
    struct sandbox_stats st = { 0 };
    if (!s->app->sandbox)
        return; /* this process does not judge */
    bool up = sandbox_stats(s->app->sandbox, &st, &f) == ERR_OK;
    uint32_t layers = sandbox_layers(s->app->sandbox);
    judge(s, "sandbox", up && layers);
    buf_putf(s->b,
             ",\"sandbox\":{\"state\":\"%s\",\"pool\":%u,\"pool_free\":%u,\"running\":%u,"
             "\"queued\":%u,\"restarts\":%llu,",
             state(up), st.pool, st.pool_free, st.running, st.queued,
             (unsigned long long)st.restarts);
    say_layers(s->b, "layers", layers);
    buf_putc(s->b, ',');
    say_layers(s->b, "missing", ~layers & (2U * SANDBOX_LAYER_KILL - 1));
    buf_putc(s->b, '}');
}

static void say_all(const struct app *app, struct buf *b)
{
    AUTO_BUF body = { .max = DEEP_MAX };
    struct saying s = { .app = app, .b = &body, .bad = { .max = 512 } };
    char at[TIME_TEXT + 1];
    time_format(env_now(app->env), at);
    say_store(&s);
    say_sandbox(&s);
    judge(&s, "draining", !app->http || !http_draining(app->http));
    buf_putf(b, "{\"status\":\"%s\",\"degraded\":[%.*s],\"at\":\"%s\",\"version\":\"%s\",",
             s.bad.len ? "degraded" : "ok", STR_ARG(buf_str(&s.bad)), at, APP_VERSION);
    buf_putf(b, "\"dependencies\":{%.*s}}", STR_ARG(buf_str(&body)));
    buf_release(&s.bad);
}

/* Who comes while it is made waits for it: one question to each dependency, not one from each. */
enum err app_deep(const struct app *app, struct arena *a, struct str *out, struct fail *f)
{
    struct deep *d = app->deep;
    enum err e = ERR_OK;
    (void)pthread_mutex_lock(&d->lock);
    int64_t now = env_mono(app->env);
    if (!d->made_us || now - d->made_us > KEPT_US) {
        AUTO_BUF b = { .max = sizeof d->text };
        say_all(app, &b);
        if (b.truncated) {
            e = FAIL(f, ERR_IO, "internal", "health over %zu bytes", sizeof d->text);
        } else {
            memcpy(d->text, b.ptr, b.len);
            d->len = b.len;
            d->made_us = env_mono(app->env);
        }
    }
    if (!e)
        *out = arena_dup(a, (struct str){ d->text, d->len });
    (void)pthread_mutex_unlock(&d->lock);
    return e;
}
