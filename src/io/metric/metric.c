#include "io/metric/metric.h"

#include "base/map.h"
#include "base/num.h"

#include <stdatomic.h>
#include <stdlib.h>

/* One line (or, for histograms, one family of lines) of the text: a metric with one value of its
 * label. Each on its own cache line, so that threads counting different things do not meet. */
struct series {
    _Alignas(64) atomic_int_least64_t value; /* histograms: how many were observed */
    _Atomic double sum;
    atomic_int_least64_t *buckets; /* bucket_count, not cumulative */
    atomic_bool touched;
};

struct row {
    const struct metric_def *def;
    struct series *series; /* one per label value, and "other" last; without a label just one */
    size_t series_count;
    struct map by_value; /* label value -> series */
};

struct metrics {
    struct arena arena;
    struct row *rows;
    size_t row_count;
};

static size_t value_count(const struct metric_def *def)
{
    size_t n = 0;
    while (def->label && def->label_values && def->label_values[n])
        n++;
    return n;
}

static void row_init(struct row *r, const struct metric_def *def, struct arena *a)
{
    /* the keys come from our own table, nobody can choose them to collide */
    static const uint8_t map_key[16];
    size_t values = value_count(def);
    r->def = def;
    r->series_count = values + 1;
    r->series = ARENA_ARRAY(a, struct series, r->series_count);
    map_init(&r->by_value, a, map_key);
    for (size_t i = 0; i < r->series_count; i++) {
        r->series[i].buckets = ARENA_ARRAY(a, atomic_int_least64_t, def->bucket_count);
        if (i < values)
            map_set(&r->by_value, str_of(def->label_values[i]), &r->series[i]);
    }
}

struct metrics *metrics_new(const struct metric_def *defs, size_t n)
{
    struct arena arena = { 0 };
    struct metrics *m = ARENA_NEW(&arena, struct metrics);
    m->rows = ARENA_ARRAY(&arena, struct row, n);
    m->row_count = n;
    for (size_t i = 0; i < n; i++)
        row_init(&m->rows[i], &defs[i], &arena);
    m->arena = arena;
    return m;
}

void metrics_free(struct metrics *m)
{
    if (!m)
        return;
    struct arena arena = m->arena; /* m lives in it */
    arena_release(&arena);
}

static struct series *series_of(const struct row *r, const char *value)
{
    struct series *found = value && r->def->label ? map_get(&r->by_value, str_of(value)) : NULL;
    return found ? found : &r->series[r->series_count - 1];
}

static struct series *touch(struct metrics *m, size_t index, const char *value,
                            enum metric_type type)
{
    if (!m)
        return NULL;
    assert(index < m->row_count && m->rows[index].def->type == type);
    struct series *s = series_of(&m->rows[index], value);
    if (!atomic_load_explicit(&s->touched, memory_order_relaxed))
        atomic_store_explicit(&s->touched, true, memory_order_relaxed);
    return s;
}

void metric_add(struct metrics *m, size_t index, const char *value, int64_t by)
{
    if (!m)
        return;
    assert(index < m->row_count);
    assert(m->rows[index].def->type == METRIC_GAUGE ||
           (by >= 0 && m->rows[index].def->type == METRIC_COUNTER));
    struct series *s = touch(m, index, value, m->rows[index].def->type);
    atomic_fetch_add_explicit(&s->value, by, memory_order_relaxed);
}

void metric_set(struct metrics *m, size_t index, const char *value, int64_t to)
{
    struct series *s = touch(m, index, value, METRIC_GAUGE);
    if (s)
        atomic_store_explicit(&s->value, to, memory_order_relaxed);
}

static void add_real(_Atomic double *to, double v)
{
    double was = atomic_load_explicit(to, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(to, &was, was + v, memory_order_relaxed,
                                                  memory_order_relaxed))
        continue;
}

void metric_observe(struct metrics *m, size_t index, const char *value, double v)
{
    struct series *s = touch(m, index, value, METRIC_HISTOGRAM);
    if (!s)
        return;
    const struct metric_def *def = m->rows[index].def;
    size_t i = 0;
    while (i < def->bucket_count && v > def->buckets[i])
        i++;
    if (i < def->bucket_count)
        atomic_fetch_add_explicit(&s->buckets[i], 1, memory_order_relaxed);
    add_real(&s->sum, v);
    atomic_fetch_add_explicit(&s->value, 1, memory_order_relaxed);
}

int64_t metric_value(const struct metrics *m, size_t index, const char *value)
{
    if (!m)
        return 0;
    assert(index < m->row_count);
    return atomic_load_explicit(&series_of(&m->rows[index], value)->value, memory_order_relaxed);
}

/* --- text --- */

static void put_escaped(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\n') {
            buf_put(b, STR("\\n"));
            continue;
        }
        if (s.ptr[i] == '\\' || s.ptr[i] == '"')
            buf_putc(b, '\\');
        buf_putc(b, s.ptr[i]);
    }
}

/* The pairs of label "x|y" and value "a|b": x="a",y="b". A value with too few parts counts as
 * "other" in the missing ones. */
static void put_pairs(struct buf *b, const char *label, const char *value)
{
    struct str names = str_of(label), values = str_of(value);
    for (bool comma = false; names.len; comma = true) {
        struct str name = str_take_until(&names, '|');
        struct str part = values.len ? str_take_until(&values, '|') : STR("other");
        buf_putf(b, "%s%.*s=\"", comma ? "," : "", STR_ARG(name));
        put_escaped(b, part);
        buf_putc(b, '"');
    }
}

struct line {
    const struct metric_def *def;
    const char *suffix; /* "", "_bucket", "_sum", "_count" */
    const char *value;  /* of the label; NULL when it has none */
    double le;          /* for _bucket; NaN = none, infinity = +Inf */
};

static void put_name(struct buf *b, const struct line *l)
{
    bool bucket = l->suffix[0] == '_' && l->suffix[1] == 'b';
    buf_putf(b, "ainative_%s%s", l->def->name, l->suffix);
    if (!l->value && !bucket) {
        buf_putc(b, ' ');
        return;
    }
    buf_putc(b, '{');
    if (l->value)
        put_pairs(b, l->def->label, l->value);
    if (bucket && l->value)
        buf_putc(b, ',');
    if (bucket && l->le > 1e300)
        buf_put(b, STR("le=\"+Inf\""));
    else if (bucket)
        buf_putf(b, "le=\"%.12g\"", l->le);
    buf_put(b, STR("} "));
}

static void put_int(struct buf *b, const struct line *l, int64_t v)
{
    put_name(b, l);
    buf_put_i64(b, v);
    buf_putc(b, '\n');
}

/* The total is summed from the cells read here, so that buckets and count agree in one scrape. */
static void put_histogram(struct buf *b, const struct metric_def *def, const char *value,
                          const struct series *s)
{
    int64_t inside = 0;
    int64_t total = atomic_load_explicit(&s->value, memory_order_relaxed);
    for (size_t i = 0; i < def->bucket_count; i++) {
        inside += atomic_load_explicit(&s->buckets[i], memory_order_relaxed);
        put_int(b, &(struct line){ def, "_bucket", value, def->buckets[i] }, inside);
    }
    total = i64_max(total, inside);
    put_int(b, &(struct line){ def, "_bucket", value, 1e308 }, total);
    put_name(b, &(struct line){ def, "_sum", value, 0 });
    buf_putf(b, "%.12g\n", atomic_load_explicit(&s->sum, memory_order_relaxed));
    put_int(b, &(struct line){ def, "_count", value, 0 }, total);
}

/* A plain counter or gauge shows from the start. "other", and a histogram with a label (many
 * lines), only once used. */
static bool shown(const struct row *r, size_t i)
{
    bool quiet = r->def->label && (i + 1 == r->series_count || r->def->type == METRIC_HISTOGRAM);
    return !quiet || atomic_load_explicit(&r->series[i].touched, memory_order_relaxed);
}

static void put_row(struct buf *b, const struct row *r)
{
    static const char *const type_names[] = {
        [METRIC_COUNTER] = "counter", [METRIC_GAUGE] = "gauge", [METRIC_HISTOGRAM] = "histogram"
    };
    const struct metric_def *def = r->def;
    buf_putf(b, "# HELP ainative_%s %s\n# TYPE ainative_%s %s\n", def->name, def->help, def->name,
             type_names[def->type]);
    for (size_t i = 0; i < r->series_count; i++) {
        const char *value = i + 1 < r->series_count ? def->label_values[i] : "other";
        if (!shown(r, i))
            continue;
        if (!def->label)
            value = NULL;
        if (def->type == METRIC_HISTOGRAM)
            put_histogram(b, def, value, &r->series[i]);
        else
            put_int(b, &(struct line){ def, "", value, 0 },
                    atomic_load_explicit(&r->series[i].value, memory_order_relaxed));
    }
}

void metrics_text(const struct metrics *m, struct buf *b)
{
    for (size_t i = 0; m && i < m->row_count; i++)
        put_row(b, &m->rows[i]);
}
