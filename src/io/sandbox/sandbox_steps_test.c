/*
 * Steps that share a box: what one prints, costs and leaves behind is its own. Each test compares
 * the shared box with one that has a box for each step.
 */
#include "io/sandbox/sandbox_fixture.h"

enum { STEPS = 8 };

/* The program once per step, its number on stdin; in one box or in many. */
static struct sandbox_result run_steps(struct fixture *x, struct str text, bool box_per_step)
{
    static const char *const numbers[STEPS] = { "0", "1", "2", "3", "4", "5", "6", "7" };
    struct sandbox_file file = { STR("main.py"), text };
    struct sandbox_step steps[STEPS];
    for (size_t i = 0; i < STEPS; i++)
        steps[i] = (struct sandbox_step){ .kind = SANDBOX_MAIN, .stdin_text = str_of(numbers[i]) };
    struct sandbox_job job = { .files = &file,
                               .file_count = 1,
                               .main_path = STR("main.py"),
                               .steps = steps,
                               .step_count = STEPS,
                               .box_per_step = box_per_step,
                               .limits = { .threads = 3, .output_kib = 512, .wall_ms = 20'000 } };
    return fixture_run(x, &job);
}

static void shared_says_what_separate_says(struct str text)
{
    struct fixture x = fixture_open();
    struct sandbox_result many = run_steps(&x, text, true);
    for (int round = 0; round < 3; round++) {
        struct sandbox_result one = run_steps(&x, text, false);
        for (size_t i = 0; i < STEPS; i++) {
            CHECK_INT(one.steps[i].end, many.steps[i].end);
            CHECK_INT(one.steps[i].exit_code, many.steps[i].exit_code);
            CHECK_INT(one.steps[i].signal, many.steps[i].signal);
            CHECK_STR(one.steps[i].stdout_text, arena_cstr(&x.arena, many.steps[i].stdout_text));
            CHECK_STR(one.steps[i].stderr_text, arena_cstr(&x.arena, many.steps[i].stderr_text));
        }
    }
    fixture_close(&x);
}

TEST(a_step_that_prints_at_once_prints_into_its_own_result)
{
    shared_says_what_separate_says(STR("n = input()\nprint('step', n)\n"));
}

TEST(a_step_that_prints_at_its_very_end_prints_into_its_own_result)
{
    shared_says_what_separate_says(
        STR("import atexit, math, os, sys, threading, time\nn = input()\nprint('step', n)\n"
            "atexit.register(print, 'atexit', n)\n"
            "class Late:\n    def __del__(self, write=os.write, n=n):\n"
            "        write(1, b'del %s\\n' % n.encode())\n"
            "late = Late()\n"
            "def later():\n    time.sleep(0.02)\n    print('thread', n)\n"
            "threading.Thread(target=later).start()\n"));
}

TEST(a_step_with_a_stream_of_its_own_prints_into_its_own_result)
{
    shared_says_what_separate_says(
        STR("import math, os, sys\nn = input()\nmine = open(1, 'w', closefd=False)\n"
            "mine.write('own ' + n + '\\n')\nsys.stderr = open(2, 'w', closefd=False)\n"
            "print('err', n, file=sys.stderr)\nif n == '3':\n    os.close(1)\n"));
}

TEST(a_thread_that_outlives_its_step_never_prints_into_the_next)
{
    shared_says_what_separate_says(
        STR("import os, threading, time\nn = input()\n"
            "def tick():\n    time.sleep(0.05)\n    while True:\n"
            "        os.write(1, b'tick %s\\n' % n.encode())\n        time.sleep(0.001)\n"
            "if n == '2':\n    threading.Thread(target=tick, daemon=True).start()\n"
            "elif n == '3':\n    time.sleep(0.2)\nprint('step', n)\n"));
}

TEST(a_step_leaves_no_file_timer_handler_or_hook_to_the_next)
{
    shared_says_what_separate_says(
        STR("import atexit, os, signal, sys, time\nn = input()\n"
            "print(n, sorted(os.listdir('.')), signal.getsignal(signal.SIGALRM), len(sys.path),\n"
            "      sys.excepthook is sys.__excepthook__, os.getcwd())\n"
            "os.makedirs('d/e')\nopen('d/e/f', 'w').write(n)\nopen('main.py', 'w').write(n)\n"
            "os.symlink('d', 'l')\nos.chdir('d')\nsys.path.append('/x')\n"
            "signal.signal(signal.SIGALRM, lambda *a: os.write(1, b'alarm\\n'))\n"
            "signal.setitimer(signal.ITIMER_REAL, 0.05)\n"
            "sys.excepthook = lambda *a: print('hooked', n)\n"
            "if n == '4':\n    time.sleep(0.1)\nif n == '5':\n    1 / 0\n"));
}

TEST(values_too_large_together_are_the_output_limit_of_those_that_do_not_fit)
{
    enum { MANY = 72, FIT = 67 };
    struct fixture x = fixture_open();
    struct sandbox_file file = { STR("main.py"), STR("big = 'x' * 999_990\n") };
    struct sandbox_step steps[MANY];
    for (size_t i = 0; i < MANY; i++)
        steps[i] = (struct sandbox_step){ .kind = SANDBOX_EXPR, .code = STR("big") };
    struct sandbox_job job = { .files = &file,
                               .file_count = 1,
                               .main_path = STR("main.py"),
                               .steps = steps,
                               .step_count = MANY,
                               .limits = { .cpu_ms = 20'000, .wall_ms = 60'000 } };
    struct sandbox_result r = fixture_run(&x, &job);
    CHECK_INT(r.end, SANDBOX_OUTPUT_LIMIT);
    for (size_t i = 0; i < MANY; i++) {
        CHECK_INT(r.steps[i].end, i < FIT ? SANDBOX_EXITED : SANDBOX_OUTPUT_LIMIT);
        CHECK_INT(r.steps[i].value.len, i < FIT ? 999'992 : 0);
    }
    fixture_close(&x);
}

TEST(a_step_that_ends_its_process_costs_the_others_nothing)
{
    shared_says_what_separate_says(
        STR("import os, sys\nn = int(input())\nprint('step', n, flush=True)\n"
            "if n == 1:\n    os._exit(5)\nif n == 2:\n    sys.exit(6)\n"
            "if n == 3:\n    os.kill(os.getpid(), 9)\nif n == 4:\n    os.closerange(4, 64)\n"
            "if n == 5:\n    sys.stdin.close()\n"));
}
