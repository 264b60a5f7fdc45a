#pragma once
/*
 * map - text to pointer, in an arena. Open addressing, grows by doubling; never shrinks, no
 * deletion. Keys are not copied: they must live as long as the map. Owned by one thread while it
 * changes; read-only use from any. The hash is keyed (`key`, 16 random bytes) so that foreign keys
 * cannot be chosen to collide.
 */
#include "base/arena.h"

struct map_slot {
    struct str key;
    void *value;
};
struct map {
    struct arena *arena;
    struct map_slot *slots; /* capacity is a power of two; an empty slot has key.ptr NULL */
    size_t cap, count;
    uint8_t key[16];
};

void map_init(struct map *m, struct arena *a, const uint8_t key[16]);
/* NULL when absent. */
void *map_get(const struct map *m, struct str key);
/* Sets or replaces; value is not NULL. */
void map_set(struct map *m, struct str key, void *value);
