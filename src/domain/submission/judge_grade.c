/* Marks from verdicts: integers in thousandths, each step listed. Late, attempts and rubric rules
 * belong to activities and are applied by whoever has one. */
#include "base/num.h"
#include "domain/submission/judge_priv.h"

/* whole * part / all, rounded to the nearest; all > 0, part <= all. */
static int64_t share(int64_t whole, int64_t part, int64_t all)
{
    return (int64_t)(((__int128_t)whole * part * 2 + all) / ((__int128_t)all * 2));
}

static bool in_group(const struct judge_test *t, const struct exercise_group *g)
{
    return str_eq(t->test->group, g->id);
}

/* A group's own line: how many members passed and what it is worth. */
static struct judge_reason group_line(const struct judge_result *r, const struct exercise_group *g)
{
    struct judge_reason line = { .rule = "group", .id = g->id };
    int64_t earned = 0, possible = 0, least = 1000;
    for (size_t i = 0; i < r->test_count; i++) {
        const struct judge_test *t = &r->tests[i];
        if (!in_group(t, g))
            continue;
        line.total++;
        line.passed += verdict_good(t->verdict);
        earned += t->points_mp;
        possible += t->test->points_mp;
        least = i64_min(least, verdict_good(t->verdict) ? 1000 : 0);
    }
    if (!line.total)
        return line;
    line.max_mp = g->points_mp;
    bool all = line.passed == line.total;
    if (g->rule == GROUP_SUM)
        line.points_mp = possible ? share(g->points_mp, earned, possible)
                                  : share(g->points_mp, line.passed, line.total);
    else if (g->rule == GROUP_MIN)
        line.points_mp = share(g->points_mp, least, 1000);
    else
        line.points_mp = all ? g->points_mp : 0;
    return line;
}

/* Tests without a group, by what the student sees of them. */
static struct judge_reason loose_line(const struct judge_result *r, bool visible)
{
    struct judge_reason line = { .rule = visible ? "visible" : "hidden" };
    for (size_t i = 0; i < r->test_count; i++) {
        const struct judge_test *t = &r->tests[i];
        if (t->test->group.len || (t->test->visibility == TEST_VISIBLE) != visible)
            continue;
        line.total++;
        line.passed += verdict_good(t->verdict);
        line.points_mp += t->points_mp;
        line.max_mp += t->test->points_mp;
    }
    return line;
}

static void count(struct judge_result *r)
{
    r->passed = r->first_failed = 0;
    r->total = num_i64(r->test_count);
    for (size_t i = 0; i < r->test_count; i++) {
        if (verdict_good(r->tests[i].verdict))
            r->passed++;
        else if (!r->first_failed)
            r->first_failed = r->tests[i].test->number;
    }
}

static bool any(const struct judge_result *r, enum verdict v)
{
    for (size_t i = 0; i < r->test_count; i++)
        if (r->tests[i].verdict == v)
            return true;
    return false;
}

static bool rejected(const struct judge_result *r)
{
    for (size_t i = 0; i < r->broken_count; i++)
        if (!r->broken[i].unknown && r->broken[i].rule->effect == EFFECT_REJECT)
            return true;
    return false;
}

static enum verdict verdict_of(const struct judge_result *r, int64_t earned, int64_t possible)
{
    if (any(r, VERDICT_JUDGE_ERROR))
        return VERDICT_JUDGE_ERROR;
    if (r->verdict == VERDICT_COMPILE_ERROR || r->verdict == VERDICT_COMPILE_LIMIT)
        return r->verdict;
    if (rejected(r))
        return VERDICT_CONSTRUCT_VIOLATION;
    if (any(r, VERDICT_VIOLATION))
        return VERDICT_VIOLATION;
    if (possible ? earned == possible : r->passed == r->total)
        return VERDICT_ACCEPTED;
    return earned > 0 ? VERDICT_PARTIAL : VERDICT_REJECTED;
}

/* Each rule that caps has a line; the lowest one counts. What was accepted is so no more. */
static size_t cap(const struct exercise *x, struct judge_result *r, struct judge_reason *lines)
{
    size_t n = 0;
    for (size_t i = 0; i < r->broken_count; i++) {
        const struct exercise_rule *rule = r->broken[i].rule;
        if (r->broken[i].unknown || rule->effect != EFFECT_CAP)
            continue;
        int64_t most = share(x->points_mp, rule->cap_percent, 100);
        lines[n++] = (struct judge_reason){
            .rule = "cap", .id = rule->id, .points_mp = most, .max_mp = x->points_mp
        };
        r->score_mp = i64_min(r->score_mp, most);
    }
    if (n && r->verdict == VERDICT_ACCEPTED)
        r->verdict = VERDICT_PARTIAL;
    return n;
}

void judge_grade(const struct exercise *x, struct judge_result *r, struct arena *a)
{
    struct judge_reason *lines =
        ARENA_ARRAY(a, struct judge_reason, x->group_count + r->broken_count + 3);
    size_t n = 0;
    int64_t earned = 0, possible = 0;
    count(r);
    lines[n++] = loose_line(r, true);
    lines[n++] = loose_line(r, false);
    for (size_t i = 0; i < x->group_count; i++)
        lines[n++] = group_line(r, &x->groups[i]);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        earned += lines[i].points_mp;
        possible += lines[i].max_mp;
        if (lines[i].total)
            lines[kept++] = lines[i];
    }
    r->verdict = verdict_of(r, earned, possible);
    r->max_mp = x->points_mp;
    r->score_mp = possible ? share(x->points_mp, earned, possible)
                           : share(x->points_mp, r->passed, i64_max(r->total, 1));
    if (earned < possible) /* rounding gives nobody full marks */
        r->score_mp = i64_min(r->score_mp, x->points_mp - 1);
    kept += cap(x, r, lines + kept);
    bool nothing = r->verdict == VERDICT_COMPILE_ERROR || r->verdict == VERDICT_COMPILE_LIMIT ||
                   r->verdict == VERDICT_CONSTRUCT_VIOLATION;
    if (nothing)
        r->score_mp = 0;
    lines[kept++] = (struct judge_reason){ .rule = "total",
                                           .passed = r->passed,
                                           .total = r->total,
                                           .points_mp = r->score_mp,
                                           .max_mp = r->max_mp };
    r->reasons = lines;
    r->reason_count = kept;
}

static char letter_of(enum verdict v)
{
    if (verdict_good(v))
        return 'p';
    if (v == VERDICT_WRONG_ANSWER)
        return 'f';
    if (v == VERDICT_TIME_LIMIT || v == VERDICT_IDLE_LIMIT)
        return 't';
    return v == VERDICT_SKIPPED || v == VERDICT_NONE ? 's' : 'e';
}

struct str judge_vector(const struct judge_result *r, struct arena *a)
{
    char *out = ARENA_ARRAY(a, char, r->test_count + 1);
    for (size_t i = 0; i < r->test_count; i++)
        out[i] = letter_of(r->tests[i].verdict);
    return (struct str){ out, r->test_count };
}

static struct judge_seen seen(const struct judge_test *t, struct str lang)
{
    const struct exercise_test *x = t->test;
    bool call = x->kind == TEST_CALL;
    return (struct judge_seen){
        .number = x->number,
        .points_mp = t->points_mp,
        .max_points_mp = x->points_mp,
        .id = x->id,
        .title = exercise_say(x->title, lang),
        .visibility = exercise_visibility_name(x->visibility),
        .kind = exercise_test_kind_name(x->kind),
        .verdict = t->verdict,
        .call = call ? x->call : (struct str){ 0 },
        .stdin_text = x->stdin_text.len ? x->stdin_text : (struct str){ 0 },
        .expected = call ? (x->raises.len ? x->raises : x->value) : x->expected,
        .actual = t->actual,
        .stdout_text = t->stdout_text.len ? t->stdout_text : (struct str){ 0 },
        .message = exercise_say(t->message, lang),
        .wall_ms = t->wall_ms,
        .cpu_ms = t->cpu_ms,
        .memory_kib = t->memory_kib,
    };
}

/* Of a hidden test: its name, how it ended, and the words its author meant for the student. */
static struct judge_seen seen_hidden(const struct judge_test *t, struct str lang)
{
    return (struct judge_seen){ .number = t->test->number,
                                .points_mp = t->points_mp,
                                .max_points_mp = t->test->points_mp,
                                .title = exercise_say(t->test->title, lang),
                                .visibility = exercise_visibility_name(t->test->visibility),
                                .verdict = t->verdict,
                                .message = exercise_say(t->test->feedback, lang) };
}

struct judge_view judge_student_view(const struct judge_result *r, enum judge_hidden hidden,
                                     struct str lang, struct arena *a)
{
    struct judge_seen *tests = ARENA_ARRAY(a, struct judge_seen, r->test_count);
    struct judge_view v = { .tests = tests };
    for (size_t i = 0; i < r->test_count; i++) {
        const struct judge_test *t = &r->tests[i];
        if (t->test->visibility == TEST_VISIBLE) {
            tests[v.test_count++] = seen(t, lang);
            continue;
        }
        v.hidden_total++;
        v.hidden_passed += verdict_good(t->verdict);
        if (hidden == JUDGE_HIDDEN_NAMES && t->test->visibility == TEST_HIDDEN &&
            !verdict_good(t->verdict))
            tests[v.test_count++] = seen_hidden(t, lang);
    }
    if (hidden == JUDGE_HIDDEN_NONE)
        v.hidden_passed = v.hidden_total = API_ABSENT;
    return v;
}
