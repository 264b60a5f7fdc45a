#pragma once
/*
 * fold - text for sorting and searching people's names and titles: lower case, no accents (NFKD
 * without marks). "Ñandú Ávila" -> "nandu avila". Unicode through libunistring. Pure, any thread.
 */
#include "base/arena.h"

/* s must be valid UTF-8. The result lives in the arena. */
struct str text_fold(struct arena *a, struct str s);
/* NFC, for names that are compared byte by byte. */
struct str text_nfc(struct arena *a, struct str s);
