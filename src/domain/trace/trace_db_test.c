/* The statements of trace: each finds its rows by an index, on both engines; the head's summary
 * says what the events say. */
#include "base/id.h"
#include "domain/trace/trace_priv.h"
#include "support/db_fixture.h"

#include <pthread.h>

#define SESSION STR("01930000-0000-7000-8000-000000000001")
#define USER STR("01930000-0000-7000-8000-000000000002")

TEST_BOTH(every_statement_of_trace_finds_its_rows_by_an_index)
{
    fixture_check_plan_list(db, trace_db_queries, NULL);
}

static const struct db_query q_tenant = {
    .name = "t.tenant",
    .sql = "INSERT INTO tenants (id, slug, name, timezone, settings, retention, pseudonym_key, "
           "created_at, updated_at) VALUES ($1, 't', 'T', 'UTC', '{}', '{}', $2, 1, 1)"
};
static const struct db_query q_user = {
    .name = "t.user",
    .sql = "INSERT INTO users (tenant_id, id, name, sort_name, prefs, created_at, updated_at) "
           "VALUES ($1, $2, 'Ana', 'ana', '{}', 1, 1)"
};
static const struct db_query q_session = {
    .name = "t.session",
    .sql = "INSERT INTO sessions (tenant_id, id, user_id, kind, scenario_version_id, policy_hash, "
           "salt, opened_at, active_at, created_at, updated_at) VALUES ($1, $2, $3, 'simulator', "
           "$2, $4, $5, 1, 1, 1, 1)"
};
static const struct db_query q_summary = {
    .name = "t.summary",
    .sql = "SELECT next_seq, levels, pastes, run_seq, tests_seq, reply_seq, plan_seq, "
           "reflection_seq, at FROM trace_heads WHERE tenant_id = $1 AND session_id = $2",
    .max_rows = 1
};

static enum err begin(struct db_tx *tx, void *, struct fail *f)
{
    const struct str hash = STR("0123456789abcdef0123456789abcdef");
    struct db_val tenant = db_text(TENANT_A), session = db_text(SESSION);
    TRY(db_exec(tx, &q_tenant, DB_ARGS(tenant, db_bytes(hash)), NULL, f));
    TRY(db_exec(tx, &q_user, DB_ARGS(tenant, db_text(USER)), NULL, f));
    TRY(db_exec(
        tx, &q_session,
        DB_ARGS(tenant, session, db_text(USER), db_bytes(hash), db_bytes(str_head(hash, 16))), NULL,
        f));
    return trace_begin(tx, &(struct trace_genesis){ SESSION, TENANT_A, 1 }, f);
}

struct given {
    const char *type;
    enum trace_actor actor;
    const char *payload, *text; /* JSON */
};

static enum err append(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct given *g = arg;
    struct arena *a = db_tx_arena(tx);
    struct json payload, text;
    struct trace_mark mark;
    TRY(json_parse(str_of(g->payload), &json_limits_api, a, &payload, f));
    if (g->text)
        TRY(json_parse(str_of(g->text), &json_limits_api, a, &text, f));
    return trace_append(tx, &env_real, SESSION,
                        &(struct trace_new){ .id = env_id(&env_real, a),
                                             .type = g->type,
                                             .actor = g->actor,
                                             .client_at = INT64_MIN,
                                             .payload = &payload,
                                             .text = g->text ? &text : NULL },
                        &mark, f);
}

#define EDIT(origin)                                                                               \
    "{\"file\":0,\"base_rev\":0,\"rev\":1,\"origin\":\"" origin                                    \
    "\",\"changes\":[[0,0,1]],\"len_after\":1}"
static const struct given events[] = {
    { "focus_lost", ACTOR_STUDENT, "{}", NULL },
    { "plan_stated", ACTOR_STUDENT, "{}", "{\"text\":\"a\"}" },
    { "code_edited", ACTOR_STUDENT, EDIT("pasted_external"), "{\"inserted\":[\"x\"]}" },
    { "code_edited", ACTOR_STUDENT, EDIT("typed"), "{\"inserted\":[\"x\"]}" },
    { "plan_revised", ACTOR_STUDENT, "{}", "{\"text\":\"b\"}" },
    { "tests_finished", ACTOR_JUDGE,
      "{\"cause\":\"run\",\"vector\":\"P\",\"passed\":1,\"total\":1}", NULL },
    { "reflection_written", ACTOR_STUDENT, "{}", "{\"answers\":[\"c\"]}" },
    { "code_edited", ACTOR_STUDENT, EDIT("pasted_external"), "{\"inserted\":[\"x\"]}" },
};

TEST_BOTH(the_head_s_summary_says_what_the_events_say)
{
    struct fail f = { 0 };
    AUTO_ARENA a = { 0 };
    struct db_rows r;
    struct trace_event last;
    CHECK_INT(db_write(db, TENANT_A, begin, NULL, &f), ERR_OK);
    for (size_t i = 0; i < COUNT_OF(events); i++) {
        struct given g = events[i];
        enum err e = db_write(db, TENANT_A, append, &g, &f);
        CHECK_STR(str_of(e ? f.detail : ""), "");
    }
    struct db_conn *c = fixture_reader(db, TENANT_A);
    CHECK_INT(db_one(c, &q_summary, DB_ARGS(db_text(TENANT_A), db_text(SESSION)), &a, &r, &f),
              ERR_OK);
    static const int64_t want[] = { 9, 2 | 8, 2, 0, 6, 0, 5, 7 };
    for (size_t i = 0; i < COUNT_OF(want); i++)
        CHECK_INT(db_cell_int(&r, 0, i), want[i]);
    CHECK_INT(trace_last(c, TENANT_A, SESSION, "code_edited", &a, &last, &f), ERR_OK);
    CHECK_INT(last.at, db_cell_int(&r, 0, 8));
    db_conn_close(c);
}

/* --- many writers of one session --- */
enum { WRITERS = 4, EACH = 8 };

struct writer {
    pthread_t thread;
    struct db *db;
    enum err failed;
};

static void *write_some(void *arg)
{
    struct writer *w = arg;
    struct given event = { "focus_lost", ACTOR_STUDENT, "{}", NULL };
    struct fail f = { 0 };
    for (int i = 0; i < EACH && !w->failed; i++)
        w->failed = db_write(w->db, TENANT_A, append, &event, &f);
    return NULL;
}

TEST_BOTH(writers_of_one_session_queue_and_none_is_refused)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct db_rows rows;
    struct writer w[WRITERS];
    CHECK(db_write(db, TENANT_A, begin, NULL, &f) == ERR_OK);
    for (size_t i = 0; i < WRITERS; i++) {
        w[i] = (struct writer){ .db = db };
        CHECK(pthread_create(&w[i].thread, NULL, write_some, &w[i]) == 0);
    }
    for (size_t i = 0; i < WRITERS; i++) {
        CHECK(pthread_join(w[i].thread, NULL) == 0);
        CHECK(w[i].failed == ERR_OK);
    }
    struct db_conn *c = fixture_reader(db, TENANT_A);
    CHECK(db_one(c, &q_summary, DB_ARGS(db_text(TENANT_A), db_text(SESSION)), &a, &rows, &f) ==
          ERR_OK);
    CHECK_INT(db_cell_int(&rows, 0, 0), WRITERS * EACH + 1);
    db_conn_close(c);
}
