#pragma once
/*
 * load - sends HTTP requests at times fixed beforehand, over N kept connections, and measures.
 *
 * Open loop: a request whose time has come and that finds no free connection waits for one, and its
 * latency still counts from the intended time, so that a server that stalls can't hide it. One
 * thread, epoll; it sleeps until shortly before the next time and polls the rest.
 *
 * Every answer's status and length are checked, and the SHA-256 of each connection's first and of
 * each 100th answer against the first answer of its path. Streams: each request opens an event
 * stream that stays open; what is measured is the delay of each event behind the stamp in its data.
 */
#include "base/buf.h"
#include "base/hash.h"
#include "histogram.h"
#include "reply.h"
#include "schedule.h"

enum { LOAD_PATHS_MAX = 256, LOAD_CHECK_EVERY = 100, LOAD_LATE_US = 1000 };

/* One path and what it answered first. */
struct load_target {
    struct str request; /* whole, as it is sent */
    bool known;
    int64_t length;
    struct hash hash;
};

struct load_conf {
    uint32_t address; /* IPv4 and port, network order */
    uint16_t port;
    struct load_target *targets; /* used in turn */
    size_t target_count;
    size_t connections;
    double rate;              /* a second */
    double warmup_s, seconds; /* the first part is sent and checked, not counted */
    double timeout_s;         /* to connect, and for the last answers */
    bool poisson;
    uint64_t seed;
    int status;  /* expected */
    bool varies; /* bodies differ by nature: neither length nor hash is compared */
    bool stream;
    struct str stamp; /* key of the number in an event's data: microseconds since 1970 */
};

enum load_error {
    LOAD_CONNECT, /* could not, or not in time */
    LOAD_BROKEN,  /* the connection ended inside an answer, or failed */
    LOAD_PARSE,
    LOAD_STATUS,
    LOAD_LENGTH,
    LOAD_HASH,
    LOAD_TIMEOUT, /* no answer until the end */
    LOAD_ERROR_COUNT
};
extern const char *const load_error_names[LOAD_ERROR_COUNT];

struct load_result {
    uint64_t sent, answered, late; /* after the warm-up */
    uint64_t checked;              /* bodies whose hash was compared, warm-up too */
    uint64_t reopened;             /* connections the server closed between answers */
    uint64_t bytes;                /* of bodies */
    uint64_t errors[LOAD_ERROR_COUNT];
    double seconds;                        /* from the first counted time to the last answer */
    double cpu_share;                      /* of this process, of one core */
    bool fifo;                             /* the generator ran before all ordinary processes */
    uint64_t events;                       /* streams */
    uint64_t open;                         /* streams that were open at the end */
    int64_t first_event_us, last_event_us; /* since 1970; 0: none */
    struct histogram latency;
};

/* False and *why when nothing could be measured. */
bool load_run(const struct load_conf *conf, struct load_result *out, const char **why);
