#include "io/http/problem.h"

#include "base/json.h"

struct status_row {
    int status;
    const char *title; /* NULL: never a problem */
    const char *detail;
};
static const struct status_row statuses[] = {
    { 200, NULL, NULL },
    { 201, NULL, NULL },
    { 202, NULL, NULL },
    { 204, NULL, NULL },
    { 302, NULL, NULL },
    { 304, NULL, NULL },
    { 400, "Bad Request", "The request could not be read." },
    { 401, "Unauthorized", "Sign in first." },
    { 403, "Forbidden", "This is not allowed." },
    { 404, "Not Found", "There is nothing here for you." },
    { 405, "Method Not Allowed", "The address does not take this method." },
    { 408, "Request Timeout", "The request came too slowly." },
    { 409, "Conflict", "The state does not allow this now." },
    { 410, "Gone", "This has expired." },
    { 411, "Length Required", "Send a Content-Length; chunked bodies are not taken." },
    { 412, "Precondition Failed", "Somebody changed it meanwhile." },
    { 413, "Content Too Large", "The body is larger than this address takes." },
    { 414, "URI Too Long", "The address is too long." },
    { 415, "Unsupported Media Type", "Send application/json." },
    { 422, "Unprocessable Content", "Some fields are wrong." },
    { 423, "Locked", "The account is locked." },
    { 428, "Precondition Required", "Send If-Match with the revision you saw." },
    { 429, "Too Many Requests", "Wait before trying again." },
    { 431, "Request Header Fields Too Large", "The headers are too large." },
    { 500, "Internal Server Error", "Something failed here; it was logged." },
    { 503, "Service Unavailable", "Try again soon." },
    { 507, "Insufficient Storage", "There is no room to store this." },
};

int http_status_at(size_t i)
{
    return i < COUNT_OF(statuses) ? statuses[i].status : 0;
}

size_t http_status_index(int status)
{
    for (size_t i = 0; i < COUNT_OF(statuses); i++)
        if (statuses[i].status == status)
            return i;
    return http_status_index(500);
}

static const int status_by_code[] = {
    [ERR_OK] = 200,        [ERR_INPUT] = 422,    [ERR_AUTH] = 401, [ERR_FORBIDDEN] = 403,
    [ERR_NOT_FOUND] = 404, [ERR_CONFLICT] = 409, [ERR_GONE] = 410, [ERR_PRECONDITION] = 412,
    [ERR_TOO_LARGE] = 413, [ERR_LIMIT] = 429,    [ERR_BUSY] = 503, [ERR_TIMEOUT] = 503,
    [ERR_UPSTREAM] = 503,  [ERR_FULL] = 507,     [ERR_IO] = 500,
};
static_assert(COUNT_OF(status_by_code) == ERR_COUNT, "a status for each error");

static const struct {
    const char *hint;
    int status;
} status_by_hint[] = {
    { "request.malformed", 400 },     { "request.timeout", 408 },
    { "method.not_allowed", 405 },    { "length.required", 411 },
    { "request.uri_too_long", 414 },  { "request.media_type", 415 },
    { "idempotency.mismatch", 422 },  { "account.locked", 423 },
    { "precondition.required", 428 }, { "request.headers_too_large", 431 },
};

int http_status_of(const struct fail *f)
{
    for (size_t i = 0; f->hint && i < COUNT_OF(status_by_hint); i++)
        if (strcmp(f->hint, status_by_hint[i].hint) == 0)
            return status_by_hint[i].status;
    return status_by_code[f->code];
}

const char *http_problem_code(const struct fail *f)
{
    return f->hint ? f->hint : "internal";
}

static void put_fields(struct buf *b, const struct fail *f)
{
    buf_put(b, STR(",\"fields\":["));
    for (size_t i = 0; i < f->field_count; i++) {
        const struct fail_field *field = &f->fields[i];
        buf_put(b, i ? STR(",{\"path\":") : STR("{\"path\":"));
        json_put_text(b, str_of(field->path));
        buf_putf(b, ",\"code\":\"%s\"", field->code);
        if (strcmp(field->code, "expected") == 0) /* what the caller should have sent */
            buf_putf(b, ",\"params\":{\"expected\":%lld}", (long long)field->min);
        else if (field->min || field->max)
            buf_putf(b, ",\"params\":{\"min\":%lld,\"max\":%lld}", (long long)field->min,
                     (long long)field->max);
        buf_putc(b, '}');
    }
    buf_putc(b, ']');
}

void http_problem(struct buf *b, const struct fail *f, int status, struct str request_id)
{
    const struct status_row *row = &statuses[http_status_index(status)];
    buf_put(b, STR("{\"type\":\"about:blank\",\"title\":"));
    json_put_text(b, str_of(row->title ? row->title : "Error"));
    buf_putf(b, ",\"status\":%d,\"detail\":", status);
    json_put_text(b, str_of(row->detail ? row->detail : ""));
    buf_put(b, STR(",\"code\":"));
    json_put_text(b, str_of(http_problem_code(f)));
    buf_put(b, STR(",\"request_id\":"));
    json_put_text(b, request_id);
    if (f->field_count)
        put_fields(b, f);
    if (f->retry_after_s > 0)
        buf_putf(b, ",\"retry_after\":%lld", (long long)f->retry_after_s);
    buf_putc(b, '}');
}
