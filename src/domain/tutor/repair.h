#pragma once
/*
 * repair - the smallest change that makes a student's Python pass every test, searched and verified
 * (tutor-and-gateway.md B3).
 *
 * A program is laid out as parts: a statement, or the header of a compound one with parts inside.
 * Two sources propose changes: aligning with a correct program whose variables are mapped by how
 * often they stand in the same place (Clara, Gulwani et al. 2018; block substitution, Refactory, Hu
 * et al. 2019), and small edits of suspicious lines. Nothing is believed until the judge's own
 * way of running has passed the changed program.
 *
 * What is found here may hold parts of a reference: only lines and the kind of change may leave the
 * tutor, never text. Everything lives in the caller's arena; pure but for repair_search.
 */
#include "domain/submission/submission.h"
#include "io/tree/tree.h"

/* --- repair_parts.c: programs as parts --- */

enum part_kind {
    PART_SIMPLE,
    PART_IF,
    PART_ELIF,
    PART_ELSE,
    PART_FOR,
    PART_WHILE,
    PART_DEF,
    PART_OTHER, /* class, with, try, except, ... */
};
struct lexeme {
    struct str text;
    uint32_t from, to; /* bytes */
    bool number, own;  /* own: a variable, parameter or function that the program defines */
};
struct part {
    enum part_kind kind;
    uint32_t id;           /* place in pre-order among all parts of the program */
    uint32_t from, to;     /* bytes of the statement or header, with its colon */
    uint32_t first, count; /* its tokens */
    uint32_t size;         /* tokens with everything inside */
    int64_t line, line_end;
    struct part *inside;
    size_t inside_count;
};
enum { REPAIR_PARTS = 300, REPAIR_TOKENS = 4'000 };
struct program {
    struct str text;
    struct part *parts; /* of the module */
    size_t count;
    uint32_t part_total;
    const struct lexeme *tokens;
    uint32_t token_count;
};
/* False: too large, with syntax errors, or not Python. */
bool program_of(const struct tree *t, struct arena *a, struct program *out);

/* --- repair_align.c: what would make one program like another --- */

enum { REPAIR_NAMES = 64 };
struct name_map { /* a correct program's names as the student writes them */
    struct str theirs[REPAIR_NAMES], mine[REPAIR_NAMES];
    size_t count;
};
enum edit_kind { EDIT_HEADER, EDIT_DELETE, EDIT_INSERT };
struct edit {
    enum edit_kind kind;
    const struct part *at;  /* HEADER, DELETE: the student's part */
    const struct part *in;  /* INSERT: parent, NULL is the module */
    size_t before;          /* INSERT: place among its parts */
    struct str text;        /* HEADER, INSERT: complete lines from column 0 */
    int64_t line, line_end; /* of the student's program: what the edit touches */
    int64_t cost;           /* tokens written or removed */
};
struct edits {
    struct edit *items;
    size_t count;
};
/* `mine` made into `theirs`, in the student's names. */
void align(const struct program *mine, const struct program *theirs, struct arena *a,
           struct edits *out);

/* --- repair_change.c: edited programs --- */

/* The program with some edits made: layout and comments are not kept. */
struct str program_edited(const struct program *p, const struct edit *const *edits, size_t n,
                          struct arena *a);
/* A statement's text with its names as `map` says (NULL: as it is): its header alone, or with all
 * that is inside, from column 0. */
struct str part_header(const struct program *p, const struct part *s, const struct name_map *map,
                       struct arena *a);
struct str part_text(const struct program *p, const struct part *s, const struct name_map *map,
                     struct arena *a);

/* --- repair_small.c: small edits of suspicious lines --- */

enum { CHANGE_EDITS = 16 };
struct change { /* edits that belong together */
    const struct edit *edits[CHANGE_EDITS];
    size_t count;
    int64_t cost;
};
struct changes {
    struct change *items;
    size_t count, max;
};
/* What is beyond `max` is left out. */
void changes_add(struct changes *c, const struct change *one);
/* For the parts whose line is wanted: wanted[line], line_count + 1 places. */
void small_changes(const struct program *p, const bool *wanted, size_t line_count, struct arena *a,
                   struct changes *out);

/* --- repair.c --- */

struct repair {
    bool found;
    int64_t size_e6; /* relative patch size: changed tokens / tokens of the program */
    double *lines;   /* [line], line_count + 1 places: share of the repairs found, of nearly the
                        smallest size, that touch the line; 1 at the most touched one */
    int64_t tried;   /* programs that were run */
    int64_t wall_us;
};
struct repair_job {
    const struct exercise *exercise;
    struct str text;       /* of the main file */
    const int64_t *ranked; /* suspicious lines, best first */
    size_t ranked_count;
    size_t line_count;
    const struct exercise_test *witness; /* the failing case */
    int64_t passed;                      /* visible tests that pass as it is */
    const struct str *accepted;          /* accepted programs besides the references */
    size_t accepted_count;
    int64_t budget_us;
    const struct env *env;
};
/* out->found only for a program that passed every test as judge_run runs them. ERR_BUSY, ERR_IO: of
 * the sandbox. */
enum err repair_search(struct sandbox *s, const struct repair_job *job, struct arena *a,
                       struct repair *out, struct fail *f);
