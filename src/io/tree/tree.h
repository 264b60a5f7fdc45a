#pragma once
/*
 * tree - programs as flat syntax trees, and the patterns asked of them (tree-sitter 0.20, ABI 14).
 *
 * A tree is one array in pre-order in the caller's arena: the descendants of node i are
 * i + 1 .. nodes[i].end - 1, its first child is i + 1. Any bytes give a tree; text that is not the
 * language gives one with error nodes. Lines and columns count from 1, columns in code points.
 *
 * Budgets: text up to 256 KiB and about 30 000 tokens (see tree_parse); time as the caller says,
 * TREE_PARSE_US and TREE_QUERY_US unless there is a reason. tree-sitter has a memory of its own
 * beside the arena: it is behind `handle` and ends with tree_release (AUTO_TREE); the nodes live as
 * long as the arena.
 *
 * Threads: a tree and a query are immutable; a query may be run from several threads, each on its
 * own tree.
 */
#include "base/arena.h"
#include "base/fail.h"

enum tree_lang { TREE_PYTHON, TREE_C, TREE_JAVA, TREE_JAVASCRIPT, TREE_LANG_COUNT };
const char *tree_lang_name(enum tree_lang lang); /* "python" */
MUST_USE bool tree_lang_named(struct str name, enum tree_lang *out);

enum {
    TREE_SOURCE_MAX = 256 * 1024,
    TREE_PARSE_US = 200'000,
    TREE_QUERY_US = 50'000,
    TREE_CAPTURES = 16,
};
#define TREE_NONE UINT32_MAX

struct tree_node {
    uint32_t from, to; /* bytes */
    uint32_t line, column, end_line, end_column;
    uint32_t parent, next, end; /* next: sibling; TREE_NONE where there is none */
    uint16_t kind, field;       /* field: what it is to its parent; 0 = nothing in particular */
    bool named;                 /* false: a keyword or a sign */
    bool error;                 /* text the grammar does not know, or a token that is missing */
};

struct TSTree;
struct tree {
    enum tree_lang lang;
    struct str text; /* the caller's; must outlive the tree */
    const struct tree_node *nodes;
    uint32_t count; /* at least 1: the root is node 0 */
    bool errors;    /* some node is an error */
    struct TSTree *handle;
};

/* ERR_TOO_LARGE (tree.source), ERR_LIMIT (tree.tokens), ERR_TIMEOUT (tree.budget): *out is empty.
 * The limit of tokens is the library's: a node of 0.20 counts its children in 16 bits and one that
 * has more ruins the heap, so text whose signs, words and lines could come to that many is not
 * shown to it. Programs of people stay below up to about 100 KiB. */
enum err tree_parse(struct str text, enum tree_lang lang, int64_t budget_us, struct arena *a,
                    struct tree *out, struct fail *f);
void tree_release(struct tree *t);
#define AUTO_TREE __attribute__((cleanup(tree_release))) struct tree

/* --- names of the grammar --- */

/* The number of a kind or a field; 0 when the grammar has none of that name. */
uint16_t tree_kind(enum tree_lang lang, const char *name, bool named);
uint16_t tree_field(enum tree_lang lang, const char *name);
const char *tree_kind_name(enum tree_lang lang, uint16_t kind);

/* --- walking --- */

static inline struct str tree_text(const struct tree *t, uint32_t node)
{
    const struct tree_node *n = &t->nodes[node];
    return (struct str){ t->text.ptr + n->from, n->to - n->from };
}
static inline uint32_t tree_first(const struct tree *t, uint32_t node)
{
    return node + 1 < t->nodes[node].end ? node + 1 : TREE_NONE;
}
/* The first child with that field; TREE_NONE: none, or field is 0. */
uint32_t tree_child(const struct tree *t, uint32_t node, uint16_t field);

/* --- patterns --- */

struct TSQuery;
struct tree_query {
    struct TSQuery *query;
    enum tree_lang lang;
    uint32_t patterns;
};
/* Patterns as tree-sitter writes them, each with at least one capture; text predicates #eq?
 * #not-eq? #any-of? #not-any-of?. ERR_INPUT (tree.query): detail says what and where. */
enum err tree_query_new(enum tree_lang lang, struct str patterns, struct tree_query *out,
                        struct fail *f);
void tree_query_release(struct tree_query *q);
#define AUTO_TREE_QUERY __attribute__((cleanup(tree_query_release))) struct tree_query

struct tree_capture {
    const char *name; /* as long as the query */
    uint32_t node;
};
struct tree_match {
    struct tree_capture captures[TREE_CAPTURES];
    size_t count;
};
/* Tells `each` every match whose captures lie in the node `within`, until it says false.
 * ERR_TIMEOUT (tree.budget), ERR_LIMIT (tree.states): a match may have been left out. */
struct tree_search {
    const struct tree *tree;
    uint32_t within; /* 0: the whole file */
    int64_t budget_us;
    bool (*each)(void *ctx, const struct tree_match *m);
    void *ctx;
};
enum err tree_query_run(const struct tree_query *q, const struct tree_search *s, struct fail *f);
/* The node of a capture; TREE_NONE when the alternative that matched has none of that name. */
uint32_t tree_captured(const struct tree_match *m, const char *name);
