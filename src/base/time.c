#include "base/time.h"

#include "base/num.h"

#include <stdio.h>

static const int64_t us_per_day = INT64_C(86400) * US_PER_S;

int64_t time_days(int year, int month, int day)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

static void civil_date(int64_t days, struct civil *c)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    c->day = (int)(doy - (153 * mp + 2) / 5 + 1);
    c->month = (int)(mp < 10 ? mp + 3 : mp - 9);
    c->year = (int)(yoe + era * 400 + (c->month <= 2));
    c->weekday = (int)(((days + 4) % 7 + 7) % 7);
}

struct civil time_civil(int64_t us)
{
    struct civil c = { 0 };
    int64_t days = us / us_per_day - (us % us_per_day < 0);
    int64_t in_day = us - days * us_per_day;
    civil_date(days, &c);
    c.us = (int)(in_day % US_PER_S);
    int64_t s = in_day / US_PER_S;
    c.hour = (int)(s / 3600);
    c.minute = (int)(s / 60 % 60);
    c.second = (int)(s % 60);
    return c;
}

static void put_digits(char *at, int n, int v)
{
    for (int i = n - 1; i >= 0; i--) {
        at[i] = (char)('0' + v % 10);
        v /= 10;
    }
}

void time_format(int64_t us, char out[TIME_TEXT + 1])
{
    struct civil c = time_civil(i64_clamp(us, TIME_MIN_US, TIME_MAX_US));
    memcpy(out, "0000-00-00T00:00:00.000000Z", TIME_TEXT + 1);
    put_digits(out, 4, c.year);
    put_digits(out + 5, 2, c.month);
    put_digits(out + 8, 2, c.day);
    put_digits(out + 11, 2, c.hour);
    put_digits(out + 14, 2, c.minute);
    put_digits(out + 17, 2, c.second);
    put_digits(out + 20, 6, c.us);
}

struct str time_text(struct arena *a, int64_t us)
{
    char *p = arena_alloc(a, TIME_TEXT + 1, 1);
    time_format(us, p);
    return (struct str){ p, TIME_TEXT };
}

static bool take_digits(struct str *rest, size_t n, int max, int *out)
{
    int64_t v = 0;
    if (rest->len < n || rest->ptr[0] == '-' || !str_to_i64(str_head(*rest, n), 0, max, &v))
        return false;
    *out = (int)v;
    *rest = str_from(*rest, n);
    return true;
}

static bool take_char(struct str *rest, char c)
{
    if (rest->len == 0 || (rest->ptr[0] | 0x20) != (c | 0x20))
        return false;
    *rest = str_from(*rest, 1);
    return true;
}

static bool take_fraction(struct str *rest, int *us)
{
    int scale = 100000;
    *us = 0;
    if (!take_char(rest, '.'))
        return true;
    size_t n = 0;
    for (; rest->len && rest->ptr[0] >= '0' && rest->ptr[0] <= '9'; n++) {
        *us += (rest->ptr[0] - '0') * scale;
        scale /= 10;
        *rest = str_from(*rest, 1);
    }
    return n >= 1 && n <= 6;
}

static bool take_offset(struct str *rest, int *minutes)
{
    int h = 0, m = 0;
    *minutes = 0;
    if (take_char(rest, 'Z'))
        return true;
    bool minus = rest->len && rest->ptr[0] == '-';
    if (!rest->len || (rest->ptr[0] != '+' && !minus))
        return false;
    *rest = str_from(*rest, 1);
    if (!take_digits(rest, 2, 23, &h) || !take_char(rest, ':') || !take_digits(rest, 2, 59, &m))
        return false;
    *minutes = (h * 60 + m) * (minus ? -1 : 1);
    return true;
}

bool time_parse(struct str s, int64_t *us)
{
    struct civil c = { 0 };
    int offset = 0;
    if (!take_digits(&s, 4, 9999, &c.year) || !take_char(&s, '-') ||
        !take_digits(&s, 2, 12, &c.month) || !take_char(&s, '-') ||
        !take_digits(&s, 2, 31, &c.day) || !take_char(&s, 'T'))
        return false;
    if (!take_digits(&s, 2, 23, &c.hour) || !take_char(&s, ':') ||
        !take_digits(&s, 2, 59, &c.minute) || !take_char(&s, ':') ||
        !take_digits(&s, 2, 59, &c.second) || !take_fraction(&s, &c.us) ||
        !take_offset(&s, &offset))
        return false;
    int64_t days = time_days(c.year, c.month, c.day);
    struct civil back = { 0 };
    civil_date(days, &back);
    if (s.len || c.month < 1 || c.day < 1 || back.day != c.day || back.month != c.month)
        return false;
    int64_t minutes = days * 1440 + (int64_t)c.hour * 60 + c.minute - offset;
    int64_t seconds = minutes * 60 + c.second;
    *us = seconds * US_PER_S + c.us;
    return *us >= TIME_MIN_US && *us <= TIME_MAX_US;
}
