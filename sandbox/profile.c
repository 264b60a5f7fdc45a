#include "profile.h"

#include <stdio.h>
#include <string.h>

static const char profile_text[] = {
#include "python.profile.h"
    '\0'
};

static const struct {
    const char *word;
    enum profile_kind kind;
} words[] = { { "tree", PROFILE_TREE }, { "extra", PROFILE_EXTRA }, { "link", PROFILE_LINK } };

/* The next blank-separated word of *at into `out`; false when there is none or it is too long. */
static bool take_word(const char **at, char *out, size_t room)
{
    *at += strspn(*at, " ");
    size_t n = strcspn(*at, " \n");
    if (n == 0 || n >= room)
        return false;
    memcpy(out, *at, n);
    out[n] = '\0';
    *at += n;
    return true;
}

/* One line; lines about system calls and comments add nothing. */
static bool take_line(struct profile *p, const char *at)
{
    char verb[16];
    if (!take_word(&at, verb, sizeof(verb)))
        return true;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(verb, words[i].word) != 0)
            continue;
        if (p->count == PROFILE_ENTRIES_MAX)
            return false;
        struct profile_entry *e = &p->entries[p->count++];
        *e = (struct profile_entry){ .kind = words[i].kind };
        return take_word(&at, e->path, sizeof(e->path)) && e->path[0] == '/' &&
               (e->kind != PROFILE_LINK || take_word(&at, e->target, sizeof(e->target)));
    }
    return true;
}

bool profile_python(struct profile *out)
{
    *out = (struct profile){ 0 };
    for (const char *at = profile_text; *at;) {
        if (!take_line(out, at))
            return false;
        at += strcspn(at, "\n");
        at += *at == '\n';
    }
    return out->count > 0;
}
