/* Files read back at the end: what of them is believed, whatever the program still does. */
#include "io/sandbox/sandbox_fixture.h"

static struct sandbox_result run(struct fixture *x, struct str text, size_t count,
                                 const struct str *produce, size_t produce_count)
{
    struct sandbox_file file = { STR("main.py"), text };
    struct sandbox_step *steps = ARENA_ARRAY(&x->arena, struct sandbox_step, count);
    for (size_t i = 0; i < count; i++)
        steps[i] = (struct sandbox_step){ .kind = SANDBOX_MAIN };
    struct sandbox_job job = { .files = &file,
                               .file_count = 1,
                               .main_path = STR("main.py"),
                               .steps = steps,
                               .step_count = count,
                               .produce = produce,
                               .produce_count = produce_count,
                               .limits = { .threads = 3, .output_kib = 4'096 } };
    return fixture_run(x, &job);
}

TEST(a_thread_that_speaks_past_the_end_of_its_program_adds_nothing_to_it)
{
    static const struct str text =
        STR_INIT("import os, struct, threading\n"
                 "open('out.txt', 'w').write('mine')\n"
                 "frame = struct.pack('<IIQ', 0, 66, 1) + struct.pack('<IIQ', 0xFFFFFFFF, 66, 1)\n"
                 "ready = threading.Event()\n"
                 "def flood():\n    ready.wait()\n    while True:\n        os.write(3, frame)\n"
                 "        os.write(1, b'y' * 4096)\n"
                 "threading.Thread(target=flood, daemon=True).start()\n"
                 "print('said', flush=True)\nready.set()\nos._exit(0)\n");
    struct fixture x = fixture_open();
    struct str produce[] = { STR("out.txt") };
    for (int round = 0; round < 20; round++) {
        struct sandbox_result r = run(&x, text, 1, produce, 1);
        CHECK_INT(r.step_count, 1);
        CHECK(r.end == SANDBOX_EXITED || r.end == SANDBOX_OUTPUT_LIMIT); /* who was first */
        CHECK(str_starts(r.steps[0].stdout_text, STR("said\n")));
        CHECK(r.end != SANDBOX_EXITED || r.produced_count == 1);
    }
    struct sandbox_stats stats;
    CHECK_INT(sandbox_stats(x.sandbox, &stats, &x.fail), ERR_OK);
    CHECK_INT(stats.restarts, 0);
    fixture_close(&x);
}

TEST(as_many_steps_as_there_may_be_leave_the_file_of_the_last)
{
    struct fixture x = fixture_open();
    struct str produce[] = { STR("out.txt") };
    struct sandbox_result r = run(&x, STR("import os\nopen('out.txt', 'a').write('mine')\n"),
                                  SANDBOX_STEPS_MAX, produce, 1);
    CHECK_INT(r.end, SANDBOX_EXITED);
    CHECK_INT(r.produced_count, 1);
    CHECK_STR(r.produced[0].text, "mine");
    fixture_close(&x);
}

TEST(files_that_would_be_more_than_their_folder_holds_are_left_out)
{
    struct fixture x = fixture_open();
    struct str produce[] = { STR("small"), STR("a"), STR("b"), STR("after") };
    struct sandbox_result r =
        run(&x,
            STR("import os\nopen('small', 'w').write('small')\n"
                "os.truncate(os.open('a', os.O_CREAT | os.O_RDWR), 900 << 10)\n"
                "os.truncate(os.open('b', os.O_CREAT | os.O_RDWR), 900 << 10)\n"
                "open('after', 'w').write('after')\n"),
            1, produce, COUNT_OF(produce));
    CHECK_INT(r.end, SANDBOX_EXITED);
    CHECK_INT(r.produced_count, 2);
    CHECK_STR(r.produced[0].text, "small");
    CHECK_INT(r.produced[1].text.len, 900 << 10);
    fixture_close(&x);
}
