/* Starter files, reference solutions and known-wrong programs of a package. */
#include "base/num.h"
#include "domain/exercise/exercise_priv.h"

static const char *const wrong_words[] = { "wrong_answer",
                                           "presentation",
                                           "runtime_error",
                                           "time_limit",
                                           "idle_limit",
                                           "memory_limit",
                                           "process_limit",
                                           "output_limit",
                                           "compile_error",
                                           "construct_violation",
                                           NULL };
struct raw_wrong {
    struct str misconception, verdict, rule;
    struct api_texts must_fail;
    bool only;
};
static const struct api_field raw_wrong_fields[] = {
    API_OPT(struct raw_wrong, misconception, API_TEXT, 1, 60),
    API_WORD(struct raw_wrong, verdict, wrong_words, true),
    API_OPT(struct raw_wrong, rule, API_TEXT, 1, 60),
    { .name = "must_fail",
      .type = API_TEXTS,
      .at = offsetof(struct raw_wrong, must_fail),
      .max = PACKAGE_TESTS,
      .item_max = 60,
      .optional = true },
    API_OPT(struct raw_wrong, only, API_BOOL, 0, 0),
};
static const struct api_shape raw_wrong_shape =
    API_SHAPE(struct raw_wrong, "Wrong", raw_wrong_fields);

static enum err take_starter(struct package *p)
{
    struct str root = STR("starter/python/");
    /* package_manifest has made them in this arena */
    struct exercise_file *files = ARENA_ARRAY(p->a, struct exercise_file, p->x->file_count);
    memcpy(files, p->x->files, p->x->file_count * sizeof(*files));
    p->x->files = files;
    for (size_t i = 0; i < p->file_count; i++) {
        struct str path = p->files[i].path;
        bool known = !str_starts(path, STR("starter/"));
        for (size_t j = 0; j < p->x->file_count && str_starts(path, root); j++)
            if (str_eq(files[j].path, str_from(path, root.len))) {
                files[j].starter = p->files[i].data;
                known = true;
            }
        if (!known)
            return PACKAGE_WRONG(p, "%.*s: not one of files", STR_ARG(path));
    }
    for (size_t i = 0; i < p->x->file_count; i++)
        if (!files[i].starter.ptr)
            files[i].starter = STR("");
    return ERR_OK;
}

static bool test_known(const struct exercise *x, struct str id)
{
    for (size_t i = 0; i < x->test_count; i++)
        if (str_eq(x->tests[i].id, id))
            return true;
    return false;
}

static bool rule_known(const struct exercise *x, struct str id)
{
    for (size_t i = 0; i < x->rule_count; i++)
        if (str_eq(x->rules[i].id, id))
            return true;
    return false;
}

static enum err take_wrong(struct package *p, struct str yaml, struct exercise_program *program)
{
    struct json j = { 0 };
    void *raw = NULL;
    TRY(yaml_parse(yaml, p->a, &j, p->f));
    TRY(package_decode(p, &raw_wrong_shape, &j, arena_cstr(p->a, program->name), &raw));
    const struct raw_wrong *w = raw;
    for (size_t i = 0; i < w->must_fail.n; i++)
        if (!test_known(p->x, w->must_fail.items[i]))
            return PACKAGE_WRONG(p, "wrong %.*s: must_fail: no test %.*s", STR_ARG(program->name),
                                 STR_ARG(w->must_fail.items[i]));
    if (w->rule.ptr && !rule_known(p->x, w->rule))
        return PACKAGE_WRONG(p, "wrong %.*s: rule: no construct %.*s", STR_ARG(program->name),
                             STR_ARG(w->rule));
    program->rule = w->rule.ptr ? w->rule : STR("");
    program->misconception = w->misconception.ptr ? w->misconception : STR("");
    program->verdict = w->verdict.ptr ? w->verdict : STR("");
    program->must_fail = w->must_fail.items;
    program->must_fail_count = w->must_fail.n;
    program->only = w->only;
    return ERR_OK;
}

/* The files from `from` on that share the folder NAME below root; *from moves past them. */
static enum err take_program(struct package *p, struct str root, size_t *from,
                             struct exercise_program *out)
{
    struct str rest = str_from(p->files[*from].path, root.len);
    struct str name = str_take_until(&rest, '/');
    struct str home = arena_fmt(p->a, "%.*s%.*s/", STR_ARG(root), STR_ARG(name));
    struct str yaml = { 0 };
    size_t n = 0, end = *from;
    while (end < p->file_count && str_starts(p->files[end].path, home))
        end++;
    struct folder_file *files = ARENA_ARRAY(p->a, struct folder_file, end - *from);
    for (size_t i = *from; i < end; i++) {
        struct str path = str_from(p->files[i].path, home.len);
        if (str_is(path, "wrong.yaml") && str_starts(root, STR("wrong/")))
            yaml = p->files[i].data;
        else
            files[n++] = (struct folder_file){ .path = path, .data = p->files[i].data };
    }
    if (end == *from || !n)
        return PACKAGE_WRONG(p, "%.*s: a program is a folder", STR_ARG(p->files[*from].path));
    *out = (struct exercise_program){ .name = name, .files = files, .file_count = n };
    *from = end;
    if (!str_starts(root, STR("wrong/")))
        return ERR_OK;
    if (!yaml.ptr)
        return PACKAGE_WRONG(p, "%.*swrong.yaml is missing", STR_ARG(home));
    return take_wrong(p, yaml, out);
}

static enum err take_programs(struct package *p, struct str root,
                              const struct exercise_program **out, size_t *count)
{
    struct exercise_program *programs = ARENA_ARRAY(p->a, struct exercise_program, p->file_count);
    struct str top = str_head(root, str_find(root, STR("/")) + 1);
    size_t n = 0;
    for (size_t i = 0; i < p->file_count;) {
        if (!str_starts(p->files[i].path, top)) {
            i++;
            continue;
        }
        if (!str_starts(p->files[i].path, root))
            return PACKAGE_WRONG(p, "%.*s: not of a language of the exercise",
                                 STR_ARG(p->files[i].path));
        TRY(take_program(p, root, &i, &programs[n]));
        n++;
    }
    *out = programs;
    *count = n;
    return ERR_OK;
}

enum err package_programs(struct package *p)
{
    TRY(take_starter(p));
    TRY(take_programs(p, STR("solution/python/"), &p->x->solutions, &p->x->solution_count));
    if (!p->x->solution_count)
        return PACKAGE_WRONG(p, "solution/python: at least one reference is needed");
    return take_programs(p, STR("wrong/python/"), &p->x->wrong, &p->x->wrong_count);
}
