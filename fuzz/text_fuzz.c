/* Small texts from anywhere: base64url, hex, ids, moments, numbers, UTF-8. What is accepted
 * survives a round trip. */
#include "base/hash.h"
#include "base/id.h"
#include "base/time.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_bytes(struct str in, struct arena *a)
{
    struct str bytes;
    if (base64url_decode(a, in, &bytes))
        assert(str_eq(base64url_encode(a, bytes), in));
    if (hex_decode(a, in, &bytes))
        assert(str_eq(hex_encode(a, bytes), in));
    bool back = base64url_decode(a, base64url_encode(a, in), &bytes);
    assert(back && str_eq(bytes, in));
}

static void check_moments(struct str in, struct arena *a)
{
    int64_t us = 0, again = 0;
    if (time_parse(in, &us)) {
        bool back = time_parse(time_text(a, us), &again);
        assert(back && again == us && us >= TIME_MIN_US && us <= TIME_MAX_US);
    }
    assert(id_time_us(in) == -1 || id_valid(in));
    assert(!id_valid(in) || in.len == ID_TEXT);
}

static void check_numbers(struct str in, struct arena *a)
{
    int64_t v = 0, again = 0;
    double r = 0;
    if (str_to_i64(in, INT64_MIN, INT64_MAX, &v)) {
        bool back = str_to_i64(arena_fmt(a, "%lld", (long long)v), v, v, &again);
        assert(back && again == v);
    }
    if (str_to_real(in, &r))
        assert(r - r == 0); /* finite */
}

static void check_utf8(struct str in)
{
    struct str rest = in;
    uint32_t cp = 0;
    size_t points = 0, units = 0;
    if (!utf8_valid(in))
        return;
    while (utf8_take(&rest, &cp)) {
        assert(cp <= 0x10FFFF && (cp < 0xD800 || cp > 0xDFFF));
        points++;
        units += cp > 0xFFFF ? 2 : 1;
    }
    assert(points == utf8_count(in) && units == utf8_utf16_len(in));
    assert(utf8_byte_of_utf16(in, units) == in.len);
    assert(utf8_byte_of_utf16(in, units + 1) == SIZE_MAX);
    assert(utf8_valid(utf8_cut(in, in.len / 2)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = { 0 };
    struct str in = { size ? (const char *)data : "", size };
    check_bytes(in, &a);
    check_moments(in, &a);
    check_numbers(in, &a);
    check_utf8(in);
    return 0;
}
