#include "keeper.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* One run in one box: clocks, output, answers, end. It begins in order.c. */

enum { EXIT_STREAMS_LOST = 69 }; /* of the harness, between steps */

static struct cgroup_slot *slot_of(struct keeper *k, const struct box *b)
{
    return &k->cgroups.slots[b - k->boxes];
}

int64_t box_cpu_us(struct keeper *k, const struct box *b)
{
    int64_t us = cgroup_cpu_us(slot_of(k, b));
    if (us >= 0)
        return us;
    if (b->has_ended)
        return b->end_cpu_us;
    struct timespec t;
    clockid_t clock; /* the student's process clock: it has no children */
    if (b->student > 0 && clock_getcpuclockid(b->student, &clock) == 0 &&
        clock_gettime(clock, &t) == 0)
        return (int64_t)t.tv_sec * 1'000'000 + t.tv_nsec / 1'000;
    return b->cpu_step;
}

/* What the kernel tells of the student in /proc; empty when it is gone. */
static void read_of_student(const struct box *b, const char *file, char *text, size_t size)
{
    char path[64];
    (void)text_format(path, sizeof(path), "/proc/%d/%s", (int)b->student, file);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);
    if (fd >= 0)
        (void)close(fd);
    text[n > 0 ? n : 0] = '\0';
}

/* Time the student was ready to run but other work had the processor: not held against it. */
static int64_t starved_us(const struct box *b)
{
    char text[128];
    read_of_student(b, "schedstat", text, sizeof(text));
    const char *second = strchr(text, ' ');
    return second ? strtoll(second, NULL, 10) / 1'000 : 0;
}

/* The step's own limit, or what the steps before it in the same box left of the job's. */
static int64_t limit_us(const struct job *j, int64_t own, int64_t all, int64_t used)
{
    int64_t left = j->flags & JOB_BOX_PER_STEP ? all : all - used;
    return own > 0 && own < left ? own : left;
}

static int64_t cpu_limit_us(const struct box *b)
{
    const struct job *j = b->job;
    return limit_us(j, j->steps[b->step].cpu_us, j->limits.cpu_us, j->used_cpu_us);
}

static int64_t wall_limit_us(const struct box *b)
{
    const struct job *j = b->job;
    return limit_us(j, j->steps[b->step].wall_us, j->limits.wall_us, j->used_wall_us);
}

/* --- the end of a step ---------------------------------------------------------------------- */

/* Is there this field in the answer? Its content in *out. */
static bool answer_has(const struct wire_buf *answer, int tag, struct wire_field *out)
{
    struct wire_in in = { .ptr = answer->ptr, .len = answer->len };
    while (wire_next(&in, out))
        if (out->tag == tag)
            return true;
    return false;
}

static bool answer_says(const struct wire_buf *answer, int tag, const char *text)
{
    struct wire_field f;
    return answer_has(answer, tag, &f) && f.len == strlen(text) && memcmp(f.ptr, text, f.len) == 0;
}

/* Did the program end by this exception? message NULL: any. */
static bool raised(const struct wire_buf *answer, const char *type, const char *message)
{
    struct wire_field f;
    if (!answer_has(answer, VALUE_EXCEPTION, &f))
        return false;
    struct wire_buf inner = { .ptr = (unsigned char *)(uintptr_t)f.ptr, .len = f.len };
    return answer_says(&inner, EXC_TYPE, type) &&
           (!message || answer_says(&inner, EXC_MESSAGE, message));
}

/* RLIMIT_NPROC, unlike the controller, counts no refusals: only the program can tell of one. */
static bool hit_process_limit(const struct cgroup_slot *s, const struct wire_buf *answer)
{
    return s->pids_events >= 0 ? cgroup_hit_pids(s)
                               : raised(answer, "RuntimeError", "can't start new thread");
}

/* What the step cost, and what its clocks and its answer make of its end. */
static void weigh(struct keeper *k, const struct box *b, struct step_end *how)
{
    int64_t cpu = box_cpu_us(k, b);
    how->wall_us = keeper_now_us() - b->step_us;
    how->cpu_us = cpu > b->cpu_step ? cpu - b->cpu_step : 0;
    if (how->end == END_EXITED && how->cpu_us >= cpu_limit_us(b))
        how->end = END_TIME_LIMIT; /* crossed it just before it ended */
    struct wire_field f;
    if (how->end == END_EXITED && answer_has(&b->answer, VALUE_TOO_LARGE, &f))
        how->end = END_OUTPUT_LIMIT;
    if (how->end == END_EXITED && raised(&b->answer, "MemoryError", NULL))
        how->end = END_MEMORY_LIMIT;
}

/* The step has its result, and the next one of this box, if there is one, begins. */
static void step_over(struct keeper *k, struct box *b, const struct step_end *how)
{
    job_step_done(k, b, how);
    b->printed += b->stdout_text.text.len + b->stderr_text.text.len;
    capture_clear(&b->stdout_text);
    capture_clear(&b->stderr_text);
    wire_release(&b->answer);
    b->answers = 0;
    b->is_garbled = b->is_marked = false;
    b->stdout_from = 0;
    b->step++;
    b->step_us += how->wall_us;
    b->check_us = b->step_us;
    b->cpu_step += how->cpu_us;
}

static void finish_step(struct keeper *k, struct box *b, struct step_end how)
{
    weigh(k, b, &how);
    step_over(k, b, &how);
}

/* Ends the box by our decision and hands its job back. */
static void stop_step(struct keeper *k, struct box *b, struct step_end how)
{
    box_stop(k, b);
    finish_step(k, b, how);
    job_box_done(k, b);
}

/* Takes the mark out of a call's output: what stands before it was printed by the program. */
static void take_mark(struct box *b)
{
    struct wire_buf *text = &b->stdout_text.text;
    unsigned char *at =
        b->is_marked || !text->ptr ? NULL : memmem(text->ptr, text->len, b->mark, sizeof(b->mark));
    if (!at)
        return;
    b->is_marked = true;
    b->stdout_from = (size_t)(at - text->ptr);
    text->len -= sizeof(b->mark);
    memmove(at, at + sizeof(b->mark), text->len - b->stdout_from);
}

static void stream(struct keeper *k, struct box *b, struct capture *c, int which)
{
    if ((b->job->flags & JOB_STREAM) && c->text.len > c->told) {
        client_chunk(k, b, which, c->text.ptr + c->told, c->text.len - c->told);
        c->told = c->text.len;
    }
}

/* Reads both outputs; false when the box was stopped for printing too much. */
static bool drain(struct keeper *k, struct box *b)
{
    size_t cap = (size_t)b->job->limits.output_bytes;
    size_t room = cap > b->printed ? cap - b->printed : 0;
    size_t other = b->stderr_text.text.len < room ? b->stderr_text.text.len : room;
    bool ok = capture_drain(&b->stdout_text, b->out, room - other);
    other = b->stdout_text.text.len < room ? b->stdout_text.text.len : room;
    ok = capture_drain(&b->stderr_text, b->err, room - other) && ok;
    int64_t kind = b->job->steps[b->step].kind;
    if (kind == STEP_CALL || kind == STEP_EXPR)
        take_mark(b);
    if (b->is_marked || kind == STEP_MAIN) /* before the mark its parts could be told by mistake */
        stream(k, b, &b->stdout_text, 0);
    stream(k, b, &b->stderr_text, 1);
    if (!ok)
        stop_step(k, b, (struct step_end){ .end = END_OUTPUT_LIMIT, .over = true });
    return ok;
}

static enum wire_end end_by_signal(int sig, int64_t cpu_us)
{
    if (sig == SIGSYS)
        return END_VIOLATION;
    bool late = cpu_us >= 30 * INT64_C(1'000'000); /* RLIMIT_CPU stands just above the ceiling */
    return late && (sig == SIGXCPU || sig == SIGKILL) ? END_TIME_LIMIT : END_SIGNALLED;
}

void box_ended(struct keeper *k, struct box *b)
{
    box_value(k, b); /* frames written before the end */
    if (b->state != BOX_RUNNING || !drain(k, b))
        return;
    struct step_end how = { .end = END_EXITED };
    struct wire_field f;
    bool exited = WIFEXITED(b->wait_status);
    how.exit_code = exited ? WEXITSTATUS(b->wait_status) : 0;
    how.signal = exited ? 0 : WTERMSIG(b->wait_status);
    bool failed = !exited || how.exit_code || answer_has(&b->answer, VALUE_EXCEPTION, &f);
    if (how.exit_code == EXIT_STREAMS_LOST && b->step > b->first_step &&
        b->stdout_text.text.len == 0) {
        job_box_done(k, b); /* the step before closed its streams: this one did not begin */
        return;
    }
    if (cgroup_was_oom(slot_of(k, b)))
        how.end = END_MEMORY_LIMIT;
    else if (!exited)
        how.end = end_by_signal(how.signal, box_cpu_us(k, b) - b->cpu_before);
    else if (failed && hit_process_limit(slot_of(k, b), &b->answer))
        how.end = END_PROCESS_LIMIT;
    weigh(k, b, &how);
    if (b->job->produce_count > 0 && b->step + 1 == b->job->step_count) {
        box_gather(b, &how);
    } else {
        step_over(k, b, &how);
        job_box_done(k, b);
    }
}

void box_gathered(struct keeper *k, struct box *b)
{
    step_over(k, b, &b->end);
    job_box_done(k, b);
}

void box_lost(struct keeper *k, struct box *b)
{
    struct job *job = b->job;
    box_value(k, b);
    if ((b->state == BOX_RUNNING && !drain(k, b)) || !box_is_busy(b))
        return;
    if (cgroup_was_oom(slot_of(k, b))) { /* the kernel chose `inside` */
        finish_step(k, b, (struct step_end){ .end = END_MEMORY_LIMIT, .signal = SIGKILL });
        job_box_done(k, b);
        return;
    }
    b->job = NULL;
    b->state = BOX_LEAVING;
    k->running--;
    job_lost(k, job);
}

/* --- watching -------------------------------------------------------------------------------- */

/* With n threads the CPU time left cannot be gone before a n-th of it has passed. */
static void check_later(struct box *b, int64_t now, int64_t cpu_left, int64_t wall_left)
{
    int64_t wait = cpu_left / b->spec.threads;
    wait = wait < wall_left ? wait : wall_left;
    b->check_us = now + (wait > CHECK_MIN_US ? wait : CHECK_MIN_US);
}

void box_begin_checks(struct box *b, int64_t now)
{
    check_later(b, now, cpu_limit_us(b), wall_limit_us(b));
}

/* Looks at what was printed, less often while that is nothing; false when the box was stopped. */
static bool poll_outputs(struct keeper *k, struct box *b, int64_t now)
{
    size_t before = b->stdout_text.text.len + b->stderr_text.text.len;
    if (!drain(k, b))
        return false;
    bool quiet = before == b->stdout_text.text.len + b->stderr_text.text.len;
    b->poll_every_us = quiet && b->poll_every_us < POLL_LAST_US ? b->poll_every_us * 2
                       : quiet                                  ? POLL_LAST_US
                                                                : POLL_FIRST_US;
    b->poll_us = now + b->poll_every_us;
    return true;
}

void box_check(struct keeper *k, struct box *b, int64_t now)
{
    bool running = b->state == BOX_RUNNING;
    if ((running && now >= b->poll_us && !poll_outputs(k, b, now)) || now < b->check_us)
        return;
    if (!running) { /* its files take too long, which is not the program's doing */
        box_stop(k, b);
        box_lost(k, b);
        return;
    }
    int64_t cpu_left = cpu_limit_us(b) - (box_cpu_us(k, b) - b->cpu_step);
    int64_t wall_left = b->step_us + wall_limit_us(b) - now;
    if (cpu_left <= 0) {
        stop_step(k, b, (struct step_end){ .end = END_TIME_LIMIT, .signal = SIGKILL });
        return;
    }
    if (wall_left <= 0)
        wall_left += starved_us(b);
    if (wall_left <= 0) {
        stop_step(k, b, (struct step_end){ .end = END_IDLE_LIMIT, .signal = SIGKILL });
        return;
    }
    check_later(b, now, cpu_left, wall_left);
}

void box_waiting(struct keeper *k, struct box *b)
{
    if (b->state != BOX_MAKING || !b->is_told || !b->is_waiting)
        return;
    b->memory_before = cgroup_baseline(slot_of(k, b));
    b->memory_limit = b->spec.memory_kib;
    cgroup_memory_limit(slot_of(k, b), b->memory_before + b->memory_limit * 1024);
    b->state = BOX_FREE;
    k->making--;
    k->failures = 0;
    k->stats.refills++;
    k->stats.refill_us_sum += keeper_now_us() - b->made_us;
    if (k->layers == 0) {
        k->layers = b->layers | k->cgroups.layers | LAYER_PID | LAYER_MOUNT | LAYER_NET |
                    LAYER_IPC | LAYER_UTS | LAYER_CGROUP_NS | LAYER_SECCOMP;
        client_greet(k);
    }
    if (b->job) {
        struct job *job = b->job;
        b->job = NULL;
        box_run(k, b, job);
    }
    job_pump(k);
}

/* A thread that goes on would print into the next step's result. */
static bool is_single_threaded(const struct box *b)
{
    char text[2048];
    read_of_student(b, "status", text, sizeof(text));
    return strstr(text, "\nThreads:\t1\n") != NULL;
}

/* The process waits for its next step, so what it printed so far is all of this one, and nothing of
 * the next exists before that is sent. */
static void go_on(struct keeper *k, struct box *b)
{
    bool alone = is_single_threaded(b);
    if (!drain(k, b))
        return;
    if (!alone) {
        stop_step(k, b, (struct step_end){ .end = END_EXITED });
        return;
    }
    finish_step(k, b, (struct step_end){ .end = END_EXITED });
    box_next_step(k, b);
}

static void take_value(struct keeper *k, struct box *b, const unsigned char *payload, size_t n)
{
    struct wire_field f;
    b->answers++;
    if (b->answers == 1) {
        b->answer = (struct wire_buf){ .max = WIRE_BOX_MAX };
        wire_add(&b->answer, payload, n);
    }
    if (b->step < b->last_step && !answer_has(&b->answer, VALUE_LAST, &f))
        go_on(k, b);
}

static void take_frame(struct keeper *k, struct box *b, struct wire_head h,
                       const unsigned char *payload)
{
    bool now = b->state == BOX_RUNNING && h.ticket == b->step;
    if (h.type == WIRE_BOX_READY && b->state == BOX_MAKING) {
        b->is_waiting = true;
        b->layers = (uint32_t)h.ticket;
        box_waiting(k, b);
    } else if (h.type == WIRE_BOX_FAILED && b->state == BOX_MAKING) {
        char text[160];
        (void)text_format(text, sizeof(text), "%.*s", (int)h.length, (const char *)payload);
        keeper_missing(k, text);
    } else if (h.type == WIRE_BOX_VALUE && now) {
        take_value(k, b, payload, h.length);
    } else {
        b->is_garbled = true;
    }
}

/* Complete frames at the front of b->frames; false when one announces too much. */
static bool take_frames(struct keeper *k, struct box *b)
{
    size_t at = 0;
    bool fits = true;
    uint32_t generation = b->generation;
    while (b->frames.len - at >= WIRE_HEAD) {
        struct wire_head h = wire_head_of(b->frames.ptr + at);
        fits = h.length <= WIRE_BOX_MAX;
        if (!fits || b->frames.len - at - WIRE_HEAD < h.length)
            break;
        take_frame(k, b, h, b->frames.ptr + at + WIRE_HEAD);
        if (b->generation != generation || b->frames.ptr == NULL)
            return true; /* the box ended in between */
        at += WIRE_HEAD + h.length;
    }
    if (at > 0) {
        memmove(b->frames.ptr, b->frames.ptr + at, b->frames.len - at);
        b->frames.len -= at;
    }
    return fits;
}

void box_value(struct keeper *k, struct box *b)
{
    unsigned char piece[32 * 1024];
    b->frames.max = WIRE_BOX_MAX + WIRE_HEAD + sizeof(piece);
    while (b->value >= 0 && (b->state == BOX_MAKING || b->state == BOX_RUNNING)) {
        ssize_t n = read(b->value, piece, sizeof(piece));
        if (n < 0)
            return;
        if (n == 0) {
            (void)close(b->value);
            b->value = -1;
            return;
        }
        wire_add(&b->frames, piece, (size_t)n);
        if (!take_frames(k, b) && b->state == BOX_RUNNING)
            stop_step(k, b, (struct step_end){ .end = END_OUTPUT_LIMIT });
        if ((size_t)n < sizeof(piece))
            return;
    }
}
