#include "domain/submission/mutant.h"

#include "base/buf.h"
#include "support/check.h"

static void make(struct str source, struct arena *a, struct tree *t, struct mutant **list,
                 size_t *n)
{
    struct fail f = { 0 };
    CHECK_INT(tree_parse(source, TREE_PYTHON, INT64_C(10000000), a, t, &f), ERR_OK);
    CHECK(!t->errors);
    mutants_of(t, a, list, n);
}

static bool made(const char *source, const char *want)
{
    AUTO_ARENA a = { 0 };
    AUTO_TREE t = { 0 };
    struct mutant *list = NULL;
    size_t n = 0;
    make(str_of(source), &a, &t, &list, &n);
    for (size_t i = 0; i < n; i++)
        if (str_is(mutant_text(str_of(source), &list[i], &a), want))
            return true;
    return false;
}

TEST(each_kind_of_edit_is_made)
{
    static const struct {
        const char *source, *mutant;
    } cases[] = {
        { "a = b < c\n", "a = b <= c\n" },
        { "a = b < c\n", "a = b > c\n" },
        { "a = b == c\n", "a = b != c\n" },
        { "a = b in c\n", "a = b not in c\n" },
        { "a = b not in c\n", "a = b in c\n" },
        { "a = b + c\n", "a = b - c\n" },
        { "a = b // c\n", "a = b / c\n" },
        { "a += b\n", "a -= b\n" },
        { "a = b and c\n", "a = b or c\n" },
        { "if a: b()\n", "if not (a): b()\n" },
        { "a = 7\n", "a = 8\n" },
        { "a = 7\n", "a = 6\n" },
        { "a = 0\n", "a = (-1)\n" },
        { "a = 'x'\n", "a = ''\n" },
        { "a = True\n", "a = False\n" },
        { "a = [1]\n", "a = []\n" },
        { "a = 1\nb = 2\n", "pass\nb = 2\n" },
        { "def f():\n    return 1\n", "def f():\n    return None\n" },
        { "def f(a):\n    b = a\n    return b\n",
          "def f(a):\n    b = a\n    return\n    return b\n" },
        { "for i in a:\n    b(i)\n", "for i in a:\n    b(i)\n    break\n" },
        { "a = b[i:j]\n", "a = b[(i) + 1:j]\n" },
        { "a = b[i:j]\n", "a = b[i:(j) - 1]\n" },
        { "a = range(n)\n", "a = range((n) + 1)\n" },
        { "while a:\n    break\n", "while a:\n    continue\n" },
        { "if a:\n    b\nelse:\n    c\n", "if a:\n    b\n\n" },
        { "f(a, b)\n", "f(b, a)\n" },
        { "a = b[i]\n", "a = b[(i) - 1]\n" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_true(made(cases[i].source, cases[i].mutant), cases[i].mutant, __FILE__, __LINE__);
}

static const char *const program = "def f(xs):\n    \"\"\"What it does.\"\"\"\n    best = xs[0]\n"
                                   "    for x in xs[1:]:\n        if x > best and x != 3:\n"
                                   "            best = x\n        else:\n            best += 1\n"
                                   "    return best\n";

TEST(every_mutant_differs_from_the_program_and_from_the_others)
{
    AUTO_ARENA a = { 0 };
    AUTO_TREE t = { 0 };
    struct mutant *list = NULL;
    size_t n = 0;
    make(str_of(program), &a, &t, &list, &n);
    CHECK(n > 25);
    for (size_t i = 0; i < n; i++) {
        struct str one = mutant_text(str_of(program), &list[i], &a);
        CHECK(!str_is(one, program));
        for (size_t k = 0; k < i; k++)
            CHECK(!str_eq(one, mutant_text(str_of(program), &list[k], &a)));
    }
}

TEST(a_sample_has_the_asked_size_keeps_the_order_and_depends_on_the_seed_alone)
{
    AUTO_ARENA a = { 0 };
    AUTO_TREE t = { 0 }, u = { 0 };
    struct mutant *x = NULL, *y = NULL;
    size_t n = 0, m = 0, differ = 0;
    make(str_of(program), &a, &t, &x, &n);
    make(str_of(program), &a, &u, &y, &m);
    CHECK_INT(mutants_sample(x, n, 10, 7), 10);
    CHECK_INT(mutants_sample(y, m, 10, 7), 10);
    for (size_t i = 0; i < 10; i++)
        CHECK(x[i].from == y[i].from && str_eq(x[i].with, y[i].with));
    for (size_t i = 1; i < 10; i++)
        CHECK(x[i].line >= x[i - 1].line);
    tree_release(&u);
    make(str_of(program), &a, &u, &y, &m);
    CHECK_INT(mutants_sample(y, m, 10, 8), 10);
    for (size_t i = 0; i < 10; i++)
        differ += x[i].from != y[i].from || !str_eq(x[i].with, y[i].with);
    CHECK(differ);
    tree_release(&u);
    make(str_of(program), &a, &u, &y, &m);
    CHECK_INT(mutants_sample(y, m, 1000, 8), m);
}

TEST(a_mutant_is_named_on_one_line)
{
    AUTO_ARENA a = { 0 };
    struct str source = STR("if a:\n    b\nelse:\n    c\n");
    struct mutant m = { "dropped branch", 12, 23, 3, STR("") };
    CHECK_STR(mutant_words(source, &m, &a), "dropped branch: else:     c -> ");
}
