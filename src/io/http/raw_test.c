/* Bytes a second parser on the way could read differently, and bytes that are too many. */
#include "client_test.h"

#include <stdio.h>
#include <unistd.h>

static struct reply r;
static struct test_server s;

static void start(void)
{
    s = (struct test_server){ 0 };
    struct http_conf conf = server_conf(&s);
    server_start(&s, &conf);
}

#define PING "GET /api/v1/ping HTTP/1.1\r\n"
#define DEL "DELETE /api/v1/items/" TEST_ITEM " HTTP/1.1\r\nHost: h\r\n" SIGNED_IN OWN_PAGE

struct framing_case {
    const char *what, *text;
    int status; /* 0: closed without an answer is as good */
};
static const struct framing_case refused[] = {
    { "length and chunked",
      DEL "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
      400 },
    { "chunked and length", DEL "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
      400 },
    { "two lengths", DEL "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x", 400 },
    { "two equal lengths", DEL "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400 },
    { "a list of lengths", DEL "Content-Length: 2, 2\r\n\r\n{}", 400 },
    { "a signed length", DEL "Content-Length: +2\r\n\r\n{}", 400 },
    { "a hex length", DEL "Content-Length: 0x2\r\n\r\n{}", 400 },
    { "a negative length", DEL "Content-Length: -2\r\n\r\n{}", 400 },
    { "a length past 64 bits", DEL "Content-Length: 99999999999999999999\r\n\r\n{}", 413 },
    { "chunked alone", DEL "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 411 },
    { "a bad chunk size", DEL "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", 411 },
    { "a chunk extension", DEL "Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\n\r\n", 411 },
    { "another coding", DEL "Transfer-Encoding: gzip\r\n\r\n{}", 400 },
    { "two codings", DEL "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400 },
    { "coding with a tab", DEL "Transfer-Encoding:\tchunked \r\n\r\n0\r\n\r\n", 411 },
    { "coding in a vertical tab", DEL "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n", 400 },
    { "two codings in two lines",
      DEL "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", 400 },
    { "bare LF after the request line", "GET /api/v1/ping HTTP/1.1\nHost: h\r\n\r\n", 400 },
    { "bare LF after a field", PING "Host: h\nX-A: b\r\n\r\n", 400 },
    { "bare LF at the end", PING "Host: h\r\n\n", 400 },
    { "bare LF everywhere", "GET /api/v1/ping HTTP/1.1\nHost: h\n\n", 400 },
    { "bare CR in a value", PING "Host: h\r\nX-A: b\rc\r\n\r\n", 400 },
    { "a folded line", PING "Host: h\r\nX-A: b\r\n c\r\n\r\n", 400 },
    { "a folded line with a tab", PING "Host: h\r\nX-A: b\r\n\tc\r\n\r\n", 400 },
    { "a first line that is folded", PING " X-A: b\r\nHost: h\r\n\r\n", 400 },
    { "a space before the colon", PING "Host: h\r\nX-A : b\r\n\r\n", 400 },
    { "a space before the colon of a length", DEL "Content-Length : 2\r\n\r\n{}", 400 },
    { "a field without a name", PING "Host: h\r\n: b\r\n\r\n", 400 },
    { "a field without a colon", PING "Host: h\r\nnothing\r\n\r\n", 400 },
    { "a control character in a value", PING "Host: h\r\nX-A: b\001\r\n\r\n", 400 },
    { "no host", PING "\r\n", 400 },
    { "two hosts", PING "Host: h\r\nHost: g\r\n\r\n", 400 },
    { "an empty host", PING "Host: \r\n\r\n", 400 },
    { "an absolute URI of another host", "GET http://evil/api/v1/ping HTTP/1.1\r\nHost: h\r\n\r\n",
      400 },
    { "another scheme", "GET ftp://h/api/v1/ping HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
    { "an authority", "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
    { "an asterisk", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
    { "a fragment", "GET /api/v1/ping#x HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
    { "a space in the address", "GET /api/v1/ping x HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
    { "two spaces in the request line", "GET  /api/v1/ping HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
    { "a space at its end", "GET /api/v1/ping HTTP/1.1 \r\nHost: h\r\n\r\n", 400 },
    { "bytes above ASCII in the address", "GET /\xc3\xa1 HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
    { "no version", "GET /api/v1/ping\r\nHost: h\r\n\r\n", 400 },
    { "another protocol", "GET /api/v1/ping HTTQ/1.1\r\nHost: h\r\n\r\n", 400 },
    { "HTTP/2", "GET /api/v1/ping HTTP/2.0\r\nHost: h\r\n\r\n", 505 },
    { "nothing sensible", "\x16\x03\x01\x02\x01\r\n\r\n", 0 },
};

TEST(what_could_be_read_in_two_ways_is_refused_and_closed)
{
    start();
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        client_ask(s.port, str_of(refused[i].text), &r);
        bool right = r.status == refused[i].status || (!refused[i].status && r.closed);
        if (!right || !r.closed)
            (void)fprintf(stderr, "# %s: status %d closed %d\n", refused[i].what, r.status,
                          r.closed);
        CHECK(right && r.closed);
    }
    CHECK_INT(s.made, 0);
    server_stop(&s);
}

TEST(a_nul_byte_in_the_head_is_refused)
{
    static const struct str texts[] = {
        STR_INIT("GET /api/v1/ping HTTP/1.1\r\nHost: h\r\nX-A: b\0c\r\n\r\n"),
        STR_INIT("GET /api/v1/ping HTTP/1.1\r\nHost: h\r\nX\0A: b\r\n\r\n"),
        STR_INIT("GET /api/v1/ping\0 HTTP/1.1\r\nHost: h\r\n\r\n"),
        STR_INIT("GET /api/v1/ping HTTP/1.1\r\nHost: h\r\nX-A: b\0\r\n\r\n"),
        STR_INIT("GET /api/v1/ping HTTP/1.1\r\nHost: h\r\nX-A: b\r\n\0\r\n\r\n"),
    };
    start();
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        client_ask(s.port, texts[i], &r);
        if (r.status != 400 && r.status != 0)
            (void)fprintf(stderr, "# case %zu: %d\n", i, r.status);
        CHECK(r.status == 400 || (r.status == 0 && r.closed));
    }
    server_stop(&s);
}

TEST(what_is_allowed_still_passes)
{
    static const char *const texts[] = {
        PING "Host: h\r\n\r\n",
        "\r\n\r\n" PING "Host: h\r\n\r\n", /* empty lines before a request are ignored */
        "GET http://h/api/v1/ping HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /api/v1/ping?a=b&c=%20 HTTP/1.1\r\nHost: h\r\nX-Empty:\r\nX-Tab:\ta\tb\r\n\r\n",
        "GET /api/v1/ping HTTP/1.0\r\nHost: h\r\n\r\n",
        PING "hOST: h\r\nUser-Agent: \xc3\xa1\r\n\r\n",
    };
    start();
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        client_ask(s.port, str_of(texts[i]), &r);
        CHECK(r.status == 200 || (i == 3 && r.status == 422));
    }
    server_stop(&s);
}

/* `text` with n times the letter in place of "@". */
static void ask_filled(const char *before, size_t n, const char *after)
{
    AUTO_BUF text = { .max = 1 << 16 };
    buf_put(&text, str_of(before));
    for (size_t i = 0; i < n; i++)
        buf_putc(&text, 'a');
    buf_put(&text, str_of(after));
    client_ask(s.port, buf_str(&text), &r);
}

TEST(a_request_line_has_4_KiB)
{
    start();
    ask_filled("GET /api/v1/words/", 4096 - 14, " HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK_INT(r.status, 404); /* read, but no word is that long */
    ask_filled("GET /api/v1/words/", 4096 - 13, " HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK_INT(r.status, 414);
    CHECK(r.closed);
    ask_filled("GET /", 40000, " HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK_INT(r.status, 414);
    server_stop(&s);
}

TEST(a_head_has_16_KiB_and_64_fields)
{
    static char fields[16 * 1024];
    size_t n = 0;
    start();
    ask_filled(PING "Host: h\r\nX-A: ", 16 * 1024 - 45, "\r\n\r\n");
    CHECK_INT(r.status, 200);
    ask_filled(PING "Host: h\r\nX-A: ", 16 * 1024 - 44, "\r\n\r\n");
    CHECK_INT(r.status, 431);
    ask_filled(PING "Host: h\r\nX-A: ", 40000, "\r\n\r\n");
    CHECK_INT(r.status, 431);
    for (int i = 0; i < 63; i++)
        n += (size_t)snprintf(fields + n, sizeof fields - n, "X-%d: a\r\n", i);
    client_askf(s.port, &r, PING "Host: h\r\n%s\r\n", fields);
    CHECK_INT(r.status, 200);
    client_askf(s.port, &r, PING "Host: h\r\nX-More: a\r\n%s\r\n", fields);
    CHECK_INT(r.status, 431);
    CHECK(r.closed);
    server_stop(&s);
}

static void put_bytes(size_t n)
{
    static char body[1024 * 1024];
    static char text[1024 * 1024 + 512];
    static const char before[] = "{\"name\":\"x\"";
    memset(body, ' ', n);
    memcpy(body, before, sizeof before - 1);
    body[n - 1] = '}';
    int at = snprintf(text, 512,
                      "PUT /api/v1/items/" TEST_ITEM " HTTP/1.1\r\nHost: h\r\n" SIGNED_IN OWN_PAGE
                      "If-Match: \"7\"\r\nContent-Type: application/json\r\n"
                      "Content-Length: %zu\r\n\r\n",
                      n);
    memcpy(text + at, body, n);
    client_ask(s.port, (struct str){ text, (size_t)at + n }, &r);
}

TEST(a_body_has_the_size_of_its_route)
{
    start();
    put_bytes(400000);
    CHECK_INT(r.status, 200);
    put_bytes(400001);
    CHECK_INT(r.status, 413);
    CHECK(!r.closed); /* a little too large is read to its end */
    put_bytes(900000);
    CHECK_INT(r.status, 413);
    client_ask(s.port, STR(DEL "Content-Length: 1\r\n\r\nx"), &r);
    CHECK_INT(r.status, 413); /* no body is taken there */
    server_stop(&s);
}

TEST(who_waits_for_permission_to_send_is_told_at_once)
{
    start();
    client_ask(s.port,
               STR("PUT /api/v1/items/" TEST_ITEM " HTTP/1.1\r\nHost: h\r\n" SIGNED_IN OWN_PAGE
                   "Content-Type: application/json\r\nExpect: 100-continue\r\n"
                   "Content-Length: 400001\r\n\r\n"),
               &r);
    CHECK_INT(r.status, 413);
    server_stop(&s);
}

TEST(requests_in_a_row_are_answered_in_order)
{
    start();
    int fd = client_connect(s.port);
    client_send(fd, STR("GET /api/v1/words/one HTTP/1.1\r\nHost: h\r\n\r\n" PING
                        "Host: h\r\n\r\nGET /api/v1/words/three HTTP/1.1\r\nHost: h\r\n\r\n"));
    AUTO_BUF all = { .max = 1 << 16 };
    CHECK(client_read_until(fd, &all, "three"));
    size_t one = str_find(buf_str(&all), STR("\"name\":\"one\""));
    size_t ping = str_find(buf_str(&all), STR("\"name\":\"ping\""));
    size_t three = str_find(buf_str(&all), STR("\"name\":\"three\""));
    CHECK(one < ping && ping < three && three != SIZE_MAX);
    close(fd);
    server_stop(&s);
}

TEST(after_a_refusal_nothing_behind_it_is_read)
{
    start();
    int fd = client_connect(s.port);
    client_send(fd, STR("GET /api/v1/ping HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n"
                        "Transfer-Encoding: chunked\r\n\r\n" PING "Host: h\r\n\r\n"));
    char out[8192];
    size_t n = client_read_some(fd, out, sizeof out, 500);
    CHECK(str_starts((struct str){ out, n }, STR("HTTP/1.1 400 ")));
    CHECK(!str_has((struct str){ out, n }, STR("\"ping\"")));
    close(fd);
    server_stop(&s);
}
