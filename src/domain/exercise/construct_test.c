#include "domain/exercise/construct.h"

#include "base/buf.h"
#include "io/folder/folder.h"
#include "support/check.h"

#include <stdio.h>

enum { SNIPPETS_EACH = 5 };

static bool broken(const struct construct *c, struct str text, struct construct_place *at)
{
    AUTO_ARENA a = { 0 };
    AUTO_TREE t = { 0 };
    struct fail f = { 0 };
    bool out = false;
    CHECK_INT(tree_parse(text, c->lang, 100 * (int64_t)TREE_PARSE_US, &a, &t, &f), ERR_OK);
    CHECK_INT(construct_broken(c, &t, &a, &out, at, &f), ERR_OK);
    return out;
}

/* The lines of one snippet, without the two signs before each. */
static struct str take_snippet(struct str *rest, bool *breaks, struct arena *a)
{
    AUTO_BUF b = { .max = 4096 };
    struct str line;
    *breaks = str_starts(*rest, STR("-"));
    for (bool first = true; rest->len; first = false) {
        bool more = first || str_starts(*rest, STR("  ")) || str_starts(*rest, STR("\n"));
        if (!more || !str_take_line(rest, &line))
            break;
        buf_put(&b, str_from(line, 2));
        buf_putc(&b, '\n');
    }
    CHECK(!b.truncated);
    return arena_dup(a, buf_str(&b));
}

struct tally {
    size_t breaking, keeping, wrong, rules;
};

static void check_enough(const struct tally *t, struct str rule)
{
    if (t->rules && (t->breaking < SNIPPETS_EACH || t->keeping < SNIPPETS_EACH)) {
        fprintf(stderr, "%.*s: %zu snippets break it, %zu keep it\n", STR_ARG(rule), t->breaking,
                t->keeping);
        CHECK(false);
    }
}

static void check_snippet(const struct construct *c, struct str rule, struct str text, bool breaks,
                          struct tally *t)
{
    struct construct_place at;
    t->breaking += breaks;
    t->keeping += !breaks;
    if (broken(c, text, &at) == breaks)
        return;
    fprintf(stderr, "%s, %.*s should%s be broken by:\n%.*s\n", tree_lang_name(c->lang),
            STR_ARG(rule), breaks ? "" : " not", STR_ARG(text));
    t->wrong++;
}

static size_t check_language(enum tree_lang lang)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct str text, line, rule = STR("");
    struct construct c = { .lang = lang };
    struct tally t = { 0 };
    struct str path = arena_fmt(&a, "test/data/constructs/%s.txt", tree_lang_name(lang));
    CHECK_INT(folder_read_file(path, 1 << 20, &a, &text, &f), ERR_OK);
    while (text.len) {
        if (str_starts(text, STR("= "))) {
            check_enough(&t, rule);
            t = (struct tally){ .wrong = t.wrong, .rules = t.rules + 1 };
            CHECK(str_take_line(&text, &line));
            rule = str_from(line, 2);
            c = (struct construct){ .lang = lang };
            CHECK_INT(construct_read(rule, &a, &c, &f), ERR_OK);
        } else if (str_starts(text, STR("#"))) {
            CHECK(str_take_line(&text, &line));
        } else {
            bool breaks = false;
            struct str snippet = take_snippet(&text, &breaks, &a);
            check_snippet(&c, rule, snippet, breaks, &t);
        }
    }
    check_enough(&t, rule);
    CHECK_INT(t.wrong, 0);
    return t.rules;
}

TEST(each_rule_tells_breaking_from_innocent_programs_in_python)
{
    CHECK(check_language(TREE_PYTHON) >= 14);
}

TEST(each_rule_tells_breaking_from_innocent_programs_in_c)
{
    CHECK(check_language(TREE_C) >= 13);
}

TEST(each_rule_tells_breaking_from_innocent_programs_in_java)
{
    CHECK(check_language(TREE_JAVA) >= 12);
}

TEST(each_rule_tells_breaking_from_innocent_programs_in_javascript)
{
    CHECK(check_language(TREE_JAVASCRIPT) >= 14);
}

static bool reads(const char *text, enum tree_lang lang)
{
    AUTO_ARENA a = { 0 };
    struct construct c = { .lang = lang };
    struct fail f = { 0 };
    return construct_read(str_of(text), &a, &c, &f) == ERR_OK;
}

TEST(a_rule_that_cannot_be_is_refused)
{
    CHECK(reads("only_imports [a, b.c]", TREE_PYTHON) && reads("only_imports []", TREE_PYTHON));
    CHECK(reads("must_define f/0", TREE_C) && reads(" max_lines 10 ", TREE_C));
    static const char *const bad[] = { "",
                                       "no_lop",
                                       "no_loop f",
                                       "only_imports",
                                       "only_imports [a,,b]",
                                       "only_imports a",
                                       "no_print_in",
                                       "no_print_in a b",
                                       "must_define f",
                                       "must_define f/-1",
                                       "must_define /1",
                                       "max_lines",
                                       "max_lines 0",
                                       "max_lines 1.5" };
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        check_true(!reads(bad[i], TREE_PYTHON), bad[i], __FILE__, __LINE__);
    CHECK(!reads("no_goto", TREE_PYTHON) && !reads("no_eval", TREE_C));
    CHECK(!reads("must_use_class", TREE_JAVA));
}

TEST(a_rule_may_be_about_one_function_and_says_where_it_is_broken)
{
    struct construct c = { .kind = CONSTRUCT_NO_LOOP, .function = STR("f") };
    struct construct_place at;
    struct str text =
        STR("def g():\n    while 1: pass\ndef f():\n    x = 1\n    for y in x: pass\n");
    CHECK(broken(&c, text, &at));
    CHECK_INT(at.line, 5);
    CHECK_INT(at.column, 5);
    c.function = STR("g");
    CHECK(broken(&c, text, &at));
    CHECK_INT(at.line, 2);
    c.function = STR("absent");
    CHECK(!broken(&c, text, &at));
    c.kind = CONSTRUCT_MUST_LOOP;
    CHECK(broken(&c, text, &at));
    CHECK_INT(at.line, 1);
}

TEST(a_pattern_is_counted_between_its_bounds)
{
    struct construct c = { .query = STR("(call function: (identifier) @f (#eq? @f \"len\"))"),
                           .min = 1,
                           .max = 2 };
    struct construct_place at;
    struct fail f = { 0 };
    CHECK_INT(construct_query_check(&c, &f), ERR_OK);
    CHECK(broken(&c, STR("x = 1\n"), &at));
    CHECK(!broken(&c, STR("x = len(a)\n"), &at));
    CHECK(!broken(&c, STR("x = len(a)\ny = len(b)\n"), &at));
    CHECK(broken(&c, STR("x = len(a)\ny = len(b)\nz = len(c)\n"), &at));
    CHECK_INT(at.line, 3);
    CHECK_INT(at.column, 5);
    c.query = STR("(nothing) @x");
    CHECK_INT(construct_query_check(&c, &f), ERR_INPUT);
}

/* Many members and names, each looked up in the whole file. */
TEST(a_rule_on_a_hostile_program_ends_at_its_budget)
{
    AUTO_ARENA a = { 0 };
    AUTO_TREE t = { 0 };
    struct fail f = { 0 };
    struct construct c = { .kind = CONSTRUCT_NO_RECURSION };
    struct construct_place at;
    bool out = false;
    AUTO_BUF b = { .max = 1 << 17 };
    while (b.len < 40'000)
        buf_put(&b, STR("def f(a):\n  g.h(a)\n  b = a\n"));
    CHECK_INT(tree_parse(buf_str(&b), TREE_PYTHON, INT64_C(20000000), &a, &t, &f), ERR_OK);
    enum err e = construct_broken(&c, &t, &a, &out, &at, &f);
    CHECK(e == ERR_LIMIT || e == ERR_TIMEOUT);
    c.kind = CONSTRUCT_NO_BUILTIN_SORT;
    e = construct_broken(&c, &t, &a, &out, &at, &f);
    CHECK(e == ERR_OK || e == ERR_TIMEOUT);
}
