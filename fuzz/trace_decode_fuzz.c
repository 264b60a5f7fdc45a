/* The canonical decoder: whatever it accepts must encode to exactly the same bytes. */
#include "domain/trace/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 1 << 21 };
    struct fail f;
    struct json j;
    struct str in = { (const char *)data, size };
    if (trace_decode(in, &a, &j, &f))
        return 0;
    enum err again = trace_encode(&j, &b, &f);
    assert(again == ERR_OK && str_eq(buf_str(&b), in));
    return 0;
}
