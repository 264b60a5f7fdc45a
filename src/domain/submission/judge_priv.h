#pragma once
/* judging - what its files share. */
#include "domain/submission/submission.h"

enum {
    JUDGE_ACTUAL_BYTES = 4096, /* of an output or value that is kept */
    JUDGE_FILES = 16,
    JUDGE_FILE_BYTES = 256 * 1024,
    JUDGE_DIAGNOSTICS = 20,
    JUDGE_TRIES = 3,
};

/* How many different diagnostics have words of their own. */
size_t diagnose_rules(void);

/* One test from what its box said. Pure. *compile: nothing was executed, `out` is only the
 * diagnostic. */
struct judge_box {
    const struct sandbox_step_result *step;
    int64_t memory_kib;
};
void judge_decide(const struct exercise_test *t, const struct judge_box *box, struct arena *a,
                  struct judge_test *out, bool *compile);
/* The verdict of an end that is no question of right or wrong; VERDICT_NONE for SANDBOX_EXITED. */
enum verdict judge_end_verdict(enum sandbox_end end);

/* The program's files as the box gets them. */
struct judge_files {
    struct sandbox_file files[JUDGE_FILES];
    size_t count;
};
enum err judge_files(const struct exercise *x, const struct sandbox_file *files, size_t n,
                     struct judge_files *out, struct fail *f);
/* Asks the rules of a program that compiles: fills out->broken. Pure. */
void judge_rules(const struct exercise *x, const struct judge_files *files, struct arena *a,
                 struct judge_result *out);
struct diagnostic judge_rule_diagnostic(const struct judge_broken *b, struct arena *a);
/* The box job of one test; *step must live as long as the job. */
struct sandbox_job judge_box_job(const struct exercise *x, const struct exercise_test *t,
                                 const struct judge_files *files, struct sandbox_step *step);
/* Copies what a judge_test holds into another arena. */
struct judge_test judge_test_keep(const struct judge_test *t, struct arena *a);
