#pragma once
/*
 * zygote - starts the prepared interpreter in namespaces of its own.
 *
 * It holds one user and one empty network namespace for all its boxes, so that making a box costs
 * only the other ones. It is process 1 of its pid namespace: when it dies, its boxes die.
 */
#include <stdint.h>
#include <sys/types.h>

struct zygote_start {
    int control;   /* socket that becomes its descriptor 3 */
    int module_fd; /* the interpreter module's file */
    int hash_seed;
    int error_fd; /* where a text about a failed start goes */
    int proc_dir; /* set by the new process: its own folder in /proc */
};

/* The pid, with a pidfd in *pidfd; -1 when the kernel refuses the namespaces (errno). */
pid_t zygote_spawn(const struct zygote_start *z, int *pidfd);
