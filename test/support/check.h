#pragma once
/*
 * check - tests as sentences, on cmocka.
 *
 * TEST(name) { ... } registers itself; each test executable runs every test of the files it is
 * linked from. CHECK ends the test at the first failure. Only the main thread of a test may call
 * CHECK. TEST_SKIP prints a line that says what is missing and ends the test as skipped.
 */
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct check_test {
    const char *name;
    void (*run)(void);
    struct check_test *next;
};
void check_add(struct check_test *t);
void check_true(bool ok, const char *what, const char *file, int line);
void check_int(int64_t got, int64_t want, const char *what, const char *file, int line);
void check_text(struct str got, const char *want, const char *what, const char *file, int line);
void check_near(double got, double want, double tol, const char *file, int line);
_Noreturn void check_skip(const char *why);

#define CHECK(e) check_true((e), #e, __FILE__, __LINE__)
#define CHECK_INT(got, want) check_int((int64_t)(got), (int64_t)(want), #got, __FILE__, __LINE__)
/* got is a struct str, want a C string */
#define CHECK_STR(got, want) check_text((got), (want), #got, __FILE__, __LINE__)
#define CHECK_NEAR(got, want, tol) check_near((got), (want), (tol), __FILE__, __LINE__)
#define TEST_SKIP(why) check_skip(why)
#define TEST(id)                                                                                   \
    static void id(void);                                                                          \
    static struct check_test id##_node = { .name = #id, .run = (id) };                             \
    __attribute__((constructor)) static void id##_add(void)                                        \
    {                                                                                              \
        check_add(&id##_node);                                                                     \
    }                                                                                              \
    static void id(void)
