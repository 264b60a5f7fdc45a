#include "base/json.h"
#include "support/check.h"

#include <dirent.h>
#include <stdio.h>

static enum err parse(struct arena *a, struct str text, struct json *out)
{
    struct fail f = { 0 };
    return json_parse(text, &json_limits_api, a, out, &f);
}

TEST(json_is_read_into_a_tree_and_written_back)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 1000 };
    struct json j;
    CHECK(parse(&a, STR("{\"a\":[1,-2.5,true,null],\"ñ\":\"x\\n\\u0041\\\"\"}"), &j) == ERR_OK);
    CHECK_INT(json_get(&j, "a")->items[0].i, 1);
    CHECK_STR(json_text(json_get(&j, "ñ")), "x\nA\"");
    CHECK(json_get(&j, "b") == NULL && json_int(json_get(&j, "b"), 7) == 7);
    json_put(&b, &j);
    CHECK_STR(buf_str(&b), "{\"a\":[1,-2.5,true,null],\"ñ\":\"x\\nA\\\"\"}");
    struct json again;
    CHECK(parse(&a, buf_str(&b), &again) == ERR_OK && json_same(&j, &again));
}

TEST(json_beyond_the_limits_is_refused)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 1 << 21 };
    struct json j;
    for (int i = 0; i < 33; i++)
        buf_putc(&b, '[');
    for (int i = 0; i < 33; i++)
        buf_putc(&b, ']');
    CHECK(parse(&a, buf_str(&b), &j) == ERR_INPUT);
    buf_clear(&b);
    buf_put(&b, STR("[0"));
    for (int i = 0; i < 50000; i++)
        buf_put(&b, STR(",0"));
    buf_putc(&b, ']');
    CHECK(parse(&a, buf_str(&b), &j) == ERR_INPUT);
    buf_clear(&b);
    for (int i = 0; i < (1 << 20) + 1; i++)
        buf_putc(&b, ' ');
    CHECK(parse(&a, buf_str(&b), &j) == ERR_TOO_LARGE);
}

static bool list_of(size_t n, const char *item)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 1 << 20 };
    struct json j;
    for (size_t i = 0; i < n; i++) {
        buf_putc(&b, i ? ',' : '[');
        buf_put(&b, str_of(item));
    }
    buf_putc(&b, ']');
    return parse(&a, buf_str(&b), &j) == ERR_OK;
}

TEST(every_value_counts_towards_the_limit_of_json_also_the_first_of_each_list)
{
    CHECK(list_of(49999, "0") && !list_of(50000, "0"));
    CHECK(list_of(24999, "[0]") && !list_of(25000, "[0]"));
    CHECK(list_of(24999, "{\"a\" : 0}") && !list_of(25000, "{\"a\" : 0}"));
    CHECK(list_of(16666, "[ [0]]") && !list_of(16667, "[ [0]]"));
    CHECK(list_of(49999, "[ ]") && list_of(49999, "{\n}") && !list_of(50000, "[]"));
}

TEST(json_with_duplicates_nul_or_huge_integers_is_refused)
{
    AUTO_ARENA a = { 0 };
    struct json j;
    static const char *const bad[] = {
        "{\"a\":1,\"a\":2}", "\"\\u0000\"", "9223372036854775808", "", "[1] x",
        "{'a':1}",           "\"\xFF\""
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK(parse(&a, str_of(bad[i]), &j) == ERR_INPUT);
}

/* Where we are stricter than the suite on purpose: duplicate keys and U+0000 are refused. */
static bool stricter_on_purpose(const char *name)
{
    static const char *const names[] = { "y_object_duplicated_key.json",
                                         "y_object_duplicated_key_and_value.json",
                                         "y_object_escaped_null_in_key.json",
                                         "y_string_null_escape.json" };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static struct str read_file(struct arena *a, const char *dir, const char *name)
{
    FILE *f = fopen(arena_fmt(a, "%s/%s", dir, name).ptr, "rb");
    char *p = ARENA_ARRAY(a, char, 1 << 18);
    size_t n = f ? fread(p, 1, 1 << 18, f) : 0;
    if (f)
        (void)fclose(f);
    return (struct str){ p, n };
}

TEST(the_public_parsing_suite_agrees)
{
    static const char dir[] = "../shared/data/json-suite/test_parsing";
    DIR *d = opendir(dir);
    if (!d)
        TEST_SKIP("../shared/data/json-suite is absent");
    int seen = 0;
    for (struct dirent *e; (e = readdir(d));) {
        AUTO_ARENA a = { 0 };
        struct json j;
        if (e->d_name[0] != 'y' && e->d_name[0] != 'n')
            continue;
        bool accepted = parse(&a, read_file(&a, dir, e->d_name), &j) == ERR_OK;
        bool want = e->d_name[0] == 'y' && !stricter_on_purpose(e->d_name);
        if (accepted != want)
            (void)fprintf(stderr, "%s: accepted %d\n", e->d_name, accepted);
        CHECK(accepted == want);
        seen++;
    }
    (void)closedir(d);
    CHECK(seen > 200);
}
