#include "app/app.h"

#include "base/num.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* check-config --probe (operations.md A5): one line on each thing that the configuration leads to.
 * It makes nothing: what the first start would make is said to be absent. */

struct probe {
    struct app app;
    struct buf *b;
    bool good;
};

#define LINE "%-10s "

static void failed(struct probe *p, const char *what, const struct fail *f)
{
    buf_putf(p->b, LINE "FAILED: %s (%s)\n", what, f->detail, f->hint ? f->hint : "");
    p->good = false;
}

/* Is `folder` one to keep data in? Else why not. */
static bool takes_data(const char *folder, struct statvfs *fs, struct stat *st, struct fail *f)
{
    bool seen = stat(folder, st) == 0 && statvfs(folder, fs) == 0;
    if (!seen)
        (void)FAIL(f, ERR_IO, "config.data", "%.150s: %s", folder, errno_text(errno));
    else if (!S_ISDIR(st->st_mode) || access(folder, W_OK | X_OK) != 0)
        (void)FAIL(f, ERR_IO, "config.data", "%.150s is not a folder this user may write to",
                   folder);
    else
        return true;
    return false;
}

static void probe_data(struct probe *p)
{
    struct str path = conf_text(p->app.conf, "data");
    const char *folder = arena_cstr(&p->app.arena, path);
    struct stat st = { 0 };
    struct statvfs fs = { 0 };
    struct fail f = { 0 };
    if (access(folder, F_OK) != 0 && errno == ENOENT) {
        buf_putf(p->b, LINE "%s is absent; the first start makes it\n", "data", folder);
        return;
    }
    if (!takes_data(folder, &fs, &st, &f)) {
        failed(p, "data", &f);
        return;
    }
    uint64_t free_mib = (uint64_t)fs.f_bavail * fs.f_frsize >> 20;
    int64_t kept_mib = conf_int(p->app.conf, "store.min_free") >> 20;
    bool room = free_mib > (uint64_t)kept_mib;
    buf_putf(p->b, LINE "%s%s, mode %04o, %llu MiB free, %lld of them kept (store.min_free)\n",
             "data", room ? "" : "FAILED: ", folder, st.st_mode & 07777U,
             (unsigned long long)free_mib, (long long)kept_mib);
    p->good &= room;
}

static enum err ask_store(struct probe *p, int64_t *us, size_t *all, size_t *missing,
                          struct fail *f)
{
    struct db_migration *list = NULL;
    int64_t began = env_mono(p->app.env);
    TRY(db_migration_list(p->app.db, &p->app.arena, &list, all, f));
    *us = env_mono(p->app.env) - began;
    for (size_t i = 0; i < *all; i++)
        *missing += !list[i].applied;
    return ERR_OK;
}

/* Opening would make the file. */
static bool store_absent(struct probe *p)
{
    struct str url = app_store_url(p->app.conf, &p->app.arena), lite = STR("sqlite:");
    const char *path = arena_cstr(&p->app.arena, str_from(url, lite.len));
    if (!str_starts(url, lite) || access(path, F_OK) == 0)
        return false;
    buf_putf(p->b, LINE "%s is absent; migrate or the first start makes it\n", "database", path);
    return true;
}

static void probe_store(struct probe *p)
{
    static const char *const engines[] = { [DB_SQLITE] = "SQLite", [DB_POSTGRES] = "PostgreSQL" };
    struct fail f = { 0 };
    int64_t us = 0;
    size_t all = 0, missing = 0;
    if (store_absent(p))
        return;
    enum err e = app_store_open(&p->app, &(struct app_args){ .parts = APP_PLAN }, &f);
    if (!e)
        e = ask_store(p, &us, &all, &missing, &f);
    if (e)
        failed(p, "database", &f);
    else
        buf_putf(p->b, LINE "%s answers (%lld us); %zu of %zu migrations applied%s\n", "database",
                 engines[db_engine(p->app.db)], (long long)us, all - missing, all,
                 missing ? "; run ainative migrate" : "");
}

static void probe_sandbox(struct probe *p)
{
    struct fail f = { 0 };
    if (app_judge_open(&p->app, &f)) {
        failed(p, "sandbox", &f);
        return;
    }
    uint32_t layers = sandbox_layers(p->app.sandbox);
    AUTO_BUF missing = { .max = 512 };
    int in_force = 0, all = 0;
    for (uint32_t bit = SANDBOX_LAYER_USER; bit <= SANDBOX_LAYER_KILL; bit <<= 1, all++)
        if (layers & bit)
            in_force++;
        else
            buf_putf(&missing, " %s", sandbox_layer_name((enum sandbox_layer)bit));
    buf_putf(p->b, LINE "runs with %d of %d layers%s%.*s\n", "sandbox", in_force, all,
             missing.len ? "; missing:" : "", STR_ARG(buf_str(&missing)));
}

bool app_probe(const struct app_args *args, struct buf *b)
{
    struct probe p = { .app = { .env = &env_real }, .b = b, .good = true };
    struct fail f = { 0 };
    p.app.log = (struct log){ .clock = &clock_real, .fd = STDERR_FILENO, .level = LOG_ERROR };
    if (app_conf_load(args, &p.app.arena, &p.app.conf, &f)) {
        failed(&p, "settings", &f);
    } else {
        probe_data(&p);
        probe_store(&p);
        probe_sandbox(&p);
    }
    app_close(&p.app);
    return p.good;
}
