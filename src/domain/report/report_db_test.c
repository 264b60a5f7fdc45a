/* The statements of report, on both engines. */
#include "domain/report/report_priv.h"
#include "support/db_fixture.h"

TEST_BOTH(a_student_without_work_has_an_empty_report_and_no_session)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct db_conn *c = NULL;
    struct worked_exercise *worked = NULL;
    struct day_row *days = NULL;
    struct newest_session newest;
    int64_t rungs[5] = { 0 };
    size_t n = 1, day_n = 1;
    bool before = true;
    struct str nobody = TENANT_B, name;
    CHECK_INT(db_conn_open(db, &c, &f), ERR_OK);
    CHECK_INT(db_conn_tenant(c, TENANT_A, &f), ERR_OK);
    CHECK_INT(report_db_exercises(c, TENANT_A, nobody, &a, &worked, &n, &f), ERR_OK);
    CHECK_INT(report_db_days(c, TENANT_A, nobody, 0, &a, &days, &day_n, &f), ERR_OK);
    CHECK_INT(report_db_rungs(c, TENANT_A, nobody, rungs, &f), ERR_OK);
    CHECK_INT(report_db_read_before(c, TENANT_A, nobody, nobody, 0, &before, &f), ERR_OK);
    CHECK_INT(report_db_newest(c, TENANT_A, TENANT_B, nobody, &a, &newest, &f), ERR_NOT_FOUND);
    CHECK_INT(report_db_name(c, TENANT_A, nobody, &a, &name, &f), ERR_NOT_FOUND);
    CHECK(n == 0 && day_n == 0 && !before && rungs[0] == 0 && rungs[4] == 0);
    db_conn_close(c);
}

TEST_BOTH(every_statement_of_report_finds_its_rows_by_an_index)
{
    fixture_check_plan_list(db, report_db_queries, NULL);
}
