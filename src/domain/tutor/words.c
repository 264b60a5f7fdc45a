#include "base/num.h"
#include "domain/tutor/tutor_priv.h"
#include "io/asset/asset.h"

/* The tutor's words: reading them, choosing among them, filling them (content/messages/README.md).
 */

static const struct json_limits file_limits = { 524'288, 16, 50'000 };

static const char *const slot_names[] = {
    [SLOT_CALL] = "call",         [SLOT_STDIN] = "stdin",       [SLOT_GOT] = "got",
    [SLOT_EXPECTED] = "expected", [SLOT_NAME] = "name",         [SLOT_TYPE] = "type",
    [SLOT_LINE] = "line",         [SLOT_LINE_END] = "line_end", [SLOT_PASSED] = "passed",
    [SLOT_TOTAL] = "total",       [SLOT_MEANING] = "meaning",   [SLOT_CONCEPT] = "concept",
    [SLOT_QUESTION] = "question", [SLOT_HINT] = "hint",
};
static_assert(COUNT_OF(slot_names) == SLOT_COUNT, "a name for each slot");

const char *slot_name(enum slot s)
{
    return slot_names[s];
}

/* --- reading --- */

static bool slot_named(struct str name, enum slot *out)
{
    for (size_t i = 0; i < SLOT_COUNT; i++)
        if (str_is(name, slot_names[i])) {
            *out = (enum slot)i;
            return true;
        }
    return false;
}

static bool read_needs(const struct json *list, uint32_t *out)
{
    *out = 0;
    for (size_t i = 0; json_is(list, JS_LIST) && i < list->count; i++) {
        enum slot s = SLOT_COUNT;
        if (!slot_named(json_text(&list->items[i]), &s))
            return false;
        *out |= UINT32_C(1) << s;
    }
    return true;
}

static const struct json *read_file(const char *name, struct arena *a, struct str *data,
                                    struct fail *f)
{
    struct json *j = ARENA_NEW(a, struct json);
    if (!asset_find(arena_fmt(a, "content/messages/%s", name), data))
        return NULL;
    return json_parse(*data, &file_limits, a, j, f) ? NULL : j;
}

static bool read_message(const struct json *j, struct arena *a, struct message *m)
{
    const struct json *texts = json_get(j, "text");
    m->id = json_text(json_get(j, "id"));
    m->situation = json_text(json_get(j, "situation"));
    m->move = json_text(json_get(j, "move"));
    m->rung = json_int(json_get(j, "rung"), -1);
    m->rung_max = json_int(json_get(j, "rung_max"), m->rung);
    m->lead = str_is(json_text(json_get(j, "role")), "lead");
    if (!m->id.ptr || !m->situation.ptr || m->rung < 0 || !json_is(texts, JS_LIST) || !texts->count)
        return false;
    struct str *list = ARENA_ARRAY(a, struct str, texts->count);
    for (size_t i = 0; i < texts->count; i++)
        list[i] = json_text(&texts->items[i]);
    m->texts = list;
    m->text_count = texts->count;
    return read_needs(json_get(j, "needs"), &m->needs);
}

static bool read_words(const struct json *j, struct arena *a, struct words *out)
{
    const struct json *messages = json_get(j, "messages"), *errors = json_get(j, "errors");
    if (!json_is(messages, JS_LIST) || !json_is(errors, JS_LIST))
        return false;
    struct message *m = ARENA_ARRAY(a, struct message, messages->count);
    struct error_words *e = ARENA_ARRAY(a, struct error_words, errors->count);
    *out = (struct words){ m, messages->count, e, errors->count };
    for (size_t i = 0; i < messages->count; i++)
        if (!read_message(&messages->items[i], a, &m[i]))
            return false;
    for (size_t i = 0; i < errors->count; i++) {
        const struct json *needs = json_get(&errors->items[i], "needs");
        e[i] = (struct error_words){ json_text(json_get(&errors->items[i], "code")),
                                     json_text(json_get(&errors->items[i], "text")),
                                     json_is(needs, JS_LIST) && needs->count > 0 };
    }
    return true;
}

static bool read_codes(const struct json *j, struct arena *a, struct library *out)
{
    const struct json *list = json_get(j, "codes");
    if (!json_is(list, JS_LIST))
        return false;
    struct error_code *codes = ARENA_ARRAY(a, struct error_code, list->count);
    for (size_t i = 0; i < list->count; i++)
        codes[i] = (struct error_code){ json_text(json_get(&list->items[i], "code")),
                                        json_text(json_get(&list->items[i], "type")),
                                        json_text(json_get(&list->items[i], "contains")) };
    out->codes = codes;
    out->code_count = list->count;
    return true;
}

enum err library_load(struct arena *a, struct library *out, struct fail *f)
{
    static const char *const files[] = { [VARIANT_ES] = "tutor.es.json",
                                         [VARIANT_ES_AR] = "tutor.es-ar.json",
                                         [VARIANT_EN] = "tutor.en.json" };
    struct str data[VARIANT_COUNT + 1] = { 0 };
    *out = (struct library){ 0 };
    for (size_t v = 0; v < VARIANT_COUNT; v++) {
        const struct json *j = read_file(files[v], a, &data[v], f);
        if (!j || !read_words(j, a, &out->variants[v]))
            return FAIL(f, ERR_INPUT, "content", "%s is damaged", files[v]);
    }
    const struct json *codes = read_file("python-errors.json", a, &data[VARIANT_COUNT], f);
    if (!codes || !read_codes(codes, a, out))
        return FAIL(f, ERR_INPUT, "content", "python-errors.json is damaged");
    out->hash = hash_sha256_parts(data, VARIANT_COUNT + 1);
    return ERR_OK;
}

enum variant variant_of(struct str lang)
{
    if (str_starts(lang, STR("en")))
        return VARIANT_EN;
    bool voseo = str_is(lang, "es-ar") || str_is(lang, "es-AR") || str_is(lang, "es-UY");
    return voseo ? VARIANT_ES_AR : VARIANT_ES;
}

struct str variant_lang(enum variant v)
{
    return v == VARIANT_EN ? STR("en") : STR("es");
}

/* --- errors of the interpreter --- */

struct str error_code_of(const struct library *l, struct str type, struct str message)
{
    for (size_t i = 0; i < l->code_count; i++)
        if (str_eq(l->codes[i].type, type) &&
            (!l->codes[i].contains.ptr || str_has(message, l->codes[i].contains)))
            return l->codes[i].code;
    return type;
}

static struct str words_of(const struct words *w, struct str code, bool with_name)
{
    for (int named = with_name; named >= 0; named--)
        for (size_t i = 0; i < w->error_count; i++)
            if (w->errors[i].needs_name == (bool)named && str_eq(w->errors[i].code, code))
                return w->errors[i].text;
    return (struct str){ 0 };
}

struct str error_meaning(const struct library *l, enum variant v, struct str code, struct str name,
                         struct arena *a)
{
    struct slots s = { 0 };
    struct str whole = code, type = str_take_until(&whole, '.');
    struct str tries[] = { code, type, STR("Exception") };
    if (name.len)
        s.value[SLOT_NAME] = code_slot(name, a);
    for (size_t i = 0; i < COUNT_OF(tries); i++) {
        struct str text = words_of(&l->variants[v], tries[i], name.len > 0);
        if (text.ptr)
            return fill(text, &s, a);
    }
    return (struct str){ 0 };
}

/* --- filling --- */

struct str code_slot(struct str text, struct arena *a)
{
    AUTO_BUF b = { .max = 1024 };
    struct str rest = judge_visible_text(text, 4096, a);
    rest = str_trim(rest);
    size_t ticks = 0, run = 0, chars = 0;
    for (uint32_t cp = 0; chars <= CODE_SLOT_CHARS; chars++) {
        const char *at = rest.ptr;
        if (!utf8_take(&rest, &cp))
            break;
        run = cp == '`' ? run + 1 : 0;
        ticks = run > ticks ? run : ticks;
        if (chars == CODE_SLOT_CHARS)
            buf_put(&b, STR("…"));
        else if (cp == '\n')
            buf_put(&b, STR(" ⏎ "));
        else
            buf_put(&b, (struct str){ at, (size_t)(rest.ptr - at) });
    }
    const char *fence = ticks == 0 ? "`" : ticks == 1 ? "``" : "```";
    const char *pad = ticks ? " " : "";
    return arena_fmt(a, "%s%s%.*s%s%s", fence, pad, STR_ARG(buf_str(&b)), pad, fence);
}

struct str fill(struct str text, const struct slots *s, struct arena *a)
{
    AUTO_BUF b = { .max = 16'384 };
    while (text.len) {
        size_t open = str_find(text, STR("{")), close = str_find(text, STR("}"));
        enum slot slot = SLOT_COUNT;
        if (open == SIZE_MAX || close == SIZE_MAX || close < open ||
            !slot_named(str_head(str_from(text, open + 1), close - open - 1), &slot))
            break;
        buf_put(&b, str_head(text, open));
        buf_put(&b, s->value[slot]);
        text = str_from(text, close + 1);
    }
    buf_put(&b, text);
    return arena_dup(a, buf_str(&b));
}

/* --- choosing --- */

static uint32_t have(const struct slots *s)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < SLOT_COUNT; i++)
        bits |= (uint32_t)(s->value[i].ptr != NULL) << i;
    return bits;
}

static bool eligible(const struct message *m, const struct pick_in *in, uint32_t slots)
{
    return m->lead == in->lead && str_eq(m->situation, in->situation) && in->rung >= m->rung &&
           in->rung <= m->rung_max && (m->needs & ~slots) == 0;
}

static bool said(const struct pick_in *in, struct str key)
{
    for (size_t i = 0; i < in->recent_count; i++)
        if (str_eq(in->recent[i], key))
            return true;
    return false;
}

struct option {
    const struct message *m;
    size_t n;
    struct str key;
};
enum { OPTIONS_MAX = 32 };

static int most_needs(const struct words *w, const struct pick_in *in, uint32_t slots)
{
    int most = -1;
    for (size_t i = 0; i < w->message_count; i++)
        if (eligible(&w->messages[i], in, slots)) {
            int needs = __builtin_popcount(w->messages[i].needs);
            most = needs > most ? needs : most;
        }
    return most;
}

struct choice {
    struct option list[OPTIONS_MAX];
    size_t n;
};

static void add_texts(struct choice *c, const struct message *m, const struct pick_in *in,
                      bool fresh, struct arena *a)
{
    for (size_t k = 0; k < m->text_count && c->n < OPTIONS_MAX; k++) {
        struct str key = arena_fmt(a, "%.*s#%zu", STR_ARG(m->id), k);
        if (!fresh || !said(in, key))
            c->list[c->n++] = (struct option){ m, k, key };
    }
}

struct picked word_pick(const struct words *w, const struct pick_in *in, const struct slots *s,
                        struct arena *a)
{
    struct choice c = { .n = 0 };
    uint32_t slots = have(s);
    int most = most_needs(w, in, slots);
    /* the texts of the entries with the most needs; those not said lately when there are any */
    for (int fresh = 1; fresh >= 0 && !c.n; fresh--)
        for (size_t i = 0; i < w->message_count; i++) {
            const struct message *m = &w->messages[i];
            if (eligible(m, in, slots) && __builtin_popcount(m->needs) == most)
                add_texts(&c, m, in, fresh, a);
        }
    if (!c.n)
        return (struct picked){ 0 };
    struct hash h = hash_sha256(in->seed);
    const struct option *o = &c.list[(size_t)(h.b[0] | h.b[1] << 8) % c.n];
    return (struct picked){ o->key, o->m->move, fill(o->m->texts[o->n], s, a) };
}
