/* The statements of course: each finds its rows by an index, on both engines. */
#include "domain/course/course_priv.h"
#include "support/db_fixture.h"

/* People of one course, by name: at most 2 000, and users are not kept by course. */
static const char *const sorts[] = { "course.roster", NULL };

TEST_BOTH(every_statement_of_course_finds_its_rows_by_an_index)
{
    fixture_check_plan_list(db, course_db_queries, sorts);
}
