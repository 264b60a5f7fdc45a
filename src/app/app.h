#pragma once
/*
 * app - builds every object once and joins the tables: the only ring that knows everybody. No logic
 * lives here.
 *
 * app_open makes what a command asks for; app_close undoes it in reverse order. One struct app per
 * process.
 */
#include "domain/course/course.h"
#include "domain/exercise/exercise.h"
#include "domain/report/report.h"
#include "domain/session/session.h"
#include "domain/submission/submission.h"
#include "domain/tutor/tutor.h"
#include "domain/user/user.h"
#include "io/conf/conf.h"
#include "io/http/http.h"
#include "io/jobs/jobs.h"
#include "io/sandbox/sandbox.h"

#define APP_VERSION "0.1.0"

struct app {
    struct arena arena; /* of the process */
    struct conf *conf;  /* as the process began; others keep slices of it */
    struct conf *live;  /* as last read: where reloadable settings are looked up */
    struct arena live_arena;
    const struct env *env;
    struct log log;
    struct metrics *metrics;
    struct secret *secret;
    struct db *db;
    struct hub *hub;
    struct jobs *jobs;
    struct sandbox *sandbox; /* NULL when this process does not judge */
    struct http *http;
    struct str tenant; /* id of the one tenant */
    struct users *users;
    struct courses *courses;
    struct exercises *exercises;
    struct sessions *sessions;
    struct submissions *submissions;
    struct tutor *tutor;
    struct report *report;
    struct deep *deep; /* what /health/deep last said */
    struct app *self;  /* for routes of the app itself */
};

/* How much of it a command needs. */
enum app_parts {
    APP_STORE =
        1, /* configuration, log, keys, database (migrated), tenant, users, courses, exercises */
    APP_JUDGE = 2, /* the sandbox */
    APP_SERVE = 4, /* hub, jobs, modules */
    APP_PLAN = 8,  /* the database alone, with the schema it has */
};
struct app_args {
    const char *const *flags; /* "key=value", NULL-terminated; may be NULL */
    struct str file;          /* configuration file; empty = none */
    unsigned parts;
    bool worker, judge, api; /* roles, with APP_SERVE */
    bool migrate;            /* apply migrations even where db.auto_migrate is off */
};
enum err app_open(struct app *app, const struct app_args *args, struct fail *f);
void app_close(struct app *app);
/* Parts of it, for who wants no more than a look (probe.c). APP_PLAN opens the store as it is. */
struct str app_store_url(const struct conf *c, struct arena *a);
enum err app_store_open(struct app *app, const struct app_args *args, struct fail *f);
enum err app_judge_open(struct app *app, struct fail *f);

/* config.c: the one table of settings. */
extern const struct conf_key app_settings[];
extern const size_t app_setting_count;
enum err app_conf_load(const struct app_args *args, struct arena *a, struct conf **out,
                       struct fail *f);
/* Path of a file in the data folder. */
struct str app_data_path(const struct conf *c, struct arena *a, const char *name);

/* reload.c. Only the thread that opened the app calls these; the settings that others look at while
 * they work are atomics of theirs. */
void app_live_apply(struct app *app);
void app_reload(struct app *app, const struct app_args *args);

/* probe.c: asks the store and the sandbox that are configured, makes nothing, and adds a line on
 * each to b. False when one does not answer as it should. */
bool app_probe(const struct app_args *args, struct buf *b);

/* metrics.c: the one table of metrics. Labels that are routes or job kinds come from their
 * tables. */
struct metrics *app_metrics_make(struct arena *a);
void app_reload_metric(struct metrics *m, bool good);
/* docs/metrics.md. */
void app_metrics_docs(struct buf *b);
struct http_metric_ids app_http_metric_ids(void);
extern const struct jobs_metric_ids app_jobs_metric_ids;
extern const struct db_metric_rows app_db_metric_rows;

/* routes.c: all routes, joined from the modules' tables. */
const struct http_route *app_routes(struct arena *a, size_t *n);

/* jobs.c: the one table of job kinds. */
extern const struct job_kind app_job_kinds[];
extern const size_t app_job_kind_count;

/* health.c */
extern const struct http_route health_routes[];
extern const size_t health_route_count;

/* browser.c */
extern const struct http_route browser_routes[];
extern const size_t browser_route_count;

/* deep.c: the JSON of /health/deep, made anew after five seconds. Any worker thread. */
struct deep *app_deep_new(struct arena *a);
enum err app_deep(const struct app *app, struct arena *a, struct str *out, struct fail *f);

/* demo.c: the marked demo course; prints logins to stdout. ERR_FORBIDDEN config.prod. */
enum err app_demo(struct app *app, struct fail *f);
/* The e-mail addresses and the common password of the demo people. */
#define DEMO_PASSWORD "demo-ainative"
