#pragma once
/*
 * conf_priv - what the files of io/conf share.
 */
#include "io/conf/conf.h"

enum { CONF_NAME_MAX = 64, CONF_ENV_MAX = CONF_NAME_MAX + 16 };

struct conf_value {
    struct str text; /* as written; secrets: resolved */
    int64_t number;  /* CONF_INT, CONF_SIZE; CONF_BOOL 0 or 1 */
    enum conf_origin origin;
    struct str where; /* "ainative.conf:12", "AINATIVE_DB_URL"; empty for a default */
};

struct conf {
    const struct conf_key *keys;
    struct conf_value *values;
    size_t n;
};

/* "http.max_body" -> "AINATIVE_HTTP_MAX_BODY". */
void conf_env_name(const char *key, char out[CONF_ENV_MAX]);
static inline struct str conf_default(const struct conf_key *k)
{
    return str_of(k->otherwise ? k->otherwise : "");
}

/* Checks one written value and fills v->text and v->number. Says only what is wrong; the caller
 * adds where. `credentials`: the folder of systemd's credentials, ptr NULL when there is none. */
enum err conf_value_read(const struct conf_key *k, struct str written, struct str credentials,
                         struct arena *a, struct conf_value *v, struct fail *f);
enum err conf_file_read(struct str path, bool secret, struct arena *a, struct str *out,
                        struct fail *f);

/* May be shown to whoever reads a screen or a log: false when a password seems to stand in it. */
bool conf_value_public(const struct conf_key *k, struct str value);
