#include "client_test.h"

#include "io/http/parse.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

int client_connect(int port)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

void client_send(int fd, struct str text)
{
    while (text.len) {
        ssize_t n = send(fd, text.ptr, text.len, MSG_NOSIGNAL);
        if (n <= 0)
            return; /* the server may have closed: the answer tells */
        text = str_from(text, (size_t)n);
    }
}

static bool wait_readable(int fd, int ms)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    return poll(&p, 1, ms) == 1;
}

size_t client_read_some(int fd, char *out, size_t max, int ms)
{
    size_t n = 0;
    while (n < max && wait_readable(fd, ms)) {
        ssize_t got = recv(fd, out + n, max - n, 0);
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    return n;
}

bool client_read_until(int fd, struct buf *into, const char *what)
{
    char part[4096];
    while (!str_has(buf_str(into), str_of(what))) {
        if (!wait_readable(fd, 10000))
            return false;
        ssize_t got = recv(fd, part, sizeof part, 0);
        if (got <= 0)
            return false;
        buf_put(into, (struct str){ part, (size_t)got });
    }
    return true;
}

struct str reply_header(const struct reply *r, const char *name)
{
    struct str rest = r->head, line;
    while (str_take_line(&rest, &line)) {
        struct str key = str_take_until(&line, ':');
        if (key.len == strlen(name) && strncasecmp(key.ptr, name, key.len) == 0)
            return str_trim(line);
    }
    return (struct str){ 0 };
}

static bool more(int fd, struct reply *r, size_t *n)
{
    if (*n == sizeof r->bytes || !wait_readable(fd, 10000))
        return false;
    ssize_t got = recv(fd, r->bytes + *n, sizeof r->bytes - *n, 0);
    if (got <= 0) {
        r->closed = true;
        return false;
    }
    *n += (size_t)got;
    return true;
}

static bool whole_body(const struct reply *r, struct str body, bool head_only)
{
    int64_t length = 0;
    if (head_only || r->status == 204 || r->status == 304)
        return true;
    if (str_is(reply_header(r, "Transfer-Encoding"), "chunked"))
        return str_ends(body, STR("0\r\n\r\n"));
    return str_to_i64(reply_header(r, "Content-Length"), 0, INT64_MAX, &length) &&
           body.len >= (size_t)length;
}

void client_read(int fd, bool head_only, struct reply *r)
{
    size_t n = 0;
    r->status = 0;
    r->closed = false;
    r->head = r->body = (struct str){ r->bytes, 0 };
    for (;;) {
        struct str all = { r->bytes, n };
        size_t end = str_find(all, STR("\r\n\r\n"));
        if (end != SIZE_MAX) {
            int64_t status = 0;
            (void)!str_to_i64(str_head(str_from(all, 9), 3), 100, 999, &status);
            r->status = (int)status;
            r->head = str_head(all, end + 2);
            r->body = str_from(all, end + 4);
            if (whole_body(r, r->body, head_only))
                break;
        }
        if (!more(fd, r, &n))
            break;
    }
    char byte = 0;
    if (!r->closed && str_is(reply_header(r, "Connection"), "close"))
        r->closed = wait_readable(fd, 5000) && recv(fd, &byte, 1, 0) <= 0;
}

void client_ask(int port, struct str text, struct reply *r)
{
    int fd = client_connect(port);
    CHECK(fd >= 0);
    client_send(fd, text);
    client_read(fd, str_starts(text, STR("HEAD ")), r);
    close(fd);
}

void client_askf(int port, struct reply *r, const char *fmt, ...)
{
    char *text = NULL;
    va_list ap;
    va_start(ap, fmt);
    int n = vasprintf(&text, fmt, ap);
    va_end(ap);
    CHECK(n > 0);
    client_ask(port, (struct str){ text, (size_t)n }, r);
    free(text);
}
