#include "base/field.h"
#include "base/num.h"
#include "base/time.h"

#include <math.h>

static const void *slot_of(const struct api_field *field, const void *base)
{
    return (const char *)base + field->at;
}

static int64_t int_at(const void *slot)
{
    return *(const int64_t *)slot;
}

static bool is_absent(const struct api_field *field, const void *slot)
{
    switch (field->type) {
    case API_TEXT:
    case API_ID:
    case API_ENUM:
        return ((const struct str *)slot)->ptr == NULL;
    case API_INT:
    case API_TIME:
    case API_POINTS:
        return int_at(slot) == API_ABSENT;
    case API_REAL:
        return isnan(*(const double *)slot);
    case API_BOOL:
        return false;
    case API_JSON:
        return !((const struct api_json *)slot)->dom && !((const struct api_json *)slot)->text.len;
    case API_OBJECT:
        return *(void *const *)slot == NULL;
    case API_LIST:
        return ((const struct api_list *)slot)->items == NULL;
    case API_TEXTS:
        return ((const struct api_texts *)slot)->items == NULL;
    }
    return true;
}

static void put_points(struct buf *b, int64_t mp)
{
    int64_t whole = mp / 1000, part = mp % 1000;
    if (part < 0)
        part = -part;
    if (mp < 0 && whole == 0)
        buf_putc(b, '-');
    buf_put_i64(b, whole);
    if (!part)
        return;
    int digits = 3;
    for (; part % 10 == 0; part /= 10)
        digits--;
    buf_putf(b, ".%0*d", digits, (int)part);
}

static void put_time(struct buf *b, int64_t us)
{
    char text[TIME_TEXT + 1];
    time_format(us, text);
    buf_putc(b, '"');
    buf_put(b, (struct str){ text, TIME_TEXT });
    buf_putc(b, '"');
}

static void put_json(struct buf *b, const struct api_json *j)
{
    if (j->text.len)
        buf_put(b, j->text);
    else if (j->dom)
        json_put(b, j->dom);
    else
        buf_put(b, STR("{}"));
}

static void put_texts(struct buf *b, const struct api_texts *list)
{
    buf_putc(b, '[');
    for (size_t i = 0; i < list->n; i++) {
        if (i)
            buf_putc(b, ',');
        json_put_text(b, list->items[i]);
    }
    buf_putc(b, ']');
}

static void put_list(struct buf *b, const struct api_shape *shape, const struct api_list *list)
{
    buf_putc(b, '[');
    for (size_t i = 0; i < list->n; i++) {
        if (i)
            buf_putc(b, ',');
        api_encode(shape, (const char *)list->items + i * shape->size, b);
    }
    buf_putc(b, ']');
}

static void put_value(struct buf *b, const struct api_field *field, const void *slot)
{
    switch (field->type) {
    case API_TEXT:
    case API_ID:
    case API_ENUM:
        json_put_text(b, *(const struct str *)slot);
        break;
    case API_INT:
        buf_put_i64(b, int_at(slot));
        break;
    case API_TIME:
        put_time(b, int_at(slot));
        break;
    case API_POINTS:
        put_points(b, int_at(slot));
        break;
    case API_REAL:
        json_put_real(b, *(const double *)slot);
        break;
    case API_BOOL:
        buf_put(b, *(const bool *)slot ? STR("true") : STR("false"));
        break;
    case API_JSON:
        put_json(b, slot);
        break;
    case API_OBJECT:
        if (*(void *const *)slot)
            api_encode(field->shape, *(void *const *)slot, b);
        else
            buf_put(b, STR("null"));
        break;
    case API_LIST:
        put_list(b, field->shape, slot);
        break;
    case API_TEXTS:
        put_texts(b, slot);
        break;
    }
}

/* Names are ours: letters, digits and '_'. */
static void put_name(struct buf *b, const char *name)
{
    buf_putc(b, '"');
    buf_put(b, str_of(name));
    buf_put(b, STR("\":"));
}

void api_encode(const struct api_shape *shape, const void *in, struct buf *b)
{
    bool first = true;
    buf_putc(b, '{');
    for (size_t i = 0; i < shape->field_count; i++) {
        const struct api_field *field = &shape->fields[i];
        const void *slot = slot_of(field, in);
        if (field->optional && is_absent(field, slot))
            continue;
        if (!first)
            buf_putc(b, ',');
        first = false;
        put_name(b, field->name);
        put_value(b, field, slot);
    }
    buf_putc(b, '}');
}

static void describe_words(struct buf *b, const char *const *words)
{
    if (!words)
        return;
    buf_put(b, STR(",\"enum\":["));
    for (size_t i = 0; words[i]; i++) {
        if (i)
            buf_putc(b, ',');
        json_put_text(b, str_of(words[i]));
    }
    buf_putc(b, ']');
}

static void describe_value(struct buf *b, const struct api_field *field)
{
    long long lo = field->min, hi = field->max;
    switch (field->type) {
    case API_TEXT:
        buf_putf(b, "{\"type\":\"string\",\"minLength\":%lld,\"maxLength\":%lld}", lo, hi);
        break;
    case API_ID:
        buf_put(b, STR("{\"type\":\"string\",\"format\":\"uuid\"}"));
        break;
    case API_ENUM:
        buf_put(b, STR("{\"type\":\"string\""));
        describe_words(b, field->words);
        buf_putc(b, '}');
        break;
    case API_INT:
        buf_putf(b, "{\"type\":\"integer\",\"minimum\":%lld,\"maximum\":%lld}", lo, hi);
        break;
    case API_REAL:
        buf_put(b, STR("{\"type\":\"number\"}"));
        break;
    case API_POINTS:
        buf_put(b, STR("{\"type\":\"number\",\"multipleOf\":0.001}"));
        break;
    case API_BOOL:
        buf_put(b, STR("{\"type\":\"boolean\"}"));
        break;
    case API_TIME:
        buf_put(b, STR("{\"type\":\"string\",\"format\":\"date-time\"}"));
        break;
    case API_JSON:
        buf_put(b, STR("{\"description\":\"JSON\"}"));
        break;
    case API_OBJECT:
        buf_putf(b, "{\"$ref\":\"#/components/schemas/%s\"}", field->shape->name);
        break;
    case API_LIST:
        buf_putf(b, "{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/%s\"}",
                 field->shape->name);
        buf_putf(b, ",\"minItems\":%lld,\"maxItems\":%lld}", lo, hi);
        break;
    case API_TEXTS:
        buf_putf(b, "{\"type\":\"array\",\"items\":{\"type\":\"string\",\"maxLength\":%lld}",
                 (long long)field->item_max);
        buf_putf(b, ",\"minItems\":%lld,\"maxItems\":%lld}", lo, hi);
        break;
    }
}

void api_describe(const struct api_shape *shape, struct buf *b)
{
    bool first = true;
    buf_put(b, STR("{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"));
    for (size_t i = 0; i < shape->field_count; i++) {
        if (i)
            buf_putc(b, ',');
        buf_putf(b, "\"%s\":", shape->fields[i].name);
        describe_value(b, &shape->fields[i]);
    }
    buf_put(b, STR("},\"required\":["));
    for (size_t i = 0; i < shape->field_count; i++) {
        if (shape->fields[i].optional)
            continue;
        if (!first)
            buf_putc(b, ',');
        first = false;
        json_put_text(b, str_of(shape->fields[i].name));
    }
    buf_put(b, STR("]}"));
}
