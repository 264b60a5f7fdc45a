#include "io/clock/clock.h"
#include "support/check.h"

TEST(the_real_clock_is_past_2024_and_its_monotonic_side_never_goes_back)
{
    CHECK(env_now(&env_real) > INT64_C(1704067200000000));
    int64_t before = env_mono(&env_real);
    for (int i = 0; i < 1000; i++) {
        int64_t now = env_mono(&env_real);
        CHECK(now >= before);
        before = now;
    }
}

TEST(a_fixed_clock_stands_still_until_it_is_told)
{
    struct clock_fixed c;
    clock_fixed_init(&c, 42);
    CHECK_INT(c.base.now_us(&c.base), 42);
    CHECK_INT(c.base.mono_us(&c.base), 42);
    c.at_us += 8;
    CHECK_INT(c.base.now_us(&c.base), 50);
}

TEST(seeded_randomness_repeats_for_any_length)
{
    uint64_t one = 7, two = 7, other = 8;
    struct rng_seeded a, b, c;
    rng_seeded_init(&a, &one);
    rng_seeded_init(&b, &two);
    rng_seeded_init(&c, &other);
    for (size_t n = 0; n < 40; n++) {
        char x[40] = { 0 }, y[40] = { 0 };
        a.base.fill(&a.base, x, n);
        b.base.fill(&b.base, y, n);
        CHECK(memcmp(x, y, sizeof x) == 0);
        for (size_t i = n; i < sizeof x; i++)
            CHECK_INT(x[i], 0);
    }
    uint64_t u = 0, v = 0;
    a.base.fill(&a.base, &u, sizeof u);
    c.base.fill(&c.base, &v, sizeof v);
    CHECK(u != v);
}

TEST(waiting_ends_at_its_moment_and_not_before)
{
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t never;
    clock_cond_init(&never);
    int64_t start = env_mono(&env_real), until = clock_after(3 * (int64_t)US_PER_MS);
    CHECK(until >= start + 3 * (int64_t)US_PER_MS);
    (void)pthread_mutex_lock(&lock);
    while (clock_cond_wait(&never, &lock, until))
        continue;
    CHECK(!clock_cond_wait(&never, &lock, start)); /* a moment that is past */
    (void)pthread_mutex_unlock(&lock);
    CHECK(env_mono(&env_real) >= until);
    start = env_mono(&env_real);
    clock_sleep(2 * (int64_t)US_PER_MS);
    CHECK(env_mono(&env_real) >= start + 2 * (int64_t)US_PER_MS);
    (void)pthread_cond_destroy(&never);
}

struct bell {
    pthread_mutex_t lock;
    pthread_cond_t cond;
    bool rung;
};

static void *ring_the_bell(void *arg)
{
    struct bell *b = arg;
    (void)pthread_mutex_lock(&b->lock);
    b->rung = true;
    (void)pthread_cond_signal(&b->cond);
    (void)pthread_mutex_unlock(&b->lock);
    return NULL;
}

TEST(who_is_signalled_wakes_before_the_deadline)
{
    struct bell b = { .lock = PTHREAD_MUTEX_INITIALIZER };
    pthread_t t;
    clock_cond_init(&b.cond);
    int64_t until = clock_after(60 * (int64_t)US_PER_S);
    (void)pthread_mutex_lock(&b.lock);
    CHECK_INT(pthread_create(&t, NULL, ring_the_bell, &b), 0);
    while (!b.rung)
        CHECK(clock_cond_wait(&b.cond, &b.lock, until));
    (void)pthread_mutex_unlock(&b.lock);
    CHECK_INT(pthread_join(t, NULL), 0);
    (void)pthread_cond_destroy(&b.cond);
}

TEST(ids_carry_the_time_of_their_clock_and_differ)
{
    AUTO_ARENA arena = { 0 };
    struct clock_fixed c;
    clock_fixed_init(&c, INT64_C(1790000000123456));
    struct env e = { .clock = &c.base, .rng = &rng_real };
    struct str a = env_id(&e, &arena), b = env_id(&e, &arena);
    CHECK(id_valid(a) && id_valid(b));
    CHECK(!str_eq(a, b));
    CHECK_INT(id_time_us(a), INT64_C(1790000000123000));
    CHECK_INT(a.ptr[a.len], 0);
}
