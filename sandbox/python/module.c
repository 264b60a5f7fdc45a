/*
 * _box - the extension module of the prepared interpreter (the zygote) and of its children.
 *
 * settle() and a rehearsal prepare the zygote's memory (image.h). serve() stays in the zygote and
 * returns only in a new, jailed student process. wait() says "ready" and returns the run's
 * description. run(), call() execute student code as if no harness frame were below it. send()
 * writes the frame of a step. See harness.py.
 */
#include "box.h"
#include "encode.h"
#include "image.h"
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The harness travels inside the module: nothing of ours is a file in the box. */
static const unsigned char harness_text[] = {
#include "harness.h"
};

struct box_state {
    struct trace *trace;
    struct image *image; /* the zygote's */
    bool traced;
    bool muted;      /* frames are made but not written: the rehearsal */
    uint32_t layers; /* what the jail reached, told in READY */
};

static struct box_state *state_of(PyObject *module)
{
    return PyModule_GetState(module);
}

/* --- zygote ------------------------------------------------------------------------------- */

static void answer(int control, const struct made *m, int pidfd)
{
    struct iovec iov = { (void *)(uintptr_t)m, sizeof(*m) };
    struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
    union {
        struct cmsghdr head;
        char space[CMSG_SPACE(sizeof(int))];
    } control_data = { 0 };
    if (pidfd >= 0) {
        msg.msg_control = &control_data;
        msg.msg_controllen = sizeof(control_data);
        control_data.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)),
                                              .cmsg_level = SOL_SOCKET,
                                              .cmsg_type = SCM_RIGHTS };
        memcpy(CMSG_DATA(&control_data.head), &pidfd, sizeof(pidfd));
    }
    if (sendmsg(control, &msg, MSG_NOSIGNAL) < 0)
        _exit(0);
}

/* One order and its descriptors; the number of descriptors, or -1 when the keeper is gone. */
static int order(int control, struct make_box *m, int fds[MAKE_FDS_MAX])
{
    struct iovec iov = { m, sizeof(*m) };
    union {
        struct cmsghdr head;
        char space[CMSG_SPACE(sizeof(int) * MAKE_FDS_MAX)];
    } control_data;
    struct msghdr msg = { .msg_iov = &iov,
                          .msg_iovlen = 1,
                          .msg_control = &control_data,
                          .msg_controllen = sizeof(control_data) };
    ssize_t n;
    do
        n = recvmsg(control, &msg, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    struct cmsghdr *c = n == (ssize_t)sizeof(*m) ? CMSG_FIRSTHDR(&msg) : NULL;
    if (!c || c->cmsg_type != SCM_RIGHTS)
        return -1;
    size_t bytes = c->cmsg_len - CMSG_LEN(0);
    memcpy(fds, CMSG_DATA(c), bytes);
    return (int)(bytes / sizeof(int));
}

/* A fresh interpreter in this process, which finds itself already jailed but for seccomp. */
static _Noreturn void start_cold(void)
{
    static char name[] = "python3", path_flag[] = "-P", site_flag[] = "-s", x_flag[] = "-X",
                utf8[] = "utf8", code_flag[] = "-c", code[] = BOX_LOADER, word[] = "cold";
    char *argv[] = { name, path_flag, site_flag, x_flag, utf8, code_flag, code, word, NULL };
    (void)execv("/usr/bin/python3.11", argv);
    box_die(BOX_FD_VALUE, "exec");
}

static _Noreturn void start_probe(void)
{
    static char name[] = "probe", empty[] = "";
    char *argv[] = { name, NULL };
    char *envp[] = { NULL };
    jail_seal_or_die(true);
    (void)syscall(SYS_execveat, BOX_FD_PROBE, empty, argv, envp, AT_EMPTY_PATH);
    box_die(BOX_FD_VALUE, "exec");
}

/* Process 1 of a new box; returns only as its process 2, the student. */
static void become_box(const struct make_box *m, const int fds[MAKE_FDS_MAX], int control,
                       struct box_state *state)
{
    (void)close(control);
    (void)signal(SIGCHLD, SIG_DFL);
    inside_prepare_or_die(m, fds);
    int notices = inside_listen();
    pid_t student = fork();
    if (student < 0)
        box_die(fds[MAKE_FD_VALUE], "fork");
    if (student > 0)
        inside_watch(student, notices, fds[MAKE_FD_STATUS]);
    if (!m->probe && !m->cold) /* these two soon are another program */
        image_copy(state->image);
    PyOS_AfterFork_Child();
    state->layers = jail_student_or_die(m, fds);
    if (m->probe)
        start_probe();
    if (m->cold)
        start_cold();
    jail_seal_or_die(false);
}

static pid_t clone_box(int *pidfd)
{
    struct clone_args args = {
        .flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_PIDFD,
        .pidfd = (uint64_t)(uintptr_t)pidfd,
        .exit_signal = SIGCHLD,
    };
    return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

/* stage(flag): a small work folder for a rehearsal in the zygote, or none again. */
static PyObject *box_stage(PyObject *module, PyObject *flag)
{
    (void)module;
    bool up = PyObject_IsTrue(flag) == 1;
    int failed = up ? mount("work", "/work", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
                            "mode=0755,size=256k,nr_inodes=16")
                    : umount2("/work", MNT_DETACH);
    return failed ? PyErr_SetFromErrno(PyExc_OSError) : Py_NewRef(Py_None);
}

/* settle(): what was prepared so far becomes the memory image. */
static PyObject *box_settle(PyObject *module, PyObject *none)
{
    (void)none;
    if (!image_take(&state_of(module)->image, BOX_FD_PROC))
        return PyErr_SetFromErrno(PyExc_OSError);
    Py_RETURN_NONE;
}

/* What was written since settle() is what a run writes; it too goes into the image. */
static bool settle_rehearsed(struct box_state *state)
{
    bool ok = image_learn(state->image, BOX_FD_PROC) && image_take(&state->image, BOX_FD_PROC);
    (void)close(BOX_FD_PROC);
    return ok;
}

/* serve(control, toolchain): orders from the keeper until it goes away. */
static PyObject *box_serve(PyObject *module, PyObject *args)
{
    int control = -1;
    const char *toolchain = "";
    if (!PyArg_ParseTuple(args, "is", &control, &toolchain))
        return NULL;
    struct made made = { .kind = MADE_READY };
    (void)PyOS_snprintf(made.toolchain, sizeof(made.toolchain), "%s", toolchain);
    (void)signal(SIGCHLD, SIG_IGN); /* boxes are watched by pidfd; nobody waits for them */
    if (!settle_rehearsed(state_of(module)))
        return PyErr_SetFromErrno(PyExc_OSError);
    answer(control, &made, -1);
    for (;;) {
        struct make_box m;
        int fds[MAKE_FDS_MAX], pidfd = -1;
        int count = order(control, &m, fds);
        if (count < MAKE_FD_FIRST_CGROUP)
            _exit(0);
        pid_t pid = clone_box(&pidfd);
        if (pid == 0) {
            become_box(&m, fds, control, state_of(module));
            Py_RETURN_NONE;
        }
        made.kind = pid > 0 ? MADE_BOX : MADE_FAILED;
        made.error = pid > 0 ? 0 : errno;
        made.box = m.box;
        answer(control, &made, pidfd);
        for (int i = 0; i < count; i++)
            (void)close(fds[i]);
        if (pidfd >= 0)
            (void)close(pidfd);
    }
}

/* --- student ------------------------------------------------------------------------------ */

static bool read_all(int fd, void *to, size_t n)
{
    for (unsigned char *at = to; n > 0;) {
        ssize_t got = read(fd, at, n);
        if (got == 0 || (got < 0 && errno != EINTR))
            return false;
        at += got > 0 ? got : 0;
        n -= got > 0 ? (size_t)got : 0;
    }
    return true;
}

static void write_frame(PyObject *module, struct wire_buf *b, size_t opened)
{
    wire_frame_end(b, opened);
    const unsigned char *at = b->ptr;
    for (size_t left = state_of(module)->muted ? 0 : b->len; left > 0;) {
        ssize_t n = write(BOX_FD_VALUE, at, left);
        if (n < 0 && errno != EINTR)
            break; /* the student closed it: nothing to say it on */
        at += n > 0 ? n : 0;
        left -= n > 0 ? (size_t)n : 0;
    }
    wire_release(b);
}

/* seal(): the filter of a cold start, whose interpreter was executed in the jail. */
static PyObject *box_seal(PyObject *module, PyObject *none)
{
    (void)module;
    (void)none;
    jail_seal_or_die(false);
    Py_RETURN_NONE;
}

/* The payload of the keeper's next frame; `code` is the exit code when there is none. */
static PyObject *read_payload(int fd, int code)
{
    unsigned char head[WIRE_HEAD];
    if (!read_all(fd, head, sizeof(head)))
        _exit(code);
    struct wire_head h = wire_head_of(head);
    PyObject *payload = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)h.length);
    if (payload && !read_all(fd, PyBytes_AS_STRING(payload), h.length))
        _exit(code);
    return payload;
}

/* wait(): announces the box and returns the payload of the keeper's order. */
static PyObject *box_wait(PyObject *module, PyObject *none)
{
    (void)none;
    struct wire_buf b = { .max = 64 };
    size_t opened = wire_frame(&b, WIRE_BOX_READY, state_of(module)->layers);
    write_frame(module, &b, opened);
    return read_payload(STDIN_FILENO, 0); /* 0: the keeper did not need this box */
}

/* next(fd, code): the order of a further step. */
static PyObject *box_next(PyObject *module, PyObject *args)
{
    (void)module;
    int fd = -1, code = 0;
    return PyArg_ParseTuple(args, "ii", &fd, &code) ? read_payload(fd, code) : NULL;
}

/* fields(bytes) -> list of (tag, bytes), the reader of wire.h for the harness. */
static PyObject *box_fields(PyObject *module, PyObject *arg)
{
    (void)module;
    char *p = NULL;
    Py_ssize_t n = 0;
    if (PyBytes_AsStringAndSize(arg, &p, &n) < 0)
        return NULL;
    PyObject *list = PyList_New(0);
    struct wire_in in = { .ptr = (const unsigned char *)p, .len = (size_t)n };
    struct wire_field f;
    while (list && wire_next(&in, &f)) {
        PyObject *item = Py_BuildValue("(iy#)", f.tag, (const char *)f.ptr, (Py_ssize_t)f.len);
        if (!item || PyList_Append(list, item) < 0)
            Py_CLEAR(list);
        Py_XDECREF(item);
    }
    return list;
}

/* Student code sees the recursion depth it would have alone. */
static int depth_hide(PyThreadState *ts)
{
    int left = ts->recursion_remaining;
    ts->recursion_remaining = ts->recursion_limit;
    return ts->recursion_limit - left;
}
static void depth_show(PyThreadState *ts, int hidden)
{
    ts->recursion_remaining = ts->recursion_limit - hidden;
}

/* run(code, names, files or None): value of the code; traced when files are given. */
static PyObject *box_run(PyObject *module, PyObject *args)
{
    PyObject *code = NULL, *names = NULL, *files = NULL;
    if (!PyArg_ParseTuple(args, "O!O!O", &PyCode_Type, &code, &PyDict_Type, &names, &files))
        return NULL;
    struct box_state *state = state_of(module);
    bool traced = PyDict_Check(files);
    PyThreadState *ts = PyThreadState_Get();
    if (traced && (state->trace || (state->trace = trace_new())))
        trace_begin(state->trace, files);
    int hidden = depth_hide(ts);
    PyObject *value = PyEval_EvalCode(code, names, names);
    depth_show(ts, hidden);
    if (traced && state->trace) {
        PyObject *type = NULL, *raised = NULL, *tb = NULL;
        PyErr_Fetch(&type, &raised, &tb);
        trace_end(state->trace);
        PyErr_Restore(type, raised, tb);
        state->traced = true;
    }
    return value;
}

/* encode(value) -> bytes of tagged JSON, or None when larger than WIRE_VALUE_MAX. */
static PyObject *box_encode(PyObject *module, PyObject *value)
{
    (void)module;
    struct wire_buf b = { .max = WIRE_VALUE_MAX };
    PyObject *out = NULL;
    if (encode_tagged(value, &b))
        out = PyBytes_FromStringAndSize((const char *)b.ptr, (Py_ssize_t)b.len);
    else
        out = Py_NewRef(Py_None);
    wire_release(&b);
    return out;
}

static bool put_item(struct wire_buf *b, PyObject *item);

static bool put_items(struct wire_buf *b, PyObject *list)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++)
        if (!put_item(b, PyList_GET_ITEM(list, i)))
            return false;
    return true;
}

/* (tag, int), (tag, bytes) or (tag, [items]): what the harness made, so the types are known. */
static bool put_item(struct wire_buf *b, PyObject *item)
{
    int tag = 0;
    PyObject *v = NULL;
    if (!PyArg_ParseTuple(item, "iO", &tag, &v))
        return false;
    if (PyBytes_CheckExact(v)) {
        wire_put(b, tag, PyBytes_AS_STRING(v), (size_t)PyBytes_GET_SIZE(v));
    } else if (PyList_CheckExact(v)) {
        size_t opened = wire_open(b, tag);
        if (!put_items(b, v))
            return false;
        wire_close(b, opened);
    } else {
        wire_put_num(b, tag, PyLong_AsLongLong(v));
    }
    return !PyErr_Occurred();
}

/* send(step, [(tag, value), ...]): the one value frame of a step, with the trace if there is. */
static PyObject *box_send(PyObject *module, PyObject *args)
{
    unsigned long step = 0;
    PyObject *items = NULL;
    if (!PyArg_ParseTuple(args, "kO!", &step, &PyList_Type, &items))
        return NULL;
    struct box_state *state = state_of(module);
    struct wire_buf b = { .max = WIRE_BOX_MAX + WIRE_HEAD };
    size_t opened = wire_frame(&b, WIRE_BOX_VALUE, step);
    bool ok = put_items(&b, items);
    if (ok && state->traced)
        trace_write(state->trace, &b);
    state->traced = false;
    if (!ok || b.full) {
        wire_release(&b);
        return PyErr_Occurred() ? NULL : PyErr_NoMemory();
    }
    write_frame(module, &b, opened);
    Py_RETURN_NONE;
}

/* frame([(tag, value), ...]) -> bytes: a payload as the keeper would write it. */
static PyObject *box_frame(PyObject *module, PyObject *items)
{
    (void)module;
    struct wire_buf b = { .max = 64 << 10 };
    PyObject *out = NULL;
    if (PyList_Check(items) && put_items(&b, items))
        out = PyBytes_FromStringAndSize((const char *)b.ptr, (Py_ssize_t)b.len);
    wire_release(&b);
    return out;
}

/* mute(flag): while set, frames are made but not written. */
static PyObject *box_mute(PyObject *module, PyObject *flag)
{
    state_of(module)->muted = PyObject_IsTrue(flag) == 1;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    { "stage", box_stage, METH_O, NULL },
    { "settle", box_settle, METH_NOARGS, NULL },
    { "serve", box_serve, METH_VARARGS, NULL },
    { "seal", box_seal, METH_NOARGS, NULL },
    { "wait", box_wait, METH_NOARGS, NULL },
    { "fields", box_fields, METH_O, NULL },
    { "run", box_run, METH_VARARGS, NULL },
    { "encode", box_encode, METH_O, NULL },
    { "send", box_send, METH_VARARGS, NULL },
    { "frame", box_frame, METH_O, NULL },
    { "mute", box_mute, METH_O, NULL },
    { "next", box_next, METH_VARARGS, NULL },
    { NULL, NULL, 0, NULL },
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_box",
    .m_size = sizeof(struct box_state),
    .m_methods = methods,
};

/* Declared here because Python.h only documents the name. */
PyMODINIT_FUNC PyInit__box(void);

PyMODINIT_FUNC PyInit__box(void)
{
    PyObject *module = PyModule_Create(&definition);
    if (!module)
        return NULL;
    *state_of(module) = (struct box_state){ 0 };
    PyObject *text =
        PyBytes_FromStringAndSize((const char *)harness_text, (Py_ssize_t)sizeof(harness_text));
    if (!text || PyModule_AddObjectRef(module, "HARNESS", text) < 0)
        Py_CLEAR(module);
    Py_XDECREF(text);
    return module;
}
