/* The checks of a package that run programs. */
#include "base/num.h"
#include "domain/submission/check_priv.h"

struct program_run {
    const struct folder_file *files;
    size_t n;
    int hash_seed;
    const int64_t *order;
};

/* False when the platform failed; c->bad says how. */
static bool judge_program(struct check *c, struct program_run p, struct judge_result *out)
{
    struct sandbox_file files[JUDGE_FILES];
    size_t n = size_min(p.n, JUDGE_FILES);
    for (size_t i = 0; i < n; i++)
        files[i] = (struct sandbox_file){ p.files[i].path, p.files[i].data };
    struct judge_job job = { .env = c->env,
                             .exercise = c->x,
                             .files = files,
                             .file_count = n,
                             .hash_seed = p.hash_seed,
                             .order = p.order };
    if (c->bad)
        return false;
    c->bad = judge_run(c->sandbox, &job, c->a, out, &c->fail);
    for (size_t i = 0; !c->bad && i < out->test_count; i++)
        c->boxes += out->tests[i].tries;
    return !c->bad;
}

static bool judge_text(struct check *c, struct str text, struct judge_result *out)
{
    struct folder_file file = { c->x->main_path, text };
    return judge_program(c, (struct program_run){ .files = &file, .n = 1 }, out);
}

static struct program_run of(const struct exercise_program *p)
{
    return (struct program_run){ .files = p->files, .n = p->file_count };
}

/* --- V2 --- */

/* Another order for each round: forwards or backwards, then every other pair exchanged. */
static const int64_t *shuffled(struct check *c, int k)
{
    size_t n = c->x->test_count;
    int64_t *order = ARENA_ARRAY(c->a, int64_t, n);
    for (size_t i = 0; i < n; i++)
        order[i] = c->x->tests[k % 2 ? n - 1 - i : i].number;
    for (size_t i = 0; k > 1 && i + 1 < n; i += 2) {
        int64_t first = order[i];
        order[i] = order[(i + num_size(k)) % n];
        order[(i + num_size(k)) % n] = first;
    }
    return order;
}

static bool same_verdicts(const struct judge_result *a, const struct judge_result *b)
{
    for (size_t i = 0; i < a->test_count; i++)
        if (a->tests[i].verdict != b->tests[i].verdict ||
            !str_eq(a->tests[i].actual, b->tests[i].actual))
            return false;
    return true;
}

static void say_failures(struct check *c, const char *who, struct str name,
                         const struct judge_result *r)
{
    for (size_t i = 0; i < r->test_count; i++)
        if (r->tests[i].verdict != VERDICT_PASSED)
            check_say(c, "%s %.*s: test %.*s: %s, got %.*s", who, STR_ARG(name),
                      STR_ARG(r->tests[i].test->id), verdict_name(r->tests[i].verdict),
                      STR_ARG(utf8_cut(r->tests[i].actual, 100)));
}

/* Marks the rules that a program breaks. */
static void note_rules(const struct check *c, const struct judge_result *r, bool *broken)
{
    for (size_t i = 0; i < r->broken_count; i++)
        if (!r->broken[i].unknown)
            broken[r->broken[i].rule - c->x->rules] = true;
}

static enum check_outcome check_solution(struct check *c, const struct exercise_program *p)
{
    struct judge_result first = { 0 };
    for (int k = 0; k < c->repeats; k++) {
        struct judge_result r;
        struct program_run run = of(p);
        run.hash_seed = k % 2;
        run.order = shuffled(c, k);
        if (!judge_program(c, run, &r))
            return CHECK_UNMEASURED;
        note_rules(c, &r, c->disobeyed);
        if (r.verdict != VERDICT_ACCEPTED) {
            check_say(c, "solution %.*s: %s", STR_ARG(p->name), verdict_name(r.verdict));
            say_failures(c, "solution", p->name, &r);
            return CHECK_REFUSED;
        }
        if (k && !same_verdicts(&first, &r)) {
            check_say(c, "solution %.*s: two runs differ", STR_ARG(p->name));
            return CHECK_REFUSED;
        }
        first = k ? first : r;
    }
    return CHECK_OK;
}

enum check_outcome check_v2(struct check *c)
{
    enum check_outcome out = CHECK_OK;
    c->disobeyed = ARENA_ARRAY(c->a, bool, c->x->rule_count);
    for (size_t i = 0; i < c->x->solution_count; i++)
        out = check_worse(out, check_solution(c, &c->x->solutions[i]));
    if (!out)
        check_say(c, "%zu solutions passed %zu tests, %lld times each", c->x->solution_count,
                  c->x->test_count, (long long)c->repeats);
    return out;
}

/* --- V3, V4 --- */

enum check_outcome check_v3(struct check *c)
{
    struct judge_result r;
    struct folder_file files[JUDGE_FILES];
    size_t n = size_min(c->x->file_count, JUDGE_FILES);
    for (size_t i = 0; i < n; i++)
        files[i] = (struct folder_file){ c->x->files[i].path, c->x->files[i].starter };
    if (!judge_program(c, (struct program_run){ .files = files, .n = n }, &r))
        return CHECK_UNMEASURED;
    check_say(c, "starter: %s, %lld of %lld tests, %.1f of 100 points", verdict_name(r.verdict),
              (long long)r.passed, (long long)r.total, (double)r.score_mp / 1000);
    bool compiles = r.verdict != VERDICT_COMPILE_ERROR || c->x->kind == EXERCISE_FIX;
    return r.verdict == VERDICT_ACCEPTED || 10 * r.score_mp > 4 * r.max_mp || !compiles
               ? CHECK_REFUSED
               : CHECK_OK;
}

/* What most tests expect. */
static const struct exercise_test *commonest(const struct exercise *x)
{
    const struct exercise_test *best = &x->tests[0];
    size_t most = 0;
    for (size_t i = 0; i < x->test_count; i++) {
        size_t n = 0;
        for (size_t j = 0; j < x->test_count; j++)
            n += str_eq(x->tests[i].value, x->tests[j].value) &&
                 str_eq(x->tests[i].expected, x->tests[j].expected);
        if (n > most && (x->tests[i].value.len || x->tests[i].expected.len)) {
            most = n;
            best = &x->tests[i];
        }
    }
    return best;
}

static struct str constant_program(struct check *c)
{
    const struct exercise_test *t = commonest(c->x);
    if (t->kind == TEST_CALL)
        return arena_fmt(c->a, "def %.*s(*args, **kwargs):\n    return %.*s\n",
                         STR_ARG(c->x->function),
                         STR_ARG(t->value.len && !t->value_is_json ? t->value : STR("None")));
    struct value text = { .kind = VALUE_TEXT, .s = t->expected };
    return arena_fmt(c->a, "print(%.*s, end='')\n", STR_ARG(value_repr(&text, 1 << 16, c->a)));
}

static enum check_outcome check_bot(struct check *c, const char *name, struct str text)
{
    struct judge_result r;
    if (!judge_text(c, text, &r))
        return CHECK_UNMEASURED;
    check_say(c, "%s: %s, %lld of %lld tests", name, verdict_name(r.verdict), (long long)r.passed,
              (long long)r.total);
    return r.verdict == VERDICT_ACCEPTED ? CHECK_REFUSED : CHECK_OK;
}

enum check_outcome check_v4(struct check *c)
{
    enum check_outcome out = check_bot(c, "empty file", STR(""));
    return check_worse(out, check_bot(c, "constant", constant_program(c)));
}

/* --- V5, V8 --- */

static bool must_fail(const struct exercise_program *p, struct str test)
{
    for (size_t i = 0; i < p->must_fail_count; i++)
        if (str_eq(p->must_fail[i], test))
            return true;
    return false;
}

static enum check_outcome check_wrong_test(struct check *c, const struct exercise_program *p,
                                           const struct judge_test *t)
{
    bool good = verdict_good(t->verdict), should = must_fail(p, t->test->id);
    bool other = should && p->verdict.len && !str_is(p->verdict, verdict_name(t->verdict));
    if (should && good)
        check_say(c, "wrong %.*s: passes %.*s", STR_ARG(p->name), STR_ARG(t->test->id));
    else if (other)
        check_say(c, "wrong %.*s: %.*s is %s, declared %.*s", STR_ARG(p->name),
                  STR_ARG(t->test->id), verdict_name(t->verdict), STR_ARG(p->verdict));
    else if (!good && !should && p->only)
        check_say(c, "wrong %.*s: fails %.*s too (%s)", STR_ARG(p->name), STR_ARG(t->test->id),
                  verdict_name(t->verdict));
    else
        return CHECK_OK;
    return CHECK_REFUSED;
}

/* A program that names the rule it breaks has to break it. */
static bool check_rule_named(struct check *c, const struct exercise_program *p,
                             const struct judge_result *r)
{
    for (size_t i = 0; i < r->broken_count; i++)
        if (str_eq(r->broken[i].rule->id, p->rule))
            return true;
    if (p->rule.len)
        check_say(c, "wrong %.*s: keeps rule %.*s", STR_ARG(p->name), STR_ARG(p->rule));
    return !p->rule.len;
}

static enum check_outcome check_wrong(struct check *c, const struct exercise_program *p)
{
    struct judge_result r;
    enum check_outcome out = CHECK_OK;
    if (!judge_program(c, of(p), &r))
        return CHECK_UNMEASURED;
    for (size_t i = 0; i < r.test_count; i++)
        c->failed[i] = c->failed[i] || !verdict_good(r.tests[i].verdict);
    note_rules(c, &r, c->broken);
    if (!check_rule_named(c, p, &r))
        return CHECK_REFUSED;
    if (str_is(p->verdict, "construct_violation") && r.verdict == VERDICT_CONSTRUCT_VIOLATION)
        return CHECK_OK;
    if (str_is(p->verdict, "compile_error") && r.verdict == VERDICT_COMPILE_ERROR)
        return CHECK_OK;
    for (size_t i = 0; i < r.test_count; i++)
        out = check_worse(out, check_wrong_test(c, p, &r.tests[i]));
    if (r.verdict == VERDICT_ACCEPTED) {
        check_say(c, "wrong %.*s: accepted", STR_ARG(p->name));
        out = CHECK_REFUSED;
    }
    return out;
}

enum check_outcome check_v5(struct check *c)
{
    enum check_outcome out = CHECK_OK;
    c->failed = ARENA_ARRAY(c->a, bool, c->x->test_count);
    c->broken = ARENA_ARRAY(c->a, bool, c->x->rule_count);
    for (size_t i = 0; i < c->x->wrong_count; i++)
        out = check_worse(out, check_wrong(c, &c->x->wrong[i]));
    if (!out)
        check_say(c, "%zu known-wrong programs fail as declared", c->x->wrong_count);
    return out;
}

enum check_outcome check_v11(struct check *c)
{
    enum check_outcome out = CHECK_OK;
    for (size_t i = 0; i < c->x->rule_count; i++) {
        struct str id = c->x->rules[i].id;
        if (c->disobeyed[i])
            check_say(c, "rule %.*s: a solution breaks it", STR_ARG(id));
        if (!c->broken[i])
            check_say(c, "rule %.*s: no known-wrong program breaks it", STR_ARG(id));
        if (c->disobeyed[i] || !c->broken[i])
            out = CHECK_REFUSED;
    }
    if (!out)
        check_say(c,
                  "%zu construct rules, each kept by the solutions and broken by a wrong program",
                  c->x->rule_count);
    return out;
}

enum check_outcome check_v8(struct check *c)
{
    size_t hidden = 0, idle = 0;
    for (size_t i = 0; i < c->x->test_count; i++) {
        const struct exercise_test *t = &c->x->tests[i];
        hidden += t->visibility != TEST_VISIBLE;
        if (t->visibility == TEST_VISIBLE || c->failed[i])
            continue;
        idle++;
        check_say(c, "test %.*s is idle: no known-wrong program and no mutant fails it",
                  STR_ARG(t->id));
    }
    if (!idle)
        check_say(c, "each of %zu hidden tests is failed by a known-wrong program or a mutant",
                  hidden);
    return hidden && idle == hidden ? CHECK_REFUSED : idle ? CHECK_WARN : CHECK_OK;
}

/* --- V7 --- */

static enum check_outcome check_margin(struct check *c, const struct exercise_program *p,
                                       const struct judge_test *t)
{
    int64_t cpu = t->test->limits.cpu_ms ? t->test->limits.cpu_ms : c->x->limits.cpu_ms;
    int64_t memory =
        t->test->limits.memory_kib ? t->test->limits.memory_kib : c->x->limits.memory_kib;
    if (5 * t->cpu_ms <= cpu && 2 * t->memory_kib <= memory)
        return CHECK_OK;
    check_say(c, "solution %.*s, test %.*s: %lld of %lld ms, %lld of %lld KiB", STR_ARG(p->name),
              STR_ARG(t->test->id), (long long)t->cpu_ms, (long long)cpu, (long long)t->memory_kib,
              (long long)memory);
    return CHECK_REFUSED;
}

enum check_outcome check_v7(struct check *c)
{
    enum check_outcome out = CHECK_OK;
    int64_t cpu = 0, memory = 0;
    for (size_t i = 0; i < c->x->solution_count; i++) {
        struct judge_result r;
        if (!judge_program(c, of(&c->x->solutions[i]), &r))
            return CHECK_UNMEASURED;
        for (size_t j = 0; j < r.test_count; j++) {
            out = check_worse(out, check_margin(c, &c->x->solutions[i], &r.tests[j]));
            cpu = i64_max(cpu, r.tests[j].cpu_ms);
            memory = i64_max(memory, r.tests[j].memory_kib);
        }
    }
    if (!out)
        check_say(c, "at most %lld ms and %lld KiB", (long long)cpu, (long long)memory);
    return out;
}
