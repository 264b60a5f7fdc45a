#include "base/num.h"
#include "domain/tutor/tutor_priv.h"

/* From facts to a reply: which slots have a value at this rung, which texts are said, which facts
 * stood behind them. */

/* --- what the author and the catalogue offer --- */

static const struct suspect *first_suspect(const struct analysis *n, bool confirmed)
{
    for (size_t i = 0; i < n->suspect_count; i++)
        if (n->suspects[i].confirmed == confirmed)
            return &n->suspects[i];
    return NULL;
}

static const struct suspect *suspect_for(const struct analysis *n, bool confirmed_only)
{
    const struct suspect *sure = first_suspect(n, true);
    return sure || confirmed_only ? sure : first_suspect(n, false);
}

static bool hint_fits(const struct exercise_hint *h, const struct analysis *n, bool specific)
{
    if (!specific)
        return !h->when.len;
    if (!h->when.len)
        return false;
    if (n->witness && str_eq(n->witness->test->id, h->when))
        return true;
    for (size_t i = 0; i < n->suspect_count; i++)
        if (str_eq(n->suspects[i].what->id, h->when))
            return true;
    return false;
}

/* The author's hint for the rung: one written for this fault first. */
static struct str author_hint(const struct reply_in *in, int64_t rung, bool *specific)
{
    struct str lang = variant_lang(in->variant);
    for (int exact = 1; exact >= 0; exact--)
        for (size_t i = 0; i < in->exercise->hint_count; i++) {
            const struct exercise_hint *h = &in->exercise->hints[i];
            struct str text = exercise_say(h->text, lang);
            if (h->rung == rung && hint_fits(h, in->analysis, exact) && text.len) {
                *specific = exact;
                return text;
            }
        }
    *specific = false;
    return (struct str){ 0 };
}

static struct str capture_text(const struct suspect *s, struct str name)
{
    for (size_t i = 0; i < s->match.count; i++)
        if (str_is(name, s->match.captures[i].name))
            return s->match.captures[i].text;
    return (struct str){ 0 };
}

/* The misconception's question with names of the student's code; ptr NULL when one is missing. */
static struct str question_of(const struct suspect *s, enum variant v, struct arena *a)
{
    AUTO_BUF b = { .max = 2048 };
    struct str text = v == VARIANT_EN      ? s->what->question_en
                      : v == VARIANT_ES_AR ? s->what->question_es_ar
                                           : s->what->question_es;
    while (text.len) {
        size_t open = str_find(text, STR("{")), close = str_find(text, STR("}"));
        if (open == SIZE_MAX || close == SIZE_MAX || close < open)
            break;
        struct str value = capture_text(s, str_head(str_from(text, open + 1), close - open - 1));
        if (!value.ptr)
            return value;
        buf_put(&b, str_head(text, open));
        buf_put(&b, code_slot(value, a));
        text = str_from(text, close + 1);
    }
    buf_put(&b, text);
    return arena_dup(a, buf_str(&b));
}

/* --- slots --- */

static struct str number(int64_t n, struct arena *a)
{
    return n > 0 ? arena_fmt(a, "%lld", (long long)n) : (struct str){ 0 };
}

static void fill_witness(const struct reply_in *in, struct arena *a, struct slots *s)
{
    const struct judge_test *w = in->analysis->witness;
    if (!w)
        return;
    if (w->test->call.len && !w->test->args_json.len)
        s->value[SLOT_CALL] = code_slot(w->test->call, a);
    else if (w->test->stdin_text.len)
        s->value[SLOT_STDIN] = code_slot(w->test->stdin_text, a);
    if (in->ladder.rung < 1)
        return;
    if (in->analysis->got.len)
        s->value[SLOT_GOT] = code_slot(in->analysis->got, a);
    struct str expected = w->test->kind == TEST_CALL ? w->test->value : w->test->expected;
    if (in->show_expected && expected.len && !w->test->value_is_json)
        s->value[SLOT_EXPECTED] = code_slot(expected, a);
}

static void fill_error(const struct library *l, const struct reply_in *in, struct arena *a,
                       struct slots *s)
{
    const struct analysis *n = in->analysis;
    struct str rule = exercise_say(n->rule, variant_lang(in->variant));
    if (!n->error_type.len && !rule.len)
        return;
    if (n->error_line > 0)
        s->value[SLOT_LINE] = number(n->error_line, a);
    if (in->ladder.rung < 1)
        return;
    if (rule.len) {
        s->value[SLOT_MEANING] = rule;
        return;
    }
    s->value[SLOT_TYPE] = code_slot(n->error_type, a);
    if (n->error_name.len)
        s->value[SLOT_NAME] = code_slot(n->error_name, a);
    s->value[SLOT_MEANING] = error_meaning(l, in->variant, n->error_code, n->error_name, a);
}

static void fill_region(const struct reply_in *in, struct arena *a, struct slots *s)
{
    const struct region *r = &in->analysis->region;
    if (in->ladder.rung < 2 || s->value[SLOT_LINE].ptr || r->at.line <= 0)
        return;
    s->value[SLOT_LINE] = number(r->at.line, a);
    if (r->at.line_end > r->at.line)
        s->value[SLOT_LINE_END] = number(r->at.line_end, a);
}

static void fill_misconception(const struct reply_in *in, struct arena *a, struct slots *s)
{
    const struct suspect *k = suspect_for(in->analysis, in->ladder.rung >= 3);
    if (!k || in->ladder.rung < 2)
        return;
    struct str question = question_of(k, in->variant, a);
    struct str idea = exercise_say(k->what->concept, variant_lang(in->variant));
    if (!question.ptr)
        return;
    s->value[SLOT_QUESTION] = question;
    if (idea.len)
        s->value[SLOT_CONCEPT] = idea;
    if (!in->analysis->error_type.len) {
        s->value[SLOT_LINE] = number(k->at.line, a);
        s->value[SLOT_LINE_END] = (struct str){ 0 };
    }
}

static struct slots slots_for(const struct library *l, const struct reply_in *in, struct arena *a)
{
    struct slots s = { 0 };
    bool specific = false;
    fill_witness(in, a, &s);
    fill_error(l, in, a, &s);
    fill_region(in, a, &s);
    fill_misconception(in, a, &s);
    if (in->analysis->total > 0 && in->analysis->ran) {
        s.value[SLOT_PASSED] = arena_fmt(a, "%lld", (long long)in->analysis->passed);
        s.value[SLOT_TOTAL] = arena_fmt(a, "%lld", (long long)in->analysis->total);
    }
    struct str hint = author_hint(in, in->ladder.rung, &specific);
    if (hint.len)
        s.value[SLOT_HINT] = hint;
    if (specific && in->ladder.rung == 2) /* written for this fault: better than ours */
        s.value[SLOT_QUESTION] = s.value[SLOT_CONCEPT] = (struct str){ 0 };
    return s;
}

/* --- which group --- */

static bool begun(enum situation s)
{
    return s != SITUATION_NO_CODE && s != SITUATION_STARTER;
}

/* A group that answers the message better than the situation; NULL: the situation. */
static const char *group_for(const struct reply_in *in, bool concept)
{
    const struct analysis *n = in->analysis;
    switch (in->intent.intent) {
    case INTENT_THANKS:
        return n->situation == SITUATION_ALL_PASS ? "thanks" : NULL;
    case INTENT_OFF_TOPIC:
        return "off_topic";
    case INTENT_ASK_CHECK:
        return n->ran ? "check_claim" : NULL;
    case INTENT_ASK_PLAN:
        return begun(n->situation) ? NULL : "plan_prompt";
    case INTENT_ASK_CONCEPT:
        return concept
        ? "explain_concept" : NULL;
    case INTENT_VAGUE:
        return begun(n->situation) ? NULL : "ask_back";
    case INTENT_AFFECT:
        return begun(n->situation) ? NULL : "small_step";
    case INTENT_UNKNOWN:
    case INTENT_ASK_SOLUTION:
    case INTENT_ASK_HINT:
    case INTENT_ASK_DEBUG:
    case INTENT_ASK_STATEMENT:
    case INTENT_COUNT:
        break;
    }
    return NULL;
}

/* Asked again without a change: other words and one concrete act, then a smaller step. */
static const char *repeat_group(const struct reply_in *in)
{
    enum situation s = in->analysis->situation;
    if (!in->ladder.repeats || !begun(s) || s == SITUATION_ALL_PASS)
        return NULL;
    return in->ladder.repeats == 1 ? "same_rung_again" : "small_step";
}

static const char *lead_for(const struct reply_in *in)
{
    if (in->intent.intent == INTENT_ASK_SOLUTION)
        return "refuse_solution";
    if (in->intent.frustrated)
        return "affect_ack";
    if (in->progressed && in->analysis->situation != SITUATION_ALL_PASS)
        return "progress_up";
    if (in->ladder.failed)
        return "same_fault";
    return in->ladder.capped && !in->ladder.repeats ? "policy_cap" : NULL;
}

struct saying {
    const struct library *l;
    const struct reply_in *in;
    const struct slots *slots;
    struct arena *a;
};

static struct picked say(const struct saying *y, struct str situation, bool lead)
{
    const struct pick_in pick = { .situation = situation,
                                  .rung = y->in->ladder.rung,
                                  .lead = lead,
                                  .seed = y->in->seed,
                                  .recent = y->in->recent,
                                  .recent_count = y->in->recent_count };
    return word_pick(&y->l->variants[y->in->variant], &pick, y->slots, y->a);
}

/* What is asked about the situation itself; there is a text for every one of them. */
static struct picked whole_for(const struct saying *y, bool *counts)
{
    struct picked p = { 0 };
    const char *group = group_for(y->in, y->slots->value[SLOT_CONCEPT].ptr != NULL);
    *counts = !group;
    if (!group)
        group = repeat_group(y->in);
    if (group)
        p = say(y, str_of(group), false);
    if (!p.key.ptr) {
        *counts = true;
        p = say(y, str_of(situation_name(y->in->analysis->situation)), false);
    }
    return p;
}

void word_reply(const struct library *l, const struct reply_in *in, struct arena *a,
                struct reply *out)
{
    struct slots slots = slots_for(l, in, a);
    const struct saying y = { l, in, &slots, a };
    struct str *keys = ARENA_ARRAY(a, struct str, 2);
    *out = (struct reply){ .rung = in->ladder.rung, .keys = keys };
    struct picked whole = whole_for(&y, &out->counts);
    const char *lead_group = out->counts ? lead_for(in) : NULL;
    struct picked lead = lead_group ? say(&y, str_of(lead_group), true) : (struct picked){ 0 };
    if (lead.key.ptr)
        keys[out->key_count++] = lead.key;
    if (whole.key.ptr)
        keys[out->key_count++] = whole.key;
    out->move = whole.move;
    out->text = lead.key.ptr ? arena_fmt(a, "%.*s %.*s", STR_ARG(lead.text), STR_ARG(whole.text))
                             : whole.text;
    facts_of(l, in, a, out);
}
