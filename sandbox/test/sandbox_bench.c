/*
 * sandbox_bench - a warm run of `pass`, fully isolated, beside a bare `python3 -c pass`.
 *
 * usage: sandbox_bench [--runs N] [--seconds S] [--json]
 * Latency (P15): N rounds, each one run of ours and one bare start, in alternating order, with a
 * pause that lets the pool refill. Capacity (P17): S seconds of runs back to back from as many
 * threads as cores, refill included, then the same for bare starts. 0 skips a part.
 */
#include "base/num.h"
#include "io/sandbox/sandbox.h"

#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RUNS_MAX = 10'000, THREADS_MAX = 16, PAUSE_MS = 40 };

static int64_t now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * US_PER_S + t.tv_nsec / 1000;
}

static bool run_ours(struct sandbox *s)
{
    static const struct sandbox_file file = { STR_INIT("main.py"), STR_INIT("pass\n") };
    static const struct sandbox_step step = { .kind = SANDBOX_MAIN };
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct sandbox_result r;
    struct sandbox_job job = { .files = &file,
                               .file_count = 1,
                               .main_path = STR("main.py"),
                               .steps = &step,
                               .step_count = 1 };
    return sandbox_run(s, &job, &a, &r, &f) == ERR_OK && r.end == SANDBOX_EXITED;
}

static bool run_bare(void)
{
    static char name[] = "python3", flag[] = "-c", code[] = "pass";
    char *const argv[] = { name, flag, code, NULL };
    char *const envp[] = { NULL };
    pid_t pid = 0;
    int status = 1;
    return posix_spawn(&pid, "/usr/bin/python3", NULL, NULL, argv, envp) == 0 &&
           waitpid(pid, &status, 0) == pid && status == 0;
}

static int by_size(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static int64_t percentile(const int64_t *sorted, size_t n, size_t percent)
{
    return sorted[size_min(n - 1, n * percent / 100)];
}

struct load {
    struct sandbox *sandbox; /* NULL: bare */
    int64_t until_us;
    uint64_t done;
};

static void *load_main(void *arg)
{
    struct load *l = arg;
    while (now_us() < l->until_us)
        l->done += l->sandbox ? run_ours(l->sandbox) : run_bare();
    return NULL;
}

static double per_second(struct sandbox *s, size_t threads, int64_t seconds)
{
    struct load loads[THREADS_MAX];
    pthread_t t[THREADS_MAX];
    uint64_t done = 0;
    int64_t start = now_us();
    for (size_t i = 0; i < threads; i++) {
        loads[i] = (struct load){ s, start + seconds * US_PER_S, 0 };
        if (pthread_create(&t[i], NULL, load_main, &loads[i]) != 0)
            abort();
    }
    for (size_t i = 0; i < threads; i++) {
        (void)pthread_join(t[i], NULL);
        done += loads[i].done;
    }
    return (double)done * US_PER_S / (double)(now_us() - start);
}

static bool measure(struct sandbox *s, size_t runs, int64_t *ours, int64_t *bare)
{
    struct timespec pause = { 0, (long)PAUSE_MS * 1'000'000 };
    for (size_t i = 0; i < runs; i++) {
        for (size_t turn = 0; turn < 2; turn++) {
            bool is_ours = (i + turn) % 2 == 0;
            (void)nanosleep(&pause, NULL);
            int64_t start = now_us();
            if (!(is_ours ? run_ours(s) : run_bare()))
                return false;
            (is_ours ? ours : bare)[i] = now_us() - start;
        }
    }
    qsort(ours, runs, sizeof(*ours), by_size);
    qsort(bare, runs, sizeof(*bare), by_size);
    return true;
}

struct options {
    int64_t runs, seconds;
    bool json;
};

static bool options_read(int argc, char **argv, struct options *o)
{
    *o = (struct options){ .runs = 200, .seconds = 10 };
    for (int i = 1; i < argc; i++) {
        if (str_is(str_of(argv[i]), "--json"))
            o->json = true;
        else if (i + 1 < argc && str_is(str_of(argv[i]), "--runs")) {
            if (!str_to_i64(str_of(argv[++i]), 0, RUNS_MAX, &o->runs))
                return false;
        } else if (i + 1 < argc && str_is(str_of(argv[i]), "--seconds")) {
            if (!str_to_i64(str_of(argv[++i]), 0, 3'600, &o->seconds))
                return false;
        } else
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    struct options o;
    struct sandbox *s = NULL;
    struct fail f = { 0 };
    static int64_t ours[RUNS_MAX], bare[RUNS_MAX];
    if (!options_read(argc, argv, &o)) {
        (void)fputs("usage: sandbox_bench [--runs N] [--seconds S] [--json]\n", stderr);
        return 2;
    }
    if (sandbox_open(&s, &(struct sandbox_conf){ 0 }, &f)) {
        (void)fprintf(stderr, "sandbox_bench: %s\n", f.detail);
        return 1;
    }
    size_t n = num_size(o.runs);
    size_t threads = size_min((size_t)sysconf(_SC_NPROCESSORS_ONLN), THREADS_MAX);
    bool ok = n == 0 || measure(s, n, ours, bare);
    double rate = o.seconds ? per_second(s, 2 * threads, o.seconds) : 0;
    double bare_rate = o.seconds ? per_second(NULL, threads, o.seconds) : 0;
    n = n ? n : 1;
    const int64_t figures[] = { percentile(ours, n, 50), percentile(ours, n, 99),
                                percentile(bare, n, 50), percentile(bare, n, 99) };
    static const char *const names[] = { "warm_p50_us", "warm_p99_us", "bare_p50_us",
                                         "bare_p99_us" };
    for (size_t i = 0; i < COUNT_OF(figures); i++)
        (void)printf(o.json ? "%s\"%s\":%lld," : "%s%s %lld\n", o.json && i == 0 ? "{" : "",
                     names[i], (long long)figures[i]);
    (void)printf(o.json ? "\"warm_per_s\":%.1f,\"bare_per_s\":%.1f}\n"
                        : "warm_per_s %.1f\nbare_per_s %.1f\n",
                 rate, bare_rate);
    sandbox_close(s);
    return ok ? 0 : 1;
}
