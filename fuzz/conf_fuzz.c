/* Configuration files from careless hands. */
#include "io/conf/conf.h"

static const struct conf_key keys[] = {
    { .name = "env", .type = CONF_WORD, .otherwise = "dev", .words = "dev|prod", .doc = "" },
    { .name = "http.listen", .type = CONF_TEXT, .otherwise = "x", .min = 1, .max = 99, .doc = "" },
    { .name = "http.max_body", .type = CONF_SIZE, .otherwise = "1MiB", .max = 1 << 30, .doc = "" },
    { .name = "http.workers", .type = CONF_INT, .otherwise = "1", .min = 1, .max = 99, .doc = "" },
    { .name = "http.plain", .type = CONF_BOOL, .otherwise = "off", .doc = "" },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 4096 };
    struct fail f = { 0 };
    struct conf *c = NULL;
    struct conf_source src = { .file = STR("f"), .text = { size ? (const char *)data : "", size } };
    if (conf_load(keys, COUNT_OF(keys), &src, &a, &c, &f)) {
        assert(f.code == ERR_INPUT && f.detail[0]);
        return 0;
    }
    assert(conf_int(c, "http.workers") >= 1 && conf_int(c, "http.workers") <= 99);
    assert(conf_text(c, "http.listen").len >= 1);
    conf_print(c, &b);
    return 0;
}
