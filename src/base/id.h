#pragma once
/*
 * id - UUID version 7 (RFC 9562, method 3: 12 bits of sub-millisecond time), lower-case text of 36
 * characters. Ascending id = ascending time to about a quarter of a microsecond. Pure: time and
 * randomness come from the caller.
 */
#include "base/arena.h"

enum { ID_TEXT = 36 };

/* now_us in [0, 2^48 ms); rnd: 8 random bytes. Writes 36 characters and a NUL. */
void id_format(int64_t now_us, const uint8_t rnd[8], char out[ID_TEXT + 1]);
/* Any lower-case UUID text (version is not looked at, so foreign ids of tests pass too). */
bool id_valid(struct str s);
/* The millisecond inside a version 7 id, as microseconds; -1 when it is not one. */
int64_t id_time_us(struct str s);
