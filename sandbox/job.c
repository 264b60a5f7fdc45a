#include "keeper.h"

#include <stdlib.h>
#include <string.h>

/* Orders of the judge: read, queued, worked off box by box, answered. */

enum { JOB_TRIES = 3 };

static const struct limit_rule {
    int tag;
    int64_t standard, ceiling;
    size_t at;
    int64_t factor; /* wire unit to ours */
} limit_rules[] = {
    { JOB_CPU_MS, DEFAULT_CPU_MS, 30'000, offsetof(struct limits, cpu_us), 1'000 },
    { JOB_WALL_MS, 0, 90'000, offsetof(struct limits, wall_us), 1'000 },
    { JOB_MEMORY_KIB, DEFAULT_MEMORY_KIB, 1'048'576, offsetof(struct limits, memory_kib), 1 },
    { JOB_OUTPUT_KIB, DEFAULT_OUTPUT_KIB, 4'096, offsetof(struct limits, output_bytes), 1'024 },
    { JOB_FILES_KIB, DEFAULT_FILES_KIB, 65'536, offsetof(struct limits, files_kib), 1 },
    { JOB_THREADS, 1, 64, offsetof(struct limits, threads), 1 },
};
enum { LIMIT_RULES = sizeof(limit_rules) / sizeof(limit_rules[0]) };

static int64_t *limit_at(struct limits *l, size_t at)
{
    return (int64_t *)(void *)((char *)l + at);
}

struct box_spec job_spec(const struct keeper *k, const struct job *job)
{
    struct box_spec s = box_standard();
    /* A smaller memory limit fits a standard box, if there is a group whose limit can be lowered.
     */
    if (job->limits.memory_kib > s.memory_kib || !(k->cgroups.layers & LAYER_MEMORY))
        s.memory_kib = job->limits.memory_kib;
    s.files_kib = job->limits.files_kib;
    s.threads = job->limits.threads;
    s.hash_seed = job->hash_seed != 0;
    s.cold = (job->flags & JOB_COLD) != 0;
    return s;
}

static void job_free(struct job *job)
{
    free(job->payload);
    wire_release(&job->result);
    free(job);
}

static bool step_read(struct job_step *s, struct wire_field f)
{
    *s = (struct job_step){ .ptr = f.ptr, .len = f.len };
    struct wire_in in = wire_inside(f);
    struct wire_field part;
    while (wire_next(&in, &part)) {
        if (part.tag == STEP_KIND)
            s->kind = wire_num(part);
        else if (part.tag == STEP_STDIN)
            s->stdin_text = part;
        else if (part.tag == STEP_CPU_MS)
            s->cpu_us = wire_num(part) * 1'000;
        else if (part.tag == STEP_WALL_MS)
            s->wall_us = wire_num(part) * 1'000;
    }
    return !in.bad && s->kind >= 0 && s->kind < STEP_KIND_COUNT && s->cpu_us >= 0 &&
           s->wall_us >= 0;
}

/* Relative, plain, without a way out. */
static bool path_is_plain(const unsigned char *p, size_t n)
{
    if (n == 0 || n > 255 || p[0] == '/' || memchr(p, '\0', n))
        return false;
    for (size_t at = 0; at <= n;) {
        const unsigned char *slash = at < n ? memchr(p + at, '/', n - at) : NULL;
        size_t end = slash ? (size_t)(slash - p) : n;
        size_t len = end - at;
        if (len == 0 || (len <= 2 && memcmp(p + at, "..", len) == 0))
            return false;
        at = end + 1;
    }
    return true;
}

static bool file_is_plain(struct wire_field file)
{
    struct wire_in in = wire_inside(file);
    struct wire_field f;
    bool plain = false;
    while (wire_next(&in, &f))
        if (f.tag == FILE_PATH)
            plain = path_is_plain(f.ptr, f.len);
    return plain && !in.bad;
}

static bool limit_read(struct job *job, struct wire_field f)
{
    for (size_t i = 0; i < LIMIT_RULES; i++) {
        const struct limit_rule *r = &limit_rules[i];
        if (f.tag != r->tag)
            continue;
        int64_t v = wire_num(f);
        if (v < 0 || v > r->ceiling)
            return false;
        if (v > 0)
            *limit_at(&job->limits, r->at) = v * r->factor;
    }
    return true;
}

/* One field; a refusal names the reason in *why. */
static enum wire_refuse_code field_read(struct job *job, struct wire_field f, const char **why)
{
    if (!limit_read(job, f)) {
        *why = "a limit above its ceiling";
        return REFUSE_LIMIT;
    }
    *why = "malformed step";
    if (f.tag == JOB_STEP &&
        (job->step_count == WIRE_STEPS_MAX || !step_read(&job->steps[job->step_count++], f)))
        return REFUSE_INPUT;
    *why = "a path that is not plain and relative";
    if ((f.tag == JOB_FILE && !file_is_plain(f)) ||
        (f.tag == JOB_MAIN && !path_is_plain(f.ptr, f.len)))
        return REFUSE_INPUT;
    if (f.tag == JOB_PRODUCE) {
        if (job->produce_count == KEEPER_PRODUCE_MAX || !path_is_plain(f.ptr, f.len))
            return REFUSE_INPUT;
        job->produce[job->produce_count++] = f;
    }
    if (f.tag == JOB_FLAGS)
        job->flags = wire_num(f);
    if (f.tag == JOB_HASH_SEED)
        job->hash_seed = wire_num(f);
    return REFUSE_NOTHING;
}

static enum wire_refuse_code job_read(struct job *job, const char **why)
{
    for (size_t i = 0; i < LIMIT_RULES; i++)
        *limit_at(&job->limits, limit_rules[i].at) =
            limit_rules[i].standard * limit_rules[i].factor;
    struct wire_in in = { .ptr = job->payload, .len = job->length };
    struct wire_field f;
    while (wire_next(&in, &f)) {
        enum wire_refuse_code code = field_read(job, f, why);
        if (code)
            return code;
    }
    if (job->limits.wall_us == 0) {
        int64_t three = 3 * job->limits.cpu_us, least = DEFAULT_WALL_MS * INT64_C(1'000);
        job->limits.wall_us = three > least ? three : least;
    }
    *why = "no step, or a broken frame";
    return in.bad || job->step_count == 0 ? REFUSE_INPUT : REFUSE_NOTHING;
}

static void enqueue(struct keeper *k, struct job *job)
{
    job->next = NULL;
    *k->queue_end = job;
    k->queue_end = &job->next;
    k->queued++;
}

static void enqueue_first(struct keeper *k, struct job *job)
{
    job->next = k->queue;
    if (!k->queue)
        k->queue_end = &job->next;
    k->queue = job;
    k->queued++;
}

static struct job *dequeue(struct keeper *k)
{
    struct job *job = k->queue;
    k->queue = job->next;
    if (!k->queue)
        k->queue_end = &k->queue;
    k->queued--;
    return job;
}

void job_add(struct keeper *k, uint64_t ticket, const unsigned char *payload, size_t length)
{
    if (k->missing[0] && k->layers == 0) {
        client_refuse(k, ticket, REFUSE_LAYERS, k->missing);
        return;
    }
    if (k->layers != 0 && (k->layers & k->conf.minimum) != k->conf.minimum) {
        client_refuse(k, ticket, REFUSE_LAYERS, "a required layer is missing");
        return;
    }
    if (k->queued >= KEEPER_QUEUE_MAX) {
        client_refuse(k, ticket, REFUSE_BUSY, "queue full");
        return;
    }
    struct job *job = calloc(1, sizeof(*job));
    unsigned char *copy = malloc(length ? length : 1);
    if (!job || !copy)
        abort();
    memcpy(copy, payload, length);
    *job = (struct job){ .ticket = ticket, .payload = copy, .length = length, .wait_us = -1 };
    job->arrived_us = keeper_now_us();
    job->result.max = WIRE_RESULT_MAX;
    const char *why = "";
    enum wire_refuse_code code = job_read(job, &why);
    if (code) {
        client_refuse(k, ticket, code, why);
        job_free(job);
        return;
    }
    enqueue(k, job);
    job_pump(k);
}

static void put_step(struct job *job, enum wire_end end)
{
    size_t opened = wire_open(&job->result, RESULT_STEP);
    wire_put_num(&job->result, RSTEP_END, (int64_t)end);
    wire_close(&job->result, opened);
    job->next_step++;
}

/* Answers the judge; steps without a result get `rest`. */
static void job_end(struct keeper *k, struct job *job, enum wire_end rest)
{
    k->ran_us = keeper_now_us();
    while (job->next_step < job->step_count) {
        put_step(job, rest);
        rest = rest == END_ERROR || rest == END_CANCELLED ? END_NOT_RUN : rest;
    }
    k->stats.runs++;
    client_result(k, job);
    job_free(job);
}

void job_cancel(struct keeper *k, uint64_t ticket)
{
    for (struct job **at = &k->queue; *at; at = &(*at)->next) {
        struct job *job = *at;
        if (job->ticket != ticket)
            continue;
        *at = job->next;
        if (!*at)
            k->queue_end = at;
        k->queued--;
        job_end(k, job, END_CANCELLED);
        return;
    }
    for (int i = 0; i < k->box_count; i++) {
        struct box *b = &k->boxes[i];
        if (!b->job || b->job->ticket != ticket)
            continue;
        b->job->is_cancelled = true;
        if (b->state == BOX_RUNNING) {
            box_stop(k, b);
            job_box_done(k, b);
        }
        return;
    }
}

/* Gives the first jobs of the queue to boxes that fit. */
void job_pump(struct keeper *k)
{
    while (k->queue && k->running < k->conf.parallel) {
        struct job *job = k->queue;
        struct box_spec spec = job_spec(k, job), standard = box_standard();
        struct box *b = box_find(k, &spec);
        if (b) {
            box_run(k, b, dequeue(k));
            continue;
        }
        k->stats.waits += !job->waited;
        job->waited = true;
        if (box_spec_same(&spec, &standard) || !box_make(k, &spec, job))
            return; /* when the pool is refilled, or a slot or zygote is ready */
        (void)dequeue(k);
    }
}

void job_step_done(struct keeper *k, struct box *b, const struct step_end *how)
{
    struct job *job = b->job;
    struct wire_buf *out = &job->result;
    int64_t peak = cgroup_memory_peak(&k->cgroups.slots[b - k->boxes]) - b->memory_before;
    if (peak / 1024 > job->memory_kib)
        job->memory_kib = peak / 1024;
    job->layers |= b->layers | k->layers;
    job->used_cpu_us += how->cpu_us;
    job->used_wall_us += how->wall_us;
    k->stats.violations += how->end == END_VIOLATION;
    size_t opened = wire_open(out, RESULT_STEP);
    wire_put_num(out, RSTEP_END, (int64_t)how->end);
    wire_put_num(out, RSTEP_EXIT, how->exit_code);
    wire_put_num(out, RSTEP_SIGNAL, how->signal);
    wire_put_num(out, RSTEP_WALL_US, how->wall_us);
    wire_put_num(out, RSTEP_CPU_US, how->cpu_us);
    capture_put(&b->stdout_text, how->over, out, RSTEP_STDOUT);
    capture_put(&b->stderr_text, how->over, out, RSTEP_STDERR);
    wire_put_num(out, RSTEP_STDOUT_BYTES, (int64_t)b->stdout_text.text.len);
    wire_put_num(out, RSTEP_STDERR_BYTES, (int64_t)b->stderr_text.text.len);
    wire_put_num(out, RSTEP_STDOUT_FROM, (int64_t)b->stdout_from);
    wire_put_num(out, RSTEP_FRAMES, (int64_t)b->answers + b->is_garbled);
    if (b->answers)
        wire_put(out, RSTEP_VALUE, b->answer.ptr, b->answer.len);
    wire_close(out, opened);
    job->next_step++;
}

static void put_produced(struct job *job, const struct box *b)
{
    for (uint32_t i = 0; i < job->produce_count; i++) {
        if (!b->has_produced[i])
            continue;
        size_t opened = wire_open(&job->result, RESULT_PRODUCED);
        wire_put(&job->result, FILE_PATH, job->produce[i].ptr, job->produce[i].len);
        wire_put(&job->result, FILE_TEXT, b->produced[i].ptr, b->produced[i].len);
        wire_close(&job->result, opened);
    }
}

static bool has_budget(const struct job *job)
{
    return (job->flags & JOB_BOX_PER_STEP) ||
           (job->used_wall_us < job->limits.wall_us && job->used_cpu_us < job->limits.cpu_us);
}

void job_box_done(struct keeper *k, struct box *b)
{
    struct job *job = b->job;
    b->job = NULL;
    b->state = BOX_LEAVING;
    k->running--;
    if (job->is_cancelled) {
        job_end(k, job, END_CANCELLED);
    } else if (job->next_step == job->step_count) {
        put_produced(job, b);
        job_end(k, job, END_NOT_RUN);
    } else if (has_budget(job)) {
        enqueue_first(k, job);
    } else {
        job_end(k, job, END_NOT_RUN);
    }
    job_pump(k);
}

void job_lost(struct keeper *k, struct job *job)
{
    if (job->is_cancelled)
        job_end(k, job, END_CANCELLED);
    else if (++job->tries < JOB_TRIES)
        enqueue_first(k, job);
    else
        job_end(k, job, END_ERROR);
}
