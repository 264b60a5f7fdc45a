#pragma once
/* What the files of session share. */
#include "domain/session/session.h"
#include "io/blob/blob.h"

enum {
    CODE_FILES_MAX = 50,
    CODE_BYTES_MAX = 512 * 1024,
    PATH_BYTES_MAX = 200,
    AUTOSAVE_EVERY_S = 60,
    EDITS_PER_SNAPSHOT = 500,
    LEASE_S = 60,
    LATE_HOURS = 72,
    PAUSE_AFTER_MIN = 30,
    ABANDON_AFTER_DAYS = 7,
    BATCH_EVENTS_MAX = 500,
};

struct sessions {
    struct sessions_conf conf;
};

/* --- code.c: pure --- */
/* {"inserted":[...]} and the changes of a code_edited event applied to a text. False when a range
 * is outside. */
bool code_apply(struct arena *a, const struct json *payload, const struct json *text,
                struct str *doc);
/* The list of a snapshot row: [{"path","sha256","bytes"}]. */
struct str code_manifest(struct arena *a, const struct code *code, const struct hash *names);
enum err code_of_manifest(struct db_conn *c, struct str tenant, struct str manifest,
                          struct arena *a, struct code *out, struct fail *f);
bool code_same(const struct code *a, const struct code *b);

/* --- draft.c --- */
/* A draft while it is being followed: base snapshot, the edits since, and whether they fit. */
struct draft {
    struct code code;
    struct str snapshot_id;
    int64_t snapshot_at;
    int64_t rev;   /* revision of the newest edit; 0 = none */
    int64_t edits; /* since the snapshot */
    bool lost;     /* an edit did not fit: no further one is applied until the next snapshot */
};
enum err draft_load(struct db_conn *c, struct str tenant, struct str session_id, struct arena *a,
                    struct draft *out, struct fail *f);
/* Follows one more edit. NULL = it fits; else the cause of the gap: "lost" or "replay_mismatch". */
const char *draft_follow(struct draft *d, struct arena *a, const struct json *payload,
                         const struct json *text);

/* --- session_db.c --- */
#define SESSION_COLUMNS_WITH(exercise)                                                             \
    "s.id, s.user_id, s.course_id, " exercise ", s.version_id, s.state, s.purpose, s.salt, "       \
    "s.policy_hash, s.opened_at, "                                                                 \
    "s.active_at, s.ended_at, s.last_run_at, s.best_score_mp, s.rev, s.end_reason"
#define SESSION_COLUMNS SESSION_COLUMNS_WITH("v.exercise_id")
enum { SESSION_COLUMN_COUNT = 16 };
enum err session_of_cells(const struct db_rows *r, size_t i, struct session *s, struct fail *f);
enum err session_db_open_one(struct db_conn *c, struct str tenant, struct str user_id,
                             struct str exercise_id, struct str purpose, struct arena *a,
                             struct str *id, struct fail *f);
enum err session_db_insert(struct db_tx *tx, const struct session *s, int64_t now, struct fail *f);
/* Changes the state if it is one of `from` ("opened|resumed") and, when rev >= 0, the revision is
 * rev. ERR_CONFLICT state.transition; ERR_PRECONDITION precondition.failed. */
struct session_move {
    struct str id;
    const char *from, *to;
    const char *end_reason; /* NULL = not ended */
    int64_t rev;            /* -1 = any */
    int64_t now;
};
enum err session_db_move(struct db_tx *tx, const struct session_move *m, struct fail *f);
enum err session_db_active(struct db_tx *tx, struct str id, int64_t now, struct fail *f);
enum err session_db_last_run(struct db_tx *tx, struct str id, int64_t now, struct fail *f);

struct snapshot_row {
    struct str id, session_id, cause, manifest;
    struct hash tree;
    int64_t bytes, created_at;
};
enum err session_db_snapshot_by_tree(struct db_conn *c, struct str tenant, struct str session_id,
                                     const struct hash *tree, struct arena *a, struct str *id,
                                     struct fail *f);
enum err session_db_snapshot_insert(struct db_tx *tx, const struct snapshot_row *row,
                                    struct fail *f);
enum err session_db_snapshot(struct db_conn *c, struct str tenant, struct str id, struct arena *a,
                             struct snapshot_row *out, struct fail *f);
struct workspace_row {
    struct str snapshot_id, open_path /* ptr NULL */;
    int64_t rev, updated_at;
};
enum err session_db_workspace(struct db_conn *c, struct str tenant, struct str session_id,
                              struct arena *a, struct workspace_row *out, struct fail *f);
/* rev 0 = insert; else update where rev matches. ERR_PRECONDITION precondition.failed. *rev = the
 * new one. */
enum err session_db_workspace_set(struct db_tx *tx, struct str session_id,
                                  const struct workspace_row *w, int64_t now, int64_t *rev,
                                  struct fail *f);
/* Moves the workspace to a snapshot without touching its revision: for snapshots of runs, turns,
 * submissions. */
enum err session_db_workspace_point(struct db_tx *tx, struct str session_id, struct str snapshot_id,
                                    struct fail *f);

struct lease_row {
    struct str client, login_session_id;
    int64_t fence, expires_at;
};
/* ERR_NOT_FOUND when there is none. */
enum err session_db_lease(struct db_conn *c, struct str tenant, struct str session_id,
                          struct arena *a, struct lease_row *out, struct fail *f);
enum err session_db_lease_set(struct db_tx *tx, struct str session_id, const struct lease_row *l,
                              int64_t now, struct fail *f);
enum err session_db_lease_drop(struct db_tx *tx, struct str session_id, struct str client,
                               struct fail *f);

/* --- view_db.c: a session as its view shows it, in one statement --- */
struct view_row {
    struct session session; /* exercise_id is not there: the version knows it */
    struct str user_name;
    struct trace_head head;
    int64_t levels; /* 1, 2, 4, 8: events of n1 to n4 occurred */
    bool reflected;
    int64_t runs, turns, submissions, pastes;
    struct lease_row lease; /* client ptr NULL: none */
    /* payloads of the newest such events, and the text of the newest plan; ptr NULL when none */
    struct str run, tests, reply, plan;
    int64_t tests_at;
};
/* ERR_NOT_FOUND. */
enum err view_db_one(struct db_conn *c, struct str tenant, struct str id, struct arena *a,
                     struct view_row *out, struct fail *f);
struct session_filter {
    struct str user_id;   /* ptr NULL = any */
    struct str course_id; /* ptr NULL = any */
    struct str state;     /* ptr NULL = any */
    struct str before_id; /* ptr NULL = newest */
    int64_t limit;
};
enum err view_db_list(struct db_conn *c, struct str tenant, const struct session_filter *q,
                      struct arena *a, struct view_row **out, size_t *n, struct fail *f);

/* 0 when the client is new. */
enum err session_db_client(struct db_conn *c, struct str tenant, struct str session_id,
                           struct str client, int64_t *last_seq, struct fail *f);
enum err session_db_client_set(struct db_tx *tx, struct str session_id, struct str client,
                               int64_t last_seq, int64_t skew_us, struct fail *f);
/* Sessions in `states` whose active_at is before the limit, at most 100. */
enum err session_db_stale(struct db_conn *c, struct str tenant, int64_t before, bool with_paused,
                          struct arena *a, struct session **out, size_t *n, struct fail *f);
/* Open sessions with events after their last checkpoint, at most 100. */
enum err session_db_uncheckpointed(struct db_conn *c, struct str tenant, int64_t before,
                                   struct arena *a, struct str **ids, size_t *n, struct fail *f);

/* --- session.c --- */
struct str policy_hash_hex(const struct session *s, struct arena *a);
/* session_owned on another connection: in a unit the writer reads it from its own memory, where a
 * reader would have lost its pages to the last commit. */
enum err session_of_owner(struct db_conn *c, const struct user *u, struct str id, struct arena *a,
                          struct session *out, struct fail *f);
/* session_event without sessions.active_at: for a batch, which sets it once. */
enum err session_append(struct sessions *s, struct db_tx *tx, const struct session *session,
                        const struct trace_new *e, struct trace_mark *mark, struct fail *f);
/* For a row that is there already: its owner or staff of its course. ERR_NOT_FOUND. */
enum err session_may_read(struct http_req *req, const struct session *session, struct fail *f);
/* Begins (or finds) the session of a user for an exercise. *made tells which. */
enum err session_open(struct sessions *s, struct db_conn *c, const struct user *u,
                      struct str exercise_id, struct arena *a, struct str *id, bool *made,
                      struct fail *f);
/* state: "paused", "resumed" or "closed", by the owner. rev from If-Match. */
enum err session_move(struct sessions *s, struct db_conn *c, const struct session *session,
                      struct str state, int64_t rev, struct fail *f);

/* --- intake.c --- */
struct batch_event {
    struct str event_id, type;
    int64_t client_at;
    struct api_json payload, text;
};
struct batch {
    struct str client;
    int64_t first, client_now;
    struct api_list events; /* struct batch_event */
};
struct refusal {
    int64_t i;
    struct str code;
};
struct batch_result {
    int64_t accepted, duplicates, expected /* when there is a hole */;
    struct refusal *refused;
    size_t refused_count;
    struct trace_head head;
};
/* One who sends: the user, and the session it is for. */
struct sender {
    const struct user *user;
    struct str session_id;
};
/* ERR_CONFLICT event.gap: out->expected says the number that should have come. Errors of
 * session_owned; state.transition: the session ended too long ago. */
enum err session_intake(struct sessions *s, const struct sender *from, const struct batch *in,
                        struct arena *a, struct batch_result *out, struct fail *f);

/* --- thought.c --- */
struct thought {
    struct str type, text, reason, about, expected, why, turn, verdict, how_checked, alternative;
    struct api_texts steps, answers;
    int64_t confidence, confidence_before, confidence_after;
};
enum err session_think(struct sessions *s, const struct session *session, const struct thought *in,
                       struct arena *a, struct str *event_id, int64_t *seq, struct fail *f);

/* --- lease.c --- */
enum err session_lease_take(struct sessions *s, const struct session *session, const struct user *u,
                            struct str client, bool take_over, struct lease_row *out,
                            struct arena *a, struct fail *f);
/* Gives the lease of `client` back; one that another client has taken meanwhile stays. */
enum err session_lease_drop(struct sessions *s, const struct session *session, struct str client,
                            struct fail *f);

/* --- workspace.c --- */
enum err session_save(struct sessions *s, const struct session *session, const struct code *code,
                      struct str open_path, int64_t if_match, int64_t *rev, struct fail *f);

/* A solved exercise is worth 100 points, whatever its tests weigh. */
#define SESSION_MAX_SCORE_MP INT64_C(100000)

/* Every statement of run_db.c, NULL at the end: for the test of their plans. */
extern const struct db_query *const run_db_queries[];

/* Every statement of session_db.c, NULL at the end: for the test of their plans. */
extern const struct db_query *const session_db_queries[];

/* Every statement of view_db.c, NULL at the end: for the test of their plans. */
extern const struct db_query *const view_db_queries[];
