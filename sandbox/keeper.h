#pragma once
/*
 * keeper - the one thread that makes boxes, gives them work, and watches them.
 *
 * It holds no secret and no oracle, opens no path by name in a box, and believes only what
 * `inside`, the kernel and its own clock tell. One epoll loop; all state is in struct keeper,
 * owned by that thread. Times in microseconds of CLOCK_MONOTONIC.
 *
 *   client.c  frames with the judge      job.c  queue, steps, results (job_read.c: orders)
 *   box.c     one box from making to end  run.c, order.c, status.c  its run
 *   zygote.c, tree.c  where boxes come from
 */
#include "capture.h"
#include "cgroup.h"
#include "make.h"
#include "wire.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    KEEPER_BOXES_MAX = CGROUP_BOXES_MAX,
    KEEPER_ZYGOTES_MAX = 4,
    KEEPER_QUEUE_MAX = 1024,
    KEEPER_PRODUCE_MAX = 64,
    ZYGOTE_FORKS_MAX = 10'000,
    DEFAULT_CPU_MS = 2'000,
    DEFAULT_WALL_MS = 6'000,
    DEFAULT_MEMORY_KIB = 131'072,
    DEFAULT_OUTPUT_KIB = 64,
    DEFAULT_FILES_KIB = 1'024,
    US_PER_MS_ = 1'000,
    POLL_FIRST_US = 5'000, /* outputs are looked at this often, later less */
    POLL_LAST_US = 20'000,
    CHECK_MIN_US = 1'000,
    REFILL_REST_US = 3'000, /* after the last run, so that its answer is not kept from the reader */
};
#define ZYGOTE_AGE_MAX_US (3'600 * INT64_C(1'000'000))

struct keeper_conf {
    int client_fd; /* -1: none (check, probe) */
    int module_fd;
    int probe_fd; /* -1: none */
    int pool, parallel;
    uint32_t minimum;
};

/* What makes two boxes exchangeable. */
struct box_spec {
    int64_t files_kib, memory_kib, threads;
    int hash_seed;
    bool cold;
};

struct limits {
    int64_t cpu_us, wall_us, memory_kib, output_bytes, files_kib, threads;
};

struct job_step {
    const unsigned char *ptr; /* STEP_* fields, in job->payload */
    size_t len;
    struct wire_field stdin_text;
    int64_t kind, cpu_us, wall_us; /* 0: the job's */
};

/* One order of the judge, from its frame to its result. */
struct job {
    struct job *next; /* in the queue */
    uint64_t ticket;
    unsigned char *payload;
    size_t length;
    int64_t flags, hash_seed;
    struct limits limits;
    struct job_step steps[WIRE_STEPS_MAX];
    uint32_t step_count, next_step; /* next_step: first without a result */
    struct wire_field produce[KEEPER_PRODUCE_MAX];
    uint32_t produce_count;
    struct wire_buf result; /* RESULT_STEP and RESULT_PRODUCED fields so far */
    uint32_t layers;
    int64_t arrived_us, wait_us, memory_kib, used_wall_us, used_cpu_us;
    int tries;   /* boxes lost by our own fault */
    bool waited; /* counted as having found no free box */
    bool is_cancelled;
};

enum box_state {
    BOX_EMPTY,
    BOX_MAKING,
    BOX_FREE,
    BOX_RUNNING,
    BOX_GATHERING, /* its last step has ended and `inside` hands over the files of the job */
    BOX_LEAVING,
    BOX_RETIRED
};

/* How a step ended, for job_step_done. */
struct step_end {
    enum wire_end end;
    int exit_code, signal;
    int64_t wall_us, cpu_us;
    bool over; /* output passed its cap */
};

struct box {
    enum box_state state;
    uint32_t generation; /* against events of an earlier life */
    struct box_spec spec;
    int zygote;
    int in, out, err, value, status; /* our ends */
    int pidfd, student_pidfd;
    pid_t student;
    uint32_t layers;
    bool is_told, is_waiting; /* STUDENT and READY have come */
    int64_t made_us, memory_before, memory_limit;
    struct job *job; /* RUNNING, GATHERING: its work; MAKING: who waits for this box, or NULL */
    /* the run */
    uint32_t first_step, step, last_step; /* of the job: first, current and last of this box */
    int64_t started_us, step_us, cpu_before, cpu_step;
    int64_t check_us; /* when to look again */
    int64_t poll_us, poll_every_us;
    struct wire_buf to_write; /* order and stdin */
    size_t written;
    struct capture stdout_text, stderr_text;
    size_t printed;                /* bytes of the steps before in this box */
    unsigned char mark[WIRE_MARK]; /* random; see JOB_MARK */
    bool is_marked;
    size_t stdout_from;
    struct wire_buf frames; /* bytes of the value pipe not yet complete */
    struct wire_buf answer; /* payload of the step's value frame */
    uint32_t answers;
    bool is_garbled;
    bool has_ended;
    int wait_status;
    int64_t end_cpu_us;
    struct step_end end; /* GATHERING: of the last step, which has no result before its files */
    struct wire_buf produced[KEEPER_PRODUCE_MAX];
    bool has_produced[KEEPER_PRODUCE_MAX];
    int64_t produced_bytes;
};

/* Does it hold a job of k->running? */
static inline bool box_is_busy(const struct box *b)
{
    return b->state == BOX_RUNNING || b->state == BOX_GATHERING;
}

enum zygote_state { ZYGOTE_NONE, ZYGOTE_STARTING, ZYGOTE_READY, ZYGOTE_OLD };
struct zygote {
    enum zygote_state state;
    int hash_seed, control, error, pidfd;
    pid_t pid;
    int64_t started_us, mapped_kib;
    int forks, boxes; /* boxes alive */
};

struct stats {
    uint64_t runs, boxes, waits, violations, retired, refills;
    int64_t refill_us_sum;
};

struct keeper {
    struct keeper_conf conf;
    int epoll, client;
    uint32_t layers; /* of the first box, with cgroups; 0 until then */
    char toolchain[32];
    char missing[256]; /* why no code can run; empty: it can */
    bool greeted, stopping;
    bool wants_room; /* epoll tells when the client's socket takes more */
    struct cgroups cgroups;
    struct zygote zygotes[KEEPER_ZYGOTES_MAX];
    struct box boxes[KEEPER_BOXES_MAX];
    int box_count, running, making;
    struct job *queue, **queue_end;
    uint32_t queued;
    struct wire_buf from_client, to_client;
    size_t sent;
    struct stats stats;
    struct capture probe_text; /* of a program run by `probe` */
    int failures;              /* boxes in a row that could not be made */
    int64_t retry_us;
    int64_t ran_us; /* when the last run ended */
};

/* Event sources, in epoll data: kind << 56 | generation << 32 | index. */
enum source {
    SOURCE_CLIENT,
    SOURCE_ZYGOTE,
    SOURCE_ZYGOTE_ERROR,
    SOURCE_STDIN,
    SOURCE_VALUE,
    SOURCE_STATUS,
    SOURCE_PID
};

/* Fills limits, steps, files to produce and flags from job->payload; the rest is the caller's. A
 * refusal names the reason in *why. */
enum wire_refuse_code job_read(struct job *job, const char **why);

int64_t keeper_now_us(void);
/* Groups, ids, first zygote. False: k->missing says why. */
bool keeper_open(struct keeper *k, const struct keeper_conf *conf);
/* One round: waits for events at most until the next deadline or `wait_ms`, then acts. */
void keeper_round(struct keeper *k, int wait_ms);
void keeper_close(struct keeper *k);
void keeper_watch(struct keeper *k, int fd, uint32_t events, enum source source, uint32_t index,
                  uint32_t generation);
void keeper_missing(struct keeper *k, const char *text);

/* zygotes */
int keeper_zygote_for(struct keeper *k, int hash_seed); /* index of a ready one, or -1 */
void keeper_zygote_event(struct keeper *k, uint32_t index);
void keeper_zygote_error(struct keeper *k, uint32_t index);
void keeper_zygote_left(struct keeper *k, int index);

/* boxes */
bool box_make(struct keeper *k, const struct box_spec *spec, struct job *for_job);
struct box *box_find(struct keeper *k, const struct box_spec *spec);
void box_made(struct keeper *k, uint32_t index, const struct made *m, int pidfd);
void box_run(struct keeper *k, struct box *b, struct job *job);
void box_next_step(struct keeper *k, struct box *b); /* the current one, of several in this box */
int64_t box_cpu_us(struct keeper *k, const struct box *b); /* since it exists */
void box_stdin(struct keeper *k, struct box *b);
void box_value(struct keeper *k, struct box *b);
void box_status(struct keeper *k, struct box *b);
void box_waiting(struct keeper *k, struct box *b); /* free, once both its processes have said so */
void box_ended(struct keeper *k, struct box *b); /* `inside` told how the student's process ended */
void box_gather(struct box *b, const struct step_end *last); /* the files of the job, from now on */
/* They are here: the last step has its result. */
void box_gathered(struct keeper *k, struct box *b);
void box_gone(struct keeper *k, struct box *b);
void box_lost(struct keeper *k, struct box *b);    /* died while it was busy, without a word */
void box_begin_checks(struct box *b, int64_t now); /* of a box that starts to run */
void box_check(struct keeper *k, struct box *b, int64_t now);
void box_stop(struct keeper *k, struct box *b); /* kills; its job is not touched */
void box_close(int *fd);                        /* also takes it out of epoll */
struct box_spec box_standard(void);
bool box_spec_same(const struct box_spec *a, const struct box_spec *b);

/* jobs */
void job_add(struct keeper *k, uint64_t ticket, const unsigned char *payload, size_t length);
void job_cancel(struct keeper *k, uint64_t ticket);
void job_pump(struct keeper *k);
void job_step_done(struct keeper *k, struct box *b, const struct step_end *how);
void job_box_done(struct keeper *k, struct box *b); /* the box has said all it will */
void job_lost(struct keeper *k, struct job *job);   /* its box could not be made or died unasked */
struct box_spec job_spec(const struct keeper *k, const struct job *job);

/* client */
void client_event(struct keeper *k);
void client_flush(struct keeper *k);
void client_greet(struct keeper *k);
void client_refuse(struct keeper *k, uint64_t ticket, enum wire_refuse_code code, const char *text);
void client_result(struct keeper *k, const struct job *job);
void client_chunk(struct keeper *k, const struct box *b, int stream, const unsigned char *bytes,
                  size_t n);
