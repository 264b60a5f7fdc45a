#include "domain/tutor/tutor_priv.h"
#include "support/check.h"

static const struct policy practice = { .ai_enabled = true,
                                        .tutor_on = true,
                                        .max_rung = 3,
                                        .rung_wait_s = 60,
                                        .attempts_per_rung = 1,
                                        .hints_per_exercise = 6 };

/* A first hint at rung 1 was given at second 0 with two tests passing. */
static struct ladder_in after_hint(void)
{
    return (struct ladder_in){
        .situation = SITUATION_WRONG,
        .passed = 2,
        .now = 100 * (int64_t)US_PER_S,
        .has_run = true,
        .asked = API_ABSENT,
        .last = { .exists = true, .same_fault = true, .rung = 1, .passed = 2, .runs_after = 1 }
    };
}

static void expect(struct ladder_in in, const struct policy *p, int64_t rung, const char *reason)
{
    struct ladder_out out = rung_next(&in, p);
    CHECK_STR(str_of(out.reason), reason);
    CHECK_INT(out.rung, rung);
}

TEST(the_first_help_is_rung_zero_before_any_run_and_one_after)
{
    struct ladder_in in = { .situation = SITUATION_WRONG, .asked = API_ABSENT };
    expect(in, &practice, 0, "first_help");
    in.has_run = true;
    expect(in, &practice, 1, "first_help");
}

TEST(a_failed_substantive_run_raises_and_asking_again_does_not)
{
    struct ladder_in in = after_hint();
    expect(in, &practice, 2, "failed_after_hint");
    in.last.same_code = true;
    expect(in, &practice, 1, "no_attempt");
    CHECK_INT(rung_next(&in, &practice).repeats, 1);
    in.last.repeats = 1;
    CHECK_INT(rung_next(&in, &practice).repeats, 2);
    in = after_hint();
    in.last.runs_after = 0;
    expect(in, &practice, 1, "no_attempt");
    in = after_hint();
    in.now = 59 * (int64_t)US_PER_S;
    expect(in, &practice, 1, "no_attempt");
}

TEST(a_case_more_that_passes_lowers_the_next_start)
{
    struct ladder_in in = after_hint();
    in.passed = 3;
    in.last.rung = 2;
    expect(in, &practice, 1, "solved_after_hint");
    in.last.same_code = true; /* without an own change nothing was solved */
    expect(in, &practice, 2, "no_attempt");
}

TEST(another_fault_starts_one_lower)
{
    struct ladder_in in = after_hint();
    in.last.same_fault = false;
    in.last.rung = 3;
    expect(in, &practice, 2, "new_fault");
    in.last.rung = 0;
    expect(in, &practice, 0, "new_fault");
}

TEST(being_stuck_raises_once)
{
    struct ladder_in in = after_hint();
    in.stuck = true;
    in.last.same_code = true;
    expect(in, &practice, 2, "stuck");
    in.last.stuck_used = true;
    expect(in, &practice, 1, "no_attempt");
}

TEST(the_policy_and_the_budget_of_hints_cap_every_rung)
{
    struct ladder_in in = after_hint();
    struct policy p = practice;
    in.last.rung = 3;
    expect(in, &practice, 3, "policy_cap");
    p.max_rung = 2;
    expect(in, &p, 2, "policy_cap");
    p.max_rung = 0;
    expect(in, &p, 0, "policy_cap");
    in.hints_deep = 6;
    expect(in, &practice, 1, "disclosure_cap");
}

TEST(the_bottom_rung_wants_permission_failures_and_time)
{
    struct ladder_in in = after_hint();
    struct policy p = practice;
    p.max_rung = 4;
    in.last.rung = 3;
    in.last.failed_at_3 = 2;
    in.active_s = 600;
    expect(in, &p, 3, "policy_cap");
    p.allow_bottom_out = true;
    expect(in, &p, 4, "failed_after_hint");
    in.active_s = 599;
    expect(in, &p, 3, "policy_cap");
    in.active_s = 600;
    in.last.failed_at_3 = 1;
    expect(in, &p, 3, "policy_cap");
}

TEST(a_student_may_ask_for_less_and_success_needs_no_rung)
{
    struct ladder_in in = after_hint();
    in.asked = 1;
    expect(in, &practice, 1, "failed_after_hint");
    in.asked = 3; /* more is not to be had */
    expect(in, &practice, 2, "failed_after_hint");
    in = after_hint();
    in.situation = SITUATION_ALL_PASS;
    in.passed = 6;
    expect(in, &practice, 0, "solved_after_hint");
    in = after_hint();
    in.situation = SITUATION_FLAKY;
    in.last.rung = 3;
    CHECK_INT(rung_next(&in, &practice).rung, 1);
}

/* The worked example of the specification: n-th Fibonacci, four turns. */
TEST(the_four_turns_of_the_worked_example_have_their_rungs)
{
    struct ladder_in in = {
        .situation = SITUATION_WRONG, .passed = 4, .has_run = true, .asked = API_ABSENT
    };
    expect(in, &practice, 1, "first_help");
    in.last = (struct ladder_last){
        .exists = true, .same_fault = true, .same_code = true, .rung = 1, .passed = 4
    };
    in.now = 30 * (int64_t)US_PER_S;
    expect(in, &practice, 1, "no_attempt");
    in.last.repeats = 1;
    in.last.same_code = false;
    in.last.runs_after = 1;
    in.now = 200 * (int64_t)US_PER_S;
    expect(in, &practice, 2, "failed_after_hint");
    in.last.rung = 2;
    in.passed = 6;
    in.situation = SITUATION_ALL_PASS;
    in.last.same_fault = false;
    expect(in, &practice, 0, "solved_after_hint");
}
