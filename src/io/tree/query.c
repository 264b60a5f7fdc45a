/* Patterns: tree-sitter finds the shape, the text predicates are ours. */
#include "base/buf.h"
#include "base/num.h"
#include "io/clock/clock.h"
#include "io/tree/tree_priv.h"

enum { STATES_MAX = 256, PREDICATE_STEPS = 64 };

static struct str query_string(const TSQuery *q, uint32_t id)
{
    uint32_t n = 0;
    const char *p = ts_query_string_value_for_id(q, id, &n);
    return (struct str){ p, n };
}

/* --- compiling --- */

static bool predicate_known(struct str name)
{
    static const char *const names[] = { "eq?", "not-eq?", "any-of?", "not-any-of?" };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_is(name, names[i]))
            return true;
    return false;
}

/* Each predicate is `name @capture value...`. */
static bool predicates_well_formed(const TSQuery *q, uint32_t pattern, struct str *wrong)
{
    uint32_t n = 0, from = 0;
    const TSQueryPredicateStep *steps = ts_query_predicates_for_pattern(q, pattern, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (steps[i].type != TSQueryPredicateStepTypeDone)
            continue;
        bool named = steps[from].type == TSQueryPredicateStepTypeString;
        *wrong = named ? query_string(q, steps[from].value_id) : STR("");
        if (!named || !predicate_known(*wrong) || i - from < 3 ||
            steps[from + 1].type != TSQueryPredicateStepTypeCapture)
            return false;
        from = i + 1;
    }
    return true;
}

static bool pattern_captures(const TSQuery *q, uint32_t pattern)
{
    for (uint32_t c = 0; c < ts_query_capture_count(q); c++)
        if (ts_query_capture_quantifier_for_id(q, pattern, c) != TSQuantifierZero)
            return true;
    return false;
}

static const char *error_word(TSQueryError e)
{
    static const char *const words[] = {
        [TSQueryErrorNone] = "nothing",          [TSQueryErrorSyntax] = "syntax",
        [TSQueryErrorNodeType] = "unknown kind", [TSQueryErrorField] = "unknown field",
        [TSQueryErrorCapture] = "capture",       [TSQueryErrorStructure] = "cannot match",
        [TSQueryErrorLanguage] = "language",
    };
    return (size_t)e < COUNT_OF(words) ? words[e] : "?";
}

static enum err check_patterns(const struct tree_query *q, struct fail *f)
{
    struct str wrong = STR("");
    for (uint32_t i = 0; i < q->patterns; i++) {
        if (!predicates_well_formed(q->query, i, &wrong))
            return FAIL(f, ERR_INPUT, "tree.query", "pattern %u: predicate #%.*s", i + 1,
                        STR_ARG(wrong));
        if (!pattern_captures(q->query, i))
            return FAIL(f, ERR_INPUT, "tree.query", "pattern %u captures nothing", i + 1);
    }
    return q->patterns ? ERR_OK : FAIL(f, ERR_INPUT, "tree.query", "no pattern");
}

enum err tree_query_new(enum tree_lang lang, struct str patterns, struct tree_query *out,
                        struct fail *f)
{
    AUTO_BUF b = { .max = 1 << 16 };
    uint32_t at = 0;
    TSQueryError wrong = TSQueryErrorNone;
    *out = (struct tree_query){ .lang = lang };
    /* The last pattern matches every named node, so that a search comes back often enough to look
     * at the clock: tree-sitter 0.20 has no time limit for queries. */
    buf_put(&b, patterns);
    buf_put(&b, STR("\n(_)"));
    if (b.truncated)
        return FAIL(f, ERR_INPUT, "tree.query", "longer than 64 KiB");
    struct str text = buf_str(&b);
    struct tree_query q = { .lang = lang };
    q.query = ts_query_new(tree_grammar(lang), text.ptr, (uint32_t)text.len, &at, &wrong);
    if (!q.query)
        return FAIL(f, ERR_INPUT, "tree.query", "%s at byte %u", error_word(wrong), at);
    q.patterns = ts_query_pattern_count(q.query) - 1;
    enum err bad = check_patterns(&q, f);
    if (bad)
        tree_query_release(&q);
    *out = q;
    return bad;
}

void tree_query_release(struct tree_query *q)
{
    if (q->query)
        ts_query_delete(q->query);
    *q = (struct tree_query){ 0 };
}

/* --- captures --- */

/* The node of the array: those that begin there, the outermost first. */
static uint32_t node_index(const struct tree *t, TSNode n)
{
    uint32_t from = ts_node_start_byte(n), to = ts_node_end_byte(n), lo = 0, hi = t->count;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (t->nodes[mid].from < from)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < t->count && t->nodes[lo].from == from; lo++)
        if (t->nodes[lo].to == to && t->nodes[lo].kind == ts_node_symbol(n))
            return lo;
    return TREE_NONE;
}

uint32_t tree_captured(const struct tree_match *m, const char *name)
{
    for (size_t i = 0; i < m->count; i++)
        if (!strcmp(m->captures[i].name, name))
            return m->captures[i].node;
    return TREE_NONE;
}

/* False: some capture lies outside of the node asked about. */
static bool take_captures(const struct tree_search *s, const TSQuery *q, const TSQueryMatch *in,
                          struct tree_match *out)
{
    const struct tree *t = s->tree;
    out->count = size_min(in->capture_count, TREE_CAPTURES);
    for (size_t i = 0; i < out->count; i++) {
        uint32_t n = 0;
        uint32_t node = node_index(t, in->captures[i].node);
        out->captures[i] =
            (struct tree_capture){ ts_query_capture_name_for_id(q, in->captures[i].index, &n),
                                   node };
        if (node == TREE_NONE || node < s->within || node >= t->nodes[s->within].end)
            return false;
    }
    return true;
}

/* --- predicates --- */

/* False: the capture belongs to another alternative. */
static bool step_text(const TSQuery *q, const struct tree *t, const TSQueryPredicateStep *step,
                      const struct tree_match *m, struct str *out)
{
    if (step->type == TSQueryPredicateStepTypeString) {
        *out = query_string(q, step->value_id);
        return true;
    }
    uint32_t n = 0;
    uint32_t node = tree_captured(m, ts_query_capture_name_for_id(q, step->value_id, &n));
    if (node == TREE_NONE)
        return false;
    *out = tree_text(t, node);
    return true;
}

/* steps[0] is the name, steps[1] the left side, the rest are the values. */
static bool predicate_holds(const TSQuery *q, const struct tree *t,
                            const TSQueryPredicateStep *steps, uint32_t n,
                            const struct tree_match *m)
{
    struct str left, right;
    bool negative = str_starts(query_string(q, steps[0].value_id), STR("not-")), equal = false;
    if (!step_text(q, t, &steps[1], m, &left))
        return true;
    for (uint32_t i = 2; i < n; i++) {
        if (!step_text(q, t, &steps[i], m, &right))
            return true;
        equal = equal || str_eq(left, right);
    }
    return equal != negative;
}

static bool predicates_hold(const TSQuery *q, const struct tree *t, uint32_t pattern,
                            const struct tree_match *m)
{
    uint32_t n = 0, from = 0;
    const TSQueryPredicateStep *steps = ts_query_predicates_for_pattern(q, pattern, &n);
    for (uint32_t i = 0; i < n; i++)
        if (steps[i].type == TSQueryPredicateStepTypeDone) {
            if (!predicate_holds(q, t, steps + from, i - from, m))
                return false;
            from = i + 1;
        }
    return true;
}

/* --- searching --- */

static enum err search(TSQueryCursor *cursor, const struct tree_query *q,
                       const struct tree_search *s, struct fail *f)
{
    const struct tree_node *in = &s->tree->nodes[s->within];
    int64_t until = clock_after(s->budget_us);
    struct tree_match out = { .count = 0 };
    TSQueryMatch m;
    ts_query_cursor_set_match_limit(cursor, STATES_MAX);
    ts_query_cursor_set_byte_range(cursor, in->from, in->to);
    ts_query_cursor_exec(cursor, q->query, ts_tree_root_node(s->tree->handle));
    for (uint32_t i = 0; ts_query_cursor_next_match(cursor, &m); i++) {
        if (i % 64 == 0 && clock_after(0) > until)
            return FAIL(f, ERR_TIMEOUT, "tree.budget", "a query of %lld us",
                        (long long)s->budget_us);
        if (m.pattern_index < q->patterns && take_captures(s, q->query, &m, &out) &&
            predicates_hold(q->query, s->tree, m.pattern_index, &out) && !s->each(s->ctx, &out))
            return ERR_OK;
    }
    if (ts_query_cursor_did_exceed_match_limit(cursor))
        return FAIL(f, ERR_LIMIT, "tree.states", "more than %d unfinished matches", STATES_MAX);
    return ERR_OK;
}

enum err tree_query_run(const struct tree_query *q, const struct tree_search *s, struct fail *f)
{
    assert(q->query && q->lang == s->tree->lang && s->within < s->tree->count);
    TSQueryCursor *cursor = ts_query_cursor_new();
    enum err bad = search(cursor, q, s, f);
    ts_query_cursor_delete(cursor);
    return bad;
}
