#include "domain/policy/policy_priv.h"

#include "base/num.h"

/* How a lower level may change a value that a higher one set. */
enum merge { MERGE_AND, MERGE_OR, MERGE_MIN, MERGE_MAX };
enum key_type { KEY_BOOL, KEY_INT, KEY_WORD };

struct key {
    const char *name;
    enum key_type type;
    size_t at;         /* offset in struct policy: bool, int64_t or an int-sized enum */
    const char *words; /* KEY_WORD: in the order of the enum */
    enum merge merge;
    int64_t min, max;
    int64_t otherwise[3]; /* default by kind: practice, graded, exam */
};

/* evidence.md F.1, the keys this version enforces. Sorted by name: this is the order of the
 * effective document. */
#define P(member) offsetof(struct policy, member)
static const struct key keys[] = {
    { "ai.enabled", KEY_BOOL, P(ai_enabled), NULL, MERGE_AND, 0, 1, { 1, 1, 1 } },
    { "run.per_minute", KEY_INT, P(runs_per_minute), NULL, MERGE_MIN, 1, 20, { 10, 10, 10 } },
    { "submission.per_hour",
      KEY_INT,
      P(submissions_per_hour),
      NULL,
      MERGE_MIN,
      1,
      360,
      { 20, 20, 20 } },
    { "tests.hidden_shown",
      KEY_WORD,
      P(hidden_shown),
      "none|count|names",
      MERGE_MIN,
      0,
      2,
      { 1, 1, 1 } },
    { "tutor.allow_bottom_out", KEY_BOOL, P(allow_bottom_out), NULL, MERGE_AND, 0, 1, { 0, 0, 0 } },
    { "tutor.attempts_per_rung",
      KEY_INT,
      P(attempts_per_rung),
      NULL,
      MERGE_MAX,
      0,
      5,
      { 1, 1, 1 } },
    { "tutor.hints_per_exercise",
      KEY_INT,
      P(hints_per_exercise),
      NULL,
      MERGE_MIN,
      0,
      50,
      { 6, 6, 6 } },
    { "tutor.max_rung", KEY_INT, P(max_rung), NULL, MERGE_MIN, 0, 4, { 3, 2, 0 } },
    { "tutor.mode", KEY_WORD, P(tutor_on), "off|on", MERGE_AND, 0, 1, { 1, 1, 0 } },
    { "tutor.rung_wait_s", KEY_INT, P(rung_wait_s), NULL, MERGE_MAX, 0, 600, { 60, 60, 60 } },
    { "tutor.show_expected", KEY_BOOL, P(show_expected), NULL, MERGE_AND, 0, 1, { 1, 1, 0 } },
    { "tutor.show_hidden_count",
      KEY_BOOL,
      P(show_hidden_count),
      NULL,
      MERGE_AND,
      0,
      1,
      { 0, 0, 0 } },
    { "tutor.turns_per_exercise",
      KEY_INT,
      P(turns_per_exercise),
      NULL,
      MERGE_MIN,
      0,
      300,
      { 60, 60, 60 } },
    { "tutor.turns_per_hour", KEY_INT, P(turns_per_hour), NULL, MERGE_MIN, 0, 120, { 30, 30, 30 } },
    { "work.focus_events", KEY_BOOL, P(focus_events), NULL, MERGE_AND, 0, 1, { 0, 0, 0 } },
    { "work.require_plan",
      KEY_WORD,
      P(require_plan),
      "off|request|gate",
      MERGE_MAX,
      0,
      2,
      { 1, 1, 0 } },
    { "work.require_prediction",
      KEY_WORD,
      P(require_prediction),
      "off|request|gate",
      MERGE_MAX,
      0,
      2,
      { 0, 0, 0 } },
    { "work.require_reflection",
      KEY_WORD,
      P(require_reflection),
      "off|request|gate",
      MERGE_MAX,
      0,
      2,
      { 1, 1, 0 } },
};

static const struct key *key_named(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        if (str_is(name, keys[i].name))
            return &keys[i];
    return NULL;
}

/* bool members are one byte, counters int64_t, enums int: the key's type and name tell which. */
static bool is_flag(const struct key *k)
{
    return k->type == KEY_BOOL || k->at == P(tutor_on);
}

static void store(const struct key *k, struct policy *p, int64_t v)
{
    char *slot = (char *)p + k->at;
    if (is_flag(k))
        *(bool *)slot = v != 0;
    else if (k->type == KEY_INT)
        *(int64_t *)(void *)slot = v;
    else
        *(int *)(void *)slot = num_narrow_int(v);
}

static int64_t fetch(const struct key *k, const struct policy *p)
{
    const char *slot = (const char *)p + k->at;
    if (is_flag(k))
        return *(const bool *)slot;
    return k->type == KEY_INT ? *(const int64_t *)(const void *)slot
                              : *(const int *)(const void *)slot;
}

static int64_t word_index(const char *words, struct str value)
{
    struct str rest = str_of(words);
    for (int64_t i = 0; rest.len; i++)
        if (str_eq(str_take_until(&rest, '|'), value))
            return i;
    return -1;
}

static struct str word_at(const char *words, int64_t index)
{
    struct str rest = str_of(words), word = { 0 };
    for (int64_t i = 0; i <= index; i++)
        word = str_take_until(&rest, '|');
    return word;
}

static enum err value_of(const struct key *k, const struct json *v, int64_t *out, struct fail *f)
{
    bool ok = false;
    if (k->type == KEY_BOOL && v->type == JS_BOOL) {
        *out = v->b;
        ok = true;
    } else if (k->type == KEY_INT && v->type == JS_INT) {
        *out = v->i;
        ok = v->i >= k->min && v->i <= k->max;
    } else if (k->type == KEY_WORD && v->type == JS_TEXT) {
        *out = word_index(k->words, v->s);
        ok = *out >= 0;
    }
    return ok ? ERR_OK : FAIL(f, ERR_INPUT, "policy.value", "%s", k->name);
}

/* Tighter or equal, in the direction of the key's merge rule. */
static bool may_follow(const struct key *k, int64_t higher, int64_t lower)
{
    switch (k->merge) {
    case MERGE_AND:
    case MERGE_MIN:
        return lower <= higher;
    case MERGE_OR:
    case MERGE_MAX:
        return lower >= higher;
    }
    return false;
}

static enum err fold_level(const struct json *level, struct policy *p, bool *set, struct fail *f)
{
    for (size_t i = 0; i < level->count; i++) {
        const struct json_member *m = &level->members[i];
        const struct key *k = key_named(m->key);
        int64_t v = 0;
        if (!k)
            return FAIL(f, ERR_INPUT, "policy.unknown_key", "%.*s", (int)size_min(m->key.len, 60),
                        m->key.ptr);
        TRY(value_of(k, &m->value, &v, f));
        if (set[k - keys] && !may_follow(k, fetch(k, p), v))
            return FAIL(f, ERR_INPUT, "policy.wider_than_parent", "%s", k->name);
        store(k, p, v);
        set[k - keys] = true;
    }
    return ERR_OK;
}

enum err policy_fold(const struct json *const *levels, size_t n, enum policy_kind kind,
                     struct policy *out, struct fail *f)
{
    bool set[COUNT_OF(keys)] = { 0 };
    *out = (struct policy){ 0 };
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        store(&keys[i], out, keys[i].otherwise[kind]);
    for (size_t i = 0; i < n; i++) {
        if (!json_is(levels[i], JS_OBJECT))
            return FAIL(f, ERR_INPUT, "policy.value", "a level is not an object");
        TRY(fold_level(levels[i], out, set, f));
    }
    return ERR_OK;
}

struct hash policy_hash(const struct policy *p)
{
    AUTO_BUF b = { .max = 8192 };
    policy_document(p, &b);
    return hash_sha256(buf_str(&b));
}

void policy_document(const struct policy *p, struct buf *b)
{
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        int64_t v = fetch(&keys[i], p);
        buf_put(b, i ? STR(",\"") : STR("{\""));
        buf_put(b, str_of(keys[i].name));
        buf_put(b, STR("\":"));
        if (keys[i].type == KEY_BOOL)
            buf_put(b, v ? STR("true") : STR("false"));
        else if (keys[i].type == KEY_INT)
            buf_put_i64(b, v);
        else
            json_put_text(b, word_at(keys[i].words, v));
    }
    buf_putc(b, '}');
    assert(!b->truncated);
}

enum err policy_effective(struct db_conn *c, struct str tenant, struct str course_id,
                          struct str activity_id, enum policy_kind kind, struct arena *a,
                          struct policy *out, struct fail *f)
{
    static const struct json_limits limits = { .bytes = 32'768, .depth = 4, .nodes = 1000 };
    struct str bodies[POLICY_LEVELS];
    struct json parsed[POLICY_LEVELS];
    const struct json *levels[POLICY_LEVELS];
    size_t n = 0;
    TRY(policy_db_levels(c, tenant, course_id, activity_id, a, bodies, &n, f));
    for (size_t i = 0; i < n; i++) {
        TRY(json_parse(bodies[i], &limits, a, &parsed[i], f));
        levels[i] = &parsed[i];
    }
    return policy_fold(levels, n, kind, out, f);
}

const char *policy_gate_name(enum policy_gate g)
{
    static const char *const names[] = {
        [GATE_OFF] = "off", [GATE_REQUEST] = "optional", [GATE_GATE] = "required"
    };
    return names[g];
}

const char *policy_hidden_name(enum policy_hidden h)
{
    static const char *const names[] = {
        [HIDDEN_NONE] = "none", [HIDDEN_COUNT] = "count", [HIDDEN_NAMES] = "names"
    };
    return names[h];
}
