#include "base/map.h"

#include "base/hash.h"

enum { MAP_FIRST = 16 };

void map_init(struct map *m, struct arena *a, const uint8_t key[16])
{
    *m = (struct map){ .arena = a };
    memcpy(m->key, key, sizeof m->key);
}

/* The slot of the key, or the empty one where it belongs. At most 3/4 of the slots are full, so it
 * ends. */
static struct map_slot *slot_for(const struct map *m, struct str key)
{
    size_t at = (size_t)hash_short(key, m->key) & (m->cap - 1);
    while (m->slots[at].key.ptr && !str_eq(m->slots[at].key, key))
        at = (at + 1) & (m->cap - 1);
    return &m->slots[at];
}

void *map_get(const struct map *m, struct str key)
{
    return m->count ? slot_for(m, key)->value : NULL;
}

static void grow(struct map *m)
{
    struct map_slot *old = m->slots;
    size_t old_cap = m->cap;
    m->cap = old_cap ? old_cap * 2 : MAP_FIRST;
    m->slots = ARENA_ARRAY(m->arena, struct map_slot, m->cap);
    for (size_t i = 0; i < old_cap; i++)
        if (old[i].key.ptr)
            *slot_for(m, old[i].key) = old[i];
}

void map_set(struct map *m, struct str key, void *value)
{
    assert(value && key.ptr);
    if (m->count * 4 >= m->cap * 3)
        grow(m);
    struct map_slot *slot = slot_for(m, key);
    m->count += slot->key.ptr == NULL;
    *slot = (struct map_slot){ key, value };
}
