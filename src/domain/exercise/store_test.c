#include "domain/exercise/exercise.h"
#include "domain/user/user.h"
#include "support/db_fixture.h"

#include <stdio.h>

#define OWNER STR("01930000-0000-7000-8000-0000000000aa")

/* The store with the shipped content published for tenant A. */
struct stage {
    struct arena arena;
    struct exercises *x;
    struct db_conn *conn;
    int64_t published;
};

static void stage_close(struct stage *s)
{
    db_conn_close(s->conn);
    exercises_close(s->x);
    arena_release(&s->arena);
}
#define AUTO_STAGE __attribute__((cleanup(stage_close))) struct stage

static void good(enum err e, const struct fail *f)
{
    if (e)
        check_true(false, f->detail, __FILE__, __LINE__);
}

static struct stage stage_open(struct db *db)
{
    struct stage s = { 0 };
    struct fail f = { 0 };
    good(fixture_exec(db, TENANT_A,
                      "INSERT INTO users (tenant_id, id, name, sort_name, prefs, state, "
                      "created_at, updated_at) VALUES ('01930000-0000-7000-8000-00000000000a', "
                      "'01930000-0000-7000-8000-0000000000aa', 'x', 'x', '{}', 'active', 1, 1)",
                      &f),
         &f);
    good(exercises_open(&s.x, &s.arena, &f), &f);
    good(exercise_sync(s.x, db, &env_real, TENANT_A, OWNER, &s.published, &f), &f);
    good(db_conn_open(db, &s.conn, &f), &f);
    good(db_conn_tenant(s.conn, TENANT_A, &f), &f);
    return s;
}

static struct str id_of(struct stage *s, const char *slug)
{
    struct db_rows rows;
    struct fail f = { 0 };
    static const struct db_query by_slug = {
        .name = "test.exercise",
        .max_rows = 1,
        .sql = "SELECT id FROM exercises WHERE tenant_id = $1 AND slug = $2"
    };
    good(db_one(s->conn, &by_slug, DB_ARGS(db_text(TENANT_A), db_text(str_of(slug))), &s->arena,
                &rows, &f),
         &f);
    return db_cell_text(&rows, 0, 0);
}

TEST_BOTH(what_the_program_carries_is_published_once)
{
    AUTO_STAGE s = stage_open(db);
    struct fail f = { 0 };
    const struct str *slugs;
    size_t n;
    int64_t again = -1;
    exercise_slugs(&s.arena, &slugs, &n);
    CHECK(n >= 12);
    CHECK_INT(s.published, n);
    CHECK_INT(exercise_sync(s.x, db, &env_real, TENANT_A, OWNER, &again, &f), ERR_OK);
    CHECK_INT(again, 0);
    CHECK_INT(fixture_int(db, TENANT_A, "SELECT count(*) FROM exercise_versions"), n);
}

TEST_BOTH(a_changed_package_becomes_the_next_version_and_the_old_one_stays)
{
    AUTO_STAGE s = stage_open(db);
    struct fail f = { 0 };
    const struct exercise *old = NULL, *new = NULL;
    int64_t again = 0;
    struct str id = id_of(&s, "votos-del-centro");
    CHECK_INT(exercise_current(s.x, s.conn, TENANT_A, id, &old, &f), ERR_OK);
    /* as if what is stored came from an older program */
    CHECK_INT(
        fixture_exec(db, TENANT_A,
                     "UPDATE exercise_versions SET content_hash = (SELECT v.content_hash FROM "
                     "exercise_versions v JOIN exercises x ON x.id = v.exercise_id WHERE "
                     "x.slug = 'semaforo-cansado') WHERE exercise_id = "
                     "(SELECT id FROM exercises WHERE slug = 'votos-del-centro')",
                     &f),
        ERR_OK);
    CHECK_INT(exercise_sync(s.x, db, &env_real, TENANT_A, OWNER, &again, &f), ERR_OK);
    CHECK_INT(again, 1);
    CHECK_INT(exercise_current(s.x, s.conn, TENANT_A, id, &new, &f), ERR_OK);
    CHECK_INT(new->version, 2);
    CHECK(!str_eq(new->version_id, old->version_id));
    CHECK_INT(exercise_get(s.x, s.conn, TENANT_A, old->version_id, &old, &f), ERR_OK);
    CHECK_INT(old->version, 1);
}

TEST_BOTH(a_stored_version_is_the_package_it_came_from)
{
    AUTO_STAGE s = stage_open(db);
    struct fail f = { 0 };
    const struct exercise *stored = NULL, *twice = NULL;
    struct exercise *package = NULL;
    CHECK_INT(exercise_from_assets(STR("votos-del-centro"), &s.arena, &package, &f), ERR_OK);
    CHECK_INT(exercise_current(s.x, s.conn, TENANT_A, id_of(&s, "votos-del-centro"), &stored, &f),
              ERR_OK);
    CHECK(str_eq(stored->content_hash, package->content_hash));
    CHECK_INT(stored->test_count, package->test_count);
    CHECK_INT(stored->solution_count, package->solution_count);
    CHECK_INT(stored->wrong_count, package->wrong_count);
    CHECK_INT(stored->hint_count, package->hint_count);
    CHECK(str_eq(stored->statement.es, package->statement.es));
    for (size_t i = 0; i < stored->test_count; i++) {
        CHECK(str_eq(stored->tests[i].value, package->tests[i].value));
        CHECK_INT(stored->tests[i].row.len, 36);
    }
    CHECK_INT(exercise_get(s.x, s.conn, TENANT_A, stored->version_id, &twice, &f), ERR_OK);
    CHECK(twice == stored);
}

TEST_BOTH(a_version_of_another_tenant_is_not_there)
{
    AUTO_STAGE s = stage_open(db);
    struct fail f = { 0 };
    const struct exercise *x = NULL;
    struct str id = id_of(&s, "votos-del-centro");
    CHECK_INT(exercise_current(s.x, s.conn, TENANT_A, id, &x, &f), ERR_OK);
    struct str version = x->version_id;
    CHECK_INT(db_conn_tenant(s.conn, TENANT_B, &f), ERR_OK);
    CHECK_INT(exercise_current(s.x, s.conn, TENANT_B, id, &x, &f), ERR_NOT_FOUND);
    CHECK_INT(exercise_get(s.x, s.conn, TENANT_B, version, &x, &f), ERR_NOT_FOUND);
}

/* The answer of a route to a student who reads English, as JSON; lang: what the browser asks for.
 */
static struct str answer_in(struct stage *s, struct str lang, const char *path, struct str id)
{
    static const struct user student = { .locale = STR_INIT("en") };
    AUTO_BUF b = { .max = 1 << 20 };
    struct fail f = { 0 };
    for (size_t i = 0; i < exercise_route_count; i++) {
        const struct http_route *r = &exercise_routes[i];
        void *query = NULL;
        if (strcmp(r->path, path) != 0 || r->method != HTTP_GET)
            continue;
        good(api_decode_query(r->query, STR(""), &s->arena, &query, &f), &f);
        struct http_req req = { .route = r,
                                .self = s->x,
                                .query = query,
                                .params = { id },
                                .tenant = TENANT_A,
                                .user_id = OWNER,
                                .user = &student,
                                .conn = s->conn,
                                .arena = &s->arena,
                                .env = &env_real,
                                .lang = lang };
        struct http_res res = { .etag = API_ABSENT };
        good(r->handle(&req, &res, &f), &f);
        api_encode(r->out, res.out, &b);
        CHECK(!b.truncated);
        return arena_dup(&s->arena, buf_str(&b));
    }
    check_true(false, path, __FILE__, __LINE__);
    return STR("");
}

static struct str answer(struct stage *s, const char *path, struct str id)
{
    return answer_in(s, STR("es"), path, id);
}

TEST_BOTH(a_browser_that_names_no_language_is_answered_in_the_student_s_own)
{
    AUTO_STAGE s = stage_open(db);
    struct str id = id_of(&s, "votos-del-centro");
    struct str own = answer_in(&s, (struct str){ 0 }, "/api/v1/exercises/{id}", id);
    CHECK(str_has(own, STR("\"lang\":\"en\"")));
    CHECK(str_has(answer(&s, "/api/v1/exercises/{id}", id), STR("\"lang\":\"es\"")));
}

TEST_BOTH(a_student_gets_the_allowed_parts_and_no_hidden_one)
{
    AUTO_STAGE s = stage_open(db);
    struct fail f = { 0 };
    const struct exercise *x = NULL;
    struct str id = id_of(&s, "votos-del-centro");
    CHECK_INT(exercise_current(s.x, s.conn, TENANT_A, id, &x, &f), ERR_OK);
    struct str one = answer(&s, "/api/v1/exercises/{id}", id);
    struct str all = answer(&s, "/api/v1/exercises", (struct str){ 0 });
    CHECK(str_has(one, STR("escrutinio(['roja', 'verde', 'roja'])")));
    CHECK(str_has(all, STR("votos-del-centro")));
    for (size_t i = 0; i < x->test_count; i++) {
        const struct exercise_test *t = &x->tests[i];
        if (t->visibility == TEST_VISIBLE)
            continue;
        CHECK(!str_has(one, t->call) && !str_has(all, t->call));
        CHECK(!str_has(one, t->title.es) && !str_has(one, t->title.en));
    }
    for (size_t i = 0; i < x->hint_count; i++)
        CHECK(!str_has(one, str_head(x->hints[i].text.es, 30)));
    CHECK(!str_has(one, STR("cuenta.get")) && !str_has(one, STR("ganadoras")));
    CHECK(!str_has(one, STR("misconception")) && !str_has(one, STR("must_fail")));
}
