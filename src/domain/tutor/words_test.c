#include "domain/tutor/tutor_priv.h"
#include "support/check.h"

#include <stdio.h>

static struct library load(struct arena *a)
{
    struct fail f = { 0 };
    struct library l;
    enum err e = library_load(a, &l, &f);
    if (e)
        fprintf(stderr, "%s\n", f.detail);
    CHECK_INT(e, ERR_OK);
    return l;
}

static size_t occurrences(struct str s, char c)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += s.ptr[i] == c;
    return n;
}

static const struct exercise_test call_test = { .number = 1,
                                                .id = STR_INIT("v1"),
                                                .kind = TEST_CALL,
                                                .call = STR_INIT("f([3, 1])"),
                                                .value = STR_INIT("1") };
static const struct exercise_test input_test = {
    .number = 1, .id = STR_INIT("v1"), .kind = TEST_STDIO, .stdin_text = STR_INIT("3\n1\n")
};

struct spoken {
    size_t said, empty, questions, long_ones, gaps;
};

/* A slot that was not filled, or filled with nothing. */
static bool has_gap(struct str text)
{
    static const char *const marks[] = { "{", "  ", " .", " ,", " :", " ?", "TODO" };
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        if (str_has(text, str_of(marks[i])))
            return true;
    return false;
}

/* Says one reply and counts what is wrong with it. */
static void speak(const struct library *l, const struct reply_in *in, struct spoken *n)
{
    AUTO_ARENA a = { 0 };
    struct reply r;
    word_reply(l, in, &a, &r);
    size_t asked = occurrences(r.text, '?'), words = occurrences(r.text, ' ') + 1;
    bool bad_questions = in->ladder.rung <= 2 ? asked != 1 : asked > 1;
    n->said++;
    n->empty += !r.text.len || !r.move.len;
    bool gap = has_gap(r.text);
    n->gaps += gap;
    n->questions += bad_questions;
    n->long_ones += words > 90;
    if (bad_questions || gap || !r.text.len || words > 90)
        fprintf(stderr, "%s, rung %lld, variant %d: %.*s\n",
                situation_name(in->analysis->situation), (long long)in->ladder.rung,
                (int)in->variant, STR_ARG(r.text));
}

#define SAME(text)                                                                                 \
    {                                                                                              \
        STR_INIT(text), STR_INIT(text)                                                             \
    }
static const struct exercise_hint hints[] = { { .rung = 1, .text = SAME("¿Uno?") },
                                              { .rung = 2, .text = SAME("¿Dos?") },
                                              { .rung = 3, .text = SAME("Tres.") },
                                              { .rung = 4, .text = SAME("Cuatro.") } };
static const struct exercise bare = { .title = SAME("x") };
static const struct exercise hinted = { .title = SAME("x"),
                                        .hints = hints,
                                        .hint_count = COUNT_OF(hints) };
static const struct misconception misread = { .id = STR_INIT("misread"),
                                              .name = SAME("leer de menos"),
                                              .concept = SAME("el rango"),
                                              .question_es_ar = STR_INIT("¿Qué leés?"),
                                              .question_es = STR_INIT("¿Qué se lee?"),
                                              .question_en = STR_INIT("What is read?") };

static void speak_all(const struct library *l, struct analysis *x, struct spoken *n)
{
    static const struct str seeds[] = { STR_INIT("a"), STR_INIT("b"), STR_INIT("c") };
    for (size_t s = 0; s < SITUATION_COUNT; s++)
        for (int64_t rung = 0; rung <= RUNG_MAX; rung++)
            for (size_t v = 0; v < VARIANT_COUNT; v++)
                for (int64_t k = 0; k < 3; k++) {
                    x->situation = (enum situation)s;
                    struct reply_in in = { .exercise = &bare,
                                           .analysis = x,
                                           .ladder = { .rung = rung, .repeats = k },
                                           .variant = (enum variant)v,
                                           .seed = seeds[k],
                                           .show_expected = k == 1 };
                    speak(l, &in, n);
                    in.exercise = &hinted;
                    speak(l, &in, n);
                }
}

TEST(every_situation_rung_and_language_has_words_without_gaps_and_with_one_question)
{
    AUTO_ARENA a = { 0 };
    struct library l = load(&a);
    struct spoken n = { 0 };
    struct judge_test called = { .test = &call_test }, read = { .test = &input_test };
    struct analysis x = { .path = STR("main.py"), .text = STR("a\nb\n"), .vector = STR("") };
    speak_all(&l, &x, &n);
    x.ran = true;
    x.total = 3;
    x.passed = 1;
    x.witness = &called;
    x.got = STR("3 `");
    speak_all(&l, &x, &n);
    x.witness = &read;
    x.region = (struct region){ REGION_LOOP, { .line = 1, .line_end = 2 } };
    speak_all(&l, &x, &n);
    x.suspects[0] = (struct suspect){ .what = &misread, .at = { .line = 1, .line_end = 1 } };
    x.suspect_count = 1;
    speak_all(&l, &x, &n);
    x.error_type = STR("KeyError");
    x.error_code = STR("KeyError");
    x.error_name = STR("'a'");
    x.error_line = 2;
    speak_all(&l, &x, &n);
    CHECK(n.said >= 5000);
    CHECK_INT(n.empty + n.gaps + n.questions + n.long_ones, 0);
}

static uint32_t slots_in(struct str text)
{
    uint32_t found = 0;
    while (text.len) {
        (void)str_take_until(&text, '{');
        struct str name = str_take_until(&text, '}');
        for (size_t i = 0; name.len && i < SLOT_COUNT; i++)
            found |= (uint32_t)str_is(name, slot_name((enum slot)i)) << i;
    }
    return found;
}

/* A slot that is used without being needed would be filled with nothing, in the middle of a
 * sentence. */
TEST(each_text_uses_the_slots_its_entry_needs_in_every_variant)
{
    AUTO_ARENA a = { 0 };
    struct library l = load(&a);
    const struct words *es = &l.variants[VARIANT_ES];
    for (size_t v = 0; v < VARIANT_COUNT; v++) {
        const struct words *w = &l.variants[v];
        CHECK_INT(w->message_count, es->message_count);
        CHECK_INT(w->error_count, es->error_count);
        for (size_t i = 0; i < w->message_count; i++) {
            const struct message *m = &w->messages[i];
            CHECK(str_eq(m->id, es->messages[i].id) && m->needs == es->messages[i].needs);
            CHECK_INT(m->text_count, es->messages[i].text_count);
            for (size_t k = 0; k < m->text_count; k++)
                CHECK_INT(slots_in(m->texts[k]), m->needs);
        }
        for (size_t i = 0; i < w->error_count; i++) {
            const struct error_words *e = &w->errors[i];
            CHECK(str_eq(e->code, es->errors[i].code));
            CHECK_INT(slots_in(e->text), (uint32_t)e->needs_name << SLOT_NAME);
        }
    }
}

TEST(every_intent_gets_words_in_every_situation)
{
    AUTO_ARENA a = { 0 };
    struct library l = load(&a);
    struct spoken n = { 0 };
    struct judge_test called = { .test = &call_test };
    struct analysis x = { .path = STR("main.py"),
                          .text = STR("a\nb\n"),
                          .vector = STR("pf"),
                          .ran = true,
                          .total = 2,
                          .passed = 1,
                          .witness = &called,
                          .got = STR("3") };
    for (size_t i = 0; i < INTENT_COUNT; i++)
        for (size_t s = 0; s < SITUATION_COUNT; s++)
            for (int64_t rung = 0; rung <= 3; rung++) {
                x.situation = (enum situation)s;
                struct reply_in in = { .exercise = &bare,
                                       .analysis = &x,
                                       .ladder = { .rung = rung, .failed = s & 1 },
                                       .intent = { .intent = (enum intent)i,
                                                   .frustrated = i == INTENT_AFFECT },
                                       .variant = (enum variant)(i % VARIANT_COUNT),
                                       .seed = STR("s") };
                speak(&l, &in, &n);
            }
    CHECK_INT(n.empty + n.gaps + n.questions + n.long_ones, 0);
}

TEST(a_wording_is_not_repeated_while_another_is_left)
{
    AUTO_ARENA a = { 0 };
    struct library l = load(&a);
    struct slots none = { 0 };
    struct str said[3];
    for (size_t i = 0; i < 3; i++) {
        struct pick_in in = {
            .situation = STR("no_code"), .seed = STR("same"), .recent = said, .recent_count = i
        };
        said[i] = word_pick(&l.variants[VARIANT_ES], &in, &none, &a).key;
        for (size_t k = 0; k < i; k++)
            CHECK(!str_eq(said[i], said[k]));
    }
}

TEST(code_of_a_student_stays_code_on_one_line)
{
    AUTO_ARENA a = { 0 };
    CHECK_STR(code_slot(STR("f(1)"), &a), "`f(1)`");
    CHECK_STR(code_slot(STR("3\n1\n"), &a), "`3 ⏎ 1`");
    CHECK_STR(code_slot(STR("a`b"), &a), "`` a`b ``");
    struct str cut =
        code_slot(STR("0123456789012345678901234567890123456789012345678901234567890123"), &a);
    CHECK(str_has(cut, STR("…")) && utf8_count(cut) == 63);
}

TEST(messages_of_the_interpreter_have_a_meaning)
{
    AUTO_ARENA a = { 0 };
    struct library l = load(&a);
    struct str code = error_code_of(&l, STR("TypeError"), STR("can only concatenate str"));
    CHECK_STR(code, "TypeError.concat");
    struct str name = error_meaning(&l, VARIANT_ES, STR("NameError"), STR("totl"), &a);
    CHECK(str_has(name, STR("`totl`")));
    CHECK(error_meaning(&l, VARIANT_EN, STR("Unknown.kind"), STR(""), &a).len > 0);
}
