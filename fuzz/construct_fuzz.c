/* Construct rules on programs from strangers: whatever the tree is like, a rule says yes, no, or
 * that its time was over, and points into the text. The first byte chooses language and rule. */
#include "domain/exercise/construct.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const rules[] = {
    "no_loop",          "no_recursion", "must_recursion", "no_builtin_sort", "no_builtin_max",
    "only_imports [a]", "no_global",    "no_eval",        "no_goto",         "no_print_in f",
    "must_define f/2",  "max_lines 3",  "no_conditional", "must_use_class",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = { 0 };
    AUTO_TREE t = { 0 };
    struct fail f = { 0 };
    struct construct_place at = { 0 };
    bool broken = false;
    if (!size)
        return 0;
    struct construct c = { .lang = (enum tree_lang)(data[0] % TREE_LANG_COUNT) };
    const char *rule = rules[data[0] / TREE_LANG_COUNT % COUNT_OF(rules)];
    struct str text = { (const char *)data + 1, size - 1 };
    if (construct_read(str_of(rule), &a, &c, &f) ||
        tree_parse(text, c.lang, TREE_PARSE_US, &a, &t, &f))
        return 0;
    enum err e = construct_broken(&c, &t, &a, &broken, &at, &f);
    assert(e == ERR_OK || e == ERR_TIMEOUT || e == ERR_LIMIT);
    assert(e || (at.line >= 1 && at.column >= 1 && at.end_line >= at.line));
    return 0;
}
