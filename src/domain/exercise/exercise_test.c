#include "domain/exercise/exercise.h"
#include "support/check.h"

#include <stdio.h>

static struct json read_yaml(struct arena *a, const char *text)
{
    struct fail f = { 0 };
    struct json j = { 0 };
    if (yaml_parse(str_of(text), a, &j, &f))
        printf("# %s\n", f.detail);
    CHECK(f.code == ERR_OK);
    return j;
}

TEST(yaml_follows_the_core_schema)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 4000 };
    struct json j =
        read_yaml(&a, "a: no\nb: [1, -2, 0x1F, 0o17, +3, 007]\nc: 1.5e3\nd: ~\n"
                      "e: True\nf: \"1\"\ng: |\n  x\n  y\nh: {k: v, n: .5}\ni: 1_000\n");
    json_put(&b, &j);
    CHECK_STR(buf_str(&b),
              "{\"a\":\"no\",\"b\":[1,-2,31,15,3,7],\"c\":1500.0,\"d\":null,\"e\":true,"
              "\"f\":\"1\",\"g\":\"x\\ny\\n\",\"h\":{\"k\":\"v\",\"n\":0.5},"
              "\"i\":\"1_000\"}");
}

TEST(yaml_that_json_cannot_say_is_refused_with_its_line)
{
    static const struct {
        const char *text, *line;
    } bad[] = {
        { "a: 1\nb: &x 2\n", "line 2" },
        { "a: 1\nb: *x\n", "line 2" },
        { "a: !!str 1\n", "line 1" },
        { "a: 1\na: 2\n", "line 2" },
        { "x: {<<: {a: 1}}\n", "line 1" },
        { "---\na: 1\n---\nb: 2\n", "line" },
        { "a: .inf\n", "line 1" },
        { "a: 99999999999999999999\n", "line 1" },
        { "1: a\n", "line 1" },
        { "a: [1\n", "line" },
        { "%YAML 1.1\n---\na: 1\n", "line" },
        { "", "line" },
        { "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]\n", "deep" },
        { "a: \"\xff\"\n", "UTF-8" },
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        AUTO_ARENA a = { 0 };
        struct fail f = { 0 };
        struct json j;
        CHECK_INT(yaml_parse(str_of(bad[i].text), &a, &j, &f), ERR_INPUT);
        if (!strstr(f.detail, bad[i].line))
            printf("# %zu: %s\n", i, f.detail);
        CHECK(strstr(f.detail, bad[i].line) != NULL);
    }
}

static const char *prose(struct arena *a, const char *md)
{
    return prose_of_markdown(a, str_of(md)).ptr;
}

TEST(markdown_becomes_allowed_nodes_only)
{
    AUTO_ARENA a = { 0 };
    static const struct {
        const char *md, *want;
    } cases[] = {
        { "", "[]" },
        { "hola **mundo** `x`",
          "[{\"t\":\"p\",\"c\":[{\"t\":\"text\",\"s\":\"hola \"},{\"t\":\"strong\",\"c\":[{\"t\":"
          "\"text\",\"s\":\"mundo\"}]},{\"t\":\"text\",\"s\":\" "
          "\"},{\"t\":\"code\",\"s\":\"x\"}]}]" },
        { "# T\n\n***\n", "[{\"t\":\"h2\",\"c\":[{\"t\":\"text\",\"s\":\"T\"}]},{\"t\":\"hr\"}]" },
        { "```example\n> 1\n```\n", "[{\"t\":\"pre\",\"info\":\"example\",\"s\":\"> 1\\n\"}]" },
        { "3. a\n4. b\n",
          "[{\"t\":\"ol\",\"start\":3,\"c\":[{\"t\":\"li\",\"c\":[{\"t\":\"text\",\"s\":\"a\"}]},"
          "{\"t\":\"li\",\"c\":[{\"t\":\"text\",\"s\":\"b\"}]}]}]" },
        { "[x](javascript:alert(1))", "[{\"t\":\"p\",\"c\":[{\"t\":\"text\",\"s\":\"x\"}]}]" },
        { "<script>x</script>\n",
          "[{\"t\":\"p\",\"c\":[{\"t\":\"text\",\"s\":\"<script>x</script>\\n\"}]}]" },
        { "![alt](http://x/y.png)", "[{\"t\":\"p\",\"c\":[{\"t\":\"text\",\"s\":\"alt\"}]}]" },
        { "![alt](media/y.png)",
          "[{\"t\":\"p\",\"c\":[{\"t\":\"img\",\"src\":\"media/y.png\",\"alt\":\"alt\"}]}]" },
        { "|a|b|\n|:-|-:|\n|1|2|\n",
          "[{\"t\":\"table\",\"c\":[{\"t\":\"thead\",\"c\":[{\"t\":\"tr\",\"c\":[{\"t\":\"th\","
          "\"align\":\"left\",\"c\":[{\"t\":\"text\",\"s\":\"a\"}]},{\"t\":\"th\",\"align\":"
          "\"right\",\"c\":[{\"t\":\"text\",\"s\":\"b\"}]}]}]},{\"t\":\"tbody\",\"c\":[{\"t\":"
          "\"tr\",\"c\":[{\"t\":\"td\",\"align\":\"left\",\"c\":[{\"t\":\"text\",\"s\":\"1\"}]},"
          "{\"t\":\"td\",\"align\":\"right\",\"c\":[{\"t\":\"text\",\"s\":\"2\"}]}]}]}]}]" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_STR(str_of(prose(&a, cases[i].md)), cases[i].want);
}

TEST(markdown_of_any_depth_stays_bounded_and_valid)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 1 << 20 };
    struct fail f = { 0 };
    struct json j;
    static const struct json_limits wide = { .bytes = 1 << 24, .depth = 200, .nodes = 1'000'000 };
    for (int i = 0; i < 5000; i++)
        buf_put(&b, STR("> "));
    buf_put(&b, STR("x"));
    CHECK_INT(json_parse(prose_of_markdown(&a, buf_str(&b)), &wide, &a, &j, &f), ERR_OK);
    CHECK_INT(json_parse(prose_of_markdown(&a, STR("a\xff\0b")), &wide, &a, &j, &f), ERR_OK);
}

static const char manifest[] =
    "format: 1\nid: suma\ntitle: {es: \"Suma\", en: \"Sum\"}\nsummary: {es: a, en: b}\n"
    "kind: code\nlanguages: [python]\ndifficulty: easy\nminutes: 5\nskills: [expr.arith]\n"
    "entry: {function: suma, params: [{name: a, type: int}], returns: int}\n"
    "tests:\n"
    "  - {id: v1, title: {es: a, en: b}, kind: call, visibility: visible, call: \"suma(1)\", "
    "value: \"1\"}\n"
    "  - {id: v2, title: {es: a, en: b}, kind: stdio, visibility: hidden, points: 2.5, after: v1, "
    "args: [x], stdin: \"1\\n\", expected: \"1\\n\", compare: {number: {abs: 0.5}}}\n"
    "  - {id: v3, title: {es: a, en: b}, kind: call, visibility: hidden, call: suma, args: [1], "
    "value: [1, null], unchanged: [0]}\n"
    "hints: [{rung: 2, text: {es: a, en: b}}, {rung: 2, when: v1, text: {es: a, en: b}}]\n"
    "limits: {cpu_ms: 500}\nauthors: [x]\nlicense: MIT\n";

static enum err read_package(struct arena *a, const char *yaml, struct exercise **x, struct fail *f)
{
    const struct folder_file files[] = {
        { STR("exercise.yaml"), str_of(yaml) },
        { STR("solution/python/a/main.py"), STR("def suma(a):\n    return a\n") },
        { STR("starter/python/main.py"), STR("# aca\n") },
        { STR("statement.en.md"), STR("Sum.") },
        { STR("statement.es.md"), STR("Sumar.") },
        { STR("wrong/python/w/main.py"), STR("def suma(a):\n    return 0\n") },
        { STR("wrong/python/w/wrong.yaml"), STR("verdict: wrong_answer\nmust_fail: [v1]\n") },
    };
    struct folder_file *kept = ARENA_ARRAY(a, struct folder_file, COUNT_OF(files));
    memcpy(kept, files, sizeof files);
    return exercise_from_files(STR("suma"), kept, COUNT_OF(files), a, x, f);
}

TEST(a_package_is_read_with_its_tests_programs_and_defaults)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct exercise *x = NULL;
    if (read_package(&a, manifest, &x, &f))
        printf("# %s\n", f.detail);
    CHECK(x != NULL);
    CHECK_INT(x->test_count, 3);
    CHECK_STR(x->function, "suma");
    CHECK_STR(x->main_path, "main.py");
    CHECK_STR(x->files[0].starter, "# aca\n");
    CHECK_INT(x->limits.cpu_ms, 500);
    CHECK_INT(x->limits.wall_ms, 6000);
    CHECK_STR(x->tests[0].value, "1");
    CHECK_INT(x->tests[0].points_mp, 1000);
    CHECK_INT(x->tests[1].points_mp, 2500);
    CHECK_INT(x->tests[1].after, 1);
    CHECK_INT(x->tests[1].compare.mode, COMPARE_NUMBER);
    CHECK_NEAR(x->tests[1].compare.abs, 0.5, 0);
    CHECK_STR(x->tests[1].argv[0], "x");
    CHECK(x->tests[2].value_is_json);
    CHECK_STR(x->tests[2].value, "[1,null]");
    CHECK_STR(x->tests[2].args_json, "[1]");
    CHECK_INT(x->tests[2].unchanged[0], 0);
    CHECK_INT(x->hints[1].number, 2);
    CHECK_INT(x->solution_count, 1);
    CHECK_STR(x->wrong[0].must_fail[0], "v1");
    CHECK_STR(x->wrong[0].files[0].path, "main.py");
    CHECK_INT(x->content_hash.len, 32);
}

/* The manifest with one piece replaced. */
static const char *spoiled(struct arena *a, const char *from, const char *to)
{
    struct str all = str_of(manifest);
    size_t at = str_find(all, str_of(from));
    CHECK(at != SIZE_MAX);
    struct str tail = str_from(all, at + strlen(from));
    return arena_fmt(a, "%.*s%s%.*s", (int)at, manifest, to, STR_ARG(tail)).ptr;
}

TEST(a_wrong_package_is_refused_with_the_place)
{
    static const struct {
        const char *from, *to, *says;
    } cases[] = {
        { "format: 1", "format: 2", "format: range" },
        { "id: suma", "id: resta", "id" },
        { "en: \"Sum\"", "fr: \"x\"", "title.en: missing" },
        { "kind: code", "kind: sql", "not supported yet: kind sql" },
        { "kind: stdio", "kind: unit", "not supported yet: kind unit" },
        { "[python]", "[c]", "not supported yet" },
        { "after: v1", "after: v9", "no earlier test" },
        { "id: v3", "id: v1", "stands twice" },
        { "expected: \"1\\n\", ", "", "stdio has" },
        { "value: \"1\"", "value: \"1\", raises: X", "one of value" },
        { "limits: {cpu_ms: 500}", "limits: {cpu_ms: 99999}", "limits.cpu_ms: range" },
        { "license: MIT", "licence: MIT", "license: missing" },
        { "minutes: 5", "minutes: 5\nvariant: {by: student}", "variant" },
        { "entry: {", "entry: {path: otra.py, ", "not one of files" },
        { "kind: stdio", "group: g, kind: stdio", "no such group" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO_ARENA a = { 0 };
        struct fail f = { 0 };
        struct exercise *x = NULL;
        CHECK_INT(read_package(&a, spoiled(&a, cases[i].from, cases[i].to), &x, &f), ERR_INPUT);
        if (!strstr(f.detail, cases[i].says))
            printf("# %zu: %s\n", i, f.detail);
        CHECK(strstr(f.detail, cases[i].says) != NULL);
    }
}

static const char *ruled(struct arena *a, const char *rule)
{
    return spoiled(a, "minutes: 5",
                   arena_fmt(a,
                             "minutes: 5\nconstructs:\n  - {id: r, language: python, %s, "
                             "message: {es: \"no\", en: \"no\"}}",
                             rule)
                       .ptr);
}

TEST(construct_rules_of_a_manifest_are_read)
{
    static const struct {
        const char *rule;
        struct exercise_rule want;
    } cases[] = {
        { "builtin: no_loop, effect: reject", { .what = { .kind = CONSTRUCT_NO_LOOP } } },
        { "builtin: no_loop, scope: function suma, effect: warn",
          { .what = { .kind = CONSTRUCT_NO_LOOP, .function = STR_INIT("suma") },
            .effect = EFFECT_WARN } },
        { "builtin: \"must_define suma/1\", scope: file, effect: cap 60",
          { .what = { .kind = CONSTRUCT_MUST_DEFINE, .number = 1, .name_count = 1 },
            .effect = EFFECT_CAP,
            .cap_percent = 60 } },
        { "query: \"(lambda) @x\", max: 2, effect: reject", { .what = { .max = 2 } } },
        { "query: \"(lambda) @x\", min: 1, effect: reject",
          { .what = { .min = 1, .max = INT64_MAX - 1 } } },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO_ARENA a = { 0 };
        struct fail f = { 0 };
        struct exercise *x = NULL;
        if (read_package(&a, ruled(&a, cases[i].rule), &x, &f))
            printf("# %s\n", f.detail);
        CHECK(x && x->rule_count == 1);
        const struct exercise_rule *got = &x->rules[0], *want = &cases[i].want;
        CHECK_STR(got->id, "r");
        CHECK_INT(got->what.kind, want->what.kind);
        CHECK(str_eq(got->what.function, want->what.function));
        CHECK_INT(got->what.number, want->what.number);
        CHECK_INT(got->what.name_count, want->what.name_count);
        CHECK_INT(got->what.min, want->what.min);
        CHECK_INT(got->what.max, want->what.max);
        CHECK_INT(got->effect, want->effect);
        CHECK_INT(got->cap_percent, want->cap_percent);
    }
}

TEST(a_construct_rule_that_says_nothing_clear_is_refused)
{
    static const struct {
        const char *rule, *says;
    } cases[] = {
        { "effect: reject", "either builtin or query" },
        { "builtin: no_loop, query: \"(x) @x\", effect: reject", "either builtin or query" },
        { "builtin: no_such, effect: reject", "no rule no_such" },
        { "builtin: no_goto, effect: reject", "no rule of python" },
        { "builtin: no_loop, max: 2, effect: reject", "min and max" },
        { "query: \"(nothing) @x\", effect: reject", "unknown kind" },
        { "builtin: no_loop, scope: suma, effect: reject", "scope" },
        { "builtin: no_loop, scope: \"function \", effect: reject", "scope" },
        { "builtin: no_loop, effect: forbid", "effect" },
        { "builtin: no_loop, effect: cap", "effect" },
        { "builtin: no_loop, effect: cap 100", "effect" },
        { "builtin: no_loop, effect: reject 5", "effect" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO_ARENA a = { 0 };
        struct fail f = { 0 };
        struct exercise *x = NULL;
        CHECK_INT(read_package(&a, ruled(&a, cases[i].rule), &x, &f), ERR_INPUT);
        if (!strstr(f.detail, cases[i].says))
            printf("# %zu: %s\n", i, f.detail);
        CHECK(strstr(f.detail, cases[i].says) != NULL);
    }
}

TEST(files_that_do_not_belong_to_a_package_are_refused)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct exercise *x;
    const struct folder_file up[] = { { STR("../x"), STR("") } };
    const struct folder_file odd[] = { { STR("notes.txt"), STR("") } };
    CHECK_INT(exercise_from_files(STR("suma"), up, 1, &a, &x, &f), ERR_INPUT);
    CHECK_INT(exercise_from_files(STR("suma"), odd, 1, &a, &x, &f), ERR_INPUT);
    CHECK_INT(exercise_from_assets(STR("no-such"), &a, &x, &f), ERR_NOT_FOUND);
    CHECK_INT(exercise_from_folder(STR("/nonexistent/suma"), &a, &x, &f), ERR_NOT_FOUND);
}

TEST(every_package_inside_the_program_can_be_read)
{
    AUTO_ARENA a = { 0 };
    const struct str *slugs;
    size_t n;
    exercise_slugs(&a, &slugs, &n);
    for (size_t i = 0; i < n; i++) {
        struct fail f = { 0 };
        struct exercise *x = NULL;
        if (exercise_from_assets(slugs[i], &a, &x, &f))
            printf("# %.*s: %s\n", STR_ARG(slugs[i]), f.detail);
        CHECK(x != NULL);
    }
}
