#include "domain/policy/policy_priv.h"

static const struct db_query current = { "policy.current",
                                         "SELECT body FROM policies WHERE tenant_id = $1 AND scope "
                                         "= $2 AND scope_id = $3 AND is_current = 1",
                                         true, 1 };

const struct db_query *const policy_db_queries[] = { &current, NULL };

enum err policy_db_levels(struct db_conn *c, struct str tenant, struct str course_id,
                          struct str activity_id, struct arena *a, struct str bodies[POLICY_LEVELS],
                          size_t *n, struct fail *f)
{
    const struct {
        const char *scope;
        struct str id;
    } levels[POLICY_LEVELS] = { { "institution", tenant },
                                { "course", course_id },
                                { "activity", activity_id } };
    *n = 0;
    for (size_t i = 0; i < POLICY_LEVELS; i++) {
        struct db_rows rows;
        if (!levels[i].id.ptr)
            continue;
        TRY(db_all(
            c, &current,
            DB_ARGS(db_text(tenant), db_text(str_of(levels[i].scope)), db_text(levels[i].id)), a,
            &rows, f));
        if (rows.rows)
            bodies[(*n)++] = db_cell_text(&rows, 0, 0);
    }
    return ERR_OK;
}
