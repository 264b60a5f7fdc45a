#include "app/command.h"

#include <stdio.h>

/* The table of subcommands: the only list. */
struct subcommand {
    const char *word;
    int (*run)(struct words *w);
    const char *usage; /* what may stand behind `ainative` */
    const char *does;
};
static const struct subcommand subcommands[] = {
    { "serve", command_serve, "serve [--role api,worker,judge]", "runs the server" },
    { "migrate", command_migrate, "migrate [--plan]", "applies migrations; --plan lists them" },
    { "demo", command_demo, "demo", "adds the marked demo course; refused in prod" },
    { "user", command_user, "user first-admin | recover EMAIL", "prints a one-time link" },
    { "export", command_export, "export [--session ID] FOLDER",
      "writes sessions' traces as files that verify" },
    { "verify-trace", command_verify_trace, "verify-trace FILE | --session ID | --all",
      "does the chain of a trace hold; names the first broken event" },
    { "verify-audit", command_verify_audit, "verify-audit", "does the audit chain hold" },
    { "check-config", command_check_config, "check-config [--print | --docs | --sample | --probe]",
      "checks the settings; --print shows each and its origin, --probe asks store and sandbox" },
    { "routes", command_routes, "routes", "prints the table of routes" },
    { "metrics", command_metrics, "metrics", "prints the table of metrics" },
    { "openapi", command_openapi, "openapi", "prints OpenAPI 3.1" },
    { "exercise", command_exercise,
      "exercise check [--json] [--dir FOLDER] [--mutants N] [--floor PERCENT] [--repeats N] "
      "[SLUG]...",
      "validates exercise packages" },
    { "judge-batch", command_judge_batch,
      "judge-batch --exercise DIR --programs DIR [--jobs N] [--all-tests] --jsonl OUT",
      "judges a folder of programs against an exercise" },
    { "tutor-probe", command_tutor_probe,
      "tutor-probe --exercise DIR --program FILE [--rung N|N-M] [--lang es|es-ar|en]"
      " [--accepted DIR] [--json]",
      "what the tutor would do and say for one program" },
    { "sandbox", command_sandbox, "sandbox check", "which isolation layers this machine gives" },
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

static int run(const struct subcommand *s, char **items, int n)
{
    struct words w = { items, n, s->usage };
    if (!word_flag(&w, "--help"))
        return s->run(&w);
    (void)printf("usage: ainative %s\n\n%s\n\nEvery command takes --config FILE and --set "
                 "key=value, as often as needed;\nainative check-config --docs tells of the "
                 "settings. It ends with 0 when done,\n1 when it found or met something bad, 2 "
                 "when it was called or configured wrongly.\n",
                 s->usage, s->does);
    return EXIT_DONE;
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
    for (size_t i = 0; i < COUNT_OF(subcommands); i++)
        if (strcmp(argv[1], subcommands[i].word) == 0)
            return run(&subcommands[i], argv + 2, argc - 2);
    (void)fprintf(stderr, "ainative: no command %s; ainative --help lists them\n", argv[1]);
    return EXIT_USAGE;
}
