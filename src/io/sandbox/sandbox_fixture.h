#pragma once
/* sandbox_fixture - a sandbox for a test, and one-step runs. Skips where boxes cannot be made. */
#include "io/sandbox/sandbox_priv.h"
#include "support/check.h"

#include <unistd.h>

struct fixture {
    struct sandbox *sandbox;
    struct arena arena;
    struct fail fail;
};

static inline struct fixture fixture_open(void)
{
    struct fixture x = { 0 };
    struct sandbox_conf conf = { .pool = 3 };
    enum err code = sandbox_open(&x.sandbox, &conf, &x.fail);
    if (code == ERR_FORBIDDEN)
        TEST_SKIP("this machine lacks a layer of isolation (ainative-sandbox check names it)");
    if (code)
        check_true(false, x.fail.detail, __FILE__, __LINE__);
    return x;
}

static inline void fixture_close(struct fixture *x)
{
    sandbox_close(x->sandbox);
    arena_release(&x->arena);
}

static inline struct sandbox_result fixture_run(struct fixture *x, const struct sandbox_job *job)
{
    struct sandbox_result r = { 0 };
    if (sandbox_run(x->sandbox, job, &x->arena, &r, &x->fail))
        check_true(false, x->fail.detail, __FILE__, __LINE__);
    return r;
}

/* main.py with this text, one step. */
static inline struct sandbox_step_result fixture_step(struct fixture *x, struct str text,
                                                      struct sandbox_step step)
{
    struct sandbox_file file = { STR("main.py"), text };
    struct sandbox_job job = { .files = &file,
                               .file_count = 1,
                               .main_path = STR("main.py"),
                               .steps = &step,
                               .step_count = 1 };
    return fixture_run(x, &job).steps[0];
}
