/* Paths and targets from strangers against a table of routes. */
#include "io/http/route.h"

#include "io/http/parse.h"

#include <stdlib.h>

static enum err nothing(struct http_req *, struct http_res *, struct fail *)
{
    return ERR_OK;
}

#define ROW(p)                                                                                     \
    {                                                                                              \
        .path = (p), .who = "P", .rate = RATE_READ, .in = &api_nothing, .query = &api_nothing,     \
        .out = &api_nothing, .handle = nothing, .doc = "x"                                         \
    }
static const struct http_route rows[] = {
    ROW("/"),           ROW("/a"),        ROW("/a/{id}"),   ROW("/a/{name}/b"),
    ROW("/a/{id}/c/d"), ROW("/{word}/x"), ROW("/a/me/{x}"),
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ARENA a = { 0 };
    struct http_routes t;
    struct fail f = { 0 };
    struct str in = { (const char *)data, size }, path, query;
    struct route_match m;
    if (http_routes_build(&t, rows, COUNT_OF(rows), &f))
        abort();
    if (!http_target_split(in, STR("h"), &path, &query)) {
        http_routes_match(&t, HTTP_GET, path, &a, &m);
        for (size_t i = 0; m.route && i < HTTP_PARAMS_MAX; i++)
            assert(!m.params[i].ptr || http_word(m.params[i]));
    }
    http_routes_match(&t, HTTP_GET, in, &a, &m);
    http_routes_release(&t);
    return 0;
}
