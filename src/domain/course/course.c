#include "domain/course/course_priv.h"

struct courses *course_open(struct arena *a, struct db *db, const struct env *env)
{
    struct courses *cs = ARENA_NEW(a, struct courses);
    *cs = (struct courses){ db, env };
    return cs;
}

static const char *const role_names[] = { [COURSE_NONE] = "none",
                                          [COURSE_STUDENT] = "student",
                                          [COURSE_ASSISTANT] = "assistant",
                                          [COURSE_TEACHER] = "teacher" };

const char *course_role_name(enum course_role r)
{
    return role_names[r];
}

enum course_role course_role_named(struct str name)
{
    for (int r = COURSE_STUDENT; r <= COURSE_TEACHER; r++)
        if (str_is(name, role_names[r]))
            return (enum course_role)r;
    return COURSE_NONE;
}

enum err course_role_of(struct db_conn *c, struct str tenant, struct str course_id,
                        struct str user_id, enum course_role *out, struct fail *f)
{
    AUTO_ARENA a = { 0 };
    struct str role = { 0 };
    TRY(course_db_role(c, tenant, course_id, user_id, &a, &role, f));
    *out = course_role_named(role);
    return ERR_OK;
}

enum err course_ensure(struct db_tx *tx, const struct env *env, const struct course_new *in,
                       struct arena *a, struct str *id, struct fail *f)
{
    struct str subject;
    TRY(course_db_subject_ensure(tx, env, in, &subject, f));
    enum err found = course_db_find(tx, subject, in, a, id, f);
    if (found != ERR_NOT_FOUND)
        return found;
    *id = env_id(env, a);
    return course_db_insert(tx, *id, subject, in, env_now(env), f);
}

enum err course_enrol(struct db_tx *tx, const struct env *env, struct str course_id,
                      struct str user_id, enum course_role role, struct fail *f)
{
    assert(role != COURSE_NONE);
    return course_db_enrol(tx, env_id(env, db_tx_arena(tx)), course_id, user_id, role_names[role],
                           env_now(env), f);
}
