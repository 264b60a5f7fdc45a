#include "support/pg_server.h"

#include "support/check.h"

#include <ftw.h>
#include <glob.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* One server for the executable. */
static pid_t server;
static bool running;
static char folder[64];
static char bin[256];
static char super[512]; /* libpq text of the superuser */
static char host[256], port[16];

enum { ARGS_MAX = 24, WAIT_MS = 20000, STEP_MS = 50 };

static int remove_one(const char *path, const struct stat *, int, struct FTW *)
{
    return remove(path);
}

static void stop(void)
{
    if (server > 0) {
        (void)kill(server, SIGINT); /* fast shutdown */
        (void)waitpid(server, NULL, 0);
        server = 0;
    }
    if (folder[0])
        (void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* The newest /usr/lib/postgresql/N/bin. */
static bool find_binaries(void)
{
    glob_t g;
    if (glob("/usr/lib/postgresql/*/bin/postgres", 0, NULL, &g))
        return false;
    (void)snprintf(bin, sizeof bin, "%s", g.gl_pathv[g.gl_pathc - 1]);
    globfree(&g);
    *strrchr(bin, '/') = 0;
    return true;
}

/* As the user postgres when we are root, which PostgreSQL refuses; the server dies with us. */
static pid_t start(const char *const *command)
{
    static const char *const drop[] = { "setpriv",        "--reuid=postgres", "--regid=postgres",
                                        "--clear-groups", "--pdeathsig=INT",  "--" };
    char *argv[ARGS_MAX + COUNT_OF(drop)];
    size_t n = 0;
    for (size_t i = geteuid() == 0 ? 0 : COUNT_OF(drop); i < COUNT_OF(drop); i++)
        argv[n++] = strdup(drop[i]);
    for (; *command; command++)
        argv[n++] = strdup(*command);
    argv[n] = NULL;
    char log[sizeof folder + 8];
    (void)snprintf(log, sizeof log, "%s/log", folder);
    posix_spawn_file_actions_t files;
    (void)posix_spawn_file_actions_init(&files);
    (void)posix_spawn_file_actions_addopen(&files, 1, log, 0x401 | 0100, 0644); /* append, create */
    (void)posix_spawn_file_actions_adddup2(&files, 1, 2);
    pid_t pid = 0;
    int rc = posix_spawnp(&pid, argv[0], &files, NULL, argv, environ);
    (void)posix_spawn_file_actions_destroy(&files);
    for (size_t i = 0; i < n; i++)
        free(argv[i]);
    return rc ? -1 : pid;
}

/* A server that is not ours keeps no databases of ours. */
static void drop_databases(void)
{
    char text[128];
    PGconn *c = PQconnectdb(super);
    (void)snprintf(text, sizeof text,
                   "SELECT datname FROM pg_database WHERE datname LIKE 'ain\\_%d\\_%%'",
                   (int)getpid());
    PGresult *all = PQexec(c, text);
    for (int i = 0; i < PQntuples(all); i++) {
        (void)snprintf(text, sizeof text, "DROP DATABASE %s WITH (FORCE)", PQgetvalue(all, i, 0));
        PQclear(PQexec(c, text));
    }
    PQclear(all);
    PQfinish(c);
}

static bool make_folder(void)
{
    (void)snprintf(folder, sizeof folder, "/tmp/ain-pg-XXXXXX");
    if (!mkdtemp(folder))
        return false;
    struct passwd *pw = geteuid() == 0 ? getpwnam("postgres") : NULL;
    return geteuid() != 0 || (pw && chown(folder, pw->pw_uid, pw->pw_gid) == 0);
}

static bool init_cluster(struct arena *a, const char *data)
{
    const char *argv[] = { arena_fmt(a, "%s/initdb", bin).ptr,
                           "-D",
                           data,
                           "-A",
                           "trust",
                           "-U",
                           "postgres",
                           "-E",
                           "UTF8",
                           "--locale=C.UTF-8",
                           "--no-sync",
                           NULL };
    pid_t pid = start(argv);
    int status = 1;
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static bool start_server(struct arena *a, const char *data)
{
    const char *argv[] = { arena_fmt(a, "%s/postgres", bin).ptr,
                           "-D",
                           data,
                           "-k",
                           folder,
                           "-c",
                           "listen_addresses=",
                           "-c",
                           "fsync=off",
                           "-c",
                           "shared_buffers=32MB",
                           "-c",
                           "max_connections=60",
                           "-c",
                           "autovacuum=off",
                           NULL };
    server = start(argv);
    for (int ms = 0; server > 0 && ms < WAIT_MS; ms += STEP_MS) {
        if (PQping(super) == PQPING_OK)
            return true;
        if (waitpid(server, NULL, WNOHANG) == server)
            server = 0;
        (void)usleep(STEP_MS * 1000);
    }
    return false;
}

/* On `conninfo`; a failure fails the test if it `must` not be. */
static void sql(const char *conninfo, const char *text, bool must)
{
    PGconn *c = PQconnectdb(conninfo);
    PGresult *r = PQexec(c, text);
    bool ok = PQresultStatus(r) == PGRES_COMMAND_OK;
    if (!ok && must)
        (void)fprintf(stderr, "# %s: %s\n", text, PQerrorMessage(c));
    PQclear(r);
    PQfinish(c);
    CHECK(ok || !must);
}

/* host and port out of a libpq text */
static bool parse(const char *conninfo)
{
    char *message = NULL;
    PQconninfoOption *all = PQconninfoParse(conninfo, &message);
    PQfreemem(message);
    for (PQconninfoOption *o = all; o && o->keyword; o++) {
        if (o->val && strcmp(o->keyword, "host") == 0)
            (void)snprintf(host, sizeof host, "%s", o->val);
        if (o->val && strcmp(o->keyword, "port") == 0)
            (void)snprintf(port, sizeof port, "%s", o->val);
    }
    PQconninfoFree(all);
    return all != NULL;
}

static const char *launch(struct arena *a)
{
    if (!find_binaries())
        return "PostgreSQL is not installed (package postgresql)";
    if (!make_folder())
        return "no folder for PostgreSQL (as root it needs the user postgres)";
    (void)atexit(stop);
    (void)snprintf(host, sizeof host, "%s", folder);
    (void)snprintf(super, sizeof super, "host=%s user=postgres dbname=postgres", folder);
    const char *data = arena_fmt(a, "%s/data", folder).ptr;
    if (!init_cluster(a, data) || !start_server(a, data))
        return "PostgreSQL does not start";
    return NULL;
}

const char *pg_server_start(struct arena *a)
{
    static const char *why;
    if (running || why)
        return why;
    const char *given = getenv("AINATIVE_TEST_PG");
    if (given && *given) {
        (void)snprintf(super, sizeof super, "%s", given);
        why =
            parse(given) && PQping(super) == PQPING_OK ? NULL : "AINATIVE_TEST_PG does not answer";
        if (!why)
            (void)atexit(drop_databases);
    } else {
        why = launch(a);
    }
    running = !why;
    if (running) /* other executables make it too */
        sql(super, "CREATE ROLE ain_test LOGIN NOSUPERUSER NOBYPASSRLS", false);
    return why;
}

struct str pg_server_database(struct arena *a, const char *name, const char *template)
{
    int pid = (int)getpid();
    struct str full = arena_fmt(a, "ain_%d_%s", pid, name);
    struct str from = template ? arena_fmt(a, "ain_%d_%s", pid, template) : STR("template0");
    sql(super,
        arena_fmt(a, "CREATE DATABASE %s TEMPLATE %s OWNER ain_test STRATEGY file_copy", full.ptr,
                  from.ptr)
            .ptr,
        true);
    return arena_fmt(a, "host=%s%s%s user=ain_test dbname=%s", host, port[0] ? " port=" : "", port,
                     full.ptr);
}

void pg_server_clean(struct arena *a, const char *name)
{
    static const char clean[] =
        "SET session_replication_role = replica; DO $$ DECLARE t text; BEGIN FOR t IN SELECT "
        "tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations' "
        "LOOP EXECUTE 'DELETE FROM ' || t; END LOOP; END $$";
    /* of two dbname the last one counts */
    sql(arena_fmt(a, "%s dbname=ain_%d_%s", super, (int)getpid(), name).ptr, clean, true);
}
