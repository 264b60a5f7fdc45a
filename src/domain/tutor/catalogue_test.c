#include "domain/tutor/tutor_priv.h"
#include "support/check.h"

#include <stdio.h>

static struct catalogue load(struct arena *a)
{
    struct fail f = { 0 };
    struct catalogue c;
    enum err e = catalogue_load(a, &c, &f);
    if (e)
        fprintf(stderr, "%s\n", f.detail);
    CHECK_INT(e, ERR_OK);
    return c;
}

TEST(every_pattern_of_the_catalogue_compiles)
{
    AUTO_ARENA a = { 0 };
    struct catalogue c = load(&a);
    for (size_t i = 0; i < c.count; i++) {
        for (size_t k = 0; k < c.items[i].pattern_count; k++)
            CHECK(syntax_pattern_query(&c.items[i].patterns[k]));
        for (size_t k = 0; k < c.items[i].condition_count; k++)
            if (c.items[i].conditions[k].inner)
                CHECK(syntax_pattern_query(c.items[i].conditions[k].inner));
    }
    catalogue_free(&c);
}

TEST(every_misconception_matches_its_own_examples_and_not_the_others)
{
    AUTO_ARENA a = { 0 };
    struct catalogue c = load(&a);
    size_t wrong = 0, right = 0;
    CHECK(c.count >= 40);
    for (size_t i = 0; i < c.count; i++)
        for (size_t k = 0; k < c.items[i].tests->count; k++) {
            const struct json *test = &c.items[i].tests->items[k];
            AUTO_SYNTAX s = syntax_parse(json_text(json_get(test, "code")));
            struct suspect found;
            bool want = json_get(test, "match")->b;
            bool good = misconception_match(&c.items[i], &s, &found) == want;
            if (!good)
                fprintf(stderr, "%.*s, example %zu should%s match\n", STR_ARG(c.items[i].id), k,
                        want ? "" : " not");
            wrong += !good;
            right += good;
        }
    catalogue_free(&c);
    CHECK_INT(wrong, 0);
    CHECK(right >= 240);
}

/* One error node with 65 536 children ruined the heap of the library (io/tree). */
TEST(a_file_of_open_brackets_has_no_tree_and_nothing_is_found_in_it)
{
    AUTO_ARENA a = { 0 };
    struct syntax_match m;
    char *text = ARENA_ARRAY(&a, char, 65'536);
    memset(text, '(', 65'536);
    AUTO_SYNTAX s = syntax_parse((struct str){ text, 65'536 });
    struct TSQuery *q = syntax_query_new(STR("(identifier) @x"));
    CHECK(q && !s.tree);
    CHECK(!syntax_find(&s, q, (struct place){ .to = UINT32_MAX }, NULL, NULL, &m));
    CHECK_INT(syntax_region(&s, 1, 0).at.line, 1);
    CHECK(!syntax_is_empty(&s));
    syntax_query_free(q);
}
