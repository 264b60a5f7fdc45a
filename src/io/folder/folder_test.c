#include "io/folder/folder.h"
#include "support/check.h"
#include "support/folder.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct folder_limits limits = {
    .files = 4, .file_bytes = 16, .total_bytes = 40, .depth = 2
};

static struct str fresh(struct arena *a)
{
    char path[TEST_FOLDER_MAX];
    test_folder(path);
    return arena_dup(a, str_of(path));
}

static void put(struct arena *a, struct str dir, const char *name, const char *text)
{
    int fd =
        open(arena_fmt(a, "%.*s/%s", STR_ARG(dir), name).ptr, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK(fd >= 0);
    CHECK_INT(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

TEST(a_folder_is_read_whole_and_sorted)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct folder_file *files;
    size_t n;
    struct str dir = fresh(&a);
    put(&a, dir, "b.txt", "bee");
    put(&a, dir, ".hidden", "no");
    CHECK_INT(mkdir(arena_fmt(&a, "%.*s/a", STR_ARG(dir)).ptr, 0700), 0);
    put(&a, dir, "a/x", "");
    CHECK_INT(folder_read(dir, &limits, &a, &files, &n, &f), ERR_OK);
    CHECK_INT(n, 2);
    CHECK_STR(files[0].path, "a/x");
    CHECK_STR(files[1].path, "b.txt");
    CHECK_STR(files[1].data, "bee");
}

TEST(links_large_files_and_absent_folders_are_refused)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct folder_file *files;
    struct str text;
    size_t n;
    struct str dir = fresh(&a);
    put(&a, dir, "big", "12345678901234567");
    CHECK_INT(folder_read(dir, &limits, &a, &files, &n, &f), ERR_TOO_LARGE);
    put(&a, dir, "big", "small");
    CHECK_INT(symlink("/etc/passwd", arena_fmt(&a, "%.*s/l", STR_ARG(dir)).ptr), 0);
    CHECK_INT(folder_read(dir, &limits, &a, &files, &n, &f), ERR_INPUT);
    CHECK_INT(folder_read(STR("/nonexistent/x"), &limits, &a, &files, &n, &f), ERR_NOT_FOUND);
    CHECK_INT(folder_read_file(STR("/nonexistent/x"), 10, &a, &text, &f), ERR_NOT_FOUND);
    CHECK_INT(folder_read_file(arena_fmt(&a, "%.*s/big", STR_ARG(dir)), 3, &a, &text, &f),
              ERR_TOO_LARGE);
    CHECK_INT(folder_read_file(arena_fmt(&a, "%.*s/big", STR_ARG(dir)), 30, &a, &text, &f), ERR_OK);
    CHECK_STR(text, "small");
}

TEST(too_many_too_large_together_or_too_deep_is_refused)
{
    static const char *const nested[] = { "a", "a/a", "a/a/a" };
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct folder_file *files;
    size_t n;
    struct str many = fresh(&a), large = fresh(&a), deep = fresh(&a);
    for (int i = 0; i < 5; i++)
        put(&a, many, arena_fmt(&a, "%d", i).ptr, "");
    CHECK_INT(folder_read(many, &limits, &a, &files, &n, &f), ERR_TOO_LARGE);
    for (int i = 0; i < 3; i++)
        put(&a, large, arena_fmt(&a, "%d", i).ptr, "1234567890123456");
    CHECK_INT(folder_read(large, &limits, &a, &files, &n, &f), ERR_TOO_LARGE);
    for (size_t i = 0; i < COUNT_OF(nested); i++)
        CHECK_INT(mkdir(arena_fmt(&a, "%.*s/%s", STR_ARG(deep), nested[i]).ptr, 0700), 0);
    CHECK_INT(folder_read(deep, &limits, &a, &files, &n, &f), ERR_TOO_LARGE);
    CHECK_STR(str_of(f.hint), "folder.too_large");
}
