#include "domain/submission/submission.h"
#include "support/check.h"

#include <stdio.h>

TEST(outputs_are_compared_as_the_test_asks)
{
    static const struct {
        enum exercise_compare_mode mode;
        const char *want, *got;
        enum compare_outcome outcome;
    } cases[] = {
        { COMPARE_EXACT, "a\nb\n", "a\r\nb\r\n", COMPARE_SAME },
        { COMPARE_EXACT, "a\n", "a", COMPARE_SPACE_ONLY },
        { COMPARE_EXACT, "a\n", "b\n", COMPARE_DIFFERENT },
        { COMPARE_TRIMMED, "a\nb\n", "a  \nb\n\n\n", COMPARE_SAME },
        { COMPARE_TRIMMED, "a\nb\n", " a\nb\n", COMPARE_DIFFERENT },
        { COMPARE_TRIMMED, "a\n\nb", "a\nb", COMPARE_DIFFERENT },
        { COMPARE_TRIMMED, "", "\n", COMPARE_SAME },
        { COMPARE_TRIMMED,
          "ma\xc3\xb1"
          "ana",
          "man\xcc\x83"
          "ana\n",
          COMPARE_SAME },
        { COMPARE_TRIMMED, "\xff", "\xff", COMPARE_SAME },
        { COMPARE_TOKENS, "a b c", "a\n b\tc\n", COMPARE_SAME },
        { COMPARE_TOKENS, "a b", "ab", COMPARE_DIFFERENT },
        { COMPARE_TOKENS, "a", "", COMPARE_DIFFERENT },
        { COMPARE_FOLD, "Canción Ñandú", "CANCION  nandu", COMPARE_SAME },
        { COMPARE_FOLD, "a", "b", COMPARE_DIFFERENT },
        { COMPARE_NUMBER, "total 3.14", "total 3.1400001", COMPARE_SAME },
        { COMPARE_NUMBER, "total 3.14", "total 3.15", COMPARE_DIFFERENT },
        { COMPARE_NUMBER, "1000000000", "1000000000.5", COMPARE_SAME },
        { COMPARE_NUMBER, "x", "1", COMPARE_DIFFERENT },
        { COMPARE_REGEX, "\\d+ años?\n", "12 años\n", COMPARE_SAME },
        { COMPARE_REGEX, "\\d+", "12 x", COMPARE_DIFFERENT },
        { COMPARE_REGEX, "(a+)+b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac",
          COMPARE_DIFFERENT },
        { COMPARE_JSON, "{\"a\": 1, \"b\": [1.5]}", "{\"b\":[1.5000000001],\"a\":1}",
          COMPARE_SAME },
        { COMPARE_JSON, "{\"a\": 1}", "{\"a\": 1, \"b\": 2}", COMPARE_DIFFERENT },
        { COMPARE_JSON, "{\"a\": 1}", "{a: 1}", COMPARE_DIFFERENT },
        { COMPARE_CSV, "a,b\n1,2.0\n", "a, b\n1,2\n", COMPARE_SAME },
        { COMPARE_CSV, "\"a,b\",c\n", "\"a,b\",c", COMPARE_SAME },
        { COMPARE_CSV, "a,b\n", "a\nb\n", COMPARE_DIFFERENT },
        { COMPARE_CSV, "a,b\n", "a\n", COMPARE_DIFFERENT },
        { COMPARE_LINES_ANY_ORDER, "b\na\n", "a\nb\n", COMPARE_SAME },
        { COMPARE_LINES_ANY_ORDER, "b\na\n", "a\na\n", COMPARE_DIFFERENT },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO_ARENA a = { 0 };
        struct exercise_compare how = { .mode = cases[i].mode, .abs = 1e-6, .rel = 1e-9 };
        enum compare_outcome got =
            compare_texts(how, str_of(cases[i].want), str_of(cases[i].got), &a);
        if (got != cases[i].outcome)
            printf("# %zu: %s against %s\n", i, cases[i].want, cases[i].got);
        CHECK_INT(got, cases[i].outcome);
    }
    CHECK(compare_pattern_valid(STR("a|b")) && !compare_pattern_valid(STR("(a")));
}

TEST(an_output_is_shown_without_tricks)
{
    AUTO_ARENA a = { 0 };
    CHECK_STR(judge_visible_text(STR("a\r\nñ\t\x1b[31m"), 100, &a), "a\nñ\t\xe2\x90\x9b[31m");
    /* as bytes: in a literal, U+202E would turn round what follows it for who reads this file */
    static const unsigned char tricky[] = { 'x', 0, 'y', 0xff, 0xe2, 0x80, 0xae };
    struct str turned = { (const char *)tricky, sizeof(tricky) };
    CHECK_STR(judge_visible_text(turned, 100, &a), "x\xe2\x90\x80y\xef\xbf\xbd<U+202E>");
    CHECK_STR(judge_visible_text(STR("abcdef"), 3, &a), "abc");
    CHECK_STR(judge_visible_text(STR("abñ"), 3, &a), "ab");
    CHECK_STR(judge_visible_text(STR(""), 3, &a), "");
}
