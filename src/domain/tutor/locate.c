#include "base/num.h"
#include "domain/tutor/tutor_priv.h"

#include <math.h>
#include <stdlib.h>

/* Which lines are suspicious: spectra, slice and misconceptions, fused (version loc-1). */

static const double weight_repair = 0.45, weight_ochiai = 0.20, weight_slice = 0.15,
                    weight_suspect = 0.10;

double ochiai(int64_t ef, int64_t nf, int64_t ep)
{
    double under = (double)(ef + nf) * (double)(ef + ep);
    return ef && under > 0 ? (double)ef / sqrt(under) : 0;
}

static bool ran(const struct spectrum *s, int64_t line)
{
    size_t lo = 0, hi = s->count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (s->lines[mid] < line)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < s->count && s->lines[lo] == line;
}

static double line_ochiai(const struct locate_in *in, int64_t line)
{
    int64_t ef = 0, nf = 0, ep = 0;
    for (size_t i = 0; i < in->spectrum_count; i++) {
        bool executed = ran(&in->spectra[i], line);
        if (in->spectra[i].failed) {
            ef += executed;
            nf += !executed;
        } else {
            ep += executed;
        }
    }
    return ochiai(ef, nf, ep);
}

static double scaled(double v, double lo, double hi)
{
    return hi > lo ? (v - lo) / (hi - lo) : 0;
}

/* Where the exception rose is where the wrong value was met: more than what led to it. */
static double slice_share(const struct locate_in *in, const struct ranked *r)
{
    if (in->error_line)
        return r->line == in->error_line ? 1 : r->sliced ? 0.5 : 0;
    return in->slice && r->sliced;
}

static void fuse(const struct locate_in *in, struct ranked *r, size_t n)
{
    double lo = 1, hi = 0,
           weight = weight_ochiai + (in->slice || in->error_line ? weight_slice : 0) +
                    (in->suspects ? weight_suspect : 0) + (in->repaired ? weight_repair : 0);
    for (size_t i = 0; i < n; i++) {
        lo = fmin(lo, r[i].ochiai);
        hi = fmax(hi, r[i].ochiai);
    }
    for (size_t i = 0; i < n; i++)
        r[i].score =
            (weight_ochiai * scaled(r[i].ochiai, lo, hi) + weight_slice * slice_share(in, &r[i]) +
             weight_suspect * (in->suspects && r[i].suspect) + weight_repair * r[i].repaired) /
            weight;
}

/* Ties: inside the slice, then the later line. */
static int better(const void *pa, const void *pb)
{
    const struct ranked *a = pa, *b = pb;
    if (a->score > b->score || a->score < b->score)
        return a->score > b->score ? -1 : 1;
    if (a->sliced != b->sliced)
        return a->sliced ? -1 : 1;
    return a->line > b->line ? -1 : a->line < b->line;
}

size_t locate(const struct locate_in *in, struct arena *a, struct ranked **out)
{
    struct ranked *r = ARENA_ARRAY(a, struct ranked, in->line_count + 1);
    size_t n = 0;
    for (size_t line = 1; line <= in->line_count; line++) {
        double s = line_ochiai(in, num_i64(line));
        if (s > 0 || (in->repaired && in->repaired[line] > 0))
            r[n++] = (struct ranked){ .line = num_i64(line),
                                      .ochiai = s,
                                      .sliced = in->slice && in->slice[line],
                                      .suspect = in->suspects && in->suspects[line],
                                      .repaired = in->repaired ? in->repaired[line] : 0 };
    }
    fuse(in, r, n);
    if (n)
        qsort(r, n, sizeof *r, better);
    *out = r;
    return n;
}

/* --- slice --- */

enum { WANTED_MAX = 64 };
struct wanted {
    struct str names[WANTED_MAX];
    size_t count;
    bool *headers; /* [line]: a header whose last run before here counts */
};

static size_t find(const struct wanted *w, struct str name)
{
    for (size_t i = 0; i < w->count; i++)
        if (str_eq(w->names[i], name))
            return i;
    return SIZE_MAX;
}

static void want(struct wanted *w, const struct line_names *l, size_t line_count)
{
    for (size_t i = 0; i < l->use_count; i++)
        if (find(w, l->uses[i]) == SIZE_MAX && w->count < WANTED_MAX)
            w->names[w->count++] = l->uses[i];
    for (size_t i = 0; i < COUNT_OF(l->controlled) && l->controlled[i]; i++)
        if (num_size(l->controlled[i]) <= line_count)
            w->headers[l->controlled[i]] = true;
}

/* Does the line give one of the wanted names? A whole write ends the search for that name. */
static bool gives(struct wanted *w, const struct line_names *l)
{
    bool any = false;
    for (size_t i = 0; i < l->def_count; i++) {
        size_t at = find(w, l->defs[i]);
        if (at == SIZE_MAX)
            continue;
        any = true;
        if (!l->weak)
            w->names[at] = w->names[--w->count];
    }
    return any;
}

void slice_back(const struct line_names *names, size_t line_count, const int32_t *executed,
                size_t n, bool *out)
{
    AUTO_ARENA a = { 0 };
    struct wanted w = { .headers = ARENA_ARRAY(&a, bool, line_count + 1) };
    for (size_t i = n; i-- > 0;) {
        int32_t line = executed[i];
        if (line < 1 || (size_t)line > line_count)
            continue;
        const struct line_names *l = &names[line];
        bool seed = i + 1 == n || l->shows;
        bool in = gives(&w, l) || w.headers[line] || seed;
        w.headers[line] = false;
        if (!in)
            continue;
        out[line] = true;
        want(&w, l, line_count);
    }
}
