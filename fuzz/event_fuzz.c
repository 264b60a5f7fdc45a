/* Events of a browser: the first line names the type, the second is the payload, the third the text
 * part, the rest the draft. What the catalogue accepts can be stored, and an edit of the draft
 * gives a text of the length it says. */
#include "domain/session/session_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void edit(const struct json *payload, const struct json *text, struct str doc,
                 struct arena *a)
{
    if (utf8_valid(doc) && code_apply(a, payload, text, &doc)) {
        assert(utf8_valid(doc));
        assert(json_int(json_get(payload, "len_after"), -1) == (int64_t)utf8_utf16_len(doc));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 1 << 20 };
    struct fail f = { 0 };
    struct json payload, text;
    struct str rest = { (const char *)data, size };
    struct str name = str_take_until(&rest, '\n');
    struct str first = str_take_until(&rest, '\n'), second = str_take_until(&rest, '\n');
    if (json_parse(first, &json_limits_api, &a, &payload, &f))
        return 0;
    bool with_text = second.len && !json_parse(second, &json_limits_api, &a, &text, &f);
    if (with_text)
        edit(&payload, &text, rest, &a);
    if (trace_check(trace_type_named(name), &payload, with_text ? &text : NULL, &f))
        return 0;
    enum err bad = trace_encode(&payload, &b, &f);
    assert(bad == ERR_OK || bad == ERR_INPUT || bad == ERR_TOO_LARGE);
    return 0;
}
