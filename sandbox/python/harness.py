"""What runs a student's program inside a box, as `python3 -I -X utf8 main.py` would run it.

Loaded by the zygote (prepared interpreter) and by a cold start. `box` is the C module. Everything
used here is bound now, before student code exists: a program that redefines builtins or patches
modules spoils only itself. Nothing here decides a verdict; what is sent is data.
"""
import builtins
import gc
import os
import sys

# The standard modules a first-year program imports: paid for once, in the zygote.
PRELOAD = (
    "math random string re json csv collections itertools functools datetime decimal fractions "
    "statistics heapq bisect copy io os typing dataclasses types enum operator textwrap threading "
    "traceback linecache tokenize keyword abc contextlib time"
).split()

# Tags and flags of wire.h.
JOB_FILE, JOB_MAIN, JOB_STEP, JOB_FLAGS, JOB_SEED, JOB_FIRST, JOB_MARK = 1, 2, 3, 5, 6, 14, 15
ENTROPY, MORE = 2, 16
FILE_PATH, FILE_TEXT = 1, 2
(STEP_KIND, STEP_CODE, STEP_SETUP, STEP_ARGS, STEP_KWARGS, STEP_STDIN, STEP_ARGV,
 STEP_FLAGS) = range(1, 9)
COMPILE, MAIN, CALL, EXPR = range(4)
IMPORTED, REPORT_ARGS, TRACE = 1, 2, 4
VALUE, EXCEPTION, ARGS_BEFORE, ARGS_AFTER = 1, 2, 3, 4
TOO_LARGE, EXIT_CODE, LAST = 8, 9, 10
(EXC_TYPE, EXC_MESSAGE, EXC_FILE, EXC_FUNCTION, EXC_LINE, EXC_COLUMN, EXC_END_LINE,
 EXC_END_COLUMN, EXC_COMPILE, EXC_LOADING, EXC_FRAME) = range(1, 12)
FRAME_FILE, FRAME_FUNCTION, FRAME_LINE = 1, 2, 3

FRAMES_MAX = 50
MESSAGE_MAX = 2000
WORK = "/work/"
STREAMS_LOST = 69  # exit code: the rest of the run needs a new box

# Own names for every builtin used below.
BaseException, Exception, SystemExit, SyntaxError = (
    builtins.BaseException, builtins.Exception, builtins.SystemExit, builtins.SyntaxError)
MemoryError, ValueError, OSError, KeyboardInterrupt, UnicodeError = (
    builtins.MemoryError, builtins.ValueError, builtins.OSError, builtins.KeyboardInterrupt,
    builtins.UnicodeError)
len, type, str, int, isinstance, getattr, list, dict, tuple, bytes = (
    builtins.len, builtins.type, builtins.str, builtins.int, builtins.isinstance,
    builtins.getattr, builtins.list, builtins.dict, builtins.tuple, builtins.bytes)
compile, open, set, range, enumerate, float = (
    builtins.compile, builtins.open, builtins.set, builtins.range, builtins.enumerate,
    builtins.float)
int_from = int.from_bytes
os_exit, os_write, os_open, os_close, os_pipe, os_dup, os_dup2, os_mkdir, os_unlink, os_lseek = (
    os._exit, os.write, os.open, os.close, os.pipe, os.dup, os.dup2, os.mkdir, os.unlink, os.lseek)
os_walk, os_rmdir, os_islink = os.walk, os.rmdir, os.path.islink
box_run, box_encode, box_send, box_fields, box_frame, box_next = (
    box.run, box.encode, box.send, box.fields, box.frame, box.next)
gc_collect, getframe = gc.collect, sys._getframe
CREATE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
RDWR, SCRATCH = os.O_RDWR, os.O_RDWR | os.O_CREAT | os.O_EXCL
PIPE_BYTES = 65536

for _name in PRELOAD:
    __import__(_name)
import atexit
import base64
import io
import json
import random
import signal
import threading
import types

ModuleType, TextIOWrapper, FileIO = types.ModuleType, io.TextIOWrapper, io.FileIO
BufferedReader, BufferedWriter = io.BufferedReader, io.BufferedWriter
json_loads, b64decode = json.loads, base64.b64decode
random_seed = random.seed
threads_end, atexit_run = threading._shutdown, atexit._run_exitfuncs
atexit_clear, threads_all, thread_main = atexit._clear, threading.enumerate, threading.main_thread()
set_handler, get_handler, set_timer = signal.signal, signal.getsignal, signal.setitimer
from importlib.machinery import SourceFileLoader


class Step:
    """One step as the judge described it."""

    __slots__ = ("number", "kind", "code", "setup", "args", "kwargs", "stdin", "argv", "flags")

    def __init__(self, number, payload):
        self.number, self.kind, self.flags = number, MAIN, 0
        self.code = self.setup = self.args = self.kwargs = b""
        self.stdin, self.argv = None, []
        for tag, data in box_fields(payload):
            if tag == STEP_KIND:
                self.kind = number_of(data)
            elif tag == STEP_CODE:
                self.code = data
            elif tag == STEP_SETUP:
                self.setup = data
            elif tag == STEP_ARGS:
                self.args = data
            elif tag == STEP_KWARGS:
                self.kwargs = data
            elif tag == STEP_STDIN:
                self.stdin = data
            elif tag == STEP_ARGV:
                self.argv.append(data.decode("utf-8", "surrogateescape"))
            elif tag == STEP_FLAGS:
                self.flags = number_of(data)


class Job:
    """A program and the step this box does next."""

    __slots__ = ("files", "main", "step", "flags", "seed", "names", "mark")

    def __init__(self, payload):
        self.files, self.main, self.flags, self.seed, self.mark = [], "main.py", 0, 0, b""
        self.read(payload)
        # A file name as it stands in code objects and tracebacks -> its number.
        self.names = {WORK + path: i for i, (path, _) in enumerate(self.files)}

    def read(self, payload):
        """Takes one order: the first has the files, each has one step."""
        number, step = 0, b""
        for tag, data in box_fields(payload):
            if tag == JOB_FILE:
                file = dict(box_fields(data))
                path = file.get(FILE_PATH, b"").decode("utf-8", "surrogateescape")
                self.files.append((path, file.get(FILE_TEXT, b"")))
            elif tag == JOB_MAIN:
                self.main = data.decode("utf-8", "surrogateescape")
            elif tag == JOB_STEP:
                step = data
            elif tag == JOB_FLAGS:
                self.flags = number_of(data)
            elif tag == JOB_SEED:
                self.seed = int_from(data, "little")
            elif tag == JOB_FIRST:
                number = number_of(data)
            elif tag == JOB_MARK:
                self.mark = data
        self.step = Step(number, step)


def number_of(data):
    return int_from(data, "little", signed=True)


# --- values from the judge -----------------------------------------------------------------

def untag(v):
    """Tagged JSON, already parsed, as the value it stands for."""
    if type(v) is list:
        return [untag(x) for x in v]
    if type(v) is not dict:
        return v
    if len(v) == 1:
        (key, inner), = v.items()
        if key == "$tuple":
            return tuple([untag(x) for x in inner])
        if key == "$set":
            return set([untag(x) for x in inner])
        if key == "$dict":
            return {untag(k): untag(x) for k, x in inner}
        if key == "$bytes":
            return b64decode(inner)
        if key == "$float":
            return float(inner)
        if key == "$int":
            return int(inner)
        if key == "$none":
            return None
    return {k: untag(x) for k, x in v.items()}


# --- exceptions ----------------------------------------------------------------------------

def text(s, most=MESSAGE_MAX):
    return s[:most].encode("utf-8", "replace")


def safe_str(exc):
    try:
        s = str(exc)
        return s if type(s) is str else ""
    except BaseException:
        return "<no message>"


def own_path(name):
    return name[len(WORK):] if type(name) is str and name.startswith(WORK) else ""


def frames_of(job, tb):
    """Frames in the student's files, outermost first: (file, function, line, entry)."""
    found = []
    while tb is not None and len(found) < 10000:
        code = tb.tb_frame.f_code
        if code.co_filename in job.names:
            found.append((own_path(code.co_filename), code.co_name, tb.tb_lineno, tb))
        tb = tb.tb_next
    return found


def columns_of(tb):
    """(column, end line, end column) of the instruction, from 1, or zeros."""
    positions = tb.tb_frame.f_code.co_positions()
    for i, (_, end, col, end_col) in enumerate(positions):
        if i == tb.tb_lasti // 2:
            return ((col or 0) + 1 if col is not None else 0, end or 0,
                    (end_col or 0) + 1 if end_col is not None else 0)
    return 0, 0, 0


def whole(v):
    return v if type(v) is int and 0 <= v < 1 << 30 else 0


def syntax_fields(job, exc):
    path = own_path(exc.filename)
    return [(EXC_FILE, text(path)), (EXC_LINE, whole(exc.lineno)), (EXC_COLUMN, whole(exc.offset)),
            (EXC_END_LINE, whole(exc.end_lineno)), (EXC_END_COLUMN, whole(exc.end_offset))]


def describe(job, exc, compiling, loading):
    """The EXC_* fields of an exception."""
    message = exc.msg if isinstance(exc, SyntaxError) and type(exc.msg) is str else safe_str(exc)
    out = [(EXC_TYPE, text(type(exc).__name__, 200)), (EXC_MESSAGE, text(message))]
    frames = frames_of(job, exc.__traceback__)
    if compiling:
        out.append((EXC_COMPILE, 1))
    if loading:
        out.append((EXC_LOADING, 1))
    if isinstance(exc, SyntaxError) and (compiling or not frames):
        out += syntax_fields(job, exc)
    elif frames:
        file, function, line, entry = frames[-1]
        column, end_line, end_column = columns_of(entry)
        out += [(EXC_FILE, text(file)), (EXC_FUNCTION, text(function, 200)), (EXC_LINE, line),
                (EXC_COLUMN, column), (EXC_END_LINE, end_line), (EXC_END_COLUMN, end_column)]
    half = FRAMES_MAX // 2
    shown = frames if len(frames) <= FRAMES_MAX else frames[:half] + frames[-half:]
    for file, function, line, _ in shown:
        out.append((EXC_FRAME, [(FRAME_FILE, text(file)), (FRAME_FUNCTION, text(function, 200)),
                                (FRAME_LINE, line)]))
    return out


def strip(exc):
    """Without the frames of this file: the traceback the program alone would have."""
    tb = exc.__traceback__
    while tb is not None and tb.tb_frame.f_globals is HERE:
        tb = tb.tb_next
    exc.__traceback__ = tb
    return tb


def print_exception(exc):
    """As the interpreter does at the end of a program: through sys.excepthook."""
    tb = strip(exc)
    flush(getattr(sys, "stdout", None))
    hook = getattr(sys, "excepthook", None) or sys.__excepthook__
    try:
        hook(type(exc), exc, tb)
    except BaseException:
        sys.__excepthook__(type(exc), exc, tb)
    flush(getattr(sys, "stderr", None))


def exit_status(exc):
    """Exit code of a SystemExit; a text goes to stderr."""
    code = exc.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    try:
        sys.stderr.write(str(code) + "\n")
        flush(sys.stderr)
    except BaseException:
        pass
    return 1


# --- the program's surroundings ------------------------------------------------------------

def flush(stream):
    try:
        stream.flush()
    except BaseException:
        pass


def flush_all():
    """What the program calls its streams now, and those it had at its start."""
    for stream in (getattr(sys, "stdout", None), getattr(sys, "stderr", None), STREAMS[1],
                   STREAMS[2]):
        flush(stream)


STREAMS = [sys.stdin, sys.stdout, sys.stderr]


def open_streams(fds=(0, 1, 2)):
    """New stdin, stdout and stderr on three descriptors, as at the start of a program."""
    raw = [FileIO(fds[0], "r", closefd=False), FileIO(fds[1], "w", closefd=False),
           FileIO(fds[2], "w", closefd=False)]
    raw[0].name, raw[1].name, raw[2].name = "<stdin>", "<stdout>", "<stderr>"
    stdin = TextIOWrapper(BufferedReader(raw[0]), "utf-8", "surrogateescape")
    stdout = TextIOWrapper(BufferedWriter(raw[1]), "utf-8", "surrogateescape", newline="\n")
    stderr = TextIOWrapper(BufferedWriter(raw[2]), "utf-8", "backslashreplace", newline="\n",
                           line_buffering=True)
    stdin.mode, stdout.mode, stderr.mode = "r", "w", "w"
    STREAMS[:] = [stdin, stdout, stderr]
    sys.stdin, sys.stdout, sys.stderr = sys.__stdin__, sys.__stdout__, sys.__stderr__ = STREAMS


def give_stdin(data):
    """Descriptor 0 with these bytes and then its end."""
    if len(data) < PIPE_BYTES:
        r, w = os_pipe()
        at = 0
        while at < len(data):
            at += os_write(w, data[at:])
        os_close(w)
    else:
        r = os_open(WORK + ".stdin", SCRATCH, 0o600)
        os_unlink(WORK + ".stdin")
        at = 0
        while at < len(data):
            at += os_write(r, data[at:at + (1 << 20)])
        os_lseek(r, 0, 0)
    os_dup2(r, 0)
    if r != 0:
        os_close(r)


def write_files(job):
    for path, data in job.files:
        at = path.find("/")
        while at > 0:
            try:
                os_mkdir(WORK + path[:at])
            except OSError:
                pass
            at = path.find("/", at + 1)
        fd = os_open(WORK + path, CREATE, 0o644)
        while data:
            data = data[os_write(fd, data):]
        os_close(fd)


def new_main(job, name):
    main = ModuleType(name)
    path = WORK + job.main
    names = main.__dict__
    names.update(__name__=name, __doc__=None, __package__=None, __spec__=None,
                 __loader__=SourceFileLoader(name, path), __file__=path,
                 __cached__=None, __builtins__=builtins)
    sys.modules[name] = main
    return main


BUILTINS = dict(builtins.__dict__)
RECURSION = sys.getrecursionlimit()
PATH = list(sys.path)
TIMERS = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)
HANDLERS = {sig: signal.getsignal(sig) for sig in signal.Signals
            if sig not in (signal.SIGKILL, signal.SIGSTOP)}
set_recursion, set_trace, os_chdir = sys.setrecursionlimit, sys.settrace, os.chdir


def forget_student():
    """Between steps: no module of the student, no name or setting of the step before."""
    for timer in TIMERS:
        set_timer(timer, 0)
    for sig, handler in HANDLERS.items():
        if get_handler(sig) is not handler:
            set_handler(sig, handler)
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if type(file) is str and file.startswith(WORK):
            del sys.modules[name]
    if builtins.__dict__ != BUILTINS:
        builtins.__dict__.clear()
        builtins.__dict__.update(BUILTINS)
    sys.excepthook, sys.path[:] = sys.__excepthook__, PATH
    set_recursion(RECURSION)
    set_trace(None)
    os_chdir(WORK)
    clear_work()
    gc_collect()


def clear_work():
    """Every file and folder of the step before."""
    for folder, folders, files in os_walk(WORK, topdown=False):
        for name in files:
            os_unlink(folder + "/" + name)
        for name in folders:
            path = folder + "/" + name
            (os_unlink if os_islink(path) else os_rmdir)(path)


# --- steps ---------------------------------------------------------------------------------

class Stop(BaseException):
    """The step ends here: fields to send and the exit code a program would have."""

    def __init__(self, fields, code):
        self.fields, self.exit_code = fields, code


def compile_file(job, path, source):
    return compile(source, WORK + path, "exec", dont_inherit=True)


def compile_all(job):
    """Fields of the first file that does not compile, or none."""
    for path, source in job.files:
        if path.endswith(".py"):
            try:
                compile_file(job, path, source)
            except (SyntaxError, ValueError, MemoryError, UnicodeError) as exc:
                return [(EXCEPTION, describe(job, exc, True, False))]
    return []


def source_of(job):
    for path, source in job.files:
        if path == job.main:
            return source
    return b""


def run_program(job, step, names, loading):
    """Compiles and runs main; returns the exit code, raises Stop when it failed."""
    files = job.names if step.flags & TRACE else None
    compiling = True
    try:
        code = compile_file(job, job.main, source_of(job))
        compiling = False
        box_run(code, names, files)
    except SystemExit as exc:
        strip(exc)
        code = exit_status(exc)
        if not loading or code:
            raise Stop([], code)
    except BaseException as exc:
        print_exception(exc)
        raise Stop([(EXCEPTION, describe(job, exc, compiling, loading))],
                   130 if isinstance(exc, KeyboardInterrupt) else 1)
    return 0


def call_parts(text_code):
    """`f(1, k=2)` as (function text, arguments text), or None when it is not one plain call."""
    tree = compile(text_code, "<call>", "eval", 0x400, dont_inherit=True)  # PyCF_ONLY_AST
    node = tree.body
    if type(node).__name__ != "Call" or node.func.end_lineno != 1:
        return None
    raw = text_code.encode("utf-8")
    return raw[:node.func.end_col_offset].decode(), raw[node.func.end_col_offset:].decode()


def collect(*args, **kwargs):
    return args, kwargs


CALL_CODE = compile("function(*arguments[0], **arguments[1])", "<call>", "eval")


def call_named(step, names, function, arguments, fields, files):
    report = step.flags & REPORT_ARGS
    if report:
        add_value(fields, ARGS_BEFORE, list(arguments[0]))
    try:
        return box_run(CALL_CODE, {"function": function, "arguments": arguments,
                                   "__builtins__": builtins}, files)
    finally:
        if report:
            add_value(fields, ARGS_AFTER, list(arguments[0]))


def evaluate(job, step, names, fields):
    """The value of a CALL or EXPR step, in the names the program left."""
    files = job.names if step.flags & TRACE else None
    if step.setup:
        box_run(compile(step.setup, "<setup>", "exec", dont_inherit=True), names, None)
    code = step.code.decode("utf-8", "replace").strip()
    if step.kind == CALL and step.args:
        function = box_run(compile(code, "<call>", "eval", dont_inherit=True), names, None)
        kwargs = untag(json_loads(step.kwargs)) if step.kwargs else {}
        return call_named(step, names, function, (untag(json_loads(step.args)), kwargs),
                          fields, files)
    parts = call_parts(code) if step.kind == CALL and step.flags & REPORT_ARGS else None
    if parts:
        function = box_run(compile(parts[0], "<call>", "eval", dont_inherit=True), names, None)
        given = dict(names)
        given["__collect__"] = collect
        arguments = box_run(compile("__collect__" + parts[1], "<call>", "eval",
                                    dont_inherit=True), given, None)
        return call_named(step, names, function, arguments, fields, files)
    return box_run(compile(code, "<call>", "eval", dont_inherit=True), names, files)


def add_value(fields, tag, value):
    data = box_encode(value)
    fields.append((TOO_LARGE, 1) if data is None else (tag, data))


def print_mark(job):
    """Between what the program printed and what the call prints; the keeper takes it out."""
    try:
        os_write(1, job.mark)
    except OSError:
        pass  # the program closed its stdout


def value_step(job, step, names):
    fields = []
    run_program(job, step, names, True)
    flush_all()
    print_mark(job)
    try:
        add_value(fields, VALUE, evaluate(job, step, names, fields))
    except BaseException as exc:
        strip(exc)
        print_exception(exc)
        raise Stop(fields + [(EXCEPTION, describe(job, exc, False, False))], 1)
    return fields


def do_step(job, step):
    """(fields, exit code) of a step."""
    if step.kind == COMPILE:
        return compile_all(job), 0
    module = job.main[:-3].replace("/", ".") if step.flags & IMPORTED else "__main__"
    main = new_main(job, module)
    sys.argv = [job.main] + step.argv
    if not job.flags & ENTROPY:
        random_seed(job.seed)
    try:
        if step.kind == MAIN:
            return [], run_program(job, step, main.__dict__, False)
        return value_step(job, step, main.__dict__), 0
    except Stop as stop:
        return stop.fields, stop.exit_code


def close_main():
    """As the interpreter ends: the program's objects go, so their __del__ may still print."""
    main = sys.modules.get("__main__")
    names = main.__dict__ if type(main) is ModuleType else {}
    for private in (True, False):
        for name in list(names):
            if type(name) is str and name != "__builtins__" and (name[:1] == "_") == private:
                names[name] = None
    gc_collect()


def prepare_files(job):
    write_files(job)
    if len([1 for path, _ in job.files if path.endswith(".py")]) > 1:
        sys.path.append("/work")  # behind the library: a file never hides a standard module


def run_job(job):
    prepare_files(job)
    if job.flags & MORE:
        run_shared(job)
        open_streams()
    end_of_program(job.step, *do_step(job, job.step))


def run_shared(job):
    """Every step but the last of a box of several. The keeper sends the next one when it has read
    all of this one, so what stays in the process may print only before the step's frame."""
    kept = [os_dup(fd) for fd in (0, 1, 2)]
    give_stdin(job.step.stdin or b"")
    while job.flags & MORE:
        open_streams()
        fields, code = do_step(job, job.step)
        if not can_go_on():
            end_of_program(job.step, fields + [(LAST, 1)], code)
        if job.step.kind == MAIN:
            end_quietly((join_threads, atexit_run, close_main))
        flush_all()
        clean = clean_up()
        box_send(job.step.number, fields + [(EXIT_CODE, code)] + ([] if clean else [(LAST, 1)]))
        if not clean:
            os_exit(code)
        job.read(box_next(kept[0], STREAMS_LOST))
        prepare_files(job)
        give_stdin(job.step.stdin or b"")
        try:
            os_dup2(kept[1], 1)
            os_dup2(kept[2], 2)
        except OSError:
            os_exit(STREAMS_LOST)  # the step before closed them


def can_go_on():
    """False when something waits for the end of the process, as executors do."""
    return not getattr(threading, "_threading_atexits", True)


def join_threads():
    for thread in threads_all():
        if thread is not thread_main and not thread.daemon:
            thread.join()


def end_quietly(calls):
    for call in calls:
        try:
            call()
        except BaseException:
            pass


def clean_up():
    """Nothing of the step stays; what is still alive speaks to nobody. False: it could not be."""
    try:
        null = os_open("/dev/null", RDWR)
        for fd in (0, 1, 2):
            os_dup2(null, fd)
        if null > 2:  # else it took the place of one that was closed
            os_close(null)
        flush_all()  # what a stream could not write because its descriptor was closed
        atexit_clear()
        close_main()
        forget_student()
    except BaseException:
        return False
    return True


def end_of_program(step, fields, code):
    """A stdio program's frame comes after its very end; a value is known before."""
    if step.kind in (CALL, EXPR, COMPILE):
        flush_all()
        box_send(step.number, fields)
        os_exit(0)
    end_quietly((threads_end, atexit_run, close_main))
    flush_all()
    box_send(step.number, fields)
    os_exit(code)


REHEARSAL = b"""
import math, sys
class Pair:
    def __init__(self, a, b):
        self.a, self.b = a, b
def total(xs, start=0):
    for x in xs:
        start += x
    return start
def f(x):
    return [x, (str(x), None), {"k": total([x, 2])}, 2.5 * x]
text = input()
words = sorted(text.split(), key=len)
print("a", f(len(words)), f"{3.14159:.2f} {Pair(1, 2).a}", sep=" ")
for line in sys.stdin:
    print(line.strip(), end="")
raise ValueError("rehearsal")
"""


def rehearse(kind, code, step_fields):
    payload = box_frame([
        (JOB_FILE, [(FILE_PATH, b"main.py"), (FILE_TEXT, code)]), (JOB_MAIN, b"main.py"),
        (JOB_SEED, 1), (JOB_STEP, [(STEP_KIND, kind)] + step_fields)])
    job = Job(payload)
    step = job.step
    prepare_files(job)
    stdin = os_open("/work/.warm", SCRATCH, 0o600)
    os_write(stdin, b"one two\nthree\n")
    os_lseek(stdin, 0, 0)
    null = os_open("/dev/null", RDWR)
    open_streams((stdin, null, null))
    fields, _ = do_step(job, step)
    end_quietly((atexit_run, close_main))
    flush_all()
    box_send(step.number, fields)
    open_streams((null, null, null))
    os_close(stdin)
    os_close(null)
    os_unlink("/work/.warm")
    os_unlink("/work/main.py")


def rehearse_all():
    """Runs what a run runs, with no one listening: twice, for the first fills caches."""
    box.stage(1)
    box.mute(1)
    for _ in range(2):
        rehearse(MAIN, REHEARSAL, [(STEP_ARGV, b"x")])
        rehearse(CALL, REHEARSAL[:-30].replace(b"raise", b"pass #"), [(STEP_CODE, b"f(2)")])
    box.mute(0)
    box.stage(0)


def prepare_zygote():
    """Everything that boxes share. What the second rehearsal writes, every run will."""
    rehearse_all()
    gc_collect()
    gc.freeze()
    box.settle()
    rehearse_all()


def start(word):
    sys.modules.pop("_box", None)
    if word == "zygote":
        prepare_zygote()
        box.serve(CONTROL, "CPython " + sys.version.split()[0])
        open_streams()
        gc.freeze()  # a collection of the run looks only at what is the program's
    else:
        box.seal()
        open_streams()
    gc.enable()
    run_job(Job(box.wait()))


HERE = globals()
