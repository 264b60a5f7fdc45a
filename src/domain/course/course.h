#pragma once
/*
 * course - runs of a subject, who is enrolled in which role, the outline of units.
 *
 * A course role counts only while the enrolment is active. Staff = assistant or teacher of that
 * course. Threads: functions run on the caller's connection or transaction.
 */
#include "domain/user/user.h"

enum course_role { COURSE_NONE, COURSE_STUDENT, COURSE_ASSISTANT, COURSE_TEACHER };

struct courses; /* the module */
struct courses *course_open(struct arena *a, struct db *db, const struct env *env);

extern const struct http_route course_routes[];
extern const size_t course_route_count;

/* COURSE_NONE when not enrolled or the enrolment is not active. */
enum err course_role_of(struct db_conn *c, struct str tenant, struct str course_id,
                        struct str user_id, enum course_role *out, struct fail *f);
static inline bool course_is_staff(enum course_role r)
{
    return r >= COURSE_ASSISTANT;
}
/* The course a student's practice belongs to: the newest active enrolment; ptr NULL when none.
 * *course_id in `a`. */
enum err course_current(struct db_conn *c, struct str tenant, struct str user_id, struct arena *a,
                        struct str *course_id, struct fail *f);

/* Students of a course, by sort name: for live views. */
struct course_member {
    struct str user_id, name;
    enum course_role role;
};
enum err course_members(struct db_conn *c, struct str tenant, struct str course_id, struct arena *a,
                        struct course_member **out, size_t *n, struct fail *f);
/* True when `staff` is staff of any course in which `student` is enrolled. */
enum err course_teaches(struct db_conn *c, struct str tenant, struct str staff_id,
                        struct str student_id, bool *out, struct fail *f);

/* For seeds and commands: makes subject and course when absent, returns the id. */
struct course_new {
    struct str subject_code, subject_name, name, term, language;
    int64_t starts_at, ends_at;
};
enum err course_ensure(struct db_tx *tx, const struct env *env, const struct course_new *in,
                       struct arena *a, struct str *id, struct fail *f);
enum err course_enrol(struct db_tx *tx, const struct env *env, struct str course_id,
                      struct str user_id, enum course_role role, struct fail *f);
const char *course_role_name(enum course_role r);
