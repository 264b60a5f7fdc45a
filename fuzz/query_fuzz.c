/* Query strings and field tables on bytes from strangers. */
#include "base/field.h"

struct page {
    struct str q;
    int64_t limit;
    bool all;
};
static const struct api_field page_fields[] = {
    API_OPT(struct page, q, API_TEXT, 2, 100),
    API_OPT(struct page, limit, API_INT, 1, 200),
    API_OPT(struct page, all, API_BOOL, 0, 0),
};
static const struct api_shape page_shape = API_SHAPE(struct page, "Page", page_fields);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct page *page = NULL;
    if (api_decode_query(&page_shape, (struct str){ (const char *)data, size }, &a, (void **)&page,
                         &f))
        return 0;
    assert(page->limit == API_ABSENT || (page->limit >= 1 && page->limit <= 200));
    return 0;
}
