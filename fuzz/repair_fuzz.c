/* Two programs of any form: laid out, aligned, edited. With every edit made the first has the
 * second's statements; a small change, whatever it makes, is text. */
#include "domain/tutor/repair.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool laid_out(struct str text, struct arena *a, struct program *out)
{
    AUTO_TREE tree = { 0 };
    struct fail f = { 0 };
    return !tree_parse(text, TREE_PYTHON, TREE_PARSE_US, a, &tree, &f) && program_of(&tree, a, out);
}

static void small(const struct program *p, struct arena *a)
{
    enum { LINES = 64, MOST = 400 };
    bool *wanted = ARENA_ARRAY(a, bool, LINES);
    struct changes c = { ARENA_ARRAY(a, struct change, MOST), 0, MOST };
    memset(wanted, true, LINES);
    small_changes(p, wanted, LINES - 1, a, &c);
    for (size_t i = 0; i < c.count; i += 7)
        assert(program_edited(p, c.items[i].edits, c.items[i].count, a).ptr);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = { 0 };
    struct str rest = { size ? (const char *)data : "", size };
    struct program mine, theirs, edited;
    struct edits e;
    if (size > 2048 || !laid_out(str_take_until(&rest, '\0'), &a, &mine))
        return 0;
    small(&mine, &a);
    if (!laid_out(rest, &a, &theirs))
        return 0;
    align(&mine, &theirs, &a, &e);
    const struct edit **all = ARENA_ARRAY(&a, const struct edit *, e.count + 1);
    for (size_t i = 0; i < e.count; i++)
        all[i] = &e.items[i];
    struct str text = program_edited(&mine, all, e.count, &a);
    if (laid_out(text, &a, &edited) && e.count < REPAIR_PARTS)
        assert(edited.part_total == theirs.part_total);
    return 0;
}
