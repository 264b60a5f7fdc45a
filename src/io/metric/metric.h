#pragma once
/*
 * metric - counters, gauges and histograms, and their Prometheus text (format 0.0.4).
 *
 * One table (app/metrics.c) lists every metric with its label and the label's allowed values; a
 * metric that is not in the table cannot be emitted and a label value outside the list counts as
 * "other". Lock-free: C11 atomics, any thread.
 */
#include "base/buf.h"

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

struct metric_def {
    const char *name; /* without the prefix "ainative_" */
    const char *help;
    enum metric_type type;
    const char *label;               /* NULL: no label */
    const char *const *label_values; /* NULL-terminated */
    const double
        *buckets; /* histograms: upper bounds ascending, in the unit of the name (seconds) */
    size_t bucket_count;
};

struct metrics;
/* defs must outlive it. Two labels are written as one value "a|b" with label "x|y" and are split in
 * the text form. */
struct metrics *metrics_new(const struct metric_def *defs, size_t n);
void metrics_free(struct metrics *m);

/* index = row of the table. value NULL or unknown = "other" where the metric has a label. m may be
 * NULL: nothing happens. */
void metric_add(struct metrics *m, size_t index, const char *value, int64_t by);
void metric_set(struct metrics *m, size_t index, const char *value, int64_t to);
void metric_observe(struct metrics *m, size_t index, const char *value, double v);
int64_t metric_value(const struct metrics *m, size_t index, const char *value);

/* All metrics as Prometheus text. */
void metrics_text(const struct metrics *m, struct buf *b);
/* The table as Markdown: name, type, labels, buckets, meaning. */
void metrics_docs(const struct metric_def *defs, size_t n, struct buf *b);
