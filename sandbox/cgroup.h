#pragma once
/*
 * cgroup - reusable control groups, one per box, of version 1 or 2, where we may write.
 *
 * Opened while still privileged, then used with whatever rights remain: every file is opened once.
 * Each controller (memory, pids, cpu) is looked for on its own: version 1 first, then version 2.
 * A missing one is a cleared bit in `layers`, never an error. Groups live below
 * ainative-sandbox/k<pid>/ of our own group and are removed at the end; those of keepers that died
 * are removed at the next start. Memory in bytes, time in microseconds. One thread.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { CGROUP_BOXES_MAX = 128, CGROUP_PATH_MAX = 512, CGROUP_TREES = 4 };

struct cgroup_slot {
    int procs[CGROUP_TREES]; /* cgroup.procs of each tree the box must join */
    int proc_count;
    int limit, usage, peak, oom; /* memory */
    int pids_max, pids_events;
    int cpu;
    bool cpu_v2; /* cpu is cpu.stat, not cpuacct.usage */
    int kill;
    int64_t oom_before, pids_before;
};

struct cgroup_tree {
    char home[CGROUP_PATH_MAX]; /* .../ainative-sandbox/k<pid>; empty: unused */
    bool v2;
    bool memory, pids, cpu;
};

struct cgroups {
    struct cgroup_tree trees[CGROUP_TREES];
    int tree_count;
    uint32_t layers; /* LAYER_MEMORY | LAYER_PIDS | LAYER_CPU | LAYER_KILL as found */
    struct cgroup_slot slots[CGROUP_BOXES_MAX];
    int slot_count;
};

/* Makes groups for `boxes` boxes, owned by `owner` afterwards. */
void cgroups_open(struct cgroups *g, int boxes, uid_t owner);
void cgroups_close(struct cgroups *g);

/* Before a box is made: no memory limit, at most `tasks` tasks. */
void cgroup_reset(struct cgroup_slot *s, int64_t tasks);
/* When the box waits, ready: forgets the peak; answers the memory in use. */
int64_t cgroup_baseline(struct cgroup_slot *s);
void cgroup_memory_limit(struct cgroup_slot *s, int64_t bytes);
int64_t cgroup_memory_peak(const struct cgroup_slot *s);
/* CPU time of the group since it exists, or -1. */
int64_t cgroup_cpu_us(const struct cgroup_slot *s);
/* Since cgroup_baseline. */
bool cgroup_was_oom(const struct cgroup_slot *s);
bool cgroup_hit_pids(const struct cgroup_slot *s);
void cgroup_kill(const struct cgroup_slot *s);
/* No process left. */
bool cgroup_is_empty(const struct cgroups *g, int slot);
