#include "app/command.h"

#include <stdio.h>

/* The table of subcommands: the only list. */
struct subcommand {
    const char *word;
    int (*run)(struct words *w);
    const char *does;
};
static const struct subcommand subcommands[] = {
    { "serve", command_serve, "runs the server (--role api,worker,judge)" },
    { "migrate", command_migrate, "applies migrations; --plan lists them" },
    { "demo", command_demo, "adds the marked demo course; refused in prod" },
    { "user", command_user, "first-admin | recover EMAIL: prints a one-time link" },
    { "export", command_export, "writes sessions' traces as files that verify" },
    { "verify-trace", command_verify_trace, "FILE | --session ID | --all: does the chain hold" },
    { "verify-audit", command_verify_audit, "does the audit chain hold" },
    { "check-config", command_check_config, "checks the settings; --print, --docs, --sample" },
    { "routes", command_routes, "prints the table of routes" },
    { "openapi", command_openapi, "prints OpenAPI 3.1" },
    { "exercise", command_exercise, "check [SLUG...]: validates exercise packages" },
    { "judge-batch", command_judge_batch, "judges a folder of programs against an exercise" },
    { "tutor-probe", command_tutor_probe, "what the tutor would do and say for one program" },
    { "sandbox", command_sandbox, "check: which isolation layers this machine gives" },
};

static void help(FILE *to)
{
    (void)fprintf(to,
                  "ainative %s - learning to program with AI, and seeing how it was learned\n\n",
                  APP_VERSION);
    for (size_t i = 0; i < COUNT_OF(subcommands); i++)
        (void)fprintf(to, "  ainative %-13s %s\n", subcommands[i].word, subcommands[i].does);
    (void)fprintf(to, "\nSettings: ainative check-config --docs. Each also as AINATIVE_KEY or "
                      "--set key=value.\n");
}

int main(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        help(argc < 2 ? stderr : stdout);
        return argc < 2 ? EXIT_USAGE : EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)printf("%s\n", APP_VERSION);
        return EXIT_DONE;
    }
    struct words w = { argv + 2, argc - 2 };
    for (size_t i = 0; i < COUNT_OF(subcommands); i++)
        if (strcmp(argv[1], subcommands[i].word) == 0)
            return subcommands[i].run(&w);
    (void)fprintf(stderr, "ainative: no command %s; ainative --help lists them\n", argv[1]);
    return EXIT_USAGE;
}
