#pragma once
/*
 * sandbox_priv - what the client's files share.
 *
 *   sandbox.c       the contract: a call from order to result
 *   sandbox_link.c  the socket, the reader thread, letters to those who wait
 *   sandbox_start.c the keeper's process
 *   sandbox_wire.c  a job as a frame, a frame as a result: pure, no I/O, no state. What it reads
 * was written by the keeper, but the value part of a step by the student's process: every length is
 * checked, every text is only a slice.
 */
#include "../../../sandbox/wire.h"

#include "io/sandbox/sandbox.h"

#include <pthread.h>
#include <sys/types.h>
#include <time.h>

enum { SANDBOX_PATH_BYTES = 1024 };

/* The payload of WIRE_JOB. ERR_INPUT, ERR_LIMIT as sandbox_run. */
enum err sandbox_encode(const struct sandbox_job *job, struct wire_buf *out, struct fail *f);

/* The payload of WIRE_RESULT. out's slices point into `payload`, arrays live in `a`.
 * ERR_IO: not a frame of a keeper of this version. */
enum err sandbox_decode(struct str payload, size_t step_count, struct arena *a,
                        struct sandbox_result *out, struct fail *f);

/* A frame on its way from the reader thread to the thread that waits for it. */
struct letter {
    struct letter *next;
    uint32_t type;
    size_t length;
    unsigned char payload[];
};

/* One thread waiting for answers to its ticket; lives on that thread's stack. */
struct call {
    struct call *next;
    uint64_t ticket;
    struct letter *letters, **end;
    bool lost; /* the keeper died: there will be no answer */
    pthread_cond_t came;
};

/* Guarded by `lock`, except: `conf` and `program` are set once; `out` is written under
 * `write_lock` alone, so that a slow keeper does not stop readers; `pid` is the reader's. */
struct sandbox {
    pthread_mutex_t lock, write_lock;
    pthread_cond_t changed; /* connected, failed or closing */
    pthread_t reader;
    struct sandbox_conf conf;
    char program[SANDBOX_PATH_BYTES];
    int out; /* socket, -1 while there is no keeper */
    pid_t pid;
    bool is_read; /* by the thread; of the thread that begins and closes */
    bool is_connected, is_closing;
    uint64_t next_ticket, restarts;
    int silent_ends; /* keepers in a row that ended without a greeting */
    struct call *calls;
    uint32_t layers;
    char toolchain[64], build[64], missing[256];
};

/* Given, or beside this executable, or where a build folder has it, or by name from PATH. */
void sandbox_find_program(struct sandbox *s);
/* Starts the program; the socket to it, or -1 with s->missing filled. */
int sandbox_start(struct sandbox *s);

/* The reader thread: serves one keeper after the other until closing. */
void *sandbox_reader(void *arg);
/* Waits for a greeting. False after ms, when closing, or after `patience` keepers that said
 * nothing. */
bool sandbox_await(struct sandbox *s, int64_t ms, int patience);
/* False when there is no keeper to hear it. */
bool sandbox_send(struct sandbox *s, uint32_t type, uint64_t ticket,
                  const struct wire_buf *payload);
void call_begin(struct sandbox *s, struct call *c);
void call_end(struct sandbox *s, struct call *c);
/* The next letter, NULL when the keeper is lost or `until` (may be NULL) has come. Caller frees. */
struct letter *call_wait(struct sandbox *s, struct call *c, const struct timespec *until);

void cond_init_monotonic(pthread_cond_t *c);
struct timespec in_ms(int64_t ms);
/* snprintf that cuts silently. */
FMT_LIKE(3, 4) void text_cut(char *out, size_t room, const char *fmt, ...);
