#include "io/asset/asset.h"
#include "support/check.h"

static void need_assets(void)
{
    struct str name, data;
    if (!asset_at(0, &name, &data))
        TEST_SKIP("built with assets=false: nothing is embedded");
}

TEST(every_embedded_file_is_found_by_its_name_and_names_ascend)
{
    need_assets();
    struct str before = STR(""), name, data, found;
    for (size_t i = 0; asset_at(i, &name, &data); i++) {
        CHECK(str_cmp(before, name) < 0);
        CHECK(asset_find(name, &found));
        CHECK(found.ptr == data.ptr && found.len == data.len);
        before = name;
    }
}

TEST(a_prefix_leads_to_its_first_file)
{
    need_assets();
    struct str name, data, head;
    size_t i = asset_first(STR("content/"));
    CHECK(i != SIZE_MAX);
    CHECK(asset_at(i, &name, &data));
    CHECK(str_starts(name, STR("content/")));
    CHECK(i == 0 || (asset_at(i - 1, &head, &data) && !str_starts(head, STR("content/"))));
}

TEST(an_absent_file_is_not_found)
{
    struct str name, data = STR("before");
    CHECK(!asset_find(STR("content/nothing-like-this"), &data));
    CHECK_STR(data, "before");
    CHECK(asset_first(STR("zzz/")) == SIZE_MAX);
    CHECK(!asset_at(SIZE_MAX, &name, &data));
}
