#pragma once
/*
 * session - one student's work on one exercise: state machine, workspace, snapshots, the event
 * intake, runs' rows.
 *
 * Owner of sessions, session_leases, workspaces, snapshots, runs, help_requests. Every act writes
 * its trace event in the same unit. The draft is the newest snapshot plus the code_edited events
 * after it; deltas are replayed and checked (evidence.md A.4). At most one session not closed per
 * (user, exercise) and purpose; a second open resumes it. Threads: struct sessions is shared and
 * immutable after session_open_module.
 */
#include "domain/course/course.h"
#include "domain/exercise/exercise.h"
#include "domain/policy/policy.h"
#include "domain/trace/trace.h"
#include "domain/user/user.h"
#include "io/hub/hub.h"
#include "io/jobs/jobs.h"

struct sessions; /* the module */
/* Who wants to know that something of a session changed: the live view. Called after commit, on the
 * writer's thread; short and without error. */
struct session_watch {
    void *self;
    void (*touched)(void *self, struct str tenant, struct str course_id, struct str user_id);
};
struct sessions_conf {
    struct exercises *exercises;
    struct session_watch watch; /* touched may be NULL */
    struct db *db;
    struct hub *hub;
    struct jobs *jobs;
    struct secret *secret; /* signs checkpoints */
    const struct env *env;
    const struct log *log;
    struct str tenant; /* of this process */
};
struct sessions *session_module(struct arena *a, const struct sessions_conf *conf);

/* Three tables: acts of the owner; sessions and evidence read by owner and staff. */
extern const struct http_route session_work_routes[], session_read_routes[], session_trace_routes[];
extern const size_t session_work_route_count, session_read_route_count, session_trace_route_count;

/* A session's row, as other modules need it. Everything in the caller's arena. */
struct session {
    struct str id, user_id, course_id /* ptr NULL */, exercise_id, version_id, state, purpose;
    struct str salt; /* 16 bytes */
    struct hash policy_hash;
    struct str end_reason; /* ptr NULL when not ended */
    int64_t opened_at, active_at, ended_at, last_run_at, best_score_mp /* API_ABSENT when none */,
        rev;
};
/* Up to 500 session ids after one ("" = from the oldest), ascending: for commands that walk all of
 * them. */
enum err session_ids_after(struct db_conn *c, struct str tenant, struct str after, struct arena *a,
                           struct str **ids, size_t *n, struct fail *f);
/* The two questions of a handler about the asking person: may they read this session (owner or
 * staff), may they act in it (owner). ERR_NOT_FOUND; ERR_FORBIDDEN: staff wants to act. */
enum err session_readable(struct http_req *req, struct str id, struct session *out, struct fail *f);
enum err session_owned(struct http_req *req, struct str id, struct session *out, struct fail *f);
/* By id only: for jobs. */
enum err session_row(struct db_conn *c, struct str tenant, struct str id, struct arena *a,
                     struct session *out, struct fail *f);
/* ERR_CONFLICT state.transition when it is not opened or resumed. Paused sessions are resumed by
 * work: call it inside the unit of an act of the student. */
enum err session_work(struct sessions *s, struct db_tx *tx, const struct session *session,
                      struct fail *f);
/* The effective policy of a session now. */
enum err session_policy(struct db_conn *c, struct str tenant, const struct session *session,
                        struct arena *a, struct policy *out, struct fail *f);

/* --- code --- */
struct code_file {
    struct str path, text;
};
struct code {
    struct code_file *files;
    size_t n;
};
extern const struct api_shape session_file_shape; /* struct code_file */
/* Checks count (1..50), sizes (512 KiB in all), plain relative paths. ERR_INPUT workspace.files. */
enum err code_check(const struct code *code, struct fail *f);
struct hash code_tree_hash(struct str salt, const struct code *code);
/* The present draft: newest snapshot with the later edits applied. */
enum err session_draft(struct db_conn *c, struct str tenant, struct str session_id, struct arena *a,
                       struct code *out, struct str *snapshot_id, int64_t *rev, struct fail *f);
/* Stores the code as a snapshot (deduplicated by tree hash) and its snapshot_taken event. *id in
 * the unit's arena. */
enum err session_snapshot(struct sessions *s, struct db_tx *tx, const struct session *session,
                          const struct code *code, const char *cause, struct str *id,
                          struct fail *f);
enum err session_snapshot_code(struct db_conn *c, struct str tenant, struct str snapshot_id,
                               struct arena *a, struct code *out, struct fail *f);

/* --- events by other modules --- */
/* trace_append plus sessions.active_at (acts of the student), the watch, and a checkpoint each 256
 * events. */
enum err session_event(struct sessions *s, struct db_tx *tx, const struct session *session,
                       const struct trace_new *e, struct trace_mark *mark, struct fail *f);
/* session_event for an event of our own making: it gets its id here, no browser's clock stands
 * behind it, and nobody asks for its mark. */
enum err session_note(struct sessions *s, struct db_tx *tx, const struct session *session,
                      const struct trace_new *e, struct fail *f);
/* Tells the course's live view that something of this session changed (after commit, at most 1/s
 * per session). */
enum err session_touch(struct sessions *s, struct db_tx *tx, const struct session *session,
                       struct fail *f);
/* After a grading: raises best_score_mp. */
enum err session_scored(struct db_tx *tx, struct str session_id, int64_t score_mp, struct fail *f);

/* --- runs (rows; the judging is submission's) --- */
struct run_row {
    struct str id, session_id, snapshot_id, kind, state, stdin_text;
    struct str verdict, out, err, diagnostics /* JSON */;
    int64_t exit_code, signal, wall_ms, cpu_ms, memory_kib, created_at, done_at;
};
enum err session_run_insert(struct db_tx *tx, const struct run_row *run, struct fail *f);
/* queued -> running; running -> done|failed|cancelled with results. ERR_CONFLICT state.transition.
 */
enum err session_run_state(struct db_tx *tx, struct str run_id, const char *from, const char *to,
                           struct fail *f);
enum err session_run_finish(struct db_tx *tx, const struct run_row *run, struct fail *f);
enum err session_run_get(struct db_conn *c, struct str tenant, struct str run_id, struct arena *a,
                         struct run_row *out, struct fail *f);
/* The newest finished run of a session; ERR_NOT_FOUND when none. */
enum err session_run_last(struct db_conn *c, struct str tenant, struct str session_id,
                          struct arena *a, struct run_row *out, struct fail *f);

/* Job kinds of this module: session.sweep (pauses after 30 min, abandons after 7 days),
 * trace.checkpoint. */
job_run session_sweep_run;
job_run session_checkpoint_run;
