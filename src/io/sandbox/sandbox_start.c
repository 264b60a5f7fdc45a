#include "io/sandbox/sandbox_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { KEEPER_FD = 3 };

void text_cut(char *out, size_t room, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(out, room, fmt, ap);
    va_end(ap);
}

static bool runs(const char *path)
{
    return access(path, X_OK) == 0;
}

void sandbox_find_program(struct sandbox *s)
{
    static const char *const beside[] = { "ainative-sandbox", "sandbox/ainative-sandbox" };
    char here[SANDBOX_PATH_BYTES];
    if (s->conf.program.len) {
        text_cut(s->program, sizeof(s->program), "%.*s", STR_ARG(s->conf.program));
        return;
    }
    ssize_t n = readlink("/proc/self/exe", here, sizeof(here) - 1);
    while (n > 0 && here[n - 1] != '/')
        n--;
    for (size_t i = 0; n > 0 && i < COUNT_OF(beside); i++) {
        text_cut(s->program, sizeof(s->program), "%.*s%s", (int)n, here, beside[i]);
        if (runs(s->program))
            return;
    }
    text_cut(s->program, sizeof(s->program), "ainative-sandbox");
}

static int spawn(const char *program, int fd, char *const argv[], pid_t *pid)
{
    static char path[] = "PATH=/usr/local/bin:/usr/bin:/bin";
    char *const envp[] = { path, NULL }; /* no variable of ours, so no secret */
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none;
    (void)sigemptyset(&none);
    if (posix_spawn_file_actions_init(&files) != 0)
        return ENOMEM;
    if (posix_spawnattr_init(&attr) != 0) {
        (void)posix_spawn_file_actions_destroy(&files);
        return ENOMEM;
    }
    int error = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    /* dup2 to itself also clears close-on-exec */
    error = error ? error : posix_spawn_file_actions_adddup2(&files, fd, KEEPER_FD);
    error = error ? error : posix_spawn_file_actions_addclosefrom_np(&files, KEEPER_FD + 1);
    error = error ? error : posix_spawnattr_setsigmask(&attr, &none);
    error = error ? error : posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
    error = error ? error : posix_spawnp(pid, program, &files, &attr, argv, envp);
    (void)posix_spawn_file_actions_destroy(&files);
    (void)posix_spawnattr_destroy(&attr);
    return error;
}

int sandbox_start(struct sandbox *s)
{
    char pool[16], parallel[16], minimum[16];
    char name[] = "ainative-sandbox", word[] = "keeper", fd_flag[] = "--fd", fd[] = "3";
    char pool_flag[] = "--pool", parallel_flag[] = "--parallel", minimum_flag[] = "--minimum";
    char *argv[12] = { name, word, fd_flag, fd };
    size_t n = 4;
    text_cut(pool, sizeof(pool), "%u", s->conf.pool);
    text_cut(parallel, sizeof(parallel), "%u", s->conf.parallel);
    text_cut(minimum, sizeof(minimum), "%u", s->conf.minimum_layers);
    if (s->conf.pool) {
        argv[n++] = pool_flag;
        argv[n++] = pool;
    }
    if (s->conf.parallel) {
        argv[n++] = parallel_flag;
        argv[n++] = parallel;
    }
    argv[n++] = minimum_flag;
    argv[n] = minimum;
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return -1;
    int error = spawn(s->program, pair[1], argv, &s->pid);
    (void)close(pair[1]);
    if (error) {
        text_cut(s->missing, sizeof(s->missing), "%.200s: error %d", s->program, error);
        (void)close(pair[0]);
        s->pid = 0;
        return -1;
    }
    return pair[0];
}
