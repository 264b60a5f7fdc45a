/*
 * The attack battery: every program of sandbox/test/attacks, whose first line says how it must end.
 * "held" means: exit 0 and exactly that word printed, which the program does only when everything
 * it tried was refused. "runtime_error NAME": exit 1 by that exception.
 */
#include "io/sandbox/sandbox_fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static const char folder[] = "sandbox/test/attacks";

static struct str read_file(struct arena *a, const char *path)
{
    FILE *f = fopen(path, "re");
    if (!f)
        return STR("");
    char *text = arena_alloc(a, 64 << 10, 1);
    size_t n = fread(text, 1, 64 << 10, f);
    (void)fclose(f);
    return (struct str){ text, n };
}

static bool is_runtime_error(const struct sandbox_step_result *r, struct str name)
{
    return r->end == SANDBOX_EXITED && r->exit_code == 1 && str_eq(r->exception.type, name);
}

/* Does the result fit one of the words of the first line? */
static bool fits(struct str words, const struct sandbox_step_result *r)
{
    while (words.len) {
        struct str word = str_take_until(&words, ' ');
        if (str_is(word, "runtime_error"))
            return is_runtime_error(r, str_trim(words));
        if (str_is(word, "held") && r->end == SANDBOX_EXITED && r->exit_code == 0 &&
            str_is(r->stdout_text, "held\n"))
            return true;
        if (str_is(word, sandbox_end_name(r->end)))
            return true;
    }
    return false;
}

static bool attack(struct fixture *x, const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    struct str text = read_file(&x->arena, path), rest = text, line = { 0 };
    static const char mark[] = "# expect: ";
    if (!str_take_line(&rest, &line) || !str_starts(line, STR("# expect: ")))
        return false;
    struct sandbox_step step = { .kind = SANDBOX_MAIN, .cpu_ms = 800, .wall_ms = 2'000 };
    struct sandbox_step_result r = fixture_step(x, text, step);
    bool ok = fits(str_from(line, sizeof(mark) - 1), &r);
    if (!ok)
        (void)fprintf(stderr, "%s: wanted %.*s, got %s exit %d signal %d\n%.*s\n%.*s\n", name,
                      STR_ARG(str_from(line, sizeof(mark) - 1)), sandbox_end_name(r.end),
                      r.exit_code, r.signal, STR_ARG(str_head(r.stdout_text, 300)),
                      STR_ARG(str_head(r.stderr_text, 600)));
    return ok;
}

/* Everything a battery could have left behind that belongs to this keeper. */
static bool leaves_nothing(pid_t keeper, struct str mounts_before, struct arena *a)
{
    static const char *const trees[] = { "memory", "pids", "cpuacct", "unified", "." };
    char path[256];
    struct stat st;
    (void)snprintf(path, sizeof(path), "/proc/%d", (int)keeper);
    if (stat(path, &st) == 0)
        return false;
    for (size_t i = 0; i < COUNT_OF(trees); i++) {
        (void)snprintf(path, sizeof(path), "/sys/fs/cgroup/%s/ainative-sandbox/k%d", trees[i],
                       (int)keeper);
        if (stat(path, &st) == 0)
            return false;
    }
    return str_eq(mounts_before, read_file(a, "/proc/self/mounts"));
}

TEST(no_attack_gets_out_and_nothing_is_left_behind)
{
    struct fixture x = fixture_open();
    struct arena kept = { 0 };
    struct str mounts = read_file(&kept, "/proc/self/mounts");
    struct dirent **names = NULL;
    int count = scandir(folder, &names, NULL, alphasort), tried = 0, failed = 0;
    for (int i = 0; i < count; i++) {
        const char *name = names[i]->d_name;
        if (str_ends(str_of(name), STR(".py"))) {
            tried++;
            failed += !attack(&x, name);
        }
        free(names[i]);
    }
    free(names);
    struct sandbox_stats stats;
    bool serves = sandbox_stats(x.sandbox, &stats, &x.fail) == ERR_OK;
    pid_t keeper = x.sandbox->pid;
    fixture_close(&x);
    CHECK(tried > 50);
    CHECK_INT(failed, 0);
    CHECK(serves);
    CHECK_INT(stats.restarts, 0);
    CHECK_INT(stats.slots_retired, 0);
    CHECK(leaves_nothing(keeper, mounts, &kept));
    arena_release(&kept);
}

/* Numbers and arguments at random, again the same ones in each run of this test: pointers into the
 * program, small numbers, its own descriptors. How it ends is its own affair. */
static const char random_calls[] =
    "import ctypes, random\n"
    "libc = ctypes.CDLL(None)\n"
    "r = random.Random(int(input()))\n"
    "page = ctypes.create_string_buffer(65536)\n"
    "at = ctypes.addressof(page)\n"
    "value = lambda: r.choice((0, 1, r.randrange(8), r.randrange(65536), at + r.randrange(60000),\n"
    "                          -1, r.getrandbits(63), 1 << r.randrange(63)))\n"
    "waits = {7, 23, 34, 35, 61, 128, 130, 202, 230, 232, 247, 270, 271, 281, 441, 449}\n"
    "for _ in range(400):\n"
    "    n = r.randrange(470)\n"
    "    if n not in waits:\n"
    "        libc.syscall(n, *[ctypes.c_long(value()) for _ in range(6)])\n";

TEST(random_system_calls_stay_in_their_box)
{
    enum { PROGRAMS = 50 };
    struct fixture x = fixture_open();
    struct arena kept = { 0 };
    struct str mounts = read_file(&kept, "/proc/self/mounts");
    for (int i = 0; i < PROGRAMS; i++) {
        char seed[16];
        (void)snprintf(seed, sizeof(seed), "%d", i);
        struct sandbox_step step = {
            .kind = SANDBOX_MAIN, .stdin_text = str_of(seed), .cpu_ms = 200, .wall_ms = 400
        };
        struct sandbox_step_result r = fixture_step(&x, str_of(random_calls), step);
        CHECK(r.end != SANDBOX_ERROR && r.end != SANDBOX_NOT_RUN);
    }
    struct sandbox_step_result after =
        fixture_step(&x, STR("print(6 * 7)"), (struct sandbox_step){ .kind = SANDBOX_MAIN });
    CHECK_STR(after.stdout_text, "42\n");
    struct sandbox_stats stats;
    bool serves = sandbox_stats(x.sandbox, &stats, &x.fail) == ERR_OK;
    pid_t keeper = x.sandbox->pid;
    fixture_close(&x);
    CHECK(serves);
    CHECK_INT(stats.restarts, 0);
    CHECK_INT(stats.slots_retired, 0);
    CHECK(leaves_nothing(keeper, mounts, &kept));
    arena_release(&kept);
}
