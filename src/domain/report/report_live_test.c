/* The live view's thread, on both engines: from a touch to the subscriber. */
#include "domain/report/report_priv.h"
#include "support/db_fixture.h"

#define STUDENT STR("01930000-0000-7000-8000-0000000000aa")

static const struct log quiet = { .clock = &clock_real, .fd = 2, .level = LOG_ERROR };

struct made {
    struct arena *a;
    struct str course;
};

static enum err course_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct made *m = arg;
    const struct course_new in = { .subject_code = STR("P1"),
                                   .subject_name = STR("Programming"),
                                   .name = STR("P1 A"),
                                   .term = STR("2026"),
                                   .language = STR("es"),
                                   .starts_at = 1,
                                   .ends_at = 2 };
    TRY(course_ensure(tx, &env_real, &in, m->a, &m->course, f));
    return course_enrol(tx, &env_real, m->course, STUDENT, COURSE_STUDENT, f);
}

static struct str course_with_one_student(struct db *db, struct arena *a)
{
    struct fail f = { 0 };
    struct made m = { .a = a };
    CHECK_INT(fixture_exec(db, TENANT_A,
                           "INSERT INTO users (tenant_id, id, name, sort_name, prefs, state, "
                           "created_at, updated_at) VALUES "
                           "('01930000-0000-7000-8000-00000000000a', "
                           "'01930000-0000-7000-8000-0000000000aa', 'Ana', 'ana', '{}', 'active', "
                           "1, 1)",
                           &f),
              ERR_OK);
    CHECK_INT(db_write(db, TENANT_A, course_unit, &m, &f), ERR_OK);
    return m.course;
}

static void ignore_wake(void *) {}

/* Waits up to 2 s, the promise of the live view. */
static bool hears(struct hub_sub *s, struct arena *a, struct hub_event *e)
{
    for (int i = 0; i < 200; i++) {
        if (hub_next(s, a, e) == HUB_EVENT)
            return true;
        clock_sleep(10 * US_PER_MS);
    }
    return false;
}

TEST_BOTH(a_touched_student_of_a_watched_course_is_told_within_two_seconds)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct hub *hub = NULL;
    struct hub_sub *sub = NULL;
    struct report *r = NULL;
    struct hub_event e = { 0 };
    struct str course = course_with_one_student(db, &a);
    const struct hub_conf hub_conf = {
        .db = db, .env = &env_real, .log = &quiet, .streams_max = 10
    };
    CHECK_INT(hub_open(&hub, &hub_conf, &f), ERR_OK);
    const struct report_conf conf = { db, hub, &env_real, &quiet, TENANT_A };
    CHECK_INT(report_open(&r, &conf, &f), ERR_OK);
    struct str stream = live_stream(&a, course, STR("en"));
    const struct hub_follow what = { .tenant = TENANT_A, .stream = stream, .wake = ignore_wake };
    CHECK_INT(hub_subscribe(hub, &what, &sub, &f), ERR_OK);
    live_watch(r, course);
    struct session_watch watch = report_watch(r);
    watch.touched(watch.self, TENANT_A, course, STUDENT);
    bool heard = hears(sub, &a, &e);
    hub_unsubscribe(sub);
    report_close(r);
    hub_close(hub);
    CHECK(heard);
    CHECK_STR(e.event, "student");
    CHECK(str_has(e.data, STR("\"name\":\"Ana\"},\"state\":\"not_started\"")));
    CHECK(str_has(e.data, STR("\"code\":\"no_session\"")));
}
