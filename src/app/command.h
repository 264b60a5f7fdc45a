#pragma once
/*
 * command - what `ainative WORD` does. main.c holds the one table of words.
 *
 * Exit codes: 0 done · 1 findings (a check found something, a trace is broken) · 2 wrong use or
 * configuration.
 */
#include "app/app.h"

enum { EXIT_DONE = 0, EXIT_FINDINGS = 1, EXIT_USAGE = 2 };

/* The words behind the subcommand. Options are taken out as they are read; what is left over is
 * wrong use. */
struct words {
    char **items;
    int n;
    const char *usage; /* what may stand behind the word, from the table in main.c */
};
/* The value of "--name VALUE" or "--name=VALUE"; NULL when absent. */
const char *word_option(struct words *w, const char *name);
bool word_flag(struct words *w, const char *name);
/* The next plain word, NULL when none is left. */
const char *word_next(struct words *w);
/* 0 when nothing is left over; else says what and gives EXIT_USAGE. */
int words_done(const struct words *w);
/* Says how the command is used and gives EXIT_USAGE. */
int words_wrong(const struct words *w);
/* Every "--set key=value" as a NULL-terminated list for app_args.flags, and --config FILE. */
struct app_args words_app_args(struct words *w, struct arena *a);

/* Says the failure on stderr and gives the exit code that fits. */
int command_failed(const char *what, const struct fail *f);

int command_serve(struct words *w);
int command_migrate(struct words *w);
int command_demo(struct words *w);
int command_user(struct words *w);
int command_export(struct words *w);
int command_verify_trace(struct words *w);
int command_verify_audit(struct words *w);
int command_check_config(struct words *w);
int command_routes(struct words *w);
int command_metrics(struct words *w);
int command_openapi(struct words *w);
int command_exercise(struct words *w);
int command_judge_batch(struct words *w);
int command_tutor_probe(struct words *w);
int command_sandbox(struct words *w);
