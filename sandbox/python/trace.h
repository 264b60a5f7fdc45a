#pragma once
/*
 * trace - which lines of the student's files ran, in order, and how variables changed.
 *
 * Caps: WIRE_LINES_MAX line events, WIRE_CHANGES_MAX changes, and changes are looked for only
 * during the first TRACE_STORY_EVENTS events. A cap reached sets `cut` and tracing stops there.
 * Only the main thread is traced. Needs the interpreter lock.
 */
#ifndef PY_SSIZE_T_CLEAN
#define PY_SSIZE_T_CLEAN /* lengths of "#" formats are Py_ssize_t */
#endif
#include <Python.h>

#include "../wire.h"

enum { TRACE_STORY_EVENTS = 5'000, TRACE_DEPTH_MAX = 64, TRACE_SEEN_MAX = 2048 };

struct trace_call {
    PyFrameObject *frame; /* compared only, never followed */
    uint64_t serial;
    uint32_t last; /* number of its last line event */
    uint32_t where;
};

struct trace {
    PyObject *files; /* dict: file name -> number; borrowed while tracing */
    uint32_t *lines; /* WIRE_LINES_MAX of them */
    uint32_t count;
    uint32_t changes;
    struct wire_buf story; /* VALUE_CHANGE fields */
    bool cut;
    uint64_t serial;
    uint32_t depth;
    struct trace_call calls[TRACE_DEPTH_MAX];
    struct {
        uint64_t key, text;
    } seen[TRACE_SEEN_MAX]; /* last short text of each variable of each call */
};

/* NULL when out of memory. */
struct trace *trace_new(void);
void trace_begin(struct trace *t, PyObject *files);
void trace_end(struct trace *t);

/* Adds VALUE_LINES, VALUE_CHANGE and VALUE_CUT to a frame. */
void trace_write(const struct trace *t, struct wire_buf *out);
