#pragma once
/* What the files of policy share. */
#include "domain/policy/policy.h"

enum { POLICY_LEVELS = 3 };
/* Bodies of the current rows from institution to activity; only the levels that have one. */
enum err policy_db_levels(struct db_conn *c, struct str tenant, struct str course_id,
                          struct str activity_id, struct arena *a, struct str bodies[POLICY_LEVELS],
                          size_t *n, struct fail *f);

/* Every statement of policy_db.c, NULL at the end: for the test of their plans. */
extern const struct db_query *const policy_db_queries[];
