#include "app/app.h"

/* Expired stream items and idempotency keys, few in one unit so that others write between. */
static enum err expiry_sweep_run(struct job_ctx *job, struct fail *f)
{
    enum { ROWS = 1'000 };
    struct app *app = job->self;
    for (int64_t items = ROWS, keys = ROWS; items == ROWS || keys == ROWS;) {
        TRY(job_check(job, f));
        TRY(hub_sweep(app->hub, ROWS, &items, f));
        TRY(http_keys_sweep(app->db, app->env, ROWS, &keys, f));
    }
    return ERR_OK;
}

/* The one table of job kinds (operations.md D2). */
const struct job_kind app_job_kinds[] = {
    { .name = "judge.run",
      .role = "judge",
      .workers = 4,
      .tries = 3,
      .timeout_ms = 30'000,
      .backoff_ms = 500,
      .backoff_cap_ms = 5'000,
      .run = judge_run_job,
      .dead = judge_run_dead,
      .self = offsetof(struct app, submissions) },
    { .name = "judge.submission",
      .role = "judge",
      .workers = 4,
      .tries = 3,
      .timeout_ms = 120'000,
      .backoff_ms = 1'000,
      .backoff_cap_ms = 10'000,
      .run = judge_submission_job,
      .dead = judge_submission_dead,
      .self = offsetof(struct app, submissions) },
    { .name = "tutor.reply",
      .role = "judge",
      .workers = 8,
      .tries = 3,
      .timeout_ms = 60'000,
      .backoff_ms = 500,
      .backoff_cap_ms = 5'000,
      .run = tutor_reply_job,
      .dead = tutor_reply_dead,
      .self = offsetof(struct app, tutor) },
    { .name = "session.sweep",
      .role = "worker",
      .workers = 1,
      .tries = 5,
      .timeout_ms = 60'000,
      .backoff_ms = 2'000,
      .backoff_cap_ms = 60'000,
      .run = session_sweep_run,
      .self = offsetof(struct app, sessions),
      .cron = "@every 60s" },
    { .name = "trace.checkpoint",
      .role = "worker",
      .workers = 1,
      .tries = 5,
      .timeout_ms = 60'000,
      .backoff_ms = 2'000,
      .backoff_cap_ms = 60'000,
      .run = session_checkpoint_run,
      .self = offsetof(struct app, sessions),
      .cron = "@every 15m" },
    { .name = "expiry.sweep",
      .role = "worker",
      .workers = 1,
      .tries = 5,
      .timeout_ms = 60'000,
      .backoff_ms = 2'000,
      .backoff_cap_ms = 60'000,
      .run = expiry_sweep_run,
      .self = offsetof(struct app, self),
      .cron = "@every 60m" },
};
const size_t app_job_kind_count = COUNT_OF(app_job_kinds);
