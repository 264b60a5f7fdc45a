#include "io/http/limit.h"

#include "base/hash.h"
#include "base/num.h"

#include <pthread.h>
#include <stdlib.h>

/* `count` in `period_s`, of which `burst` at once. count 0: no such limit. */
struct rule {
    int64_t count, period_s, burst;
};
struct class_rules {
    const char *name;
    struct rule user, address, tenant;
    struct rule failures; /* by address; looked at before, taken after an answer of 401 */
};
/* security.md D.6. Streams are limited by how many are open (stream.c), their opening as a read. */
static const struct class_rules classes[RATE_COUNT] = {
    [RATE_NONE] = { .name = "none" },
    [RATE_AUTH] = { .name = "auth",
                    .address = { 600, 600, 600 },
                    .tenant = { 50, 1, 50 },
                    .failures = { 60, 600, 60 } },
    [RATE_READ] = { .name = "read",
                    .user = { 600, 60, 120 },
                    .address = { 6000, 60, 1000 },
                    .tenant = { 2000, 1, 2000 } },
    [RATE_WRITE] = { .name = "write",
                     .user = { 120, 60, 30 },
                     .address = { 3000, 60, 500 },
                     .tenant = { 500, 1, 500 } },
    [RATE_RUN] = { .name = "run", .user = { 20, 60, 5 } },
    [RATE_SUBMISSION] = { .name = "submission", .user = { 6, 60, 3 }, .tenant = { 100, 1, 100 } },
    [RATE_TURN] = { .name = "turn", .user = { 12, 60, 4 } },
    [RATE_EVENTS] = { .name = "events", .user = { 60, 60, 60 }, .tenant = { 500, 1, 500 } },
    [RATE_STREAM] = { .name = "stream",
                      .user = { 600, 60, 120 },
                      .address = { 6000, 60, 1000 },
                      .tenant = { 20000, 1, 20000 } },
    [RATE_HEAVY] = { .name = "heavy", .user = { 10, 3600, 10 } },
    [RATE_REPORT] = { .name = "report", .address = { 20, 60, 20 }, .tenant = { 10, 1, 10 } },
};
/* Nobody signed in: reads of one address. */
static const struct rule anonymous_reads = { 300, 60, 100 };

enum { SHARDS = 16, SETS = 1024, WAYS = 4 };
struct cell {
    uint64_t key;
    int64_t full_at; /* monotonic us at which the bucket is full again */
};
struct shard {
    pthread_mutex_t lock;
    struct cell cells[SETS][WAYS];
};
struct limits {
    uint8_t key[16];
    struct shard shards[SHARDS];
};

const char *http_rate_name(enum http_rate rate)
{
    return (unsigned)rate < RATE_COUNT && classes[rate].name ? classes[rate].name : "none";
}

struct limits *limits_new(const struct env *env)
{
    struct limits *l = calloc(1, sizeof *l);
    if (!l)
        abort();
    env_random(env, l->key, sizeof l->key);
    for (size_t i = 0; i < SHARDS; i++)
        pthread_mutex_init(&l->shards[i].lock, NULL);
    return l;
}

void limits_free(struct limits *l)
{
    for (size_t i = 0; l && i < SHARDS; i++)
        pthread_mutex_destroy(&l->shards[i].lock);
    free(l);
}

/* The cell of the key, or the one that is full soonest, emptied for it. */
static struct cell *cell_of(struct shard *s, uint64_t key)
{
    struct cell *set = s->cells[(key >> 8) % SETS], *oldest = set;
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].key == key)
            return &set[i];
        if (set[i].full_at < oldest->full_at)
            oldest = &set[i];
    }
    *oldest = (struct cell){ .key = key };
    return oldest;
}

/* Takes n (0: only looks). */
static struct limit_state bucket_take(struct limits *l, const struct rule *rule, uint64_t key,
                                      int64_t n, int64_t now)
{
    struct shard *s = &l->shards[key % SHARDS];
    int64_t step = rule->period_s * US_PER_S / rule->count, room = step * rule->burst;
    struct limit_state st = { .limit = rule->burst };
    pthread_mutex_lock(&s->lock);
    struct cell *c = cell_of(s, key);
    int64_t full_at = i64_max(c->full_at, now), next = full_at + step * i64_max(n, 1);
    if (next - now > room) {
        st.retry_after_s = i64_max((next - now - room + US_PER_S - 1) / US_PER_S, 1);
    } else if (n) {
        c->full_at = next;
        full_at = next;
    }
    pthread_mutex_unlock(&s->lock);
    st.remaining = i64_clamp((room - (full_at - now)) / step, 0, rule->burst);
    st.reset_s = (full_at - now + US_PER_S - 1) / US_PER_S;
    return st;
}

static uint64_t key_of(const struct limits *l, char what, enum http_rate rate, struct str s)
{
    char text[128] = { what, (char)rate };
    size_t n = size_min(s.len, sizeof text - 2);
    memcpy(text + 2, s.ptr, n);
    uint64_t key = hash_short((struct str){ text, n + 2 }, l->key);
    return key ? key : 1; /* 0 is an empty cell */
}

static struct str network_of(struct str address)
{
    return address.len == 16 ? str_head(address, 8) : address;
}

struct limit_state limits_take(struct limits *l, enum http_rate rate, const struct limit_keys *keys,
                               int64_t now_us)
{
    const struct class_rules *c = &classes[rate];
    struct str net = network_of(keys->address);
    bool unknown_reads = rate == RATE_READ && !keys->user.ptr;
    struct {
        const struct rule *rule;
        char what;
        struct str key;
        int64_t n;
    } const buckets[] = {
        { &c->failures, 'f', net, 0 },
        { &c->user, 'u', keys->user, 1 },
        { unknown_reads ? &anonymous_reads : &c->address, unknown_reads ? 'n' : 'a', net, 1 },
        { &c->tenant, 't', keys->tenant, 1 },
    };
    struct limit_state tightest = { 0 };
    for (size_t i = 0; i < COUNT_OF(buckets); i++) {
        if (!buckets[i].rule->count || !buckets[i].key.ptr)
            continue;
        uint64_t key = key_of(l, buckets[i].what, rate, buckets[i].key);
        struct limit_state st = bucket_take(l, buckets[i].rule, key, buckets[i].n, now_us);
        if (st.retry_after_s || !tightest.limit || st.remaining < tightest.remaining)
            tightest = st;
        if (st.retry_after_s)
            break;
    }
    return tightest;
}

void limits_failed(struct limits *l, enum http_rate rate, const struct limit_keys *keys,
                   int64_t now_us)
{
    const struct rule *rule = &classes[rate].failures;
    struct str net = network_of(keys->address);
    if (rule->count && net.ptr)
        (void)bucket_take(l, rule, key_of(l, 'f', rate, net), 1, now_us);
}
