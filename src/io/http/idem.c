#include "io/http/http_priv.h"
#include "io/http/idem_db.h"

/* A key whose answer never came (the program died) is free again after RUN_US: longer than a
 * request may take. An answer is kept for a day. */
#define RUN_US (INT64_C(90) * US_PER_S)
#define KEEP_US (INT64_C(24) * 3600 * US_PER_S)
enum { BODY_STORED_MAX = 64 * 1024, LOCATION_MAX = 512 };

struct idem {
    struct idem_row row;
    bool stored; /* by the handler's own unit */
    struct str location;
};

struct begin_arg {
    const struct idem *idem;
    int64_t now;
    struct arena *a;
    struct idem_found found;
};

static enum err begin_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct begin_arg *in = arg;
    return idem_reserve(tx, &in->idem->row, in->now, in->now + RUN_US, in->a, &in->found, f);
}

static struct hash request_hash(const struct exchange *x)
{
    const struct str parts[] = { buf_str(&x->target), STR("\n"), buf_str(&x->body) };
    return hash_sha256_parts(parts, COUNT_OF(parts));
}

/* The stored text is "LOCATION\nBODY". */
static void replay(struct exchange *x, int64_t status, struct str stored)
{
    struct str location = str_take_until(&stored, '\n');
    struct http_res res = { .status = (int)status, .etag = API_ABSENT };
    if (location.len)
        res.location = location;
    if (stored.len) {
        res.raw = stored;
        res.raw_type = status >= 400 ? "application/problem+json" : "application/json";
    }
    answer_result(x, &res);
}

static enum err found_before(struct exchange *x, const struct idem_found *found, bool *replayed,
                             struct fail *f)
{
    if (!found->same)
        return FAIL(f, ERR_INPUT, "idempotency.mismatch", "the key had another request");
    if (found->status == API_ABSENT) {
        enum err e = FAIL(f, ERR_CONFLICT, "idempotency.in_progress", "the first is running");
        f->retry_after_s = 1;
        return e;
    }
    replay(x, found->status, found->body);
    *replayed = true;
    return ERR_OK;
}

enum err idem_begin(struct exchange *x, bool *replayed, struct fail *f)
{
    struct http *h = x->http;
    struct str key = x->head.v[HEAD_IDEMPOTENCY_KEY];
    if (!http_printable(key, 8, 100))
        return FAIL(f, ERR_INPUT, "idempotency.key", "Idempotency-Key of 8..100 characters");
    struct idem *idem = ARENA_NEW(&x->arena, struct idem);
    idem->row = (struct idem_row){ x->req.tenant, x->req.user_id,
                                   str_head(str_of(x->route->label), 120), key, request_hash(x) };
    struct begin_arg arg = { .idem = idem, .now = env_now(h->conf.env), .a = &x->arena };
    TRY(db_write(h->conf.db, x->req.tenant, begin_unit, &arg, f));
    if (!arg.found.reserved)
        return found_before(x, &arg.found, replayed, f);
    x->idem = idem;
    return ERR_OK;
}

static struct str stored_text(struct exchange *x, struct str location, struct str body)
{
    return arena_fmt(&x->arena, "%.*s\n%.*s", STR_ARG(location.ptr ? location : STR("")),
                     STR_ARG(body));
}

enum err http_answer_tx(struct http_req *req, struct db_tx *tx, int status, const void *out,
                        struct fail *f)
{
    struct exchange *x = req->private_;
    AUTO_BUF b = { .max = BODY_STORED_MAX - LOCATION_MAX };
    if (!x->idem)
        return ERR_OK;
    if (out)
        api_encode(x->route->def->out, out, &b);
    if (b.truncated)
        return FAIL(f, ERR_IO, NULL, "an answer that must be stored is larger than %zu", b.max);
    TRY(idem_store(tx, &x->idem->row, status, stored_text(x, (struct str){ 0 }, buf_str(&b)),
                   env_now(x->http->conf.env) + KEEP_US, f));
    x->idem->stored = true;
    return ERR_OK;
}

struct end_arg {
    const struct idem *idem;
    bool keep;
    int64_t status, until;
    struct str text;
};

static enum err end_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct end_arg *in = arg;
    if (in->keep)
        return idem_store(tx, &in->idem->row, in->status, in->text, in->until, f);
    return idem_release(tx, &in->idem->row, f);
}

void idem_end(struct exchange *x)
{
    struct http *h = x->http;
    struct fail f = { 0 };
    if (!x->idem || (x->idem->stored && x->status < 400))
        return;
    const char *location = MHD_get_response_header(x->response, "Location");
    struct end_arg arg = { .idem = x->idem,
                           .keep = x->status < 500 && x->status != 429,
                           .status = x->status,
                           .until = env_now(h->conf.env) + KEEP_US };
    arg.text = stored_text(x, str_of(location), buf_str(&x->out));
    if (arg.text.len > BODY_STORED_MAX) {
        LOG(h->conf.log, LOG_ERROR, "http.idem_too_large", LOG_C("route", x->route->label));
        return;
    }
    /* the answer stands even when it cannot be kept: the key stays taken and runs out by itself */
    if (db_write(h->conf.db, x->req.tenant, end_unit, &arg, &f))
        log_fail(h->conf.log, "http.idem_lost", &f);
}

/* --- sweeping --- */

struct sweep_arg {
    int64_t now, max, deleted;
};

static enum err sweep_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    struct sweep_arg *in = arg;
    return idem_expire(tx, in->now, in->max, &in->deleted, f);
}

enum err http_keys_sweep(struct db *db, const struct env *env, int64_t max, int64_t *deleted,
                         struct fail *f)
{
    struct sweep_arg arg = { .now = env_now(env), .max = max };
    TRY(db_write(db, STR("*"), sweep_unit, &arg, f));
    *deleted = arg.deleted;
    return ERR_OK;
}
