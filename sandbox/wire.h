#pragma once
/*
 * wire - the words the judge, the keeper and a box say to each other.
 *
 * A frame is a head of 16 bytes (payload length, type, ticket) and a payload. A payload is a list
 * of fields: one tag byte, four length bytes, the bytes; numbers are 8 bytes. All little-endian.
 * Whoever reads a frame trusts nothing in it: an unknown tag is skipped, a length that does not
 * fit ends the reading and marks it bad.
 * Used by three programs (server, keeper, interpreter module), so it includes no header of ours.
 * Threads: no state.
 */
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    WIRE_VERSION = 1,
    WIRE_HEAD = 16,                     /* u32 length, u32 type, u64 ticket */
    WIRE_FIELD_HEAD = 5,                /* u8 tag, u32 length */
    WIRE_JOB_MAX = 9 * 1024 * 1024,     /* job payload */
    WIRE_VALUE_MAX = 1024 * 1024,       /* one tagged value */
    WIRE_BOX_MAX = 2 * 1024 * 1024,     /* payload of one frame of a box: value, arguments, trace */
    WIRE_RESULT_MAX = 64 * 1024 * 1024, /* what the steps of a job say, all together */
    WIRE_PRODUCED_MAX = 64 * 1024 * 1024, /* its files: the ceiling of JOB_FILES_KIB */
    /* payload of a result frame: both, and the shortened words of steps that did not fit */
    WIRE_LETTER_MAX = WIRE_RESULT_MAX + WIRE_PRODUCED_MAX + 8 * 1024 * 1024,
    WIRE_STEPS_MAX = 128,
    WIRE_FILES_MAX = 64,
    WIRE_LINES_MAX = 20'000,
    WIRE_CHANGES_MAX = 200,
    WIRE_REPR_MAX = 80,
    WIRE_MARK = 16,
};

/* Frames between judge and keeper. */
enum wire_type {
    WIRE_HELLO = 1, /* keeper: GREET_* */
    WIRE_JOB,       /* judge: JOB_* */
    WIRE_CANCEL,    /* judge: nothing */
    WIRE_ASK_STATS, /* judge: nothing */
    WIRE_CHUNK,     /* keeper: CHUNK_* */
    WIRE_RESULT,    /* keeper: RESULT_* */
    WIRE_REFUSED,   /* keeper: REFUSE_* */
    WIRE_STATS,     /* keeper: one field per counter, enum wire_stat */
};

/* Frames from a box to the keeper on the value pipe; the ticket is the step number. */
enum wire_box_type {
    WIRE_BOX_READY = 64, /* jailed and waiting */
    WIRE_BOX_FAILED,     /* a text: which layer failed */
    WIRE_BOX_VALUE,      /* the step is over: VALUE_* */
};

enum wire_greet_tag {
    GREET_VERSION = 1,
    GREET_LAYERS,
    GREET_TOOLCHAIN,
    GREET_BUILD,
    GREET_MISSING
};

enum wire_job_tag {
    JOB_FILE = 1, /* FILE_* */
    JOB_MAIN,
    JOB_STEP, /* STEP_* */
    JOB_PRODUCE,
    JOB_FLAGS, /* enum wire_job_flag */
    JOB_SEED,
    JOB_HASH_SEED,
    JOB_CPU_MS,
    JOB_WALL_MS,
    JOB_MEMORY_KIB,
    JOB_OUTPUT_KIB,
    JOB_FILES_KIB,
    JOB_THREADS,
    JOB_FIRST, /* keeper to box: number of the step */
    JOB_MARK,  /* keeper to box: bytes to print where the program ends and the call begins */
};
enum wire_job_flag {
    JOB_BOX_PER_STEP = 1,
    JOB_ENTROPY = 2,
    JOB_COLD = 4,
    JOB_STREAM = 8,
    JOB_MORE = 16, /* keeper to box: another step follows in a frame of its own */
};
enum wire_file_tag { FILE_PATH = 1, FILE_TEXT };
enum wire_step_tag {
    STEP_KIND = 1, /* enum wire_step_kind */
    STEP_CODE,
    STEP_SETUP,
    STEP_ARGS,
    STEP_KWARGS,
    STEP_STDIN,
    STEP_ARGV, /* once per argument */
    STEP_FLAGS,
    STEP_CPU_MS,
    STEP_WALL_MS,
};
enum wire_step_kind { STEP_COMPILE, STEP_MAIN, STEP_CALL, STEP_EXPR, STEP_KIND_COUNT };
enum wire_step_flag { STEP_IMPORTED = 1, STEP_REPORT_ARGS = 2, STEP_TRACE = 4 };

enum wire_chunk_tag { CHUNK_STEP = 1, CHUNK_STREAM, CHUNK_BYTES };
enum wire_refuse_tag { REFUSE_CODE = 1, REFUSE_TEXT };
enum wire_refuse_code { REFUSE_NOTHING, REFUSE_INPUT, REFUSE_LIMIT, REFUSE_BUSY, REFUSE_LAYERS };

/* Same order as enum sandbox_end of the client, pinned there by a static_assert. */
enum wire_end {
    END_EXITED,
    END_SIGNALLED,
    END_TIME_LIMIT,
    END_IDLE_LIMIT,
    END_MEMORY_LIMIT,
    END_PROCESS_LIMIT,
    END_OUTPUT_LIMIT,
    END_VIOLATION,
    END_CANCELLED,
    END_NOT_RUN,
    END_ERROR,
    END_COUNT
};
enum wire_result_tag {
    RESULT_LAYERS = 1,
    RESULT_WAIT_US,
    RESULT_MEMORY_KIB,
    RESULT_STEP,     /* RSTEP_*, once per step in order */
    RESULT_PRODUCED, /* FILE_* */
};
enum wire_rstep_tag {
    RSTEP_END = 1,
    RSTEP_EXIT,
    RSTEP_SIGNAL,
    RSTEP_WALL_US,
    RSTEP_CPU_US,
    RSTEP_STDOUT,
    RSTEP_STDERR,
    RSTEP_STDOUT_BYTES,
    RSTEP_STDERR_BYTES,
    RSTEP_STDOUT_FROM,
    RSTEP_FRAMES,
    RSTEP_VALUE, /* payload of the WIRE_BOX_VALUE frame, untouched */
};
enum wire_value_tag {
    VALUE_VALUE = 1, /* tagged JSON */
    VALUE_EXCEPTION, /* EXC_* */
    VALUE_ARGS_BEFORE,
    VALUE_ARGS_AFTER,
    VALUE_LINES,  /* u32 each: file << 24 | line */
    VALUE_CHANGE, /* CHANGE_* */
    VALUE_CUT,
    VALUE_TOO_LARGE, /* a value above WIRE_VALUE_MAX was not sent */
    VALUE_EXIT_CODE, /* what the program's exit code would have been; the process goes on */
    VALUE_LAST,      /* the process ends now, though more steps were to come */
};
enum wire_exception_tag {
    EXC_TYPE = 1,
    EXC_MESSAGE,
    EXC_FILE,
    EXC_FUNCTION,
    EXC_LINE,
    EXC_COLUMN,
    EXC_END_LINE,
    EXC_END_COLUMN,
    EXC_COMPILE,
    EXC_LOADING,
    EXC_FRAME, /* FRAME_* */
};
enum wire_frame_tag { FRAME_FILE = 1, FRAME_FUNCTION, FRAME_LINE };
enum wire_change_tag {
    CHANGE_AT = 1,
    CHANGE_WHERE, /* file << 24 | line */
    CHANGE_FUNCTION,
    CHANGE_NAME,
    CHANGE_REPR
};
enum wire_stat {
    STAT_RUNS = 1,
    STAT_BOXES,
    STAT_WAITS,
    STAT_VIOLATIONS,
    STAT_RETIRED,
    STAT_REFILLS,
    STAT_REFILL_US,
    STAT_FREE,
    STAT_POOL,
    STAT_RUNNING,
    STAT_QUEUED,
    STAT_COUNT
};

/* Layer bits, the same as enum sandbox_layer of the client. */
enum wire_layer {
    LAYER_USER = 1 << 0,
    LAYER_PID = 1 << 1,
    LAYER_MOUNT = 1 << 2,
    LAYER_NET = 1 << 3,
    LAYER_IPC = 1 << 4,
    LAYER_UTS = 1 << 5,
    LAYER_CGROUP_NS = 1 << 6,
    LAYER_SECCOMP = 1 << 7,
    LAYER_LANDLOCK = 1 << 8,
    LAYER_NO_CAPS = 1 << 9,
    LAYER_RLIMITS = 1 << 10,
    LAYER_MEMORY = 1 << 11,
    LAYER_PIDS = 1 << 12,
    LAYER_CPU = 1 << 13,
    LAYER_KILL = 1 << 14,
    LAYER_COUNT = 15,
};

/* Bytes that grow up to `max`. After a refusal (`full`) nothing more is added. */
struct wire_buf {
    unsigned char *ptr;
    size_t len, cap, max;
    bool full;
};

static inline void wire_add(struct wire_buf *b, const void *bytes, size_t n)
{
    if (b->full || n > b->max - b->len) {
        b->full = true;
        return;
    }
    size_t need = b->len + n;
    if (need > b->cap) {
        size_t cap = need < b->max / 2 ? need * 2 : b->max;
        unsigned char *p = realloc(b->ptr, cap);
        if (!p)
            abort(); /* out of memory ends the program everywhere in this project */
        b->ptr = p;
        b->cap = cap;
    }
    if (n) {
        memcpy(b->ptr + b->len, bytes, n);
        b->len = need;
    }
}

static inline void wire_release(struct wire_buf *b)
{
    free(b->ptr);
    *b = (struct wire_buf){ .max = b->max };
}

static inline void wire_u32_at(unsigned char *at, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(v >> (8 * i));
}
static inline uint32_t wire_u32(const unsigned char *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}
static inline uint64_t wire_u64(const unsigned char *at)
{
    return (uint64_t)wire_u32(at) | (uint64_t)wire_u32(at + 4) << 32;
}

static inline void wire_put(struct wire_buf *b, int tag, const void *bytes, size_t n)
{
    unsigned char head[WIRE_FIELD_HEAD] = { (unsigned char)tag };
    if (n > UINT32_MAX) {
        b->full = true;
        return;
    }
    wire_u32_at(head + 1, (uint32_t)n);
    wire_add(b, head, sizeof(head));
    wire_add(b, bytes, n);
}
static inline void wire_put_num(struct wire_buf *b, int tag, int64_t v)
{
    unsigned char num[8];
    wire_u32_at(num, (uint32_t)(uint64_t)v);
    wire_u32_at(num + 4, (uint32_t)((uint64_t)v >> 32));
    wire_put(b, tag, num, sizeof(num));
}
/* Begins a field whose length is not known yet; give the answer to wire_close. */
static inline size_t wire_open(struct wire_buf *b, int tag)
{
    wire_put(b, tag, NULL, 0);
    return b->len;
}
static inline void wire_close(struct wire_buf *b, size_t opened)
{
    if (!b->full)
        wire_u32_at(b->ptr + opened - 4, (uint32_t)(b->len - opened));
}

/* Begins a frame; wire_frame_end fills in its length. */
static inline size_t wire_frame(struct wire_buf *b, uint32_t type, uint64_t ticket)
{
    unsigned char head[WIRE_HEAD];
    wire_u32_at(head, 0);
    wire_u32_at(head + 4, type);
    wire_u32_at(head + 8, (uint32_t)ticket);
    wire_u32_at(head + 12, (uint32_t)(ticket >> 32));
    wire_add(b, head, sizeof(head));
    return b->len;
}
static inline void wire_frame_end(struct wire_buf *b, size_t opened)
{
    if (!b->full)
        wire_u32_at(b->ptr + opened - WIRE_HEAD, (uint32_t)(b->len - opened));
}

/* Bytes still to be read. */
struct wire_in {
    const unsigned char *ptr;
    size_t len;
    bool bad;
};
struct wire_field {
    int tag;
    const unsigned char *ptr;
    size_t len;
};

/* Next field; false at the end or when the rest is malformed (then in->bad). */
static inline bool wire_next(struct wire_in *in, struct wire_field *out)
{
    if (in->bad || in->len == 0)
        return false;
    if (in->len < WIRE_FIELD_HEAD || wire_u32(in->ptr + 1) > in->len - WIRE_FIELD_HEAD) {
        in->bad = true;
        return false;
    }
    size_t n = wire_u32(in->ptr + 1);
    *out = (struct wire_field){ in->ptr[0], in->ptr + WIRE_FIELD_HEAD, n };
    in->ptr += WIRE_FIELD_HEAD + n;
    in->len -= WIRE_FIELD_HEAD + n;
    return true;
}
static inline struct wire_in wire_inside(struct wire_field f)
{
    return (struct wire_in){ .ptr = f.ptr, .len = f.len };
}
/* A number field; anything else reads as 0. */
static inline int64_t wire_num(struct wire_field f)
{
    return f.len == 8 ? (int64_t)wire_u64(f.ptr) : 0;
}

struct wire_head {
    uint32_t length, type;
    uint64_t ticket;
};
static inline struct wire_head wire_head_of(const unsigned char at[WIRE_HEAD])
{
    return (struct wire_head){ wire_u32(at), wire_u32(at + 4), wire_u64(at + 8) };
}
