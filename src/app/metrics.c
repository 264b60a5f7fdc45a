#include "app/app.h"

/* The one table of metrics (operations.md E1). Values of the labels route, code and kind come from
 * the tables of routes and jobs, so that a new route needs no line here. */

enum metric_id {
    M_HTTP_REQUESTS,
    M_HTTP_SECONDS,
    M_HTTP_IN_FLIGHT,
    M_HTTP_PROBLEMS,
    M_HTTP_LIMITED,
    M_STREAM_OPEN,
    M_DB_QUERY_SECONDS,
    M_DB_UNIT_SECONDS,
    M_DB_GROUP_SIZE,
    M_DB_WRITER_QUEUE,
    M_DB_POOL_IN_USE,
    M_DB_RETRIES,
    M_JOB_WAITING,
    M_JOB_OLDEST_WAIT,
    M_JOB_RUNNING,
    M_JOB_FINISHED,
    M_JOB_WAIT_SECONDS,
    M_JOB_RUN_SECONDS,
    M_CONFIG_RELOAD,
    M_COUNT
};

static const double fast[] = { 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                               0.1,    0.25,  0.5,    1,     2.5,  10 };
static const double slow[] = { 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60 };
static const double sizes[] = { 1, 2, 4, 8, 16, 32, 64, 128 };
#define BUCKETS(b) .buckets = (b), .bucket_count = COUNT_OF(b)

static const struct metric_def defs[M_COUNT] = {
    [M_HTTP_REQUESTS] = { "http_requests_total", "Requests answered", METRIC_COUNTER,
                          .label = "route|status" },
    [M_HTTP_SECONDS] = { "http_request_seconds", "From the last byte in to the answer",
                         METRIC_HISTOGRAM, .label = "route", BUCKETS(fast) },
    [M_HTTP_IN_FLIGHT] = { "http_in_flight", "Requests being worked on", METRIC_GAUGE,
                           .label = NULL },
    [M_HTTP_PROBLEMS] = { "http_problems_total", "Problem answers by code", METRIC_COUNTER,
                          .label = "code" },
    [M_HTTP_LIMITED] = { "http_limited_total", "Requests refused by a rate limit", METRIC_COUNTER,
                         .label = "class" },
    [M_STREAM_OPEN] = { "stream_open", "Open event streams", METRIC_GAUGE, .label = NULL },
    [M_DB_QUERY_SECONDS] = { "db_query_seconds", "Time of hot queries", METRIC_HISTOGRAM,
                             .label = "query", BUCKETS(fast) },
    [M_DB_UNIT_SECONDS] = { "db_unit_seconds", "Time of write units", METRIC_HISTOGRAM,
                            .label = NULL, BUCKETS(fast) },
    [M_DB_GROUP_SIZE] = { "db_group_size", "Units a commit", METRIC_HISTOGRAM, .label = NULL,
                          BUCKETS(sizes) },
    [M_DB_WRITER_QUEUE] = { "db_writer_queue", "Units waiting for the writer", METRIC_GAUGE,
                            .label = NULL },
    [M_DB_POOL_IN_USE] = { "db_pool_in_use", "Writing connections in use", METRIC_GAUGE,
                           .label = NULL },
    [M_DB_RETRIES] = { "db_retries_total", "Units run again after a serialisation failure",
                       METRIC_COUNTER, .label = NULL },
    [M_JOB_WAITING] = { "job_waiting", "Jobs that wait", METRIC_GAUGE, .label = "kind" },
    [M_JOB_OLDEST_WAIT] = { "job_oldest_wait_seconds", "Age of the oldest waiting job",
                            METRIC_GAUGE, .label = "kind" },
    [M_JOB_RUNNING] = { "job_running", "Jobs that run", METRIC_GAUGE, .label = "kind" },
    [M_JOB_FINISHED] = { "job_finished_total", "Jobs that ended", METRIC_COUNTER,
                         .label = "kind|result" },
    [M_JOB_WAIT_SECONDS] = { "job_wait_seconds", "From due to start", METRIC_HISTOGRAM,
                             .label = "kind", BUCKETS(slow) },
    [M_JOB_RUN_SECONDS] = { "job_run_seconds", "From start to end", METRIC_HISTOGRAM,
                            .label = "kind", BUCKETS(slow) },
    [M_CONFIG_RELOAD] = { "config_reload_success",
                          "1 when the settings were last read well, 0 when a "
                          "SIGHUP met a mistake and the ones before hold",
                          METRIC_GAUGE, .label = NULL },
};

const struct jobs_metric_ids app_jobs_metric_ids = { .waiting = M_JOB_WAITING,
                                                     .oldest_wait_seconds = M_JOB_OLDEST_WAIT,
                                                     .running = M_JOB_RUNNING,
                                                     .finished_total = M_JOB_FINISHED,
                                                     .wait_seconds = M_JOB_WAIT_SECONDS,
                                                     .run_seconds = M_JOB_RUN_SECONDS };
const struct db_metric_rows app_db_metric_rows = { .query_seconds = M_DB_QUERY_SECONDS,
                                                   .unit_seconds = M_DB_UNIT_SECONDS,
                                                   .group_size = M_DB_GROUP_SIZE,
                                                   .writer_queue = M_DB_WRITER_QUEUE,
                                                   .pool_in_use = M_DB_POOL_IN_USE,
                                                   .retries_total = M_DB_RETRIES };

struct http_metric_ids app_http_metric_ids(void)
{
    return (struct http_metric_ids){ .requests = M_HTTP_REQUESTS,
                                     .seconds = M_HTTP_SECONDS,
                                     .in_flight = M_HTTP_IN_FLIGHT,
                                     .problems = M_HTTP_PROBLEMS,
                                     .streams = M_STREAM_OPEN,
                                     .limited = M_HTTP_LIMITED };
}

/* A growing NULL-terminated list of label values. */
struct values {
    struct arena *a;
    const char **items;
    size_t n, cap;
};

static void add(struct values *v, struct str value)
{
    assert(v->n + 1 < v->cap);
    v->items[v->n++] = value.ptr;
    v->items[v->n] = NULL;
}

static struct values values_new(struct arena *a, size_t cap)
{
    return (struct values){ a, ARENA_ARRAY(a, const char *, cap + 2), 0, cap + 2 };
}

static const char *const *route_values(struct arena *a, bool with_status)
{
    static const int statuses[] = { 200, 201, 202, 204, 304, 400, 401, 403, 404,
                                    409, 412, 413, 415, 422, 428, 429, 500, 503 };
    static const char *const methods[] = { "GET", "POST", "PUT", "PATCH", "DELETE" };
    size_t n = 0;
    const struct http_route *routes = app_routes(a, &n);
    struct values v = values_new(a, n * (with_status ? COUNT_OF(statuses) : 1));
    for (size_t i = 0; i < n; i++) {
        if (!with_status)
            add(&v, arena_fmt(a, "%s %s", methods[routes[i].method], routes[i].path));
        for (size_t s = 0; with_status && s < COUNT_OF(statuses); s++)
            add(&v,
                arena_fmt(a, "%s %s|%d", methods[routes[i].method], routes[i].path, statuses[s]));
    }
    return v.items;
}

static const char *const *kind_values(struct arena *a, const char *const *results)
{
    struct values v = values_new(a, app_job_kind_count * 4);
    for (size_t i = 0; i < app_job_kind_count; i++) {
        if (!results)
            add(&v, str_of(app_job_kinds[i].name));
        for (size_t r = 0; results && results[r]; r++)
            add(&v, arena_fmt(a, "%s|%s", app_job_kinds[i].name, results[r]));
    }
    return v.items;
}

static const char *const *class_values(struct arena *a)
{
    struct values v = values_new(a, RATE_COUNT);
    for (int r = RATE_NONE; r < RATE_COUNT; r++)
        add(&v, str_of(http_rate_name((enum http_rate)r)));
    return v.items;
}

static const char *const *label_values(struct arena *a, size_t id)
{
    static const char *const codes[] = { "auth.required",
                                         "auth.invalid",
                                         "csrf",
                                         "forbidden",
                                         "not_found",
                                         "validation.failed",
                                         "request.malformed",
                                         "request.too_large",
                                         "limit.rate",
                                         "busy",
                                         "internal",
                                         "state.transition",
                                         "lease.held",
                                         "event.gap",
                                         "precondition.failed",
                                         "precondition.required",
                                         "idempotency.mismatch",
                                         "idempotency.in_progress",
                                         "policy.denied",
                                         "policy.ai_disabled",
                                         "turn.busy",
                                         "store_full",
                                         NULL };
    static const char *const hot[] = { "session.by_id", "user.by_sid", "trace.page",
                                       "trace.insert",  "run.by_id",   NULL };
    static const char *const results[] = { "completed", "retried", "dead", "lost", NULL };
    switch (id) {
    case M_HTTP_REQUESTS:
        return route_values(a, true);
    case M_HTTP_SECONDS:
        return route_values(a, false);
    case M_HTTP_PROBLEMS:
        return codes;
    case M_HTTP_LIMITED:
        return class_values(a);
    case M_DB_QUERY_SECONDS:
        return hot;
    case M_JOB_FINISHED:
        return kind_values(a, results);
    default:
        return kind_values(a, NULL);
    }
}

void app_reload_metric(struct metrics *m, bool good)
{
    metric_set(m, M_CONFIG_RELOAD, NULL, good);
}

struct metrics *app_metrics_make(struct arena *a)
{
    struct metric_def *all = ARENA_ARRAY(a, struct metric_def, M_COUNT);
    for (size_t i = 0; i < M_COUNT; i++) {
        all[i] = defs[i];
        if (all[i].label)
            all[i].label_values = label_values(a, i);
    }
    return metrics_new(all, M_COUNT);
}

void app_metrics_docs(struct buf *b)
{
    metrics_docs(defs, M_COUNT, b);
}
