#pragma once
/*
 * measure - indicators of how somebody worked: pure, versioned functions of recorded events
 * (evidence.md C).
 *
 * Never stored in the trace; computed when read. Sums go in event order, doubles without
 * contraction, results are rounded half-even to 1e-6 at the end, so the same events give the same
 * bytes. "insufficient" is a value of its own, never zero. Any thread. Times in microseconds.
 */
#include "base/json.h"

struct measure_event {
    int64_t seq, at; /* at: the browser's corrected time when there is one, else the server's */
    struct str session_id, type;
    const struct json *payload;
};
enum measure_state { MEASURE_OK, MEASURE_INSUFFICIENT, MEASURE_NOT_APPLICABLE };
struct measure_ref {
    struct str session_id;
    int64_t seq;
};
struct measure {
    const char *name, *unit, *formula_version;
    enum measure_state state;
    double value, low, high; /* only with MEASURE_OK; low and high NaN when there is no interval */
    int64_t n, min_n;
    const struct measure_ref *evidence; /* at most 200 */
    size_t evidence_count;
};

/* Events of one or several sessions, each session's in order, sessions one after the other. */
struct measure_input {
    const struct measure_event *events;
    size_t n;
};

/* Error Quotient (Jadud 2006): over consecutive run pairs of a session 8 if both have errors, +3 if
 * they share a class; / 11; mean. At least 1 pair computes, 5 are shown. Unit "ratio". */
struct measure measure_error_quotient(const struct measure_input *in, struct arena *a);
/* Repeated Error Density (Becker 2016): for each maximal chain of r consecutive pairs sharing a
 * class r^2/(r+1); sum. */
struct measure measure_repeated_error(const struct measure_input *in, struct arena *a);
/* Gaps between consecutive student events, each counted up to 300 s; low and high: the same at 120
 * and 600 s. Unit "s". */
struct measure measure_time_on_task(const struct measure_input *in, struct arena *a);
/* Share of requests for help preceded by own work (a run, or an edit of >= 20 characters) since the
 * opening or the last help. Wilson 95 % interval; at least 3 requests. Unit "share". */
struct measure measure_attempt_before_ask(const struct measure_input *in, struct arena *a);

/* Wilson score interval at 95 % for k of n, n >= 1. */
void measure_wilson(int64_t k, int64_t n, double *low, double *high);

/* What the live view needs of one session, from its newest events. */
struct measure_now {
    int64_t runs, last_at, last_run_at;
    int64_t passed, total;   /* of the newest test run; API absent = INT64_MIN */
    int64_t rung;            /* of the newest reply; INT64_MIN = none */
    struct str error_class;  /* of the last run; empty: no error */
    int64_t same_error_runs; /* last runs with this class in a row */
    int64_t equal_vectors;   /* last test runs with the same failing vector in a row */
    int64_t streak_since;    /* when that streak began */
    int64_t declared_at;     /* stuck_declared after the last progress; 0 = no */
};
struct measure_now measure_now_of(const struct measure_input *in);
/* Is the student stuck now? Opens with >= 2 signs after 4 minutes without progress, or at once when
 * declared. Confidence 0..1: 0.7 with two signs, 0.85 with three, 1 when declared. First form of
 * stuck/1: error class, vectors and idling. */
bool measure_stuck(const struct measure_now *m, int64_t now, double *confidence);
