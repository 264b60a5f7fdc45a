#include "io/sandbox/sandbox.h"

#include "base/buf.h"
#include "base/num.h"
#include "io/sandbox/sandbox_priv.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { GREET_MS = 15'000, STATS_MS = 1'000, RECONNECT_MS = 10'000, ATTEMPTS = 3 };

static const char *const end_names[] = {
    [SANDBOX_EXITED] = "exited",
    [SANDBOX_SIGNALLED] = "signalled",
    [SANDBOX_TIME_LIMIT] = "time_limit",
    [SANDBOX_IDLE_LIMIT] = "idle_limit",
    [SANDBOX_MEMORY_LIMIT] = "memory_limit",
    [SANDBOX_PROCESS_LIMIT] = "process_limit",
    [SANDBOX_OUTPUT_LIMIT] = "output_limit",
    [SANDBOX_VIOLATION] = "violation",
    [SANDBOX_CANCELLED] = "cancelled",
    [SANDBOX_NOT_RUN] = "not_run",
    [SANDBOX_ERROR] = "error",
};
static_assert(COUNT_OF(end_names) == SANDBOX_END_COUNT, "a name for each end");

static const char *const layer_names[] = { "user",    "pid",    "mount",   "net",      "ipc",
                                           "uts",     "cgroup", "seccomp", "landlock", "no_caps",
                                           "rlimits", "memory", "pids",    "cpu",      "kill" };
static_assert(COUNT_OF(layer_names) == LAYER_COUNT, "a name for each layer");

const char *sandbox_end_name(enum sandbox_end end)
{
    return end < SANDBOX_END_COUNT ? end_names[end] : "unknown";
}

const char *sandbox_layer_name(enum sandbox_layer layer)
{
    for (size_t i = 0; i < COUNT_OF(layer_names); i++)
        if ((uint32_t)layer == 1U << i)
            return layer_names[i];
    return "unknown";
}

static enum err check_layers(struct sandbox *s, struct fail *f)
{
    uint32_t missing = s->conf.minimum_layers & ~sandbox_layers(s);
    AUTO_BUF names = { .max = 160 };
    for (size_t i = 0; i < COUNT_OF(layer_names); i++)
        if (missing & 1U << i)
            buf_putf(&names, " %s", layer_names[i]);
    if (!missing)
        return ERR_OK;
    return FAIL(f, ERR_FORBIDDEN, "sandbox.layers", "missing:%.*s (%.60s)",
                STR_ARG(buf_str(&names)), s->missing);
}

struct sandbox *sandbox_prepare(const struct sandbox_conf *conf)
{
    struct sandbox *s = calloc(1, sizeof(*s));
    if (!s)
        abort();
    s->conf = *conf;
    if (!s->conf.minimum_layers)
        s->conf.minimum_layers = SANDBOX_LAYERS_MINIMUM; /* the keeper too refuses below it */
    s->next_ticket = 1;
    s->out = -1;
    sandbox_find_program(s);
    cond_init_monotonic(&s->changed);
    if (pthread_mutex_init(&s->lock, NULL) != 0 || pthread_mutex_init(&s->write_lock, NULL) != 0)
        abort();
    return s;
}

enum err sandbox_begin(struct sandbox *s, struct fail *f)
{
    (void)pthread_mutex_lock(&s->write_lock);
    int out = s->out = sandbox_start(s);
    (void)pthread_mutex_unlock(&s->write_lock);
    if (out < 0)
        return FAIL(f, ERR_IO, "sandbox.start", "%s", s->missing);
    if (pthread_create(&s->reader, NULL, sandbox_reader, s) != 0)
        abort();
    s->is_read = true;
    if (!sandbox_await(s, GREET_MS, 2))
        return FAIL(f, ERR_IO, "sandbox.start", "%.200s did not greet", s->program);
    return check_layers(s, f);
}

enum err sandbox_open(struct sandbox **out, const struct sandbox_conf *conf, struct fail *f)
{
    struct sandbox *s = sandbox_prepare(conf);
    enum err code = sandbox_begin(s, f);
    if (code)
        sandbox_close(s);
    else
        *out = s;
    return code;
}

void sandbox_close(struct sandbox *s)
{
    if (!s)
        return;
    (void)pthread_mutex_lock(&s->lock);
    s->is_closing = true;
    (void)pthread_cond_broadcast(&s->changed);
    (void)pthread_mutex_unlock(&s->lock);
    (void)pthread_mutex_lock(&s->write_lock);
    if (s->out >= 0)
        (void)shutdown(s->out, SHUT_RDWR); /* the keeper sees the end and takes its boxes along */
    (void)pthread_mutex_unlock(&s->write_lock);
    if (s->is_read)
        (void)pthread_join(s->reader, NULL);
    (void)pthread_mutex_destroy(&s->lock);
    (void)pthread_mutex_destroy(&s->write_lock);
    (void)pthread_cond_destroy(&s->changed);
    free(s);
}

static void give_chunk(const struct sandbox_sink *sink, const struct letter *l)
{
    struct wire_in in = { .ptr = l->payload, .len = l->length };
    struct wire_field f;
    size_t step = 0;
    enum sandbox_stream stream = SANDBOX_STDOUT;
    while (wire_next(&in, &f)) {
        if (f.tag == CHUNK_STEP)
            step = num_size(i64_clamp(wire_num(f), 0, SANDBOX_STEPS_MAX));
        else if (f.tag == CHUNK_STREAM)
            stream = wire_num(f) ? SANDBOX_STDERR : SANDBOX_STDOUT;
        else if (f.tag == CHUNK_BYTES && sink->chunk)
            sink->chunk(sink->ctx, step, stream, (struct str){ (const char *)f.ptr, f.len });
    }
}

static enum err refusal(const struct letter *l, struct fail *f)
{
    struct wire_in in = { .ptr = l->payload, .len = l->length };
    struct wire_field field;
    int64_t code = 0;
    struct str text = STR("");
    while (wire_next(&in, &field)) {
        if (field.tag == REFUSE_CODE)
            code = wire_num(field);
        else if (field.tag == REFUSE_TEXT)
            text = (struct str){ (const char *)field.ptr, field.len };
    }
    text = str_head(text, 200);
    if (code == REFUSE_INPUT)
        return FAIL(f, ERR_INPUT, "sandbox.job", "%.*s", STR_ARG(text));
    if (code == REFUSE_LIMIT)
        return FAIL(f, ERR_LIMIT, "sandbox.limit", "%.*s", STR_ARG(text));
    if (code == REFUSE_BUSY)
        return FAIL(f, ERR_BUSY, "sandbox.busy", "%.*s", STR_ARG(text));
    return FAIL(f, ERR_FORBIDDEN, "sandbox.layers", "%.*s", STR_ARG(text));
}

/* Ties the ticket to the call; false when it was cancelled before. */
static bool ticket_hold(struct sandbox *s, struct sandbox_ticket *t, uint64_t id)
{
    if (!t)
        return true;
    (void)pthread_mutex_lock(&s->lock);
    bool go_on = !t->cancelled;
    t->id = go_on ? id : 0;
    (void)pthread_mutex_unlock(&s->lock);
    return go_on;
}

static void cancelled_result(const struct sandbox_job *job, struct arena *a,
                             struct sandbox_result *out)
{
    struct sandbox_step_result *steps = ARENA_ARRAY(a, struct sandbox_step_result, job->step_count);
    for (size_t i = 0; i < job->step_count; i++)
        steps[i].end = i ? SANDBOX_NOT_RUN : SANDBOX_CANCELLED;
    *out = (struct sandbox_result){ .end = SANDBOX_CANCELLED,
                                    .steps = steps,
                                    .step_count = job->step_count };
}

static enum err take_result(struct sandbox *s, const struct letter *l,
                            const struct sandbox_job *job, struct arena *a,
                            struct sandbox_result *out, struct fail *f)
{
    struct str payload = arena_dup(a, (struct str){ (const char *)l->payload, l->length });
    TRY(sandbox_decode(payload, job->step_count, a, out, f));
    (void)pthread_mutex_lock(&s->lock);
    out->toolchain = arena_dup(a, str_of(s->toolchain));
    out->keeper = arena_dup(a, str_of(s->build));
    (void)pthread_mutex_unlock(&s->lock);
    return ERR_OK;
}

/* One order and its answers. ERR_UPSTREAM (to try again): the keeper died. */
static enum err attempt(struct sandbox *s, const struct sandbox_job *job,
                        const struct wire_buf *payload, struct arena *a, struct sandbox_result *out,
                        struct fail *f)
{
    struct call c;
    call_begin(s, &c);
    enum err code = ERR_UPSTREAM;
    bool wanted = ticket_hold(s, job->ticket, c.ticket);
    if (!wanted) {
        cancelled_result(job, a, out);
        code = ERR_OK;
    }
    struct letter *l = NULL;
    if (wanted && sandbox_send(s, WIRE_JOB, c.ticket, payload))
        l = call_wait(s, &c, NULL);
    while (l && l->type == WIRE_CHUNK) {
        give_chunk(&job->sink, l);
        free(l);
        l = call_wait(s, &c, NULL);
    }
    if (l)
        code = l->type == WIRE_RESULT ? take_result(s, l, job, a, out, f) : refusal(l, f);
    free(l);
    call_end(s, &c);
    (void)ticket_hold(s, job->ticket, 0);
    return code;
}

enum err sandbox_run(struct sandbox *s, const struct sandbox_job *job, struct arena *a,
                     struct sandbox_result *out, struct fail *f)
{
    struct wire_buf payload;
    TRY(sandbox_encode(job, &payload, f));
    enum err code = ERR_UPSTREAM;
    for (int i = 0; i < ATTEMPTS && code == ERR_UPSTREAM; i++)
        if (sandbox_await(s, RECONNECT_MS, INT_MAX))
            code = attempt(s, job, &payload, a, out, f);
    wire_release(&payload);
    return code == ERR_UPSTREAM ? FAIL(f, ERR_IO, "sandbox.lost", "keeper lost") : code;
}

void sandbox_cancel(struct sandbox *s, struct sandbox_ticket *ticket)
{
    (void)pthread_mutex_lock(&s->lock);
    ticket->cancelled = true;
    uint64_t id = ticket->id;
    (void)pthread_mutex_unlock(&s->lock);
    if (id)
        (void)sandbox_send(s, WIRE_CANCEL, id, NULL);
}

uint32_t sandbox_layers(struct sandbox *s)
{
    (void)pthread_mutex_lock(&s->lock);
    uint32_t layers = s->layers;
    (void)pthread_mutex_unlock(&s->lock);
    return layers;
}

static void stats_field(struct sandbox_stats *out, struct wire_field f)
{
    uint64_t v = (uint64_t)i64_max(wire_num(f), 0);
    switch (f.tag) {
    case STAT_RUNS:
        out->runs = v;
        break;
    case STAT_BOXES:
        out->boxes = v;
        break;
    case STAT_WAITS:
        out->waits = v;
        break;
    case STAT_VIOLATIONS:
        out->violations = v;
        break;
    case STAT_RETIRED:
        out->slots_retired = v;
        break;
    case STAT_REFILLS:
        out->refills = v;
        break;
    case STAT_REFILL_US:
        out->refill_us = (int64_t)v;
        break;
    case STAT_FREE:
        out->pool_free = (uint32_t)v;
        break;
    case STAT_POOL:
        out->pool = (uint32_t)v;
        break;
    case STAT_RUNNING:
        out->running = (uint32_t)v;
        break;
    case STAT_QUEUED:
        out->queued = (uint32_t)v;
        break;
    default:
        break; /* a counter of a later version */
    }
}

enum err sandbox_stats(struct sandbox *s, struct sandbox_stats *out, struct fail *f)
{
    struct call c;
    struct timespec until = in_ms(STATS_MS);
    call_begin(s, &c);
    struct letter *l = NULL;
    if (sandbox_send(s, WIRE_ASK_STATS, c.ticket, NULL))
        l = call_wait(s, &c, &until);
    *out = (struct sandbox_stats){ 0 };
    struct wire_in in = { .ptr = l ? l->payload : NULL, .len = l ? l->length : 0 };
    struct wire_field field;
    while (wire_next(&in, &field))
        stats_field(out, field);
    call_end(s, &c);
    (void)pthread_mutex_lock(&s->lock);
    out->restarts = s->restarts;
    (void)pthread_mutex_unlock(&s->lock);
    if (!l)
        return FAIL(f, ERR_TIMEOUT, "sandbox.stats", "no answer");
    free(l);
    return ERR_OK;
}
