#include "domain/policy/policy_priv.h"

#define LEVEL(scope, id)                                                                           \
    "SELECT scope, body FROM policies WHERE tenant_id = $1 AND scope = '" scope                    \
    "' AND scope_id = " id " AND is_current = 1"
static const struct db_query current = { "policy.current",
                                         LEVEL("institution", "$1") " UNION ALL " LEVEL(
                                             "course", "$2") " UNION ALL " LEVEL("activity", "$3"),
                                         true, POLICY_LEVELS };

const struct db_query *const policy_db_queries[] = { &current, NULL };

enum err policy_db_levels(struct db_conn *c, struct str tenant, struct str course_id,
                          struct str activity_id, struct arena *a, struct str bodies[POLICY_LEVELS],
                          size_t *n, struct fail *f)
{
    static const char *const widest_first[POLICY_LEVELS] = { "institution", "course", "activity" };
    struct db_rows rows;
    TRY(db_all(c, &current,
               DB_ARGS(db_text(tenant), db_text_or_empty(course_id), db_text_or_empty(activity_id)),
               a, &rows, f));
    *n = 0;
    for (size_t level = 0; level < POLICY_LEVELS; level++)
        for (size_t i = 0; i < rows.rows; i++)
            if (str_is(db_cell_text(&rows, i, 0), widest_first[level]))
                bodies[(*n)++] = db_cell_text(&rows, i, 1);
    return ERR_OK;
}
