#include "io/metric/metric.h"

static const char *const types[] = {
    [METRIC_COUNTER] = "counter", [METRIC_GAUGE] = "gauge", [METRIC_HISTOGRAM] = "histogram"
};

static void put_labels(struct buf *b, const char *label)
{
    struct str rest = str_of(label);
    if (!rest.len)
        buf_put(b, STR("-"));
    for (bool comma = false; rest.len; comma = true) {
        buf_put(b, comma ? STR(", ") : STR(""));
        buf_put(b, str_take_until(&rest, '|'));
    }
}

static void put_buckets(struct buf *b, const struct metric_def *d)
{
    if (!d->bucket_count)
        buf_put(b, STR("-"));
    for (size_t i = 0; i < d->bucket_count; i++)
        buf_putf(b, "%s%.12g", i ? " " : "", d->buckets[i]);
}

void metrics_docs(const struct metric_def *defs, size_t n, struct buf *b)
{
    buf_put(b, STR("| metric | type | labels | upper bounds | meaning |\n|---|---|---|---|---|\n"));
    for (size_t i = 0; i < n; i++) {
        buf_putf(b, "| `ainative_%s` | %s | ", defs[i].name, types[defs[i].type]);
        put_labels(b, defs[i].label);
        buf_put(b, STR(" | "));
        put_buckets(b, &defs[i]);
        buf_putf(b, " | %s |\n", defs[i].help);
    }
}
