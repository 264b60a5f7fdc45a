#pragma once
/* What the files of the tutor share. */
#include "domain/tutor/repair.h"
#include "domain/tutor/syntax.h"
#include "domain/tutor/tutor.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    RUNG_MAX = 4,
    TURN_TEXT_MAX = 8'000,
    CODE_SLOT_CHARS = 60,
    SUSPECTS_MAX = 8,
    LINES_MAX = 400,
    RECENT_TURNS = 5,
};
#define TUTOR_WORDS_VERSION "words/1"
#define TUTOR_INTENT_VERSION "intent-rules/1"

/* --- catalogue.c: misconceptions --- */
enum condition_kind { CONDITION_PRESENT, CONDITION_ABSENT, CONDITION_LESS, CONDITION_STARTS };
struct condition {
    enum condition_kind kind;
    int64_t pattern;              /* -1: every pattern */
    struct syntax_pattern *inner; /* present, absent */
    struct str in, a, b, text;    /* capture of the place; captures compared; text it begins with */
};
struct misconception {
    struct str id;
    struct exercise_text name, concept;
    struct str question_es_ar, question_es, question_en;
    struct syntax_pattern *patterns;
    size_t pattern_count;
    const struct condition *conditions;
    size_t condition_count;
    bool needs_evidence;
    const struct str *errors;
    size_t error_count;
    const struct json *tests;
};
struct catalogue {
    struct misconception *items;
    size_t count;
};
/* From the program's own files. ERR_INPUT (content): detail names the file. */
enum err catalogue_load(struct arena *a, struct catalogue *out, struct fail *f);
void catalogue_free(struct catalogue *c);
/* Compiles every pattern ahead of its first use, until *stop. */
void catalogue_compile(const struct catalogue *c, const atomic_bool *stop);
const struct misconception *catalogue_find(const struct catalogue *c, struct str id);

struct suspect {
    const struct misconception *what;
    struct place at;
    struct syntax_match match;
    bool confirmed;
};
/* Does the code show it? */
bool misconception_match(const struct misconception *m, const struct syntax *s,
                         struct suspect *out);
/* All that match, in the order of the catalogue, at most `max`. */
size_t catalogue_match(const struct catalogue *c, const struct syntax *s, struct suspect *out,
                       size_t max);

/* --- locate.c: which lines (pure) --- */
struct spectrum {
    bool failed;
    const int32_t *lines; /* executed, ascending, each once */
    size_t count;
};
/* ef / sqrt((ef + nf) (ef + ep)); 0 when no failing test ran the line. */
double ochiai(int64_t ef, int64_t nf, int64_t ep);
struct ranked {
    int64_t line;
    double ochiai, score;
    bool sliced, suspect;
    double repaired;
};
/* Every line that a failing test ran or a repair touches, best first. slice: lines of the slice,
 * NULL when unknown. suspects: lines of misconceptions; repaired: 0..1, by verified repairs, NULL:
 * none. Fusion of what there is, version loc-1. */
struct locate_in {
    const struct spectrum *spectra;
    size_t spectrum_count;
    const bool *slice; /* [line], line_count + 1 places */
    const bool *suspects;
    const double *repaired;
    int64_t error_line; /* where the failing case's exception rose; 0: it did not */
    size_t line_count;
};
size_t locate(const struct locate_in *in, struct arena *a, struct ranked **out);
/* Backward over the executed lines: what the last value depended on. */
void slice_back(const struct line_names *names, size_t line_count, const int32_t *executed,
                size_t n, bool *out);

/* --- analysis.c --- */
enum situation {
    SITUATION_NO_CODE,
    SITUATION_STARTER,
    SITUATION_NOT_RUN,
    SITUATION_SYNTAX,
    SITUATION_RUNTIME,
    SITUATION_WRONG,
    SITUATION_SLOW,
    SITUATION_FORBIDDEN,
    SITUATION_ALL_PASS,
    SITUATION_HIDDEN_ONLY,
    SITUATION_FLAKY,
    SITUATION_COULD_NOT_RUN,
    SITUATION_COUNT
};
const char *situation_name(enum situation s);

struct analysis {
    enum situation situation;
    bool ran;
    int64_t passed, total, hidden_passed, hidden_total;
    struct str vector;                /* one character a visible test: p f e t s */
    const struct judge_test *witness; /* NULL: none */
    struct str got;                   /* what the code gave for it; empty: nothing */
    struct str error_type, error_code, error_name, error_message; /* empty: none */
    int64_t error_line;
    struct exercise_text rule; /* SITUATION_FORBIDDEN: the author's words; error_line is its line */
    struct str path;           /* the file the lines are of */
    struct str text;
    const struct ranked *lines;
    size_t line_count;
    struct region region; /* at.line 0: unknown */
    double confidence;
    struct suspect suspects[SUSPECTS_MAX];
    size_t suspect_count;
    struct hash shape;    /* of the code without layout and comments */
    struct hash fault;    /* signature: same fault, same hash */
    struct repair repair; /* its lines and size only; never shown */
    int64_t run_us;
};
struct analyse_in {
    const struct exercise *exercise;
    const struct sandbox_file *files;
    size_t file_count;
    const struct str *accepted; /* main files of accepted programs, for repairs */
    size_t accepted_count;
    int64_t repair_us; /* what a search for a repair may take; 0: none */
};
/* ERR_INPUT (run.files). A sandbox that fails is SITUATION_COULD_NOT_RUN. */
enum err analyse(const struct tutor *t, const struct analyse_in *in, struct arena *a,
                 struct analysis *out, struct fail *f);
/* Smallest failing test by (tokens of its input, order); SIZE_MAX: none. Pure. */
size_t witness_choose(const struct judge_test *tests, size_t n);
int64_t input_tokens(const struct exercise_test *t);

/* --- ladder.c: the contingent rule (pure) --- */
struct ladder_last {                    /* the last hint on this exercise */
    bool exists, same_fault, same_code; /* same_code: nothing but layout changed since */
    int64_t rung, passed;
    int64_t at;          /* us */
    int64_t repeats;     /* times asked again without a change */
    int64_t runs_after;  /* of the student, since */
    int64_t failed_at_3; /* substantive failed runs after a hint of rung 3 */
    bool stuck_used;     /* its rise for being stuck was spent */
};
struct ladder_in {
    enum situation situation;
    int64_t passed, now;
    bool has_run, has_plan, stuck;
    int64_t active_s;   /* on the exercise */
    int64_t asked;      /* the student asks for at most this; API_ABSENT */
    int64_t hints_deep; /* hints of rung >= 2 so far */
    struct ladder_last last;
};
struct ladder_out {
    int64_t rung;
    const char *reason;
    int64_t repeats; /* 0: something changed */
    bool solved, failed, new_fault, rose_for_stuck, capped;
    int64_t failed_at_3;
};
struct ladder_out rung_next(const struct ladder_in *in, const struct policy *p);

/* --- classify.c (pure) --- */
enum intent {
    INTENT_UNKNOWN,
    INTENT_ASK_SOLUTION,
    INTENT_ASK_HINT,
    INTENT_ASK_DEBUG,
    INTENT_ASK_CONCEPT,
    INTENT_ASK_STATEMENT,
    INTENT_ASK_PLAN,
    INTENT_ASK_CHECK,
    INTENT_AFFECT,
    INTENT_THANKS,
    INTENT_OFF_TOPIC,
    INTENT_VAGUE,
    INTENT_COUNT
};
struct intent_result {
    enum intent intent;
    double confidence;
    bool frustrated;
    struct str lang; /* "es", "en", or empty when the text does not tell */
};
const char *intent_name(enum intent i);
struct intent_result classify(struct str text, struct arena *a);

/* --- words.c, word.c --- */
enum slot {
    SLOT_CALL,
    SLOT_STDIN,
    SLOT_GOT,
    SLOT_EXPECTED,
    SLOT_NAME,
    SLOT_TYPE,
    SLOT_LINE,
    SLOT_LINE_END,
    SLOT_PASSED,
    SLOT_TOTAL,
    SLOT_MEANING,
    SLOT_CONCEPT,
    SLOT_QUESTION,
    SLOT_HINT,
    SLOT_COUNT
};
const char *slot_name(enum slot s);
struct slots {
    struct str value[SLOT_COUNT]; /* as it is written into the text; ptr NULL: no value */
};
struct message {
    struct str id, situation, move;
    int64_t rung, rung_max;
    bool lead;
    uint32_t needs; /* 1 << enum slot */
    const struct str *texts;
    size_t text_count;
};
struct error_words {
    struct str code, text;
    bool needs_name;
};
struct words { /* one variant */
    const struct message *messages;
    size_t message_count;
    const struct error_words *errors;
    size_t error_count;
};
struct error_code {
    struct str code, type, contains;
};
enum variant { VARIANT_ES, VARIANT_ES_AR, VARIANT_EN, VARIANT_COUNT };
struct library {
    struct words variants[VARIANT_COUNT];
    const struct error_code *codes;
    size_t code_count;
    struct hash hash; /* of all texts */
};
enum err library_load(struct arena *a, struct library *out, struct fail *f);
enum variant variant_of(struct str lang);
struct str variant_lang(enum variant v); /* "es" or "en" */
/* The most exact code for an exception: "TypeError.concat". */
struct str error_code_of(const struct library *l, struct str type, struct str message);
/* The sentence for a code; ptr NULL when there is none. */
struct str error_meaning(const struct library *l, enum variant v, struct str code, struct str name,
                         struct arena *a);
/* Student's text as inline code: one line, at most CODE_SLOT_CHARS characters. */
struct str code_slot(struct str text, struct arena *a);
struct str fill(struct str text, const struct slots *s, struct arena *a);

struct pick_in {
    struct str situation; /* or a group */
    int64_t rung;
    bool lead;
    struct str seed;          /* turn id */
    const struct str *recent; /* "id#n" that were said lately */
    size_t recent_count;
};
struct picked {
    struct str key;        /* "wrong-1-call#2"; ptr NULL: nothing is eligible */
    struct str move, text; /* filled */
};
struct picked word_pick(const struct words *w, const struct pick_in *in, const struct slots *s,
                        struct arena *a);

struct fact {
    const char *id, *kind;
    int64_t min_rung;
    struct str text;
};
struct citation {
    struct str path, text;
    int64_t line, line_end;
};
struct reply_in {
    const struct exercise *exercise;
    const struct analysis *analysis;
    struct ladder_out ladder;
    struct intent_result intent;
    enum variant variant;
    struct str seed;
    const struct str *recent;
    size_t recent_count;
    bool show_expected;
    bool progressed; /* more tests pass than at the last hint */
};
struct reply {
    struct str text, move; /* Markdown */
    const struct str *keys;
    size_t key_count;
    int64_t rung;
    bool counts; /* it is a hint */
    const struct fact *facts;
    size_t fact_count;
    const struct citation *citations;
    size_t citation_count;
};
void word_reply(const struct library *l, const struct reply_in *in, struct arena *a,
                struct reply *out);
/* Only what the rung allows. */
size_t facts_filter(struct fact *facts, size_t n, int64_t rung);
void facts_of(const struct library *l, const struct reply_in *in, struct arena *a,
              struct reply *out);

/* --- gate.c (pure) --- */
struct gate_in {
    const struct exercise *exercise;
    struct str reply;
    struct str student; /* their code and what they wrote: quoting it is no leak */
    int64_t rung;
};
struct gate_out {
    const char *rule; /* NULL: nothing found */
    int64_t similarity_e6;
    int64_t disclosed_e6; /* share of the reference's fragments in this reply */
    struct hash span;
};
struct gate_out gate_check(const struct gate_in *in, struct arena *a);

/* Analysis to gated reply: what both a turn and the probe do. */
struct answer {
    struct reply reply;
    struct gate_out gate; /* of the first form; rule NULL: it passed */
};
void answer_word(const struct tutor *t, const struct reply_in *in, struct str student,
                 struct arena *a, struct answer *out);

struct tutor {
    struct tutor_conf conf;
    struct catalogue catalogue;
    struct library library;
    pthread_t warmer;
    bool warming;
    atomic_bool stop;
};
