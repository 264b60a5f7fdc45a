/*
 * image - memory keeps what it holds, a child's writes stay its own, and what was written is
 * learnt.
 *
 * Not sanitised and not linked with what is: a sanitizer's own memory does not survive being moved.
 * Each case runs in a process of its own and ends with 0 when it holds.
 */
#include "../python/image.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 64, WRITTEN = 7 };

static char in_data[3 * PAGE] = "data";

static int own_proc(void)
{
    return open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static char *pages(void)
{
    char *p = mmap(NULL, (size_t)PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                   -1, 0);
    if (p == MAP_FAILED)
        _exit(9);
    for (int i = 0; i < PAGES; i++)
        (void)snprintf(p + (ptrdiff_t)i * PAGE, PAGE, "page %d", i);
    return p;
}

static bool all_there(const char *p)
{
    char want[16];
    for (int i = 0; i < PAGES; i++) {
        (void)snprintf(want, sizeof(want), "page %d", i);
        if (strcmp(p + (ptrdiff_t)i * PAGE, want) != 0)
            return false;
    }
    return true;
}

static int child_status(pid_t pid)
{
    int status = -1;
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status)
                                                                           : 255;
}

static int keeps_what_memory_holds(void)
{
    struct image *m = NULL;
    char *mapped = pages(), *heap = strdup("heap");
    memcpy(in_data + 2 * PAGE, "data too", sizeof("data too"));
    for (int round = 0; round < 3; round++)
        if (!image_take(&m, own_proc()) || !all_there(mapped) || strcmp(heap, "heap") != 0 ||
            strcmp(in_data, "data") != 0 || strcmp(in_data + 2 * PAGE, "data too") != 0)
            return 1;
    char *more = malloc((size_t)PAGES * PAGE); /* the heap still grows */
    memset(more, 1, (size_t)PAGES * PAGE);
    free(more);
    free(heap);
    return 0;
}

static int a_child_changes_its_own_copy(void)
{
    struct image *m = NULL;
    char *p = pages();
    if (!image_take(&m, own_proc()))
        return 1;
    pid_t pid = fork();
    if (pid == 0) {
        memset(p, 'x', (size_t)PAGES * PAGE);
        memset(in_data, 'x', sizeof(in_data));
        _exit(0);
    }
    return child_status(pid) == 0 && all_there(p) && strcmp(in_data, "data") == 0 ? 0 : 2;
}

static long faults(void)
{
    struct rusage u;
    (void)getrusage(RUSAGE_SELF, &u);
    return u.ru_minflt;
}

/* The copies are made in image_copy, so writing the same pages again is free; others are not. */
static int what_was_written_is_copied_ahead(void)
{
    struct image *m = NULL;
    int proc = own_proc();
    char *p = pages();
    if (!image_take(&m, proc))
        return 1;
    for (int i = 0; i < WRITTEN; i++)
        p[(ptrdiff_t)i * 8 * PAGE] = 'P'; /* further apart than the gap that is bridged */
    if (!image_learn(m, proc) || !image_take(&m, proc))
        return 2;
    pid_t pid = fork();
    if (pid == 0) {
        image_copy(m);
        long before = faults();
        for (int i = 0; i < WRITTEN; i++)
            p[(ptrdiff_t)i * 8 * PAGE] = 'Q';
        long after = faults();
        for (int i = 0; i < WRITTEN; i++)
            p[((ptrdiff_t)i * 8 + 4) * PAGE] = 'Q';
        _exit(after != before ? 3 : faults() - after < WRITTEN ? 4 : 0);
    }
    return child_status(pid);
}

static int the_image_cannot_be_written(void)
{
    struct image *m = NULL;
    char *p = pages();
    char name[64];
    if (!image_take(&m, own_proc()))
        return 1;
    (void)snprintf(name, sizeof(name), "/proc/self/map_files/%lx-%lx", (unsigned long)(uintptr_t)p,
                   (unsigned long)((uintptr_t)p + (uintptr_t)PAGES * PAGE));
    int fd = open(name, O_RDWR | O_CLOEXEC);
    bool written = fd >= 0 && pwrite(fd, "x", 1, 0) == 1;
    bool mapped =
        fd >= 0 && mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED;
    return written ? 2 : mapped ? 3 : 0;
}

static int without_proc_nothing_is_moved(void)
{
    struct image *m = NULL;
    char *p = pages();
    return !image_take(&m, open("/dev/null", O_RDONLY | O_CLOEXEC)) && all_there(p) ? 0 : 1;
}

int main(void)
{
    static const struct {
        const char *name;
        int (*run)(void);
    } cases[] = { { "keeps_what_memory_holds", keeps_what_memory_holds },
                  { "a_child_changes_its_own_copy", a_child_changes_its_own_copy },
                  { "what_was_written_is_copied_ahead", what_was_written_is_copied_ahead },
                  { "the_image_cannot_be_written", the_image_cannot_be_written },
                  { "without_proc_nothing_is_moved", without_proc_nothing_is_moved } };
    const int n = sizeof(cases) / sizeof(cases[0]);
    int failed = 0;
    (void)printf("1..%d\n", n);
    (void)fflush(stdout);
    for (int i = 0; i < n; i++) {
        pid_t pid = fork();
        if (pid == 0)
            _exit(cases[i].run());
        int status = child_status(pid);
        failed += status != 0;
        (void)printf("%s %d - %s\n", status ? "not ok" : "ok", i + 1, cases[i].name);
        if (status)
            (void)printf("# ended with %d\n", status);
        (void)fflush(stdout);
    }
    return failed != 0;
}
