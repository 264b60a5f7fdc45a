#include "base/num.h"
#include "domain/submission/work_priv.h"

struct submissions *submission_module(struct arena *a, const struct submissions_conf *conf)
{
    struct submissions *s = ARENA_NEW(a, struct submissions);
    s->conf = *conf;
    return s;
}

enum err work_files(struct db_conn *c, struct str tenant, struct str snapshot_id, struct arena *a,
                    struct sandbox_file **out, size_t *n, struct fail *f)
{
    struct code code;
    TRY(session_snapshot_code(c, tenant, snapshot_id, a, &code, f));
    *n = code.n;
    *out = ARENA_ARRAY(a, struct sandbox_file, code.n);
    for (size_t i = 0; i < code.n; i++)
        (*out)[i] = (struct sandbox_file){ .path = code.files[i].path, .text = code.files[i].text };
    return ERR_OK;
}

void work_tell(struct submissions *s, struct str stream, const char *event, struct str data)
{
    struct fail f = { 0 };
    const struct hub_event e = { .event = str_of(event), .data = data };
    if (hub_publish(s->conf.hub, s->conf.tenant, stream, &e, 1, &f))
        log_fail(s->conf.log, "work.tell", &f);
}

struct str work_test_event(const struct judge_test *t, struct arena *a)
{
    return arena_fmt(a, "{\"number\":%lld,\"verdict\":\"%s\"}", (long long)t->test->number,
                     verdict_name(t->verdict));
}

/* --- starting a run or a submission --- */

static enum err code_of(struct http_req *req, const struct session *session,
                        const struct api_list *files, struct code *out, struct fail *f)
{
    struct str snapshot;
    int64_t rev = 0;
    if (!files->items)
        return session_draft(req->conn, req->tenant, session->id, req->arena, out, &snapshot, &rev,
                             f);
    *out = (struct code){ files->items, files->n };
    return code_check(out, f);
}

static enum err plan_gate(struct http_req *req, const struct session *session,
                          const struct policy *p, struct fail *f)
{
    struct trace_event e;
    if (p->require_plan != GATE_GATE)
        return ERR_OK;
    enum err found =
        trace_last(req->conn, req->tenant, session->id, "plan_stated", req->arena, &e, f);
    if (found != ERR_NOT_FOUND)
        return found;
    return FAIL(f, ERR_FORBIDDEN, "policy.denied", "work.require_plan: no plan yet");
}

/* Runs (or submissions) of a session since a moment. */
typedef enum err since_fn(struct db_conn *c, struct str tenant, struct str session_id,
                          int64_t since, int64_t *n, struct fail *f);

static const struct rate {
    const char *name;
    size_t max_at; /* in struct policy */
    int64_t window_s, retry_after_s;
    since_fn *since;
} rates[] = {
    [WORK_RUN] = { "run.per_minute", offsetof(struct policy, runs_per_minute), 60, 15,
                   work_db_runs_since },
    [WORK_SUBMISSION] = { "submission.per_hour", offsetof(struct policy, submissions_per_hour),
                          3600, 300, work_db_submissions_since },
};
static_assert(COUNT_OF(rates) == WORK_KIND_COUNT, "a rate for each kind");

static enum err rate_check(struct http_req *req, const struct rate *rate,
                           const struct session *session, const struct policy *p, struct fail *f)
{
    int64_t n = 0, since = env_now(req->env) - rate->window_s * US_PER_S;
    int64_t max = *(const int64_t *)(const void *)((const char *)p + rate->max_at);
    TRY(rate->since(req->conn, req->tenant, session->id, since, &n, f));
    if (n < max)
        return ERR_OK;
    enum err e = FAIL(f, ERR_LIMIT, "limit.rate", "%s %lld", rate->name, (long long)max);
    f->retry_after_s = rate->retry_after_s;
    return e;
}

enum err work_ready(struct http_req *req, enum work_kind kind, struct str session_id,
                    const struct api_list *files, struct session *session, struct code *code,
                    struct fail *f)
{
    struct policy policy;
    TRY(session_owned(req, session_id, session, f));
    if (!str_eq(session->exercise_id, req->params[0]))
        return FAIL(f, ERR_NOT_FOUND, "not_found", "the session is of another exercise");
    TRY(session_policy(req->conn, req->tenant, session, req->arena, &policy, f));
    TRY(rate_check(req, &rates[kind], session, &policy, f));
    TRY(plan_gate(req, session, &policy, f));
    return code_of(req, session, files, code, f);
}

const char *const work_states[] = { "queued", "running", "done", "failed", "cancelled", NULL };

enum err work_accepted(struct http_req *req, struct http_res *res, const char *things,
                       struct accepted_out *out, struct str job_id, struct fail *f)
{
    struct submissions *s = req->self;
    out->state = STR("queued");
    res->location = arena_fmt(req->arena, "/api/v1/%s/%.*s", things, STR_ARG(out->id));
    out->events = arena_fmt(req->arena, "%.*s/events", STR_ARG(res->location));
    TRY(jobs_position(s->conf.jobs, req->conn, job_id, &out->position, f));
    res->status = 202;
    res->out = out;
    return ERR_OK;
}
