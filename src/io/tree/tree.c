/* Parsing, and tree-sitter's tree laid flat. */
#include "base/num.h"
#include "io/clock/clock.h"
#include "io/tree/tree_priv.h"

enum { TOKENS_MAX = 60'000, LOOK_AT_CLOCK = 64 };

const TSLanguage *tree_sitter_python(void);
const TSLanguage *tree_sitter_c(void);
const TSLanguage *tree_sitter_java(void);
const TSLanguage *tree_sitter_javascript(void);

static const struct {
    const char *name;
    const TSLanguage *(*grammar)(void);
} languages[] = {
    [TREE_PYTHON] = { "python", tree_sitter_python },
    [TREE_C] = { "c", tree_sitter_c },
    [TREE_JAVA] = { "java", tree_sitter_java },
    [TREE_JAVASCRIPT] = { "javascript", tree_sitter_javascript },
};
static_assert(COUNT_OF(languages) == TREE_LANG_COUNT, "a grammar for each language");

const TSLanguage *tree_grammar(enum tree_lang lang)
{
    return languages[lang].grammar();
}

const char *tree_lang_name(enum tree_lang lang)
{
    return languages[lang].name;
}

bool tree_lang_named(struct str name, enum tree_lang *out)
{
    for (size_t i = 0; i < TREE_LANG_COUNT; i++)
        if (str_is(name, languages[i].name)) {
            *out = (enum tree_lang)i;
            return true;
        }
    return false;
}

uint16_t tree_kind(enum tree_lang lang, const char *name, bool named)
{
    return ts_language_symbol_for_name(tree_grammar(lang), name, (uint32_t)strlen(name), named);
}

uint16_t tree_field(enum tree_lang lang, const char *name)
{
    return ts_language_field_id_for_name(tree_grammar(lang), name, (uint32_t)strlen(name));
}

const char *tree_kind_name(enum tree_lang lang, uint16_t kind)
{
    return ts_language_symbol_name(tree_grammar(lang), kind);
}

uint32_t tree_child(const struct tree *t, uint32_t node, uint16_t field)
{
    for (uint32_t c = field ? tree_first(t, node) : TREE_NONE; c != TREE_NONE; c = t->nodes[c].next)
        if (t->nodes[c].field == field)
            return c;
    return TREE_NONE;
}

/* --- laying flat --- */

/* Code points before each byte; NULL when every byte is one, which is the common case. */
static const uint32_t *points_before(struct str text, struct arena *a)
{
    uint32_t n = 0;
    size_t at = 0;
    while (at < text.len && (unsigned char)text.ptr[at] < 0x80)
        at++;
    if (at == text.len)
        return NULL;
    uint32_t *before = ARENA_ARRAY(a, uint32_t, text.len + 1);
    for (size_t i = 0; i < text.len; i++) {
        before[i] = n;
        n += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    }
    before[text.len] = n;
    return before;
}

static uint32_t column_of(const uint32_t *points, uint32_t byte, TSPoint p)
{
    return 1 + (points ? points[byte] - points[byte - p.column] : p.column);
}

static struct tree_node node_of(const TSTreeCursor *c, const uint32_t *points)
{
    TSNode n = ts_tree_cursor_current_node(c);
    TSPoint start = ts_node_start_point(n), end = ts_node_end_point(n);
    uint32_t from = ts_node_start_byte(n), to = ts_node_end_byte(n);
    return (struct tree_node){ .from = from,
                               .to = to,
                               .line = start.row + 1,
                               .column = column_of(points, from, start),
                               .end_line = end.row + 1,
                               .end_column = column_of(points, to, end),
                               .next = TREE_NONE,
                               .kind = ts_node_symbol(n),
                               .field = ts_tree_cursor_current_field_id(c),
                               .named = ts_node_is_named(n),
                               .error =
                                   ts_node_is_missing(n) || ts_node_symbol(n) == (TSSymbol)-1 };
}

/* To the next node in pre-order; *up counts the levels that were left. */
static bool step(TSTreeCursor *c, uint32_t *up, bool *down)
{
    *up = 0;
    *down = ts_tree_cursor_goto_first_child(c);
    if (*down)
        return true;
    while (!ts_tree_cursor_goto_next_sibling(c)) {
        if (!ts_tree_cursor_goto_parent(c))
            return false;
        ++*up;
    }
    return true;
}

static uint32_t count_nodes(TSNode root)
{
    TSTreeCursor c = ts_tree_cursor_new(root);
    uint32_t n = 1, up = 0;
    bool down = false;
    while (step(&c, &up, &down))
        n++;
    ts_tree_cursor_delete(&c);
    return n;
}

/* False: `until` came first. A node may cost its depth, since the library looks for its field
 * upwards through what the grammar hides. */
static bool lay_flat(struct tree *t, struct tree_node *nodes, int64_t until)
{
    AUTO_ARENA scratch = { 0 };
    const uint32_t *points = points_before(t->text, &scratch);
    TSTreeCursor c = ts_tree_cursor_new(ts_tree_root_node(t->handle));
    uint32_t up = 0, last = 0;
    bool down = false;
    nodes[0] = node_of(&c, points);
    nodes[0].parent = TREE_NONE;
    bool late = false;
    for (uint32_t i = 1; !late && i < t->count && step(&c, &up, &down); i++) {
        late = i % LOOK_AT_CLOCK == 0 && clock_after(0) > until;
        uint32_t left = last; /* the node whose sibling or child this one is */
        for (; up; up--) {
            nodes[left].end = i;
            left = nodes[left].parent;
        }
        nodes[i] = node_of(&c, points);
        nodes[i].parent = down ? left : nodes[left].parent;
        if (!down) {
            nodes[left].next = i;
            nodes[left].end = i;
        }
        t->errors = t->errors || nodes[i].error;
        last = i;
    }
    for (; last != TREE_NONE; last = nodes[last].parent)
        nodes[last].end = t->count;
    t->errors = t->errors || nodes[0].error;
    ts_tree_cursor_delete(&c);
    return !late;
}

/* --- parsing --- */

static bool is_word(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* At least as many as any of the grammars makes of the text: a word is at most a number and a name,
 * a line ends in at most a line break, an indent and a dedent without text of their own. */
static size_t tokens_at_most(struct str text)
{
    size_t n = 4;
    bool word = false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '\n' || c == '\r')
            n += 3;
        else if (is_word(c))
            n += word ? 0 : 2;
        else
            n += c != ' ' && c != '\t';
        word = is_word(c);
    }
    return n;
}

static TSTree *parsed(struct str text, enum tree_lang lang, int64_t budget_us)
{
    TSParser *parser = ts_parser_new();
    TSTree *tree = NULL;
    ts_parser_set_timeout_micros(parser, (uint64_t)i64_max(budget_us, 1));
    bool known = ts_parser_set_language(parser, tree_grammar(lang));
    assert(known); /* the grammars are pinned to what the library reads */
    tree = ts_parser_parse_string(parser, NULL, text.ptr, (uint32_t)text.len);
    ts_parser_delete(parser);
    return tree;
}

enum err tree_parse(struct str text, enum tree_lang lang, int64_t budget_us, struct arena *a,
                    struct tree *out, struct fail *f)
{
    *out = (struct tree){ .lang = lang, .text = text.ptr ? text : STR("") };
    if (text.len > TREE_SOURCE_MAX)
        return FAIL(f, ERR_TOO_LARGE, "tree.source", "%zu bytes, at most %d", text.len,
                    TREE_SOURCE_MAX);
    if (tokens_at_most(text) > TOKENS_MAX)
        return FAIL(f, ERR_LIMIT, "tree.tokens", "%zu bytes may hold more than %d tokens", text.len,
                    TOKENS_MAX);
    struct tree t = *out;
    int64_t until = clock_after(budget_us);
    t.handle = parsed(t.text, lang, budget_us);
    if (!t.handle)
        return FAIL(f, ERR_TIMEOUT, "tree.budget", "%zu bytes of %s in %lld us", text.len,
                    tree_lang_name(lang), (long long)budget_us);
    t.count = count_nodes(ts_tree_root_node(t.handle));
    struct tree_node *nodes = ARENA_ARRAY(a, struct tree_node, t.count);
    bool whole = lay_flat(&t, nodes, until);
    if (!whole) {
        tree_release(&t);
        return FAIL(f, ERR_TIMEOUT, "tree.budget", "%u nodes in %lld us", t.count,
                    (long long)budget_us);
    }
    t.nodes = nodes;
    *out = t;
    return ERR_OK;
}

void tree_release(struct tree *t)
{
    if (t->handle)
        ts_tree_delete(t->handle);
    *t = (struct tree){ 0 };
}
