/* What each line writes and reads, for the slice: from the tree alone. */
#include "base/num.h"
#include "domain/tutor/syntax.h"

#include <tree_sitter/api.h>

enum { LINES_MAX = 4'000 };

struct walk {
    const struct syntax *s;
    struct line_names *lines;
    size_t count;
};

static struct str node_text(const struct walk *w, TSNode n)
{
    uint32_t from = ts_node_start_byte(n), to = ts_node_end_byte(n);
    return str_head(str_from(w->s->text, from), to - from);
}

static struct line_names *line_of(const struct walk *w, TSNode n)
{
    size_t line = (size_t)ts_node_start_point(n).row + 1;
    return &w->lines[line <= w->count ? line : 0];
}

static void add(struct str *list, size_t *n, struct str name)
{
    for (size_t i = 0; i < *n; i++)
        if (str_eq(list[i], name))
            return;
    if (*n < SYNTAX_NAMES)
        list[(*n)++] = name;
}

static bool is_type(TSNode n, const char *type)
{
    return !ts_node_is_null(n) && !strcmp(ts_node_type(n), type);
}

static TSNode field(TSNode n, const char *name)
{
    return ts_node_child_by_field_name(n, name, (uint32_t)strlen(name));
}

static bool inside(TSNode n, TSNode outer)
{
    return !ts_node_is_null(outer) && ts_node_start_byte(n) >= ts_node_start_byte(outer) &&
           ts_node_end_byte(n) <= ts_node_end_byte(outer);
}

struct writer {
    const char *type, *field;
    bool weak; /* keeps what was there */
};
static const struct writer writers[] = {
    { "assignment", "left", false },       { "augmented_assignment", "left", true },
    { "for_statement", "left", false },    { "for_in_clause", "left", false },
    { "named_expression", "name", false },
};

static const struct writer *writer_of(TSNode n)
{
    for (size_t i = 0; i < COUNT_OF(writers); i++)
        if (is_type(n, writers[i].type))
            return &writers[i];
    return NULL;
}

/* Is the identifier written by the nearest statement around it? */
static bool written(TSNode id, bool *weak)
{
    *weak = false;
    for (TSNode up = ts_node_parent(id); !ts_node_is_null(up); up = ts_node_parent(up)) {
        const struct writer *w = writer_of(up);
        *weak = *weak || is_type(up, "subscript") || is_type(up, "attribute") || (w && w->weak);
        if (w)
            return inside(id, field(up, w->field));
        if (is_type(up, "block") || is_type(up, "module"))
            break;
    }
    return false;
}

/* xs.append(x) changes xs. */
static bool called_upon(TSNode id)
{
    TSNode attribute = ts_node_parent(id);
    if (!is_type(attribute, "attribute") || !inside(id, field(attribute, "object")))
        return false;
    TSNode call = ts_node_parent(attribute);
    return is_type(call, "call") && inside(attribute, field(call, "function"));
}

static void take_identifier(const struct walk *w, TSNode n)
{
    struct line_names *l = line_of(w, n);
    struct str name = node_text(w, n);
    bool weak = false, writes = written(n, &weak);
    if (writes || called_upon(n)) {
        add(l->defs, &l->def_count, name);
        weak = weak || !writes;
        l->weak = l->weak || weak;
    }
    if (!writes || weak)
        add(l->uses, &l->use_count, name);
    l->shows = l->shows || str_is(name, "print");
}

/* Headers around the line, innermost first. */
static void take_controls(const struct walk *w, TSNode statement)
{
    struct line_names *l = line_of(w, statement);
    size_t n = 0;
    if (l->controlled[0])
        return;
    for (TSNode up = ts_node_parent(statement); !ts_node_is_null(up) && n < 4;
         up = ts_node_parent(up)) {
        if (is_type(up, "function_definition"))
            break;
        if (is_type(up, "if_statement") || is_type(up, "elif_clause") ||
            is_type(up, "for_statement") || is_type(up, "while_statement"))
            l->controlled[n++] = (int64_t)ts_node_start_point(up).row + 1;
    }
}

static void take(const struct walk *w, TSNode n)
{
    TSNode parent = ts_node_parent(n);
    if (is_type(n, "identifier"))
        take_identifier(w, n);
    if (is_type(parent, "block"))
        take_controls(w, n);
}

void syntax_names(const struct syntax *s, struct arena *a, struct line_names **out, size_t *count)
{
    struct walk w = { .s = s };
    for (size_t i = 0; i < s->text.len; i++)
        w.count += s->text.ptr[i] == '\n';
    w.count = size_min(w.count + 1, LINES_MAX);
    w.lines = ARENA_ARRAY(a, struct line_names, w.count + 1);
    *out = w.lines;
    *count = w.count;
    if (!s->tree)
        return;
    TSTreeCursor c = ts_tree_cursor_new(ts_tree_root_node(s->tree));
    for (bool more = true; more;) {
        take(&w, ts_tree_cursor_current_node(&c));
        if (ts_tree_cursor_goto_first_child(&c))
            continue;
        while (more && !ts_tree_cursor_goto_next_sibling(&c))
            more = ts_tree_cursor_goto_parent(&c);
    }
    ts_tree_cursor_delete(&c);
    memset(&w.lines[0], 0, sizeof w.lines[0]); /* where lines past the end went */
}
