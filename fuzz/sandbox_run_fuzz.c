/* What a box sends the keeper while a student's process runs in it: bytes on the value pipe and
 * both outputs, and what `inside` tells. The first byte chooses the job; then come a kind, a length
 * of two bytes and the bytes, again and again. Whatever arrives, the keeper keeps one result a
 * step, and what it answers the judge is a frame the judge reads. */
#include "../sandbox/test/scene.h"

#include "io/sandbox/sandbox_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum act {
    ACT_VALUE,  /* raw bytes on the value pipe */
    ACT_ANSWER, /* the bytes as payload of the step's frame */
    ACT_STDOUT, /* printed */
    ACT_STDERR,
    ACT_MARK,     /* printed as the harness marks the begin of a call */
    ACT_END,      /* first byte: the wait status */
    ACT_PRODUCED, /* first byte: number of the file */
    ACT_DONE,
    ACT_LATER, /* first byte: tenths of a second pass */
    ACT_GONE,
    ACT_CANCEL,
    ACT_COUNT
};

struct stage {
    struct scene s;
    uint32_t steps;
    int64_t now;
};

static pid_t student(void)
{
    static pid_t pid;
    if (!pid)
        pid = scene_student();
    return pid;
}

/* One to four steps, or as many as there may be, of the kind and with the flags the byte says, and
 * perhaps files to hand over. */
static void add_job(struct stage *s, uint8_t byte)
{
    struct wire_buf job = { .max = 1 << 16 };
    s->steps = byte & 128 ? WIRE_STEPS_MAX : 1U + (byte & 3U);
    for (uint32_t i = 0; i < s->steps; i++) {
        size_t opened = wire_open(&job, JOB_STEP);
        wire_put_num(&job, STEP_KIND, byte & 4 ? STEP_CALL : STEP_MAIN);
        wire_close(&job, opened);
    }
    if (byte & 8) {
        wire_put(&job, JOB_PRODUCE, "out.txt", 7);
        wire_put(&job, JOB_PRODUCE, "d/more", 6);
    }
    wire_put_num(&job, JOB_FLAGS,
                 (byte & 16 ? JOB_STREAM : 0) | (byte & 32 ? JOB_BOX_PER_STEP : 0));
    job_add(&s->s.k, 1, job.ptr, job.len);
    wire_release(&job);
}

static void tell(struct stage *s, enum act what, const uint8_t *p, size_t n)
{
    uint8_t first = n ? p[0] : 0;
    struct status head = { .kind = STATUS_DONE };
    if (what == ACT_END)
        head = (struct status){ .kind = STATUS_END,
                                .wait_status = first & 1 ? first & 0x7F : first << 8 };
    if (what == ACT_PRODUCED)
        head = (struct status){ .kind = STATUS_PRODUCED,
                                .file = first,
                                .length = n ? (uint32_t)n - 1 : 0 };
    bool has_bytes = what == ACT_PRODUCED && n > 0;
    scene_tell(&s->s, head, has_bytes ? p + 1 : NULL, has_bytes ? n - 1 : 0);
}

static void act(struct stage *s, enum act what, const uint8_t *p, size_t n)
{
    struct box *b = &s->s.k.boxes[0];
    switch (what) {
    case ACT_VALUE:
        scene_put(&s->s, p, n);
        break;
    case ACT_ANSWER:
        scene_answer(&s->s, b->step, p, n);
        break;
    case ACT_STDOUT:
        scene_write(s->s.out, p, n);
        break;
    case ACT_STDERR:
        scene_write(s->s.err, p, n);
        break;
    case ACT_MARK:
        scene_write(s->s.out, b->mark, sizeof(b->mark));
        break;
    case ACT_END:
    case ACT_PRODUCED:
    case ACT_DONE:
        tell(s, what, p, n);
        break;
    case ACT_LATER:
        s->now += (n ? p[0] : 0) * INT64_C(100'000);
        box_check(&s->s.k, b, s->now);
        break;
    case ACT_GONE:
        scene_close_box(&s->s);
        break;
    case ACT_CANCEL:
        job_cancel(&s->s.k, 1);
        break;
    case ACT_COUNT:
    default:
        break;
    }
}

/* What the judge would read; true when it has its result. */
static bool judge_reads(struct stage *s)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct wire_buf *sent = &s->s.k.to_client;
    struct sandbox_result r;
    bool answered = false;
    for (size_t at = 0; at < sent->len; at += WIRE_HEAD + wire_head_of(sent->ptr + at).length) {
        struct wire_head h = wire_head_of(sent->ptr + at);
        struct str payload = { (const char *)sent->ptr + at + WIRE_HEAD, h.length };
        size_t steps = 0;
        assert(!answered && sent->len - at - WIRE_HEAD >= h.length);
        assert(h.type == WIRE_CHUNK || h.type == WIRE_RESULT);
        answered = h.type == WIRE_RESULT;
        if (!answered)
            continue;
        struct wire_in in = { .ptr = sent->ptr + at + WIRE_HEAD, .len = h.length };
        for (struct wire_field field; wire_next(&in, &field);)
            steps += field.tag == RESULT_STEP;
        assert(steps == s->steps);
        assert(sandbox_decode(payload, s->steps, &a, &r, &f) == ERR_OK);
    }
    sent->len = 0;
    return answered;
}

/* False when the judge has its result. */
static bool go_on(struct stage *s, enum act what, const uint8_t *p, size_t n)
{
    struct box *b = &s->s.k.boxes[0];
    act(s, what, p, n);
    if (box_is_busy(b))
        assert(b->job->next_step == b->step && b->step <= b->last_step && b->step < s->steps &&
               s->s.k.running == 1);
    if (judge_reads(s))
        return false;
    if (!box_is_busy(b)) { /* the job asks for another box */
        scene_close_box(&s->s);
        scene_open_box(&s->s, student());
    }
    assert(b->state == BOX_RUNNING || b->state == BOX_GATHERING);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct stage s;
    if (size == 0)
        return 0;
    scene_set(&s.s);
    s.now = keeper_now_us();
    add_job(&s, data[0]);
    scene_open_box(&s.s, student());
    bool more = true;
    for (size_t at = 1; more && size - at >= 3;) {
        size_t n = data[at + 1] | (size_t)data[at + 2] << 8;
        n = n < size - at - 3 ? n : size - at - 3;
        more = go_on(&s, (enum act)(data[at] % ACT_COUNT), data + at + 3, n);
        at += 3 + n;
    }
    for (int i = 0; more && i < 8; i++) /* boxes that go without a word end the job */
        more = go_on(&s, ACT_GONE, NULL, 0);
    assert(!more);
    scene_close_box(&s.s);
    wire_release(&s.s.k.to_client);
    return 0;
}
