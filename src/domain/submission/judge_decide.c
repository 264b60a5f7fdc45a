/* From what a box said to a verdict: judge.md C. */
#include "base/num.h"
#include "domain/submission/judge_priv.h"

static const char *const verdict_words[] = {
    [VERDICT_PASSED] = "passed",
    [VERDICT_WRONG_ANSWER] = "wrong_answer",
    [VERDICT_PRESENTATION] = "presentation",
    [VERDICT_RUNTIME_ERROR] = "runtime_error",
    [VERDICT_TIME_LIMIT] = "time_limit",
    [VERDICT_IDLE_LIMIT] = "idle_limit",
    [VERDICT_MEMORY_LIMIT] = "memory_limit",
    [VERDICT_PROCESS_LIMIT] = "process_limit",
    [VERDICT_OUTPUT_LIMIT] = "output_limit",
    [VERDICT_OK] = "ok",
    [VERDICT_VIOLATION] = "violation",
    [VERDICT_COMPILE_ERROR] = "compile_error",
    [VERDICT_COMPILE_LIMIT] = "compile_limit",
    [VERDICT_CONSTRUCT_VIOLATION] = "construct_violation",
    [VERDICT_SKIPPED] = "skipped",
    [VERDICT_UNSTABLE] = "unstable",
    [VERDICT_JUDGE_ERROR] = "judge_error",
    [VERDICT_ACCEPTED] = "accepted",
    [VERDICT_PARTIAL] = "partial",
    [VERDICT_REJECTED] = "rejected",
};
static_assert(COUNT_OF(verdict_words) == VERDICT_COUNT, "a word for each verdict");

const char *verdict_name(enum verdict v)
{
    return verdict_words[v];
}

bool verdict_named(struct str name, enum verdict *out)
{
    for (size_t i = 1; i < VERDICT_COUNT; i++)
        if (str_is(name, verdict_words[i])) {
            *out = (enum verdict)i;
            return true;
        }
    return false;
}

bool verdict_good(enum verdict v)
{
    return v == VERDICT_PASSED || v == VERDICT_PRESENTATION;
}

enum verdict judge_end_verdict(enum sandbox_end end)
{
    static const enum verdict table[] = {
        [SANDBOX_EXITED] = VERDICT_NONE,
        [SANDBOX_SIGNALLED] = VERDICT_RUNTIME_ERROR,
        [SANDBOX_TIME_LIMIT] = VERDICT_TIME_LIMIT,
        [SANDBOX_IDLE_LIMIT] = VERDICT_IDLE_LIMIT,
        [SANDBOX_MEMORY_LIMIT] = VERDICT_MEMORY_LIMIT,
        [SANDBOX_PROCESS_LIMIT] = VERDICT_PROCESS_LIMIT,
        [SANDBOX_OUTPUT_LIMIT] = VERDICT_OUTPUT_LIMIT,
        [SANDBOX_VIOLATION] = VERDICT_VIOLATION,
        [SANDBOX_CANCELLED] = VERDICT_SKIPPED,
        [SANDBOX_NOT_RUN] = VERDICT_SKIPPED,
        [SANDBOX_ERROR] = VERDICT_JUDGE_ERROR,
    };
    static_assert(COUNT_OF(table) == SANDBOX_END_COUNT, "a verdict for each end");
    return table[end];
}

/* What is said about a verdict when nothing more exact is known. */
static struct exercise_text words_for(enum verdict v)
{
    static const struct {
        enum verdict v;
        const char *es, *en;
    } words[] = {
        { VERDICT_TIME_LIMIT, "El programa usó todo el tiempo permitido sin terminar.",
          "The program used all its time without finishing." },
        { VERDICT_IDLE_LIMIT, "El programa se quedó esperando y no terminó.",
          "The program kept waiting and did not finish." },
        { VERDICT_MEMORY_LIMIT, "El programa usó más memoria de la permitida.",
          "The program used more memory than allowed." },
        { VERDICT_PROCESS_LIMIT, "El programa abrió más hilos de los permitidos.",
          "The program started more threads than allowed." },
        { VERDICT_OUTPUT_LIMIT, "El programa mostró más de lo permitido.",
          "The program printed more than allowed." },
        { VERDICT_VIOLATION, "El programa pidió al sistema algo que no está permitido.",
          "The program asked the system for something that is not allowed." },
        { VERDICT_PRESENTATION, "El contenido es correcto; solo cambian espacios o líneas.",
          "The content is right; only spaces or line breaks differ." },
        { VERDICT_JUDGE_ERROR, "No se pudo evaluar por un problema nuestro.",
          "It could not be judged because of a problem of ours." },
    };
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (words[i].v == v)
            return (struct exercise_text){ str_of(words[i].es), str_of(words[i].en) };
    return (struct exercise_text){ STR(""), STR("") };
}

static const struct diagnostic *keep_diagnostic(const struct sandbox_exception *e, struct arena *a)
{
    struct diagnostic *d = ARENA_NEW(a, struct diagnostic);
    *d = diagnose_python(e, a);
    return d;
}

static bool expected_value(const struct exercise_test *t, struct arena *a, struct value *out)
{
    struct fail f = { 0 };
    return t->value_is_json ? value_from_tagged(t->value, a, out)
                            : !value_from_python(t->value, a, out, &f);
}

static const char *type_name(const struct value *v, struct arena *a)
{
    static const char *const names[] = { "None", "bool",  "int", "float", "str", "bytes",
                                         "list", "tuple", "set", "dict",  "" };
    return v->kind == VALUE_OBJECT ? arena_cstr(a, v->type) : names[v->kind];
}

/* Two values that differ: by type when that is what a student should look at first. */
static struct exercise_text values_differ(const struct value *want, const struct value *got,
                                          struct arena *a)
{
    if (want->kind == got->kind)
        return (struct exercise_text){ STR(""), STR("") };
    const char *x = type_name(want, a), *y = type_name(got, a);
    return (struct exercise_text){
        arena_fmt(a, "Se esperaba un valor de tipo %s y se obtuvo uno de tipo %s.", x, y),
        arena_fmt(a, "A value of type %s was expected and one of type %s came back.", x, y)
    };
}

static void decide_value(const struct exercise_test *t, const struct sandbox_step_result *s,
                         struct arena *a, struct judge_test *out)
{
    struct value want = { 0 }, got = { 0 };
    if (!expected_value(t, a, &want)) { /* the package was not checked: not the student's fault */
        out->verdict = VERDICT_JUDGE_ERROR;
        return;
    }
    out->verdict = VERDICT_WRONG_ANSWER;
    if (s->frames != 1 || !s->has_value || !value_from_tagged(s->value, a, &got)) {
        out->message = (struct exercise_text){ STR("El programa terminó sin devolver un valor."),
                                               STR("The program ended without giving a value.") };
        return;
    }
    out->actual =
        judge_visible_text(value_repr(&got, JUDGE_ACTUAL_BYTES, a), JUDGE_ACTUAL_BYTES, a);
    if (value_equal(&want, &got, t->loose, a))
        out->verdict = VERDICT_PASSED;
    else
        out->message = values_differ(&want, &got, a);
}

static void decide_raises(const struct exercise_test *t, const struct sandbox_step_result *s,
                          struct arena *a, struct judge_test *out)
{
    bool right = s->raised && !s->exception.loading && str_eq(s->exception.type, t->raises);
    out->verdict = right       ? VERDICT_PASSED
                   : s->raised ? VERDICT_RUNTIME_ERROR
                               : VERDICT_WRONG_ANSWER;
    out->actual = s->raised ? judge_visible_text(s->exception.type, 200, a) : STR("");
    if (out->verdict == VERDICT_WRONG_ANSWER)
        out->message = (struct exercise_text){
            arena_fmt(a, "Se esperaba la excepción %.*s.", STR_ARG(t->raises)),
            arena_fmt(a, "The exception %.*s was expected.", STR_ARG(t->raises))
        };
}

static bool argument_same(struct str before, struct str after, int64_t at, struct arena *a)
{
    struct value x = { 0 }, y = { 0 };
    if (!value_from_tagged(before, a, &x) || !value_from_tagged(after, a, &y) ||
        x.kind != VALUE_LIST || y.kind != VALUE_LIST || num_size(at) >= x.n || num_size(at) >= y.n)
        return false;
    return value_equal(&x.items[at], &y.items[at], false, a);
}

/* What else a call promised: its output, and arguments left alone. */
static void decide_promises(const struct exercise_test *t, const struct sandbox_step_result *s,
                            struct arena *a, struct judge_test *out)
{
    struct str printed = str_from(s->stdout_text, s->stdout_from);
    if (t->expected.ptr &&
        compare_texts(t->compare, t->expected, printed, a) == COMPARE_DIFFERENT) {
        out->verdict = VERDICT_WRONG_ANSWER;
        out->message =
            (struct exercise_text){ STR("El valor es correcto, pero lo que se muestra no lo es."),
                                    STR("The value is right, but what is printed is not.") };
    }
    for (size_t i = 0; i < t->unchanged_count; i++)
        if (!argument_same(s->args_before, s->args_after, t->unchanged[i], a)) {
            out->verdict = VERDICT_WRONG_ANSWER;
            out->message =
                (struct exercise_text){ STR("La función modificó un argumento que recibió."),
                                        STR("The function changed an argument it was given.") };
        }
}

static void decide_call(const struct exercise_test *t, const struct sandbox_step_result *s,
                        struct arena *a, struct judge_test *out)
{
    out->stdout_text = judge_visible_text(s->stdout_text, JUDGE_ACTUAL_BYTES, a);
    if (t->raises.len)
        decide_raises(t, s, a, out);
    else if (s->raised || s->exit_code != 0)
        out->verdict = VERDICT_RUNTIME_ERROR;
    else if (t->value.len)
        decide_value(t, s, a, out);
    else
        out->verdict = VERDICT_PASSED;
    if (out->verdict == VERDICT_PASSED)
        decide_promises(t, s, a, out);
}

static void decide_output(const struct exercise_test *t, const struct sandbox_step_result *s,
                          struct arena *a, struct judge_test *out)
{
    out->actual = judge_visible_text(s->stdout_text, JUDGE_ACTUAL_BYTES, a);
    if (s->raised || s->exit_code != 0) {
        out->verdict = VERDICT_RUNTIME_ERROR;
        return;
    }
    static const enum verdict table[] = { [COMPARE_SAME] = VERDICT_PASSED,
                                          [COMPARE_SPACE_ONLY] = VERDICT_PRESENTATION,
                                          [COMPARE_DIFFERENT] = VERDICT_WRONG_ANSWER };
    out->verdict = table[compare_texts(t->compare, t->expected, s->stdout_text, a)];
}

void judge_decide(const struct exercise_test *t, const struct judge_box *box, struct arena *a,
                  struct judge_test *out, bool *compile)
{
    const struct sandbox_step_result *s = box->step;
    *out = (struct judge_test){ .test = t,
                                .verdict = judge_end_verdict(s->end),
                                .wall_ms = s->wall_us / US_PER_MS,
                                .cpu_ms = s->cpu_us / US_PER_MS,
                                .memory_kib = box->memory_kib,
                                .exit_code = s->exit_code,
                                .signal = s->signal,
                                .actual = STR(""),
                                .stdout_text = STR(""),
                                .message = { STR(""), STR("") } };
    *compile = s->raised && s->exception.compile;
    if (*compile)
        out->verdict = VERDICT_SKIPPED;
    else if (out->verdict != VERDICT_NONE)
        out->actual = judge_visible_text(s->stdout_text, JUDGE_ACTUAL_BYTES, a);
    else if (t->kind == TEST_CALL)
        decide_call(t, s, a, out);
    else
        decide_output(t, s, a, out);
    if (s->raised && out->verdict != VERDICT_PASSED)
        out->diagnostic = keep_diagnostic(&s->exception, a);
    if (!out->message.es.len)
        out->message = out->diagnostic ? out->diagnostic->message : words_for(out->verdict);
    if (!verdict_good(out->verdict) && t->feedback.es.len)
        out->message = t->feedback;
    out->points_mp = verdict_good(out->verdict) ? t->points_mp : 0;
}
