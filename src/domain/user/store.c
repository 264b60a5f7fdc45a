#include "domain/user/user_priv.h"

/* A store opened with another key would start, look healthy, and let nobody in. */

static const char purpose[] = "store";

struct mark {
    const struct env *env;
    struct str env_name, box;
};

static enum err mark_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct mark *m = arg;
    return user_db_store_mark_insert(tx, m->env_name, m->box, env_now(m->env), f);
}

static enum err compare(const struct secret *secret, const struct mark *found, struct str env_name,
                        struct str file, struct arena *a, struct fail *f)
{
    struct str plain;
    struct fail seal;
    if (!str_eq(found->env_name, env_name))
        return FAIL(f, ERR_FORBIDDEN, "config.env", "this store is of env %.*s, not %.*s",
                    STR_ARG(found->env_name), STR_ARG(env_name));
    if (secret_unseal(secret, purpose, found->box, STR(""), a, &plain, &seal))
        return FAIL(f, ERR_FORBIDDEN, "secret.key",
                    "%.*s is not the master key this store was made with", STR_ARG(file));
    return ERR_OK;
}

enum err user_store_check(struct db *db, const struct secret *secret, const struct env *env,
                          struct str env_name, struct str file, struct fail *f)
{
    AUTO_ARENA a = { 0 };
    struct db_conn *c = NULL;
    struct mark made = { .env = env, .env_name = env_name }, found = { 0 };
    TRY(db_conn_open(db, &c, f));
    enum err e = user_db_store_mark(c, &a, &found.env_name, &found.box, f);
    if (e == ERR_NOT_FOUND) {
        secret_seal(secret, purpose, STR("store"), STR(""), &a, &made.box);
        e = db_write(db, STR("*"), mark_unit, &made, f);
        if (!e) /* another process may have been first */
            e = user_db_store_mark(c, &a, &found.env_name, &found.box, f);
    }
    db_conn_close(c);
    return e ? e : compare(secret, &found, env_name, file, &a, f);
}
