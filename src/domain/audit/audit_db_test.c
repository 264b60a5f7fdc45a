/* The statements of audit: each finds its rows by an index, on both engines. */
#include "domain/audit/audit_priv.h"
#include "support/db_fixture.h"

TEST_BOTH(every_statement_of_audit_finds_its_rows_by_an_index)
{
    fixture_check_plan_list(db, audit_db_queries, NULL);
}
