#include "io/metric/metric.h"

#include "support/check.h"

#include <pthread.h>

enum { M_STARTS, M_REQUESTS, M_QUEUE, M_WAIT, M_QUERY };

static const char *const requests_values[] = { "GET|200", "GET|404", NULL };
static const char *const query_values[] = { "user.by_id", NULL };
static const double bounds[] = { 0.001, 0.5, 10 };
static const struct metric_def defs[] = {
    [M_STARTS] = { .name = "starts_total", .help = "Starts.", .type = METRIC_COUNTER },
    [M_REQUESTS] = { .name = "http_requests_total",
                     .help = "Requests.",
                     .type = METRIC_COUNTER,
                     .label = "method|status",
                     .label_values = requests_values },
    [M_QUEUE] = { .name = "queue", .help = "Waiting.", .type = METRIC_GAUGE },
    [M_WAIT] = { .name = "wait_seconds",
                 .help = "Wait.",
                 .type = METRIC_HISTOGRAM,
                 .buckets = bounds,
                 .bucket_count = COUNT_OF(bounds) },
    [M_QUERY] = { .name = "query_seconds",
                  .help = "Queries.",
                  .type = METRIC_HISTOGRAM,
                  .label = "query",
                  .label_values = query_values,
                  .buckets = bounds,
                  .bucket_count = COUNT_OF(bounds) },
};

static bool text_has(const struct metrics *m, const char *what)
{
    AUTO_BUF b = { .max = 1 << 20 };
    metrics_text(m, &b);
    return !b.truncated && str_has(buf_str(&b), str_of(what));
}

TEST(counters_and_gauges_show_their_sums)
{
    struct metrics *m = metrics_new(defs, COUNT_OF(defs));
    metric_add(m, M_STARTS, NULL, 2);
    metric_add(m, M_STARTS, NULL, 1);
    metric_set(m, M_QUEUE, NULL, 9);
    metric_add(m, M_QUEUE, NULL, -4);
    CHECK_INT(metric_value(m, M_STARTS, NULL), 3);
    CHECK(text_has(m, "# HELP ainative_starts_total Starts.\n# TYPE ainative_starts_total counter\n"
                      "ainative_starts_total 3\n"));
    CHECK(text_has(m, "# TYPE ainative_queue gauge\nainative_queue 5\n"));
    metrics_free(m);
}

TEST(two_labels_are_one_value_and_unknown_values_count_as_other)
{
    struct metrics *m = metrics_new(defs, COUNT_OF(defs));
    CHECK(!text_has(m, "other"));
    metric_add(m, M_REQUESTS, "GET|404", 7);
    metric_add(m, M_REQUESTS, "BREW|418", 1);
    metric_add(m, M_REQUESTS, NULL, 1);
    CHECK(text_has(m, "ainative_http_requests_total{method=\"GET\",status=\"200\"} 0\n"));
    CHECK(text_has(m, "ainative_http_requests_total{method=\"GET\",status=\"404\"} 7\n"));
    CHECK(text_has(m, "ainative_http_requests_total{method=\"other\",status=\"other\"} 2\n"));
    CHECK_INT(metric_value(m, M_REQUESTS, "PUT|1"), 2);
    metrics_free(m);
}

TEST(a_histogram_counts_into_cumulative_buckets_with_inclusive_bounds)
{
    struct metrics *m = metrics_new(defs, COUNT_OF(defs));
    static const double seen[] = { 0.001, 0.25, 0.5, 3, 60 };
    for (size_t i = 0; i < COUNT_OF(seen); i++)
        metric_observe(m, M_WAIT, NULL, seen[i]);
    CHECK(text_has(m, "ainative_wait_seconds_bucket{le=\"0.001\"} 1\n"
                      "ainative_wait_seconds_bucket{le=\"0.5\"} 3\n"
                      "ainative_wait_seconds_bucket{le=\"10\"} 4\n"
                      "ainative_wait_seconds_bucket{le=\"+Inf\"} 5\n"
                      "ainative_wait_seconds_sum 63.751\n"
                      "ainative_wait_seconds_count 5\n"));
    metrics_free(m);
}

TEST(a_histogram_with_a_label_appears_once_it_is_used)
{
    struct metrics *m = metrics_new(defs, COUNT_OF(defs));
    CHECK(!text_has(m, "query=\"user.by_id\""));
    metric_observe(m, M_QUERY, "user.by_id", 0.1);
    CHECK(text_has(m, "ainative_query_seconds_bucket{query=\"user.by_id\",le=\"0.5\"} 1\n"));
    CHECK(text_has(m, "ainative_query_seconds_count{query=\"user.by_id\"} 1\n"));
    metrics_free(m);
}

TEST(no_metrics_at_all_is_allowed)
{
    metric_add(NULL, 3, "x", 1);
    metric_set(NULL, 3, "x", 1);
    metric_observe(NULL, 3, "x", 1);
    CHECK_INT(metric_value(NULL, 3, "x"), 0);
    metrics_free(NULL);
}

enum { THREADS = 4, TIMES = 20000 };

static void *count(void *m)
{
    for (int i = 0; i < TIMES; i++) {
        metric_add(m, M_STARTS, NULL, 1);
        metric_observe(m, M_WAIT, NULL, 0.5);
    }
    return NULL;
}

TEST(threads_that_count_together_lose_nothing)
{
    struct metrics *m = metrics_new(defs, COUNT_OF(defs));
    pthread_t t[THREADS];
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&t[i], NULL, count, m) == 0);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(t[i], NULL) == 0);
    CHECK_INT(metric_value(m, M_STARTS, NULL), THREADS * TIMES);
    CHECK(text_has(m, "ainative_wait_seconds_bucket{le=\"0.5\"} 80000\n"));
    CHECK(text_has(m, "ainative_wait_seconds_sum 40000\n"));
    metrics_free(m);
}

TEST(the_table_is_told_as_markdown)
{
    static const double waits[] = { 0.5, 10 };
    static const struct metric_def told[] = {
        { "seen_total", "Seen", METRIC_COUNTER, "kind|result", NULL, NULL, 0 },
        { "wait_seconds", "Waited", METRIC_HISTOGRAM, NULL, NULL, waits, COUNT_OF(waits) },
    };
    AUTO_BUF b = { .max = 4096 };
    metrics_docs(told, COUNT_OF(told), &b);
    CHECK_STR(buf_str(&b), "| metric | type | labels | upper bounds | meaning |\n"
                           "|---|---|---|---|---|\n"
                           "| `ainative_seen_total` | counter | kind, result | - | Seen |\n"
                           "| `ainative_wait_seconds` | histogram | - | 0.5 10 | Waited |\n");
}
