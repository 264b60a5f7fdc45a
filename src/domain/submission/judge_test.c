#include "domain/submission/judge_priv.h"
#include "support/check.h"

#include <stdio.h>

/* --- deciding from what a box said --- */

static enum verdict decide(struct exercise_test t, struct sandbox_step_result s)
{
    AUTO_ARENA a = { 0 };
    struct judge_test out;
    bool compile = false;
    struct str *texts[] = { &t.call, &t.value, &t.raises, &t.stdin_text, &s.stdout_text, &s.value };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (!texts[i]->ptr)
            *texts[i] = STR("");
    judge_decide(&t, &(struct judge_box){ .step = &s }, &a, &out, &compile);
    CHECK(compile == (s.raised && s.exception.compile));
    return out.verdict;
}

#define CALL_TEST(v)                                                                               \
    {                                                                                              \
        .kind = TEST_CALL, .value = STR_INIT(v), .compare = { COMPARE_TRIMMED, 0, 0 }              \
    }
static const struct exercise_test wants_two = CALL_TEST("2");
static const struct exercise_test wants_text = { .kind = TEST_STDIO,
                                                 .expected = STR_INIT("hola\n"),
                                                 .compare = { COMPARE_TRIMMED, 0, 0 } };

TEST(every_end_of_a_box_has_its_verdict)
{
    static const struct {
        enum sandbox_end end;
        enum verdict v;
    } cases[] = {
        { SANDBOX_SIGNALLED, VERDICT_RUNTIME_ERROR },
        { SANDBOX_TIME_LIMIT, VERDICT_TIME_LIMIT },
        { SANDBOX_IDLE_LIMIT, VERDICT_IDLE_LIMIT },
        { SANDBOX_MEMORY_LIMIT, VERDICT_MEMORY_LIMIT },
        { SANDBOX_PROCESS_LIMIT, VERDICT_PROCESS_LIMIT },
        { SANDBOX_OUTPUT_LIMIT, VERDICT_OUTPUT_LIMIT },
        { SANDBOX_VIOLATION, VERDICT_VIOLATION },
        { SANDBOX_ERROR, VERDICT_JUDGE_ERROR },
        { SANDBOX_NOT_RUN, VERDICT_SKIPPED },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        /* a right answer said before the end does not help */
        struct sandbox_step_result s = { .end = cases[i].end,
                                         .frames = 1,
                                         .has_value = true,
                                         .value = STR("2"),
                                         .stdout_text = STR("hola\n") };
        CHECK_INT(decide(wants_two, s), cases[i].v);
        CHECK_INT(decide(wants_text, s), cases[i].v);
    }
}

TEST(a_call_passes_with_exactly_one_equal_value)
{
    static const struct {
        struct sandbox_step_result s;
        enum verdict v;
    } cases[] = {
        { { .frames = 1, .has_value = true, .value = STR_INIT("2") }, VERDICT_PASSED },
        { { .frames = 1, .has_value = true, .value = STR_INIT("3") }, VERDICT_WRONG_ANSWER },
        { { .frames = 1, .has_value = true, .value = STR_INIT("2.0") }, VERDICT_WRONG_ANSWER },
        { { .frames = 2, .has_value = true, .value = STR_INIT("2") }, VERDICT_WRONG_ANSWER },
        { { .frames = 0 }, VERDICT_WRONG_ANSWER },
        { { .frames = 1, .has_value = true, .value = STR_INIT("{") }, VERDICT_WRONG_ANSWER },
        { { .frames = 1, .has_value = true, .value = STR_INIT("2"), .exit_code = 1 },
          VERDICT_RUNTIME_ERROR },
        { { .raised = true, .exception = { .type = STR_INIT("KeyError") } },
          VERDICT_RUNTIME_ERROR },
        { { .raised = true, .exception = { .type = STR_INIT("SyntaxError"), .compile = true } },
          VERDICT_SKIPPED },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_INT(decide(wants_two, cases[i].s), cases[i].v);
}

TEST(an_expected_exception_is_its_type_and_comes_from_the_call)
{
    struct exercise_test t = { .kind = TEST_CALL, .raises = STR("ValueError") };
    struct sandbox_step_result s = { .raised = true, .exception = { .type = STR("ValueError") } };
    CHECK_INT(decide(t, s), VERDICT_PASSED);
    s.exception.loading = true;
    CHECK_INT(decide(t, s), VERDICT_RUNTIME_ERROR);
    s.exception = (struct sandbox_exception){ .type = STR("TypeError") };
    CHECK_INT(decide(t, s), VERDICT_RUNTIME_ERROR);
    s = (struct sandbox_step_result){ .frames = 1, .has_value = true, .value = STR("1") };
    CHECK_INT(decide(t, s), VERDICT_WRONG_ANSWER);
}

TEST(a_call_keeps_its_other_promises)
{
    static const int64_t first[] = { 0 };
    struct exercise_test t = wants_two;
    struct sandbox_step_result s = { .frames = 1,
                                     .has_value = true,
                                     .value = STR("2"),
                                     .stdout_text = STR("carga\nx\n"),
                                     .stdout_from = 6,
                                     .args_before = STR("[[1]]"),
                                     .args_after = STR("[[1,2]]") };
    t.expected = STR("x");
    CHECK_INT(decide(t, s), VERDICT_PASSED);
    t.expected = STR("y");
    CHECK_INT(decide(t, s), VERDICT_WRONG_ANSWER);
    t.expected = (struct str){ 0 };
    t.unchanged = first;
    t.unchanged_count = 1;
    CHECK_INT(decide(t, s), VERDICT_WRONG_ANSWER);
    s.args_after = s.args_before;
    CHECK_INT(decide(t, s), VERDICT_PASSED);
}

TEST(an_output_needs_a_normal_end)
{
    struct sandbox_step_result s = { .stdout_text = STR("hola  \n") };
    struct exercise_test exact = wants_text;
    exact.compare.mode = COMPARE_EXACT;
    CHECK_INT(decide(wants_text, s), VERDICT_PASSED);
    CHECK_INT(decide(exact, s), VERDICT_PRESENTATION);
    s.exit_code = 3;
    CHECK_INT(decide(wants_text, s), VERDICT_RUNTIME_ERROR);
    s = (struct sandbox_step_result){ .stdout_text = STR("chau\n") };
    CHECK_INT(decide(wants_text, s), VERDICT_WRONG_ANSWER);
}

TEST(a_package_with_a_wrong_literal_is_not_the_students_fault)
{
    struct exercise_test t = CALL_TEST("1 +");
    struct sandbox_step_result s = { .frames = 1, .has_value = true, .value = STR("2") };
    CHECK_INT(decide(t, s), VERDICT_JUDGE_ERROR);
}

/* --- grading --- */

static const struct exercise_test graded[] = {
    { .number = 1,
      .points_mp = 1000,
      .group = STR_INIT(""),
      .title = { STR_INIT("uno"), STR_INIT("one") },
      .call = STR_INIT("f(1)"),
      .value = STR_INIT("secreto1"),
      .kind = TEST_CALL },
    { .number = 2,
      .points_mp = 2000,
      .group = STR_INIT(""),
      .visibility = TEST_HIDDEN,
      .title = { STR_INIT("dos"), STR_INIT("two") },
      .call = STR_INIT("f(oculto)"),
      .value = STR_INIT("secreto2"),
      .kind = TEST_CALL },
    { .number = 3,
      .points_mp = 1000,
      .group = STR_INIT("g"),
      .visibility = TEST_HIDDEN,
      .title = { STR_INIT("tres"), STR_INIT("three") },
      .kind = TEST_CALL },
    { .number = 4,
      .points_mp = 3000,
      .group = STR_INIT("g"),
      .visibility = TEST_HIDDEN,
      .title = { STR_INIT("cuatro"), STR_INIT("four") },
      .kind = TEST_CALL },
};

static enum verdict verdict_of(char letter)
{
    switch (letter) {
    case 'p':
        return VERDICT_PASSED;
    case 'P':
        return VERDICT_PRESENTATION;
    case 'v':
        return VERDICT_VIOLATION;
    case 'j':
        return VERDICT_JUDGE_ERROR;
    case 's':
        return VERDICT_SKIPPED;
    default:
        return VERDICT_WRONG_ANSWER;
    }
}

/* verdicts: one letter a test: p passed, w wrong, P presentation, v violation, j judge error, s */
static struct judge_result grade(struct arena *a, const char *verdicts,
                                 enum exercise_group_rule rule, enum verdict whole)
{
    struct exercise_group *g = ARENA_NEW(a, struct exercise_group);
    *g = (struct exercise_group){ STR("g"), 3000, rule };
    struct exercise x = { .points_mp = 100'000, .groups = g, .group_count = 1 };
    struct judge_test *tests = ARENA_ARRAY(a, struct judge_test, strlen(verdicts));
    for (size_t i = 0; verdicts[i]; i++) {
        enum verdict v = verdict_of(verdicts[i]);
        tests[i] = (struct judge_test){ .test = &graded[i],
                                        .verdict = v,
                                        .points_mp = verdict_good(v) ? graded[i].points_mp : 0,
                                        .actual = STR("dicho"),
                                        .stdout_text = STR("") };
    }
    struct judge_result r = { .verdict = whole, .tests = tests, .test_count = strlen(verdicts) };
    judge_grade(&x, &r, a);
    return r;
}

TEST(a_mark_is_the_share_of_the_points_and_groups_follow_their_rule)
{
    static const struct {
        const char *verdicts;
        enum exercise_group_rule rule;
        enum verdict whole, verdict;
        int64_t score, passed, first_failed;
    } cases[] = {
        { "pppp", GROUP_ALL, VERDICT_NONE, VERDICT_ACCEPTED, 100'000, 4, 0 },
        { "pPpp", GROUP_ALL, VERDICT_NONE, VERDICT_ACCEPTED, 100'000, 4, 0 },
        { "wwww", GROUP_ALL, VERDICT_NONE, VERDICT_REJECTED, 0, 0, 1 },
        { "pwww", GROUP_ALL, VERDICT_NONE, VERDICT_PARTIAL, 16'667, 1, 2 },
        { "ppwp", GROUP_ALL, VERDICT_NONE, VERDICT_PARTIAL, 50'000, 3, 3 },
        { "ppwp", GROUP_SUM, VERDICT_NONE, VERDICT_PARTIAL, 87'500, 3, 3 },
        { "ppwp", GROUP_MIN, VERDICT_NONE, VERDICT_PARTIAL, 50'000, 3, 3 },
        { "pppv", GROUP_SUM, VERDICT_NONE, VERDICT_VIOLATION, 62'500, 3, 4 },
        { "pppj", GROUP_SUM, VERDICT_NONE, VERDICT_JUDGE_ERROR, 62'500, 3, 4 },
        { "ssss", GROUP_SUM, VERDICT_COMPILE_ERROR, VERDICT_COMPILE_ERROR, 0, 0, 1 },
        { "p", GROUP_SUM, VERDICT_NONE, VERDICT_ACCEPTED, 100'000, 1, 0 },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO_ARENA a = { 0 };
        struct judge_result r = grade(&a, cases[i].verdicts, cases[i].rule, cases[i].whole);
        CHECK_INT(r.verdict, cases[i].verdict);
        CHECK_INT(r.score_mp, cases[i].score);
        CHECK_INT(r.passed, cases[i].passed);
        CHECK_INT(r.first_failed, cases[i].first_failed);
        CHECK_INT(r.max_mp, 100'000);
        CHECK_STR(str_of(r.reasons[r.reason_count - 1].rule), "total");
    }
}

static struct judge_result grade_with(struct arena *a, enum exercise_effect effect, int64_t cap,
                                      bool unknown)
{
    struct exercise_rule *rule = ARENA_NEW(a, struct exercise_rule);
    struct judge_broken *broken = ARENA_NEW(a, struct judge_broken);
    struct judge_test *t = ARENA_NEW(a, struct judge_test);
    struct exercise x = { .points_mp = 100'000, .rules = rule, .rule_count = 1 };
    *rule = (struct exercise_rule){ .id = STR("sin-max"), .effect = effect, .cap_percent = cap };
    *broken = (struct judge_broken){ .rule = rule, .file = STR("main.py"), .unknown = unknown };
    *t = (struct judge_test){ .test = &graded[0],
                              .verdict = VERDICT_PASSED,
                              .points_mp = graded[0].points_mp };
    struct judge_result r = { .tests = t, .test_count = 1, .broken = broken, .broken_count = 1 };
    judge_grade(&x, &r, a);
    return r;
}

TEST(a_broken_rule_rejects_caps_or_warns_and_the_tests_are_counted_all_the_same)
{
    static const struct {
        enum exercise_effect effect;
        int64_t cap;
        bool unknown;
        enum verdict verdict;
        int64_t score;
    } cases[] = {
        { EFFECT_REJECT, 0, false, VERDICT_CONSTRUCT_VIOLATION, 0 },
        { EFFECT_CAP, 60, false, VERDICT_PARTIAL, 60'000 },
        { EFFECT_WARN, 0, false, VERDICT_ACCEPTED, 100'000 },
        { EFFECT_REJECT, 0, true, VERDICT_ACCEPTED, 100'000 },
        { EFFECT_CAP, 60, true, VERDICT_ACCEPTED, 100'000 },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO_ARENA a = { 0 };
        struct judge_result r = grade_with(&a, cases[i].effect, cases[i].cap, cases[i].unknown);
        bool capped = cases[i].effect == EFFECT_CAP && !cases[i].unknown;
        CHECK_INT(r.verdict, cases[i].verdict);
        CHECK_INT(r.score_mp, cases[i].score);
        CHECK_INT(r.passed, 1);
        CHECK_INT(r.reason_count, capped ? 3 : 2);
        CHECK(!capped || str_is(r.reasons[1].id, "sin-max"));
    }
}

static struct judge_result rules_on(struct arena *a, const char *main_text, const char *help_text,
                                    struct construct what)
{
    struct exercise_rule *rule = ARENA_NEW(a, struct exercise_rule);
    struct exercise_file *files = ARENA_ARRAY(a, struct exercise_file, 1);
    *rule =
        (struct exercise_rule){ .id = STR("r"), .what = what, .message = { STR("a"), STR("b") } };
    files[0] = (struct exercise_file){ .path = STR("given.py"), .editable = false };
    struct exercise x = { .rules = rule, .rule_count = 1, .files = files, .file_count = 1 };
    struct judge_files in = { .count = 3 };
    in.files[0] = (struct sandbox_file){ STR("main.py"), str_of(main_text) };
    in.files[1] = (struct sandbox_file){ STR("help.py"), str_of(help_text) };
    in.files[2] = (struct sandbox_file){ STR("given.py"), STR("for x in []: max(x)\n") };
    struct judge_result r = { 0 };
    judge_rules(&x, &in, a, &r);
    return r;
}

TEST(a_rule_is_asked_of_every_file_the_student_may_change)
{
    AUTO_ARENA a = { 0 };
    const struct construct no_max = { .kind = CONSTRUCT_NO_BUILTIN_MAX };
    const struct construct loop = { .kind = CONSTRUCT_MUST_LOOP };
    struct judge_result r = rules_on(&a, "x = 1\n", "y = 2\n  \nz = max(1, 2)\n", no_max);
    CHECK_INT(r.broken_count, 1);
    CHECK_STR(r.broken[0].file, "help.py");
    struct diagnostic d = judge_rule_diagnostic(&r.broken[0], &a);
    CHECK_STR(str_of(d.code), "construct.r");
    CHECK_STR(str_of(d.severity), "error");
    CHECK_INT(d.line, 3);
    CHECK_INT(d.column, 5);
    CHECK_INT(d.end_column, 8);
    CHECK_INT(rules_on(&a, "x = 1\n", "y = 2\n", no_max).broken_count, 0);
    CHECK_INT(rules_on(&a, "x = 1\n", "y = 2\n", loop).broken_count, 1);
    CHECK_INT(rules_on(&a, "x = 1\n", "while 1: break\n", loop).broken_count, 0);
}

TEST(a_rule_that_cannot_be_checked_says_so_and_has_no_effect)
{
    AUTO_ARENA a = { 0 };
    char *text = ARENA_ARRAY(&a, char, 65'551);
    memset(text, '(', 65'550);
    const struct construct no_max = { .kind = CONSTRUCT_NO_BUILTIN_MAX };
    struct judge_result r = rules_on(&a, text, "", no_max);
    CHECK_INT(r.broken_count, 1);
    CHECK(r.broken[0].unknown);
    CHECK_STR(str_of(judge_rule_diagnostic(&r.broken[0], &a).severity), "warning");
}

TEST(the_vector_has_one_letter_a_test)
{
    AUTO_ARENA a = { 0 };
    struct judge_result r = grade(&a, "pwjs", GROUP_SUM, VERDICT_NONE);
    CHECK_STR(judge_vector(&r, &a), "pfes");
}

TEST(a_student_never_sees_the_inside_of_a_hidden_test)
{
    AUTO_ARENA a = { 0 };
    struct judge_result r = grade(&a, "wwpp", GROUP_SUM, VERDICT_NONE);
    struct judge_view v = judge_student_view(&r, JUDGE_HIDDEN_COUNT, STR("es"), &a);
    CHECK_INT(v.test_count, 1);
    CHECK_INT(v.hidden_total, 3);
    CHECK_INT(v.hidden_passed, 2);
    CHECK_STR(v.tests[0].expected, "secreto1");
    v = judge_student_view(&r, JUDGE_HIDDEN_NAMES, STR("en"), &a);
    CHECK_INT(v.test_count, 2);
    CHECK_STR(v.tests[1].title, "two");
    CHECK(!v.tests[1].call.ptr && !v.tests[1].expected.ptr && !v.tests[1].actual.ptr &&
          !v.tests[1].stdin_text.ptr && !v.tests[1].id.ptr);
    v = judge_student_view(&r, JUDGE_HIDDEN_NONE, STR("es"), &a);
    CHECK_INT(v.hidden_total, API_ABSENT);
    CHECK_INT(v.test_count, 1);
}

/* --- diagnostics --- */

TEST(an_exception_of_python_gets_a_code_a_family_and_words)
{
    static const struct {
        const char *type, *message, *code, *family;
    } cases[] = {
        { "SyntaxError", "'(' was never closed", "python.SyntaxError.unclosed", "syntax" },
        { "SyntaxError", "expected ':'", "python.SyntaxError.colon", "syntax" },
        { "SyntaxError", "invalid syntax. Maybe you meant '==' or ':=' instead of '='?",
          "python.SyntaxError.assign_in_condition", "syntax" },
        { "SyntaxError", "invalid syntax", "python.SyntaxError", "syntax" },
        { "IndentationError", "unexpected indent", "python.IndentationError.unexpected", "syntax" },
        { "NameError", "name 'x' is not defined", "python.NameError", "name" },
        { "TypeError", "unsupported operand type(s) for +: 'NoneType' and 'int'",
          "python.TypeError.none", "null" },
        { "TypeError", "f() missing 1 required positional argument: 'x'",
          "python.TypeError.argument_missing", "type" },
        { "TypeError", "f() takes 1 positional argument but 2 were given",
          "python.TypeError.argument_count", "type" },
        { "AttributeError", "'NoneType' object has no attribute 'append'",
          "python.AttributeError.none", "null" },
        { "ValueError", "invalid literal for int() with base 10: 'a'", "python.ValueError.int",
          "value" },
        { "ZeroDivisionError", "division by zero", "python.ZeroDivisionError", "zero_division" },
        { "MiError", "mal", "python.other", "other" },
    };
    CHECK(diagnose_rules() >= 40);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO_ARENA a = { 0 };
        struct sandbox_exception e = { .type = str_of(cases[i].type),
                                       .message = str_of(cases[i].message),
                                       .line = 3 };
        struct diagnostic d = diagnose_python(&e, &a);
        CHECK_STR(str_of(d.code), cases[i].code);
        CHECK_STR(str_of(d.family), cases[i].family);
        CHECK(d.message.es.len && d.message.en.len && d.raw.len);
    }
}

TEST(verdict_names_go_both_ways)
{
    enum verdict v = VERDICT_NONE;
    CHECK(verdict_named(STR("idle_limit"), &v) && v == VERDICT_IDLE_LIMIT);
    CHECK(!verdict_named(STR("bad"), &v));
    CHECK(verdict_name(VERDICT_NONE) == NULL);
}
