#pragma once
/* client_test - a raw HTTP client and a small server for the tests of io/http. Main thread only,
 * but for talk_*. */
#include "base/buf.h"
#include "io/http/http.h"
#include "support/check.h"

#include <stdatomic.h>

enum { REPLY_MAX = 256 * 1024 };
struct reply {
    int status; /* 0: the connection ended without an answer */
    struct str head, body;
    bool closed; /* the server closed after it */
    char bytes[REPLY_MAX];
};

int client_connect(int port);
void client_send(int fd, struct str text);
/* Reads one answer, at most 10 s. Chunked bodies are put together. */
void client_read(int fd, bool head_only, struct reply *r);
/* Connects, sends, reads one answer, closes. */
void client_ask(int port, struct str text, struct reply *r);
FMT_LIKE(3, 4) void client_askf(int port, struct reply *r, const char *fmt, ...);
/* The value of a header, or empty. */
struct str reply_header(const struct reply *r, const char *name);
/* Reads what comes within ms; returns bytes in out. */
size_t client_read_some(int fd, char *out, size_t max, int ms);
/* Reads until `what` has come, at most 10 s. */
bool client_read_until(int fd, struct buf *into, const char *what);

struct test_server {
    struct http *http;
    struct hub *hub;
    struct db *db;
    int port;
    /* counters of the handlers, and how long the slow one takes */
    atomic_int made, slow_ms;
    atomic_bool allowed;
    struct hub_event first[4];
    size_t first_count;
};
/* A configuration to change before server_start. Statics; one server at a time. */
struct http_conf server_conf(struct test_server *s);
void server_start(struct test_server *s, const struct http_conf *conf);
void server_stop(struct test_server *s);
extern const struct http_route test_routes[];
extern const size_t test_route_count;

#define TEST_USER "01930000-0000-7000-8000-0000000000a1"
#define TEST_ITEM "01930000-0000-7000-8000-0000000000b1"
#define TEST_TENANT "01930000-0000-7000-8000-00000000000a"
/* What a browser on our own page sends with an unsafe method. */
#define OWN_PAGE "X-Requested-By: ainative\r\nSec-Fetch-Site: same-origin\r\n"
#define SIGNED_IN "Cookie: sid=good\r\n"
