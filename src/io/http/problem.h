#pragma once
/*
 * problem - what went wrong as an HTTP status and application/problem+json (RFC 9457). Pure.
 */
#include "base/buf.h"
#include "base/fail.h"

/* The statuses this server sends, for metric labels: 0 past the end. */
int http_status_at(size_t i);
size_t http_status_index(int status);
/* The status of an error: by its hint where the hint has one of its own, else by its code. */
int http_status_of(const struct fail *f);
/* f->hint NULL stands for "internal". */
void http_problem(struct buf *b, const struct fail *f, int status, struct str request_id);
const char *http_problem_code(const struct fail *f);
