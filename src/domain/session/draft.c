#include "domain/session/session_priv.h"

/* The draft is the newest snapshot with the later code_edited events applied (evidence.md A.4,
 * replay check). */

static enum err last_snapshot(struct db_conn *c, struct str tenant, struct str session_id,
                              struct arena *a, struct draft *d, int64_t *seq, struct fail *f)
{
    struct trace_event e;
    struct json payload;
    TRY(trace_last(c, tenant, session_id, "snapshot_taken", a, &e, f));
    TRY(trace_decode(e.payload, a, &payload, f));
    d->snapshot_id = json_text(json_get(&payload, "snapshot"));
    d->snapshot_at = e.at;
    d->rev = json_int(json_get(&payload, "rev"), 0);
    *seq = e.seq;
    return session_snapshot_code(c, tenant, d->snapshot_id, a, &d->code, f);
}

const char *draft_follow(struct draft *d, struct arena *a, const struct json *payload,
                         const struct json *text)
{
    int64_t file = json_int(json_get(payload, "file"), -1),
            base = json_int(json_get(payload, "base_rev"), -1);
    bool hole = base != d->rev;
    d->rev = json_int(json_get(payload, "rev"), d->rev);
    d->edits++;
    if (d->lost)
        return NULL; /* said once; the next snapshot mends it */
    bool fits = !hole && file >= 0 && (size_t)file < d->code.n &&
                code_apply(a, payload, text, &d->code.files[file].text);
    d->lost = !fits;
    return fits ? NULL : hole ? "lost" : "replay_mismatch";
}

enum err draft_load(struct db_conn *c, struct str tenant, struct str session_id, struct arena *a,
                    struct draft *out, struct fail *f)
{
    int64_t from = 0;
    *out = (struct draft){ 0 };
    TRY(last_snapshot(c, tenant, session_id, a, out, &from, f));
    for (size_t n = 1000; n == 1000;) {
        struct trace_event *e = NULL;
        const struct trace_page page = { .from_seq = from + 1,
                                         .limit = 1000,
                                         .type = STR("code_edited") };
        TRY(trace_read(c, tenant, session_id, &page, a, &e, &n, f));
        for (size_t i = 0; i < n; i++) {
            struct json payload, text = { .type = JS_OBJECT };
            TRY(trace_decode(e[i].payload, a, &payload, f));
            if (e[i].text.ptr)
                TRY(trace_decode(e[i].text, a, &text, f));
            (void)draft_follow(out, a, &payload, &text);
        }
        from = n ? e[n - 1].seq : from;
    }
    return ERR_OK;
}

enum err session_draft(struct db_conn *c, struct str tenant, struct str session_id, struct arena *a,
                       struct code *out, struct str *snapshot_id, int64_t *rev, struct fail *f)
{
    struct draft d;
    TRY(draft_load(c, tenant, session_id, a, &d, f));
    *out = d.code;
    *snapshot_id = d.snapshot_id;
    *rev = d.rev;
    return ERR_OK;
}

enum err session_snapshot_code(struct db_conn *c, struct str tenant, struct str snapshot_id,
                               struct arena *a, struct code *out, struct fail *f)
{
    struct snapshot_row row;
    TRY(session_db_snapshot(c, tenant, snapshot_id, a, &row, f));
    return code_of_manifest(c, tenant, row.manifest, a, out, f);
}

static enum err store_snapshot(struct sessions *s, struct db_tx *tx, const struct session *session,
                               const struct code *code, struct snapshot_row *row, struct fail *f)
{
    struct arena *a = db_tx_arena(tx);
    struct hash *names = ARENA_ARRAY(a, struct hash, code->n);
    for (size_t i = 0; i < code->n; i++) {
        TRY(blob_put(tx, s->conf.env, code->files[i].text, "text/plain", &names[i], f));
        row->bytes += (int64_t)code->files[i].text.len;
    }
    row->manifest = code_manifest(a, code, names);
    enum err found = session_db_snapshot_by_tree(db_tx_conn(tx), db_tx_tenant(tx), session->id,
                                                 &row->tree, a, &row->id, f);
    if (found != ERR_NOT_FOUND)
        return found;
    row->id = env_id(s->conf.env, a);
    return session_db_snapshot_insert(tx, row, f);
}

static enum err snapshot_event(struct sessions *s, struct db_tx *tx, const struct session *session,
                               const struct snapshot_row *row, int64_t rev, struct fail *f)
{
    const struct json_member members[] = {
        { STR("snapshot"), { .type = JS_TEXT, .s = row->id } },
        { STR("tree_hash"), { .type = JS_TEXT, .s = hash_hex(db_tx_arena(tx), &row->tree) } },
        { STR("bytes"), { .type = JS_INT, .i = row->bytes } },
        { STR("cause"), { .type = JS_TEXT, .s = row->cause } },
        { STR("rev"), { .type = JS_INT, .i = rev } },
    };
    const struct json payload = { .type = JS_OBJECT,
                                  .count = COUNT_OF(members),
                                  .members = members };
    return session_note(
        s, tx, session,
        &(struct trace_new){ .type = "snapshot_taken", .actor = ACTOR_SYSTEM, .payload = &payload },
        f);
}

enum err session_snapshot(struct sessions *s, struct db_tx *tx, const struct session *session,
                          const struct code *code, const char *cause, struct str *id,
                          struct fail *f)
{
    struct arena *a = db_tx_arena(tx);
    struct snapshot_row row = { .session_id = session->id,
                                .cause = str_of(cause),
                                .created_at = env_now(s->conf.env) };
    struct draft d = { 0 };
    row.tree = code_tree_hash(session->salt, code);
    enum err found = draft_load(db_tx_conn(tx), db_tx_tenant(tx), session->id, a, &d, f);
    if (found && found != ERR_NOT_FOUND) /* not found: the very first snapshot */
        return found;
    TRY(store_snapshot(s, tx, session, code, &row, f));
    *id = row.id;
    if (str_eq(row.id, d.snapshot_id) && d.edits == 0)
        return ERR_OK; /* nothing changed since: the event is there already */
    TRY(snapshot_event(s, tx, session, &row, d.rev, f));
    return session_db_workspace_point(tx, session->id, row.id, f);
}
