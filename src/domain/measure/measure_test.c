#include "domain/measure/measure.h"
#include "support/check.h"

#include <math.h>

/* Runs from letters: A, B ... are error classes, '.' is a run without error. */
static struct measure_input runs(struct arena *a, const char *letters)
{
    size_t n = strlen(letters);
    struct measure_event *e = ARENA_ARRAY(a, struct measure_event, n);
    for (size_t i = 0; i < n; i++) {
        struct json *p = ARENA_NEW(a, struct json);
        struct fail f;
        struct str text = letters[i] == '.'
                              ? STR("{}")
                              : arena_fmt(a, "{\"diagnostics\":[{\"code\":\"e.%c\"}]}", letters[i]);
        CHECK(json_parse(text, &json_limits_api, a, p, &f) == ERR_OK);
        e[i] = (struct measure_event){ .seq = (int64_t)i + 1,
                                       .at = (int64_t)i * US_PER_S,
                                       .session_id = STR("s"),
                                       .type = STR("run_finished"),
                                       .payload = p };
    }
    return (struct measure_input){ e, n };
}

TEST(the_error_quotient_and_density_give_the_worked_numbers)
{
    AUTO_ARENA a = { 0 };
    struct measure_input in = runs(&a, "AAB.CCC.");
    struct measure eq = measure_error_quotient(&in, &a), red = measure_repeated_error(&in, &a);
    CHECK(eq.state == MEASURE_OK && eq.n == 7 && eq.evidence_count == 8);
    CHECK_NEAR(eq.value, 0.532468, 1e-9);
    CHECK_NEAR(red.value, 1.833333, 1e-9);
    static const struct {
        const char *letters;
        double eq, red;
    } toolkit[] = { { "XYX", 8.0 / 11, 0 },
                    { "XX", 1, 0.5 },
                    { "XXX", 1, 4.0 / 3 },
                    { "XX.XX.XX", 3.0 / 7, 1.5 } };
    for (size_t i = 0; i < COUNT_OF(toolkit); i++) {
        in = runs(&a, toolkit[i].letters);
        CHECK_NEAR(measure_error_quotient(&in, &a).value, toolkit[i].eq, 1e-6);
        CHECK_NEAR(measure_repeated_error(&in, &a).value, toolkit[i].red, 1e-6);
    }
}

TEST(runs_with_several_errors_share_any_class)
{
    AUTO_ARENA a = { 0 };
    struct json both;
    struct fail f;
    struct measure_input in = runs(&a, "ABCC");
    CHECK(json_parse(STR("{\"diagnostics\":[{\"code\":\"e.A\"},{\"code\":\"e.B\"}]}"),
                     &json_limits_api, &a, &both, &f) == ERR_OK);
    struct measure_event *e = ARENA_ARRAY(&a, struct measure_event, in.n);
    memcpy(e, in.events, in.n * sizeof *e);
    e[0].payload = &both;
    in.events = e;
    CHECK_NEAR(measure_error_quotient(&in, &a).value, 0.909091, 1e-9);
    CHECK_NEAR(measure_repeated_error(&in, &a).value, 1.0, 1e-9);
}

TEST(too_few_runs_are_insufficient_not_zero)
{
    AUTO_ARENA a = { 0 };
    struct measure_input in = runs(&a, "A.");
    CHECK(measure_error_quotient(&in, &a).state == MEASURE_INSUFFICIENT);
    in.n = 0;
    CHECK(measure_time_on_task(&in, &a).state == MEASURE_INSUFFICIENT);
    CHECK(measure_attempt_before_ask(&in, &a).state == MEASURE_INSUFFICIENT);
}

TEST(time_on_task_leaves_out_long_pauses)
{
    AUTO_ARENA a = { 0 };
    struct json *p = ARENA_NEW(&a, struct json);
    struct measure_event e[12];
    p->type = JS_OBJECT;
    for (size_t i = 0; i < COUNT_OF(e); i++)
        e[i] = (struct measure_event){ .seq = (int64_t)i,
                                       .at = (int64_t)i * 60 * US_PER_S +
                                             (i >= 6 ? INT64_C(500) * US_PER_S : 0),
                                       .session_id = STR("s"),
                                       .type = STR("code_edited"),
                                       .payload = p };
    struct measure_input in = { e, COUNT_OF(e) };
    struct measure m = measure_time_on_task(&in, &a);
    CHECK(m.state == MEASURE_OK);
    CHECK_NEAR(m.value, 600, 1e-9);
    CHECK_NEAR(m.high, 1160, 1e-9);
}

TEST(asking_after_own_work_is_counted_with_an_interval)
{
    AUTO_ARENA a = { 0 };
    struct json *p = ARENA_NEW(&a, struct json);
    p->type = JS_OBJECT;
    static const char *const types[] = { "session_opened", "prompt_sent", "code_run",
                                         "prompt_sent",    "code_run",    "prompt_sent",
                                         "prompt_sent" };
    struct measure_event e[COUNT_OF(types)];
    for (size_t i = 0; i < COUNT_OF(types); i++)
        e[i] = (struct measure_event){
            .seq = (int64_t)i + 1, .session_id = STR("s"), .type = str_of(types[i]), .payload = p
        };
    struct measure_input in = { e, COUNT_OF(e) };
    struct measure m = measure_attempt_before_ask(&in, &a);
    CHECK(m.state == MEASURE_OK && m.n == 4 && m.evidence_count == 4);
    CHECK_NEAR(m.value, 0.5, 1e-9);
    CHECK(m.low > 0.14 && m.low < 0.16 && m.high > 0.84 && m.high < 0.86);
}

TEST(stuck_opens_after_repeated_errors_without_progress_and_when_declared)
{
    AUTO_ARENA a = { 0 };
    struct measure_input in = runs(&a, "AAA");
    struct measure_now m = measure_now_of(&in);
    double confidence = 0;
    CHECK_INT(m.same_error_runs, 3);
    CHECK(!measure_stuck(&m, m.last_run_at + INT64_C(60) * US_PER_S, &confidence));
    CHECK(measure_stuck(&m, m.last_run_at + INT64_C(300) * US_PER_S, &confidence) &&
          confidence >= 0.7);
    in = runs(&a, "AA.");
    m = measure_now_of(&in);
    CHECK(!measure_stuck(&m, INT64_C(900) * US_PER_S, &confidence));
    m.declared_at = 1;
    CHECK(measure_stuck(&m, 2, &confidence) && confidence == 1.0);
}
