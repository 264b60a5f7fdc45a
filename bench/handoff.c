/*
 * handoff - io/http with two routes that answer the same: one on the loop thread, one on a worker.
 * The difference of their costs is the hand-off and nothing else (goal P4). Prints its port.
 */
#include "io/http/http.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static enum err answer(struct http_req *req, struct http_res *res, struct fail *)
{
    const struct str *body = req->self;
    res->raw = *body;
    res->raw_type = "application/json";
    return ERR_OK;
}

/* A class of limits, so that neither route's answer is kept from one request to the next. */
#define ROUTE(p, f)                                                                                \
    {                                                                                              \
        .method = HTTP_GET, .path = (p), .who = "P", .rate = RATE_READ, .in = &api_nothing,        \
        .query = &api_nothing, .out = &api_nothing, .flags = (f), .self = 0, .handle = answer,     \
        .doc = "For goal P4."                                                                      \
    }
static const struct http_route routes[] = {
    ROUTE("/health/live", HTTP_INLINE),
    ROUTE("/worker", 0),
};

static struct http_conf conf_of(void *app, const struct log *log)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    int64_t n = cores > 2 ? cores : 2;
    return (struct http_conf){
        .listen = STR("127.0.0.1:0"),
        .threads = n,
        .workers = 4 * n,
        .unlimited = true,
        .routes = routes,
        .route_count = COUNT_OF(routes),
        .app = app,
        .env = &env_real,
        .log = log,
    };
}

static int stop_signal(const sigset_t *set)
{
    int got = 0;
    return sigwait(set, &got);
}

int main(void)
{
    struct str body = STR("{\"status\":\"ok\"}");
    struct str *app = &body; /* what route.self points at */
    const struct log log = { .clock = &clock_real, .fd = 2, .level = LOG_WARN };
    struct http_conf conf = conf_of(&app, &log);
    struct http *http = NULL;
    struct fail f = { 0 };
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGPIPE);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (http_start(&http, &conf, &f)) {
        log_fail(&log, "handoff", &f);
        return 1;
    }
    (void)printf("%d\n", http_port(http));
    (void)fflush(stdout);
    int failed = stop_signal(&set);
    http_stop(http);
    return failed;
}
