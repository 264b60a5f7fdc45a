#include "image.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

enum {
    MAPS_BYTES = 128 * 1024, /* of /proc/PID/maps, several times what the interpreter has */
    RANGES_MAX = 512,
    TOUCHED_MAX = 512,
    GAP_PAGES = 2, /* so few untouched pages between two touched ones cost less than a call */
    ENTRIES = 512, /* of the page map in one read */
    PAGE = 4096
};
#define PAGEMAP_SHARED (UINT64_C(1) << 61) /* a file's page, not a copy of our own */
#define PAGEMAP_PRESENT (UINT64_C(1) << 63)

struct range {
    uintptr_t from, to;
};

struct image {
    struct range ranges[RANGES_MAX], touched[TOUCHED_MAX];
    size_t range_count, touched_count;
};

/* --- which mappings ------------------------------------------------------------------------ */

static bool read_maps(int proc_dir, char text[MAPS_BYTES])
{
    size_t n = 0;
    ssize_t got = -1;
    int fd = openat(proc_dir, "maps", O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && n < MAPS_BYTES - 1 && (got = read(fd, text + n, MAPS_BYTES - 1 - n)) > 0)
        n += (size_t)got;
    if (fd >= 0)
        (void)close(fd);
    text[n] = '\0';
    return got == 0;
}

/* "55d0c0a00000-55d0c0a05000 rw-p ..." of a private writable mapping. */
static bool line_range(const char *line, struct range *out)
{
    char *at = NULL;
    out->from = (uintptr_t)strtoull(line, &at, 16);
    if (*at != '-')
        return false;
    out->to = (uintptr_t)strtoull(at + 1, &at, 16);
    return strncmp(at, " rw-p ", strlen(" rw-p ")) == 0 && !strstr(at, "[stack");
}

static bool find_ranges(struct image *m, int proc_dir)
{
    char text[MAPS_BYTES];
    m->range_count = 0;
    if (!read_maps(proc_dir, text))
        return false;
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        if (m->range_count < RANGES_MAX && line_range(line, &m->ranges[m->range_count]))
            m->range_count++;
    }
    return true;
}

/* --- moving -------------------------------------------------------------------------------- */

static bool write_all(int fd, const struct range *r)
{
    for (uintptr_t at = r->from; at < r->to;) {
        ssize_t n = write(fd, (const void *)at, r->to - at);
        if (n <= 0)
            return false;
        at += (uintptr_t)n;
    }
    return true;
}

/* From here until the mapping has changed nothing may be written but the stack: this thread makes
 * system calls only, and there is no other. `r` itself lies in a range that moves. */
static bool move(int fd, struct range r, off_t *offset)
{
    if (!write_all(fd, &r))
        return false;
    if (mmap((void *)r.from, r.to - r.from, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, fd,
             *offset) == MAP_FAILED)
        _exit(72);
    *offset += (off_t)(r.to - r.from);
    return true;
}

bool image_take(struct image **image, int proc_dir)
{
    static const unsigned seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    off_t offset = 0;
    if (!*image && !(*image = calloc(1, sizeof(**image))))
        return false;
    const struct image *m = *image;
    if (!find_ranges(*image, proc_dir))
        return false;
    int fd = memfd_create("image", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    bool ok = fd >= 0;
    for (size_t i = 0; i < m->range_count && ok; i++)
        ok = move(fd, m->ranges[i], &offset);
    ok = ok && fcntl(fd, F_ADD_SEALS, seals) == 0;
    if (fd >= 0)
        (void)close(fd);
    return ok;
}

/* --- what a rehearsal wrote ---------------------------------------------------------------- */

static void add_page(struct image *m, uintptr_t at)
{
    struct range *last = m->touched_count ? &m->touched[m->touched_count - 1] : NULL;
    if (last && at >= last->to && at - last->to <= (uintptr_t)GAP_PAGES * PAGE)
        last->to = at + PAGE;
    else if (m->touched_count < TOUCHED_MAX)
        m->touched[m->touched_count++] = (struct range){ at, at + PAGE };
}

static bool learn_range(struct image *m, int fd, struct range r)
{
    uint64_t entries[ENTRIES];
    while (r.from < r.to) {
        size_t n = (r.to - r.from) / PAGE;
        n = n < ENTRIES ? n : ENTRIES;
        ssize_t got =
            pread(fd, entries, n * sizeof(*entries), (off_t)(r.from / PAGE * sizeof(*entries)));
        if (got != (ssize_t)(n * sizeof(*entries)))
            return false;
        for (size_t i = 0; i < n; i++)
            if ((entries[i] & PAGEMAP_PRESENT) && !(entries[i] & PAGEMAP_SHARED))
                add_page(m, r.from + i * PAGE);
        r.from += n * PAGE;
    }
    return true;
}

bool image_learn(struct image *m, int proc_dir)
{
    int fd = openat(proc_dir, "pagemap", O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0;
    m->touched_count = 0;
    for (size_t i = 0; i < m->range_count && ok; i++)
        ok = learn_range(m, fd, m->ranges[i]);
    if (fd >= 0)
        (void)close(fd);
    return ok;
}

void image_copy(const struct image *m)
{
    for (size_t i = 0; i < m->touched_count; i++)
        (void)madvise((void *)m->touched[i].from, m->touched[i].to - m->touched[i].from,
                      MADV_POPULATE_WRITE);
}
