/* The statements of session: each finds its rows by an index, on both engines. */
#include "domain/session/session_priv.h"
#include "support/db_fixture.h"

TEST_BOTH(every_statement_of_session_finds_its_rows_by_an_index)
{
    fixture_check_plan_list(db, session_db_queries, NULL);
    fixture_check_plan_list(db, run_db_queries, NULL);
    fixture_check_plan_list(db, view_db_queries, NULL);
}
