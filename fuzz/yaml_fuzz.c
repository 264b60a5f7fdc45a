/* YAML from strangers: what is accepted is JSON and survives a round trip as such. */
#include "domain/exercise/exercise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct json_limits wide = { .bytes = 1 << 24, .depth = 32, .nodes = 200'000 };
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 1 << 22 };
    struct fail f = { 0 };
    struct json first, second;
    if (yaml_parse((struct str){ (const char *)data, size }, &a, &first, &f))
        return 0;
    json_put(&b, &first);
    if (b.truncated)
        return 0;
    enum err again = json_parse(buf_str(&b), &wide, &a, &second, &f);
    assert(again == ERR_OK && json_same(&first, &second));
    return 0;
}
