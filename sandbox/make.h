#pragma once
/*
 * make - the messages between keeper, zygote and `inside`, on SOCK_SEQPACKET sockets.
 *
 * Keeper and box are built together and trust these messages: no student byte is in them, except
 * the text of produced files, which is data. Threads: no state.
 */
#include <stdint.h>

enum {
    MAKE_FD_STDIN,
    MAKE_FD_STDOUT,
    MAKE_FD_STDERR,
    MAKE_FD_VALUE,
    MAKE_FD_STATUS,
    MAKE_FD_FIRST_CGROUP,
    MAKE_CGROUPS_MAX = 4,
    MAKE_FDS_MAX = MAKE_FD_FIRST_CGROUP + MAKE_CGROUPS_MAX + 1, /* + a program to probe */
};

/* Keeper to zygote: make one box. Descriptors in the order above. */
struct make_box {
    uint32_t box;      /* number the answer carries */
    uint32_t cgroups;  /* cgroup.procs descriptors */
    uint32_t cold;     /* the student process starts a fresh interpreter */
    uint32_t probe;    /* last descriptor is a program to run under the probe filter */
    int64_t files_kib; /* size of /work */
    int64_t memory_kib;
    int64_t mapped_kib; /* address space of the prepared interpreter */
    int64_t threads;
    int64_t process_limit; /* RLIMIT_NPROC; the pids controller, if there is one, acts first */
};

enum made_kind { MADE_READY = 1, MADE_BOX, MADE_FAILED };

/* Zygote to keeper. MADE_READY: preloaded. MADE_BOX: with a pidfd of the box's first process. */
struct made {
    uint32_t kind;
    uint32_t box;
    int32_t error; /* errno of MADE_FAILED */
    uint32_t layers;
    char toolchain[32];
};

enum status_kind { STATUS_STUDENT = 1, STATUS_END, STATUS_PRODUCE, STATUS_PRODUCED, STATUS_DONE };
enum { STATUS_BYTES_MAX = 32 * 1024 };

/* Inside to keeper: STUDENT (with a pidfd), END, then PRODUCED parts and DONE.
 * Keeper to inside, before the run: PRODUCE, one path each in bytes. */
struct status {
    uint32_t kind;
    uint32_t file; /* PRODUCED: number of the path */
    int32_t wait_status;
    uint32_t length; /* bytes used */
    int64_t cpu_us;
};
