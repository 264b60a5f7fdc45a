#pragma once
/*
 * hub - named event streams that survive a lost connection.
 *
 * A stream ("turn:ID", "run:ID", "course:ID") is a sequence of events, numbered from 1. Published
 * events are stored in `stream_items` (24 h) and handed to subscribers in this process at once;
 * with PostgreSQL other processes pick them up by polling the store at most every 250 ms while
 * somebody listens. A subscriber gives the last sequence it has seen and misses nothing. One lock;
 * thread-safe. One thread of its own reads the store.
 *
 * Backpressure: a subscriber that has more than 256 KiB waiting is cut (hub_next says HUB_CUT) and
 * may resume.
 */
#include "io/db/db.h"

struct hub;
struct hub_sub;

struct hub_event {
    int64_t seq;
    struct str event; /* name, <= 40 bytes */
    struct str data;  /* JSON, <= 16384 bytes */
};
enum hub_next { HUB_EVENT, HUB_EMPTY, HUB_CUT, HUB_CLOSED };

struct hub_conf {
    struct db *db;
    const struct env *env;
    const struct log *log;
    struct metrics *metrics;
    int64_t streams_max; /* open subscriptions in this process (10 000) */
};
enum err hub_open(struct hub **out, const struct hub_conf *conf, struct fail *f);
/* Ends every subscription with HUB_CLOSED and returns when all have unsubscribed (stop io/http
 * first). */
void hub_close(struct hub *h);

/* Appends one event in the caller's unit (durable with the caller's other writes) and wakes
 * subscribers after commit. */
enum err hub_publish_tx(struct hub *h, struct db_tx *tx, struct str stream, struct str event,
                        struct str data, struct fail *f);
/* The same in a unit of its own. Several events at once keep their order and cost one commit. */
enum err hub_publish(struct hub *h, struct str tenant, struct str stream,
                     const struct hub_event *events, size_t n, struct fail *f);
/* Not stored, only to present subscribers of this process, seq 0: for live views that send
 * snapshots anyway. */
void hub_signal(struct hub *h, struct str tenant, struct str stream, struct str event,
                struct str data);
/* Marks the end: subscribers get HUB_CLOSED after the last event. The end itself is an event named
 * by the caller before. The mark is stored as an event named HUB_END_MARK, which no caller may use
 * and no subscriber sees. */
#define HUB_END_MARK "$end"
enum err hub_end_tx(struct hub *h, struct db_tx *tx, struct str stream, struct fail *f);

struct hub_follow {
    struct str tenant, stream;
    int64_t after_seq; /* the last number seen; 0 = from the beginning */
    /* Called on any thread when hub_next may have something new; it must be short and not call the
     * hub. */
    void (*wake)(void *arg);
    void *arg;
};
/* ERR_BUSY (busy): too many streams. */
enum err hub_subscribe(struct hub *h, const struct hub_follow *what, struct hub_sub **out,
                       struct fail *f);
void hub_unsubscribe(struct hub_sub *s);
/* HUB_EVENT fills *out, copied into `a`. Never blocks: missed events are read from the store first,
 * by the hub's own thread, and hub_next says HUB_EMPTY until they are there. */
enum hub_next hub_next(struct hub_sub *s, struct arena *a, struct hub_event *out);
/* Whether hub_next will say HUB_CUT; one atomic load. */
bool hub_is_cut(const struct hub_sub *s);

/* Deletes items past their 24 h, of all tenants, at most `max` in one unit. For a cron job. */
enum err hub_sweep(struct hub *h, int64_t max, int64_t *deleted, struct fail *f);
