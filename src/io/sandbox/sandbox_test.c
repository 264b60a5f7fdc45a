#include "io/sandbox/sandbox.h"

#include "io/sandbox/sandbox_fixture.h"

#include <signal.h>

static const struct sandbox_step main_step = { .kind = SANDBOX_MAIN };

TEST(a_program_reads_its_stdin_and_prints)
{
    struct fixture x = fixture_open();
    struct str name = STR("ana");
    struct sandbox_step step = {
        .kind = SANDBOX_MAIN, .stdin_text = STR("2\n40\n"), .argv = &name, .argc = 1
    };
    struct sandbox_step_result r =
        fixture_step(&x,
                     STR("import sys\nprint(int(input()) + int(input()), sys.argv[1])\n"
                         "print('ñandú', file=sys.stderr)\nsys.exit(3)\n"),
                     step);
    CHECK_INT(r.end, SANDBOX_EXITED);
    CHECK_INT(r.exit_code, 3);
    CHECK_STR(r.stdout_text, "42 ana\n");
    CHECK_STR(r.stderr_text, "ñandú\n");
    CHECK(!r.raised);
    CHECK_INT(r.frames, 1);
    CHECK(r.wall_us > 0 && r.cpu_us >= 0);
    fixture_close(&x);
}

TEST(a_traceback_looks_as_if_the_program_ran_alone)
{
    struct fixture x = fixture_open();
    struct sandbox_step_result r =
        fixture_step(&x, STR("def f(xs):\n    return xs[3]\n\nf([1])\n"), main_step);
    CHECK_INT(r.exit_code, 1);
    CHECK_STR(r.stderr_text, "Traceback (most recent call last):\n"
                             "  File \"/work/main.py\", line 4, in <module>\n"
                             "    f([1])\n"
                             "  File \"/work/main.py\", line 2, in f\n"
                             "    return xs[3]\n"
                             "           ~~^^^\n"
                             "IndexError: list index out of range\n");
    CHECK(r.raised);
    CHECK_STR(r.exception.type, "IndexError");
    CHECK_STR(r.exception.message, "list index out of range");
    CHECK_STR(r.exception.file, "main.py");
    CHECK_STR(r.exception.function, "f");
    CHECK_INT(r.exception.line, 2);
    CHECK_INT(r.exception.column, 12);
    CHECK_INT(r.exception.frame_count, 2);
    CHECK_STR(r.exception.frames[0].function, "<module>");
    CHECK_INT(r.exception.frames[0].line, 4);
    fixture_close(&x);
}

TEST(a_syntax_error_is_found_without_running_anything)
{
    struct fixture x = fixture_open();
    struct sandbox_step step = { .kind = SANDBOX_COMPILE };
    struct sandbox_step_result r = fixture_step(&x, STR("print('ran')\nif True\n    pass\n"), step);
    CHECK(r.raised && r.exception.compile);
    CHECK_STR(r.exception.type, "SyntaxError");
    CHECK_STR(r.exception.message, "expected ':'");
    CHECK_STR(r.exception.file, "main.py");
    CHECK_INT(r.exception.line, 2);
    CHECK_INT(r.exception.column, 8);
    CHECK_STR(r.stdout_text, "");
    r = fixture_step(&x, STR("print('ran')\nif True\n    pass\n"), main_step);
    CHECK(r.raised && r.exception.compile);
    CHECK_INT(r.exit_code, 1);
    CHECK_STR(r.stdout_text, "");
    r = fixture_step(&x, STR("print('fine')\n"), step);
    CHECK(!r.raised);
    CHECK_STR(r.stdout_text, "");
    fixture_close(&x);
}

TEST(values_of_every_kind_come_back_tagged)
{
    static const struct {
        const char *expr, *tagged;
    } cases[] = {
        { "None", "{\"$none\":1}" },
        { "[True, 1, -2.5, 'a\"\\\\ñ']", "[true,1,-2.5,\"a\\\"\\\\ñ\"]" },
        { "(1, (2,), ())", "{\"$tuple\":[1,{\"$tuple\":[2]},{\"$tuple\":[]}]}" },
        { "{'a': 1, 'b': [None]}", "{\"a\":1,\"b\":[{\"$none\":1}]}" },
        { "{1: 'x', '$k': 2}", "{\"$dict\":[[1,\"x\"],[\"$k\",2]]}" },
        { "{7}", "{\"$set\":[7]}" },
        { "b'ab\\x00'", "{\"$bytes\":\"YWIA\"}" },
        { "float('nan')", "{\"$float\":\"nan\"}" },
        { "-float('inf')", "{\"$float\":\"-inf\"}" },
        { "2**53 + 1", "{\"$int\":\"9007199254740993\"}" },
        { "2**53", "9007199254740992" },
        { "1.0", "1.0" },
        { "1e300", "1e+300" },
        { "range(3)", "{\"$obj\":{\"type\":\"range\",\"repr\":\"range(0, 3)\"}}" },
        { "type('L', (list,), {})([1])", "{\"$obj\":{\"type\":\"L\",\"repr\":\"[1]\"}}" },
        { "loop", "[{\"$obj\":{\"type\":\"list\",\"repr\":\"...\"}}]" },
        { "'\\ud800'", "\"\xEF\xBF\xBD\"" },
    };
    struct fixture x = fixture_open();
    struct sandbox_step steps[COUNT_OF(cases)];
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        steps[i] = (struct sandbox_step){ .kind = SANDBOX_EXPR, .code = str_of(cases[i].expr) };
    struct sandbox_file file = { STR("main.py"), STR("loop = []\nloop.append(loop)\n") };
    struct sandbox_job job = { .files = &file,
                               .file_count = 1,
                               .main_path = STR("main.py"),
                               .steps = steps,
                               .step_count = COUNT_OF(cases) };
    struct sandbox_result r = fixture_run(&x, &job);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK(r.steps[i].has_value);
        CHECK_STR(r.steps[i].value, cases[i].tagged);
    }
    fixture_close(&x);
}

TEST(a_call_says_what_it_printed_returned_and_changed)
{
    struct fixture x = fixture_open();
    struct sandbox_step step = { .kind = SANDBOX_CALL,
                                 .code = STR("add([1], 2)"),
                                 .report_args = true };
    struct str text = STR("print('loading')\ndef add(xs, y=0):\n    print('adding')\n"
                          "    xs.append(y)\n    return len(xs)\n");
    struct sandbox_step_result r = fixture_step(&x, text, step);
    CHECK_STR(r.value, "2");
    CHECK_STR(r.stdout_text, "loading\nadding\n");
    CHECK_INT(r.stdout_from, 8);
    CHECK_STR(r.args_before, "[[1],2]");
    CHECK_STR(r.args_after, "[[1,2],2]");
    step = (struct sandbox_step){ .kind = SANDBOX_CALL,
                                  .code = STR("add"),
                                  .args_json = STR("[{\"$tuple\":[1]}]"),
                                  .kwargs_json = STR("{\"y\":{\"$int\":\"5\"}}") };
    r = fixture_step(&x, text, step);
    CHECK(r.raised && !r.exception.loading);
    CHECK_STR(r.exception.type, "AttributeError");
    step.code = STR("missing");
    r = fixture_step(&x, text, step);
    CHECK_STR(r.exception.type, "NameError");
    fixture_close(&x);
}

TEST(a_main_guard_runs_unless_the_program_is_imported)
{
    struct fixture x = fixture_open();
    struct str text = STR("n = 1\nif __name__ == '__main__':\n    n = int(input())\n");
    struct sandbox_step step = { .kind = SANDBOX_EXPR, .code = STR("n"), .stdin_text = STR("9") };
    CHECK_STR(fixture_step(&x, text, step).value, "9");
    step.imported = true;
    CHECK_STR(fixture_step(&x, text, step).value, "1");
    step = (struct sandbox_step){ .kind = SANDBOX_EXPR,
                                  .code = STR("n + m"),
                                  .setup = STR("m = n * 10"),
                                  .stdin_text = STR("4") };
    CHECK_STR(fixture_step(&x, text, step).value, "44");
    step.stdin_text = STR("");
    struct sandbox_step_result r = fixture_step(&x, text, step);
    CHECK(r.raised && r.exception.loading);
    CHECK_STR(r.exception.type, "EOFError");
    fixture_close(&x);
}

TEST(a_trace_tells_the_lines_and_the_changes_in_order)
{
    struct fixture x = fixture_open();
    struct sandbox_step step = { .kind = SANDBOX_CALL, .code = STR("f(2)"), .trace = true };
    struct sandbox_step_result r = fixture_step(
        &x,
        STR("def f(n):\n    t = 0\n    while n:\n        t += n\n        n -= 1\n    return t\n"),
        step);
    static const int32_t lines[] = { 2, 3, 4, 5, 3, 4, 5, 3, 6 };
    CHECK_INT(r.line_count, COUNT_OF(lines));
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        CHECK_INT(r.lines[i].line, lines[i]);
    CHECK(!r.trace_cut);
    const struct sandbox_change *last = &r.changes[r.change_count - 1];
    CHECK_STR(last->name, "n");
    CHECK_STR(last->repr, "0");
    CHECK_STR(last->function, "f");
    CHECK_INT(last->line, 5);
    CHECK_INT(last->at, 6);
    step.code = STR("f(10**5)");
    r = fixture_step(
        &x,
        STR("def f(n):\n    t = 0\n    while n:\n        t += n\n        n -= 1\n    return t\n"),
        step);
    CHECK(r.trace_cut && r.trace_full);
    CHECK_INT(r.line_count, 20'000);
    CHECK_INT(r.change_count, 200);
    CHECK(r.raised && !r.has_value);
    CHECK_STR(r.exception.type, "KeyboardInterrupt");
    step.code = STR("f(1)"); /* the next one is not held back by it */
    r = fixture_step(&x, STR("def f(n):\n    while True:\n        n += 1\n"), step);
    CHECK(r.trace_full);
    CHECK_INT(r.end, SANDBOX_EXITED);
    fixture_close(&x);
}

TEST(steps_in_one_box_do_not_see_each_other_and_a_crash_costs_only_one)
{
    struct fixture x = fixture_open();
    struct sandbox_file file = { STR("main.py"),
                                 STR("import builtins, random\nn = input()\n"
                                     "print(n, hasattr(builtins, 'spoiled'), random.random())\n"
                                     "builtins.spoiled = 1\nif n == '1':\n    import os\n"
                                     "    os.kill(os.getpid(), 9)\n"
                                     "if n == '2':\n    while True: pass\n"
                                     "if n == '3':\n    import os\n    os.close(1)\n") };
    struct sandbox_step steps[6];
    struct str inputs[] = { STR("0"), STR("1"), STR("2"), STR("3"), STR("4"), STR("5") };
    for (size_t i = 0; i < COUNT_OF(steps); i++)
        steps[i] =
            (struct sandbox_step){ .kind = SANDBOX_MAIN, .stdin_text = inputs[i], .cpu_ms = 200 };
    struct sandbox_job job = { .files = &file,
                               .file_count = 1,
                               .main_path = STR("main.py"),
                               .steps = steps,
                               .step_count = COUNT_OF(steps),
                               .seed = 7 };
    struct sandbox_result r = fixture_run(&x, &job);
    static const enum sandbox_end ends[] = { SANDBOX_EXITED, SANDBOX_SIGNALLED, SANDBOX_TIME_LIMIT,
                                             SANDBOX_EXITED, SANDBOX_EXITED,    SANDBOX_EXITED };
    for (size_t i = 0; i < COUNT_OF(steps); i++)
        CHECK_INT(r.steps[i].end, ends[i]);
    CHECK_STR(r.steps[0].stdout_text, "0 False 0.32383276483316237\n");
    CHECK_STR(r.steps[4].stdout_text, "4 False 0.32383276483316237\n");
    CHECK_STR(r.steps[5].stdout_text, "5 False 0.32383276483316237\n");
    CHECK_INT(r.steps[1].signal, SIGKILL);
    CHECK_INT(r.end, SANDBOX_SIGNALLED);
    fixture_close(&x);
}

TEST(only_one_value_frame_counts)
{
    struct fixture x = fixture_open();
    /* A whole WIRE_BOX_VALUE frame for step 0 with the value 42, as an attacker would write it. */
    struct str text =
        STR("import os, struct\nfield = lambda t, b: struct.pack('<BI', t, len(b)) + b\n"
            "body = field(1, b'42')\nframe = struct.pack('<IIQ', len(body), 66, 0) + body\n"
            "def f():\n    os.write(3, frame)\n    return 41\n"
            "def g():\n    os.write(3, frame)\n    os._exit(0)\n"
            "def h():\n    os.write(3, b'garbage' * 20)\n    return 41\n");
    struct sandbox_step step = { .kind = SANDBOX_CALL, .code = STR("f()") };
    struct sandbox_step_result r = fixture_step(&x, text, step);
    CHECK_INT(r.frames, 2);
    CHECK(!r.has_value);
    step.code = STR("g()"); /* forges its own value, which it could simply have returned */
    r = fixture_step(&x, text, step);
    CHECK_INT(r.frames, 1);
    CHECK_STR(r.value, "42");
    step.code = STR("h()");
    r = fixture_step(&x, text, step);
    CHECK(!r.has_value);
    fixture_close(&x);
}

TEST(limits_are_those_of_the_job)
{
    struct fixture x = fixture_open();
    struct sandbox_file file = { STR("main.py"), STR("import sys\nexec(sys.stdin.read())\n") };
    struct sandbox_step step = main_step;
    struct sandbox_job job = { .files = &file,
                               .file_count = 1,
                               .main_path = STR("main.py"),
                               .steps = &step,
                               .step_count = 1 };
    step.stdin_text = STR("x = bytearray(200 << 20); print(len(x))");
    CHECK_INT(fixture_run(&x, &job).end, SANDBOX_MEMORY_LIMIT);
    job.limits.memory_kib = 400 << 10;
    struct sandbox_result r = fixture_run(&x, &job);
    CHECK_INT(r.end, SANDBOX_EXITED);
    CHECK(r.memory_kib > 190 << 10 || !(r.layers & SANDBOX_LAYER_MEMORY));
    job.limits.memory_kib = 16 << 10;
    step.stdin_text = STR("x = bytearray(64 << 20); print(len(x))");
    CHECK_INT(fixture_run(&x, &job).end, SANDBOX_MEMORY_LIMIT);
    job.limits.memory_kib = 0;
    step.stdin_text = STR("print('x' * 100000)");
    r = fixture_run(&x, &job);
    CHECK_INT(r.end, SANDBOX_OUTPUT_LIMIT);
    CHECK_INT(r.steps[0].stdout_text.len, 16 * 1024 + 5);
    job.limits.output_kib = 256;
    CHECK_INT(fixture_run(&x, &job).steps[0].stdout_text.len, 100'001);
    job.limits.threads = 4;
    step.stdin_text = STR("import threading\nts = [threading.Thread(target=print, args=(i,)) for i "
                          "in range(3)]\n[t.start() for t in ts]\n[t.join() for t in ts]\n");
    CHECK_INT(fixture_run(&x, &job).end, SANDBOX_EXITED);
    job.limits.cpu_ms = 40'000;
    struct sandbox_result none;
    CHECK_INT(sandbox_run(x.sandbox, &job, &x.arena, &none, &x.fail), ERR_LIMIT);
    fixture_close(&x);
}

TEST(a_malformed_job_is_refused)
{
    struct fixture x = fixture_open();
    static const char *const paths[] = { "../main.py", "/main.py", "a/../b.py", "", "a//b", "./a" };
    struct sandbox_step step = main_step;
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        struct sandbox_file file = { str_of(paths[i]), STR("pass") };
        struct sandbox_job job = { .files = &file,
                                   .file_count = 1,
                                   .main_path = STR("main.py"),
                                   .steps = &step,
                                   .step_count = 1 };
        struct sandbox_result r;
        CHECK_INT(sandbox_run(x.sandbox, &job, &x.arena, &r, &x.fail), ERR_INPUT);
    }
    struct sandbox_job job = { .main_path = STR("main.py") };
    struct sandbox_result r;
    CHECK_INT(sandbox_run(x.sandbox, &job, &x.arena, &r, &x.fail), ERR_INPUT);
    fixture_close(&x);
}

TEST(only_asked_files_come_back_and_only_regular_ones)
{
    struct fixture x = fixture_open();
    struct sandbox_file files[] = {
        { STR("main.py"),
          STR("import helper, os\nopen('out.txt', 'w').write(helper.text)\n"
              "os.mkdir('d')\nopen('d/empty', 'w').close()\n"
              "open('secret', 'w').write('x')\nprint(open('data/in.csv').read())") },
        { STR("helper.py"), STR("text = 'hola\\n'\n") },
        { STR("data/in.csv"), STR("a,b") },
    };
    struct str produce[] = { STR("out.txt"), STR("d/empty"), STR("missing"), STR("d") };
    struct sandbox_step step = main_step;
    struct sandbox_job job = { .files = files,
                               .file_count = 3,
                               .main_path = STR("main.py"),
                               .steps = &step,
                               .step_count = 1,
                               .produce = produce,
                               .produce_count = 4 };
    struct sandbox_result r = fixture_run(&x, &job);
    CHECK_STR(r.steps[0].stdout_text, "a,b\n");
    CHECK_INT(r.produced_count, 2);
    CHECK_STR(r.produced[0].path, "out.txt");
    CHECK_STR(r.produced[0].text, "hola\n");
    CHECK_STR(r.produced[1].path, "d/empty");
    CHECK_STR(r.produced[1].text, "");
    fixture_close(&x);
}

TEST(a_cold_start_gives_what_a_prepared_one_gives)
{
    static const char *const programs[] = {
        "import sys\nprint(sorted(k for k in globals()))\nprint(__name__, __file__, sys.argv)\n",
        "import sys\nn = 0\ndef f():\n    global n\n    n += 1\n    f()\ntry:\n    f()\nexcept "
        "RecursionError:\n    print(n, sys.getrecursionlimit())\n",
        "import atexit\nclass A:\n    def __del__(self):\n        print('del')\na = A()\n"
        "atexit.register(print, 'atexit')\nraise KeyError('k')\n",
        "import threading, time\nprint(threading.current_thread().name, "
        "threading.active_count())\nprint({'a', 'b', 'c', 'd'}, hash('x'))\n",
        "import sys\nsys.exit('bye')\n",
        "print(input(), input())\n",
        "x = 1 +\n",
        "def f():\n    try:\n        1/0\n    except ZeroDivisionError:\n        int('x')\nf()\n",
        "import sys\nprint(sys.stdout.encoding, sys.stdin.name, sys.stderr.errors, "
        "sys.stdout.line_buffering)\nsys.stdout.buffer.write(b'raw\\n')\n",
        "print('a', flush=False)\nimport os\nos._exit(4)\n",
        "# -*- coding: latin-1 -*-\nprint('\xF1')\n",
        "print('\xF1')\n",
    };
    struct fixture x = fixture_open();
    for (size_t i = 0; i < COUNT_OF(programs); i++) {
        struct sandbox_file file = { STR("main.py"), str_of(programs[i]) };
        struct sandbox_step step = { .kind = SANDBOX_MAIN, .stdin_text = STR("uno\n") };
        struct sandbox_job job = { .files = &file,
                                   .file_count = 1,
                                   .main_path = STR("main.py"),
                                   .steps = &step,
                                   .step_count = 1 };
        struct sandbox_step_result warm = fixture_run(&x, &job).steps[0];
        job.cold = true;
        struct sandbox_step_result cold = fixture_run(&x, &job).steps[0];
        CHECK_INT(warm.end, cold.end);
        CHECK_INT(warm.exit_code, cold.exit_code);
        CHECK_STR(warm.stdout_text, arena_cstr(&x.arena, cold.stdout_text));
        CHECK_STR(warm.stderr_text, arena_cstr(&x.arena, cold.stderr_text));
        CHECK_INT(warm.exception.line, cold.exception.line);
    }
    fixture_close(&x);
}

TEST(the_hash_seed_is_the_one_asked_for)
{
    struct fixture x = fixture_open();
    struct sandbox_file file = { STR("main.py"), STR("print(hash('abc'))\n") };
    struct sandbox_step step = main_step;
    struct sandbox_job job = { .files = &file,
                               .file_count = 1,
                               .main_path = STR("main.py"),
                               .steps = &step,
                               .step_count = 1 };
    struct str zero = fixture_run(&x, &job).steps[0].stdout_text;
    CHECK(str_eq(zero, fixture_run(&x, &job).steps[0].stdout_text));
    job.hash_seed = 1;
    struct str one = fixture_run(&x, &job).steps[0].stdout_text;
    CHECK(!str_eq(zero, one));
    CHECK(str_eq(one, fixture_run(&x, &job).steps[0].stdout_text));
    fixture_close(&x);
}
