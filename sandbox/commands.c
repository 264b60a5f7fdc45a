#include "commands.h"

#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { START_MS = 15'000, PROBE_MS = 20'000 };

static const struct {
    uint32_t bit;
    const char *name, *what;
} layers[] = {
    { LAYER_USER, "user", "user namespace" },
    { LAYER_PID, "pid", "process namespace" },
    { LAYER_MOUNT, "mount", "mount namespace, read-only root" },
    { LAYER_NET, "net", "empty network namespace" },
    { LAYER_IPC, "ipc", "ipc namespace" },
    { LAYER_UTS, "uts", "host name namespace" },
    { LAYER_CGROUP_NS, "cgroup", "control group namespace" },
    { LAYER_SECCOMP, "seccomp", "system-call allow-list" },
    { LAYER_LANDLOCK, "landlock", "Landlock file and signal rules" },
    { LAYER_NO_CAPS, "no_caps", "no capabilities, no new privileges" },
    { LAYER_RLIMITS, "rlimits", "resource limits" },
    { LAYER_MEMORY, "memory", "memory controller (else RLIMIT_AS only)" },
    { LAYER_PIDS, "pids", "pids controller (else RLIMIT_NPROC only)" },
    { LAYER_CPU, "cpu", "cpu accounting (else the process clock)" },
    { LAYER_KILL, "kill", "cgroup.kill besides the pid namespace" },
};
enum { LAYERS = sizeof(layers) / sizeof(layers[0]) };
static_assert((int)LAYERS == (int)LAYER_COUNT, "a name for each layer");

static const uint32_t minimum_layers =
    LAYER_USER | LAYER_PID | LAYER_MOUNT | LAYER_NET | LAYER_SECCOMP;

/* The interpreter module lies beside this program, or in the library folder it was installed to. */
static int open_module(void)
{
    char path[1024];
    ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 32);
    if (n <= 0)
        return -1;
    path[n] = '\0';
    char *slash = strrchr(path, '/');
    (void)snprintf(slash + 1, 32, "box_python.so");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd >= 0 ? fd : open(MODULE_DIR "/box_python.so", O_RDONLY | O_CLOEXEC);
}

static bool number_option(int argc, char **argv, int *i, const char *name, long most, long *out)
{
    if (strcmp(argv[*i], name) != 0 || *i + 1 >= argc)
        return false;
    char *end = NULL;
    errno = 0;
    *out = strtol(argv[++*i], &end, 0);
    return *end == '\0' && errno == 0 && *out >= 0 && *out <= most;
}

/* struct keeper is large and lives as long as the process. */
static struct keeper *start(const struct keeper_conf *conf)
{
    struct keeper *k = calloc(1, sizeof(*k));
    if (!k)
        abort();
    if (conf->module_fd >= 0 && keeper_open(k, conf))
        return k;
    k->client = conf->client_fd;
    keeper_missing(k, "box_python.so: not beside the program and not installed");
    client_greet(k); /* says what is missing */
    client_flush(k);
    return NULL;
}

static void finish(struct keeper *k)
{
    keeper_close(k);
    wire_release(&k->probe_text.text);
    free(k);
}

static int bounded(long v, int most)
{
    return v < 1 ? 1 : v > most ? most : (int)v;
}

static bool keeper_options(int argc, char **argv, struct keeper_conf *conf)
{
    enum { POOL_MAX = 64, PARALLEL_MAX = 48, FD_MAX = 1 << 20 };
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    long fd = -1, pool = 4 * cores, parallel = cores < 2 ? 4 : 2 * cores, minimum = 0;
    for (int i = 1; i < argc; i++)
        if (!number_option(argc, argv, &i, "--fd", FD_MAX, &fd) &&
            !number_option(argc, argv, &i, "--pool", POOL_MAX, &pool) &&
            !number_option(argc, argv, &i, "--parallel", PARALLEL_MAX, &parallel) &&
            !number_option(argc, argv, &i, "--minimum", INT32_MAX, &minimum))
            return false;
    *conf = (struct keeper_conf){ .client_fd = (int)fd,
                                  .module_fd = open_module(),
                                  .probe_fd = -1,
                                  .pool = bounded(pool, POOL_MAX),
                                  .parallel = bounded(parallel, PARALLEL_MAX),
                                  .minimum = minimum ? (uint32_t)minimum : minimum_layers };
    return fd >= 0;
}

int command_keeper(int argc, char **argv)
{
    struct keeper_conf conf;
    if (!keeper_options(argc, argv, &conf))
        return 2;
    (void)signal(SIGINT, SIG_IGN); /* the judge decides when it is over */
    struct rlimit files = { 0 };
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    struct keeper *k = start(&conf);
    while (k && !k->stopping)
        keeper_round(k, 1'000);
    if (!k)
        return 1;
    finish(k);
    return 0;
}

/* A keeper with one box made, or NULL; what is missing is on stderr. */
static struct keeper *start_one(int probe_fd)
{
    struct keeper_conf conf = { .client_fd = -1,
                                .module_fd = open_module(),
                                .probe_fd = probe_fd,
                                .pool = 1,
                                .parallel = 1,
                                .minimum = minimum_layers };
    struct keeper *k = start(&conf);
    int64_t until = keeper_now_us() + (int64_t)START_MS * US_PER_MS_;
    while (k && k->layers == 0 && k->failures < 2 && probe_fd < 0 && keeper_now_us() < until)
        keeper_round(k, 100);
    return k;
}

static const char *yes(bool v)
{
    return v ? "true" : "false";
}

static void print_layer_json(size_t i, bool on, bool must)
{
    (void)printf("%s{\"name\":\"%s\",\"on\":%s,\"minimum\":%s,\"what\":\"%s\"}", i ? "," : "",
                 layers[i].name, yes(on), yes(must), layers[i].what);
}

static void print_layer_text(size_t i, bool on, bool must)
{
    (void)printf("%-9s %-7s %s%s\n", layers[i].name, on ? "on" : "MISSING", layers[i].what,
                 must && !on ? " (required)" : "");
}

static void print_layers(uint32_t have, bool json)
{
    for (size_t i = 0; i < LAYERS; i++)
        (json ? print_layer_json : print_layer_text)(i, have & layers[i].bit,
                                                     minimum_layers & layers[i].bit);
}

int command_check(int argc, char **argv)
{
    bool json = argc > 1 && strcmp(argv[1], "--json") == 0;
    if (argc > 1 && !json)
        return 2;
    struct keeper *k = start_one(-1);
    uint32_t have = k ? k->layers : 0;
    bool ok = (have & minimum_layers) == minimum_layers;
    if (json)
        (void)printf("{\"ok\":%s,\"layer_bits\":%u,\"toolchain\":\"%s\",\"build\":\"%s\","
                     "\"layers\":[",
                     ok ? "true" : "false", have, k ? k->toolchain : "", BUILD_ID);
    print_layers(have, json);
    if (json)
        (void)puts("]}");
    else
        (void)printf("%s\n", ok ? "student code can run here"
                                : "student code will not run: a required layer is missing");
    if (k)
        finish(k);
    return ok ? 0 : 1;
}

/* The program as a sealed copy in memory: its path is not readable after the drop. */
static int sealed_copy(const char *path)
{
    int from = open(path, O_RDONLY | O_CLOEXEC);
    int to = memfd_create("probe", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    char bytes[64 * 1024];
    ssize_t n = -1;
    while (from >= 0 && to >= 0 && (n = read(from, bytes, sizeof(bytes))) > 0)
        if (write(to, bytes, (size_t)n) != n)
            return -1;
    if (from >= 0)
        (void)close(from);
    return n == 0 && fchmod(to, 0555) == 0 &&
                   fcntl(to, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK) == 0
               ? to
               : -1;
}

int command_probe(int argc, char **argv)
{
    int program = argc == 2 ? sealed_copy(argv[1]) : -1;
    if (program < 0) {
        (void)fprintf(stderr, "usage: ainative-sandbox probe FILE (a readable program)\n");
        return 2;
    }
    struct keeper *k = start_one(program);
    int64_t until = keeper_now_us() + (int64_t)PROBE_MS * US_PER_MS_;
    /* The probe writes to its stdout and exits; nothing is asked of it and nothing compared. */
    while (k && keeper_now_us() < until && k->failures == 0)
        keeper_round(k, 20);
    if (!k)
        return 1;
    (void)fwrite(k->probe_text.text.ptr, 1, k->probe_text.text.len, stdout);
    bool answered = k->probe_text.text.len > 0;
    finish(k);
    return answered ? 0 : 1;
}
