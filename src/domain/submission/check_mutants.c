/* V6: what of small faults in the solutions the tests notice. */
#include "base/hash.h"
#include "base/num.h"
#include "domain/submission/check_priv.h"
#include "domain/submission/mutant.h"

enum {
    STEP_MS = 100,     /* of one test: a mutant that needs longer is taken for an endless one */
    ALL_MS = 200,      /* of all tests, beside four times what the solution itself needs */
    SURVIVORS_MAX = 20 /* that are listed */
};

/* One solution while its mutants run. */
struct solution {
    const struct exercise_program *program;
    struct sandbox_file files[JUDGE_FILES];
    size_t count;
    int64_t all_ms;
};

enum fate { FATE_KILLED, FATE_SURVIVED, FATE_NOT_COMPILED, FATE_UNKNOWN };

/* The tests of one visibility in one shared box: no mark comes from it, and a mutant is the
 * author's own code. */
static bool probe(struct check *c, const struct solution *s, bool hidden, struct arena *a,
                  struct judge_probe *out)
{
    const struct judge_probe_job job = { .exercise = c->x,
                                         .files = s->files,
                                         .file_count = s->count,
                                         .hidden = hidden,
                                         .step_ms = STEP_MS,
                                         .all_ms = s->all_ms };
    if (!c->bad)
        c->bad = judge_probe(c->sandbox, &job, a, out, &c->fail);
    c->boxes++;
    return !c->bad;
}

/* Marks the tests that noticed the fault. */
static bool noticed(struct check *c, const struct judge_probe *p)
{
    bool any = false;
    for (size_t i = 0; i < p->count; i++) {
        enum verdict v = p->tests[i].verdict;
        if (verdict_good(v) || v == VERDICT_SKIPPED)
            continue;
        c->failed[p->tests[i].test - c->x->tests] = true;
        any = true;
    }
    return any;
}

static enum fate fate_of(struct check *c, const struct solution *s, struct arena *a)
{
    bool killed = false;
    for (int hidden = 0; hidden < 2; hidden++) {
        struct judge_probe p;
        if (!probe(c, s, hidden, a, &p))
            return FATE_UNKNOWN;
        if (p.compile)
            return FATE_NOT_COMPILED;
        killed = noticed(c, &p) || killed;
    }
    return killed ? FATE_KILLED : FATE_SURVIVED;
}

/* The solution itself has to pass the same way, else nothing could be learnt from a mutant. */
static bool solution_passes(struct check *c, struct solution *s)
{
    AUTO_ARENA a = { 0 };
    int64_t cpu_us = 0;
    s->all_ms = 10 * (int64_t)ALL_MS;
    for (int hidden = 0; hidden < 2; hidden++) {
        struct judge_probe p;
        if (!probe(c, s, hidden, &a, &p))
            return false;
        for (size_t i = 0; i < p.count; i++) {
            cpu_us += p.steps[i].cpu_us;
            if (!verdict_good(p.tests[i].verdict)) {
                check_say(c, "solution %.*s: %.*s is %s when tests share a box",
                          STR_ARG(s->program->name), STR_ARG(p.tests[i].test->id),
                          verdict_name(p.tests[i].verdict));
                return false;
            }
        }
    }
    s->all_ms = ALL_MS + 4 * cpu_us / US_PER_MS;
    return true;
}

static bool is_equivalent(const struct check *c, const struct solution *s, const struct mutant *m,
                          struct str words)
{
    for (size_t i = 0; i < c->x->equivalent_count; i++) {
        const struct exercise_equivalent *e = &c->x->equivalents[i];
        if (e->line == m->line && str_eq(e->edit, words) && str_eq(e->solution, s->program->name))
            return true;
    }
    return false;
}

static void count(struct check *c, const struct solution *s, const struct mutant *m,
                  struct str words, enum fate fate)
{
    struct check_mutation *n = &c->mutation;
    n->run++;
    n->killed += fate == FATE_KILLED;
    n->not_compiled += fate == FATE_NOT_COMPILED;
    bool equivalent = is_equivalent(c, s, m, words);
    n->equivalent += equivalent && fate == FATE_SURVIVED;
    if (equivalent && fate != FATE_SURVIVED) {
        check_say(c, "equivalent: line %u, %.*s: a test notices it", m->line, STR_ARG(words));
        c->stale = true;
    }
    if (fate != FATE_SURVIVED || equivalent)
        return;
    if (n->survived++ < SURVIVORS_MAX)
        check_say(c, "survives: solution %.*s, line %u, %.*s", STR_ARG(s->program->name), m->line,
                  STR_ARG(words));
}

static void run_mutant(struct check *c, struct solution *s, size_t file, const struct mutant *m)
{
    AUTO_ARENA a = { 0 };
    struct str source = s->files[file].text;
    struct str words = mutant_words(source, m, &a);
    s->files[file].text = mutant_text(source, m, &a);
    enum fate fate = fate_of(c, s, &a);
    s->files[file].text = source;
    if (fate != FATE_UNKNOWN)
        count(c, s, m, words, fate);
}

/* The mutants of one file: its share of the sample. */
static enum err run_file(struct check *c, struct solution *s, size_t file, size_t most,
                         struct fail *f)
{
    AUTO_ARENA a = { 0 };
    AUTO_TREE t = { 0 };
    struct mutant *list = NULL;
    size_t n = 0;
    struct hash seed = hash_sha256(s->program->name);
    TRY(tree_parse(s->files[file].text, TREE_PYTHON, 10 * (int64_t)TREE_PARSE_US, &a, &t, f));
    mutants_of(&t, &a, &list, &n);
    c->mutation.made += num_i64(n);
    n = mutants_sample(list, n, most, seed.b[0] | (uint64_t)seed.b[1] << 8);
    for (size_t i = 0; i < n && !c->bad; i++)
        run_mutant(c, s, file, &list[i]);
    return ERR_OK;
}

static bool run_solution(struct check *c, const struct exercise_program *p, size_t most)
{
    struct solution s = { .program = p };
    struct fail f = { 0 };
    size_t python = 0;
    for (size_t i = 0; i < p->file_count && s.count < JUDGE_FILES; i++)
        s.files[s.count++] = (struct sandbox_file){ p->files[i].path, p->files[i].data };
    if (!solution_passes(c, &s))
        return false;
    for (size_t i = 0; i < s.count; i++)
        python += str_ends(s.files[i].path, STR(".py"));
    for (size_t i = 0; i < s.count; i++)
        if (str_ends(s.files[i].path, STR(".py")) && run_file(c, &s, i, most / python, &f)) {
            check_say(c, "solution %.*s: %s", STR_ARG(p->name), f.detail);
            return false;
        }
    return true;
}

int64_t check_score(const struct check_mutation *n)
{
    int64_t all = n->run - n->equivalent - n->not_compiled;
    return all > 0 ? 1000 * n->killed / all : 0;
}

static enum check_outcome outcome_of(const struct check *c)
{
    int64_t score = check_score(&c->mutation);
    int64_t floor = i64_max(c->floor_permille, 600);
    return score < floor || c->stale ? CHECK_REFUSED : score < 800 ? CHECK_WARN : CHECK_OK;
}

/* An `equivalent` of the manifest that a test notices is none. */
enum check_outcome check_v6(struct check *c)
{
    const struct check_mutation *n = &c->mutation;
    size_t each = num_size(c->mutants) / size_max(c->x->solution_count, 1);
    for (size_t i = 0; i < c->x->solution_count; i++)
        if (!run_solution(c, &c->x->solutions[i], each))
            return c->bad ? CHECK_UNMEASURED : CHECK_REFUSED;
    if (n->survived > SURVIVORS_MAX)
        check_say(c, "and %lld more", (long long)n->survived - SURVIVORS_MAX);
    int64_t score = check_score(n);
    check_say(c,
              "mutation score %lld.%03lld: %lld of %lld mutants noticed, %lld equivalent, %lld do "
              "not compile (%lld made)",
              (long long)score / 1000, (long long)score % 1000, (long long)n->killed,
              (long long)(n->run - n->equivalent - n->not_compiled), (long long)n->equivalent,
              (long long)n->not_compiled, (long long)n->made);
    return outcome_of(c);
}
