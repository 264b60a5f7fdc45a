/* Outputs of programs and patterns of authors: first byte is the mode, the rest is split at the
 * first form feed. Comparing a text with itself says "same" where the mode allows it. */
#include "domain/submission/submission.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = { 0 };
    if (size < 1)
        return 0;
    struct exercise_compare how = { .mode = (enum exercise_compare_mode)(data[0] % COMPARE_COUNT),
                                    .abs = 1e-6,
                                    .rel = 1e-9 };
    struct str rest = { (const char *)data + 1, size - 1 };
    struct str want = str_take_until(&rest, '\f');
    enum compare_outcome outcome = compare_texts(how, want, rest, &a);
    assert(outcome != COMPARE_SPACE_ONLY || how.mode == COMPARE_EXACT);
    bool any = how.mode != COMPARE_REGEX && how.mode != COMPARE_JSON;
    assert(!any || compare_texts(how, want, want, &a) == COMPARE_SAME);
    assert(utf8_valid(judge_visible_text(rest, 4096, &a)));
    return 0;
}
