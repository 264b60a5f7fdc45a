#include "base/num.h"
#include "domain/tutor/analysis_priv.h"

#include <stdlib.h>

/* Runs the code, chooses the failing case, finds the place, matches misconceptions. */

enum {
    STEP_MS = 400,      /* of one test, so that a loop cannot eat the budget */
    CONFIRM_MS = 2'000, /* before it is said that a program does not end */
    ALL_MS = 3'000,
    OTHER_SEED = 7'919, /* so that what depends on chance shows */
    FAILING_TRACED = 5,
    TRACED = 15,
};

/* --- the failing case --- */

int64_t input_tokens(const struct exercise_test *t)
{
    const struct str inputs[] = { t->call, t->args_json, t->stdin_text };
    int64_t n = 0;
    for (size_t k = 0; k < COUNT_OF(inputs); k++) {
        bool word = false;
        for (size_t i = 0; i < inputs[k].len; i++) {
            unsigned char c = (unsigned char)inputs[k].ptr[i];
            bool now = c >= 0x80 || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                       (c >= 'A' && c <= 'Z');
            n += (now && !word) || (!now && c > ' ');
            word = now;
        }
    }
    return n;
}

size_t witness_choose(const struct judge_test *tests, size_t n)
{
    size_t best = SIZE_MAX;
    int64_t least = INT64_MAX;
    for (size_t i = 0; i < n; i++) {
        bool counts = !verdict_good(tests[i].verdict) && tests[i].verdict != VERDICT_SKIPPED;
        int64_t tokens = counts ? input_tokens(tests[i].test) : INT64_MAX;
        if (tokens < least) {
            best = i;
            least = tokens;
        }
    }
    return best;
}

static enum err probe(struct work *w, struct judge_probe_job job, struct judge_probe *out,
                      struct fail *f)
{
    job.exercise = w->in->exercise;
    job.files = w->in->files;
    job.file_count = w->in->file_count;
    enum err e = judge_probe(w->t->conf.sandbox, &job, w->a, out, f);
    w->out->run_us += out->wall_us;
    return e;
}

static struct str file_text(const struct analyse_in *in, struct str path)
{
    for (size_t i = 0; i < in->file_count; i++)
        if (str_eq(in->files[i].path, path))
            return in->files[i].text;
    for (size_t i = 0; i < in->exercise->file_count; i++)
        if (str_eq(in->exercise->files[i].path, path))
            return in->exercise->files[i].starter;
    return STR("");
}

static bool is_starter(const struct analyse_in *in, struct arena *a)
{
    for (size_t i = 0; i < in->exercise->file_count; i++) {
        const struct exercise_file *file = &in->exercise->files[i];
        if (!file->editable)
            continue;
        AUTO_SYNTAX mine = syntax_parse(file_text(in, file->path));
        AUTO_SYNTAX theirs = syntax_parse(file->starter.ptr ? file->starter : STR(""));
        if (!str_eq(syntax_shape(&mine, a), syntax_shape(&theirs, a)))
            return false;
    }
    return true;
}

/* --- verdicts --- */

static char letter(const struct judge_test *t)
{
    if (verdict_good(t->verdict))
        return 'p';
    return t->verdict == VERDICT_WRONG_ANSWER                                     ? 'f'
           : t->verdict == VERDICT_TIME_LIMIT || t->verdict == VERDICT_IDLE_LIMIT ? 't'
           : t->verdict == VERDICT_SKIPPED                                        ? 's'
                                                                                  : 'e';
}

static void take_verdicts(struct work *w)
{
    char *v = arena_alloc(w->a, w->first.count + 1, 1);
    w->out->ran = true;
    w->out->passed = 0;
    w->out->total = num_i64(w->first.count);
    for (size_t i = 0; i < w->first.count; i++) {
        v[i] = letter(&w->first.tests[i]);
        w->out->passed += v[i] == 'p';
    }
    w->out->vector = (struct str){ v, w->first.count };
}

/* The first quoted word of a message; of AttributeError the last one, which is the name. */
static struct str quoted(struct str message, struct str type)
{
    struct str found = { 0 };
    bool last = str_is(type, "AttributeError");
    if (str_is(type, "KeyError"))
        return message;
    while (message.len && (last || !found.ptr)) {
        (void)str_take_until(&message, '\'');
        size_t end = str_find(message, STR("'"));
        if (end == SIZE_MAX)
            break;
        found = str_head(message, end);
        message = str_from(message, end + 1);
    }
    return found;
}

static void take_error(struct work *w, const struct sandbox_exception *e)
{
    struct analysis *o = w->out;
    o->error_type = judge_visible_text(e->type, 80, w->a);
    o->error_message = judge_visible_text(e->message, 300, w->a);
    o->error_code = error_code_of(&w->t->library, o->error_type, o->error_message);
    o->error_name = quoted(o->error_message, o->error_type);
    o->error_line = str_eq(e->file, o->path) ? e->line : 0;
}

static void take_witness(struct work *w)
{
    size_t at = witness_choose(w->first.tests, w->first.count);
    w->out->witness = NULL;
    w->out->got = (struct str){ 0 };
    if (at == SIZE_MAX)
        return;
    w->out->witness = &w->first.tests[at];
    w->witness_step = &w->first.steps[at];
    w->out->got = w->out->witness->actual;
    if (w->witness_step->raised) {
        w->out->got = (struct str){ 0 };
        take_error(w, &w->witness_step->exception);
    }
}

static bool is_slow(const struct judge_test *t)
{
    return t->verdict == VERDICT_TIME_LIMIT || t->verdict == VERDICT_IDLE_LIMIT;
}

/* The case's first run is forgotten for another one. */
static void replace_witness(struct work *w, const struct judge_probe *again)
{
    size_t n = w->first.count, at = (size_t)(w->out->witness - w->first.tests);
    struct judge_test *tests = ARENA_ARRAY(w->a, struct judge_test, n);
    struct sandbox_step_result *steps = ARENA_ARRAY(w->a, struct sandbox_step_result, n);
    memcpy(tests, w->first.tests, n * sizeof *tests);
    memcpy(steps, w->first.steps, n * sizeof *steps);
    tests[at] = again->tests[0];
    steps[at] = again->steps[0];
    w->first.tests = tests;
    w->first.steps = steps;
    take_verdicts(w);
    take_witness(w);
}

/* A case past the short limit is tried with a longer one before it is called endless. */
static enum err confirm_slow(struct work *w, struct fail *f)
{
    struct judge_probe again;
    if (!w->out->witness || !is_slow(w->out->witness))
        return ERR_OK;
    int64_t number = w->out->witness->test->number;
    int64_t ms = i64_min(CONFIRM_MS, i64_max(w->in->exercise->limits.cpu_ms, STEP_MS));
    TRY(probe(w,
              (struct judge_probe_job){
                  .numbers = &number, .number_count = 1, .step_ms = ms, .all_ms = ms + STEP_MS },
              &again, f));
    if (again.count && !is_slow(&again.tests[0]))
        replace_witness(w, &again);
    return ERR_OK;
}

static enum situation failing_situation(const struct judge_test *t)
{
    if (is_slow(t))
        return SITUATION_SLOW;
    return t->verdict == VERDICT_WRONG_ANSWER  ? SITUATION_WRONG
           : t->verdict == VERDICT_JUDGE_ERROR ? SITUATION_COULD_NOT_RUN
                                               : SITUATION_RUNTIME;
}

/* --- second pass: traced --- */

struct order {
    int64_t number, tokens;
    bool failed;
};

static int failing_first(const void *pa, const void *pb)
{
    const struct order *a = pa, *b = pb;
    if (a->failed != b->failed)
        return a->failed ? -1 : 1;
    if (a->tokens != b->tokens)
        return a->tokens < b->tokens ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

static size_t choose_traced(const struct work *w, int64_t *out)
{
    size_t n = w->first.count, kept = 0, failing = 0;
    struct order *o = ARENA_ARRAY(w->a, struct order, n + 1);
    for (size_t i = 0; i < n; i++)
        o[i] = (struct order){ w->first.tests[i].test->number, input_tokens(w->first.tests[i].test),
                               !verdict_good(w->first.tests[i].verdict) };
    qsort(o, n, sizeof *o, failing_first);
    for (size_t i = 0; i < n && kept < TRACED; i++) {
        failing += o[i].failed;
        if (!o[i].failed || failing <= FAILING_TRACED)
            out[kept++] = o[i].number;
    }
    return kept;
}

static void check_flaky(struct work *w)
{
    size_t at = 0;
    const struct judge_test *again = analysis_second(w, &at);
    const struct judge_test *first = w->out->witness;
    if (!again || is_slow(first) || is_slow(again) || w->second.steps[at].trace_full)
        return;
    if (again->verdict != first->verdict || !str_eq(again->actual, first->actual))
        w->out->situation = SITUATION_FLAKY;
}

static enum err trace(struct work *w, struct fail *f)
{
    int64_t numbers[TRACED];
    size_t n = choose_traced(w, numbers);
    TRY(probe(w,
              (struct judge_probe_job){ .numbers = numbers,
                                        .number_count = n,
                                        .trace = true,
                                        .seed = OTHER_SEED,
                                        .step_ms = 2 * (int64_t)STEP_MS,
                                        .all_ms = ALL_MS },
              &w->second, f));
    check_flaky(w);
    return ERR_OK;
}

/* --- the fault's signature --- */

static struct str top_misconception(const struct analysis *o)
{
    for (int confirmed = 1; confirmed >= 0; confirmed--)
        for (size_t i = 0; i < o->suspect_count; i++)
            if (o->suspects[i].confirmed == (bool)confirmed)
                return o->suspects[i].what->id;
    return STR("");
}

static void sign(struct work *w)
{
    struct analysis *o = w->out;
    const struct str parts[] = { str_of(situation_name(o->situation)),
                                 STR("\n"),
                                 o->error_type.ptr ? o->error_type : STR(""),
                                 STR("\n"),
                                 arena_fmt(w->a, "%d", (int)o->region.kind),
                                 STR("\n"),
                                 top_misconception(o) };
    o->fault = hash_sha256_parts(parts, COUNT_OF(parts));
}

/* --- in order --- */

static enum err run_visible(struct work *w, struct fail *f)
{
    TRY(probe(w, (struct judge_probe_job){ .step_ms = STEP_MS, .all_ms = ALL_MS }, &w->first, f));
    take_verdicts(w);
    if (w->first.compile) {
        w->out->situation = SITUATION_SYNTAX;
        take_error(w, &w->first.steps[0].exception);
        return ERR_OK;
    }
    take_witness(w);
    TRY(confirm_slow(w, f));
    w->out->situation = w->out->witness ? failing_situation(w->out->witness) : SITUATION_ALL_PASS;
    return w->out->situation == SITUATION_ALL_PASS ? ERR_OK : trace(w, f);
}

/* In a box of their own, and only when the visible ones pass. */
static enum err run_hidden(struct work *w, struct fail *f)
{
    struct judge_probe hidden;
    if (w->out->situation != SITUATION_ALL_PASS)
        return ERR_OK;
    TRY(probe(w, (struct judge_probe_job){ .hidden = true, .step_ms = STEP_MS, .all_ms = ALL_MS },
              &hidden, f));
    w->out->hidden_total = num_i64(hidden.count);
    for (size_t i = 0; i < hidden.count; i++) {
        const struct judge_test *test = &hidden.tests[i]; /* lives in the arena */
        if (verdict_good(test->verdict))
            w->out->hidden_passed++;
        else if (!w->hidden_failed)
            w->hidden_failed = test;
    }
    if (w->out->hidden_passed < w->out->hidden_total)
        w->out->situation = SITUATION_HIDDEN_ONLY;
    return ERR_OK;
}

/* A program whose tests all pass is not done while it breaks a rule that costs marks. */
static enum err ask_rules(struct work *w, struct fail *f)
{
    const struct judge_broken *broken = NULL;
    size_t n = 0;
    if (w->out->situation != SITUATION_ALL_PASS)
        return ERR_OK;
    TRY(judge_broken_rules(w->in->exercise, w->in->files, w->in->file_count, w->a, &broken, &n, f));
    for (size_t i = 0; i < n; i++) {
        if (broken[i].unknown || broken[i].rule->effect == EFFECT_WARN)
            continue;
        w->out->situation = SITUATION_FORBIDDEN;
        w->out->rule = broken[i].rule->message;
        w->out->error_line = str_eq(broken[i].file, w->out->path) ? broken[i].at.line : 0;
        return ERR_OK;
    }
    return ERR_OK;
}

static enum err run_all(struct work *w, struct fail *f)
{
    if (!w->t->conf.sandbox)
        return FAIL(f, ERR_BUSY, "busy", "this process has no sandbox");
    TRY(run_visible(w, f));
    TRY(run_hidden(w, f));
    return ask_rules(w, f);
}

enum err analyse(const struct tutor *t, const struct analyse_in *in, struct arena *a,
                 struct analysis *out, struct fail *f)
{
    *out = (struct analysis){ .path = in->exercise->main_path, .vector = STR("") };
    out->text = file_text(in, out->path);
    AUTO_SYNTAX s = syntax_parse(out->text);
    struct work w = { .t = t, .in = in, .a = a, .out = out, .s = &s };
    out->shape = hash_sha256(syntax_shape(&s, a));
    bool empty = syntax_is_empty(&s);
    if (empty || (in->exercise->kind != EXERCISE_FIX && is_starter(in, a))) {
        out->situation = empty ? SITUATION_NO_CODE : SITUATION_STARTER;
        sign(&w);
        return ERR_OK;
    }
    enum err e = run_all(&w, f);
    if (e == ERR_INPUT)
        return e;
    if (e)
        out->situation = SITUATION_COULD_NOT_RUN;
    if (out->situation != SITUATION_FORBIDDEN) /* what works shows no misconception */
        out->suspect_count = catalogue_match(&t->catalogue, &s, out->suspects, SUSPECTS_MAX);
    analysis_place(&w);
    sign(&w);
    return ERR_OK;
}
