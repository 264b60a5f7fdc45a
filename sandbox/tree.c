#include "tree.h"

#include "python/box.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char stage[] = "/tmp"; /* any folder of the host that no profile binds from */

static const char *const devices[] = { "null", "zero", "full", "random", "urandom" };
static const char *const top_links[] = { "/lib", "/lib64", "/bin" };

static void staged(char *out, size_t room, const char *path)
{
    (void)text_format(out, room, "%s%s", stage, path);
}

/* The folders above a path, below the stage. */
static bool make_parents(const char *path)
{
    char dir[PROFILE_PATH_MAX + 16];
    staged(dir, sizeof(dir), path);
    for (char *at = dir + strlen(stage) + 1; (at = strchr(at, '/')); at++) {
        *at = '\0';
        if (mkdir(dir, 0755) != 0 && errno != EEXIST)
            return false;
        *at = '/';
    }
    return true;
}

static bool make_mount_point(const char *path, bool folder)
{
    char at[PROFILE_PATH_MAX + 16];
    staged(at, sizeof(at), path);
    if (!make_parents(path))
        return false;
    if (folder)
        return mkdir(at, 0755) == 0 || errno == EEXIST;
    int fd = open(at, O_WRONLY | O_CREAT | O_CLOEXEC, 0444);
    return fd >= 0 && close(fd) == 0;
}

static bool set_mount(const char *path, uint64_t flags)
{
    struct mount_attr attr = { .attr_set = flags };
    return syscall(SYS_mount_setattr, AT_FDCWD, path, AT_RECURSIVE, &attr, sizeof(attr)) == 0;
}

static bool bind(const char *path, uint64_t flags)
{
    char at[PROFILE_PATH_MAX + 16];
    struct stat st;
    staged(at, sizeof(at), path);
    return stat(path, &st) == 0 && make_mount_point(path, S_ISDIR(st.st_mode)) &&
           mount(path, at, NULL, MS_BIND | MS_REC, NULL) == 0 && set_mount(at, flags);
}

static bool bind_devices(void)
{
    char path[32];
    for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
        (void)text_format(path, sizeof(path), "/dev/%s", devices[i]);
        if (!bind(path, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC))
            return false;
    }
    return true;
}

/* /lib and its like are links on a merged-usr system; the box has the same ones. */
static bool copy_top_links(void)
{
    char target[PROFILE_PATH_MAX], at[64];
    for (size_t i = 0; i < sizeof(top_links) / sizeof(top_links[0]); i++) {
        ssize_t n = readlink(top_links[i], target, sizeof(target) - 1);
        if (n <= 0)
            continue;
        target[n] = '\0';
        staged(at, sizeof(at), top_links[i]);
        if (symlink(target, at) != 0)
            return false;
    }
    staged(at, sizeof(at), "/tmp");
    return symlink("work", at) == 0;
}

/* A copy, because the module's path may not be readable for the user we have become. */
static bool copy_module(int from)
{
    char at[PROFILE_PATH_MAX], bytes[16 * 1024];
    staged(at, sizeof(at), BOX_MODULE_PATH);
    if (!make_parents(BOX_MODULE_PATH))
        return false;
    int to = open(at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
    ssize_t n = 0;
    off_t offset = 0;
    while (to >= 0 && (n = pread(from, bytes, sizeof(bytes), offset)) > 0) {
        if (write(to, bytes, (size_t)n) != n)
            return false;
        offset += n;
    }
    return to >= 0 && n == 0 && close(to) == 0;
}

static const char *bind_profile(const struct profile *p)
{
    char at[PROFILE_PATH_MAX + 16];
    for (size_t i = 0; i < p->count; i++) {
        const struct profile_entry *e = &p->entries[i];
        struct stat st;
        if (e->kind == PROFILE_LINK) {
            staged(at, sizeof(at), e->path);
            if (!make_parents(e->path) || symlink(e->target, at) != 0)
                return "link of the profile";
        } else if (e->kind == PROFILE_TREE || stat(e->path, &st) == 0) {
            if (!bind(e->path, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV))
                return e->path;
        }
    }
    return NULL;
}

static const char *pivot(void)
{
    if (chdir(stage) != 0 || syscall(SYS_pivot_root, ".", ".") != 0)
        return "pivot_root";
    if (umount2(".", MNT_DETACH) != 0 || chdir("/") != 0)
        return "old root";
    struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };
    if (syscall(SYS_mount_setattr, AT_FDCWD, "/", 0, &attr, sizeof(attr)) != 0)
        return "read-only root";
    return NULL;
}

const char *tree_enter(const struct profile *p, int module_fd)
{
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return "private mounts";
    if (mount("box", stage, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=4m,nr_inodes=512") != 0)
        return "tmpfs root";
    const char *failed = bind_profile(p);
    if (failed)
        return failed;
    if (!bind_devices())
        return "devices";
    if (!copy_top_links() || !copy_module(module_fd) || !make_mount_point("/work", true))
        return "folders";
    return pivot();
}
