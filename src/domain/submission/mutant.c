#include "domain/submission/mutant.h"

#include "base/buf.h"
#include "base/num.h"

enum { KEEP_WORDS = 40, BRANCHES_OF_AN_EDIT = 3 };

struct making {
    const struct tree *t;
    struct arena *a;
    struct mutant *list;
    size_t n, cap;
};

static bool is(const struct making *m, uint32_t node, const char *kind)
{
    return node != TREE_NONE && m->t->nodes[node].named &&
           !strcmp(tree_kind_name(m->t->lang, m->t->nodes[node].kind), kind);
}

static bool is_any(const struct making *m, uint32_t node, const char *const *kinds)
{
    for (; *kinds; kinds++)
        if (is(m, node, *kinds))
            return true;
    return false;
}

static uint32_t child(const struct making *m, uint32_t node, const char *field)
{
    return tree_child(m->t, node, tree_field(m->t->lang, field));
}

static struct str text(const struct making *m, uint32_t node)
{
    return tree_text(m->t, node);
}

static void add(struct making *m, const char *kind, uint32_t node, struct str with)
{
    const struct tree_node *at = &m->t->nodes[node];
    if (m->n < m->cap && !str_eq(text(m, node), with))
        m->list[m->n++] = (struct mutant){ kind, at->from, at->to, at->line, with };
}

/* --- signs --- */

static const struct {
    const char *from, *kind, *to[BRANCHES_OF_AN_EDIT];
} signs[] = {
    { "<", "boundary", { "<=" } },        { "<", "relational", { ">", "==" } },
    { "<=", "boundary", { "<" } },        { "<=", "relational", { ">=" } },
    { ">", "boundary", { ">=" } },        { ">", "relational", { "<", "==" } },
    { ">=", "boundary", { ">" } },        { ">=", "relational", { "<=" } },
    { "==", "relational", { "!=" } },     { "!=", "relational", { "==" } },
    { "in", "relational", { "not in" } }, { "not in", "relational", { "in" } },
    { "is", "relational", { "is not" } }, { "is not", "relational", { "is" } },
    { "+", "arithmetic", { "-" } },       { "-", "arithmetic", { "+" } },
    { "*", "arithmetic", { "+" } },       { "/", "arithmetic", { "//", "*" } },
    { "//", "arithmetic", { "/", "*" } }, { "%", "arithmetic", { "//" } },
    { "**", "arithmetic", { "*" } },      { "+=", "arithmetic", { "-=", "=" } },
    { "-=", "arithmetic", { "+=" } },     { "*=", "arithmetic", { "+=" } },
    { "/=", "arithmetic", { "*=" } },     { "//=", "arithmetic", { "/=" } },
    { "%=", "arithmetic", { "//=" } },    { "and", "logical", { "or" } },
    { "or", "logical", { "and" } },
};

static void swap_sign(struct making *m, uint32_t node)
{
    static const char *const parents[] = { "comparison_operator", "binary_operator",
                                           "boolean_operator", "augmented_assignment", NULL };
    if (m->t->nodes[node].named || !is_any(m, m->t->nodes[node].parent, parents))
        return;
    for (size_t i = 0; i < COUNT_OF(signs); i++)
        for (size_t k = 0; k < BRANCHES_OF_AN_EDIT && signs[i].to[k]; k++)
            if (str_is(text(m, node), signs[i].from))
                add(m, signs[i].kind, node, str_of(signs[i].to[k]));
}

/* --- constants --- */

static bool is_docstring(const struct making *m, uint32_t node)
{
    return is(m, m->t->nodes[node].parent, "expression_statement");
}

static void change_constant(struct making *m, uint32_t node)
{
    int64_t v = 0;
    if (is(m, node, "integer") && str_to_i64(text(m, node), 0, INT32_MAX, &v)) {
        add(m, "constant", node, arena_fmt(m->a, "%lld", (long long)v + 1));
        add(m, "constant", node, v ? arena_fmt(m->a, "%lld", (long long)v - 1) : STR("(-1)"));
    } else if (is(m, node, "float")) {
        add(m, "constant", node, arena_fmt(m->a, "(%.*s + 1)", STR_ARG(text(m, node))));
    } else if (is(m, node, "string") && !is_docstring(m, node)) {
        bool empty = text(m, node).len <= 2;
        add(m, "constant", node, empty ? STR("'x'") : STR("''"));
    } else if (is(m, node, "true") || is(m, node, "false")) {
        add(m, "constant", node, is(m, node, "true") ? STR("False") : STR("True"));
    } else if (is(m, node, "list") && text(m, node).len > 2) {
        add(m, "constant", node, STR("[]"));
    }
}

/* --- conditions and branches --- */

static void negate(struct making *m, uint32_t node)
{
    static const char *const owners[] = { "if_statement", "elif_clause", "while_statement", NULL };
    if (!is_any(m, node, owners))
        return;
    uint32_t condition = child(m, node, "condition");
    if (condition != TREE_NONE)
        add(m, "negated condition", condition,
            arena_fmt(m->a, "not (%.*s)", STR_ARG(text(m, condition))));
}

static void drop_else(struct making *m, uint32_t node)
{
    if (is(m, node, "else_clause") || is(m, node, "elif_clause"))
        add(m, "dropped branch", node, STR(""));
}

static void turn_jump(struct making *m, uint32_t node)
{
    if (is(m, node, "break_statement"))
        add(m, "jump", node, STR("continue"));
    else if (is(m, node, "continue_statement"))
        add(m, "jump", node, STR("break"));
}

/* --- statements --- */

static bool is_statement(const struct making *m, uint32_t node)
{
    static const char *const kinds[] = {
        "expression_statement", "return_statement", "if_statement",
        "for_statement",        "while_statement",  "raise_statement",
        "break_statement",      "delete_statement", NULL
    };
    uint32_t first = tree_first(m->t, node);
    return is_any(m, node, kinds) &&
           !(first != TREE_NONE && is(m, first, "string")); /* a docstring changes nothing */
}

static void delete_statement(struct making *m, uint32_t node)
{
    if (is_statement(m, node))
        add(m, "deleted statement", node, STR("pass"));
}

static void return_nothing(struct making *m, uint32_t node)
{
    if (is(m, node, "return_statement") && tree_first(m->t, node) != TREE_NONE &&
        m->t->nodes[tree_first(m->t, node)].next != TREE_NONE &&
        !str_is(text(m, node), "return None"))
        add(m, "returned nothing", node, STR("return None"));
}

static uint32_t last_statement(const struct making *m, uint32_t body)
{
    uint32_t last = TREE_NONE;
    for (uint32_t c = tree_first(m->t, body); c != TREE_NONE; c = m->t->nodes[c].next)
        last = is(m, c, "comment") ? last : c;
    return last;
}

static void end_after(struct making *m, const char *kind, uint32_t statement, const char *word)
{
    int indent = (int)m->t->nodes[statement].column - 1;
    add(m, kind, statement,
        arena_fmt(m->a, "%.*s\n%*s%s", STR_ARG(text(m, statement)), indent, "", word));
}

/* A function ends after its first statement, a loop after its first round. */
static void return_early(struct making *m, uint32_t node)
{
    static const char *const jumps[] = { "return_statement", "break_statement", NULL };
    bool function = is(m, node, "function_definition"), loop = is(m, node, "for_statement");
    uint32_t body = function || loop ? child(m, node, "body") : TREE_NONE;
    uint32_t last = body == TREE_NONE ? TREE_NONE : last_statement(m, body);
    if (last == TREE_NONE || m->t->nodes[body].line == m->t->nodes[node].line)
        return;
    uint32_t first = tree_first(m->t, body);
    if (loop && !is_any(m, last, jumps))
        end_after(m, "early end of a loop", last, "break");
    else if (function && first != last)
        end_after(m, "early return", first, "return");
}

/* --- bounds, indices, arguments --- */

static void shift(struct making *m, const char *kind, uint32_t node)
{
    if (node == TREE_NONE || is(m, node, "integer") || !m->t->nodes[node].named)
        return;
    add(m, kind, node, arena_fmt(m->a, "(%.*s) + 1", STR_ARG(text(m, node))));
    add(m, kind, node, arena_fmt(m->a, "(%.*s) - 1", STR_ARG(text(m, node))));
}

static void shift_bounds(struct making *m, uint32_t node)
{
    if (is(m, node, "slice"))
        for (uint32_t c = tree_first(m->t, node); c != TREE_NONE; c = m->t->nodes[c].next)
            shift(m, "slice bound", c);
    uint32_t arguments = is(m, node, "call") ? child(m, node, "arguments") : TREE_NONE;
    uint32_t function = is(m, node, "call") ? child(m, node, "function") : TREE_NONE;
    if (arguments != TREE_NONE && function != TREE_NONE && str_is(text(m, function), "range"))
        for (uint32_t c = tree_first(m->t, arguments); c != TREE_NONE; c = m->t->nodes[c].next)
            shift(m, "range bound", c);
}

static void shift_index(struct making *m, uint32_t node)
{
    static const char *const indices[] = { "identifier", "binary_operator", NULL };
    uint32_t index = is(m, node, "subscript") ? child(m, node, "subscript") : TREE_NONE;
    if (index != TREE_NONE && is_any(m, index, indices))
        shift(m, "index", index);
}

static void swap_arguments(struct making *m, uint32_t node)
{
    uint32_t two[2], n = 0;
    if (!is(m, node, "argument_list"))
        return;
    for (uint32_t c = tree_first(m->t, node); c != TREE_NONE && n < 2; c = m->t->nodes[c].next)
        if (m->t->nodes[c].named && !is(m, c, "keyword_argument") && !is(m, c, "comment"))
            two[n++] = c;
    if (n < 2 || m->n == m->cap || str_eq(text(m, two[0]), text(m, two[1])))
        return;
    const struct tree_node *x = &m->t->nodes[two[0]], *y = &m->t->nodes[two[1]];
    struct str between = str_head(str_from(m->t->text, x->to), y->from - x->to);
    m->list[m->n++] = (struct mutant){ "swapped arguments", x->from, y->to, x->line,
                                       arena_fmt(m->a, "%.*s%.*s%.*s", STR_ARG(text(m, two[1])),
                                                 STR_ARG(between), STR_ARG(text(m, two[0]))) };
}

/* --- the whole --- */

static void (*const edits[])(struct making *m, uint32_t node) = {
    swap_sign,    change_constant, negate,       drop_else,   turn_jump,      delete_statement,
    return_early, return_nothing,  shift_bounds, shift_index, swap_arguments,
};

void mutants_of(const struct tree *t, struct arena *a, struct mutant **out, size_t *n)
{
    enum { EACH_NODE = 6 };
    struct making m = { .t = t, .a = a, .cap = (size_t)t->count * EACH_NODE };
    m.list = ARENA_ARRAY(a, struct mutant, m.cap);
    for (uint32_t i = 1; i < t->count; i++)
        for (size_t k = 0; k < COUNT_OF(edits); k++)
            edits[k](&m, i);
    *out = m.list;
    *n = m.n;
}

/* SplitMix64 */
static uint64_t next(uint64_t *seed)
{
    uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

size_t mutants_sample(struct mutant *list, size_t n, size_t max, uint64_t seed)
{
    size_t kept = 0;
    for (size_t i = 0; i < n && kept < max; i++)
        if (next(&seed) % (n - i) < max - kept)
            list[kept++] = list[i];
    return kept;
}

struct str mutant_text(struct str source, const struct mutant *m, struct arena *a)
{
    struct str head = str_head(source, m->from), tail = str_from(source, m->to);
    return arena_fmt(a, "%.*s%.*s%.*s", STR_ARG(head), STR_ARG(m->with), STR_ARG(tail));
}

/* On one line, cut. */
static void put_short(struct buf *b, struct str s)
{
    struct str kept = utf8_cut(s, KEEP_WORDS);
    for (size_t i = 0; i < kept.len; i++)
        if (kept.ptr[i] != '\n' || i + 1 < kept.len)
            buf_putc(b, kept.ptr[i] == '\n' || kept.ptr[i] == '\r' ? ' ' : kept.ptr[i]);
    if (kept.len < s.len)
        buf_put(b, STR("..."));
}

struct str mutant_words(struct str source, const struct mutant *m, struct arena *a)
{
    AUTO_BUF b = { .max = 1024 };
    buf_putf(&b, "%s: ", m->kind);
    put_short(&b, str_head(str_from(source, m->from), m->to - m->from));
    buf_put(&b, STR(" -> "));
    put_short(&b, m->with);
    return arena_dup(a, buf_str(&b));
}
