#include "domain/audit/audit_priv.h"

#include "base/json.h"
#include "base/num.h"
#include "base/time.h"

struct action {
    const char *name;
    enum audit_severity severity;
};
static const struct action actions[] = {
    [AUDIT_LOGIN_OK] = { "login.ok", AUDIT_INFO },
    [AUDIT_LOGIN_FAILED] = { "login.failed", AUDIT_NOTICE },
    [AUDIT_LOGOUT] = { "logout", AUDIT_INFO },
    [AUDIT_SETUP_CLAIMED] = { "setup.claimed", AUDIT_CRITICAL },
    [AUDIT_USER_MADE] = { "user.registered", AUDIT_INFO },
    [AUDIT_PASSWORD_CHANGED] = { "password.changed", AUDIT_NOTICE },
    [AUDIT_ROLE_CHANGED] = { "role.changed", AUDIT_WARNING },
    [AUDIT_SENSITIVE_READ] = { "sensitive.read", AUDIT_INFO },
    [AUDIT_EXPORT_CREATED] = { "export.created", AUDIT_WARNING },
    [AUDIT_SYSTEM_START] = { "system.start", AUDIT_INFO },
};
static_assert(COUNT_OF(actions) == AUDIT_ACTION_COUNT, "a row for each action");

static const char *const severity_names[] = { [AUDIT_INFO] = "info",
                                              [AUDIT_NOTICE] = "notice",
                                              [AUDIT_WARNING] = "warning",
                                              [AUDIT_CRITICAL] = "critical" };
static_assert(COUNT_OF(severity_names) == AUDIT_SEVERITY_COUNT, "a name for each severity");
static const char *const outcome_names[] = {
    [AUDIT_OK] = "ok", [AUDIT_DENIED] = "denied", [AUDIT_ERROR] = "error"
};
static_assert(COUNT_OF(outcome_names) == AUDIT_OUTCOME_COUNT, "a name for each outcome");

const char *audit_action_name(enum audit_action a)
{
    return actions[a].name;
}

static void put_text_or_null(struct buf *b, const char *key, struct str s)
{
    buf_putf(b, "\"%s\":", key);
    if (s.ptr)
        json_put_text(b, s);
    else
        buf_put(b, STR("null"));
}

/* JCS (RFC 8785) of the row: keys in order, no spaces. */
struct hash audit_row_hash(struct str tenant, const struct audit_stored *r)
{
    AUTO_BUF b = { .max = 40'000 };
    buf_putc(&b, '{');
    put_text_or_null(&b, "action", r->action);
    buf_putc(&b, ',');
    put_text_or_null(&b, "actor_id", r->actor_id);
    buf_putc(&b, ',');
    put_text_or_null(&b, "actor_kind", r->actor_kind);
    buf_putc(&b, ',');
    put_text_or_null(&b, "actor_role", r->actor_role);
    buf_putf(&b, ",\"at\":%lld,\"detail\":%.*s,", (long long)r->at, STR_ARG(r->detail));
    put_text_or_null(&b, "id", r->id);
    buf_putc(&b, ',');
    put_text_or_null(&b, "ip", r->ip);
    buf_putc(&b, ',');
    put_text_or_null(&b, "login_session_id", r->login_session_id);
    buf_putf(&b, ",\"month\":%lld,", (long long)r->month);
    put_text_or_null(&b, "outcome", r->outcome);
    buf_putc(&b, ',');
    put_text_or_null(&b, "request_id", r->request_id);
    buf_putf(&b, ",\"seq\":%lld,", (long long)r->seq);
    put_text_or_null(&b, "severity", r->severity);
    buf_putc(&b, ',');
    put_text_or_null(&b, "target_id", r->target_id);
    buf_putc(&b, ',');
    put_text_or_null(&b, "target_kind", r->target_kind);
    buf_putc(&b, ',');
    put_text_or_null(&b, "tenant_id", tenant);
    buf_putc(&b, '}');
    assert(!b.truncated);
    const struct str parts[] = { hash_bytes(&r->prev), buf_str(&b) };
    return hash_sha256_parts(parts, COUNT_OF(parts));
}

int64_t audit_month(int64_t at_us)
{
    struct civil c = time_civil(at_us);
    return (int64_t)c.year * 100 + c.month;
}

static struct str detail_of(struct arena *a, const struct audit_row *row)
{
    AUTO_BUF b = { .max = 1024 };
    buf_putc(&b, '{');
    if (row->detail_key) {
        json_put_text(&b, str_of(row->detail_key));
        buf_putc(&b, ':');
        json_put_text(&b, str_head(row->detail, 200));
    }
    buf_putc(&b, '}');
    return arena_dup(a, buf_str(&b));
}

static struct str opt(const char *c)
{
    return c ? str_of(c) : (struct str){ 0 };
}

enum err audit_write(struct db_tx *tx, const struct env *env, const struct audit_row *row,
                     struct fail *f)
{
    struct arena *a = db_tx_arena(tx);
    struct audit_stored r = {
        .id = env_id(env, a),
        .at = env_now(env),
        .actor_id = row->actor_id,
        .actor_kind = str_of(row->actor_kind),
        .actor_role = opt(row->actor_role),
        .action = str_of(actions[row->action].name),
        .target_kind = opt(row->target_kind),
        .target_id = row->target_id,
        .outcome = str_of(outcome_names[row->outcome]),
        .severity = str_of(severity_names[actions[row->action].severity]),
        .ip = row->ip,
        .login_session_id = row->login_session_id,
        .request_id = row->request_id.ptr ? row->request_id : STR(""),
        .detail = detail_of(a, row),
    };
    TRY(audit_db_lock(tx, f));
    TRY(audit_db_last(tx, &r.month, &r.seq, &r.prev, f));
    int64_t month = i64_max(audit_month(r.at),
                            r.month); /* a clock that steps back stays in the chain's month */
    r.seq = month == r.month ? r.seq + 1 : 1;
    r.month = month;
    r.hash = audit_row_hash(db_tx_tenant(tx), &r);
    return audit_db_insert(tx, &r, f);
}

/* Where a walk over the chain stands. */
struct walk {
    struct hash prev;
    int64_t month, seq, rows;
};

static bool follows(const struct walk *w, struct str tenant, const struct audit_stored *r)
{
    bool next = r->month == w->month ? r->seq == w->seq + 1 : r->month > w->month && r->seq == 1;
    struct hash h = audit_row_hash(tenant, r);
    return next && hash_eq(&r->prev, &w->prev) && hash_eq(&h, &r->hash);
}

enum err audit_verify(struct db_conn *c, struct str tenant, int64_t *rows, int64_t *first_bad_month,
                      int64_t *first_bad_seq, struct fail *f)
{
    AUTO_ARENA a = { 0 };
    struct walk w = { 0 };
    *first_bad_month = *first_bad_seq = 0;
    for (size_t n = 1; n > 0;) {
        struct audit_stored *page = NULL;
        arena_reset(&a);
        TRY(audit_db_page(c, tenant, w.month, w.seq, &a, &page, &n, f));
        for (size_t i = 0; i < n; i++) {
            if (!follows(&w, tenant, &page[i])) {
                *first_bad_month = page[i].month;
                *first_bad_seq = page[i].seq;
                *rows = w.rows;
                return ERR_OK;
            }
            w = (struct walk){ page[i].hash, page[i].month, page[i].seq, w.rows + 1 };
        }
    }
    *rows = w.rows;
    return ERR_OK;
}
