#pragma once
/*
 * sandbox - runs student programs in isolated boxes and tells what happened.
 *
 * A client of the keeper (the separate program ainative-sandbox, started here as a child and
 * restarted with backoff when it dies). The caller *describes* a run; expected values never enter
 * a box: compare what comes back out here.
 * Believe `end`, `exit_code`, `signal`, times, memory and `layers`: they come from the keeper.
 * Everything else in a step result (output, value, exception, trace) was said by the process that
 * held the student's code: it is data about that student's run and proves nothing more.
 *
 * Units: *_ms, *_us and *_kib as named; texts are bytes, not always UTF-8 (output).
 * Ownership: inputs are only read during the call; results live in the caller's arena.
 * Threads: one struct sandbox serves any number of threads; each sandbox_run blocks its caller.
 */
#include "base/arena.h"
#include "base/fail.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* How a run or a step ended. LIMIT words are the verdict words of the judge. */
enum sandbox_end {
    SANDBOX_EXITED,        /* by itself: see exit_code (0 also for a step that just finished) */
    SANDBOX_SIGNALLED,     /* by a signal of its own making: see signal */
    SANDBOX_TIME_LIMIT,    /* CPU time reached its limit */
    SANDBOX_IDLE_LIMIT,    /* wall time reached its limit with CPU time below its own */
    SANDBOX_MEMORY_LIMIT,  /* killed for memory, or an allocation failed at the limit */
    SANDBOX_PROCESS_LIMIT, /* thread or process limit hit and the program failed */
    SANDBOX_OUTPUT_LIMIT,  /* stdout + stderr, the value, or all steps together above the cap */
    SANDBOX_VIOLATION,     /* the system-call filter killed it */
    SANDBOX_CANCELLED,     /* sandbox_cancel */
    SANDBOX_NOT_RUN,       /* a step after the end of its run */
    SANDBOX_ERROR,         /* our fault: says nothing about the student */
    SANDBOX_END_COUNT
};

/* Isolation in force, a bit set: stored with every result. */
enum sandbox_layer {
    SANDBOX_LAYER_USER = 1 << 0, /* namespaces */
    SANDBOX_LAYER_PID = 1 << 1,
    SANDBOX_LAYER_MOUNT = 1 << 2,
    SANDBOX_LAYER_NET = 1 << 3,
    SANDBOX_LAYER_IPC = 1 << 4,
    SANDBOX_LAYER_UTS = 1 << 5,
    SANDBOX_LAYER_CGROUP_NS = 1 << 6,
    SANDBOX_LAYER_SECCOMP = 1 << 7,
    SANDBOX_LAYER_LANDLOCK = 1 << 8,
    SANDBOX_LAYER_NO_CAPS = 1 << 9, /* capabilities dropped and no new privileges */
    SANDBOX_LAYER_RLIMITS = 1 << 10,
    SANDBOX_LAYER_MEMORY = 1 << 11, /* cgroup controllers, v1 or v2 */
    SANDBOX_LAYER_PIDS = 1 << 12,
    SANDBOX_LAYER_CPU = 1 << 13,
    SANDBOX_LAYER_KILL = 1 << 14, /* cgroup.kill of v2, besides the pid namespace */
    /* Without these no student code runs: the default of sandbox.minimum. */
    SANDBOX_LAYERS_MINIMUM = SANDBOX_LAYER_USER | SANDBOX_LAYER_PID | SANDBOX_LAYER_MOUNT |
                             SANDBOX_LAYER_NET | SANDBOX_LAYER_SECCOMP
};

enum sandbox_profile { SANDBOX_PYTHON, SANDBOX_PROFILE_COUNT };

enum sandbox_stream { SANDBOX_STDOUT, SANDBOX_STDERR };

/* path: relative and plain ("main.py", "data/in.csv"); no "..", no leading "/", <= 255 bytes. */
struct sandbox_file {
    struct str path;
    struct str text;
};

enum sandbox_step_kind {
    SANDBOX_COMPILE, /* compile every .py file; execute nothing */
    SANDBOX_MAIN,    /* run main_path like `python3 -I -X utf8 main.py argv...` */
    SANDBOX_CALL,    /* run main_path, then call: see `code` */
    SANDBOX_EXPR,    /* run main_path, then `setup`, then evaluate `code` in its names */
    SANDBOX_STEP_KIND_COUNT
};

struct sandbox_step {
    enum sandbox_step_kind kind;
    struct str code;        /* CALL: `search(42, (-5, 1))`, or a dotted name if args_json is set;
                               EXPR: an expression */
    struct str setup;       /* CALL, EXPR: statements executed before `code` */
    struct str args_json;   /* tagged JSON array (judge.md A3) for CALL by name */
    struct str kwargs_json; /* tagged JSON object, or empty */
    struct str stdin_text;
    const struct str *argv; /* MAIN: after the program's name */
    size_t argc;
    bool imported;    /* CALL, EXPR: load under the module's name, so a __main__ guard is skipped */
    bool report_args; /* CALL: fill args_before and args_after (was an argument changed?) */
    bool trace;       /* record executed lines and changed variables; slower; at the cap of lines
                         the program is ended by a KeyboardInterrupt */
    int64_t cpu_ms;   /* this step alone; 0: what is left of the job's limits */
    int64_t wall_ms;
};

/* 0 = default; above a ceiling -> ERR_LIMIT. */
struct sandbox_limits {
    int64_t cpu_ms;     /* 2'000; ceiling 30'000 */
    int64_t wall_ms;    /* max(3 x cpu, 6'000); ceiling 90'000 */
    int64_t memory_kib; /* 131'072; ceiling 1'048'576 */
    int64_t output_kib; /* 64: stdout + stderr of the run; ceiling 4'096 */
    int64_t files_kib;  /* 1'024: all of /work; ceiling 65'536 */
    int64_t threads;    /* 1: threads the program may have; ceiling 64 */
};

/* Set to stop a run from another thread. Zero-initialise; one run at a time; guarded by the
 * sandbox's own lock. Must outlive sandbox_run. */
struct sandbox_ticket {
    uint64_t id;
    bool cancelled;
};

/* Gets output while the program runs, on the thread that called sandbox_run. */
struct sandbox_sink {
    void (*chunk)(void *ctx, size_t step, enum sandbox_stream stream, struct str bytes);
    void *ctx;
};

enum { SANDBOX_FILES_MAX = 64, SANDBOX_STEPS_MAX = 128, SANDBOX_JOB_MAX_BYTES = 8 * 1024 * 1024 };

struct sandbox_job {
    enum sandbox_profile profile;
    const struct sandbox_file *files; /* put into /work, the current folder */
    size_t file_count;
    struct str main_path; /* one of the files */
    const struct sandbox_step *steps;
    size_t step_count;
    const struct str *produce; /* files of /work to read back at the end (last box) */
    size_t produce_count;
    /* false: steps share one process (fresh names and timer each; a step that kills it costs only
     * itself). true: a new box for each step. Grading uses true, the tutor's probe false. */
    bool box_per_step;
    bool entropy;  /* leave `random` unseeded */
    bool cold;     /* a fresh interpreter in the same box instead of the prepared one */
    uint64_t seed; /* of `random` */
    int hash_seed; /* PYTHONHASHSEED: 0, or 1 to check stability */
    struct sandbox_limits limits;  /* of each box */
    struct sandbox_sink sink;      /* optional */
    struct sandbox_ticket *ticket; /* optional */
};

struct sandbox_frame {
    struct str file; /* only the student's files appear */
    struct str function;
    int32_t line;
};

/* Lines and columns count from 1; columns count code points; 0 = unknown. */
struct sandbox_exception {
    struct str type; /* "IndexError" */
    struct str message;
    struct str file; /* last student frame; SyntaxError: where it was found */
    struct str function;
    int32_t line, column, end_line, end_column;
    bool compile; /* found by the compiler: nothing was executed */
    bool loading; /* raised while the program itself ran, before the call or expression */
    const struct sandbox_frame *frames; /* outermost first */
    size_t frame_count;
};

/* A variable got this value; shown after the line event number `at`. */
struct sandbox_change {
    uint32_t at;
    uint32_t file; /* index in job->files */
    int32_t line;
    struct str function, name, repr; /* repr: at most 80 characters */
};

/* One executed line: index in job->files and line number. */
struct sandbox_line {
    uint32_t file;
    int32_t line;
};

struct sandbox_step_result {
    enum sandbox_end end;
    int exit_code; /* of the process if it ended in this step */
    int signal;
    int64_t wall_us, cpu_us;
    struct str stdout_text, stderr_text; /* whole; after OUTPUT_LIMIT first 12 and last 4 KiB */
    size_t stdout_bytes, stderr_bytes;   /* as written */
    size_t stdout_from; /* CALL, EXPR: bytes of stdout_text printed before the call */
    uint32_t frames;    /* value frames received: 1 is the honest number, else `value` is empty */
    bool has_value;
    struct str value; /* tagged JSON text, as the student's process wrote it: not validated */
    bool raised;
    struct sandbox_exception exception;
    struct str args_before, args_after; /* tagged JSON arrays, with report_args */
    const struct sandbox_line *lines;   /* with trace: in order, at most 20'000 */
    size_t line_count;
    const struct sandbox_change *changes; /* at most 200 */
    size_t change_count;
    bool trace_cut;  /* a cap was reached */
    bool trace_full; /* that of lines: the step did not run to its end */
};

struct sandbox_result {
    enum sandbox_end end; /* the first step end that is not EXITED, else EXITED */
    int exit_code;        /* of the last process */
    int signal;
    int64_t wall_us, cpu_us;                 /* sums over boxes; waiting for a box not included */
    int64_t wait_us;                         /* from sandbox_run to the first box */
    int64_t memory_kib;                      /* peak above the prepared interpreter, largest box */
    uint32_t layers;                         /* enum sandbox_layer */
    struct str toolchain;                    /* "CPython 3.11.2" */
    struct str keeper;                       /* build id of the keeper */
    const struct sandbox_step_result *steps; /* step_count of the job */
    size_t step_count;
    /* Those that are regular files, whole, in the order asked for while they fit files_kib. */
    const struct sandbox_file *produced;
    size_t produced_count;
};

struct sandbox_conf {
    struct str program; /* path of ainative-sandbox; empty: next to this executable, then PATH */
    uint32_t pool;      /* waiting boxes; 0: 4 x cores */
    uint32_t parallel;  /* boxes running at once; 0: 2 x cores, at least 4 */
    uint32_t minimum_layers; /* 0: SANDBOX_LAYERS_MINIMUM */
};

struct sandbox_stats {
    uint64_t runs, boxes, waits; /* waits: jobs that found no free box */
    uint64_t restarts;           /* of the keeper */
    uint64_t violations, slots_retired;
    uint64_t refills;
    int64_t refill_us; /* mean time to make a box */
    uint32_t pool_free, pool, running, queued;
};

struct sandbox;

/* Starts the keeper and waits for its greeting (a self-test of the layers).
 * ERR_IO: program not found, does not start or answers wrongly.
 * ERR_FORBIDDEN (hint "sandbox.layers"): minimum layers missing; detail names them. */
enum err sandbox_open(struct sandbox **out, const struct sandbox_conf *conf, struct fail *f);

/* The two halves of sandbox_open, for a server that listens first. Prepared, the sandbox can be
 * given to all who run code: they wait, and sandbox_layers is 0. After an error of sandbox_begin
 * only sandbox_close is left to do. */
struct sandbox *sandbox_prepare(const struct sandbox_conf *conf);
enum err sandbox_begin(struct sandbox *s, struct fail *f);

/* Stops the keeper; every box dies with it. Threads in sandbox_run get SANDBOX_ERROR. */
void sandbox_close(struct sandbox *s);

/* Runs one job; blocks until it ended. out lives in `a`.
 * A student's failure is a result (ERR_OK). ERR_INPUT: malformed job (path, step, limit text).
 * ERR_LIMIT: above a ceiling. ERR_BUSY: the keeper's queue is full. ERR_IO: keeper lost and
 * three attempts failed. */
enum err sandbox_run(struct sandbox *s, const struct sandbox_job *job, struct arena *a,
                     struct sandbox_result *out, struct fail *f);

/* Ends the run that holds this ticket, or the next one if none does yet. Never blocks long. */
void sandbox_cancel(struct sandbox *s, struct sandbox_ticket *ticket);

/* Layers of the running keeper, as greeted. */
uint32_t sandbox_layers(struct sandbox *s);

/* Asks the keeper. ERR_TIMEOUT: no answer within one second. */
enum err sandbox_stats(struct sandbox *s, struct sandbox_stats *out, struct fail *f);

/* "exited", "time_limit", ... and "user", "pid", ... : static, never NULL. */
const char *sandbox_end_name(enum sandbox_end end);
const char *sandbox_layer_name(enum sandbox_layer layer);
