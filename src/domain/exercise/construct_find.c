/* The rules that need more than the kind of a node: what is banned, imports, recursion. */
#include "base/num.h"
#include "domain/exercise/construct_priv.h"

/* --- what is banned --- */

/* "a.b" against "a.b", "a.*" */
static bool member_banned(struct str object, struct str name, const char *const *list)
{
    for (; *list; list++) {
        struct str want = str_of(*list);
        bool any = str_ends(want, STR(".*"));
        size_t dot = want.len;
        while (dot && want.ptr[dot - 1] != '.')
            dot--;
        if (str_eq(str_head(want, dot - 1), object) && (any || str_eq(str_from(want, dot), name)))
            return true;
    }
    return false;
}

/* The object with its first name followed one alias back: `h.a` is "heapq.a" after `import heapq as
 * h`. */
static struct str object_text(const struct look *l, uint32_t object)
{
    struct str text = tree_text(l->t, object), rest = text;
    struct str head = str_take_until(&rest, '.');
    struct str real = look_alias(l, head);
    if (str_eq(real, head))
        return text;
    return rest.len ? arena_fmt(l->a, "%.*s.%.*s", STR_ARG(real), STR_ARG(rest)) : real;
}

static bool member_is_banned(const struct look *l, uint32_t node, const struct banned *b)
{
    struct member m;
    if (!look_member(l, node, &m))
        return false;
    if (m.object == TREE_NONE) /* a method called by its bare name, imported from somewhere */
        return word_in(m.name, b->methods) && !look_is_own(l, node, m.name);
    if (word_in(m.name, b->methods))
        return !look_is_own_object(l, m.object, m.name);
    struct str object = tree_text(l->t, m.object);
    bool own = look_is(l, m.object, "identifier") && str_eq(look_alias(l, object), object) &&
               look_is_own(l, m.object, object);
    return !own && member_banned(object_text(l, m.object), m.name, b->members);
}

/* `from heapq import nlargest` */
static bool import_is_banned(const struct look *l, uint32_t node, const struct banned *b)
{
    if (!look_is(l, node, "import_from_statement"))
        return false;
    uint32_t module = look_child(l, node, "module_name");
    if (module == TREE_NONE)
        return false;
    for (uint32_t c = tree_first(l->t, node); c != TREE_NONE; c = l->t->nodes[c].next) {
        uint32_t name = look_is(l, c, "aliased_import") ? look_child(l, c, "name") : c;
        if (c != module && look_is(l, name, "dotted_name") &&
            member_banned(tree_text(l->t, module), tree_text(l->t, name), b->members))
            return true;
    }
    return false;
}

/* `const { max } = Math` */
static bool pattern_is_banned(const struct look *l, uint32_t node, const struct banned *b)
{
    uint32_t up = l->t->nodes[node].parent;
    if (!look_is(l, node, "shorthand_property_identifier_pattern") || up == TREE_NONE)
        return false;
    uint32_t value = look_child(l, l->t->nodes[up].parent, "value");
    return value != TREE_NONE &&
           member_banned(tree_text(l->t, value), tree_text(l->t, node), b->members);
}

static bool name_is_banned(const struct look *l, uint32_t node, const struct banned *b)
{
    struct str name = tree_text(l->t, node);
    return word_in(name, b->names) && look_is_use(l, node) && !look_is_own(l, node, name);
}

uint32_t find_banned(struct look *l, const struct banned *b)
{
    for (uint32_t i = l->within; i < l->t->nodes[l->within].end && look_in_time(l, i); i++)
        if (name_is_banned(l, i, b) || member_is_banned(l, i, b) || import_is_banned(l, i, b) ||
            pattern_is_banned(l, i, b))
            return i;
    return TREE_NONE;
}

/* --- imports --- */

static bool allowed(const struct look *l, struct str module)
{
    for (size_t i = 0; i < l->rule->name_count; i++) {
        struct str name = l->rule->names[i];
        if (str_eq(module, name))
            return true;
        if (str_starts(module, name) && module.ptr[name.len] == '.')
            return true;
    }
    return false;
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'' || c == '`' || c == '<' || c == '>';
}

static struct str unquoted(struct str s)
{
    while (s.len && is_quote(s.ptr[0]))
        s = str_from(s, 1);
    while (s.len && is_quote(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

/* What an import names: a dotted name, a header, a string. */
static bool is_module(const struct look *l, uint32_t node)
{
    static const char *const kinds[] = { "dotted_name", "scoped_identifier",
                                         "identifier",  "system_lib_string",
                                         "string",      NULL };
    return look_is_any(l, node, kinds);
}

/* `from a import b` is about a; relative imports, and in C and JavaScript files of one's own, are
 * not restricted. */
static bool import_allowed(const struct look *l, uint32_t node)
{
    uint32_t module = look_child(l, node, "module_name");
    if (module != TREE_NONE)
        return look_is(l, module, "relative_import") || allowed(l, tree_text(l->t, module));
    if (look_is(l, node, "future_import_statement"))
        return true;
    for (uint32_t c = tree_first(l->t, node); c != TREE_NONE; c = l->t->nodes[c].next) {
        uint32_t name = look_is(l, c, "aliased_import") ? look_child(l, c, "name") : c;
        struct str text =
            name != TREE_NONE && is_module(l, name) ? unquoted(tree_text(l->t, name)) : STR("");
        if (text.len && text.ptr[0] != '.' && !allowed(l, text))
            return false;
    }
    return true;
}

/* `require("fs")`, `import("fs")`, `__import__("os")`: the call, when it names something else. */
static bool call_imports(const struct look *l, uint32_t node)
{
    if (look_is(l, node, "identifier") && str_is(tree_text(l->t, node), "__import__"))
        return true;
    if (l->t->lang != TREE_JAVASCRIPT || !look_is(l, node, "call_expression"))
        return false;
    uint32_t function = look_child(l, node, "function"), given = look_child(l, node, "arguments");
    if (function == TREE_NONE || given == TREE_NONE)
        return false;
    struct str f = tree_text(l->t, function), text = tree_text(l->t, given);
    if (!str_is(f, "require") && !str_is(f, "import"))
        return false;
    text = unquoted(str_trim(str_from(str_head(text, text.len ? text.len - 1 : 0), 1)));
    return !str_starts(text, STR(".")) && !allowed(l, text);
}

uint32_t find_import(struct look *l)
{
    for (uint32_t i = l->within; i < l->t->nodes[l->within].end && look_in_time(l, i); i++)
        if ((look_is_any(l, i, l->w->imports) && !import_allowed(l, i)) || call_imports(l, i))
            return i;
    return TREE_NONE;
}

/* --- recursion --- */

enum { FUNCTIONS_MAX = 256, WORD_BITS = 64, ROW_WORDS = FUNCTIONS_MAX / WORD_BITS };

struct row {
    uint64_t bits[ROW_WORDS];
};
struct edge {
    size_t from, to;
    uint32_t at;
};

static bool row_has(const struct row *r, size_t i)
{
    return r->bits[i / WORD_BITS] >> (i % WORD_BITS) & 1;
}

static size_t function_around(const struct look *l, uint32_t node)
{
    for (uint32_t s = l->scope[node]; s; s = l->scope[s])
        for (size_t i = 0; i < l->fn_count; i++)
            if (l->fns[i].node == s)
                return i;
    return SIZE_MAX;
}

static size_t children_named(const struct look *l, uint32_t node)
{
    size_t n = 0;
    for (uint32_t c = tree_first(l->t, node); c != TREE_NONE; c = l->t->nodes[c].next)
        n += l->t->nodes[c].named;
    return n;
}

/* Java: methods of one name differ by their parameters. */
static bool arity_fits(const struct look *l, uint32_t node, const struct fn *to)
{
    uint32_t arguments = look_child(l, node, "arguments");
    return l->t->lang != TREE_JAVA || arguments == TREE_NONE || to->params == TREE_NONE ||
           children_named(l, arguments) == children_named(l, to->params);
}

/* Is the name a parameter or a variable of the function the node is in? */
static bool is_local(const struct look *l, uint32_t node, struct str name, const struct fn *to)
{
    uint32_t home = l->scope[to->node];
    for (uint32_t s = l->scope[node]; s && s != home; s = l->scope[s])
        for (uint32_t i = s; i < l->t->nodes[s].end; i++)
            if (l->scope[i] == s && look_is_given(l, i) && str_eq(tree_text(l->t, i), name) &&
                l->t->nodes[i].parent != to->node)
                return true;
    return false;
}

/* The function that a use of a name, or of a method of one's own, means. */
static size_t meant(const struct look *l, uint32_t node)
{
    struct member m = { .object = TREE_NONE };
    bool member = look_member(l, node, &m);
    if (!member && !look_is_use(l, node))
        return SIZE_MAX;
    struct str name = member ? m.name : tree_text(l->t, node);
    bool by_object = member && m.object != TREE_NONE;
    struct str real = by_object ? name : look_alias(l, name);
    for (size_t i = 0; i < l->fn_count; i++) {
        const struct fn *to = &l->fns[i];
        bool same = str_eq(to->name, name) || str_eq(to->name, real);
        bool reach = by_object ? to->owner != TREE_NONE && look_is_own_object(l, m.object, name)
                               : (l->t->lang == TREE_JAVA || to->owner == TREE_NONE) &&
                                     !(str_eq(to->name, name) && is_local(l, node, name, to));
        if (same && reach && arity_fits(l, node, to))
            return i;
    }
    return SIZE_MAX;
}

static void close_over(struct row *reach, size_t n)
{
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < n; i++)
            for (size_t w = 0; row_has(&reach[i], k) && w < ROW_WORDS; w++)
                reach[i].bits[w] |= reach[k].bits[w];
}

static bool is_callable_name(const struct look *l, uint32_t i)
{
    struct member m;
    return look_is(l, i, "identifier") || look_member(l, i, &m);
}

uint32_t find_recursion(struct look *l)
{
    if (l->fn_count > FUNCTIONS_MAX) {
        l->bad = FAIL(l->f, ERR_LIMIT, "construct.functions", "%zu functions", l->fn_count);
        return TREE_NONE;
    }
    struct row *reach = ARENA_ARRAY(l->a, struct row, FUNCTIONS_MAX);
    struct edge *edges = ARENA_ARRAY(l->a, struct edge, l->t->count);
    size_t n = 0;
    for (uint32_t i = 0; i < l->t->count && look_in_time(l, i); i++) {
        size_t from = is_callable_name(l, i) ? function_around(l, i) : SIZE_MAX;
        size_t to = from == SIZE_MAX ? SIZE_MAX : meant(l, i);
        if (to == SIZE_MAX)
            continue;
        edges[n++] = (struct edge){ from, to, i };
        reach[from].bits[to / WORD_BITS] |= UINT64_C(1) << (to % WORD_BITS);
    }
    close_over(reach, l->fn_count);
    for (size_t e = 0; e < n; e++) {
        bool asked = l->within == 0 || l->fns[edges[e].from].node == l->within;
        if (asked && row_has(&reach[edges[e].to], edges[e].from))
            return edges[e].at;
    }
    return TREE_NONE;
}
