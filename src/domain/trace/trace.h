#pragma once
/*
 * trace (TC-N4) - what happened in a session, as a hash chain of typed events (evidence.md A, B).
 *
 * A session's trace is append-only. Event n carries hash_n = SHA-256(hash_(n-1) || enc(event));
 * free text and code live apart with a salt and enter the chain only as a salted digest, so a
 * lawful erasure leaves the chain verifiable. Signed checkpoints (Ed25519) say how far the chain
 * had come; `trace_verify` flags, never repairs.
 *
 * Encoding: restricted bencode (evidence.md B.1), integers in +-(2^53-1), keys [a-z0-9_]{1,40}
 * ascending, depth <= 8. Payload <= 8 KiB canonical: integers, short words, ids, digests, no free
 * text. Text part <= 64 KiB canonical. Thread rules: pure functions from any thread; the others on
 * the caller's connection or transaction.
 */
#include "base/hash.h"
#include "base/json.h"
#include "io/db/db.h"
#include "io/secret/secret.h"

enum trace_actor {
    ACTOR_STUDENT,
    ACTOR_TUTOR,
    ACTOR_JUDGE,
    ACTOR_TEACHER,
    ACTOR_SYSTEM,
    ACTOR_COUNT
};
enum trace_emitter { EMIT_BROWSER = 1, EMIT_SERVER = 2, EMIT_JOB = 4 };

enum {
    TRACE_PAYLOAD_MAX = 8192,
    TRACE_TEXT_MAX = 65536,
    TRACE_DEPTH_MAX = 8,
    TRACE_CHECKPOINT_EVERY = 256
};
#define TRACE_INT_MAX INT64_C(9007199254740991)

/* One row of the catalogue (evidence.md A.2). */
struct trace_type {
    const char *name;
    int level;                  /* 1..4: n1..n4, a property of the type */
    unsigned actors;            /* bit 1 << enum trace_actor */
    unsigned emitters;          /* enum trace_emitter */
    const char *payload, *text; /* their schemas, in the words of events.c */
};
/* NULL when there is no such type. */
const struct trace_type *trace_type_named(struct str name);
const struct trace_type *trace_types(size_t *n);
const char *trace_actor_name(enum trace_actor a);
/* Does the type's payload (or its text part) have this key? */
bool trace_type_has(const struct trace_type *type, bool text_part, const char *key);

/* Checks payload and text part against the type's schema. text may be NULL. ERR_INPUT
 * event.unknown_type (type NULL), event.schema (f->detail names the key), event.too_large. */
enum err trace_check(const struct trace_type *type, const struct json *payload,
                     const struct json *text, struct fail *f);

/* --- canonical encoding --- */
/* Sorts keys. ERR_INPUT trace.noncanonical: real, bool, null, bad key, range or depth. */
enum err trace_encode(const struct json *j, struct buf *b, struct fail *f);
/* Accepts only the one canonical form of exactly the whole input. ERR_INPUT trace.noncanonical. */
enum err trace_decode(struct str bytes, struct arena *a, struct json *out, struct fail *f);

/* --- events --- */
/* An event before it is appended. Hash texts are 64 hex digits or ptr NULL. */
struct trace_new {
    struct str id; /* UUIDv7, the emitter's */
    const char *type;
    enum trace_actor actor;
    int64_t client_at;          /* us, or INT64_MIN */
    const struct json *payload; /* NULL = {} */
    const struct json *text;    /* NULL = no text part */
    struct str policy_hash, prompt_hash, formula_hash;
};
struct trace_head {
    int64_t seq; /* of the last event; 0 = none yet */
    struct hash hash;
    int64_t at; /* of the last event, or the start */
};
/* A stored event. */
struct trace_event {
    struct str id, type;
    struct str actor;
    int64_t seq, at, client_at;
    struct str payload;    /* canonical bytes */
    struct str text, salt; /* canonical bytes; ptr NULL when none or erased */
    struct str text_hash, policy_hash, prompt_hash, formula_hash; /* 32 raw bytes or ptr NULL */
    struct hash hash;
    bool erased;
};

struct trace_genesis {
    struct str session, tenant; /* ids */
    int64_t started;            /* us */
};
struct hash trace_genesis_hash(const struct trace_genesis *g);
/* hash_n from hash_(n-1) and the event (its own `hash` is not looked at). */
struct hash trace_event_hash(const struct hash *before, const struct trace_event *e);
struct hash trace_text_hash(struct str salt, struct str text);

/* Begins the chain of a new session, in the unit that makes it. */
enum err trace_begin(struct db_tx *tx, const struct trace_genesis *g, struct fail *f);
/* Appends; the row lock of trace_heads orders writers. `at` = max(now, last at). A repeated id with
 * equal content is harmless (*out is the first one's mark, *repeated true); with other content
 * ERR_CONFLICT event.id_reused. Errors of trace_check; ERR_NOT_FOUND: no such session. */
struct trace_mark {
    int64_t seq, at;
    struct hash hash;
    bool repeated;
};
enum err trace_append(struct db_tx *tx, const struct env *env, struct str session,
                      const struct trace_new *in, struct trace_mark *out, struct fail *f);
/* Signs the present head (kind "session"); nothing happens when the last checkpoint already covers
 * it. */
enum err trace_checkpoint(struct db_tx *tx, const struct env *env, const struct secret *s,
                          struct str session, struct fail *f);

enum err trace_head_of(struct db_conn *c, struct str tenant, struct str session, struct arena *a,
                       struct trace_head *out, struct fail *f);

/* Events from from_seq on, at most limit (<= 1000), oldest first. type ptr NULL = all. */
struct trace_page {
    int64_t from_seq;
    int64_t limit;
    struct str type;
};
enum err trace_read(struct db_conn *c, struct str tenant, struct str session,
                    const struct trace_page *page, struct arena *a, struct trace_event **out,
                    size_t *n, struct fail *f);
/* The newest event of a type, ERR_NOT_FOUND when none. */
enum err trace_last(struct db_conn *c, struct str tenant, struct str session, const char *type,
                    struct arena *a, struct trace_event *out, struct fail *f);
/* How many events of each type: rows (type, count, last at). */
struct trace_count {
    struct str type;
    int64_t count, last_at;
};
enum err trace_counts(struct db_conn *c, struct str tenant, struct str session, struct arena *a,
                      struct trace_count **out, size_t *n, struct fail *f);

/* Destroys texts and salts of the named events and appends text_erased. basis: request, retention,
 * order. */
enum err trace_erase(struct db_tx *tx, const struct env *env, struct str session,
                     const int64_t *seqs, size_t n, const char *basis, struct fail *f);

/* --- verification (evidence.md B.5) --- */
struct trace_checkpoint {
    int64_t seq, signed_at;
    struct hash hash;
    struct str kind, kid;
    struct str prev; /* hex, empty for the first */
    uint8_t signature[64];
};
enum trace_result { TRACE_OK, TRACE_BROKEN, TRACE_INCOMPLETE };
struct trace_report {
    enum trace_result result;
    struct str session;
    int64_t events, erased, gaps, checkpoints_ok, last_checkpoint_seq, unanchored_tail;
    struct {
        int64_t seq; /* 0 = nothing broken */
        struct str id;
        const char *reason; /* genesis_mismatch noncanonical text_hash hash_mismatch sequence_gap
                               duplicate_id time_regression checkpoint_signature checkpoint_head
                               checkpoint_chain key_unknown truncated */
        struct str expected, found;
    } first_broken;
    const char *warnings[4];
    size_t warning_count;
};
/* Feed the events in stored order, then the checkpoints, then finish. */
struct trace_verifier;
struct trace_verifier *trace_verifier_new(struct arena *a, const struct trace_genesis *g);
void trace_verifier_event(struct trace_verifier *v, const struct trace_event *e);
/* public_key: 32 bytes of `kid`, or NULL when unknown. */
void trace_verifier_checkpoint(struct trace_verifier *v, const struct trace_checkpoint *c,
                               const uint8_t *public_key);
/* stored_head NULL = not known (a file); else compared with the last event. */
const struct trace_report *trace_verifier_finish(struct trace_verifier *v,
                                                 const struct trace_head *stored_head);
/* {"result":...} as GET /sessions/{id}/trace/verification answers it. */
void trace_report_json(const struct trace_report *r, struct buf *b);

/* Verifies one stored session. */
enum err trace_verify(struct db_conn *c, const struct secret *s, struct str tenant,
                      struct str session, struct arena *a, const struct trace_report **out,
                      struct fail *f);

/* --- files (JSON Lines, evidence.md B.6) --- */
/* Writes genesis, events, checkpoints and keys through `write` (called with whole lines incl. LF).
 */
typedef enum err trace_write(void *arg, struct str line, struct fail *f);
enum err trace_export(struct db_conn *c, const struct secret *s, struct str tenant,
                      struct str session, trace_write *write, void *arg, struct fail *f);
/* Verifies the text of an exported file. ERR_INPUT trace.file: not such a file. */
enum err trace_verify_file(struct str text, struct arena *a, const struct trace_report **out,
                           struct fail *f);

/* The session's genesis, from its row. */
enum err trace_genesis_of(struct db_conn *c, struct str tenant, struct str session, struct arena *a,
                          struct trace_genesis *out, struct fail *f);
