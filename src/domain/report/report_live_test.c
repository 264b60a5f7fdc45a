/* The live view's thread, on both engines: from a touch to the subscriber. */
#include "domain/report/report_priv.h"
#include "support/db_fixture.h"

#define STUDENT STR("01930000-0000-7000-8000-0000000000aa")

static const struct log quiet = { .clock = &clock_real, .fd = 2, .level = LOG_ERROR };

struct made {
    struct arena *a;
    struct str name, course;
};

static enum err course_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct made *m = arg;
    const struct course_new in = { .subject_code = STR("P1"),
                                   .subject_name = STR("Programming"),
                                   .name = m->name,
                                   .term = STR("2026"),
                                   .language = STR("es"),
                                   .starts_at = 1,
                                   .ends_at = 2 };
    TRY(course_ensure(tx, &env_real, &in, m->a, &m->course, f));
    return course_enrol(tx, &env_real, m->course, STUDENT, COURSE_STUDENT, f);
}

static struct str course_of_the_student(struct db *db, struct str name, struct arena *a)
{
    struct fail f = { 0 };
    struct made m = { .a = a, .name = name };
    CHECK_INT(db_write(db, TENANT_A, course_unit, &m, &f), ERR_OK);
    return m.course;
}

static void add_student(struct db *db)
{
    struct fail f = { 0 };
    CHECK_INT(fixture_exec(db, TENANT_A,
                           "INSERT INTO users (tenant_id, id, name, sort_name, prefs, state, "
                           "created_at, updated_at) VALUES "
                           "('01930000-0000-7000-8000-00000000000a', "
                           "'01930000-0000-7000-8000-0000000000aa', 'Ana', 'ana', '{}', 'active', "
                           "1, 1)",
                           &f),
              ERR_OK);
}

static void ignore_wake(void *) {}

/* Waits up to 2 s, the promise of the live view. */
static bool hears(struct hub_sub *s, struct arena *a, struct hub_event *e)
{
    for (int i = 0; i < 200; i++) {
        if (hub_next(s, a, e) == HUB_EVENT)
            return true;
        clock_sleep((int64_t)10 * US_PER_MS);
    }
    return false;
}

/* A live view of one student and what a teacher of some courses would hear. */
struct live_fixture {
    struct hub *hub;
    struct report *report;
    struct session_watch watch;
};

static struct live_fixture live_open(struct db *db)
{
    struct live_fixture l = { 0 };
    struct fail f = { 0 };
    const struct hub_conf hub_conf = {
        .db = db, .env = &env_real, .log = &quiet, .streams_max = 10
    };
    add_student(db);
    CHECK_INT(hub_open(&l.hub, &hub_conf, &f), ERR_OK);
    const struct report_conf conf = { db, l.hub, &env_real, &quiet, TENANT_A };
    CHECK_INT(report_open(&l.report, &conf, &f), ERR_OK);
    l.watch = report_watch(l.report);
    return l;
}

static struct hub_sub *listen_to(struct live_fixture *l, struct str course, struct arena *a)
{
    struct hub_sub *sub = NULL;
    struct fail f = { 0 };
    const struct hub_follow what = { .tenant = TENANT_A,
                                     .stream = live_stream(a, course, STR("en")),
                                     .wake = ignore_wake };
    CHECK_INT(hub_subscribe(l->hub, &what, &sub, &f), ERR_OK);
    live_watch(l->report, course);
    return sub;
}

static void live_close(struct live_fixture *l)
{
    report_close(l->report);
    hub_close(l->hub);
}

TEST_BOTH(a_touched_student_of_a_watched_course_is_told_within_two_seconds)
{
    AUTO_ARENA a = { 0 };
    struct hub_event e = { 0 };
    struct live_fixture l = live_open(db);
    struct str course = course_of_the_student(db, STR("P1 A"), &a);
    struct hub_sub *sub = listen_to(&l, course, &a);
    l.watch.touched(l.watch.self, TENANT_A, course, STUDENT);
    bool heard = hears(sub, &a, &e);
    hub_unsubscribe(sub);
    live_close(&l);
    CHECK(heard);
    CHECK_STR(e.event, "student");
    CHECK(str_has(e.data, STR("\"name\":\"Ana\"},\"state\":\"not_started\"")));
    CHECK(str_has(e.data, STR("\"code\":\"no_session\"")));
}

/* The rows of both courses are the same text, and each is news where it is read. */
TEST_BOTH(a_student_of_two_courses_is_told_in_both)
{
    AUTO_ARENA a = { 0 };
    struct hub_event e = { 0 };
    struct live_fixture l = live_open(db);
    struct str one = course_of_the_student(db, STR("P1 A"), &a);
    struct str other = course_of_the_student(db, STR("P1 B"), &a);
    struct hub_sub *of_one = listen_to(&l, one, &a), *of_other = listen_to(&l, other, &a);
    l.watch.touched(l.watch.self, TENANT_A, one, STUDENT);
    l.watch.touched(l.watch.self, TENANT_A, other, STUDENT);
    bool heard_one = hears(of_one, &a, &e), heard_other = hears(of_other, &a, &e);
    hub_unsubscribe(of_one);
    hub_unsubscribe(of_other);
    live_close(&l);
    CHECK(heard_one && heard_other);
}

TEST(a_course_whose_watch_is_over_makes_room_for_another)
{
    AUTO_ARENA a = { 0 };
    struct clock_fixed clock;
    clock_fixed_init(&clock, 0);
    const struct env env = { &clock.base, &rng_real };
    struct report r = { .conf = { .env = &env }, .lock = PTHREAD_MUTEX_INITIALIZER };
    struct session_watch watch = report_watch(&r);
    for (int i = 0; i < WATCHED_MAX; i++)
        live_watch(&r, arena_fmt(&a, "course %d", i));
    live_watch(&r, STR("one too many"));
    watch.touched(&r, TENANT_A, STR("one too many"), STUDENT);
    CHECK_INT(r.dirty_n, 0);
    clock.at_us += INT64_C(13) * 3600 * US_PER_S;
    live_watch(&r, STR("one of today"));
    watch.touched(&r, TENANT_A, STR("one of today"), STUDENT);
    CHECK_INT(r.dirty_n, 1);
    CHECK_INT(r.watched_n, WATCHED_MAX);
}
