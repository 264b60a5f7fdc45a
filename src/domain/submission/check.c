/* `exercise check`: judge.md A7 on one package. Each check has a function that writes what it
 * found; a table runs them in order. */
#include "base/num.h"
#include "domain/submission/check_priv.h"
#include "io/asset/asset.h"

void check_say(struct check *c, const char *fmt, ...)
{
    va_list args;
    char line[600];
    va_start(args, fmt);
    vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    struct str s = utf8_cut(str_of(line), sizeof line - 1);
    if (c->text.len)
        buf_putc(&c->text, '\n');
    buf_put(&c->text, utf8_valid(s) ? s : STR("(unreadable)"));
}

enum check_outcome check_worse(enum check_outcome a, enum check_outcome b)
{
    static const int rank[] = {
        [CHECK_OK] = 0, [CHECK_UNMEASURED] = 1, [CHECK_WARN] = 2, [CHECK_REFUSED] = 3
    };
    return rank[a] >= rank[b] ? a : b;
}

/* --- V1: what the loader does not see --- */

static bool in_catalogue(const struct json *list, struct str id)
{
    for (size_t i = 0; json_is(list, JS_LIST) && i < list->count; i++)
        if (str_eq(json_text(json_get(&list->items[i], "id")), id))
            return true;
    return false;
}

static bool misconception_known(struct check *c, struct str id)
{
    struct str root = STR("content/misconceptions/py/"), name, data;
    struct str tail = arena_fmt(c->a, "-%.*s.json", STR_ARG(id));
    for (size_t i = asset_first(root);
         i != SIZE_MAX && asset_at(i, &name, &data) && str_starts(name, root); i++)
        if (str_ends(name, tail))
            return true;
    return false;
}

static enum check_outcome check_ids(struct check *c)
{
    enum check_outcome out = CHECK_OK;
    const struct exercise *x = c->x;
    struct str yaml;
    struct json skills = { 0 };
    struct fail f = { 0 };
    if (!asset_find(STR("content/skills.yaml"), &yaml) || yaml_parse(yaml, c->a, &skills, &f))
        return CHECK_UNMEASURED;
    for (size_t i = 0; i < x->skill_count; i++)
        if (!in_catalogue(json_get(&skills, "skills"), x->skills[i])) {
            check_say(c, "skill %.*s is not in skills.yaml", STR_ARG(x->skills[i]));
            out = CHECK_REFUSED;
        }
    for (size_t i = 0; i < x->misconception_count; i++)
        if (!misconception_known(c, x->misconceptions[i])) {
            check_say(c, "misconception %.*s is not in the catalogue",
                      STR_ARG(x->misconceptions[i]));
            out = CHECK_REFUSED;
        }
    return out;
}

static bool names_misconception(const struct exercise *x, struct str id)
{
    for (size_t i = 0; i < x->wrong_count; i++)
        if (str_eq(x->wrong[i].misconception, id))
            return true;
    return false;
}

static enum check_outcome check_expected(struct check *c, const struct exercise_test *t)
{
    struct value v = { 0 };
    struct fail f = { 0 };
    if (t->kind == TEST_CALL && t->value.len && !t->value_is_json &&
        value_from_python(t->value, c->a, &v, &f)) {
        check_say(c, "test %.*s: value: %s", STR_ARG(t->id), f.detail);
        return CHECK_REFUSED;
    }
    if (t->value_is_json && !value_from_tagged(t->value, c->a, &v)) {
        check_say(c, "test %.*s: value is not tagged JSON", STR_ARG(t->id));
        return CHECK_REFUSED;
    }
    if (t->kind == TEST_STDIO && t->compare.mode == COMPARE_REGEX &&
        !compare_pattern_valid(t->expected)) {
        check_say(c, "test %.*s: expected is not a regular expression", STR_ARG(t->id));
        return CHECK_REFUSED;
    }
    return CHECK_OK;
}

enum check_outcome check_v1(struct check *c)
{
    const struct exercise *x = c->x;
    enum check_outcome out = check_ids(c);
    for (size_t i = 0; i < x->test_count; i++)
        out = check_worse(out, check_expected(c, &x->tests[i]));
    for (size_t i = 0; i < x->misconception_count; i++)
        if (!names_misconception(x, x->misconceptions[i])) {
            check_say(c, "no known-wrong program shows %.*s", STR_ARG(x->misconceptions[i]));
            out = check_worse(out, CHECK_WARN);
        }
    if (!out)
        check_say(c, "%zu tests, %zu solutions, %zu known-wrong programs, %zu hints", x->test_count,
                  x->solution_count, x->wrong_count, x->hint_count);
    return out;
}

/* --- V9: example blocks --- */

/* Takes the body of the next ```example block. */
static bool take_block(struct str *md, struct str *body)
{
    struct str line;
    bool inside = false;
    while (md->len) {
        struct str before = *md;
        if (!str_take_line(md, &line))
            return false;
        if (!inside && str_eq(str_trim(line), STR("```example"))) {
            inside = true;
            *body = (struct str){ md->ptr, 0 };
        } else if (inside && str_starts(line, STR("```"))) {
            body->len = (size_t)(before.ptr - body->ptr);
            return true;
        }
    }
    return false;
}

static bool call_shown(const struct exercise *x, struct str call, struct str result)
{
    for (size_t i = 0; i < x->test_count; i++) {
        const struct exercise_test *t = &x->tests[i];
        bool raises = str_starts(result, STR("! "));
        struct str want = raises ? str_from(result, 2) : result;
        if (t->visibility == TEST_VISIBLE && t->kind == TEST_CALL && str_eq(t->call, call) &&
            str_eq(raises ? t->raises : t->value, want))
            return true;
    }
    return false;
}

static bool calls_shown(const struct exercise *x, struct str body)
{
    struct str call, result;
    while (str_take_line(&body, &call)) {
        if (!str_starts(call, STR(">>> ")) || !str_take_line(&body, &result) ||
            !call_shown(x, str_from(call, 4), result))
            return false;
    }
    return true;
}

static void put_marked(struct buf *b, struct str line)
{
    buf_put(b, str_from(line, line.len > 1 ? 2 : 1));
    buf_putc(b, '\n');
}

static bool stdio_shown(const struct exercise *x, struct str body, struct arena *a)
{
    AUTO_BUF in = { .max = 1 << 16 };
    AUTO_BUF out = { .max = 1 << 16 };
    struct exercise_compare trimmed = { .mode = COMPARE_TRIMMED };
    struct str line;
    while (str_take_line(&body, &line)) {
        if (!line.len || (line.ptr[0] != '<' && line.ptr[0] != '>'))
            return false;
        put_marked(line.ptr[0] == '<' ? &in : &out, line);
    }
    for (size_t i = 0; i < x->test_count; i++) {
        const struct exercise_test *t = &x->tests[i];
        if (t->visibility == TEST_VISIBLE && t->kind == TEST_STDIO &&
            compare_texts(trimmed, t->stdin_text, buf_str(&in), a) == COMPARE_SAME &&
            compare_texts(trimmed, t->expected, buf_str(&out), a) == COMPARE_SAME)
            return true;
    }
    return false;
}

static enum check_outcome examples(struct check *c, struct str md, const char *lang, int *count)
{
    enum check_outcome out = CHECK_OK;
    struct str body;
    while (take_block(&md, &body)) {
        ++*count;
        bool call = str_starts(body, STR(">>>"));
        if (call ? calls_shown(c->x, body) : stdio_shown(c->x, body, c->a))
            continue;
        check_say(c, "statement.%s: example %d is no visible test", lang, *count);
        out = CHECK_REFUSED;
    }
    return out;
}

enum check_outcome check_v9(struct check *c)
{
    int es = 0, en = 0;
    enum check_outcome out = examples(c, c->x->statement.es, "es", &es);
    out = check_worse(out, examples(c, c->x->statement.en, "en", &en));
    if (es != en || !es) {
        check_say(c, "%d examples in es, %d in en", es, en);
        out = CHECK_REFUSED;
    }
    if (!out)
        check_say(c, "%d examples in each statement are visible tests", es);
    return out;
}

/* --- V10: hints --- */

enum { LEAK_TOKENS = 4, TOKENS_MAX = 4000, MUTANTS = 200 };

static bool word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

/* Words and single signs, white space left out. */
static size_t tokens(struct str s, struct str *out, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len && n < max;) {
        size_t from = i;
        if (strchr(" \t\r\n`", s.ptr[i]) || !s.ptr[i]) {
            i++;
            continue;
        }
        while (i < s.len && word_char(s.ptr[i]))
            i++;
        i += i == from;
        out[n++] = (struct str){ s.ptr + from, i - from };
    }
    return n;
}

/* A run of LEAK_TOKENS tokens of the hint that a solution has too; at least one sign that is not a
 * word, so that prose is not taken for code. */
static const struct str *leak(const struct str *hint, size_t n, const struct str *code, size_t m)
{
    for (size_t i = 0; i + LEAK_TOKENS <= n; i++)
        for (size_t j = 0; j + LEAK_TOKENS <= m; j++) {
            size_t k = 0;
            bool sign = false;
            while (k < LEAK_TOKENS && str_eq(hint[i + k], code[j + k])) {
                sign = sign || (!word_char(hint[i + k].ptr[0]) && hint[i + k].ptr[0] != ',');
                k++;
            }
            if (k == LEAK_TOKENS && sign)
                return &hint[i];
        }
    return NULL;
}

static enum check_outcome hint_leaks(struct check *c, const struct exercise_hint *h,
                                     struct str text)
{
    struct str *hint = ARENA_ARRAY(c->a, struct str, TOKENS_MAX);
    struct str *code = ARENA_ARRAY(c->a, struct str, TOKENS_MAX);
    size_t n = tokens(text, hint, TOKENS_MAX);
    for (size_t i = 0; i < c->x->solution_count; i++)
        for (size_t j = 0; j < c->x->solutions[i].file_count; j++) {
            size_t m = tokens(c->x->solutions[i].files[j].data, code, TOKENS_MAX);
            const struct str *at = leak(hint, n, code, m);
            if (!at)
                continue;
            const char *end = at[LEAK_TOKENS - 1].ptr + at[LEAK_TOKENS - 1].len;
            check_say(c, "hint of rung %lld repeats `%.*s` of solution %.*s", (long long)h->rung,
                      (int)(end - at->ptr), at->ptr, STR_ARG(c->x->solutions[i].name));
            return CHECK_REFUSED;
        }
    return CHECK_OK;
}

static bool when_known(const struct exercise *x, struct str when)
{
    for (size_t i = 0; i < x->test_count; i++)
        if (str_eq(x->tests[i].id, when))
            return true;
    for (size_t i = 0; i < x->misconception_count; i++)
        if (str_eq(x->misconceptions[i], when))
            return true;
    return !when.len;
}

enum check_outcome check_v10(struct check *c)
{
    const struct exercise *x = c->x;
    enum check_outcome out = CHECK_OK;
    bool general[5] = { false };
    for (size_t i = 0; i < x->hint_count; i++) {
        const struct exercise_hint *h = &x->hints[i];
        general[h->rung] = general[h->rung] || !h->when.len;
        if (!when_known(x, h->when)) {
            check_say(c, "hint: when: %.*s is no test and no misconception", STR_ARG(h->when));
            out = CHECK_REFUSED;
        }
        out = check_worse(out, hint_leaks(c, h, h->text.es));
        out = check_worse(out, hint_leaks(c, h, h->text.en));
    }
    for (int rung = 1; rung <= 4; rung++)
        if (!general[rung]) {
            check_say(c, "no hint of rung %d without `when`", rung);
            out = CHECK_REFUSED;
        }
    if (!out)
        check_say(c, "%zu hints, no %d tokens in a row of a solution", x->hint_count, LEAK_TOKENS);
    return out;
}

/* --- the whole --- */

static const struct {
    const char *id;
    enum check_outcome (*run)(struct check *c);
} checks[] = {
    { "V1", check_v1 }, { "V2", check_v2 },   { "V3", check_v3 },   { "V4", check_v4 },
    { "V5", check_v5 }, { "V6", check_v6 },   { "V7", check_v7 },   { "V8", check_v8 },
    { "V9", check_v9 }, { "V10", check_v10 }, { "V11", check_v11 },
};

static enum err load(struct str slug, struct str path, struct arena *a, struct exercise **x,
                     struct fail *f)
{
    return path.len ? exercise_from_folder(path, a, x, f) : exercise_from_assets(slug, a, x, f);
}

static void put_item(struct check *c, struct check_item *item, const char *id,
                     enum check_outcome outcome)
{
    *item = (struct check_item){ id, outcome, arena_dup(c->a, buf_str(&c->text)) };
    buf_clear(&c->text);
}

static enum err run_checks(struct check *c, struct check_item *items, struct check_report *out,
                           struct fail *f)
{
    for (size_t i = 0; i < COUNT_OF(checks); i++) {
        enum check_outcome outcome = checks[i].run(c);
        if (c->bad) {
            *f = c->fail;
            return c->bad;
        }
        put_item(c, &items[i], checks[i].id, outcome);
        out->refused = out->refused || outcome == CHECK_REFUSED;
        out->item_count = i + 1;
    }
    return ERR_OK;
}

enum err exercise_check(struct sandbox *s, const struct env *env, const struct check_job *job,
                        struct arena *a, struct check_report *out, struct fail *f)
{
    struct check c = { .sandbox = s,
                       .env = env,
                       .a = a,
                       .mutants = job->mutants ? job->mutants : MUTANTS,
                       .repeats = job->repeats ? job->repeats : CHECK_REPEATS,
                       .floor_permille = job->floor_permille,
                       .text = { .max = 1 << 16 } };
    struct check_item *items = ARENA_ARRAY(a, struct check_item, COUNT_OF(checks));
    struct exercise *x = NULL;
    struct fail loading = { 0 };
    int64_t from = env_mono(env);
    *out = (struct check_report){ .slug = job->slug.len ? job->slug : job->path, .items = items };
    enum err bad = load(job->slug, job->path, a, &x, &loading);
    if (bad == ERR_IO)
        *f = loading;
    if (bad == ERR_IO)
        return bad;
    if (bad) {
        check_say(&c, "%s", loading.detail);
        put_item(&c, &items[0], "V1", CHECK_REFUSED);
        out->item_count = 1;
        out->refused = true;
    } else {
        c.x = x;
        out->slug = x->slug;
        bad = run_checks(&c, items, out, f);
    }
    buf_release(&c.text);
    out->boxes = c.boxes;
    out->mutation = c.mutation;
    out->wall_ms = (env_mono(env) - from) / US_PER_MS;
    return x ? bad : ERR_OK;
}

static const char *const outcome_words[] = { [CHECK_OK] = "ok",
                                             [CHECK_WARN] = "warn",
                                             [CHECK_REFUSED] = "refused",
                                             [CHECK_UNMEASURED] = "unmeasured" };

static void print_mutation(const struct check_mutation *n, struct buf *b)
{
    buf_putf(b,
             "\"mutation\":{\"permille\":%lld,\"made\":%lld,\"run\":%lld,\"killed\":%lld,"
             "\"survived\":%lld,\"equivalent\":%lld,\"not_compiled\":%lld}",
             (long long)check_score(n), (long long)n->made, (long long)n->run, (long long)n->killed,
             (long long)n->survived, (long long)n->equivalent, (long long)n->not_compiled);
}

static void print_json(const struct check_report *r, struct buf *b)
{
    buf_put(b, STR("{\"slug\":"));
    json_put_text(b, r->slug);
    buf_putf(b, ",\"refused\":%s,\"boxes\":%lld,\"wall_ms\":%lld,", r->refused ? "true" : "false",
             (long long)r->boxes, (long long)r->wall_ms);
    print_mutation(&r->mutation, b);
    buf_put(b, STR(",\"checks\":["));
    for (size_t i = 0; i < r->item_count; i++) {
        buf_putf(b, "%s{\"id\":\"%s\",\"outcome\":\"%s\",\"text\":", i ? "," : "", r->items[i].id,
                 outcome_words[r->items[i].outcome]);
        json_put_text(b, r->items[i].text);
        buf_putc(b, '}');
    }
    buf_put(b, STR("]}\n"));
}

void exercise_check_print(const struct check_report *r, bool json, struct buf *b)
{
    if (json) {
        print_json(r, b);
        return;
    }
    buf_putf(b, "%.*s: %s (%lld boxes, %lld ms)\n", STR_ARG(r->slug), r->refused ? "REFUSED" : "ok",
             (long long)r->boxes, (long long)r->wall_ms);
    for (size_t i = 0; i < r->item_count; i++) {
        struct str rest = r->items[i].text, line;
        buf_putf(b, "  %-4s%-11s", r->items[i].id, outcome_words[r->items[i].outcome]);
        for (bool first = true; str_take_line(&rest, &line); first = false)
            buf_putf(b, "%s%.*s\n", first ? "" : "                 ", STR_ARG(line));
        if (!r->items[i].text.len)
            buf_putc(b, '\n');
    }
}
