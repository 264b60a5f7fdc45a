#include "keeper.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

/* What a box is told, and the start of its run. */

/* A step for the box; without its stdin when that follows behind the frame. */
static void put_step(struct wire_buf *out, const struct job_step *step, bool with_stdin)
{
    struct wire_in in = { .ptr = step->ptr, .len = step->len };
    struct wire_field f;
    size_t opened = wire_open(out, JOB_STEP);
    while (wire_next(&in, &f))
        if (f.tag != STEP_STDIN || with_stdin)
            wire_put(out, f.tag, f.ptr, f.len);
    wire_close(out, opened);
}

/* The step and, to the first one, the files. A box of one step gets its stdin behind the frame; one
 * of several gets each step, stdin inside, when everything of the step before has been read. */
static void write_order(struct box *b, const struct job *job)
{
    struct wire_buf *out = &b->to_write;
    *out = (struct wire_buf){ .max = 3 * (size_t)WIRE_JOB_MAX };
    b->written = 0;
    bool inline_stdin = b->last_step > b->first_step, first = b->step == b->first_step;
    int64_t more = b->step < b->last_step ? JOB_MORE : 0;
    size_t opened = wire_frame(out, WIRE_JOB, 0);
    struct wire_in in = { .ptr = job->payload, .len = job->length };
    struct wire_field f;
    while (wire_next(&in, &f))
        if (first && (f.tag == JOB_FILE || f.tag == JOB_MAIN || f.tag == JOB_SEED))
            wire_put(out, f.tag, f.ptr, f.len);
    wire_put_num(out, JOB_FLAGS, job->flags | more);
    wire_put_num(out, JOB_FIRST, b->step);
    wire_put(out, JOB_MARK, b->mark, sizeof(b->mark));
    put_step(out, &job->steps[b->step], inline_stdin);
    wire_frame_end(out, opened);
    if (!inline_stdin)
        wire_add(out, job->steps[b->step].stdin_text.ptr, job->steps[b->step].stdin_text.len);
}

static void ask_produced(const struct box *b, const struct job *job)
{
    struct {
        struct status head;
        char path[256];
    } ask = { .head = { .kind = STATUS_PRODUCE } };
    for (uint32_t i = 0; i < job->produce_count; i++) {
        size_t n = job->produce[i].len; /* job_add bounds it */
        memcpy(ask.path, job->produce[i].ptr, n);
        (void)send(b->status, &ask, sizeof(ask.head) + n, MSG_NOSIGNAL);
    }
}

void box_run(struct keeper *k, struct box *b, struct job *job)
{
    int64_t now = keeper_now_us();
    if (job->wait_us < 0)
        job->wait_us = now - job->arrived_us;
    b->state = BOX_RUNNING;
    b->job = job;
    b->step = b->first_step = job->next_step;
    b->last_step = job->flags & JOB_BOX_PER_STEP ? b->step : job->step_count - 1;
    k->running++;
    k->stats.boxes++;
    if (job->limits.memory_kib != b->memory_limit) {
        b->memory_limit = job->limits.memory_kib;
        cgroup_memory_limit(&k->cgroups.slots[b - k->boxes],
                            b->memory_before + b->memory_limit * 1024);
    }
    ask_produced(b, job);
    if (getrandom(b->mark, sizeof(b->mark), 0) != (ssize_t)sizeof(b->mark))
        abort(); /* cannot happen for so few bytes */
    write_order(b, job);
    b->cpu_before = b->cpu_step = box_cpu_us(k, b);
    b->started_us = b->step_us = now;
    box_begin_checks(b, now);
    b->poll_every_us = POLL_FIRST_US;
    b->poll_us = now + POLL_FIRST_US;
    box_stdin(k, b);
}

void box_stdin(struct keeper *k, struct box *b)
{
    while (b->in >= 0 && b->written < b->to_write.len) {
        ssize_t n = write(b->in, b->to_write.ptr + b->written, b->to_write.len - b->written);
        if (n < 0 && errno == EAGAIN) {
            keeper_watch(k, b->in, EPOLLOUT, SOURCE_STDIN, (uint32_t)(b - k->boxes), b->generation);
            return;
        }
        if (n < 0)
            break; /* the program closed its stdin: not our concern */
        b->written += (size_t)n;
    }
    wire_release(&b->to_write);
    if (b->in >= 0 && b->step == b->last_step) {
        box_close(&b->in);
    } else if (b->in >= 0) { /* not watched until there is more to write */
        (void)epoll_ctl(k->epoll, EPOLL_CTL_DEL, b->in, NULL);
    }
}

void box_next_step(struct keeper *k, struct box *b)
{
    write_order(b, b->job);
    box_stdin(k, b);
}
