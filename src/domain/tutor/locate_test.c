#include "domain/tutor/tutor_priv.h"
#include "support/check.h"

#include <stdio.h>

TEST(ochiai_gives_the_worked_values)
{
    CHECK_NEAR(ochiai(1, 0, 0), 1.0, 1e-12);
    CHECK_NEAR(ochiai(2, 0, 2), 0.70710678118654752, 1e-12);
    CHECK_NEAR(ochiai(1, 1, 1), 0.5, 1e-12);
    CHECK_NEAR(ochiai(0, 2, 3), 0, 0);
    CHECK_NEAR(ochiai(0, 0, 0), 0, 0);
}

/* mid(x, y, z) of Jones & Harrold with five passing and one failing test, fault in the seventh
 * line: it alone has 1 / sqrt(1 * 2). */
TEST(the_line_that_only_failing_tests_share_comes_first)
{
    static const int32_t t1[] = { 1, 2, 3, 4, 6, 7, 13 }, t2[] = { 1, 2, 3, 4, 5, 13 };
    static const int32_t t3[] = { 1, 2, 3, 8, 9, 10, 13 }, t4[] = { 1, 2, 3, 8, 9, 11, 13 };
    static const int32_t t5[] = { 1, 2, 3, 4, 6, 13 }, t6[] = { 1, 2, 3, 4, 6, 7, 13 };
    const struct spectrum spectra[] = { { false, t1, COUNT_OF(t1) }, { false, t2, COUNT_OF(t2) },
                                        { false, t3, COUNT_OF(t3) }, { false, t4, COUNT_OF(t4) },
                                        { false, t5, COUNT_OF(t5) }, { true, t6, COUNT_OF(t6) } };
    AUTO_ARENA a = { 0 };
    struct ranked *r = NULL;
    size_t n = locate(&(struct locate_in){ .spectra = spectra,
                                           .spectrum_count = COUNT_OF(spectra),
                                           .line_count = 13 },
                      &a, &r);
    CHECK_INT(n, 7);
    CHECK_INT(r[0].line, 7);
    CHECK_NEAR(r[0].ochiai, 0.70710678118654752, 1e-12);
    CHECK_NEAR(r[1].ochiai, 0.57735026918962576, 1e-12);
    CHECK_INT(r[1].line, 6);
}

TEST(the_slice_holds_what_the_result_depends_on)
{
    AUTO_SYNTAX s = syntax_parse(STR("def f(xs):\n"         /* 1 */
                                     "    total = 0\n"      /* 2 */
                                     "    seen = 0\n"       /* 3 */
                                     "    for x in xs:\n"   /* 4 */
                                     "        seen += 1\n"  /* 5 */
                                     "        total += x\n" /* 6 */
                                     "    return total\n"));
    AUTO_ARENA a = { 0 };
    struct line_names *names = NULL;
    size_t lines = 0;
    syntax_names(&s, &a, &names, &lines);
    static const int32_t ran[] = { 2, 3, 4, 5, 6, 4, 5, 6, 4, 7 };
    bool slice[16] = { false };
    slice_back(names, lines, ran, COUNT_OF(ran), slice);
    static const bool want[] = { false, false, true, false, true, false, true, true };
    for (size_t i = 1; i < COUNT_OF(want); i++)
        CHECK(slice[i] == want[i]);
}

TEST(a_region_grows_from_the_statement_to_the_loop_to_the_function)
{
    AUTO_SYNTAX s = syntax_parse(STR("def f(xs):\n    t = 0\n    for x in xs:\n        t = (t +\n"
                                     "             x)\n    return t\n"));
    struct region r = syntax_region(&s, 4, 0);
    CHECK_INT(r.kind, REGION_STATEMENT);
    CHECK_INT(r.at.line, 4);
    CHECK_INT(r.at.line_end, 5);
    r = syntax_region(&s, 4, 1);
    CHECK_INT(r.kind, REGION_LOOP);
    CHECK_INT(r.at.line, 3);
    r = syntax_region(&s, 4, 2);
    CHECK_INT(r.kind, REGION_FUNCTION);
    CHECK_INT(r.at.line, 1);
    r = syntax_region(&s, 3, 0);
    CHECK_INT(r.kind, REGION_LOOP);
    CHECK_INT(r.at.line_end, 3);
}

TEST(layout_and_comments_do_not_change_the_shape)
{
    AUTO_ARENA a = { 0 };
    AUTO_SYNTAX one = syntax_parse(STR("def f(a):\n    # why\n    return a+1\n"));
    AUTO_SYNTAX two = syntax_parse(STR("def f( a ):\n\n  return a + 1\n"));
    AUTO_SYNTAX other = syntax_parse(STR("def f(a):\n    return a+2\n"));
    CHECK(str_eq(syntax_shape(&one, &a), syntax_shape(&two, &a)));
    CHECK(!str_eq(syntax_shape(&one, &a), syntax_shape(&other, &a)));
    AUTO_SYNTAX empty = syntax_parse(STR("# only this\n\n"));
    CHECK(syntax_is_empty(&empty) && !syntax_is_empty(&one));
}

TEST(the_smallest_failing_case_is_the_witness_and_order_breaks_ties)
{
    const struct exercise_test big = { .number = 1, .call = STR("f([1, 2, 3])") };
    const struct exercise_test small = { .number = 2, .call = STR("f([])") };
    const struct exercise_test same = { .number = 3, .call = STR("f([])") };
    const struct judge_test tests[] = { { .test = &big, .verdict = VERDICT_WRONG_ANSWER },
                                        { .test = &small, .verdict = VERDICT_WRONG_ANSWER },
                                        { .test = &same, .verdict = VERDICT_RUNTIME_ERROR } };
    CHECK_INT(witness_choose(tests, 3), 1);
    CHECK_INT(witness_choose(tests, 1), 0);
    CHECK(witness_choose(tests, 0) == SIZE_MAX);
    CHECK(input_tokens(&small) < input_tokens(&big));
}
