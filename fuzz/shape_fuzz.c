/* Bodies of requests against a shape of every kind of field: what is decoded keeps to its limits,
 * and what is encoded from it decodes again. */
#include "base/field.h"

struct leaf {
    struct str id, word;
    int64_t when;
};
struct root {
    struct str text, id;
    int64_t number, points, when;
    double real;
    bool flag;
    struct api_json any;
    struct leaf *leaf;
    struct api_list leaves;
    struct api_texts texts;
};
static const char *const words[] = { "uno", "dos", NULL };
static const struct api_field leaf_fields[] = {
    API_F(struct leaf, id, API_ID, 0, 0),
    API_WORD(struct leaf, word, words, true),
    API_OPT(struct leaf, when, API_TIME, 0, 0),
};
static const struct api_shape leaf_shape = API_SHAPE(struct leaf, "Leaf", leaf_fields);
static const struct api_field root_fields[] = {
    API_OPT(struct root, text, API_TEXT, 1, 10),
    API_OPT(struct root, id, API_ID, 0, 0),
    API_OPT(struct root, number, API_INT, -5, 5),
    API_OPT(struct root, points, API_POINTS, 0, 10'000),
    API_OPT(struct root, when, API_TIME, 0, 0),
    API_OPT(struct root, real, API_REAL, -2, 2),
    API_OPT(struct root, flag, API_BOOL, 0, 0),
    API_OPT(struct root, any, API_JSON, 0, 0),
    API_SUB(struct root, leaf, API_OBJECT, 0, 0, leaf_shape, true),
    API_SUB(struct root, leaves, API_LIST, 0, 4, leaf_shape, true),
    { .name = "texts",
      .type = API_TEXTS,
      .at = offsetof(struct root, texts),
      .max = 4,
      .item_max = 8,
      .optional = true },
};
static const struct api_shape root_shape = API_SHAPE(struct root, "Root", root_fields);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_limits(const struct root *r)
{
    assert(!r->text.ptr || (utf8_count(r->text) >= 1 && utf8_count(r->text) <= 10));
    assert(!r->id.ptr || r->id.len == 36);
    assert(r->number == API_ABSENT || (r->number >= -5 && r->number <= 5));
    assert(r->points == API_ABSENT || (r->points >= 0 && r->points <= 10'000));
    assert(r->real != r->real || (r->real >= -2 && r->real <= 2)); /* NaN: absent */
    assert(r->leaves.n <= 4 && r->texts.n <= 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 1 << 21 };
    struct fail f = { 0 };
    struct json in, again;
    struct root *r = NULL;
    struct str text = { (const char *)data, size };
    if (json_parse(text, &json_limits_api, &a, &in, &f))
        return 0;
    if (api_decode(&root_shape, &in, &a, (void **)&r, &f)) {
        assert(f.code == ERR_INPUT && f.field_count > 0 && f.fields[0].path && f.fields[0].code);
        return 0;
    }
    check_limits(r);
    api_encode(&root_shape, r, &b);
    enum err bad = json_parse(buf_str(&b), &json_limits_api, &a, &again, &f);
    assert(bad == ERR_OK || bad == ERR_TOO_LARGE);
    if (!bad) {
        bad = api_decode(&root_shape, &again, &a, (void **)&r, &f);
        assert(bad == ERR_OK);
    }
    return 0;
}
