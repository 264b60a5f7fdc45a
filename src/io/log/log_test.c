#include "io/log/log.h"

#include "base/json.h"
#include "support/check.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

struct sink {
    struct clock_fixed clock;
    struct log log;
    int fds[2];
    char got[1 << 18];
};

static void sink_open(struct sink *s)
{
    CHECK(pipe(s->fds) == 0);
    CHECK(fcntl(s->fds[0], F_SETFL, O_NONBLOCK) == 0);
    CHECK(fcntl(s->fds[0], F_SETPIPE_SZ, 1 << 20) > 0);
    clock_fixed_init(&s->clock, INT64_C(1790000000123456));
    s->log = (struct log){ .clock = &s->clock.base, .fd = s->fds[1], .level = LOG_INFO };
}

static struct str sink_take(struct sink *s)
{
    ssize_t n = read(s->fds[0], s->got, sizeof s->got);
    return (struct str){ s->got, n > 0 ? (size_t)n : 0 };
}

static void sink_close(struct sink *s)
{
    (void)close(s->fds[0]);
    (void)close(s->fds[1]);
}

TEST(a_fact_is_one_line_of_json_with_its_fields)
{
    static struct sink s;
    sink_open(&s);
    LOG(&s.log, LOG_WARN, "job.dead", LOG_S("kind", STR("judge.run")), LOG_I("attempt", 3),
        LOG_R("wait", 0.5));
    CHECK_STR(sink_take(&s),
              "{\"ts\":\"2026-09-21T14:13:20.123456Z\",\"level\":\"warn\","
              "\"event\":\"job.dead\",\"kind\":\"judge.run\",\"attempt\":3,\"wait\":0.5}\n");
    sink_close(&s);
}

TEST(below_the_level_nothing_is_written_and_no_log_swallows_all)
{
    static struct sink s;
    sink_open(&s);
    log_event(&s.log, LOG_DEBUG, "noise");
    log_event(NULL, LOG_ERROR, "nobody.listens");
    CHECK_INT(sink_take(&s).len, 0);
    log_event(&s.log, LOG_INFO, "server.ready");
    CHECK(str_ends(sink_take(&s), STR("\"event\":\"server.ready\"}\n")));
    sink_close(&s);
}

TEST(the_level_can_be_changed_while_the_log_is_in_use)
{
    static struct sink s;
    sink_open(&s);
    log_level_set(&s.log, LOG_DEBUG);
    log_event(&s.log, LOG_DEBUG, "now.heard");
    CHECK(str_has(sink_take(&s), STR("now.heard")));
    log_level_set(&s.log, LOG_ERROR);
    log_event(&s.log, LOG_WARN, "no.more");
    CHECK_INT(sink_take(&s).len, 0);
    sink_close(&s);
}

TEST(values_cannot_break_out_of_their_line)
{
    static const struct str nasty[] = { STR_INIT("a\"b\\c\nd\r\x01"),
                                        STR_INIT("\xff\xfe broken"),
                                        STR_INIT("año 🙂"),
                                        { NULL, 0 } };
    static const char *const human[] = { "v=a\"b\\c?d??", "v=?? broken", "v=año 🙂", "v=" };
    static struct sink s;
    sink_open(&s);
    for (size_t i = 0; i < COUNT_OF(nasty); i++) {
        AUTO_ARENA a = { 0 };
        struct json j;
        struct fail f;
        s.log.text = false;
        LOG(&s.log, LOG_INFO, "x", LOG_S("v", nasty[i]));
        struct str rest = sink_take(&s), line;
        CHECK(str_take_line(&rest, &line));
        CHECK_INT(rest.len, 0);
        CHECK(json_parse(line, &json_limits_api, &a, &j, &f) == ERR_OK);
        s.log.text = true;
        LOG(&s.log, LOG_INFO, "x", LOG_S("v", nasty[i]));
        CHECK(str_ends(str_trim(sink_take(&s)), str_of(human[i])));
    }
    sink_close(&s);
}

TEST(a_line_is_at_most_4_KiB_and_still_json)
{
    static char big[10000];
    memset(big, '"', sizeof big);
    struct str value = { big, sizeof big };
    static struct sink s;
    AUTO_ARENA a = { 0 };
    struct json j;
    struct fail f;
    sink_open(&s);
    LOG(&s.log, LOG_INFO, "x", LOG_I("first", 1), LOG_S("a", value), LOG_S("b", value));
    struct str got = sink_take(&s);
    CHECK(got.len <= 4096);
    CHECK(json_parse(str_trim(got), &json_limits_api, &a, &j, &f) == ERR_OK);
    CHECK_INT(json_int(json_get(&j, "first"), 0), 1);
    CHECK(json_is(json_get(&j, "cut"), JS_BOOL));
    sink_close(&s);
}

TEST(an_error_is_written_with_its_code_and_place)
{
    static struct sink s;
    struct fail f;
    sink_open(&s);
    CHECK(FAIL(&f, ERR_BUSY, "busy", "queue of %d", 4096) == ERR_BUSY);
    log_fail(&s.log, "db.refused", &f);
    struct str got = sink_take(&s);
    CHECK(str_has(got, STR("\"level\":\"error\",\"event\":\"db.refused\",\"code\":\"busy\"")));
    CHECK(str_has(got, STR("log_test.c:")));
    CHECK(str_has(got, STR("\"detail\":\"queue of 4096\"")));
    sink_close(&s);
}

TEST(levels_are_named)
{
    enum log_level level = LOG_INFO;
    CHECK(log_level_named(STR("error"), &level));
    CHECK_INT(level, LOG_ERROR);
    CHECK(!log_level_named(STR("loud"), &level));
    CHECK_INT(level, LOG_ERROR);
}

enum { WRITERS = 4, LINES = 200 };

static void *write_lines(void *arg)
{
    for (int i = 0; i < LINES; i++)
        LOG(arg, LOG_INFO, "line", LOG_I("i", i), LOG_C("fill", "0123456789012345678901234567890"));
    return NULL;
}

TEST(lines_of_many_threads_are_never_torn)
{
    static struct sink s;
    pthread_t t[WRITERS];
    sink_open(&s);
    for (int i = 0; i < WRITERS; i++)
        CHECK(pthread_create(&t[i], NULL, write_lines, &s.log) == 0);
    for (int i = 0; i < WRITERS; i++)
        CHECK(pthread_join(t[i], NULL) == 0);
    size_t lines = 0;
    for (struct str rest = sink_take(&s), line; str_take_line(&rest, &line); lines++)
        CHECK(str_starts(line, STR("{\"ts\":")) && str_ends(line, STR("\"}")));
    CHECK_INT(lines, WRITERS * LINES);
    sink_close(&s);
}
