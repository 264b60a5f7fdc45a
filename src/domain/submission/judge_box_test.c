#include "domain/submission/judge_priv.h"
#include "support/check.h"

#include <stdio.h>

/* Judging in real boxes. Skips where boxes cannot be made. */

struct bench {
    struct sandbox *sandbox;
    struct arena arena;
};
static void bench_close(struct bench *b)
{
    sandbox_close(b->sandbox);
    arena_release(&b->arena);
}
#define AUTO_BENCH __attribute__((cleanup(bench_close))) struct bench

static struct bench bench_open(void)
{
    struct bench b = { 0 };
    struct fail f = { 0 };
    struct sandbox_conf conf = { .pool = 4 };
    enum err e = sandbox_open(&b.sandbox, &conf, &f);
    if (e == ERR_FORBIDDEN)
        TEST_SKIP("this machine lacks a layer of isolation (ainative-sandbox check names it)");
    if (e)
        check_true(false, f.detail, __FILE__, __LINE__);
    return b;
}

#define TEXT                                                                                       \
    {                                                                                              \
        STR_INIT("a"), STR_INIT("b")                                                               \
    }
static const struct exercise_test tests[] = {
    { .number = 1,
      .id = STR_INIT("v1"),
      .title = TEXT,
      .kind = TEST_CALL,
      .points_mp = 1000,
      .group = STR_INIT(""),
      .compare = { COMPARE_TRIMMED, 0, 0 },
      .call = STR_INIT("doble([1])"),
      .value = STR_INIT("[2]"),
      .raises = STR_INIT(""),
      .args_json = STR_INIT(""),
      .kwargs_json = STR_INIT(""),
      .stdin_text = STR_INIT("") },
    { .number = 2,
      .id = STR_INIT("h1"),
      .title = TEXT,
      .kind = TEST_CALL,
      .points_mp = 1000,
      .visibility = TEST_HIDDEN,
      .group = STR_INIT(""),
      .compare = { COMPARE_TRIMMED, 0, 0 },
      .call = STR_INIT("doble(None)"),
      .value = STR_INIT(""),
      .raises = STR_INIT("TypeError"),
      .args_json = STR_INIT(""),
      .kwargs_json = STR_INIT(""),
      .stdin_text = STR_INIT("") },
    { .number = 3,
      .id = STR_INIT("h2"),
      .title = TEXT,
      .kind = TEST_CALL,
      .points_mp = 2000,
      .visibility = TEST_HIDDEN,
      .group = STR_INIT(""),
      .after = 1,
      .compare = { COMPARE_TRIMMED, 0, 0 },
      .call = STR_INIT("doble"),
      .value = STR_INIT("[2, 4]"),
      .raises = STR_INIT(""),
      .args_json = STR_INIT("[[1,2]]"),
      .kwargs_json = STR_INIT(""),
      .stdin_text = STR_INIT("") },
};
static const struct exercise_file main_file = { STR_INIT("main.py"), true, true, 10'000,
                                                STR_INIT("") };
static const struct exercise twice = {
    .main_path = STR_INIT("main.py"),
    .function = STR_INIT("doble"),
    .files = &main_file,
    .file_count = 1,
    .tests = tests,
    .test_count = COUNT_OF(tests),
    .points_mp = 100'000,
    .limits = { .cpu_ms = 500,
                .wall_ms = 3000,
                .memory_kib = 65'536,
                .output_kib = 64,
                .files_kib = 1024,
                .processes = 1,
                .threads = 1 },
};

static struct judge_result judge(struct bench *b, struct judge_job job, const char *program)
{
    struct judge_result r = { 0 };
    struct fail f = { 0 };
    const struct sandbox_file file = { STR("main.py"), str_of(program) };
    if (!job.env)
        job.env = &env_real;
    job.exercise = &twice;
    job.files = &file;
    job.file_count = 1;
    if (judge_run(b->sandbox, &job, &b->arena, &r, &f))
        check_true(false, f.detail, __FILE__, __LINE__);
    return r;
}

TEST(programs_get_the_verdict_they_earn)
{
    static const struct {
        const char *program;
        enum verdict verdict;
        const char *vector;
        int64_t score;
    } cases[] = {
        { "def doble(xs):\n    return [2 * x for x in xs]\n", VERDICT_ACCEPTED, "ppp", 100'000 },
        { "def doble(xs):\n    return [2]\n", VERDICT_PARTIAL, "pff", 25'000 },
        { "def doble(xs):\n    return xs[0] + 'a'\n", VERDICT_PARTIAL, "eps", 25'000 },
        { "def doble(xs):\n    while True: pass\n", VERDICT_REJECTED, "tts", 0 },
        { "def doble(xs:\n", VERDICT_COMPILE_ERROR, "sss", 0 },
        { "", VERDICT_REJECTED, "ees", 0 },
        { "import os\nos._exit(0)\n", VERDICT_REJECTED, "ffs", 0 },
        { "class T(list):\n    __eq__ = lambda s, o: True\ndef doble(xs): return T()\n",
          VERDICT_REJECTED, "ffs", 0 },
    };
    AUTO_BENCH b = bench_open();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct judge_result r = judge(&b, (struct judge_job){ 0 }, cases[i].program);
        struct str vector = judge_vector(&r, &b.arena);
        if (!str_is(vector, cases[i].vector))
            printf("# %s: %.*s\n", cases[i].program, STR_ARG(vector));
        CHECK_STR(vector, cases[i].vector);
        CHECK_INT(r.verdict, cases[i].verdict);
        CHECK_INT(r.score_mp, cases[i].score);
        CHECK(r.layers && r.toolchain.len && r.keeper.len);
    }
}

struct seen_progress {
    int64_t calls, last, total;
};
static void note(void *ctx, const struct judge_test *t, int64_t done, int64_t total)
{
    struct seen_progress *p = ctx;
    p->calls++;
    p->last = done;
    p->total = total;
    CHECK(t->test != NULL);
}
static enum err refuse(void *ctx, struct fail *f)
{
    (void)ctx;
    return FAIL(f, ERR_CONFLICT, "job.cancelled", "asked to stop");
}

TEST(a_judging_tells_its_progress_and_can_be_stopped)
{
    AUTO_BENCH b = bench_open();
    struct seen_progress p = { 0 };
    const char *good = "def doble(xs):\n    return [2 * x for x in xs]\n";
    struct judge_result r =
        judge(&b, (struct judge_job){ .progress = note, .ctx = &p, .parallel = 1 }, good);
    CHECK(p.calls == 3 && p.last == 3 && p.total == 3);
    r = judge(&b, (struct judge_job){ .visible_only = true }, good);
    CHECK(r.total == 1 && r.verdict == VERDICT_ACCEPTED);
    r = judge(&b, (struct judge_job){ .stop_at_failure = true, .parallel = 1 }, "x = 1\n");
    CHECK_STR(judge_vector(&r, &b.arena), "ess");
    struct fail f = { 0 };
    const struct sandbox_file file = { STR("main.py"), str_of(good) };
    struct judge_job job = {
        .env = &env_real, .exercise = &twice, .files = &file, .file_count = 1, .check = refuse
    };
    job.parallel = 1;
    CHECK_INT(judge_run(b.sandbox, &job, &b.arena, &r, &f), ERR_CONFLICT);
}

TEST(the_compiler_s_word_is_the_only_diagnostic_of_a_program_that_does_not_compile)
{
    AUTO_BENCH b = bench_open();
    struct judge_result r = judge(&b, (struct judge_job){ 0 }, "def doble(xs:\n    return xs\n");
    CHECK_INT(r.diagnostic_count, 1);
    CHECK_STR(str_of(r.diagnostics[0].code), "python.SyntaxError.unclosed");
    CHECK_STR(str_of(r.diagnostics[0].phase), "compile");
    CHECK_INT(r.diagnostics[0].line, 1);
}

TEST(too_many_or_too_large_files_are_refused)
{
    AUTO_ARENA a = { 0 };
    struct judge_files out;
    struct fail f = { 0 };
    struct sandbox_file many[JUDGE_FILES + 1];
    char *large = ARENA_ARRAY(&a, char, 10'001);
    memset(large, ' ', 10'001);
    for (size_t i = 0; i < COUNT_OF(many); i++)
        many[i] = (struct sandbox_file){ arena_fmt(&a, "m%zu.py", i), STR("") };
    CHECK_INT(judge_files(&twice, many, COUNT_OF(many), &out, &f), ERR_INPUT);
    struct sandbox_file one = { STR("main.py"), { large, 10'001 } };
    CHECK_INT(judge_files(&twice, &one, 1, &out, &f), ERR_INPUT);
    one.text.len = 10'000;
    CHECK_INT(judge_files(&twice, &one, 1, &out, &f), ERR_OK);
    CHECK_INT(judge_files(&twice, NULL, 0, &out, &f), ERR_OK);
    CHECK_STR(out.files[0].path, "main.py");
}

struct second_hand {
    struct clock base;
    int64_t *at_us;
};
static int64_t one_second_later(const struct clock *c)
{
    int64_t *at = ((const struct second_hand *)c)->at_us;
    return *at += US_PER_S;
}

TEST(the_wall_time_of_a_judging_is_what_passed_not_the_sum_over_its_tests)
{
    AUTO_BENCH b = bench_open();
    int64_t at = 0;
    const struct second_hand clock = { { one_second_later, one_second_later }, &at };
    const struct env env = { .clock = &clock.base, .rng = &rng_real };
    struct judge_result r =
        judge(&b, (struct judge_job){ .env = &env }, "def doble(xs): return 2\n");
    CHECK_INT(r.test_count, 3);
    CHECK_INT(r.wall_ms, 1000);
}

TEST(a_free_run_shows_what_was_printed_and_how_it_ended)
{
    static const struct {
        const char *program, *out;
        enum verdict verdict;
    } cases[] = {
        { "print(input())\n", "hola\n", VERDICT_OK },
        { "print(1)\nprint(x)\n", "1\n", VERDICT_RUNTIME_ERROR },
        { "print(1\n", "", VERDICT_COMPILE_ERROR },
        { "import sys\nsys.exit(3)\n", "", VERDICT_RUNTIME_ERROR },
    };
    AUTO_BENCH b = bench_open();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct judge_free out;
        struct fail f = { 0 };
        const struct sandbox_file file = { STR("main.py"), str_of(cases[i].program) };
        struct judge_free_job job = {
            .exercise = &twice, .files = &file, .file_count = 1, .stdin_text = STR("hola\n")
        };
        if (judge_free_run(b.sandbox, &job, &b.arena, &out, &f))
            check_true(false, f.detail, __FILE__, __LINE__);
        CHECK_STR(out.stdout_text, cases[i].out);
        CHECK_INT(out.verdict, cases[i].verdict);
    }
}
