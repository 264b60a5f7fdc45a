#include "app/app.h"

#include "base/time.h"

#include <stdio.h>

/* The marked demo course: three people, one course, every exercise the program carries. Runs again
 * without harm. */

struct demo_person {
    const char *email, *name;
    unsigned roles;
    enum course_role course;
};
static const struct demo_person people[] = {
    { "estudiante@demo.example", "Lucía Ferreyra", ROLE_STUDENT, COURSE_STUDENT },
    { "estudiante2@demo.example", "Tomás Aguirre", ROLE_STUDENT, COURSE_STUDENT },
    { "docente@demo.example", "Marcela Quiroga", ROLE_TEACHER, COURSE_TEACHER },
    { "admin@demo.example", "Admin de demostración", ROLE_ADMIN | ROLE_TEACHER, COURSE_NONE },
};

struct seeding {
    struct app *app;
    struct str ids[COUNT_OF(people)];
};

static enum err person_ensure(struct seeding *s, struct db_conn *c, size_t i, struct fail *f)
{
    struct app *app = s->app;
    struct user found;
    enum err e = user_by_email(app->users, c, str_of(people[i].email), &app->arena, &found, f);
    if (e == ERR_OK) {
        s->ids[i] = found.id;
        return ERR_OK;
    }
    if (e != ERR_NOT_FOUND)
        return e;
    const struct user_new in = { .email = str_of(people[i].email),
                                 .name = str_of(people[i].name),
                                 .password = STR(DEMO_PASSWORD),
                                 .locale = STR("es"),
                                 .roles = people[i].roles,
                                 .is_test = true };
    return user_make(app->users, &in, &app->arena, &s->ids[i], f);
}

static enum err people_ensure(struct seeding *s, struct fail *f)
{
    struct db_conn *c = NULL;
    TRY(db_conn_open(s->app->db, &c, f));
    enum err e = db_conn_tenant(c, s->app->tenant, f);
    for (size_t i = 0; e == ERR_OK && i < COUNT_OF(people); i++)
        e = person_ensure(s, c, i, f);
    db_conn_close(c);
    return e;
}

static enum err course_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct seeding *s = arg;
    const struct env *env = s->app->env;
    struct str course;
    struct civil today = time_civil(env_now(env));
    const int64_t day_us = INT64_C(86400) * US_PER_S;
    const struct course_new in = { .subject_code = STR("prog1"),
                                   .subject_name = STR("Programación 1"),
                                   .language = STR("es"),
                                   .name = STR("Programación I (demostración)"),
                                   .term = arena_fmt(db_tx_arena(tx), "%d", today.year),
                                   .starts_at = time_days(today.year, 1, 1) * day_us,
                                   .ends_at = time_days(today.year + 1, 1, 1) * day_us };
    TRY(course_ensure(tx, env, &in, db_tx_arena(tx), &course, f));
    for (size_t i = 0; i < COUNT_OF(people); i++)
        if (people[i].course != COURSE_NONE)
            TRY(course_enrol(tx, env, course, s->ids[i], people[i].course, f));
    return ERR_OK;
}

enum err app_demo(struct app *app, struct fail *f)
{
    struct seeding s = { .app = app };
    int64_t published = 0;
    if (str_is(conf_text(app->conf, "env"), "prod"))
        return FAIL(f, ERR_FORBIDDEN, "config.prod", "demo content is refused in prod");
    TRY(people_ensure(&s, f));
    TRY(exercise_sync(app->exercises, app->db, app->env, app->tenant, s.ids[2], &published, f));
    TRY(db_write(app->db, app->tenant, course_unit, &s, f));
    (void)printf("  Demo course with these people, password %s for all:\n", DEMO_PASSWORD);
    for (size_t i = 0; i < COUNT_OF(people); i++)
        (void)printf("    %-28s %s\n", people[i].email, people[i].name);
    return ERR_OK;
}
