#include "base/num.h"
#include "io/conf/conf_priv.h"

#include <ctype.h>

static const char env_prefix[] = "AINATIVE_";

void conf_env_name(const char *key, char out[CONF_ENV_MAX])
{
    size_t at = sizeof env_prefix - 1;
    memcpy(out, env_prefix, at);
    assert(strlen(key) <= CONF_NAME_MAX);
    for (; *key; key++)
        out[at++] = *key == '.' ? '_' : (char)toupper((unsigned char)*key);
    out[at] = '\0';
}

/* Levenshtein, in one row. Longer texts are compared by their heads. */
static size_t distance(struct str a, struct str b)
{
    enum { MAX = CONF_ENV_MAX };
    size_t row[MAX + 1];
    a = str_head(a, MAX);
    b = str_head(b, MAX);
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t replaced = diagonal + (a.ptr[i - 1] != b.ptr[j - 1]);
            diagonal = row[j];
            row[j] = size_min(replaced, size_min(row[j], row[j - 1]) + 1);
        }
    }
    return row[b.len];
}

/* A written value on its way into the table. */
struct written {
    struct str key, value, where;
    enum conf_origin origin;
};
struct loader {
    struct conf *conf;
    struct arena *arena;
    struct str credentials;
};

static const char *name_for(const struct conf_key *k, enum conf_origin origin,
                            char env_name[CONF_ENV_MAX])
{
    if (origin != CONF_ENV)
        return k->name;
    conf_env_name(k->name, env_name);
    return env_name;
}

static enum err unknown(const struct loader *l, const struct written *w, struct fail *f)
{
    char name[CONF_ENV_MAX];
    size_t nearest = 0;
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < l->conf->n; i++) {
        size_t d = distance(w->key, str_of(name_for(&l->conf->keys[i], w->origin, name)));
        if (d < least) {
            least = d;
            nearest = i;
        }
    }
    return FAIL(f, ERR_INPUT, "config.invalid", "%.*s: unknown key %.*s; the nearest is %s",
                STR_ARG(str_head(w->where, 80)), STR_ARG(str_head(w->key, 64)),
                name_for(&l->conf->keys[nearest], w->origin, name));
}

/* With the value, unless it may be a secret or would not be seen as it is. */
static enum err refused(const struct conf_key *k, const struct written *w, enum err e,
                        const char *why, struct fail *f)
{
    enum { SHOWN = 48 };
    struct str shown = utf8_valid(w->value) ? utf8_cut(w->value, SHOWN) : (struct str){ 0 };
    bool show = conf_value_public(k, w->value) && shown.len;
    for (size_t i = 0; i < shown.len; i++)
        show &= (unsigned char)shown.ptr[i] >= 0x20 && shown.ptr[i] != 0x7F;
    const char *end = shown.len < w->value.len ? "..." : "";
    if (!show)
        return FAIL(f, e, "config.invalid", "%.*s: %s %s", STR_ARG(str_head(w->where, 60)), k->name,
                    why);
    return FAIL(f, e, "config.invalid", "%.*s: %s = %.*s%s %s", STR_ARG(str_head(w->where, 60)),
                k->name, STR_ARG(shown), end, why);
}

static enum err store(const struct loader *l, const struct written *w, struct fail *f)
{
    char name[CONF_ENV_MAX];
    size_t i = 0;
    while (i < l->conf->n && !str_is(w->key, name_for(&l->conf->keys[i], w->origin, name)))
        i++;
    if (i == l->conf->n)
        return unknown(l, w, f);
    struct conf_value *v = &l->conf->values[i];
    if (v->origin == w->origin)
        return FAIL(f, ERR_INPUT, "config.invalid", "%.*s: %s is already set at %.*s",
                    STR_ARG(str_head(w->where, 80)), l->conf->keys[i].name,
                    STR_ARG(str_head(v->where, 80)));
    struct fail wrong = { 0 };
    enum err e = conf_value_read(&l->conf->keys[i], w->value, l->credentials, l->arena, v, &wrong);
    if (e)
        return refused(&l->conf->keys[i], w, e, wrong.detail, f);
    v->origin = w->origin;
    v->where = w->where;
    return ERR_OK;
}

static enum err load_line(const struct loader *l, struct str line, struct str where, struct fail *f)
{
    line = str_trim(line);
    if (line.len == 0 || line.ptr[0] == '#')
        return ERR_OK;
    if (!str_has(line, STR("=")))
        return FAIL(f, ERR_INPUT, "config.invalid", "%.*s: not of the form key = value",
                    STR_ARG(str_head(where, 80)));
    struct str value = line;
    struct str key = str_trim(str_take_until(&value, '='));
    return store(l, &(struct written){ key, str_trim(value), where, CONF_FILE }, f);
}

static enum err load_file(const struct loader *l, const struct conf_source *src, struct fail *f)
{
    struct str rest = src->text;
    struct str line;
    if (!src->text.ptr && src->file.len == 0)
        return ERR_OK;
    if (!src->text.ptr)
        TRY(conf_file_read(src->file, false, l->arena, &rest, f));
    for (size_t number = 1; str_take_line(&rest, &line); number++) {
        struct str where = arena_fmt(l->arena, "%.*s:%zu", STR_ARG(src->file), number);
        TRY(load_line(l, line, where, f));
    }
    return ERR_OK;
}

static enum err load_env(struct loader *l, const char *const *env, struct fail *f)
{
    for (size_t i = 0; env && env[i]; i++) {
        struct str value = str_of(env[i]);
        struct str name = str_take_until(&value, '=');
        if (!str_starts(name, str_of(env_prefix)))
            continue;
        TRY(store(l, &(struct written){ name, value, name, CONF_ENV }, f));
    }
    return ERR_OK;
}

static enum err load_flags(const struct loader *l, const char *const *flags, struct fail *f)
{
    for (size_t i = 0; flags && flags[i]; i++) {
        struct str value = str_of(flags[i]);
        struct str key = str_take_until(&value, '=');
        if (key.len == strlen(flags[i]))
            return FAIL(f, ERR_INPUT, "config.invalid", "flag %.*s: not of the form key=value",
                        STR_ARG(str_head(key, 80)));
        struct str where = arena_fmt(l->arena, "flag %.*s", STR_ARG(key));
        TRY(store(l, &(struct written){ key, value, where, CONF_FLAG }, f));
    }
    return ERR_OK;
}

static struct str credentials_folder(const char *const *env)
{
    for (size_t i = 0; env && env[i]; i++)
        if (str_starts(str_of(env[i]), STR("CREDENTIALS_DIRECTORY=")))
            return str_from(str_of(env[i]), sizeof "CREDENTIALS_DIRECTORY=" - 1);
    return (struct str){ 0 };
}

static void load_defaults(const struct loader *l)
{
    for (size_t i = 0; i < l->conf->n; i++) {
        struct fail f = { 0 };
        enum err e = conf_value_read(&l->conf->keys[i], conf_default(&l->conf->keys[i]),
                                     (struct str){ 0 }, l->arena, &l->conf->values[i], &f);
        assert(e == ERR_OK); /* the table contradicts itself */
        (void)e;
    }
}

/* env[] and flags[] are only read, but may change later: the values are copied first. */
static const char *const *copy_list(const char *const *list, struct arena *a)
{
    size_t n = 0;
    while (list && list[n])
        n++;
    const char **copy = ARENA_ARRAY(a, const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        copy[i] = arena_cstr(a, str_of(list[i]));
    return copy;
}

enum err conf_load(const struct conf_key *keys, size_t n, const struct conf_source *src,
                   struct arena *a, struct conf **out, struct fail *f)
{
    struct conf *c = ARENA_NEW(a, struct conf);
    *c = (struct conf){ .keys = keys, .values = ARENA_ARRAY(a, struct conf_value, n), .n = n };
    const char *const *env = copy_list(src->env, a);
    struct conf_source own = { .file = arena_dup(a, src->file), .text = src->text };
    if (own.text.ptr)
        own.text = arena_dup(a, own.text);
    struct loader l = { .conf = c, .arena = a, .credentials = credentials_folder(env) };
    load_defaults(&l);
    TRY(load_file(&l, &own, f));
    TRY(load_env(&l, env, f));
    TRY(load_flags(&l, copy_list(src->flags, a), f));
    *out = c;
    return ERR_OK;
}

static size_t position(const struct conf *c, const char *name)
{
    size_t i = 0;
    while (i < c->n && strcmp(c->keys[i].name, name) != 0)
        i++;
    assert(i < c->n);
    return i;
}

struct str conf_text(const struct conf *c, const char *name)
{
    return c->values[position(c, name)].text;
}

int64_t conf_int(const struct conf *c, const char *name)
{
    size_t i = position(c, name);
    assert(c->keys[i].type == CONF_INT || c->keys[i].type == CONF_SIZE);
    return c->values[i].number;
}

bool conf_bool(const struct conf *c, const char *name)
{
    size_t i = position(c, name);
    assert(c->keys[i].type == CONF_BOOL);
    return c->values[i].number == 1;
}

enum conf_origin conf_origin(const struct conf *c, const char *name)
{
    return c->values[position(c, name)].origin;
}

const struct conf_key *conf_changed(const struct conf *was, const struct conf *now, size_t *at)
{
    assert(was->keys == now->keys);
    while (*at < now->n) {
        size_t i = (*at)++;
        if (!str_eq(was->values[i].text, now->values[i].text))
            return &now->keys[i];
    }
    return NULL;
}
