#include "domain/tutor/tutor_priv.h"
#include "support/check.h"

#include <stdio.h>

static const struct exercise *packages(struct arena *a, size_t i)
{
    const struct str *slugs = NULL;
    struct exercise *x = NULL;
    struct fail f = { 0 };
    size_t n = 0;
    exercise_slugs(a, &slugs, &n);
    if (i >= n)
        return NULL;
    CHECK_INT(exercise_from_assets(slugs[i], a, &x, &f), ERR_OK);
    return x;
}

static const char *rule_for(const struct exercise *x, struct str reply, struct str student,
                            struct arena *a)
{
    const struct gate_in in = { .exercise = x, .reply = reply, .student = student, .rung = 2 };
    return gate_check(&in, a).rule;
}

TEST(no_reference_solution_passes_whole_fenced_or_told_line_by_line)
{
    AUTO_ARENA keep = { 0 };
    size_t solutions = 0;
    const struct exercise *x = NULL;
    for (size_t i = 0; (x = packages(&keep, i)); i++)
        for (size_t k = 0; k < x->solution_count; k++) {
            AUTO_ARENA a = { 0 };
            struct str code = x->solutions[k].files[0].data;
            struct str fenced =
                arena_fmt(&a, "Mirá:\n\n```python\n%.*s\n```\n¿Qué hace?", STR_ARG(code));
            solutions++;
            const char *name = arena_cstr(
                &a, arena_fmt(&a, "%.*s/%.*s", STR_ARG(x->slug), STR_ARG(x->solutions[k].name)));
            check_true(rule_for(x, code, STR(""), &a), name, __FILE__, __LINE__);
            check_true(rule_for(x, fenced, STR(""), &a), name, __FILE__, __LINE__);
            /* the student has it already */
            check_true(!rule_for(x, fenced, code, &a), name, __FILE__, __LINE__);
        }
    CHECK(solutions >= 12);
}

/* The same with every name changed, as a model would do it. */
static struct str renamed(struct str code, struct arena *a)
{
    AUTO_BUF b = { .max = 65'536 };
    static const char *const keep[] = { "def",  "return", "for",   "in",    "if",   "else",
                                        "elif", "while",  "range", "len",   "and",  "or",
                                        "not",  "print",  "input", "int",   "True", "False",
                                        "None", "append", "split", "float", "str" };
    while (code.len) {
        size_t n = 0;
        while (n < code.len &&
               (code.ptr[n] == '_' || ((code.ptr[n] | 32) >= 'a' && (code.ptr[n] | 32) <= 'z')))
            n++;
        struct str word = str_head(code, n ? n : 1);
        bool kept = !n;
        for (size_t i = 0; i < COUNT_OF(keep); i++)
            kept = kept || str_is(word, keep[i]);
        if (!kept)
            buf_put(&b, STR("z_"));
        buf_put(&b, word);
        code = str_from(code, word.len);
    }
    return arena_dup(a, buf_str(&b));
}

TEST(a_solution_with_other_names_is_seen)
{
    AUTO_ARENA keep = { 0 };
    size_t seen = 0, all = 0;
    const struct exercise *x = NULL;
    for (size_t i = 0; (x = packages(&keep, i)); i++) {
        AUTO_ARENA a = { 0 };
        struct str code = renamed(x->solutions[0].files[0].data, &a);
        struct str fenced = arena_fmt(&a, "```python\n%.*s\n```", STR_ARG(code));
        bool caught = rule_for(x, fenced, STR(""), &a);
        if (!caught)
            fprintf(stderr, "%.*s passes with other names\n", STR_ARG(x->slug));
        seen += caught;
        all++;
    }
    CHECK_INT(seen, all);
}

TEST(data_of_hidden_tests_does_not_leave_and_visible_data_does)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct exercise *x = NULL;
    CHECK_INT(exercise_from_assets(STR("marea-mas-alta"), &a, &x, &f), ERR_OK);
    const char *rule = rule_for(x, STR("¿Qué da con `[-40, -15, -60]`?"), STR(""), &a);
    CHECK(rule && !strcmp(rule, "hidden_data"));
    CHECK(!rule_for(x, STR("¿Qué da con `[-40, -15, -60]`?"), STR("f([-40, -15, -60])"), &a));
    CHECK(
        !rule_for(x, STR("Con `marea_mas_alta([120, 185, 90])` dio `0`. ¿Por qué?"), STR(""), &a));
}

TEST(the_authors_hints_pass_the_gate)
{
    AUTO_ARENA keep = { 0 };
    size_t found = 0, hints = 0;
    const struct exercise *x = NULL;
    for (size_t i = 0; (x = packages(&keep, i)); i++)
        for (size_t k = 0; k < x->hint_count; k++) {
            AUTO_ARENA a = { 0 };
            const struct str texts[] = { x->hints[k].text.es, x->hints[k].text.en };
            for (size_t v = 0; v < COUNT_OF(texts); v++) {
                const char *rule = rule_for(x, texts[v], STR(""), &a);
                if (rule)
                    fprintf(stderr, "%.*s, hint of rung %lld: %s: %.*s\n", STR_ARG(x->slug),
                            (long long)x->hints[k].rung, rule, STR_ARG(texts[v]));
                found += rule != NULL;
                hints++;
            }
        }
    CHECK(hints >= 60);
    CHECK_INT(found, 0);
}
