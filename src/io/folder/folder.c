#include "io/folder/folder.h"

#include "base/num.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* One walk through a folder. */
struct walk {
    const struct folder_limits *limits;
    struct arena *a;
    struct fail *f;
    struct folder_file *files;
    size_t n, cap, total;
};

static void fd_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}
#define AUTO_FD __attribute__((cleanup(fd_close))) int

static void dir_close(DIR **d)
{
    if (*d)
        closedir(*d);
}
#define AUTO_DIR __attribute__((cleanup(dir_close))) DIR *

static enum err read_all(int fd, size_t max, struct arena *a, struct str *out, struct fail *f)
{
    struct stat st;
    if (fstat(fd, &st))
        return FAIL(f, ERR_IO, "internal", "fstat: %s", errno_text(errno));
    if (!S_ISREG(st.st_mode))
        return FAIL(f, ERR_INPUT, "folder.link", "not a regular file");
    if (st.st_size < 0 || (size_t)st.st_size > max)
        return FAIL(f, ERR_TOO_LARGE, "folder.too_large", "a file of %lld bytes, at most %zu",
                    (long long)st.st_size, max);
    size_t size = (size_t)st.st_size, at = 0;
    char *data = ARENA_ARRAY(a, char, size + 1);
    while (at < size) {
        ssize_t got = read(fd, data + at, size - at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return FAIL(f, ERR_IO, "internal", "read: %s", errno_text(errno));
        if (got == 0)
            break; /* it became shorter meanwhile */
        at += (size_t)got;
    }
    *out = (struct str){ data, at };
    return ERR_OK;
}

static enum err keep(struct walk *w, struct str path, int fd)
{
    struct str data;
    if (w->n == w->limits->files)
        return FAIL(w->f, ERR_TOO_LARGE, "folder.too_large", "more than %zu files",
                    w->limits->files);
    TRY(read_all(fd, w->limits->file_bytes, w->a, &data, w->f));
    w->total += data.len;
    if (w->total > w->limits->total_bytes)
        return FAIL(w->f, ERR_TOO_LARGE, "folder.too_large", "more than %zu bytes",
                    w->limits->total_bytes);
    if (w->n == w->cap) {
        size_t cap = w->cap ? 2 * w->cap : 64;
        struct folder_file *more = ARENA_ARRAY(w->a, struct folder_file, cap);
        if (w->n)
            memcpy(more, w->files, w->n * sizeof(*more));
        w->files = more;
        w->cap = cap;
    }
    w->files[w->n++] = (struct folder_file){ .path = path, .data = data };
    return ERR_OK;
}

static enum err walk_dir(struct walk *w, int dir_fd, struct str path, size_t depth);

static enum err walk_entry(struct walk *w, int dir_fd, struct str path, const char *name,
                           size_t depth)
{
    if (!utf8_valid(str_of(name)))
        return FAIL(w->f, ERR_INPUT, "folder.link", "a name in %.*s is not UTF-8", STR_ARG(path));
    struct str full =
        path.len ? arena_fmt(w->a, "%.*s/%s", STR_ARG(path), name) : arena_dup(w->a, str_of(name));
    AUTO_FD fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat st;
    if (fd < 0 && errno == ELOOP)
        return FAIL(w->f, ERR_INPUT, "folder.link", "%.*s is a link", STR_ARG(full));
    if (fd < 0 || fstat(fd, &st))
        return FAIL(w->f, ERR_IO, "internal", "%.*s: %s", STR_ARG(full), errno_text(errno));
    return S_ISDIR(st.st_mode) ? walk_dir(w, fd, full, depth + 1) : keep(w, full, fd);
}

/* With a descriptor of its own, which closedir closes; NULL with errno. */
static DIR *open_again(int dir_fd)
{
    int own = fcntl(dir_fd, F_DUPFD_CLOEXEC, 0);
    DIR *d = own < 0 ? NULL : fdopendir(own);
    int why = errno;
    if (!d && own >= 0)
        (void)close(own);
    errno = why;
    return d;
}

static enum err walk_dir(struct walk *w, int dir_fd, struct str path, size_t depth)
{
    if (depth > w->limits->depth)
        return FAIL(w->f, ERR_TOO_LARGE, "folder.too_large", "%.*s is too deep", STR_ARG(path));
    AUTO_DIR d = open_again(dir_fd);
    if (!d)
        return FAIL(w->f, ERR_IO, "internal", "%.*s: %s", STR_ARG(path), errno_text(errno));
    const struct dirent *entry;
    /* one thread owns d, which is all readdir needs */
    while ((entry = readdir(d)))
        if (entry->d_name[0] != '.' && strcmp(entry->d_name, "__pycache__") != 0)
            TRY(walk_entry(w, dir_fd, path, entry->d_name, depth));
    return ERR_OK;
}

static int by_path(const void *a, const void *b)
{
    const struct folder_file *x = a, *y = b;
    return str_cmp(x->path, y->path);
}

enum err folder_read(struct str path, const struct folder_limits *limits, struct arena *a,
                     struct folder_file **out, size_t *n, struct fail *f)
{
    struct walk w = { .limits = limits, .a = a, .f = f };
    AUTO_FD fd = open(arena_cstr(a, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return FAIL(f, ERR_NOT_FOUND, "folder.absent", "%.*s: %s", STR_ARG(path),
                    errno_text(errno));
    TRY(walk_dir(&w, fd, (struct str){ 0 }, 0));
    if (w.n)
        qsort(w.files, w.n, sizeof(w.files[0]), by_path);
    *out = w.files;
    *n = w.n;
    return ERR_OK;
}

enum err folder_read_file(struct str path, size_t max, struct arena *a, struct str *out,
                          struct fail *f)
{
    AUTO_FD fd = open(arena_cstr(a, path), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return FAIL(f, ERR_NOT_FOUND, "folder.absent", "%.*s: %s", STR_ARG(path),
                    errno_text(errno));
    return read_all(fd, max, a, out, f);
}
