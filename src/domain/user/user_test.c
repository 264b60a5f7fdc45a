#include "domain/user/user_priv.h"
#include "support/db_fixture.h"
#include "support/folder.h"

#include <pthread.h>

/* One tenant with its keys and a clock that the test moves. */
struct place {
    struct arena arena;
    struct secret *secret;
    struct clock_fixed clock;
    struct env env;
    struct users *users;
    struct db_conn *conn;
    struct str tenant;
    struct db *db;
};

static void place_open(struct place *p, struct db *db)
{
    struct fail f = { 0 };
    *p = (struct place){ .db = db };
    clock_fixed_init(&p->clock, INT64_C(1764000000000000));
    p->env = (struct env){ &p->clock.base, &rng_real };
    char folder[TEST_FOLDER_MAX];
    test_folder(folder);
    struct str file = arena_fmt(&p->arena, "%s/master.key", folder);
    const struct secret_conf keys = {
        .master_file = file, .env_name = STR("dev"), .create = true, .hash_workers = 2
    };
    CHECK(secret_open(&p->secret, &keys, &p->env, &f) == ERR_OK);
    CHECK(user_tenant_ensure(db, &p->env, STR("default"), STR("Prueba"), &p->arena, &p->tenant,
                             &f) == ERR_OK);
    const struct users_conf conf = { .db = db,
                                     .secret = p->secret,
                                     .env = &p->env,
                                     .version = STR("0"),
                                     .tenant = p->tenant,
                                     .idle_us = INT64_C(3600) * US_PER_S,
                                     .absolute_us = INT64_C(86400) * US_PER_S };
    p->users = user_open(&p->arena, &conf);
    p->conn = fixture_reader(db, p->tenant);
}

static void place_close(struct place *p)
{
    db_conn_close(p->conn);
    secret_close(p->secret);
    arena_release(&p->arena);
}

static struct str student_make(struct place *p)
{
    struct fail f = { 0 };
    struct str id;
    const struct user_new in = { .email = STR(" Ana@Example.ORG "),
                                 .name = STR("Ana Ñandú"),
                                 .password = STR("correcta-1"),
                                 .roles = ROLE_STUDENT | ROLE_TEACHER };
    CHECK(user_make(p->users, &in, &p->arena, &id, &f) == ERR_OK);
    return id;
}

static enum err sign_in(struct place *p, const char *email, const char *password, struct user *u,
                        struct str *cookie, struct fail *f)
{
    const struct login_in in = { .email = str_of(email),
                                 .password = str_of(password),
                                 .ip = STR("127.0.0.1"),
                                 .user_agent = STR("test"),
                                 .request_id = STR("r1") };
    return user_login(p->users, p->conn, &in, &p->arena, u, cookie, f);
}

/* The token inside "__Host-sid=TOKEN; Path=/...". */
static struct hash mac_of(struct place *p, struct str cookie)
{
    struct str rest = str_from(cookie, strlen(SID_COOKIE "="));
    return secret_token_mac(p->secret, "sid", str_take_until(&rest, ';'));
}

static enum err whoami(struct place *p, struct str cookie, struct user *u)
{
    struct fail f = { 0 };
    int64_t seen = 0;
    struct hash mac = mac_of(p, cookie);
    return user_db_by_sid(p->conn, p->tenant, &mac, env_now(&p->env), &p->arena, u, &seen, &f);
}

TEST_BOTH(a_user_signs_in_with_the_right_password_only)
{
    struct place p;
    struct user u;
    struct str cookie;
    struct fail f = { 0 };
    place_open(&p, db);
    struct str id = student_make(&p);
    CHECK(sign_in(&p, "ana@example.org", "otra", &u, &cookie, &f) == ERR_AUTH);
    CHECK_STR(str_of(f.hint), "auth.invalid");
    CHECK(sign_in(&p, "nadie@example.org", "correcta-1", &u, &cookie, &f) == ERR_AUTH);
    CHECK_STR(str_of(f.hint), "auth.invalid");
    CHECK(sign_in(&p, "ANA@example.org", "correcta-1", &u, &cookie, &f) == ERR_OK);
    CHECK(str_eq(u.id, id) && user_has(&u, ROLE_STUDENT) && user_has(&u, ROLE_TEACHER) &&
          !user_has(&u, ROLE_ADMIN));
    CHECK(str_has(cookie, STR("; Path=/; Secure; HttpOnly; SameSite=Lax")));
    CHECK(whoami(&p, cookie, &u) == ERR_OK && str_eq(u.id, id));
    place_close(&p);
}

TEST_BOTH(a_browser_session_ends_when_idle_and_at_sign_out)
{
    struct place p;
    struct user u;
    struct str cookie;
    struct fail f = { 0 };
    place_open(&p, db);
    (void)student_make(&p);
    CHECK(sign_in(&p, "ana@example.org", "correcta-1", &u, &cookie, &f) == ERR_OK);
    p.clock.at_us += INT64_C(3601) * US_PER_S;
    CHECK(whoami(&p, cookie, &u) == ERR_NOT_FOUND);
    place_close(&p);
}

TEST_BOTH(after_five_failures_even_the_right_password_waits)
{
    struct place p;
    struct user u;
    struct str cookie;
    struct fail f = { 0 };
    place_open(&p, db);
    (void)student_make(&p);
    for (int i = 0; i < FAILURES_BEFORE_WAIT; i++)
        CHECK(sign_in(&p, "ana@example.org", "otra", &u, &cookie, &f) == ERR_AUTH);
    CHECK(sign_in(&p, "ana@example.org", "correcta-1", &u, &cookie, &f) == ERR_AUTH);
    p.clock.at_us += INT64_C(3600) * US_PER_S;
    CHECK(sign_in(&p, "ana@example.org", "correcta-1", &u, &cookie, &f) == ERR_OK);
    place_close(&p);
}

/* Each with its own connection, as request workers have. */
static void *guess(void *arg)
{
    struct place *p = arg, own = *p;
    struct user u;
    struct str cookie;
    struct fail f = { 0 };
    own.arena = (struct arena){ 0 };
    bool refused = !db_conn_open(p->db, &own.conn, &f) &&
                   !db_conn_tenant(own.conn, p->tenant, &f) &&
                   sign_in(&own, "ana@example.org", "otra", &u, &cookie, &f) == ERR_AUTH;
    db_conn_close(own.conn);
    arena_release(&own.arena);
    return refused ? arg : NULL;
}

TEST_BOTH(failures_at_the_same_time_are_all_counted)
{
    struct place p;
    struct user u;
    struct str cookie;
    struct fail f = { 0 };
    pthread_t ids[FAILURES_BEFORE_WAIT];
    place_open(&p, db);
    (void)student_make(&p);
    for (size_t i = 0; i < COUNT_OF(ids); i++)
        CHECK_INT(pthread_create(&ids[i], NULL, guess, &p), 0);
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        void *refused = NULL;
        CHECK(pthread_join(ids[i], &refused) == 0 && refused);
    }
    CHECK(sign_in(&p, "ana@example.org", "correcta-1", &u, &cookie, &f) == ERR_AUTH);
    place_close(&p);
}

TEST_BOTH(a_taken_address_and_a_short_password_are_refused)
{
    struct place p;
    struct str id;
    struct fail f = { 0 };
    place_open(&p, db);
    (void)student_make(&p);
    const struct user_new same = { .email = STR("ana@example.org"),
                                   .name = STR("Otra"),
                                   .password = STR("correcta-1") };
    CHECK(user_make(p.users, &same, &p.arena, &id, &f) == ERR_CONFLICT);
    const struct user_new weak = { .email = STR("b@example.org"),
                                   .name = STR("B"),
                                   .password = STR("corta") };
    CHECK(user_make(p.users, &weak, &p.arena, &id, &f) == ERR_INPUT);
    CHECK_STR(str_of(f.hint), "password.length");
    place_close(&p);
}

TEST_BOTH(the_set_up_link_makes_one_admin_and_works_once)
{
    struct place p;
    struct str token, id;
    struct fail f = { 0 };
    place_open(&p, db);
    const struct user_new in = { .email = STR("jefa@example.org"),
                                 .name = STR("Jefa"),
                                 .password = STR("muy-secreta") };
    CHECK(!user_admin_exists(p.users, p.conn, &f));
    CHECK(user_setup_token(p.users, &p.arena, &token, &f) == ERR_OK);
    CHECK(user_claim_setup(p.users, STR("x"), &in, STR("127.0.0.1"), &p.arena, &id, &f) ==
          ERR_NOT_FOUND);
    CHECK(user_claim_setup(p.users, token, &in, STR("127.0.0.1"), &p.arena, &id, &f) == ERR_OK);
    CHECK(user_admin_exists(p.users, p.conn, &f));
    CHECK(user_claim_setup(p.users, token, &in, STR("127.0.0.1"), &p.arena, &id, &f) ==
          ERR_NOT_FOUND);
    CHECK(user_setup_token(p.users, &p.arena, &token, &f) == ERR_CONFLICT);
    place_close(&p);
}

TEST_BOTH(a_recovery_link_sets_a_password_once_and_ends_sessions)
{
    struct place p;
    struct user u;
    struct str cookie, other, token;
    struct fail f = { 0 };
    place_open(&p, db);
    (void)student_make(&p);
    CHECK(sign_in(&p, "ana@example.org", "correcta-1", &u, &cookie, &f) == ERR_OK);
    CHECK(user_recovery_token(p.users, STR("ana@example.org"), &p.arena, &token, &f) == ERR_OK);
    CHECK(user_reset_password(p.users, token, STR("nueva-clave"), &p.arena, &f) == ERR_OK);
    CHECK(whoami(&p, cookie, &u) == ERR_NOT_FOUND);
    CHECK(sign_in(&p, "ana@example.org", "nueva-clave", &u, &other, &f) == ERR_OK);
    CHECK(user_reset_password(p.users, token, STR("otra-mas-1"), &p.arena, &f) == ERR_NOT_FOUND);
    place_close(&p);
}

TEST_BOTH(what_happened_to_accounts_is_in_an_audit_chain_that_notices_a_change)
{
    struct place p;
    struct user u;
    struct str cookie;
    struct fail f = { 0 };
    int64_t rows = 0, month = 0, seq = 0;
    place_open(&p, db);
    (void)student_make(&p);
    CHECK(sign_in(&p, "ana@example.org", "otra", &u, &cookie, &f) == ERR_AUTH);
    CHECK(sign_in(&p, "ana@example.org", "correcta-1", &u, &cookie, &f) == ERR_OK);
    CHECK(audit_verify(p.conn, p.tenant, &rows, &month, &seq, &f) == ERR_OK);
    CHECK(rows == 3 && month == 0);
    CHECK_STR(str_of(audit_action_name(AUDIT_LOGIN_OK)), "login.ok");
    place_close(&p);
}

TEST(people_sort_without_accents)
{
    AUTO_ARENA a = { 0 };
    CHECK_STR(user_sort_name(&a, STR("Ñandú Álvarez")), "nandu alvarez");
}

/* --- the store's mark --- */
static enum err check_with(struct place *p, const char *env_name, const char *file, struct fail *f)
{
    struct secret *keys = NULL;
    const struct secret_conf conf = {
        .master_file = str_of(file), .env_name = str_of(env_name), .create = true, .hash_workers = 1
    };
    CHECK(secret_open(&keys, &conf, &p->env, f) == ERR_OK);
    enum err e = user_store_check(p->db, keys, &p->env, str_of(env_name), conf.master_file, f);
    secret_close(keys);
    return e;
}

TEST_BOTH(a_store_is_refused_to_another_master_key_and_to_another_env)
{
    struct fail f = { 0 };
    struct place p;
    char folder[TEST_FOLDER_MAX];
    place_open(&p, db);
    test_folder(folder);
    const char *ours = arena_fmt(&p.arena, "%s/ours.key", folder).ptr;
    const char *other = arena_fmt(&p.arena, "%s/other.key", folder).ptr;
    CHECK_INT(check_with(&p, "staging", ours, &f), ERR_OK); /* the first call makes the mark */
    CHECK_INT(check_with(&p, "staging", ours, &f), ERR_OK);
    CHECK_INT(check_with(&p, "staging", other, &f), ERR_FORBIDDEN);
    CHECK_STR(str_of(f.hint), "secret.key");
    CHECK(strstr(f.detail, "other.key") != NULL);
    CHECK_INT(check_with(&p, "dev", ours, &f), ERR_FORBIDDEN);
    CHECK_STR(str_of(f.hint), "config.env");
    place_close(&p);
}
