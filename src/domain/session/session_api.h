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
extern const struct api_shape session_head_shape, session_lease_shape, session_shape,
    session_file_shape;

/* The session of params[0] when the asking person owns it. ERR_NOT_FOUND, ERR_FORBIDDEN. */
enum err session_owned(struct http_req *req, struct session *out, struct fail *f);
/* Answers with the whole view of one session and its ETag. */
enum err session_view(struct http_req *req, struct http_res *res, const struct session *row,
                      struct fail *f);
/* The session of params[0] when the asking person owns it or is staff of its course. */
enum err session_readable(struct http_req *req, struct session *row, enum session_access *access,
                          struct fail *f);
