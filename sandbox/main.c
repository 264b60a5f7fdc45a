/*
 * ainative-sandbox - runs untrusted programs for the judge. See sandbox.1 and THREAT-MODEL.md.
 */
#include "commands.h"

#include <stdio.h>
#include <string.h>

static int help(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    (void)puts(
        "usage: ainative-sandbox COMMAND\n"
        "  keeper --fd N   serve the judge on descriptor N until it closes\n"
        "         [--pool N] [--parallel N] [--minimum MASK]\n"
        "  check [--json]  which layers of isolation work here\n"
        "  probe FILE      run a program in a box of the python profile, with exec and fork\n"
        "  --version");
    return 0;
}

static int version(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    (void)puts(BUILD_ID);
    return 0;
}

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {
    { "keeper", command_keeper }, { "check", command_check }, { "probe", command_probe },
    { "--help", help },           { "--version", version },
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    (void)help(argc, argv);
    return 2;
}
