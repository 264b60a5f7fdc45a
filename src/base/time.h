#pragma once
/*
 * time - moments as int64 microseconds since 1970-01-01T00:00:00Z, and their RFC 3339 text. Pure,
 * any thread. Calendar: proleptic Gregorian, days_from_civil of H. Hinnant ("chrono-Compatible
 * Low-Level Date Algorithms").
 */
#include "base/arena.h"

enum { TIME_TEXT = 27 }; /* "2026-11-24T03:35:55.123456Z" */
#define TIME_MIN_US INT64_C(0)
#define TIME_MAX_US INT64_C(253402300799999999) /* 9999-12-31T23:59:59.999999Z */

struct civil {
    int year, month, day, hour, minute, second, us, weekday; /* weekday 0 = Sunday */
};
struct civil time_civil(int64_t us);
/* Days since 1970-01-01 of a date. */
int64_t time_days(int year, int month, int day);
/* Writes exactly TIME_TEXT characters and a NUL. us is clamped to [TIME_MIN_US, TIME_MAX_US]. */
void time_format(int64_t us, char out[TIME_TEXT + 1]);
struct str time_text(struct arena *a, int64_t us);
/* RFC 3339 with 'Z' or an offset and 0..6 fraction digits. */
MUST_USE bool time_parse(struct str s, int64_t *us);
