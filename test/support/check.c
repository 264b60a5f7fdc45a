#include "support/check.h"

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The list is built by constructors before main and never changed after: the one allowed global. */
static struct check_test *first;
static size_t test_count;

void check_add(struct check_test *t)
{
    t->next = first;
    first = t;
    test_count++;
}

void check_true(bool ok, const char *what, const char *file, int line)
{
    _assert_true(ok, what, file, line);
}

void check_int(int64_t got, int64_t want, const char *what, const char *file, int line)
{
    if (got == want)
        return;
    print_error("%s is %lld, wanted %lld\n", what, (long long)got, (long long)want);
    _fail(file, line);
}

void check_text(struct str got, const char *want, const char *what, const char *file, int line)
{
    if (str_is(got, want))
        return;
    print_error("%s is «%.*s», wanted «%s»\n", what, (int)got.len, got.ptr ? got.ptr : "", want);
    _fail(file, line);
}

void check_near(double got, double want, double tol, const char *file, int line)
{
    if (fabs(got - want) <= tol)
        return;
    print_error("got %.12g, wanted %.12g\n", got, want);
    _fail(file, line);
}

void check_skip(const char *why)
{
    print_message("skipped: %s\n", why);
    _skip("", 0);
    abort(); /* _skip does not return, but cmocka does not say so */
}

static void run_one(void **state)
{
    const struct check_test *t = *state;
    t->run();
}

/* An optional argument runs only the tests whose name contains it. */
int main(int argc, char **argv)
{
    struct CMUnitTest *tests = calloc(test_count + 1, sizeof *tests);
    size_t n = test_count, kept = 0;
    if (!tests)
        return 2;
    for (struct check_test *t = first; t; t = t->next)
        if (argc < 2 || strstr(t->name, argv[1]))
            tests[--n] =
                (struct CMUnitTest){ .name = t->name, .test_func = run_one, .initial_state = t };
    kept = test_count - n;
    int failed = _cmocka_run_group_tests("tests", tests + n, kept, NULL, NULL);
    free(tests);
    return failed != 0;
}
