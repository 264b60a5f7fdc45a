/*
 * openloop - an open-loop generator for HTTP/1.1: tails are measured with this only.
 *
 * Send times are fixed beforehand; latency counts from the intended time (load.h). Prints one JSON
 * object. Exit code 0: valid · 1: void (an error, a mismatch, more than 1 % of sends late; "why"
 * says it) · 2: used wrongly or nothing could be measured.
 */
#include "base/num.h"
#include "load.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

enum { EXIT_VALID, EXIT_VOID, EXIT_WRONG, HEAD_MAX = 16 * 1024, BODY_MAX = 1 << 20 };

static const char usage_text[] =
    "usage: openloop [options] http://ADDRESS:PORT/PATH [/PATH...]\n"
    "\n"
    "Sends requests at fixed times over kept connections; the paths take turns. Latency counts "
    "from\n"
    "the intended time. Prints one JSON object.\n"
    "\n"
    "  --rate R          requests a second (100)\n"
    "  --poisson SEED    exponential gaps from this seed instead of a constant rate\n"
    "  --seconds S       counted time (5)\n"
    "  --warmup S        sent and checked before, not counted (1)\n"
    "  --connections N   (64)\n"
    "  --method M        (GET, or POST with --body)\n"
    "  --header 'K: V'   may be repeated\n"
    "  --body FILE       body of each request\n"
    "  --status N        the status every answer must have (200)\n"
    "  --varies          bodies differ by nature: compare neither length nor hash\n"
    "  --stream          each request opens an event stream that stays open until the end;\n"
    "                    --connections streams are opened at --rate\n"
    "  --stamp KEY       with --stream: the number behind KEY in an event's data is when it was\n"
    "                    made, in microseconds since 1970; its delay is measured\n"
    "  --timeout S       to connect, and for the last answers (10)\n"
    "\n"
    "Exit code 0: valid; 1: void (\"why\" says it); 2: used wrongly, or nothing to measure.\n";

struct options {
    struct load_conf load;
    struct str method, host;
    struct str paths[LOAD_PATHS_MAX];
    size_t path_count;
    struct buf headers, body;
};

static bool real_between(const char *text, double low, double high, double *out)
{
    double v = 0;
    if (!str_to_real(str_of(text), &v) || v < low || v > high)
        return false;
    *out = v;
    return true;
}

static bool int_between(const char *text, int64_t low, int64_t high, int64_t *out)
{
    return str_to_i64(str_of(text), low, high, out);
}

static bool read_body(const char *path, struct buf *body)
{
    FILE *f = fopen(path, "rbe");
    char part[4096];
    size_t n;
    while (f && (n = fread(part, 1, sizeof part, f)) > 0)
        buf_put(body, (struct str){ part, n });
    bool ok = f && !ferror(f) && !body->truncated;
    if (f)
        (void)fclose(f);
    return ok;
}

static bool add_header(const char *text, struct buf *headers)
{
    bool plain = strchr(text, ':') && !strpbrk(text, "\r\n");
    buf_putf(headers, "%s\r\n", text);
    return plain && !headers->truncated;
}

/* "http://127.0.0.1:80/x" or, after the first, "/x". */
static bool add_path(struct options *o, const char *text)
{
    struct str rest = str_of(text), scheme = STR("http://");
    if (o->path_count == LOAD_PATHS_MAX)
        return false;
    if (!o->path_count) {
        if (!str_starts(rest, scheme))
            return false;
        rest = str_from(rest, scheme.len);
        size_t slash = str_find(rest, STR("/"));
        o->host = str_head(rest, slash == SIZE_MAX ? rest.len : slash);
        rest = slash == SIZE_MAX ? STR("/") : str_from(rest, slash);
    }
    o->paths[o->path_count++] = rest;
    return str_starts(rest, STR("/"));
}

static bool host_parse(struct options *o)
{
    struct str rest = o->host;
    struct str name = str_take_until(&rest, ':');
    char text[INET_ADDRSTRLEN];
    int64_t port = 80;
    struct in_addr address;
    if (name.len >= sizeof text || (rest.len && !str_to_i64(rest, 1, 65'535, &port)))
        return false;
    memcpy(text, name.ptr, name.len);
    text[name.len] = 0;
    o->load.port = htons(num_narrow_u16(port));
    bool ok = inet_pton(AF_INET, text, &address) == 1;
    o->load.address = ok ? address.s_addr : 0;
    return ok;
}

/* Options without a value; false when it is none of them. */
static bool flag(struct options *o, const char *name)
{
    if (strcmp(name, "--varies") == 0)
        o->load.varies = true;
    else if (strcmp(name, "--stream") == 0)
        o->load.stream = true;
    else
        return false;
    return true;
}

static bool number(struct options *o, const char *name, const char *value, bool *known)
{
    struct load_conf *l = &o->load;
    int64_t v = 0;
    bool ok = false;
    *known = true;
    if (strcmp(name, "--rate") == 0)
        return real_between(value, 0.01, 1e6, &l->rate);
    if (strcmp(name, "--seconds") == 0)
        return real_between(value, 0.05, 3600, &l->seconds);
    if (strcmp(name, "--warmup") == 0)
        return real_between(value, 0, 600, &l->warmup_s);
    if (strcmp(name, "--timeout") == 0)
        return real_between(value, 0.1, 600, &l->timeout_s);
    if (strcmp(name, "--connections") == 0) {
        ok = int_between(value, 1, 60'000, &v);
        l->connections = num_size(v);
    } else if (strcmp(name, "--status") == 0) {
        ok = int_between(value, 200, 599, &v);
        l->status = num_narrow_int(v);
    } else if (strcmp(name, "--poisson") == 0) {
        ok = l->poisson = int_between(value, 0, INT64_MAX, &v);
        l->seed = (uint64_t)v;
    } else {
        *known = false;
    }
    return ok;
}

static bool text_option(struct options *o, const char *name, const char *value)
{
    if (strcmp(name, "--header") == 0)
        return add_header(value, &o->headers);
    if (strcmp(name, "--stamp") == 0) {
        o->load.stamp = str_of(value);
        return true;
    }
    if (strcmp(name, "--method") == 0) {
        o->method = str_of(value);
        return true;
    }
    return strcmp(name, "--body") == 0 && read_body(value, &o->body);
}

/* Takes one argument, and *at on to its value when it has one. */
static bool argument(struct options *o, int argc, char **argv, int *at)
{
    const char *name = argv[*at];
    bool known = false;
    if (name[0] != '-')
        return add_path(o, name);
    if (flag(o, name))
        return true;
    const char *value = ++*at < argc ? argv[*at] : "";
    bool ok = number(o, name, value, &known);
    return known ? ok : text_option(o, name, value);
}

static bool options_read(struct options *o, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!argument(o, argc, argv, &i))
            return false;
    return o->path_count && host_parse(o);
}

/* The whole request of each path. */
static struct load_target *make_targets(const struct options *o, struct arena *a)
{
    struct load_target *t = ARENA_ARRAY(a, struct load_target, o->path_count);
    struct str method = o->method.len ? o->method : o->body.len ? STR("POST") : STR("GET");
    for (size_t i = 0; i < o->path_count; i++) {
        AUTO_BUF b = { .max = HEAD_MAX + BODY_MAX };
        buf_putf(&b, "%.*s %.*s HTTP/1.1\r\nHost: %.*s\r\n", STR_ARG(method), STR_ARG(o->paths[i]),
                 STR_ARG(o->host));
        buf_put(&b, buf_str(&o->headers));
        if (o->body.len || !str_is(method, "GET"))
            buf_putf(&b, "Content-Length: %zu\r\n", o->body.len);
        buf_put(&b, STR("\r\n"));
        buf_put(&b, buf_str(&o->body));
        assert(!b.truncated);
        t[i].request = arena_dup(a, buf_str(&b));
    }
    return t;
}

static uint64_t error_sum(const struct load_result *r)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < LOAD_ERROR_COUNT; i++)
        sum += r->errors[i];
    return sum;
}

/* NULL: the run is valid. */
static const char *void_because(const struct options *o, const struct load_result *r)
{
    if (error_sum(r))
        return "errors";
    if (o->load.stream)
        return r->open == o->load.connections ? NULL : "not every stream was open to the end";
    if (!r->answered)
        return "nothing was answered";
    return r->late * 100 > r->sent ? "more than 1 % of the sends were more than 1 ms late" : NULL;
}

static void print_latency(const struct histogram *h)
{
    static const struct {
        const char *name;
        double part;
    } rows[] = { { "p50", 0.5 }, { "p90", 0.9 }, { "p99", 0.99 }, { "p99.9", 0.999 } };
    (void)printf("\"latency_us\":{");
    for (size_t i = 0; h->count && i < COUNT_OF(rows); i++)
        (void)printf("\"%s\":%lld,", rows[i].name, (long long)histogram_at(h, rows[i].part));
    (void)printf("\"count\":%llu,\"max\":%lld}", (unsigned long long)h->count,
                 (long long)h->max_us);
}

static void print_result(const struct load_result *r, const char *why)
{
    double late = r->sent ? (double)r->late / (double)r->sent : 0;
    (void)printf("{\"schema\":1,\"valid\":%s,\"why\":\"%s\",\"count\":%llu,\"sent\":%llu,",
                 why ? "false" : "true", why ? why : "", (unsigned long long)r->answered,
                 (unsigned long long)r->sent);
    (void)printf("\"errors\":{\"sum\":%llu", (unsigned long long)error_sum(r));
    for (size_t i = 0; i < LOAD_ERROR_COUNT; i++)
        (void)printf(",\"%s\":%llu", load_error_names[i], (unsigned long long)r->errors[i]);
    (void)printf("},\"late_share\":%.6f,\"checked\":%llu,\"reopened\":%llu,\"bytes\":%llu,", late,
                 (unsigned long long)r->checked, (unsigned long long)r->reopened,
                 (unsigned long long)r->bytes);
    (void)printf("\"seconds\":%.3f,\"rps\":%.1f,\"cpu_share\":%.3f,\"fifo\":%s,", r->seconds,
                 r->seconds > 0 ? (double)r->answered / r->seconds : 0, r->cpu_share,
                 r->fifo ? "true" : "false");
    (void)printf("\"streams\":{\"open\":%llu,\"events\":%llu,\"first_event_us\":%lld,"
                 "\"last_event_us\":%lld},",
                 (unsigned long long)r->open, (unsigned long long)r->events,
                 (long long)r->first_event_us, (long long)r->last_event_us);
    print_latency(&r->latency);
    (void)puts("}");
}

static int measure(struct options *o)
{
    AUTO_ARENA a = { 0 };
    static struct load_result result;
    const char *why = "";
    o->load.targets = make_targets(o, &a);
    o->load.target_count = o->path_count;
    if (!load_run(&o->load, &result, &why)) {
        (void)fprintf(stderr, "openloop: %s\n", why);
        return EXIT_WRONG;
    }
    why = void_because(o, &result);
    print_result(&result, why);
    return why ? EXIT_VOID : EXIT_VALID;
}

int main(int argc, char **argv)
{
    struct options o = { .load = { .connections = 64,
                                   .rate = 100,
                                   .seconds = 5,
                                   .warmup_s = 1,
                                   .timeout_s = 10,
                                   .status = 200 },
                         .headers = { .max = HEAD_MAX / 2 },
                         .body = { .max = BODY_MAX } };
    bool help = argc == 2 && strcmp(argv[1], "--help") == 0;
    int status = help ? EXIT_VALID : EXIT_WRONG;
    if (!help && options_read(&o, argc, argv))
        status = measure(&o);
    else
        (void)fputs(usage_text, help ? stdout : stderr);
    buf_release(&o.headers);
    buf_release(&o.body);
    return status;
}
