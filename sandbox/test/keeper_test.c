/*
 * What the keeper believes of a box. The box is played here, so that it can do at the worst moment
 * what a hostile program would have to be lucky for.
 */
#include "scene.h"

#include "io/sandbox/sandbox_priv.h"
#include "support/check.h"

#include <sys/wait.h>

#define LATER_US (60 * INT64_C(1'000'000))

struct play {
    struct scene s;
    pid_t student;
    uint32_t steps;
    struct arena arena;
    struct sandbox_result result;
};

/* What the job asks for, besides its steps. */
struct wish {
    int64_t kind, flags, files_kib;
    uint32_t files;
};

static void add_job(struct play *p, struct wish w)
{
    struct wire_buf job = { .max = 1 << 16 };
    for (uint32_t i = 0; i < p->steps; i++) {
        size_t opened = wire_open(&job, JOB_STEP);
        wire_put_num(&job, STEP_KIND, w.kind);
        wire_close(&job, opened);
    }
    for (uint32_t i = 0; i < w.files; i++) {
        char name = (char)('a' + i);
        wire_put(&job, JOB_PRODUCE, &name, 1);
    }
    wire_put_num(&job, JOB_FLAGS, w.flags);
    wire_put_num(&job, JOB_FILES_KIB, w.files_kib);
    job_add(&p->s.k, 1, job.ptr, job.len);
    wire_release(&job);
}

static struct play *play_open(uint32_t steps, struct wish w)
{
    struct play *p = calloc(1, sizeof(*p));
    if (!p)
        abort();
    scene_set(&p->s);
    p->steps = steps;
    p->student = scene_student();
    add_job(p, w);
    scene_open_box(&p->s, p->student);
    return p;
}

static void play_close(struct play *p)
{
    job_cancel(&p->s.k, 1);
    scene_close_box(&p->s);
    (void)kill(p->student, SIGKILL);
    (void)waitpid(p->student, NULL, 0);
    wire_release(&p->s.k.to_client);
    arena_release(&p->arena);
    free(p);
}

/* One honest step that goes on to the next. */
static void say_step(struct play *p, uint32_t step)
{
    scene_write(p->s.out, "out", 3);
    scene_answer(&p->s, step, NULL, 0);
}

static void end_process(struct play *p, int exit_code)
{
    scene_tell(&p->s, (struct status){ .kind = STATUS_END, .wait_status = exit_code << 8 }, NULL,
               0);
}

/* All steps but for the end of the last one's process. */
static void say_steps(struct play *p)
{
    for (uint32_t i = 0; i < p->steps; i++)
        say_step(p, i);
}

static void hand_over(struct play *p, uint32_t file, const char *bytes, size_t n)
{
    scene_tell(&p->s,
               (struct status){ .kind = STATUS_PRODUCED, .file = file, .length = (uint32_t)n },
               bytes, n);
}

static void say_done(struct play *p)
{
    scene_tell(&p->s, (struct status){ .kind = STATUS_DONE }, NULL, 0);
}

/* The box is gone and another one takes the job, if it still waits. */
static void next_box(struct play *p)
{
    scene_close_box(&p->s);
    scene_open_box(&p->s, p->student);
}

/* What the judge reads: exactly one result frame with a result for each step, or none yet. */
static bool has_result(struct play *p)
{
    struct fail f = { 0 };
    const struct wire_buf *sent = &p->s.k.to_client;
    if (sent->len == 0)
        return false;
    struct wire_head h = wire_head_of(sent->ptr);
    struct str payload = { (const char *)sent->ptr + WIRE_HEAD, h.length };
    size_t steps = 0;
    struct wire_in in = { .ptr = sent->ptr + WIRE_HEAD, .len = h.length };
    for (struct wire_field field; wire_next(&in, &field);)
        steps += field.tag == RESULT_STEP;
    CHECK_INT(h.type, WIRE_RESULT);
    CHECK_INT(sent->len, WIRE_HEAD + h.length);
    CHECK_INT(steps, p->steps);
    CHECK_INT(sandbox_decode(payload, p->steps, &p->arena, &p->result, &f), ERR_OK);
    return true;
}

TEST(files_come_with_the_result_of_the_last_step)
{
    struct play *p = play_open(3, (struct wish){ .files = 2 });
    say_steps(p);
    end_process(p, 4);
    CHECK(!has_result(p));
    hand_over(p, 0, "ab", 2);
    hand_over(p, 0, "c", 1);
    hand_over(p, 1, "", 0);
    say_done(p);
    CHECK(has_result(p));
    CHECK_INT(p->result.exit_code, 4);
    CHECK_INT(p->result.produced_count, 2);
    CHECK_STR(p->result.produced[0].text, "abc");
    CHECK_STR(p->result.produced[1].text, "");
    CHECK_STR(p->result.steps[2].stdout_text, "out");
    CHECK_INT(p->s.k.running, 0);
    play_close(p);
}

/* Value frames of the step there is not, a frame that announces too much, and both outputs full. */
static void speak_on(struct play *p)
{
    static const char flood[60'000] = { 'x' };
    unsigned char too_much[WIRE_HEAD] = { 0xFF, 0xFF, 0xFF, 0xFF, WIRE_BOX_VALUE };
    say_step(p, p->steps - 1);
    say_step(p, p->steps);
    scene_put(&p->s, too_much, sizeof(too_much));
    scene_write(p->s.out, flood, sizeof(flood));
    scene_write(p->s.err, flood, sizeof(flood));
    box_check(&p->s.k, &p->s.k.boxes[0], keeper_now_us() + POLL_LAST_US);
}

static void speaks_on(uint32_t steps, int64_t flags)
{
    struct play *p = play_open(steps, (struct wish){ .flags = flags, .files = 1 });
    uint32_t boxes = flags & JOB_BOX_PER_STEP ? steps : 1;
    for (uint32_t i = 0; i < steps; i++) {
        say_step(p, i);
        if (boxes == 1 && i + 1 < steps)
            continue;
        end_process(p, 0);
        speak_on(p);
        if (i + 1 < steps)
            next_box(p);
    }
    CHECK(!has_result(p));
    hand_over(p, 0, "file", 4);
    say_done(p);
    CHECK(has_result(p));
    CHECK_INT(p->result.end, SANDBOX_EXITED);
    CHECK_INT(p->result.steps[steps - 1].frames, 1);
    CHECK_STR(p->result.steps[steps - 1].stdout_text, "out");
    CHECK_INT(p->result.produced_count, 1);
    play_close(p);
}

TEST(what_a_program_says_while_its_files_are_gathered_belongs_to_no_step)
{
    speaks_on(1, 0);
    speaks_on(3, 0);
    speaks_on(3, JOB_BOX_PER_STEP);
}

TEST(the_last_of_as_many_steps_as_there_may_be_has_files_too)
{
    speaks_on(WIRE_STEPS_MAX, 0);
    speaks_on(WIRE_STEPS_MAX, JOB_BOX_PER_STEP);
}

TEST(the_limits_of_a_step_do_not_count_while_its_files_are_gathered)
{
    struct play *p = play_open(2, (struct wish){ .files = 1 });
    say_steps(p);
    end_process(p, 0);
    box_check(&p->s.k, &p->s.k.boxes[0], keeper_now_us() + 9 * INT64_C(1'000'000));
    CHECK(!has_result(p));
    hand_over(p, 0, "late", 4);
    say_done(p);
    CHECK(has_result(p));
    CHECK_INT(p->result.end, SANDBOX_EXITED);
    CHECK_STR(p->result.produced[0].text, "late");
    play_close(p);
}

TEST(a_box_lost_while_its_files_are_gathered_is_replaced_and_then_our_error)
{
    struct play *p = play_open(2, (struct wish){ .files = 2 });
    say_steps(p);
    for (int tries = 1; tries <= 3; tries++) {
        end_process(p, 0);
        hand_over(p, 0, "half a fi", 9);
        CHECK(!has_result(p));
        next_box(p);
        if (tries < 3)
            say_step(p, 1);
    }
    CHECK(has_result(p));
    CHECK_INT(p->result.steps[0].end, SANDBOX_EXITED);
    CHECK_INT(p->result.steps[1].end, SANDBOX_ERROR);
    CHECK_INT(p->result.produced_count, 0);
    play_close(p);
}

TEST(a_replaced_box_hands_over_the_files_of_the_last_step_alone)
{
    struct play *p = play_open(2, (struct wish){ .files = 2 });
    say_steps(p);
    end_process(p, 0);
    hand_over(p, 1, "half", 4);
    next_box(p);
    say_step(p, 1);
    end_process(p, 0);
    hand_over(p, 0, "whole", 5);
    say_done(p);
    CHECK(has_result(p));
    CHECK_INT(p->result.end, SANDBOX_EXITED);
    CHECK_INT(p->result.produced_count, 1);
    CHECK_STR(p->result.produced[0].text, "whole");
    play_close(p);
}

TEST(gathering_for_ever_ends)
{
    struct play *p = play_open(1, (struct wish){ .files = 1 });
    for (int tries = 1; tries <= 3; tries++) {
        say_step(p, 0);
        end_process(p, 0);
        hand_over(p, 0, "more", 4);
        box_check(&p->s.k, &p->s.k.boxes[0], keeper_now_us() + LATER_US);
        CHECK(p->s.k.boxes[0].state == BOX_LEAVING);
        if (tries < 3)
            next_box(p);
    }
    CHECK(has_result(p));
    CHECK_INT(p->result.end, SANDBOX_ERROR);
    play_close(p);
}

TEST(files_past_their_cap_end_the_gathering_and_those_before_are_whole)
{
    static const char kib[1024] = { 'k' };
    struct play *p = play_open(1, (struct wish){ .files = 3, .files_kib = 2 });
    p->s.k.boxes[0].spec = job_spec(&p->s.k, p->s.k.queue); /* a box of this size */
    job_pump(&p->s.k);
    say_step(p, 0);
    end_process(p, 0);
    hand_over(p, 0, kib, sizeof(kib));
    hand_over(p, 1, kib, sizeof(kib));
    hand_over(p, 1, "+", 1);
    CHECK(has_result(p));
    CHECK(p->s.k.boxes[0].state == BOX_LEAVING);
    hand_over(p, 2, "", 0);
    say_done(p);
    CHECK(has_result(p));
    CHECK_INT(p->result.produced_count, 1);
    CHECK_INT(p->result.produced[0].text.len, sizeof(kib));
    play_close(p);
}

TEST(a_step_before_the_last_that_ends_its_process_gathers_nothing)
{
    struct play *p = play_open(3, (struct wish){ .files = 1 });
    say_step(p, 0);
    end_process(p, 5);
    speak_on(p);
    hand_over(p, 0, "of no use", 9);
    next_box(p);
    say_step(p, 2);
    end_process(p, 0);
    say_done(p);
    CHECK(has_result(p));
    CHECK_INT(p->result.steps[1].exit_code, 5);
    CHECK_INT(p->result.produced_count, 0);
    play_close(p);
}

TEST(a_run_cancelled_while_its_files_are_gathered_is_cancelled)
{
    struct play *p = play_open(2, (struct wish){ .files = 1 });
    say_steps(p);
    end_process(p, 0);
    job_cancel(&p->s.k, 1);
    CHECK(has_result(p));
    CHECK_INT(p->result.steps[0].end, SANDBOX_EXITED);
    CHECK_INT(p->result.steps[1].end, SANDBOX_CANCELLED);
    CHECK_INT(p->s.k.running, 0);
    play_close(p);
}

TEST(only_what_is_due_is_taken_from_inside)
{
    struct play *p = play_open(1, (struct wish){ .files = 1 });
    hand_over(p, 0, "too early", 9);
    say_done(p);
    scene_tell(&p->s, (struct status){ .kind = STATUS_END, .length = 9 }, NULL, 0); /* cut */
    say_step(p, 0);
    CHECK(p->s.k.boxes[0].state == BOX_RUNNING);
    end_process(p, 0);
    end_process(p, 9);
    hand_over(p, 1, "of no number", 12);
    hand_over(p, 0, "it", 2);
    say_done(p);
    say_done(p);
    CHECK(has_result(p));
    CHECK_INT(p->result.exit_code, 0);
    CHECK_STR(p->result.produced[0].text, "it");
    play_close(p);
}

TEST(steps_that_say_too_much_together_pass_the_output_limit_one_by_one)
{
    static unsigned char value[WIRE_BOX_MAX] = { VALUE_VALUE, 251, 255, 31, 0 }; /* one field */
    static const char file[STATUS_BYTES_MAX] = { 'f' };
    struct play *p = play_open(WIRE_STEPS_MAX, (struct wish){ .files = 1, .files_kib = 1'024 });
    for (uint32_t i = 0; i < p->steps; i++) {
        scene_write(p->s.out, "out", 3);
        scene_answer(&p->s, i, value, i == 100 ? 0 : sizeof(value));
    }
    end_process(p, 0);
    for (size_t i = 0; i < 32; i++)
        hand_over(p, 0, file, sizeof(file));
    say_done(p);
    CHECK(has_result(p));
    for (uint32_t i = 0; i < p->steps; i++) {
        const struct sandbox_step_result *r = &p->result.steps[i];
        CHECK_INT(r->end, i < 31 || i == 100 ? SANDBOX_EXITED : SANDBOX_OUTPUT_LIMIT);
        CHECK_INT(r->value.len, i < 31 ? sizeof(value) - WIRE_FIELD_HEAD : 0);
        CHECK_STR(r->stdout_text, "out");
    }
    CHECK_INT(p->result.produced_count, 1);
    CHECK_INT(p->result.produced[0].text.len, 32 * sizeof(file));
    play_close(p);
}

TEST(a_descriptor_nobody_asked_for_is_closed)
{
    struct play *p = play_open(1, (struct wish){ 0 });
    int ends[2];
    CHECK(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
    struct status head = { .kind = STATUS_STUDENT };
    struct iovec iov = { &head, sizeof(head) };
    union {
        struct cmsghdr head;
        char space[CMSG_SPACE(sizeof(int))];
    } control = { .head = { .cmsg_len = CMSG_LEN(sizeof(int)),
                            .cmsg_level = SOL_SOCKET,
                            .cmsg_type = SCM_RIGHTS } };
    memcpy(CMSG_DATA(&control.head), &ends[1], sizeof(int));
    const struct msghdr msg = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)
    };
    CHECK(sendmsg(p->s.status, &msg, MSG_NOSIGNAL) > 0);
    (void)close(ends[1]);
    box_status(&p->s.k, &p->s.k.boxes[0]);
    char byte;
    CHECK_INT(read(ends[0], &byte, 1), 0); /* nobody else holds it */
    CHECK_INT(p->s.k.boxes[0].student, p->student);
    (void)close(ends[0]);
    play_close(p);
}
