/* Values of headers: cookies, languages, codings, entity tags, types, keys of
 * repeated requests, ids of events; and path segments. */
#include "io/http/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = { 0 };
    struct str in = { (const char *)data, size }, out = { 0 };
    int64_t rev = -1;
    struct str cookie = http_cookie_in(in, STR("sid"));
    assert(!cookie.ptr || !memchr(cookie.ptr, ';', cookie.len));
    struct str lang = http_language(in);
    assert(!lang.ptr || lang.len == 2);
    assert(http_encodings(in) <= (ENCODING_BR | ENCODING_GZIP));
    (void)http_wants_page(in);
    (void)http_is_json(in);
    (void)http_etag_listed(in, STR("\"1\""));
    assert(!http_revision(in, &rev) || rev >= 0);
    assert(!http_printable(in, 8, 100) ||
           (in.len >= 8 && in.len <= 100 && !memchr(in.ptr, 0, in.len)));
    assert(!str_to_i64(in, 0, INT64_MAX, &rev) || rev >= 0); /* Last-Event-ID */
    if (http_segment_decode(&a, in, &out))
        assert(out.len <= in.len && !(out.len && memchr(out.ptr, '/', out.len)));
    return 0;
}
