/* JSON from strangers: whatever is accepted must survive a round trip; nothing may read outside or
 * run away. */
#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 1 << 22 };
    struct fail f = { 0 };
    struct json first, second;
    if (json_parse((struct str){ (const char *)data, size }, &json_limits_api, &a, &first, &f))
        return 0;
    json_put(&b, &first);
    enum err again = json_parse(buf_str(&b), &json_limits_api, &a, &second, &f);
    assert(again == ERR_OK ||
           again == ERR_TOO_LARGE); /* escapes may make the text longer than the limit */
    assert(again != ERR_OK || json_same(&first, &second));
    return 0;
}
