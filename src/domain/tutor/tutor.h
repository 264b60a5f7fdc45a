#pragma once
/*
 * tutor (T-IA-Cog) - helps a student on an exercise without giving the answer, with no model.
 *
 * A turn: the student's latest code is run against all visible tests in one box (hidden ones in
 * another, never mixed), the fault is located, a rung is chosen by the contingent rule, and words
 * are chosen from content/messages for the facts of that rung. Only facts are worded; whatever
 * leaves passes the gate: no line of a reference solution, no hidden input, no hidden result.
 *
 * Owner of turns, turn_labels, hint_states, disclosures, probes and gate_findings. Rungs are 0..4.
 * Threads: struct tutor is shared and immutable after tutor_module; the rest belongs to its caller.
 * Sources: contingent rule, Wood & Middleton 1975; Ochiai, Abreu, Zoeteweij & van Gemund 2006;
 * winnowing of fragments, Schleimer, Wilkerson & Aiken 2003.
 */
#include "domain/session/session.h"
#include "domain/submission/submission.h"

struct tutor; /* the module: words, misconceptions, everything it reads or writes through */
struct tutor_conf {
    struct db *db;
    struct hub *hub;
    struct jobs *jobs;
    struct sandbox *sandbox; /* NULL in a process that does not judge: then nothing can be run */
    struct sessions *sessions;
    struct exercises *exercises;
    const struct env *env;
    const struct log *log;
    struct str tenant;
};
/* Reads content/messages and content/misconceptions of the program; their form is tested, so a
 * fault in them stops the program. */
struct tutor *tutor_module(struct arena *a, const struct tutor_conf *conf);
/* Compiles the catalogue's patterns on a thread of low priority, which takes about a second: else
 * the first hint would pay for it. Call at most once. ERR_IO: no thread. */
enum err tutor_warm(struct tutor *t, struct fail *f);
/* Ends that thread, frees the compiled patterns; no turn may be running. NULL is allowed. */
void tutor_close(struct tutor *t);

extern const struct http_route tutor_routes[];
extern const size_t tutor_route_count;

/* Job kind tutor.reply, and what gives the turn its embedded reply when the job is dead. */
job_run tutor_reply_job;
job_dead tutor_reply_dead;

/* --- without a store: `ainative tutor-probe` --- */

struct analysis;
struct tutor_probe_in {
    const struct exercise *exercise;
    const struct sandbox_file *files; /* the student's */
    size_t file_count;
    const struct str *accepted; /* main files of accepted programs, beside the references */
    size_t accepted_count;
    int64_t rung;    /* 0..4: what the ladder would have chosen */
    struct str lang; /* "es", "es-ar" or "en" */
    bool show_expected;
    struct str turn;              /* chooses between wordings; any text */
    bool no_repair;               /* other evidence only: no search for a change that passes */
    const struct analysis *known; /* of an earlier probe of the same files; NULL: look at them */
};
struct tutor_line {
    struct str path;
    int64_t line;
    double score; /* 0..1; internal, never shown to a student */
};
struct tutor_suspect {
    struct str id;
    int64_t line;
    bool confirmed;
};
struct tutor_probe_out {
    struct str verdict;    /* passed, or of the failing case: wrong_answer, runtime_error, ... */
    struct str situation;  /* no_code ... all_pass */
    int64_t passed, total; /* visible tests */
    struct str call, stdin_text, got, expected; /* the failing case; empty: none */
    const struct tutor_line *lines;             /* most suspicious first */
    size_t line_count;
    int64_t region_line, region_end; /* 0: none */
    const struct tutor_suspect *suspects;
    size_t suspect_count;
    int64_t rung;
    struct str reason, move, message; /* message: Markdown */
    bool gate_acted;
    bool repaired; /* a change was found that passes every test; the change is not told */
    int64_t repair_size_e6, repair_tried, repair_ms;
    const struct analysis *analysis; /* for the next rung; lives in the arena */
    int64_t run_ms, total_ms;
};
/* Nothing is stored. ERR_INPUT (run.files); a sandbox that does not answer is a situation
 * (could_not_run), not an error. */
enum err tutor_probe(struct tutor *t, const struct tutor_probe_in *in, struct arena *a,
                     struct tutor_probe_out *out, struct fail *f);
/* One JSON object with an LF. */
void tutor_probe_json(const struct tutor_probe_out *p, struct buf *b);
/* The same for people. */
void tutor_probe_print(const struct tutor_probe_out *p, struct buf *b);
