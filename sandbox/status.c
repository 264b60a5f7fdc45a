#include "keeper.h"
#include "text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What `inside`, the first process of a box, tells of the student's. */

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

static void take_produced(struct box *b, const struct status *s, const char *bytes)
{
    uint32_t i = s->file;
    if (!b->job || i >= b->job->produce_count)
        return;
    b->produced_bytes += s->length;
    if (b->produced_bytes > b->job->limits.files_kib * 1024)
        return;
    b->produced[i].max = (size_t)b->job->limits.files_kib * 1024;
    wire_add(&b->produced[i], bytes, s->length);
    b->has_produced[i] = true;
}

static void take_status(struct keeper *k, struct box *b, const struct status *s, const char *bytes,
                        int passed)
{
    if (s->kind == STATUS_STUDENT && passed >= 0) {
        b->student_pidfd = passed;
        b->student = pid_of(passed);
        b->is_told = true;
        box_waiting(k, b);
        return;
    }
    if (s->kind == STATUS_END && b->state == BOX_RUNNING && !b->has_ended) {
        b->has_ended = true;
        b->wait_status = s->wait_status;
        b->end_cpu_us = s->cpu_us;
        box_ended(k, b);
    } else if (s->kind == STATUS_PRODUCED && b->state == BOX_RUNNING) {
        take_produced(b, s, bytes);
    } else if (s->kind == STATUS_DONE && b->state == BOX_RUNNING && b->has_ended) {
        job_box_done(k, b);
    }
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
            (void)close(b->status);
            b->status = -1;
            return;
        }
        int passed = -1;
        struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
        if (c && c->cmsg_type == SCM_RIGHTS)
            memcpy(&passed, CMSG_DATA(c), sizeof(passed));
        take_status(k, b, &m.head, m.bytes, passed);
    }
}
