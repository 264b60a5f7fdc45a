#include "base/buf.h"
#include "io/clock/clock.h"
#include "io/tree/tree.h"
#include "support/check.h"

struct found {
    const struct tree *t;
    struct buf b;
    size_t most;
};

static bool note(void *ctx, const struct tree_match *m)
{
    struct found *x = ctx;
    for (size_t i = 0; i < m->count; i++) {
        buf_putf(&x->b, "%s=", m->captures[i].name);
        buf_put(&x->b, tree_text(x->t, m->captures[i].node));
        buf_putc(&x->b, ' ');
    }
    return !x->most || --x->most;
}

static struct tree_query query(enum tree_lang lang, const char *pattern)
{
    struct tree_query q;
    struct fail f = { 0 };
    CHECK_INT(tree_query_new(lang, str_of(pattern), &q, &f), ERR_OK);
    return q;
}

static void search(const char *pattern, struct str text, size_t most, const char *want)
{
    AUTO_ARENA a = { 0 };
    AUTO_TREE t = { 0 };
    AUTO_TREE_QUERY q = query(TREE_PYTHON, pattern);
    struct fail f = { 0 };
    CHECK_INT(tree_parse(text, TREE_PYTHON, TREE_PARSE_US, &a, &t, &f), ERR_OK);
    struct found x = { .t = &t, .b = { .max = 4096 }, .most = most };
    struct tree_search s = { .tree = &t, .budget_us = TREE_QUERY_US, .each = note, .ctx = &x };
    CHECK_INT(tree_query_run(&q, &s, &f), ERR_OK);
    CHECK_STR(buf_str(&x.b), want);
    buf_release(&x.b);
}

TEST(every_match_is_told_with_its_captures)
{
    search("(call function: (identifier) @f) @call", STR("a(1)\nb(c(2))\n"), 0,
           "call=a(1) f=a call=b(c(2)) f=b call=c(2) f=c ");
}

TEST(a_search_ends_when_the_caller_has_seen_enough)
{
    search("(identifier) @x", STR("a\nb\nc\n"), 2, "x=a x=b ");
}

TEST(text_predicates_compare_captures_and_strings)
{
    struct str text = STR("a = a\nb = c\nsort(x)\nmax(y)\n");
    search("(assignment left: (_) @l right: (_) @r (#eq? @l @r)) ", text, 0, "l=a r=a ");
    search("(assignment left: (_) @l right: (_) @r (#not-eq? @l @r))", text, 0, "l=b r=c ");
    search("(call function: (_) @f (#any-of? @f \"sort\" \"max\"))", text, 0, "f=sort f=max ");
    search("(call function: (_) @f (#not-any-of? @f \"sort\" \"min\"))", text, 0, "f=max ");
}

TEST(a_search_stays_inside_its_node)
{
    AUTO_ARENA a = { 0 };
    AUTO_TREE t = { 0 };
    AUTO_TREE_QUERY q = query(TREE_PYTHON, "(integer) @n");
    struct fail f = { 0 };
    CHECK_INT(tree_parse(STR("1\ndef f():\n    2\n3\n"), TREE_PYTHON, TREE_PARSE_US, &a, &t, &f),
              ERR_OK);
    uint16_t function = tree_kind(TREE_PYTHON, "function_definition", true);
    uint32_t at = 0;
    while (t.nodes[at].kind != function)
        at++;
    struct found x = { .t = &t, .b = { .max = 4096 } };
    struct tree_search s = {
        .tree = &t, .within = at, .budget_us = TREE_QUERY_US, .each = note, .ctx = &x
    };
    CHECK_INT(tree_query_run(&q, &s, &f), ERR_OK);
    CHECK_STR(buf_str(&x.b), "n=2 ");
    buf_release(&x.b);
}

TEST(a_pattern_that_cannot_be_used_is_refused_with_its_reason)
{
    static const struct {
        const char *pattern, *detail;
    } cases[] = {
        { "(no_such_thing) @x", "unknown kind at byte 1" },
        { "(call nofield: (_)) @x", "unknown field at byte 6" },
        { "(call", "syntax at byte 9" },
        { "(call) @x (", "syntax at byte 15" },
        { "(identifier)", "pattern 1 captures nothing" },
        { "((identifier) @x (#match? @x \"a\"))", "pattern 1: predicate #match?" },
        { "((identifier) @x (#eq? @x))", "pattern 1: predicate #eq?" },
        { "((identifier) @x (#eq? \"a\" @x))", "pattern 1: predicate #eq?" },
        { "", "no pattern" },
        { "; only words", "no pattern" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct tree_query q;
        struct fail f = { 0 };
        CHECK_INT(tree_query_new(TREE_PYTHON, str_of(cases[i].pattern), &q, &f), ERR_INPUT);
        CHECK_STR(str_of(f.hint), "tree.query");
        CHECK_STR(str_of(f.detail), cases[i].detail);
        CHECK(!q.query);
    }
}

static struct str repeated(struct arena *a, const char *part, size_t bytes)
{
    size_t n = strlen(part);
    char *p = ARENA_ARRAY(a, char, bytes + 1);
    for (size_t i = 0; i < bytes; i++)
        p[i] = part[i % n];
    return (struct str){ p, bytes };
}

static bool never(void *ctx, const struct tree_match *m)
{
    (void)ctx;
    (void)m;
    return true;
}

static enum err run_on(const char *pattern, struct str text, int64_t budget_us, struct fail *f)
{
    AUTO_ARENA a = { 0 };
    AUTO_TREE t = { 0 };
    AUTO_TREE_QUERY q = query(TREE_PYTHON, pattern);
    CHECK_INT(tree_parse(text, TREE_PYTHON, INT64_C(20000000), &a, &t, f), ERR_OK);
    struct tree_search s = { .tree = &t, .budget_us = budget_us, .each = never };
    int64_t from = clock_after(0);
    enum err e = tree_query_run(&q, &s, f);
    CHECK(clock_after(0) - from < 20 * budget_us + 20'000);
    return e;
}

TEST(a_search_stops_at_its_budget_though_nothing_matches)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct str text = repeated(&a, "f(a, b)\n", 20'000);
    CHECK_INT(run_on("(class_definition) @x", text, 500, &f), ERR_TIMEOUT);
    CHECK_STR(str_of(f.hint), "tree.budget");
}

TEST(a_pattern_with_too_many_unfinished_matches_says_so)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct str text = repeated(&a, "f(a, b)\n", 800);
    CHECK_INT(run_on("(module (_) @a (_) @b (class_definition) @c)", text, 30'000'000, &f),
              ERR_LIMIT);
    CHECK_STR(str_of(f.hint), "tree.states");
}
