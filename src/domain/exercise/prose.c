/* Markdown as a tree of allowed nodes. The browser builds elements from it and never sees HTML, so
 * there is nothing to sanitise. */
#include "domain/exercise/exercise_priv.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <pthread.h>

enum { PROSE_DEPTH = 24, PROSE_BYTES = 8 << 20 };

static void put_children(struct buf *b, cmark_node *node, int depth);

static void open_node(struct buf *b, const char *type)
{
    buf_putf(b, "%s{\"t\":\"%s\"", b->len && b->ptr[b->len - 1] == '}' ? "," : "", type);
}

static void put_field(struct buf *b, const char *key, const char *text)
{
    buf_putf(b, ",\"%s\":", key);
    json_put_text(b, str_of(text ? text : ""));
}

static void put_leaf(struct buf *b, const char *type, const char *text)
{
    open_node(b, type);
    put_field(b, "s", text);
    buf_putc(b, '}');
}

static void put_branch(struct buf *b, const char *type, cmark_node *node, int depth)
{
    open_node(b, type);
    buf_put(b, STR(",\"c\":["));
    put_children(b, node, depth + 1);
    buf_put(b, STR("]}"));
}

static bool link_allowed(struct str url)
{
    static const char *const heads[] = { "http://", "https://", "mailto:", "#" };
    for (size_t i = 0; i < COUNT_OF(heads); i++)
        if (str_starts(url, str_of(heads[i])))
            return true;
    return false;
}

static bool image_allowed(struct str url)
{
    return str_starts(url, STR("media/")) && !str_has(url, STR("..")) && !str_has(url, STR(":"));
}

static void put_link(struct buf *b, cmark_node *node, int depth)
{
    const char *url = cmark_node_get_url(node);
    if (!link_allowed(str_of(url))) {
        put_children(b, node, depth + 1);
        return;
    }
    open_node(b, "a");
    put_field(b, "href", url);
    buf_put(b, STR(",\"c\":["));
    put_children(b, node, depth + 1);
    buf_put(b, STR("]}"));
}

/* Everything readable below a node, for alternative texts. */
static void put_plain(struct buf *b, cmark_node *node)
{
    cmark_iter *it = cmark_iter_new(node);
    for (cmark_event_type e = cmark_iter_next(it); e != CMARK_EVENT_DONE; e = cmark_iter_next(it)) {
        const char *text = cmark_node_get_literal(cmark_iter_get_node(it));
        if (e == CMARK_EVENT_ENTER && text)
            buf_put(b, str_of(text));
    }
    cmark_iter_free(it);
}

static void put_image(struct buf *b, cmark_node *node, int)
{
    AUTO_BUF alt = { .max = 4096 };
    put_plain(&alt, node);
    const char *url = cmark_node_get_url(node);
    bool allowed = image_allowed(str_of(url));
    open_node(b, allowed ? "img" : "text");
    if (allowed)
        put_field(b, "src", url);
    buf_put(b, allowed ? STR(",\"alt\":") : STR(",\"s\":"));
    json_put_text(b, utf8_valid(buf_str(&alt)) ? buf_str(&alt) : STR(""));
    buf_putc(b, '}');
}

static void put_list(struct buf *b, cmark_node *node, int depth)
{
    bool ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
    open_node(b, ordered ? "ol" : "ul");
    if (ordered && cmark_node_get_list_start(node) != 1)
        buf_putf(b, ",\"start\":%d", cmark_node_get_list_start(node));
    buf_put(b, STR(",\"c\":["));
    put_children(b, node, depth + 1);
    buf_put(b, STR("]}"));
}

static void put_pre(struct buf *b, cmark_node *node, int)
{
    open_node(b, "pre");
    const char *info = cmark_node_get_fence_info(node);
    if (info && *info)
        put_field(b, "info", info);
    put_field(b, "s", cmark_node_get_literal(node));
    buf_putc(b, '}');
}

/* Paragraphs of a tight list are not shown as paragraphs. */
static void put_paragraph(struct buf *b, cmark_node *node, int depth)
{
    cmark_node *item = cmark_node_parent(node), *list = item ? cmark_node_parent(item) : NULL;
    if (list && cmark_node_get_type(list) == CMARK_NODE_LIST && cmark_node_get_list_tight(list))
        put_children(b, node, depth + 1);
    else
        put_branch(b, "p", node, depth);
}

/* --- tables (types of an extension are known by name only) --- */

static void put_cells(struct buf *b, cmark_node *table, cmark_node *row, const char *type,
                      int depth)
{
    const uint8_t *align = cmark_gfm_extensions_get_table_alignments(table);
    uint16_t columns = cmark_gfm_extensions_get_table_columns(table), at = 0;
    open_node(b, "tr");
    buf_put(b, STR(",\"c\":["));
    for (cmark_node *cell = cmark_node_first_child(row); cell; cell = cmark_node_next(cell)) {
        uint8_t a = at < columns && align ? align[at] : 0;
        open_node(b, type);
        if (a)
            put_field(b, "align", a == 'l' ? "left" : a == 'r' ? "right" : "center");
        buf_put(b, STR(",\"c\":["));
        put_children(b, cell, depth + 1);
        buf_put(b, STR("]}"));
        at++;
    }
    buf_put(b, STR("]}"));
}

static void put_rows(struct buf *b, cmark_node *table, bool head, int depth)
{
    bool any = false;
    for (cmark_node *row = cmark_node_first_child(table); row; row = cmark_node_next(row)) {
        if ((cmark_gfm_extensions_get_table_row_is_header(row) != 0) != head)
            continue;
        if (!any) {
            open_node(b, head ? "thead" : "tbody");
            buf_put(b, STR(",\"c\":["));
        }
        any = true;
        put_cells(b, table, row, head ? "th" : "td", depth);
    }
    if (any)
        buf_put(b, STR("]}"));
}

static void put_table(struct buf *b, cmark_node *table, int depth)
{
    open_node(b, "table");
    buf_put(b, STR(",\"c\":["));
    put_rows(b, table, true, depth + 1);
    put_rows(b, table, false, depth + 1);
    buf_put(b, STR("]}"));
}

/* --- nodes --- */

static bool put_named(struct buf *b, cmark_node *node, int depth)
{
    static const struct {
        const char *cmark, *ours;
    } branches[] = {
        { "item", "li" }, { "block_quote", "blockquote" }, { "emph", "em" }, { "strong", "strong" }
    };
    static const struct {
        const char *cmark, *ours;
    } leaves[] = { { "text", "text" }, { "code", "code" }, { "html_inline", "text" } };
    const char *name = cmark_node_get_type_string(node);
    for (size_t i = 0; i < COUNT_OF(branches); i++)
        if (strcmp(name, branches[i].cmark) == 0) {
            put_branch(b, branches[i].ours, node, depth);
            return true;
        }
    for (size_t i = 0; i < COUNT_OF(leaves); i++)
        if (strcmp(name, leaves[i].cmark) == 0) {
            put_leaf(b, leaves[i].ours, cmark_node_get_literal(node));
            return true;
        }
    return false;
}

static void put_heading(struct buf *b, cmark_node *node, int depth)
{
    int level = cmark_node_get_heading_level(node);
    put_branch(b, level == 1 ? "h2" : level == 2 ? "h3" : "h4", node, depth);
}

static void put_soft_break(struct buf *b, cmark_node *, int)
{
    put_leaf(b, "text", " ");
}

static void put_break(struct buf *b, cmark_node *node, int)
{
    open_node(b, cmark_node_get_type(node) == CMARK_NODE_LINEBREAK ? "br" : "hr");
    buf_putc(b, '}');
}

static void put_html(struct buf *b, cmark_node *node, int)
{
    open_node(b, "p");
    buf_put(b, STR(",\"c\":["));
    put_leaf(b, "text", cmark_node_get_literal(node));
    buf_put(b, STR("]}"));
}

/* Block and inline nodes that need more than a name; the rest says nothing to a reader. */
static void put_node(struct buf *b, cmark_node *node, int depth)
{
    static const struct {
        const char *cmark;
        void (*put)(struct buf *b, cmark_node *node, int depth);
    } kinds[] = {
        { "paragraph", put_paragraph },
        { "heading", put_heading },
        { "list", put_list },
        { "code_block", put_pre },
        { "html_block", put_html },
        { "link", put_link },
        { "image", put_image },
        { "table", put_table },
        { "softbreak", put_soft_break },
        { "linebreak", put_break },
        { "thematic_break", put_break },
    };
    const char *name = cmark_node_get_type_string(node);
    if (put_named(b, node, depth))
        return;
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (strcmp(name, kinds[i].cmark) == 0)
            kinds[i].put(b, node, depth);
}

static void put_children(struct buf *b, cmark_node *node, int depth)
{
    if (depth > PROSE_DEPTH) {
        AUTO_BUF plain = { .max = PROSE_BYTES };
        put_plain(&plain, node);
        open_node(b, "text");
        buf_put(b, STR(",\"s\":"));
        json_put_text(b, utf8_valid(buf_str(&plain)) ? buf_str(&plain) : STR(""));
        buf_putc(b, '}');
        return;
    }
    for (cmark_node *child = cmark_node_first_child(node); child; child = cmark_node_next(child))
        put_node(b, child, depth);
}

static cmark_node *parse(struct str md)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT; /* the library's registry is global */
    pthread_once(&once, cmark_gfm_core_extensions_ensure_registered);
    cmark_parser *parser = cmark_parser_new(CMARK_OPT_VALIDATE_UTF8);
    cmark_syntax_extension *table = cmark_find_syntax_extension("table");
    if (table)
        cmark_parser_attach_syntax_extension(parser, table);
    cmark_parser_feed(parser, md.ptr ? md.ptr : "", md.len);
    cmark_node *doc = cmark_parser_finish(parser);
    cmark_parser_free(parser);
    cmark_consolidate_text_nodes(doc);
    return doc;
}

struct str prose_of_markdown(struct arena *a, struct str md)
{
    AUTO_BUF b = { .max = PROSE_BYTES };
    cmark_node *doc = parse(md);
    buf_putc(&b, '[');
    put_children(&b, doc, 0);
    buf_putc(&b, ']');
    cmark_node_free(doc);
    return b.truncated ? STR("[]") : arena_dup(a, buf_str(&b));
}
