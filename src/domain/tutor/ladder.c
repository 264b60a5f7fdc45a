#include "base/num.h"
#include "domain/tutor/tutor_priv.h"

/* The contingent rule: rise after failure, fall after success (Wood & Middleton 1975). */

enum { BOTTOM_OUT_FAILED = 3, BOTTOM_OUT_ACTIVE_S = 600, SHALLOW = 1 };

struct step {
    int64_t rung;
    const char *reason;
};

static struct step first(const struct ladder_in *in)
{
    return (struct step){ in->has_run || in->has_plan ? 1 : 0, "first_help" };
}

static struct step fallen(const struct ladder_in *in, const char *reason)
{
    return (struct step){ i64_max(0, in->last.rung - 1), reason };
}

/* Enough time and enough failed substantive runs for one rung more? */
static bool earned(const struct ladder_in *in, const struct policy *p)
{
    int64_t waited = (in->now - in->last.at) / US_PER_S;
    return waited >= p->rung_wait_s && !in->last.same_code &&
           in->last.runs_after >= i64_max(1, p->attempts_per_rung);
}

static struct step same_fault(const struct ladder_in *in, const struct policy *p)
{
    if (in->stuck && !in->last.stuck_used)
        return (struct step){ in->last.rung + 1, "stuck" };
    if (earned(in, p))
        return (struct step){ in->last.rung + 1, "failed_after_hint" };
    return (struct step){ in->last.rung, "no_attempt" };
}

/* The hint worked: the failing case passes, or more cases do, by an own change. */
static bool worked(const struct ladder_in *in)
{
    return in->last.exists && !in->last.same_code && in->passed > in->last.passed;
}

static struct step choose(const struct ladder_in *in, const struct policy *p,
                          struct ladder_out *out)
{
    if (!in->last.exists)
        return first(in);
    out->solved = worked(in);
    out->new_fault = !in->last.same_fault;
    if (out->solved)
        return fallen(in, "solved_after_hint");
    if (out->new_fault)
        return fallen(in, "new_fault");
    return same_fault(in, p);
}

static int64_t highest(const struct ladder_in *in, const struct policy *p, int64_t failed_at_3)
{
    bool bottom_out = p->max_rung == RUNG_MAX && p->allow_bottom_out &&
                      failed_at_3 >= BOTTOM_OUT_FAILED && in->active_s >= BOTTOM_OUT_ACTIVE_S;
    return i64_clamp(bottom_out ? RUNG_MAX : i64_min(p->max_rung, RUNG_MAX - 1), 0, RUNG_MAX);
}

static void lower(struct ladder_out *out, int64_t to, const char *reason)
{
    if (out->rung <= to)
        return;
    out->rung = to;
    if (reason)
        out->reason = reason;
}

struct ladder_out rung_next(const struct ladder_in *in, const struct policy *p)
{
    struct ladder_out out = { .failed_at_3 = in->last.same_fault ? in->last.failed_at_3 : 0 };
    struct step s = choose(in, p, &out);
    out.rung = s.rung;
    out.reason = s.reason;
    out.rose_for_stuck = !strcmp(s.reason, "stuck");
    out.failed = !strcmp(s.reason, "failed_after_hint");
    if (in->last.exists && in->last.same_code && !out.rose_for_stuck)
        out.repeats = in->last.repeats + 1;
    if (in->last.same_fault && in->last.rung >= 3 && !in->last.same_code)
        out.failed_at_3 += in->last.runs_after;
    int64_t cap = highest(in, p, out.failed_at_3);
    out.capped = out.rung > cap;
    lower(&out, cap, "policy_cap");
    if (in->hints_deep >= p->hints_per_exercise)
        lower(&out, SHALLOW, "disclosure_cap");
    if (in->situation == SITUATION_FLAKY || in->situation == SITUATION_COULD_NOT_RUN)
        lower(&out, SHALLOW, NULL);
    if (in->situation == SITUATION_ALL_PASS)
        lower(&out, 0, NULL);
    if (in->asked != API_ABSENT)
        lower(&out, i64_max(0, in->asked), NULL);
    return out;
}
