/* A run without tests: what the program printed and how it ended. */
#include "domain/submission/judge_priv.h"

enum { FREE_TEXT_BYTES = 65'536 };

static enum verdict free_verdict(const struct sandbox_step_result *s)
{
    enum verdict v = judge_end_verdict(s->end);
    if (s->raised && s->exception.compile)
        return VERDICT_COMPILE_ERROR;
    if (v == VERDICT_NONE)
        v = s->raised || s->exit_code != 0 ? VERDICT_RUNTIME_ERROR : VERDICT_OK;
    return v;
}

enum err judge_free_run(struct sandbox *s, const struct judge_free_job *in, struct arena *a,
                        struct judge_free *out, struct fail *f)
{
    static const struct exercise_test as_written = { .kind = TEST_STDIO, .seed = 1 };
    struct judge_files files;
    struct sandbox_step step;
    struct sandbox_result r = { 0 };
    TRY(judge_files(in->exercise, in->files, in->file_count, &files, f));
    struct sandbox_job job = judge_box_job(in->exercise, &as_written, &files, &step);
    step.stdin_text = in->stdin_text;
    job.ticket = in->ticket;
    job.sink = in->sink;
    TRY(sandbox_run(s, &job, a, &r, f));
    assert(r.step_count == 1);
    const struct sandbox_step_result *end = &r.steps[0];
    if (end->end == SANDBOX_CANCELLED)
        return FAIL(f, ERR_CONFLICT, "job.cancelled", "the run was cancelled");
    *out = (struct judge_free){
        .verdict = free_verdict(end),
        .exit_code = end->exit_code,
        .signal = end->signal,
        .stdout_text = judge_visible_text(end->stdout_text, FREE_TEXT_BYTES, a),
        .stderr_text = judge_visible_text(end->stderr_text, FREE_TEXT_BYTES, a),
        .wall_ms = end->wall_us / US_PER_MS,
        .cpu_ms = end->cpu_us / US_PER_MS,
        .memory_kib = r.memory_kib,
        .layers = r.layers,
        .toolchain = r.toolchain,
        .keeper = r.keeper,
    };
    if (!end->raised)
        return ERR_OK;
    struct diagnostic *d = ARENA_NEW(a, struct diagnostic);
    *d = diagnose_python(&end->exception, a);
    out->diagnostics = d;
    out->diagnostic_count = 1;
    return ERR_OK;
}
