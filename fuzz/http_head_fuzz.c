/* The head of a request as the library leaves it, and its fields, from bytes of strangers. */
#include "io/http/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The lines of the head, cut as libmicrohttpd cuts them. */
static void take_fields(struct str text, struct http_head *h)
{
    struct str line;
    while (str_take_line(&text, &line)) {
        struct str name = str_take_until(&line, ':');
        if (http_head_take(h, name, str_trim(line)))
            return;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str in = { (const char *)data, size };
    struct http_head h = { .count = 0 };
    size_t fields = 0;
    uint64_t length = 0;
    const char *fault = http_lines_fault(in, &fields);
    /* a head that passes has two bytes before, four a field at least, and two behind */
    assert(fault || size >= 4 + 4 * fields);
    take_fields(in, &h);
    if (!http_framing_fault(&h, &length))
        assert(h.v[HEAD_HOST].len && !(h.v[HEAD_TRANSFER_ENCODING].ptr && length));
    return 0;
}
