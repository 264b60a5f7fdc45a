#include "domain/fingerprint/fingerprint.h"

#include "base/buf.h"
#include "io/clock/clock.h"
#include "support/check.h"

static const char *const program = "def total(prices, limit):\n"
                                   "    result = 0\n"
                                   "    for price in prices:\n"
                                   "        if price > limit:\n"
                                   "            result = result + price * 2\n"
                                   "        else:\n"
                                   "            result -= 1\n"
                                   "    return result\n";
static const char *const renamed = "# copied\n"
                                   "def suma(lista, tope):\n"
                                   "    acc = 9   # start\n"
                                   "    for x in lista:\n\n"
                                   "        if x > tope:\n"
                                   "            acc = acc + x * 77\n"
                                   "        else:\n"
                                   "            acc -= 5\n"
                                   "    return acc\n";
static const char *const other = "class Deck:\n"
                                 "    def __init__(self, *cards):\n"
                                 "        self.cards = {c: [] for c in cards}\n\n"
                                 "    def deal(self):\n"
                                 "        while self.cards:\n"
                                 "            yield self.cards.popitem()\n";

static struct fp make(const char *source, struct fp_use use, struct arena *a)
{
    struct fp out;
    fp_make(str_of(source), TREE_PYTHON, use, a, &out);
    return out;
}

TEST(names_values_comments_and_layout_do_not_matter)
{
    AUTO_ARENA a = { 0 };
    struct fp x = make(program, fp_leak, &a), y = make(renamed, fp_leak, &a);
    CHECK(!x.plain && !y.plain && x.count > 5);
    CHECK_INT(x.tokens, y.tokens);
    CHECK_INT(x.count, y.count);
    for (size_t i = 0; i < x.count; i++)
        CHECK(x.marks[i].hash == y.marks[i].hash);
    CHECK_NEAR(fp_share(&x, &y), 1.0, 0);
}

TEST(programs_that_share_nothing_have_no_mark_in_common)
{
    AUTO_ARENA a = { 0 };
    struct fp x = make(program, fp_leak, &a), y = make(other, fp_leak, &a);
    struct fp_shared s;
    fp_overlap(&x, &y, NULL, &a, &s);
    CHECK_NEAR(s.share_a, 0, 0);
    CHECK_NEAR(s.share_b, 0, 0);
    CHECK_INT(s.region_count, 0);
}

TEST(a_piece_is_found_in_a_longer_program_with_its_place_in_both)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 4096 };
    buf_putf(&b, "%s\n\n%s", other, renamed);
    struct fp x = make(program, fp_leak, &a), y;
    struct fp_shared s;
    fp_make(buf_str(&b), TREE_PYTHON, fp_leak, &a, &y);
    fp_overlap(&x, &y, NULL, &a, &s);
    CHECK(s.share_a > 0.9 && s.share_b < 0.7);
    CHECK_INT(s.region_count, 1);
    size_t at = strlen(other) + 2;
    CHECK(s.regions[0].b_from >= at && s.regions[0].b_to <= b.len);
    CHECK(s.regions[0].a_to > s.regions[0].a_from + 100);
}

TEST(what_was_given_to_everybody_is_left_out)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 4096 };
    struct fp x = make(program, fp_leak, &a), base = make(renamed, fp_leak, &a), y, rest;
    struct fp_shared s;
    buf_putf(&b, "%s\n\n%s", renamed, other);
    fp_make(buf_str(&b), TREE_PYTHON, fp_leak, &a, &y);
    fp_overlap(&x, &y, &base, &a, &s);
    CHECK_NEAR(s.share_a, 0, 0);
    CHECK_NEAR(s.share_b, 0, 0);
    fp_subtract(&y, &base, &a, &rest);
    CHECK(rest.count > 3 && rest.count < y.count);
}

/* k + w - 1 tokens in a row share a mark, wherever they stand: the promise of winnowing. */
TEST(any_run_of_k_plus_w_minus_1_tokens_shares_a_mark)
{
    AUTO_ARENA a = { 0 };
    struct fp whole;
    AUTO_BUF b = { .max = 1 << 16 };
    static const char *const words[] = { "a+b", "c*d", "e<f", "not g", "h[1]", "i(j)", "-k" };
    for (size_t i = 0; i < 60; i++)
        buf_putf(&b, "%s = %s\n", i % 3 ? "x" : "y.z", words[(i * i + i / 5) % COUNT_OF(words)]);
    fp_make(buf_str(&b), TREE_PYTHON, fp_leak, &a, &whole);
    struct str rest = buf_str(&b), line;
    while (str_take_line(&rest, &line)) {
        struct fp part;
        struct str piece =
            str_head((struct str){ line.ptr, (size_t)(b.ptr + b.len - line.ptr) }, 60);
        while (piece.len && piece.ptr[piece.len - 1] != '\n')
            piece.len--;
        fp_make(piece, TREE_PYTHON, fp_leak, &a, &part);
        if (part.tokens >= fp_leak.k + fp_leak.w - 1)
            CHECK(fp_share(&part, &whole) > 0);
    }
}

TEST(text_that_does_not_parse_is_read_plainly_and_still_compares)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 4096 };
    struct fp x = make(program, fp_leak, &a), y;
    buf_putf(&b, "%s\n)) def (\n", renamed);
    fp_make(buf_str(&b), TREE_PYTHON, fp_leak, &a, &y);
    CHECK(y.plain);
    CHECK(fp_share(&x, &y) > 0.8);
    char *brackets = ARENA_ARRAY(&a, char, 70'000);
    memset(brackets, '(', 70'000);
    fp_make((struct str){ brackets, 70'000 }, TREE_PYTHON, fp_integrity, &a, &y);
    CHECK(y.plain);
    CHECK_INT(y.tokens, 70'000);
}

TEST(short_and_empty_programs_have_few_marks_or_none)
{
    AUTO_ARENA a = { 0 };
    struct fp none = make("", fp_leak, &a), four = make("a = b\n", fp_leak, &a);
    struct fp five = make("a = b + c\n", fp_leak, &a);
    CHECK_INT(none.count, 0);
    CHECK_INT(four.count, 0);
    CHECK_INT(five.count, 1);
    CHECK_NEAR(fp_share(&none, &five), 0, 0);
    CHECK_NEAR(fp_share(&five, &none), 0, 0);
}

TEST(each_language_has_fingerprints)
{
    static const struct {
        enum tree_lang lang;
        const char *x, *y;
    } cases[] = {
        { TREE_C, "int f(int a) { for (int i = 0; i < a; i++) a += i * 2; return a; }",
          "int g(int k)\n{\n  for (int j = 1; j < k; j++)\n    k += j * 9; /* no */\n  return "
          "k;\n}" },
        { TREE_JAVA, "class A { int f(int a) { while (a > 0) { a = a - 1; } return a; } }",
          "class B { int g(int z) { while (z > 5) { z = z - 7; } return z; } } // x" },
        { TREE_JAVASCRIPT,
          "const f = (a) => { let s = 0; for (const x of a) s += x.y; return s; };",
          "const g = (b) => { let t = 4; for (const q of b) t += q.w; return t; };" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO_ARENA a = { 0 };
        struct fp x, y;
        fp_make(str_of(cases[i].x), cases[i].lang, fp_leak, &a, &x);
        fp_make(str_of(cases[i].y), cases[i].lang, fp_leak, &a, &y);
        CHECK(!x.plain && !y.plain && x.count > 3);
        CHECK_NEAR(fp_share(&x, &y), 1.0, 0);
    }
}
