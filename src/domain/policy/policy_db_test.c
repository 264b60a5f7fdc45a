/* The statements of policy: each finds its rows by an index, on both engines. */
#include "domain/policy/policy_priv.h"
#include "support/db_fixture.h"

TEST_BOTH(every_statement_of_policy_finds_its_rows_by_an_index)
{
    fixture_check_plan_list(db, policy_db_queries, NULL);
}
