/* Streaming, cancelling, many callers, and what happens when the keeper dies or is not there. */
#include "base/buf.h"
#include "io/sandbox/sandbox_fixture.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

static const struct sandbox_step main_step = { .kind = SANDBOX_MAIN };

struct heard {
    struct buf text;
    size_t chunks;
};

static void hear(void *ctx, size_t step, enum sandbox_stream stream, struct str bytes)
{
    struct heard *h = ctx;
    CHECK_INT(step, 0);
    CHECK_INT(stream, SANDBOX_STDOUT);
    buf_put(&h->text, bytes);
    h->chunks++;
}

TEST(output_streams_while_the_program_runs)
{
    struct fixture x = fixture_open();
    struct heard heard = { .text = { .max = 1000 } };
    struct sandbox_file file = { STR("main.py"),
                                 STR("import time\nfor i in range(3):\n    print(i, flush=True)\n"
                                     "    time.sleep(0.1)\n") };
    struct sandbox_step step = main_step;
    struct sandbox_job job = { .files = &file,
                               .file_count = 1,
                               .main_path = STR("main.py"),
                               .steps = &step,
                               .step_count = 1,
                               .sink = { .chunk = hear, .ctx = &heard } };
    struct sandbox_result r = fixture_run(&x, &job);
    CHECK_STR(buf_str(&heard.text), "0\n1\n2\n");
    CHECK(heard.chunks >= 3);
    CHECK_STR(r.steps[0].stdout_text, "0\n1\n2\n");
    buf_release(&heard.text);
    fixture_close(&x);
}

struct other {
    struct fixture *x;
    struct sandbox_ticket *ticket;
};

static void nap_ms(long ms)
{
    struct timespec t = { ms / 1000, (ms % 1000) * 1'000'000 };
    (void)nanosleep(&t, NULL);
}

static void *cancel_soon(void *arg)
{
    struct other *o = arg;
    nap_ms(200);
    sandbox_cancel(o->x->sandbox, o->ticket);
    return NULL;
}

TEST(a_run_can_be_cancelled_before_and_during)
{
    struct fixture x = fixture_open();
    struct sandbox_ticket ticket = { 0 };
    struct other other = { &x, &ticket };
    struct sandbox_file file = { STR("main.py"), STR("import time\ntime.sleep(100)\n") };
    struct sandbox_step steps[] = { { .kind = SANDBOX_MAIN }, { .kind = SANDBOX_MAIN } };
    struct sandbox_job job = { .files = &file,
                               .file_count = 1,
                               .main_path = STR("main.py"),
                               .steps = steps,
                               .step_count = 2,
                               .ticket = &ticket };
    pthread_t t;
    CHECK_INT(pthread_create(&t, NULL, cancel_soon, &other), 0);
    struct sandbox_result r = fixture_run(&x, &job);
    (void)pthread_join(t, NULL);
    CHECK_INT(r.end, SANDBOX_CANCELLED);
    CHECK_INT(r.steps[0].end, SANDBOX_CANCELLED);
    CHECK_INT(r.steps[1].end, SANDBOX_NOT_RUN);
    r = fixture_run(&x, &job); /* the ticket stays cancelled */
    CHECK_INT(r.end, SANDBOX_CANCELLED);
    fixture_close(&x);
}

static void *many_runs(void *arg)
{
    struct fixture mine = { .sandbox = ((struct fixture *)arg)->sandbox };
    size_t right = 0;
    for (int i = 0; i < 8; i++) {
        struct sandbox_step_result r = fixture_step(&mine, STR("print(6 * 7)\n"), main_step);
        right += str_is(r.stdout_text, "42\n");
    }
    arena_release(&mine.arena);
    return (void *)(uintptr_t)right;
}

TEST(many_threads_share_one_sandbox)
{
    struct fixture x = fixture_open();
    pthread_t t[6];
    for (size_t i = 0; i < COUNT_OF(t); i++)
        CHECK_INT(pthread_create(&t[i], NULL, many_runs, &x), 0);
    for (size_t i = 0; i < COUNT_OF(t); i++) {
        void *right = NULL;
        (void)pthread_join(t[i], &right);
        CHECK_INT((uintptr_t)right, 8);
    }
    struct sandbox_stats stats;
    CHECK_INT(sandbox_stats(x.sandbox, &stats, &x.fail), ERR_OK);
    CHECK_INT(stats.runs, 48);
    CHECK_INT(stats.boxes, 48);
    CHECK_INT(stats.running, 0);
    fixture_close(&x);
}

static void *kill_keeper_soon(void *arg)
{
    struct fixture *x = arg;
    nap_ms(300);
    (void)kill(x->sandbox->pid, SIGKILL);
    return NULL;
}

TEST(a_killed_keeper_is_replaced_and_the_run_is_repeated)
{
    struct fixture x = fixture_open();
    pthread_t t;
    CHECK_INT(pthread_create(&t, NULL, kill_keeper_soon, &x), 0);
    struct sandbox_step_result r =
        fixture_step(&x, STR("import time\ntime.sleep(0.6)\nprint('done')\n"), main_step);
    (void)pthread_join(t, NULL);
    CHECK_STR(r.stdout_text, "done\n");
    struct sandbox_stats stats;
    CHECK_INT(sandbox_stats(x.sandbox, &stats, &x.fail), ERR_OK);
    CHECK_INT(stats.restarts, 1);
    fixture_close(&x);
}

TEST(without_its_program_the_sandbox_does_not_open)
{
    struct sandbox *s = NULL;
    struct fail f = { 0 };
    struct sandbox_conf conf = { .program = STR("/nonexistent/ainative-sandbox") };
    CHECK_INT(sandbox_open(&s, &conf, &f), ERR_IO);
}

TEST(a_missing_layer_is_named)
{
    struct fixture x = fixture_open(); /* skips where boxes cannot be made at all */
    fixture_close(&x);
    struct sandbox *s = NULL;
    struct fail f = { 0 };
    struct sandbox_conf conf = { .pool = 1, .minimum_layers = 1U << 20 };
    CHECK_INT(sandbox_open(&s, &conf, &f), ERR_FORBIDDEN);
    CHECK_STR(str_of(f.hint), "sandbox.layers");
}

/* What it answers in a child: for what a process cannot take back. */
static int in_child(int (*act)(void))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(act());
    CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status);
}

enum { HIDING_REFUSED = 77 };

/* How a thread bomb ends for a keeper that finds no control group to write to. */
static int bomb_without_controllers(void)
{
    struct fixture x = { 0 };
    struct sandbox_conf conf = { .pool = 1 };
    if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
        mount("none", "/sys/fs/cgroup", "tmpfs", MS_RDONLY, NULL))
        return HIDING_REFUSED;
    if (sandbox_open(&x.sandbox, &conf, &x.fail))
        return -1;
    struct sandbox_step_result r =
        fixture_step(&x,
                     STR("import threading, time\nwhile True:\n    "
                         "threading.Thread(target=time.sleep, args=(100,), daemon=True).start()\n"),
                     main_step);
    bool hidden = !(sandbox_layers(x.sandbox) & SANDBOX_LAYER_PIDS);
    fixture_close(&x);
    return hidden ? (int)r.end : -1;
}

TEST(without_a_pids_controller_a_thread_bomb_is_still_called_one)
{
    struct fixture x = fixture_open(); /* skips where boxes cannot be made at all */
    fixture_close(&x);
    int end = in_child(bomb_without_controllers);
    if (end == HIDING_REFUSED)
        TEST_SKIP("only root may hide the control groups from a keeper");
    CHECK_INT(end, SANDBOX_PROCESS_LIMIT);
}

static int open_with_low_priority(void)
{
    struct sandbox *s = NULL;
    struct fail f = { 0 };
    struct sandbox_conf conf = { .pool = 1 };
    if (setpriority(PRIO_PROCESS, 0, 10))
        return -1;
    enum err e = sandbox_open(&s, &conf, &f);
    sandbox_close(s);
    return (int)e;
}

TEST(a_service_of_low_priority_can_run_code_too)
{
    struct fixture x = fixture_open(); /* skips where boxes cannot be made at all */
    fixture_close(&x);
    CHECK_INT(in_child(open_with_low_priority), ERR_OK);
}

TEST(an_exit_is_told_whoever_of_the_program_asks_for_it)
{
    static const struct {
        struct str text;
        int exit_code, signal;
    } rows[] = {
        { STR_INIT("import os\nos._exit(7)\n"), 7, 0 },
        { STR_INIT("import os\nos._exit(256 + 8)\n"), 8, 0 },
        { STR_INIT("import os, threading\nt = threading.Thread(target=os._exit, args=(9,))\n"
                   "t.start()\nt.join()\n"),
          9, 0 },
        { STR_INIT("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"), 0, SIGKILL },
    };
    struct fixture x = fixture_open();
    struct sandbox_step step = main_step;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct sandbox_file file = { STR("main.py"), rows[i].text };
        struct sandbox_job job = { .files = &file,
                                   .file_count = 1,
                                   .main_path = STR("main.py"),
                                   .steps = &step,
                                   .step_count = 1,
                                   .limits = { .threads = 2 } };
        struct sandbox_step_result r = fixture_run(&x, &job).steps[0];
        CHECK_INT(r.end, rows[i].signal ? SANDBOX_SIGNALLED : SANDBOX_EXITED);
        CHECK_INT(r.exit_code, rows[i].exit_code);
        CHECK_INT(r.signal, rows[i].signal);
    }
    fixture_close(&x);
}

TEST(a_frame_that_is_cut_or_false_is_no_result)
{
    struct arena a = { 0 };
    struct fail f = { 0 };
    struct sandbox_result r;
    unsigned char bytes[] = { RESULT_STEP, 200, 0, 0, 0, 1, 2 };
    struct str cut = { (const char *)bytes, sizeof(bytes) };
    CHECK_INT(sandbox_decode(cut, 1, &a, &r, &f), ERR_IO);
    CHECK_INT(sandbox_decode(STR(""), 1, &a, &r, &f), ERR_IO);
    CHECK_INT(sandbox_decode(STR(""), 0, &a, &r, &f), ERR_OK);
    arena_release(&a);
}
