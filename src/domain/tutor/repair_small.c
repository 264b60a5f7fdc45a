/* Small edits that mend common slips: a sign, a bound, a name, a value, a statement's place. */
#include "base/num.h"
#include "domain/tutor/repair.h"

enum { NAMES_TRIED = 8 };
#define TOKEN_COST INT64_C(1)
#define STATEMENT_COST INT64_C(3)

struct smith {
    const struct program *p;
    const bool *wanted;
    size_t line_count;
    struct arena *a;
    struct changes *out;
    struct str names[NAMES_TRIED]; /* variables of the program */
    size_t name_count;
    struct str parameters[NAMES_TRIED]; /* of the function at hand */
    size_t parameter_count;
};

void changes_add(struct changes *c, const struct change *one)
{
    if (c->count < c->max)
        c->items[c->count++] = *one;
}

static void add_one(struct smith *w, struct edit e)
{
    struct edit *kept = ARENA_NEW(w->a, struct edit);
    *kept = e;
    changes_add(w->out, &(struct change){ .edits = { kept }, .count = 1, .cost = e.cost });
}

/* --- one header --- */

static const struct lexeme *token(const struct smith *w, const struct part *s, uint32_t i)
{
    return &w->p->tokens[s->first + i];
}

static bool is(const struct smith *w, const struct part *s, uint32_t i, const char *text)
{
    return i < s->count && str_is(token(w, s, i)->text, text);
}

/* Tokens i..j-1 of the header replaced by a text. */
static void replace(struct smith *w, const struct part *s, uint32_t i, uint32_t j, struct str text,
                    int64_t cost)
{
    struct str all = w->p->text;
    uint32_t from = i < s->count ? token(w, s, i)->from : s->to;
    uint32_t to = j > i ? token(w, s, j - 1)->to : from;
    struct str head = str_head(str_from(all, s->from), from - s->from);
    struct str tail = str_head(str_from(all, to), s->to - to);
    add_one(w, (struct edit){ .kind = EDIT_HEADER,
                              .at = s,
                              .text = arena_fmt(w->a, "%.*s%.*s%.*s", STR_ARG(head), STR_ARG(text),
                                                STR_ARG(tail)),
                              .line = s->line,
                              .line_end = s->line_end,
                              .cost = cost });
}

static void swap_words(struct smith *w, const struct part *s, uint32_t i)
{
    static const char *const swaps[][2] = {
        { "<", "<= > >= != ==" },
        { "<=", "< >= > !=" },
        { ">", ">= < <= !=" },
        { ">=", "> <= < ==" },
        { "==", "!= <= >=" },
        { "!=", "== < >" },
        { "/", "// % *" },
        { "//", "/ %" },
        { "%", "// /" },
        { "*", "** + /" },
        { "**", "*" },
        { "+", "- *" },
        { "-", "+" },
        { "and", "or" },
        { "or", "and" },
        { "True", "False" },
        { "False", "True" },
        { "true", "True" },
        { "false", "False" },
        { "none", "None" },
        { "is", "==" },
        { "+=", "= -= *=" },
        { "-=", "+= =" },
        { "=", "+= -= *=" },
        { "*=", "+= =" },
        { "in", "not\1in" },
        { "append", "extend insert" },
        { "min", "max" },
        { "max", "min" },
        { "break", "continue" },
        { "continue", "break" },
        { "int", "float str" },
        { "float", "int" },
    };
    for (size_t k = 0; k < COUNT_OF(swaps); k++) {
        if (!is(w, s, i, swaps[k][0]) || (s->kind == PART_FOR && is(w, s, i, "in")))
            continue;
        struct str others = str_of(swaps[k][1]);
        while (others.len) {
            struct str word = str_take_until(&others, ' ');
            bool negated = str_is(word, "not\1in");
            replace(w, s, i, i + 1, negated ? STR("not in") : word, TOKEN_COST);
        }
    }
}

static void change_number(struct smith *w, const struct part *s, uint32_t i)
{
    int64_t n = 0;
    if (!token(w, s, i)->number || !str_to_i64(token(w, s, i)->text, 0, 1'000'000'000, &n))
        return;
    const int64_t others[] = { n + 1, n - 1, 0, 1, 2 };
    for (size_t k = 0; k < COUNT_OF(others); k++)
        if (k < 2 || (others[k] != n && others[k] != n + 1 && others[k] != n - 1))
            replace(w, s, i, i + 1, arena_fmt(w->a, "%lld", (long long)others[k]), TOKEN_COST);
}

/* `+ 1` and `- 1` before the end of a call, an index, an argument or a bound. */
static void shift_end(struct smith *w, const struct part *s, uint32_t i)
{
    static const char *const ends[] = { ")", "]", ",", ":", "<", "<=", ">", ">=", "==" };
    bool end = i == s->count - 1 && !is(w, s, i, ":");
    for (size_t k = 0; k < COUNT_OF(ends); k++)
        end = end || is(w, s, i, ends[k]);
    if (!i || !end || (i == s->count - 1 && s->kind == PART_DEF))
        return;
    const struct lexeme *before = token(w, s, i - 1);
    if (!before->own && !str_is(before->text, ")"))
        return;
    replace(w, s, i, i, STR(" - 1"), 2 * TOKEN_COST);
    replace(w, s, i, i, STR(" + 1"), 2 * TOKEN_COST);
}

static bool is_sign(const struct smith *w, const struct part *s, uint32_t i, const char *signs)
{
    struct str all = str_of(signs);
    while (i < s->count && all.len)
        if (str_eq(str_take_until(&all, ' '), token(w, s, i)->text))
            return true;
    return false;
}

/* `a + b / c` as `(a + b) / c`; `+ 1` taken away. */
static void regroup(struct smith *w, const struct part *s, uint32_t i)
{
    if (!is_sign(w, s, i, "+ -") || i == 0 || i + 1 >= s->count)
        return;
    const struct lexeme *x = token(w, s, i - 1), *y = token(w, s, i + 1);
    if (y->number)
        replace(w, s, i, i + 2, STR(""), 2 * TOKEN_COST);
    if (is_sign(w, s, i + 2, "* / // %") && (x->own || x->number) && (y->own || y->number))
        replace(w, s, i - 1, i + 2,
                arena_fmt(w->a, "(%.*s %.*s %.*s)", STR_ARG(x->text), STR_ARG(token(w, s, i)->text),
                          STR_ARG(y->text)),
                2 * TOKEN_COST);
}

static void change_name(struct smith *w, const struct part *s, uint32_t i)
{
    const struct lexeme *t = token(w, s, i);
    if (!t->own || is(w, s, i + 1, "(") || (s->kind == PART_DEF && i < 3))
        return;
    for (size_t k = 0; k < w->name_count; k++)
        if (!str_eq(w->names[k], t->text))
            replace(w, s, i, i + 1, w->names[k], TOKEN_COST);
}

static void negate(struct smith *w, const struct part *s)
{
    if (s->kind != PART_IF && s->kind != PART_WHILE && s->kind != PART_ELIF)
        return;
    if (s->count < 3)
        return;
    struct str condition = str_head(str_from(w->p->text, token(w, s, 1)->from),
                                    token(w, s, s->count - 2)->to - token(w, s, 1)->from);
    replace(w, s, 1, s->count - 1, arena_fmt(w->a, "not (%.*s)", STR_ARG(condition)),
            3 * TOKEN_COST);
    if (is(w, s, 1, "not"))
        replace(w, s, 1, 2, STR(""), TOKEN_COST);
}

/* A first value: that of a list's first element, or an empty text or list. */
static void change_start(struct smith *w, const struct part *s)
{
    if (s->kind != PART_SIMPLE || s->count != 3 || !is(w, s, 1, "=") || !token(w, s, 0)->own)
        return;
    replace(w, s, 2, 3, STR("[]"), TOKEN_COST);
    replace(w, s, 2, 3, STR("\"\""), TOKEN_COST);
    replace(w, s, 2, 3, STR("{}"), TOKEN_COST);
    for (size_t k = 0; k < w->parameter_count; k++)
        replace(w, s, 2, 3, arena_fmt(w->a, "%.*s[0]", STR_ARG(w->parameters[k])), 2 * TOKEN_COST);
}

/* `x.f(...)` whose result is lost; `print(x)` instead of `return x`; `[-1:]` for `[::-1]`. */
static void use_result(struct smith *w, const struct part *s)
{
    if (s->kind != PART_SIMPLE)
        return;
    if (s->count > 3 && token(w, s, 0)->own && is(w, s, 1, "."))
        replace(w, s, 0, 0, arena_fmt(w->a, "%.*s = ", STR_ARG(token(w, s, 0)->text)),
                2 * TOKEN_COST);
    if (is(w, s, 0, "print") && is(w, s, 1, "("))
        replace(w, s, 0, 1, STR("return "), TOKEN_COST);
    for (uint32_t i = 0; i + 4 < s->count; i++)
        if (is(w, s, i, "[") && is(w, s, i + 1, "-") && is(w, s, i + 3, ":") &&
            is(w, s, i + 4, "]"))
            replace(w, s, i, i + 5, STR("[::-1]"), 2 * TOKEN_COST);
}

/* Tokens from..to-1 of another condition before this one. Parentheses that do not match are
 * left to the compiler. */
static void add_condition(struct smith *w, const struct part *s, const struct part *o,
                          uint32_t from, uint32_t to)
{
    uint32_t first = token(w, o, from)->from, last = token(w, o, to - 1)->to;
    struct str other = str_head(str_from(w->p->text, first), last - first);
    while (other.len && other.ptr[0] == '(')
        other = str_from(other, 1);
    if (str_eq(other, STR("")) || !(s->count > 2))
        return;
    first = token(w, s, 1)->from;
    last = token(w, s, s->count - 2)->to;
    struct str own = str_head(str_from(w->p->text, first), last - first);
    replace(w, s, 1, s->count - 1,
            arena_fmt(w->a, " (%.*s) and (%.*s)", STR_ARG(other), STR_ARG(own)), 4 * TOKEN_COST);
}

static void change_header(struct smith *w, const struct part *s)
{
    for (uint32_t i = 0; i < s->count; i++) {
        swap_words(w, s, i);
        change_number(w, s, i);
        shift_end(w, s, i);
        regroup(w, s, i);
        change_name(w, s, i);
    }
    negate(w, s);
    change_start(w, s);
    use_result(w, s);
}

/* --- statements --- */

static void move(struct smith *w, const struct part *s, const struct part *to, size_t before)
{
    struct edit *e = ARENA_ARRAY(w->a, struct edit, 2);
    e[0] = (struct edit){ .kind = EDIT_DELETE, .at = s, .line = s->line, .line_end = s->line_end };
    e[1] = (struct edit){ .kind = EDIT_INSERT,
                          .in = to,
                          .before = before,
                          .text = part_text(w->p, s, NULL, w->a),
                          .line = s->line,
                          .line_end = s->line_end };
    changes_add(w->out,
                &(struct change){ .edits = { &e[0], &e[1] }, .count = 2, .cost = STATEMENT_COST });
}

/* Where a list of statements stands: in which part, and where that one stands. */
struct site {
    const struct part *up, *in;
    size_t in_at; /* of `in` among the parts of `up` */
    const struct part *list;
    size_t n;
};

static void change_place(struct smith *w, const struct site *at, size_t i)
{
    const struct part *s = &at->list[i], *before = i ? &at->list[i - 1] : NULL;
    bool simple = s->kind == PART_SIMPLE;
    add_one(w, (struct edit){ .kind = EDIT_DELETE,
                              .at = s,
                              .line = s->line,
                              .line_end = s->line_end,
                              .cost = s->size });
    if (at->in && at->in->kind != PART_DEF && i + 1 == at->n)
        move(w, s, at->up, at->in_at + 1);
    if (before && before->inside_count && simple)
        move(w, s, before, before->inside_count);
    if (before && simple && before->kind == PART_SIMPLE && i + 1 < at->n)
        move(w, s, at->in, i - 1);
}

static int64_t last_line(const struct part *s)
{
    return s->inside_count ? last_line(&s->inside[s->inside_count - 1]) : s->line_end;
}

/* A function that forgets to give its result. */
static void append_return(struct smith *w, const struct part *s)
{
    static const char *const plain[] = { "True", "False", "0", "-1", "[]", "None" };
    int64_t last = last_line(s);
    struct edit e = { .kind = EDIT_INSERT,
                      .in = s,
                      .before = s->inside_count,
                      .line = last,
                      .line_end = last + 1,
                      .cost = STATEMENT_COST - 1 };
    for (size_t k = 0; k < w->name_count; k++) {
        e.text = arena_fmt(w->a, "return %.*s\n", STR_ARG(w->names[k]));
        add_one(w, e);
    }
    e.cost = STATEMENT_COST;
    for (size_t k = 0; k < w->parameter_count; k++) {
        e.text = arena_fmt(w->a, "return len(%.*s)\n", STR_ARG(w->parameters[k]));
        add_one(w, e);
    }
    for (size_t k = 0; k < COUNT_OF(plain); k++) {
        e.text = arena_fmt(w->a, "return %s\n", plain[k]);
        add_one(w, e);
    }
}

/* A condition that stands elsewhere joined to this one. */
static void join_conditions(struct smith *w, const struct part *s, const struct part *list,
                            size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct part *o = &list[i];
        bool branch = o->kind == PART_IF || o->kind == PART_ELIF || o->kind == PART_WHILE;
        for (uint32_t from = 1; branch && o != s && from + 1 < o->count; from++) {
            uint32_t to = from; /* up to the next `and` or `or` */
            while (to + 1 < o->count && !is(w, o, to, "and") && !is(w, o, to, "or"))
                to++;
            if (from == 1 || is(w, o, from - 1, "and") || is(w, o, from - 1, "or"))
                add_condition(w, s, o, from, to);
        }
        join_conditions(w, s, o->inside, o->inside_count);
    }
}

static bool wanted(const struct smith *w, const struct part *s)
{
    return s->line > 0 && num_size(s->line) <= w->line_count && w->wanted[s->line];
}

static void take_parameters(struct smith *w, const struct part *s)
{
    w->parameter_count = 0;
    for (uint32_t i = 2; i < s->count && w->parameter_count < NAMES_TRIED; i++)
        if (token(w, s, i)->own)
            w->parameters[w->parameter_count++] = token(w, s, i)->text;
}

static void each_part(struct smith *w, const struct site *at)
{
    for (size_t i = 0; i < at->n; i++) {
        const struct part *s = &at->list[i];
        if (s->kind == PART_DEF) {
            take_parameters(w, s);
            append_return(w, s);
        }
        if (wanted(w, s)) {
            change_header(w, s);
            if (s->kind == PART_IF || s->kind == PART_ELIF || s->kind == PART_WHILE)
                join_conditions(w, s, w->p->parts, w->p->count);
            change_place(w, at, i);
        }
        each_part(w, &(struct site){ at->in, s, i, s->inside, s->inside_count });
    }
}

void small_changes(const struct program *p, const bool *wanted, size_t line_count, struct arena *a,
                   struct changes *out)
{
    struct smith w = { .p = p, .wanted = wanted, .line_count = line_count, .a = a, .out = out };
    for (uint32_t i = 0; i < p->token_count && w.name_count < NAMES_TRIED; i++) {
        bool known = !p->tokens[i].own || (i && str_is(p->tokens[i - 1].text, "def"));
        for (size_t k = 0; k < w.name_count; k++)
            known = known || str_eq(w.names[k], p->tokens[i].text);
        if (!known)
            w.names[w.name_count++] = p->tokens[i].text;
    }
    each_part(&w, &(struct site){ .list = p->parts, .n = p->count });
}
