#include "io/conf/conf_priv.h"

/* "SCHEME://USER:PASSWORD" before an @, or "password=" */
bool conf_value_public(const struct conf_key *k, struct str value)
{
    size_t at = str_find(value, STR("@"));
    struct str scheme = STR("://");
    size_t user = str_find(value, scheme);
    bool in_url = at != SIZE_MAX && user < at &&
                  str_has(str_from(str_head(value, at), user + scheme.len), STR(":"));
    return k->type != CONF_SECRET && !in_url && !str_has(value, STR("password="));
}

void conf_print(const struct conf *c, struct buf *b)
{
    static const char *const origins[] = { [CONF_DEFAULT] = "default",
                                           [CONF_FILE] = "file",
                                           [CONF_ENV] = "environment",
                                           [CONF_FLAG] = "flag" };
    for (size_t i = 0; i < c->n; i++) {
        const struct conf_value *v = &c->values[i];
        bool hide = v->text.len && !conf_value_public(&c->keys[i], v->text);
        struct str text = hide ? STR("***") : v->text;
        struct str where = v->origin == CONF_FILE || v->origin == CONF_ENV ? v->where : STR("");
        buf_putf(b, "%s = %.*s  # %s%s%.*s\n", c->keys[i].name, STR_ARG(text), origins[v->origin],
                 where.len ? " " : "", STR_ARG(where));
    }
}

/* 10485760 -> "10MiB". */
static void put_size(struct buf *b, int64_t bytes)
{
    static const char *const units[] = { "", "KiB", "MiB", "GiB" };
    size_t u = 0;
    while (u + 1 < COUNT_OF(units) && bytes && bytes % 1024 == 0) {
        bytes /= 1024;
        u++;
    }
    buf_put_i64(b, bytes);
    buf_put(b, str_of(units[u]));
}

static void put_range(struct buf *b, const struct conf_key *k)
{
    switch (k->type) {
    case CONF_TEXT:
        if (k->fits)
            buf_putf(b, "%s%s", k->words, k->min ? "" : ", or empty");
        else
            buf_putf(b, "text of %lld to %lld bytes", (long long)k->min, (long long)k->max);
        break;
    case CONF_INT:
        buf_putf(b, "%lld to %lld", (long long)k->min, (long long)k->max);
        break;
    case CONF_SIZE:
        put_size(b, k->min);
        buf_put(b, STR(" to "));
        put_size(b, k->max);
        break;
    case CONF_BOOL:
        buf_put(b, STR("on or off"));
        break;
    case CONF_WORD:
        buf_put(b, str_of(k->words));
        break;
    case CONF_SECRET:
    case CONF_TYPE_COUNT:
        buf_put(b, STR("secret:file:/path or secret:cred:NAME"));
        break;
    }
}

/* A | would end the cell of a Markdown table. */
static void put_cell(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '|')
            buf_putc(b, '\\');
        buf_putc(b, s.ptr[i]);
    }
    buf_put(b, STR(" | "));
}

void conf_docs(const struct conf_key *keys, size_t n, struct buf *b)
{
    buf_put(b, STR("| key | environment | default | values | reload | meaning |\n"
                   "|---|---|---|---|---|---|\n"));
    for (size_t i = 0; i < n; i++) {
        char env_name[CONF_ENV_MAX];
        AUTO_BUF range = { .max = 1024 };
        conf_env_name(keys[i].name, env_name);
        put_range(&range, &keys[i]);
        buf_putf(b, "| `%s` | `%s` | ", keys[i].name, env_name);
        put_cell(b, conf_default(&keys[i]));
        put_cell(b, buf_str(&range));
        buf_putf(b, "%s | ", keys[i].reloadable ? "yes" : "no");
        put_cell(b, str_of(keys[i].doc));
        b->len -= b->truncated ? 0 : 1; /* the space behind the last bar */
        buf_putc(b, '\n');
    }
}

void conf_sample(const struct conf_key *keys, size_t n, struct buf *b)
{
    for (size_t i = 0; i < n; i++) {
        buf_putf(b, "# %s (", keys[i].doc);
        put_range(b, &keys[i]);
        buf_putf(b, ")\n#%s = %.*s\n\n", keys[i].name, STR_ARG(conf_default(&keys[i])));
    }
}
