/*
 * costs - what entering the kernel costs on this machine: a system call, an anonymous page fault, a
 * fork with exit and wait. Stored with each bench run, since ratios depend on it (bench/README.md).
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1'000'000'000 + t.tv_nsec;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t syscall_ns(void)
{
    enum { CALLS = 100'000 };
    int64_t from = now_ns();
    for (int i = 0; i < CALLS; i++)
        (void)syscall(SYS_getppid);
    return (now_ns() - from) / CALLS;
}

static int64_t fault_ns(void)
{
    enum { PAGES = 2'000 };
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    unsigned char *p =
        mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        exit(1);
    (void)madvise(p, PAGES * page, MADV_NOHUGEPAGE);
    int64_t from = now_ns();
    for (size_t i = 0; i < PAGES; i++)
        p[i * page] = 1;
    int64_t each = (now_ns() - from) / PAGES;
    (void)munmap(p, PAGES * page);
    return each;
}

static int64_t fork_ns(void)
{
    enum { FORKS = 20 };
    int64_t from = now_ns();
    for (int i = 0; i < FORKS; i++) {
        pid_t pid = fork();
        if (pid == 0)
            _exit(0);
        if (pid < 0 || waitpid(pid, NULL, 0) != pid)
            exit(1);
    }
    return (now_ns() - from) / FORKS;
}

/* The best of a few: what disturbs a loop can only make it longer. */
static int64_t best(int64_t (*measure)(void))
{
    enum { TRIES = 5 };
    int64_t found = INT64_MAX;
    for (int i = 0; i < TRIES; i++)
        found = least(found, measure());
    return found;
}

int main(void)
{
    (void)printf("{\"syscall_ns\": %lld, \"fault_ns\": %lld, \"fork_us\": %lld}\n",
                 (long long)best(syscall_ns), (long long)best(fault_ns),
                 (long long)best(fork_ns) / 1000);
    return 0;
}
