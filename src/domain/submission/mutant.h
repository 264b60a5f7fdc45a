#pragma once
/*
 * mutant - programs that differ from a reference by one small fault, to see what tests notice.
 *
 * Each mutant is one edit of the text, made from the syntax tree of a Python program (judge.md A7).
 * Pure; everything lives in the arena. The same program gives the same list in the same order.
 */
#include "io/tree/tree.h"

struct mutant {
    const char *kind;  /* "boundary", "delete statement", ... */
    uint32_t from, to; /* bytes that are replaced */
    uint32_t line;     /* of the place */
    struct str with;
};
/* Every single edit, in order of place. */
void mutants_of(const struct tree *t, struct arena *a, struct mutant **out, size_t *n);
/* Keeps at most `max`, spread by the seed, in order; returns how many. */
size_t mutants_sample(struct mutant *list, size_t n, size_t max, uint64_t seed);
struct str mutant_text(struct str source, const struct mutant *m, struct arena *a);
/* "boundary: > -> >=", at most about 80 bytes. */
struct str mutant_words(struct str source, const struct mutant *m, struct arena *a);
