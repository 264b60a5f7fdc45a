/* A manifest and a wrong.yaml from strangers inside an otherwise good package, and a statement as
 * Markdown: the input is split at its first two form feeds. */
#include "domain/exercise/exercise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct json_limits wide = { .bytes = 1 << 24, .depth = 200, .nodes = 1'000'000 };
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct exercise *x;
    struct json prose;
    struct str rest = { (const char *)data, size };
    struct str manifest = str_take_until(&rest, '\f'), wrong = str_take_until(&rest, '\f');
    const struct folder_file files[] = {
        { STR("exercise.yaml"), manifest },
        { STR("solution/python/a/main.py"), STR("def suma(a):\n    return a\n") },
        { STR("statement.en.md"), rest },
        { STR("statement.es.md"), STR("x") },
        { STR("wrong/python/w/main.py"), STR("") },
        { STR("wrong/python/w/wrong.yaml"), wrong },
    };
    if (!exercise_from_files(STR("suma"), files, COUNT_OF(files), &a, &x, &f))
        assert(x->test_count > 0 && x->content_hash.len == 32);
    struct str nodes = prose_of_markdown(&a, str_head(rest, 4096));
    enum err bad = json_parse(nodes, &wide, &a, &prose, &f);
    assert(bad == ERR_OK || bad == ERR_TOO_LARGE);
    return 0;
}
