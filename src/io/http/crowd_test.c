/* Many connections, slow ones, and the end. */
#include "client_test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct reply r;
static struct test_server s;

static void nap_ms(int ms)
{
    const struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000L * 1000 };
    (void)nanosleep(&t, NULL);
}

static int64_t now_ms(void)
{
    return clock_real.mono_us(&clock_real) / US_PER_MS;
}

/* n connections ask at once, again and again; returns how long the slowest round took. */
static int64_t slowest_round(int n, const char *path)
{
    static int fds[512];
    int64_t slowest = 0;
    AUTO_ARENA a = { 0 };
    struct str text = arena_fmt(&a, "GET %s HTTP/1.1\r\nHost: h\r\n\r\n", path);
    for (int i = 0; i < n; i++) {
        fds[i] = client_connect(s.port);
        CHECK(fds[i] >= 0);
    }
    for (int round = 0; round < 10; round++) {
        int64_t began = now_ms();
        for (int i = 0; i < n; i++)
            client_send(fds[i], text);
        for (int i = 0; i < n; i++) {
            client_read(fds[i], false, &r);
            CHECK_INT(r.status, 200);
        }
        int64_t took = now_ms() - began;
        slowest = took > slowest ? took : slowest;
    }
    for (int i = 0; i < n; i++)
        close(fds[i]);
    return slowest;
}

TEST(a_crowd_of_any_size_is_served_without_a_stall)
{
    static const int sizes[] = { 127, 128, 129, 255, 256, 257, 512 };
    s = (struct test_server){ 0 };
    struct http_conf conf = server_conf(&s);
    server_start(&s, &conf);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        CHECK(slowest_round(sizes[i], "/api/v1/ping") < 3000);
        CHECK(slowest_round(sizes[i], "/api/v1/words/x") < 3000);
    }
    CHECK(http_alive(s.http));
    server_stop(&s);
}

/* Sends one byte of `text` each 150 ms until the server ends it; returns the milliseconds. */
static int64_t drip(struct str text, struct str first)
{
    int64_t began = now_ms();
    int fd = client_connect(s.port);
    client_send(fd, first);
    char out[2048];
    size_t n = 0;
    while (text.len && now_ms() - began < 9000) {
        client_send(fd, str_head(text, 1));
        text = str_from(text, 1);
        n = client_read_some(fd, out, sizeof out, 150);
        if (n)
            break;
        char byte;
        if (recv(fd, &byte, 1, MSG_DONTWAIT) == 0)
            break;
    }
    r.status = n > 12 ? (out[9] - '0') * 100 + (out[10] - '0') * 10 + (out[11] - '0') : 0;
    close(fd);
    return now_ms() - began;
}

TEST(who_sends_too_slowly_is_ended_not_waited_for)
{
    s = (struct test_server){ 0 };
    struct http_conf conf = server_conf(&s);
    conf.header_s = 1;
    conf.request_s = 2;
    conf.idle_s = 3;
    server_start(&s, &conf);
    struct str slow =
        STR("X-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    /* within the head */
    CHECK(drip(slow, STR("GET /api/v1/ping HTTP/1.1\r\n")) < 4000);
    CHECK_INT(r.status, 408);
    /* within the request line: nothing was asked yet, so nothing is said */
    CHECK(drip(slow, STR("")) < 4000);
    CHECK_INT(r.status, 0);
    /* within the body */
    CHECK(drip(slow, STR("PUT /api/v1/items/" TEST_ITEM " HTTP/1.1\r\nHost: h\r\n"
                         "Content-Type: application/json\r\nContent-Length: 200\r\n\r\n")) < 5000);
    CHECK_INT(r.status, 408);
    /* connected and silent */
    int64_t began = now_ms();
    char byte;
    int fd = client_connect(s.port);
    CHECK_INT(recv(fd, &byte, 1, 0), 0);
    CHECK(now_ms() - began < 4000);
    close(fd);
    server_stop(&s);
}

TEST(a_handler_may_take_longer_than_a_client)
{
    s = (struct test_server){ .slow_ms = 2500 };
    struct http_conf conf = server_conf(&s);
    conf.header_s = 1;
    conf.request_s = 1;
    conf.idle_s = 1;
    server_start(&s, &conf);
    s.slow_ms = 2500;
    client_ask(s.port, STR("GET /api/v1/slow HTTP/1.1\r\nHost: h\r\n\r\n"), &r);
    CHECK_INT(r.status, 200);
    server_stop(&s);
}

struct asker {
    int port, status;
    struct reply reply;
};

static void *ask_slow(void *arg)
{
    struct asker *a = arg;
    client_ask(a->port, STR("GET /api/v1/slow HTTP/1.1\r\nHost: h\r\n\r\n"), &a->reply);
    a->status = a->reply.status;
    return NULL;
}

TEST(draining_lets_running_requests_finish)
{
    enum { N = 6 };
    static struct asker askers[N];
    pthread_t threads[N];
    s = (struct test_server){ 0 };
    struct http_conf conf = server_conf(&s);
    conf.drain_delay_ms = 100;
    server_start(&s, &conf);
    s.slow_ms = 800;
    int idle = client_connect(s.port);
    for (int i = 0; i < N; i++) {
        askers[i].port = s.port;
        CHECK_INT(pthread_create(&threads[i], NULL, ask_slow, &askers[i]), 0);
    }
    nap_ms(200);
    int64_t began = now_ms();
    http_drain(s.http, 5000);
    CHECK(now_ms() - began < 4000);
    for (int i = 0; i < N; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(askers[i].status, 200);
    }
    CHECK_INT(client_connect(s.port), -1);
    http_stop(s.http);
    close(idle);
}

/* More handlers wait than there are cores, and nobody told the pool that they do. */
TEST(handlers_that_wait_hold_up_nobody)
{
    enum { MOST = 65 };
    static int fds[MOST];
    int n = (int)sysconf(_SC_NPROCESSORS_ONLN) + 1;
    n = n < MOST ? n : MOST;
    s = (struct test_server){ 0 };
    struct http_conf conf = server_conf(&s);
    conf.workers = n + 1;
    server_start(&s, &conf);
    s.slow_ms = 3000;
    int64_t began = now_ms();
    for (int i = 0; i < n; i++) {
        fds[i] = client_connect(s.port);
        client_send(fds[i], STR("GET /api/v1/slow HTTP/1.1\r\nHost: h\r\n\r\n"));
    }
    nap_ms(20);
    client_ask(s.port, STR("GET /api/v1/ping HTTP/1.1\r\nHost: h\r\n\r\n"), &r);
    CHECK_INT(r.status, 200);
    CHECK(now_ms() - began < 2000);
    for (int i = 0; i < n; i++) {
        client_read(fds[i], false, &r);
        CHECK_INT(r.status, 200);
        close(fds[i]);
    }
    CHECK(now_ms() - began < 5500); /* all of them at once, not one after the other */
    server_stop(&s);
}

TEST(more_than_the_queue_holds_is_told_to_come_back)
{
    enum { N = 1200 };
    static int fds[N];
    struct rlimit files;
    int busy = 0, served = 0;
    CHECK(getrlimit(RLIMIT_NOFILE, &files) == 0);
    if (files.rlim_cur < 3000)
        TEST_SKIP("needs 3000 open files");
    s = (struct test_server){ 0 };
    struct http_conf conf = server_conf(&s);
    conf.workers = 2;
    server_start(&s, &conf);
    s.slow_ms = 3000;
    for (int i = 0; i < N; i++) {
        fds[i] = client_connect(s.port);
        CHECK(fds[i] >= 0);
        client_send(fds[i], STR("GET /api/v1/slow HTTP/1.1\r\nHost: h\r\n\r\n"));
    }
    nap_ms(1500);
    s.slow_ms = 0;
    for (int i = 0; i < N; i++) {
        client_read(fds[i], false, &r);
        busy += r.status == 503 && str_is(reply_header(&r, "Retry-After"), "1");
        served += r.status == 200;
        close(fds[i]);
    }
    CHECK_INT(busy + served, N);
    CHECK(busy > 100);
    server_stop(&s);
}

TEST(stopping_with_open_connections_and_no_drain_is_clean)
{
    int fds[50];
    s = (struct test_server){ 0 };
    struct http_conf conf = server_conf(&s);
    server_start(&s, &conf);
    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        fds[i] = client_connect(s.port);
        client_send(fds[i],
                    i % 2 ? STR("GET /api/v1/ping HT") : STR("GET /api/v1/slow HTTP/1.1\r\n"));
    }
    http_stop(s.http);
    for (size_t i = 0; i < COUNT_OF(fds); i++)
        close(fds[i]);
}
