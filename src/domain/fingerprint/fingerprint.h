#pragma once
/*
 * fingerprint - which pieces two programs share, whatever their names, values and layout.
 *
 * Tokens of the syntax tree (io/tree), names and literals folded to classes, comments dropped;
 * hashes of k of them in a row, thinned so that of w neighbours at least one stays: two programs
 * that share k + w - 1 tokens in a row share a mark. Source: Schleimer, Wilkerson & Aiken 2003
 * (winnowing). Pure; everything lives in the arena; any thread. The result is evidence for a person
 * or the input of a gate, never a verdict.
 */
#include "io/tree/tree.h"

struct fp_use {
    size_t k, w;
};
extern const struct fp_use fp_integrity, fp_uptake, fp_leak; /* 12 8, 8 4, 5 4 */

struct fp_mark {
    uint64_t hash;
    uint32_t from, to; /* bytes of the source */
};
struct fp {
    const struct fp_mark *marks;   /* in order of place */
    const struct fp_mark *by_hash; /* the same, by hash and place */
    size_t count;
    size_t tokens;
    bool plain; /* does not parse: its tokens come from a plain reading of words and signs */
};
/* Source above the limits of io/tree is read plainly, cut at 256 KiB. */
void fp_make(struct str source, enum tree_lang lang, struct fp_use use, struct arena *a,
             struct fp *out);
/* What of `in` is not in `base`: what was given to everybody says nothing. */
void fp_subtract(const struct fp *in, const struct fp *base, struct arena *a, struct fp *out);

struct fp_region { /* bytes of both sources */
    uint32_t a_from, a_to, b_from, b_to;
};
struct fp_shared {
    double share_a, share_b; /* of the marks of each, 0..1; 0 when it has none */
    const struct fp_region *regions;
    size_t region_count;
};
/* Both made for the same use. base: NULL, or what to leave out of both. */
void fp_overlap(const struct fp *x, const struct fp *y, const struct fp *base, struct arena *a,
                struct fp_shared *out);
/* share_a alone, for searching many: no memory, about a microsecond. */
double fp_share(const struct fp *x, const struct fp *y);
