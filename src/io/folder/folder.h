#pragma once
/*
 * folder - reads a whole folder of small files from disk into an arena, and writes whole files.
 *
 * For packages and for commands that take a folder. Only regular files and folders; a link, a
 * device, a name that is not UTF-8, too many or too large files end the reading with an error.
 * Names that begin with a dot and __pycache__ are passed over. Any thread.
 */
#include "base/arena.h"
#include "base/fail.h"

struct folder_file {
    struct str path; /* relative, '/' between parts */
    struct str data;
};
struct folder_limits {
    size_t files, file_bytes, total_bytes, depth;
};

/* Sorted by the bytes of the path. ERR_NOT_FOUND (folder.absent), ERR_INPUT (folder.link),
 * ERR_TOO_LARGE (folder.too_large), ERR_IO (internal). */
enum err folder_read(struct str path, const struct folder_limits *limits, struct arena *a,
                     struct folder_file **out, size_t *n, struct fail *f);
/* One file. ERR_NOT_FOUND (folder.absent), ERR_TOO_LARGE (folder.too_large), ERR_IO (internal). */
enum err folder_read_file(struct str path, size_t max, struct arena *a, struct str *out,
                          struct fail *f);
