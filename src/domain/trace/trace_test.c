#include "domain/trace/trace_priv.h"
#include "support/check.h"

#include <sodium.h>

#define SESSION "01938d3c-4f00-7a10-8000-000000000001"
#define TENANT "01938d3c-0000-7000-8000-0000000000aa"

static struct json parsed(struct arena *a, const char *text)
{
    struct json j;
    struct fail f;
    CHECK(json_parse(str_of(text), &json_limits_api, a, &j, &f) == ERR_OK);
    return j;
}

static struct str canonical_of(struct arena *a, const char *text)
{
    AUTO_BUF b = { .max = 100'000 };
    struct fail f;
    struct json j = parsed(a, text);
    CHECK(trace_encode(&j, &b, &f) == ERR_OK);
    return arena_dup(a, buf_str(&b));
}

static struct str raw(struct arena *a, const char *hex)
{
    struct str out;
    CHECK(hex_decode(a, str_of(hex), &out));
    return out;
}

static const struct trace_genesis genesis = { STR_INIT(SESSION), STR_INIT(TENANT),
                                              INT64_C(1764000000000000) };

/* The three worked events of evidence.md B.3. */
static void worked_events(struct arena *a, struct trace_event e[3])
{
    e[0] = (struct trace_event){
        .actor = STR("student"),
        .at = INT64_C(1764000000000000),
        .client_at = INT64_MIN,
        .id = STR("01938d3c-4f01-7000-8000-000000000010"),
        .payload = canonical_of(a, "{\"device\":\"desktop\",\"reason\":\"first\"}"),
        .policy_hash = raw(a, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        .seq = 1,
        .type = STR("session_opened"),
    };
    e[1] = (struct trace_event){
        .actor = STR("student"),
        .at = INT64_C(1764000003250000),
        .client_at = INT64_C(1764000001900000),
        .id = STR("01938d3c-4f02-7000-8000-000000000011"),
        .payload = canonical_of(
            a, "{\"base_rev\":0,\"changes\":[[12,0,8]],\"file\":0,\"keys\":8,\"len_after\":20,"
               "\"origin\":\"typed\",\"rev\":1}"),
        .text = canonical_of(a, "{\"inserted\":[\"año = 2\\n\"]}"),
        .salt = raw(a, "ffffffffffffffffffffffffffffffff"),
        .seq = 2,
        .type = STR("code_edited"),
    };
    e[2] = (struct trace_event){
        .actor = STR("student"),
        .at = INT64_C(1764000009000000),
        .client_at = INT64_C(1764000008500000),
        .id = STR("01938d3c-4f03-7000-8000-000000000012"),
        .payload = canonical_of(a, "{\"about\":\"tests\",\"confidence\":75,\"expected\":\"pass\"}"),
        .text = canonical_of(a, "{\"why\":\"Pasa todo ✔\"}"),
        .salt = raw(a, "000102030405060708090a0b0c0d0eff"),
        .seq = 3,
        .type = STR("prediction_made"),
    };
    struct hash h = trace_genesis_hash(&genesis);
    for (int i = 0; i < 3; i++) {
        if (e[i].text.ptr) {
            struct hash t = trace_text_hash(e[i].salt, e[i].text);
            e[i].text_hash = arena_dup(a, hash_bytes(&t));
        }
        e[i].hash = h = trace_event_hash(&h, &e[i]);
    }
}

TEST(the_worked_example_gives_the_published_hashes)
{
    AUTO_ARENA a = { 0 };
    struct trace_event e[3];
    struct hash h = trace_genesis_hash(&genesis);
    CHECK_STR(hash_hex(&a, &h), "562d3edd76519ac9b1d50bfc6686f3a2a44f75f6a7318408ab03b17df88422e3");
    worked_events(&a, e);
    CHECK_STR(hash_hex(&a, &e[0].hash),
              "f0abf33db506326982ebd3e13c7e9b31248e83a57c9847725d1f04d75be28883");
    CHECK_STR(hex_encode(&a, e[1].text_hash),
              "daf9b0e2ead693bf86c2cc625f2dada1d18ecfe58a823b11eb6083db53aba8f1");
    CHECK_STR(hash_hex(&a, &e[1].hash),
              "9fa0ada9a938f9f581b018d5198062969c8d6af8e41a0e86e0c1b78229336242");
    CHECK_STR(hex_encode(&a, e[2].text_hash),
              "fddad50af5cd916aa8accf4746fc60b016c5be4b509d80a705671bc3262c7d79");
    CHECK_STR(hash_hex(&a, &e[2].hash),
              "021739caff99c71cbd4bcc3a3d69f1f7426bc0f8972f5f5a5554eaa1b293670a");
}

/* RFC 8032 test key 1, as evidence.md B.4 uses it. */
static const uint8_t test_seed[32] = { 0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60,
                                       0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
                                       0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19,
                                       0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60 };

static struct trace_checkpoint worked_checkpoint(struct arena *a, const struct trace_event *last,
                                                 uint8_t public_key[32])
{
    uint8_t secret_key[64];
    struct trace_checkpoint c = { .seq = 3,
                                  .signed_at = INT64_C(1764000010000000),
                                  .hash = last->hash,
                                  .kind = STR("session"),
                                  .kid = STR("k1"),
                                  .prev = STR("") };
    CHECK(crypto_sign_seed_keypair(public_key, secret_key, test_seed) == 0);
    struct str m = trace_checkpoint_message(a, &c, STR(SESSION));
    CHECK(crypto_sign_detached(c.signature, NULL, (const unsigned char *)m.ptr, m.len,
                               secret_key) == 0);
    return c;
}

TEST(the_worked_checkpoint_gives_the_published_signature)
{
    AUTO_ARENA a = { 0 };
    struct trace_event e[3];
    uint8_t key[32];
    worked_events(&a, e);
    struct trace_checkpoint c = worked_checkpoint(&a, &e[2], key);
    struct str m = trace_checkpoint_message(&a, &c, STR(SESSION));
    struct hash h = hash_sha256(m);
    CHECK_INT(m.len, 218);
    CHECK_STR(hash_hex(&a, &h), "d97889cf4603a86ab4539885618053a63f3413c3e11905a210a4808eca01cb70");
    CHECK_STR(hex_encode(&a, (struct str){ (const char *)c.signature, 64 }),
              "741f60a87ac18ebe3ba17043f419aa73c914ed596f05b3df2e33b724d9b0f578522786bbb2b9dfabb3de"
              "5f3179515fa7e7319acf4eeed"
              "142f47d4f42c74f930a");
}

TEST(each_value_has_one_encoding)
{
    AUTO_ARENA a = { 0 };
    CHECK_STR(canonical_of(&a, "{\"b\":[],\"a\":{\"z\":-1,\"y\":\"ñ\"}}"),
              "d1:ad1:y2:ñ1:zi-1ee1:blee");
    CHECK_STR(canonical_of(&a, "9007199254740991"), "i9007199254740991e");
    static const char *const bad[] = { "i01e",
                                       "i-0e",
                                       "i+1e",
                                       "ie",
                                       "i1",
                                       "i9007199254740992e",
                                       "01:a",
                                       "2:a",
                                       "1:a1:b",
                                       "d1:bi1e1:ai1ee",
                                       "d1:ai1e1:ai1ee",
                                       "d1:Ai1ee",
                                       "l",
                                       "d1:ae",
                                       "1:\xFF",
                                       "x",
                                       "",
                                       "llllllllleeeeeeeee",
                                       "-1:a" };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct json j;
        struct fail f;
        CHECK(trace_decode(str_of(bad[i]), &a, &j, &f) == ERR_INPUT);
    }
    static const char *const not_encodable[] = { "1.5",       "true",
                                                 "null",      "9007199254740992",
                                                 "{\"A\":1}", "[[[[[[[[[]]]]]]]]]" };
    for (size_t i = 0; i < COUNT_OF(not_encodable); i++) {
        AUTO_BUF b = { .max = 1000 };
        struct fail f;
        struct json j = parsed(&a, not_encodable[i]);
        CHECK(trace_encode(&j, &b, &f) == ERR_INPUT);
    }
}

TEST(decoding_then_encoding_gives_the_same_bytes)
{
    AUTO_ARENA a = { 0 };
    static const char *const good[] = {
        "de", "le", "0:", "i0e", "d1:ali1e3:✔ee", "d1:0de1:_de1:ai-9007199254740991ee"
    };
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        AUTO_BUF b = { .max = 1000 };
        struct json j;
        struct fail f;
        CHECK(trace_decode(str_of(good[i]), &a, &j, &f) == ERR_OK);
        CHECK(trace_encode(&j, &b, &f) == ERR_OK);
        CHECK_STR(buf_str(&b), good[i]);
    }
}

static const struct trace_report *verified(struct arena *a, const struct trace_event *e, size_t n,
                                           bool with_checkpoint)
{
    struct trace_event original[3];
    uint8_t key[32];
    worked_events(a, original);
    struct trace_checkpoint c = worked_checkpoint(a, &original[2], key);
    struct trace_verifier *v = trace_verifier_new(a, &genesis);
    for (size_t i = 0; i < n; i++)
        trace_verifier_event(v, &e[i]);
    if (with_checkpoint)
        trace_verifier_checkpoint(v, &c, key);
    return trace_verifier_finish(v, NULL);
}

TEST(an_untouched_trace_verifies)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 4000 };
    struct trace_event e[3];
    worked_events(&a, e);
    const struct trace_report *r = verified(&a, e, 3, true);
    CHECK(r->result == TRACE_OK && r->events == 3 && r->checkpoints_ok == 1 &&
          r->unanchored_tail == 0);
    trace_report_json(r, &b);
    struct json j = parsed(&a, arena_cstr(&a, buf_str(&b)));
    CHECK_STR(json_text(json_get(&j, "result")), "ok");
    CHECK(json_get(&j, "first_broken") == NULL);
}

TEST(an_edited_event_is_named)
{
    AUTO_ARENA a = { 0 };
    struct trace_event e[3];
    worked_events(&a, e);
    e[1].payload = canonical_of(
        &a, "{\"base_rev\":0,\"changes\":[[12,0,9]],\"file\":0,\"keys\":8,\"len_after\":20,"
            "\"origin\":\"typed\",\"rev\":1}");
    const struct trace_report *r = verified(&a, e, 3, true);
    CHECK(r->result == TRACE_BROKEN && r->first_broken.seq == 2);
    CHECK_STR(str_of(r->first_broken.reason), "hash_mismatch");
}

TEST(an_edited_text_is_named)
{
    AUTO_ARENA a = { 0 };
    struct trace_event e[3];
    worked_events(&a, e);
    e[2].text = canonical_of(&a, "{\"why\":\"otra cosa\"}");
    const struct trace_report *r = verified(&a, e, 3, true);
    CHECK_INT(r->first_broken.seq, 3);
    CHECK_STR(str_of(r->first_broken.reason), "text_hash");
}

TEST(a_deleted_event_is_named)
{
    AUTO_ARENA a = { 0 };
    struct trace_event e[3];
    worked_events(&a, e);
    e[1] = e[2];
    const struct trace_report *r = verified(&a, e, 2, true);
    CHECK_INT(r->first_broken.seq, 2);
    CHECK_STR(str_of(r->first_broken.reason), "sequence_gap");
}

TEST(a_deleted_event_with_the_rest_renumbered_is_named)
{
    AUTO_ARENA a = { 0 };
    struct trace_event e[3];
    worked_events(&a, e);
    e[1] = e[2];
    e[1].seq = 2;
    const struct trace_report *r = verified(&a, e, 2, true);
    CHECK_INT(r->first_broken.seq, 2);
    CHECK_STR(str_of(r->first_broken.reason), "hash_mismatch");
}

TEST(reordered_events_are_named)
{
    AUTO_ARENA a = { 0 };
    struct trace_event e[3], t;
    worked_events(&a, e);
    t = e[1];
    e[1] = e[2];
    e[2] = t;
    const struct trace_report *r = verified(&a, e, 3, true);
    CHECK_INT(r->first_broken.seq, 2);
    CHECK_STR(str_of(r->first_broken.reason), "sequence_gap");
}

TEST(a_truncated_trace_is_named_by_its_checkpoint)
{
    AUTO_ARENA a = { 0 };
    struct trace_event e[3];
    worked_events(&a, e);
    const struct trace_report *r = verified(&a, e, 2, true);
    CHECK(r->result == TRACE_BROKEN && r->first_broken.seq == 3);
    CHECK_STR(str_of(r->first_broken.reason), "truncated");
}

TEST(a_rewritten_history_is_named_by_its_checkpoint)
{
    AUTO_ARENA a = { 0 };
    struct trace_event e[3];
    worked_events(&a, e);
    e[2].payload =
        canonical_of(&a, "{\"about\":\"tests\",\"confidence\":100,\"expected\":\"pass\"}");
    e[2].hash = trace_event_hash(&e[1].hash, &e[2]);
    const struct trace_report *r = verified(&a, e, 3, true);
    CHECK_STR(str_of(r->first_broken.reason), "checkpoint_head");
}

TEST(an_erased_text_still_verifies)
{
    AUTO_ARENA a = { 0 };
    struct trace_event e[3];
    worked_events(&a, e);
    e[1].text = e[1].salt = (struct str){ 0 };
    e[1].erased = true;
    const struct trace_report *r = verified(&a, e, 3, true);
    CHECK(r->result == TRACE_OK && r->erased == 1);
}

TEST(a_forged_or_unknown_signature_is_named)
{
    AUTO_ARENA a = { 0 };
    struct trace_event e[3];
    uint8_t key[32];
    worked_events(&a, e);
    for (int round = 0; round < 2; round++) {
        struct trace_checkpoint c = worked_checkpoint(&a, &e[2], key);
        struct trace_verifier *v = trace_verifier_new(&a, &genesis);
        for (size_t i = 0; i < 3; i++)
            trace_verifier_event(v, &e[i]);
        c.signature[0] ^= 1;
        trace_verifier_checkpoint(v, &c, round ? NULL : key);
        CHECK_STR(str_of(trace_verifier_finish(v, NULL)->first_broken.reason),
                  round ? "key_unknown" : "checkpoint_signature");
    }
}

struct schema_case {
    const char *type, *payload, *text;
    bool ok;
};

TEST(payloads_are_checked_against_the_catalogue)
{
    static const struct schema_case cases[] = {
        { "code_edited",
          "{\"file\":0,\"base_rev\":0,\"rev\":1,\"origin\":\"typed\",\"changes\":[[0,0,1]],\"len_"
          "after\":1}",
          "{\"inserted\":[\"a\"]}", true },
        { "code_edited",
          "{\"file\":50,\"base_rev\":0,\"rev\":1,\"origin\":\"typed\",\"changes\":[[0,0,1]],\"len_"
          "after\":1}",
          "{\"inserted\":[\"a\"]}", false },
        { "code_edited",
          "{\"file\":0,\"base_rev\":0,\"rev\":1,\"origin\":\"magic\",\"changes\":[],\"len_after\":"
          "1}",
          "{\"inserted\":[]}", false },
        { "code_edited",
          "{\"file\":0,\"base_rev\":0,\"rev\":1,\"origin\":\"typed\",\"changes\":[[0,0]],\"len_"
          "after\":1}",
          "{\"inserted\":[]}", false },
        { "focus_lost", "{}", NULL, true },
        { "focus_lost", "{\"title\":1}", NULL, false },
        { "focus_lost", "{}", "{\"text\":\"x\"}", false },
        { "text_copied", "{\"source\":\"editor\",\"length\":3,\"digest\":\"abc\"}", NULL, false },
        { "plan_stated", "{}", "{\"text\":\"primero\",\"steps\":[\"uno\",\"dos\"]}", true },
        { "plan_stated", "{}", NULL, false },
        { "run_finished",
          "{\"run\":\"01938d3c-4f00-7a10-8000-000000000001\",\"verdict\":\"ok\",\"wall_ms\":1,"
          "\"cpu_ms\":1,\"memory_kib\":9,"
          "\"exit\":-1,\"diagnostics\":[{\"phase\":\"run\",\"code\":\"python.NameError\","
          "\"family\":\"name\",\"line\":3}]}",
          NULL, true },
        { "reply_rated", "{\"turn\":\"01938d3c-4f00-7a10-8000-000000000001\",\"rating\":-1}", NULL,
          true },
        { "reply_rated", "{\"turn\":\"01938d3c-4f00-7a10-8000-000000000001\",\"rating\":2}", NULL,
          false },
        { "no_such_event", "{}", NULL, false },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO_ARENA a = { 0 };
        struct fail f;
        struct json payload = parsed(&a, cases[i].payload), text;
        if (cases[i].text)
            text = parsed(&a, cases[i].text);
        enum err e = trace_check(trace_type_named(str_of(cases[i].type)), &payload,
                                 cases[i].text ? &text : NULL, &f);
        CHECK((e == ERR_OK) == cases[i].ok);
    }
}

TEST(every_type_of_the_catalogue_has_a_level_an_actor_and_an_emitter)
{
    size_t n = 0;
    const struct trace_type *t = trace_types(&n);
    CHECK(n >= 60);
    for (size_t i = 0; i < n; i++) {
        CHECK(t[i].level >= 1 && t[i].level <= 4 && t[i].actors && t[i].emitters);
        CHECK(trace_type_named(str_of(t[i].name)) == &t[i]);
    }
}
