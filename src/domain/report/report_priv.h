#pragma once
/* What the files of report share. */
#include "base/time.h"
#include "domain/measure/measure.h"
#include "domain/report/report.h"

#include <pthread.h>

enum { WATCHED_MAX = 64, DIRTY_MAX = 1024, TAIL_EVENTS = 300, INDICATOR_SESSIONS = 20 };

/* A course that somebody looks at. */
struct watched {
    char course[ID_TEXT + 1];
    int64_t until; /* monotonic; renewed when a stream is opened */
};
struct dirty {
    char course[ID_TEXT + 1], user[ID_TEXT + 1];
};
/* The last row sent for a student of a course, so that only changes are sent. */
struct sent {
    struct sent *next;
    char course[ID_TEXT + 1], user[ID_TEXT + 1];
    struct hash row;
};

struct report {
    struct report_conf conf;
    struct arena arena;
    struct db_conn *conn; /* of the thread */
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t wake;
    bool stop;
    struct watched watched[WATCHED_MAX];
    size_t watched_n;
    struct dirty dirty[DIRTY_MAX];
    size_t dirty_n;
    struct sent *sent; /* only the thread */
};

/* --- live.c --- */
enum live_state {
    LIVE_NOT_STARTED,
    LIVE_WORKING,
    LIVE_STUCK,
    LIVE_WAITING,
    LIVE_IDLE,
    LIVE_FINISHED,
    LIVE_OFFLINE,
    LIVE_STATE_COUNT
};
struct live_facts {
    bool has_session, accepted, help_waiting;
    int64_t attempt;
    int64_t runs;           /* of the whole session */
    struct measure_now now; /* of its newest events; passed and total of its newest test run */
};
struct live_view {
    enum live_state state;
    double confidence; /* NaN = none */
    int64_t since;     /* us; API_ABSENT = none */
    const char *why;   /* code of the reason */
};
/* Pure. */
struct live_view live_view_of(const struct live_facts *f, int64_t now);
const char *live_state_name(enum live_state s);
/* Whose view, in which language, at which moment. */
struct live_ask {
    struct db_conn *c;
    struct str tenant, course_id, lang;
    int64_t now;
};
/* One student of a course as JSON. */
enum err live_row(const struct live_ask *ask, const struct course_member *m, struct arena *a,
                  struct str *json, struct fail *f);
/* Students of a course, one JSON list. */
enum err live_snapshot(const struct live_ask *ask, struct arena *a, struct str *json,
                       struct fail *f);
void live_watch(struct report *r, struct str course_id);
/* The hub stream that carries a course's rows in a language (other than "en": es). */
struct str live_stream(struct arena *a, struct str course, struct str lang);

/* --- report_db.c --- */
struct newest_session {
    struct str id, exercise_id, title_json, state;
    int64_t runs, best_mp, attempt; /* attempt: of the accepted submission, API_ABSENT when none */
    bool help_waiting;
};
/* ERR_NOT_FOUND: no session in this course. */
enum err report_db_newest(struct db_conn *c, struct str tenant, struct str course_id,
                          struct str user_id, struct arena *a, struct newest_session *out,
                          struct fail *f);
struct worked_exercise {
    struct str exercise_id, slug, title_json, session_id, state;
    int64_t best_mp, runs, hints, active_at;
};
enum err report_db_exercises(struct db_conn *c, struct str tenant, struct str user_id,
                             struct arena *a, struct worked_exercise **out, size_t *n,
                             struct fail *f);
enum err report_db_rungs(struct db_conn *c, struct str tenant, struct str user_id, int64_t out[5],
                         struct fail *f);
struct day_row {
    int64_t day, runs, submissions, solved; /* day: days since 1970 UTC */
};
enum err report_db_days(struct db_conn *c, struct str tenant, struct str user_id, int64_t since,
                        struct arena *a, struct day_row **out, size_t *n, struct fail *f);
enum err report_db_name(struct db_conn *c, struct str tenant, struct str user_id, struct arena *a,
                        struct str *name, struct fail *f);
enum err report_db_read_before(struct db_conn *c, struct str tenant, struct str actor,
                               struct str target, int64_t since, bool *out, struct fail *f);
/* Events of a session from from_seq on, decoded. */
enum err report_events(struct db_conn *c, struct str tenant, struct str session_id,
                       int64_t from_seq, struct arena *a, struct measure_input *out,
                       struct fail *f);
struct str report_title(struct str title_json, struct str lang, struct arena *a);

/* Every statement of report_db.c, NULL at the end: for the test of their plans. */
extern const struct db_query *const report_db_queries[];
