#include "app/command.h"

#include <stdio.h>

/* Commands that print the tables of the program, and those that judge and probe without a store. */

static int print_buf(const struct buf *b)
{
    (void)fwrite(b->ptr, 1, b->len, stdout);
    return b->truncated ? EXIT_FINDINGS : EXIT_DONE;
}

#define GENERATED "<!-- Printed by `ainative %s`; a test compares. -->\n"

static void docs_of_config(struct buf *b)
{
    buf_put(b, STR("# Settings\n\n"));
    buf_putf(b, GENERATED, "check-config --docs");
    buf_put(b, STR("\nA setting is given as `key = value` in a file (`--config FILE`), as an "
                   "environment variable, or as\n`--set key=value`; the latter beat the former. "
                   "`ainative check-config` tells what is wrong with them,\n`--print` what is in "
                   "force and where it comes from, `--probe` what the store and the sandbox "
                   "answer,\n`--sample` a file to begin with. Those with `reload` take effect at "
                   "SIGHUP, the others at the next start.\n\n"));
    conf_docs(app_settings, app_setting_count, b);
}

static void docs_of_metrics(struct buf *b)
{
    buf_put(b, STR("# Metrics\n\n"));
    buf_putf(b, GENERATED, "metrics");
    buf_put(b,
            STR("\nPrometheus text at `/metrics` of `ops.listen`. Labels take their values from "
                "tables: routes as templates,\nkinds of jobs, codes of problems; what is in no "
                "table counts as `other`. No label names a person, an\nexercise or a path.\n\n"));
    app_metrics_docs(b);
}

int command_check_config(struct words *w)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 1 << 20 };
    struct fail f = { 0 };
    struct conf *conf = NULL;
    struct app_args args = words_app_args(w, &a);
    bool print = word_flag(w, "--print"), docs = word_flag(w, "--docs"),
         sample = word_flag(w, "--sample"), probe = word_flag(w, "--probe");
    int usage = words_done(w), status = EXIT_DONE;
    if (usage || print + docs + sample + probe > 1)
        return usage ? usage : words_wrong(w);
    if (docs)
        docs_of_config(&b);
    else if (sample)
        conf_sample(app_settings, app_setting_count, &b);
    else if (app_conf_load(&args, &a, &conf, &f))
        return command_failed("configuration", &f);
    else if (print)
        conf_print(conf, &b);
    else
        buf_put(&b, STR("the configuration is good\n"));
    if (probe && !app_probe(&args, &b))
        status = EXIT_USAGE;
    int printed = print_buf(&b);
    return status ? status : printed;
}

int command_metrics(struct words *w)
{
    AUTO_BUF b = { .max = 1 << 20 };
    int usage = words_done(w);
    if (usage)
        return usage;
    docs_of_metrics(&b);
    return print_buf(&b);
}

int command_routes(struct words *w)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 1 << 20 };
    size_t n = 0;
    int usage = words_done(w);
    if (usage)
        return usage;
    const struct http_route *routes = app_routes(&a, &n);
    http_route_list(routes, n, &b);
    return print_buf(&b);
}

int command_openapi(struct words *w)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 2 << 20 };
    size_t n = 0;
    int usage = words_done(w);
    if (usage)
        return usage;
    const struct http_route *routes = app_routes(&a, &n);
    http_openapi(routes, n, STR(APP_VERSION), &b);
    buf_putc(&b, '\n');
    return print_buf(&b);
}

/* Opens what judging needs, and nothing when it fails. */
static enum err judge_only(struct app *app, struct words *w, struct fail *f)
{
    struct app_args args = words_app_args(w, &app->arena);
    args.parts = APP_JUDGE;
    enum err e = app_open(app, &args, f);
    e = e ? e : sandbox_begin(app->sandbox, f);
    if (e)
        app_close(app);
    return e;
}

static int check_slugs(struct app *app, const struct str *slugs, size_t n, struct check_job job,
                       bool json)
{
    int status = EXIT_DONE;
    struct fail f = { 0 };
    for (size_t i = 0; i < n; i++) {
        AUTO_ARENA a = { 0 };
        AUTO_BUF b = { .max = 1 << 20 };
        struct check_report report;
        job.slug = slugs[i];
        if (exercise_check(app->sandbox, app->env, &job, &a, &report, &f))
            return command_failed("exercise check", &f);
        exercise_check_print(&report, json, &b);
        (void)print_buf(&b);
        (void)fflush(stdout);
        if (report.refused)
            status = EXIT_FINDINGS;
    }
    return status;
}

/* False: an option whose value is none. */
static bool check_options(struct words *w, struct check_job *job)
{
    const char *dir = word_option(w, "--dir"), *mutants = word_option(w, "--mutants");
    const char *floor = word_option(w, "--floor"), *repeats = word_option(w, "--repeats");
    int64_t percent = 0;
    job->path = dir ? str_of(dir) : STR("");
    if (mutants && !str_to_i64(str_of(mutants), 1, 200, &job->mutants))
        return false;
    if (repeats && !str_to_i64(str_of(repeats), 2, CHECK_REPEATS, &job->repeats))
        return false;
    if (floor && !str_to_i64(str_of(floor), 1, 100, &percent))
        return false;
    job->floor_permille = 10 * percent;
    return true;
}

int command_exercise(struct words *w)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct app app = { 0 };
    struct check_job job = { .mutants = 0 };
    const char *act = word_next(w);
    bool json = word_flag(w, "--json"), options = check_options(w, &job);
    struct str named[64];
    const struct str *slugs = named;
    size_t n = 0;
    if (!act || strcmp(act, "check") != 0 || !options)
        return words_wrong(w);
    for (const char *slug; n < COUNT_OF(named) && (slug = word_next(w));)
        named[n++] = str_of(slug);
    if (judge_only(&app, w, &f))
        return command_failed("exercise check", &f);
    int status = words_done(w);
    const char *dir = job.path.ptr;
    if (job.path.len && !n)
        named[n++] = str_of(strrchr(dir, '/') ? strrchr(dir, '/') + 1 : dir);
    if (!n)
        exercise_slugs(&a, &slugs, &n);
    if (status == EXIT_DONE)
        status = check_slugs(&app, slugs, n, job, json);
    app_close(&app);
    return status;
}

static void line_to_file(void *ctx, struct str json)
{
    (void)fwrite(json.ptr, 1, json.len, ctx);
}

static int judge_all(struct app *app, const struct batch_job *job, struct fail *f)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 1 << 20 };
    struct batch_report report;
    if (judge_batch(app->sandbox, app->env, job, &a, &report, f))
        return command_failed("judge-batch", f);
    judge_batch_print(&report, &b);
    (void)print_buf(&b);
    return report.disagreement_count || report.errors ? EXIT_FINDINGS : EXIT_DONE;
}

int command_judge_batch(struct words *w)
{
    struct fail f = { 0 };
    struct app app = { 0 };
    const char *exercise = word_option(w, "--exercise"), *programs = word_option(w, "--programs");
    const char *jobs = word_option(w, "--jobs"), *out = word_option(w, "--jsonl");
    int64_t n = 4;
    struct batch_job job = { .all_tests = word_flag(w, "--all-tests"), .line = line_to_file };
    if (!exercise || !programs || !out || (jobs && !str_to_i64(str_of(jobs), 1, 64, &n)))
        return words_wrong(w);
    if (judge_only(&app, w, &f))
        return command_failed("judge-batch", &f);
    int status = words_done(w);
    FILE *file = status == EXIT_DONE ? fopen(out, "we") : NULL;
    if (file) {
        job.exercise = str_of(exercise);
        job.programs = str_of(programs);
        job.jobs = n;
        job.ctx = file;
        status = judge_all(&app, &job, &f);
        if (fclose(file))
            status = EXIT_FINDINGS;
    } else if (status == EXIT_DONE) {
        (void)fprintf(stderr, "ainative: cannot write %s\n", out);
        status = EXIT_USAGE;
    }
    app_close(&app);
    return status;
}

/* Says each rung from in->rung to `last`, of one look at the program. */
static int probe(struct app *app, struct tutor_probe_in *in, int64_t last, bool json,
                 struct fail *f)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 1 << 20 };
    struct tutor_probe_out out;
    const struct tutor_conf conf = { .sandbox = app->sandbox, .env = app->env, .log = &app->log };
    struct tutor *tutor = tutor_module(&app->arena, &conf);
    enum err e = ERR_OK;
    for (; !e && in->rung <= last; in->rung++) {
        e = tutor_probe(tutor, in, &a, &out, f);
        if (e)
            break;
        in->known = out.analysis;
        buf_clear(&b);
        if (json)
            tutor_probe_json(&out, &b);
        else
            tutor_probe_print(&out, &b);
        (void)print_buf(&b);
    }
    tutor_close(tutor);
    return e ? command_failed("tutor-probe", f) : EXIT_DONE;
}

/* Accepted programs beside the references: every file of a folder. */
static enum err probe_accepted(struct app *app, const char *dir, struct tutor_probe_in *in,
                               struct fail *f)
{
    static const struct folder_limits limits = { 5'000, 256 << 10, 64 << 20, 4 };
    struct folder_file *files = NULL;
    size_t n = 0;
    TRY(folder_read(str_of(dir), &limits, &app->arena, &files, &n, f));
    struct str *texts = ARENA_ARRAY(&app->arena, struct str, n + 1);
    for (size_t i = 0; i < n; i++)
        texts[i] = files[i].data;
    in->accepted = texts;
    in->accepted_count = n;
    return ERR_OK;
}

static enum err probe_input(struct app *app, const char *dir, const char *program,
                            struct tutor_probe_in *in, struct fail *f)
{
    enum { PROGRAM_MAX = 512 * 1024 };
    struct exercise *exercise = NULL;
    struct sandbox_file *file = ARENA_NEW(&app->arena, struct sandbox_file);
    TRY(exercise_from_folder(str_of(dir), &app->arena, &exercise, f));
    TRY(folder_read_file(str_of(program), PROGRAM_MAX, &app->arena, &file->text, f));
    file->path = exercise->main_path;
    in->exercise = exercise;
    in->files = file;
    in->file_count = 1;
    return ERR_OK;
}

/* "2" or "0-3" */
static bool rungs_of(struct str text, int64_t *first, int64_t *last)
{
    struct str one = str_take_until(&text, '-');
    if (!str_to_i64(one, 0, 4, first))
        return false;
    *last = *first;
    return !text.len || (str_to_i64(text, 0, 4, last) && *last >= *first);
}

int command_tutor_probe(struct words *w)
{
    struct fail f = { 0 };
    struct app app = { 0 };
    const char *exercise = word_option(w, "--exercise"), *program = word_option(w, "--program");
    const char *rung = word_option(w, "--rung"), *lang = word_option(w, "--lang");
    const char *accepted = word_option(w, "--accepted");
    bool json = word_flag(w, "--json");
    struct tutor_probe_in in = {
        .rung = 1, .lang = str_of(lang ? lang : "es"), .show_expected = true, .turn = STR("probe")
    };
    int64_t last = in.rung;
    if (!exercise || !program || (rung && !rungs_of(str_of(rung), &in.rung, &last)))
        return words_wrong(w);
    if (judge_only(&app, w, &f))
        return command_failed("tutor-probe", &f);
    int status = words_done(w);
    if (status == EXIT_DONE && accepted && probe_accepted(&app, accepted, &in, &f))
        status = command_failed("tutor-probe", &f);
    if (status == EXIT_DONE)
        status = probe_input(&app, exercise, program, &in, &f) ? command_failed("tutor-probe", &f)
                                                               : probe(&app, &in, last, json, &f);
    app_close(&app);
    return status;
}

int command_sandbox(struct words *w)
{
    AUTO_BUF b = { .max = 8192 };
    struct fail f = { 0 };
    struct app app = { 0 };
    const char *act = word_next(w);
    if (!act || strcmp(act, "check") != 0)
        return words_wrong(w);
    if (judge_only(&app, w, &f))
        return command_failed("sandbox check", &f);
    uint32_t layers = sandbox_layers(app.sandbox);
    for (uint32_t bit = SANDBOX_LAYER_USER; bit <= SANDBOX_LAYER_KILL; bit <<= 1)
        buf_putf(&b, "%-10s %s\n", sandbox_layer_name((enum sandbox_layer)bit),
                 layers & bit ? "in force" : "missing");
    (void)print_buf(&b);
    app_close(&app);
    return EXIT_DONE;
}
