#pragma once
/*
 * exercise - what a student is asked to do: package, version, and what of it a student may see.
 *
 * Two sources give the same struct exercise: a package folder (content/exercises/SLUG inside the
 * program, or any folder for the commands) and the store (a published version). A version never
 * changes. Everything here includes hidden parts; only the shapes of exercise_api.c, filled by an
 * allow-list, go to a student.
 *
 * Ownership: structs live in the arena they were loaded into, or as long as struct exercises when
 * they come from exercise_get; immutable after loading. Threads: struct exercises is shared (own
 * lock). Units: *_mp points in thousandths; *_ms, *_kib. Format: judge.md A.
 */
#include "base/json.h"
#include "domain/exercise/construct.h"
#include "io/db/db.h"
#include "io/folder/folder.h"
#include "io/http/http.h"

/* The same text in both languages; either may be empty only where the format allows it. */
struct exercise_text {
    struct str es, en;
};
static inline struct str exercise_say(struct exercise_text t, struct str lang)
{
    return (str_is(lang, "en") && t.en.ptr) || !t.es.ptr ? t.en : t.es;
}

enum exercise_kind { EXERCISE_CODE, EXERCISE_FIX, EXERCISE_KIND_COUNT };
enum exercise_test_kind { TEST_STDIO, TEST_CALL, TEST_KIND_COUNT };
enum exercise_visibility { TEST_VISIBLE, TEST_HIDDEN, TEST_AFTER_DUE, VISIBILITY_COUNT };
enum exercise_compare_mode {
    COMPARE_EXACT,
    COMPARE_TRIMMED,
    COMPARE_TOKENS,
    COMPARE_FOLD,
    COMPARE_NUMBER,
    COMPARE_REGEX,
    COMPARE_JSON,
    COMPARE_CSV,
    COMPARE_LINES_ANY_ORDER,
    COMPARE_COUNT
};
enum exercise_group_rule { GROUP_SUM, GROUP_MIN, GROUP_ALL, GROUP_RULE_COUNT };

/* How an output is compared with the expected one. */
struct exercise_compare {
    enum exercise_compare_mode mode;
    double abs, rel; /* number, json, csv: 1e-6 and 1e-9 unless the test says otherwise */
};

/* 0 in a test: the exercise's own. */
struct exercise_limits {
    int64_t cpu_ms, wall_ms, memory_kib, output_kib, files_kib, processes, threads;
};

struct exercise_test {
    int64_t number; /* 1..100, in order of the manifest */
    struct str row; /* exercise_tests.id; empty when loaded from a folder */
    struct str id;
    struct exercise_text title, feedback;
    enum exercise_test_kind kind;
    enum exercise_visibility visibility;
    int64_t points_mp;
    struct str group; /* empty: none */
    int64_t after;    /* number of the test that must pass first; 0: none */
    struct exercise_limits limits;
    uint64_t seed;
    struct str stdin_text;
    /* stdio: argv and expected · call: printed output expected, ptr NULL when it does not matter */
    const struct str *argv;
    size_t argc;
    struct str expected;
    struct exercise_compare compare;
    /* call: `call` is an expression of the language, or a name when args_json is set */
    struct str call, args_json, kwargs_json;
    struct str value; /* a literal of the language, or tagged JSON when value_is_json */
    bool value_is_json;
    bool loose;               /* list equals tuple, True equals 1, 6.0 equals 6 */
    struct str raises;        /* name of the exception expected instead of a value */
    const int64_t *unchanged; /* positions of arguments that must come out as they went in */
    size_t unchanged_count;
};

struct exercise_group {
    struct str id;
    int64_t points_mp;
    enum exercise_group_rule rule;
};
struct exercise_hint {
    int64_t rung, number; /* rung 1..4; number counts within the rung from 1 */
    struct exercise_text text;
    struct str when; /* test id or misconception id it is specific for; empty: any */
};
enum exercise_effect { EFFECT_REJECT, EFFECT_CAP, EFFECT_WARN, EFFECT_COUNT };
/* What a program may or must be made of, and what follows when it is not. */
struct exercise_rule {
    struct str id; /* a-z, 0-9, - */
    struct construct what;
    enum exercise_effect effect;
    int64_t cap_percent; /* EFFECT_CAP: the score is at most that share */
    struct exercise_text message;
};
/* One file the student works on. */
struct exercise_file {
    struct str path;
    bool editable, visible;
    int64_t max_bytes;
    struct str starter; /* text at the start; empty when the package has none */
};
/* A reference solution or a known-wrong program. */
struct exercise_program {
    struct str name;
    const struct folder_file *files; /* paths relative to the program */
    size_t file_count;
    /* known-wrong only */
    struct str misconception, verdict, rule; /* may be empty */
    const struct str *must_fail;
    size_t must_fail_count;
    bool only;
};
/* A mutant of a solution that no test can notice, and why (`exercise check`). */
struct exercise_equivalent {
    struct str solution, edit, reason;
    int64_t line;
};
struct exercise_level {
    int64_t points_mp;
    struct exercise_text text;
};
struct exercise_criterion {
    struct str id, source; /* tests static process teacher */
    struct exercise_text title;
    int64_t weight_mp; /* of 100 000 */
    const struct exercise_level *levels;
    size_t level_count;
};

struct exercise {
    /* of the store; empty and 0 when loaded from a folder */
    struct str id, version_id;
    int64_t version;
    struct str slug;
    struct exercise_text title, summary, statement; /* statement: Markdown */
    enum exercise_kind kind;
    struct str language; /* "python" */
    struct str difficulty;
    int64_t minutes;
    const struct str *skills;
    size_t skill_count;
    const struct str *misconceptions;
    size_t misconception_count;
    const struct exercise_file *files;
    size_t file_count;
    struct str main_path; /* the file that is run */
    struct str function;  /* entry.function; empty when the entry is a file */
    const struct exercise_test *tests;
    size_t test_count;
    const struct exercise_group *groups;
    size_t group_count;
    const struct exercise_rule *rules;
    size_t rule_count;
    struct exercise_limits limits; /* complete */
    const struct exercise_hint *hints;
    size_t hint_count;
    const struct exercise_criterion *rubric;
    size_t rubric_count;
    bool stdin_box, visible_tests, offline; /* run: what the Run button offers */
    int64_t points_mp;                      /* best possible score, 100 000 */
    const struct exercise_program *solutions, *wrong;
    size_t solution_count, wrong_count;
    const struct exercise_equivalent *equivalents;
    size_t equivalent_count;
    const struct json *manifest;       /* as written; its parts go to the store unchanged */
    const struct folder_file *package; /* every file; empty when loaded from the store */
    size_t package_count;
    struct str content_hash; /* 32 bytes: SHA-256 over sorted (path, SHA-256) pairs */
};

const char *exercise_kind_name(enum exercise_kind k);
const char *exercise_test_kind_name(enum exercise_test_kind k);
const char *exercise_visibility_name(enum exercise_visibility v);
const char *exercise_compare_name(enum exercise_compare_mode m);

/* --- packages --- */

/* YAML 1.2 core schema, one document, as JSON: no anchors, aliases, tags, merge keys or duplicate
 * keys; depth <= 16, 256 KiB. ERR_INPUT (package.yaml), ERR_TOO_LARGE (package.too_large): detail
 * names the line. Pure. */
enum err yaml_parse(struct str text, struct arena *a, struct json *out, struct fail *f);

/* Files of one package (paths relative to its folder, sorted) into an exercise. The files must
 * outlive it. slug: the folder's name. ERR_INPUT (package.malformed, package.unsupported):
 * f->detail says where and what. Pure. */
enum err exercise_from_files(struct str slug, const struct folder_file *files, size_t n,
                             struct arena *a, struct exercise **out, struct fail *f);
/* From a folder on disk. */
enum err exercise_from_folder(struct str path, struct arena *a, struct exercise **out,
                              struct fail *f);
/* From inside the program: content/exercises/SLUG. ERR_NOT_FOUND (exercise.unknown). */
enum err exercise_from_assets(struct str slug, struct arena *a, struct exercise **out,
                              struct fail *f);
/* Slugs of the packages inside the program, sorted. */
void exercise_slugs(struct arena *a, const struct str **out, size_t *n);

/* --- Markdown --- */

/* CommonMark and tables as Prose (JSON array of nodes; raw HTML becomes text, links only http,
 * https, mailto and fragments, images only of the package's media folder). Any input gives valid
 * output; input that is not UTF-8 is repaired. Depth is bounded. Pure. */
struct str prose_of_markdown(struct arena *a, struct str md);

/* --- the store --- */

struct exercises;
/* Reads skills, outline of the courses; both stay in memory. `a` must outlive the result. */
enum err exercises_open(struct exercises **out, struct arena *a, struct fail *f);
void exercises_close(struct exercises *x);

/* Publishes what the program carries: skills, misconceptions, then each package whose content
 * differs from its current version (the old one is retired and stays for the sessions that have
 * it). owner: a user of the tenant. May run again at any time; *published counts new versions. */
enum err exercise_sync(struct exercises *x, struct db *db, const struct env *env, struct str tenant,
                       struct str owner, int64_t *published, struct fail *f);

/* A published or retired version, with its hidden parts, from memory when it was asked before.
 * Valid until exercises_close. ERR_NOT_FOUND (not_found). */
enum err exercise_get(struct exercises *x, struct db_conn *c, struct str tenant,
                      struct str version_id, const struct exercise **out, struct fail *f);
/* The version a new session gets; by exercise id. ERR_NOT_FOUND (not_found): none is published. */
enum err exercise_current(struct exercises *x, struct db_conn *c, struct str tenant,
                          struct str exercise_id, const struct exercise **out, struct fail *f);
/* Title of a skill, or its id when unknown. */
struct str exercise_skill_title(const struct exercises *x, struct str skill, struct str lang);

/* GET /api/v1/exercises, GET /api/v1/exercises/{id}. req->self is struct exercises *: whoever joins
 * the tables sets `self` of these rows. */
extern const struct http_route exercise_routes[];
extern const size_t exercise_route_count;
