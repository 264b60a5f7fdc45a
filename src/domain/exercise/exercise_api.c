#include "base/fold.h"
#include "base/num.h"
#include "domain/exercise/store_priv.h"
#include "domain/user/user.h"

/* What a student sees of an exercise: an allow-list, filled field by field. Nothing is ever removed
 * from a fuller shape. */

static const char *const kinds[] = { "code", "fix", NULL };
static const char *const difficulties[] = { "easy", "medium", "hard", NULL };
static const char *const states[] = { "new", "in_progress", "solved", NULL };
static const char *const langs[] = { "es", "en", NULL };
static const char *const visibilities[] = { "visible", "hidden", "after_due", NULL };
static const char *const test_kinds[] = { "stdio", "call", NULL };

struct skill_out {
    struct str id, title;
};
static const struct api_field skill_fields[] = {
    API_F(struct skill_out, id, API_TEXT, 1, 80),
    API_F(struct skill_out, title, API_TEXT, 1, 200),
};
static const struct api_shape skill_shape = API_SHAPE(struct skill_out, "Skill", skill_fields);

struct card_out {
    struct str id, slug, title, summary, lang, kind, difficulty, state, session_id;
    int64_t minutes, unit, order, best_score, max_score, submissions;
    struct api_list skills;
};
static const struct api_field card_fields[] = {
    API_F(struct card_out, id, API_ID, 0, 0),
    API_F(struct card_out, slug, API_TEXT, 1, 80),
    API_F(struct card_out, title, API_TEXT, 1, 80),
    API_F(struct card_out, summary, API_TEXT, 0, 200),
    API_WORD(struct card_out, lang, langs, false),
    API_WORD(struct card_out, kind, kinds, false),
    API_WORD(struct card_out, difficulty, difficulties, false),
    API_F(struct card_out, minutes, API_INT, 2, 240),
    API_OPT(struct card_out, unit, API_INT, 1, 100),
    API_SUB(struct card_out, skills, API_LIST, 0, 6, skill_shape, false),
    API_WORD(struct card_out, state, states, false),
    API_OPT(struct card_out, session_id, API_ID, 0, 0),
    API_OPT(struct card_out, best_score, API_POINTS, 0, INT64_MAX),
    API_F(struct card_out, max_score, API_POINTS, 0, INT64_MAX),
    API_F(struct card_out, submissions, API_INT, 0, INT64_MAX),
};
static const struct api_shape card_shape = API_SHAPE(struct card_out, "ExerciseCard", card_fields);

struct list_out {
    struct api_list items;
};
static const struct api_field list_fields[] = {
    API_SUB(struct list_out, items, API_LIST, 0, 500, card_shape, false),
};
static const struct api_shape list_shape = API_SHAPE(struct list_out, "ExerciseList", list_fields);

struct list_query {
    struct str q, skill, difficulty, state;
};
static const struct api_field query_fields[] = {
    API_OPT(struct list_query, q, API_TEXT, 2, 100),
    API_OPT(struct list_query, skill, API_TEXT, 1, 80),
    API_WORD(struct list_query, difficulty, difficulties, true),
    API_WORD(struct list_query, state, states, true),
};
static const struct api_shape query_shape =
    API_SHAPE(struct list_query, "ExerciseQuery", query_fields);

struct file_out {
    struct str path, text;
    bool read_only;
};
static const struct api_field file_fields[] = {
    API_F(struct file_out, path, API_TEXT, 1, 200),
    API_F(struct file_out, text, API_TEXT, 0, 524'288),
    API_F(struct file_out, read_only, API_BOOL, 0, 0),
};
static const struct api_shape file_shape = API_SHAPE(struct file_out, "ExerciseFile", file_fields);

struct test_out {
    int64_t number, points;
    struct str id, title, visibility, kind, call, stdin_text, expected;
};
static const struct api_field test_fields[] = {
    API_F(struct test_out, number, API_INT, 1, 100),
    API_OPT(struct test_out, id, API_TEXT, 1, 60),
    API_OPT(struct test_out, title, API_TEXT, 1, 200),
    API_WORD(struct test_out, visibility, visibilities, false),
    API_WORD(struct test_out, kind, test_kinds, true),
    API_OPT(struct test_out, call, API_TEXT, 1, 65'536),
    { .name = "stdin",
      .type = API_TEXT,
      .at = offsetof(struct test_out, stdin_text),
      .min = 1,
      .max = 65'536,
      .optional = true },
    API_OPT(struct test_out, expected, API_TEXT, 1, 65'536),
    API_F(struct test_out, points, API_POINTS, 0, INT64_MAX),
};
static const struct api_shape test_shape = API_SHAPE(struct test_out, "ExerciseTest", test_fields);

static const struct api_field limits_fields[] = {
    API_F(struct exercise_limits, cpu_ms, API_INT, 1, 30'000),
    API_F(struct exercise_limits, wall_ms, API_INT, 1, 120'000),
    API_F(struct exercise_limits, memory_kib, API_INT, 1, 1 << 20),
    API_F(struct exercise_limits, output_kib, API_INT, 1, 4096),
};
static const struct api_shape limits_shape =
    API_SHAPE(struct exercise_limits, "ExerciseLimits", limits_fields);

struct exercise_out {
    struct card_out card; /* first member: the card's fields are this shape's too */
    int64_t version, hints;
    struct api_json statement;
    struct api_texts languages;
    struct api_list files, tests;
    struct str entry;
    struct exercise_limits *limits;
};
static const struct api_field exercise_fields[] = {
    API_F(struct card_out, id, API_ID, 0, 0),
    API_F(struct card_out, slug, API_TEXT, 1, 80),
    API_F(struct card_out, title, API_TEXT, 1, 80),
    API_F(struct card_out, summary, API_TEXT, 0, 200),
    API_WORD(struct card_out, lang, langs, false),
    API_WORD(struct card_out, kind, kinds, false),
    API_WORD(struct card_out, difficulty, difficulties, false),
    API_F(struct card_out, minutes, API_INT, 2, 240),
    API_OPT(struct card_out, unit, API_INT, 1, 100),
    API_SUB(struct card_out, skills, API_LIST, 0, 6, skill_shape, false),
    API_WORD(struct card_out, state, states, false),
    API_OPT(struct card_out, session_id, API_ID, 0, 0),
    API_OPT(struct card_out, best_score, API_POINTS, 0, INT64_MAX),
    API_F(struct card_out, max_score, API_POINTS, 0, INT64_MAX),
    API_F(struct card_out, submissions, API_INT, 0, INT64_MAX),
    API_F(struct exercise_out, version, API_INT, 1, INT64_MAX),
    API_F(struct exercise_out, statement, API_JSON, 0, 0),
    { .name = "languages",
      .type = API_TEXTS,
      .at = offsetof(struct exercise_out, languages),
      .max = 6,
      .item_max = 20 },
    API_SUB(struct exercise_out, files, API_LIST, 0, 16, file_shape, false),
    API_F(struct exercise_out, entry, API_TEXT, 1, 200),
    API_SUB(struct exercise_out, tests, API_LIST, 1, 100, test_shape, false),
    API_SUB(struct exercise_out, limits, API_OBJECT, 0, 0, limits_shape, false),
    API_F(struct exercise_out, hints, API_INT, 0, 100),
};
static const struct api_shape exercise_shape =
    API_SHAPE(struct exercise_out, "Exercise", exercise_fields);

#define MAX_SCORE_MP INT64_C(100000)

static struct str state_of(const struct card_row *row)
{
    if (row->best_mp == MAX_SCORE_MP)
        return STR("solved");
    return row->session_id.ptr ? STR("in_progress") : STR("new");
}

static void fill_card(struct http_req *req, const struct exercise *x, const struct card_row *row,
                      struct card_out *out)
{
    const struct exercises *all = req->self;
    const struct outline_item *place = outline_of(all, x->slug);
    struct str lang = user_lang(req);
    struct skill_out *skills = ARENA_ARRAY(req->arena, struct skill_out, x->skill_count);
    for (size_t i = 0; i < x->skill_count; i++)
        skills[i] =
            (struct skill_out){ x->skills[i], exercise_skill_title(all, x->skills[i], lang) };
    *out = (struct card_out){ .id = row->id,
                              .slug = x->slug,
                              .title = exercise_say(x->title, lang),
                              .summary = exercise_say(x->summary, lang),
                              .lang = lang,
                              .kind = str_of(exercise_kind_name(x->kind)),
                              .difficulty = x->difficulty,
                              .minutes = x->minutes,
                              .unit = place ? place->unit : API_ABSENT,
                              .order = place ? place->order : INT64_MAX,
                              .skills = { skills, x->skill_count },
                              .state = state_of(row),
                              .session_id = row->session_id,
                              .best_score = row->best_mp,
                              .max_score = MAX_SCORE_MP,
                              .submissions = row->submissions };
}

static bool has_skill(const struct exercise *x, struct str skill)
{
    for (size_t i = 0; i < x->skill_count; i++)
        if (str_eq(x->skills[i], skill))
            return true;
    return false;
}

/* Search ignores case and accents, in title and summary of the asking person's language. */
static bool wanted(struct http_req *req, const struct exercise *x, const struct card_out *card)
{
    const struct list_query *q = req->query;
    if (q->skill.ptr && !has_skill(x, q->skill))
        return false;
    if ((q->difficulty.ptr && !str_eq(q->difficulty, card->difficulty)) ||
        (q->state.ptr && !str_eq(q->state, card->state)))
        return false;
    if (!q->q.ptr)
        return true;
    struct str needle = text_fold(req->arena, q->q);
    return str_has(text_fold(req->arena, card->title), needle) ||
           str_has(text_fold(req->arena, card->summary), needle);
}

/* In the course's order; what the course does not have comes last. */
static void insert_sorted(struct card_out *cards, size_t n)
{
    struct card_out x = cards[n];
    size_t k = n;
    for (; k > 0 && cards[k - 1].order > x.order; k--)
        cards[k] = cards[k - 1];
    cards[k] = x;
}

static enum err exercises_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct card_row *rows = NULL;
    size_t n = 0, kept = 0;
    TRY(exercise_db_cards(req->conn, req->tenant, req->user_id, (struct str){ 0 }, req->arena,
                          &rows, &n, f));
    struct card_out *items = ARENA_ARRAY(req->arena, struct card_out, n);
    for (size_t i = 0; i < n; i++) {
        const struct exercise *x = NULL;
        TRY(exercise_get(req->self, req->conn, req->tenant, rows[i].version_id, &x, f));
        fill_card(req, x, &rows[i], &items[kept]);
        if (wanted(req, x, &items[kept]))
            insert_sorted(items, kept++);
    }
    struct list_out *out = ARENA_NEW(req->arena, struct list_out);
    out->items = (struct api_list){ items, kept };
    res->out = out;
    return ERR_OK;
}

static struct str shown(struct str s)
{
    return s.len ? s : (struct str){ 0 };
}

static struct test_out test_view(const struct exercise_test *t, struct str lang)
{
    struct test_out out = { .number = t->number,
                            .points = t->points_mp,
                            .visibility = str_of(exercise_visibility_name(t->visibility)) };
    if (t->visibility != TEST_VISIBLE)
        return out;
    out.id = t->id;
    out.title = shown(exercise_say(t->title, lang));
    out.kind = str_of(exercise_test_kind_name(t->kind));
    out.call = shown(t->call);
    out.stdin_text = shown(t->stdin_text);
    out.expected = t->raises.len ? t->raises : t->value.len ? t->value : shown(t->expected);
    return out;
}

static void fill_files(const struct exercise *x, struct arena *a, struct api_list *out)
{
    struct file_out *files = ARENA_ARRAY(a, struct file_out, x->file_count);
    size_t n = 0;
    for (size_t i = 0; i < x->file_count; i++)
        if (x->files[i].visible)
            files[n++] = (struct file_out){ x->files[i].path,
                                            x->files[i].starter.ptr ? x->files[i].starter : STR(""),
                                            !x->files[i].editable };
    *out = (struct api_list){ files, n };
}

static enum err exercise_get_one(struct http_req *req, struct http_res *res, struct fail *f)
{
    const struct exercise *x = NULL;
    struct card_row *row = NULL;
    size_t n = 0;
    struct str lang = user_lang(req);
    TRY(exercise_db_cards(req->conn, req->tenant, req->user_id, req->params[0], req->arena, &row,
                          &n, f));
    TRY(exercise_get(req->self, req->conn, req->tenant, row->version_id, &x, f));
    struct exercise_out *out = ARENA_NEW(req->arena, struct exercise_out);
    fill_card(req, x, row, &out->card);
    struct test_out *tests = ARENA_ARRAY(req->arena, struct test_out, x->test_count);
    for (size_t i = 0; i < x->test_count; i++)
        tests[i] = test_view(&x->tests[i], lang);
    out->version = x->version;
    out->statement.text = prose_of_markdown(req->arena, exercise_say(x->statement, lang));
    out->languages = (struct api_texts){ ARENA_NEW(req->arena, struct str), 1 };
    out->languages.items[0] = x->language;
    fill_files(x, req->arena, &out->files);
    out->entry = x->main_path;
    out->tests = (struct api_list){ tests, x->test_count };
    out->limits = ARENA_NEW(req->arena, struct exercise_limits);
    *out->limits = x->limits;
    out->hints = num_i64(x->hint_count);
    res->out = out;
    return ERR_OK;
}

const struct http_route exercise_routes[] = {
    { .method = HTTP_GET,
      .path = "/api/v1/exercises",
      .who = "U",
      .rate = RATE_READ,
      .in = &api_nothing,
      .query = &query_shape,
      .out = &list_shape,
      .handle = exercises_get,
      .doc = "The exercises with one's own state, in the course's order" },
    { .method = HTTP_GET,
      .path = "/api/v1/exercises/{id}",
      .who = "E",
      .rate = RATE_READ,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &exercise_shape,
      .handle = exercise_get_one,
      .doc = "Statement, starter, visible tests; of hidden tests only number and points" },
};
const size_t exercise_route_count = COUNT_OF(exercise_routes);
