#include "io/blob/blob.h"
#include "support/db_fixture.h"

struct put {
    struct str content;
    struct hash name;
};

static enum err put_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct put *p = arg;
    return blob_put(tx, &env_real, p->content, "text/plain", &p->name, f);
}

TEST_BOTH(a_blob_is_stored_once_and_found_by_its_digest)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct put one = { .content = STR("print('año')\n") }, same = one,
               empty = { .content = STR("") };
    struct str back;
    CHECK(db_write(db, TENANT_A, put_unit, &one, &f) == ERR_OK);
    CHECK(db_write(db, TENANT_A, put_unit, &same, &f) == ERR_OK);
    CHECK(db_write(db, TENANT_A, put_unit, &empty, &f) == ERR_OK);
    CHECK(hash_eq(&one.name, &same.name));
    struct db_conn *c = fixture_reader(db, TENANT_A);
    CHECK(blob_get(c, TENANT_A, &one.name, &a, &back, &f) == ERR_OK);
    CHECK_STR(back, "print('año')\n");
    CHECK(blob_get(c, TENANT_A, &empty.name, &a, &back, &f) == ERR_OK && back.len == 0);
    struct hash other = hash_sha256(STR("nobody"));
    CHECK(blob_get(c, TENANT_A, &other, &a, &back, &f) == ERR_NOT_FOUND);
    db_conn_close(c);
}

TEST_BOTH(a_blob_over_the_limit_is_refused)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct put p = { .content = { ARENA_ARRAY(&a, char, BLOB_MAX + 1), BLOB_MAX + 1 } };
    CHECK(db_write(db, TENANT_A, put_unit, &p, &f) == ERR_TOO_LARGE);
}
