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

struct str work_test_event(const struct judge_test *t, bool visible, struct arena *a)
{
    if (!visible)
        return arena_fmt(a, "{\"number\":%lld,\"visibility\":\"hidden\"}",
                         (long long)t->test->number);
    return arena_fmt(a, "{\"number\":%lld,\"verdict\":\"%s\"}", (long long)t->test->number,
                     verdict_name(t->verdict));
}

enum err work_code(struct http_req *req, const struct session *session,
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

enum err work_plan_gate(struct http_req *req, const struct session *session, const struct policy *p,
                        struct fail *f)
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
