#include "app/app.h"

/* Every module's table, and where its module stands in struct app. */
struct group {
    const struct http_route *rows;
    const size_t *n;
    size_t self;
};
static const struct group groups[] = {
    { health_routes, &health_route_count, offsetof(struct app, self) },
    { browser_routes, &browser_route_count, offsetof(struct app, self) },
    { user_routes, &user_route_count, offsetof(struct app, users) },
    { course_routes, &course_route_count, offsetof(struct app, courses) },
    { exercise_routes, &exercise_route_count, offsetof(struct app, exercises) },
    { session_work_routes, &session_work_route_count, offsetof(struct app, sessions) },
    { session_read_routes, &session_read_route_count, offsetof(struct app, sessions) },
    { session_trace_routes, &session_trace_route_count, offsetof(struct app, sessions) },
    { run_routes, &run_route_count, offsetof(struct app, submissions) },
    { submission_routes, &submission_route_count, offsetof(struct app, submissions) },
    { tutor_routes, &tutor_route_count, offsetof(struct app, tutor) },
    { report_routes, &report_route_count, offsetof(struct app, report) },
};

const struct http_route *app_routes(struct arena *a, size_t *n)
{
    *n = 0;
    for (size_t g = 0; g < COUNT_OF(groups); g++)
        *n += *groups[g].n;
    struct http_route *all = ARENA_ARRAY(a, struct http_route, *n);
    size_t at = 0;
    for (size_t g = 0; g < COUNT_OF(groups); g++)
        for (size_t i = 0; i < *groups[g].n; i++) {
            all[at] = groups[g].rows[i];
            all[at++].self = groups[g].self;
        }
    return all;
}
