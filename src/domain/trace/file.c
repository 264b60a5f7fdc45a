#include "base/num.h"
#include "domain/trace/trace_priv.h"

/* The exported form: JSON Lines, each {"kind": genesis|event|checkpoint|key, ...}. Payload and text
 * stand as JSON; their canonical bytes are made from it again, so the file is readable and still
 * verifies. */

enum { LINE_MAX = 4 * (TRACE_PAYLOAD_MAX + TRACE_TEXT_MAX) };

static void put_key(struct buf *b, const char *key, struct str value)
{
    buf_putf(b, ",\"%s\":", key);
    json_put_text(b, value);
}

static void put_hex(struct buf *b, struct arena *a, const char *key, struct str raw)
{
    if (raw.ptr)
        put_key(b, key, hex_encode(a, raw));
}

static enum err put_part(struct buf *b, struct arena *a, const char *key, struct str bytes,
                         struct fail *f)
{
    struct json j;
    buf_putf(b, ",\"%s\":", key);
    if (!bytes.ptr) {
        buf_put(b, STR("null"));
        return ERR_OK;
    }
    TRY(trace_decode(bytes, a, &j, f));
    json_put(b, &j);
    return ERR_OK;
}

static enum err event_line(const struct trace_event *e, struct arena *a, struct buf *b,
                           struct fail *f)
{
    const struct trace_type *type = trace_type_named(e->type);
    buf_clear(b);
    buf_putf(b, "{\"kind\":\"event\",\"seq\":%lld,\"at\":%lld", (long long)e->seq,
             (long long)e->at);
    if (e->client_at != INT64_MIN)
        buf_putf(b, ",\"client_at\":%lld", (long long)e->client_at);
    put_key(b, "id", e->id);
    put_key(b, "type", e->type);
    put_key(b, "actor", e->actor);
    buf_putf(b, ",\"level\":\"n%d\"", type ? type->level : 0);
    TRY(put_part(b, a, "payload", e->payload, f));
    put_hex(b, a, "text_hash", e->text_hash);
    put_hex(b, a, "policy_hash", e->policy_hash);
    put_hex(b, a, "prompt_hash", e->prompt_hash);
    put_hex(b, a, "formula_hash", e->formula_hash);
    if (e->text_hash.ptr) {
        TRY(put_part(b, a, "text", e->text, f));
        put_hex(b, a, "salt", e->salt);
    }
    put_key(b, "hash", hash_hex(a, &e->hash));
    buf_put(b, STR("}\n"));
    return b->truncated ? FAIL(f, ERR_IO, "internal", "an event is longer than a line may be")
                        : ERR_OK;
}

static void checkpoint_line(const struct trace_checkpoint *c, struct arena *a, struct buf *b)
{
    buf_clear(b);
    buf_putf(b, "{\"kind\":\"checkpoint\",\"seq\":%lld,\"signed_at\":%lld", (long long)c->seq,
             (long long)c->signed_at);
    put_key(b, "checkpoint_kind", c->kind);
    put_key(b, "kid", c->kid);
    put_key(b, "prev", c->prev);
    put_key(b, "hash", hash_hex(a, &c->hash));
    put_key(b, "signature",
            hex_encode(a, (struct str){ (const char *)c->signature, sizeof c->signature }));
    buf_put(b, STR("}\n"));
}

static enum err export_events(struct db_conn *c, struct str tenant, struct str session,
                              struct buf *b, trace_write *write, void *arg, struct fail *f)
{
    AUTO_ARENA a = { 0 };
    enum { STEP = 200 };
    for (int64_t from = 1;;) {
        struct trace_event *events = NULL;
        size_t n = 0;
        arena_reset(&a);
        TRY(trace_read(c, tenant, session, &(struct trace_page){ .from_seq = from, .limit = STEP },
                       &a, &events, &n, f));
        for (size_t i = 0; i < n; i++) {
            TRY(event_line(&events[i], &a, b, f));
            TRY(write(arg, buf_str(b), f));
        }
        if (n < STEP)
            return ERR_OK;
        from = events[n - 1].seq + 1;
    }
}

enum err trace_export(struct db_conn *c, const struct secret *s, struct str tenant,
                      struct str session, trace_write *write, void *arg, struct fail *f)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = LINE_MAX };
    struct trace_genesis g;
    struct trace_checkpoint *checkpoints = NULL;
    size_t n = 0;
    uint8_t key[32];
    TRY(trace_genesis_of(c, tenant, session, &a, &g, f));
    buf_putf(&b, "{\"kind\":\"genesis\",\"chain\":\"ainative-trace\",\"v\":1,\"started\":%lld",
             (long long)g.started);
    put_key(&b, "session", g.session);
    put_key(&b, "tenant", g.tenant);
    buf_put(&b, STR("}\n"));
    TRY(write(arg, buf_str(&b), f));
    TRY(export_events(c, tenant, session, &b, write, arg, f));
    TRY(trace_db_checkpoints(c, tenant, session, &a, &checkpoints, &n, f));
    for (size_t i = 0; i < n; i++) {
        checkpoint_line(&checkpoints[i], &a, &b);
        TRY(write(arg, buf_str(&b), f));
    }
    secret_public_key(s, key);
    buf_clear(&b);
    buf_put(&b, STR("{\"kind\":\"key\",\"kid\":\"" TRACE_KID "\",\"alg\":\"Ed25519\""));
    put_key(&b, "public", hex_encode(&a, (struct str){ (const char *)key, sizeof key }));
    buf_put(&b, STR("}\n"));
    return write(arg, buf_str(&b), f);
}

/* --- reading back --- */

static enum err not_a_trace(struct fail *f, const char *why)
{
    return FAIL(f, ERR_INPUT, "trace.file", "%s", why);
}

/* Canonical bytes of a JSON part; bytes that cannot be canonical become text that fails the
 * verifier, not the reader. */
static struct str part_bytes(const struct json *part, struct arena *a)
{
    AUTO_BUF b = { .max = TRACE_PAYLOAD_MAX + TRACE_TEXT_MAX };
    struct fail f;
    if (!part || part->type == JS_NULL)
        return (struct str){ 0 };
    if (trace_encode(part, &b, &f))
        return STR("noncanonical");
    return arena_dup(a, buf_str(&b));
}

static struct str raw_of(const struct json *line, const char *key, struct arena *a)
{
    struct str raw = { 0 }, hex = json_text(json_get(line, key));
    if (hex.ptr && !hex_decode(a, hex, &raw))
        return STR("");
    return raw;
}

static void event_of_line(const struct json *line, struct arena *a, struct trace_event *e)
{
    const struct json *text = json_get(line, "text");
    *e = (struct trace_event){
        .id = json_text(json_get(line, "id")),
        .type = json_text(json_get(line, "type")),
        .actor = json_text(json_get(line, "actor")),
        .seq = json_int(json_get(line, "seq"), -1),
        .at = json_int(json_get(line, "at"), -1),
        .client_at = json_int(json_get(line, "client_at"), INT64_MIN),
        .payload = part_bytes(json_get(line, "payload"), a),
        .text = part_bytes(text, a),
        .salt = raw_of(line, "salt", a),
        .text_hash = raw_of(line, "text_hash", a),
        .policy_hash = raw_of(line, "policy_hash", a),
        .prompt_hash = raw_of(line, "prompt_hash", a),
        .formula_hash = raw_of(line, "formula_hash", a),
        .erased = text && text->type == JS_NULL,
    };
    if (!hash_from_bytes(raw_of(line, "hash", a), &e->hash))
        memset(&e->hash, 0, sizeof e->hash);
}

static void checkpoint_of_line(const struct json *line, struct arena *a, struct trace_checkpoint *c)
{
    struct str signature = raw_of(line, "signature", a);
    *c = (struct trace_checkpoint){ .seq = json_int(json_get(line, "seq"), -1),
                                    .signed_at = json_int(json_get(line, "signed_at"), -1),
                                    .kind = json_text(json_get(line, "checkpoint_kind")),
                                    .kid = json_text(json_get(line, "kid")),
                                    .prev = json_text(json_get(line, "prev")) };
    if (!hash_from_bytes(raw_of(line, "hash", a), &c->hash))
        memset(&c->hash, 0, sizeof c->hash);
    if (signature.len == sizeof c->signature)
        memcpy(c->signature, signature.ptr, signature.len);
}

/* The keys stand at the end of the file, so they are looked up before the checkpoints are judged.
 */
static bool key_in(struct str text, struct str kid, uint8_t key[32])
{
    struct str line;
    while (str_take_line(&text, &line)) {
        AUTO_ARENA a = { 0 };
        struct json j;
        struct fail f;
        if (!str_has(line, STR("\"kind\":\"key\"")) ||
            json_parse(line, &json_limits_api, &a, &j, &f))
            continue;
        struct str raw = raw_of(&j, "public", &a);
        if (str_eq(json_text(json_get(&j, "kid")), kid) && raw.len == 32) {
            memcpy(key, raw.ptr, 32);
            return true;
        }
    }
    return false;
}

static enum err feed_line(struct trace_verifier *v, struct str whole, const struct json *line,
                          struct arena *a, struct fail *f)
{
    struct str kind = json_text(json_get(line, "kind"));
    if (str_is(kind, "event")) {
        struct trace_event e;
        event_of_line(line, a, &e);
        if (!e.id.ptr || !e.type.ptr || !e.actor.ptr || !e.payload.ptr)
            return not_a_trace(f, "an event line lacks id, type, actor or payload");
        trace_verifier_event(v, &e);
    } else if (str_is(kind, "checkpoint")) {
        struct trace_checkpoint c;
        uint8_t key[32];
        checkpoint_of_line(line, a, &c);
        if (!c.kind.ptr || !c.kid.ptr || !c.prev.ptr)
            return not_a_trace(f, "a checkpoint line lacks kind, kid or prev");
        trace_verifier_checkpoint(v, &c, key_in(whole, c.kid, key) ? key : NULL);
    } else if (!str_is(kind, "key")) {
        return not_a_trace(f, "a line is neither event, checkpoint nor key");
    }
    return ERR_OK;
}

static enum err genesis_of_line(const struct json *line, struct arena *a, struct trace_genesis *g,
                                struct fail *f)
{
    struct str session = json_text(json_get(line, "session")),
               tenant = json_text(json_get(line, "tenant"));
    int64_t started = json_int(json_get(line, "started"), -1);
    if (!str_is(json_text(json_get(line, "chain")), "ainative-trace") || !session.ptr ||
        !tenant.ptr || started < 0)
        return not_a_trace(f, "the first line is not a genesis");
    *g = (struct trace_genesis){ arena_dup(a, session), arena_dup(a, tenant), started };
    return session.len <= 100 && tenant.len <= 100 ? ERR_OK : not_a_trace(f, "ids are too long");
}

enum err trace_verify_file(struct str text, struct arena *a, const struct trace_report **out,
                           struct fail *f)
{
    static const struct json_limits limits = { .bytes = LINE_MAX, .depth = 16, .nodes = 100'000 };
    AUTO_ARENA line_arena = { 0 };
    struct str rest = text, line;
    struct trace_verifier *v = NULL;
    while (str_take_line(&rest, &line)) {
        struct json j;
        arena_reset(&line_arena);
        TRY(json_parse(line, &limits, &line_arena, &j, f));
        if (v) {
            TRY(feed_line(v, text, &j, &line_arena, f));
            continue;
        }
        struct trace_genesis g;
        TRY(genesis_of_line(&j, a, &g, f));
        v = trace_verifier_new(a, &g);
    }
    if (!v)
        return not_a_trace(f, "the file is empty");
    *out = trace_verifier_finish(v, NULL);
    return ERR_OK;
}
