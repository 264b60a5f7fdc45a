#pragma once
/*
 * cron - when a schedule is due next. Pure, any thread. Private to io/jobs.
 *
 * "@every N[smh]": multiples of N since 1970. Five fields, UTC: minute 0-59, hour 0-23, day 1-31,
 * month 1-12, weekday 0-7 (0 and 7 are Sunday); each *, N, A-B, any of them with /STEP, and lists
 * of those with commas. When day and weekday are both given, either is enough (as in Vixie's cron).
 */
#include "base/str.h"

struct cron {
    int64_t every_us; /* 0: the fields below */
    uint64_t minutes;
    uint32_t hours, days, months, weekdays; /* bit i = value i */
    bool any_day, any_weekday;
};
MUST_USE bool cron_parse(struct str s, struct cron *out);
/* The first moment after `after` (microseconds UTC, past 1970); -1 when there is none within 9
 * years. */
int64_t cron_next(const struct cron *c, int64_t after);
