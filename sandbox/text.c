#include "text.h"

#include <stdarg.h>
#include <stdio.h>

bool text_format(char *out, size_t room, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(out, room, fmt, ap);
    va_end(ap);
    return n >= 0 && (size_t)n < room;
}
