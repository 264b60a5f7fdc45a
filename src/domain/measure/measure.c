#include "domain/measure/measure.h"

#include "base/num.h"

#include <math.h>

enum {
    EVIDENCE_MAX = 200,
    PAIRS_SHOWN = 5,
    REQUESTS_MIN = 3,
    EVENTS_MIN = 10,
    GAP_S = 300,
    EDIT_CHARS = 20
};

static double rounded(double v)
{
    return nearbyint(v * 1e6) / 1e6; /* the default rounding mode is half-even */
}

void measure_wilson(int64_t k, int64_t n, double *low, double *high)
{
    const double z = 1.959963984540054;
    double p = (double)k / (double)n, nn = (double)n;
    double middle = (p + z * z / (2 * nn)) / (1 + z * z / nn);
    double half = z / (1 + z * z / nn) * sqrt(p * (1 - p) / nn + z * z / (4 * nn * nn));
    *low = rounded(fmax(0, middle - half));
    *high = rounded(fmin(1, middle + half));
}

/* --- runs and their error classes --- */

struct run {
    const struct measure_event *event;
    struct str class; /* code of the first diagnostic; empty: no error */
};

static struct str class_of(const struct measure_event *e)
{
    const struct json *d = json_get(e->payload, "diagnostics");
    return json_is(d, JS_LIST) && d->count ? json_text(json_get(&d->items[0], "code")) : STR("");
}

static size_t runs_of(const struct measure_input *in, struct arena *a, struct run **out)
{
    size_t n = 0;
    *out = ARENA_ARRAY(a, struct run, in->n);
    for (size_t i = 0; i < in->n; i++)
        if (str_is(in->events[i].type, "run_finished"))
            (*out)[n++] = (struct run){ &in->events[i], class_of(&in->events[i]) };
    return n;
}

static bool pair(const struct run *a, const struct run *b)
{
    return str_eq(a->event->session_id, b->event->session_id);
}

static bool has_class(const struct run *r, struct str class)
{
    const struct json *d = json_get(r->event->payload, "diagnostics");
    for (size_t i = 0; json_is(d, JS_LIST) && i < d->count; i++)
        if (str_eq(json_text(json_get(&d->items[i], "code")), class))
            return true;
    return false;
}

/* Any class in common: a run may have several errors. */
static bool shares(const struct run *a, const struct run *b)
{
    const struct json *d = json_get(a->event->payload, "diagnostics");
    for (size_t i = 0; json_is(d, JS_LIST) && i < d->count; i++) {
        struct str class = json_text(json_get(&d->items[i], "code"));
        if (class.len && has_class(b, class))
            return true;
    }
    return false;
}

static void cite(struct measure *m, struct arena *a, const struct run *runs, size_t n)
{
    struct measure_ref *refs = ARENA_ARRAY(a, struct measure_ref, size_min(n, EVIDENCE_MAX));
    for (size_t i = 0; i < n && i < EVIDENCE_MAX; i++)
        refs[m->evidence_count++] =
            (struct measure_ref){ runs[i].event->session_id, runs[i].event->seq };
    m->evidence = refs;
}

static struct measure fresh(const char *name, const char *unit, const char *version, int64_t min_n)
{
    return (struct measure){ .name = name,
                             .unit = unit,
                             .formula_version = version,
                             .min_n = min_n,
                             .state = MEASURE_INSUFFICIENT,
                             .low = (double)NAN,
                             .high = (double)NAN };
}

struct measure measure_error_quotient(const struct measure_input *in, struct arena *a)
{
    struct measure m = fresh("eq", "ratio", "eq/1", PAIRS_SHOWN);
    struct run *runs = NULL;
    size_t n = runs_of(in, a, &runs);
    double sum = 0;
    for (size_t i = 1; i < n; i++) {
        if (!pair(&runs[i - 1], &runs[i]))
            continue;
        m.n++;
        if (runs[i - 1].class.len && runs[i].class.len)
            sum += 8 + (shares(&runs[i - 1], &runs[i]) ? 3 : 0);
    }
    cite(&m, a, runs, n);
    if (m.n)
        m.value = rounded(sum / 11 / (double)m.n);
    m.state = m.n >= m.min_n ? MEASURE_OK : MEASURE_INSUFFICIENT;
    return m;
}

struct measure measure_repeated_error(const struct measure_input *in, struct arena *a)
{
    struct measure m = fresh("red", "sum", "red/1", PAIRS_SHOWN);
    struct run *runs = NULL;
    size_t n = runs_of(in, a, &runs);
    double chain = 0;
    for (size_t i = 1; i < n; i++) {
        bool together = pair(&runs[i - 1], &runs[i]);
        m.n += together;
        bool on = together && shares(&runs[i - 1], &runs[i]);
        if (!on && chain > 0)
            m.value += chain * chain / (chain + 1);
        chain = on ? chain + 1 : 0;
    }
    if (chain > 0)
        m.value += chain * chain / (chain + 1);
    m.value = rounded(m.value);
    cite(&m, a, runs, n);
    m.state = m.n >= m.min_n ? MEASURE_OK : MEASURE_INSUFFICIENT;
    return m;
}

/* --- time --- */

static bool by_student(const struct measure_event *e)
{
    static const char *const others[] = {
        "run_finished",        "tests_finished",    "reply_sent",         "hint_given",
        "snapshot_taken",      "trace_gap",         "gate_acted",         "hint_outcome",
        "prediction_resolved", "teacher_commented", "teacher_intervened", "text_erased"
    };
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (str_is(e->type, others[i]))
            return false;
    return true;
}

static double active_s(const struct measure_input *in, int64_t gap_s, int64_t *events)
{
    const struct measure_event *last = NULL;
    int64_t sum = 0;
    *events = 0;
    for (size_t i = 0; i < in->n; i++) {
        const struct measure_event *e = &in->events[i];
        if (!by_student(e))
            continue;
        int64_t gap = last && str_eq(last->session_id, e->session_id) ? e->at - last->at : 0;
        if (gap > 0 && gap <= gap_s * US_PER_S)
            sum += gap;
        last = e;
        (*events)++;
    }
    return rounded((double)sum / US_PER_S);
}

struct measure measure_time_on_task(const struct measure_input *in, struct arena *a)
{
    struct measure m = fresh("time_on_task", "s", "time_on_task/1", EVENTS_MIN);
    int64_t ignored = 0;
    m.value = active_s(in, GAP_S, &m.n);
    m.low = active_s(in, 120, &ignored);
    m.high = active_s(in, 600, &ignored);
    struct measure_ref *refs = ARENA_ARRAY(a, struct measure_ref, EVIDENCE_MAX);
    for (size_t i = 0; i < in->n && m.evidence_count < EVIDENCE_MAX; i++)
        if (i == 0 || !str_eq(in->events[i].session_id, in->events[i - 1].session_id))
            refs[m.evidence_count++] =
                (struct measure_ref){ in->events[i].session_id, in->events[i].seq };
    m.evidence = refs;
    m.state = m.n >= m.min_n ? MEASURE_OK : MEASURE_INSUFFICIENT;
    return m;
}

/* --- help --- */

static int64_t edited_chars(const struct json *payload)
{
    const struct json *changes = json_get(payload, "changes");
    int64_t sum = 0;
    for (size_t i = 0; json_is(changes, JS_LIST) && i < changes->count; i++)
        if (changes->items[i].count == 3)
            sum +=
                json_int(&changes->items[i].items[1], 0) + json_int(&changes->items[i].items[2], 0);
    return sum;
}

struct measure measure_attempt_before_ask(const struct measure_input *in, struct arena *a)
{
    struct measure m = fresh("attempt_before_ask", "share", "attempt_before_ask/1", REQUESTS_MIN);
    struct measure_ref *refs = ARENA_ARRAY(a, struct measure_ref, EVIDENCE_MAX);
    int64_t tried = 0, chars = 0;
    bool work = false;
    for (size_t i = 0; i < in->n; i++) {
        const struct measure_event *e = &in->events[i];
        if (str_is(e->type, "session_opened")) {
            work = false;
            chars = 0;
        } else if (str_is(e->type, "code_run")) {
            work = true;
        } else if (str_is(e->type, "code_edited")) {
            chars += edited_chars(e->payload);
        } else if (str_is(e->type, "prompt_sent")) {
            m.n++;
            tried += work || chars >= EDIT_CHARS;
            work = false;
            chars = 0;
            if (m.evidence_count < EVIDENCE_MAX)
                refs[m.evidence_count++] = (struct measure_ref){ e->session_id, e->seq };
        }
    }
    m.evidence = refs;
    if (m.n < m.min_n)
        return m;
    m.state = MEASURE_OK;
    m.value = rounded((double)tried / (double)m.n);
    measure_wilson(tried, m.n, &m.low, &m.high);
    return m;
}

/* --- now --- */

static void now_run(struct measure_now *m, const struct measure_event *e)
{
    struct str class = class_of(e);
    bool same = class.len && str_eq(class, m->error_class);
    if (!same)
        m->streak_since = e->at;
    m->runs++;
    m->last_run_at = e->at;
    m->same_error_runs = class.len ? (same ? m->same_error_runs + 1 : 1) : 0;
    m->error_class = class;
}

static void now_tests(struct measure_now *m, const struct measure_event *e, struct str *vector)
{
    struct str v = json_text(json_get(e->payload, "vector"));
    int64_t passed = json_int(json_get(e->payload, "passed"), INT64_MIN);
    bool same = vector->len && str_eq(v, *vector);
    if (!same && m->equal_vectors)
        m->streak_since = e->at;
    if (passed > m->passed)
        m->declared_at = 0;
    m->equal_vectors = same ? m->equal_vectors + 1 : 1;
    m->passed = passed;
    m->total = json_int(json_get(e->payload, "total"), INT64_MIN);
    *vector = v;
}

struct measure_now measure_now_of(const struct measure_input *in)
{
    struct measure_now m = { .passed = INT64_MIN, .total = INT64_MIN, .rung = INT64_MIN };
    struct str vector = { 0 };
    for (size_t i = 0; i < in->n; i++) {
        const struct measure_event *e = &in->events[i];
        if (by_student(e))
            m.last_at = e->at;
        if (str_is(e->type, "run_finished"))
            now_run(&m, e);
        else if (str_is(e->type, "tests_finished"))
            now_tests(&m, e, &vector);
        else if (str_is(e->type, "reply_sent"))
            m.rung = json_int(json_get(e->payload, "rung"), INT64_MIN);
        else if (str_is(e->type, "stuck_declared"))
            m.declared_at = e->at;
    }
    return m;
}

bool measure_stuck(const struct measure_now *m, int64_t now, double *confidence)
{
    const int64_t wait_us = INT64_C(240) * US_PER_S, idle_us = INT64_C(120) * US_PER_S;
    bool failing = m->same_error_runs > 0 || (m->total > 0 && m->passed < m->total);
    int signs = (m->same_error_runs >= 2) + (m->equal_vectors >= 3) +
                (failing && m->runs && now - m->last_at >= idle_us);
    *confidence = m->declared_at ? 1.0 : signs >= 3 ? 0.85 : 0.7;
    return m->declared_at || (failing && signs >= 2 && now - m->streak_since >= wait_us);
}
