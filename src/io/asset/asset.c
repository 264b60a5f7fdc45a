#include "io/asset/asset.h"

struct asset {
    const char *name;
    const char *data;
    uint64_t len;
};

#if AINATIVE_ASSETS
extern const struct asset ainative_assets[]; /* assembled by tools/embed; ends with a NULL name */
#else
static const struct asset ainative_assets[1] = { { 0 } };
#endif

/* A few hundred rows: walking them is cheaper than keeping a count in a mutable global. */
static size_t count(void)
{
    size_t n = 0;
    while (ainative_assets[n].name)
        n++;
    return n;
}

/* Position of the first name that is not below `wanted`. */
static size_t lower_bound(struct str wanted)
{
    size_t lo = 0, hi = count();
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (str_cmp(str_of(ainative_assets[mid].name), wanted) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static bool get(size_t i, struct str *name, struct str *data)
{
    const struct asset *found = &ainative_assets[i];
    if (!found->name)
        return false;
    *name = str_of(found->name);
    *data = (struct str){ found->data, found->len };
    return true;
}

bool asset_find(struct str name, struct str *data)
{
    struct str found;
    struct str bytes;
    if (!get(lower_bound(name), &found, &bytes) || !str_eq(found, name))
        return false;
    *data = bytes;
    return true;
}

size_t asset_first(struct str prefix)
{
    struct str name;
    struct str data;
    size_t i = lower_bound(prefix);
    return get(i, &name, &data) && str_starts(name, prefix) ? i : SIZE_MAX;
}

bool asset_at(size_t i, struct str *name, struct str *data)
{
    return i < count() && get(i, name, data);
}
