/* Reading a rule from its text, and asking it of a program. */
#include "domain/exercise/construct.h"

#include "base/num.h"
#include "domain/exercise/construct_priv.h"
#include "io/clock/clock.h"

enum { NAMES_MAX = 50, NUMBER_MAX = 1000 };

/* --- the simple rules --- */

static uint32_t find_kind(struct look *l, const char *const *kinds)
{
    for (uint32_t i = l->within; i < l->t->nodes[l->within].end && look_in_time(l, i); i++)
        if (look_is_any(l, i, kinds))
            return i;
    return TREE_NONE;
}

static uint32_t find_loop(struct look *l)
{
    return find_kind(l, l->w->loops);
}

static uint32_t find_branch(struct look *l)
{
    return find_kind(l, l->w->branches);
}

static uint32_t find_class(struct look *l)
{
    return find_kind(l, l->w->classes);
}

static uint32_t find_goto(struct look *l)
{
    return find_kind(l, (const char *const[]){ "goto_statement", NULL });
}

static uint32_t find_sort(struct look *l)
{
    return find_banned(l, &l->w->sort);
}

static uint32_t find_max(struct look *l)
{
    return find_banned(l, &l->w->max);
}

static uint32_t find_eval(struct look *l)
{
    return find_banned(l, &l->w->eval);
}

static uint32_t find_print(struct look *l)
{
    return find_banned(l, &l->w->print);
}

/* --- globals --- */

static bool has_word(const struct look *l, uint32_t node, const char *word)
{
    for (uint32_t c = tree_first(l->t, node); c != TREE_NONE; c = l->t->nodes[c].next)
        if (str_is(tree_text(l->t, c), word) ||
            (look_is(l, c, "modifiers") && has_word(l, c, word)))
            return true;
    return false;
}

/* A variable of the file in C: not a function's prototype, not a constant. */
static bool is_c_global(const struct look *l, uint32_t node)
{
    if (!look_is(l, node, "declaration") || l->t->nodes[node].parent != 0 ||
        has_word(l, node, "const") || has_word(l, node, "typedef"))
        return false;
    uint32_t d = look_child(l, node, "declarator");
    while (look_is(l, d, "init_declarator") || look_is(l, d, "pointer_declarator"))
        d = look_child(l, d, "declarator");
    return d != TREE_NONE && !look_is(l, d, "function_declarator");
}

static bool is_global(const struct look *l, uint32_t node)
{
    switch (l->t->lang) {
    case TREE_PYTHON:
        return look_is(l, node, "global_statement");
    case TREE_C:
        return is_c_global(l, node);
    case TREE_JAVA:
        return look_is(l, node, "field_declaration") && has_word(l, node, "static") &&
               !has_word(l, node, "final");
    case TREE_JAVASCRIPT:
        return l->t->nodes[node].parent == 0 &&
               (look_is(l, node, "variable_declaration") ||
                (look_is(l, node, "lexical_declaration") && has_word(l, node, "let")));
    case TREE_LANG_COUNT:
        break;
    }
    return false;
}

static uint32_t find_global(struct look *l)
{
    for (uint32_t i = l->within; i < l->t->nodes[l->within].end && look_in_time(l, i); i++)
        if (is_global(l, i))
            return i;
    return TREE_NONE;
}

/* --- definitions --- */

static bool is_optional(const struct look *l, uint32_t param)
{
    static const char *const kinds[] = { "default_parameter", "typed_default_parameter",
                                         "assignment_pattern", NULL };
    return look_is_any(l, param, kinds);
}

static bool is_rest(const struct look *l, uint32_t param)
{
    static const char *const kinds[] = { "list_splat_pattern", "rest_pattern", "spread_parameter",
                                         "variadic_parameter", NULL };
    return look_is_any(l, param, kinds);
}

/* `f(void)` */
static bool is_void(const struct look *l, uint32_t param)
{
    return look_is(l, param, "parameter_declaration") && str_is(tree_text(l->t, param), "void");
}

/* May it be called with so many arguments by position? A method's own object is not counted. */
static bool takes(const struct look *l, const struct fn *fn, int64_t arguments)
{
    int64_t least = 0, most = 0;
    bool rest = false;
    if (look_is(l, fn->params, "identifier")) /* x => x */
        return arguments == 1;
    for (uint32_t p = fn->params == TREE_NONE ? TREE_NONE : tree_first(l->t, fn->params);
         p != TREE_NONE; p = l->t->nodes[p].next) {
        bool counts = l->t->nodes[p].named && !is_void(l, p) && !look_is(l, p, "comment");
        if (look_is(l, p, "keyword_separator") || look_is(l, p, "dictionary_splat_pattern"))
            break;
        rest = rest || is_rest(l, p);
        most += counts && !is_rest(l, p);
        least += counts && !is_rest(l, p) && !is_optional(l, p);
    }
    bool object = l->t->lang == TREE_PYTHON && fn->owner != TREE_NONE && least;
    return arguments >= least - object && (rest || arguments <= most - object);
}

static uint32_t find_definition(struct look *l)
{
    for (size_t i = 0; i < l->fn_count; i++)
        if (str_eq(l->fns[i].name, l->rule->names[0]) && takes(l, &l->fns[i], l->rule->number))
            return l->fns[i].node;
    return TREE_NONE;
}

/* --- lines --- */

static bool is_comment(const struct look *l, uint32_t node)
{
    static const char *const kinds[] = { "comment", "line_comment", "block_comment", NULL };
    return look_is_any(l, node, kinds);
}

/* The first token past the last allowed line; lines of only blanks or comments are not counted. */
static uint32_t find_line(struct look *l)
{
    int64_t lines = 0;
    uint32_t last = 0;
    for (uint32_t i = l->within; i < l->t->nodes[l->within].end && look_in_time(l, i); i++) {
        const struct tree_node *n = &l->t->nodes[i];
        if (n->end != i + 1 || n->from == n->to || is_comment(l, i) || n->end_line <= last)
            continue;
        lines += n->end_line - (n->line > last ? n->line - 1 : last);
        last = n->end_line;
        if (lines > l->rule->number)
            return i;
    }
    return TREE_NONE;
}

/* --- the table --- */

enum argument { ARG_NONE, ARG_NAMES, ARG_NAME, ARG_NAME_COUNT, ARG_NUMBER };
enum {
    IN_PYTHON = 1 << TREE_PYTHON,
    IN_C = 1 << TREE_C,
    IN_JAVA = 1 << TREE_JAVA,
    IN_JAVASCRIPT = 1 << TREE_JAVASCRIPT,
    IN_ALL = IN_PYTHON | IN_C | IN_JAVA | IN_JAVASCRIPT
};
static const struct {
    const char *name;
    enum argument argument;
    int languages;
    bool must;
    uint32_t (*find)(struct look *l);
} rules[] = {
    [CONSTRUCT_NO_LOOP] = { "no_loop", ARG_NONE, IN_ALL, false, find_loop },
    [CONSTRUCT_MUST_LOOP] = { "must_loop", ARG_NONE, IN_ALL, true, find_loop },
    [CONSTRUCT_NO_RECURSION] = { "no_recursion", ARG_NONE, IN_ALL, false, find_recursion },
    [CONSTRUCT_MUST_RECURSION] = { "must_recursion", ARG_NONE, IN_ALL, true, find_recursion },
    [CONSTRUCT_NO_BUILTIN_SORT] = { "no_builtin_sort", ARG_NONE, IN_ALL, false, find_sort },
    [CONSTRUCT_NO_BUILTIN_MAX] = { "no_builtin_max", ARG_NONE, IN_ALL, false, find_max },
    [CONSTRUCT_ONLY_IMPORTS] = { "only_imports", ARG_NAMES, IN_ALL, false, find_import },
    [CONSTRUCT_NO_GLOBAL] = { "no_global", ARG_NONE, IN_ALL, false, find_global },
    [CONSTRUCT_NO_EVAL] = { "no_eval", ARG_NONE, IN_PYTHON | IN_JAVASCRIPT, false, find_eval },
    [CONSTRUCT_NO_GOTO] = { "no_goto", ARG_NONE, IN_C, false, find_goto },
    [CONSTRUCT_NO_PRINT_IN] = { "no_print_in", ARG_NAME, IN_ALL, false, find_print },
    [CONSTRUCT_MUST_DEFINE] = { "must_define", ARG_NAME_COUNT, IN_ALL, true, find_definition },
    [CONSTRUCT_MAX_LINES] = { "max_lines", ARG_NUMBER, IN_ALL, false, find_line },
    [CONSTRUCT_NO_CONDITIONAL] = { "no_conditional", ARG_NONE, IN_ALL, false, find_branch },
    [CONSTRUCT_MUST_USE_CLASS] = { "must_use_class", ARG_NONE, IN_PYTHON | IN_JAVASCRIPT, true,
                                   find_class },
};
static_assert(COUNT_OF(rules) == CONSTRUCT_COUNT, "a row for each rule");

bool construct_is_must(enum construct_kind kind)
{
    return rules[kind].must;
}

/* --- reading --- */

static bool read_names(struct str text, struct arena *a, struct construct *out)
{
    struct str *names = ARENA_ARRAY(a, struct str, NAMES_MAX);
    if (!str_starts(text, STR("[")) || !str_ends(text, STR("]")))
        return false;
    text = str_from(str_head(text, text.len - 1), 1);
    while (str_trim(text).len && out->name_count < NAMES_MAX) {
        names[out->name_count] = str_trim(str_take_until(&text, ','));
        if (!names[out->name_count++].len)
            return false;
    }
    out->names = names;
    return !str_trim(text).len;
}

static bool read_name(struct str text, struct arena *a, struct construct *out)
{
    struct str *name = ARENA_NEW(a, struct str);
    *name = text;
    out->names = name;
    out->name_count = 1;
    return text.len && !str_has(text, STR(" "));
}

static bool read_argument(enum argument kind, struct str text, struct arena *a,
                          struct construct *out)
{
    struct str count = text, name;
    switch (kind) {
    case ARG_NONE:
        return !text.len;
    case ARG_NAMES:
        return read_names(text, a, out);
    case ARG_NAME:
        out->function = text;
        return read_name(text, a, out);
    case ARG_NAME_COUNT:
        name = str_take_until(&count, '/');
        return read_name(name, a, out) && str_to_i64(count, 0, NUMBER_MAX, &out->number);
    case ARG_NUMBER:
        return str_to_i64(text, 1, NUMBER_MAX, &out->number);
    }
    return false;
}

enum err construct_read(struct str text, struct arena *a, struct construct *out, struct fail *f)
{
    struct str rest = str_trim(text), name = str_take_until(&rest, ' ');
    for (size_t i = CONSTRUCT_QUERY + 1; i < CONSTRUCT_COUNT; i++) {
        if (!str_is(name, rules[i].name))
            continue;
        out->kind = (enum construct_kind)i;
        if (!(rules[i].languages >> out->lang & 1))
            return FAIL(f, ERR_INPUT, "construct.builtin", "%s is no rule of %s", rules[i].name,
                        tree_lang_name(out->lang));
        if (!read_argument(rules[i].argument, str_trim(rest), a, out))
            return FAIL(f, ERR_INPUT, "construct.builtin", "%s: what follows is wrong: %.*s",
                        rules[i].name, STR_ARG(str_head(rest, 80)));
        return ERR_OK;
    }
    return FAIL(f, ERR_INPUT, "construct.builtin", "no rule %.*s", STR_ARG(str_head(name, 40)));
}

enum err construct_query_check(const struct construct *c, struct fail *f)
{
    AUTO_TREE_QUERY q = { 0 };
    return tree_query_new(c->lang, c->query, &q, f);
}

/* --- asking --- */

struct counting {
    int64_t count, max;
    uint32_t first_over, last;
};

static bool count_match(void *ctx, const struct tree_match *m)
{
    struct counting *c = ctx;
    c->count++;
    if (c->count == c->max + 1)
        c->first_over = m->captures[0].node;
    return true;
}

static enum err query_broken(struct look *l, bool *broken, uint32_t *at)
{
    AUTO_TREE_QUERY q = { 0 };
    struct counting n = { .max = l->rule->max, .first_over = TREE_NONE };
    TRY(tree_query_new(l->rule->lang, l->rule->query, &q, l->f));
    struct tree_search s = { .tree = l->t,
                             .within = l->within,
                             .budget_us = TREE_QUERY_US,
                             .each = count_match,
                             .ctx = &n };
    TRY(tree_query_run(&q, &s, l->f));
    *broken = n.count < l->rule->min || n.count > l->rule->max;
    *at = n.count > l->rule->max ? n.first_over : l->within;
    return ERR_OK;
}

static enum err rule_broken(struct look *l, bool *broken, uint32_t *at)
{
    if (l->rule->kind == CONSTRUCT_QUERY)
        return query_broken(l, broken, at);
    bool must = rules[l->rule->kind].must;
    uint32_t found = rules[l->rule->kind].find(l);
    *broken = must == (found == TREE_NONE);
    *at = must || found == TREE_NONE ? l->within : found;
    return l->bad;
}

enum err construct_broken(const struct construct *c, const struct tree *t, struct arena *a,
                          bool *broken, struct construct_place *at, struct fail *f)
{
    struct look l = { .rule = c,
                      .t = t,
                      .w = &construct_words[c->lang],
                      .a = a,
                      .until = clock_after(TREE_QUERY_US),
                      .f = f };
    uint32_t node = 0;
    *broken = rules[c->kind].must || c->min > 0; /* unless there is something to look at */
    look_at(&l);
    if (l.within != TREE_NONE)
        TRY(rule_broken(&l, broken, &node));
    const struct tree_node *n = &t->nodes[node];
    *at = (struct construct_place){ n->line, n->column, n->end_line, n->end_column };
    if (node == 0)
        *at = (struct construct_place){ 1, 1, 1, 1 };
    return ERR_OK;
}
