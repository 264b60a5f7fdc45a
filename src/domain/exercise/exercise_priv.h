#pragma once
/* exercise - what its files share. */
#include "domain/exercise/exercise.h"

enum {
    PACKAGE_FILES = 400,
    PACKAGE_BYTES = 8 << 20,
    PACKAGE_FILE_BYTES = 1 << 20,
    PACKAGE_STATEMENT_BYTES = 64 << 10,
    PACKAGE_MEDIA_BYTES = 512 << 10,
    PACKAGE_TESTS = 100,
    POINTS_MAX_MP = 100'000,
};
#define PACKAGE_ROOT "content/exercises/"

/* One package while it is read. */
struct package {
    struct arena *a;
    struct fail *f;
    struct exercise *x;
    const struct folder_file *files;
    size_t file_count;
};

/* One detail, one error: every refusal of a package reads the same. */
#define PACKAGE_WRONG(p, ...) FAIL((p)->f, ERR_INPUT, "package.malformed", __VA_ARGS__)
#define PACKAGE_LATER(p, ...) FAIL((p)->f, ERR_INPUT, "package.unsupported", __VA_ARGS__)

const struct folder_file *package_find(const struct package *p, struct str path);
/* Decodes by table; the refusal names the first wrong field in words. */
enum err package_decode(struct package *p, const struct api_shape *shape, const struct json *in,
                        const char *what, void **out);
/* exercise.yaml as it stands in the package or in the store. */
enum err package_manifest(struct package *p, const struct json *manifest);
enum err package_tests(struct package *p, const struct api_list *raw, const struct json *tests);
enum err package_rules(struct package *p, const struct api_list *raw);
/* starter, solutions and known-wrong programs from the files. */
enum err package_programs(struct package *p);
enum err package_paths(struct package *p);
struct str package_hash(struct package *p);

/* {es, en}, both required, each at most 20 000 code points; the tighter limits of title and summary
 * are in their own shapes. */
extern const struct api_shape text_shape;
/* One test as written in the manifest, compare and value brought to one form. */
struct raw_test {
    struct str id;
    struct exercise_text *title, *feedback;
    struct str kind, visibility;
    int64_t points_mp;
    struct str group, after;
    struct exercise_limits *limits;
    int64_t seed;
    struct str stdin_text;
    struct api_texts argv;
    struct str expected, compare;
    double abs, rel;
    struct str call;
    struct api_json args, kwargs;
    struct str value;
    struct api_json value_json; /* a list of one */
    bool loose;
    struct str raises, printed;
    struct api_json unchanged;
};
extern const struct api_shape raw_test_shape;
extern const struct api_shape limits_shape, raw_rule_shape;
/* The tests of a manifest with compare, value, stdin, expected and args in the form of the table.
 */
enum err package_normal_tests(struct package *p, const struct json *tests, struct json *out);
/* A copy of an object with one member replaced, added, or (value NULL) left out. */
struct json json_with(struct arena *a, const struct json *object, const char *key,
                      const struct json *value);

/* The position of a word in a table; SIZE_MAX when absent. */
size_t word_at(const char *const *words, size_t n, struct str s);
extern const char *const exercise_kind_words[],
    *const test_kind_words[], *const visibility_words[], *const compare_words[],
                                                             *const group_words[];
