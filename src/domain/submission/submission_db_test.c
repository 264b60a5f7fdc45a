/* The statements of submission: each finds its rows by an index, on both engines. */
#include "domain/submission/work_priv.h"
#include "support/db_fixture.h"

/* Results of one run or grading, in the order of its tests: at most 100. */
static const char *const sorts[] = { "work.results", NULL };

TEST_BOTH(every_statement_of_submission_finds_its_rows_by_an_index)
{
    fixture_check_plan_list(db, work_db_queries, sorts);
}
