#include "app/app.h"

/* Probes (operations.md A4): live looks at no dependency, ready says what fails and answers 503. */

static enum err live_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    const struct app *app = req->self;
    res->raw = STR("{\"status\":\"ok\"}");
    res->raw_type = "application/json";
    return app->http && !http_alive(app->http)
               ? FAIL(f, ERR_BUSY, "busy", "a loop thread does not answer")
               : ERR_OK;
}

struct checks {
    struct buf *b;
    bool ok;
};

static void check(struct checks *c, const char *name, bool ok)
{
    buf_putf(c->b, "%s\"%s\":%s", c->b->len > 1 ? "," : "", name, ok ? "true" : "false");
    c->ok &= ok;
}

static enum err ready_get(struct http_req *req, struct http_res *res, struct fail *)
{
    const struct app *app = req->self;
    AUTO_BUF b = { .max = 1024 };
    struct checks c = { &b, true };
    struct db_health h = db_health(app->db);
    buf_putc(&b, '{');
    check(&c, "accepting", !app->http || !http_draining(app->http));
    check(&c, "database", h.answered_ms_ago < 2000);
    check(&c, "writable", h.writable);
    check(&c, "disk", h.room);
    check(&c, "migrations", h.migrated);
    check(&c, "sandbox", !app->sandbox || sandbox_layers(app->sandbox) != 0);
    buf_putc(&b, '}');
    res->status = c.ok ? 200 : 503;
    res->raw = arena_dup(req->arena, buf_str(&b));
    res->raw_type = "application/json";
    return ERR_OK;
}

static enum err startup_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    const struct app *app = req->self;
    res->raw = STR("{\"status\":\"started\"}");
    res->raw_type = "application/json";
    return db_health(app->db).migrated ? ERR_OK : FAIL(f, ERR_BUSY, "busy", "migrations");
}

static enum err deep_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    res->raw_type = "application/json";
    return app_deep(req->self, req->arena, &res->raw, f);
}

static enum err metrics_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    const struct app *app = req->self;
    AUTO_BUF b = { .max = 4 << 20 };
    metrics_text(app->metrics, &b);
    if (b.truncated)
        return FAIL(f, ERR_IO, "internal", "metrics over 4 MiB");
    res->raw = arena_dup(req->arena, buf_str(&b));
    res->raw_type = "text/plain; version=0.0.4";
    return ERR_OK;
}

static enum err openapi_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    AUTO_BUF b = { .max = 2 << 20 };
    size_t n = 0;
    const struct http_route *routes = app_routes(req->arena, &n);
    http_openapi(routes, n, STR(APP_VERSION), &b);
    if (b.truncated)
        return FAIL(f, ERR_IO, "internal", "OpenAPI over 2 MiB");
    res->raw = arena_dup(req->arena, buf_str(&b));
    res->raw_type = "application/json";
    return ERR_OK;
}

#define PROBE(p, fn, extra, text)                                                                  \
    {                                                                                              \
        .method = HTTP_GET, .path = (p), .who = "P", .rate = RATE_NONE, .in = &api_nothing,        \
        .query = &api_nothing, .out = &api_nothing, .flags = HTTP_INLINE | (extra),                \
        .handle = (fn), .doc = (text)                                                              \
    }
const struct http_route health_routes[] = {
    PROBE("/health/live", live_get, 0, "The process turns; restart it if not"),
    PROBE("/health/ready", ready_get, 0, "200 when it may get traffic, 503 with what fails"),
    PROBE("/health/startup", startup_get, HTTP_OPS, "Migrations are current"),
    PROBE("/metrics", metrics_get, HTTP_OPS, "Prometheus text"),
    { .method = HTTP_GET,
      .path = "/health/deep",
      .who = "P",
      .rate = RATE_NONE,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &api_nothing,
      .flags = HTTP_OPS,
      .handle = deep_get,
      .doc = "What each dependency answers; always 200, `degraded` names what is wrong" },
    { .method = HTTP_GET,
      .path = "/openapi.json",
      .who = "P",
      .rate = RATE_READ,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &api_nothing,
      .handle = openapi_get,
      .doc = "This description" },
};
const size_t health_route_count = COUNT_OF(health_routes);
