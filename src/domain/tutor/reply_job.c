#include "base/num.h"
#include "domain/tutor/turn_priv.h"

/* The job tutor.reply: looks at the code, chooses the rung, says it, commits what came of it. */

enum { DELTAS_MAX = 24, REPAIR_US = 240'000 };

struct replying {
    struct tutor *t;
    struct job_ctx *job;
    struct turn_row row;
    struct session session;
    const struct exercise *exercise;
    struct policy policy;
    struct str lang; /* of the job's payload */
    int64_t asked;
    struct code code;
    struct analysis analysis;
    struct intent_result intent;
    struct history h;
    struct ladder_out ladder;
    struct answer answer;
    int64_t started; /* monotonic */
    int64_t disclosed_e6;
};

/* --- reading --- */

static enum err read_payload(struct replying *r, struct fail *f)
{
    struct json j;
    TRY(json_parse(r->job->payload, &json_limits_api, r->job->arena, &j, f));
    r->lang = json_text(json_get(&j, "lang"));
    r->asked = json_int(json_get(&j, "rung"), API_ABSENT);
    return ERR_OK;
}

static enum err load(struct replying *r, struct fail *f)
{
    struct job_ctx *job = r->job;
    struct str tenant = r->t->conf.tenant;
    TRY(turn_db_get(job->conn, tenant, job->target_id, job->arena, &r->row, f));
    TRY(session_row(job->conn, tenant, r->row.session_id, job->arena, &r->session, f));
    TRY(session_policy(job->conn, tenant, &r->session, job->arena, &r->policy, f));
    TRY(exercise_get(r->t->conf.exercises, job->conn, tenant, r->session.version_id, &r->exercise,
                     f));
    TRY(session_snapshot_code(job->conn, tenant, r->row.snapshot_id, job->arena, &r->code, f));
    r->intent = classify(r->row.text, job->arena);
    return read_payload(r, f);
}

static bool is_open(struct str state)
{
    return str_is(state, "queued") || str_is(state, "running") || str_is(state, "streaming");
}

/* --- telling --- */

static enum err tell(struct replying *r, struct db_tx *tx, const char *event, struct str data,
                     struct fail *f)
{
    return hub_publish_tx(r->t->conf.hub, tx, turn_stream(r->row.id, db_tx_arena(tx)),
                          str_of(event), data, f);
}

static enum err stage(struct replying *r, struct db_tx *tx, const char *name, struct fail *f)
{
    return tell(r, tx, "stage", arena_fmt(db_tx_arena(tx), "{\"name\":\"%s\"}", name), f);
}

static enum err start_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct replying *r = arg;
    TRY(turn_db_state(tx, r->row.id, "running", f));
    if (r->job->attempt > 1)
        TRY(tell(r, tx, "restart",
                 arena_fmt(db_tx_arena(tx), "{\"attempt\":%lld}", (long long)r->job->attempt), f));
    TRY(stage(r, tx, "reading", f));
    return stage(r, tx, "running", f);
}

/* By sentences, so that a reader sees it come. */
static struct str take_piece(struct str *rest)
{
    size_t n = 0;
    while (n < rest->len) {
        char c = rest->ptr[n++];
        bool end = c == '\n' ||
                   ((c == '.' || c == '?' || c == ':') && n < rest->len && rest->ptr[n] == ' ');
        if (end)
            break;
    }
    if (n < rest->len && rest->ptr[n] == ' ')
        n++;
    struct str piece = str_head(*rest, n);
    *rest = str_from(*rest, n);
    return piece;
}

static enum err tell_text(struct replying *r, struct db_tx *tx, struct fail *f)
{
    struct str rest = r->answer.reply.text;
    for (int i = 0; rest.len; i++) {
        AUTO_BUF b = { .max = 16'000 };
        struct str piece = i < DELTAS_MAX ? take_piece(&rest) : rest;
        if (i >= DELTAS_MAX)
            rest = str_from(rest, rest.len);
        buf_put(&b, STR("{\"delta\":"));
        json_put_text(&b, piece);
        buf_putc(&b, '}');
        TRY(tell(r, tx, "text", buf_str(&b), f));
    }
    return ERR_OK;
}

static void put_citation(struct buf *b, const struct citation *c)
{
    buf_put(b, STR("{\"path\":"));
    json_put_text(b, c->path);
    buf_putf(b, ",\"line\":%lld,\"line_end\":%lld,\"text\":", (long long)c->line,
             (long long)c->line_end);
    json_put_text(b, c->text);
    buf_putc(b, '}');
}

static enum err stream_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct replying *r = arg;
    const struct reply *reply = &r->answer.reply;
    TRY(turn_db_state(tx, r->row.id, "streaming", f));
    TRY(stage(r, tx, "locating", f));
    TRY(stage(r, tx, "wording", f));
    if (r->answer.gate.rule)
        TRY(tell(r, tx, "notice", STR("{\"code\":\"rewritten\"}"), f));
    if (r->analysis.situation == SITUATION_COULD_NOT_RUN)
        TRY(tell(r, tx, "notice", STR("{\"code\":\"could_not_run\"}"), f));
    TRY(tell_text(r, tx, f));
    for (size_t i = 0; i < reply->citation_count; i++) {
        AUTO_BUF b = { .max = 16'000 };
        put_citation(&b, &reply->citations[i]);
        TRY(tell(r, tx, "citation", buf_str(&b), f));
    }
    return ERR_OK;
}

/* --- thinking --- */

static enum err look(struct replying *r, struct fail *f)
{
    struct arena *a = r->job->arena;
    struct sandbox_file *files = ARENA_ARRAY(a, struct sandbox_file, r->code.n);
    for (size_t i = 0; i < r->code.n; i++)
        files[i] = (struct sandbox_file){ r->code.files[i].path, r->code.files[i].text };
    const struct analyse_in in = {
        .exercise = r->exercise, .files = files, .file_count = r->code.n, .repair_us = REPAIR_US
    };
    TRY(analyse(r->t, &in, a, &r->analysis, f));
    if (r->analysis.situation == SITUATION_HIDDEN_ONLY && !r->policy.show_hidden_count)
        r->analysis.situation = SITUATION_ALL_PASS; /* then it is not told that there are others */
    return ERR_OK;
}

static enum variant variant_for(const struct replying *r)
{
    bool told = r->intent.lang.len && str_is(r->row.kind, "question");
    if (told && !str_starts(r->lang, r->intent.lang))
        return variant_of(r->intent.lang);
    return variant_of(r->lang);
}

static struct str student_words(const struct replying *r)
{
    AUTO_BUF b = { .max = 1'048'576 };
    for (size_t i = 0; i < r->code.n; i++) {
        buf_put(&b, r->code.files[i].text);
        buf_putc(&b, '\n');
    }
    buf_put(&b, r->row.text);
    return arena_dup(r->job->arena, buf_str(&b));
}

static enum err think(struct replying *r, struct fail *f)
{
    struct arena *a = r->job->arena;
    TRY(look(r, f));
    TRY(job_check(r->job, f));
    TRY(history_load(r->t, r->job->conn, &r->session, &r->analysis, a, &r->h, f));
    r->h.ladder.asked = r->asked;
    r->ladder = rung_next(&r->h.ladder, &r->policy);
    const struct reply_in in = { .exercise = r->exercise,
                                 .analysis = &r->analysis,
                                 .ladder = r->ladder,
                                 .intent = r->intent,
                                 .variant = variant_for(r),
                                 .seed = r->row.id,
                                 .recent = r->h.recent,
                                 .recent_count = r->h.recent_count,
                                 .show_expected = r->policy.show_expected,
                                 .progressed = r->ladder.solved };
    answer_word(r->t, &in, student_words(r), a, &r->answer);
    r->ladder.rung = r->answer.reply.rung;
    return ERR_OK;
}

/* --- ending --- */

static struct str citations_json(const struct reply *reply, struct arena *a)
{
    AUTO_BUF b = { .max = 16'000 };
    buf_putc(&b, '[');
    for (size_t i = 0; i < reply->citation_count; i++) {
        if (i)
            buf_putc(&b, ',');
        put_citation(&b, &reply->citations[i]);
    }
    buf_putc(&b, ']');
    return arena_dup(a, buf_str(&b));
}

static enum err reply_sent(struct replying *r, struct db_tx *tx, struct fail *f)
{
    const struct reply *reply = &r->answer.reply;
    struct json *facts = ARENA_ARRAY(db_tx_arena(tx), struct json, reply->fact_count);
    for (size_t i = 0; i < reply->fact_count; i++)
        facts[i] = (struct json){ .type = JS_TEXT, .s = str_of(reply->facts[i].id) };
    const struct json_member members[] = {
        member_text(STR("turn"), r->row.id),
        member_int(STR("rung"), r->ladder.rung),
        member_text(STR("source"), STR("rules")),
        { STR("facts"), { .type = JS_LIST, .count = reply->fact_count, .items = facts } },
        member_int(STR("degraded"), 0),
    };
    const struct hash policy = policy_hash(&r->policy);
    const struct turn_event e = { .type = "reply_sent",
                                  .actor = ACTOR_TUTOR,
                                  .members = members,
                                  .count = COUNT_OF(members),
                                  .text_key = STR("text"),
                                  .text = reply->text,
                                  .prompt_hash = &r->t->library.hash,
                                  .policy_hash = &policy };
    return turn_event_put(r->t, tx, &r->session, &e, f);
}

static enum err hint_events(struct replying *r, struct db_tx *tx, struct fail *f)
{
    const struct ladder_last *last = &r->h.ladder.last;
    const struct json_member outcome[] = {
        member_text(STR("turn"), r->h.last_turn),
        member_int(STR("solved"), r->ladder.solved),
        member_int(STR("runs_after"), last->runs_after),
    };
    const struct json_member given[] = {
        member_text(STR("turn"), r->row.id),
        member_int(STR("rung"), r->ladder.rung),
        member_text(STR("reason"), str_of(r->ladder.reason)),
        member_int(STR("dwell_prev_ms"),
                   last->exists ? (r->h.ladder.now - last->at) / US_PER_MS : 0),
    };
    const struct turn_event before = { .type = "hint_outcome",
                                       .actor = ACTOR_SYSTEM,
                                       .members = outcome,
                                       .count = COUNT_OF(outcome) };
    const struct turn_event now = {
        .type = "hint_given", .actor = ACTOR_TUTOR, .members = given, .count = COUNT_OF(given)
    };
    if (r->h.last_turn.ptr && last->runs_after > 0 && !last->same_code)
        TRY(turn_event_put(r->t, tx, &r->session, &before, f));
    return turn_event_put(r->t, tx, &r->session, &now, f);
}

static enum err hint_store(struct replying *r, struct db_tx *tx, struct fail *f)
{
    struct arena *a = db_tx_arena(tx);
    struct trace_head head;
    const struct ladder_last *last = &r->h.ladder.last;
    TRY(trace_head_of(db_tx_conn(tx), db_tx_tenant(tx), r->session.id, a, &head, f));
    struct str shown = arena_fmt(
        a,
        "{\"session\":\"%.*s\",\"seq\":%lld,\"shape\":\"%.*s\",\"passed\":%lld,\"repeats\":%lld,"
        "\"failed3\":%lld,\"stuck\":%d}",
        STR_ARG(r->session.id), (long long)head.seq, STR_ARG(hash_hex(a, &r->analysis.shape)),
        (long long)r->analysis.passed, (long long)r->ladder.repeats,
        (long long)r->ladder.failed_at_3,
        r->ladder.rose_for_stuck || (last->same_fault && last->stuck_used));
    const struct hint_row row = { .fault = hash_bytes(&r->analysis.fault),
                                  .turn_id = r->row.id,
                                  .shown = shown,
                                  .rung = r->ladder.rung,
                                  .updated_at = r->row.done_at };
    TRY(turn_db_hint_put(tx, &r->session, &row, str_of(r->ladder.reason), f));
    return turn_db_disclose(tx, &r->session, r->disclosed_e6, r->ladder.rung >= 2, r->row.done_at,
                            f);
}

static enum err gate_store(struct replying *r, struct db_tx *tx, struct fail *f)
{
    const struct gate_out *g = &r->answer.gate;
    if (!g->rule)
        return ERR_OK;
    const struct finding_row row = { .turn_id = r->row.id,
                                     .rule = g->rule,
                                     .action = "replaced",
                                     .similarity_e6 = g->similarity_e6,
                                     .span = g->span };
    const struct json_member members[] = { member_text(STR("turn"), r->row.id),
                                           member_text(STR("rule"), str_of(g->rule)),
                                           member_text(STR("action"), STR("replaced")),
                                           member_int(STR("similarity_e6"), g->similarity_e6) };
    const struct turn_event e = {
        .type = "gate_acted", .actor = ACTOR_SYSTEM, .members = members, .count = COUNT_OF(members)
    };
    TRY(turn_db_finding(tx, &row, env_id(r->t->conf.env, db_tx_arena(tx)), r->row.done_at, f));
    return turn_event_put(r->t, tx, &r->session, &e, f);
}

static enum err probe_store(struct replying *r, struct db_tx *tx, struct fail *f)
{
    const struct analysis *x = &r->analysis;
    if (!x->ran && x->situation != SITUATION_COULD_NOT_RUN)
        return ERR_OK;
    struct str witness = { 0 };
    if (x->witness)
        witness = arena_fmt(db_tx_arena(tx), "{\"number\":%lld,\"verdict\":\"%s\"}",
                            (long long)x->witness->test->number, verdict_name(x->witness->verdict));
    const struct probe_row row = { .id = env_id(r->t->conf.env, db_tx_arena(tx)),
                                   .session_id = r->session.id,
                                   .snapshot_id = r->row.snapshot_id,
                                   .turn_id = r->row.id,
                                   .vector = x->vector,
                                   .witness = witness,
                                   .outcome = x->ran ? "ok" : "failed",
                                   .wall_ms = x->run_us / US_PER_MS,
                                   .now = r->row.done_at };
    return turn_db_probe(tx, &row, f);
}

static enum err finish_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct replying *r = arg;
    struct arena *a = db_tx_arena(tx);
    r->row.done_at = env_now(r->t->conf.env);
    r->row.state = STR("done");
    enum err e = turn_db_finish(tx, &r->row, f);
    if (e == ERR_CONFLICT)
        return ERR_OK; /* cancelled meanwhile: what was said stays said, nothing more */
    TRY(e);
    TRY(probe_store(r, tx, f));
    TRY(reply_sent(r, tx, f));
    TRY(gate_store(r, tx, f));
    if (r->answer.reply.counts) {
        TRY(hint_events(r, tx, f));
        TRY(hint_store(r, tx, f));
    }
    struct str data = arena_fmt(a, "{\"turn\":%.*s}", STR_ARG(turn_json(&r->row, a)));
    TRY(tell(r, tx, "done", data, f));
    TRY(hub_end_tx(r->t->conf.hub, tx, turn_stream(r->row.id, a), f));
    return session_touch(r->t->conf.sessions, tx, &r->session, f);
}

/* --- refused: the policy was tightened after the question --- */

static enum err refuse_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct replying *r = arg;
    struct arena *a = db_tx_arena(tx);
    const struct json_member members[] = { member_text(STR("turn"), r->row.id),
                                           member_text(STR("rule"), STR("policy")),
                                           member_text(STR("policy_key"), STR("ai.enabled")) };
    const struct turn_event e = { .type = "prompt_refused",
                                  .actor = ACTOR_SYSTEM,
                                  .members = members,
                                  .count = COUNT_OF(members) };
    r->row.state = STR("refused");
    r->row.done_at = env_now(r->t->conf.env);
    enum err done = turn_db_finish(tx, &r->row, f);
    if (done)
        return done == ERR_CONFLICT ? ERR_OK : done;
    TRY(turn_event_put(r->t, tx, &r->session, &e, f));
    struct str data = arena_fmt(a, "{\"turn\":%.*s}", STR_ARG(turn_json(&r->row, a)));
    TRY(tell(r, tx, "done", data, f));
    return hub_end_tx(r->t->conf.hub, tx, turn_stream(r->row.id, a), f);
}

enum err tutor_reply_job(struct job_ctx *job, struct fail *f)
{
    struct replying r = { .t = job->self, .job = job, .started = env_mono(job->env) };
    TRY(load(&r, f));
    if (!is_open(r.row.state))
        return ERR_OK;
    r.row.rung = r.row.first_token_ms = r.row.total_ms = API_ABSENT;
    if (!r.policy.ai_enabled || !r.policy.tutor_on)
        return job_commit(job, refuse_unit, &r, f);
    enum err e = db_write(r.t->conf.db, r.t->conf.tenant, start_unit, &r, f);
    if (e)
        return e == ERR_CONFLICT ? ERR_OK : e;
    TRY(think(&r, f));
    e = db_write(r.t->conf.db, r.t->conf.tenant, stream_unit, &r, f);
    if (e)
        return e == ERR_CONFLICT ? ERR_OK : e;
    r.row.first_token_ms = (env_now(job->env) - r.row.created_at) / US_PER_MS;
    r.row.total_ms = (env_mono(job->env) - r.started) / US_PER_MS;
    r.row.reply = r.answer.reply.text;
    r.row.rung = r.ladder.rung;
    r.row.source = STR("rules");
    r.row.citations = citations_json(&r.answer.reply, job->arena);
    r.row.gate = why_json(&r.answer, &r.ladder, variant_for(&r), job->arena);
    r.disclosed_e6 = r.answer.gate.rule ? 0 : r.answer.gate.disclosed_e6;
    return job_commit(job, finish_unit, &r, f);
}

/* --- dead: the reply that needs nothing --- */

struct dead {
    struct tutor *t;
    struct turn_row row;
    struct session session;
};

static enum err dead_event(const struct dead *d, struct db_tx *tx, struct fail *f)
{
    const struct json_member members[] = { member_text(STR("turn"), d->row.id),
                                           member_int(STR("rung"), 0),
                                           member_text(STR("source"), STR("canned")),
                                           member_int(STR("degraded"), 1) };
    const struct turn_event e = { .type = "reply_sent",
                                  .actor = ACTOR_TUTOR,
                                  .members = members,
                                  .count = COUNT_OF(members),
                                  .text_key = STR("text"),
                                  .text = d->row.reply,
                                  .prompt_hash = &d->t->library.hash };
    return turn_event_put(d->t, tx, &d->session, &e, f);
}

static struct str dead_lang(struct str payload, struct arena *a)
{
    struct json j;
    struct fail f = { 0 };
    if (json_parse(payload, &json_limits_api, a, &j, &f))
        return STR("es");
    struct str lang = json_text(json_get(&j, "lang"));
    return lang.ptr ? lang : STR("es");
}

enum err tutor_reply_dead(void *self, struct db_tx *tx, struct str target_id, struct str payload,
                          struct fail *f)
{
    struct dead d = { .t = self };
    struct arena *a = db_tx_arena(tx);
    struct slots none = { 0 };
    enum variant v = variant_of(dead_lang(payload, a));
    TRY(turn_db_get(db_tx_conn(tx), db_tx_tenant(tx), target_id, a, &d.row, f));
    TRY(session_row(db_tx_conn(tx), db_tx_tenant(tx), d.row.session_id, a, &d.session, f));
    const struct pick_in pick = { .situation = str_of(situation_name(SITUATION_COULD_NOT_RUN)),
                                  .seed = target_id };
    d.row.reply = word_pick(&d.t->library.variants[v], &pick, &none, a).text;
    d.row.state = STR("failed");
    d.row.source = STR("canned");
    d.row.degraded = 1;
    d.row.rung = 0;
    d.row.done_at = env_now(d.t->conf.env);
    d.row.gate = arena_fmt(a, "{\"lang\":\"%.*s\"}", STR_ARG(variant_lang(v)));
    enum err e = turn_db_finish(tx, &d.row, f);
    if (e)
        return e == ERR_CONFLICT ? ERR_OK : e;
    TRY(dead_event(&d, tx, f));
    struct str data = arena_fmt(a, "{\"turn\":%.*s}", STR_ARG(turn_json(&d.row, a)));
    TRY(hub_publish_tx(d.t->conf.hub, tx, turn_stream(target_id, a), STR("done"), data, f));
    return hub_end_tx(d.t->conf.hub, tx, turn_stream(target_id, a), f);
}
