#include "trace.h"

#include "encode.h"

static const char capsule_name[] = "trace";

struct trace *trace_new(void)
{
    struct trace *t = calloc(1, sizeof(*t));
    if (t)
        t->lines = calloc(WIRE_LINES_MAX, sizeof(*t->lines));
    if (t && !t->lines) {
        free(t);
        return NULL;
    }
    return t;
}

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0x9E3779B97F4A7C15U; /* golden ratio, as in SplitMix64 */
    return h ^ h >> 29;
}

static uint64_t hash_bytes(const unsigned char *p, size_t n)
{
    uint64_t h = 0xCBF29CE484222325U;
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * 0x100000001B3U; /* FNV-1a */
    return h;
}

/* Remembers the text of a variable; true when it is new or different. A full table forgets. */
static bool is_change(struct trace *t, uint64_t key, uint64_t text)
{
    enum { PROBES = 8 };
    size_t at = (size_t)(key % TRACE_SEEN_MAX);
    for (size_t i = 0; i < PROBES; i++, at = (at + 1) % TRACE_SEEN_MAX) {
        if (t->seen[at].key == key) {
            bool changed = t->seen[at].text != text;
            t->seen[at].text = text;
            return changed;
        }
        if (t->seen[at].key == 0)
            break;
    }
    t->seen[at].key = key;
    t->seen[at].text = text;
    return true;
}

/* Names a person assigns: not modules, functions, classes or the interpreter's own. */
static bool is_told(PyObject *name, PyObject *value)
{
    if (!PyUnicode_CheckExact(name) || PyUnicode_GET_LENGTH(name) == 0 ||
        PyUnicode_READ_CHAR(name, 0) == '_' || PyUnicode_READ_CHAR(name, 0) == '.')
        return false;
    return !PyModule_Check(value) && !PyCallable_Check(value);
}

static void put_unicode(struct wire_buf *out, int tag, PyObject *s)
{
    Py_ssize_t n = 0;
    const char *p = s ? PyUnicode_AsUTF8AndSize(s, &n) : NULL;
    if (!p)
        PyErr_Clear();
    wire_put(out, tag, p, p ? (size_t)n : 0);
}

static void tell_change(struct trace *t, const struct trace_call *call, PyObject *function,
                        PyObject *name, const struct wire_buf *text)
{
    size_t field = wire_open(&t->story, VALUE_CHANGE);
    wire_put_num(&t->story, CHANGE_AT, call->last);
    wire_put_num(&t->story, CHANGE_WHERE, call->where);
    put_unicode(&t->story, CHANGE_FUNCTION, function);
    put_unicode(&t->story, CHANGE_NAME, name);
    wire_put(&t->story, CHANGE_REPR, text->ptr, text->len);
    wire_close(&t->story, field);
    t->changes++;
}

static void look_at_locals(struct trace *t, const struct trace_call *call, PyFrameObject *frame)
{
    PyObject *locals = PyFrame_GetLocals(frame);
    PyCodeObject *code = PyFrame_GetCode(frame);
    if (!locals || !PyDict_CheckExact(locals)) { /* a class body may use another mapping */
        PyErr_Clear();
        Py_XDECREF(locals);
        Py_DECREF(code);
        return;
    }
    struct wire_buf text = { .max = 16 * (size_t)WIRE_REPR_MAX };
    Py_ssize_t at = 0;
    PyObject *name = NULL, *value = NULL;
    while (t->changes < WIRE_CHANGES_MAX && PyDict_Next(locals, &at, &name, &value)) {
        if (!is_told(name, value))
            continue;
        text.len = 0;
        encode_short(value, &text);
        uint64_t key = mix(mix(call->serial + 1, (uint64_t)(uintptr_t)name), 1);
        if (is_change(t, key ? key : 1, hash_bytes(text.ptr, text.len)))
            tell_change(t, call, code->co_name, name, &text);
    }
    wire_release(&text);
    Py_DECREF(locals);
    Py_DECREF(code);
}

/* The number of the frame's file in the job, or -1 when it is not the student's. */
static long file_of(const struct trace *t, PyFrameObject *frame)
{
    PyCodeObject *code = PyFrame_GetCode(frame);
    PyObject *number = PyDict_GetItemWithError(t->files, code->co_filename);
    Py_DECREF(code);
    return number ? PyLong_AsLong(number) : -1;
}

static struct trace_call *call_of(struct trace *t, PyFrameObject *frame)
{
    for (uint32_t i = t->depth; i-- > 0;)
        if (t->calls[i].frame == frame)
            return &t->calls[i];
    return NULL;
}

static void on_call(struct trace *t, PyFrameObject *frame)
{
    if (t->depth == TRACE_DEPTH_MAX)
        return; /* lines are still counted, changes are not looked for */
    t->calls[t->depth++] = (struct trace_call){ .frame = frame, .serial = ++t->serial };
}

static void story(struct trace *t, struct trace_call *call, PyFrameObject *frame)
{
    if (call && call->where && t->changes < WIRE_CHANGES_MAX && t->count <= TRACE_STORY_EVENTS)
        look_at_locals(t, call, frame);
}

/* False: the cap is reached, and the program ends here. At its time limit it would be killed, and
 * the lines it ran would die with it. */
static bool on_line(struct trace *t, PyFrameObject *frame, long file)
{
    struct trace_call *call = call_of(t, frame);
    story(t, call, frame);
    if (t->count == WIRE_LINES_MAX) {
        t->cut = true;
        PyEval_SetTrace(NULL, NULL);
        return false;
    }
    uint32_t line = (uint32_t)PyFrame_GetLineNumber(frame) & 0xFFFFFF;
    uint32_t where = (uint32_t)file << 24 | line;
    if (call) {
        call->last = t->count;
        call->where = where;
    }
    t->lines[t->count++] = where;
    return true;
}

static void on_return(struct trace *t, PyFrameObject *frame)
{
    struct trace_call *call = call_of(t, frame);
    story(t, call, frame);
    if (call)
        t->depth = (uint32_t)(call - t->calls);
}

/* Py_tracefunc: the one signature the interpreter takes. */
static int on_event(PyObject *self, PyFrameObject *frame, int what, PyObject *arg)
{
    (void)arg;
    struct trace *t = PyCapsule_GetPointer(self, capsule_name);
    if (what != PyTrace_CALL && what != PyTrace_LINE && what != PyTrace_RETURN)
        return 0;
    PyObject *type = NULL, *value = NULL, *tb = NULL;
    PyErr_Fetch(&type, &value, &tb); /* a return event may carry an exception in flight */
    long file = t ? file_of(t, frame) : -1;
    bool go_on = true;
    if (file >= 0 && what == PyTrace_CALL)
        on_call(t, frame);
    else if (file >= 0 && what == PyTrace_LINE)
        go_on = on_line(t, frame, file);
    else if (file >= 0)
        on_return(t, frame);
    PyErr_Restore(type, value, tb);
    if (!go_on)
        PyErr_SetString(PyExc_KeyboardInterrupt, "the trace is full");
    return go_on ? 0 : -1;
}

void trace_begin(struct trace *t, PyObject *files)
{
    wire_release(&t->story);
    t->story.max = 256 << 10;
    t->files = files;
    t->count = t->changes = t->depth = 0;
    t->cut = false;
    memset(t->seen, 0, sizeof(t->seen));
    PyObject *self = PyCapsule_New(t, capsule_name, NULL);
    if (self)
        PyEval_SetTrace(on_event, self);
    Py_XDECREF(self); /* the interpreter keeps its own reference */
}

void trace_end(struct trace *t)
{
    PyEval_SetTrace(NULL, NULL);
    t->cut = t->cut || t->changes == WIRE_CHANGES_MAX || t->story.full;
}

void trace_write(const struct trace *t, struct wire_buf *out)
{
    unsigned char four[4];
    size_t field = wire_open(out, VALUE_LINES);
    for (uint32_t i = 0; i < t->count; i++) {
        wire_u32_at(four, t->lines[i]);
        wire_add(out, four, sizeof(four));
    }
    wire_close(out, field);
    wire_add(out, t->story.ptr, t->story.len);
    if (t->cut)
        wire_put_num(out, VALUE_CUT, 1);
}
