#pragma once
/*
 * report - what the evidence says, for people: a student's progress, and the live view of a class.
 *
 * Everything shown is computed when read from recorded events and rows; nothing here is a second
 * source. The live view recomputes a student's row at most once a second after something of theirs
 * was touched, and all rows of a watched course every 5 s, so that time alone (idle, stuck) and
 * other processes show up too. Threads: struct report is shared; it owns one thread and its own
 * reader connection.
 */
#include "domain/session/session.h"
#include "domain/submission/submission.h"

struct report;
struct report_conf {
    struct db *db;
    struct hub *hub;
    const struct env *env;
    const struct log *log;
    struct str tenant;
};
enum err report_open(struct report **out, const struct report_conf *conf, struct fail *f);
/* Stops the thread. NULL is allowed. */
void report_close(struct report *r);
/* What session calls after commit: marks the student, for the thread's next second. */
struct session_watch report_watch(struct report *r);

extern const struct http_route report_routes[];
extern const size_t report_route_count;
