/* Files from memory, and the page behind every address of the app. */
#include "client_test.h"

static struct reply r;
static struct test_server s;

static void start(void)
{
    s = (struct test_server){ 0 };
    struct http_conf conf = server_conf(&s);
    server_start(&s, &conf);
}

static void get(const char *path, const char *headers)
{
    client_askf(s.port, &r, "GET %s HTTP/1.1\r\nHost: h\r\n%s\r\n", path, headers);
}

TEST(hashed_files_are_kept_for_ever)
{
    start();
    get("/assets/app-1a2b3c4d.js", "");
    CHECK_INT(r.status, 200);
    CHECK_STR(r.body, "console.log('plain')");
    CHECK_STR(reply_header(&r, "Cache-Control"), "public, max-age=31536000, immutable");
    CHECK_STR(reply_header(&r, "Content-Type"), "text/javascript; charset=utf-8");
    CHECK_STR(reply_header(&r, "Vary"), "Accept-Encoding");
    CHECK(!reply_header(&r, "Content-Encoding").ptr);
    CHECK(!str_has(reply_header(&r, "Content-Security-Policy"), STR("sandbox")));
    get("/robots.txt", "");
    CHECK_STR(reply_header(&r, "Cache-Control"), "no-cache");
    server_stop(&s);
}

TEST(the_best_coding_the_client_takes_is_sent)
{
    static const char *const cases[][3] = {
        { "gzip, deflate, br", "br", "br-js" },
        { "gzip", "gzip", "gz-js" },
        { "br;q=0, gzip;q=0.5", "gzip", "gz-js" },
        { "identity", "", "console.log('plain')" },
        { "BR", "br", "br-js" },
    };
    start();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO_ARENA a = { 0 };
        get("/assets/app-1a2b3c4d.js", arena_fmt(&a, "Accept-Encoding: %s\r\n", cases[i][0]).ptr);
        CHECK_STR(reply_header(&r, "Content-Encoding"), cases[i][1]);
        CHECK_STR(r.body, cases[i][2]);
    }
    server_stop(&s);
}

TEST(a_file_the_client_has_is_not_sent_again)
{
    AUTO_ARENA a = { 0 };
    start();
    get("/assets/app-1a2b3c4d.js", "Accept-Encoding: br\r\n");
    const char *etag = arena_cstr(&a, reply_header(&r, "ETag"));
    CHECK(str_of(etag).len > 10);
    get("/assets/app-1a2b3c4d.js",
        arena_fmt(&a, "Accept-Encoding: br\r\nIf-None-Match: %s\r\n", etag).ptr);
    CHECK_INT(r.status, 304);
    CHECK_INT(r.body.len, 0);
    get("/assets/app-1a2b3c4d.js", arena_fmt(&a, "If-None-Match: %s\r\n", etag).ptr);
    CHECK_INT(r.status, 200); /* that was another coding */
    server_stop(&s);
}

TEST(head_says_what_get_would)
{
    start();
    client_ask(s.port, STR("HEAD /assets/app-1a2b3c4d.js HTTP/1.1\r\nHost: h\r\n\r\n"), &r);
    CHECK_INT(r.status, 200);
    CHECK_STR(reply_header(&r, "Content-Length"), "20");
    CHECK_INT(r.body.len, 0);
    client_ask(s.port, STR("HEAD /api/v1/words/x HTTP/1.1\r\nHost: h\r\n\r\n"), &r);
    CHECK_INT(r.status, 200);
    CHECK_INT(r.body.len, 0);
    server_stop(&s);
}

TEST(every_address_of_the_app_shows_its_page)
{
    static const char *const pages[] = { "/", "/index.html", "/exercises", "/sessions/1/trace" };
    start();
    for (size_t i = 0; i < COUNT_OF(pages); i++) {
        get(pages[i], "Accept: text/html,application/xhtml+xml;q=0.9\r\n");
        CHECK_INT(r.status, 200);
        CHECK_STR(r.body, "<!doctype html><p>page</p>");
        CHECK_STR(reply_header(&r, "Cache-Control"), "no-cache");
        CHECK(str_has(reply_header(&r, "Content-Security-Policy"),
                      STR("require-trusted-types-for 'script'")));
        CHECK(reply_header(&r, "Reporting-Endpoints").len > 0);
    }
    server_stop(&s);
}

TEST(what_is_not_a_page_load_gets_no_page)
{
    static const char *const paths[] = { "/api/v1/nothing", "/assets/gone-00000000.js",
                                         "/health/other", "/openapi.json" };
    start();
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        get(paths[i], "Accept: text/html\r\n");
        CHECK_INT(r.status, 404);
    }
    get("/exercises", "Accept: */*\r\n");
    CHECK_INT(r.status, 404);
    get("/../etc/passwd", "");
    CHECK_INT(r.status, 404);
    client_ask(s.port, STR("POST /exercises HTTP/1.1\r\nHost: h\r\nAccept: text/html\r\n\r\n"), &r);
    CHECK_INT(r.status, 404);
    server_stop(&s);
}

TEST(a_service_worker_has_the_policy_of_the_page)
{
    start();
    get("/sw.js", "");
    CHECK(str_has(reply_header(&r, "Content-Security-Policy"), STR("connect-src 'self'")));
    CHECK_STR(reply_header(&r, "Cache-Control"), "no-cache");
    server_stop(&s);
}
