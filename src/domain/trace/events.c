#include "base/id.h"
#include "base/num.h"
#include "domain/trace/trace_priv.h"

/*
 * The catalogue of events (evidence.md A.2) and their schemas.
 *
 * A schema is words "name:kind", required ones with "!" behind the name. Kinds:
 *   i integer >= 0 · z any integer · A..B integer in a range · id UUID · h 64 hex digits · w short
 * word · x|y|z one of these · tN text of at most N characters (text part only) · [tN]M at most M
 * such texts · [w]M words · [id]M ids · [i]M integers · edits at most 200 of [from, deleted,
 * inserted] · diags at most 20 of {code, family, line, phase} · counts word -> integer
 */
enum {
    STUDENT = 1 << ACTOR_STUDENT,
    TUTOR = 1 << ACTOR_TUTOR,
    JUDGE = 1 << ACTOR_JUDGE,
    TEACHER = 1 << ACTOR_TEACHER,
    SYSTEM = 1 << ACTOR_SYSTEM
};
enum { B = EMIT_BROWSER, S = EMIT_SERVER, J = EMIT_JOB };

static const struct trace_type types[] = {
    /* n1: the session */
    { "session_opened", 1, STUDENT, S,
      "exercise_version!:id device:desktop|tablet|phone reason:first|reopened client:w", "" },
    { "session_paused", 1, STUDENT | SYSTEM, B | S | J,
      "reason!:button|hidden|lost|idle|deadline_extended after_ms:i", "" },
    { "session_resumed", 1, STUDENT | SYSTEM, B | S | J,
      "reason!:button|hidden|lost|idle|deadline_extended after_ms:i", "" },
    { "session_closed", 1, STUDENT | SYSTEM, S,
      "reason!:submitted|student|teacher|deadline final_snapshot!:id", "" },
    { "session_abandoned", 1, SYSTEM, J, "idle_ms!:i", "" },
    { "statement_viewed", 1, STUDENT, B, "part!:w visible_ms!:0..3600000", "" },
    { "resource_viewed", 1, STUDENT, B, "resource!:w visible_ms!:0..3600000", "" },
    { "file_created", 1, STUDENT, B, "file!:0..49", "name:t200" },
    { "file_renamed", 1, STUDENT, B, "file!:0..49", "name:t200" },
    { "file_deleted", 1, STUDENT, B, "file!:0..49", "name:t200" },
    { "draft_restored", 1, STUDENT, S, "snapshot!:id source!:autosave|submission|template|conflict",
      "" },
    { "submission_made", 1, STUDENT, S, "submission!:id attempt!:i snapshot!:id late_s:i", "" },
    { "evaluation_proposed", 1, SYSTEM, J, "evaluation!:id", "" },
    { "evaluation_released", 1, TEACHER, S, "evaluation!:id by!:id", "" },
    { "feedback_viewed", 1, STUDENT, B, "evaluation!:id visible_ms!:0..3600000", "" },
    { "text_erased", 1, SYSTEM, S, "seq!:[i]1000 basis!:request|retention|order", "" },
    /* n2: the code */
    { "code_edited", 2, STUDENT, B,
      "file!:0..49 base_rev!:i rev!:i "
      "origin!:typed|completion|pasted_internal|tutor_snippet|pasted_external|template|undo|"
      "redo|format|assistive changes!:edits keys:i len_after!:i span_ms:i",
      "inserted!:[t20000]200" },
    { "text_copied", 2, STUDENT, B,
      "source!:editor|statement|tutor|output|other length!:i digest!:h", "" },
    { "snapshot_taken", 2, SYSTEM, S | J,
      "snapshot!:id tree_hash!:h bytes!:i "
      "cause!:open|autosave|run|submit|turn|paste|restore|conflict|pause|close rev:i",
      "" },
    { "code_run", 2, STUDENT, S, "run!:id snapshot!:id kind!:free|visible_tests|input",
      "input:t4000" },
    { "run_finished", 2, JUDGE, J,
      "run!:id verdict!:w exit:z wall_ms!:i cpu_ms!:i memory_kib!:i diagnostics:diags "
      "output_hash:h",
      "messages:[t300]20" },
    { "browser_run_finished", 2, STUDENT, B,
      "run!:id verdict!:w exit:z wall_ms!:i cpu_ms:i memory_kib:i diagnostics:diags output_hash:h "
      "trust!:client",
      "messages:[t300]20" },
    { "tests_run", 2, STUDENT, S, "run!:id suite!:public|own snapshot!:id", "" },
    { "tests_finished", 2, JUDGE, J,
      "run:id submission:id cause!:run|submit|regrade vector!:w passed!:i total!:i first_failed:w",
      "" },
    { "own_test_added", 2, STUDENT, B, "from!:blank|boundary_prompt|counterexample",
      "input:t4000 expected:t4000" },
    { "diagnostics_shown", 2, SYSTEM, B, "tool!:w items!:diags", "" },
    { "debugger_used", 2, STUDENT, B, "action!:start|step|breakpoint|stop count:i", "" },
    { "commit_recorded", 2, STUDENT, J,
      "commit!:w parents:[w]4 author_is_student!:0..1 files:i added:i deleted:i is_merge:0..1 "
      "is_revert:0..1 committed_at:i",
      "message:t4000" },
    { "focus_lost", 2, STUDENT, B, "", "" },
    { "focus_regained", 2, STUDENT, B, "away_ms!:i", "" },
    { "connection_lost", 2, SYSTEM, B, "queued:i", "" },
    { "connection_regained", 2, SYSTEM, B, "offline_ms!:i queued:i", "" },
    { "draft_conflict", 2, SYSTEM, S, "kept!:id other!:id device:w", "" },
    { "trace_gap", 2, SYSTEM, S, "from_rev!:i to_rev!:i cause!:lost|replay_mismatch|limit", "" },
    /* n3: help */
    { "prompt_sent", 3, STUDENT, S,
      "turn!:id snapshot!:id intent:w confidence_e6:i redactions:counts", "text!:t8000" },
    { "prompt_refused", 3, SYSTEM, S, "turn:id rule!:w policy_key:w spans:[i]20", "" },
    { "delegation_signalled", 3, SYSTEM, J, "turn!:id confidence_e6!:i spans:[i]20", "" },
    { "injection_signalled", 3, SYSTEM, J, "turn!:id confidence_e6!:i spans:[i]20", "" },
    { "help_without_attempt", 3, SYSTEM, J, "turn!:id confidence_e6!:i spans:[i]20", "" },
    { "reply_sent", 3, TUTOR, J,
      "turn!:id rung!:0..4 source!:rules|llm|canned model:w tokens_in:i tokens_out:i cost_uusd:i "
      "facts:[w]40 "
      "code_digests:[h]20 degraded!:0..1",
      "text!:t32000" },
    { "gate_acted", 3, SYSTEM, J, "turn!:id rule!:w action!:replaced|cut|refused similarity_e6:i",
      "" },
    { "reply_interrupted", 3, STUDENT | SYSTEM, S | J, "turn!:id cause!:w", "" },
    { "reply_viewed", 3, STUDENT, B, "turn!:id visible_ms!:0..3600000", "" },
    { "reply_rated", 3, STUDENT, S, "turn!:id rating!:-1..1", "why:t1000" },
    { "hint_requested", 3, STUDENT, S, "turn!:id skill:w", "" },
    { "hint_given", 3, TUTOR, J, "turn!:id rung!:0..4 reason!:w dwell_prev_ms:i skill:w", "" },
    { "hint_outcome", 3, SYSTEM, J, "turn!:id solved!:0..1 runs_after!:i", "" },
    { "ai_suggestion_decided", 3, STUDENT, S,
      "turn!:id decision!:accepted|modified|rejected seeded:0..1", "" },
    { "teacher_intervened", 3, TEACHER, S, "by!:id kind!:message|raise_rung|extend|visit line:i",
      "text:t4000" },
    { "teacher_commented", 3, TEACHER, S, "by!:id kind:w line:i", "text:t4000" },
    /* n4: reasons */
    { "goal_set", 4, STUDENT, S, "", "text!:t4000 steps:[t300]20" },
    { "plan_stated", 4, STUDENT, S, "", "text!:t4000 steps:[t300]20" },
    { "plan_revised", 4, STUDENT, S, "", "text!:t4000 steps:[t300]20 reason:t4000" },
    { "prediction_made", 4, STUDENT, S,
      "about!:tests|output|complexity|time expected:pass|fail confidence!:0..100 snapshot!:id",
      "why:t2000 expected:t2000" },
    { "prediction_resolved", 4, SYSTEM, J, "prediction!:id correct!:0..1 run:id", "" },
    { "justification_given", 4, STUDENT, S, "target:w asked_by:policy|tutor|free", "text!:t4000" },
    { "explanation_given", 4, STUDENT, S, "target:w asked_by:policy|tutor|free", "text!:t4000" },
    { "alternative_discarded", 4, STUDENT, S, "", "alternative!:t1000 why!:t2000" },
    { "reply_criticised", 4, STUDENT, S,
      "turn!:id verdict!:right|partly|wrong|unclear|off_topic "
      "how_checked:ran|test|source|reasoned|none",
      "why!:t2000" },
    { "viva_asked", 4, SYSTEM, S, "question!:id template!:w target:[i]20", "" },
    { "viva_answered", 4, STUDENT, S, "question!:id correct:0..1 ms:i", "answer!:t4000" },
    { "reflection_written", 4, STUDENT, S, "confidence_before:0..100 confidence_after:0..100",
      "answers!:[t2000]6" },
    { "stuck_declared", 4, STUDENT, S, "", "about:t300" },
    { "label_contested", 4, STUDENT, S, "turn:id indicator:w risk:id", "text!:t2000" },
};

const struct trace_type *trace_types(size_t *n)
{
    *n = COUNT_OF(types);
    return types;
}

const struct trace_type *trace_type_named(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (str_is(name, types[i].name))
            return &types[i];
    return NULL;
}

const char *trace_actor_name(enum trace_actor a)
{
    static const char *const names[] = { [ACTOR_STUDENT] = "student",
                                         [ACTOR_TUTOR] = "tutor",
                                         [ACTOR_JUDGE] = "judge",
                                         [ACTOR_TEACHER] = "teacher",
                                         [ACTOR_SYSTEM] = "system" };
    static_assert(COUNT_OF(names) == ACTOR_COUNT, "a name for each actor");
    return names[a];
}

/* --- schemas --- */

static bool word_ok(struct str s)
{
    if (s.len < 1 || s.len > 80)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  strchr("_.:/-+", c);
        if (!ok || c == '\0')
            return false;
    }
    return true;
}

static bool digest_ok(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!((s.ptr[i] >= '0' && s.ptr[i] <= '9') || (s.ptr[i] >= 'a' && s.ptr[i] <= 'f')))
            return false;
    return s.len == HASH_HEX;
}

static bool one_of(struct str words, struct str value)
{
    while (words.len)
        if (str_eq(str_take_until(&words, '|'), value))
            return true;
    return false;
}

static bool in_range(struct str kind, const struct json *v)
{
    size_t dots = str_find(kind, STR(".."));
    int64_t lo = 0, hi = 0;
    bool parsed = str_to_i64(str_head(kind, dots), INT64_MIN, INT64_MAX, &lo) &&
                  str_to_i64(str_from(kind, dots + 2), INT64_MIN, INT64_MAX, &hi);
    return parsed && v->type == JS_INT && v->i >= lo && v->i <= hi;
}

static bool edits_ok(const struct json *v)
{
    if (v->type != JS_LIST || v->count > 200)
        return false;
    for (size_t i = 0; i < v->count; i++) {
        const struct json *e = &v->items[i];
        if (e->type != JS_LIST || e->count != 3)
            return false;
        for (size_t k = 0; k < 3; k++)
            if (e->items[k].type != JS_INT || e->items[k].i < 0)
                return false;
    }
    return true;
}

static bool diag_key_ok(const struct json_member *m)
{
    if (str_is(m->key, "line"))
        return m->value.type == JS_INT && m->value.i >= 0;
    bool known = str_is(m->key, "code") || str_is(m->key, "family") || str_is(m->key, "phase");
    return known && word_ok(json_text(&m->value));
}

static bool diag_ok(const struct json *v)
{
    for (size_t i = 0; v->type == JS_OBJECT && i < v->count; i++)
        if (!diag_key_ok(&v->members[i]))
            return false;
    return v->type == JS_OBJECT;
}

static bool diags_ok(const struct json *v)
{
    if (v->type != JS_LIST || v->count > 20)
        return false;
    for (size_t i = 0; i < v->count; i++)
        if (!diag_ok(&v->items[i]))
            return false;
    return true;
}

static bool counts_ok(const struct json *v)
{
    for (size_t i = 0; v->type == JS_OBJECT && i < v->count; i++)
        if (!word_ok(v->members[i].key) || v->members[i].value.type != JS_INT ||
            v->members[i].value.i < 0)
            return false;
    return v->type == JS_OBJECT;
}

static bool value_ok(struct str kind, const struct json *v);

/* "[KIND]MAX" */
static bool list_ok(struct str kind, const struct json *v)
{
    struct str rest = str_from(kind, 1);
    struct str item = str_take_until(&rest, ']');
    int64_t max = 0;
    if (v->type != JS_LIST || !str_to_i64(rest, 1, 1000, &max) || num_i64(v->count) > max)
        return false;
    for (size_t i = 0; i < v->count; i++)
        if (!value_ok(item, &v->items[i]))
            return false;
    return true;
}

static bool scalar_ok(struct str kind, const struct json *v)
{
    int64_t max = 0;
    if (str_is(kind, "i"))
        return v->type == JS_INT && v->i >= 0;
    if (str_is(kind, "z"))
        return v->type == JS_INT;
    if (str_is(kind, "id"))
        return id_valid(json_text(v));
    if (str_is(kind, "h"))
        return digest_ok(json_text(v));
    if (str_is(kind, "w"))
        return word_ok(json_text(v));
    if (kind.ptr[0] == 't' && str_to_i64(str_from(kind, 1), 1, 100'000, &max))
        return v->type == JS_TEXT && num_i64(utf8_count(v->s)) <= max;
    return v->type == JS_TEXT && one_of(kind, v->s);
}

static bool value_ok(struct str kind, const struct json *v)
{
    if (kind.ptr[0] == '[')
        return list_ok(kind, v);
    if (str_has(kind, STR("..")))
        return in_range(kind, v);
    if (str_is(kind, "edits"))
        return edits_ok(v);
    if (str_is(kind, "diags"))
        return diags_ok(v);
    if (str_is(kind, "counts"))
        return counts_ok(v);
    return scalar_ok(kind, v);
}

/* Finds the field `key` in the schema. */
static bool schema_has(struct str schema, struct str key)
{
    while (schema.len) {
        struct str kind = str_take_until(&schema, ' ');
        struct str name = str_take_until(&kind, ':');
        if (str_ends(name, STR("!")))
            name.len--;
        if (str_eq(name, key))
            return true;
    }
    return false;
}

bool trace_type_has(const struct trace_type *type, bool text_part, const char *key)
{
    return schema_has(str_of(text_part ? type->text : type->payload), str_of(key));
}

static enum err part_check(const struct trace_type *type, struct str schema,
                           const struct json *part, struct fail *f)
{
    if (part->type != JS_OBJECT)
        return FAIL(f, ERR_INPUT, "event.schema", "%s: not an object", type->name);
    for (size_t i = 0; i < part->count; i++)
        if (!schema_has(schema, part->members[i].key))
            return FAIL(f, ERR_INPUT, "event.schema", "%s: unknown key %.*s", type->name,
                        (int)size_min(part->members[i].key.len, 60), part->members[i].key.ptr);
    while (schema.len) {
        struct str kind = str_take_until(&schema, ' ');
        struct str name = str_take_until(&kind, ':');
        bool required = str_ends(name, STR("!"));
        if (required)
            name.len--;
        char key[41] = { 0 };
        memcpy(key, name.ptr, name.len);
        const struct json *v = json_get(part, key);
        if (v ? !value_ok(kind, v) : required)
            return FAIL(f, ERR_INPUT, "event.schema", "%s: %s is %s", type->name, key,
                        v ? "wrong" : "missing");
    }
    return ERR_OK;
}

enum err trace_check(const struct trace_type *type, const struct json *payload,
                     const struct json *text, struct fail *f)
{
    static const struct json nothing = { .type = JS_OBJECT };
    if (!type)
        return FAIL(f, ERR_INPUT, "event.unknown_type", "no such event type");
    TRY(part_check(type, str_of(type->payload), payload, f));
    return part_check(type, str_of(type->text), text ? text : &nothing, f);
}
