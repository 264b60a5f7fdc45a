#include "histogram.h"
#include "reply.h"
#include "schedule.h"

#include "base/buf.h"
#include "base/num.h"
#include "support/check.h"

#include <math.h>

/* --- histogram --- */

TEST(a_latency_of_each_size_is_told_with_at_most_one_percent_of_error)
{
    static struct histogram h;
    double worst = 0;
    for (int64_t us = 1; us <= HISTOGRAM_MAX_US; us += 1 + us / 997) {
        h = (struct histogram){ 0 };
        histogram_add(&h, us);
        h.max_us = INT64_MAX; /* else a single value is told exactly */
        worst = fmax(worst, fabs((double)(histogram_at(&h, 1) - us)) / (double)us);
    }
    CHECK(worst > 0);
    CHECK(worst <= 0.01);
}

TEST(percentiles_are_those_of_the_sorted_list)
{
    static struct histogram h;
    for (int64_t us = 1; us <= 10'000; us++)
        histogram_add(&h, us);
    CHECK_INT(h.count, 10'000);
    CHECK_NEAR((double)histogram_at(&h, 0.5), 5'000, 50);
    CHECK_NEAR((double)histogram_at(&h, 0.99), 9'900, 99);
    CHECK_INT(histogram_at(&h, 1), 10'000);
    CHECK_INT(histogram_at(&h, 0.0001), 1);
}

TEST(one_slow_request_in_a_thousand_is_the_p99_9_and_not_the_p99)
{
    static struct histogram h;
    for (int i = 0; i < 998; i++)
        histogram_add(&h, 100);
    histogram_add(&h, 1'000'000);
    histogram_add(&h, 1'000'000);
    CHECK_INT(histogram_at(&h, 0.99), 100);
    CHECK_NEAR((double)histogram_at(&h, 0.999), 1'000'000, 10'000);
}

TEST(values_outside_the_range_are_counted_and_the_maximum_stays_exact)
{
    static struct histogram h;
    histogram_add(&h, -5);
    histogram_add(&h, INT64_C(100'000'000));
    CHECK_INT(h.count, 2);
    CHECK_INT(h.max_us, 100'000'000);
    CHECK_NEAR((double)histogram_at(&h, 1), HISTOGRAM_MAX_US, HISTOGRAM_MAX_US / 100.0);
    static struct histogram empty;
    CHECK_INT(histogram_at(&empty, 0.5), 0);
}

/* --- schedule --- */

TEST(a_constant_rate_has_no_drift)
{
    struct schedule s;
    int64_t at = 0;
    schedule_start(&s, 1'000, 3);
    CHECK_INT(schedule_next(&s), 1'000);
    for (int i = 0; i < 3'000; i++)
        at = schedule_next(&s);
    CHECK_NEAR((double)at, 1'000 + 1000e9, 1);
}

TEST(poisson_times_are_the_same_for_a_seed_and_have_the_wanted_mean_and_spread)
{
    enum { N = 100'000 };
    struct schedule s, again;
    double sum = 0, squares = 0;
    schedule_start(&s, 0, 1e6);
    schedule_start(&again, 0, 1e6);
    schedule_poisson(&s, 7);
    schedule_poisson(&again, 7);
    int64_t before = schedule_next(&s);
    CHECK_INT(schedule_next(&again), before);
    for (int i = 0; i < N; i++) {
        int64_t at = schedule_next(&s);
        CHECK_INT(schedule_next(&again), at);
        CHECK(at >= before);
        double gap = (double)(at - before);
        sum += gap;
        squares += gap * gap;
        before = at;
    }
    /* exponential: the standard deviation equals the mean */
    CHECK_NEAR(sum / N, 1'000, 20);
    CHECK_NEAR(sqrt(squares / N - (sum / N) * (sum / N)), 1'000, 30);
    schedule_start(&again, 0, 1e6);
    schedule_poisson(&again, 8);
    (void)schedule_next(&again);
    schedule_start(&s, 0, 1e6);
    schedule_poisson(&s, 7);
    (void)schedule_next(&s);
    CHECK(schedule_next(&s) != schedule_next(&again));
}

/* --- answers --- */

struct seen {
    enum reply_step last;
    int status;
    bool will_close;
    size_t left;
    size_t body_len;
    char body[256];
};

/* Feeds `text` in pieces of `step` bytes. */
static struct seen read_all(struct str text, size_t step)
{
    static struct reply r;
    struct seen s = { .last = REPLY_MORE };
    reply_start(&r);
    for (size_t at = 0; at < text.len && s.last == REPLY_MORE; at += step) {
        struct str in = str_head(str_from(text, at), step), piece = { 0 };
        while ((s.last = reply_read(&r, &in, &piece)) == REPLY_BODY) {
            CHECK(s.body_len + piece.len <= sizeof s.body);
            memcpy(s.body + s.body_len, piece.ptr, piece.len);
            s.body_len += piece.len;
        }
        s.left = in.len + (text.len - size_min(text.len, at + step));
    }
    if (s.last == REPLY_MORE && reply_ends_here(&r))
        s.last = REPLY_DONE;
    s.status = r.status;
    s.will_close = r.will_close;
    return s;
}

TEST(an_answer_is_read_alike_however_its_bytes_are_cut)
{
    static const struct {
        struct str text;
        int status;
        const char *body;
        bool will_close;
    } rows[] = {
        { STR_INIT("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), 200, "hello", false },
        { STR_INIT("HTTP/1.1 204 No Content\r\nA: b\r\n\r\n"), 204, "", false },
        { STR_INIT("HTTP/1.1 304 \r\nContent-Length: 9\r\n\r\n"), 304, "", false },
        { STR_INIT("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nCONNECTION: Close\r\n\r\n"), 200, "",
          true },
        { STR_INIT("HTTP/1.1 201 C\r\nTransfer-Encoding: chunked\r\n\r\n"
                   "5;ext=1\r\nhello\r\n00\r\nT: x\r\n\r\n"),
          201, "hello", false },
        { STR_INIT("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"),
          200, "x", false },
        { STR_INIT("HTTP/1.0 200 OK\r\n\r\nto the end"), 200, "to the end", true },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t step = 1; step <= rows[i].text.len; step++) {
            struct seen s = read_all(rows[i].text, step);
            CHECK_INT(s.last, REPLY_DONE);
            CHECK_INT(s.status, rows[i].status);
            CHECK_STR(((struct str){ s.body, s.body_len }), rows[i].body);
            CHECK(s.will_close == rows[i].will_close);
        }
}

TEST(what_comes_behind_an_answer_is_left)
{
    struct seen s = read_all(STR("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP"), 1000);
    CHECK_INT(s.last, REPLY_DONE);
    CHECK_INT(s.left, 4);
}

TEST(what_is_no_strict_answer_is_bad)
{
    static const struct str rows[] = {
        STR_INIT("ICY 200 OK\r\n\r\n"),
        STR_INIT("HTTP/1.1 20 OK\r\n\r\n"),
        STR_INIT("HTTP/1.1 2000 OK\r\n\r\n"),
        STR_INIT("HTTP/1.1 200 OK\n\n"),
        STR_INIT("HTTP/1.1 200 OK\r\nno colon\r\n\r\n"),
        STR_INIT("HTTP/1.1 200 OK\r\n: x\r\n\r\n"),
        STR_INIT("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
        STR_INIT("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx"),
        STR_INIT("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx"),
        STR_INIT("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"),
        STR_INIT("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ng\r\n"),
        STR_INIT("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n"),
        STR_INIT("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000000000000000\r\n"),
        STR_INIT("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n"),
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK_INT(read_all(rows[i], 1).last, REPLY_BAD);
        CHECK_INT(read_all(rows[i], 1000).last, REPLY_BAD);
    }
}

TEST(an_answer_that_is_cut_off_is_not_complete)
{
    CHECK_INT(read_all(STR("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell"), 3).last,
              REPLY_MORE);
    CHECK_INT(read_all(STR("HTTP/1.1 200 OK\r\nContent-Le"), 3).last, REPLY_MORE);
    CHECK_INT(
        read_all(STR("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"), 3)
            .last,
        REPLY_MORE);
}

TEST(a_line_or_a_head_that_never_ends_is_bad)
{
    static struct reply r;
    char x[1024];
    struct str piece;
    memset(x, 'x', sizeof x);
    reply_start(&r);
    struct str first = STR("HTTP/1.1 200 OK\r\nA: ");
    CHECK_INT(reply_read(&r, &first, &piece), REPLY_MORE);
    enum reply_step last = REPLY_MORE;
    for (size_t i = 0; i < 5; i++) {
        struct str in = { x, sizeof x };
        last = reply_read(&r, &in, &piece);
    }
    CHECK_INT(last, REPLY_BAD);
    reply_start(&r);
    first = STR("HTTP/1.1 200 OK\r\n");
    last = reply_read(&r, &first, &piece);
    for (size_t i = 0; i < REPLY_HEAD_MAX / 6 + 1; i++) {
        struct str in = STR("A: b\r\n");
        last = reply_read(&r, &in, &piece);
    }
    CHECK_INT(last, REPLY_BAD);
}

/* --- event streams --- */

TEST(events_are_counted_and_their_stamps_read_however_the_bytes_are_cut)
{
    struct str text = STR(": hello\n\nid: 1\nevent: tick\ndata: {\"seq\":4,\"at\": 17}\n\n"
                          ":\r\n\r\ndata: {\"x\":1}\r\n\r\ndata: at=5\ndata: more\n\nid: 9\n\n");
    for (size_t step = 1; step <= text.len; step++) {
        static struct sse s;
        int64_t stamps[8];
        size_t n = 0;
        s = (struct sse){ .key = STR("at") };
        for (size_t at = 0; at < text.len; at += step) {
            struct str in = str_head(str_from(text, at), step);
            while (n < COUNT_OF(stamps) && sse_read(&s, &in, &stamps[n]))
                n++;
        }
        CHECK_INT(n, 3);
        CHECK_INT(stamps[0], 17);
        CHECK_INT(stamps[1], -1);
        CHECK_INT(stamps[2], 5);
    }
}

TEST(a_line_longer_than_is_kept_is_still_one_event)
{
    static struct sse s;
    AUTO_BUF text = { .max = (size_t)4 * SSE_LINE_MAX };
    int64_t stamp = 0;
    buf_put(&text, STR("data: at:3"));
    for (size_t i = 0; i < (size_t)2 * SSE_LINE_MAX; i++)
        buf_putc(&text, ' ');
    buf_put(&text, STR("\n\n"));
    s = (struct sse){ .key = STR("at") };
    struct str in = buf_str(&text);
    CHECK(sse_read(&s, &in, &stamp));
    CHECK_INT(stamp, 3);
    CHECK(!sse_read(&s, &in, &stamp));
}
