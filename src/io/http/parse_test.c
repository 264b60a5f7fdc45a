/* The pure readers: headers, cookies, addresses. */
#include "io/http/parse.h"

#include "io/http/limit.h"
#include "support/check.h"

TEST(cookies_are_found_by_their_whole_name)
{
    struct str h = STR("a=1; sid=abc ; xsid=2;sid2=3; q=\"quoted\"; empty=");
    CHECK_STR(http_cookie_in(h, STR("sid")), "abc");
    CHECK_STR(http_cookie_in(h, STR("a")), "1");
    CHECK_STR(http_cookie_in(h, STR("q")), "quoted");
    CHECK_STR(http_cookie_in(h, STR("empty")), "");
    CHECK(http_cookie_in(h, STR("empty")).ptr != NULL);
    CHECK(http_cookie_in(h, STR("id")).ptr == NULL);
    CHECK(http_cookie_in(STR(""), STR("id")).ptr == NULL);
    CHECK(http_cookie_in(STR(";;=;=x;"), STR("id")).ptr == NULL);
}

TEST(entity_tags_are_compared_weakly_in_lists)
{
    int64_t rev = 0;
    CHECK(http_revision(STR("\"12\""), &rev) && rev == 12);
    CHECK(!http_revision(STR("12"), &rev));
    CHECK(!http_revision(STR("\"\""), &rev));
    CHECK(!http_revision(STR("\"-1\""), &rev));
    CHECK(!http_revision(STR("W/\"1\""), &rev));
    CHECK(!http_revision(STR("\"1\", \"2\""), &rev));
    CHECK(http_etag_listed(STR("W/\"a\" , \"b\""), STR("\"b\"")));
    CHECK(http_etag_listed(STR("*"), STR("\"b\"")));
    CHECK(!http_etag_listed(STR("\"ab\""), STR("\"b\"")));
}

TEST(a_page_load_names_text_html)
{
    CHECK(http_wants_page(STR("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")));
    CHECK(!http_wants_page(STR("*/*")));
    CHECK(!http_wants_page(STR("application/json")));
    CHECK(!http_wants_page(STR("text/html;q=0")));
}

TEST(the_type_of_a_body_is_json_and_nothing_else)
{
    CHECK(http_is_json(STR("application/json")));
    CHECK(http_is_json(STR("Application/JSON; charset=UTF-8")));
    CHECK(!http_is_json(STR("application/json; charset=latin1")));
    CHECK(!http_is_json(STR("application/jsonx")));
    CHECK(!http_is_json(STR("text/json")));
    CHECK(!http_is_json((struct str){ 0 }));
    CHECK(http_is_report(STR("application/csp-report")));
    CHECK(http_is_report(STR("application/reports+json; charset=utf-8")));
    CHECK(!http_is_report(STR("application/json")));
    CHECK(!http_is_report((struct str){ 0 }));
}

TEST(targets_are_paths_of_this_host)
{
    struct str path, query;
    CHECK(!http_target_split(STR("/a/b?x=1?y"), STR("h"), &path, &query));
    CHECK_STR(path, "/a/b");
    CHECK_STR(query, "x=1?y");
    CHECK(!http_target_split(STR("http://H:80/a"), STR("h:80"), &path, &query));
    CHECK_STR(path, "/a");
    CHECK(http_target_split(STR("http://h"), STR("h"), &path, &query));
    CHECK(http_target_split(STR("http://h@evil/a"), STR("h"), &path, &query));
    CHECK(http_target_split(STR("*"), STR("h"), &path, &query));
    CHECK(http_target_split(STR("/a b"), STR("h"), &path, &query));
    CHECK(http_target_split(STR(""), STR("h"), &path, &query));
}

TEST(lines_end_in_crlf)
{
    size_t n = 0;
    CHECK(!http_lines_fault(STR("\0\0Host\0 x\0\0\0\0"), &n));
    CHECK_INT(n, 1);
    CHECK(http_lines_fault(STR("\0Host\0 x\0\0\0\0"), &n));
    CHECK(http_lines_fault(STR("\0\0Host\0 x\0X\0 y\0\0\0\0"), &n));
    CHECK(http_lines_fault(STR("\0\0Host\0 x\0\0 y\0\0\0\0"), &n));
    CHECK(http_lines_fault(STR("\0\0Host\0 x\0\0\0"), &n));
    CHECK(http_lines_fault(STR("\0\0Host\0 x\0\0\0\0\0"), &n));
    CHECK(http_lines_fault(STR(""), &n));
}

TEST(a_bucket_lets_its_burst_pass_and_fills_again)
{
    struct limits *l = limits_new(&env_real);
    const struct limit_keys one = { .user = STR("u1"), .address = STR("\1\2\3\4") };
    const struct limit_keys two = { .user = STR("u2"), .address = STR("\1\2\3\4") };
    int64_t now = INT64_C(1000) * US_PER_S;
    for (int i = 0; i < 5; i++)
        CHECK_INT(limits_take(l, RATE_RUN, &one, now).retry_after_s, 0);
    CHECK_INT(limits_take(l, RATE_RUN, &one, now).retry_after_s, 3);
    CHECK_INT(limits_take(l, RATE_RUN, &two, now).retry_after_s, 0);
    CHECK_INT(limits_take(l, RATE_TURN, &one, now).retry_after_s, 0);
    CHECK_INT(limits_take(l, RATE_RUN, &one, now + INT64_C(3) * US_PER_S).retry_after_s, 0);
    CHECK(limits_take(l, RATE_RUN, &one, now + INT64_C(3) * US_PER_S).retry_after_s > 0);
    struct limit_state st = limits_take(l, RATE_RUN, &one, now + 3600 * INT64_C(1000000));
    CHECK_INT(st.limit, 5);
    CHECK_INT(st.remaining, 4);
    CHECK_INT(st.reset_s, 3);
    limits_free(l);
}

TEST(an_ipv6_network_shares_one_bucket)
{
    struct limits *l = limits_new(&env_real);
    int64_t now = INT64_C(1000) * US_PER_S, refused = 0;
    for (char i = 0; i < 120; i++) {
        char address[16] = { 0x20, 1, 0xd, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, i };
        const struct limit_keys k = { .address = { address, sizeof address } };
        refused += limits_take(l, RATE_READ, &k, now).retry_after_s > 0;
    }
    CHECK_INT(refused, 20); /* 100 at once for readers who are not signed in */
    limits_free(l);
}
