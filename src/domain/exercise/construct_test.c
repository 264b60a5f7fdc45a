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
