/* Rules of the tables that the engines keep, and the helper of plan tests. */
#include "support/db_fixture.h"

static enum err run(struct db *db, const char *sql)
{
    struct fail f = { 0 };
    return fixture_exec(db, TENANT_A, sql, &f);
}

#define T "'01930000-0000-7000-8000-00000000000a'"

static const struct db_query q_event = {
    .name = "t.event",
    .sql = "INSERT INTO trace_events (tenant_id, session_id, seq, id, type, actor, at, payload, "
           "hash) VALUES ($1, $2, 1, $2, 'x', 'system', 1, $3, $3)",
};
static const struct db_query q_text = {
    .name = "t.text",
    .sql = "INSERT INTO trace_texts (tenant_id, session_id, seq, text, salt) VALUES ($1, $2, 1, "
           "$3, NULL)",
};

static enum err put_trace(struct db_tx *tx, void *, struct fail *f)
{
    struct str session = STR("01930000-0000-7000-8000-000000000001");
    struct str bytes = STR("0123456789abcdef0123456789abcdef");
    TRY(db_exec(tx, &q_event, DB_ARGS(db_text(TENANT_A), db_text(session), db_bytes(bytes)), NULL,
                f));
    return db_exec(tx, &q_text, DB_ARGS(db_text(TENANT_A), db_text(session), db_bytes(bytes)), NULL,
                   f);
}

TEST_BOTH(the_trace_only_grows_and_a_text_can_be_erased_once)
{
    struct fail f = { 0 };
    CHECK_INT(db_write(db, TENANT_A, put_trace, NULL, &f), ERR_OK);
    CHECK_INT(run(db, "UPDATE trace_events SET at = 2 WHERE tenant_id = " T), ERR_INPUT);
    CHECK_INT(run(db, "DELETE FROM trace_events WHERE tenant_id = " T), ERR_INPUT);
    CHECK_INT(run(db, "DELETE FROM trace_texts WHERE tenant_id = " T), ERR_INPUT);
    CHECK_INT(run(db, "UPDATE trace_texts SET text = NULL WHERE tenant_id = " T), ERR_INPUT);
    CHECK_INT(run(db, "UPDATE trace_texts SET erased_at = 5 WHERE tenant_id = " T), ERR_INPUT);
    CHECK_INT(run(db, "UPDATE trace_texts SET text = NULL, salt = NULL, erased_at = 5 "
                      "WHERE tenant_id = " T),
              ERR_OK);
    CHECK_INT(run(db, "UPDATE trace_texts SET text = NULL, salt = NULL, erased_at = 6 "
                      "WHERE tenant_id = " T),
              ERR_INPUT);
}

/* 81 bytes in 41 characters: the limit counts bytes. */
#define E10 "éééééééééé"
TEST_BOTH(limits_of_text_count_bytes)
{
    CHECK_INT(run(db,
                  "INSERT INTO leases (name, owner, fence, until) VALUES ('a', '" E10 E10 E10 E10
                  "', 1, 1)"),
              ERR_OK);
    CHECK_INT(run(db,
                  "INSERT INTO leases (name, owner, fence, until) VALUES ('b', '" E10 E10 E10 E10
                  "é', 1, 1)"),
              ERR_INPUT);
}

TEST_BOTH(plans_without_an_index_are_found)
{
    static const struct db_query good[] = {
        { .name = "t.good1",
          .sql = "SELECT payload FROM jobs WHERE tenant_id = $1 AND id = $2",
          .hot = true },
        { .name = "t.good2",
          .sql = "SELECT id FROM jobs WHERE tenant_id = $1 AND target_id = $2 AND id > $3 "
                 "ORDER BY id LIMIT $4",
          .hot = true },
        { .name = "t.cold", .sql = "SELECT count(*) FROM jobs" },
        { .name = "t.good3",
          .sql = "INSERT INTO leases (name, owner, fence, until) VALUES ($1, $2, $3, $4) "
                 "ON CONFLICT (name) DO UPDATE SET owner = $2",
          .hot = true },
    };
    static const struct db_query bad = { .name = "t.bad",
                                         .sql = "SELECT id FROM jobs WHERE worker_note = $1",
                                         .hot = true };
    static const struct db_query slow = { .name = "t.slow",
                                          .sql = "SELECT id FROM jobs WHERE last_error = $1",
                                          .hot = true };
    struct fail f = { 0 };
    struct str plan = { 0 };
    AUTO_ARENA a = { 0 };
    fixture_check_plans(db, good, COUNT_OF(good));
    struct db_conn *c = fixture_reader(db, STR(""));
    CHECK_INT(db_explain(c, &slow, &a, &plan, &f), ERR_OK);
    CHECK(db_plan_fault(db_engine(db), plan, false).len > 0);
    CHECK(db_explain(c, &bad, &a, &plan, &f) != ERR_OK);
    db_conn_close(c);
}
