#pragma once
/*
 * submission - what happens to a student's code: runs, judging, grades.
 *
 * Section "judging" needs no store: a run is described here, executed by io/sandbox, and compared
 * here; expected values never enter a box (judge.md, fixed ideas). Same files + same exercise
 * version + same seed = same verdict.
 *
 * struct judge_result holds hidden inputs, expected and actual values: only judge_student_view goes
 * to a student. Ownership: results live in the arena they were made in. Threads: everything here is
 * safe from any thread; judge_run starts its own helpers and joins them.
 */
#include "domain/exercise/exercise.h"
#include "domain/session/session.h"
#include "io/sandbox/sandbox.h"

/* --- judging --- */

enum verdict {
    VERDICT_NONE, /* not decided: the row's verdict is absent */
    VERDICT_PASSED,
    VERDICT_WRONG_ANSWER,
    VERDICT_PRESENTATION,
    VERDICT_RUNTIME_ERROR,
    VERDICT_TIME_LIMIT,
    VERDICT_IDLE_LIMIT,
    VERDICT_MEMORY_LIMIT,
    VERDICT_PROCESS_LIMIT,
    VERDICT_OUTPUT_LIMIT,
    VERDICT_OK, /* free run: ended normally */
    VERDICT_VIOLATION,
    VERDICT_COMPILE_ERROR,
    VERDICT_COMPILE_LIMIT,
    VERDICT_CONSTRUCT_VIOLATION,
    VERDICT_SKIPPED,
    VERDICT_UNSTABLE,
    VERDICT_JUDGE_ERROR,
    VERDICT_ACCEPTED, /* of a submission */
    VERDICT_PARTIAL,
    VERDICT_REJECTED,
    VERDICT_COUNT
};
const char *verdict_name(enum verdict v); /* "passed"; NULL for VERDICT_NONE */
MUST_USE bool verdict_named(struct str name, enum verdict *out);
bool verdict_good(enum verdict v); /* passed, presentation */

/* Frames are in sandbox order, outermost first; only the student's files. 0 = unknown. */
struct diagnostic {
    const char *phase;    /* compile run construct */
    const char *severity; /* error warning */
    struct str file;      /* empty: outside the student's files */
    int32_t line, column, end_line, end_column;
    const char *code;   /* "python.NameError" */
    const char *family; /* "name" */
    struct exercise_text message;
    struct str raw; /* the language's own words */
    const struct sandbox_frame *frames;
    size_t frame_count;
};

/* One test of one judging. */
struct judge_test {
    const struct exercise_test *test;
    enum verdict verdict;
    int64_t points_mp; /* earned, before group rules */
    int64_t wall_ms, cpu_ms, memory_kib;
    int exit_code, signal;
    int tries;
    struct str actual;      /* printed output or returned value, at most 4096 bytes of UTF-8 */
    struct str stdout_text; /* call tests: what the program printed, at most 4096 bytes */
    struct exercise_text message;        /* why, for people; may be empty */
    const struct diagnostic *diagnostic; /* NULL: none */
};

/* A construct rule that a program breaks, and where it does so first. */
struct judge_broken {
    const struct exercise_rule *rule;
    struct str file;
    struct construct_place at;
    bool unknown; /* it could not be checked: our fault, no effect */
};

/* One line of the explanation. Points before rounding to the score are in the tests' own units. */
struct judge_reason {
    const char *rule; /* visible hidden group cap total */
    struct str id;    /* of a group or a construct rule */
    int64_t passed, total;
    int64_t points_mp, max_mp;
};

struct judge_result {
    enum verdict verdict; /* accepted partial rejected, or a word of the whole submission */
    int64_t score_mp, max_mp;
    int64_t passed, total;          /* presentation counts as passed */
    const struct judge_test *tests; /* in order of the exercise; those not asked for are left out */
    size_t test_count;
    const struct diagnostic *diagnostics; /* without repetition, at most 20 */
    size_t diagnostic_count;
    const struct judge_broken *broken; /* none when it does not compile */
    size_t broken_count;
    const struct judge_reason *reasons;
    size_t reason_count;
    int64_t wall_ms; /* from the first box to the last answer: tests side by side count once */
    int64_t cpu_ms, memory_kib;
    int64_t first_failed; /* number of the first test that did not pass; 0: all passed */
    uint32_t layers;
    struct str toolchain, keeper;
};

/* The student's files; path and text are only read during the call. Files that a student may not
 * change, and those that were not sent, come from the starter. */
struct judge_job {
    const struct env *env; /* its monotonic clock tells the result's wall_ms */
    const struct exercise *exercise;
    const struct sandbox_file *files;
    size_t file_count;
    bool visible_only;
    bool stop_at_failure; /* the rest is VERDICT_SKIPPED */
    int parallel;         /* tests at once; 0 = 4 */
    int hash_seed;
    const int64_t *order; /* numbers of tests in the order to start them; NULL = as written */
    /* After each test, one at a time, in order of completion, from any thread. May be NULL. */
    void (*progress)(void *ctx, const struct judge_test *t, int64_t done, int64_t total);
    /* Between tests, on the calling thread only: an error ends the judging (job_check). May be
     * NULL. */
    enum err (*check)(void *ctx, struct fail *f);
    void *ctx;
};
/* A test that ends as judge_error is tried three times. ERR_INPUT (run.files): more than 16 files,
 * or one that is too large. ERR_BUSY, ERR_IO: of the sandbox. What `check` returned. */
enum err judge_run(struct sandbox *s, const struct judge_job *job, struct arena *a,
                   struct judge_result *out, struct fail *f);

/* A run without tests. */
struct judge_free {
    enum verdict verdict; /* ok, compile_error, runtime_error, a limit, violation, judge_error */
    int exit_code, signal;
    struct str stdout_text, stderr_text; /* valid UTF-8; control characters made visible */
    const struct diagnostic *diagnostics;
    size_t diagnostic_count;
    int64_t wall_ms, cpu_ms, memory_kib;
    uint32_t layers;
    struct str toolchain, keeper;
};
struct judge_free_job {
    const struct exercise *exercise;
    const struct sandbox_file *files;
    size_t file_count;
    struct str stdin_text;
    struct sandbox_ticket *ticket;
    struct sandbox_sink sink; /* output while it runs */
};
enum err judge_free_run(struct sandbox *s, const struct judge_free_job *in, struct arena *a,
                        struct judge_free *out, struct fail *f);

/* Many tests of one visibility in one shared box, for the tutor: nothing is graded from it, and a
 * student never sees a hidden one. Expected values stay outside, as in judge_run. */
struct judge_probe_job {
    const struct exercise *exercise;
    const struct sandbox_file *files;
    size_t file_count;
    bool hidden;            /* the tests that are not visible, instead of the visible ones */
    const int64_t *numbers; /* only these, in this order; NULL: all */
    size_t number_count;
    bool trace;              /* see struct sandbox_step */
    uint64_t seed;           /* of `random`; 0: the first test's own */
    int64_t step_ms, all_ms; /* CPU of one test and of all; 0: the exercise's own limits */
};
struct judge_probe {
    const struct judge_test *tests;
    const struct sandbox_step_result *steps; /* as many */
    size_t count;
    const struct sandbox_file *files; /* as they were in the box: sandbox_line.file is an index */
    size_t file_count;
    bool compile; /* the compiler refused the program: steps[i].exception says why */
    int64_t wall_us;
};
/* A test past its limit is VERDICT_TIME_LIMIT. Errors of judge_run. */
enum err judge_probe(struct sandbox *s, const struct judge_probe_job *in, struct arena *a,
                     struct judge_probe *out, struct fail *f);

/* The construct rules that a program which compiles breaks; needs no box. ERR_INPUT (run.files). */
enum err judge_broken_rules(const struct exercise *x, const struct sandbox_file *files, size_t n,
                            struct arena *a, const struct judge_broken **out, size_t *count,
                            struct fail *f);

/* Many programs against one test in one shared box, for the tutor's repair search: which of them
 * may pass. Nothing is graded from it, and what a program printed or returned is dropped. */
enum { JUDGE_VARIANTS = 64 };
struct judge_variants_job {
    const struct exercise *exercise;
    const struct exercise_test *test;
    const struct str *texts; /* of the main file; at most JUDGE_VARIANTS */
    size_t count;
    int64_t step_ms; /* CPU of each */
};
/* passed: a place for each text. Errors of judge_run. */
enum err judge_variants(struct sandbox *s, const struct judge_variants_job *in, bool *passed,
                        struct fail *f);

/* What a student may see of one test: the only shape that leaves the server for a student. */
struct judge_seen {
    int64_t number, points_mp, max_points_mp;
    struct str id, title; /* ptr NULL: not shown */
    const char *visibility, *kind;
    enum verdict verdict;
    struct str call, stdin_text, expected, actual, stdout_text, message;
    int64_t wall_ms, cpu_ms, memory_kib;
};
enum judge_hidden { JUDGE_HIDDEN_NONE, JUDGE_HIDDEN_COUNT, JUDGE_HIDDEN_NAMES };
struct judge_view {
    const struct judge_seen *tests; /* visible ones; with NAMES also the hidden ones that failed */
    size_t test_count;
    int64_t hidden_passed, hidden_total; /* API_ABSENT with JUDGE_HIDDEN_NONE */
};
struct judge_view judge_student_view(const struct judge_result *r, enum judge_hidden hidden,
                                     struct str lang, struct arena *a);

/* Grade from verdicts and broken rules: the same function live, on regrade and in exports. A rule
 * that rejects leaves no points, one that caps a share of them. Fills verdict,
 * score_mp, max_mp, passed, total, first_failed and reasons; the rest is kept. Pure. */
void judge_grade(const struct exercise *x, struct judge_result *r, struct arena *a);

/* One character per test in order: p passed, f wrong, e error, t limit, s skipped. */
struct str judge_vector(const struct judge_result *r, struct arena *a);

/* A sandbox exception in the shape of judge.md B. */
struct diagnostic diagnose_python(const struct sandbox_exception *e, struct arena *a);

/* Bytes of a program as text people can read: invalid UTF-8, control, ANSI and bidi characters
 * become visible marks; at most max bytes. */
struct str judge_visible_text(struct str bytes, size_t max, struct arena *a);

/* --- comparing (pure) --- */

enum compare_outcome { COMPARE_SAME, COMPARE_SPACE_ONLY, COMPARE_DIFFERENT };
/* SPACE_ONLY only when `exact` was asked and `trimmed` would do. */
enum compare_outcome compare_texts(struct exercise_compare how, struct str want, struct str got,
                                   struct arena *a);
/* False: not a regular expression PCRE2 accepts. */
MUST_USE bool compare_pattern_valid(struct str pattern);

enum value_kind {
    VALUE_NONE,
    VALUE_BOOL,
    VALUE_INT,
    VALUE_FLOAT,
    VALUE_TEXT,
    VALUE_BYTES,
    VALUE_LIST,
    VALUE_TUPLE,
    VALUE_SET,
    VALUE_DICT,
    VALUE_OBJECT
};
struct value {
    enum value_kind kind;
    union {
        bool b;
        double r;
        struct str s; /* TEXT, BYTES; INT: decimal digits with '-', no leading zeros */
        struct {
            struct value *items; /* DICT: key, value, key, value, ... */
            size_t n;            /* DICT: number of pairs */
        };
        struct {
            struct str type, repr;
        };
    };
};
/* Tagged JSON (judge.md A3), as a box sends it: nothing about it is believed. False: malformed. */
MUST_USE bool value_from_tagged(struct str json, struct arena *a, struct value *out);
/* A Python literal, nested at most 64 deep. ERR_INPUT (package.literal). */
enum err value_from_python(struct str source, struct arena *a, struct value *out, struct fail *f);
/* Types count; floats by rel 1e-9 or abs 1e-12; loose: list = tuple, True = 1, 6.0 = 6. */
bool value_equal(const struct value *want, const struct value *got, bool loose, struct arena *a);
/* As Python's repr writes it; cut at max bytes. */
struct str value_repr(const struct value *v, size_t max, struct arena *a);

/* --- commands --- */

/* `ainative judge-batch`: every .py below a folder against one exercise. */
struct batch_job {
    struct str exercise; /* package folder */
    struct str programs; /* folder; its first level may be correct/, wrong/ or fail/ */
    int64_t jobs;        /* programs at once, 1..64 */
    bool all_tests;      /* do not stop at the first failure */
    /* One JSON line (with its LF) a program, in order of completion. */
    void (*line)(void *ctx, struct str json);
    void *ctx;
};
struct batch_report {
    int64_t programs, accepted, rejected, errors; /* errors: judge_error */
    int64_t correct, correct_accepted, wrong, wrong_rejected, unlabelled;
    const struct str *disagreements; /* "wrong/x.py: accepted" */
    size_t disagreement_count;
    int64_t boxes;
    double seconds;
};
enum err judge_batch(struct sandbox *s, const struct env *env, const struct batch_job *job,
                     struct arena *a, struct batch_report *out, struct fail *f);
/* For people: counts, agreement by label, disagreements, programs a second. */
void judge_batch_print(const struct batch_report *r, struct buf *b);

/* `ainative exercise check`: V1 to V11 of judge.md A7 for one package. */
enum check_outcome { CHECK_OK, CHECK_WARN, CHECK_REFUSED, CHECK_UNMEASURED };
struct check_item {
    const char *id; /* "V2" */
    enum check_outcome outcome;
    struct str text; /* what was found, in English; lines separated by LF */
};
/* Mutants of the solutions: `run` of those `made`; the others of `run` were noticed by a test. */
struct check_mutation {
    int64_t made, run, killed, survived, equivalent, not_compiled;
};
/* Noticed of those that count, in thousandths. */
int64_t check_score(const struct check_mutation *n);
struct check_report {
    struct str slug;
    struct check_mutation mutation;
    const struct check_item *items;
    size_t item_count;
    int64_t boxes, wall_ms;
    bool refused;
};
struct check_job {
    struct str slug;
    struct str path;        /* package folder; empty: the package of that slug inside the program */
    int64_t mutants;        /* at most so many are run, spread evenly; 0: 200 */
    int64_t floor_permille; /* of the mutation score; 0: 600 */
    int64_t repeats;        /* of each solution, 2 to CHECK_REPEATS; 0: CHECK_REPEATS */
};
enum { CHECK_REPEATS = 5 }; /* judge.md A7, V2 */
/* A package that cannot be read is a report (V1 refused), not an error. */
enum err exercise_check(struct sandbox *s, const struct env *env, const struct check_job *job,
                        struct arena *a, struct check_report *out, struct fail *f);
void exercise_check_print(const struct check_report *r, bool json, struct buf *b);

/* --- runs and submissions of sessions --- */

struct submissions; /* the module */
struct submissions_conf {
    struct db *db;
    struct hub *hub;
    struct jobs *jobs;
    struct sandbox *sandbox; /* NULL in a process that does not judge */
    struct sessions *sessions;
    struct exercises *exercises;
    const struct env *env;
    const struct log *log;
    struct str tenant;
};
struct submissions *submission_module(struct arena *a, const struct submissions_conf *conf);

extern const struct http_route run_routes[], submission_routes[];
extern const size_t run_route_count, submission_route_count;

/* Job kinds judge.run and judge.submission, and what marks their targets as failed. */
job_run judge_run_job, judge_submission_job;
job_dead judge_run_dead, judge_submission_dead;

/* The newest graded submission of a session, for the tutor and reports. ERR_NOT_FOUND. */
struct graded {
    struct str submission_id, verdict;
    int64_t attempt, score_mp, passed, total, done_at;
};
enum err submission_last(struct db_conn *c, struct str tenant, struct str session_id,
                         struct arena *a, struct graded *out, struct fail *f);
