/* The table: what does not start, what matches, what it is written out as. */
#include "io/http/route.h"

#include "base/json.h"
#include "client_test.h"

static enum err nothing(struct http_req *, struct http_res *, struct fail *)
{
    return ERR_OK;
}

static const struct api_field thing_fields[] = {
    { .name = "x", .type = API_TEXT, .at = 0, .min = 1, .max = 5 },
};
static const struct api_shape thing = { "Thing", sizeof(struct str), thing_fields, 1 };

static struct http_route complete(void)
{
    return (struct http_route){ .method = HTTP_POST,
                                .path = "/api/v1/x/{id}",
                                .who = "O,S",
                                .rate = RATE_WRITE,
                                .body_max = 10,
                                .in = &thing,
                                .query = &api_nothing,
                                .out = &thing,
                                .handle = nothing,
                                .doc = "A thing." };
}

static bool starts(const struct http_route *rows, size_t n)
{
    struct http_routes t;
    struct fail f = { 0 };
    enum err e = http_routes_build(&t, rows, n, &f);
    if (e) {
        CHECK_INT(e, ERR_INPUT);
        CHECK_STR(str_of(f.hint), "route.incomplete");
    } else {
        http_routes_release(&t);
    }
    return !e;
}

/* Each case spoils one column of a complete row. */
TEST(a_row_that_is_not_complete_does_not_start)
{
    struct http_route rows[25];
    size_t n = 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        rows[i] = complete();
    CHECK(starts(rows, 1));
    rows[n++].path = NULL;
    rows[n++].path = "api";
    rows[n++].path = "/a//b";
    rows[n++].path = "/{a}/{b}/{c}/{d}";
    rows[n++].who = NULL;
    rows[n++].who = "";
    rows[n++].who = "X";
    rows[n++].who = "O,";
    rows[n++].rate = (enum http_rate)0;
    rows[n++].rate = RATE_COUNT;
    rows[n++].in = NULL;
    rows[n++].query = NULL;
    rows[n++].out = NULL;
    rows[n++].body_max = 0;
    rows[n++].in = &api_nothing;
    rows[n++].handle = NULL;
    rows[n++].doc = NULL;
    rows[n++].doc = "";
    rows[n++].method = HTTP_GET;
    rows[n++].method = HTTP_METHOD_COUNT;
    rows[n++].flags = HTTP_STREAM;
    rows[n].who = "P";
    rows[n++].flags = HTTP_IDEM;
    rows[n++].flags = HTTP_INLINE | HTTP_IDEM;
    rows[n++].flags = HTTP_REPORT; /* with a shape */
    rows[n++].flags = HTTP_OPS;    /* for a signed-in user */
    for (size_t i = 0; i < n; i++) {
        if (starts(&rows[i], 1))
            CHECK_INT(i, -1);
    }
}

TEST(a_server_with_an_incomplete_table_does_not_start)
{
    struct test_server s = { 0 };
    struct http_conf conf = server_conf(&s);
    struct http_route row = complete();
    struct fail f = { 0 };
    row.who = NULL;
    conf.routes = &row;
    conf.route_count = 1;
    CHECK_INT(http_start(&s.http, &conf, &f), ERR_INPUT);
    CHECK_STR(str_of(f.hint), "route.incomplete");
}

TEST(an_address_that_cannot_be_listened_on_is_told)
{
    static const char *const wrong[] = { "",    "nowhere",       "1.2.3.4", "127.0.0.1:70000",
                                         ":80", "example.org:80" };
    struct test_server s = { 0 };
    struct http_conf conf = server_conf(&s);
    struct fail f = { 0 };
    for (size_t i = 1; i < COUNT_OF(wrong); i++) {
        conf.listen = str_of(wrong[i]);
        CHECK_INT(http_start(&s.http, &conf, &f), ERR_INPUT);
        CHECK_STR(str_of(f.hint), "http.listen");
    }
    conf.listen = STR("127.0.0.1:0");
    server_start(&s, &conf);
    AUTO_ARENA a = { 0 };
    conf.listen = arena_fmt(&a, "127.0.0.1:%d", s.port);
    struct http *second = NULL;
    CHECK_INT(http_start(&second, &conf, &f), ERR_IO);
    CHECK_STR(str_of(f.hint), "http.listen");
    CHECK(str_ends(str_of(f.detail), STR(": Address already in use")));
    conf.ops_listen = conf.listen;
    conf.listen = STR("127.0.0.1:0");
    CHECK_INT(http_start(&second, &conf, &f), ERR_IO);
    CHECK_STR(str_of(f.hint), "ops.listen");
    server_stop(&s);
}

TEST(the_same_route_twice_does_not_start)
{
    struct http_route rows[2] = { complete(), complete() };
    CHECK(!starts(rows, 2));
    rows[1].method = HTTP_PUT;
    CHECK(starts(rows, 2));
    rows[1] = complete();
    rows[1].path = "/api/v1/x/{other_id}";
    CHECK(!starts(rows, 2));
}

static const struct http_route *match(const struct http_routes *t, enum http_method m,
                                      const char *path, struct route_match *out)
{
    static struct arena a;
    arena_release(&a);
    http_routes_match(t, m, str_of(path), &a, out);
    return out->route ? out->route->def : NULL;
}

TEST(the_most_particular_route_wins)
{
    static const char *const paths[] = { "/a/{id}", "/a/me", "/a/{name}/x", "/a/{id}/y", "/a" };
    struct http_route rows[COUNT_OF(paths)];
    struct http_routes t;
    struct route_match m;
    struct fail f = { 0 };
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        rows[i] = complete();
        rows[i].path = paths[i];
    }
    CHECK_INT(http_routes_build(&t, rows, COUNT_OF(rows), &f), ERR_OK);
    CHECK(match(&t, HTTP_POST, "/a/me", &m) == &rows[1]);
    CHECK(match(&t, HTTP_POST, "/a/" TEST_ITEM, &m) == &rows[0]);
    CHECK_STR(m.params[0], TEST_ITEM);
    CHECK(match(&t, HTTP_POST, "/a/" TEST_ITEM "/x", &m) == &rows[2]);
    CHECK(match(&t, HTTP_POST, "/a/me/x", &m) == &rows[2]);
    CHECK_STR(m.params[0], "me");
    CHECK(match(&t, HTTP_POST, "/a/" TEST_ITEM "/y", &m) == &rows[3]);
    CHECK(match(&t, HTTP_POST, "/a", &m) == &rows[4]);
    CHECK(match(&t, HTTP_POST, "/a/me/y", &m) == NULL);
    CHECK_INT(m.allowed, 0);
    CHECK(match(&t, HTTP_GET, "/a", &m) == NULL);
    CHECK_INT(m.allowed, 1U << HTTP_POST);
    CHECK(match(&t, HTTP_POST, "/", &m) == NULL);
    CHECK(match(&t, HTTP_POST, "", &m) == NULL);
    CHECK(match(&t, HTTP_POST, "//a", &m) == NULL);
    CHECK(match(&t, HTTP_POST, "/a/", &m) == NULL);
    http_routes_release(&t);
}

TEST(the_table_is_written_as_openapi)
{
    AUTO_BUF b = { .max = 1 << 20 };
    AUTO_BUF again = { .max = 1 << 20 };
    AUTO_ARENA a = { 0 };
    struct json doc;
    struct fail f = { 0 };
    http_openapi(test_routes, test_route_count, STR("1.2.3"), &b);
    http_openapi(test_routes, test_route_count, STR("1.2.3"), &again);
    CHECK(str_eq(buf_str(&b), buf_str(&again)));
    CHECK_INT(json_parse(buf_str(&b), &json_limits_api, &a, &doc, &f), ERR_OK);
    CHECK_STR(json_text(json_get(&doc, "openapi")), "3.1.0");
    const struct json *paths = json_get(&doc, "paths");
    const struct json *item = json_get(json_get(paths, "/api/v1/items/{id}"), "put");
    CHECK_STR(json_text(json_get(item, "operationId")), "put_items_id");
    CHECK_STR(json_text(json_get(item, "x-who")), "O");
    CHECK_STR(json_text(json_get(item, "x-rate")), "write");
    CHECK(json_get(json_get(item, "responses"), "default") != NULL);
    CHECK(json_get(item, "requestBody") != NULL);
    CHECK_INT(json_get(item, "parameters")->count, 3);
    const struct json *schemas = json_get(json_get(&doc, "components"), "schemas");
    CHECK(json_get(schemas, "Item") && json_get(schemas, "ItemList") &&
          json_get(schemas, "ItemIn"));
    CHECK(json_get(schemas, "Problem") != NULL);
    const struct json *words = json_get(json_get(paths, "/api/v1/words/{name}"), "get");
    CHECK_INT(json_get(words, "parameters")->count, 2);
    CHECK(json_get(words, "security") && json_get(words, "security")->count == 0);
}

TEST(the_table_is_written_as_lines)
{
    AUTO_BUF b = { .max = 1 << 16 };
    http_route_list(test_routes, test_route_count, &b);
    CHECK(str_has(buf_str(&b), STR("PUT /api/v1/items/{id} O write if-match\n")));
    CHECK(str_has(buf_str(&b), STR("GET /metrics P none inline ops\n")));
}
