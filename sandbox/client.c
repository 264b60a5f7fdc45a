#include "keeper.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* BUILD_ID is the version and commit the build gives. */

enum { SOCKET_READ = 64 * 1024, TO_CLIENT_MAX = 256 * 1024 * 1024 };

/* The socket is asked for room only while something is left over. */
static void want_room(struct keeper *k, bool wanted)
{
    if (k->wants_room == wanted)
        return;
    k->wants_room = wanted;
    keeper_watch(k, k->client, wanted ? EPOLLIN | EPOLLOUT : EPOLLIN, SOURCE_CLIENT, 0, 0);
}

void client_flush(struct keeper *k)
{
    struct wire_buf *b = &k->to_client;
    while (k->client >= 0 && k->sent < b->len) {
        ssize_t n = send(k->client, b->ptr + k->sent, b->len - k->sent, MSG_NOSIGNAL);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            want_room(k, true);
            return;
        }
        if (n < 0) {
            k->stopping = true; /* nobody listens */
            return;
        }
        k->sent += (size_t)n;
    }
    want_room(k, false);
    b->len = 0;
    k->sent = 0;
    k->stopping = k->stopping || b->full;
}

static struct wire_buf *out(struct keeper *k)
{
    k->to_client.max = TO_CLIENT_MAX;
    return &k->to_client;
}

void client_greet(struct keeper *k)
{
    if (k->greeted || k->client < 0)
        return;
    k->greeted = true;
    struct wire_buf *b = out(k);
    size_t opened = wire_frame(b, WIRE_HELLO, 0);
    wire_put_num(b, GREET_VERSION, WIRE_VERSION);
    wire_put_num(b, GREET_LAYERS, k->layers);
    wire_put(b, GREET_TOOLCHAIN, k->toolchain, strlen(k->toolchain));
    wire_put(b, GREET_BUILD, BUILD_ID, sizeof(BUILD_ID) - 1);
    if (k->layers == 0)
        wire_put(b, GREET_MISSING, k->missing, strlen(k->missing));
    wire_frame_end(b, opened);
}

void client_refuse(struct keeper *k, uint64_t ticket, enum wire_refuse_code code, const char *text)
{
    struct wire_buf *b = out(k);
    size_t opened = wire_frame(b, WIRE_REFUSED, ticket);
    wire_put_num(b, REFUSE_CODE, (int64_t)code);
    wire_put(b, REFUSE_TEXT, text, strlen(text));
    wire_frame_end(b, opened);
}

void client_result(struct keeper *k, const struct job *job)
{
    struct wire_buf *b = out(k);
    size_t opened = wire_frame(b, WIRE_RESULT, job->ticket);
    wire_put_num(b, RESULT_LAYERS, job->layers);
    wire_put_num(b, RESULT_WAIT_US, job->wait_us > 0 ? job->wait_us : 0);
    wire_put_num(b, RESULT_MEMORY_KIB, job->memory_kib);
    wire_add(b, job->result.ptr, job->result.len);
    wire_frame_end(b, opened);
}

void client_chunk(struct keeper *k, const struct box *box, int stream, const unsigned char *bytes,
                  size_t n)
{
    struct wire_buf *b = out(k);
    size_t opened = wire_frame(b, WIRE_CHUNK, box->job->ticket);
    wire_put_num(b, CHUNK_STEP, box->step);
    wire_put_num(b, CHUNK_STREAM, stream);
    wire_put(b, CHUNK_BYTES, bytes, n);
    wire_frame_end(b, opened);
}

static void send_stats(struct keeper *k, uint64_t ticket)
{
    const struct stats *s = &k->stats;
    int64_t waiting = 0;
    for (int i = 0; i < k->box_count; i++)
        waiting += k->boxes[i].state == BOX_FREE;
    const int64_t values[STAT_COUNT] = {
        [STAT_RUNS] = (int64_t)s->runs,
        [STAT_BOXES] = (int64_t)s->boxes,
        [STAT_WAITS] = (int64_t)s->waits,
        [STAT_VIOLATIONS] = (int64_t)s->violations,
        [STAT_RETIRED] = (int64_t)s->retired,
        [STAT_REFILLS] = (int64_t)s->refills,
        [STAT_REFILL_US] = s->refills ? s->refill_us_sum / (int64_t)s->refills : 0,
        [STAT_FREE] = waiting,
        [STAT_POOL] = k->conf.pool,
        [STAT_RUNNING] = k->running,
        [STAT_QUEUED] = k->queued,
    };
    struct wire_buf *b = out(k);
    size_t opened = wire_frame(b, WIRE_STATS, ticket);
    for (int i = 1; i < STAT_COUNT; i++)
        wire_put_num(b, i, values[i]);
    wire_frame_end(b, opened);
}

static void take_frame(struct keeper *k, struct wire_head h, const unsigned char *payload)
{
    if (h.type == WIRE_JOB)
        job_add(k, h.ticket, payload, h.length);
    else if (h.type == WIRE_CANCEL)
        job_cancel(k, h.ticket);
    else if (h.type == WIRE_ASK_STATS)
        send_stats(k, h.ticket);
}

static void take_frames(struct keeper *k)
{
    struct wire_buf *b = &k->from_client;
    size_t at = 0;
    while (b->len - at >= WIRE_HEAD) {
        struct wire_head h = wire_head_of(b->ptr + at);
        if (h.length > WIRE_JOB_MAX) {
            k->stopping = true; /* not a judge that speaks our protocol */
            return;
        }
        if (b->len - at - WIRE_HEAD < h.length)
            break;
        take_frame(k, h, b->ptr + at + WIRE_HEAD);
        at += WIRE_HEAD + h.length;
    }
    if (at > 0) {
        memmove(b->ptr, b->ptr + at, b->len - at);
        b->len -= at;
    }
}

void client_event(struct keeper *k)
{
    unsigned char piece[SOCKET_READ];
    k->from_client.max = WIRE_JOB_MAX + WIRE_HEAD + sizeof(piece);
    for (;;) {
        ssize_t n = recv(k->client, piece, sizeof(piece), 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (n <= 0) {
            k->stopping = true; /* the judge is gone: so are we, and every box */
            return;
        }
        wire_add(&k->from_client, piece, (size_t)n);
        take_frames(k);
        if (k->stopping || (size_t)n < sizeof(piece))
            return;
    }
}
