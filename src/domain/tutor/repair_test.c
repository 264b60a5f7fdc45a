#include "domain/tutor/repair.h"
#include "support/check.h"

/* A program with its tree; both live as long as the arena. */
static struct program program(struct arena *a, const char *text)
{
    AUTO_TREE tree = { 0 };
    struct program p = { 0 };
    struct fail f = { 0 };
    CHECK_INT(tree_parse(str_of(text), TREE_PYTHON, TREE_PARSE_US, a, &tree, &f), ERR_OK);
    CHECK(program_of(&tree, a, &p));
    return p;
}

static struct str unedited(const struct program *p, struct arena *a)
{
    return program_edited(p, NULL, 0, a);
}

/* All edits that turn the first program into the second, made. */
static struct str made_like(const char *mine, const char *theirs, struct arena *a)
{
    struct program m = program(a, mine), t = program(a, theirs);
    struct edits e;
    align(&m, &t, a, &e);
    const struct edit **all = ARENA_ARRAY(a, const struct edit *, e.count + 1);
    for (size_t i = 0; i < e.count; i++)
        all[i] = &e.items[i];
    return program_edited(&m, all, e.count, a);
}

TEST(a_program_is_laid_out_in_statements_with_statements_inside)
{
    AUTO_ARENA a = { 0 };
    struct program p = program(&a, "import math\n"
                                   "def f(xs, n=1):\n"
                                   "    # a comment\n"
                                   "    for x in xs:\n"
                                   "        if x > n: return x\n"
                                   "        elif x == \"a, b\":\n"
                                   "            n += 1\n"
                                   "        else:\n"
                                   "            pass\n"
                                   "    return None\n");
    CHECK_INT(p.count, 2);
    CHECK_INT(p.part_total, 10);
    CHECK_INT(p.parts[0].kind, PART_SIMPLE);
    const struct part *def = &p.parts[1];
    CHECK_INT(def->kind, PART_DEF);
    CHECK_INT(def->inside_count, 2);
    const struct part *loop = &def->inside[0];
    CHECK_INT(loop->kind, PART_FOR);
    CHECK_INT(loop->line, 4);
    CHECK_INT(loop->inside_count, 3);
    CHECK_INT(loop->inside[1].kind, PART_ELIF);
    CHECK_INT(loop->inside[2].kind, PART_ELSE);
    CHECK_INT(def->inside[1].line, 10);
    const struct part *elif = &loop->inside[1]; /* elif x == "a, b" : */
    CHECK_INT(elif->count, 5);
    CHECK(p.tokens[elif->first + 1].own);
    CHECK(!p.tokens[elif->first + 3].own);
}

TEST(an_unedited_program_means_the_same)
{
    AUTO_ARENA a = { 0 };
    struct program p = program(&a, "def f(x):\n"
                                   "  if x: return (1 +  # one\n"
                                   "     2)\n"
                                   "  y = 'é'; return y\n");
    CHECK_STR(unedited(&p, &a), "def f(x):\n"
                                "    if x:\n"
                                "        return (1 +\n2)\n"
                                "    y = 'é'\n"
                                "    return y\n");
}

TEST(code_that_does_not_parse_is_no_program)
{
    AUTO_ARENA a = { 0 };
    AUTO_TREE tree = { 0 };
    struct program p;
    struct fail f = { 0 };
    CHECK_INT(tree_parse(STR("def f(:\n  return\n"), TREE_PYTHON, TREE_PARSE_US, &a, &tree, &f),
              ERR_OK);
    CHECK(!program_of(&tree, &a, &p));
}

TEST(a_program_too_large_to_align_is_refused)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF text = { .max = 1 << 20 };
    AUTO_TREE tree = { 0 };
    struct program p;
    struct fail f = { 0 };
    for (int i = 0; i < REPAIR_PARTS + 1; i++)
        buf_put(&text, STR("x = 1\n"));
    CHECK_INT(tree_parse(buf_str(&text), TREE_PYTHON, TREE_PARSE_US, &a, &tree, &f), ERR_OK);
    CHECK(!program_of(&tree, &a, &p));
}

TEST(a_correct_program_is_written_in_the_students_names)
{
    AUTO_ARENA a = { 0 };
    CHECK_STR(made_like("def suma(lista):\n"
                        "    t = 1\n"
                        "    for e in lista:\n"
                        "        t += e\n"
                        "    return t\n",
                        "def suma(xs):\n"
                        "    total = 0\n"
                        "    for x in xs:\n"
                        "        total += x\n"
                        "    return total\n",
                        &a),
              "def suma(lista):\n"
              "    t = 0\n"
              "    for e in lista:\n"
              "        t += e\n"
              "    return t\n");
}

TEST(missing_and_superfluous_statements_are_found_with_their_lines)
{
    AUTO_ARENA a = { 0 };
    struct program m = program(&a, "def f(xs):\n"       /* 1 */
                                   "    n = 0\n"        /* 2 */
                                   "    print(n)\n"     /* 3 */
                                   "    for x in xs:\n" /* 4 */
                                   "        n += x\n"); /* 5 */
    struct program t = program(&a, "def f(xs):\n"
                                   "    n = 0\n"
                                   "    for x in xs:\n"
                                   "        n += x\n"
                                   "    return n\n");
    struct edits e;
    align(&m, &t, &a, &e);
    CHECK_INT(e.count, 2);
    CHECK_INT(e.items[0].kind, EDIT_INSERT);
    CHECK_STR(e.items[0].text, "return n\n");
    CHECK_INT(e.items[0].line, 4);
    CHECK_INT(e.items[1].kind, EDIT_DELETE);
    CHECK_INT(e.items[1].line, 3);
}

static bool proposes(const char *text, const char *wanted)
{
    AUTO_ARENA a = { 0 };
    struct program p = program(&a, text);
    bool *lines = ARENA_ARRAY(&a, bool, 32);
    struct changes c = { ARENA_ARRAY(&a, struct change, 2'000), 0, 2'000 };
    memset(lines, true, 32);
    small_changes(&p, lines, 31, &a, &c);
    for (size_t i = 0; i < c.count; i++)
        if (str_is(program_edited(&p, c.items[i].edits, c.items[i].count, &a), wanted))
            return true;
    return false;
}

TEST(common_slips_are_among_the_small_changes)
{
    static const struct {
        const char *before, *after;
    } slips[] = {
        { "def f(n):\n    return range(n)\n", "def f(n):\n    return range(n + 1)\n" },
        { "def f(a, b):\n    return a + b / 2\n", "def f(a, b):\n    return (a + b) / 2\n" },
        { "def f(s):\n    s.strip()\n    return s\n",
          "def f(s):\n    s = s.strip()\n    return s\n" },
        { "def f(x):\n    print(x)\n", "def f(x):\n    return (x)\n" },
        { "def f(x):\n    y = x\n", "def f(x):\n    y = x\n    return y\n" },
        { "def f(xs):\n    m = 0\n    return m\n", "def f(xs):\n    m = xs[0]\n    return m\n" },
        { "def f(xs):\n    for x in xs:\n        return x\n",
          "def f(xs):\n    for x in xs:\n        pass\n    return x\n" },
        { "def f(a):\n    if a > 1:\n        return true\n",
          "def f(a):\n    if a >= 1:\n        return true\n" },
        { "def f(a):\n    return true\n", "def f(a):\n    return True\n" },
        { "def f(a):\n    return a[-1:]\n", "def f(a):\n    return a[::-1]\n" },
    };
    for (size_t i = 0; i < COUNT_OF(slips); i++)
        if (!proposes(slips[i].before, slips[i].after))
            check_true(false, slips[i].after, __FILE__, __LINE__);
}

/* --- with real boxes --- */

static void sandbox_end(struct sandbox **s)
{
    sandbox_close(*s);
}

static struct repair searched(struct sandbox *s, const struct exercise *x, const char *text,
                              size_t lines, struct arena *a)
{
    struct repair out;
    struct fail f = { 0 };
    const struct repair_job job = { .exercise = x,
                                    .text = str_of(text),
                                    .line_count = lines,
                                    .witness = &x->tests[0],
                                    .budget_us = 20'000'000,
                                    .env = &env_real };
    CHECK_INT(repair_search(s, &job, a, &out, &f), ERR_OK);
    return out;
}

TEST(a_repair_is_found_only_when_every_test_passes)
{
    __attribute__((cleanup(sandbox_end))) struct sandbox *s = NULL;
    AUTO_ARENA a = { 0 };
    struct exercise *x = NULL;
    struct fail f = { 0 };
    enum err e = sandbox_open(&s, &(struct sandbox_conf){ .pool = 3 }, &f);
    if (e == ERR_FORBIDDEN)
        TEST_SKIP("this machine lacks a layer of isolation (ainative-sandbox check names it)");
    CHECK_INT(e, ERR_OK);
    CHECK_INT(exercise_from_assets(STR("marea-mas-alta"), &a, &x, &f), ERR_OK);
    struct repair r = searched(s, x,
                               "def marea_mas_alta(alturas):\n"
                               "    alto = alturas[0]\n"
                               "    lugar = 0\n"
                               "    for i in range(2, len(alturas)):\n" /* 4: from 1 */
                               "        if alturas[i] > alto:\n"
                               "            alto = alturas[i]\n"
                               "            lugar = i\n"
                               "    return (alto, lugar)\n",
                               8, &a);
    CHECK(r.found);
    CHECK(r.lines[4] > 0.99);
    CHECK(r.size_e6 > 0 && r.size_e6 < 100'000);
    r = searched(s, x, "def marea_mas_alta(alturas):\n    import antigravity\n    return 7\n", 3,
                 &a);
    CHECK(!r.found); /* replacing everything is no repair */
}
