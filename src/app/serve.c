#include "app/command.h"

#include "base/heap.h"
#include "base/num.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static int64_t cores(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? n : 1;
}

static int64_t or_else(int64_t v, int64_t otherwise)
{
    return v ? v : otherwise;
}

static enum err web_start(struct app *app, struct fail *f)
{
    size_t n = 0;
    const struct http_route *routes = app_routes(&app->arena, &n);
    const struct conf *c = app->conf;
    const struct http_conf conf = {
        .listen = conf_text(c, "http.listen"),
        .ops_listen = conf_text(c, "ops.listen"),
        .stream_listen = conf_text(c, "stream.listen"),
        .instance_url = conf_text(c, "instance.url"),
        .threads = i64_max(or_else(conf_int(c, "http.threads"), cores()), 2),
        .workers = or_else(conf_int(c, "http.workers"), 4 * cores()),
        .header_bytes = conf_int(c, "http.header_bytes"),
        .conn_bytes = conf_int(c, "http.conn_bytes"),
        .stream_conn_bytes = conf_int(c, "stream.conn_bytes"),
        .idle_s = conf_int(c, "http.idle_s"),
        .request_s = conf_int(c, "http.request_s"),
        .header_s = 10,
        .streams_max = conf_int(c, "http.streams_max"),
        .drain_delay_ms = conf_int(c, "drain_delay_ms"),
        .unlimited = !conf_bool(c, "http.limits"),
        .secure_cookies = conf_bool(c, "http.secure"),
        .trusted_proxies = conf_text(c, "http.trusted_proxies"),
        .routes = routes,
        .route_count = n,
        .app = app,
        .hooks = { .self = app->users,
                   .authenticate = user_authenticate,
                   .still_allowed = user_still_allowed },
        .db = app->db,
        .hub = app->hub,
        .env = app->env,
        .log = &app->log,
        .metrics = app->metrics,
        .metric_ids = app_http_metric_ids(),
    };
    return http_start(&app->http, &conf, f);
}

/* The one-time link while nobody administers the place (security.md B.1). */
static void setup_link(struct app *app)
{
    struct fail f = { 0 };
    struct str token;
    if (user_setup_token(app->users, &app->arena, &token, &f) == ERR_OK)
        (void)printf("No admin yet. For 60 minutes, once: http://127.0.0.1:%d/setup?token=%.*s\n",
                     http_port(app->http), STR_ARG(token));
}

/* Signals are read from a set, never handled: no handler runs. */
static sigset_t signals(void)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    return set;
}

static int wait_for_signal(void)
{
    sigset_t set = signals();
    int got = 0;
    return sigwait(&set, &got) ? SIGTERM : got;
}

static void signals_block(void)
{
    sigset_t set = signals();
    (void)sigaddset(&set, SIGPIPE);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static void wait_for_stop(struct app *app, const struct app_args *args)
{
    while (wait_for_signal() == SIGHUP)
        app_reload(app, args);
}

/* A second signal while draining ends the process at once: what is committed stays, leases expire.
 */
static void *second_signal(void *)
{
    while (wait_for_signal() == SIGHUP)
        continue; /* nothing to read again for the last seconds */
    _exit(EXIT_FINDINGS);
}

static void drain(struct app *app)
{
    enum { REQUESTS_MS = 20'000 };
    pthread_t watcher;
    if (pthread_create(&watcher, NULL, second_signal, NULL) == 0)
        (void)pthread_detach(watcher);
    LOG(&app->log, LOG_INFO, "server.draining", LOG_I("requests_ms", REQUESTS_MS));
    if (app->http)
        http_drain(app->http, REQUESTS_MS);
    jobs_drain(app->jobs, conf_int(app->live, "jobs.drain_s") * US_PER_S);
}

/* What a start grows to, most of it exercises and the schema; kept afterwards (P14, P21). */
enum { HEAP_BEGIN = 4'500 << 10 };

static enum err roles_of(const char *roles, struct app_args *args, struct fail *f)
{
    struct str rest = str_of(roles ? roles : "api,worker,judge");
    while (rest.len) {
        struct str role = str_take_until(&rest, ',');
        if (str_is(role, "api"))
            args->api = true;
        else if (str_is(role, "worker"))
            args->worker = true;
        else if (str_is(role, "judge"))
            args->judge = true;
        else
            return FAIL(f, ERR_INPUT, "config.role", "role %.*s; there are api, worker, judge",
                        STR_ARG(role));
    }
    return ERR_OK;
}

static enum err listen_start(struct app *app, struct fail *f)
{
    TRY(web_start(app, f));
    (void)printf("http://127.0.0.1:%d\n", http_port(app->http));
    setup_link(app);
    (void)fflush(stdout);
    LOG(&app->log, LOG_INFO, "server.started", LOG_I("port", http_port(app->http)),
        LOG_C("version", APP_VERSION));
    return ERR_OK;
}

/* The sandbox greets last: an interpreter starts for it. Until then runs wait and the server is not
 * ready; without a layer it must have, the server ends. */
static enum err start(struct app *app, const struct app_args *args, struct fail *f)
{
    TRY(app_open(app, args, f));
    TRY(jobs_start(app->jobs, f));
    if (args->api)
        TRY(listen_start(app, f));
    if (app->sandbox)
        TRY(sandbox_begin(app->sandbox, f));
    return args->worker ? tutor_warm(app->tutor, f) : ERR_OK;
}

int command_serve(struct words *w)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct app app = { 0 };
    struct app_args args = words_app_args(w, &a);
    enum err e = roles_of(word_option(w, "--role"), &args, &f);
    int usage = words_done(w);
    if (usage)
        return usage;
    if (e)
        return command_failed("serve", &f);
    args.parts = APP_STORE | APP_SERVE | (args.judge ? APP_JUDGE : 0);
    signals_block();
    heap_keep(HEAP_BEGIN);
    e = start(&app, &args, &f);
    if (e == ERR_OK) {
        wait_for_stop(&app, &args);
        drain(&app);
    }
    app_close(&app);
    return e ? command_failed("serve", &f) : EXIT_DONE;
}
