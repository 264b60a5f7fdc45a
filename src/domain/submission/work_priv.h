#pragma once
/* What the files of runs and submissions share (the judging core has judge_priv.h). */
#include "domain/submission/submission.h"

#define GRADER_VERSION "judge/1"
enum { INPUT_EVENT_CHARS = 4000, MESSAGE_BYTES = 480 };

struct submissions {
    struct submissions_conf conf;
};

/* --- outcome.c: results in and out of their stored form --- */
struct str outcome_diagnostics_json(const struct diagnostic *d, size_t n, struct arena *a);
/* Payload of run_finished; *text is its text part (messages). */
struct json outcome_run_payload(const struct run_row *run, const struct diagnostic *d, size_t n,
                                struct arena *a, struct json *text);
/* Payload of tests_finished. Only visible tests enter the vector; counts hold all that ran. */
struct tests_event {
    struct str run_id, submission_id; /* one of both */
    const char *cause;
    const struct judge_result *result;
};
struct json outcome_tests_payload(const struct tests_event *e, struct arena *a);
struct str outcome_explanation_json(const struct judge_result *r, struct arena *a);
/* What a run's own verdict is when it ran tests: what stopped it, else "ok". */
enum verdict outcome_run_verdict(const struct judge_result *r);

/* One stored test result. */
struct result_row {
    struct str test_id, verdict, actual, message /* {"es","en"} */;
    int64_t points_mp, wall_ms, cpu_ms, memory_kib, exit_code, signal, tries;
};
struct result_row outcome_result_row(const struct judge_test *t, struct arena *a);
struct str outcome_message(struct str message_json, struct str lang, struct arena *a);

/* --- the API's shapes, shared by runs and submissions --- */
struct diag_out {
    struct str phase, severity, file, code, family, message, raw;
    int64_t line, column, end_line, end_column;
};
struct test_out {
    int64_t number, points, max_points, wall_ms, cpu_ms, memory_kib;
    struct str id, title, visibility, kind, verdict, call, stdin_text, expected, actual,
        stdout_text, message;
};
extern const struct api_shape diag_shape, test_shape;
enum err outcome_diags_out(struct str diagnostics_json, struct str lang, struct arena *a,
                           struct api_list *out, struct fail *f);
/* Stored rows as a person may see them: visible tests whole; hidden ones counted. */
struct seen_results {
    struct api_list tests; /* struct test_out */
    int64_t hidden_passed, hidden_total;
};
struct seen_results outcome_seen(const struct exercise *x, const struct result_row *rows, size_t n,
                                 struct str lang, struct arena *a);

/* --- work_db.c --- */
enum err work_db_results_insert(struct db_tx *tx, const char *owner_kind, struct str owner_id,
                                const struct result_row *rows, size_t n, struct fail *f);
enum err work_db_results(struct db_conn *c, struct str tenant, struct str owner_id, struct arena *a,
                         struct result_row **out, size_t *n, struct fail *f);
/* Runs (or submissions) of a session since a moment: for the policy's limits. */
enum err work_db_runs_since(struct db_conn *c, struct str tenant, struct str session_id,
                            int64_t since, int64_t *n, struct fail *f);
enum err work_db_submissions_since(struct db_conn *c, struct str tenant, struct str session_id,
                                   int64_t since, int64_t *n, struct fail *f);

struct submission_row {
    struct str id, session_id, exercise_id, version_id, user_id, snapshot_id, language;
    int64_t attempt, created_at;
    /* the current grading */
    struct str grading_id, state, verdict, diagnostics, explanation;
    int64_t passed, total, score_mp, done_at;
};
enum err work_db_submission_insert(struct db_tx *tx, struct submission_row *s, struct fail *f);
enum err work_db_submission(struct db_conn *c, struct str tenant, struct str id, struct arena *a,
                            struct submission_row *out, struct fail *f);
enum err work_db_submissions(struct db_conn *c, const struct user *u, struct str session_id,
                             struct str exercise_id, struct arena *a, struct submission_row **out,
                             size_t *n, struct fail *f);
enum err work_db_grading_state(struct db_tx *tx, struct str grading_id, const char *from,
                               const char *to, struct fail *f);
enum err work_db_grading_done(struct db_tx *tx, const struct submission_row *row,
                              const struct judge_result *r, int64_t now, struct fail *f);
enum err work_db_grading_failed(struct db_tx *tx, struct str submission_id, int64_t now,
                                struct fail *f);

/* --- shared by both jobs --- */
/* Files of a snapshot as the judge takes them. */
enum err work_files(struct db_conn *c, struct str tenant, struct str snapshot_id, struct arena *a,
                    struct sandbox_file **out, size_t *n, struct fail *f);
/* Publishes one event in a unit of its own; a stream that cannot be told is no reason to stop
 * judging. */
void work_tell(struct submissions *s, struct str stream, const char *event, struct str data);
/* Of a visible test: a hidden one is never told about by itself. */
struct str work_test_event(const struct judge_test *t, struct arena *a);

/* --- shared by both routes that start something --- */
enum work_kind { WORK_RUN, WORK_SUBMISSION, WORK_KIND_COUNT };
/* The asking person's session of the exercise params[0], once nothing stands against working in it,
 * and the code: what the act sends, or the draft when it sends none. ERR_LIMIT limit.rate: too many
 * of the kind lately. ERR_FORBIDDEN policy.denied: a plan has to be stated first. */
enum err work_ready(struct http_req *req, enum work_kind kind, struct str session_id,
                    const struct api_list *files, struct session *session, struct code *code,
                    struct fail *f);
/* What both answer when the work is queued; `attempt` is a submission's. */
struct accepted_out {
    struct str id, state, events;
    int64_t position, attempt;
};
extern const char *const work_states[];
/* 202, where to find it, and its place in the queue. `things` is the path's word. */
enum err work_accepted(struct http_req *req, struct http_res *res, const char *things,
                       struct accepted_out *out, struct str job_id, struct fail *f);

/* Every statement of work_db.c, NULL at the end: for the test of their plans. */
extern const struct db_query *const work_db_queries[];
