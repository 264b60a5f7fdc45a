/* Routes, answers and what stands before a handler, through real sockets. */
#include "client_test.h"

#include <unistd.h>

static struct reply r;
static struct test_server s;

#define GET(path) "GET " path " HTTP/1.1\r\nHost: h\r\n\r\n"

static void start(void)
{
    s = (struct test_server){ 0 };
    struct http_conf conf = server_conf(&s);
    server_start(&s, &conf);
}

static void ask(const char *text)
{
    client_ask(s.port, str_of(text), &r);
}

static bool problem_is(int status, const char *code)
{
    AUTO_ARENA a = { 0 };
    return r.status == status &&
           str_is(reply_header(&r, "Content-Type"), "application/problem+json") &&
           str_has(r.body, arena_fmt(&a, "\"code\":\"%s\"", code)) &&
           str_has(r.body, arena_fmt(&a, "\"status\":%d", status)) &&
           str_has(r.body, STR("\"request_id\":\""));
}

static void check_security_headers(void)
{
    static const char *const names[] = { "X-Content-Type-Options",
                                         "Referrer-Policy",
                                         "X-Frame-Options",
                                         "Cross-Origin-Opener-Policy",
                                         "Cross-Origin-Embedder-Policy",
                                         "Cross-Origin-Resource-Policy",
                                         "Permissions-Policy",
                                         "Content-Security-Policy" };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        CHECK(reply_header(&r, names[i]).len > 0);
    CHECK(!reply_header(&r, "Server").ptr);
    CHECK(!reply_header(&r, "Strict-Transport-Security").ptr);
}

TEST(every_kind_of_answer_has_the_security_headers)
{
    static const char *const asks[] = {
        GET("/api/v1/ping"),
        GET("/nothing"),
        GET("/api/v1/boom"),
        GET("/api/v1/items"),
        GET("/robots.txt"),
        "GET /page HTTP/1.1\r\nHost: h\r\nAccept: text/html\r\n\r\n",
        "DELETE /api/v1/ping HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /api/v1/ping HTTP/1.1\r\n\r\n",
        "GET /api/v1/ping HTTP/1.1\r\nHost: h\nX: y\r\n\r\n",
        "HEAD /api/v1/ping HTTP/1.1\r\nHost: h\r\n\r\n",
    };
    start();
    for (size_t i = 0; i < COUNT_OF(asks); i++) {
        ask(asks[i]);
        CHECK(r.status >= 200);
        check_security_headers();
    }
    server_stop(&s);
}

TEST(behind_tls_answers_pin_the_transport)
{
    s = (struct test_server){ 0 };
    struct http_conf conf = server_conf(&s);
    conf.secure_cookies = true;
    server_start(&s, &conf);
    ask(GET("/api/v1/ping"));
    CHECK(str_starts(reply_header(&r, "Strict-Transport-Security"), STR("max-age=63072000")));
    server_stop(&s);
}

TEST(unknown_addresses_and_methods_are_told_apart)
{
    start();
    ask(GET("/api/v1/nothing"));
    CHECK(problem_is(404, "not_found"));
    ask("BREW /api/v1/ping HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(problem_is(405, "method.not_allowed"));
    CHECK_STR(reply_header(&r, "Allow"), "GET, HEAD");
    ask("PATCH /api/v1/items/" TEST_ITEM " HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}");
    CHECK(problem_is(405, "method.not_allowed"));
    CHECK_STR(reply_header(&r, "Allow"), "GET, HEAD, PUT, DELETE");
    ask("get /api/v1/ping HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK_INT(r.status, 405);
    ask(GET("/api/v1/items/not-an-id"));
    CHECK(problem_is(404, "not_found"));
    ask(GET("/api/v1/ping/"));
    CHECK_INT(r.status, 404);
    ask(GET("/metrics"));
    CHECK_INT(r.status, 404);
    server_stop(&s);
}

TEST(the_operations_listener_has_its_own_addresses)
{
    start();
    int ops = http_ops_port(s.http);
    client_ask(ops, STR(GET("/metrics")), &r);
    CHECK_INT(r.status, 200);
    CHECK_STR(r.body, "up 1\n");
    CHECK_STR(reply_header(&r, "Content-Type"), "text/plain; version=0.0.4");
    client_ask(ops, STR(GET("/health/live")), &r);
    CHECK_INT(r.status, 200);
    client_ask(ops, STR(GET("/api/v1/ping")), &r);
    CHECK_INT(r.status, 404);
    client_ask(ops, STR(GET("/robots.txt")), &r);
    CHECK_INT(r.status, 404);
    server_stop(&s);
}

TEST(who_asks_is_settled_before_the_handler)
{
    start();
    ask(GET("/api/v1/items/" TEST_ITEM));
    CHECK(problem_is(401, "auth.required"));
    ask("GET /api/v1/items/" TEST_ITEM " HTTP/1.1\r\nHost: h\r\n" SIGNED_IN "\r\n");
    CHECK_INT(r.status, 200);
    ask("GET /api/v1/items/" TEST_ITEM " HTTP/1.1\r\nHost: h\r\nCookie: a=b; sid=bad\r\n\r\n");
    CHECK_INT(r.status, 401);
    server_stop(&s);
}

TEST(unsafe_methods_come_only_from_our_own_page)
{
    static const struct {
        const char *headers;
        int status;
    } cases[] = {
        { OWN_PAGE, 204 },
        { "X-Requested-By: ainative\r\nOrigin: http://h\r\n", 204 },
        { "X-Requested-By: ainative\r\n", 403 },
        { "Sec-Fetch-Site: same-origin\r\n", 403 },
        { "X-Requested-By: other\r\nSec-Fetch-Site: same-origin\r\n", 403 },
        { "X-Requested-By: ainative\r\nSec-Fetch-Site: same-site\r\n", 403 },
        { "X-Requested-By: ainative\r\nSec-Fetch-Site: none\r\nOrigin: http://h\r\n", 403 },
        { "X-Requested-By: ainative\r\nOrigin: http://evil\r\n", 403 },
        { "X-Requested-By: ainative\r\nOrigin: https://h\r\n", 403 },
        { "X-Requested-By: ainative\r\nOrigin: null\r\n", 403 },
    };
    start();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        client_askf(s.port, &r,
                    "DELETE /api/v1/items/" TEST_ITEM " HTTP/1.1\r\nHost: h\r\n" SIGNED_IN "%s\r\n",
                    cases[i].headers);
        CHECK_INT(r.status, cases[i].status);
    }
    CHECK(problem_is(403, "csrf"));
    server_stop(&s);
}

TEST(the_configured_address_decides_what_our_own_page_is)
{
    s = (struct test_server){ 0 };
    struct http_conf conf = server_conf(&s);
    conf.instance_url = STR("https://school.example/");
    server_start(&s, &conf);
    ask("DELETE /api/v1/items/" TEST_ITEM " HTTP/1.1\r\nHost: h\r\n" SIGNED_IN
        "X-Requested-By: ainative\r\nOrigin: https://school.example\r\n\r\n");
    CHECK_INT(r.status, 204);
    ask("DELETE /api/v1/items/" TEST_ITEM " HTTP/1.1\r\nHost: h\r\n" SIGNED_IN
        "X-Requested-By: ainative\r\nOrigin: http://h\r\n\r\n");
    CHECK_INT(r.status, 403);
    server_stop(&s);
}

static void put(const char *headers, const char *body)
{
    client_askf(s.port, &r,
                "PUT /api/v1/items/" TEST_ITEM " HTTP/1.1\r\nHost: h\r\n" SIGNED_IN OWN_PAGE
                "%sContent-Length: %zu\r\n\r\n%s",
                headers, strlen(body), body);
}

#define JSON_TYPE "Content-Type: application/json\r\n"
#define REV_7 "If-Match: \"7\"\r\n"

TEST(bodies_are_strict_json_of_the_shape)
{
    start();
    put(JSON_TYPE REV_7, "{\"name\":\"x\"}");
    CHECK_INT(r.status, 200);
    CHECK_STR(reply_header(&r, "ETag"), "\"8\"");
    put(REV_7, "{\"name\":\"x\"}");
    CHECK(problem_is(415, "request.media_type"));
    put("Content-Type: text/plain\r\n" REV_7, "{\"name\":\"x\"}");
    CHECK(problem_is(415, "request.media_type"));
    put("Content-Type: application/json; charset=utf-8\r\n" REV_7, "{\"name\":\"x\"}");
    CHECK_INT(r.status, 200);
    put(JSON_TYPE REV_7, "{\"name\":");
    CHECK(problem_is(400, "request.malformed"));
    put(JSON_TYPE REV_7, "");
    CHECK_INT(r.status, 400);
    put(JSON_TYPE REV_7, "{\"name\":\"x\",\"other\":1}");
    CHECK(problem_is(422, "validation.failed"));
    CHECK(str_has(r.body, STR("{\"path\":\"other\",\"code\":\"unknown\"}")));
    put(JSON_TYPE REV_7, "{\"name\":\"123456789012345678901\"}");
    CHECK(str_has(r.body, STR("{\"path\":\"name\",\"code\":\"length\",\"params\":{\"min\":1,"
                              "\"max\":20}}")));
    server_stop(&s);
}

TEST(a_revision_must_be_named_and_hold)
{
    start();
    put(JSON_TYPE, "{\"name\":\"x\"}");
    CHECK(problem_is(428, "precondition.required"));
    put(JSON_TYPE "If-Match: \"6\"\r\n", "{\"name\":\"x\"}");
    CHECK(problem_is(412, "precondition.failed"));
    put(JSON_TYPE "If-Match: W/\"7\"\r\n", "{\"name\":\"x\"}");
    CHECK(problem_is(412, "precondition.failed"));
    put(JSON_TYPE "If-Match: *\r\n", "{\"name\":\"x\"}");
    CHECK(problem_is(412, "precondition.failed"));
    server_stop(&s);
}

TEST(what_has_not_changed_is_not_sent_again)
{
    start();
    ask("GET /api/v1/items/" TEST_ITEM " HTTP/1.1\r\nHost: h\r\n" SIGNED_IN "\r\n");
    CHECK_STR(reply_header(&r, "ETag"), "\"7\"");
    ask("GET /api/v1/items/" TEST_ITEM " HTTP/1.1\r\nHost: h\r\n" SIGNED_IN
        "If-None-Match: \"5\", W/\"7\"\r\n\r\n");
    CHECK_INT(r.status, 304);
    CHECK_INT(r.body.len, 0);
    CHECK_STR(reply_header(&r, "ETag"), "\"7\"");
    ask("GET /api/v1/items/" TEST_ITEM " HTTP/1.1\r\nHost: h\r\n" SIGNED_IN
        "If-None-Match: \"5\"\r\n\r\n");
    CHECK_INT(r.status, 200);
    server_stop(&s);
}

TEST(the_language_follows_the_client)
{
    static const char *const cases[][2] = {
        { "es-AR,es;q=0.9,en;q=0.8", "es" }, { "en", "en" },   { "fr, en;q=0.1", "en" },
        { "es;q=0, en;q=0.5", "en" },        { "fr", "none" }, { "*", "none" },
    };
    start();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO_ARENA a = { 0 };
        client_askf(s.port, &r,
                    "GET /api/v1/items/" TEST_ITEM " HTTP/1.1\r\nHost: h\r\n" SIGNED_IN
                    "Accept-Language: %s\r\n\r\n",
                    cases[i][0]);
        CHECK(str_has(r.body, arena_fmt(&a, "\"name\":\"%s\"", cases[i][1])));
    }
    server_stop(&s);
}

TEST(a_request_id_is_echoed_or_made)
{
    start();
    ask("GET /api/v1/words/x HTTP/1.1\r\nHost: h\r\nX-Request-Id: abc-1\r\n\r\n");
    CHECK_STR(reply_header(&r, "X-Request-Id"), "abc-1");
    ask("GET /api/v1/words/x HTTP/1.1\r\nHost: h\r\nX-Request-Id: a b\r\n\r\n");
    CHECK_INT(reply_header(&r, "X-Request-Id").len, ID_TEXT);
    ask(GET("/api/v1/words/x"));
    CHECK_INT(reply_header(&r, "X-Request-Id").len, ID_TEXT);
    server_stop(&s);
}

TEST(query_and_path_are_decoded_strictly)
{
    start();
    ask(GET("/api/v1/words/a-b.c?limit=12"));
    CHECK(str_has(r.body, STR("\"name\":\"a-b.c\",\"made\":12")));
    ask(GET("/api/v1/words/%61%62"));
    CHECK(str_has(r.body, STR("\"name\":\"ab\"")));
    ask(GET("/api/v1/words/a%2Fb"));
    CHECK_INT(r.status, 404);
    ask(GET("/api/v1/words/%zz"));
    CHECK_INT(r.status, 404);
    ask(GET("/api/v1/words/a?limit=201"));
    CHECK(problem_is(422, "validation.failed"));
    ask(GET("/api/v1/words/a?limit=1&limit=2"));
    CHECK(problem_is(422, "validation.failed"));
    ask(GET("/api/v1/words/a?other=1"));
    CHECK(problem_is(422, "validation.failed"));
    server_stop(&s);
}

TEST(a_failure_says_nothing_of_the_inside)
{
    start();
    ask(GET("/api/v1/boom"));
    CHECK(problem_is(500, "internal"));
    CHECK(!str_has(r.body, STR("SELECT")));
    CHECK(!str_has(r.body, STR(".c:")));
    server_stop(&s);
}

TEST(cookies_and_site_data_are_set_by_the_handler)
{
    start();
    ask("DELETE /api/v1/items/" TEST_ITEM " HTTP/1.1\r\nHost: h\r\n" SIGNED_IN OWN_PAGE "\r\n");
    CHECK_INT(r.status, 204);
    CHECK_STR(reply_header(&r, "Set-Cookie"), "sid=; Max-Age=0; Path=/");
    CHECK_STR(reply_header(&r, "Clear-Site-Data"), "\"cache\"");
    server_stop(&s);
}

TEST(rates_are_limited_and_told)
{
    s = (struct test_server){ 0 };
    struct http_conf conf = server_conf(&s);
    conf.unlimited = false;
    server_start(&s, &conf);
    ask("GET /api/v1/items/" TEST_ITEM " HTTP/1.1\r\nHost: h\r\n" SIGNED_IN "\r\n");
    CHECK_STR(reply_header(&r, "RateLimit-Limit"), "120");
    CHECK_STR(reply_header(&r, "RateLimit-Remaining"), "119");
    for (int i = 0; i < 140 && r.status == 200; i++)
        ask("GET /api/v1/items/" TEST_ITEM " HTTP/1.1\r\nHost: h\r\n" SIGNED_IN "\r\n");
    CHECK(problem_is(429, "limit.rate"));
    CHECK(reply_header(&r, "Retry-After").len > 0);
    CHECK(str_has(r.body, STR("\"retry_after\":")));
    server_stop(&s);
}

static void login(const char *name)
{
    client_askf(s.port, &r,
                "POST /api/v1/auth/login HTTP/1.1\r\nHost: h\r\n" OWN_PAGE JSON_TYPE
                "Content-Length: %zu\r\n\r\n{\"name\":\"%s\"}",
                strlen(name) + 11, name);
}

TEST(signing_in_counts_failures_of_an_address)
{
    s = (struct test_server){ 0 };
    struct http_conf conf = server_conf(&s);
    conf.unlimited = false;
    server_start(&s, &conf);
    for (int i = 0; i < 30; i++) {
        login("right");
        CHECK_INT(r.status, 200);
    }
    for (int i = 0; i < 60; i++) {
        login("wrong");
        CHECK_INT(r.status, 401);
        (void)usleep(21 * 1000); /* the tenant has 50 a second */
    }
    login("right");
    CHECK(problem_is(429, "limit.rate"));
    server_stop(&s);
}
