/* The small server the tests of io/http talk to: a few routes of every kind. */
#include "client_test.h"

#include <time.h>

struct app {
    struct test_server *server;
};
static struct app app; /* one server at a time */

struct item {
    struct str id, name;
    int64_t made;
};
static const struct api_field item_fields[] = {
    API_OPT(struct item, id, API_ID, 36, 36),
    API_F(struct item, name, API_TEXT, 1, 20),
    API_OPT(struct item, made, API_INT, 0, 1000000),
};
static const struct api_shape item_shape = API_SHAPE(struct item, "Item", item_fields);

struct item_in {
    struct str name;
};
static const struct api_field item_in_fields[] = {
    API_F(struct item_in, name, API_TEXT, 1, 20),
};
static const struct api_shape item_in_shape = API_SHAPE(struct item_in, "ItemIn", item_in_fields);

struct page {
    int64_t limit;
};
static const struct api_field page_fields[] = { API_OPT(struct page, limit, API_INT, 1, 200) };
static const struct api_shape page_shape = API_SHAPE(struct page, "Page", page_fields);

struct item_list {
    struct api_list items;
};
static const struct api_field item_list_fields[] = {
    API_SUB(struct item_list, items, API_LIST, 0, 200, item_shape, false),
};
static const struct api_shape item_list_shape =
    API_SHAPE(struct item_list, "ItemList", item_list_fields);

static struct item *item_of(struct http_req *req, struct str name)
{
    const struct test_server *s = req->self;
    struct item *it = ARENA_NEW(req->arena, struct item);
    *it = (struct item){ .id = STR(TEST_ITEM), .name = name, .made = s->made };
    return it;
}

static enum err get_ping(struct http_req *req, struct http_res *res, struct fail *)
{
    res->out = item_of(req, STR("ping"));
    return ERR_OK;
}

static enum err get_item(struct http_req *req, struct http_res *res, struct fail *f)
{
    if (!str_is(req->params[0], TEST_ITEM))
        return FAIL(f, ERR_NOT_FOUND, "not_found", "no such item");
    res->out = item_of(req, req->lang.ptr ? req->lang : STR("none"));
    res->etag = 7;
    return ERR_OK;
}

static enum err get_word(struct http_req *req, struct http_res *res, struct fail *)
{
    const struct page *p = req->query;
    struct item *it = item_of(req, req->params[0]);
    it->made = p->limit;
    res->out = it;
    return ERR_OK;
}

static enum err post_item(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct test_server *s = req->self;
    const struct item_in *in = req->in;
    if (str_is(in->name, "broken"))
        return FAIL(f, ERR_IO, NULL, "on purpose");
    s->made++;
    const struct timespec pause = { .tv_nsec = atomic_load(&s->slow_ms) * 1000L * 1000 };
    if (str_is(in->name, "slow"))
        (void)nanosleep(&pause, NULL);
    res->out = item_of(req, in->name);
    res->status = 201;
    res->location = STR("/api/v1/items/" TEST_ITEM);
    return ERR_OK;
}

static enum err note_answer(struct db_tx *tx, void *arg, struct fail *f)
{
    struct http_req *req = arg;
    return http_answer_tx(req, tx, 201, item_of(req, STR("in-tx")), f);
}

static enum err post_safe_item(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct test_server *s = req->self;
    s->made++;
    TRY(db_write(req->db, req->tenant, note_answer, req, f));
    res->out = item_of(req, STR("in-tx"));
    res->status = 201;
    return ERR_OK;
}

static enum err put_item(struct http_req *req, struct http_res *res, struct fail *f)
{
    const struct item_in *in = req->in;
    if (req->if_match != 7)
        return FAIL(f, ERR_PRECONDITION, "precondition.failed", "rev %lld",
                    (long long)req->if_match);
    res->out = item_of(req, in->name);
    res->etag = 8;
    return ERR_OK;
}

static enum err delete_item(struct http_req *, struct http_res *res, struct fail *)
{
    res->clear_site_data = true;
    res->set_cookie[0] = STR("sid=; Max-Age=0; Path=/");
    return ERR_OK;
}

static enum err post_login(struct http_req *req, struct http_res *res, struct fail *f)
{
    const struct item_in *in = req->in;
    if (!str_is(in->name, "right"))
        return FAIL(f, ERR_AUTH, "auth.invalid", "wrong");
    res->out = item_of(req, STR("in"));
    return ERR_OK;
}

static enum err get_slow(struct http_req *req, struct http_res *res, struct fail *)
{
    const struct test_server *s = req->self;
    int ms = atomic_load(&s->slow_ms);
    const struct timespec pause = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000L * 1000 };
    (void)nanosleep(&pause, NULL);
    res->out = item_of(req, STR("slow"));
    return ERR_OK;
}

static enum err get_boom(struct http_req *, struct http_res *, struct fail *f)
{
    return FAIL(f, ERR_IO, NULL, "SELECT secret FROM nowhere");
}

static enum err get_events(struct http_req *req, struct http_res *res, struct fail *)
{
    const struct test_server *s = req->self;
    res->stream.name = req->params[0];
    res->stream.first = s->first;
    res->stream.first_count = s->first_count;
    res->stream.ended = str_is(req->params[0], "over");
    return ERR_OK;
}

static enum err get_metrics(struct http_req *, struct http_res *res, struct fail *)
{
    res->raw = STR("up 1\n");
    res->raw_type = "text/plain; version=0.0.4";
    return ERR_OK;
}

#define SELF .self = offsetof(struct app, server)
#define SHAPES(i, q, o) .in = &(i), .query = &(q), .out = &(o)
const struct http_route test_routes[] = {
    { HTTP_GET, "/api/v1/ping", "P", RATE_NONE, 0, SHAPES(api_nothing, api_nothing, item_shape),
      HTTP_INLINE, SELF, get_ping, "Answers on the loop." },
    { HTTP_GET, "/health/live", "P", RATE_NONE, 0, SHAPES(api_nothing, api_nothing, item_shape),
      HTTP_INLINE, SELF, get_ping, "Lives." },
    { HTTP_GET, "/api/v1/items", "U", RATE_READ, 0,
      SHAPES(api_nothing, page_shape, item_list_shape), 0, SELF, get_boom, "A list." },
    { HTTP_GET, "/api/v1/items/{id}", "O,S", RATE_READ, 0,
      SHAPES(api_nothing, api_nothing, item_shape), 0, SELF, get_item, "One item." },
    { HTTP_GET, "/api/v1/words/{name}", "P", RATE_READ, 0,
      SHAPES(api_nothing, page_shape, item_shape), 0, SELF, get_word, "A word." },
    { HTTP_POST, "/api/v1/items", "U", RATE_WRITE, 1024,
      SHAPES(item_in_shape, api_nothing, item_shape), HTTP_IDEM, SELF, post_item, "Makes one." },
    { HTTP_POST, "/api/v1/safe-items", "U", RATE_WRITE, 1024,
      SHAPES(item_in_shape, api_nothing, item_shape), HTTP_IDEM, SELF, post_safe_item,
      "Makes one, with its answer." },
    { HTTP_PUT, "/api/v1/items/{id}", "O", RATE_WRITE, 400000,
      SHAPES(item_in_shape, api_nothing, item_shape), HTTP_IF_MATCH, SELF, put_item,
      "Changes one." },
    { HTTP_DELETE, "/api/v1/items/{id}", "O", RATE_WRITE, 0,
      SHAPES(api_nothing, api_nothing, api_nothing), 0, SELF, delete_item, "Ends one." },
    { HTTP_POST, "/api/v1/auth/login", "P", RATE_AUTH, 1024,
      SHAPES(item_in_shape, api_nothing, item_shape), 0, SELF, post_login, "Signs in." },
    { HTTP_GET, "/api/v1/slow", "P", RATE_NONE, 0, SHAPES(api_nothing, api_nothing, item_shape), 0,
      SELF, get_slow, "Takes its time." },
    { HTTP_GET, "/api/v1/boom", "P", RATE_READ, 0, SHAPES(api_nothing, api_nothing, item_shape), 0,
      SELF, get_boom, "Fails." },
    { HTTP_GET, "/api/v1/streams/{name}/events", "U", RATE_STREAM, 0,
      SHAPES(api_nothing, api_nothing, api_nothing), HTTP_STREAM, SELF, get_events, "Events." },
    { HTTP_GET, "/metrics", "P", RATE_NONE, 0, SHAPES(api_nothing, api_nothing, api_nothing),
      HTTP_INLINE | HTTP_OPS, SELF, get_metrics, "Metrics." },
};
const size_t test_route_count = COUNT_OF(test_routes);

static enum err authenticate(void *, struct http_req *req, struct fail *)
{
    req->tenant = STR(TEST_TENANT);
    if (str_is(http_cookie(req, "sid"), "good"))
        req->user_id = STR(TEST_USER);
    return ERR_OK;
}

static bool still_allowed(void *self, struct str tenant, struct str user_id)
{
    const struct test_server *s = self;
    return s->allowed && str_is(tenant, TEST_TENANT) && str_is(user_id, TEST_USER);
}

static const struct log quiet = { .clock = &clock_real, .fd = 2, .level = LOG_ERROR + 1 };
static const struct http_asset assets[] = {
    { STR_INIT("index.html"), STR_INIT("<!doctype html><p>page</p>") },
    { STR_INIT("index.html.br"), STR_INIT("br-page") },
    { STR_INIT("assets/app-1a2b3c4d.js"), STR_INIT("console.log('plain')") },
    { STR_INIT("assets/app-1a2b3c4d.js.br"), STR_INIT("br-js") },
    { STR_INIT("assets/app-1a2b3c4d.js.gz"), STR_INIT("gz-js") },
    { STR_INIT("robots.txt"), STR_INIT("User-agent: *\n") },
    { STR_INIT("sw.js"), STR_INIT("self") },
};

struct http_conf server_conf(struct test_server *s)
{
    app.server = s;
    s->allowed = true;
    return (struct http_conf){
        .listen = STR("127.0.0.1:0"),
        .ops_listen = STR("127.0.0.1:0"),
        .threads = 2,
        .workers = 4,
        .drain_delay_ms = 0,
        .unlimited = true,
        .assets = assets,
        .asset_count = COUNT_OF(assets),
        .routes = test_routes,
        .route_count = COUNT_OF(test_routes),
        .app = &app,
        .hooks = { .self = s, .authenticate = authenticate, .still_allowed = still_allowed },
        .db = s->db,
        .hub = s->hub,
        .env = &env_real,
        .log = &quiet,
    };
}

void server_start(struct test_server *s, const struct http_conf *conf)
{
    struct fail f = { 0 };
    enum err e = http_start(&s->http, conf, &f);
    if (e)
        log_fail(&(struct log){ .clock = &clock_real, .fd = 2 }, "start", &f);
    CHECK_INT(e, ERR_OK);
    s->port = http_port(s->http);
}

void server_stop(struct test_server *s)
{
    http_drain(s->http, 5000);
    http_stop(s->http);
    s->http = NULL;
}
