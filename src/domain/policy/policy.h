#pragma once
/*
 * policy (GOV-IA) - the effective rules of a session: institution -> course -> activity, folded by
 * each key's merge rule (evidence.md F.1, the only list of keys).
 *
 * The effective document is canonical JSON with sorted keys; its SHA-256 is the policy_hash written
 * in each session, turn and reply. Defaults hold only where no level sets a key. Pure fold; reading
 * runs on the caller's connection.
 */
#include "base/hash.h"
#include "base/json.h"
#include "io/db/db.h"

enum policy_gate { GATE_OFF, GATE_REQUEST, GATE_GATE };
enum policy_hidden { HIDDEN_NONE, HIDDEN_COUNT, HIDDEN_NAMES };
enum policy_kind { POLICY_PRACTICE, POLICY_GRADED, POLICY_EXAM };

/* The keys that this version enforces; the table in policy.c binds each to its name, type, default
 * and merge rule. */
struct policy {
    bool ai_enabled;
    bool tutor_on;    /* tutor.mode */
    int64_t max_rung; /* tutor.max_rung */
    bool allow_bottom_out;
    int64_t rung_wait_s, attempts_per_rung;
    int64_t hints_per_exercise, turns_per_hour, turns_per_exercise;
    bool show_expected, show_hidden_count;
    enum policy_gate require_plan, require_reflection, require_prediction;
    enum policy_hidden hidden_shown;
    int64_t runs_per_minute, submissions_per_hour;
    bool focus_events;
};

/* Folds the stored levels (current rows of `policies`) over the defaults of the kind. course_id and
 * activity_id may have ptr NULL. */
enum err policy_effective(struct db_conn *c, struct str tenant, struct str course_id,
                          struct str activity_id, enum policy_kind kind, struct arena *a,
                          struct policy *out, struct fail *f);
/* The pure fold over documents from the widest to the narrowest level (each a JSON object of keys).
 * ERR_INPUT policy.unknown_key, policy.value, policy.wider_than_parent. */
enum err policy_fold(const struct json *const *levels, size_t n, enum policy_kind kind,
                     struct policy *out, struct fail *f);
/* The effective document as canonical JSON (sorted keys), and its SHA-256: the policy_hash. */
void policy_document(const struct policy *p, struct buf *b);
struct hash policy_hash(const struct policy *p);
const char *
policy_gate_name(enum policy_gate g); /* "off", "optional", "required" as the API says it */
const char *policy_hidden_name(enum policy_hidden h); /* "none", "count", "names" */
