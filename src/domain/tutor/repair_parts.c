/* A syntax tree as statements with statements inside, and their tokens. */
#include "base/num.h"
#include "domain/tutor/repair.h"

struct kinds { /* of the grammar, looked up once for each program */
    uint16_t block, comment, string, identifier, integer, real, attribute, keyword, parameters,
        lambda_parameters, typed_parameter, target, decorated, field_attribute, field_name,
        field_left, field_definition;
    uint16_t patterns[5];
};
struct builder {
    const struct tree *t;
    struct arena *a;
    struct kinds k;
    struct lexeme *tokens;
    uint32_t token_count, parts;
    struct str names[REPAIR_NAMES];
    size_t name_count;
    bool full;
};

static struct kinds kinds_of(enum tree_lang l)
{
    return (struct kinds){
        .block = tree_kind(l, "block", true),
        .comment = tree_kind(l, "comment", true),
        .string = tree_kind(l, "string", true),
        .identifier = tree_kind(l, "identifier", true),
        .integer = tree_kind(l, "integer", true),
        .real = tree_kind(l, "float", true),
        .attribute = tree_kind(l, "attribute", true),
        .keyword = tree_kind(l, "keyword_argument", true),
        .parameters = tree_kind(l, "parameters", true),
        .lambda_parameters = tree_kind(l, "lambda_parameters", true),
        .typed_parameter = tree_kind(l, "typed_parameter", true),
        .target = tree_kind(l, "as_pattern_target", true),
        .decorated = tree_kind(l, "decorated_definition", true),
        .field_attribute = tree_field(l, "attribute"),
        .field_name = tree_field(l, "name"),
        .field_left = tree_field(l, "left"),
        .field_definition = tree_field(l, "definition"),
        .patterns = { tree_kind(l, "pattern_list", true), tree_kind(l, "tuple_pattern", true),
                      tree_kind(l, "list_pattern", true), tree_kind(l, "list_splat_pattern", true),
                      tree_kind(l, "parenthesized_expression", true) },
    };
}

/* --- names the program defines --- */

static bool is_pattern(const struct kinds *k, uint16_t kind)
{
    for (size_t i = 0; i < COUNT_OF(k->patterns); i++)
        if (kind == k->patterns[i])
            return true;
    return false;
}

static bool defines(const struct builder *b, uint32_t node)
{
    const struct tree_node *n = b->t->nodes;
    uint32_t at = node;
    while (n[at].parent != TREE_NONE && is_pattern(&b->k, n[n[at].parent].kind))
        at = n[at].parent;
    if (n[at].parent == TREE_NONE)
        return false;
    uint16_t up = n[n[at].parent].kind, field = n[at].field;
    if (up == b->k.keyword)
        return false;
    return field == b->k.field_left || field == b->k.field_name || up == b->k.parameters ||
           up == b->k.lambda_parameters || up == b->k.typed_parameter || up == b->k.target;
}

static bool is_own(const struct builder *b, struct str name)
{
    for (size_t i = 0; i < b->name_count; i++)
        if (str_eq(b->names[i], name))
            return true;
    return false;
}

static void find_names(struct builder *b)
{
    for (uint32_t i = 0; i < b->t->count && b->name_count < REPAIR_NAMES; i++)
        if (b->t->nodes[i].kind == b->k.identifier && defines(b, i) &&
            !is_own(b, tree_text(b->t, i)))
            b->names[b->name_count++] = tree_text(b->t, i);
}

/* --- tokens --- */

static bool is_variable(const struct builder *b, uint32_t i)
{
    const struct tree_node *n = &b->t->nodes[i];
    if (n->kind != b->k.identifier || n->parent == TREE_NONE)
        return false;
    uint16_t up = b->t->nodes[n->parent].kind;
    if (up == b->k.attribute && n->field == b->k.field_attribute)
        return false;
    return up != b->k.keyword || n->field != b->k.field_name;
}

static void take_token(struct builder *b, uint32_t i)
{
    const struct tree_node *n = &b->t->nodes[i];
    struct str text = tree_text(b->t, i);
    if (b->token_count == REPAIR_TOKENS) {
        b->full = true;
        return;
    }
    b->tokens[b->token_count++] =
        (struct lexeme){ .text = text,
                         .from = n->from,
                         .to = n->to,
                         .number = n->kind == b->k.integer || n->kind == b->k.real,
                         .own = is_variable(b, i) && is_own(b, text) };
}

/* Leaves of nodes from..to-1; a string is one token, a comment none. */
static void take_tokens(struct builder *b, uint32_t from, uint32_t to, struct part *p)
{
    p->first = b->token_count;
    for (uint32_t i = from; i < to; i++) {
        const struct tree_node *n = &b->t->nodes[i];
        bool whole = n->kind == b->k.string || n->kind == b->k.comment;
        if (!whole && n->end > i + 1)
            continue;
        if (n->kind != b->k.comment && n->to > n->from)
            take_token(b, i);
        if (whole)
            i = n->end - 1;
    }
    p->count = b->token_count - p->first;
}

/* --- parts --- */

static enum part_kind kind_named(const char *name)
{
    static const struct {
        const char *name;
        enum part_kind kind;
    } table[] = {
        { "if_statement", PART_IF },       { "elif_clause", PART_ELIF },
        { "else_clause", PART_ELSE },      { "for_statement", PART_FOR },
        { "while_statement", PART_WHILE }, { "function_definition", PART_DEF },
    };
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (!strcmp(name, table[i].name))
            return table[i].kind;
    return PART_OTHER;
}

static uint32_t block_of(const struct builder *b, uint32_t node)
{
    for (uint32_t c = tree_first(b->t, node); c != TREE_NONE; c = b->t->nodes[c].next)
        if (b->t->nodes[c].kind == b->k.block)
            return c;
    return TREE_NONE;
}

static bool is_clause(const struct builder *b, uint32_t node)
{
    return block_of(b, node) != TREE_NONE && b->t->nodes[node].kind != b->k.block;
}

static void take_list(struct builder *b, uint32_t parent, struct part **out, size_t *n);

static void end_of_header(struct builder *b, struct part *p, uint32_t node, uint32_t block)
{
    const struct tree_node *n = b->t->nodes;
    uint32_t last = block == TREE_NONE ? n[node].end : block;
    take_tokens(b, node, last, p);
    p->to = p->count ? b->tokens[p->first + p->count - 1].to : n[node].to;
    p->line_end = block == TREE_NONE ? n[node].end_line : p->line;
}

static uint32_t size_of(const struct part *p)
{
    uint32_t size = p->count;
    for (size_t i = 0; i < p->inside_count; i++)
        size += p->inside[i].size;
    return size;
}

/* One statement or clause without the clauses that follow it. */
static struct part take_part(struct builder *b, uint32_t node)
{
    const struct tree_node *n = b->t->nodes;
    uint32_t owner = node;
    if (n[node].kind == b->k.decorated)
        owner = tree_child(b->t, node, b->k.field_definition);
    uint32_t block = owner == TREE_NONE ? TREE_NONE : block_of(b, owner);
    struct part p = { .id = b->parts++, .from = n[node].from, .line = n[node].line };
    p.kind =
        block == TREE_NONE ? PART_SIMPLE : kind_named(tree_kind_name(b->t->lang, n[owner].kind));
    end_of_header(b, &p, node, block);
    if (block != TREE_NONE)
        take_list(b, block, &p.inside, &p.inside_count);
    p.size = size_of(&p);
    return p;
}

static size_t count_parts(const struct builder *b, uint32_t parent)
{
    size_t total = 0;
    for (uint32_t c = tree_first(b->t, parent); c != TREE_NONE; c = b->t->nodes[c].next) {
        total += b->t->nodes[c].named && b->t->nodes[c].kind != b->k.comment;
        for (uint32_t d = tree_first(b->t, c); d != TREE_NONE; d = b->t->nodes[d].next)
            total += is_clause(b, d);
    }
    return total;
}

/* The statements of a block; `elif`, `else`, `except` stand beside what they belong to. */
static void take_list(struct builder *b, uint32_t parent, struct part **out, size_t *n)
{
    size_t max = count_parts(b, parent), count = 0;
    struct part *list = ARENA_ARRAY(b->a, struct part, max + 1);
    for (uint32_t c = tree_first(b->t, parent); c != TREE_NONE; c = b->t->nodes[c].next) {
        if (!b->t->nodes[c].named || b->t->nodes[c].kind == b->k.comment)
            continue;
        if (b->parts >= REPAIR_PARTS) {
            b->full = true;
            break;
        }
        list[count++] = take_part(b, c);
        if (b->t->nodes[c].kind == b->k.decorated)
            continue;
        for (uint32_t d = tree_first(b->t, c); d != TREE_NONE; d = b->t->nodes[d].next)
            if (is_clause(b, d) && count < max)
                list[count++] = take_part(b, d);
    }
    *out = list;
    *n = count;
}

bool program_of(const struct tree *t, struct arena *a, struct program *out)
{
    struct builder b = { .t = t, .a = a, .k = kinds_of(t->lang) };
    if (t->lang != TREE_PYTHON || t->errors)
        return false;
    b.tokens = ARENA_ARRAY(a, struct lexeme, REPAIR_TOKENS);
    find_names(&b);
    *out = (struct program){ .text = t->text };
    take_list(&b, 0, &out->parts, &out->count);
    out->part_total = b.parts;
    out->tokens = b.tokens;
    out->token_count = b.token_count;
    return !b.full;
}
