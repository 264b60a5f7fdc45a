/* A program looked at: whose names are whose. */
#include "base/num.h"
#include "domain/exercise/construct_priv.h"
#include "io/clock/clock.h"

enum { LOOK_AT_CLOCK = 8 };

bool word_in(struct str s, const char *const *list)
{
    for (; *list; list++)
        if (str_is(s, *list))
            return true;
    return false;
}

bool look_is(const struct look *l, uint32_t node, const char *kind)
{
    return node != TREE_NONE && l->t->nodes[node].named &&
           !strcmp(tree_kind_name(l->t->lang, l->t->nodes[node].kind), kind);
}

bool look_is_any(const struct look *l, uint32_t node, const char *const *kinds)
{
    for (; *kinds; kinds++)
        if (look_is(l, node, *kinds))
            return true;
    return false;
}

static bool has_field(const struct look *l, uint32_t node, const char *field)
{
    return l->t->nodes[node].field && l->t->nodes[node].field == tree_field(l->t->lang, field);
}

uint32_t look_child(const struct look *l, uint32_t node, const char *field)
{
    return node == TREE_NONE ? TREE_NONE : tree_child(l->t, node, tree_field(l->t->lang, field));
}

bool look_in_time(struct look *l, uint32_t step)
{
    if (!l->bad && step % LOOK_AT_CLOCK == 0 && clock_after(0) > l->until)
        l->bad = FAIL(l->f, ERR_TIMEOUT, "tree.budget", "a rule on %u nodes", l->t->count);
    return !l->bad;
}

/* --- scopes and functions --- */

static bool opens_scope(const struct look *l, uint32_t node)
{
    return look_is_any(l, node, l->w->functions) || look_is_any(l, node, l->w->classes);
}

/* A function's own name, and what decorates it, stand outside of it. In C the name is inside the
 * declarator, and the parameters too: there only the name is moved out. */
static void find_scopes(struct look *l)
{
    const struct tree *t = l->t;
    uint32_t *scope = ARENA_ARRAY(l->a, uint32_t, t->count);
    for (uint32_t i = 1; i < t->count; i++) {
        uint32_t up = t->nodes[i].parent;
        bool inside = opens_scope(l, up) && !has_field(l, i, "name");
        scope[i] = inside ? up : scope[up];
        if (look_is(l, up, "function_declarator") && has_field(l, i, "declarator"))
            scope[i] = look_is_any(l, scope[up], l->w->functions) ? scope[scope[up]] : scope[up];
    }
    l->scope = scope;
}

/* The name a function has: its own, that of its declarator, or of what it is assigned to. */
static uint32_t name_of(const struct look *l, uint32_t node)
{
    uint32_t name = look_child(l, node, "name");
    uint32_t up = l->t->nodes[node].parent;
    if (name != TREE_NONE)
        return name;
    uint32_t d = look_child(l, node, "declarator");
    while (d != TREE_NONE && !look_is(l, d, "identifier"))
        d = look_child(l, d, "declarator");
    if (d != TREE_NONE || up == TREE_NONE)
        return d;
    if (look_is(l, up, "variable_declarator"))
        return look_child(l, up, "name");
    bool given = look_is(l, up, "assignment") || look_is(l, up, "assignment_expression");
    return given && has_field(l, node, "right") ? look_child(l, up, "left") : TREE_NONE;
}

static uint32_t params_of(const struct look *l, uint32_t node)
{
    uint32_t d = look_child(l, node, "declarator");
    while (d != TREE_NONE && !look_is(l, d, "function_declarator"))
        d = look_child(l, d, "declarator");
    uint32_t p = look_child(l, d == TREE_NONE ? node : d, "parameters");
    return p == TREE_NONE ? look_child(l, node, "parameter") : p;
}

static void find_functions(struct look *l)
{
    const struct tree *t = l->t;
    size_t n = 0;
    for (uint32_t i = 0; i < t->count; i++)
        n += look_is_any(l, i, l->w->functions);
    struct fn *fns = ARENA_ARRAY(l->a, struct fn, n);
    for (uint32_t i = 0; i < t->count; i++) {
        uint32_t name = look_is_any(l, i, l->w->functions) ? name_of(l, i) : TREE_NONE;
        if (name == TREE_NONE)
            continue;
        uint32_t owner = look_is_any(l, l->scope[i], l->w->classes) ? l->scope[i] : TREE_NONE;
        fns[l->fn_count++] = (struct fn){ tree_text(t, name), i, params_of(l, i), owner };
    }
    l->fns = fns;
}

void look_at(struct look *l)
{
    find_scopes(l);
    find_functions(l);
    l->within = l->rule->function.len ? TREE_NONE : 0;
    for (size_t i = 0; i < l->fn_count && l->within == TREE_NONE; i++)
        if (str_eq(l->fns[i].name, l->rule->function))
            l->within = l->fns[i].node;
}

/* --- names --- */

static bool is_spot(const struct look *l, uint32_t node, const struct spot *spots)
{
    uint32_t up = l->t->nodes[node].parent;
    for (; up != TREE_NONE && spots->parent; spots++)
        if (look_is(l, up, spots->parent) && (!spots->field || has_field(l, node, spots->field)))
            return true;
    return false;
}

static bool is_name(const struct look *l, uint32_t node)
{
    return look_is(l, node, "identifier") ||
           look_is(l, node, "shorthand_property_identifier_pattern");
}

bool look_is_use(const struct look *l, uint32_t node)
{
    return look_is(l, node, "identifier") && !is_spot(l, node, l->w->bindings) &&
           !is_spot(l, node, l->w->members) &&
           !(look_is(l, l->t->nodes[node].parent, "keyword_argument") &&
             has_field(l, node, "name"));
}

bool look_is_given(const struct look *l, uint32_t node)
{
    return is_name(l, node) && is_spot(l, node, l->w->bindings);
}

/* `max = max` gives nothing of one's own. */
static bool assigns_itself(const struct look *l, uint32_t node)
{
    uint32_t up = l->t->nodes[node].parent;
    uint32_t right = look_child(l, up, "right");
    if (right == TREE_NONE)
        right = look_child(l, up, "value");
    return right != TREE_NONE && right != node &&
           str_eq(tree_text(l->t, right), tree_text(l->t, node));
}

/* In the main part of a Python file a name means the built-in until it is given another meaning. */
static bool binds(const struct look *l, uint32_t scope, struct str name, uint32_t use)
{
    bool in_order = l->t->lang == TREE_PYTHON && scope == 0 && l->scope[use] == 0;
    uint32_t end = in_order ? use : l->t->nodes[scope].end;
    for (uint32_t i = scope; i < end; i++)
        if (l->scope[i] == scope && is_name(l, i) && str_eq(tree_text(l->t, i), name) &&
            (is_spot(l, i, l->w->bindings) ||
             look_is(l, i, "shorthand_property_identifier_pattern")) &&
            !assigns_itself(l, i))
            return true;
    return false;
}

/* In Python a method does not see the names of its class. */
bool look_is_own(const struct look *l, uint32_t node, struct str name)
{
    uint32_t from = l->scope[node];
    for (uint32_t s = from;; s = l->scope[s]) {
        bool seen = s == from || l->t->lang != TREE_PYTHON || !look_is_any(l, s, l->w->classes);
        if (seen && binds(l, s, name, node))
            return true;
        if (s == 0)
            return false;
    }
}

/* --- members --- */

bool look_member(const struct look *l, uint32_t node, struct member *out)
{
    for (const struct spot *m = l->w->members; m->parent; m++) {
        if (!look_is(l, node, m->parent))
            continue;
        uint32_t name = look_child(l, node, m->field);
        if (name == TREE_NONE)
            return false;
        *out = (struct member){ look_child(l, node, l->w->object), tree_text(l->t, name) };
        return true;
    }
    if (!look_is(l, node, "method_reference") || l->t->nodes[node].end <= node + 1)
        return false;
    *out = (struct member){ node + 1, tree_text(l->t, l->t->nodes[node].end - 1) };
    return true;
}

static bool class_has(const struct look *l, struct str class, struct str method)
{
    for (size_t i = 0; i < l->fn_count; i++) {
        uint32_t name = look_child(l, l->fns[i].owner, "name");
        if (name != TREE_NONE && str_eq(l->fns[i].name, method) &&
            (!class.len || str_eq(tree_text(l->t, name), class)))
            return true;
    }
    return false;
}

/* The class named where the variable is made: `x = C()`, `C x`, `x = new C()`. */
static struct str made_by(const struct look *l, uint32_t name)
{
    uint32_t up = l->t->nodes[name].parent;
    uint32_t right = look_child(l, up, "right"), made = TREE_NONE;
    if (right == TREE_NONE)
        right = look_child(l, up, "value");
    if (look_is(l, right, "call"))
        made = look_child(l, right, "function");
    else if (look_is(l, right, "new_expression"))
        made = look_child(l, right, "constructor");
    else if (look_is(l, up, "formal_parameter"))
        made = look_child(l, up, "type");
    else if (look_is(l, up, "variable_declarator"))
        made = look_child(l, l->t->nodes[up].parent, "type");
    return made == TREE_NONE ? STR("") : tree_text(l->t, made);
}

bool look_is_own_object(const struct look *l, uint32_t object, struct str method)
{
    struct str text = tree_text(l->t, object);
    if (word_in(text, l->w->selves))
        return class_has(l, STR(""), method);
    if (class_has(l, text, method))
        return true;
    for (uint32_t i = 0; i < l->t->count; i++) {
        struct str class =
            is_name(l, i) && is_spot(l, i, l->w->bindings) && str_eq(tree_text(l->t, i), text)
                ? made_by(l, i)
                : STR("");
        if (class.len && class_has(l, class, method))
            return true;
    }
    return false;
}

static uint32_t alias_source(const struct look *l, uint32_t node)
{
    uint32_t up = l->t->nodes[node].parent;
    if (look_is(l, up, "aliased_import") && has_field(l, node, "alias"))
        return look_child(l, up, "name");
    if (!is_spot(l, node, l->w->bindings))
        return TREE_NONE;
    uint32_t right = look_child(l, up, "right");
    if (right == TREE_NONE)
        right = look_child(l, up, "value");
    return look_is(l, right, "identifier") ? right : TREE_NONE;
}

struct str look_alias(const struct look *l, struct str name)
{
    for (uint32_t i = 0; i < l->t->count; i++) {
        uint32_t from = look_is(l, i, "identifier") && str_eq(tree_text(l->t, i), name)
                            ? alias_source(l, i)
                            : TREE_NONE;
        if (from != TREE_NONE && !str_eq(tree_text(l->t, from), name))
            return tree_text(l->t, from);
    }
    return name;
}
