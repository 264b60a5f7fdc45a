#pragma once
/*
 * profile - the tree a box of one language may see, read from the text of profiles/.
 *
 * The text is embedded in the program; system-call rules are read by filter_gen at build time.
 * Entries point into the text. Threads: no state.
 */
#include <stdbool.h>
#include <stddef.h>

enum profile_kind { PROFILE_TREE, PROFILE_EXTRA, PROFILE_LINK };
enum { PROFILE_ENTRIES_MAX = 64, PROFILE_PATH_MAX = 128 };

struct profile_entry {
    enum profile_kind kind;
    char path[PROFILE_PATH_MAX];
    char target[PROFILE_PATH_MAX]; /* LINK */
};

struct profile {
    struct profile_entry entries[PROFILE_ENTRIES_MAX];
    size_t count;
};

/* False when a line cannot be read or there are too many: the build's profile is broken. */
bool profile_python(struct profile *out);
