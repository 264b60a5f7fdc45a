#include "base/fold.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/map.h"
#include "base/ring.h"
#include "base/time.h"
#include "support/check.h"

#include <errno.h>
#include <pthread.h>

TEST(slices_compare_search_and_split)
{
    struct str s = STR("uno,dos");
    CHECK_STR(str_take_until(&s, ','), "uno");
    CHECK_STR(s, "dos");
    CHECK(str_cmp(STR("a"), STR("ab")) < 0 && str_cmp(STR("b"), STR("ab")) > 0);
    CHECK_INT(str_find(STR("hola mundo"), STR("mundo")), 5);
    CHECK(str_find(STR("a"), STR("ab")) == SIZE_MAX);
    CHECK_STR(str_trim(STR(" \n x y\t")), "x y");
    struct str rest = STR("a\r\nb"), line;
    CHECK(str_take_line(&rest, &line) && str_is(line, "a"));
    CHECK(str_take_line(&rest, &line) && str_is(line, "b"));
    CHECK(!str_take_line(&rest, &line));
    struct str last = STR("a,"), none = { 0 };
    CHECK_STR(str_take_until(&last, ','), "a");
    CHECK(last.len == 0 && last.ptr);
    CHECK(!str_take_until(&none, ',').ptr && !none.ptr && !str_from(none, 3).ptr);
}

TEST(a_system_error_is_told_in_words)
{
    CHECK_STR(str_of(errno_text(ENOENT)), "No such file or directory");
    CHECK_STR(str_of(errno_text(-1)), "unknown system error");
}

TEST(whole_numbers_are_read_exactly_or_refused)
{
    int64_t v = 0;
    CHECK(str_to_i64(STR("-9223372036854775808"), INT64_MIN, INT64_MAX, &v) && v == INT64_MIN);
    CHECK(str_to_i64(STR("42"), 0, 42, &v) && v == 42);
    static const char *const bad[] = { "",    "-",  "+1", " 1", "1 ", "43", "9223372036854775808",
                                       "1e3", "0x1" };
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK(!str_to_i64(str_of(bad[i]), 0, 42, &v));
    double r = 0;
    CHECK(str_to_real(STR("-1.5e3"), &r) && r == -1500.0);
    CHECK(!str_to_real(STR("nan"), &r) && !str_to_real(STR("1e999"), &r) &&
          !str_to_real(STR("1x"), &r));
}

TEST(utf8_is_checked_counted_and_cut_between_characters)
{
    CHECK(utf8_valid(STR("año ✔ 𝒳")));
    CHECK(!utf8_valid(STR("\xC0\x80")) && !utf8_valid(STR("\xED\xA0\x80")) &&
          !utf8_valid(STR("\xF4\x90\x80\x80")));
    CHECK_INT(utf8_count(STR("año𝒳")), 4);
    CHECK_INT(utf8_utf16_len(STR("año𝒳")), 5);
    CHECK_INT(utf8_byte_of_utf16(STR("año"), 2), 3);
    CHECK(utf8_byte_of_utf16(STR("𝒳"), 1) == SIZE_MAX);
    CHECK_INT(utf8_byte_of_utf16(STR("𝒳"), 2), 4);
    CHECK(utf8_byte_of_utf16(STR("a"), 2) == SIZE_MAX);
    CHECK_STR(utf8_cut(STR("añb"), 2), "a");
}

TEST(moments_go_to_text_and_back)
{
    AUTO_ARENA a = { 0 };
    CHECK_STR(time_text(&a, 0), "1970-01-01T00:00:00.000000Z");
    CHECK_STR(time_text(&a, INT64_C(1764000003250000)), "2025-11-24T16:00:03.250000Z");
    int64_t us = 0;
    CHECK(time_parse(STR("2025-11-24T16:00:03.25Z"), &us) && us == INT64_C(1764000003250000));
    CHECK(time_parse(STR("2024-02-29T00:00:00+03:00"), &us));
    CHECK_STR(time_text(&a, us), "2024-02-28T21:00:00.000000Z");
    static const char *const bad[] = { "",
                                       "2025-02-29T00:00:00Z",
                                       "2025-13-01T00:00:00Z",
                                       "2025-01-01 00:00:00Z",
                                       "2025-01-01T00:00:00",
                                       "2025-01-01T24:00:00Z",
                                       "2025-01-01T00:00:00.1234567Z",
                                       "2025-01-01T00:00:00Zx",
                                       "1969-12-31T23:59:59Z" };
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK(!time_parse(str_of(bad[i]), &us));
    for (int64_t d = 0; d < 60000; d += 37) {
        struct civil c = time_civil(d * 86400 * US_PER_S);
        CHECK_INT(time_days(c.year, c.month, c.day), d);
        CHECK_INT(c.weekday, (d + 4) % 7);
    }
}

TEST(ids_carry_their_time_and_ascend)
{
    char one[ID_TEXT + 1], two[ID_TEXT + 1];
    const uint8_t rnd[8] = { 0xFF, 1, 2, 3, 4, 5, 6, 7 };
    id_format(INT64_C(1764000003250123), rnd, one);
    id_format(INT64_C(1764000003250124), rnd, two);
    CHECK(id_valid(str_of(one)) && one[14] == '7' && one[19] == 'b');
    CHECK(strcmp(one, two) < 0);
    CHECK_INT(id_time_us(str_of(one)), INT64_C(1764000003250000));
    CHECK(!id_valid(STR("01938D3C-4f00-7a10-8000-000000000001")) && !id_valid(STR("x")));
    CHECK_INT(id_time_us(STR("01938d3c-4f00-4a10-8000-000000000001")), -1);
}

TEST(digests_match_published_values)
{
    AUTO_ARENA a = { 0 };
    struct hash h = hash_sha256(STR("abc"));
    CHECK_STR(hash_hex(&a, &h), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    struct str parts[] = { STR("a"), STR(""), STR("bc") };
    struct hash same = hash_sha256_parts(parts, COUNT_OF(parts));
    CHECK(hash_eq(&h, &same));
    struct hash mac =
        hash_hmac_sha256(STR("Jefe"), STR("what do ya want for nothing?")); /* RFC 4231 case 2 */
    CHECK_STR(hash_hex(&a, &mac),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(!hash_from_bytes(STR("short"), &h));
}

TEST(bytes_survive_hex_and_base64url)
{
    AUTO_ARENA a = { 0 };
    struct str bytes = STR("\x00\xFFz"), back;
    CHECK_STR(hex_encode(&a, bytes), "00ff7a");
    AUTO_BUF put = { .max = 256 };
    const struct str longer = STR("more than the thirty-two bytes of one digest");
    hex_put(&put, longer);
    CHECK(str_eq(buf_str(&put), hex_encode(&a, longer)));
    CHECK(hex_decode(&a, STR("00ff7a"), &back) && str_eq(back, bytes));
    CHECK(!hex_decode(&a, STR("00FF7a"), &back) && !hex_decode(&a, STR("0"), &back));
    CHECK_STR(base64url_encode(&a, bytes), "AP96");
    CHECK(base64url_decode(&a, STR("AP96"), &back) && str_eq(back, bytes));
    CHECK(!base64url_decode(&a, STR("AP9="), &back));
    CHECK(!base64url_decode(&a, STR("AP9"), &back)); /* bits behind the last byte */
    CHECK(!base64url_decode(&a, STR("1\xb0\xff\xff"), &back));
}

TEST(a_map_finds_what_was_set_after_growing)
{
    AUTO_ARENA a = { 0 };
    const uint8_t key[16] = { 1 };
    struct map m;
    map_init(&m, &a, key);
    CHECK(!map_get(&m, STR("x")));
    for (int i = 0; i < 500; i++) {
        int *value = ARENA_NEW(&a, int);
        *value = i;
        map_set(&m, arena_fmt(&a, "key %d", i), value);
    }
    for (int i = 0; i < 500; i++)
        CHECK_INT(*(int *)map_get(&m, arena_fmt(&a, "key %d", i)), i);
    int other = 9;
    map_set(&m, STR("key 7"), &other);
    CHECK(m.count == 500 && map_get(&m, STR("key 7")) == &other);
    CHECK(!map_get(&m, STR("key 500")));
}

struct ring_work {
    struct ring *ring;
    atomic_int *sum;
    int *values;
};
enum { RING_ITEMS = 2000 };

static void *ring_writer(void *arg)
{
    struct ring_work *w = arg;
    for (int i = 0; i < RING_ITEMS; i++)
        while (!ring_put(w->ring, &w->values[i])) {
        }
    return NULL;
}

static void *ring_reader(void *arg)
{
    struct ring_work *w = arg;
    for (int i = 0; i < RING_ITEMS;) {
        const int *v = ring_take(w->ring);
        if (v) {
            atomic_fetch_add(w->sum, *v);
            i++;
        }
    }
    return NULL;
}

TEST(a_ring_passes_everything_once_between_threads)
{
    AUTO_ARENA a = { 0 };
    struct ring ring;
    atomic_int sum = 0;
    ring_init(&ring, &a, 64);
    struct ring_work w = { &ring, &sum, ARENA_ARRAY(&a, int, RING_ITEMS) };
    int want = 0;
    for (int i = 0; i < RING_ITEMS; i++)
        want += w.values[i] = i;
    pthread_t t[4];
    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&t[i], NULL, i % 2 ? ring_reader : ring_writer, &w) == 0);
    for (int i = 0; i < 4; i++)
        CHECK(pthread_join(t[i], NULL) == 0);
    CHECK_INT(sum, want * 2);
    CHECK(!ring_take(&ring));
}

TEST(a_full_ring_refuses)
{
    AUTO_ARENA a = { 0 };
    struct ring ring;
    int x = 0;
    ring_init(&ring, &a, 2);
    CHECK(ring_put(&ring, &x) && ring_put(&ring, &x) && !ring_put(&ring, &x));
    CHECK(ring_take(&ring) == &x && ring_put(&ring, &x));
}

TEST(names_fold_for_sorting_and_search)
{
    AUTO_ARENA a = { 0 };
    CHECK_STR(text_fold(&a, STR("Ñandú ÁVILA ﬁ")), "nandu avila fi");
    CHECK_STR(text_fold(&a, STR("")), "");
    CHECK_STR(text_nfc(&a, STR("n\xCC\x83")), "ñ");
}
