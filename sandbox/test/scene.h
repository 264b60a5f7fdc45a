#pragma once
/*
 * scene - a keeper with one box whose other side, the student's process and `inside`, is played by
 * the caller: for tests and fuzzing of what the keeper believes. No process is jailed. One thread.
 */
#include "../keeper.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

struct scene {
    struct keeper k;
    int in, out, err, value, status; /* the box's ends */
};

/* A process of one thread, as the student's is: the keeper looks it up in /proc. Another program,
 * because a sanitizer may give a forked one a thread of its own. */
static inline pid_t scene_student(void)
{
    int began[2];
    char byte;
    if (pipe2(began, O_CLOEXEC))
        abort();
    pid_t pid = fork();
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)execl("/bin/sleep", "sleep", "infinity", (char *)NULL);
        _exit(127);
    }
    (void)close(began[1]);
    if (pid < 0 || read(began[0], &byte, 1) != 0) /* the end: exec closed its side */
        abort();
    (void)close(began[0]);
    return pid;
}

static inline void scene_set(struct scene *s)
{
    *s = (struct scene){ .in = -1, .out = -1, .err = -1, .value = -1, .status = -1 };
    s->k.conf =
        (struct keeper_conf){ .client_fd = -1, .module_fd = -1, .probe_fd = -1, .parallel = 1 };
    s->k.epoll = s->k.client = -1;
    s->k.layers = 1;
    s->k.queue_end = &s->k.queue;
    s->k.box_count = 1;
    s->k.cgroups.slots[0] = (struct cgroup_slot){ .limit = -1,
                                                  .usage = -1,
                                                  .peak = -1,
                                                  .oom = -1,
                                                  .pids_max = -1,
                                                  .pids_events = -1,
                                                  .cpu = -1,
                                                  .kill = -1 };
    (void)signal(SIGPIPE, SIG_IGN); /* as in the keeper */
}

static inline void scene_pipe(int *ours, int *theirs, bool we_read)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
        abort();
    *ours = ends[we_read ? 0 : 1];
    *theirs = ends[we_read ? 1 : 0];
}

/* A box that waits, jailed and ready; it takes the first job of the queue. */
static inline void scene_open_box(struct scene *s, pid_t student)
{
    struct box *b = &s->k.boxes[0];
    int pair[2];
    *b = (struct box){ .generation = b->generation + 1,
                       .spec = box_standard(),
                       .zygote = -1,
                       .pidfd = -1,
                       .student_pidfd = -1,
                       .student = student,
                       .is_told = true };
    scene_pipe(&b->in, &s->in, false);
    scene_pipe(&b->out, &s->out, true);
    scene_pipe(&b->err, &s->err, true);
    scene_pipe(&b->value, &s->value, true);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair))
        abort();
    b->status = pair[0];
    s->status = pair[1];
    b->state = BOX_FREE;
    job_pump(&s->k);
}

/* The box dies, without a word if it was busy. */
static inline void scene_close_box(struct scene *s)
{
    int *ends[] = { &s->in, &s->out, &s->err, &s->value, &s->status };
    if (s->k.boxes[0].state != BOX_EMPTY)
        box_gone(&s->k, &s->k.boxes[0]);
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        box_close(ends[i]);
}

/* `inside` says this. */
static inline void scene_tell(struct scene *s, struct status head, const void *bytes, size_t n)
{
    struct iovec parts[2] = { { &head, sizeof(head) }, { (void *)(uintptr_t)bytes, n } };
    const struct msghdr msg = { .msg_iov = parts, .msg_iovlen = 2 };
    if (s->status >= 0 && sendmsg(s->status, &msg, MSG_NOSIGNAL) > 0)
        box_status(&s->k, &s->k.boxes[0]);
}

/* The student's process writes this. */
static inline void scene_write(int fd, const void *bytes, size_t n)
{
    if (fd >= 0 && n && write(fd, bytes, n) < 0)
        return; /* the keeper stopped listening, or the pipe is full */
}

/* Bytes on the value pipe, and the keeper told that some are there, as often as the pipe is full.
 */
static inline void scene_put(struct scene *s, const void *bytes, size_t n)
{
    const size_t piece = 32'768;
    size_t at = 0;
    do {
        size_t part = n - at < piece ? n - at : piece;
        scene_write(s->value, (const char *)bytes + at, part);
        box_value(&s->k, &s->k.boxes[0]);
        at += part;
    } while (at < n);
}

/* A whole value frame of this step. */
static inline void scene_answer(struct scene *s, uint32_t step, const void *bytes, size_t n)
{
    struct wire_buf frame = { .max = WIRE_HEAD + WIRE_BOX_MAX };
    size_t opened = wire_frame(&frame, WIRE_BOX_VALUE, step);
    wire_add(&frame, bytes, n);
    wire_frame_end(&frame, opened);
    scene_put(s, frame.ptr, frame.len);
    wire_release(&frame);
}
