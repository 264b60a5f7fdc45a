/* Documents of rules, one a line from the widest level to the narrowest: what folds gives the same
 * document when it is folded once more over itself. */
#include "domain/policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { LEVELS = 3 };
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 1 << 16 };
    struct fail f = { 0 };
    struct json docs[LEVELS];
    const struct json *levels[LEVELS];
    struct policy p;
    struct str rest = { (const char *)data, size }, line;
    size_t n = 0;
    if (size == 0)
        return 0;
    enum policy_kind kind = (enum policy_kind)(data[0] % (POLICY_EXAM + 1));
    rest = str_from(rest, 1);
    for (; n < LEVELS && str_take_line(&rest, &line); n++) {
        if (json_parse(line, &json_limits_api, &a, &docs[n], &f))
            return 0;
        levels[n] = &docs[n];
    }
    if (policy_fold(levels, n, kind, &p, &f)) {
        assert(f.code == ERR_INPUT && f.hint);
        return 0;
    }
    assert(p.max_rung >= 0 && p.max_rung <= 4);
    policy_document(&p, &b);
    assert(!b.truncated && json_parse(buf_str(&b), &json_limits_api, &a, &docs[0], &f) == ERR_OK);
    return 0;
}
