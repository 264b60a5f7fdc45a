#include "domain/exercise/store_priv.h"

#include "base/num.h"
#include "io/asset/asset.h"

/* --- what the program carries: skills and the course's outline --- */

static struct exercise_text text_of(const struct json *j)
{
    return (struct exercise_text){ json_text(json_get(j, "es")), json_text(json_get(j, "en")) };
}

static enum err asset_yaml(const char *name, struct arena *a, struct json *out, struct fail *f)
{
    struct str data;
    if (!asset_find(str_of(name), &data))
        return FAIL(f, ERR_NOT_FOUND, "content.absent", "%s is not inside the program", name);
    return yaml_parse(data, a, out, f);
}

static enum err skills_load(struct exercises *x, struct fail *f)
{
    struct json j;
    TRY(asset_yaml("content/skills.yaml", x->a, &j, f));
    const struct json *list = json_get(&j, "skills");
    if (!json_is(list, JS_LIST))
        return FAIL(f, ERR_INPUT, "content.skills", "content/skills.yaml has no list `skills`");
    struct skill *skills = ARENA_ARRAY(x->a, struct skill, list->count);
    for (size_t i = 0; i < list->count; i++) {
        const struct json *parents = json_get(&list->items[i], "parents");
        size_t n = json_is(parents, JS_LIST) ? parents->count : 0;
        struct str *ids = ARENA_ARRAY(x->a, struct str, n);
        for (size_t k = 0; k < n; k++)
            ids[k] = json_text(&parents->items[k]);
        skills[i] = (struct skill){ json_text(json_get(&list->items[i], "id")),
                                    text_of(json_get(&list->items[i], "title")), ids, n };
        if (!skills[i].id.len || !skills[i].title.es.len || !skills[i].title.en.len)
            return FAIL(f, ERR_INPUT, "content.skills", "skill %zu lacks id or titles", i + 1);
    }
    x->skills = skills;
    x->skill_count = list->count;
    return ERR_OK;
}

static enum err outline_load(struct exercises *x, struct fail *f)
{
    enum { ITEMS_MAX = 500 };
    struct json j;
    TRY(asset_yaml("content/courses/prog1.yaml", x->a, &j, f));
    const struct json *units = json_get(&j, "units");
    struct outline_item *items = ARENA_ARRAY(x->a, struct outline_item, ITEMS_MAX);
    size_t n = 0;
    for (size_t u = 0; json_is(units, JS_LIST) && u < units->count; u++) {
        const struct json *slugs = json_get(&units->items[u], "exercises");
        for (size_t i = 0; json_is(slugs, JS_LIST) && i < slugs->count && n < ITEMS_MAX; i++, n++)
            items[n] = (struct outline_item){ json_text(&slugs->items[i]),
                                              json_int(json_get(&units->items[u], "number"), 0),
                                              num_i64(n) + 1 };
    }
    x->outline = items;
    x->outline_count = n;
    return n ? ERR_OK
             : FAIL(f, ERR_INPUT, "content.course",
                    "content/courses/prog1.yaml lists no exercises");
}

enum err exercises_open(struct exercises **out, struct arena *a, struct fail *f)
{
    struct exercises *x = ARENA_NEW(a, struct exercises);
    x->a = a;
    if (pthread_mutex_init(&x->lock, NULL))
        return FAIL(f, ERR_IO, "internal", "mutex");
    *out = x;
    TRY(skills_load(x, f));
    return outline_load(x, f);
}

void exercises_close(struct exercises *x)
{
    arena_release(&x->versions);
    (void)pthread_mutex_destroy(&x->lock);
}

const struct outline_item *outline_of(const struct exercises *x, struct str slug)
{
    for (size_t i = 0; i < x->outline_count; i++)
        if (str_eq(x->outline[i].slug, slug))
            return &x->outline[i];
    return NULL;
}

const struct skill *skill_of(const struct exercises *x, struct str id)
{
    for (size_t i = 0; i < x->skill_count; i++)
        if (str_eq(x->skills[i].id, id))
            return &x->skills[i];
    return NULL;
}

struct str exercise_skill_title(const struct exercises *x, struct str skill, struct str lang)
{
    const struct skill *s = skill_of(x, skill);
    return s ? exercise_say(s->title, lang) : skill;
}

/* --- publishing what the program carries --- */

struct publishing {
    struct exercises *x;
    const struct env *env;
    struct exercise *package;
    struct str owner;
    bool is_new;
};

static enum err skills_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct publishing *p = arg;
    for (size_t i = 0; i < p->x->skill_count; i++)
        TRY(exercise_db_skill(tx, p->env, &p->x->skills[i], f));
    for (size_t i = 0; i < p->x->skill_count; i++)
        for (size_t k = 0; k < p->x->skills[i].parent_count; k++)
            TRY(exercise_db_skill_parent(tx, p->x->skills[i].id, p->x->skills[i].parents[k], f));
    return ERR_OK;
}

static enum err publish_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct publishing *p = arg;
    return exercise_db_publish(tx, p->env, p->package, p->owner, p->is_new, f);
}

/* Ids are chosen before the unit, because a unit may run again. */
static void name_rows(const struct env *env, struct exercise *x, struct arena *a)
{
    struct exercise_test *tests = ARENA_ARRAY(a, struct exercise_test, x->test_count);
    for (size_t i = 0; i < x->test_count; i++) {
        tests[i] = x->tests[i];
        tests[i].row = env_id(env, a);
    }
    x->tests = tests;
    x->version_id = env_id(env, a);
}

static enum err package_sync(struct publishing *p, struct db *db, struct db_conn *c,
                             struct str tenant, struct str slug, int64_t *published, struct fail *f)
{
    AUTO_ARENA a = { 0 };
    struct exercise_row row = { 0 };
    TRY(exercise_from_assets(slug, &a, &p->package, f));
    enum err found = exercise_db_by_slug(c, tenant, slug, &a, &row, f);
    if (found && found != ERR_NOT_FOUND)
        return found;
    if (!found && str_eq(hash_bytes(&row.content), p->package->content_hash))
        return ERR_OK;
    p->is_new = found == ERR_NOT_FOUND;
    p->package->id = p->is_new ? env_id(p->env, &a) : row.id;
    p->package->version = row.version + 1;
    name_rows(p->env, p->package, &a);
    TRY(db_write(db, tenant, publish_unit, p, f));
    (*published)++;
    return ERR_OK;
}

static enum err packages_sync(struct publishing *p, struct db *db, struct db_conn *c,
                              struct str tenant, int64_t *published, struct fail *f)
{
    AUTO_ARENA a = { 0 };
    const struct str *slugs = NULL;
    size_t n = 0;
    exercise_slugs(&a, &slugs, &n);
    for (size_t i = 0; i < n; i++)
        TRY(package_sync(p, db, c, tenant, slugs[i], published, f));
    return ERR_OK;
}

enum err exercise_sync(struct exercises *x, struct db *db, const struct env *env, struct str tenant,
                       struct str owner, int64_t *published, struct fail *f)
{
    struct publishing p = { .x = x, .env = env, .owner = owner };
    struct db_conn *c = NULL;
    *published = 0;
    TRY(db_write(db, tenant, skills_unit, &p, f));
    TRY(db_conn_open(db, &c, f));
    enum err e = db_conn_tenant(c, tenant, f);
    if (e == ERR_OK)
        e = packages_sync(&p, db, c, tenant, published, f);
    db_conn_close(c);
    return e;
}

/* --- versions in memory --- */

static const struct exercise *cached_find(struct exercises *x, struct str tenant,
                                          struct str version_id)
{
    for (const struct cached *c = x->first; c; c = c->next)
        if (str_eq(c->tenant, tenant) && str_eq(c->x->version_id, version_id))
            return c->x;
    return NULL;
}

/* Reads the version's own files again: what was published is what is judged. Under the lock. */
static enum err version_load(struct exercises *x, struct db_conn *c, struct str tenant,
                             struct str version_id, const struct exercise **out, struct fail *f)
{
    struct arena *a = &x->versions;
    struct stored_version v;
    struct cached *entry = ARENA_NEW(a, struct cached);
    TRY(exercise_db_version(c, tenant, version_id, a, &v, f));
    TRY(exercise_from_files(v.slug, v.files, v.file_count, a, &entry->x, f));
    struct exercise_test *tests = ARENA_ARRAY(a, struct exercise_test, entry->x->test_count);
    for (size_t i = 0; i < entry->x->test_count; i++) {
        tests[i] = entry->x->tests[i];
        if (num_size(tests[i].number) > v.test_count)
            return FAIL(f, ERR_IO, "internal", "a stored version lacks test %lld",
                        (long long)tests[i].number);
        tests[i].row = v.test_rows[tests[i].number - 1];
    }
    entry->x->tests = tests;
    entry->x->id = v.exercise_id;
    entry->x->version_id = arena_dup(a, version_id);
    entry->x->version = v.number;
    entry->tenant = arena_dup(a, tenant);
    entry->next = x->first;
    x->first = entry;
    *out = entry->x;
    return ERR_OK;
}

enum err exercise_get(struct exercises *x, struct db_conn *c, struct str tenant,
                      struct str version_id, const struct exercise **out, struct fail *f)
{
    enum err e = ERR_OK;
    (void)pthread_mutex_lock(&x->lock);
    *out = cached_find(x, tenant, version_id);
    if (!*out)
        e = version_load(x, c, tenant, version_id, out, f);
    (void)pthread_mutex_unlock(&x->lock);
    return e;
}

enum err exercise_current(struct exercises *x, struct db_conn *c, struct str tenant,
                          struct str exercise_id, const struct exercise **out, struct fail *f)
{
    AUTO_ARENA a = { 0 };
    struct str version_id;
    TRY(exercise_db_current(c, tenant, exercise_id, &a, &version_id, f));
    return exercise_get(x, c, tenant, version_id, out, f);
}
