#pragma once
/*
 * conf - settings from one table (app/config.c): parsing, validation, check-config, docs and sample
 * file come from it.
 *
 * Precedence: flag, environment (AINATIVE_ + key in upper case, dots as _), file, default. Unknown
 * or duplicate keys and values out of range are errors that name file:line (or the variable) and
 * the nearest valid key. Secrets are given by reference only: "secret:file:/path" (regular file of
 * ours or root, mode 0400 or 0600) or "secret:cred:NAME" (in $CREDENTIALS_DIRECTORY, as systemd
 * gives them); their text, without the line end, is what conf_text says. Immutable after conf_load;
 * any thread.
 *
 * File: UTF-8 lines `key = value`; a line that starts with # is a comment; a value is what stands
 * between the first = and the end of the line, without white space at both ends.
 */
#include "base/arena.h"
#include "base/buf.h"

enum conf_type {
    CONF_TEXT, /* no control characters */
    CONF_INT,
    CONF_BOOL, /* on, off, true, false */
    CONF_WORD,
    CONF_SIZE,   /* bytes: 512, 64KiB, 10MiB, 2GiB */
    CONF_SECRET, /* a reference, or empty = none */
    CONF_TYPE_COUNT
};

struct conf_key {
    const char *name; /* "http.listen" */
    enum conf_type type;
    const char *otherwise; /* default, as text; NULL = empty */
    int64_t min, max;      /* CONF_INT, CONF_SIZE (bytes); CONF_TEXT: bytes of the text */
    const char *words;     /* CONF_WORD: "dev|staging|prod"; with `fits`: that shape in words */
    bool reloadable;
    const char *doc;                /* one line */
    bool (*fits)(struct str value); /* CONF_TEXT: is a value that is not empty of that shape?
                                       (optional) */
};
enum conf_origin { CONF_DEFAULT, CONF_FILE, CONF_ENV, CONF_FLAG };
struct conf; /* effective values with their origins */

struct conf_source {
    struct str file;          /* path; empty = none */
    struct str text;          /* ptr not NULL: the file's text, already read; `file` is its name */
    const char *const *env;   /* environ form, NULL-terminated; may be NULL */
    const char *const *flags; /* "key=value" texts, NULL-terminated; may be NULL */
};
/* ERR_INPUT (config.invalid): f->detail says where, what and the nearest key. The arena owns
 * everything; `keys` must live as long. */
enum err conf_load(const struct conf_key *keys, size_t n, const struct conf_source *src,
                   struct arena *a, struct conf **out, struct fail *f);
/* A key that is not in the table, or asked as another type, is a bug and stops the program. Text:
 * any type as it was written, secrets resolved. Int: CONF_INT, CONF_SIZE. */
struct str conf_text(const struct conf *c, const char *name);
int64_t conf_int(const struct conf *c, const char *name);
bool conf_bool(const struct conf *c, const char *name);
enum conf_origin conf_origin(const struct conf *c, const char *name);

/* What differs between two of the same table, in its order: the next key from row *at on, which
 * moves behind it; NULL at the end. */
const struct conf_key *conf_changed(const struct conf *was, const struct conf *now, size_t *at);

/* "key = value  # origin", secrets and what has a password in it as ***; Markdown table; sample
 * file with all defaults commented out, which loads as it is. */
void conf_print(const struct conf *c, struct buf *b);
void conf_docs(const struct conf_key *keys, size_t n, struct buf *b);
void conf_sample(const struct conf_key *keys, size_t n, struct buf *b);
