/*
 * gen - makes the tables the programs include, at build time.
 *
 * usage: gen filter PROFILE OUT    rows of struct sock_filter: the calls a student may make
 *        gen probe PROFILE OUT     the same and what `ainative-sandbox probe` needs
 *        gen text FILE OUT         the bytes of a file
 * An unknown call, a rule it cannot read or a rule without a reason ends the build: a filter is
 * never silently weaker.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 512, TESTS_MAX = 4 };

struct rule {
    char call[64];
    struct scmp_arg_cmp tests[TESTS_MAX];
    unsigned test_count;
};

static const struct {
    const char *name;
    int value;
} errnos[] = {
    { "EPERM", EPERM }, { "ENOSYS", ENOSYS }, { "ENOTSUP", ENOTSUP }, { "ENOTTY", ENOTTY }
};

static bool number(char **at, uint64_t *out)
{
    char *end = NULL;
    errno = 0;
    *out = strtoull(*at, &end, 0);
    bool ok = end != *at && errno == 0;
    *at = end;
    return ok;
}

/* "a2&6=2": argument, optional mask, wanted value. */
static bool test_read(char **at, struct scmp_arg_cmp *out)
{
    uint64_t arg = 0, mask = 0, want = 0;
    if (*(*at)++ != 'a' || !number(at, &arg) || arg > 5)
        return false;
    bool masked = **at == '&';
    if (masked) {
        (*at)++;
        if (!number(at, &mask))
            return false;
    }
    if (*(*at)++ != '=' || !number(at, &want))
        return false;
    *out = (struct scmp_arg_cmp){ .arg = (unsigned)arg,
                                  .op = masked ? SCMP_CMP_MASKED_EQ : SCMP_CMP_EQ,
                                  .datum_a = masked ? mask : want,
                                  .datum_b = masked ? want : 0 };
    return true;
}

static bool rule_read(char *word, struct rule *out)
{
    size_t n = strcspn(word, "(");
    if (n == 0 || n >= sizeof(out->call))
        return false;
    memcpy(out->call, word, n);
    out->call[n] = '\0';
    out->test_count = 0;
    char *at = word + n;
    if (*at == '\0')
        return true;
    do {
        at++; /* the bracket or the comma */
        if (out->test_count == TESTS_MAX || !test_read(&at, &out->tests[out->test_count++]))
            return false;
    } while (*at == ',');
    return strcmp(at, ")") == 0;
}

static bool errno_read(const char *word, uint32_t *action)
{
    for (size_t i = 0; i < sizeof(errnos) / sizeof(errnos[0]); i++)
        if (word && strcmp(word, errnos[i].name) == 0) {
            *action = SCMP_ACT_ERRNO((uint32_t)errnos[i].value);
            return true;
        }
    return false;
}

/* A line of the profile; words that are not about calls are skipped. */
static bool line_apply(scmp_filter_ctx ctx, char *line, bool probe)
{
    char *save = NULL;
    const char *verb = strtok_r(line, " \n", &save);
    if (!verb || verb[0] == '#')
        return true;
    bool refuse = strcmp(verb, "refuse") == 0;
    if (!refuse && strcmp(verb, "allow") != 0 && (strcmp(verb, "probe") != 0 || !probe))
        return true;
    char *word = strtok_r(NULL, " \n", &save);
    struct rule rule = { 0 };
    uint32_t action = SCMP_ACT_ALLOW;
    if (!word || !rule_read(word, &rule))
        return false;
    if (refuse && !errno_read(strtok_r(NULL, " \n", &save), &action))
        return false;
    if (!strtok_r(NULL, "\n", &save))
        return false; /* no reason given */
    int call = seccomp_syscall_resolve_name(rule.call);
    if (call == __NR_SCMP_ERROR)
        return false;
    return seccomp_rule_add_array(ctx, action, call, rule.test_count, rule.tests) == 0;
}

static bool profile_apply(scmp_filter_ctx ctx, FILE *in, bool probe)
{
    char line[LINE_MAX_BYTES], copy[LINE_MAX_BYTES];
    while (fgets(line, sizeof(line), in)) {
        (void)snprintf(copy, sizeof(copy), "%s", line);
        if (!line_apply(ctx, line, probe)) {
            (void)fprintf(stderr, "gen: bad rule: %s", copy);
            return false;
        }
    }
    return true;
}

static bool rows_write(int bpf, FILE *out)
{
    struct sock_filter row;
    off_t at = 0;
    while (pread(bpf, &row, sizeof(row), at) == (ssize_t)sizeof(row)) {
        (void)fprintf(out, "{ 0x%04x, %u, %u, 0x%08x },\n", row.code, row.jt, row.jf, row.k);
        at += (off_t)sizeof(row);
    }
    return at > 0;
}

static bool filter_write(FILE *in, FILE *out, bool probe)
{
    int bpf = memfd_create("bpf", MFD_CLOEXEC);
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    bool ok = bpf >= 0 && ctx &&
              seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
              seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0 &&
              profile_apply(ctx, in, probe) && seccomp_export_bpf(ctx, bpf) == 0 &&
              rows_write(bpf, out);
    seccomp_release(ctx);
    return ok;
}

static bool text_write(FILE *in, FILE *out)
{
    for (int c = getc(in); c != EOF; c = getc(in))
        (void)fprintf(out, "%d,%s", c, c == '\n' ? "\n" : "");
    return !ferror(in);
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    FILE *in = fopen(argv[2], "re"), *out = fopen(argv[3], "we");
    if (!in || !out)
        return 2;
    bool ok = strcmp(argv[1], "text") == 0 ? text_write(in, out)
                                           : filter_write(in, out, strcmp(argv[1], "probe") == 0);
    (void)fclose(in);
    return fclose(out) == 0 && ok ? 0 : 1;
}
