/* Programs of students, of any form: parsing, names, regions and a query. */
#include "domain/tutor/syntax.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = { 0 };
    struct line_names *names = NULL;
    size_t lines = 0;
    struct syntax_match found;
    static const struct place whole = { .from = 0, .to = UINT32_MAX };
    if (size > 4096)
        return 0;
    AUTO_SYNTAX s = syntax_parse((struct str){ size ? (const char *)data : "", size });
    struct TSQuery *q = syntax_query_new(STR(
        "(for_statement left: (identifier) @i body: (block (expression_statement (call function: "
        "(identifier) @f) @at)) (#not-eq? @i @f))"));
    assert(q && syntax_shape(&s, &a).ptr);
    syntax_names(&s, &a, &names, &lines);
    for (size_t line = 1; line <= lines && line < 50; line++)
        for (int widen = 0; widen <= 2; widen++)
            assert(syntax_region(&s, (int64_t)line, widen).at.line >= 1);
    if (syntax_find(&s, q, whole, NULL, NULL, &found))
        assert(syntax_captured(&found, "at") && syntax_captured(&found, "i"));
    (void)syntax_is_empty(&s);
    syntax_query_free(q);
    return 0;
}
