/* The statements of tutor: each finds its rows by an index, on both engines. */
#include "domain/tutor/turn_priv.h"
#include "support/db_fixture.h"

/* One row for each fault of one student in one exercise. */
static const char *const sorts[] = { "turn.hint_last", NULL };

TEST_BOTH(every_statement_of_tutor_finds_its_rows_by_an_index)
{
    fixture_check_plan_list(db, turn_db_queries, sorts);
}
