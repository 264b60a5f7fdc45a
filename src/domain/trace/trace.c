#include "base/num.h"
#include "domain/trace/trace_priv.h"

enum { SALT_BYTES = 16 };

static const struct json empty_object = { .type = JS_OBJECT };

enum err trace_begin(struct db_tx *tx, const struct trace_genesis *g, struct fail *f)
{
    struct hash genesis = trace_genesis_hash(g);
    return trace_db_head_insert(tx, g->session, &genesis, f);
}

static enum err encoded(struct arena *a, const struct json *part, size_t max, struct str *out,
                        struct fail *f)
{
    AUTO_BUF b = { .max = max };
    TRY(trace_encode(part, &b, f));
    *out = arena_dup(a, buf_str(&b));
    return ERR_OK;
}

/* A hex digest of the caller as 32 raw bytes; absent stays absent. */
static enum err raw_digest(struct arena *a, struct str hex, struct str *raw, struct fail *f)
{
    *raw = (struct str){ 0 };
    if (!hex.ptr)
        return ERR_OK;
    if (hex.len != HASH_HEX || !hex_decode(a, hex, raw))
        return FAIL(f, ERR_INPUT, "event.schema", "a digest is not 64 hex digits");
    return ERR_OK;
}

/* Everything of the stored event that does not depend on its place in the chain. */
static enum err event_body(struct arena *a, const struct trace_new *in, struct trace_event *e,
                           struct fail *f)
{
    const struct json *payload = in->payload ? in->payload : &empty_object;
    TRY(trace_check(trace_type_named(str_of(in->type)), payload, in->text, f));
    *e = (struct trace_event){ .id = in->id,
                               .type = str_of(in->type),
                               .actor = str_of(trace_actor_name(in->actor)),
                               .client_at = in->client_at };
    TRY(encoded(a, payload, TRACE_PAYLOAD_MAX, &e->payload, f));
    if (in->text)
        TRY(encoded(a, in->text, TRACE_TEXT_MAX, &e->text, f));
    TRY(raw_digest(a, in->policy_hash, &e->policy_hash, f));
    TRY(raw_digest(a, in->prompt_hash, &e->prompt_hash, f));
    return raw_digest(a, in->formula_hash, &e->formula_hash, f);
}

/* A repeated id is harmless only with the same content. */
static enum err repeat_check(const struct trace_event *old, const struct trace_event *e,
                             struct trace_mark *out, struct fail *f)
{
    bool same = str_eq(old->type, e->type) && str_eq(old->payload, e->payload) &&
                (old->erased || str_eq(old->text, e->text));
    if (!same)
        return FAIL(f, ERR_CONFLICT, "event.id_reused", "event id with other content");
    *out =
        (struct trace_mark){ .seq = old->seq, .at = old->at, .hash = old->hash, .repeated = true };
    return ERR_OK;
}

static void salt_text(struct arena *a, const struct env *env, struct trace_event *e)
{
    char *salt = arena_alloc(a, SALT_BYTES, 1);
    env_random(env, salt, SALT_BYTES);
    e->salt = (struct str){ salt, SALT_BYTES };
    struct hash h = trace_text_hash(e->salt, e->text);
    e->text_hash = arena_dup(a, hash_bytes(&h));
}

static enum err link_event(struct db_tx *tx, const struct env *env, struct str session,
                           struct trace_event *e, struct fail *f)
{
    struct hash before;
    int64_t last_at = 0;
    TRY(trace_db_head_take(tx, session, &e->seq, &before, &last_at, f));
    e->at = i64_max(env_now(env), last_at);
    if (e->text.ptr)
        salt_text(db_tx_arena(tx), env, e);
    e->hash = trace_event_hash(&before, e);
    TRY(trace_db_insert(tx, session, e, f));
    return trace_db_head_set(tx, session, e, f);
}

enum err trace_append(struct db_tx *tx, const struct env *env, struct str session,
                      const struct trace_new *in, struct trace_mark *out, struct fail *f)
{
    struct trace_event e, old;
    TRY(event_body(db_tx_arena(tx), in, &e, f));
    enum err found =
        trace_db_by_id(db_tx_conn(tx), db_tx_tenant(tx), session, in->id, db_tx_arena(tx), &old, f);
    if (found == ERR_OK)
        return repeat_check(&old, &e, out, f);
    if (found != ERR_NOT_FOUND)
        return found;
    TRY(link_event(tx, env, session, &e, f));
    *out = (struct trace_mark){ .seq = e.seq, .at = e.at, .hash = e.hash };
    return ERR_OK;
}

enum err trace_checkpoint(struct db_tx *tx, const struct env *env, const struct secret *s,
                          struct str session, struct fail *f)
{
    struct arena *a = db_tx_arena(tx);
    struct trace_head head;
    struct trace_checkpoint *old = NULL;
    size_t n = 0;
    TRY(trace_head_of(db_tx_conn(tx), db_tx_tenant(tx), session, a, &head, f));
    TRY(trace_db_checkpoints(db_tx_conn(tx), db_tx_tenant(tx), session, a, &old, &n, f));
    if (head.seq == 0 || (n && old[n - 1].seq == head.seq))
        return ERR_OK;
    struct trace_checkpoint c = { .seq = head.seq,
                                  .hash = head.hash,
                                  .signed_at = env_now(env),
                                  .kind = STR("session"),
                                  .kid = STR(TRACE_KID),
                                  .prev = STR("") };
    if (n) {
        struct hash prev = hash_sha256(trace_checkpoint_message(a, &old[n - 1], session));
        c.prev = hash_hex(a, &prev);
    }
    secret_sign(s, trace_checkpoint_message(a, &c, session), c.signature);
    return trace_db_checkpoint_insert(tx, session, &c, f);
}

enum err trace_erase(struct db_tx *tx, const struct env *env, struct str session,
                     const int64_t *seqs, size_t n, const char *basis, struct fail *f)
{
    struct json *list = ARENA_ARRAY(db_tx_arena(tx), struct json, n);
    for (size_t i = 0; i < n; i++) {
        TRY(trace_db_erase(tx, session, seqs[i], env_now(env), f));
        list[i] = (struct json){ .type = JS_INT, .i = seqs[i] };
    }
    const struct json_member members[] = {
        { STR("seq"), { .type = JS_LIST, .count = n, .items = list } },
        { STR("basis"), { .type = JS_TEXT, .s = str_of(basis) } },
    };
    const struct json payload = { .type = JS_OBJECT,
                                  .count = COUNT_OF(members),
                                  .members = members };
    struct trace_mark mark;
    return trace_append(tx, env, session,
                        &(struct trace_new){ .id = env_id(env, db_tx_arena(tx)),
                                             .type = "text_erased",
                                             .actor = ACTOR_SYSTEM,
                                             .client_at = INT64_MIN,
                                             .payload = &payload },
                        &mark, f);
}
