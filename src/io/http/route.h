#pragma once
/*
 * route - the table of routes, checked and compiled into a tree of path segments. Immutable after
 * http_routes_build; any thread may match.
 */
#include "io/http/http.h"

enum { STATUS_MAX = 32, SEGMENTS_MAX = 10 };

struct route_node;
/* A row of the table with what is worked out once. */
struct route {
    const struct http_route *def;
    const char *label;                    /* "GET /api/v1/me" */
    const char *status_label[STATUS_MAX]; /* by http_status_index */
    bool public_;                         /* who is "P" */
    bool json_body;
};
struct http_routes {
    struct arena arena;
    struct route *rows;
    size_t count;
    struct route_node *root;
};
/* ERR_INPUT (route.incomplete) names the first row that is not complete, or stands twice. */
enum err http_routes_build(struct http_routes *t, const struct http_route *rows, size_t n,
                           struct fail *f);
void http_routes_release(struct http_routes *t);

struct route_match {
    const struct route *route; /* NULL: no such path, or not with this method */
    unsigned allowed;          /* bits of enum http_method; 0: no such path */
    struct str params[HTTP_PARAMS_MAX];
};
/* Parameters are decoded into `a`. */
void http_routes_match(const struct http_routes *t, unsigned method, struct str path,
                       struct arena *a, struct route_match *m);

const char *http_method_name(enum http_method m);
/* "GET, HEAD, POST" */
struct str http_allow(unsigned allowed, struct arena *a);
