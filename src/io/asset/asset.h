#pragma once
/*
 * asset - files carried inside the program (tools/embed): db/migrations/..., content/...,
 * prompts/..., web/dist/...
 *
 * Names are paths relative to the project's root. Immutable, lives as long as the process, any
 * thread.
 */
#include "base/str.h"

/* False when there is no such file. */
MUST_USE bool asset_find(struct str name, struct str *data);
/* Position of the first asset whose name starts with prefix, SIZE_MAX when none; names are sorted
 * by bytes, so walk with asset_at(i) while it still starts with the prefix. */
size_t asset_first(struct str prefix);
/* False past the end. */
MUST_USE bool asset_at(size_t i, struct str *name, struct str *data);
