/* Schedules: the next moment lies ahead, and is of the schedule. */
#include "base/base.h"
#include "io/jobs/cron.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cron c;
    const int64_t now = INT64_C(1790000000123456);
    if (!cron_parse((struct str){ size ? (const char *)data : "", size }, &c))
        return 0;
    int64_t next = cron_next(&c, now);
    assert(next == -1 || next > now);
    assert(next == -1 || cron_next(&c, next - 1) == next);
    return 0;
}
