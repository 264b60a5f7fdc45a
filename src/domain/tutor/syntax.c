#include "domain/tutor/syntax.h"

#include "base/buf.h"
#include "base/num.h"
#include "io/tree/tree.h"

#include <stdatomic.h>
#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_python(void);

enum { TEXT_MAX = 65'536, PARSE_US = 500'000, MATCH_LIMIT = 256, MATCHES_MAX = 2'000 };

/* --- parsing --- */

struct syntax syntax_parse(struct str text)
{
    AUTO_ARENA nodes = { 0 }; /* only the library's own tree is kept */
    struct tree t;
    struct fail f = { 0 };
    struct syntax s = { .text = str_head(text, TEXT_MAX) };
    if (!tree_parse(s.text, TREE_PYTHON, PARSE_US, &nodes, &t, &f))
        s.tree = t.handle;
    return s;
}

void syntax_free(struct syntax *s)
{
    if (s->tree)
        ts_tree_delete(s->tree);
    s->tree = NULL;
}

static struct place place_of(TSNode n)
{
    return (struct place){ ts_node_start_byte(n), ts_node_end_byte(n),
                           (int64_t)ts_node_start_point(n).row + 1,
                           (int64_t)ts_node_end_point(n).row + 1 };
}

static struct str text_of(const struct syntax *s, struct place at)
{
    return str_head(str_from(s->text, at.from), at.to - at.from);
}

/* --- queries --- */

struct TSQuery *syntax_query_new(struct str pattern)
{
    uint32_t at = 0;
    TSQueryError wrong = TSQueryErrorNone;
    return ts_query_new(tree_sitter_python(), pattern.ptr, (uint32_t)pattern.len, &at, &wrong);
}

const struct TSQuery *syntax_pattern_query(struct syntax_pattern *p)
{
    struct TSQuery *q = atomic_load(&p->query), *made = NULL;
    if (q)
        return q;
    made = syntax_query_new(p->text);
    if (atomic_compare_exchange_strong(&p->query, &q, made))
        return made;
    syntax_query_free(made); /* another thread was faster */
    return q;
}

void syntax_query_free(struct TSQuery *q)
{
    if (q)
        ts_query_delete(q);
}

const struct syntax_capture *syntax_captured(const struct syntax_match *m, const char *name)
{
    for (size_t i = 0; i < m->count; i++)
        if (!strcmp(m->captures[i].name, name))
            return &m->captures[i];
    return NULL;
}

static struct str query_string(const TSQuery *q, uint32_t id)
{
    uint32_t n = 0;
    const char *p = ts_query_string_value_for_id(q, id, &n);
    return (struct str){ p, n };
}

static const struct syntax_capture *query_capture(const TSQuery *q, uint32_t id,
                                                  const struct syntax_match *m)
{
    uint32_t n = 0;
    return syntax_captured(m, ts_query_capture_name_for_id(q, id, &n));
}

/* The value of a step: a string of the pattern or the text of a capture. False: the capture is of
 * another alternative. */
static bool step_text(const TSQuery *q, const TSQueryPredicateStep *step,
                      const struct syntax_match *m, struct str *out)
{
    if (step->type == TSQueryPredicateStepTypeString) {
        *out = query_string(q, step->value_id);
        return true;
    }
    const struct syntax_capture *c = query_capture(q, step->value_id, m);
    if (c)
        *out = c->text;
    return c;
}

/* steps[0] is the name, steps[1] the left side, the rest are the values. */
static bool predicate_holds(const TSQuery *q, const TSQueryPredicateStep *steps, uint32_t n,
                            const struct syntax_match *m)
{
    struct str name = query_string(q, steps[0].value_id), left, right;
    bool negative = str_starts(name, STR("not-")), equal = false;
    if (n < 3 || !step_text(q, &steps[1], m, &left))
        return true;
    for (uint32_t i = 2; i < n; i++) {
        if (!step_text(q, &steps[i], m, &right))
            return true;
        equal = equal || str_eq(left, right);
    }
    return equal != negative;
}

static bool predicates_hold(const TSQuery *q, uint16_t pattern, const struct syntax_match *m)
{
    uint32_t n = 0, from = 0;
    const TSQueryPredicateStep *steps = ts_query_predicates_for_pattern(q, pattern, &n);
    for (uint32_t i = 0; i < n; i++)
        if (steps[i].type == TSQueryPredicateStepTypeDone) {
            if (!predicate_holds(q, steps + from, i - from, m))
                return false;
            from = i + 1;
        }
    return true;
}

static void take_captures(const struct syntax *s, const TSQuery *q, const TSQueryMatch *in,
                          struct syntax_match *out)
{
    out->count = size_min(in->capture_count, SYNTAX_CAPTURES);
    for (size_t i = 0; i < out->count; i++) {
        uint32_t n = 0;
        struct place at = place_of(in->captures[i].node);
        out->captures[i] = (struct syntax_capture){ .name = ts_query_capture_name_for_id(
                                                        q, in->captures[i].index, &n),
                                                    .at = at,
                                                    .text = text_of(s, at) };
    }
}

/* The node that begins and ends exactly there, the outermost one. */
static TSNode node_at(const struct syntax *s, struct place at)
{
    TSNode root = ts_tree_root_node(s->tree);
    if (at.from == 0 && at.to == UINT32_MAX)
        return root;
    TSNode n = ts_node_descendant_for_byte_range(root, at.from, at.to);
    for (TSNode up = ts_node_parent(n); !ts_node_is_null(up); up = ts_node_parent(up)) {
        if (ts_node_start_byte(up) != at.from || ts_node_end_byte(up) != at.to)
            break;
        n = up;
    }
    return n;
}

bool syntax_find(const struct syntax *s, const struct TSQuery *q, struct place within,
                 bool (*keep)(void *ctx, const struct syntax_match *m), void *ctx,
                 struct syntax_match *out)
{
    if (!s->tree || !q)
        return false;
    TSQueryCursor *cursor = ts_query_cursor_new();
    TSQueryMatch m;
    bool found = false;
    ts_query_cursor_set_match_limit(cursor, MATCH_LIMIT);
    ts_query_cursor_exec(cursor, q, node_at(s, within));
    for (int i = 0; i < MATCHES_MAX && !found && ts_query_cursor_next_match(cursor, &m); i++) {
        take_captures(s, q, &m, out);
        found = predicates_hold(q, m.pattern_index, out) && (!keep || keep(ctx, out));
    }
    ts_query_cursor_delete(cursor);
    return found;
}

/* --- regions --- */

static bool one_of(const char *type, const char *const *list)
{
    for (; *list; list++)
        if (!strcmp(type, *list))
            return true;
    return false;
}

static const char *const loop_types[] = { "for_statement", "while_statement", NULL };
static const char *const branch_types[] = { "if_statement",    "elif_clause",   "else_clause",
                                            "try_statement",   "except_clause", "with_statement",
                                            "match_statement", "case_clause",   NULL };
static const char *const function_types[] = { "function_definition", "class_definition", NULL };

static bool kind_of(TSNode n, enum region_kind *out)
{
    const char *type = ts_node_type(n);
    if (one_of(type, loop_types))
        *out = REGION_LOOP;
    else if (one_of(type, branch_types))
        *out = REGION_BRANCH;
    else if (one_of(type, function_types))
        *out = REGION_FUNCTION;
    else
        return false;
    return true;
}

/* The first byte of the line's text. */
static uint32_t line_start(struct str text, int64_t line)
{
    size_t at = 0;
    for (int64_t l = 1; l < line && at < text.len; at++)
        l += text.ptr[at] == '\n';
    while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t'))
        at++;
    return (uint32_t)at;
}

static bool is_block(TSNode n)
{
    return !strcmp(ts_node_type(n), "block") || !strcmp(ts_node_type(n), "module");
}

/* The statement the byte is in: the outermost node below a block; a header of a compound one. */
static TSNode statement_at(const struct syntax *s, uint32_t at)
{
    TSNode n = ts_node_descendant_for_byte_range(ts_tree_root_node(s->tree), at, at);
    for (TSNode up = ts_node_parent(n); !ts_node_is_null(up) && !is_block(up);
         up = ts_node_parent(up))
        n = up;
    return n;
}

static TSNode wider(TSNode n, int widen, enum region_kind *kind)
{
    for (; !ts_node_is_null(n); n = ts_node_parent(n)) {
        if (!kind_of(n, kind))
            continue;
        if (*kind == REGION_FUNCTION || widen < 2)
            return n;
    }
    *kind = REGION_MODULE;
    return n;
}

struct region syntax_region(const struct syntax *s, int64_t line, int widen)
{
    struct region r = { REGION_STATEMENT, { 0, 0, line, line } };
    if (!s->tree)
        return r;
    TSNode n = statement_at(s, line_start(s->text, line));
    if (widen > 0) {
        TSNode wide = wider(n, widen, &r.kind);
        r.at = place_of(ts_node_is_null(wide) ? ts_tree_root_node(s->tree) : wide);
        return r;
    }
    if (kind_of(n, &r.kind)) /* the header counts, not what it holds */
        return r;
    r.at = place_of(n);
    return r;
}

/* --- shape --- */

static void put_tokens(const struct syntax *s, TSNode root, struct buf *b)
{
    TSTreeCursor c = ts_tree_cursor_new(root);
    for (bool more = true; more;) {
        TSNode n = ts_tree_cursor_current_node(&c);
        bool comment = !strcmp(ts_node_type(n), "comment");
        if (!comment && ts_tree_cursor_goto_first_child(&c))
            continue;
        if (!comment) {
            buf_put(b, text_of(s, place_of(n)));
            buf_putc(b, ts_node_start_byte(n) == ts_node_end_byte(n) ? '\1' : '\n');
        }
        while (!ts_tree_cursor_goto_next_sibling(&c))
            if (!ts_tree_cursor_goto_parent(&c)) {
                more = false;
                break;
            } else {
                buf_putc(b, '\2');
            }
    }
    ts_tree_cursor_delete(&c);
}

struct str syntax_shape(const struct syntax *s, struct arena *a)
{
    AUTO_BUF b = { .max = 8 * (size_t)TEXT_MAX };
    if (s->tree)
        put_tokens(s, ts_tree_root_node(s->tree), &b);
    return arena_dup(a, buf_str(&b));
}

bool syntax_is_empty(const struct syntax *s)
{
    if (!s->tree)
        return !str_trim(s->text).len;
    TSNode root = ts_tree_root_node(s->tree);
    uint32_t n = ts_node_named_child_count(root);
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(ts_node_type(ts_node_named_child(root, i)), "comment") != 0)
            return false;
    return true;
}
