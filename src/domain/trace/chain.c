#include "base/num.h"
#include "domain/trace/trace_priv.h"

/* What an event has besides its payload: numbers, an id, a type, four digests. */
enum { REST_MAX = 2048 };

/* The hash formulas of evidence.md B.2, B.4. Keys are written in ascending order by hand: these
 * objects are fixed. */

static void put_text(struct buf *b, struct str s)
{
    buf_put_i64(b, num_i64(s.len));
    buf_putc(b, ':');
    buf_put(b, s);
}

static void put_key_text(struct buf *b, const char *key, struct str value)
{
    put_text(b, str_of(key));
    put_text(b, value);
}

static void put_key_int(struct buf *b, const char *key, int64_t value)
{
    put_text(b, str_of(key));
    buf_putc(b, 'i');
    buf_put_i64(b, value);
    buf_putc(b, 'e');
}

/* A digest enters as hex digits, or not at all. A damaged row may have one of any length. */
static void put_key_digest(struct buf *b, const char *key, struct str raw)
{
    if (!raw.ptr)
        return;
    put_text(b, str_of(key));
    buf_put_i64(b, num_i64(raw.len * 2));
    buf_putc(b, ':');
    hex_put(b, raw);
}

struct hash trace_genesis_hash(const struct trace_genesis *g)
{
    AUTO_BUF b = { .max = 1024 };
    buf_putc(&b, 'd');
    put_key_text(&b, "chain", STR("ainative-trace"));
    put_key_text(&b, "session", g->session);
    put_key_int(&b, "started", g->started);
    put_key_text(&b, "tenant", g->tenant);
    put_key_int(&b, "v", 1);
    buf_putc(&b, 'e');
    assert(!b.truncated);
    return hash_sha256(buf_str(&b));
}

struct hash trace_event_hash(const struct hash *before, const struct trace_event *e)
{
    AUTO_BUF b = { .max = TRACE_PAYLOAD_MAX + REST_MAX };
    buf_reserve(&b, e->payload.len + REST_MAX); /* one allocation for each event */
    buf_putc(&b, 'd');
    put_key_text(&b, "actor", e->actor);
    put_key_int(&b, "at", e->at);
    if (e->client_at != INT64_MIN)
        put_key_int(&b, "client_at", e->client_at);
    put_key_digest(&b, "formula_hash", e->formula_hash);
    put_key_text(&b, "id", e->id);
    put_text(&b, STR("payload"));
    buf_put(&b, e->payload);
    put_key_digest(&b, "policy_hash", e->policy_hash);
    put_key_digest(&b, "prompt_hash", e->prompt_hash);
    put_key_int(&b, "seq", e->seq);
    put_key_digest(&b, "text_hash", e->text_hash);
    put_key_text(&b, "type", e->type);
    buf_putc(&b, 'e');
    const struct str parts[] = { hash_bytes(before), buf_str(&b) };
    return hash_sha256_parts(parts, COUNT_OF(parts));
}

struct hash trace_text_hash(struct str salt, struct str text)
{
    const struct str parts[] = { salt, text };
    return hash_sha256_parts(parts, COUNT_OF(parts));
}

struct str trace_checkpoint_message(struct arena *a, const struct trace_checkpoint *c,
                                    struct str session)
{
    AUTO_BUF b = { .max = 1024 };
    buf_put(&b, STR("ainative-checkpoint-v1\nd"));
    put_key_text(&b, "hash", hash_hex(a, &c->hash));
    put_key_text(&b, "kid", c->kid);
    put_key_text(&b, "kind", c->kind);
    put_key_text(&b, "prev", c->prev);
    put_key_int(&b, "seq", c->seq);
    put_key_text(&b, "session", session);
    put_key_int(&b, "signed", c->signed_at);
    put_key_int(&b, "v", 1);
    buf_putc(&b, 'e');
    assert(!b.truncated);
    return arena_dup(a, buf_str(&b));
}
