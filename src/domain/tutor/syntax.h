#pragma once
/*
 * syntax - a student's Python as a tree, and the questions asked of it (tree-sitter, grammar 0.23).
 *
 * Parsing never fails: broken code gives a tree with error nodes; text above 64 KiB is cut; text
 * that io/tree refuses gives no tree, and then nothing is found in it. A query is immutable after
 * compiling and may be used from any thread; a tree belongs to one thread. The text must outlive
 * the tree. Lines count from 1.
 */
#include "base/arena.h"

struct TSTree;
struct TSQuery;
struct syntax { /* a parsed file; zeroed: none */
    struct TSTree *tree;
    struct str text;
};
struct syntax syntax_parse(struct str text);
void syntax_free(struct syntax *s);
#define AUTO_SYNTAX __attribute__((cleanup(syntax_free))) struct syntax

struct place {
    uint32_t from, to;      /* bytes */
    int64_t line, line_end; /* of the node's own text */
};

/* --- queries --- */
enum { SYNTAX_CAPTURES = 16 };
struct syntax_capture {
    const char *name; /* as long as the query */
    struct place at;
    struct str text; /* into the file's text */
};
struct syntax_match {
    struct syntax_capture captures[SYNTAX_CAPTURES];
    size_t count;
};
/* NULL when the pattern does not compile. Freed with syntax_query_free. */
struct TSQuery *syntax_query_new(struct str pattern);
void syntax_query_free(struct TSQuery *q);
/* A pattern that is compiled when it is first asked for, by any thread: the grammar's analysis
 * takes milliseconds, and there are hundreds of them. */
struct syntax_pattern {
    struct str text;
    struct TSQuery *_Atomic query; /* freed with syntax_query_free */
};
const struct TSQuery *syntax_pattern_query(struct syntax_pattern *p);
/* False when q is NULL. The first match inside `within` (whole file: from 0, to UINT32_MAX) that
 * its text predicates accept and `keep` too; keep may be NULL. False: none. */
bool syntax_find(const struct syntax *s, const struct TSQuery *q, struct place within,
                 bool (*keep)(void *ctx, const struct syntax_match *m), void *ctx,
                 struct syntax_match *out);
const struct syntax_capture *syntax_captured(const struct syntax_match *m, const char *name);

/* --- regions --- */
enum region_kind { REGION_MODULE, REGION_FUNCTION, REGION_LOOP, REGION_BRANCH, REGION_STATEMENT };
struct region {
    enum region_kind kind;
    struct place at;
};
/* The smallest simple statement, or header of a compound one, that holds the line; widen 1: the
 * enclosing loop or branch; widen 2: the function (or the file). */
struct region syntax_region(const struct syntax *s, int64_t line, int widen);

/* --- names: what a line writes and reads --- */
enum { SYNTAX_NAMES = 24 };
struct line_names {
    struct str defs[SYNTAX_NAMES], uses[SYNTAX_NAMES];
    size_t def_count, use_count;
    bool weak;  /* what it writes it also keeps: `x += 1`, `x[i] = 1`, `x.append(1)` */
    bool shows; /* prints */
    int64_t
        controlled[4]; /* headers of the loops and branches around it, innermost first; 0: none */
};
/* For lines 1..count (the array has count + 1 places; [0] is empty). */
void syntax_names(const struct syntax *s, struct arena *a, struct line_names **out, size_t *count);

/* Tokens without comments and layout: equal for programs that differ only in those. */
struct str syntax_shape(const struct syntax *s, struct arena *a);
/* Is there anything but comments and blank lines? */
bool syntax_is_empty(const struct syntax *s);
