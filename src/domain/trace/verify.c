#include "base/map.h"
#include "base/num.h"
#include "domain/trace/trace_priv.h"

#include <sodium.h>

/* Hash of each event by seq, so that checkpoints can be compared afterwards. Grows by doubling in
 * the arena. */
struct trace_verifier {
    struct arena *a;
    struct trace_report report;
    struct hash now; /* of the last event that was accepted */
    int64_t last_at;
    struct hash *hashes;
    size_t cap;
    struct map ids;
    struct str prev_message_hash; /* hex, of the last checkpoint */
};

struct trace_verifier *trace_verifier_new(struct arena *a, const struct trace_genesis *g)
{
    /* the map is read back only by this run, over ids the file itself chose: a fixed key is enough
     */
    static const uint8_t map_key[16] = { 'i', 'd', 's' };
    struct trace_verifier *v = ARENA_NEW(a, struct trace_verifier);
    v->a = a;
    v->now = trace_genesis_hash(g);
    v->report.session = g->session;
    v->prev_message_hash = STR("");
    map_init(&v->ids, a, map_key);
    return v;
}

static void broken(struct trace_verifier *v, int64_t seq, struct str id, const char *reason,
                   struct str expected, struct str found)
{
    if (v->report.first_broken.reason)
        return;
    v->report.first_broken.seq = seq;
    v->report.first_broken.id = arena_dup(v->a, id);
    v->report.first_broken.reason = reason;
    v->report.first_broken.expected = arena_dup(v->a, expected);
    v->report.first_broken.found = arena_dup(v->a, found);
}

static struct str number(struct trace_verifier *v, int64_t n)
{
    return arena_fmt(v->a, "%lld", (long long)n);
}

static void remember(struct trace_verifier *v, const struct hash *h)
{
    size_t n = num_size(v->report.events);
    if (n == v->cap) {
        size_t cap = v->cap ? v->cap * 2 : 64;
        struct hash *more = ARENA_ARRAY(v->a, struct hash, cap);
        if (n)
            memcpy(more, v->hashes, n * sizeof *more);
        v->hashes = more;
        v->cap = cap;
    }
    v->hashes[n] = *h;
    v->report.events++;
}

static bool canonical(struct str bytes)
{
    AUTO_ARENA a = { 0 };
    struct json j;
    struct fail f;
    return trace_decode(bytes, &a, &j, &f) == ERR_OK && j.type == JS_OBJECT;
}

static void check_place(struct trace_verifier *v, const struct trace_event *e)
{
    int64_t want = v->report.events + 1;
    if (e->seq != want)
        broken(v, want, e->id, "sequence_gap", number(v, want), number(v, e->seq));
    if (map_get(&v->ids, e->id))
        broken(v, e->seq, e->id, "duplicate_id", STR(""), e->id);
    if (e->at < v->last_at)
        broken(v, e->seq, e->id, "time_regression", number(v, v->last_at), number(v, e->at));
}

static void check_content(struct trace_verifier *v, const struct trace_event *e)
{
    if (!canonical(e->payload) || (e->text.ptr && !canonical(e->text)))
        broken(v, e->seq, e->id, "noncanonical", STR(""), STR(""));
    if (e->text.ptr) {
        struct hash h = trace_text_hash(e->salt, e->text);
        if (!str_eq(hash_bytes(&h), e->text_hash))
            broken(v, e->seq, e->id, "text_hash", hex_encode(v->a, e->text_hash),
                   hash_hex(v->a, &h));
    } else if (e->text_hash.ptr && e->erased) {
        v->report.erased++;
    } else if (e->text_hash.ptr) {
        broken(v, e->seq, e->id, "text_hash", hex_encode(v->a, e->text_hash), STR("missing"));
    }
    struct hash h = trace_event_hash(&v->now, e);
    if (!hash_eq(&h, &e->hash))
        broken(v, e->seq, e->id, v->report.events ? "hash_mismatch" : "genesis_mismatch",
               hash_hex(v->a, &h), hash_hex(v->a, &e->hash));
}

void trace_verifier_event(struct trace_verifier *v, const struct trace_event *e)
{
    if (v->report.first_broken.reason)
        return; /* the first break is named; what follows cannot be judged */
    check_place(v, e);
    check_content(v, e);
    if (v->report.first_broken.reason)
        return;
    v->report.gaps += str_is(e->type, "trace_gap");
    v->now = e->hash;
    v->last_at = e->at;
    map_set(&v->ids, arena_dup(v->a, e->id), v);
    remember(v, &e->hash);
}

static const char *checkpoint_problem(struct trace_verifier *v, const struct trace_checkpoint *c,
                                      struct str message, const uint8_t *key)
{
    if (c->seq > v->report.events)
        return "truncated";
    if (c->seq < 1 || !hash_eq(&v->hashes[c->seq - 1], &c->hash))
        return "checkpoint_head";
    if (!str_eq(c->prev, v->prev_message_hash))
        return "checkpoint_chain";
    if (!key)
        return "key_unknown";
    if (crypto_sign_verify_detached(c->signature, (const unsigned char *)message.ptr, message.len,
                                    key))
        return "checkpoint_signature";
    return NULL;
}

void trace_verifier_checkpoint(struct trace_verifier *v, const struct trace_checkpoint *c,
                               const uint8_t *public_key)
{
    if (v->report.first_broken.reason)
        return;
    struct str message = trace_checkpoint_message(v->a, c, v->report.session);
    const char *problem = checkpoint_problem(v, c, message, public_key);
    if (problem) {
        broken(v, c->seq, STR(""), problem, number(v, c->seq), number(v, v->report.events));
        return;
    }
    struct hash h = hash_sha256(message);
    v->prev_message_hash = hash_hex(v->a, &h);
    v->report.checkpoints_ok++;
    v->report.last_checkpoint_seq = c->seq;
}

static void warn(struct trace_report *r, const char *text)
{
    if (r->warning_count < COUNT_OF(r->warnings))
        r->warnings[r->warning_count++] = text;
}

const struct trace_report *trace_verifier_finish(struct trace_verifier *v,
                                                 const struct trace_head *stored_head)
{
    struct trace_report *r = &v->report;
    if (stored_head && stored_head->seq != r->events)
        broken(v, r->events + 1, STR(""), "truncated", number(v, stored_head->seq),
               number(v, r->events));
    else if (stored_head && !hash_eq(&stored_head->hash, &v->now))
        broken(v, r->events, STR(""), "hash_mismatch", hash_hex(v->a, &stored_head->hash),
               hash_hex(v->a, &v->now));
    r->unanchored_tail = r->events - r->last_checkpoint_seq;
    r->result = r->first_broken.reason ? TRACE_BROKEN
                : r->events == 0       ? TRACE_INCOMPLETE
                                       : TRACE_OK;
    warn(r, "Proves that the record has not changed since it was signed.");
    warn(r, "Does not prove who sat at the keyboard, or that a browser told the truth.");
    if (r->unanchored_tail)
        warn(r, "The events after the last checkpoint are not signed yet.");
    return r;
}

static void put_broken(const struct trace_report *r, struct buf *b)
{
    buf_putf(b, ",\"first_broken\":{\"seq\":%lld,\"id\":", (long long)r->first_broken.seq);
    json_put_text(b, r->first_broken.id);
    buf_putf(b, ",\"reason\":\"%s\",\"expected\":", r->first_broken.reason);
    json_put_text(b, r->first_broken.expected);
    buf_put(b, STR(",\"found\":"));
    json_put_text(b, r->first_broken.found);
    buf_putc(b, '}');
}

void trace_report_json(const struct trace_report *r, struct buf *b)
{
    static const char *const names[] = {
        [TRACE_OK] = "ok", [TRACE_BROKEN] = "broken", [TRACE_INCOMPLETE] = "incomplete"
    };
    buf_putf(b, "{\"result\":\"%s\",\"session\":", names[r->result]);
    json_put_text(b, r->session);
    buf_putf(b, ",\"events\":%lld,\"erased\":%lld,\"gaps\":%lld", (long long)r->events,
             (long long)r->erased, (long long)r->gaps);
    buf_putf(b, ",\"checkpoints_ok\":%lld,\"anchored\":\"internal\"", (long long)r->checkpoints_ok);
    buf_putf(b, ",\"last_checkpoint_seq\":%lld,\"unanchored_tail\":%lld",
             (long long)r->last_checkpoint_seq, (long long)r->unanchored_tail);
    if (r->first_broken.reason)
        put_broken(r, b);
    buf_put(b, STR(",\"warnings\":["));
    for (size_t i = 0; i < r->warning_count; i++) {
        if (i)
            buf_putc(b, ',');
        json_put_text(b, str_of(r->warnings[i]));
    }
    buf_put(b, STR("]}"));
}

/* Walks the stored events in pages, so that a long session needs little memory. */
static enum err feed_stored(struct trace_verifier *v, struct db_conn *c, struct str tenant,
                            struct str session, struct fail *f)
{
    AUTO_ARENA page_arena = { 0 };
    enum { STEP = 500 };
    for (int64_t from = INT64_MIN;;) {
        struct trace_event *events = NULL;
        size_t n = 0;
        arena_reset(&page_arena);
        TRY(trace_read(c, tenant, session, &(struct trace_page){ .from_seq = from, .limit = STEP },
                       &page_arena, &events, &n, f));
        for (size_t i = 0; i < n; i++)
            trace_verifier_event(v, &events[i]);
        if (n < STEP)
            return ERR_OK;
        from = events[n - 1].seq + 1;
    }
}

enum err trace_verify(struct db_conn *c, const struct secret *s, struct str tenant,
                      struct str session, struct arena *a, const struct trace_report **out,
                      struct fail *f)
{
    struct trace_genesis g;
    struct trace_head head;
    struct trace_checkpoint *checkpoints = NULL;
    size_t n = 0;
    uint8_t key[32];
    TRY(trace_genesis_of(c, tenant, session, a, &g, f));
    struct trace_verifier *v = trace_verifier_new(a, &g);
    TRY(feed_stored(v, c, tenant, session, f));
    TRY(trace_db_checkpoints(c, tenant, session, a, &checkpoints, &n, f));
    TRY(trace_head_of(c, tenant, session, a, &head, f));
    secret_public_key(s, key);
    for (size_t i = 0; i < n; i++)
        trace_verifier_checkpoint(v, &checkpoints[i],
                                  str_is(checkpoints[i].kid, TRACE_KID) ? key : NULL);
    *out = trace_verifier_finish(v, &head);
    return ERR_OK;
}
