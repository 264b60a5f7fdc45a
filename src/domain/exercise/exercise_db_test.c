/* The statements of exercise: each finds its rows by an index, on both engines. */
#include "domain/exercise/store_priv.h"
#include "support/db_fixture.h"

/* The catalogue, whole, at most 500. */
static const char *const sorts[] = { "exercise.cards", NULL };

TEST_BOTH(every_statement_of_exercise_finds_its_rows_by_an_index)
{
    fixture_check_plan_list(db, exercise_db_queries, sorts);
}
