#include "keeper.h"
#include "text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What `inside`, the first process of a box, tells of the student's. */

#define GATHER_MAX_US (10 * INT64_C(1'000'000)) /* for the files of a job, whatever its limits */

/* The student's process number as we see it, from a pidfd. */
static pid_t pid_of(int pidfd)
{
    char path[64], text[512];
    (void)text_format(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
    if (fd >= 0)
        (void)close(fd);
    text[n > 0 ? n : 0] = '\0';
    const char *at = strstr(text, "Pid:");
    return at ? (pid_t)strtol(at + 4, NULL, 10) : 0;
}

/* The last step of the job has ended: what its process or a thread of it still says on the value
 * pipe or prints belongs to no step. */
void box_gather(struct box *b, const struct step_end *last)
{
    b->state = BOX_GATHERING;
    b->end = *last;
    box_close(&b->value);
    box_close(&b->in);
    b->check_us = b->poll_us = keeper_now_us() + GATHER_MAX_US;
}

/* A part of a file, in the order they were asked for. Those before the one that passes the cap are
 * whole; only a program that means to fills it twice, with links or holes. */
static void take_produced(struct keeper *k, struct box *b, const struct status *s,
                          const char *bytes)
{
    if (s->file >= b->job->produce_count)
        return;
    int64_t cap = b->job->limits.files_kib * 1024;
    b->produced_bytes += s->length;
    b->has_produced[s->file] = b->produced_bytes <= cap;
    if (!b->has_produced[s->file]) {
        box_stop(k, b);
        box_gathered(k, b);
        return;
    }
    b->produced[s->file].max = (size_t)cap;
    wire_add(&b->produced[s->file], bytes, s->length);
}

/* True when the descriptor that came along is kept. */
static bool take_status(struct keeper *k, struct box *b, const struct status *s, const char *bytes,
                        int passed)
{
    if (s->kind == STATUS_STUDENT && b->state == BOX_MAKING && !b->is_told && passed >= 0) {
        b->student_pidfd = passed;
        b->student = pid_of(passed);
        b->is_told = true;
        box_waiting(k, b);
        return true;
    }
    if (s->kind == STATUS_END && b->state == BOX_RUNNING) {
        b->has_ended = true;
        b->wait_status = s->wait_status;
        b->end_cpu_us = s->cpu_us;
        box_ended(k, b);
    } else if (s->kind == STATUS_PRODUCED && b->state == BOX_GATHERING) {
        take_produced(k, b, s, bytes);
    } else if (s->kind == STATUS_DONE && b->state == BOX_GATHERING) {
        box_gathered(k, b);
    }
    return false;
}

/* The descriptor that came along, or -1. */
static int fd_of(struct msghdr *msg)
{
    int passed = -1;
    struct cmsghdr *c = CMSG_FIRSTHDR(msg);
    if (c && c->cmsg_type == SCM_RIGHTS)
        memcpy(&passed, CMSG_DATA(c), sizeof(passed));
    return passed;
}

void box_status(struct keeper *k, struct box *b)
{
    struct {
        struct status head;
        char bytes[STATUS_BYTES_MAX];
    } m;
    for (uint32_t generation = b->generation; b->status >= 0 && b->generation == generation;) {
        union {
            struct cmsghdr head;
            char space[CMSG_SPACE(sizeof(int))];
        } control;
        struct iovec iov = { &m, sizeof(m) };
        struct msghdr msg = { .msg_iov = &iov,
                              .msg_iovlen = 1,
                              .msg_control = &control,
                              .msg_controllen = sizeof(control) };
        ssize_t n = recvmsg(b->status, &msg, MSG_CMSG_CLOEXEC);
        if (n < 0)
            return;
        if (n < (ssize_t)sizeof(m.head)) { /* the end: box_gone follows */
            box_close(&b->status);
            return;
        }
        int passed = fd_of(&msg);
        bool whole = m.head.length <= (size_t)n - sizeof(m.head);
        if (!(whole && take_status(k, b, &m.head, m.bytes, passed)))
            box_close(&passed);
    }
}
