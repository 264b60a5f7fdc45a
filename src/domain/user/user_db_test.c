/* The statements of user: each finds its rows by an index, on both engines. */
#include "domain/user/user_priv.h"
#include "support/db_fixture.h"

TEST_BOTH(every_statement_of_user_finds_its_rows_by_an_index)
{
    fixture_check_plan_list(db, user_db_queries, NULL);
}
