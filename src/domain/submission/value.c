/* Values: tagged JSON from a box, equality, and their text. */
#include "base/hash.h"
#include "base/num.h"
#include "domain/submission/submission.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { VALUE_DEPTH = 64 };
/* Two levels of JSON for each tagged value. */
static const struct json_limits tagged_limits = { .bytes = 1 << 20,
                                                  .depth = 2 * VALUE_DEPTH + 4,
                                                  .nodes = 400'000 };

/* --- tagged JSON --- */

struct tagged {
    struct arena *a;
    int depth;
};

static bool from_json(struct tagged *t, const struct json *j, struct value *out);

static bool items_of(struct tagged *t, const struct json *list, enum value_kind kind,
                     struct value *out)
{
    if (!json_is(list, JS_LIST))
        return false;
    struct value *items = ARENA_ARRAY(t->a, struct value, list->count);
    for (size_t i = 0; i < list->count; i++)
        if (!from_json(t, &list->items[i], &items[i]))
            return false;
    *out = (struct value){ .kind = kind, .items = items, .n = list->count };
    return true;
}

static bool pairs_of(struct tagged *t, const struct json *list, struct value *out)
{
    if (!json_is(list, JS_LIST))
        return false;
    struct value *items = ARENA_ARRAY(t->a, struct value, 2 * list->count);
    for (size_t i = 0; i < list->count; i++) {
        const struct json *pair = &list->items[i];
        if (!json_is(pair, JS_LIST) || pair->count != 2 ||
            !from_json(t, &pair->items[0], &items[2 * i]) ||
            !from_json(t, &pair->items[1], &items[2 * i + 1]))
            return false;
    }
    *out = (struct value){ .kind = VALUE_DICT, .items = items, .n = list->count };
    return true;
}

static bool float_of(const struct json *j, struct value *out)
{
    struct str s = json_text(j);
    *out = (struct value){ .kind = VALUE_FLOAT };
    if (str_is(s, "nan"))
        out->r = (double)NAN;
    else if (str_is(s, "inf") || str_is(s, "-inf"))
        out->r = s.ptr[0] == '-' ? -(double)INFINITY : (double)INFINITY;
    else
        return false;
    return true;
}

static bool int_of(struct tagged *t, const struct json *j, struct value *out)
{
    struct str s = json_text(j);
    bool negative = s.len && s.ptr[0] == '-';
    struct str digits = str_from(s, negative);
    if (!digits.len || digits.len > 200'000)
        return false;
    for (size_t i = 0; i < digits.len; i++)
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
            return false;
    while (digits.len > 1 && digits.ptr[0] == '0')
        digits = str_from(digits, 1);
    bool zero = digits.len == 1 && digits.ptr[0] == '0';
    *out = (struct value){ .kind = VALUE_INT,
                           .s = arena_fmt(t->a, "%s%.*s", negative && !zero ? "-" : "",
                                          STR_ARG(digits)) };
    return true;
}

/* Standard alphabet with padding, which base64url_decode does not take. */
static bool bytes_of(struct tagged *t, const struct json *j, struct value *out)
{
    struct str s = json_text(j);
    if (!s.ptr)
        return false;
    while (s.len && s.ptr[s.len - 1] == '=')
        s.len--;
    char *url = ARENA_ARRAY(t->a, char, s.len + 1);
    for (size_t i = 0; i < s.len; i++)
        url[i] = (char)(s.ptr[i] == '+' ? '-' : s.ptr[i] == '/' ? '_' : s.ptr[i]);
    *out = (struct value){ .kind = VALUE_BYTES };
    return base64url_decode(t->a, (struct str){ url, s.len }, &out->s);
}

static bool object_of(const struct json *j, struct value *out)
{
    struct str type = json_text(json_get(j, "type")), repr = json_text(json_get(j, "repr"));
    if (!type.ptr || !repr.ptr)
        return false;
    *out = (struct value){ .kind = VALUE_OBJECT, .type = type, .repr = repr };
    return true;
}

/* A plain object is a dict whose keys are texts. */
static bool plain_dict(struct tagged *t, const struct json *j, struct value *out)
{
    struct value *items = ARENA_ARRAY(t->a, struct value, 2 * j->count);
    for (size_t i = 0; i < j->count; i++) {
        if (str_starts(j->members[i].key, STR("$")))
            return false;
        items[2 * i] = (struct value){ .kind = VALUE_TEXT, .s = j->members[i].key };
        if (!from_json(t, &j->members[i].value, &items[2 * i + 1]))
            return false;
    }
    *out = (struct value){ .kind = VALUE_DICT, .items = items, .n = j->count };
    return true;
}

static bool tagged_object(struct tagged *t, const struct json *j, struct value *out)
{
    struct str tag = j->count == 1 ? j->members[0].key : STR("");
    const struct json *inner = j->count == 1 ? &j->members[0].value : NULL;
    if (str_is(tag, "$tuple"))
        return items_of(t, inner, VALUE_TUPLE, out);
    if (str_is(tag, "$set"))
        return items_of(t, inner, VALUE_SET, out);
    if (str_is(tag, "$dict"))
        return pairs_of(t, inner, out);
    if (str_is(tag, "$bytes"))
        return bytes_of(t, inner, out);
    if (str_is(tag, "$float"))
        return float_of(inner, out);
    if (str_is(tag, "$int"))
        return int_of(t, inner, out);
    if (str_is(tag, "$obj"))
        return object_of(inner, out);
    if (str_is(tag, "$none")) {
        *out = (struct value){ .kind = VALUE_NONE };
        return true;
    }
    return plain_dict(t, j, out);
}

static bool from_json(struct tagged *t, const struct json *j, struct value *out)
{
    bool good = true;
    if (t->depth > VALUE_DEPTH)
        return false;
    t->depth++;
    switch (j->type) {
    case JS_NULL:
        *out = (struct value){ .kind = VALUE_NONE };
        break;
    case JS_BOOL:
        *out = (struct value){ .kind = VALUE_BOOL, .b = j->b };
        break;
    case JS_INT:
        *out = (struct value){ .kind = VALUE_INT, .s = arena_fmt(t->a, "%lld", (long long)j->i) };
        break;
    case JS_REAL:
        *out = (struct value){ .kind = VALUE_FLOAT, .r = j->r };
        break;
    case JS_TEXT:
        *out = (struct value){ .kind = VALUE_TEXT, .s = j->s };
        break;
    case JS_LIST:
        good = items_of(t, j, VALUE_LIST, out);
        break;
    case JS_OBJECT:
        good = tagged_object(t, j, out);
        break;
    }
    t->depth--;
    return good;
}

bool value_from_tagged(struct str text, struct arena *a, struct value *out)
{
    struct fail f = { 0 };
    struct json j = { 0 };
    struct tagged t = { .a = a };
    return !json_parse(text, &tagged_limits, a, &j, &f) && from_json(&t, &j, out);
}

/* --- order and equality --- */

/* Kinds that loose comparison may find equal share a rank, so that sorting puts them side by side.
 */
static int rank(enum value_kind k)
{
    static const int ranks[] = {
        [VALUE_NONE] = 0, [VALUE_BOOL] = 1,  [VALUE_INT] = 1,   [VALUE_FLOAT] = 1,
        [VALUE_TEXT] = 2, [VALUE_BYTES] = 3, [VALUE_LIST] = 4,  [VALUE_TUPLE] = 4,
        [VALUE_SET] = 5,  [VALUE_DICT] = 6,  [VALUE_OBJECT] = 7
    };
    return ranks[k];
}

static double as_double(const struct value *v)
{
    if (v->kind == VALUE_BOOL)
        return v->b ? 1 : 0;
    if (v->kind == VALUE_FLOAT)
        return v->r;
    return v->s.len > 400 ? (v->s.ptr[0] == '-' ? -(double)INFINITY : (double)INFINITY)
                          : strtod(v->s.ptr, NULL); /* made by arena_fmt: NUL-terminated */
}

static int digits_order(struct str a, struct str b)
{
    bool na = a.len && a.ptr[0] == '-', nb = b.len && b.ptr[0] == '-';
    if (na != nb)
        return na ? -1 : 1;
    int order = a.len != b.len ? (a.len < b.len ? -1 : 1) : str_cmp(a, b);
    return na ? -order : order;
}

static int number_order(const struct value *a, const struct value *b)
{
    if (a->kind == VALUE_INT && b->kind == VALUE_INT)
        return digits_order(a->s, b->s);
    double x = as_double(a), y = as_double(b);
    if (isnan(x) || isnan(y))
        return (isnan(x) != 0) - (isnan(y) != 0);
    return x < y ? -1 : x > y;
}

static int value_order(const void *pa, const void *pb);

static int items_order(const struct value *a, const struct value *b, size_t width)
{
    size_t na = a->n * width, nb = b->n * width;
    for (size_t i = 0; i < na && i < nb; i++) {
        int order = value_order(&a->items[i], &b->items[i]);
        if (order)
            return order;
    }
    return na < nb ? -1 : na > nb;
}

/* Total, after value_sort of both. */
static int value_order(const void *pa, const void *pb)
{
    const struct value *a = pa, *b = pb;
    int ra = rank(a->kind), rb = rank(b->kind), order = 0;
    if (ra != rb)
        return ra < rb ? -1 : 1;
    switch (a->kind) {
    case VALUE_NONE:
        return 0;
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_FLOAT:
        return number_order(a, b);
    case VALUE_TEXT:
    case VALUE_BYTES:
        return str_cmp(a->s, b->s);
    case VALUE_LIST:
    case VALUE_TUPLE:
    case VALUE_SET:
        return items_order(a, b, 1);
    case VALUE_DICT:
        return items_order(a, b, 2);
    case VALUE_OBJECT:
        order = str_cmp(a->type, b->type);
        return order ? order : str_cmp(a->repr, b->repr);
    }
    return 0;
}

/* A copy with sets and dicts in one order, so that comparing is one walk. */
static struct value value_sort(const struct value *v, struct arena *a)
{
    struct value out = *v;
    size_t width = v->kind == VALUE_DICT ? 2 : 1;
    bool holds = v->kind >= VALUE_LIST && v->kind <= VALUE_DICT;
    if (!holds || !v->n)
        return out;
    out.items = ARENA_ARRAY(a, struct value, v->n * width);
    for (size_t i = 0; i < v->n * width; i++)
        out.items[i] = value_sort(&v->items[i], a);
    if (v->kind == VALUE_SET || v->kind == VALUE_DICT) /* keys differ, so they decide alone */
        qsort(out.items, v->n, width * sizeof(struct value), value_order);
    return out;
}

static bool close_to(double want, double got)
{
    if (isnan(want) || isnan(got))
        return isnan(want) && isnan(got);
    if (isinf(want) || isinf(got))
        return want == got; /* the same infinity */
    double d = fabs(want - got);
    return d <= 1e-12 || d <= 1e-9 * fmax(fabs(want), fabs(got));
}

static bool numbers_equal(const struct value *want, const struct value *got, bool loose)
{
    if (want->kind != got->kind && !loose)
        return false;
    if (want->kind == VALUE_FLOAT || got->kind == VALUE_FLOAT)
        return close_to(as_double(want), as_double(got));
    if (want->kind == VALUE_BOOL && got->kind == VALUE_BOOL)
        return want->b == got->b;
    return number_order(want, got) == 0;
}

static bool same(const struct value *want, const struct value *got, bool loose);

static bool items_same(const struct value *want, const struct value *got, size_t width, bool loose)
{
    if (want->n != got->n)
        return false;
    for (size_t i = 0; i < want->n * width; i++)
        if (!same(&want->items[i], &got->items[i], loose))
            return false;
    return true;
}

static bool same(const struct value *want, const struct value *got, bool loose)
{
    if (rank(want->kind) != rank(got->kind))
        return false;
    switch (want->kind) {
    case VALUE_NONE:
        return true;
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_FLOAT:
        return numbers_equal(want, got, loose);
    case VALUE_TEXT:
    case VALUE_BYTES:
        return str_eq(want->s, got->s);
    case VALUE_LIST:
    case VALUE_TUPLE:
        return (loose || want->kind == got->kind) && items_same(want, got, 1, loose);
    case VALUE_SET:
        return items_same(want, got, 1, loose);
    case VALUE_DICT:
        return items_same(want, got, 2, loose);
    case VALUE_OBJECT:
        return str_eq(want->type, got->type) && str_eq(want->repr, got->repr);
    }
    return false;
}

bool value_equal(const struct value *want, const struct value *got, bool loose, struct arena *a)
{
    struct value x = value_sort(want, a), y = value_sort(got, a);
    return same(&x, &y, loose);
}
