#include "base/num.h"
#include "domain/tutor/tutor_priv.h"

#include <sys/resource.h>
#include <unistd.h>

struct tutor *tutor_module(struct arena *a, const struct tutor_conf *conf)
{
    struct fail f = { 0 };
    struct tutor *t = ARENA_NEW(a, struct tutor);
    t->conf = *conf;
    enum err e = catalogue_load(a, &t->catalogue, &f);
    if (!e)
        e = library_load(a, &t->library, &f);
    if (e && conf->log)
        log_fail(conf->log, "tutor.content", &f);
    assert(!e); /* the program's own files, tested */
    return t;
}

/* --- the catalogue, compiled before somebody waits for it --- */

enum { WARM_NICE = 10 };

static void *warm(void *arg)
{
    struct tutor *t = arg;
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), WARM_NICE);
    catalogue_compile(&t->catalogue, &t->stop);
    return NULL;
}

enum err tutor_warm(struct tutor *t, struct fail *f)
{
    int rc = pthread_create(&t->warmer, NULL, warm, t);
    t->warming = !rc;
    return rc ? FAIL(f, ERR_IO, "internal", "tutor thread: %s", errno_text(rc)) : ERR_OK;
}

void tutor_close(struct tutor *t)
{
    if (!t)
        return;
    atomic_store(&t->stop, true);
    if (t->warming)
        (void)pthread_join(t->warmer, NULL);
    catalogue_free(&t->catalogue);
}

/* --- probe --- */

enum { PROBE_LINES = 10, PROBE_REPAIR_US = 1'000'000 };

static void probe_lines(const struct analysis *x, struct arena *a, struct tutor_probe_out *out)
{
    size_t n = size_min(x->line_count, PROBE_LINES);
    struct tutor_line *lines = ARENA_ARRAY(a, struct tutor_line, n);
    for (size_t i = 0; i < n; i++)
        lines[i] = (struct tutor_line){ x->path, x->lines[i].line, x->lines[i].score };
    if (!n && x->error_line > 0) {
        lines = ARENA_ARRAY(a, struct tutor_line, 1);
        lines[n++] = (struct tutor_line){ x->path, x->error_line, 1 };
    }
    struct tutor_suspect *suspects = ARENA_ARRAY(a, struct tutor_suspect, x->suspect_count);
    for (size_t i = 0; i < x->suspect_count; i++)
        suspects[i] = (struct tutor_suspect){ x->suspects[i].what->id, x->suspects[i].at.line,
                                              x->suspects[i].confirmed };
    out->lines = lines;
    out->line_count = n;
    out->suspects = suspects;
    out->suspect_count = x->suspect_count;
    out->region_line = x->region.at.line;
    out->region_end = x->region.at.line_end;
}

static void probe_case(const struct analysis *x, struct tutor_probe_out *out)
{
    const struct judge_test *w = x->witness;
    out->passed = x->passed;
    out->total = x->total;
    out->verdict = x->situation == SITUATION_SYNTAX ? STR("compile_error") : STR("passed");
    if (!x->ran)
        out->verdict = STR("not_run");
    if (!w)
        return;
    out->verdict = str_of(verdict_name(w->verdict));
    out->call = w->test->call;
    out->stdin_text = w->test->stdin_text;
    out->got = x->got;
    out->expected = w->test->kind == TEST_CALL ? w->test->value : w->test->expected;
}

static enum err probe_analyse(const struct tutor *t, const struct tutor_probe_in *in,
                              struct arena *a, const struct analysis **out, struct fail *f)
{
    const struct analyse_in look = { .exercise = in->exercise,
                                     .files = in->files,
                                     .file_count = in->file_count,
                                     .accepted = in->accepted,
                                     .accepted_count = in->accepted_count,
                                     .repair_us = in->no_repair ? 0 : PROBE_REPAIR_US };
    struct analysis *x = ARENA_NEW(a, struct analysis);
    *out = x;
    return analyse(t, &look, a, x, f);
}

enum err tutor_probe(struct tutor *t, const struct tutor_probe_in *in, struct arena *a,
                     struct tutor_probe_out *out, struct fail *f)
{
    int64_t from = env_mono(t->conf.env);
    const struct analysis *x = in->known;
    struct answer answer;
    AUTO_BUF student = { .max = 1'048'576 };
    *out = (struct tutor_probe_out){ 0 };
    if (!x)
        TRY(probe_analyse(t, in, a, &x, f));
    for (size_t i = 0; i < in->file_count; i++)
        buf_put(&student, in->files[i].text);
    const struct reply_in say = { .exercise = in->exercise,
                                  .analysis = x,
                                  .ladder = { .rung = i64_clamp(in->rung, 0, RUNG_MAX),
                                              .reason = "first_help" },
                                  .intent = { .intent = INTENT_ASK_HINT, .confidence = 1 },
                                  .variant = variant_of(in->lang),
                                  .seed = in->turn,
                                  .show_expected = in->show_expected };
    answer_word(t, &say, buf_str(&student), a, &answer);
    probe_case(x, out);
    probe_lines(x, a, out);
    out->situation = str_of(situation_name(x->situation));
    out->rung = answer.reply.rung;
    out->reason = str_of(say.ladder.reason);
    out->move = answer.reply.move;
    out->message = answer.reply.text;
    out->gate_acted = answer.gate.rule;
    out->repaired = x->repair.found;
    out->repair_size_e6 = x->repair.size_e6;
    out->repair_tried = x->repair.tried;
    out->repair_ms = x->repair.wall_us / US_PER_MS;
    out->analysis = x;
    out->run_ms = x->run_us / US_PER_MS;
    out->total_ms = (env_mono(t->conf.env) - from) / US_PER_MS;
    return ERR_OK;
}

static void put_text(struct buf *b, const char *key, struct str v)
{
    buf_putf(b, ",\"%s\":", key);
    json_put_text(b, v);
}

static void put_lines(struct buf *b, const struct tutor_probe_out *p)
{
    buf_put(b, STR(",\"lines\":["));
    for (size_t i = 0; i < p->line_count; i++) {
        buf_putf(b, "%s{\"line\":%lld,\"score\":", i ? "," : "", (long long)p->lines[i].line);
        json_put_real(b, p->lines[i].score);
        put_text(b, "path", p->lines[i].path);
        buf_putc(b, '}');
    }
    buf_put(b, STR("],\"misconceptions\":["));
    for (size_t i = 0; i < p->suspect_count; i++) {
        buf_put(b, i ? STR(",{\"id\":") : STR("{\"id\":"));
        json_put_text(b, p->suspects[i].id);
        buf_putf(b, ",\"line\":%lld,\"state\":\"%s\"}", (long long)p->suspects[i].line,
                 p->suspects[i].confirmed ? "confirmed" : "suspected");
    }
    buf_putc(b, ']');
}

static void put_case(struct buf *b, const struct tutor_probe_out *p)
{
    bool none = !p->call.len && !p->stdin_text.len;
    if (none)
        return;
    buf_put(b, STR(",\"failing_case\":{\"got\":"));
    json_put_text(b, p->got);
    put_text(b, "expected", p->expected);
    put_text(b, p->call.len ? "call" : "stdin", p->call.len ? p->call : p->stdin_text);
    buf_putc(b, '}');
}

void tutor_probe_json(const struct tutor_probe_out *p, struct buf *b)
{
    buf_put(b, STR("{\"verdict\":"));
    json_put_text(b, p->verdict);
    put_text(b, "situation", p->situation);
    buf_putf(b, ",\"passed\":%lld,\"total\":%lld", (long long)p->passed, (long long)p->total);
    put_case(b, p);
    put_lines(b, p);
    if (p->region_line > 0)
        buf_putf(b, ",\"region\":[%lld,%lld]", (long long)p->region_line, (long long)p->region_end);
    buf_putf(b, ",\"rung\":%lld", (long long)p->rung);
    put_text(b, "reason", p->reason);
    put_text(b, "move", p->move);
    put_text(b, "message", p->message);
    buf_putf(b, ",\"repair\":{\"found\":%s,\"size\":", p->repaired ? "true" : "false");
    json_put_real(b, (double)p->repair_size_e6 / 1e6);
    buf_putf(b, ",\"tried\":%lld,\"ms\":%lld}", (long long)p->repair_tried,
             (long long)p->repair_ms);
    buf_putf(b, ",\"gate_acted\":%s,\"run_ms\":%lld,\"total_ms\":%lld}\n",
             p->gate_acted ? "true" : "false", (long long)p->run_ms, (long long)p->total_ms);
}

void tutor_probe_print(const struct tutor_probe_out *p, struct buf *b)
{
    buf_putf(b, "verdict     %.*s (%lld of %lld visible tests)\n", STR_ARG(p->verdict),
             (long long)p->passed, (long long)p->total);
    buf_putf(b, "situation   %.*s\n", STR_ARG(p->situation));
    if (p->call.len || p->stdin_text.len)
        buf_putf(b, "case        %.*s\n            gave %.*s, expected %.*s\n",
                 STR_ARG(p->call.len ? p->call : p->stdin_text), STR_ARG(p->got),
                 STR_ARG(p->expected));
    for (size_t i = 0; i < p->line_count; i++)
        buf_putf(b, "line %-6lld %.2f\n", (long long)p->lines[i].line, p->lines[i].score);
    for (size_t i = 0; i < p->suspect_count; i++)
        buf_putf(b, "suspect     %.*s, line %lld%s\n", STR_ARG(p->suspects[i].id),
                 (long long)p->suspects[i].line, p->suspects[i].confirmed ? ", confirmed" : "");
    buf_putf(b, "rung        %lld (%.*s, %.*s)\n\n%.*s\n", (long long)p->rung, STR_ARG(p->reason),
             STR_ARG(p->move), STR_ARG(p->message));
}
