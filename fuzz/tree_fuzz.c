/* Programs from strangers, in each language: any bytes give a tree whose links agree, or a named
 * refusal. The first byte chooses the language and a pattern to ask. */
#include "io/tree/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool count(void *ctx, const struct tree_match *m)
{
    size_t *n = ctx;
    *n += m->count;
    return true;
}

static void check_node(const struct tree *t, uint32_t i)
{
    const struct tree_node *n = &t->nodes[i], *up = &t->nodes[n->parent];
    assert(n->parent < i && n->end > i && n->end <= up->end);
    assert(n->from <= n->to && n->to <= t->text.len);
    assert(n->next == TREE_NONE || t->nodes[n->next].parent == n->parent);
}

static void ask(const struct tree *t)
{
    static const char *const patterns[TREE_LANG_COUNT] = {
        [TREE_PYTHON] = "(call function: (identifier) @f arguments: (_ . (_) @a)) @c",
        [TREE_C] = "(call_expression function: (_) @f) @c (for_statement body: (_) @b) @f",
        [TREE_JAVA] = "(method_invocation name: (identifier) @f (#eq? @f \"sort\")) @c",
        [TREE_JAVASCRIPT] = "(call_expression function: (_) @f arguments: (_ (_)* @a)) @c",
    };
    AUTO_TREE_QUERY q = { 0 };
    struct fail f = { 0 };
    size_t n = 0;
    enum err made = tree_query_new(t->lang, str_of(patterns[t->lang]), &q, &f);
    assert(made == ERR_OK);
    struct tree_search s = { .tree = t, .budget_us = TREE_QUERY_US, .each = count, .ctx = &n };
    enum err e = tree_query_run(&q, &s, &f);
    assert(e == ERR_OK || e == ERR_TIMEOUT || e == ERR_LIMIT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = { 0 };
    AUTO_TREE t = { 0 };
    struct fail f = { 0 };
    if (!size)
        return 0;
    struct str text = { (const char *)data + 1, size - 1 };
    if (tree_parse(text, (enum tree_lang)(data[0] % TREE_LANG_COUNT), TREE_PARSE_US, &a, &t, &f))
        return 0;
    for (uint32_t i = 1; i < t.count; i++)
        check_node(&t, i);
    ask(&t);
    return 0;
}
