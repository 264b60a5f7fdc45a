#include "app/command.h"

#include <stdio.h>

static void take(struct words *w, int at, int count)
{
    for (int i = at; i + count < w->n; i++)
        w->items[i] = w->items[i + count];
    w->n -= count;
}

const char *word_option(struct words *w, const char *name)
{
    size_t len = strlen(name);
    for (int i = 0; i < w->n; i++) {
        const char *word = w->items[i];
        if (strcmp(word, name) == 0 && i + 1 < w->n) {
            const char *value = w->items[i + 1];
            take(w, i, 2);
            return value;
        }
        if (strncmp(word, name, len) == 0 && word[len] == '=') {
            take(w, i, 1);
            return word + len + 1;
        }
    }
    return NULL;
}

bool word_flag(struct words *w, const char *name)
{
    for (int i = 0; i < w->n; i++)
        if (strcmp(w->items[i], name) == 0) {
            take(w, i, 1);
            return true;
        }
    return false;
}

const char *word_next(struct words *w)
{
    if (w->n == 0 || w->items[0][0] == '-')
        return NULL;
    const char *word = w->items[0];
    take(w, 0, 1);
    return word;
}

int words_wrong(const struct words *w)
{
    (void)fprintf(stderr, "usage: ainative %s\n", w->usage);
    return EXIT_USAGE;
}

int words_done(const struct words *w)
{
    if (w->n == 0)
        return EXIT_DONE;
    (void)fprintf(stderr, "ainative: do not know what to do with %s\n", w->items[0]);
    return words_wrong(w);
}

struct app_args words_app_args(struct words *w, struct arena *a)
{
    enum { FLAGS_MAX = 64 };
    const char **flags = ARENA_ARRAY(a, const char *, FLAGS_MAX + 1);
    int n = 0;
    for (const char *set; n < FLAGS_MAX && (set = word_option(w, "--set"));)
        flags[n++] = set;
    const char *file = word_option(w, "--config");
    return (struct app_args){ .flags = flags, .file = file ? str_of(file) : (struct str){ 0 } };
}

int command_failed(const char *what, const struct fail *f)
{
    (void)fprintf(stderr, "ainative: %s: %s (%s)\n", what, f->detail, f->hint ? f->hint : "");
    return f->code == ERR_INPUT || f->code == ERR_NOT_FOUND || f->code == ERR_FORBIDDEN
               ? EXIT_USAGE
               : EXIT_FINDINGS;
}
