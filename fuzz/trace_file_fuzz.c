/* An exported trace from a stranger: a report or an error, never a crash. */
#include "domain/trace/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 1 << 20 };
    struct fail f;
    const struct trace_report *report = NULL;
    if (trace_verify_file((struct str){ (const char *)data, size }, &a, &report, &f) == ERR_OK)
        trace_report_json(report, &b);
    return 0;
}
