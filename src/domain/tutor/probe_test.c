#include "domain/tutor/tutor_priv.h"
#include "support/check.h"

#include <stdio.h>

/* With real boxes: every wrong program that ships. Skips where boxes cannot be made. */

struct bench {
    struct sandbox *sandbox;
    struct arena arena;
    struct tutor *tutor;
};

static void bench_close(struct bench *b)
{
    tutor_close(b->tutor);
    sandbox_close(b->sandbox);
    arena_release(&b->arena);
}
#define AUTO_BENCH __attribute__((cleanup(bench_close))) struct bench

static struct bench bench_open(void)
{
    struct bench b = { 0 };
    struct fail f = { 0 };
    struct sandbox_conf conf = { .pool = 3 };
    enum err e = sandbox_open(&b.sandbox, &conf, &f);
    if (e == ERR_FORBIDDEN)
        TEST_SKIP("this machine lacks a layer of isolation (ainative-sandbox check names it)");
    if (e)
        check_true(false, f.detail, __FILE__, __LINE__);
    b.tutor =
        tutor_module(&b.arena, &(struct tutor_conf){ .sandbox = b.sandbox, .env = &env_real });
    return b;
}

static struct tutor_probe_out probe(struct bench *b, const struct exercise *x, struct str code,
                                    int64_t rung, const char *lang)
{
    struct tutor_probe_out out;
    struct fail f = { 0 };
    const struct sandbox_file file = { x->main_path, code };
    const struct tutor_probe_in in = { .exercise = x,
                                       .files = &file,
                                       .file_count = 1,
                                       .rung = rung,
                                       .lang = str_of(lang),
                                       .turn = STR("t"),
                                       .no_repair = true, /* repair_test.c */
                                       .show_expected = true };
    enum err e = tutor_probe(b->tutor, &in, &b->arena, &out, &f);
    if (e)
        check_true(false, f.detail, __FILE__, __LINE__);
    return out;
}

enum { WRONG_OF_EACH = 2 };
struct tally {
    size_t programs, labelled, suspected, gated, unseen;
};

static void count_wrong(struct bench *b, const struct exercise *x, size_t k, struct tally *n)
{
    const struct exercise_program *w = &x->wrong[k];
    struct tutor_probe_out o = probe(b, x, w->files[0].data, 2, k % 2 ? "es" : "en");
    bool found = false;
    for (size_t s = 0; s < o.suspect_count; s++)
        found = found || str_eq(o.suspects[s].id, w->misconception);
    n->programs++;
    n->labelled += w->misconception.len > 0;
    n->suspected += w->misconception.len && found;
    n->gated += o.gate_acted;
    n->unseen += str_is(o.situation, "all_pass") || str_is(o.situation, "could_not_run") ||
                 str_is(o.situation, "flaky") || !o.message.len;
}

TEST(wrong_programs_that_ship_get_a_grounded_hint_that_passes_the_gate)
{
    AUTO_BENCH b = bench_open();
    const struct str *slugs = NULL;
    struct fail f = { 0 };
    struct tally all = { 0 };
    size_t n = 0;
    exercise_slugs(&b.arena, &slugs, &n);
    for (size_t i = 0; i < n; i++) {
        struct exercise *x = NULL;
        CHECK_INT(exercise_from_assets(slugs[i], &b.arena, &x, &f), ERR_OK);
        for (size_t k = 0; k < x->wrong_count && k < WRONG_OF_EACH; k++)
            count_wrong(&b, x, k, &all);
    }
    fprintf(stderr, "%zu wrong programs, %zu of %zu labelled misconceptions suspected\n",
            all.programs, all.suspected, all.labelled);
    CHECK(all.programs >= 30);
    CHECK(2 * all.suspected >= all.labelled);
    CHECK_INT(all.gated, 0);
    CHECK_INT(all.unseen, 0);
}

TEST(a_reference_solution_is_praised_with_a_question_and_nothing_is_suspected_of_it)
{
    AUTO_BENCH b = bench_open();
    struct exercise *x = NULL;
    struct fail f = { 0 };
    CHECK_INT(exercise_from_assets(STR("marea-mas-alta"), &b.arena, &x, &f), ERR_OK);
    struct tutor_probe_out o = probe(&b, x, x->solutions[0].files[0].data, 3, "es");
    CHECK_STR(o.situation, "all_pass");
    CHECK_STR(o.verdict, "passed");
    CHECK_STR(o.move, "after_success");
}

TEST(a_program_that_passes_with_what_is_forbidden_is_told_so_with_the_author_s_words)
{
    AUTO_BENCH b = bench_open();
    struct exercise *x = NULL;
    struct fail f = { 0 };
    CHECK_INT(exercise_from_assets(STR("marea-mas-alta"), &b.arena, &x, &f), ERR_OK);
    struct str code = STR("def marea_mas_alta(xs):\n    m = max(xs)\n    return m, xs.index(m)\n");
    struct tutor_probe_out o = probe(&b, x, code, 1, "en");
    CHECK_STR(o.situation, "forbidden_construct");
    CHECK_INT(o.passed, o.total);
    CHECK(str_has(o.message, STR("may not be used")));
    CHECK_INT(o.suspect_count, 0);
    CHECK(!o.gate_acted);
    CHECK(str_has(probe(&b, x, code, 2, "es").message, STR("2")));
}

TEST(a_loop_without_end_a_typo_and_an_empty_file_have_their_situations)
{
    AUTO_BENCH b = bench_open();
    struct exercise *x = NULL;
    struct fail f = { 0 };
    CHECK_INT(exercise_from_assets(STR("marea-mas-alta"), &b.arena, &x, &f), ERR_OK);
    struct tutor_probe_out o =
        probe(&b, x, STR("def marea_mas_alta(xs):\n    while True:\n        pass\n"), 1, "es");
    CHECK_STR(o.situation, "slow");
    o = probe(&b, x, STR("def marea_mas_alta(xs)\n    return 1\n"), 1, "en");
    CHECK_STR(o.situation, "syntax_error");
    CHECK(str_has(o.message, STR("1")));
    o = probe(&b, x, STR("def marea_mas_alta(xs):\n    return xss[0], 0\n"), 1, "en");
    CHECK_STR(o.situation, "runtime_error");
    CHECK(str_has(o.message, STR("NameError")));
    o = probe(&b, x, STR("# nada\n"), 1, "es");
    CHECK_STR(o.situation, "no_code");
    o = probe(&b, x, STR("import random\ndef marea_mas_alta(xs):\n    return random.random(), 0\n"),
              1, "es");
    CHECK_STR(o.situation, "flaky");
}

/* 0.8 s of work for one case: past the first, short limit and within the exercise's own. */
#define SLOW_CASE                                                                                  \
    "import time\n"                                                                                \
    "def marea_mas_alta(xs):\n"                                                                    \
    "    began = time.process_time()\n"                                                            \
    "    while xs == [33] and time.process_time() - began < 0.8:\n"                                \
    "        pass\n"
#define BEST                                                                                       \
    "    at = 0\n"                                                                                 \
    "    for i in range(len(xs)):\n"                                                               \
    "        if xs[i] > xs[at]:\n"                                                                 \
    "            at = i\n"                                                                         \
    "    return xs[at], at\n"

TEST(a_case_that_ends_late_is_judged_by_what_it_gave)
{
    AUTO_BENCH b = bench_open();
    struct exercise *x = NULL;
    struct fail f = { 0 };
    CHECK_INT(exercise_from_assets(STR("marea-mas-alta"), &b.arena, &x, &f), ERR_OK);
    struct tutor_probe_out o = probe(&b, x, STR(SLOW_CASE BEST), 1, "es");
    CHECK_STR(o.situation, "all_pass");
    CHECK_STR(o.verdict, "passed");
    CHECK_INT(o.passed, o.total);
    CHECK(!o.call.len);
    o = probe(&b, x, STR(SLOW_CASE "    return 0, 0\n"), 1, "es");
    CHECK_STR(o.situation, "wrong_answer");
}

TEST(a_probe_prints_as_json_and_for_people)
{
    AUTO_BENCH b = bench_open();
    struct exercise *x = NULL;
    struct fail f = { 0 };
    struct json j;
    AUTO_BUF json = { .max = 65'536 }, text = { .max = 65'536 };
    CHECK_INT(exercise_from_assets(STR("marea-mas-alta"), &b.arena, &x, &f), ERR_OK);
    struct tutor_probe_out o = probe(&b, x, x->wrong[0].files[0].data, 2, "es");
    tutor_probe_json(&o, &json);
    tutor_probe_print(&o, &text);
    CHECK_INT(json_parse(buf_str(&json), &json_limits_api, &b.arena, &j, &f), ERR_OK);
    CHECK(json_text(json_get(&j, "message")).len > 0 && text.len > 100);
}
