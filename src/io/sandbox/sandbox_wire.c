#include "base/num.h"
#include "io/sandbox/sandbox_priv.h"

#include <limits.h>

static_assert((int)SANDBOX_END_COUNT == (int)END_COUNT, "ends are the same on both sides");
static_assert((int)SANDBOX_ERROR == (int)END_ERROR, "ends are in the same order");
static_assert((int)SANDBOX_STEP_KIND_COUNT == (int)STEP_KIND_COUNT, "step kinds are the same");
static_assert((int)SANDBOX_LAYER_KILL == (int)LAYER_KILL, "layers are the same bits");
static_assert((int)SANDBOX_STEPS_MAX == (int)WIRE_STEPS_MAX, "step limits are the same");

/* --- job to frame --------------------------------------------------------------------------- */

static void put_str(struct wire_buf *out, int tag, struct str s)
{
    wire_put(out, tag, s.ptr, s.len);
}
static void put_some(struct wire_buf *out, int tag, struct str s)
{
    if (s.len)
        put_str(out, tag, s);
}

static int step_flags(const struct sandbox_step *s)
{
    return (s->imported ? STEP_IMPORTED : 0) | (s->report_args ? STEP_REPORT_ARGS : 0) |
           (s->trace ? STEP_TRACE : 0);
}

static void put_step(struct wire_buf *out, const struct sandbox_step *s)
{
    size_t opened = wire_open(out, JOB_STEP);
    wire_put_num(out, STEP_KIND, (int64_t)s->kind);
    put_some(out, STEP_CODE, s->code);
    put_some(out, STEP_SETUP, s->setup);
    put_some(out, STEP_ARGS, s->args_json);
    put_some(out, STEP_KWARGS, s->kwargs_json);
    put_some(out, STEP_STDIN, s->stdin_text);
    for (size_t i = 0; i < s->argc; i++)
        put_str(out, STEP_ARGV, s->argv[i]);
    wire_put_num(out, STEP_FLAGS, step_flags(s));
    wire_put_num(out, STEP_CPU_MS, s->cpu_ms);
    wire_put_num(out, STEP_WALL_MS, s->wall_ms);
    wire_close(out, opened);
}

static void put_limits(struct wire_buf *out, const struct sandbox_limits *l)
{
    wire_put_num(out, JOB_CPU_MS, l->cpu_ms);
    wire_put_num(out, JOB_WALL_MS, l->wall_ms);
    wire_put_num(out, JOB_MEMORY_KIB, l->memory_kib);
    wire_put_num(out, JOB_OUTPUT_KIB, l->output_kib);
    wire_put_num(out, JOB_FILES_KIB, l->files_kib);
    wire_put_num(out, JOB_THREADS, l->threads);
}

enum err sandbox_encode(const struct sandbox_job *job, struct wire_buf *out, struct fail *f)
{
    if (job->step_count == 0 || job->step_count > SANDBOX_STEPS_MAX ||
        job->file_count > SANDBOX_FILES_MAX || job->produce_count > SANDBOX_FILES_MAX)
        return FAIL(f, ERR_INPUT, "sandbox.job", "%zu steps, %zu files", job->step_count,
                    job->file_count);
    *out = (struct wire_buf){ .max = SANDBOX_JOB_MAX_BYTES };
    for (size_t i = 0; i < job->file_count; i++) {
        size_t opened = wire_open(out, JOB_FILE);
        put_str(out, FILE_PATH, job->files[i].path);
        put_str(out, FILE_TEXT, job->files[i].text);
        wire_close(out, opened);
    }
    put_some(out, JOB_MAIN, job->main_path);
    for (size_t i = 0; i < job->step_count; i++)
        put_step(out, &job->steps[i]);
    for (size_t i = 0; i < job->produce_count; i++)
        put_str(out, JOB_PRODUCE, job->produce[i]);
    wire_put_num(out, JOB_FLAGS,
                 (job->box_per_step ? JOB_BOX_PER_STEP : 0) | (job->entropy ? JOB_ENTROPY : 0) |
                     (job->cold ? JOB_COLD : 0) | (job->sink.chunk ? JOB_STREAM : 0));
    wire_put_num(out, JOB_SEED, (int64_t)job->seed);
    wire_put_num(out, JOB_HASH_SEED, job->hash_seed);
    put_limits(out, &job->limits);
    if (!out->full)
        return ERR_OK;
    wire_release(out);
    return FAIL(f, ERR_LIMIT, "sandbox.job_size", "job above %d bytes", SANDBOX_JOB_MAX_BYTES);
}

/* --- frame to result ------------------------------------------------------------------------ */

static struct str slice(struct wire_field f)
{
    return (struct str){ (const char *)f.ptr, f.len };
}
static int small(struct wire_field f)
{
    return num_narrow_int(i64_clamp(wire_num(f), 0, INT_MAX));
}
static uint32_t small_u(struct wire_field f)
{
    return num_narrow_u32(i64_clamp(wire_num(f), 0, UINT32_MAX));
}

/* How many fields of this tag follow; none is read. */
static size_t count_of(struct wire_in in, int tag)
{
    size_t n = 0;
    struct wire_field f;
    while (wire_next(&in, &f))
        n += f.tag == tag;
    return n;
}

static void read_frame(struct wire_field in_field, struct sandbox_frame *out)
{
    struct wire_in in = wire_inside(in_field);
    struct wire_field f;
    while (wire_next(&in, &f)) {
        if (f.tag == FRAME_FILE)
            out->file = slice(f);
        else if (f.tag == FRAME_FUNCTION)
            out->function = slice(f);
        else if (f.tag == FRAME_LINE)
            out->line = small(f);
    }
}

static void read_exception_field(struct wire_field f, struct sandbox_exception *e)
{
    switch (f.tag) {
    case EXC_TYPE:
        e->type = slice(f);
        break;
    case EXC_MESSAGE:
        e->message = slice(f);
        break;
    case EXC_FILE:
        e->file = slice(f);
        break;
    case EXC_FUNCTION:
        e->function = slice(f);
        break;
    case EXC_LINE:
        e->line = small(f);
        break;
    case EXC_COLUMN:
        e->column = small(f);
        break;
    case EXC_END_LINE:
        e->end_line = small(f);
        break;
    case EXC_END_COLUMN:
        e->end_column = small(f);
        break;
    case EXC_COMPILE:
        e->compile = true;
        break;
    case EXC_LOADING:
        e->loading = true;
        break;
    default:
        break; /* a tag of a later version */
    }
}

static void read_exception(struct wire_field field, struct arena *a, struct sandbox_exception *e)
{
    struct wire_in in = wire_inside(field);
    size_t most = size_min(count_of(in, EXC_FRAME), 64);
    struct sandbox_frame *frames = ARENA_ARRAY(a, struct sandbox_frame, most + 1);
    struct wire_field f;
    while (wire_next(&in, &f)) {
        if (f.tag == EXC_FRAME && e->frame_count < most)
            read_frame(f, &frames[e->frame_count++]);
        else
            read_exception_field(f, e);
    }
    e->frames = frames;
}

static void read_lines(struct wire_field f, struct arena *a, struct sandbox_step_result *r)
{
    size_t n = size_min(f.len / 4, WIRE_LINES_MAX);
    struct sandbox_line *lines = ARENA_ARRAY(a, struct sandbox_line, n + 1);
    for (size_t i = 0; i < n; i++) {
        uint32_t v = wire_u32(f.ptr + 4 * i);
        lines[i] = (struct sandbox_line){ .file = v >> 24, .line = (int32_t)(v & 0xFFFFFF) };
    }
    r->lines = lines;
    r->line_count = n;
}

static void read_change(struct wire_field field, struct sandbox_change *c)
{
    struct wire_in in = wire_inside(field);
    struct wire_field f;
    while (wire_next(&in, &f)) {
        if (f.tag == CHANGE_AT) {
            c->at = small_u(f);
        } else if (f.tag == CHANGE_WHERE) {
            c->file = small_u(f) >> 24;
            c->line = (int32_t)(small_u(f) & 0xFFFFFF);
        } else if (f.tag == CHANGE_FUNCTION) {
            c->function = slice(f);
        } else if (f.tag == CHANGE_NAME) {
            c->name = slice(f);
        } else if (f.tag == CHANGE_REPR) {
            c->repr = slice(f);
        }
    }
}

/* What the student's process said about the step; exactly one such frame counts. */
static void read_answer(struct wire_field field, struct arena *a, struct sandbox_step_result *r)
{
    struct wire_in in = wire_inside(field);
    size_t most = size_min(count_of(in, VALUE_CHANGE), WIRE_CHANGES_MAX);
    struct sandbox_change *changes = ARENA_ARRAY(a, struct sandbox_change, most + 1);
    struct wire_field f;
    while (wire_next(&in, &f)) {
        if (f.tag == VALUE_VALUE) {
            r->has_value = true;
            r->value = slice(f);
        } else if (f.tag == VALUE_EXCEPTION && !r->raised) {
            r->raised = true;
            read_exception(f, a, &r->exception);
        } else if (f.tag == VALUE_ARGS_BEFORE) {
            r->args_before = slice(f);
        } else if (f.tag == VALUE_ARGS_AFTER) {
            r->args_after = slice(f);
        } else if (f.tag == VALUE_LINES && !r->lines) {
            read_lines(f, a, r);
        } else if (f.tag == VALUE_CHANGE && r->change_count < most) {
            read_change(f, &changes[r->change_count++]);
        } else if (f.tag == VALUE_CUT) {
            r->trace_cut = true;
        } else if (f.tag == VALUE_EXIT_CODE && r->end == SANDBOX_EXITED) {
            r->exit_code = small(f) & 0xFF;
        }
    }
    r->changes = changes;
    r->trace_full = r->trace_cut && r->line_count == WIRE_LINES_MAX;
}

static void read_step_field(struct wire_field f, struct sandbox_step_result *r)
{
    switch (f.tag) {
    case RSTEP_END:
        r->end = (enum sandbox_end)i64_clamp(wire_num(f), 0, SANDBOX_ERROR);
        break;
    case RSTEP_EXIT:
        r->exit_code = small(f);
        break;
    case RSTEP_SIGNAL:
        r->signal = small(f);
        break;
    case RSTEP_WALL_US:
        r->wall_us = wire_num(f);
        break;
    case RSTEP_CPU_US:
        r->cpu_us = wire_num(f);
        break;
    case RSTEP_STDOUT:
        r->stdout_text = slice(f);
        break;
    case RSTEP_STDERR:
        r->stderr_text = slice(f);
        break;
    case RSTEP_STDOUT_BYTES:
        r->stdout_bytes = num_size(i64_max(wire_num(f), 0));
        break;
    case RSTEP_STDERR_BYTES:
        r->stderr_bytes = num_size(i64_max(wire_num(f), 0));
        break;
    case RSTEP_STDOUT_FROM:
        r->stdout_from = num_size(i64_max(wire_num(f), 0));
        break;
    case RSTEP_FRAMES:
        r->frames = small_u(f);
        break;
    default:
        break; /* a tag of a later version */
    }
}

static void read_step(struct wire_field field, struct arena *a, struct sandbox_step_result *r)
{
    struct wire_in in = wire_inside(field);
    struct wire_field f, answer = { 0 };
    *r = (struct sandbox_step_result){ .end = SANDBOX_ERROR };
    while (wire_next(&in, &f)) {
        if (f.tag == RSTEP_VALUE)
            answer = f;
        else
            read_step_field(f, r);
    }
    r->stdout_from = size_min(r->stdout_from, r->stdout_text.len);
    if (answer.ptr && r->frames == 1)
        read_answer(answer, a, r);
}

static void read_produced(struct wire_field field, struct sandbox_file *out)
{
    struct wire_in in = wire_inside(field);
    struct wire_field f;
    while (wire_next(&in, &f)) {
        if (f.tag == FILE_PATH)
            out->path = slice(f);
        else if (f.tag == FILE_TEXT)
            out->text = slice(f);
    }
}

/* The run's own words from those of its steps. */
static void sum_up(struct sandbox_result *out)
{
    for (size_t i = 0; i < out->step_count; i++) {
        const struct sandbox_step_result *r = &out->steps[i];
        if (out->end == SANDBOX_EXITED && r->end != SANDBOX_NOT_RUN)
            out->end = r->end;
        if (r->end != SANDBOX_NOT_RUN) {
            out->exit_code = r->exit_code;
            out->signal = r->signal;
        }
        out->wall_us += r->wall_us;
        out->cpu_us += r->cpu_us;
    }
}

enum err sandbox_decode(struct str payload, size_t step_count, struct arena *a,
                        struct sandbox_result *out, struct fail *f)
{
    struct wire_in in = { .ptr = (const unsigned char *)payload.ptr, .len = payload.len };
    size_t produced_most = size_min(count_of(in, RESULT_PRODUCED), SANDBOX_FILES_MAX);
    struct sandbox_step_result *steps = ARENA_ARRAY(a, struct sandbox_step_result, step_count + 1);
    struct sandbox_file *produced = ARENA_ARRAY(a, struct sandbox_file, produced_most + 1);
    *out = (struct sandbox_result){ .steps = steps, .produced = produced };
    struct wire_field field;
    while (wire_next(&in, &field)) {
        if (field.tag == RESULT_LAYERS)
            out->layers = small_u(field);
        else if (field.tag == RESULT_WAIT_US)
            out->wait_us = wire_num(field);
        else if (field.tag == RESULT_MEMORY_KIB)
            out->memory_kib = wire_num(field);
        else if (field.tag == RESULT_STEP && out->step_count < step_count)
            read_step(field, a, &steps[out->step_count++]);
        else if (field.tag == RESULT_PRODUCED && out->produced_count < produced_most)
            read_produced(field, &produced[out->produced_count++]);
    }
    if (in.bad || out->step_count != step_count)
        return FAIL(f, ERR_IO, "sandbox.frame", "result frame: %zu of %zu steps", out->step_count,
                    step_count);
    sum_up(out);
    return ERR_OK;
}
