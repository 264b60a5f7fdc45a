/* The statements of trace: each finds its rows by an index, on both engines. */
#include "domain/trace/trace_priv.h"
#include "support/db_fixture.h"

TEST_BOTH(every_statement_of_trace_finds_its_rows_by_an_index)
{
    fixture_check_plan_list(db, trace_db_queries, NULL);
}
