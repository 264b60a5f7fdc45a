#include "domain/session/session_priv.h"

#include "base/num.h"

struct sessions *session_module(struct arena *a, const struct sessions_conf *conf)
{
    struct sessions *s = ARENA_NEW(a, struct sessions);
    s->conf = *conf;
    return s;
}

struct str policy_hash_hex(const struct session *s, struct arena *a)
{
    return hash_hex(a, &s->policy_hash);
}

/* Whose the session is decides first; the course's staff only reads. */
static enum err may_read(struct db_conn *c, const struct user *u, const struct session *s,
                         struct fail *f)
{
    enum course_role role = COURSE_NONE;
    if (str_eq(s->user_id, u->id))
        return ERR_OK;
    if (s->course_id.ptr)
        TRY(course_role_of(c, u->tenant, s->course_id, u->id, &role, f));
    return course_is_staff(role) ? ERR_OK
                                 : FAIL(f, ERR_NOT_FOUND, "not_found", "not the owner, not staff");
}

static enum err look_at(struct db_conn *c, const struct user *u, struct str id, struct arena *a,
                        struct session *out, struct fail *f)
{
    TRY(session_row(c, u->tenant, id, a, out, f));
    return may_read(c, u, out, f);
}

enum err session_may_read(struct http_req *req, const struct session *session, struct fail *f)
{
    return may_read(req->conn, user_of(req), session, f);
}

enum err session_of_owner(struct db_conn *c, const struct user *u, struct str id, struct arena *a,
                          struct session *out, struct fail *f)
{
    TRY(look_at(c, u, id, a, out, f));
    return str_eq(out->user_id, u->id)
               ? ERR_OK
               : FAIL(f, ERR_FORBIDDEN, "forbidden", "only the owner acts in a session");
}

enum err session_readable(struct http_req *req, struct str id, struct session *out, struct fail *f)
{
    return look_at(req->conn, user_of(req), id, req->arena, out, f);
}

enum err session_owned(struct http_req *req, struct str id, struct session *out, struct fail *f)
{
    return session_of_owner(req->conn, user_of(req), id, req->arena, out, f);
}

enum err session_policy(struct db_conn *c, struct str tenant, const struct session *session,
                        struct arena *a, struct policy *out, struct fail *f)
{
    return policy_effective(c, tenant, session->course_id, (struct str){ 0 }, POLICY_PRACTICE, a,
                            out, f);
}

/* --- events --- */

struct touch {
    const struct session_watch *watch;
    struct str tenant, course_id, user_id;
};

static void touched(void *arg)
{
    const struct touch *t = arg;
    t->watch->touched(t->watch->self, t->tenant, t->course_id, t->user_id);
}

enum err session_touch(struct sessions *s, struct db_tx *tx, const struct session *session,
                       struct fail *)
{
    if (!s->conf.watch.touched || !session->course_id.ptr)
        return ERR_OK;
    struct touch *t = ARENA_NEW(db_tx_arena(tx), struct touch);
    *t = (struct touch){ &s->conf.watch, db_tx_tenant(tx), session->course_id, session->user_id };
    db_after_commit(tx, touched, t);
    return ERR_OK;
}

enum err session_append(struct sessions *s, struct db_tx *tx, const struct session *session,
                        const struct trace_new *e, struct trace_mark *mark, struct fail *f)
{
    TRY(trace_append(tx, s->conf.env, session->id, e, mark, f));
    if (!mark->repeated && mark->seq % TRACE_CHECKPOINT_EVERY == 0)
        TRY(trace_checkpoint(tx, s->conf.env, s->conf.secret, session->id, f));
    return ERR_OK;
}

enum err session_event(struct sessions *s, struct db_tx *tx, const struct session *session,
                       const struct trace_new *e, struct trace_mark *mark, struct fail *f)
{
    TRY(session_append(s, tx, session, e, mark, f));
    return e->actor == ACTOR_STUDENT ? session_db_active(tx, session->id, mark->at, f) : ERR_OK;
}

enum err session_note(struct sessions *s, struct db_tx *tx, const struct session *session,
                      const struct trace_new *e, struct fail *f)
{
    struct trace_mark mark;
    struct trace_new own = *e;
    own.id = env_id(s->conf.env, db_tx_arena(tx));
    own.client_at = INT64_MIN;
    return session_event(s, tx, session, &own, &mark, f);
}

/* --- opening --- */

struct opening {
    struct sessions *s;
    const struct user *user;
    const struct exercise *exercise;
    struct policy policy;
    struct session row;
    struct code starter;
};

static enum err opened_event(struct opening *o, struct db_tx *tx, struct fail *f)
{
    const struct json_member members[] = {
        { STR("exercise_version"), { .type = JS_TEXT, .s = o->row.version_id } },
        { STR("reason"), { .type = JS_TEXT, .s = STR("first") } },
    };
    const struct json payload = { .type = JS_OBJECT,
                                  .count = COUNT_OF(members),
                                  .members = members };
    return session_note(
        o->s, tx, &o->row,
        &(struct trace_new){ .type = "session_opened",
                             .actor = ACTOR_STUDENT,
                             .payload = &payload,
                             .policy_hash = policy_hash_hex(&o->row, db_tx_arena(tx)) },
        f);
}

static enum err open_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct opening *o = arg;
    struct str snapshot;
    int64_t now = env_now(o->s->conf.env), rev = 0;
    o->row.opened_at = o->row.active_at = now;
    TRY(session_db_insert(tx, &o->row, now, f));
    TRY(trace_begin(tx, &(struct trace_genesis){ o->row.id, db_tx_tenant(tx), now }, f));
    TRY(opened_event(o, tx, f));
    TRY(session_snapshot(o->s, tx, &o->row, &o->starter, "open", &snapshot, f));
    TRY(session_db_workspace_set(tx, o->row.id, &(struct workspace_row){ .snapshot_id = snapshot },
                                 now, &rev, f));
    return session_touch(o->s, tx, &o->row, f);
}

static struct code starter_of(const struct exercise *x, struct arena *a)
{
    struct code code = { ARENA_ARRAY(a, struct code_file, x->file_count), x->file_count };
    for (size_t i = 0; i < x->file_count; i++)
        code.files[i] =
            (struct code_file){ x->files[i].path,
                                x->files[i].starter.ptr ? x->files[i].starter : STR("") };
    return code;
}

static enum err opening_prepare(struct opening *o, struct db_conn *c, struct arena *a,
                                struct fail *f)
{
    char *salt = arena_alloc(a, 16, 1);
    env_random(o->s->conf.env, salt, 16);
    o->row = (struct session){ .id = env_id(o->s->conf.env, a),
                               .user_id = o->user->id,
                               .exercise_id = o->exercise->id,
                               .version_id = o->exercise->version_id,
                               .state = STR("opened"),
                               .purpose = STR("work"),
                               .salt = { salt, 16 },
                               .rev = 1 };
    TRY(course_current(c, o->user->tenant, o->user->id, a, &o->row.course_id, f));
    if (!o->row.course_id.ptr && (o->user->roles & ROLE_TEACHER))
        o->row.purpose = STR("trial");
    TRY(session_policy(c, o->user->tenant, &o->row, a, &o->policy, f));
    o->row.policy_hash = policy_hash(&o->policy);
    o->starter = starter_of(o->exercise, a);
    return ERR_OK;
}

static const char resumable[] = "paused|abandoned";

static enum err resume_if_paused(struct sessions *s, struct db_conn *c, const struct user *u,
                                 struct str id, struct arena *a, struct fail *f)
{
    struct session row;
    TRY(session_row(c, u->tenant, id, a, &row, f));
    return str_is(row.state, "paused") ? session_move(s, c, &row, STR("resumed"), -1, f) : ERR_OK;
}

enum err session_open(struct sessions *s, struct db_conn *c, const struct user *u,
                      struct str exercise_id, struct arena *a, struct str *id, bool *made,
                      struct fail *f)
{
    struct opening o = { .s = s, .user = u };
    *made = false;
    TRY(exercise_current(s->conf.exercises, c, u->tenant, exercise_id, &o.exercise, f));
    TRY(opening_prepare(&o, c, a, f));
    enum err found = session_db_open_one(c, u->tenant, u->id, exercise_id, o.row.purpose, a, id, f);
    if (found == ERR_OK)
        return resume_if_paused(s, c, u, *id, a, f);
    if (found != ERR_NOT_FOUND)
        return found;
    enum err e = db_write(s->conf.db, u->tenant, open_unit, &o, f);
    if (e == ERR_CONFLICT) /* another request of the same student was first */
        return session_db_open_one(c, u->tenant, u->id, exercise_id, o.row.purpose, a, id, f);
    *id = o.row.id;
    *made = e == ERR_OK;
    return e;
}

/* --- state machine (data-and-api.md 1.15) --- */

struct moving {
    struct sessions *s;
    const struct session *session;
    struct session_move move;
    const char *event;
    const char *reason;
    enum trace_actor actor;
    int64_t idle_ms; /* of session_abandoned */
};

static struct json move_payload(const struct moving *m, struct str snapshot,
                                struct json_member out[2])
{
    bool abandoned = strcmp(m->event, "session_abandoned") == 0;
    out[0] = abandoned ? (struct json_member){ STR("idle_ms"), { .type = JS_INT, .i = m->idle_ms } }
                       : (struct json_member){ STR("reason"),
                                               { .type = JS_TEXT, .s = str_of(m->reason) } };
    out[1] = (struct json_member){ STR("final_snapshot"), { .type = JS_TEXT, .s = snapshot } };
    return (struct json){ .type = JS_OBJECT, .count = snapshot.ptr ? 2 : 1, .members = out };
}

static enum err move_event(struct moving *m, struct db_tx *tx, struct fail *f)
{
    struct str snapshot = { 0 };
    struct code code;
    int64_t rev = 0;
    bool closing = strcmp(m->event, "session_closed") == 0;
    struct arena *a = db_tx_arena(tx);
    if (closing) {
        TRY(session_draft(db_tx_conn(tx), db_tx_tenant(tx), m->session->id, a, &code, &snapshot,
                          &rev, f));
        TRY(session_snapshot(m->s, tx, m->session, &code, "close", &snapshot, f));
    }
    struct json_member members[2];
    const struct json payload = move_payload(m, snapshot, members);
    TRY(session_note(
        m->s, tx, m->session,
        &(struct trace_new){ .type = m->event, .actor = m->actor, .payload = &payload }, f));
    return closing ? trace_checkpoint(tx, m->s->conf.env, m->s->conf.secret, m->session->id, f)
                   : ERR_OK;
}

static enum err move_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct moving *m = arg;
    struct str stream = arena_fmt(db_tx_arena(tx), "session:%.*s", STR_ARG(m->session->id));
    struct str data = arena_fmt(db_tx_arena(tx), "{\"state\":\"%s\"}", m->move.to);
    m->move.now = env_now(m->s->conf.env);
    TRY(session_db_move(tx, &m->move, f));
    TRY(move_event(m, tx, f));
    TRY(hub_publish_tx(m->s->conf.hub, tx, stream, STR("state"), data, f));
    return session_touch(m->s, tx, m->session, f);
}

enum err session_move(struct sessions *s, struct db_conn *, const struct session *session,
                      struct str state, int64_t rev, struct fail *f)
{
    struct moving m = { .s = s, .session = session, .actor = ACTOR_STUDENT, .reason = "button" };
    m.move = (struct session_move){ .id = session->id, .rev = rev };
    if (str_is(state, "paused")) {
        m.move.from = "opened|resumed";
        m.move.to = "paused";
        m.event = "session_paused";
    } else if (str_is(state, "resumed")) {
        m.move.from = resumable;
        m.move.to = "resumed";
        m.event = "session_resumed";
    } else {
        m.move.from = "opened|resumed|paused";
        m.move.to = "closed";
        m.move.end_reason = m.reason = "student";
        m.event = "session_closed";
    }
    return db_write(s->conf.db, s->conf.tenant, move_unit, &m, f);
}

enum err session_work(struct sessions *s, struct db_tx *tx, const struct session *session,
                      struct fail *f)
{
    if (str_is(session->state, "opened") || str_is(session->state, "resumed"))
        return ERR_OK;
    if (!str_is(session->state, "paused"))
        return FAIL(f, ERR_CONFLICT, "state.transition", "the session is %.*s",
                    STR_ARG(session->state));
    struct moving m = { .s = s,
                        .session = session,
                        .actor = ACTOR_STUDENT,
                        .reason = "button",
                        .event = "session_resumed" };
    m.move =
        (struct session_move){ .id = session->id, .rev = -1, .from = resumable, .to = "resumed" };
    return move_unit(tx, &m, f);
}

/* --- jobs --- */

static enum err sweep_one(struct sessions *s, struct str tenant, const struct session *session,
                          bool abandon, struct fail *f)
{
    struct moving m = { .s = s, .session = session, .actor = ACTOR_SYSTEM, .reason = "idle" };
    m.move = (struct session_move){ .id = session->id,
                                    .rev = -1,
                                    .from = abandon ? "opened|resumed|paused" : "opened|resumed",
                                    .to = abandon ? "abandoned" : "paused",
                                    .end_reason = abandon ? "idle" : NULL };
    m.event = abandon ? "session_abandoned" : "session_paused";
    m.idle_ms = (env_now(s->conf.env) - session->active_at) / US_PER_MS;
    enum err e = db_write(s->conf.db, tenant, move_unit, &m, f);
    return e == ERR_CONFLICT ? ERR_OK : e; /* the student moved it meanwhile */
}

enum err session_sweep_run(struct job_ctx *job, struct fail *f)
{
    struct sessions *s = job->self;
    const int64_t now = env_now(job->env);
    const int64_t limits[] = { now - (int64_t)ABANDON_AFTER_DAYS * 86400 * US_PER_S,
                               now - (int64_t)PAUSE_AFTER_MIN * 60 * US_PER_S };
    for (size_t pass = 0; pass < COUNT_OF(limits); pass++) {
        struct session *stale = NULL;
        size_t n = 0;
        TRY(session_db_stale(job->conn, s->conf.tenant, limits[pass], pass == 0, job->arena, &stale,
                             &n, f));
        for (size_t i = 0; i < n; i++)
            TRY(sweep_one(s, s->conf.tenant, &stale[i], pass == 0, f));
    }
    return ERR_OK;
}

struct checkpointing {
    struct sessions *s;
    struct str id;
};

static enum err checkpoint_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct checkpointing *c = arg;
    return trace_checkpoint(tx, c->s->conf.env, c->s->conf.secret, c->id, f);
}

enum err session_checkpoint_run(struct job_ctx *job, struct fail *f)
{
    struct sessions *s = job->self;
    struct str *ids = NULL;
    size_t n = 0;
    TRY(session_db_uncheckpointed(job->conn, s->conf.tenant, env_now(job->env), job->arena, &ids,
                                  &n, f));
    for (size_t i = 0; i < n; i++)
        TRY(db_write(s->conf.db, s->conf.tenant, checkpoint_unit,
                     &(struct checkpointing){ s, ids[i] }, f));
    return ERR_OK;
}
