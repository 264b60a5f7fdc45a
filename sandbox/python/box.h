#pragma once
/*
 * box - from a prepared interpreter to a student process that can do nothing but compute.
 *
 * Two processes make a box. `inside` is process 1 of its pid namespace: trusted, holds the status
 * socket, waits, tells how the student ended. The student is process 2: jailed, one run, then gone.
 * Everything here runs in a single-threaded process. Functions that end in _or_die stop the box
 * with a text on the value pipe (WIRE_BOX_FAILED): a box that is not complete never runs code.
 */
#include "../make.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BOX_FD_VALUE = 3, BOX_FD_PROBE = 4 };

/* The descriptor of the zygote's control socket. */
#define BOX_FD_CONTROL 3
/* Of its own folder in /proc, closed before the first order is read. */
#define BOX_FD_PROC 4

/* `python3 -c` text of zygote and cold start: the module, then the harness inside it. */
#define BOX_MODULE_PATH "/usr/lib/ainative/_box.so"
#define BOX_LOADER                                                                                 \
    "import _imp, sys, _frozen_importlib\n"                                                        \
    "spec = _frozen_importlib.ModuleSpec('_box', None, origin='" BOX_MODULE_PATH "')\n"            \
    "names = {'__name__': 'harness', 'box': _imp.create_dynamic(spec), 'CONTROL': 3}\n"            \
    "exec(compile(names['box'].HARNESS, '<harness>', 'exec'), names)\n"                            \
    "names['start'](sys.argv[1])\n"

/* Process 1, before the student exists: cgroups joined, /work mounted, name set. */
void inside_prepare_or_die(const struct make_box *m, const int fds[MAKE_FDS_MAX]);

/* Process 1, just before the student exists: from now on whoever of the box calls exit_group waits
 * until the holder of the answered descriptor has heard of it. -1 where the kernel cannot; then an
 * end is told a little later. After it process 1 ends by box_exit only, for it hears itself. */
int inside_listen(void);

/* Process 1, for the rest of its life: gives up its powers, waits, reports. */
_Noreturn void inside_watch(int student, int notices, int status_fd);

/* Ends this process, which has one thread, without exit_group. */
_Noreturn void box_exit(int code);

/* Process 2: descriptors 0-3 in place, the rest closed, limits, no powers, Landlock.
 * Leaves only seccomp to be added by jail_seal_or_die. Answers the layers it put on. */
uint32_t jail_student_or_die(const struct make_box *m, const int fds[MAKE_FDS_MAX]);

/* The system-call filter, last. */
void jail_seal_or_die(bool probe);

/* Drops every capability and the way back to any; true if it held. */
bool jail_drop_powers(void);

/* Says which layer failed and ends the process. */
_Noreturn void box_die(int value_fd, const char *layer);
