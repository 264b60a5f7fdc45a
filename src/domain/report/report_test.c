#include "domain/report/report_priv.h"
#include "support/check.h"

#include <math.h>

#define MIN(n) ((n)*INT64_C(60) * US_PER_S)

struct live_case {
    struct live_facts facts;
    int64_t now;
    enum live_state state;
    const char *why;
};

/* 0 of 0 tests would be a figure that nobody measured, and "has not run yet" a false one. */
TEST(what_a_run_showed_is_said_only_of_runs_that_were)
{
    const int64_t now = MIN(10);
    struct live_facts f = { .has_session = true,
                            .now = { .last_at = MIN(9), .passed = INT64_MIN, .total = INT64_MIN } };
    CHECK_STR(str_of(live_view_of(&f, now).why), "first_run_pending");
    f.runs = 4; /* before the newest events, and none against the tests */
    CHECK_STR(str_of(live_view_of(&f, now).why), "no_tests_run");
    f.help_waiting = true;
    CHECK_STR(str_of(live_view_of(&f, now).why), "no_tests_run");
    f.now.passed = 0;
    f.now.total = 3;
    CHECK_STR(str_of(live_view_of(&f, now).why), "progress");
}

TEST(the_state_of_a_student_follows_from_facts)
{
    static const struct live_case cases[] = {
        { { .has_session = false }, MIN(10), LIVE_NOT_STARTED, "no_session" },
        { { .has_session = true, .accepted = true, .attempt = 2, .now = { .last_at = MIN(9) } },
          MIN(10),
          LIVE_FINISHED,
          "solved" },
        { { .has_session = true, .help_waiting = true, .now = { .last_at = MIN(9) } },
          MIN(10),
          LIVE_WAITING,
          "first_run_pending" },
        { { .has_session = true, .now = { .last_at = MIN(9) } },
          MIN(10),
          LIVE_WORKING,
          "first_run_pending" },
        { { .has_session = true, .now = { .last_at = MIN(9), .runs = 1, .passed = 1, .total = 3 } },
          MIN(10),
          LIVE_WORKING,
          "progress" },
        { { .has_session = true, .now = { .last_at = MIN(5), .runs = 1, .passed = 3, .total = 3 } },
          MIN(10),
          LIVE_IDLE,
          "idle" },
        { { .has_session = true, .now = { .last_at = MIN(5), .runs = 3 } },
          MIN(50),
          LIVE_OFFLINE,
          "idle" },
        { { .has_session = true,
            .now = { .last_at = MIN(9),
                     .runs = 4,
                     .same_error_runs = 3,
                     .equal_vectors = 3,
                     .streak_since = MIN(2),
                     .total = 3 } },
          MIN(10),
          LIVE_STUCK,
          "same_error" },
        { { .has_session = true,
            .now = { .last_at = MIN(7),
                     .runs = 4,
                     .equal_vectors = 3,
                     .streak_since = MIN(2),
                     .total = 3 } },
          MIN(10),
          LIVE_STUCK,
          "no_progress" },
        { { .has_session = true, .now = { .last_at = MIN(9), .runs = 1, .declared_at = MIN(9) } },
          MIN(10),
          LIVE_STUCK,
          "declared" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct live_view v = live_view_of(&cases[i].facts, cases[i].now);
        CHECK_STR(str_of(live_state_name(v.state)), live_state_name(cases[i].state));
        CHECK_STR(str_of(v.why), cases[i].why);
        CHECK(isnan(v.confidence) == (v.state != LIVE_STUCK));
    }
}
