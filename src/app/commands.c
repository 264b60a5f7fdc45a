#include "app/command.h"

#include "domain/audit/audit.h"
#include "domain/trace/trace.h"

#include <stdio.h>
#include <sys/stat.h>

int command_migrate(struct words *w)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct app app = { 0 };
    struct db_migration *list = NULL;
    size_t n = 0;
    struct app_args args = words_app_args(w, &a);
    bool plan = word_flag(w, "--plan");
    int usage = words_done(w);
    if (usage)
        return usage;
    args.parts = plan ? APP_PLAN : APP_STORE;
    args.migrate = !plan;
    enum err e = app_open(&app, &args, &f);
    if (e == ERR_OK)
        e = db_migration_list(app.db, &app.arena, &list, &n, &f);
    for (size_t i = 0; e == ERR_OK && i < n; i++)
        if (plan || !list[i].applied)
            (void)printf("%04lld %.*s%s\n", (long long)list[i].number, STR_ARG(list[i].name),
                         list[i].applied ? "" : " (to apply)");
    app_close(&app);
    return e ? command_failed("migrate", &f) : EXIT_DONE;
}

int command_demo(struct words *w)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct app app = { 0 };
    struct app_args args = words_app_args(w, &a);
    int usage = words_done(w);
    if (usage)
        return usage;
    args.parts = APP_STORE;
    args.migrate = true;
    enum err e = app_open(&app, &args, &f);
    if (e == ERR_OK)
        e = app_demo(&app, &f);
    app_close(&app);
    return e ? command_failed("demo", &f) : EXIT_DONE;
}

int command_user(struct words *w)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct app app = { 0 };
    struct str token = { 0 };
    struct app_args args = words_app_args(w, &a);
    const char *act = word_next(w), *email = word_next(w);
    bool first = act && strcmp(act, "first-admin") == 0 && !email,
         recover = act && strcmp(act, "recover") == 0 && email;
    int usage = words_done(w);
    if (usage || (!first && !recover))
        return usage ? usage : words_wrong(w);
    args.parts = APP_STORE;
    enum err e = app_open(&app, &args, &f);
    if (e == ERR_OK)
        e = first ? user_setup_token(app.users, &a, &token, &f)
                  : user_recovery_token(app.users, str_of(email), &a, &token, &f);
    if (e == ERR_OK)
        (void)printf("%s?token=%.*s\n", first ? "/setup" : "/recover", STR_ARG(token));
    app_close(&app);
    return e ? command_failed("user", &f) : EXIT_DONE;
}

/* --- evidence --- */

static enum err write_line(void *arg, struct str line, struct fail *f)
{
    return fwrite(line.ptr, 1, line.len, arg) == line.len
               ? ERR_OK
               : FAIL(f, ERR_IO, "export.write", "short write");
}

static enum err export_one(struct app *app, struct db_conn *c, const char *folder,
                           struct str session, struct fail *f)
{
    const char *path = arena_fmt(&app->arena, "%s/%.*s.jsonl", folder, STR_ARG(session)).ptr;
    FILE *out = fopen(path, "wxe");
    if (!out)
        return FAIL(f, ERR_INPUT, "export.path", "cannot make %s (does it exist already?)", path);
    enum err e = trace_export(c, app->secret, app->tenant, session, write_line, out, f);
    if (fclose(out) && e == ERR_OK)
        e = FAIL(f, ERR_IO, "export.write", "cannot finish %s", path);
    return e;
}

/* Calls `each` for every session, oldest first, in pages. */
typedef enum err session_each(struct app *app, struct db_conn *c, struct str session, void *arg,
                              struct fail *f);
static enum err for_sessions(struct app *app, struct db_conn *c, session_each *each, void *arg,
                             struct fail *f)
{
    struct str after = STR("");
    for (size_t n = 1; n > 0;) {
        struct str *ids = NULL;
        TRY(session_ids_after(c, app->tenant, after, &app->arena, &ids, &n, f));
        for (size_t i = 0; i < n; i++)
            TRY(each(app, c, ids[i], arg, f));
        if (n)
            after = ids[n - 1];
    }
    return ERR_OK;
}

static enum err reader_open(struct app *app, struct db_conn **c, struct fail *f)
{
    TRY(db_conn_open(app->db, c, f));
    return db_conn_tenant(*c, app->tenant, f);
}

struct exporting {
    const char *folder;
    int64_t n;
};

static enum err export_each(struct app *app, struct db_conn *c, struct str session, void *arg,
                            struct fail *f)
{
    struct exporting *x = arg;
    x->n++;
    return export_one(app, c, x->folder, session, f);
}

int command_export(struct words *w)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct app app = { 0 };
    struct db_conn *c = NULL;
    struct app_args args = words_app_args(w, &a);
    const char *session = word_option(w, "--session"), *folder = word_next(w);
    int usage = words_done(w);
    if (usage || !folder)
        return usage ? usage : words_wrong(w);
    struct exporting x = { .folder = folder };
    args.parts = APP_STORE;
    (void)mkdir(folder, 0700); /* an existing folder is fine; a bad one fails at the first file */
    enum err e = app_open(&app, &args, &f);
    if (e == ERR_OK)
        e = reader_open(&app, &c, &f);
    if (e == ERR_OK)
        e = session ? export_each(&app, c, str_of(session), &x, &f)
                    : for_sessions(&app, c, export_each, &x, &f);
    if (e == ERR_OK)
        (void)printf("%lld sessions in %s\n", (long long)x.n, folder);
    if (c)
        db_conn_close(c);
    app_close(&app);
    return e ? command_failed("export", &f) : EXIT_DONE;
}

static void print_report(const struct trace_report *r)
{
    AUTO_BUF b = { .max = 8192 };
    trace_report_json(r, &b);
    (void)printf("%.*s\n", STR_ARG(buf_str(&b)));
}

struct verifying {
    int64_t sessions, broken;
};

static enum err verify_each(struct app *app, struct db_conn *c, struct str session, void *arg,
                            struct fail *f)
{
    AUTO_ARENA a = { 0 };
    struct verifying *v = arg;
    const struct trace_report *r = NULL;
    TRY(trace_verify(c, app->secret, app->tenant, session, &a, &r, f));
    v->sessions++;
    v->broken += r->result != TRACE_OK;
    if (r->result != TRACE_OK)
        print_report(r);
    return ERR_OK;
}

static int verify_file(const char *path)
{
    enum { FILE_MAX = 256 << 20 };
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct str text;
    const struct trace_report *r = NULL;
    enum err e = folder_read_file(str_of(path), FILE_MAX, &a, &text, &f);
    if (e == ERR_OK)
        e = trace_verify_file(text, &a, &r, &f);
    if (e)
        return command_failed("verify-trace", &f);
    print_report(r);
    return r->result == TRACE_OK ? EXIT_DONE : EXIT_FINDINGS;
}

static enum err verify_stored(struct app *app, const char *session, struct verifying *v,
                              struct fail *f)
{
    struct db_conn *c = NULL;
    const struct trace_report *r = NULL;
    enum err e = reader_open(app, &c, f);
    if (e == ERR_OK && session) {
        e = trace_verify(c, app->secret, app->tenant, str_of(session), &app->arena, &r, f);
        if (e == ERR_OK) {
            print_report(r);
            *v = (struct verifying){ 1, r->result != TRACE_OK };
        }
    } else if (e == ERR_OK) {
        e = for_sessions(app, c, verify_each, v, f);
    }
    if (c)
        db_conn_close(c);
    return e;
}

int command_verify_trace(struct words *w)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct app app = { 0 };
    struct verifying v = { 0 };
    struct app_args args = words_app_args(w, &a);
    const char *session = word_option(w, "--session");
    bool all = word_flag(w, "--all");
    const char *file = word_next(w);
    int usage = words_done(w);
    if (usage || (!!session + all + !!file) != 1)
        return usage ? usage : words_wrong(w);
    if (file)
        return verify_file(file);
    args.parts = APP_STORE;
    enum err e = app_open(&app, &args, &f);
    if (e == ERR_OK)
        e = verify_stored(&app, session, &v, &f);
    app_close(&app);
    if (e)
        return command_failed("verify-trace", &f);
    if (all)
        (void)printf("%lld sessions, %lld broken\n", (long long)v.sessions, (long long)v.broken);
    return v.broken ? EXIT_FINDINGS : EXIT_DONE;
}

int command_verify_audit(struct words *w)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct app app = { 0 };
    struct db_conn *c = NULL;
    int64_t rows = 0, month = 0, seq = 0;
    struct app_args args = words_app_args(w, &a);
    int usage = words_done(w);
    if (usage)
        return usage;
    args.parts = APP_STORE;
    enum err e = app_open(&app, &args, &f);
    if (e == ERR_OK)
        e = reader_open(&app, &c, &f);
    if (e == ERR_OK)
        e = audit_verify(c, app.tenant, &rows, &month, &seq, &f);
    if (c)
        db_conn_close(c);
    app_close(&app);
    if (e)
        return command_failed("verify-audit", &f);
    if (month)
        (void)printf("broken at %lld #%lld after %lld good rows\n", (long long)month,
                     (long long)seq, (long long)rows);
    else
        (void)printf("%lld rows, the chain holds\n", (long long)rows);
    return month ? EXIT_FINDINGS : EXIT_DONE;
}
