#pragma once
/* What the files of trace share. */
#include "domain/trace/trace.h"

/* A checkpoint's message (evidence.md B.4). */
struct str trace_checkpoint_message(struct arena *a, const struct trace_checkpoint *c,
                                    struct str session);
/* The key id that signs now. */
#define TRACE_KID "k1"

/* --- trace_db.c --- */
enum err trace_db_head_insert(struct db_tx *tx, struct str session, const struct hash *genesis,
                              struct fail *f);
/* The next sequence number; the head is locked until the unit ends. ERR_NOT_FOUND. */
enum err trace_db_head_take(struct db_tx *tx, struct str session, int64_t *seq, struct hash *before,
                            int64_t *last_at, struct fail *f);
/* The event is the newest one now: its number, hash and time, and what the head's summary says.
 * ERR_CONFLICT: the trace moved on. */
enum err trace_db_head_set(struct db_tx *tx, struct str session, const struct trace_event *e,
                           struct fail *f);
/* ERR_NOT_FOUND when no event has this id. */
enum err trace_db_by_id(struct db_conn *c, struct str tenant, struct str session, struct str id,
                        struct arena *a, struct trace_event *out, struct fail *f);
enum err trace_db_insert(struct db_tx *tx, struct str session, const struct trace_event *e,
                         struct fail *f);
enum err trace_db_erase(struct db_tx *tx, struct str session, int64_t seq, int64_t now,
                        struct fail *f);
enum err trace_db_checkpoints(struct db_conn *c, struct str tenant, struct str session,
                              struct arena *a, struct trace_checkpoint **out, size_t *n,
                              struct fail *f);
enum err trace_db_checkpoint_insert(struct db_tx *tx, struct str session,
                                    const struct trace_checkpoint *c, struct fail *f);

/* Every statement of trace_db.c, NULL at the end: for the test of their plans. */
extern const struct db_query *const trace_db_queries[];
