/* The tests of a package. */
#include "base/num.h"
#include "domain/exercise/exercise_priv.h"

#include <math.h>

const char *const test_kind_words[] = { "stdio",    "call",          "expression",  "files", "unit",
                                        "property", "checker",       "interactive", "sql",   "http",
                                        "state",    "student_tests", NULL };
const char *const visibility_words[] = { "visible", "hidden", "after_due", NULL };
const char *const compare_words[] = { "exact",           "trimmed", "tokens", "fold",
                                      "number",          "regex",   "json",   "csv",
                                      "lines_any_order", NULL };
static_assert(COUNT_OF(visibility_words) == VISIBILITY_COUNT + 1, "a word for each");
static_assert(COUNT_OF(compare_words) == COMPARE_COUNT + 1, "a word for each");

#define T struct raw_test
static const struct api_field raw_test_fields[] = {
    API_F(T, id, API_TEXT, 1, 60),
    API_SUB(T, title, API_OBJECT, 0, 0, text_shape, false),
    API_SUB(T, feedback, API_OBJECT, 0, 0, text_shape, true),
    API_WORD(T, kind, test_kind_words, false),
    API_WORD(T, visibility, visibility_words, false),
    { .name = "points",
      .type = API_POINTS,
      .at = offsetof(T, points_mp),
      .min = 0,
      .max = POINTS_MAX_MP,
      .optional = true },
    API_OPT(T, group, API_TEXT, 1, 60),
    API_OPT(T, after, API_TEXT, 1, 60),
    API_SUB(T, limits, API_OBJECT, 0, 0, limits_shape, true),
    API_OPT(T, seed, API_INT, 0, INT64_MAX),
    { .name = "stdin",
      .type = API_TEXT,
      .at = offsetof(T, stdin_text),
      .max = 60'000,
      .optional = true },
    { .name = "argv",
      .type = API_TEXTS,
      .at = offsetof(T, argv),
      .max = 20,
      .item_max = 1000,
      .optional = true },
    API_OPT(T, expected, API_TEXT, 0, 60'000),
    API_WORD(T, compare, compare_words, true),
    API_OPT(T, abs, API_REAL, 0, 0),
    API_OPT(T, rel, API_REAL, 0, 0),
    API_OPT(T, call, API_TEXT, 1, 20'000),
    API_OPT(T, args, API_JSON, 0, 0),
    API_OPT(T, kwargs, API_JSON, 0, 0),
    API_OPT(T, value, API_TEXT, 1, 60'000),
    API_OPT(T, value_json, API_JSON, 0, 0),
    API_OPT(T, loose, API_BOOL, 0, 0),
    API_OPT(T, raises, API_TEXT, 1, 100),
    { .name = "stdout",
      .type = API_TEXT,
      .at = offsetof(T, printed),
      .max = 60'000,
      .optional = true },
    API_OPT(T, unchanged, API_JSON, 0, 0),
};
#undef T
const struct api_shape raw_test_shape = API_SHAPE(struct raw_test, "PackageTest", raw_test_fields);

/* --- one form --- */

/* {file: tests/x} means the text of that file. */
static enum err normal_text(struct package *p, struct json *test, const char *key)
{
    const struct json *v = json_get(test, key), *name = json_get(v, "file");
    if (!json_is(v, JS_OBJECT))
        return ERR_OK;
    const struct folder_file *file =
        v->count == 1 && json_is(name, JS_TEXT) ? package_find(p, name->s) : NULL;
    if (!file || !str_starts(file->path, STR("tests/")) || !utf8_valid(file->data))
        return PACKAGE_WRONG(p, "%s: {file} must name a text below tests/", key);
    struct json text = { .type = JS_TEXT, .s = file->data };
    *test = json_with(p->a, test, key, &text);
    return ERR_OK;
}

/* compare: WORD, or {WORD: {abs, rel}}. */
static void normal_compare(struct package *p, struct json *test)
{
    const struct json *v = json_get(test, "compare");
    if (!json_is(v, JS_OBJECT) || v->count != 1)
        return;
    const struct json *inner = &v->members[0].value, *tolerance;
    struct json word = { .type = JS_TEXT, .s = v->members[0].key };
    *test = json_with(p->a, test, "compare", &word);
    if ((tolerance = json_get(inner, "abs")))
        *test = json_with(p->a, test, "abs", tolerance);
    if ((tolerance = json_get(inner, "rel")))
        *test = json_with(p->a, test, "rel", tolerance);
}

/* A value that is not a text is tagged JSON; the table wants it inside a list. */
static void normal_value(struct package *p, struct json *test)
{
    const struct json *v = json_get(test, "value");
    if (!v || json_is(v, JS_TEXT))
        return;
    struct json boxed = { .type = JS_LIST, .count = 1, .items = v };
    *test = json_with(p->a, test, "value", NULL);
    *test = json_with(p->a, test, "value_json", &boxed);
}

/* args of stdio are words of the command line. */
static void normal_args(struct package *p, struct json *test)
{
    const struct json *v = json_get(test, "args");
    if (!v || !str_is(json_text(json_get(test, "kind")), "stdio"))
        return;
    struct json argv = *v;
    *test = json_with(p->a, test, "args", NULL);
    *test = json_with(p->a, test, "argv", &argv);
}

enum err package_normal_tests(struct package *p, const struct json *tests, struct json *out)
{
    if (!json_is(tests, JS_LIST))
        return PACKAGE_WRONG(p, "tests: must be a list");
    struct json *items = ARENA_ARRAY(p->a, struct json, tests->count);
    for (size_t i = 0; i < tests->count; i++) {
        items[i] = tests->items[i];
        if (!json_is(&items[i], JS_OBJECT))
            return PACKAGE_WRONG(p, "tests.%zu: must be a mapping", i);
        TRY(normal_text(p, &items[i], "stdin"));
        TRY(normal_text(p, &items[i], "expected"));
        normal_compare(p, &items[i]);
        normal_value(p, &items[i]);
        normal_args(p, &items[i]);
    }
    *out = (struct json){ .type = JS_LIST, .count = tests->count, .items = items };
    return ERR_OK;
}

/* --- into struct exercise_test --- */

static struct exercise_limits own_limits(const struct exercise_limits *l)
{
    struct exercise_limits out = { 0 };
    if (!l)
        return out;
    out.cpu_ms = i64_max(l->cpu_ms, 0); /* API_ABSENT is negative */
    out.wall_ms = i64_max(l->wall_ms, 0);
    out.memory_kib = i64_max(l->memory_kib, 0);
    out.output_kib = i64_max(l->output_kib, 0);
    out.files_kib = i64_max(l->files_kib, 0);
    out.processes = i64_max(l->processes, 0);
    out.threads = i64_max(l->threads, 0);
    return out;
}

static struct str written(struct package *p, const struct json *j)
{
    AUTO_BUF b = { .max = 1 << 20 };
    json_put(&b, j);
    return arena_dup(p->a, buf_str(&b));
}

static struct str or_empty(struct str s)
{
    return s.ptr ? s : STR("");
}

static enum err take_unchanged(struct package *p, const struct json *list, struct exercise_test *t)
{
    int64_t *at = ARENA_ARRAY(p->a, int64_t, list->count);
    for (size_t i = 0; i < list->count; i++) {
        bool good = json_is(list, JS_LIST) && json_is(&list->items[i], JS_INT) &&
                    list->items[i].i >= 0 && list->items[i].i < 20;
        if (!good)
            return PACKAGE_WRONG(p, "test %.*s: unchanged: positions from 0", STR_ARG(t->id));
        at[i] = list->items[i].i;
    }
    t->unchanged = at;
    t->unchanged_count = list->count;
    return ERR_OK;
}

static enum err take_call(struct package *p, const struct raw_test *raw, struct exercise_test *t)
{
    int outcomes = (raw->value.ptr || raw->value_json.dom) + (raw->raises.ptr != NULL);
    if (!raw->call.ptr || outcomes > 1 || (!outcomes && !raw->printed.ptr))
        return PACKAGE_WRONG(p, "test %.*s: needs call, and one of value and raises (or stdout)",
                             STR_ARG(t->id));
    if (raw->expected.ptr || raw->argv.n)
        return PACKAGE_WRONG(p, "test %.*s: expected and args[] of text belong to stdio",
                             STR_ARG(t->id));
    t->call = raw->call;
    t->expected = raw->printed;
    t->args_json = raw->args.dom ? written(p, raw->args.dom) : STR("");
    t->kwargs_json = raw->kwargs.dom ? written(p, raw->kwargs.dom) : STR("");
    t->value_is_json = raw->value_json.dom != NULL;
    t->value = t->value_is_json ? written(p, &raw->value_json.dom->items[0]) : or_empty(raw->value);
    t->raises = or_empty(raw->raises);
    return raw->unchanged.dom ? take_unchanged(p, raw->unchanged.dom, t) : ERR_OK;
}

static enum err take_stdio(struct package *p, const struct raw_test *raw, struct exercise_test *t)
{
    if (!raw->expected.ptr || raw->call.ptr || raw->value.ptr || raw->value_json.dom ||
        raw->raises.ptr || raw->printed.ptr)
        return PACKAGE_WRONG(p, "test %.*s: stdio has stdin, args and expected", STR_ARG(t->id));
    t->expected = raw->expected;
    t->argv = raw->argv.items;
    t->argc = raw->argv.n;
    return ERR_OK;
}

static enum err take_links(struct package *p, const struct raw_test *raw, struct exercise_test *t,
                           const struct exercise_test *all)
{
    for (int64_t i = 0; i < t->number - 1; i++) {
        if (str_eq(all[i].id, t->id))
            return PACKAGE_WRONG(p, "test %.*s: its id stands twice", STR_ARG(t->id));
        if (str_eq(all[i].id, or_empty(raw->after)))
            t->after = all[i].number;
    }
    if (raw->after.ptr && !t->after)
        return PACKAGE_WRONG(p, "test %.*s: after: no earlier test %.*s", STR_ARG(t->id),
                             STR_ARG(raw->after));
    bool grouped = !raw->group.ptr;
    for (size_t i = 0; i < p->x->group_count; i++)
        grouped = grouped || str_eq(p->x->groups[i].id, raw->group);
    return grouped ? ERR_OK
                   : PACKAGE_WRONG(p, "test %.*s: group: there is no such group", STR_ARG(t->id));
}

static enum err take_test(struct package *p, const struct raw_test *raw, struct exercise_test *t,
                          const struct exercise_test *all)
{
    size_t kind = word_at(test_kind_words, TEST_KIND_COUNT, raw->kind);
    *t = (struct exercise_test){
        .number = t->number,
        .id = raw->id,
        .title = *raw->title,
        .feedback = raw->feedback ? *raw->feedback : (struct exercise_text){ .es = { 0 } },
        .kind = (enum exercise_test_kind)kind,
        .visibility =
            (enum exercise_visibility)word_at(visibility_words, VISIBILITY_COUNT, raw->visibility),
        .points_mp = raw->points_mp == API_ABSENT ? 1000 : raw->points_mp,
        .group = or_empty(raw->group),
        .limits = own_limits(raw->limits),
        .seed = raw->seed == API_ABSENT ? (uint64_t)t->number : (uint64_t)raw->seed,
        .stdin_text = or_empty(raw->stdin_text),
        .compare = { .mode = COMPARE_TRIMMED,
                     .abs = isnan(raw->abs) ? 1e-6 : raw->abs,
                     .rel = isnan(raw->rel) ? 1e-9 : raw->rel },
        .loose = raw->loose,
        .args_json = STR(""),
        .kwargs_json = STR(""),
        .value = STR(""),
        .raises = STR(""),
        .call = STR(""),
    };
    if (kind == SIZE_MAX)
        return PACKAGE_LATER(p, "test %.*s: not supported yet: kind %.*s", STR_ARG(t->id),
                             STR_ARG(raw->kind));
    if (raw->compare.ptr)
        t->compare.mode =
            (enum exercise_compare_mode)word_at(compare_words, COMPARE_COUNT, raw->compare);
    TRY(take_links(p, raw, t, all));
    return t->kind == TEST_STDIO ? take_stdio(p, raw, t) : take_call(p, raw, t);
}

enum err package_tests(struct package *p, const struct api_list *raw, const struct json *tests)
{
    const struct raw_test *items = raw->items;
    struct exercise_test *out = ARENA_ARRAY(p->a, struct exercise_test, raw->n);
    assert(tests->count == raw->n);
    for (size_t i = 0; i < raw->n; i++) {
        out[i].number = num_i64(i) + 1;
        TRY(take_test(p, &items[i], &out[i], out));
    }
    p->x->tests = out;
    p->x->test_count = raw->n;
    return ERR_OK;
}

const char *exercise_kind_name(enum exercise_kind k)
{
    return exercise_kind_words[k];
}
const char *exercise_test_kind_name(enum exercise_test_kind k)
{
    return test_kind_words[k];
}
const char *exercise_visibility_name(enum exercise_visibility v)
{
    return visibility_words[v];
}
const char *exercise_compare_name(enum exercise_compare_mode m)
{
    return compare_words[m];
}
