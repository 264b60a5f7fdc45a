#pragma once
/* exercise check - what its files share. */
#include "domain/submission/judge_priv.h"

#include <stdarg.h>
#include <stdio.h>

/* One package while it is checked. */
struct check {
    struct sandbox *sandbox;
    const struct env *env;
    const struct exercise *x;
    struct arena *a;
    struct buf text; /* of the check that runs */
    int64_t boxes;
    enum err bad; /* the platform failed; nothing is known */
    struct fail fail;
    int64_t mutants, floor_permille, repeats; /* as asked */
    struct check_mutation mutation;
    bool stale;      /* the manifest calls a mutant equivalent that a test notices */
    bool *failed;    /* per test: some known-wrong program or mutant failed it (V8) */
    bool *broken;    /* per rule: some known-wrong program breaks it (V11) */
    bool *disobeyed; /* per rule: a reference breaks it (V11) */
};

/* One more line of what was found. */
FMT_LIKE(2, 3) void check_say(struct check *c, const char *fmt, ...);
enum check_outcome check_worse(enum check_outcome a, enum check_outcome b);

enum check_outcome check_v1(struct check *c);
enum check_outcome check_v2(struct check *c);
enum check_outcome check_v3(struct check *c);
enum check_outcome check_v4(struct check *c);
enum check_outcome check_v5(struct check *c);
enum check_outcome check_v6(struct check *c);
enum check_outcome check_v7(struct check *c);
enum check_outcome check_v8(struct check *c);
enum check_outcome check_v9(struct check *c);
enum check_outcome check_v10(struct check *c);
enum check_outcome check_v11(struct check *c);
