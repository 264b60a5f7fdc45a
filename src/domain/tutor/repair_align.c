/* Aligning a student's program with a correct one: statements by edit distance, variables by the
 * places they share. Costs are in half tokens. */
#include "base/num.h"
#include "domain/tutor/repair.h"

enum {
    GAP = 2,        /* a token more or less */
    OTHER = 4,      /* another token: as much as one gone and one come */
    OTHER_NAME = 3, /* another variable */
    UNKNOWN = 1,    /* a variable whose partner is not known yet */
    HEADER = 160,   /* tokens of a header that are compared one by one */
    ROUNDS = 3,     /* the first finds the variables, the next ones use them */
    NEVER = 1'000'000,
};

struct table {
    int32_t cost[HEADER + 1][HEADER + 1];
};

struct aligner {
    const struct program *mine, *theirs;
    struct arena *a;
    struct name_map map;
    int32_t *memo;                              /* [mine.id * theirs.part_total + theirs.id] */
    int32_t counts[REPAIR_NAMES][REPAIR_NAMES]; /* how often two names stand in one place */
    struct str my_names[REPAIR_NAMES], their_names[REPAIR_NAMES];
    size_t my_count, their_count;
    struct table table; /* of the two headers at hand */
};

static size_t name_at(struct str *names, size_t *count, struct str name)
{
    for (size_t i = 0; i < *count; i++)
        if (str_eq(names[i], name))
            return i;
    if (*count == REPAIR_NAMES)
        return REPAIR_NAMES;
    names[*count] = name;
    return (*count)++;
}

static struct str mapped(const struct name_map *m, struct str theirs)
{
    for (size_t i = 0; i < m->count; i++)
        if (str_eq(m->theirs[i], theirs))
            return m->mine[i];
    return (struct str){ 0 };
}

static bool taken(const struct name_map *m, struct str mine)
{
    for (size_t i = 0; i < m->count; i++)
        if (str_eq(m->mine[i], mine))
            return true;
    return false;
}

/* Two names of their own: what one maps to costs nothing, and no name is taken twice. */
static int32_t name_cost(const struct aligner *x, struct str mine, struct str theirs)
{
    struct str to = mapped(&x->map, theirs);
    if (to.len)
        return str_eq(to, mine) ? 0 : OTHER_NAME;
    if (taken(&x->map, mine))
        return OTHER_NAME;
    return str_eq(mine, theirs) ? 0 : UNKNOWN;
}

static int32_t token_cost(const struct aligner *x, const struct lexeme *s, const struct lexeme *c)
{
    if (s->own && c->own)
        return name_cost(x, s->text, c->text);
    if (s->own != c->own)
        return OTHER;
    if (str_eq(s->text, c->text))
        return 0;
    return s->number && c->number ? OTHER_NAME : OTHER;
}

/* --- headers --- */

static int32_t header_cost(struct aligner *x, const struct part *s, const struct part *c)
{
    struct table *t = &x->table;
    const struct lexeme *st = x->mine->tokens + s->first, *ct = x->theirs->tokens + c->first;
    size_t n = size_min(s->count, HEADER), m = size_min(c->count, HEADER);
    for (size_t j = 0; j <= m; j++)
        t->cost[0][j] = (int32_t)j * GAP;
    for (size_t i = 1; i <= n; i++) {
        t->cost[i][0] = (int32_t)i * GAP;
        for (size_t j = 1; j <= m; j++) {
            int32_t both = t->cost[i - 1][j - 1] + token_cost(x, &st[i - 1], &ct[j - 1]);
            int32_t one =
                (t->cost[i - 1][j] < t->cost[i][j - 1] ? t->cost[i - 1][j] : t->cost[i][j - 1]) +
                GAP;
            t->cost[i][j] = both <= one ? both : one;
        }
    }
    return t->cost[n][m];
}

/* Names of one header that stand in the same place. */
static void count_names(struct aligner *x, const struct part *s, const struct part *c)
{
    const struct table *t = &x->table;
    const struct lexeme *st = x->mine->tokens + s->first, *ct = x->theirs->tokens + c->first;
    size_t i = size_min(s->count, HEADER), j = size_min(c->count, HEADER);
    while (i && j) {
        int32_t both = t->cost[i - 1][j - 1] + token_cost(x, &st[i - 1], &ct[j - 1]);
        if (t->cost[i][j] != both) {
            *(t->cost[i][j] == t->cost[i - 1][j] + GAP ? &i : &j) -= 1;
            continue;
        }
        i--;
        j--;
        size_t my = st[i].own ? name_at(x->my_names, &x->my_count, st[i].text) : REPAIR_NAMES;
        size_t their =
            ct[j].own ? name_at(x->their_names, &x->their_count, ct[j].text) : REPAIR_NAMES;
        if (my < REPAIR_NAMES && their < REPAIR_NAMES)
            x->counts[my][their]++;
    }
}

/* --- lists of statements --- */

struct lists {
    const struct part *mine, *theirs;
    size_t n, m;
    int32_t *cost; /* (n + 1) x (m + 1) */
};

static int32_t pair_cost(struct aligner *x, const struct part *s, const struct part *c);

static int32_t *at(const struct lists *l, size_t i, size_t j)
{
    return &l->cost[i * (l->m + 1) + j];
}

static int32_t lists_cost(struct aligner *x, struct lists *l)
{
    l->cost = ARENA_ARRAY(x->a, int32_t, (l->n + 1) * (l->m + 1));
    for (size_t j = 1; j <= l->m; j++)
        *at(l, 0, j) = *at(l, 0, j - 1) + (int32_t)l->theirs[j - 1].size * GAP;
    for (size_t i = 1; i <= l->n; i++) {
        *at(l, i, 0) = *at(l, i - 1, 0) + (int32_t)l->mine[i - 1].size * GAP;
        for (size_t j = 1; j <= l->m; j++) {
            int32_t both = *at(l, i - 1, j - 1) + pair_cost(x, &l->mine[i - 1], &l->theirs[j - 1]);
            int32_t gone = *at(l, i - 1, j) + (int32_t)l->mine[i - 1].size * GAP;
            int32_t come = *at(l, i, j - 1) + (int32_t)l->theirs[j - 1].size * GAP;
            int32_t one = gone < come ? gone : come;
            *at(l, i, j) = both <= one ? both : one;
        }
    }
    return *at(l, l->n, l->m);
}

static struct lists inside(const struct part *s, const struct part *c)
{
    return (struct lists){ s->inside, c->inside, s->inside_count, c->inside_count, NULL };
}

static bool alike(const struct part *s, const struct part *c)
{
    bool branches = (s->kind == PART_IF || s->kind == PART_ELIF) &&
                    (c->kind == PART_IF || c->kind == PART_ELIF);
    return s->kind == c->kind || branches;
}

static int32_t pair_cost(struct aligner *x, const struct part *s, const struct part *c)
{
    int32_t *known = &x->memo[s->id * x->theirs->part_total + c->id];
    if (*known)
        return *known - 1;
    int32_t cost = NEVER;
    if (alike(s, c)) {
        struct lists l = inside(s, c);
        cost = header_cost(x, s, c);
        cost += lists_cost(x, &l);
    }
    *known = cost + 1;
    return cost;
}

/* --- from costs to pairs and edits --- */

struct walk {
    struct aligner *x;
    struct arena *a;
    struct edits *out; /* NULL: only names are counted */
};

static void walk_lists(struct walk *w, struct lists *l, const struct part *parent);

static void add(struct walk *w, struct edit e)
{
    if (w->out && w->out->count < REPAIR_PARTS)
        w->out->items[w->out->count++] = e;
}

static void walk_pair(struct walk *w, const struct part *s, const struct part *c)
{
    struct lists l = inside(s, c);
    int32_t cost = header_cost(w->x, s, c);
    if (!w->out)
        count_names(w->x, s, c);
    else if (cost || s->kind != c->kind)
        add(w, (struct edit){ .kind = EDIT_HEADER,
                              .at = s,
                              .text = part_header(w->x->theirs, c, &w->x->map, w->a),
                              .line = s->line,
                              .line_end = s->line_end,
                              .cost = (cost + 1) / GAP });
    (void)lists_cost(w->x, &l);
    walk_lists(w, &l, s);
}

static int64_t line_before(const struct lists *l, size_t i, const struct part *parent)
{
    return i ? l->mine[i - 1].line_end : parent ? parent->line : 1;
}

static void walk_lists(struct walk *w, struct lists *l, const struct part *parent)
{
    size_t i = l->n, j = l->m;
    while (i || j) {
        int32_t now = *at(l, i, j);
        if (i && j &&
            now == *at(l, i - 1, j - 1) + pair_cost(w->x, &l->mine[i - 1], &l->theirs[j - 1])) {
            walk_pair(w, &l->mine[--i], &l->theirs[--j]);
        } else if (i && now == *at(l, i - 1, j) + (int32_t)l->mine[i - 1].size * GAP) {
            const struct part *s = &l->mine[--i];
            add(w, (struct edit){ .kind = EDIT_DELETE,
                                  .at = s,
                                  .line = s->line,
                                  .line_end = s->line_end,
                                  .cost = s->size });
        } else {
            const struct part *c = &l->theirs[--j];
            int64_t line = line_before(l, i, parent);
            add(w, (struct edit){ .kind = EDIT_INSERT,
                                  .in = parent,
                                  .before = i,
                                  .text = part_text(w->x->theirs, c, &w->x->map, w->a),
                                  .line = line,
                                  .line_end = i < l->n ? l->mine[i].line : line + 1,
                                  .cost = c->size });
        }
    }
}

/* One partner for each name: the pair that shares most places first. */
static void choose_names(struct aligner *x)
{
    x->map.count = 0;
    for (;;) {
        int32_t most = 0;
        size_t my = 0, their = 0;
        for (size_t i = 0; i < x->my_count; i++)
            for (size_t j = 0; j < x->their_count; j++)
                if (x->counts[i][j] > most && !taken(&x->map, x->my_names[i]) &&
                    !mapped(&x->map, x->their_names[j]).ptr) {
                    most = x->counts[i][j];
                    my = i;
                    their = j;
                }
        if (!most || x->map.count == REPAIR_NAMES)
            return;
        x->map.mine[x->map.count] = x->my_names[my];
        x->map.theirs[x->map.count++] = x->their_names[their];
    }
}

void align(const struct program *mine, const struct program *theirs, struct arena *a,
           struct edits *out)
{
    AUTO_ARENA scratch = { 0 };
    struct aligner *x = ARENA_NEW(&scratch, struct aligner);
    *x = (struct aligner){ .mine = mine, .theirs = theirs, .a = &scratch };
    size_t cells = ((size_t)mine->part_total + 1) * (theirs->part_total + 1);
    x->memo = ARENA_ARRAY(&scratch, int32_t, cells);
    struct lists all = { mine->parts, theirs->parts, mine->count, theirs->count, NULL };
    for (int round = 0; round < ROUNDS; round++) {
        memset(x->memo, 0, cells * sizeof *x->memo);
        memset(x->counts, 0, sizeof x->counts);
        (void)lists_cost(x, &all);
        walk_lists(&(struct walk){ .x = x, .a = a }, &all, NULL);
        choose_names(x);
    }
    memset(x->memo, 0, cells * sizeof *x->memo);
    (void)lists_cost(x, &all);
    out->items = ARENA_ARRAY(a, struct edit, REPAIR_PARTS);
    out->count = 0;
    walk_lists(&(struct walk){ .x = x, .a = a, .out = out }, &all, NULL);
}
