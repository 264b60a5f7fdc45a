#include "base/fold.h"
#include "domain/tutor/tutor_priv.h"

/* What a message wants, by phrases of folded text (no accents, lower case). Each phrase may begin
 * or end with a space: then the word begins or ends there. */

static const char *const intent_words[] = {
    [INTENT_UNKNOWN] = "unknown",         [INTENT_ASK_SOLUTION] = "ask_solution",
    [INTENT_ASK_HINT] = "ask_hint",       [INTENT_ASK_DEBUG] = "ask_debug",
    [INTENT_ASK_CONCEPT] = "ask_concept", [INTENT_ASK_STATEMENT] = "ask_statement",
    [INTENT_ASK_PLAN] = "ask_plan",       [INTENT_ASK_CHECK] = "ask_check",
    [INTENT_AFFECT] = "affect",           [INTENT_THANKS] = "social",
    [INTENT_OFF_TOPIC] = "off_topic",     [INTENT_VAGUE] = "vague",
};
static_assert(COUNT_OF(intent_words) == INTENT_COUNT, "a word for each intent");

const char *intent_name(enum intent i)
{
    return intent_words[i];
}

struct phrase {
    const char *text;
    enum intent intent;
    int weight; /* hundredths */
};

static const struct phrase phrases[] = {
    { " dame la solucion", INTENT_ASK_SOLUTION, 95 },
    { " dame el codigo", INTENT_ASK_SOLUTION, 95 },
    { " pasame la solucion", INTENT_ASK_SOLUTION, 95 },
    { " pasame el codigo", INTENT_ASK_SOLUTION, 95 },
    { " pasame la respuesta", INTENT_ASK_SOLUTION, 95 },
    { " dame la respuesta", INTENT_ASK_SOLUTION, 95 },
    { " decime la respuesta", INTENT_ASK_SOLUTION, 90 },
    { " dime la respuesta", INTENT_ASK_SOLUTION, 90 },
    { " la solucion completa", INTENT_ASK_SOLUTION, 90 },
    { " el codigo completo", INTENT_ASK_SOLUTION, 90 },
    { " quiero la solucion", INTENT_ASK_SOLUTION, 90 },
    { " resolvelo", INTENT_ASK_SOLUTION, 90 },
    { " resuelvelo", INTENT_ASK_SOLUTION, 90 },
    { " resolveme", INTENT_ASK_SOLUTION, 95 },
    { " hacelo vos", INTENT_ASK_SOLUTION, 90 },
    { " hazlo tu", INTENT_ASK_SOLUTION, 90 },
    { " haceme el", INTENT_ASK_SOLUTION, 90 },
    { " hazme el", INTENT_ASK_SOLUTION, 90 },
    { " escribime el", INTENT_ASK_SOLUTION, 85 },
    { " escribe el codigo", INTENT_ASK_SOLUTION, 90 },
    { " corregime el codigo", INTENT_ASK_SOLUTION, 85 },
    { " give me the solution", INTENT_ASK_SOLUTION, 95 },
    { " give me the answer", INTENT_ASK_SOLUTION, 95 },
    { " give me the code", INTENT_ASK_SOLUTION, 95 },
    { " show me the solution", INTENT_ASK_SOLUTION, 90 },
    { " tell me the answer", INTENT_ASK_SOLUTION, 90 },
    { " the full solution", INTENT_ASK_SOLUTION, 90 },
    { " the whole code", INTENT_ASK_SOLUTION, 85 },
    { " solve it for me", INTENT_ASK_SOLUTION, 95 },
    { " do it for me", INTENT_ASK_SOLUTION, 90 },
    { " write the code", INTENT_ASK_SOLUTION, 85 },
    { " write it for me", INTENT_ASK_SOLUTION, 90 },
    { " fix my code for me", INTENT_ASK_SOLUTION, 85 },
    { " pista", INTENT_ASK_HINT, 80 },
    { " ayuda", INTENT_ASK_HINT, 65 },
    { " ayudame", INTENT_ASK_HINT, 65 },
    { " una idea", INTENT_ASK_HINT, 60 },
    { " hint", INTENT_ASK_HINT, 80 },
    { " clue", INTENT_ASK_HINT, 80 },
    { " help", INTENT_ASK_HINT, 60 },
    { " nudge", INTENT_ASK_HINT, 70 },
    { " error", INTENT_ASK_DEBUG, 70 },
    { " no me anda", INTENT_ASK_DEBUG, 75 },
    { " no anda", INTENT_ASK_DEBUG, 75 },
    { " no funciona", INTENT_ASK_DEBUG, 75 },
    { " no me funciona", INTENT_ASK_DEBUG, 75 },
    { " por que falla", INTENT_ASK_DEBUG, 85 },
    { " por que da", INTENT_ASK_DEBUG, 75 },
    { " por que me da", INTENT_ASK_DEBUG, 80 },
    { " por que devuelve", INTENT_ASK_DEBUG, 80 },
    { " esta mal", INTENT_ASK_DEBUG, 65 },
    { " que tiene de malo", INTENT_ASK_DEBUG, 80 },
    { " no pasa", INTENT_ASK_DEBUG, 65 },
    { " falla", INTENT_ASK_DEBUG, 65 },
    { " doesn't work", INTENT_ASK_DEBUG, 80 },
    { " does not work", INTENT_ASK_DEBUG, 80 },
    { " not working", INTENT_ASK_DEBUG, 80 },
    { " why does it fail", INTENT_ASK_DEBUG, 85 },
    { " why is it", INTENT_ASK_DEBUG, 60 },
    { " what is wrong", INTENT_ASK_DEBUG, 80 },
    { " what's wrong", INTENT_ASK_DEBUG, 80 },
    { " wrong", INTENT_ASK_DEBUG, 55 },
    { " bug", INTENT_ASK_DEBUG, 65 },
    { " fails", INTENT_ASK_DEBUG, 65 },
    { " que es un", INTENT_ASK_CONCEPT, 80 },
    { " que es una", INTENT_ASK_CONCEPT, 80 },
    { " que significa", INTENT_ASK_CONCEPT, 80 },
    { " que hace ", INTENT_ASK_CONCEPT, 70 },
    { " para que sirve", INTENT_ASK_CONCEPT, 85 },
    { " como funciona", INTENT_ASK_CONCEPT, 80 },
    { " como se usa", INTENT_ASK_CONCEPT, 80 },
    { " diferencia entre", INTENT_ASK_CONCEPT, 80 },
    { " explicame ", INTENT_ASK_CONCEPT, 70 },
    { " what is a", INTENT_ASK_CONCEPT, 80 },
    { " what does", INTENT_ASK_CONCEPT, 70 },
    { " what is the difference", INTENT_ASK_CONCEPT, 85 },
    { " how does", INTENT_ASK_CONCEPT, 75 },
    { " explain ", INTENT_ASK_CONCEPT, 70 },
    { " enunciado", INTENT_ASK_STATEMENT, 80 },
    { " que hay que hacer", INTENT_ASK_STATEMENT, 85 },
    { " que tengo que hacer", INTENT_ASK_STATEMENT, 85 },
    { " que pide", INTENT_ASK_STATEMENT, 85 },
    { " no entiendo el ejercicio", INTENT_ASK_STATEMENT, 80 },
    { " no entiendo la consigna", INTENT_ASK_STATEMENT, 85 },
    { " consigna", INTENT_ASK_STATEMENT, 80 },
    { " what do i have to do", INTENT_ASK_STATEMENT, 85 },
    { " what should the program do", INTENT_ASK_STATEMENT, 80 },
    { " the statement", INTENT_ASK_STATEMENT, 75 },
    { " the exercise ask", INTENT_ASK_STATEMENT, 85 },
    { " por donde empiezo", INTENT_ASK_PLAN, 90 },
    { " como empiezo", INTENT_ASK_PLAN, 90 },
    { " por donde arranco", INTENT_ASK_PLAN, 90 },
    { " como arranco", INTENT_ASK_PLAN, 90 },
    { " un plan", INTENT_ASK_PLAN, 70 },
    { " que pasos", INTENT_ASK_PLAN, 75 },
    { " how do i start", INTENT_ASK_PLAN, 90 },
    { " where do i start", INTENT_ASK_PLAN, 90 },
    { " where to start", INTENT_ASK_PLAN, 90 },
    { " esta bien", INTENT_ASK_CHECK, 80 },
    { " es correcto", INTENT_ASK_CHECK, 85 },
    { " esta correcto", INTENT_ASK_CHECK, 85 },
    { " voy bien", INTENT_ASK_CHECK, 80 },
    { " lo hice bien", INTENT_ASK_CHECK, 80 },
    { " is this right", INTENT_ASK_CHECK, 90 },
    { " is it right", INTENT_ASK_CHECK, 90 },
    { " is this correct", INTENT_ASK_CHECK, 90 },
    { " is it correct", INTENT_ASK_CHECK, 90 },
    { " am i on the right", INTENT_ASK_CHECK, 85 },
    { " me rindo", INTENT_AFFECT, 85 },
    { " no puedo mas", INTENT_AFFECT, 85 },
    { " soy un inutil", INTENT_AFFECT, 90 },
    { " soy malo", INTENT_AFFECT, 80 },
    { " soy mala", INTENT_AFFECT, 80 },
    { " no sirvo", INTENT_AFFECT, 90 },
    { " odio ", INTENT_AFFECT, 75 },
    { " estoy frustrad", INTENT_AFFECT, 90 },
    { " estoy trabad", INTENT_AFFECT, 75 },
    { " i give up", INTENT_AFFECT, 90 },
    { " i'm stuck", INTENT_AFFECT, 75 },
    { " i am stuck", INTENT_AFFECT, 75 },
    { " i hate", INTENT_AFFECT, 80 },
    { " i'm so frustrated", INTENT_AFFECT, 90 },
    { " i'm bad at", INTENT_AFFECT, 85 },
    { " gracias", INTENT_THANKS, 75 },
    { " thank", INTENT_THANKS, 75 },
    { " clima", INTENT_OFF_TOPIC, 75 },
    { " partido", INTENT_OFF_TOPIC, 70 },
    { " chiste", INTENT_OFF_TOPIC, 85 },
    { " receta", INTENT_OFF_TOPIC, 70 },
    { " presidente", INTENT_OFF_TOPIC, 80 },
    { " joke", INTENT_OFF_TOPIC, 85 },
    { " weather", INTENT_OFF_TOPIC, 80 },
    { " football", INTENT_OFF_TOPIC, 70 },
};

static const char *const negations[] = { " no quiero que ", " no me des",           " no me pases",
                                         " sin que me ",    " sin darme",           " don't give",
                                         " do not give",    " without giving",      " don't want",
                                         " do not want",    " no necesito que me ", " no me digas",
                                         " don't tell",     " no quiero la " };
static const char *const spanish[] = {
    " el ",   " la ", " que ", " me ", " no ",  " por ",     " una ",   " un ",    " como ",
    " esta ", " de ", " en ",  " mi ", " los ", " gracias ", " pista ", " ayuda ", " hola "
};
static const char *const english[] = {
    " the ", " my ", " is ", " it ",   " why ", " what ", " how ",  " this ",   " me ",
    " i ",   " to ", " of ", " does ", " a ",   " hint ", " help ", " thanks ", " hello "
};

static bool in_word(unsigned char c)
{
    return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '\'';
}

/* The opening marks of Spanish, two bytes each, are no part of a word. */
static bool opening_mark(struct str s)
{
    return str_starts(s, STR("\xc2\xa1")) || str_starts(s, STR("\xc2\xbf"));
}

/* Folded, with one space at both ends and between words; code (backticks) and marks become spaces.
 */
static struct str normal(struct str text, struct arena *a)
{
    AUTO_BUF b = { .max = 40'000 };
    bool code = false, space = true;
    struct str s = text_fold(a, str_head(text, 32'000));
    buf_putc(&b, ' ');
    for (; s.len; s = str_from(s, opening_mark(s) ? 2 : 1)) {
        unsigned char c = (unsigned char)s.ptr[0];
        code = code != (c == '`');
        bool word = !code && in_word(c) && !opening_mark(s);
        if (word || !space)
            buf_putc(&b, word ? (char)c : ' ');
        space = !word;
    }
    if (!space)
        buf_putc(&b, ' ');
    return arena_dup(a, buf_str(&b));
}

static size_t hits(struct str s, const char *const *list, size_t n)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        found += str_has(s, str_of(list[i]));
    return found;
}

static size_t words_in(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i + 1 < s.len; i++)
        n += s.ptr[i] == ' ';
    return n;
}

static struct str language(struct str s)
{
    size_t es = hits(s, spanish, COUNT_OF(spanish)), en = hits(s, english, COUNT_OF(english));
    return es == en ? STR("") : es > en ? STR("es") : STR("en");
}

struct intent_result classify(struct str text, struct arena *a)
{
    struct str s = normal(text, a);
    struct intent_result r = { .lang = language(s) };
    bool negated = hits(s, negations, COUNT_OF(negations)) > 0;
    int best = 0;
    for (size_t i = 0; i < COUNT_OF(phrases); i++) {
        const struct phrase *p = &phrases[i];
        if (!str_has(s, str_of(p->text)))
            continue;
        r.frustrated = r.frustrated || p->intent == INTENT_AFFECT;
        if (p->intent == INTENT_ASK_SOLUTION && negated)
            continue;
        if (p->weight > best) {
            best = p->weight;
            r.intent = p->intent;
        }
    }
    if (!best && negated) {
        r.intent = INTENT_ASK_HINT;
        best = 60;
    }
    if (!best && words_in(s) <= 4) {
        r.intent = INTENT_VAGUE;
        best = 60;
    }
    r.confidence = best / 100.0;
    return r;
}
