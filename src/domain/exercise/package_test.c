/* What authors are told: every message of a package that is refused, with its place and its limit.
 */
#include "domain/exercise/exercise_priv.h"
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>

static const char manifest[] =
    "format: 1\nid: suma\ntitle: {es: \"Suma\", en: \"Sum\"}\nsummary: {es: a, en: b}\n"
    "kind: code\nlanguages: [python]\ndifficulty: easy\nminutes: 5\nskills: [expr.arith]\n"
    "entry: {function: suma, params: [{name: a, type: int}], returns: int}\n"
    "tests:\n"
    "  - {id: v1, title: {es: a, en: b}, kind: call, visibility: visible, call: \"suma(1)\", "
    "value: \"1\"}\n"
    "  - {id: v2, title: {es: a, en: b}, kind: stdio, visibility: hidden, stdin: \"1\\n\", "
    "expected: \"1\\n\"}\n"
    "  - {id: v3, title: {es: a, en: b}, kind: call, visibility: hidden, call: suma, args: [1], "
    "value: 1, unchanged: [0]}\n"
    "limits: {cpu_ms: 500}\nauthors: [x]\nlicense: MIT\n";

/* The manifest with one piece replaced. */
static struct str spoiled(struct arena *a, const char *from, const char *to)
{
    struct str all = str_of(manifest);
    size_t at = str_find(all, str_of(from));
    CHECK(at != SIZE_MAX);
    struct str tail = str_from(all, at + strlen(from));
    return arena_fmt(a, "%.*s%s%.*s", (int)at, manifest, to, STR_ARG(tail));
}

/* A good package in the order of its paths; what a case changes comes in `other`. */
static enum err read_with(struct str yaml, const struct folder_file *other, struct arena *a,
                          struct fail *f)
{
    const struct folder_file good[] = {
        { STR("exercise.yaml"), yaml },
        { STR("media/a.png"), STR("") },
        { STR("solution/python/a/main.py"), STR("def suma(a):\n    return a\n") },
        { STR("statement.en.md"), STR("Sum.") },
        { STR("statement.es.md"), STR("Sumar.") },
        { STR("wrong/python/w/main.py"), STR("def suma(a):\n    return 0\n") },
        { STR("wrong/python/w/wrong.yaml"), STR("verdict: wrong_answer\nmust_fail: [v1]\n") },
    };
    struct folder_file *files = ARENA_ARRAY(a, struct folder_file, COUNT_OF(good) + 1);
    struct exercise *x = NULL;
    size_t n = 0;
    bool put = false;
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        int order = put || !other ? -1 : str_cmp(good[i].path, other->path);
        if (order >= 0) {
            put = true;
            if (other->data.ptr)
                files[n++] = *other;
        }
        if (order != 0)
            files[n++] = good[i];
    }
    return exercise_from_files(STR("suma"), files, n, a, &x, f);
}

static void check_says(enum err e, const struct fail *f, const char *hint, const char *says)
{
    if (!strstr(f->detail, says))
        printf("# wanted %s, got %s\n", says, f->detail);
    CHECK_INT(e, ERR_INPUT);
    CHECK_STR(str_of(f->hint), hint);
    CHECK(strstr(f->detail, says) != NULL);
}

TEST(the_package_that_the_cases_spoil_is_good)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    enum err e = read_with(str_of(manifest), NULL, &a, &f);
    if (e)
        printf("# %s\n", f.detail);
    CHECK(e == ERR_OK);
}

TEST(a_wrong_manifest_is_told_with_the_field_and_its_limit)
{
    static const struct {
        const char *from, *to, *says;
    } cases[] = {
        { "format: 1", "format: 2", "format: range, 1 to 1" },
        { "id: suma", "id: resta", "id: must be the name of the folder, suma" },
        { "minutes: 5", "minutes: 1", "minutes: range, 2 to 240" },
        { "minutes: 5", "minutes: many", "minutes: type" },
        { "skills: [expr.arith]", "skills: []", "skills: length, 1 to 6" },
        { "difficulty: easy", "difficulty: hardest", "difficulty: enum" },
        { "en: \"Sum\"", "en: \"\"", "title.en: length, 3 to 80" },
        { "cpu_ms: 500", "cpu_ms: 99999", "limits.cpu_ms: range, " },
        { "license: MIT", "licence: MIT", "license: missing; and more" },
        { "call: \"suma(1)\", value", "value", "test v1: needs call, and one of value and raises" },
        { "value: \"1\"}", "value: \"1\", expected: x}",
          "test v1: expected and args[] of text belong to stdio" },
        { ", expected: \"1\\n\"}", "}", "test v2: stdio has stdin, args and expected" },
        { "id: v3", "id: v1", "test v1: its id stands twice" },
        { "kind: stdio", "after: v9, kind: stdio", "test v2: after: no earlier test v9" },
        { "kind: stdio", "group: g, kind: stdio", "test v2: group: there is no such group" },
        { "unchanged: [0]", "unchanged: [-1]", "test v3: unchanged: positions from 0" },
        { "stdin: \"1\\n\"", "stdin: {file: tests/none.txt}",
          "stdin: {file} must name a text below tests/" },
        { "  - {id: v1", "  - uno\n  - {id: v1", "tests.0: must be a mapping" },
        { "limits:",
          "groups: [{id: g, points: 1, rule: sum}, {id: g, points: 1, rule: sum}]\nlimits:",
          "groups.1.id: stands twice" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO_ARENA a = { 0 };
        struct fail f = { 0 };
        enum err e = read_with(spoiled(&a, cases[i].from, cases[i].to), NULL, &a, &f);
        check_says(e, &f, "package.malformed", cases[i].says);
    }
}

TEST(what_comes_later_is_told_apart_from_what_is_wrong)
{
    static const struct {
        const char *from, *to, *says;
    } cases[] = {
        { "kind: code", "kind: sql", "kind: not supported yet: kind sql" },
        { "[python]", "[c]", "languages: not supported yet: anything but [python]" },
        { "minutes: 5", "minutes: 5\nvariant: {by: student}", "variant: not supported yet" },
        { "kind: stdio", "kind: unit", "test v2: not supported yet: kind unit" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO_ARENA a = { 0 };
        struct fail f = { 0 };
        enum err e = read_with(spoiled(&a, cases[i].from, cases[i].to), NULL, &a, &f);
        check_says(e, &f, "package.unsupported", cases[i].says);
    }
}

TEST(a_manifest_that_is_no_mapping_is_told)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    check_says(read_with(STR("format: [1\n"), NULL, &a, &f), &f, "package.yaml", "line ");
    check_says(read_with(STR("id: suma\ntests: 3\n"), NULL, &a, &f), &f, "package.malformed",
               "tests: must be a list");
}

static struct str bytes(struct arena *a, size_t n)
{
    char *p = ARENA_ARRAY(a, char, n);
    memset(p, 'x', n);
    return (struct str){ p, n };
}

/* data.ptr NULL: the file is left out. */
TEST(a_wrong_file_is_told_with_its_path_and_limit)
{
    AUTO_ARENA a = { 0 };
    const struct {
        struct folder_file file;
        const char *says;
    } cases[] = {
        { { STR("exercise.yaml"), { 0 } }, "exercise.yaml is missing" },
        { { STR("statement.es.md"), { 0 } }, "statement.es.md is missing or empty" },
        { { STR("statement.en.md"), STR(" \n") }, "statement.en.md is missing or empty" },
        { { STR("statement.en.md"), STR("\xff") }, "statement.en.md: not UTF-8" },
        { { STR("statement.en.md"), bytes(&a, PACKAGE_STATEMENT_BYTES + 1) }, "statement.en.md: " },
        { { STR("media/a.png"), bytes(&a, PACKAGE_MEDIA_BYTES + 1) }, "media/a.png: " },
        { { STR("solution/python/a/main.py"), bytes(&a, PACKAGE_FILE_BYTES + 1) },
          "solution/python/a/main.py: " },
        { { STR("notes.txt"), STR("x") }, "notes.txt: not a file of a package" },
        { { STR("solution/python/a/main.py"), { 0 } },
          "solution/python: at least one reference is needed" },
        { { STR("starter/python/otra.py"), STR("x") }, "otra.py: not one of files" },
        { { STR("wrong/python/w/wrong.yaml"), { 0 } }, "wrong/python/w/wrong.yaml is missing" },
        { { STR("wrong/python/w/wrong.yaml"), STR("verdict: wrong_answer\nmust_fail: [v9]\n") },
          "wrong w: must_fail: no test v9" },
        { { STR("wrong/c/w/main.c"), STR("x") }, "wrong/c/w/main.c: not of a language" },
        { { STR("wrong/python/alone.py"), STR("x") },
          "wrong/python/alone.py: a program is a folder" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fail f = { 0 };
        enum err e = read_with(str_of(manifest), &cases[i].file, &a, &f);
        check_says(e, &f, "package.malformed", cases[i].says);
        if (cases[i].file.data.len > PACKAGE_STATEMENT_BYTES)
            CHECK(strstr(f.detail, "bytes, at most ") != NULL);
    }
}

TEST(too_many_files_and_files_out_of_order_are_told)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct exercise *x = NULL;
    struct folder_file *many = ARENA_ARRAY(&a, struct folder_file, PACKAGE_FILES + 1);
    for (size_t i = 0; i <= PACKAGE_FILES; i++)
        many[i] = (struct folder_file){ arena_fmt(&a, "tests/%04zu", i), STR("") };
    check_says(exercise_from_files(STR("suma"), many, PACKAGE_FILES + 1, &a, &x, &f), &f,
               "package.malformed", "401 files, at most 400");
    many[1].path = many[0].path;
    check_says(exercise_from_files(STR("suma"), many, 2, &a, &x, &f), &f, "package.malformed",
               "tests/0000: files are not sorted");
}
