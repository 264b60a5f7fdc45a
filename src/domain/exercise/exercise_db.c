#include "base/num.h"
#include "domain/exercise/store_priv.h"
#include "io/blob/blob.h"

enum { FILES_MAX = 400, TESTS_MAX = 100, CARDS_MAX = 500 };

static const struct db_query by_slug = {
    "exercise.by_slug",
    "SELECT x.id, v.id, v.number, v.content_hash FROM exercises x JOIN exercise_versions v ON "
    "v.tenant_id = x.tenant_id AND "
    "v.id = x.current_version_id WHERE x.tenant_id = $1 AND x.slug = $2",
    true, 1
};
static const struct db_query current = {
    "exercise.current",
    "SELECT current_version_id FROM exercises WHERE tenant_id = $1 AND id = $2 AND state = "
    "'active' AND current_version_id "
    "IS NOT NULL",
    true, 1
};
static const struct db_query insert_exercise = {
    "exercise.insert",
    "INSERT INTO exercises (tenant_id, id, slug, owner_id, visibility, package_id, state, source, "
    "licence, created_at, "
    "updated_at, rev) VALUES ($1, $2, $3, $4, 'tenant', $5, 'active', $6, $7, $8, $8, 1)",
    false, 0
};
static const struct db_query retire = {
    "exercise.retire",
    "UPDATE exercise_versions SET state = 'retired' WHERE tenant_id = $1 AND exercise_id = $2 AND "
    "state = 'published'",
    true, 0
};
static const struct db_query insert_version = {
    "exercise.version",
    "INSERT INTO exercise_versions (tenant_id, id, exercise_id, number, state, kind, title, "
    "summary, statement, languages, "
    "difficulty, minutes, points_mp, tags, objectives, files, entry, groups, constructs, limits, "
    "variant, run, tutor_rules, "
    "content_hash, published_at, published_by, created_at) VALUES ($1, $2, $3, $4, 'published', "
    "$5, $6, $7, $8, $9, $10, "
    "$11, $12, '[]', '[]', $13, $14, $15, $16, $17, $18, $19, '{}', $20, $21, $22, $21)",
    false, 0
};
static const struct db_query set_current = {
    "exercise.set_current",
    "UPDATE exercises SET current_version_id = $3, updated_at = $4, rev = rev + 1 WHERE tenant_id "
    "= $1 AND id = $2",
    true, 0
};
static const struct db_query insert_file = {
    "exercise.file",
    "INSERT INTO exercise_files (tenant_id, version_id, path, role, language, sha256, read_only) "
    "VALUES ($1, $2, $3, $4, "
    "$5, $6, 0)",
    false, 0
};
static const struct db_query insert_test = {
    "exercise.test",
    "INSERT INTO exercise_tests (tenant_id, id, version_id, number, test_key, title, kind, "
    "visibility, body, compare, "
    "test_group, after_number, points_mp) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
    "$12, $13)",
    false, 0
};
static const struct db_query insert_hint = {
    "exercise.hint",
    "INSERT INTO exercise_hints (tenant_id, id, version_id, rung, number, text, when_test, "
    "penalty_mp) VALUES ($1, $2, $3, "
    "$4, $5, $6, $7, 0)",
    false, 0
};
static const struct db_query insert_skill_use = {
    "exercise.skill_use",
    "INSERT INTO exercise_skills (tenant_id, version_id, skill_id, share_mp) SELECT $1, $2, s.id, "
    "1000 FROM skills s WHERE "
    "s.tenant_id = $1 AND s.code = $3",
    false, 0
};
static const struct db_query upsert_skill = {
    "exercise.skill",
    "INSERT INTO skills (tenant_id, id, code, title, params, state, created_at, updated_at, rev) "
    "VALUES ($1, $2, $3, $4, "
    "'{}', 'active', $5, $5, 1) ON CONFLICT (tenant_id, code) DO UPDATE SET title = excluded.title",
    false, 0
};
static const struct db_query skill_parent = {
    "exercise.skill_parent",
    "INSERT INTO skill_prerequisites (tenant_id, skill_id, needs_id) SELECT $1, s.id, n.id FROM "
    "skills s JOIN skills n ON "
    "n.tenant_id = s.tenant_id WHERE s.tenant_id = $1 AND s.code = $2 AND n.code = $3 ON CONFLICT "
    "(tenant_id, skill_id, "
    "needs_id) DO NOTHING",
    false, 0
};
static const struct db_query version_get = {
    "exercise.version_get",
    "SELECT x.id, x.slug, v.number FROM exercise_versions v JOIN exercises x ON x.tenant_id = "
    "v.tenant_id AND x.id = "
    "v.exercise_id WHERE v.tenant_id = $1 AND v.id = $2 AND v.state IN ('published', 'retired')",
    true, 1
};
static const struct db_query version_files = {
    "exercise.version_files",
    "SELECT f.path, b.body FROM exercise_files f JOIN blobs b ON b.tenant_id = f.tenant_id AND "
    "b.sha256 = f.sha256 WHERE "
    "f.tenant_id = $1 AND f.version_id = $2",
    true, FILES_MAX
};
static const struct db_query version_tests = {
    "exercise.version_tests",
    "SELECT number, id FROM exercise_tests WHERE tenant_id = $1 AND version_id = $2", true,
    TESTS_MAX
};
/* The newest work session of the person for each exercise; one pass over the person's own sessions.
 */
#define CARDS                                                                                      \
    "SELECT x.id, x.slug, x.current_version_id, s.id, s.state, (SELECT max(b.best_score_mp) FROM " \
    "sessions b JOIN "                                                                             \
    "exercise_versions bv ON bv.tenant_id = b.tenant_id AND bv.id = b.version_id WHERE "           \
    "b.tenant_id = x.tenant_id AND "                                                               \
    "b.user_id = $2 AND bv.exercise_id = x.id), (SELECT count(*) FROM submissions m WHERE "        \
    "m.tenant_id = x.tenant_id AND "                                                               \
    "m.user_id = $2 AND m.exercise_id = x.id) FROM exercises x LEFT JOIN sessions s ON "           \
    "s.tenant_id = x.tenant_id AND "                                                               \
    "s.id = (SELECT max(n.id) FROM sessions n JOIN exercise_versions nv ON nv.tenant_id = "        \
    "n.tenant_id AND nv.id = "                                                                     \
    "n.version_id WHERE n.tenant_id = x.tenant_id AND n.user_id = $2 AND nv.exercise_id = x.id) "  \
    "WHERE x.tenant_id = $1 "                                                                      \
    "AND x.state = 'active' AND x.current_version_id IS NOT NULL "
static const struct db_query cards = { "exercise.cards", CARDS "ORDER BY x.slug LIMIT 500", true,
                                       CARDS_MAX };
static const struct db_query card = { "exercise.card", CARDS "AND x.id = $3", true, 1 };

const struct db_query *const exercise_db_queries[] = { &by_slug,
                                                       &current,
                                                       &insert_exercise,
                                                       &retire,
                                                       &insert_version,
                                                       &set_current,
                                                       &insert_file,
                                                       &insert_test,
                                                       &insert_hint,
                                                       &insert_skill_use,
                                                       &upsert_skill,
                                                       &skill_parent,
                                                       &version_get,
                                                       &version_files,
                                                       &version_tests,
                                                       &cards,
                                                       &card,
                                                       NULL };

enum err exercise_db_by_slug(struct db_conn *c, struct str tenant, struct str slug, struct arena *a,
                             struct exercise_row *out, struct fail *f)
{
    struct db_rows r;
    TRY(db_one(c, &by_slug, DB_ARGS(db_text(tenant), db_text(slug)), a, &r, f));
    *out = (struct exercise_row){
        db_cell_text(&r, 0, 0), db_cell_text(&r, 0, 1), db_cell_int(&r, 0, 2), { { 0 } }
    };
    return hash_from_bytes(db_cell_text(&r, 0, 3), &out->content)
               ? ERR_OK
               : FAIL(f, ERR_IO, "internal", "content hash");
}

enum err exercise_db_current(struct db_conn *c, struct str tenant, struct str id, struct arena *a,
                             struct str *version_id, struct fail *f)
{
    struct db_rows r;
    TRY(db_one(c, &current, DB_ARGS(db_text(tenant), db_text(id)), a, &r, f));
    *version_id = db_cell_text(&r, 0, 0);
    return ERR_OK;
}

/* --- publishing --- */

static struct str both(struct exercise_text t, struct arena *a)
{
    AUTO_BUF b = { .max = 1 << 20 };
    buf_put(&b, STR("{\"es\":"));
    json_put_text(&b, t.es);
    buf_put(&b, STR(",\"en\":"));
    json_put_text(&b, t.en.ptr ? t.en : STR(""));
    buf_putc(&b, '}');
    return arena_dup(a, buf_str(&b));
}

/* A part of the manifest as written, or `otherwise`. */
static struct str part(const struct exercise *x, const char *key, const char *otherwise,
                       struct arena *a)
{
    const struct json *j = json_get(x->manifest, key);
    AUTO_BUF b = { .max = 1 << 18 };
    if (!j)
        return otherwise ? str_of(otherwise) : (struct str){ 0 };
    json_put(&b, j);
    return arena_dup(a, buf_str(&b));
}

static enum err put_version(struct db_tx *tx, const struct env *env, const struct exercise *x,
                            struct str owner, struct fail *f)
{
    struct arena *a = db_tx_arena(tx);
    struct str entry = part(x, "entry", "null", a);
    return db_exec(
        tx, &insert_version,
        DB_ARGS(db_text(db_tx_tenant(tx)), db_text(x->version_id), db_text(x->id),
                db_int(x->version), db_text(str_of(exercise_kind_name(x->kind))),
                db_text(both(x->title, a)), db_text(both(x->summary, a)),
                db_text(both(x->statement, a)), db_text(part(x, "languages", "[]", a)),
                db_text(x->difficulty), db_int(x->minutes), db_int(x->points_mp),
                db_text(part(x, "files", "[]", a)), db_text(entry),
                db_text_opt(part(x, "groups", NULL, a)), db_text(part(x, "constructs", "[]", a)),
                db_text(part(x, "limits", "{}", a)), db_text_opt(part(x, "variant", NULL, a)),
                db_text(part(x, "run", "{}", a)), db_bytes(x->content_hash), db_int(env_now(env)),
                db_text(owner)),
        NULL, f);
}

/* Which of the five roles a package file has; the manifest and the statements count as the author's
 * material. */
static const char *role_of(struct str path)
{
    static const struct {
        const char *folder, *role;
    } roles[] = { { "starter/", "starter" },
                  { "solution/", "solution" },
                  { "wrong/", "wrong" },
                  { "media/", "media" } };
    for (size_t i = 0; i < COUNT_OF(roles); i++)
        if (str_starts(path, str_of(roles[i].folder)))
            return roles[i].role;
    return "tests";
}

static enum err put_files(struct db_tx *tx, const struct env *env, const struct exercise *x,
                          struct fail *f)
{
    for (size_t i = 0; i < x->package_count; i++) {
        struct hash name;
        TRY(blob_put(tx, env, x->package[i].data, "application/octet-stream", &name, f));
        TRY(db_exec(tx, &insert_file,
                    DB_ARGS(db_text(db_tx_tenant(tx)), db_text(x->version_id),
                            db_text(x->package[i].path),
                            db_text(str_of(role_of(x->package[i].path))), db_text(x->language),
                            db_bytes(hash_bytes(&name))),
                    NULL, f));
    }
    return ERR_OK;
}

/* The tests as written, one object each, in their order. */
static struct str test_body(const struct exercise *x, size_t i, struct arena *a)
{
    const struct json *tests = json_get(x->manifest, "tests");
    AUTO_BUF b = { .max = 65'536 };
    if (json_is(tests, JS_LIST) && i < tests->count)
        json_put(&b, &tests->items[i]);
    return b.len && !b.truncated ? arena_dup(a, buf_str(&b)) : STR("{}");
}

static enum err put_tests(struct db_tx *tx, const struct exercise *x, struct fail *f)
{
    struct arena *a = db_tx_arena(tx);
    for (size_t i = 0; i < x->test_count; i++) {
        const struct exercise_test *t = &x->tests[i];
        TRY(db_exec(tx, &insert_test,
                    DB_ARGS(db_text(db_tx_tenant(tx)), db_text(t->row), db_text(x->version_id),
                            db_int(t->number), db_text(t->id), db_text(both(t->title, a)),
                            db_text(str_of(exercise_test_kind_name(t->kind))),
                            db_text(str_of(exercise_visibility_name(t->visibility))),
                            db_text(test_body(x, i, a)),
                            db_text(str_of(exercise_compare_name(t->compare.mode))),
                            t->group.len ? db_text(t->group) : db_null(),
                            t->after ? db_int(t->after) : db_null(), db_int(t->points_mp)),
                    NULL, f));
    }
    return ERR_OK;
}

static enum err put_hints_and_skills(struct db_tx *tx, const struct env *env,
                                     const struct exercise *x, struct fail *f)
{
    struct arena *a = db_tx_arena(tx);
    struct str tenant = db_tx_tenant(tx);
    for (size_t i = 0; i < x->hint_count; i++)
        TRY(db_exec(tx, &insert_hint,
                    DB_ARGS(db_text(tenant), db_text(env_id(env, a)), db_text(x->version_id),
                            db_int(x->hints[i].rung), db_int(x->hints[i].number),
                            db_text(both(x->hints[i].text, a)),
                            x->hints[i].when.len ? db_text(x->hints[i].when) : db_null()),
                    NULL, f));
    for (size_t i = 0; i < x->skill_count; i++)
        TRY(db_exec(tx, &insert_skill_use,
                    DB_ARGS(db_text(tenant), db_text(x->version_id), db_text(x->skills[i])), NULL,
                    f));
    return ERR_OK;
}

enum err exercise_db_publish(struct db_tx *tx, const struct env *env, struct exercise *x,
                             struct str owner, bool is_new, struct fail *f)
{
    struct str tenant = db_tx_tenant(tx);
    struct str source = json_text(json_get(x->manifest, "source")),
               licence = json_text(json_get(x->manifest, "license"));
    if (is_new)
        TRY(db_exec(tx, &insert_exercise,
                    DB_ARGS(db_text(tenant), db_text(x->id), db_text(x->slug), db_text(owner),
                            db_text(x->slug), db_text_opt(utf8_cut(source, 200)),
                            db_text_opt(licence), db_int(env_now(env))),
                    NULL, f));
    TRY(db_exec(tx, &retire, DB_ARGS(db_text(tenant), db_text(x->id)), NULL, f));
    TRY(put_version(tx, env, x, owner, f));
    TRY(put_files(tx, env, x, f));
    TRY(put_tests(tx, x, f));
    TRY(put_hints_and_skills(tx, env, x, f));
    return db_exec(
        tx, &set_current,
        DB_ARGS(db_text(tenant), db_text(x->id), db_text(x->version_id), db_int(env_now(env))),
        NULL, f);
}

enum err exercise_db_skill(struct db_tx *tx, const struct env *env, const struct skill *s,
                           struct fail *f)
{
    struct arena *a = db_tx_arena(tx);
    return db_exec(tx, &upsert_skill,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(env_id(env, a)), db_text(s->id),
                           db_text(both(s->title, a)), db_int(env_now(env))),
                   NULL, f);
}

enum err exercise_db_skill_parent(struct db_tx *tx, struct str skill, struct str parent,
                                  struct fail *f)
{
    return db_exec(tx, &skill_parent,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_text(skill), db_text(parent)), NULL, f);
}

/* --- reading --- */

static int by_path(const struct folder_file *a, const struct folder_file *b)
{
    return str_cmp(a->path, b->path);
}

/* Insertion sort: a package has few files, and the engines' orders differ. */
static void sort_files(struct folder_file *files, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct folder_file x = files[i];
        size_t k = i;
        for (; k > 0 && by_path(&files[k - 1], &x) > 0; k--)
            files[k] = files[k - 1];
        files[k] = x;
    }
}

enum err exercise_db_version(struct db_conn *c, struct str tenant, struct str version_id,
                             struct arena *a, struct stored_version *out, struct fail *f)
{
    struct db_rows head, files, tests;
    TRY(db_one(c, &version_get, DB_ARGS(db_text(tenant), db_text(version_id)), a, &head, f));
    TRY(db_all(c, &version_files, DB_ARGS(db_text(tenant), db_text(version_id)), a, &files, f));
    TRY(db_all(c, &version_tests, DB_ARGS(db_text(tenant), db_text(version_id)), a, &tests, f));
    *out = (struct stored_version){ .exercise_id = db_cell_text(&head, 0, 0),
                                    .slug = db_cell_text(&head, 0, 1),
                                    .number = db_cell_int(&head, 0, 2),
                                    .file_count = files.rows,
                                    .test_count = tests.rows };
    out->files = ARENA_ARRAY(a, struct folder_file, files.rows);
    out->test_rows = ARENA_ARRAY(a, struct str, tests.rows);
    for (size_t i = 0; i < files.rows; i++)
        out->files[i] =
            (struct folder_file){ db_cell_text(&files, i, 0), db_cell_text(&files, i, 1) };
    sort_files(out->files, out->file_count);
    for (size_t i = 0; i < tests.rows; i++) {
        int64_t number = db_cell_int(&tests, i, 0);
        if (number < 1 || num_size(number) > tests.rows)
            return FAIL(f, ERR_IO, "internal", "numbers of stored tests have a hole");
        out->test_rows[number - 1] = db_cell_text(&tests, i, 1);
    }
    return ERR_OK;
}

enum err exercise_db_cards(struct db_conn *c, struct str tenant, struct str user_id, struct str id,
                           struct arena *a, struct card_row **out, size_t *n, struct fail *f)
{
    struct db_rows r;
    if (id.ptr)
        TRY(db_one(c, &card, DB_ARGS(db_text(tenant), db_text(user_id), db_text(id)), a, &r, f));
    else
        TRY(db_all(c, &cards, DB_ARGS(db_text(tenant), db_text(user_id)), a, &r, f));
    *n = r.rows;
    *out = ARENA_ARRAY(a, struct card_row, r.rows);
    for (size_t i = 0; i < r.rows; i++)
        (*out)[i] = (struct card_row){ .id = db_cell_text(&r, i, 0),
                                       .slug = db_cell_text(&r, i, 1),
                                       .version_id = db_cell_text(&r, i, 2),
                                       .session_id = db_cell_text(&r, i, 3),
                                       .session_state = db_cell_text(&r, i, 4),
                                       .best_mp = db_cell_int(&r, i, 5),
                                       .submissions = db_cell_int(&r, i, 6) };
    return ERR_OK;
}
