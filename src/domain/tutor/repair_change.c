/* Edited programs as text. */
#include "base/buf.h"
#include "base/num.h"
#include "domain/tutor/repair.h"

enum { TEXT_MAX = 1 << 20 };

static void indent(struct buf *b, int depth)
{
    for (int i = 0; i < depth; i++)
        buf_put(b, STR("    "));
}

static struct str name_of(const struct name_map *m, struct str name)
{
    for (size_t i = 0; m && i < m->count; i++)
        if (str_eq(m->theirs[i], name))
            return m->mine[i];
    return name;
}

/* The header as written, but for names; layout between tokens stays. */
static void put_header(struct buf *b, const struct program *p, const struct part *s,
                       const struct name_map *map)
{
    uint32_t at = s->from;
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        const struct lexeme *t = &p->tokens[i];
        struct str between = str_head(str_from(p->text, at), t->from - at);
        if (str_find(between, STR("#")) == SIZE_MAX)
            buf_put(b, between);
        else
            buf_putc(b, '\n'); /* a comment inside parentheses */
        buf_put(b, t->own ? name_of(map, t->text) : t->text);
        at = t->to;
    }
}

static void put_part(struct buf *b, const struct program *p, const struct part *s,
                     const struct name_map *map, int depth)
{
    indent(b, depth);
    put_header(b, p, s, map);
    buf_putc(b, '\n');
    for (size_t i = 0; i < s->inside_count; i++)
        put_part(b, p, &s->inside[i], map, depth + 1);
}

struct str part_text(const struct program *p, const struct part *s, const struct name_map *map,
                     struct arena *a)
{
    AUTO_BUF b = { .max = TEXT_MAX };
    put_part(&b, p, s, map, 0);
    return arena_dup(a, buf_str(&b));
}

struct str part_header(const struct program *p, const struct part *s, const struct name_map *map,
                       struct arena *a)
{
    AUTO_BUF b = { .max = TEXT_MAX };
    put_header(&b, p, s, map);
    return arena_dup(a, buf_str(&b));
}

/* --- the whole --- */

struct writer {
    const struct program *p;
    const struct edit *const *edits;
    size_t n;
    struct buf *b;
};

static const struct edit *edit_of(const struct writer *w, const struct part *s, enum edit_kind kind)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->edits[i]->kind == kind && w->edits[i]->at == s)
            return w->edits[i];
    return NULL;
}

/* Lines of a text that begins at column 0, moved in. */
static void put_lines(struct writer *w, struct str text, int depth)
{
    while (text.len) {
        struct str line = str_take_until(&text, '\n');
        indent(w->b, depth);
        buf_put(w->b, line);
        buf_putc(w->b, '\n');
    }
}

static bool put_inserts(struct writer *w, const struct part *in, size_t before, int depth)
{
    bool any = false;
    for (size_t i = w->n; i-- > 0;) { /* edits stand in reverse order of the text */
        const struct edit *e = w->edits[i];
        if (e->kind != EDIT_INSERT || e->in != in || e->before != before)
            continue;
        put_lines(w, e->text, depth);
        any = true;
    }
    return any;
}

static void put_list(struct writer *w, const struct part *in, const struct part *list, size_t n,
                     int depth);

static void put_edited(struct writer *w, const struct part *s, int depth)
{
    const struct edit *header = edit_of(w, s, EDIT_HEADER);
    if (header) {
        put_lines(w, header->text, depth);
    } else {
        indent(w->b, depth);
        put_header(w->b, w->p, s, NULL);
        buf_putc(w->b, '\n');
    }
    if (s->kind != PART_SIMPLE)
        put_list(w, s, s->inside, s->inside_count, depth + 1);
}

static void put_list(struct writer *w, const struct part *in, const struct part *list, size_t n,
                     int depth)
{
    bool any = false;
    for (size_t i = 0; i <= n; i++) {
        any = put_inserts(w, in, i, depth) || any;
        if (i == n || edit_of(w, &list[i], EDIT_DELETE))
            continue;
        put_edited(w, &list[i], depth);
        any = true;
    }
    if (!any && in) {
        indent(w->b, depth);
        buf_put(w->b, STR("pass\n"));
    }
}

struct str program_edited(const struct program *p, const struct edit *const *edits, size_t n,
                          struct arena *a)
{
    AUTO_BUF b = { .max = TEXT_MAX };
    struct writer w = { p, edits, n, &b };
    put_list(&w, NULL, p->parts, p->count, 0);
    return arena_dup(a, buf_str(&b));
}
