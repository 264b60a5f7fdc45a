/* Fingerprints of programs from strangers: every mark lies in the text, in order, and a program
 * shares all of itself with itself. The first byte chooses the language. */
#include "domain/fingerprint/fingerprint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = { 0 };
    struct fp x;
    struct fp_shared s;
    if (!size)
        return 0;
    struct str text = { (const char *)data + 1, size - 1 };
    fp_make(text, (enum tree_lang)(data[0] % TREE_LANG_COUNT), fp_leak, &a, &x);
    for (size_t i = 0; i < x.count; i++)
        assert(x.marks[i].from < x.marks[i].to && x.marks[i].to <= text.len &&
               (i == 0 || x.marks[i].from > x.marks[i - 1].from));
    fp_overlap(&x, &x, NULL, &a, &s);
    assert(x.count == 0 || (s.share_a == 1.0 && s.share_b == 1.0 && s.region_count > 0));
    fp_overlap(&x, &x, &x, &a, &s);
    assert(s.share_a == 0 && s.region_count == 0);
    return 0;
}
