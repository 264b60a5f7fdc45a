/* Event streams over the hub, on both engines. */
#include "client_test.h"
#include "io/hub/hub.h"
#include "support/db_fixture.h"

#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const struct log quiet = { .clock = &clock_real, .fd = 2, .level = LOG_ERROR };
static struct test_server s;

static void start_with(struct db *db, struct http_conf *conf)
{
    struct fail f = { 0 };
    const struct hub_conf hub = { .db = db, .env = &env_real, .log = &quiet, .streams_max = 20000 };
    s = (struct test_server){ .db = db };
    CHECK_INT(hub_open(&s.hub, &hub, &f), ERR_OK);
    *conf = server_conf(&s);
}

static void start(struct db *db)
{
    struct http_conf conf;
    start_with(db, &conf);
    server_start(&s, &conf);
}

static void stop(void)
{
    server_stop(&s);
    hub_close(s.hub);
}

static int listen_to(int port, const char *stream, const char *headers)
{
    char text[512];
    int fd = client_connect(port);
    CHECK(fd >= 0);
    int n = snprintf(text, sizeof text,
                     "GET /api/v1/streams/%s/events HTTP/1.1\r\nHost: h\r\n" SIGNED_IN "%s\r\n",
                     stream, headers);
    client_send(fd, (struct str){ text, (size_t)n });
    return fd;
}

static void publish(const char *stream, int from, int n)
{
    for (int i = from; i < from + n; i++) {
        char data[32];
        struct fail f = { 0 };
        int len = snprintf(data, sizeof data, "{\"i\":%d}", i);
        const struct hub_event e = { 0, STR("text"), { data, (size_t)len } };
        CHECK_INT(hub_publish(s.hub, TENANT_A, str_of(stream), &e, 1, &f), ERR_OK);
    }
}

static void nap_ms(int ms)
{
    const struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000L * 1000 };
    (void)nanosleep(&t, NULL);
}

static size_t count_of(struct str text, const char *what)
{
    size_t n = 0, at;
    for (; (at = str_find(text, str_of(what))) != SIZE_MAX; n++)
        text = str_from(text, at + 1);
    return n;
}

TEST_BOTH(a_stream_begins_with_what_is_known_and_goes_on_live)
{
    AUTO_BUF got = { .max = 1 << 16 };
    start(db);
    s.first[0] = (struct hub_event){ 0, STR("snapshot"), STR("{\"now\":1}") };
    s.first_count = 1;
    publish("turn1", 1, 2);
    int fd = listen_to(s.port, "turn1", "");
    CHECK(client_read_until(fd, &got, "id: 2\nevent: text\ndata: {\"i\":2}\n\n"));
    publish("turn1", 3, 1);
    CHECK(client_read_until(fd, &got, "id: 3\nevent: text\ndata: {\"i\":3}\n\n"));
    struct str all = buf_str(&got);
    CHECK(str_starts(all, STR("HTTP/1.1 200 ")));
    CHECK(str_has(all, STR("Content-Type: text/event-stream\r\n")));
    CHECK(str_has(all, STR("X-Content-Type-Options: nosniff\r\n")));
    CHECK(str_has(all, STR("Cache-Control: no-store\r\n")));
    CHECK(str_has(all, STR("retry: 2000\n\nevent: snapshot\ndata: {\"now\":1}\n\n")));
    CHECK_INT(count_of(all, "id: 1\n"), 1);
    close(fd);
    stop();
}

TEST_BOTH(a_dropped_stream_resumes_with_exactly_what_was_missed)
{
    AUTO_BUF got = { .max = 1 << 16 };
    AUTO_BUF rest = { .max = 1 << 16 };
    start(db);
    publish("run1", 1, 5);
    int fd = listen_to(s.port, "run1", "");
    CHECK(client_read_until(fd, &got, "id: 3\n"));
    close(fd);
    publish("run1", 6, 4);
    fd = listen_to(s.port, "run1", "Last-Event-ID: 3\r\n");
    CHECK(client_read_until(fd, &rest, "id: 9\nevent: text\ndata: {\"i\":9}\n\n"));
    CHECK_INT(count_of(buf_str(&rest), "id: "), 6);
    CHECK(!str_has(buf_str(&rest), STR("id: 3\n")));
    close(fd);
    stop();
}

TEST_BOTH(what_was_known_is_not_repeated_to_who_comes_back)
{
    AUTO_BUF got = { .max = 1 << 16 };
    start(db);
    publish("turn1", 1, 3);
    s.first[0] = (struct hub_event){ 1, STR("text"), STR("{\"i\":1}") };
    s.first[1] = (struct hub_event){ 2, STR("text"), STR("{\"i\":2}") };
    s.first_count = 2;
    int fd = listen_to(s.port, "turn1", "Last-Event-ID: 1\r\n");
    CHECK(client_read_until(fd, &got, "id: 3\n"));
    CHECK_INT(count_of(buf_str(&got), "id: "), 2);
    close(fd);
    stop();
}

static enum err end_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    TRY(hub_publish_tx(s.hub, tx, str_of(arg), STR("done"), STR("{}"), f));
    return hub_end_tx(s.hub, tx, str_of(arg), f);
}

TEST_BOTH(the_end_of_a_stream_ends_its_answer_and_keeps_the_connection)
{
    AUTO_BUF got = { .max = 1 << 16 };
    struct fail f = { 0 };
    char name[] = "turn1";
    start(db);
    int fd = listen_to(s.port, name, "");
    CHECK(client_read_until(fd, &got, "retry: 2000"));
    CHECK_INT(db_write(db, TENANT_A, end_unit, name, &f), ERR_OK);
    CHECK(client_read_until(fd, &got, "event: done\n"));
    CHECK(client_read_until(fd, &got, "\r\n0\r\n\r\n"));
    CHECK(!str_has(buf_str(&got), STR(HUB_END_MARK)));
    client_send(fd, STR("GET /api/v1/ping HTTP/1.1\r\nHost: h\r\n\r\n"));
    CHECK(client_read_until(fd, &got, "\"ping\""));
    close(fd);
    stop();
}

TEST(a_stream_that_is_over_needs_no_hub)
{
    AUTO_BUF got = { .max = 1 << 16 };
    s = (struct test_server){ 0 };
    struct http_conf conf = server_conf(&s);
    server_start(&s, &conf);
    s.first[0] = (struct hub_event){ 9, STR("done"), STR("{}") };
    s.first_count = 1;
    int fd = listen_to(s.port, "over", "");
    CHECK(client_read_until(fd, &got, "id: 9\nevent: done\ndata: {}\n\n"));
    CHECK(client_read_until(fd, &got, "\r\n0\r\n\r\n"));
    close(fd);
    server_stop(&s);
}

TEST_BOTH(a_quiet_stream_shows_that_it_lives)
{
    AUTO_BUF got = { .max = 1 << 16 };
    struct http_conf conf;
    start_with(db, &conf);
    conf.heartbeat_s = 1;
    server_start(&s, &conf);
    int fd = listen_to(s.port, "turn1", "");
    CHECK(client_read_until(fd, &got, "\r\n:\n\n"));
    close(fd);
    /* the server notices that nobody is there when it next says that it lives */
    for (int i = 0; i < 100 && http_open_streams(s.http); i++)
        nap_ms(50);
    CHECK_INT(http_open_streams(s.http), 0);
    stop();
}

TEST_BOTH(a_reader_that_is_too_slow_is_cut_and_resumes_without_loss)
{
    enum { N = 200 };
    static char big[16000];
    AUTO_BUF got = { .max = 1 << 23 };
    struct fail f = { 0 };
    int small = 4096;
    start(db);
    memset(big, 'x', sizeof big);
    int fd = listen_to(s.port, "turn1", "");
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    CHECK(client_read_until(fd, &got, "retry: 2000"));
    nap_ms(100);
    const struct hub_event e = { 0, STR("stdout"), { big, sizeof big } };
    for (int i = 0; i < N; i++)
        CHECK_INT(hub_publish(s.hub, TENANT_A, STR("turn1"), &e, 1, &f), ERR_OK);
    for (int i = 0; i < 80 && db_engine(db) == DB_SQLITE && http_open_streams(s.http); i++)
        nap_ms(100);
    CHECK(db_engine(db) != DB_SQLITE || http_open_streams(s.http) == 0);
    close(fd);
    buf_clear(&got);
    fd = listen_to(s.port, "turn1", "Last-Event-ID: 0\r\n");
    CHECK(client_read_until(fd, &got, "id: 200\n"));
    CHECK_INT(count_of(buf_str(&got), "event: stdout\n") >= N - 1, 1);
    close(fd);
    stop();
}

static void start_with_limits(struct db *db, int64_t per_user, int64_t per_ip)
{
    struct http_conf conf;
    start_with(db, &conf);
    conf.streams_per_user = per_user;
    conf.streams_per_ip = per_ip;
    server_start(&s, &conf);
}

static int open_stream(void)
{
    AUTO_BUF got = { .max = 1 << 16 };
    int fd = listen_to(s.port, "turn1", "");
    CHECK(client_read_until(fd, &got, "retry: 2000"));
    return fd;
}

TEST(a_stream_above_a_persons_limit_ends_the_oldest_with_a_long_retry)
{
    enum { MAX = 3 };
    struct db *db = fixture_open(DB_SQLITE);
    int fds[MAX + 1];
    AUTO_BUF old = { .max = 1 << 16 };
    AUTO_BUF kept = { .max = 1 << 16 };
    start_with_limits(db, MAX, 0);
    for (int i = 0; i <= MAX; i++)
        fds[i] = open_stream();
    CHECK(client_read_until(fds[0], &old, "\r\n0\r\n\r\n"));
    CHECK(str_has(buf_str(&old), STR("retry: 1"))); /* 10 s and more */
    for (int i = 0; i < 100 && http_open_streams(s.http) > MAX; i++)
        nap_ms(20);
    CHECK_INT(http_open_streams(s.http), MAX);
    publish("turn1", 1, 1);
    for (int i = 1; i <= MAX; i++) {
        buf_clear(&kept);
        CHECK(client_read_until(fds[i], &kept, "id: 1\n"));
    }
    for (int i = 0; i <= MAX; i++)
        close(fds[i]);
    stop();
    fixture_close(db);
}

TEST(streams_of_closed_pages_keep_nobody_from_opening_more)
{
    struct db *db = fixture_open(DB_SQLITE);
    start_with_limits(db, 2, 0);
    for (int i = 0; i < 20; i++)
        close(open_stream());
    for (int i = 0; i < 100 && http_open_streams(s.http) > 2; i++)
        nap_ms(50);
    CHECK(http_open_streams(s.http) <= 2);
    stop();
    fixture_close(db);
}

TEST(only_so_many_streams_of_one_address)
{
    struct db *db = fixture_open(DB_SQLITE);
    static struct reply r;
    start_with_limits(db, 9, 2);
    int one = open_stream(), two = open_stream(), three = listen_to(s.port, "turn1", "");
    client_read(three, false, &r);
    CHECK_INT(r.status, 429);
    CHECK(str_has(r.body, STR("limit.streams")));
    close(one);
    close(two);
    close(three);
    stop();
    fixture_close(db);
}

TEST(a_stream_needs_a_signed_in_reader)
{
    static struct reply r;
    s = (struct test_server){ 0 };
    struct http_conf conf = server_conf(&s);
    server_start(&s, &conf);
    client_ask(s.port, STR("GET /api/v1/streams/turn1/events HTTP/1.1\r\nHost: h\r\n\r\n"), &r);
    CHECK_INT(r.status, 401);
    server_stop(&s);
}

TEST_BOTH(the_stream_listener_serves_streams_only)
{
    AUTO_BUF got = { .max = 1 << 16 };
    static struct reply r;
    struct http_conf conf;
    start_with(db, &conf);
    conf.stream_listen = STR("127.0.0.1:0");
    server_start(&s, &conf);
    int port = http_stream_port(s.http);
    int fd = listen_to(port, "turn1", "");
    CHECK(client_read_until(fd, &got, "retry: 2000"));
    publish("turn1", 1, 1);
    CHECK(client_read_until(fd, &got, "id: 1\n"));
    client_ask(port, STR("GET /api/v1/ping HTTP/1.1\r\nHost: h\r\n\r\n"), &r);
    CHECK_INT(r.status, 404);
    close(fd);
    stop();
}

TEST_BOTH(draining_ends_streams_with_a_retry_hint)
{
    AUTO_BUF got = { .max = 1 << 16 };
    start(db);
    int fd = listen_to(s.port, "turn1", "");
    CHECK(client_read_until(fd, &got, "retry: 2000"));
    http_drain(s.http, 1000);
    CHECK(http_draining(s.http));
    CHECK(client_read_until(fd, &got, "\r\n0\r\n\r\n"));
    size_t at = str_find(buf_str(&got), STR("retry: 2000"));
    CHECK(str_has(str_from(buf_str(&got), at + 5), STR("retry: ")));
    CHECK_INT(client_connect(s.port), -1);
    close(fd);
    stop();
}
