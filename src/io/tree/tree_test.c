#include "base/buf.h"
#include "io/clock/clock.h"
#include "io/tree/tree.h"
#include "support/check.h"

static void parse(struct str text, enum tree_lang lang, struct arena *a, struct tree *out)
{
    struct fail f = { 0 };
    CHECK_INT(tree_parse(text, lang, TREE_PARSE_US, a, out, &f), ERR_OK);
}

/* Kinds of the named nodes as an S-expression. */
static void put_node(const struct tree *t, uint32_t node, struct buf *b)
{
    buf_putf(b, "(%s", tree_kind_name(t->lang, t->nodes[node].kind));
    for (uint32_t c = tree_first(t, node); c != TREE_NONE; c = t->nodes[c].next)
        if (t->nodes[c].named)
            put_node(t, c, b);
    buf_putc(b, ')');
}

TEST(each_language_gives_its_own_tree)
{
    static const struct {
        enum tree_lang lang;
        const char *text, *want;
    } cases[] = {
        { TREE_PYTHON, "def f(x):\n    return x\n",
          "(module(function_definition(identifier)(parameters(identifier))"
          "(block(return_statement(identifier)))))" },
        { TREE_C, "int f(void) { return 1; }",
          "(translation_unit(function_definition(primitive_type)"
          "(function_declarator(identifier)(parameter_list(parameter_declaration("
          "primitive_type))))"
          "(compound_statement(return_statement(number_literal)))))" },
        { TREE_JAVA, "class A { int x; }",
          "(program(class_declaration(identifier)(class_body(field_declaration("
          "integral_type)(variable_declarator(identifier))))))" },
        { TREE_JAVASCRIPT, "let x = () => 1;",
          "(program(lexical_declaration(variable_declarator(identifier)"
          "(arrow_function(formal_parameters)(number)))))" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO_ARENA a = { 0 };
        AUTO_TREE t = { 0 };
        AUTO_BUF b = { .max = 4096 };
        enum tree_lang named = TREE_LANG_COUNT;
        parse(str_of(cases[i].text), cases[i].lang, &a, &t);
        put_node(&t, 0, &b);
        CHECK_STR(buf_str(&b), cases[i].want);
        CHECK(!t.errors);
        CHECK(tree_lang_named(str_of(tree_lang_name(cases[i].lang)), &named));
        CHECK_INT(named, cases[i].lang);
    }
    enum tree_lang none;
    CHECK(!tree_lang_named(STR("cobol"), &none));
}

/* What the header promises of the array, for any tree. */
static void check_links(const struct tree *t)
{
    CHECK(t->count > 0 && t->nodes[0].end == t->count && t->nodes[0].parent == TREE_NONE);
    for (uint32_t i = 1; i < t->count; i++) {
        const struct tree_node *n = &t->nodes[i], *up = &t->nodes[n->parent];
        CHECK(n->parent < i && n->end > i && n->end <= up->end);
        CHECK(n->from <= n->to && n->from >= up->from && n->to <= up->to);
        CHECK(n->from >= t->nodes[i - 1].from);
        CHECK(n->next == TREE_NONE ? n->end == up->end
                                   : n->next == n->end && t->nodes[n->next].parent == n->parent);
        CHECK(n->line >= 1 && n->column >= 1 && n->end_line >= n->line);
    }
}

TEST(the_array_is_in_pre_order_and_its_links_agree)
{
    AUTO_ARENA a = { 0 };
    AUTO_TREE t = { 0 };
    parse(STR("class A:\n  def f(self, *a):\n    for i in a:\n      if i: yield i\n"
              "      else: print((i, [i, {i: 1}]))\nA().f(1)\n"),
          TREE_PYTHON, &a, &t);
    CHECK(t.count > 60);
    check_links(&t);
}

TEST(columns_count_code_points_and_lines_count_from_one)
{
    AUTO_ARENA a = { 0 };
    AUTO_TREE t = { 0 };
    parse(STR("a = 1\nñandú = 'é€' + b\n"), TREE_PYTHON, &a, &t);
    uint16_t identifier = tree_kind(TREE_PYTHON, "identifier", true);
    const struct tree_node *last = t.nodes;
    for (uint32_t i = 0; i < t.count; i++)
        if (t.nodes[i].kind == identifier)
            last = &t.nodes[i];
    CHECK_INT(last->line, 2);
    CHECK_INT(last->column, 16);
    CHECK_INT(last->end_column, 17);
    CHECK_INT(last->to - last->from, 1);
    check_links(&t);
}

TEST(fields_and_kinds_are_found_by_name)
{
    AUTO_ARENA a = { 0 };
    AUTO_TREE t = { 0 };
    parse(STR("x = f(2)\n"), TREE_PYTHON, &a, &t);
    uint16_t assignment = tree_kind(TREE_PYTHON, "assignment", true);
    uint32_t at = 0;
    while (at < t.count && t.nodes[at].kind != assignment)
        at++;
    CHECK_STR(tree_text(&t, tree_child(&t, at, tree_field(TREE_PYTHON, "left"))), "x");
    CHECK_STR(tree_text(&t, tree_child(&t, at, tree_field(TREE_PYTHON, "right"))), "f(2)");
    CHECK(tree_child(&t, at, tree_field(TREE_PYTHON, "body")) == TREE_NONE);
    CHECK_INT(tree_kind(TREE_PYTHON, "no_such_kind", true), 0);
    CHECK_INT(tree_field(TREE_PYTHON, "no_such_field"), 0);
    CHECK(tree_kind(TREE_PYTHON, "if", false) != tree_kind(TREE_PYTHON, "if", true));
}

TEST(text_that_is_not_the_language_gives_a_tree_with_errors)
{
    static const char *const texts[] = { "def f(:\n", "((((", "\xff\xfe\x80 = \x01", "if x\n  y",
                                         "\"\"\"never closed" };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        for (int lang = 0; lang < TREE_LANG_COUNT; lang++) {
            AUTO_ARENA a = { 0 };
            AUTO_TREE t = { 0 };
            parse(str_of(texts[i]), (enum tree_lang)lang, &a, &t);
            CHECK(t.errors);
            check_links(&t);
        }
    AUTO_ARENA a = { 0 };
    AUTO_TREE empty = { 0 };
    parse((struct str){ 0 }, TREE_C, &a, &empty);
    CHECK_INT(empty.count, 1);
    CHECK(!empty.errors);
}

static struct str repeated(struct arena *a, const char *part, size_t bytes)
{
    size_t n = strlen(part);
    char *p = ARENA_ARRAY(a, char, bytes + 1);
    for (size_t i = 0; i < bytes; i++)
        p[i] = part[i % n];
    return (struct str){ p, bytes };
}

TEST(a_source_over_256_kib_is_refused)
{
    AUTO_ARENA a = { 0 };
    AUTO_TREE t = { 0 };
    struct fail f = { 0 };
    struct str text = repeated(&a, "x = 1\n", TREE_SOURCE_MAX + 1);
    CHECK_INT(tree_parse(text, TREE_PYTHON, TREE_PARSE_US, &a, &t, &f), ERR_TOO_LARGE);
    CHECK_STR(str_of(f.hint), "tree.source");
    CHECK(!t.handle && !t.nodes);
}

/* 65 536 open brackets are 65 536 children of one error node: the library would ruin the heap. */
TEST(text_of_more_tokens_than_the_library_can_count_is_refused)
{
    AUTO_ARENA a = { 0 };
    AUTO_TREE t = { 0 };
    struct fail f = { 0 };
    for (int lang = 0; lang < TREE_LANG_COUNT; lang++) {
        struct str text = repeated(&a, "(", 65'550);
        CHECK_INT(tree_parse(text, (enum tree_lang)lang, TREE_PARSE_US, &a, &t, &f), ERR_LIMIT);
        CHECK_STR(str_of(f.hint), "tree.tokens");
        CHECK(!t.handle && !t.nodes);
    }
}

TEST(a_long_program_of_a_person_is_parsed)
{
    AUTO_ARENA a = { 0 };
    AUTO_TREE t = { 0 };
    struct fail f = { 0 };
    struct str text = repeated(&a,
                               "def total(prices, discount):\n    # adds them up\n    result = 0\n"
                               "    for price in prices:\n        result += price - discount\n"
                               "    return result\n",
                               65'536);
    CHECK_INT(tree_parse(text, TREE_PYTHON, INT64_C(20000000), &a, &t, &f), ERR_OK);
    CHECK(t.count > 10'000);
}

TEST(parsing_stops_at_its_budget)
{
    AUTO_ARENA a = { 0 };
    AUTO_TREE t = { 0 };
    struct fail f = { 0 };
    struct str text = repeated(&a, "if a:\n  b = [1, (2, 3)]\n", 50'000);
    CHECK_INT(tree_parse(text, TREE_PYTHON, 1000, &a, &t, &f), ERR_TIMEOUT);
    CHECK_STR(str_of(f.hint), "tree.budget");
}

/* Texts that make a parser work hard for each byte, as long as they may be; the sanitized build is
 * a few times slower than what is served, so what is allowed here is wider than the budget itself.
 */
TEST(hostile_text_of_any_language_ends_soon_after_the_budget)
{
    static const struct {
        const char *part;
        size_t bytes;
    } texts[] = { { "(", 59'990 },    { "[", 30'000 },     { "f\"{", 44'000 },
                  { "if ", 89'000 },  { "<", 59'990 },     { "`${", 59'900 },
                  { "a?b:", 39'000 }, { "\t \n", 59'000 }, { "{\n ", 40'000 } };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        for (int lang = 0; lang < TREE_LANG_COUNT; lang++) {
            AUTO_ARENA a = { 0 };
            AUTO_TREE t = { 0 };
            struct fail f = { 0 };
            struct str text = repeated(&a, texts[i].part, texts[i].bytes);
            int64_t from = clock_after(0);
            enum err e = tree_parse(text, (enum tree_lang)lang, TREE_PARSE_US, &a, &t, &f);
            CHECK(e == ERR_OK || e == ERR_TIMEOUT);
            CHECK(clock_after(0) - from < 10 * (int64_t)TREE_PARSE_US);
        }
}
