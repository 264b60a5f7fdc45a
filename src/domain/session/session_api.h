#pragma once
/* Shapes and helpers that the two route files of session share. */
#include "base/time.h"
#include "domain/session/session_priv.h"

struct head_out {
    int64_t seq;
    struct str hash;
};
struct lease_out {
    struct str client;
    int64_t fence, expires_at;
};
extern const struct api_shape session_head_shape, session_lease_shape, session_shape;

/* Answers with the whole view of one session and its ETag. ERR_NOT_FOUND, also for others'. */
enum err session_view(struct http_req *req, struct http_res *res, struct str id, struct fail *f);
