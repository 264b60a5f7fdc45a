#pragma once
/*
 * construct - rules about what a program is made of: "no loop", "must call itself" (judge.md A5).
 *
 * A rule is read from its text in a manifest and asked of a syntax tree (io/tree). Names are
 * followed one assignment or one `import ... as` deep; deeper evasion (getattr, a list of
 * functions) is a known limit. A name the student defined, `sort` for example, is theirs and no
 * violation. Pure but for the clock of tree queries; any thread.
 */
#include "io/tree/tree.h"

enum construct_kind {
    CONSTRUCT_QUERY, /* a tree-sitter pattern that matches min..max times */
    CONSTRUCT_NO_LOOP,
    CONSTRUCT_MUST_LOOP,
    CONSTRUCT_NO_RECURSION,
    CONSTRUCT_MUST_RECURSION,
    CONSTRUCT_NO_BUILTIN_SORT,
    CONSTRUCT_NO_BUILTIN_MAX,
    CONSTRUCT_ONLY_IMPORTS,
    CONSTRUCT_NO_GLOBAL,
    CONSTRUCT_NO_EVAL,
    CONSTRUCT_NO_GOTO,
    CONSTRUCT_NO_PRINT_IN,
    CONSTRUCT_MUST_DEFINE,
    CONSTRUCT_MAX_LINES,
    CONSTRUCT_NO_CONDITIONAL,
    CONSTRUCT_MUST_USE_CLASS,
    CONSTRUCT_COUNT
};
struct construct {
    enum tree_lang lang;
    enum construct_kind kind;
    struct str function;     /* scope; empty: the file */
    const struct str *names; /* only_imports: the allowed; no_print_in, must_define: one */
    size_t name_count;
    int64_t number;   /* must_define: arguments; max_lines: lines */
    struct str query; /* CONSTRUCT_QUERY */
    int64_t min, max; /* of its matches */
};

/* "no_loop", "only_imports [math, random]", "no_print_in f", "must_define f/2", "max_lines 10" into
 * kind, names and number of *out, whose lang is set. ERR_INPUT (construct.builtin). */
enum err construct_read(struct str text, struct arena *a, struct construct *out, struct fail *f);
/* ERR_INPUT (tree.query). */
enum err construct_query_check(const struct construct *c, struct fail *f);
/* True for a rule that asks for something: with several files one that has it is enough. */
bool construct_is_must(enum construct_kind kind);

struct construct_place {
    uint32_t line, column, end_line, end_column;
};
/* Does the program break the rule, and where? ERR_TIMEOUT (tree.budget), ERR_LIMIT (tree.states,
 * construct.functions): not known. */
enum err construct_broken(const struct construct *c, const struct tree *t, struct arena *a,
                          bool *broken, struct construct_place *at, struct fail *f);
