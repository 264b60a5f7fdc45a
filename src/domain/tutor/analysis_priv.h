#pragma once
/* analysis - what its two files share: the runs (analysis.c) and the place of the fault. */
#include "domain/tutor/tutor_priv.h"

struct work {
    const struct tutor *t;
    const struct analyse_in *in;
    struct arena *a;
    struct analysis *out;
    struct syntax *s; /* of the main file */
    struct judge_probe first, second;
    const struct sandbox_step_result *witness_step;
    const struct judge_test *hidden_failed; /* the first one, when every visible test passes */
};

/* The witness in the second, traced run; NULL when it was not traced. */
const struct judge_test *analysis_second(const struct work *w, size_t *at);
/* Ranks lines, confirms misconceptions, chooses the region. */
void analysis_place(struct work *w);
