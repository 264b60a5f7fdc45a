#include "keeper.h"

#include <stdlib.h>
#include <string.h>

/* Orders of the judge: read, queued, worked off box by box, answered. */

enum { JOB_TRIES = 3 };

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
    job->result.max = WIRE_LETTER_MAX;
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

/* A step of which nothing is known but its end. */
static void put_bare_step(struct job *job, enum wire_end end)
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
        put_bare_step(job, rest);
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
        if (box_is_busy(b)) {
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

/* A step that said too much keeps the begin and the end of what it printed, and no value. */
static void put_step(struct wire_buf *out, const struct box *b, const struct step_end *how)
{
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
    if (b->answers && !how->over)
        wire_put(out, RSTEP_VALUE, b->answer.ptr, b->answer.len);
    wire_close(out, opened);
}

/* Shortened when the steps of the job together would say more than a result may. */
static void put_step_that_fits(struct wire_buf *out, const struct box *b,
                               const struct step_end *how)
{
    size_t before = out->len;
    put_step(out, b, how);
    if (out->len <= WIRE_RESULT_MAX)
        return;
    struct step_end cut = *how;
    cut.end = END_OUTPUT_LIMIT;
    cut.over = true;
    out->len = before;
    put_step(out, b, &cut);
}

void job_step_done(struct keeper *k, struct box *b, const struct step_end *how)
{
    struct job *job = b->job;
    int64_t peak = cgroup_memory_peak(&k->cgroups.slots[b - k->boxes]) - b->memory_before;
    if (peak / 1024 > job->memory_kib)
        job->memory_kib = peak / 1024;
    job->layers |= b->layers | k->layers;
    job->used_cpu_us += how->cpu_us;
    job->used_wall_us += how->wall_us;
    k->stats.violations += how->end == END_VIOLATION;
    put_step_that_fits(&job->result, b, how);
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
