#pragma once
/*
 * base - what every file of the project may use without thinking: sizes, marks, counting.
 */
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))
#define FMT_LIKE(f, v) __attribute__((format(printf, f, v)))
#define MUST_USE [[nodiscard]]

enum { US_PER_S = 1000000, US_PER_MS = 1000, MS_PER_S = 1000 };
