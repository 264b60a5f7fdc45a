/* Construct rules of an exercise on the files of a program. */
#include "domain/submission/judge_priv.h"

struct asking {
    const struct exercise *x;
    const struct judge_files *files;
    struct arena *a; /* of the trees */
};

/* A file the student cannot change is not theirs to answer for. */
static bool is_asked(const struct exercise *x, const struct construct *c,
                     const struct sandbox_file *file)
{
    static const char *const endings[TREE_LANG_COUNT] = {
        [TREE_PYTHON] = ".py", [TREE_C] = ".c", [TREE_JAVA] = ".java", [TREE_JAVASCRIPT] = ".js"
    };
    for (size_t i = 0; i < x->file_count; i++)
        if (str_eq(x->files[i].path, file->path) && !x->files[i].editable)
            return false;
    return str_ends(file->path, str_of(endings[c->lang]));
}

static enum err ask_file(const struct asking *in, const struct construct *c,
                         const struct sandbox_file *file, struct judge_broken *out, bool *broken)
{
    AUTO_TREE t = { 0 };
    struct fail f = { 0 };
    TRY(tree_parse(file->text, c->lang, TREE_PARSE_US, in->a, &t, &f));
    TRY(construct_broken(c, &t, in->a, broken, &out->at, &f));
    out->file = file->path;
    return ERR_OK;
}

/* What is forbidden may be in no file, what is asked for has to be in one. */
static bool ask(const struct asking *in, const struct exercise_rule *rule, struct judge_broken *out)
{
    bool must = construct_is_must(rule->what.kind), any = false;
    *out = (struct judge_broken){ .rule = rule, .file = STR("") };
    for (size_t i = 0; i < in->files->count; i++) {
        struct judge_broken one = { .rule = rule };
        bool broken = false;
        if (!is_asked(in->x, &rule->what, &in->files->files[i]))
            continue;
        if (ask_file(in, &rule->what, &in->files->files[i], &one, &broken)) {
            out->unknown = true;
            return true;
        }
        if (must && !broken)
            return false;
        if (broken && !any)
            *out = one;
        any = any || broken;
    }
    return any;
}

void judge_rules(const struct exercise *x, const struct judge_files *files, struct arena *a,
                 struct judge_result *out)
{
    AUTO_ARENA trees = { 0 };
    struct judge_broken *list = ARENA_ARRAY(a, struct judge_broken, x->rule_count);
    const struct asking in = { x, files, &trees };
    for (size_t i = 0; i < x->rule_count; i++) {
        struct judge_broken *one = &list[out->broken_count];
        if (!ask(&in, &x->rules[i], one))
            continue;
        one->file = arena_dup(a, one->file);
        out->broken_count++;
        arena_reset(&trees);
    }
    out->broken = list;
}

enum err judge_broken_rules(const struct exercise *x, const struct sandbox_file *files, size_t n,
                            struct arena *a, const struct judge_broken **out, size_t *count,
                            struct fail *f)
{
    struct judge_files all;
    struct judge_result r = { 0 };
    TRY(judge_files(x, files, n, &all, f));
    judge_rules(x, &all, a, &r);
    *out = r.broken;
    *count = r.broken_count;
    return ERR_OK;
}

struct diagnostic judge_rule_diagnostic(const struct judge_broken *b, struct arena *a)
{
    static const struct exercise_text unknown = {
        STR_INIT(
            "No se pudo comprobar una regla de este ejercicio por un problema nuestro: no cuenta."),
        STR_INIT(
            "A rule of this exercise could not be checked because of a problem of ours: it does "
            "not count.")
    };
    bool error = !b->unknown && b->rule->effect == EFFECT_REJECT;
    return (struct diagnostic){
        .phase = "construct",
        .severity = error ? "error" : "warning",
        .file = b->file,
        .line = (int32_t)b->at.line,
        .column = (int32_t)b->at.column,
        .end_line = (int32_t)b->at.end_line,
        .end_column = (int32_t)b->at.end_column,
        .code = arena_fmt(a, "construct.%.*s", STR_ARG(b->rule->id)).ptr,
        .family = "other",
        .message = b->unknown ? unknown : b->rule->message,
        .raw = STR(""),
    };
}
