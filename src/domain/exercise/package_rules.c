/* Construct rules of a manifest. */
#include "domain/exercise/exercise_priv.h"

static const char *const effect_words[] = { "reject", "cap", "warn", NULL };

struct raw_rule {
    struct str id, language, builtin, query, scope, effect;
    int64_t min, max;
    struct exercise_text *message;
};
#define R struct raw_rule
static const struct api_field raw_rule_fields[] = {
    API_F(R, id, API_TEXT, 1, 40),
    API_F(R, language, API_TEXT, 1, 20),
    API_OPT(R, builtin, API_TEXT, 1, 1000),
    API_OPT(R, query, API_TEXT, 1, 8000),
    API_OPT(R, scope, API_TEXT, 1, 80),
    API_OPT(R, min, API_INT, 0, 1000),
    API_OPT(R, max, API_INT, 0, 1000),
    API_SUB(R, message, API_OBJECT, 0, 0, text_shape, false),
    API_F(R, effect, API_TEXT, 1, 20),
};
#undef R
const struct api_shape raw_rule_shape = API_SHAPE(struct raw_rule, "Construct", raw_rule_fields);

/* It becomes part of a diagnostic's code. */
static bool id_ok(struct str id)
{
    for (size_t i = 0; i < id.len; i++)
        if (!(id.ptr[i] >= 'a' && id.ptr[i] <= 'z') && !(id.ptr[i] >= '0' && id.ptr[i] <= '9') &&
            id.ptr[i] != '-')
            return false;
    return true;
}

static bool take_scope(struct str scope, struct construct *c)
{
    if (!scope.ptr || str_is(scope, "file"))
        return true;
    if (!str_starts(scope, STR("function ")) || c->kind == CONSTRUCT_NO_PRINT_IN)
        return false;
    c->function = str_trim(str_from(scope, strlen("function ")));
    return c->function.len;
}

static bool take_effect(struct str effect, struct exercise_rule *rule)
{
    struct str rest = effect, word = str_take_until(&rest, ' ');
    size_t at = word_at(effect_words, EFFECT_COUNT, word);
    if (at == SIZE_MAX)
        return false;
    rule->effect = (enum exercise_effect)at;
    return rule->effect == EFFECT_CAP ? str_to_i64(rest, 1, 99, &rule->cap_percent) : !rest.len;
}

static enum err take_what(struct package *p, const struct raw_rule *raw, struct construct *c)
{
    struct fail inner = { 0 };
    enum err bad = ERR_OK;
    if (!raw->builtin.ptr == !raw->query.ptr)
        return PACKAGE_WRONG(p, "constructs: %.*s: either builtin or query", STR_ARG(raw->id));
    if (raw->builtin.ptr && (raw->min != API_ABSENT || raw->max != API_ABSENT))
        return PACKAGE_WRONG(p, "constructs: %.*s: min and max belong to a query",
                             STR_ARG(raw->id));
    if (raw->builtin.ptr) {
        bad = construct_read(raw->builtin, p->a, c, &inner);
    } else {
        c->query = raw->query;
        c->min = raw->min == API_ABSENT ? 0 : raw->min;
        c->max = raw->max != API_ABSENT ? raw->max : c->min ? INT64_MAX - 1 : 0;
        bad = construct_query_check(c, &inner);
    }
    return bad ? PACKAGE_WRONG(p, "constructs: %.*s: %s", STR_ARG(raw->id), inner.detail) : ERR_OK;
}

static enum err take_rule(struct package *p, const struct raw_rule *raw, struct exercise_rule *rule)
{
    struct construct *c = &rule->what;
    *rule = (struct exercise_rule){ .id = raw->id, .message = *raw->message };
    if (!id_ok(raw->id))
        return PACKAGE_WRONG(p, "constructs: %.*s: an id is of a-z, 0-9 and -", STR_ARG(raw->id));
    if (!str_eq(raw->language, p->x->language) || !tree_lang_named(raw->language, &c->lang))
        return PACKAGE_WRONG(p, "constructs: %.*s: language: not of the exercise",
                             STR_ARG(raw->id));
    TRY(take_what(p, raw, c));
    if (!take_scope(raw->scope, c))
        return PACKAGE_WRONG(p, "constructs: %.*s: scope: file or function NAME", STR_ARG(raw->id));
    if (!take_effect(raw->effect, rule))
        return PACKAGE_WRONG(p, "constructs: %.*s: effect: reject, cap 1..99 or warn",
                             STR_ARG(raw->id));
    return ERR_OK;
}

enum err package_rules(struct package *p, const struct api_list *raw)
{
    const struct raw_rule *items = raw->items;
    struct exercise_rule *rules = ARENA_ARRAY(p->a, struct exercise_rule, raw->n);
    for (size_t i = 0; i < raw->n; i++) {
        TRY(take_rule(p, &items[i], &rules[i]));
        for (size_t j = 0; j < i; j++)
            if (str_eq(rules[j].id, rules[i].id))
                return PACKAGE_WRONG(p, "constructs: %.*s: stands twice", STR_ARG(rules[i].id));
    }
    p->x->rules = rules;
    p->x->rule_count = raw->n;
    return ERR_OK;
}
