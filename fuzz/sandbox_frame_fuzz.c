/* Result frames: the value part was written by a student's process. Whatever is accepted points
 * only into the frame and keeps to the caps its contract names. */
#include "io/sandbox/sandbox_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_inside(struct str s, const uint8_t *data, size_t size)
{
    const uint8_t *p = (const uint8_t *)s.ptr;
    return s.len == 0 || (p >= data && p + s.len <= data + size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct sandbox_result r;
    size_t steps = size ? data[0] % 4U : 0;
    if (size == 0 || sandbox_decode((struct str){ (const char *)data + 1, size - 1 }, steps, &a, &r,
                                    &f) != ERR_OK)
        return 0;
    assert(r.step_count == steps && r.produced_count <= SANDBOX_FILES_MAX);
    for (size_t i = 0; i < steps; i++) {
        const struct sandbox_step_result *s = &r.steps[i];
        assert(s->line_count <= WIRE_LINES_MAX && s->change_count <= WIRE_CHANGES_MAX);
        assert(is_inside(s->value, data, size) && is_inside(s->stdout_text, data, size));
        assert(is_inside(s->exception.message, data, size));
        assert(s->frames == 1 || !s->has_value);
        assert(s->stdout_from <= s->stdout_text.len);
        for (size_t j = 0; j < s->change_count; j++)
            assert(is_inside(s->changes[j].repr, data, size));
        for (size_t j = 0; j < s->exception.frame_count; j++)
            assert(is_inside(s->exception.frames[j].file, data, size));
    }
    return 0;
}
