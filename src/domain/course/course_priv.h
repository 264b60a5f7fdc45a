#pragma once
/* What the files of course share. */
#include "domain/course/course.h"

struct courses {
    struct db *db;
    const struct env *env;
};
enum course_role course_role_named(struct str name);

/* A course as a member sees it. */
struct course_row {
    struct str id, name, term, subject, state;
    struct str role; /* of the asking person */
    int64_t students;
};
/* --- course_db.c --- */
/* ptr NULL when not enrolled or not active. */
enum err course_db_role(struct db_conn *c, struct str tenant, struct str course_id,
                        struct str user_id, struct arena *a, struct str *role, struct fail *f);
/* Mine, newest first; course_id ptr NULL = all. */
enum err course_db_mine(struct db_conn *c, const struct user *u, struct str course_id,
                        struct arena *a, struct course_row **out, size_t *n, struct fail *f);
struct roster_row {
    struct str user_id, name, role, state;
};
enum err course_db_roster(struct db_conn *c, struct str tenant, struct str course_id,
                          struct arena *a, struct roster_row **out, size_t *n, struct fail *f);
enum err course_db_subject_ensure(struct db_tx *tx, const struct env *env,
                                  const struct course_new *in, struct str *id, struct fail *f);
enum err course_db_find(struct db_tx *tx, struct str subject, const struct course_new *in,
                        struct arena *a, struct str *id, struct fail *f);
enum err course_db_insert(struct db_tx *tx, struct str id, struct str subject,
                          const struct course_new *in, int64_t now, struct fail *f);
enum err course_db_enrol(struct db_tx *tx, struct str id, struct str course_id, struct str user_id,
                         const char *role, int64_t now, struct fail *f);

/* Every statement of course_db.c, NULL at the end: for the test of their plans. */
extern const struct db_query *const course_db_queries[];
