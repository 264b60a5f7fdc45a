/* exercise.yaml into struct exercise, by tables. */
#include "base/num.h"
#include "domain/exercise/exercise_priv.h"

#include <math.h>

const char *const exercise_kind_words[] = { "code",  "fix", "predict", "explain", "parsons",
                                            "tests", "sql", "shell",   NULL };
const char *const group_words[] = { "sum", "min", "all", NULL };
static const char *const difficulty_words[] = { "easy", "medium", "hard", NULL };
static const char *const source_words[] = { "tests", "static", "process", "teacher", NULL };

static const struct api_field text_fields[] = {
    API_F(struct exercise_text, es, API_TEXT, 1, 20'000),
    API_F(struct exercise_text, en, API_TEXT, 1, 20'000),
};
const struct api_shape text_shape = API_SHAPE(struct exercise_text, "Text", text_fields);
static const struct api_field title_fields[] = {
    API_F(struct exercise_text, es, API_TEXT, 3, 80),
    API_F(struct exercise_text, en, API_TEXT, 3, 80),
};
static const struct api_shape title_shape = API_SHAPE(struct exercise_text, "Title", title_fields);
static const struct api_field summary_fields[] = {
    API_F(struct exercise_text, es, API_TEXT, 1, 200),
    API_F(struct exercise_text, en, API_TEXT, 1, 200),
};
static const struct api_shape summary_shape =
    API_SHAPE(struct exercise_text, "Summary", summary_fields);

/* Ceilings: judge.md A2. */
static const struct api_field limits_fields[] = {
    API_OPT(struct exercise_limits, cpu_ms, API_INT, 10, 30'000),
    API_OPT(struct exercise_limits, wall_ms, API_INT, 10, 90'000),
    API_OPT(struct exercise_limits, memory_kib, API_INT, 8192, 1'048'576),
    API_OPT(struct exercise_limits, output_kib, API_INT, 1, 4096),
    API_OPT(struct exercise_limits, files_kib, API_INT, 1, 65'536),
    API_OPT(struct exercise_limits, processes, API_INT, 1, 64),
    API_OPT(struct exercise_limits, threads, API_INT, 1, 64),
};
const struct api_shape limits_shape = API_SHAPE(struct exercise_limits, "Limits", limits_fields);

struct raw_file {
    struct str path;
    bool editable, visible;
    int64_t max_bytes;
    struct api_json locked_lines;
};
static const struct api_field raw_file_fields[] = {
    API_F(struct raw_file, path, API_TEXT, 1, 100),
    API_OPT(struct raw_file, editable, API_BOOL, 0, 0),
    API_OPT(struct raw_file, visible, API_BOOL, 0, 0),
    API_OPT(struct raw_file, max_bytes, API_INT, 1, 262'144),
    API_OPT(struct raw_file, locked_lines, API_JSON, 0, 0),
};
static const struct api_shape raw_file_shape = API_SHAPE(struct raw_file, "File", raw_file_fields);

struct raw_param {
    struct str name, type;
    bool optional;
};
static const struct api_field raw_param_fields[] = {
    API_F(struct raw_param, name, API_TEXT, 1, 60),
    API_OPT(struct raw_param, type, API_TEXT, 1, 60),
    { .name = "default",
      .type = API_BOOL,
      .at = offsetof(struct raw_param, optional),
      .optional = true },
};
static const struct api_shape raw_param_shape =
    API_SHAPE(struct raw_param, "Param", raw_param_fields);

struct raw_entry {
    struct str path, function, returns;
    struct api_list params;
};
static const struct api_field raw_entry_fields[] = {
    API_OPT(struct raw_entry, path, API_TEXT, 1, 100),
    API_OPT(struct raw_entry, function, API_TEXT, 1, 60),
    API_OPT(struct raw_entry, returns, API_TEXT, 1, 60),
    API_SUB(struct raw_entry, params, API_LIST, 0, 20, raw_param_shape, true),
};
static const struct api_shape raw_entry_shape =
    API_SHAPE(struct raw_entry, "Entry", raw_entry_fields);

struct raw_group {
    struct str id, rule;
    int64_t points;
};
static const struct api_field raw_group_fields[] = {
    API_F(struct raw_group, id, API_TEXT, 1, 60),
    API_F(struct raw_group, points, API_POINTS, 1, POINTS_MAX_MP),
    API_WORD(struct raw_group, rule, group_words, false),
};
static const struct api_shape raw_group_shape =
    API_SHAPE(struct raw_group, "Group", raw_group_fields);

struct raw_hint {
    int64_t rung;
    struct exercise_text *text;
    struct str when;
};
static const struct api_field raw_hint_fields[] = {
    API_F(struct raw_hint, rung, API_INT, 1, 4),
    API_SUB(struct raw_hint, text, API_OBJECT, 0, 0, text_shape, false),
    API_OPT(struct raw_hint, when, API_TEXT, 1, 60),
};
static const struct api_shape raw_hint_shape = API_SHAPE(struct raw_hint, "Hint", raw_hint_fields);

struct raw_level {
    int64_t points;
    struct exercise_text *text;
};
static const struct api_field raw_level_fields[] = {
    API_F(struct raw_level, points, API_POINTS, 0, POINTS_MAX_MP),
    API_SUB(struct raw_level, text, API_OBJECT, 0, 0, text_shape, false),
};
static const struct api_shape raw_level_shape =
    API_SHAPE(struct raw_level, "Level", raw_level_fields);
struct raw_criterion {
    struct str id, source;
    struct exercise_text *title;
    int64_t weight;
    struct api_list levels;
};
static const struct api_field raw_criterion_fields[] = {
    API_F(struct raw_criterion, id, API_TEXT, 1, 60),
    API_SUB(struct raw_criterion, title, API_OBJECT, 0, 0, title_shape, false),
    API_F(struct raw_criterion, weight, API_POINTS, 1, POINTS_MAX_MP),
    API_WORD(struct raw_criterion, source, source_words, false),
    API_SUB(struct raw_criterion, levels, API_LIST, 2, 10, raw_level_shape, false),
};
static const struct api_shape raw_criterion_shape =
    API_SHAPE(struct raw_criterion, "Criterion", raw_criterion_fields);

#define E struct exercise_equivalent
static const struct api_field equivalent_fields[] = {
    API_F(E, solution, API_TEXT, 1, 60),
    API_F(E, line, API_INT, 1, 10'000),
    API_F(E, edit, API_TEXT, 1, 200),
    API_F(E, reason, API_TEXT, 10, 300),
};
#undef E
static const struct api_shape equivalent_shape =
    API_SHAPE(struct exercise_equivalent, "Equivalent", equivalent_fields);

struct raw_run {
    bool stdin_box, visible_tests, offline;
};
static const struct api_field raw_run_fields[] = {
    API_OPT(struct raw_run, stdin_box, API_BOOL, 0, 0),
    API_OPT(struct raw_run, visible_tests, API_BOOL, 0, 0),
    API_OPT(struct raw_run, offline, API_BOOL, 0, 0),
};
static const struct api_shape raw_run_shape = API_SHAPE(struct raw_run, "Run", raw_run_fields);

struct raw_manifest {
    int64_t format, minutes;
    struct str id, kind, difficulty, license, source;
    struct exercise_text *title, *summary;
    struct api_texts languages, skills, misconceptions, authors, changelog;
    struct api_list files, tests, groups, hints, rubric, constructs, equivalent;
    struct raw_entry *entry;
    struct api_json variant;
    struct exercise_limits *limits;
    struct raw_run *run;
};
#define M struct raw_manifest
static const struct api_field raw_manifest_fields[] = {
    API_F(M, format, API_INT, 1, 1),
    API_F(M, id, API_TEXT, 3, 48),
    API_SUB(M, title, API_OBJECT, 0, 0, title_shape, false),
    API_SUB(M, summary, API_OBJECT, 0, 0, summary_shape, false),
    API_WORD(M, kind, exercise_kind_words, false),
    { .name = "languages",
      .type = API_TEXTS,
      .at = offsetof(M, languages),
      .min = 1,
      .max = 6,
      .item_max = 20 },
    API_WORD(M, difficulty, difficulty_words, false),
    API_F(M, minutes, API_INT, 2, 240),
    { .name = "skills",
      .type = API_TEXTS,
      .at = offsetof(M, skills),
      .min = 1,
      .max = 6,
      .item_max = 60 },
    { .name = "misconceptions",
      .type = API_TEXTS,
      .at = offsetof(M, misconceptions),
      .max = 20,
      .item_max = 60,
      .optional = true },
    API_SUB(M, files, API_LIST, 1, 16, raw_file_shape, true),
    API_SUB(M, entry, API_OBJECT, 0, 0, raw_entry_shape, false),
    API_SUB(M, tests, API_LIST, 1, PACKAGE_TESTS, raw_test_shape, false),
    API_SUB(M, groups, API_LIST, 1, 20, raw_group_shape, true),
    API_SUB(M, constructs, API_LIST, 0, 20, raw_rule_shape, true),
    API_SUB(M, equivalent, API_LIST, 0, 40, equivalent_shape, true),
    API_SUB(M, limits, API_OBJECT, 0, 0, limits_shape, true),
    API_SUB(M, hints, API_LIST, 0, 40, raw_hint_shape, true),
    API_SUB(M, rubric, API_LIST, 1, 10, raw_criterion_shape, true),
    API_OPT(M, variant, API_JSON, 0, 0),
    API_SUB(M, run, API_OBJECT, 0, 0, raw_run_shape, true),
    { .name = "authors",
      .type = API_TEXTS,
      .at = offsetof(M, authors),
      .min = 1,
      .max = 20,
      .item_max = 100 },
    API_F(M, license, API_TEXT, 2, 60),
    API_OPT(M, source, API_TEXT, 1, 200),
    { .name = "changelog",
      .type = API_TEXTS,
      .at = offsetof(M, changelog),
      .max = 100,
      .item_max = 300,
      .optional = true },
};
static const struct api_shape raw_manifest_shape = API_SHAPE(M, "Manifest", raw_manifest_fields);
#undef M

size_t word_at(const char *const *words, size_t n, struct str s)
{
    for (size_t i = 0; i < n; i++)
        if (str_is(s, words[i]))
            return i;
    return SIZE_MAX;
}

struct json json_with(struct arena *a, const struct json *object, const char *key,
                      const struct json *value)
{
    struct json_member *members = ARENA_ARRAY(a, struct json_member, object->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < object->count; i++)
        if (!str_is(object->members[i].key, key))
            members[n++] = object->members[i];
    if (value)
        members[n++] = (struct json_member){ .key = str_of(key), .value = *value };
    return (struct json){ .type = JS_OBJECT, .count = n, .members = members };
}

enum err package_decode(struct package *p, const struct api_shape *shape, const struct json *in,
                        const char *what, void **out)
{
    struct fail inner = { 0 };
    enum err bad = api_decode(shape, in, p->a, out, &inner);
    if (!bad)
        return ERR_OK;
    if (!inner.field_count)
        return PACKAGE_WRONG(p, "%s: unreadable", what);
    const struct fail_field *first = &inner.fields[0];
    struct str limit =
        first->min || first->max
            ? arena_fmt(p->a, ", %lld to %lld", (long long)first->min, (long long)first->max)
            : STR("");
    bad = PACKAGE_WRONG(p, "%s: %s: %s%.*s%s", what, first->path, first->code, STR_ARG(limit),
                        inner.field_count > 1 ? "; and more" : "");
    p->f->fields = inner.fields;
    p->f->field_count = inner.field_count;
    return bad;
}

static struct exercise_limits limits_with_defaults(const struct exercise_limits *own)
{
    struct exercise_limits l = { .cpu_ms = 2000,
                                 .memory_kib = 131'072,
                                 .output_kib = 64,
                                 .files_kib = 1024,
                                 .processes = 1,
                                 .threads = 1 };
    if (own && own->cpu_ms != API_ABSENT)
        l.cpu_ms = own->cpu_ms;
    l.wall_ms = i64_max(3 * l.cpu_ms, 6000);
    if (!own)
        return l;
    l.wall_ms = own->wall_ms == API_ABSENT ? l.wall_ms : own->wall_ms;
    l.memory_kib = own->memory_kib == API_ABSENT ? l.memory_kib : own->memory_kib;
    l.output_kib = own->output_kib == API_ABSENT ? l.output_kib : own->output_kib;
    l.files_kib = own->files_kib == API_ABSENT ? l.files_kib : own->files_kib;
    l.processes = own->processes == API_ABSENT ? l.processes : own->processes;
    l.threads = own->threads == API_ABSENT ? l.threads : own->threads;
    return l;
}

static enum err take_files(struct package *p, const struct raw_manifest *m)
{
    struct exercise *x = p->x;
    size_t n = m->files.n ? m->files.n : 1;
    struct exercise_file *files = ARENA_ARRAY(p->a, struct exercise_file, n);
    const struct raw_file *raw = m->files.items;
    if (!m->files.n)
        files[0] =
            (struct exercise_file){ .path = m->entry->path.ptr ? m->entry->path : STR("main.py"),
                                    .editable = true,
                                    .visible = true,
                                    .max_bytes = 65'536 };
    for (size_t i = 0; i < m->files.n; i++) {
        if (raw[i].locked_lines.dom && raw[i].locked_lines.dom->count)
            return PACKAGE_LATER(p, "files.%zu.locked_lines: not supported yet", i);
        files[i] = (struct exercise_file){ .path = raw[i].path,
                                           .editable = raw[i].editable,
                                           .visible = raw[i].visible,
                                           .max_bytes = raw[i].max_bytes == API_ABSENT
                                                            ? 65'536
                                                            : raw[i].max_bytes };
    }
    x->files = files;
    x->file_count = n;
    x->function = m->entry->function.ptr ? m->entry->function : STR("");
    x->main_path = m->entry->path.ptr ? m->entry->path : STR("main.py");
    for (size_t i = 0; i < n; i++)
        if (str_eq(files[i].path, x->main_path))
            return ERR_OK;
    return PACKAGE_WRONG(p, "entry: %.*s is not one of files", STR_ARG(x->main_path));
}

static enum err take_groups(struct package *p, const struct raw_manifest *m)
{
    const struct raw_group *raw = m->groups.items;
    struct exercise_group *groups = ARENA_ARRAY(p->a, struct exercise_group, m->groups.n);
    for (size_t i = 0; i < m->groups.n; i++) {
        groups[i] = (struct exercise_group){ .id = raw[i].id,
                                             .points_mp = raw[i].points,
                                             .rule = (enum exercise_group_rule)word_at(
                                                 group_words, GROUP_RULE_COUNT, raw[i].rule) };
        for (size_t j = 0; j < i; j++)
            if (str_eq(groups[j].id, groups[i].id))
                return PACKAGE_WRONG(p, "groups.%zu.id: stands twice", i);
    }
    p->x->groups = groups;
    p->x->group_count = m->groups.n;
    return ERR_OK;
}

static void take_hints(struct package *p, const struct raw_manifest *m)
{
    const struct raw_hint *raw = m->hints.items;
    struct exercise_hint *hints = ARENA_ARRAY(p->a, struct exercise_hint, m->hints.n);
    int64_t in_rung[5] = { 0 };
    for (size_t i = 0; i < m->hints.n; i++)
        hints[i] = (struct exercise_hint){ .rung = raw[i].rung,
                                           .number = ++in_rung[raw[i].rung],
                                           .text = *raw[i].text,
                                           .when = raw[i].when.ptr ? raw[i].when : STR("") };
    p->x->hints = hints;
    p->x->hint_count = m->hints.n;
}

static enum err take_rubric(struct package *p, const struct raw_manifest *m)
{
    const struct raw_criterion *raw = m->rubric.items;
    struct exercise_criterion *rubric = ARENA_ARRAY(p->a, struct exercise_criterion, m->rubric.n);
    int64_t sum = 0;
    for (size_t i = 0; i < m->rubric.n; i++) {
        const struct raw_level *levels = raw[i].levels.items;
        struct exercise_level *own = ARENA_ARRAY(p->a, struct exercise_level, raw[i].levels.n);
        for (size_t j = 0; j < raw[i].levels.n; j++)
            own[j] = (struct exercise_level){ levels[j].points, *levels[j].text };
        rubric[i] = (struct exercise_criterion){ .id = raw[i].id,
                                                 .source = raw[i].source,
                                                 .title = *raw[i].title,
                                                 .weight_mp = raw[i].weight,
                                                 .levels = own,
                                                 .level_count = raw[i].levels.n };
        sum += raw[i].weight;
    }
    if (m->rubric.n && sum != 100'000)
        return PACKAGE_WRONG(p, "rubric: weights add up to %lld thousandths, not 100 points",
                             (long long)sum);
    p->x->rubric = rubric;
    p->x->rubric_count = m->rubric.n;
    return ERR_OK;
}

static enum err take_kind(struct package *p, const struct raw_manifest *m)
{
    size_t kind = word_at(exercise_kind_words, EXERCISE_KIND_COUNT, m->kind);
    if (kind == SIZE_MAX)
        return PACKAGE_LATER(p, "kind: not supported yet: kind %.*s", STR_ARG(m->kind));
    if (m->languages.n != 1 || !str_is(m->languages.items[0], "python"))
        return PACKAGE_LATER(p, "languages: not supported yet: anything but [python]");
    if (m->variant.dom)
        return PACKAGE_LATER(p, "variant: not supported yet");
    p->x->kind = (enum exercise_kind)kind;
    p->x->language = m->languages.items[0];
    return ERR_OK;
}

/* entry as a path means entry {path}. */
static struct json normal_entry(struct package *p, const struct json *manifest)
{
    const struct json *entry = json_get(manifest, "entry");
    if (!json_is(entry, JS_TEXT))
        return *manifest;
    struct json_member *only = ARENA_NEW(p->a, struct json_member);
    *only = (struct json_member){ .key = STR("path"), .value = *entry };
    struct json object = { .type = JS_OBJECT, .count = 1, .members = only };
    return json_with(p->a, manifest, "entry", &object);
}

static void take_simple(struct exercise *x, const struct raw_manifest *m)
{
    x->title = *m->title;
    x->summary = *m->summary;
    x->difficulty = m->difficulty;
    x->minutes = m->minutes;
    x->skills = m->skills.items;
    x->skill_count = m->skills.n;
    x->misconceptions = m->misconceptions.items;
    x->misconception_count = m->misconceptions.n;
    x->limits = limits_with_defaults(m->limits);
    x->stdin_box = m->run && m->run->stdin_box;
    x->visible_tests = !m->run || m->run->visible_tests;
    x->offline = m->run && m->run->offline;
    x->points_mp = 100'000;
    x->equivalents = m->equivalent.items;
    x->equivalent_count = m->equivalent.n;
}

enum err package_manifest(struct package *p, const struct json *manifest)
{
    struct json tests = { 0 };
    void *raw = NULL;
    if (!json_is(manifest, JS_OBJECT))
        return PACKAGE_WRONG(p, "exercise.yaml: must be a mapping");
    p->x->manifest = manifest;
    struct json normal = normal_entry(p, manifest);
    TRY(package_normal_tests(p, json_get(manifest, "tests"), &tests));
    normal = json_with(p->a, &normal, "tests", &tests);
    TRY(package_decode(p, &raw_manifest_shape, &normal, "exercise.yaml", &raw));
    const struct raw_manifest *m = raw;
    TRY(take_kind(p, m));
    take_simple(p->x, m);
    TRY(take_files(p, m));
    TRY(take_groups(p, m));
    TRY(package_rules(p, &m->constructs));
    TRY(package_tests(p, &m->tests, json_get(manifest, "tests")));
    take_hints(p, m);
    return take_rubric(p, m);
}
