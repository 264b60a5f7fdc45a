#include "base/net.h"

#include "support/check.h"

TEST(an_address_is_four_or_sixteen_bytes_and_nothing_else)
{
    static const struct {
        const char *text;
        size_t len;
    } cases[] = {
        { "127.0.0.1", 4 },  { "::1", 16 },      { "fd00::a:1", 16 },    { "::ffff:10.0.0.1", 16 },
        { "", 0 },           { "localhost", 0 }, { "127.0.0", 0 },       { "127.0.0.256", 0 },
        { " 127.0.0.1", 0 }, { "[::1]", 0 },     { "1:2:3:4:5:6:7", 0 }, { "10.0.0.1/8", 0 },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct net_addr a = { .len = 0 };
        CHECK(net_addr_parse(str_of(cases[i].text), &a) == (cases[i].len > 0));
        CHECK_INT(a.len, cases[i].len);
    }
    struct net_addr a;
    CHECK(!net_addr_parse((struct str){ "1.2.3.4\0x", 9 }, &a));
}

TEST(a_network_has_the_addresses_that_begin_with_its_bits)
{
    static const struct {
        const char *net, *addr;
        bool inside;
    } cases[] = {
        { "10.0.0.0/8", "10.255.1.2", true },
        { "10.0.0.0/8", "11.0.0.1", false },
        { "10.0.0.7/8", "10.9.9.9", true },
        { "192.168.4.0/23", "192.168.5.255", true },
        { "192.168.4.0/23", "192.168.6.0", false },
        { "127.0.0.1", "127.0.0.1", true },
        { "127.0.0.1", "127.0.0.2", false },
        { "0.0.0.0/0", "8.8.8.8", true },
        { "0.0.0.0/0", "::1", false },
        { "fd00::/8", "fdff::1", true },
        { "fd00::/8", "fe00::1", false },
        { "::1", "::1", true },
        { "10.0.0.0/8", "::ffff:10.1.1.1", true },
        { "10.0.0.0/8", "::ffff:11.1.1.1", false },
        { "::/0", "10.1.1.1", false },
        { "::1/127", "::", true },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct net n;
        struct net_addr a;
        CHECK(net_parse(str_of(cases[i].net), &n));
        CHECK(net_addr_parse(str_of(cases[i].addr), &a));
        CHECK(net_has(&n, &a) == cases[i].inside);
    }
}

TEST(a_list_of_networks_is_all_good_or_refused)
{
    static const char *const good[] = { "", "::1", "10.0.0.0/8, ::1 ,fd00::/8", "1.2.3.4/32" };
    static const char *const bad[] = { ",",         "::1,",    "10.0.0.0/33", "::/129",
                                       "10.0.0.0/", "/8",      "10.0.0.0/-1", "nowhere",
                                       "::1,,::2",  "::1 ::2", " ",           "10.0.0.0/8/8" };
    for (size_t i = 0; i < COUNT_OF(good); i++)
        CHECK(net_list_valid(str_of(good[i])));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK(!net_list_valid(str_of(bad[i])));
    struct str rest = STR("10.0.0.0/8, ::1");
    struct net n;
    CHECK_INT(net_take(&rest, &n), 1);
    CHECK_INT(n.bits, 8);
    CHECK_INT(net_take(&rest, &n), 1);
    CHECK_INT(n.bits, 128);
    CHECK_INT(net_take(&rest, &n), 0);
}

TEST(an_endpoint_is_an_address_and_a_port)
{
    static const char *const bad[] = { "",
                                       "8080",
                                       ":8080",
                                       "127.0.0.1",
                                       "127.0.0.1:",
                                       "127.0.0.1:65536",
                                       "127.0.0.1:-1",
                                       "::1:80",
                                       "[::1]",
                                       "[127.0.0.1]:80",
                                       "example.org:80",
                                       "[::1:80",
                                       "127.0.0.1:8080 ",
                                       "http://127.0.0.1:80" };
    struct net_endpoint e;
    CHECK(net_endpoint_parse(STR("127.0.0.1:8080"), &e) && e.port == 8080 && e.addr.len == 4);
    CHECK(net_endpoint_parse(STR("[::1]:0"), &e) && e.port == 0 && e.addr.len == 16);
    CHECK(net_endpoint_parse(STR("localhost:1"), &e) && e.addr.bytes[0] == 127);
    CHECK(net_endpoint_parse(STR("0.0.0.0:65535"), &e) && e.port == 65535);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK(!net_endpoint_valid(str_of(bad[i])));
}

TEST(an_origin_has_a_scheme_and_a_host_and_no_path)
{
    static const char *const good[] = { "http://localhost",     "https://aula.escuela.example",
                                        "http://10.0.0.1:8080", "https://[::1]:8443",
                                        "https://[fd00::1]",    "https://school.example/" };
    static const char *const bad[] = { "",
                                       "school.example",
                                       "ftp://school.example",
                                       "http://",
                                       "https:///",
                                       "https://school.example/app",
                                       "https://user@school.example",
                                       "https://school.example?x",
                                       "https://school.example:0",
                                       "https://school.example:",
                                       "https://a..b",
                                       "https://-a",
                                       "https://[10.0.0.1]",
                                       "https://[::1",
                                       "https://school example" };
    for (size_t i = 0; i < COUNT_OF(good); i++)
        CHECK(net_origin_valid(str_of(good[i])));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK(!net_origin_valid(str_of(bad[i])));
}
