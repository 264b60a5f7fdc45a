/* What a program printed, as text that people can read and that cannot play tricks. */
#include "domain/submission/submission.h"

/* Characters that move or hide other characters. */
static bool is_bidi_or_invisible(uint32_t cp)
{
    return (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0x200e ||
           cp == 0x200f || cp == 0x061c || cp == 0xfeff || (cp >= 0x80 && cp < 0xa0);
}

static bool is_plain(uint32_t cp)
{
    return cp == '\n' || cp == '\t' || (cp >= 0x20 && cp != 0x7f && !is_bidi_or_invisible(cp));
}

static void put_character(struct buf *b, struct str bytes, uint32_t cp)
{
    if (is_plain(cp))
        buf_put(b, bytes);
    else if (cp < 0x20) /* control pictures: U+2400 and on */
        buf_putf(b, "\xe2\x90%c", (char)(0x80 + cp));
    else if (cp == 0x7f)
        buf_put(b, STR("\xe2\x90\xa1"));
    else
        buf_putf(b, "<U+%04X>", cp);
}

/* Length of the well-formed sequence at the start; 0: none. */
static size_t sequence(struct str s)
{
    unsigned char c = (unsigned char)s.ptr[0];
    size_t n = 1u + (c >= 0xc0) + (c >= 0xe0) + (c >= 0xf0);
    return n <= s.len && utf8_valid(str_head(s, n)) ? n : 0;
}

struct str judge_visible_text(struct str bytes, size_t max, struct arena *a)
{
    AUTO_BUF b = { .max = max };
    while (bytes.len && !b.truncated) {
        size_t n = str_starts(bytes, STR("\r\n")) ? 0 : sequence(bytes);
        struct str one = str_head(bytes, n ? n : 1), rest = one;
        uint32_t cp = 0;
        if (n && utf8_take(&rest, &cp))
            put_character(&b, one, cp);
        else if (one.ptr[0] != '\r') /* of a CRLF only the LF is shown */
            buf_put(&b, STR("\xef\xbf\xbd"));
        bytes = str_from(bytes, one.len);
    }
    return arena_dup(a, buf_str(&b));
}
