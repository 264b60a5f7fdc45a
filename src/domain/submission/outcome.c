#include "base/num.h"
#include "domain/submission/work_priv.h"

static struct json text_value(struct str s)
{
    return (struct json){ .type = JS_TEXT, .s = s };
}

static struct json int_value(int64_t v)
{
    return (struct json){ .type = JS_INT, .i = v };
}

static void put_member_text(struct buf *b, const char *key, struct str s)
{
    buf_putf(b, ",\"%s\":", key);
    json_put_text(b, s);
}

static struct str cut_message(struct str s)
{
    return utf8_cut(s, MESSAGE_BYTES);
}

struct str outcome_diagnostics_json(const struct diagnostic *d, size_t n, struct arena *a)
{
    AUTO_BUF b = { .max = 60'000 };
    buf_putc(&b, '[');
    for (size_t i = 0; i < n; i++) {
        size_t before = b.len;
        buf_putf(&b,
                 "%s{\"phase\":\"%s\",\"severity\":\"%s\",\"line\":%d,\"column\":%d,\"end_line\":%"
                 "d,\"end_column\":%d",
                 i ? "," : "", d[i].phase, d[i].severity, d[i].line, d[i].column, d[i].end_line,
                 d[i].end_column);
        put_member_text(&b, "file", d[i].file);
        put_member_text(&b, "code", str_of(d[i].code));
        put_member_text(&b, "family", str_of(d[i].family));
        put_member_text(&b, "es", cut_message(d[i].message.es));
        put_member_text(&b, "en", cut_message(d[i].message.en));
        put_member_text(&b, "raw", utf8_cut(d[i].raw, 2000));
        buf_putc(&b, '}');
        if (b.truncated) { /* the list is cut between diagnostics, never inside one */
            b.len = before;
            break;
        }
    }
    b.truncated = false;
    b.max += 1;
    buf_putc(&b, ']');
    return arena_dup(a, buf_str(&b));
}

static struct json diag_list(const struct diagnostic *d, size_t n, struct arena *a)
{
    size_t kept = size_min(n, 20);
    struct json *items = ARENA_ARRAY(a, struct json, kept);
    for (size_t i = 0; i < kept; i++) {
        struct json_member *m = ARENA_ARRAY(a, struct json_member, 4);
        m[0] = (struct json_member){ STR("phase"), text_value(str_of(d[i].phase)) };
        m[1] = (struct json_member){ STR("code"), text_value(str_of(d[i].code)) };
        m[2] = (struct json_member){ STR("family"), text_value(str_of(d[i].family)) };
        m[3] = (struct json_member){ STR("line"), int_value(i64_max(d[i].line, 0)) };
        items[i] = (struct json){ .type = JS_OBJECT, .count = 4, .members = m };
    }
    return (struct json){ .type = JS_LIST, .count = kept, .items = items };
}

static struct json message_list(const struct diagnostic *d, size_t n, struct arena *a)
{
    size_t kept = size_min(n, 20);
    struct json *items = ARENA_ARRAY(a, struct json, kept);
    for (size_t i = 0; i < kept; i++)
        items[i] =
            text_value(utf8_cut(d[i].raw, 300)); /* at most 300 bytes, so at most 300 characters */
    return (struct json){ .type = JS_LIST, .count = kept, .items = items };
}

struct json outcome_run_payload(const struct run_row *run, const struct diagnostic *d, size_t n,
                                struct arena *a, struct json *text)
{
    enum { MEMBERS = 8 };
    struct json_member *m = ARENA_ARRAY(a, struct json_member, MEMBERS);
    struct hash output = hash_sha256(run->out.ptr ? run->out : STR(""));
    m[0] = (struct json_member){ STR("run"), text_value(run->id) };
    m[1] = (struct json_member){ STR("verdict"), text_value(run->verdict) };
    m[2] = (struct json_member){ STR("exit"),
                                 int_value(run->exit_code == API_ABSENT ? 0 : run->exit_code) };
    m[3] = (struct json_member){ STR("wall_ms"), int_value(run->wall_ms) };
    m[4] = (struct json_member){ STR("cpu_ms"), int_value(run->cpu_ms) };
    m[5] = (struct json_member){ STR("memory_kib"), int_value(run->memory_kib) };
    m[6] = (struct json_member){ STR("diagnostics"), diag_list(d, n, a) };
    m[7] = (struct json_member){ STR("output_hash"), text_value(hash_hex(a, &output)) };
    struct json_member *t = ARENA_ARRAY(a, struct json_member, 1);
    t[0] = (struct json_member){ STR("messages"), message_list(d, n, a) };
    *text = (struct json){ .type = JS_OBJECT, .count = 1, .members = t };
    return (struct json){ .type = JS_OBJECT, .count = MEMBERS, .members = m };
}

static bool is_visible(const struct judge_test *t)
{
    return t->test->visibility == TEST_VISIBLE;
}

/* Letters of the visible tests only: hidden ones appear as counts. */
static struct str visible_vector(const struct judge_result *r, struct arena *a)
{
    struct str all = judge_vector(r, a);
    char *kept = arena_alloc(a, all.len + 2, 1);
    size_t n = 0;
    for (size_t i = 0; i < r->test_count && i < all.len; i++)
        if (is_visible(&r->tests[i]))
            kept[n++] = all.ptr[i];
    if (n == 0)
        kept[n++] = '-';
    return (struct str){ kept, n };
}

static struct str first_failed_id(const struct judge_result *r)
{
    for (size_t i = 0; i < r->test_count; i++)
        if (is_visible(&r->tests[i]) && r->tests[i].verdict != VERDICT_PASSED &&
            r->tests[i].verdict != VERDICT_PRESENTATION)
            return r->tests[i].test->id;
    return (struct str){ 0 };
}

struct json outcome_tests_payload(const struct tests_event *e, struct arena *a)
{
    struct json_member *m = ARENA_ARRAY(a, struct json_member, 6);
    struct str failed = first_failed_id(e->result);
    size_t n = 0;
    if (e->run_id.ptr)
        m[n++] = (struct json_member){ STR("run"), text_value(e->run_id) };
    if (e->submission_id.ptr)
        m[n++] = (struct json_member){ STR("submission"), text_value(e->submission_id) };
    m[n++] = (struct json_member){ STR("cause"), text_value(str_of(e->cause)) };
    m[n++] = (struct json_member){ STR("vector"), text_value(visible_vector(e->result, a)) };
    m[n++] = (struct json_member){ STR("passed"), int_value(e->result->passed) };
    m[n++] = (struct json_member){ STR("total"), int_value(e->result->total) };
    struct json_member *all = ARENA_ARRAY(a, struct json_member, n + 1);
    memcpy(all, m, n * sizeof *m);
    if (failed.ptr && failed.len <= 80)
        all[n++] = (struct json_member){ STR("first_failed"), text_value(failed) };
    return (struct json){ .type = JS_OBJECT, .count = n, .members = all };
}

struct str outcome_explanation_json(const struct judge_result *r, struct arena *a)
{
    AUTO_BUF b = { .max = 16'000 };
    buf_putc(&b, '[');
    for (size_t i = 0; i < r->reason_count; i++) {
        const struct judge_reason *x = &r->reasons[i];
        buf_putf(
            &b,
            "%s{\"rule\":\"%s\",\"passed\":%lld,\"total\":%lld,\"points_mp\":%lld,\"max_mp\":%lld",
            i ? "," : "", x->rule, (long long)x->passed, (long long)x->total,
            (long long)x->points_mp, (long long)x->max_mp);
        put_member_text(&b, "id", x->id);
        buf_putc(&b, '}');
    }
    buf_putc(&b, ']');
    return b.truncated ? STR("[]") : arena_dup(a, buf_str(&b));
}

enum verdict outcome_run_verdict(const struct judge_result *r)
{
    if (r->verdict == VERDICT_COMPILE_ERROR || r->verdict == VERDICT_COMPILE_LIMIT ||
        r->verdict == VERDICT_JUDGE_ERROR)
        return r->verdict;
    for (size_t i = 0; i < r->test_count; i++) {
        enum verdict v = r->tests[i].verdict;
        if (v >= VERDICT_RUNTIME_ERROR && v <= VERDICT_OUTPUT_LIMIT)
            return v;
        if (v == VERDICT_VIOLATION || v == VERDICT_JUDGE_ERROR)
            return v;
    }
    return VERDICT_OK;
}

struct result_row outcome_result_row(const struct judge_test *t, struct arena *a)
{
    AUTO_BUF b = { .max = 4000 };
    buf_put(&b, STR("{\"es\":"));
    json_put_text(&b, cut_message(t->message.es));
    put_member_text(&b, "en", cut_message(t->message.en));
    buf_putc(&b, '}');
    bool fits = b.len <= 1000;
    return (struct result_row){ .test_id = t->test->row,
                                .verdict = str_of(verdict_name(t->verdict)),
                                .actual = t->actual.ptr ? utf8_cut(t->actual, 4096) : t->actual,
                                .message = fits && (t->message.es.len || t->message.en.len)
                                               ? arena_dup(a, buf_str(&b))
                                               : (struct str){ 0 },
                                .points_mp = t->points_mp,
                                .wall_ms = t->wall_ms,
                                .cpu_ms = t->cpu_ms,
                                .memory_kib = t->memory_kib,
                                .exit_code = t->exit_code,
                                .signal = t->signal,
                                .tries = t->tries };
}

struct str outcome_message(struct str message_json, struct str lang, struct arena *a)
{
    struct json j;
    struct fail f;
    if (!message_json.ptr || json_parse(message_json, &json_limits_api, a, &j, &f))
        return (struct str){ 0 };
    struct str s = json_text(json_get(&j, str_is(lang, "en") ? "en" : "es"));
    return s.len ? s : (struct str){ 0 };
}

static struct str text_or_absent(const struct json *j)
{
    struct str s = json_text(j);
    return s.len ? s : (struct str){ 0 };
}

static int64_t positive_or_absent(const struct json *j)
{
    int64_t v = json_int(j, 0);
    return v > 0 ? v : API_ABSENT;
}

enum err outcome_diags_out(struct str diagnostics_json, struct str lang, struct arena *a,
                           struct api_list *out, struct fail *f)
{
    struct json j = { .type = JS_LIST };
    if (diagnostics_json.ptr)
        TRY(json_parse(diagnostics_json, &json_limits_api, a, &j, f));
    struct diag_out *items = ARENA_ARRAY(a, struct diag_out, j.count);
    for (size_t i = 0; i < j.count; i++) {
        const struct json *d = &j.items[i];
        items[i] =
            (struct diag_out){ .phase = json_text(json_get(d, "phase")),
                               .severity = json_text(json_get(d, "severity")),
                               .file = text_or_absent(json_get(d, "file")),
                               .code = json_text(json_get(d, "code")),
                               .family = json_text(json_get(d, "family")),
                               .message = json_text(json_get(d, str_is(lang, "en") ? "en" : "es")),
                               .raw = json_text(json_get(d, "raw")),
                               .line = positive_or_absent(json_get(d, "line")),
                               .column = positive_or_absent(json_get(d, "column")),
                               .end_line = positive_or_absent(json_get(d, "end_line")),
                               .end_column = positive_or_absent(json_get(d, "end_column")) };
    }
    *out = (struct api_list){ items, j.count };
    return ERR_OK;
}

static const struct exercise_test *test_of_row(const struct exercise *x, struct str row_id)
{
    for (size_t i = 0; i < x->test_count; i++)
        if (str_eq(x->tests[i].row, row_id))
            return &x->tests[i];
    return NULL;
}

static struct str shown(struct str s)
{
    return s.len ? s : (struct str){ 0 };
}

static void fill_visible(const struct exercise_test *t, const struct result_row *r, struct str lang,
                         struct arena *a, struct test_out *out)
{
    *out = (struct test_out){ .number = t->number,
                              .id = t->id,
                              .title = shown(exercise_say(t->title, lang)),
                              .visibility = str_of(exercise_visibility_name(t->visibility)),
                              .kind = str_of(exercise_test_kind_name(t->kind)),
                              .verdict = r->verdict,
                              .call = shown(t->call),
                              .stdin_text = shown(t->stdin_text),
                              .expected = t->raises.len  ? t->raises
                                          : t->value.len ? t->value
                                                         : shown(t->expected),
                              .actual = r->actual,
                              .message = outcome_message(r->message, lang, a),
                              .points = r->points_mp,
                              .max_points = t->points_mp,
                              .wall_ms = r->wall_ms,
                              .cpu_ms = r->cpu_ms,
                              .memory_kib = r->memory_kib };
}

struct seen_results outcome_seen(const struct exercise *x, const struct result_row *rows, size_t n,
                                 struct str lang, struct arena *a)
{
    struct seen_results out = { 0 };
    struct test_out *items = ARENA_ARRAY(a, struct test_out, n);
    for (size_t i = 0; i < n; i++) {
        const struct exercise_test *t = test_of_row(x, rows[i].test_id);
        bool passed = str_is(rows[i].verdict, "passed") || str_is(rows[i].verdict, "presentation");
        if (t && t->visibility == TEST_VISIBLE) {
            fill_visible(t, &rows[i], lang, a, &items[out.tests.n++]);
            continue;
        }
        out.hidden_total++;
        out.hidden_passed += passed;
    }
    out.tests.items = items;
    return out;
}

static const struct api_field diag_fields[] = {
    API_F(struct diag_out, phase, API_TEXT, 1, 20),
    API_F(struct diag_out, severity, API_TEXT, 1, 20),
    API_OPT(struct diag_out, file, API_TEXT, 1, 200),
    API_OPT(struct diag_out, line, API_INT, 1, INT32_MAX),
    API_OPT(struct diag_out, column, API_INT, 1, INT32_MAX),
    API_OPT(struct diag_out, end_line, API_INT, 1, INT32_MAX),
    API_OPT(struct diag_out, end_column, API_INT, 1, INT32_MAX),
    API_F(struct diag_out, code, API_TEXT, 1, 80),
    API_F(struct diag_out, family, API_TEXT, 1, 40),
    API_F(struct diag_out, message, API_TEXT, 0, 2000),
    API_F(struct diag_out, raw, API_TEXT, 0, 2000),
};
const struct api_shape diag_shape = API_SHAPE(struct diag_out, "Diagnostic", diag_fields);

static const char *const visibilities[] = { "visible", "hidden", "after_due", NULL };
static const char *const kinds[] = { "stdio", "call", NULL };
static const char *const test_verdicts[] = { "passed",        "wrong_answer",  "presentation",
                                             "runtime_error", "time_limit",    "idle_limit",
                                             "memory_limit",  "process_limit", "output_limit",
                                             "violation",     "skipped",       "unstable",
                                             "judge_error",   "compile_error", NULL };
static const struct api_field test_fields[] = {
    API_F(struct test_out, number, API_INT, 1, 100),
    API_OPT(struct test_out, id, API_TEXT, 1, 60),
    API_OPT(struct test_out, title, API_TEXT, 1, 200),
    API_WORD(struct test_out, visibility, visibilities, false),
    API_WORD(struct test_out, kind, kinds, true),
    API_WORD(struct test_out, verdict, test_verdicts, false),
    API_OPT(struct test_out, call, API_TEXT, 1, 65536),
    { .name = "stdin",
      .type = API_TEXT,
      .at = offsetof(struct test_out, stdin_text),
      .min = 1,
      .max = 65536,
      .optional = true },
    API_OPT(struct test_out, expected, API_TEXT, 1, 65536),
    API_OPT(struct test_out, actual, API_TEXT, 0, 4096),
    { .name = "stdout",
      .type = API_TEXT,
      .at = offsetof(struct test_out, stdout_text),
      .min = 1,
      .max = 4096,
      .optional = true },
    API_OPT(struct test_out, message, API_TEXT, 1, 2000),
    API_F(struct test_out, points, API_POINTS, 0, INT64_MAX),
    API_F(struct test_out, max_points, API_POINTS, 0, INT64_MAX),
    API_F(struct test_out, wall_ms, API_INT, 0, INT64_MAX),
    API_F(struct test_out, cpu_ms, API_INT, 0, INT64_MAX),
    API_F(struct test_out, memory_kib, API_INT, 0, INT64_MAX),
};
const struct api_shape test_shape = API_SHAPE(struct test_out, "TestResult", test_fields);
