/* Orders to the keeper. Whatever is accepted points only into the frame, keeps to the ceilings, and
 * names only paths that stay in the box. */
#include "../sandbox/keeper.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_inside(const unsigned char *p, size_t n, const uint8_t *data, size_t size)
{
    return n == 0 || (p >= data && p + n <= data + size);
}

static void check_path(struct wire_field f)
{
    assert(f.len > 0 && f.len <= 255 && f.ptr[0] != '/');
    for (size_t i = 0; i + 1 < f.len; i++)
        assert(!(f.ptr[i] == '.' && f.ptr[i + 1] == '.' && (i == 0 || f.ptr[i - 1] == '/') &&
                 (i + 2 == f.len || f.ptr[i + 2] == '/')));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct job job;
    const char *why = "";
    unsigned char *copy = malloc(size ? size : 1);
    if (!copy)
        abort();
    if (size)
        memcpy(copy, data, size);
    job = (struct job){ .payload = copy, .length = size };
    if (job_read(&job, &why) == REFUSE_NOTHING) {
        assert(job.step_count > 0 && job.step_count <= WIRE_STEPS_MAX);
        assert(job.limits.cpu_us > 0 && job.limits.cpu_us <= INT64_C(30'000'000));
        assert(job.limits.wall_us > 0 && job.limits.wall_us <= INT64_C(90'000'000));
        assert(job.limits.threads > 0 && job.limits.threads <= 64);
        for (uint32_t i = 0; i < job.step_count; i++) {
            assert(is_inside(job.steps[i].ptr, job.steps[i].len, copy, size));
            assert(job.steps[i].cpu_us >= 0 && job.steps[i].kind < STEP_KIND_COUNT);
        }
        for (uint32_t i = 0; i < job.produce_count; i++)
            check_path(job.produce[i]);
    } else {
        assert(why[0]);
    }
    free(copy);
    return 0;
}
