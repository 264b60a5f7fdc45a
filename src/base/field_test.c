#include "base/field.h"
#include "support/check.h"

#include <math.h>

struct child {
    struct str path;
    int64_t n;
};
struct sample {
    struct str text, id, kind;
    int64_t count, at, score;
    double ratio;
    bool flag;
    struct api_json extra;
    struct child *one;
    struct api_list many;
    struct api_texts words;
};
static const struct api_field child_fields[] = {
    API_F(struct child, path, API_TEXT, 1, 5),
    API_OPT(struct child, n, API_INT, 0, 9),
};
static const struct api_shape child_shape = API_SHAPE(struct child, "Child", child_fields);
static const char *const kinds[] = { "free", "input", NULL };
static const struct api_field sample_fields[] = {
    API_F(struct sample, text, API_TEXT, 1, 4),
    API_OPT(struct sample, id, API_ID, 0, 0),
    API_WORD(struct sample, kind, kinds, true),
    API_OPT(struct sample, count, API_INT, 1, 10),
    API_OPT(struct sample, at, API_TIME, 0, 0),
    API_OPT(struct sample, score, API_POINTS, 0, 100000),
    API_OPT(struct sample, ratio, API_REAL, 0, 1),
    API_OPT(struct sample, flag, API_BOOL, 0, 0),
    API_OPT(struct sample, extra, API_JSON, 0, 0),
    API_SUB(struct sample, one, API_OBJECT, 0, 0, child_shape, true),
    API_SUB(struct sample, many, API_LIST, 0, 2, child_shape, true),
    { .name = "words",
      .type = API_TEXTS,
      .at = offsetof(struct sample, words),
      .max = 3,
      .item_max = 3,
      .optional = true },
};
static const struct api_shape sample_shape = API_SHAPE(struct sample, "Sample", sample_fields);

static enum err decode(struct arena *a, const char *text, struct sample **out, struct fail *f)
{
    struct json j;
    TRY(json_parse(str_of(text), &json_limits_api, a, &j, f));
    return api_decode(&sample_shape, &j, a, (void **)out, f);
}

static const char full[] =
    "{\"text\":\"añob\",\"id\":\"01938d3c-4f00-7a10-8000-000000000001\",\"kind\":\"free\","
    "\"count\":10,\"at\":\"2025-11-24T16:00:03.250000Z\",\"score\":12.5,\"ratio\":0.5,"
    "\"flag\":true,\"extra\":{\"k\":[1]},\"one\":{\"path\":\"a\",\"n\":3},"
    "\"many\":[{\"path\":\"b\"}],\"words\":[\"x\",\"yy\"]}";

TEST(a_shape_decodes_every_type_and_encodes_it_back)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 4000 };
    struct fail f = { 0 };
    struct sample *s = NULL;
    CHECK(decode(&a, full, &s, &f) == ERR_OK);
    CHECK_INT(s->count, 10);
    CHECK_INT(s->score, 12500);
    CHECK_INT(s->one->n, 3);
    CHECK(s->many.n == 1 && ((struct child *)s->many.items)[0].n == API_ABSENT);
    api_encode(&sample_shape, s, &b);
    CHECK_STR(buf_str(&b), full);
}

TEST(absent_optional_fields_are_left_out)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 4000 };
    struct fail f = { 0 };
    struct sample *s = NULL;
    CHECK(decode(&a, "{\"text\":\"a\",\"count\":null}", &s, &f) == ERR_OK);
    CHECK(s->count == API_ABSENT && isnan(s->ratio) && !s->id.ptr);
    api_encode(&sample_shape, s, &b);
    CHECK_STR(buf_str(&b), "{\"text\":\"a\",\"flag\":false}");
}

struct bad {
    const char *json, *path, *code;
};

TEST(each_wrong_field_is_named_with_its_code)
{
    static const struct bad bads[] = {
        { "{}", "text", "missing" },
        { "{\"text\":\"\"}", "text", "length" },
        { "{\"text\":\"abcde\"}", "text", "length" },
        { "{\"text\":\"a\\u0007\"}", "text", "format" },
        { "{\"text\":1}", "text", "type" },
        { "{\"text\":\"a\",\"nope\":1}", "nope", "unknown" },
        { "{\"text\":\"a\",\"id\":\"x\"}", "id", "format" },
        { "{\"text\":\"a\",\"kind\":\"x\"}", "kind", "enum" },
        { "{\"text\":\"a\",\"count\":11}", "count", "range" },
        { "{\"text\":\"a\",\"count\":1.0}", "count", "type" },
        { "{\"text\":\"a\",\"at\":\"yesterday\"}", "at", "format" },
        { "{\"text\":\"a\",\"score\":0.0001}", "score", "format" },
        { "{\"text\":\"a\",\"score\":100.001}", "score", "range" },
        { "{\"text\":\"a\",\"ratio\":1.5}", "ratio", "range" },
        { "{\"text\":\"a\",\"flag\":1}", "flag", "type" },
        { "{\"text\":\"a\",\"extra\":1}", "extra", "type" },
        { "{\"text\":\"a\",\"one\":[]}", "one", "type" },
        { "{\"text\":\"a\",\"one\":{\"path\":\"abcdef\"}}", "one.path", "length" },
        { "{\"text\":\"a\",\"many\":[{\"path\":\"a\"},{\"path\":\"b\",\"x\":1}]}", "many.1.x",
          "unknown" },
        { "{\"text\":\"a\",\"many\":[{},{},{}]}", "many", "length" },
        { "{\"text\":\"a\",\"words\":[\"abcd\"]}", "words", "length" },
    };
    for (size_t i = 0; i < COUNT_OF(bads); i++) {
        AUTO_ARENA a = { 0 };
        struct fail f = { 0 };
        struct sample *s = NULL;
        CHECK(decode(&a, bads[i].json, &s, &f) == ERR_INPUT);
        CHECK_STR(str_of(f.hint), "validation.failed");
        CHECK_INT(f.field_count, 1);
        CHECK_STR(str_of(f.fields[0].path), bads[i].path);
        CHECK_STR(str_of(f.fields[0].code), bads[i].code);
    }
}

TEST(several_wrong_fields_are_reported_together)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct sample *s = NULL;
    CHECK(decode(&a, "{\"text\":7,\"count\":0,\"zz\":1}", &s, &f) == ERR_INPUT);
    CHECK_INT(f.field_count, 3);
    CHECK(f.fields[1].min == 1 && f.fields[1].max == 10);
}

TEST(a_query_string_is_decoded_by_the_same_table)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct sample *s = NULL;
    CHECK(api_decode_query(&sample_shape, STR("text=a%C3%B1o+&count=3&flag=true"), &a, (void **)&s,
                           &f) == ERR_OK);
    CHECK_STR(s->text, "año ");
    CHECK(s->count == 3 && s->flag);
    static const char *const bad[] = { "text=%",        "text=%4",    "text=%00",      "text=%FF",
                                       "text=a&text=b", "text=a&x=1", "text=a&count=x" };
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK(api_decode_query(&sample_shape, str_of(bad[i]), &a, (void **)&s, &f) == ERR_INPUT);
}

TEST(a_shape_describes_itself_as_json_schema)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 8000 };
    struct json j;
    struct fail f = { 0 };
    api_describe(&sample_shape, &b);
    CHECK(json_parse(buf_str(&b), &json_limits_api, &a, &j, &f) == ERR_OK);
    const struct json *props = json_get(&j, "properties");
    CHECK_INT(props->count, COUNT_OF(sample_fields));
    CHECK_INT(json_int(json_get(json_get(props, "text"), "maxLength"), 0), 4);
    CHECK_INT(json_get(&j, "required")->count, 1);
}
