#include "io/db/engine.h"

enum err pg_open(struct db **, const struct db_conf *, struct fail *f)
{
    return FAIL(f, ERR_INPUT, "db.url", "this build has no PostgreSQL");
}
