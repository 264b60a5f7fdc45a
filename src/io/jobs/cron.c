#include "io/jobs/cron.h"

#include "base/num.h"
#include "base/time.h"

#define MINUTE_US (INT64_C(60) * US_PER_S)
#define DAY_US (INT64_C(86400) * US_PER_S)

enum {
    EVERY_MAX_S = 31 * 86400,
    LOOK_AHEAD_DAYS = 9 * 366 /* a 29 February comes within 8 years */
};

static bool parse_every(struct str s, struct cron *c)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 } };
    int64_t n = 0;
    for (size_t i = 0; i < COUNT_OF(units) && s.len; i++) {
        if (s.ptr[s.len - 1] != units[i].unit)
            continue;
        if (!str_to_i64(str_head(s, s.len - 1), 1, EVERY_MAX_S / units[i].seconds, &n))
            return false;
        c->every_us = n * units[i].seconds * US_PER_S;
        return true;
    }
    return false;
}

/* "*", "5", "1-5", each with an optional "/2". */
static bool parse_part(struct str part, int64_t min, int64_t max, uint64_t *bits)
{
    struct str step_text = part;
    struct str range = str_take_until(&step_text, '/');
    bool has_step = range.len < part.len;
    struct str last_text = range;
    struct str first_text = str_take_until(&last_text, '-');
    bool has_last = first_text.len < range.len;
    int64_t first = min, last = max, step = 1;
    if (has_step && !str_to_i64(step_text, 1, max, &step))
        return false;
    if (!str_is(range, "*")) {
        if (!str_to_i64(first_text, min, max, &first))
            return false;
        last = has_step && !has_last ? max : first;
        if (has_last && !str_to_i64(last_text, first, max, &last))
            return false;
    }
    for (int64_t v = first; v <= last; v += step)
        *bits |= UINT64_C(1) << v;
    return true;
}

static bool parse_field(struct str field, int64_t min, int64_t max, uint64_t *bits)
{
    *bits = 0;
    if (field.len == 0 || str_ends(field, STR(",")))
        return false;
    while (field.len)
        if (!parse_part(str_take_until(&field, ','), min, max, bits))
            return false;
    return true;
}

static bool parse_fields(struct str s, struct cron *c)
{
    static const struct {
        int64_t min, max;
    } limits[] = { { 0, 59 }, { 0, 23 }, { 1, 31 }, { 1, 12 }, { 0, 7 } };
    uint64_t bits[COUNT_OF(limits)];
    struct str text[COUNT_OF(limits)];
    for (size_t i = 0; i < COUNT_OF(limits); i++) {
        text[i] = str_take_until(&s, ' ');
        if (!parse_field(text[i], limits[i].min, limits[i].max, &bits[i]))
            return false;
    }
    *c = (struct cron){ .minutes = bits[0],
                        .hours = (uint32_t)bits[1],
                        .days = (uint32_t)bits[2],
                        .months = (uint32_t)bits[3],
                        .weekdays = (uint32_t)(bits[4] | bits[4] >> 7),
                        .any_day = str_is(text[2], "*"),
                        .any_weekday = str_is(text[4], "*") };
    return s.len == 0;
}

bool cron_parse(struct str s, struct cron *out)
{
    *out = (struct cron){ 0 };
    if (str_starts(s, STR("@every ")))
        return parse_every(str_from(s, sizeof "@every " - 1), out);
    return parse_fields(s, out);
}

static bool has(uint64_t bits, int value)
{
    return bits >> value & 1;
}

static bool day_fits(const struct cron *c, const struct civil *t)
{
    bool day = has(c->days, t->day), weekday = has(c->weekdays, t->weekday);
    bool either = c->any_day || c->any_weekday ? day && weekday : day || weekday;
    return has(c->months, t->month) && either;
}

/* The first fitting minute of a day at or after `from` minutes; -1 when there is none. */
static int64_t minute_of_day(const struct cron *c, int64_t from)
{
    for (int64_t m = from; m < DAY_US / MINUTE_US; m++)
        if (has(c->hours, (int)(m / 60)) && has(c->minutes, (int)(m % 60)))
            return m;
    return -1;
}

int64_t cron_next(const struct cron *c, int64_t after)
{
    assert(after >= 0);
    if (c->every_us)
        return (after / c->every_us + 1) * c->every_us;
    int64_t start = (after / MINUTE_US + 1) * MINUTE_US;
    int64_t day = start / DAY_US, from = start % DAY_US / MINUTE_US;
    for (int64_t i = 0; i < LOOK_AHEAD_DAYS; i++, from = 0) {
        struct civil t = time_civil((day + i) * DAY_US);
        int64_t minute = day_fits(c, &t) ? minute_of_day(c, from) : -1;
        if (minute >= 0)
            return (day + i) * DAY_US + minute * MINUTE_US;
    }
    return -1;
}
