/* Python literals and value frames from strangers. A literal that is accepted equals what is read
 * back from its own repr, unless it holds a value that repr writes in a form of its own. */
#include "domain/submission/submission.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool has_special(struct str s)
{
    return str_has(s, STR("nan")) || str_has(s, STR("inf")) || str_has(s, STR("..."));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct value v, again;
    struct str text = { (const char *)data, size };
    if (value_from_tagged(text, &a, &v))
        assert(value_equal(&v, &v, false, &a) && value_equal(&v, &v, true, &a));
    if (value_from_python(text, &a, &v, &f))
        return 0;
    struct str repr = value_repr(&v, 1 << 20, &a);
    if (has_special(repr))
        return 0;
    enum err bad = value_from_python(repr, &a, &again, &f);
    assert(bad == ERR_OK && value_equal(&v, &again, false, &a));
    return 0;
}
