/* The contract of db.h, the same tests on both engines. */
#include "support/db_fixture.h"

#include <math.h>
#include <stdio.h>

struct rows_arg {
    const struct db_query *q;
    const struct db_val *args;
    size_t n;
};

static const struct db_query q_make = {
    .name = "t.make",
    .sql = "INSERT INTO outbox (tenant_id, id, topic, key, body, tries, created_at) "
           "VALUES ($1, $2, $3, $4, $5, $6, $7)",
};
static const struct db_query q_count = {
    .name = "t.count",
    .sql = "SELECT count(*) FROM outbox WHERE tenant_id = $1",
    .max_rows = 1,
};

static const char *id_of(int i, char out[ID_TEXT + 1])
{
    (void)snprintf(out, ID_TEXT + 1, "01930000-0000-7000-8000-%012d", i);
    return out;
}

/* One row of outbox, by number. */
static enum err put_row(struct db_tx *tx, int i, struct fail *f)
{
    char id[ID_TEXT + 1];
    return db_exec(tx, &q_make,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(str_of(id_of(i, id))),
                           db_text(STR("topic")), db_text(STR("key")), db_text(STR("{}")),
                           db_int(0), db_int(i)),
                   NULL, f);
}

static enum err put_number(struct db_tx *tx, void *arg, struct fail *f)
{
    return put_row(tx, *(const int *)arg, f);
}

static int64_t count_rows(struct db *db)
{
    return fixture_int(db, TENANT_A, "SELECT count(*) FROM outbox");
}

/* Writes one statement as a unit. */
static enum err write_one(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct rows_arg *w = arg;
    return db_exec(tx, w->q, w->args, w->n, NULL, f);
}

static enum err write_sql(struct db *db, const struct db_query *q, const struct db_val *args,
                          size_t n, struct fail *f)
{
    struct rows_arg w = { q, args, n };
    return db_write(db, TENANT_A, write_one, &w, f);
}

/* --- values --- */
static enum err make_values(struct db_tx *tx, void *, struct fail *f)
{
    static const struct db_query put = {
        .name = "t.put_values",
        .sql = "INSERT INTO indicators (tenant_id, id, subject_kind, subject_id, name, state, "
               "value, low, high, n, formula_version, formula_hash, evidence, created_at) VALUES "
               "($1, $2, 'group', $2, $3, 'ok', $4, $5, $6, $7, '1', $8, $9, $7)",
    };
    char id[ID_TEXT + 1];
    static const char raw[32] = "\0\1\2'\"\\\377\200 \0x";
    return db_exec(tx, &put,
                   DB_ARGS(db_text(TENANT_A), db_text(str_of(id_of(1, id))),
                           db_text(STR("ñandú «€» 𝄞 '; --")), db_real(0.1), db_real(-1e300),
                           db_real((double)NAN), db_int(INT64_MAX),
                           db_bytes((struct str){ raw, sizeof raw }), db_text(STR(""))),
                   NULL, f);
}

TEST_BOTH(values_come_back_as_they_were_stored)
{
    static const struct db_query get = {
        .name = "t.get_values",
        .sql = "SELECT name, value, low, high, n, formula_hash, evidence, up_to_seq, is_current, "
               "$2 FROM indicators WHERE tenant_id = $1",
        .max_rows = 1,
    };
    struct fail f = { 0 };
    struct db_rows r;
    AUTO_ARENA a = { 0 };
    CHECK_INT(db_write(db, TENANT_A, make_values, NULL, &f), ERR_OK);
    struct db_conn *c = fixture_reader(db, TENANT_A);
    CHECK_INT(db_one(c, &get, DB_ARGS(db_text(TENANT_A), db_int(-5)), &a, &r, &f), ERR_OK);
    CHECK_STR(db_cell_text(&r, 0, 0), "ñandú «€» 𝄞 '; --");
    CHECK(db_as_real(db_cell(&r, 0, 1)) == 0.1);
    CHECK(db_as_real(db_cell(&r, 0, 2)) == -1e300);
    CHECK(db_cell(&r, 0, 3)->type == DB_NULL);
    CHECK_INT(db_cell_int(&r, 0, 4), INT64_MAX);
    CHECK(db_cell(&r, 0, 5)->type == DB_BYTES);
    CHECK(str_eq(db_cell_text(&r, 0, 5), (struct str){ "\0\1\2'\"\\\377\200 \0x"
                                                       "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
                                                       32 }));
    CHECK(db_cell(&r, 0, 6)->type == DB_TEXT && db_cell_text(&r, 0, 6).len == 0);
    CHECK(db_cell(&r, 0, 7)->type == DB_NULL);
    CHECK_INT(db_cell_int(&r, 0, 8), 1);
    CHECK_INT(db_cell_int(&r, 0, 9), -5);
    db_conn_close(c);
}

TEST(null_has_a_value_in_each_form)
{
    struct db_val null = db_null(), text = db_text_opt((struct str){ 0 });
    CHECK(db_as_int(&null) == INT64_MIN);
    CHECK(isnan(db_as_real(&null)));
    CHECK(db_as_text(&null).ptr == NULL);
    CHECK(text.type == DB_NULL && db_int_opt(INT64_MIN).type == DB_NULL);
}

TEST_BOTH(arguments_go_by_number_not_by_place)
{
    static const struct db_query q = {
        .name = "t.order",
        .sql = "SELECT tenant_id, topic FROM outbox WHERE topic = $2 AND key = $3 AND "
               "tenant_id = $1 AND topic = $2",
        .max_rows = 1,
    };
    struct fail f = { 0 };
    struct db_rows r;
    AUTO_ARENA a = { 0 };
    int one = 1;
    CHECK_INT(db_write(db, TENANT_A, put_number, &one, &f), ERR_OK);
    struct db_conn *c = fixture_reader(db, TENANT_A);
    CHECK_INT(db_one(c, &q, DB_ARGS(db_text(TENANT_A), db_text(STR("topic")), db_text(STR("key"))),
                     &a, &r, &f),
              ERR_OK);
    CHECK_STR(db_cell_text(&r, 0, 1), "topic");
    CHECK_INT(db_one(c, &q, DB_ARGS(db_text(TENANT_A), db_text(STR("topic"))), &a, &r, &f), ERR_IO);
    db_conn_close(c);
}

/* --- errors --- */
static const struct db_query q_user = {
    .name = "t.user",
    .sql = "INSERT INTO users (tenant_id, id, name, sort_name, prefs, state, created_at, "
           "updated_at) VALUES ($1, $2, $3, $3, '{}', $4, 0, 0)",
};
static const struct db_query q_role = {
    .name = "t.role",
    .sql = "INSERT INTO user_roles (tenant_id, user_id, role, created_at) VALUES ($1, $2, "
           "'teacher', 0)",
};

TEST_BOTH(constraints_map_to_the_errors_of_the_contract)
{
    struct fail f = { 0 };
    char id[ID_TEXT + 1], other[ID_TEXT + 1];
    struct db_val key = db_text(str_of(id_of(1, id))), absent = db_text(str_of(id_of(2, other)));
    struct db_val active = db_text(STR("active")), name = db_text(STR("Ana"));
    struct db_val tenant = db_text(TENANT_A);
    CHECK_INT(write_sql(db, &q_user, DB_ARGS(tenant, key, name, active), &f), ERR_OK);
    CHECK_INT(write_sql(db, &q_user, DB_ARGS(tenant, key, name, active), &f), ERR_CONFLICT);
    CHECK_STR(str_of(f.hint), "conflict.duplicate");
    CHECK_INT(write_sql(db, &q_role, DB_ARGS(tenant, absent), &f), ERR_CONFLICT);
    CHECK_INT(write_sql(db, &q_user, DB_ARGS(tenant, absent, name, db_text(STR("sleepy"))), &f),
              ERR_INPUT);
    CHECK_STR(str_of(f.hint), "validation.failed");
    CHECK_INT(write_sql(db, &q_user, DB_ARGS(tenant, absent, db_null(), active), &f), ERR_INPUT);
    CHECK_INT(write_sql(db, &q_user,
                        DB_ARGS(tenant, absent, db_text((struct str){ "a\0b", 3 }), active), &f),
              ERR_INPUT);
}

TEST_BOTH(a_query_that_gives_too_many_rows_fails)
{
    static const struct db_query q = { .name = "t.two",
                                       .sql = "SELECT id FROM outbox WHERE tenant_id = $1 "
                                              "ORDER BY id",
                                       .max_rows = 2 };
    struct fail f = { 0 };
    struct db_rows r;
    AUTO_ARENA a = { 0 };
    struct db_conn *c = fixture_reader(db, TENANT_A);
    CHECK_INT(db_one(c, &q, DB_ARGS(db_text(TENANT_A)), &a, &r, &f), ERR_NOT_FOUND);
    CHECK_STR(str_of(f.hint), "not_found");
    for (int i = 0; i < 3; i++) {
        CHECK_INT(db_all(c, &q, DB_ARGS(db_text(TENANT_A)), &a, &r, &f), ERR_OK);
        CHECK_INT(r.rows, i);
        CHECK_INT(db_write(db, TENANT_A, put_number, &i, &f), ERR_OK);
    }
    CHECK_INT(db_all(c, &q, DB_ARGS(db_text(TENANT_A)), &a, &r, &f), ERR_LIMIT);
    CHECK_INT(db_one(c, &q, DB_ARGS(db_text(TENANT_A)), &a, &r, &f), ERR_OK);
    CHECK_INT(r.rows, 1);
    db_conn_close(c);
}

TEST_BOTH(a_single_number_is_read_or_is_not_there)
{
    static const struct db_query none = {
        .name = "t.none",
        .sql = "SELECT tries FROM outbox WHERE tenant_id = $1",
        .max_rows = 1,
    };
    static const struct db_query null = {
        .name = "t.null",
        .sql = "SELECT max(tries) FROM outbox WHERE tenant_id = $1",
        .max_rows = 1,
    };
    struct fail f = { 0 };
    int64_t n = 7;
    struct db_conn *c = fixture_reader(db, TENANT_A);
    CHECK_INT(db_one_int(c, &none, DB_ARGS(db_text(TENANT_A)), &n, &f), ERR_NOT_FOUND);
    CHECK_INT(n, 7);
    CHECK_INT(db_one_int(c, &q_count, DB_ARGS(db_text(TENANT_A)), &n, &f), ERR_OK);
    CHECK_INT(n, 0);
    CHECK_INT(db_one_int(c, &null, DB_ARGS(db_text(TENANT_A)), &n, &f), ERR_OK);
    CHECK(n == INT64_MIN);
    db_conn_close(c);
}

TEST_BOTH(a_reader_cannot_write)
{
    struct fail f = { 0 };
    struct db_rows r;
    AUTO_ARENA a = { 0 };
    char id[ID_TEXT + 1];
    struct db_conn *c = fixture_reader(db, TENANT_A);
    CHECK(db_all(c, &q_user,
                 DB_ARGS(db_text(TENANT_A), db_text(str_of(id_of(1, id))), db_text(STR("x")),
                         db_text(STR("active"))),
                 &a, &r, &f) != ERR_OK);
    db_conn_close(c);
}

/* --- units --- */
static enum err put_then_fail(struct db_tx *tx, void *arg, struct fail *f)
{
    TRY(put_row(tx, *(const int *)arg, f));
    return FAIL(f, ERR_FORBIDDEN, "test.no", "changed my mind");
}

TEST_BOTH(nothing_of_a_failed_unit_stays)
{
    struct fail f = { 0 };
    int one = 1, two = 2;
    CHECK_INT(db_write(db, TENANT_A, put_then_fail, &one, &f), ERR_FORBIDDEN);
    CHECK_STR(str_of(f.hint), "test.no");
    CHECK_INT(count_rows(db), 0);
    CHECK_INT(db_write(db, TENANT_A, put_number, &two, &f), ERR_OK);
    CHECK_INT(count_rows(db), 1);
}

static enum err put_and_look_away(struct db_tx *tx, void *, struct fail *f)
{
    TRY(put_row(tx, 7, f));
    if (put_row(tx, 7, f))
        return ERR_OK; /* a caller that ignores the duplicate */
    return ERR_OK;
}

TEST_BOTH(a_failed_statement_spoils_a_unit_that_looks_away)
{
    struct fail f = { 0 };
    CHECK_INT(db_write(db, TENANT_A, put_and_look_away, NULL, &f), ERR_CONFLICT);
    CHECK_INT(count_rows(db), 0);
}

static enum err read_own(struct db_tx *tx, void *arg, struct fail *f)
{
    static const struct db_query bump = {
        .name = "t.bump",
        .sql = "UPDATE outbox SET tries = tries + $2 WHERE tenant_id = $1 RETURNING tries, id",
        .max_rows = 10,
    };
    int64_t *seen = arg;
    struct db_rows r;
    TRY(put_row(tx, 1, f));
    TRY(put_row(tx, 2, f));
    TRY(db_one_int(db_tx_conn(tx), &q_count, DB_ARGS(db_text(db_tx_tenant(tx))), &seen[0], f));
    TRY(db_exec_rows(tx, &bump, DB_ARGS(db_text(db_tx_tenant(tx)), db_int(5)), db_tx_arena(tx), &r,
                     f));
    seen[1] = (int64_t)r.rows;
    seen[2] = db_cell_int(&r, 1, 0);
    static const struct db_query del = { .name = "t.del",
                                         .sql = "DELETE FROM outbox WHERE tenant_id = $1" };
    return db_exec(tx, &del, DB_ARGS(db_text(db_tx_tenant(tx))), &seen[3], f);
}

TEST_BOTH(a_unit_sees_its_own_writes_and_counts_changes)
{
    struct fail f = { 0 };
    int64_t seen[4] = { 0 };
    CHECK_INT(db_write(db, TENANT_A, read_own, seen, &f), ERR_OK);
    CHECK_INT(seen[0], 2);
    CHECK_INT(seen[1], 2);
    CHECK_INT(seen[2], 5);
    CHECK_INT(seen[3], 2);
}

struct hook_log {
    char text[8];
    size_t n;
};
static void hook_a(void *arg)
{
    struct hook_log *l = arg;
    l->text[l->n++] = 'a';
}
static void hook_b(void *arg)
{
    struct hook_log *l = arg;
    l->text[l->n++] = 'b';
}
static enum err hooked(struct db_tx *tx, void *arg, struct fail *f)
{
    db_after_commit(tx, hook_a, arg);
    db_after_commit(tx, hook_b, arg);
    db_after_commit(tx, hook_a, arg);
    return put_row(tx, 1, f);
}

TEST_BOTH(hooks_run_in_order_after_commit_and_never_after_a_rollback)
{
    struct fail f = { 0 };
    struct hook_log l = { 0 };
    CHECK_INT(db_write(db, TENANT_A, hooked, &l, &f), ERR_OK);
    CHECK_STR(str_of(l.text), "aba");
    CHECK_INT(db_write(db, TENANT_A, hooked, &l, &f), ERR_CONFLICT); /* the row is there */
    CHECK_STR(str_of(l.text), "aba");
}

TEST_BOTH(a_tenant_that_is_no_id_is_refused)
{
    struct fail f = { 0 };
    int one = 1;
    CHECK_INT(db_write(db, STR("x'; --"), put_number, &one, &f), ERR_IO);
    CHECK_INT(db_write(db, STR(""), put_number, &one, &f), ERR_IO);
}

TEST_BOTH(health_says_the_store_answers_and_is_migrated)
{
    struct db_health h = db_health(db);
    CHECK(h.writable && h.migrated);
    CHECK(h.answered_ms_ago < 60000);
    CHECK_INT(h.writer_queue, 0);
}

TEST(an_unknown_url_is_refused)
{
    struct fail f = { 0 };
    struct db *db = NULL;
    struct db_conf conf = { .url = STR("mysql://x"), .env = &env_real };
    CHECK_INT(db_open(&db, &conf, &f), ERR_INPUT);
    CHECK_STR(str_of(f.hint), "db.url");
    conf.url = STR("sqlite:/nonexistent-folder/x.db");
    CHECK_INT(db_open(&db, &conf, &f), ERR_IO);
}
