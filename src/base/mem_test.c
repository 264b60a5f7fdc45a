#include "base/arena.h"
#include "base/buf.h"
#include "base/num.h"
#include "support/check.h"

TEST(an_arena_gives_zeroed_aligned_memory_and_counts_it)
{
    AUTO_ARENA a = { 0 };
    char *byte = arena_alloc(&a, 1, 1);
    double *real = ARENA_NEW(&a, double);
    CHECK_INT(*byte, 0);
    CHECK((uintptr_t)real % _Alignof(double) == 0);
    CHECK_INT(a.used, 1 + sizeof(double));
}

TEST(a_reset_arena_keeps_one_block_and_gives_zeroed_memory_again)
{
    AUTO_ARENA a = { 0 };
    for (int i = 0; i < 1000; i++)
        memset(arena_alloc(&a, 100, 8), 0xFF, 100);
    arena_reset(&a);
    CHECK_INT(a.used, 0);
    const unsigned char *p = arena_alloc(&a, 100, 8);
    for (int i = 0; i < 100; i++)
        CHECK_INT(p[i], 0);
}

TEST(a_piece_larger_than_a_block_fits)
{
    AUTO_ARENA a = { 0 };
    char *big = ARENA_ARRAY(&a, char, 1 << 20);
    big[(1 << 20) - 1] = 'x';
    CHECK_INT(big[(1 << 20) - 1], 'x');
}

TEST(formatted_text_in_an_arena_ends_with_nul)
{
    AUTO_ARENA a = { 0 };
    struct str s = arena_fmt(&a, "%s-%d", "año", 7);
    CHECK_STR(s, "año-7");
    CHECK_INT(s.ptr[s.len], 0);
}

TEST(a_buffer_refuses_to_pass_its_maximum_and_stays_as_it_was)
{
    AUTO_BUF b = { .max = 8 };
    CHECK(buf_add(&b, STR("12345")) == ERR_OK);
    CHECK(buf_add(&b, STR("6789")) == ERR_LIMIT);
    CHECK_STR(buf_str(&b), "12345");
    buf_put(&b, STR("6789"));
    CHECK(b.truncated);
    CHECK(buf_add(&b, STR("678")) == ERR_OK);
}

TEST(a_buffer_with_room_does_not_move_and_keeps_its_maximum)
{
    AUTO_BUF b = { .max = 100 };
    buf_reserve(&b, 90);
    const char *first = b.ptr;
    for (int i = 0; i < 90; i++)
        buf_putc(&b, 'x');
    CHECK(b.ptr == first && b.len == 90);
    buf_reserve(&b, 1000);
    CHECK_INT(b.cap, 100);
    buf_reserve(&b, 10);
    CHECK_INT(b.cap, 100);
    CHECK_INT(b.len, 90);
}

TEST(a_buffer_writes_all_integers)
{
    AUTO_BUF b = { .max = 100 };
    buf_put_i64(&b, INT64_MIN);
    buf_putc(&b, ' ');
    buf_put_i64(&b, 0);
    buf_putf(&b, " %s", "x");
    CHECK_STR(buf_str(&b), "-9223372036854775808 0 x");
}

TEST(sizes_that_do_not_fit_are_refused)
{
    size_t out = 7;
    CHECK(!size_add(SIZE_MAX, 1, &out));
    CHECK(!size_mul(SIZE_MAX / 2, 3, &out));
    CHECK(size_add(2, 3, &out) && out == 5);
    CHECK_INT(i64_clamp(9, 0, 5), 5);
}

TEST(a_failure_keeps_code_place_hint_and_detail)
{
    struct fail f = { 0 };
    CHECK(FAIL(&f, ERR_LIMIT, "turn.text_length", "text is %d bytes", 9) == ERR_LIMIT);
    CHECK_STR(str_of(f.hint), "turn.text_length");
    CHECK_STR(str_of(f.detail), "text is 9 bytes");
    CHECK(str_has(str_of(f.where), STR("mem_test.c:")));
    for (int e = 0; e < ERR_COUNT; e++)
        CHECK(strlen(err_name((enum err)e)) > 0);
}
