#include "domain/submission/submission.h"
#include "support/check.h"

#include <stdio.h>

static struct value python(struct arena *a, const char *text)
{
    struct fail f = { 0 };
    struct value v = { 0 };
    if (value_from_python(str_of(text), a, &v, &f))
        printf("# %s: %s\n", text, f.detail);
    CHECK(f.code == ERR_OK);
    return v;
}

static struct value tagged(struct arena *a, const char *text)
{
    struct value v = { 0 };
    CHECK(value_from_tagged(str_of(text), a, &v));
    return v;
}

TEST(a_literal_is_written_back_as_python_writes_it)
{
    static const struct {
        const char *text, *repr;
    } cases[] = {
        { "None", "None" },
        { " True ", "True" },
        { "0", "0" },
        { "-0", "0" },
        { "1_000", "1000" },
        { "0xFF", "255" },
        { "0b101", "5" },
        { "123456789012345678901234567890", "123456789012345678901234567890" },
        { "-5", "-5" },
        { "2.5", "2.5" },
        { "1e3", "1000.0" },
        { "1e16", "1e+16" },
        { "0.0001", "0.0001" },
        { "1e-05", "1e-05" },
        { "0.1", "0.1" },
        { "100.", "100.0" },
        { "-.5", "-0.5" },
        { "123456.789", "123456.789" },
        { "float('inf')", "inf" },
        { "-float('inf')", "-inf" },
        { "'a'", "'a'" },
        { "\"it's\"", "\"it's\"" },
        { "'a\\n\\x41\\u00f1\\\\'", "'a\\nAñ\\\\'" },
        { "'a' \"b\"", "'ab'" },
        { "'''x\ny'''", "'x\\ny'" },
        { "r'\\d'", "'\\\\d'" },
        { "b'\\x00a'", "b'\\x00a'" },
        { "[1, 2,]", "[1, 2]" },
        { "()", "()" },
        { "(1)", "1" },
        { "(1,)", "(1,)" },
        { "1, 2", "(1, 2)" },
        { "{}", "{}" },
        { "{'a': 1, 'b': [2, (3,)]}", "{'a': 1, 'b': [2, (3,)]}" },
        { "{1, 2}", "{1, 2}" },
        { "set()", "set()" },
        { "[['roja'], 2, 0]", "[['roja'], 2, 0]" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO_ARENA a = { 0 };
        struct value v = python(&a, cases[i].text);
        CHECK_STR(value_repr(&v, 4096, &a), cases[i].repr);
    }
}

TEST(what_is_not_a_literal_is_refused)
{
    static const char *const bad[] = { "",      "x",     "1 2",   "[1",        "f(1)",
                                       "'a",    "'\\q'", "1+1",   "{1: 2, 3}", "{1, 2: 3}",
                                       "01",    "1__0",  "None1", "b'ñ'",      "f'x'",
                                       "[1 2]", "1e",    "0x",    "'a' b'b'",  "float('x')",
                                       "..",    "-",     "(,)",   "[,]" };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        AUTO_ARENA a = { 0 };
        struct fail f = { 0 };
        struct value v;
        enum err code = value_from_python(str_of(bad[i]), &a, &v, &f);
        if (!code)
            printf("# accepted: %s\n", bad[i]);
        CHECK_INT(code, ERR_INPUT);
    }
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 1000 };
    struct fail f = { 0 };
    struct value v;
    for (int i = 0; i < 65; i++)
        buf_putc(&b, '[');
    for (int i = 0; i < 65; i++)
        buf_putc(&b, ']');
    CHECK_INT(value_from_python(buf_str(&b), &a, &v, &f), ERR_INPUT);
}

TEST(values_are_compared_by_type_and_with_tolerance)
{
    static const struct {
        const char *want, *got;
        bool strict, loose;
    } cases[] = {
        { "1", "1", true, true },
        { "1", "true", false, true },
        { "1", "1.0", false, true },
        { "1.0", "1", false, true },
        { "True", "true", true, true },
        { "False", "0", false, true },
        { "None", "null", true, true },
        { "None", "{\"$none\":1}", true, true },
        { "'1'", "1", false, false },
        { "0.3", "0.30000000000000004", true, true },
        { "0.3", "0.3001", false, false },
        { "float('nan')", "{\"$float\":\"nan\"}", true, true },
        { "float('inf')", "{\"$float\":\"-inf\"}", false, false },
        { "[1, 2]", "[1,2]", true, true },
        { "[1, 2]", "[2,1]", false, false },
        { "[1, 2]", "{\"$tuple\":[1,2]}", false, true },
        { "(1, [2])", "{\"$tuple\":[1,[2]]}", true, true },
        { "{1, 2, 3}", "{\"$set\":[3,1,2]}", true, true },
        { "{1, 2, 3}", "{\"$set\":[3,1]}", false, false },
        { "{1}", "[1]", false, false },
        { "{'a': 1, 'b': 2}", "{\"b\":2,\"a\":1}", true, true },
        { "{'a': 1}", "{\"$dict\":[[\"a\",1]]}", true, true },
        { "{1: {2}}", "{\"$dict\":[[1,{\"$set\":[2]}]]}", true, true },
        { "{'a': 1}", "{\"a\":2}", false, false },
        { "12345678901234567890", "{\"$int\":\"12345678901234567890\"}", true, true },
        { "12345678901234567890", "{\"$int\":\"12345678901234567891\"}", false, false },
        { "b'ab'", "{\"$bytes\":\"YWI=\"}", true, true },
        { "'ab'", "{\"$bytes\":\"YWI=\"}", false, false },
        { "1", "{\"$obj\":{\"type\":\"Fraction\",\"repr\":\"1\"}}", false, false },
        { "{(1, 2), (0, 5)}", "{\"$set\":[{\"$tuple\":[0,5]},{\"$tuple\":[1,2]}]}", true, true },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO_ARENA a = { 0 };
        struct value want = python(&a, cases[i].want), got = tagged(&a, cases[i].got);
        if (value_equal(&want, &got, false, &a) != cases[i].strict ||
            value_equal(&want, &got, true, &a) != cases[i].loose)
            printf("# %s against %s\n", cases[i].want, cases[i].got);
        CHECK(value_equal(&want, &got, false, &a) == cases[i].strict);
        CHECK(value_equal(&want, &got, true, &a) == cases[i].loose);
    }
}

TEST(a_value_frame_that_is_not_tagged_json_is_no_value)
{
    static const char *const bad[] = { "",
                                       "{",
                                       "{\"$tuple\":1}",
                                       "{\"$int\":\"1x\"}",
                                       "{\"$float\":\"1\"}",
                                       "{\"$dict\":[[1]]}",
                                       "{\"$x\":1}",
                                       "{\"$bytes\":\"*\"}",
                                       "{\"$obj\":{}}",
                                       "[1] [2]" };
    AUTO_ARENA a = { 0 };
    struct value v;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK(!value_from_tagged(str_of(bad[i]), &a, &v));
}

TEST(a_long_value_is_cut_where_it_is_shown)
{
    AUTO_ARENA a = { 0 };
    struct value v = python(&a, "'ñññññññññ'");
    CHECK_STR(value_repr(&v, 8, &a), "'ññ...");
}
