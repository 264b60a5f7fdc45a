#include "io/jobs/cron.h"

#include "base/time.h"
#include "support/check.h"

TEST(the_next_moment_of_a_schedule)
{
    static const struct {
        const char *cron, *after, *next;
    } cases[] = {
        { "@every 60s", "2026-11-24T03:35:55Z", "2026-11-24T03:36:00.000000Z" },
        { "@every 60s", "2026-11-24T03:36:00Z", "2026-11-24T03:37:00.000000Z" },
        { "@every 2h", "2026-11-24T03:36:00Z", "2026-11-24T04:00:00.000000Z" },
        { "* * * * *", "2026-11-24T03:35:59.999999Z", "2026-11-24T03:36:00.000000Z" },
        { "*/15 * * * *", "2026-11-24T03:45:00Z", "2026-11-24T04:00:00.000000Z" },
        { "5/20 * * * *", "2026-11-24T03:26:00Z", "2026-11-24T03:45:00.000000Z" },
        { "30 2 * * *", "2026-11-24T02:30:00Z", "2026-11-25T02:30:00.000000Z" },
        { "0 0 1 1 *", "2026-11-24T00:00:00Z", "2027-01-01T00:00:00.000000Z" },
        { "0 0 29 2 *", "2026-11-24T00:00:00Z", "2028-02-29T00:00:00.000000Z" },
        { "0 6 * * 1-5", "2026-11-27T07:00:00Z", "2026-11-30T06:00:00.000000Z" },
        { "0 6 * * 7", "2026-11-24T07:00:00Z", "2026-11-29T06:00:00.000000Z" },
        { "0 6 13 * 5", "2026-11-10T07:00:00Z", "2026-11-13T06:00:00.000000Z" },
        { "0 6 28 * 5", "2026-11-21T07:00:00Z", "2026-11-27T06:00:00.000000Z" },
        { "0 12,18 * * *", "2026-11-24T12:00:00Z", "2026-11-24T18:00:00.000000Z" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct cron c;
        int64_t after = 0;
        char text[TIME_TEXT + 1];
        CHECK(cron_parse(str_of(cases[i].cron), &c));
        CHECK(time_parse(str_of(cases[i].after), &after));
        time_format(cron_next(&c, after), text);
        CHECK_STR(str_of(text), cases[i].next);
    }
}

TEST(a_day_that_never_comes_has_no_next_moment)
{
    struct cron c;
    CHECK(cron_parse(STR("0 0 31 2 *"), &c));
    CHECK_INT(cron_next(&c, 0), -1);
}

TEST(texts_that_are_no_schedule_are_refused)
{
    static const char *const bad[] = { "",
                                       "*",
                                       "* * * *",
                                       "* * * * * *",
                                       "60 * * * *",
                                       "* 24 * * *",
                                       "* * 0 * *",
                                       "* * * 13 *",
                                       "* * * * 8",
                                       "5-1 * * * *",
                                       "*/0 * * * *",
                                       ", * * * *",
                                       "1,, * * * *",
                                       "x * * * *",
                                       "@every 0s",
                                       "@every 5",
                                       "@every s",
                                       "@every 5d",
                                       "@hourly",
                                       "1-5-7 * * * *" };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct cron c;
        CHECK(!cron_parse(str_of(bad[i]), &c));
    }
}
