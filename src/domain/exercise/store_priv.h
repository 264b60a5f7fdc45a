#pragma once
/* What the files of the store share (packages have exercise_priv.h). */
#include "domain/exercise/exercise.h"

#include <pthread.h>

struct skill {
    struct str id;
    struct exercise_text title;
    const struct str *parents;
    size_t parent_count;
};
/* Where an exercise stands in the shipped course. */
struct outline_item {
    struct str slug;
    int64_t unit;  /* number of the unit */
    int64_t order; /* over the whole course, from 1 */
};
/* A version in memory; the list only grows. */
struct cached {
    struct cached *next;
    struct str tenant;
    struct exercise *x;
};
struct exercises {
    struct arena *a; /* of the caller: skills, outline */
    const struct skill *skills;
    size_t skill_count;
    const struct outline_item *outline;
    size_t outline_count;
    pthread_mutex_t lock; /* guards the two below */
    struct arena versions;
    struct cached *first;
};
/* NULL when the course does not have it. */
const struct outline_item *outline_of(const struct exercises *x, struct str slug);
const struct skill *skill_of(const struct exercises *x, struct str id);

/* --- exercise_db.c --- */
struct exercise_row {
    struct str id, version_id;
    int64_t version;
    struct hash content;
};
enum err exercise_db_by_slug(struct db_conn *c, struct str tenant, struct str slug, struct arena *a,
                             struct exercise_row *out, struct fail *f);
enum err exercise_db_current(struct db_conn *c, struct str tenant, struct str id, struct arena *a,
                             struct str *version_id, struct fail *f);
/* Inserts the exercise when id is new, then the version with all its parts; x->version_id and test
 * rows are given. */
enum err exercise_db_publish(struct db_tx *tx, const struct env *env, struct exercise *x,
                             struct str owner, bool is_new, struct fail *f);
enum err exercise_db_skill(struct db_tx *tx, const struct env *env, const struct skill *s,
                           struct fail *f);
enum err exercise_db_skill_parent(struct db_tx *tx, struct str skill, struct str parent,
                                  struct fail *f);
/* Slug, number and files of a stored version; test rows by number. */
struct stored_version {
    struct str exercise_id, slug;
    int64_t number;
    struct folder_file *files;
    size_t file_count;
    struct str *test_rows; /* by number - 1 */
    size_t test_count;
};
enum err exercise_db_version(struct db_conn *c, struct str tenant, struct str version_id,
                             struct arena *a, struct stored_version *out, struct fail *f);
/* One card with the asking student's own state. */
struct card_row {
    struct str id, slug, version_id, session_id /* ptr NULL */, session_state;
    int64_t best_mp /* API_ABSENT */, submissions;
};
enum err exercise_db_cards(struct db_conn *c, struct str tenant, struct str user_id,
                           struct str id /* ptr NULL = all */, struct arena *a,
                           struct card_row **out, size_t *n, struct fail *f);

/* Every statement of exercise_db.c, NULL at the end: for the test of their plans. */
extern const struct db_query *const exercise_db_queries[];
