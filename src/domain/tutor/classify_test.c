#include "domain/tutor/tutor_priv.h"
#include "support/check.h"

#include <stdio.h>

static const struct {
    const char *text;
    enum intent want;
} labelled[] = {
    { "dame la solución", INTENT_ASK_SOLUTION },
    { "Pasame el código completo por favor", INTENT_ASK_SOLUTION },
    { "resolveme el ejercicio", INTENT_ASK_SOLUTION },
    { "hazlo tú", INTENT_ASK_SOLUTION },
    { "give me the solution please", INTENT_ASK_SOLUTION },
    { "can you do it for me?", INTENT_ASK_SOLUTION },
    { "no quiero que me des la solución, solo una pista", INTENT_ASK_HINT },
    { "no me des la respuesta", INTENT_ASK_HINT },
    { "don't give me the answer, just a hint", INTENT_ASK_HINT },
    { "una pista", INTENT_ASK_HINT },
    { "me das una ayuda?", INTENT_ASK_HINT },
    { "I need a hint", INTENT_ASK_HINT },
    { "no me anda", INTENT_ASK_DEBUG },
    { "¿por qué falla con la lista vacía?", INTENT_ASK_DEBUG },
    { "me tira un error que no entiendo", INTENT_ASK_DEBUG },
    { "why does it fail?", INTENT_ASK_DEBUG },
    { "it doesn't work", INTENT_ASK_DEBUG },
    { "¿qué es un acumulador?", INTENT_ASK_CONCEPT },
    { "para qué sirve range", INTENT_ASK_CONCEPT },
    { "what is a dictionary?", INTENT_ASK_CONCEPT },
    { "no entiendo la consigna", INTENT_ASK_STATEMENT },
    { "¿qué tengo que hacer?", INTENT_ASK_STATEMENT },
    { "what do I have to do here", INTENT_ASK_STATEMENT },
    { "¿por dónde empiezo?", INTENT_ASK_PLAN },
    { "where do I start?", INTENT_ASK_PLAN },
    { "¿está bien así?", INTENT_ASK_CHECK },
    { "is this correct?", INTENT_ASK_CHECK },
    { "me rindo, no puedo más", INTENT_AFFECT },
    { "I give up", INTENT_AFFECT },
    { "gracias!", INTENT_THANKS },
    { "thanks", INTENT_THANKS },
    { "contame un chiste", INTENT_OFF_TOPIC },
    { "tell me a joke", INTENT_OFF_TOPIC },
    { "eh?", INTENT_VAGUE },
    { "y ahora", INTENT_VAGUE },
};

TEST(the_small_labelled_set_is_classified)
{
    AUTO_ARENA a = { 0 };
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT_OF(labelled); i++) {
        struct intent_result r = classify(str_of(labelled[i].text), &a);
        if (r.intent != labelled[i].want) {
            fprintf(stderr, "%s: %s, not %s\n", labelled[i].text, intent_name(r.intent),
                    intent_name(labelled[i].want));
            wrong++;
        }
        CHECK(r.confidence >= 0 && r.confidence <= 1);
    }
    CHECK_INT(wrong, 0);
}

TEST(the_language_of_a_message_is_told_when_it_is_clear)
{
    AUTO_ARENA a = { 0 };
    CHECK_STR(classify(STR("why does it fail with the empty list?"), &a).lang, "en");
    CHECK_STR(classify(STR("por qué me da mal con la lista vacía"), &a).lang, "es");
    CHECK_INT(classify(STR("`print(x)` 3 4"), &a).lang.len, 0);
}

TEST(what_stands_in_code_is_no_intent)
{
    AUTO_ARENA a = { 0 };
    CHECK(classify(STR("mirá `dame la solucion = 3` acá abajo, en mi programa, línea dos"), &a)
              .intent != INTENT_ASK_SOLUTION);
}
