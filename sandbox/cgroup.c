#include "cgroup.h"

#include "text.h"
#include "wire.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A small file's text; false when it cannot be read. */
static bool read_fd(int fd, char *to, size_t room)
{
    ssize_t n = fd < 0 ? -1 : pread(fd, to, room - 1, 0);
    to[n > 0 ? n : 0] = '\0';
    return n > 0;
}

static bool write_fd(int fd, const char *text)
{
    return fd >= 0 && pwrite(fd, text, strlen(text), 0) == (ssize_t)strlen(text);
}

static bool write_num(int fd, int64_t v)
{
    char text[24];
    (void)text_format(text, sizeof(text), "%lld", (long long)v);
    return write_fd(fd, text);
}

static int64_t read_num(int fd)
{
    char text[64];
    return read_fd(fd, text, sizeof(text)) ? strtoll(text, NULL, 10) : -1;
}

/* The number behind a word of a "word number" file, or 0. */
static int64_t read_word(int fd, const char *word)
{
    char text[512];
    if (!read_fd(fd, text, sizeof(text)))
        return 0;
    for (char *save = NULL, *line = strtok_r(text, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save)) {
        size_t n = strlen(word);
        if (strncmp(line, word, n) == 0 && line[n] == ' ')
            return strtoll(line + n, NULL, 10);
    }
    return 0;
}

static int open_in(const char *dir, const char *name, int flags)
{
    char path[CGROUP_PATH_MAX + 64];
    return text_format(path, sizeof(path), "%s/%s", dir, name) ? open(path, flags | O_CLOEXEC) : -1;
}

static bool write_in(const char *dir, const char *name, const char *text)
{
    int fd = open_in(dir, name, O_WRONLY);
    bool ok = write_fd(fd, text);
    if (fd >= 0)
        (void)close(fd);
    return ok;
}

/* Is `word` one of the comma- or blank-separated words of `list`? */
static bool has_word(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = list; (at = strstr(at, word)); at += n) {
        bool left = at == list || at[-1] == ',' || at[-1] == ' ';
        bool right = at[n] == '\0' || at[n] == ',' || at[n] == ' ' || at[n] == '\n';
        if (left && right)
            return true;
    }
    return false;
}

/* Our own group in the hierarchy whose /proc/self/cgroup line has this controller list. */
static bool own_group(const char *controller, char *out, size_t room)
{
    FILE *f = fopen("/proc/self/cgroup", "re");
    char line[CGROUP_PATH_MAX];
    bool found = false;
    while (f && !found && fgets(line, sizeof(line), f)) {
        line[strcspn(line, "\n")] = '\0';
        char *names = strchr(line, ':');
        char *path = names ? strchr(names + 1, ':') : NULL;
        if (!path)
            continue;
        *path++ = '\0';
        names++;
        found = controller ? has_word(names, controller) : names[0] == '\0';
        if (found)
            (void)text_format(out, room, "%s", strcmp(path, "/") == 0 ? "" : path);
    }
    if (f)
        (void)fclose(f);
    return found;
}

/* The mount point in a line of mountinfo if it is the hierarchy asked for, else NULL. Lines are
 * "id parent dev root mountpoint options ... - type source superoptions". */
static const char *mount_in(char *line, const char *controller)
{
    char *tail = strstr(line, " - "), *save = NULL;
    if (!tail)
        return NULL;
    const char *type = strtok_r(tail + 3, " \n", &save);
    (void)strtok_r(NULL, " \n", &save);
    const char *options = strtok_r(NULL, " \n", &save);
    if (!type || !options)
        return NULL;
    bool found = controller ? strcmp(type, "cgroup") == 0 && has_word(options, controller)
                            : strcmp(type, "cgroup2") == 0;
    const char *at = found ? line : NULL;
    for (int i = 0; at && i < 4; i++) {
        at = strchr(at, ' ');
        at = at ? at + 1 : NULL;
    }
    return at;
}

/* Where a hierarchy is mounted; controller NULL asks for version 2. */
static bool mount_of(const char *controller, char *out, size_t room)
{
    FILE *f = fopen("/proc/self/mountinfo", "re");
    char line[1024];
    bool found = false;
    while (f && !found && fgets(line, sizeof(line), f)) {
        const char *at = mount_in(line, controller);
        found = at && text_format(out, room, "%.*s", (int)strcspn(at, " "), at);
    }
    if (f)
        (void)fclose(f);
    return found;
}

static void remove_tree(const char *home)
{
    char path[CGROUP_PATH_MAX + 300];
    DIR *d = opendir(home);
    for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
        if (e->d_type != DT_DIR || e->d_name[0] == '.')
            continue;
        (void)text_format(path, sizeof(path), "%s/%s", home, e->d_name);
        (void)rmdir(path);
    }
    if (d)
        (void)closedir(d);
    (void)rmdir(home);
}

/* Groups of keepers that no longer live. */
static void sweep(const char *base)
{
    char path[CGROUP_PATH_MAX + 300];
    DIR *d = opendir(base);
    for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
        long pid = e->d_name[0] == 'k' ? strtol(e->d_name + 1, NULL, 10) : 0;
        if (pid <= 0 || kill((pid_t)pid, 0) == 0 || errno != ESRCH)
            continue;
        (void)text_format(path, sizeof(path), "%s/%s", base, e->d_name);
        remove_tree(path);
    }
    if (d)
        (void)closedir(d);
}

/* Hands controllers of version 2 down one level. A group with processes cannot do it, so we first
 * step aside into a leaf; with other processes in it, it stays impossible. */
static bool hand_down(const char *dir)
{
    static const char all[] = "+memory +pids +cpu";
    if (write_in(dir, "cgroup.subtree_control", all))
        return true;
    char leaf[CGROUP_PATH_MAX + 32];
    (void)text_format(leaf, sizeof(leaf), "%s/ainative-keeper", dir);
    return (mkdir(leaf, 0755) == 0 || errno == EEXIST) && write_in(leaf, "cgroup.procs", "0") &&
           write_in(dir, "cgroup.subtree_control", all);
}

/* Makes base and home below our own group; false when we may not. */
static bool tree_open(struct cgroup_tree *t, const char *mount, const char *own, uid_t owner)
{
    char base[CGROUP_PATH_MAX];
    if (!text_format(base, sizeof(base), "%s%s/ainative-sandbox", mount, own))
        return false;
    if (mkdir(base, 0755) != 0 && errno != EEXIST)
        return false;
    sweep(base);
    if (geteuid() == 0 && chown(base, owner, (gid_t)-1) != 0)
        return false;
    if (!text_format(t->home, sizeof(t->home), "%s/k%d", base, (int)getpid()) ||
        mkdir(t->home, 0755) != 0) {
        t->home[0] = '\0';
        return false;
    }
    if (geteuid() == 0 && chown(t->home, owner, (gid_t)-1) != 0)
        return false;
    if (t->v2) {
        char dir[CGROUP_PATH_MAX];
        (void)text_format(dir, sizeof(dir), "%s%s", mount, own);
        bool handed = hand_down(dir) && hand_down(base) && hand_down(t->home);
        t->memory = t->memory && handed;
        t->pids = t->pids && handed;
        t->cpu = t->cpu && handed;
    }
    return true;
}

/* Adds the hierarchy that holds `controller` (NULL: version 2), or marks it in one already there.
 */
static void look_for(struct cgroups *g, const char *controller, uint32_t layer, uid_t owner)
{
    char mount[CGROUP_PATH_MAX], own[CGROUP_PATH_MAX];
    if (!mount_of(controller, mount, sizeof(mount)) || !own_group(controller, own, sizeof(own)))
        return;
    for (int i = 0; i < g->tree_count; i++)
        if (strncmp(g->trees[i].home, mount, strlen(mount)) == 0 &&
            g->trees[i].home[strlen(mount)] == '/') {
            g->trees[i].memory |= layer == LAYER_MEMORY;
            g->trees[i].pids |= layer == LAYER_PIDS;
            g->trees[i].cpu |= layer == LAYER_CPU;
            g->layers |= layer;
            return;
        }
    struct cgroup_tree t = { .v2 = controller == NULL,
                             .memory = layer == LAYER_MEMORY,
                             .pids = layer == LAYER_PIDS,
                             .cpu = layer == LAYER_CPU };
    if (g->tree_count == CGROUP_TREES || !tree_open(&t, mount, own, owner))
        return;
    g->trees[g->tree_count++] = t;
    g->layers |= layer;
}

static void look_for_v2(struct cgroups *g, uid_t owner)
{
    char mount[CGROUP_PATH_MAX], own[CGROUP_PATH_MAX], dir[2 * CGROUP_PATH_MAX], list[256];
    if (!mount_of(NULL, mount, sizeof(mount)) || !own_group(NULL, own, sizeof(own)))
        return;
    (void)text_format(dir, sizeof(dir), "%s%s", mount, own);
    int fd = open_in(dir, "cgroup.controllers", O_RDONLY);
    (void)read_fd(fd, list, sizeof(list));
    if (fd >= 0)
        (void)close(fd);
    struct cgroup_tree t = { .v2 = true };
    t.memory = !(g->layers & LAYER_MEMORY) && has_word(list, "memory");
    t.pids = !(g->layers & LAYER_PIDS) && has_word(list, "pids");
    t.cpu = !(g->layers & LAYER_CPU) && has_word(list, "cpu");
    if (g->tree_count == CGROUP_TREES || !tree_open(&t, mount, own, owner))
        return;
    g->trees[g->tree_count++] = t;
    g->layers |= LAYER_KILL;
    g->layers |= t.memory ? LAYER_MEMORY : 0U;
    g->layers |= t.pids ? LAYER_PIDS : 0U;
    g->layers |= t.cpu ? LAYER_CPU : 0U;
}

static void slot_open_memory(struct cgroup_slot *s, const char *dir, bool v2)
{
    s->limit = open_in(dir, v2 ? "memory.max" : "memory.limit_in_bytes", O_RDWR);
    s->usage = open_in(dir, v2 ? "memory.current" : "memory.usage_in_bytes", O_RDONLY);
    s->peak = open_in(dir, v2 ? "memory.peak" : "memory.max_usage_in_bytes", O_RDWR);
    s->oom = open_in(dir, v2 ? "memory.events" : "memory.oom_control", O_RDONLY);
}

static void slot_open_in(struct cgroup_slot *s, const struct cgroup_tree *t, int number,
                         uid_t owner)
{
    char dir[CGROUP_PATH_MAX + 16], procs[CGROUP_PATH_MAX + 32];
    (void)text_format(dir, sizeof(dir), "%s/%d", t->home, number);
    if (mkdir(dir, 0755) != 0 && errno != EEXIST)
        return;
    (void)text_format(procs, sizeof(procs), "%s/cgroup.procs", dir);
    if (geteuid() == 0 && (chown(dir, owner, (gid_t)-1) || chown(procs, owner, (gid_t)-1)))
        return;
    s->procs[s->proc_count++] = open_in(dir, "cgroup.procs", O_RDWR);
    if (t->memory)
        slot_open_memory(s, dir, t->v2);
    if (t->pids) {
        s->pids_max = open_in(dir, "pids.max", O_RDWR);
        s->pids_events = open_in(dir, "pids.events", O_RDONLY);
    }
    if (t->cpu)
        s->cpu = open_in(dir, t->v2 ? "cpu.stat" : "cpuacct.usage", O_RDONLY);
    s->cpu_v2 |= t->cpu && t->v2;
    if (t->v2)
        s->kill = open_in(dir, "cgroup.kill", O_WRONLY);
}

void cgroups_open(struct cgroups *g, int boxes, uid_t owner)
{
    *g = (struct cgroups){ .slot_count = boxes };
    look_for(g, "memory", LAYER_MEMORY, owner);
    look_for(g, "pids", LAYER_PIDS, owner);
    look_for(g, "cpuacct", LAYER_CPU, owner);
    look_for_v2(g, owner);
    for (int i = 0; i < boxes; i++) {
        struct cgroup_slot *s = &g->slots[i];
        *s = (struct cgroup_slot){ .limit = -1,
                                   .usage = -1,
                                   .peak = -1,
                                   .oom = -1,
                                   .pids_max = -1,
                                   .pids_events = -1,
                                   .cpu = -1,
                                   .kill = -1 };
        for (int t = 0; t < g->tree_count; t++)
            slot_open_in(s, &g->trees[t], i, owner);
    }
}

void cgroups_close(struct cgroups *g)
{
    for (int i = 0; i < g->tree_count; i++)
        remove_tree(g->trees[i].home);
    g->tree_count = 0;
}

void cgroup_reset(struct cgroup_slot *s, int64_t tasks)
{
    if (s->limit >= 0 && !write_fd(s->limit, "-1"))
        (void)write_fd(s->limit, "max");
    if (s->pids_max >= 0)
        (void)write_num(s->pids_max, tasks);
}

int64_t cgroup_baseline(struct cgroup_slot *s)
{
    s->oom_before = read_word(s->oom, "oom_kill");
    s->pids_before = read_word(s->pids_events, "max");
    if (s->peak >= 0)
        (void)write_fd(s->peak, "0");
    int64_t used = read_num(s->usage);
    return used > 0 ? used : 0;
}

void cgroup_memory_limit(struct cgroup_slot *s, int64_t bytes)
{
    if (s->limit >= 0)
        (void)write_num(s->limit, bytes);
}

int64_t cgroup_memory_peak(const struct cgroup_slot *s)
{
    int64_t peak = read_num(s->peak);
    return peak >= 0 ? peak : read_num(s->usage);
}

int64_t cgroup_cpu_us(const struct cgroup_slot *s)
{
    if (s->cpu < 0)
        return -1;
    return s->cpu_v2 ? read_word(s->cpu, "usage_usec") : read_num(s->cpu) / 1000;
}

bool cgroup_was_oom(const struct cgroup_slot *s)
{
    return read_word(s->oom, "oom_kill") > s->oom_before;
}

bool cgroup_hit_pids(const struct cgroup_slot *s)
{
    return read_word(s->pids_events, "max") > s->pids_before;
}

void cgroup_kill(const struct cgroup_slot *s)
{
    if (s->kill >= 0)
        (void)write_fd(s->kill, "1");
}

bool cgroup_is_empty(const struct cgroups *g, int slot)
{
    char text[64];
    for (int i = 0; i < g->slots[slot].proc_count; i++)
        if (read_fd(g->slots[slot].procs[i], text, sizeof(text)))
            return false;
    return true;
}
