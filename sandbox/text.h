#pragma once
/* text - snprintf that says whether everything fitted. Threads: no state. */
#include <stdbool.h>
#include <stddef.h>

__attribute__((format(printf, 3, 4))) bool text_format(char *out, size_t room, const char *fmt,
                                                       ...);
