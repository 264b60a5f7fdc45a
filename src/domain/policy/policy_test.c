#include "domain/policy/policy.h"
#include "support/check.h"

static enum err fold(struct arena *a, const char *const *texts, size_t n, enum policy_kind kind,
                     struct policy *out, struct fail *f)
{
    struct json *docs = ARENA_ARRAY(a, struct json, n);
    const struct json **levels = ARENA_ARRAY(a, const struct json *, n);
    for (size_t i = 0; i < n; i++) {
        TRY(json_parse(str_of(texts[i]), &json_limits_api, a, &docs[i], f));
        levels[i] = &docs[i];
    }
    return policy_fold(levels, n, kind, out, f);
}

TEST(defaults_depend_on_the_kind_of_activity)
{
    AUTO_ARENA a = { 0 };
    struct policy p;
    struct fail f;
    CHECK(fold(&a, NULL, 0, POLICY_PRACTICE, &p, &f) == ERR_OK);
    CHECK(p.tutor_on && p.max_rung == 3 && p.show_expected && p.require_plan == GATE_REQUEST);
    CHECK(fold(&a, NULL, 0, POLICY_GRADED, &p, &f) == ERR_OK && p.max_rung == 2);
    CHECK(fold(&a, NULL, 0, POLICY_EXAM, &p, &f) == ERR_OK && !p.tutor_on && p.max_rung == 0 &&
          !p.show_expected);
}

TEST(a_lower_level_may_only_tighten)
{
    AUTO_ARENA a = { 0 };
    struct policy p;
    struct fail f;
    static const char *const tighter[] = {
        "{\"tutor.max_rung\":2}", "{\"tutor.max_rung\":1,\"tests.hidden_shown\":\"none\"}"
    };
    CHECK(fold(&a, tighter, 2, POLICY_PRACTICE, &p, &f) == ERR_OK);
    CHECK(p.max_rung == 1 && p.hidden_shown == HIDDEN_NONE);
    static const char *const wider[][2] = {
        { "{\"tutor.max_rung\":1}", "{\"tutor.max_rung\":2}" },
        { "{\"ai.enabled\":false}", "{\"ai.enabled\":true}" },
        { "{\"tutor.rung_wait_s\":60}", "{\"tutor.rung_wait_s\":5}" },
        { "{\"work.require_plan\":\"gate\"}", "{\"work.require_plan\":\"off\"}" }
    };
    for (size_t i = 0; i < COUNT_OF(wider); i++) {
        CHECK(fold(&a, wider[i], 2, POLICY_PRACTICE, &p, &f) == ERR_INPUT);
        CHECK_STR(str_of(f.hint), "policy.wider_than_parent");
    }
}

TEST(a_level_may_set_what_no_higher_one_set)
{
    AUTO_ARENA a = { 0 };
    struct policy p;
    struct fail f;
    static const char *const one[] = {
        "{\"tutor.max_rung\":4,\"tutor.allow_bottom_out\":true,\"tutor.mode\":\"on\"}"
    };
    CHECK(fold(&a, one, 1, POLICY_EXAM, &p, &f) == ERR_OK);
    CHECK(p.max_rung == 4 && p.allow_bottom_out && p.tutor_on);
}

TEST(unknown_keys_and_bad_values_are_refused)
{
    AUTO_ARENA a = { 0 };
    struct policy p;
    struct fail f;
    static const char *const bad[] = { "{\"tutor.max_rung\":5}", "{\"tutor.max_rung\":\"2\"}",
                                       "{\"tests.hidden_shown\":\"all\"}", "{\"ai.enabled\":1}",
                                       "[]" };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CHECK(fold(&a, &bad[i], 1, POLICY_PRACTICE, &p, &f) == ERR_INPUT);
        CHECK_STR(str_of(f.hint), "policy.value");
    }
    static const char *const unknown[] = { "{\"tutor.maxrung\":1}" };
    CHECK(fold(&a, unknown, 1, POLICY_PRACTICE, &p, &f) == ERR_INPUT);
    CHECK_STR(str_of(f.hint), "policy.unknown_key");
}

static bool same_hash(const struct policy *a, const struct policy *b)
{
    struct hash x = policy_hash(a), y = policy_hash(b);
    return hash_eq(&x, &y);
}

TEST(the_hash_follows_the_effective_document)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 8192 };
    struct policy p, q, r;
    struct fail f;
    struct json j;
    static const char *const same[] = { "{\"tutor.max_rung\":3}" };
    static const char *const other[] = { "{\"tutor.max_rung\":2}" };
    CHECK(fold(&a, NULL, 0, POLICY_PRACTICE, &p, &f) == ERR_OK);
    CHECK(fold(&a, same, 1, POLICY_PRACTICE, &q, &f) == ERR_OK && same_hash(&p, &q));
    CHECK(fold(&a, other, 1, POLICY_PRACTICE, &r, &f) == ERR_OK && !same_hash(&p, &r));
    policy_document(&p, &b);
    CHECK(json_parse(buf_str(&b), &json_limits_api, &a, &j, &f) == ERR_OK);
    for (size_t i = 1; i < j.count; i++)
        CHECK(str_cmp(j.members[i - 1].key, j.members[i].key) < 0);
    CHECK(fold(&a, (const char *const[]){ buf_str(&b).ptr ? arena_cstr(&a, buf_str(&b)) : "{}" }, 1,
               POLICY_EXAM, &q, &f) == ERR_OK);
    CHECK(same_hash(&p, &q));
}
