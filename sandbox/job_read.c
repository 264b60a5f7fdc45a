#include "keeper.h"

#include <string.h>

/* An order of the judge as it comes over the wire: read, checked, nothing done yet. Pure: what the
 * fuzz target of this name feeds. */

static const struct limit_rule {
    int tag;
    int64_t standard, ceiling;
    size_t at;
    int64_t factor; /* wire unit to ours */
} limit_rules[] = {
    { JOB_CPU_MS, DEFAULT_CPU_MS, 30'000, offsetof(struct limits, cpu_us), 1'000 },
    { JOB_WALL_MS, 0, 90'000, offsetof(struct limits, wall_us), 1'000 },
    { JOB_MEMORY_KIB, DEFAULT_MEMORY_KIB, 1'048'576, offsetof(struct limits, memory_kib), 1 },
    { JOB_OUTPUT_KIB, DEFAULT_OUTPUT_KIB, 4'096, offsetof(struct limits, output_bytes), 1'024 },
    { JOB_FILES_KIB, DEFAULT_FILES_KIB, WIRE_PRODUCED_MAX / 1'024,
      offsetof(struct limits, files_kib), 1 },
    { JOB_THREADS, 1, 64, offsetof(struct limits, threads), 1 },
};
enum { LIMIT_RULES = sizeof(limit_rules) / sizeof(limit_rules[0]) };

static int64_t *limit_at(struct limits *l, size_t at)
{
    return (int64_t *)(void *)((char *)l + at);
}

/* -1, which no step may have, where it would not fit. */
static int64_t us_of_ms(int64_t ms)
{
    return ms >= 0 && ms <= INT64_MAX / US_PER_MS_ ? ms * US_PER_MS_ : -1;
}

static bool step_read(struct job_step *s, struct wire_field f)
{
    *s = (struct job_step){ .ptr = f.ptr, .len = f.len };
    struct wire_in in = wire_inside(f);
    struct wire_field part;
    while (wire_next(&in, &part)) {
        if (part.tag == STEP_KIND)
            s->kind = wire_num(part);
        else if (part.tag == STEP_STDIN)
            s->stdin_text = part;
        else if (part.tag == STEP_CPU_MS)
            s->cpu_us = us_of_ms(wire_num(part));
        else if (part.tag == STEP_WALL_MS)
            s->wall_us = us_of_ms(wire_num(part));
    }
    return !in.bad && s->kind >= 0 && s->kind < STEP_KIND_COUNT && s->cpu_us >= 0 &&
           s->wall_us >= 0;
}

/* Relative, plain, without a way out. */
static bool path_is_plain(const unsigned char *p, size_t n)
{
    if (n == 0 || n > 255 || p[0] == '/' || memchr(p, '\0', n))
        return false;
    for (size_t at = 0; at <= n;) {
        const unsigned char *slash = at < n ? memchr(p + at, '/', n - at) : NULL;
        size_t end = slash ? (size_t)(slash - p) : n;
        size_t len = end - at;
        if (len == 0 || (len <= 2 && memcmp(p + at, "..", len) == 0))
            return false;
        at = end + 1;
    }
    return true;
}

static bool file_is_plain(struct wire_field file)
{
    struct wire_in in = wire_inside(file);
    struct wire_field f;
    bool plain = false;
    while (wire_next(&in, &f))
        if (f.tag == FILE_PATH)
            plain = path_is_plain(f.ptr, f.len);
    return plain && !in.bad;
}

static bool limit_read(struct job *job, struct wire_field f)
{
    for (size_t i = 0; i < LIMIT_RULES; i++) {
        const struct limit_rule *r = &limit_rules[i];
        if (f.tag != r->tag)
            continue;
        int64_t v = wire_num(f);
        if (v < 0 || v > r->ceiling)
            return false;
        if (v > 0)
            *limit_at(&job->limits, r->at) = v * r->factor;
    }
    return true;
}

/* One field; a refusal names the reason in *why. */
static enum wire_refuse_code field_read(struct job *job, struct wire_field f, const char **why)
{
    if (!limit_read(job, f)) {
        *why = "a limit above its ceiling";
        return REFUSE_LIMIT;
    }
    *why = "malformed step";
    if (f.tag == JOB_STEP &&
        (job->step_count == WIRE_STEPS_MAX || !step_read(&job->steps[job->step_count++], f)))
        return REFUSE_INPUT;
    *why = "a path that is not plain and relative";
    if ((f.tag == JOB_FILE && !file_is_plain(f)) ||
        (f.tag == JOB_MAIN && !path_is_plain(f.ptr, f.len)))
        return REFUSE_INPUT;
    if (f.tag == JOB_PRODUCE) {
        if (job->produce_count == KEEPER_PRODUCE_MAX || !path_is_plain(f.ptr, f.len))
            return REFUSE_INPUT;
        job->produce[job->produce_count++] = f;
    }
    if (f.tag == JOB_FLAGS)
        job->flags = wire_num(f);
    if (f.tag == JOB_HASH_SEED)
        job->hash_seed = wire_num(f);
    return REFUSE_NOTHING;
}

enum wire_refuse_code job_read(struct job *job, const char **why)
{
    for (size_t i = 0; i < LIMIT_RULES; i++)
        *limit_at(&job->limits, limit_rules[i].at) =
            limit_rules[i].standard * limit_rules[i].factor;
    struct wire_in in = { .ptr = job->payload, .len = job->length };
    struct wire_field f;
    while (wire_next(&in, &f)) {
        enum wire_refuse_code code = field_read(job, f, why);
        if (code)
            return code;
    }
    if (job->limits.wall_us == 0) {
        int64_t three = 3 * job->limits.cpu_us, least = DEFAULT_WALL_MS * INT64_C(1'000);
        job->limits.wall_us = three > least ? three : least;
    }
    *why = "no step, or a broken frame";
    return in.bad || job->step_count == 0 ? REFUSE_INPUT : REFUSE_NOTHING;
}
