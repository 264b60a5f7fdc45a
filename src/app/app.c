#include "app/app.h"

#include "base/num.h"

#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err data_folder_make(const struct conf *c, struct arena *a, struct fail *f)
{
    const char *path = arena_cstr(a, conf_text(c, "data"));
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return ERR_OK;
    return FAIL(f, ERR_IO, "config.data", "cannot make the data folder %s", path);
}

static void log_init(struct app *app)
{
    struct str format = conf_text(app->conf, "log.format");
    app->log = (struct log){ .clock = app->env->clock, .fd = STDERR_FILENO };
    app->log.text = str_is(format, "text") || (str_is(format, "auto") && isatty(STDERR_FILENO));
    app_live_apply(app);
}

static struct str key_file(struct app *app)
{
    struct str file = conf_text(app->conf, "secret.master_file");
    return file.len ? file : app_data_path(app->conf, &app->arena, "master.key");
}

static enum err keys_open(struct app *app, struct fail *f)
{
    struct str env = conf_text(app->conf, "env");
    const struct secret_conf conf = { .master_file = key_file(app),
                                      .env_name = env,
                                      .create = !str_is(env, "prod"),
                                      .hash_workers = num_narrow_int(
                                          conf_int(app->conf, "auth.hash_workers")) };
    return secret_open(&app->secret, &conf, app->env, f);
}

struct str app_store_url(const struct conf *c, struct arena *a)
{
    struct str url = conf_text(c, "db.url");
    return url.len ? url : arena_fmt(a, "sqlite:%.*s", STR_ARG(app_data_path(c, a, "ainative.db")));
}

enum err app_store_open(struct app *app, const struct app_args *args, struct fail *f)
{
    const struct db_conf conf = {
        .url = app_store_url(app->conf, &app->arena),
        .group_ms = conf_int(app->conf, "db.group_ms"),
        .group_ops = conf_int(app->conf, "db.group_ops"),
        .pool = conf_int(app->conf, "db.pool"),
        .slow_ms = conf_int(app->conf, "db.slow_ms"),
        .min_free = conf_int(app->conf, "store.min_free"),
        .serves = (args->parts & APP_SERVE) != 0,
        .env = app->env,
        .log = &app->log,
        .metrics = app->metrics,
        .metric_rows = &app_db_metric_rows,
    };
    TRY(db_open(&app->db, &conf, f));
    bool automatic =
        conf_bool(app->conf, "db.auto_migrate") && !str_is(conf_text(app->conf, "env"), "prod");
    if (args->parts & APP_PLAN)
        return ERR_OK;
    return args->migrate || automatic ? db_migrate(app->db, f) : ERR_OK;
}

static enum err accounts_open(struct app *app, struct fail *f)
{
    TRY(user_store_check(app->db, app->secret, app->env, conf_text(app->conf, "env"), key_file(app),
                         f));
    TRY(user_tenant_ensure(app->db, app->env, STR("default"), conf_text(app->conf, "instance.name"),
                           &app->arena, &app->tenant, f));
    const struct users_conf conf = { .db = app->db,
                                     .secret = app->secret,
                                     .env = app->env,
                                     .log = &app->log,
                                     .version = STR(APP_VERSION),
                                     .tenant = app->tenant,
                                     .secure_cookies = conf_bool(app->conf, "http.secure"),
                                     .idle_us = INT64_C(12) * 3600 * US_PER_S,
                                     .absolute_us = INT64_C(30) * 86400 * US_PER_S };
    app->users = user_open(&app->arena, &conf);
    app->courses = course_open(&app->arena, app->db, app->env);
    return exercises_open(&app->exercises, &app->arena, f);
}

/* The caller of app_open begins it: a server when it listens. */
static void judge_prepare(struct app *app)
{
    const struct sandbox_conf conf = { .program = conf_text(app->conf, "sandbox.program"),
                                       .pool =
                                           num_narrow_u32(conf_int(app->conf, "sandbox.pool")) };
    app->sandbox = sandbox_prepare(&conf);
}

enum err app_judge_open(struct app *app, struct fail *f)
{
    judge_prepare(app);
    return sandbox_begin(app->sandbox, f);
}

static enum err queue_open(struct app *app, const struct app_args *args, struct fail *f)
{
    const struct hub_conf hub = { .db = app->db,
                                  .env = app->env,
                                  .log = &app->log,
                                  .metrics = app->metrics,
                                  .streams_max = conf_int(app->conf, "http.streams_max") };
    TRY(hub_open(&app->hub, &hub, f));
    const struct jobs_conf jobs = { .db = app->db,
                                    .env = app->env,
                                    .log = &app->log,
                                    .metrics = app->metrics,
                                    .kinds = app_job_kinds,
                                    .kind_count = app_job_kind_count,
                                    .app = app,
                                    .worker = args->worker,
                                    .judge = args->judge,
                                    .node = env_id(app->env, &app->arena),
                                    .lease_us = conf_int(app->conf, "jobs.lease_s") * US_PER_S,
                                    .metric_ids = &app_jobs_metric_ids };
    return jobs_open(&app->jobs, &jobs, f);
}

static enum err live_open(struct app *app, struct fail *f)
{
    const struct report_conf conf = {
        .db = app->db, .hub = app->hub, .env = app->env, .log = &app->log, .tenant = app->tenant
    };
    return report_open(&app->report, &conf, f);
}

static enum err modules_open(struct app *app, struct fail *f)
{
    struct arena *a = &app->arena;
    app->deep = app_deep_new(a);
    TRY(live_open(app, f));
    app->sessions = session_module(a, &(struct sessions_conf){ .db = app->db,
                                                               .hub = app->hub,
                                                               .jobs = app->jobs,
                                                               .secret = app->secret,
                                                               .exercises = app->exercises,
                                                               .env = app->env,
                                                               .log = &app->log,
                                                               .watch = report_watch(app->report),
                                                               .tenant = app->tenant });
    app->submissions = submission_module(a, &(struct submissions_conf){ .db = app->db,
                                                                        .hub = app->hub,
                                                                        .jobs = app->jobs,
                                                                        .sandbox = app->sandbox,
                                                                        .sessions = app->sessions,
                                                                        .exercises = app->exercises,
                                                                        .env = app->env,
                                                                        .log = &app->log,
                                                                        .tenant = app->tenant });
    app->tutor = tutor_module(a, &(struct tutor_conf){ .db = app->db,
                                                       .hub = app->hub,
                                                       .jobs = app->jobs,
                                                       .sandbox = app->sandbox,
                                                       .sessions = app->sessions,
                                                       .exercises = app->exercises,
                                                       .env = app->env,
                                                       .log = &app->log,
                                                       .tenant = app->tenant });
    return ERR_OK;
}

/* No core image, no other process of this user may look into our memory (security.md C.2). */
static void memory_private(void)
{
    const struct rlimit none = { 0, 0 };
    (void)setrlimit(RLIMIT_CORE, &none);
}

enum err app_open(struct app *app, const struct app_args *args, struct fail *f)
{
    *app = (struct app){ .env = &env_real, .arena = app->arena }; /* words may live there already */
    app->self = app;
    memory_private();
    TRY(app_conf_load(args, &app->arena, &app->conf, f));
    app->live = app->conf;
    log_init(app);
    if (args->parts & (APP_STORE | APP_SERVE | APP_PLAN)) {
        TRY(data_folder_make(app->conf, &app->arena, f));
        app->metrics = app_metrics_make(&app->arena);
        app_reload_metric(app->metrics, true);
        TRY(keys_open(app, f));
        TRY(app_store_open(app, args, f));
    }
    if (args->parts & (APP_STORE | APP_SERVE))
        TRY(accounts_open(app, f));
    if (args->parts & APP_JUDGE)
        judge_prepare(app);
    if (args->parts & APP_SERVE) {
        TRY(queue_open(app, args, f));
        TRY(modules_open(app, f));
    }
    return ERR_OK;
}

void app_close(struct app *app)
{
    if (app->http)
        http_stop(app->http);
    if (app->jobs)
        jobs_close(app->jobs);
    if (app->report)
        report_close(app->report);
    tutor_close(app->tutor);
    if (app->hub)
        hub_close(app->hub);
    if (app->sandbox)
        sandbox_close(app->sandbox);
    if (app->exercises)
        exercises_close(app->exercises);
    if (app->db)
        db_close(app->db);
    secret_close(app->secret);
    if (app->metrics)
        metrics_free(app->metrics);
    arena_release(&app->live_arena);
    arena_release(&app->arena);
}
