#pragma once
/*
 * hub_priv - what the files of io/hub share. Everything here is guarded by hub.lock, but what is
 * marked atomic.
 *
 * A topic (one stream that somebody follows here) has a log: a singly linked list of events whose
 * nodes are kept by those who have still to read them. A subscriber stands on a node, the last one
 * it has taken, and so can reach all that came later. Events missed before, or that another process
 * published, are read from the store by the hub's thread into the subscriber's own list, which goes
 * first.
 */
#include "io/hub/hub.h"

#include <pthread.h>
#include <stdatomic.h>

struct hub_node {
    struct hub_node *next;
    size_t refs;
    size_t end_bytes; /* bytes of the topic up to and with this node */
    int64_t seq;      /* 0: a signal */
    uint32_t event_len, data_len;
    char bytes[];
};

struct hub_topic {
    struct hub_topic *next; /* in its bucket */
    struct hub_node *tail;  /* the newest node, kept by the topic; never NULL */
    struct hub_sub *subs;
    struct str tenant, stream; /* in `text` */
    int64_t seen_seq;          /* newest number known here */
    char text[];
};

enum hub_state {
    SUB_LIVE,   /* all up to its node is delivered or in its own list */
    SUB_BEHIND, /* the store has more: the thread will read it */
    SUB_CUT,
    SUB_CLOSED
};

struct hub_sub {
    struct hub *hub;
    struct hub_topic *topic;
    struct hub_sub *prev, *next; /* of the topic */
    struct hub_sub *next_behind; /* of hub.behind */
    bool queued, reading;        /* in hub.behind; being read for, outside the lock */
    bool orphan;                 /* left while it was read for */
    enum hub_state state;
    struct hub_node *at;
    struct hub_node *own_first, *own_last; /* read from the store */
    int64_t last;                          /* number of the last delivered event */
    int64_t own_seq;                       /* number of the last event in its own list */
    int64_t gap_seq; /* the event of the log before which the store was asked for a gap */
    atomic_bool cut;
    void (*wake)(void *arg);
    void *arg;
};

enum {
    HUB_BUCKETS = 4096,
    HUB_WAITING_MAX = 256 * 1024,
    HUB_OWN_MAX = 128 * 1024,
    HUB_POLL_MS = 250
};
#define HUB_KEEP_US (INT64_C(24) * 3600 * US_PER_S)

struct hub {
    struct hub_conf conf;
    pthread_mutex_t lock;
    pthread_cond_t work; /* the thread has something to read */
    pthread_cond_t left; /* a subscriber has gone */
    uint8_t key[16];
    struct hub_topic *topics[HUB_BUCKETS];
    struct hub_sub *behind, *behind_last;
    size_t sub_count;
    bool closing;
    pthread_t thread;
    bool thread_runs;
};

/* hub_log.c */
struct hub_node *hub_node_new(const struct hub_event *e);
void hub_node_drop(struct hub_node *n); /* gives up one reference */
struct hub_topic *hub_topic_find(struct hub *h, struct str tenant, struct str stream);
struct hub_topic *hub_topic_get(struct hub *h, struct str tenant, struct str stream);
void hub_topic_leave(struct hub *h, struct hub_topic *t); /* frees it when nobody follows it */
/* Appends and wakes; consumes nothing of e. */
void hub_topic_append(struct hub_topic *t, const struct hub_event *e);
void hub_sub_behind(struct hub_sub *s);
void hub_sub_free(struct hub_sub *s);
void hub_own_clear(struct hub_sub *s);

/* hub_read.c */
void *hub_read_thread(void *hub);
