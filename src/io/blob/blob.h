#pragma once
/*
 * blob - contents named by their SHA-256, stored once per tenant (table `blobs`, place inline).
 *
 * At most BLOB_MAX each: they are read whole and stand in a row of the store. Threads: on the
 * caller's transaction or connection.
 */
#include "base/hash.h"
#include "io/clock/clock.h"
#include "io/db/db.h"

enum { BLOB_MAX = 1 << 20 };

/* Stores the content unless it is there. ERR_TOO_LARGE (request.too_large) over BLOB_MAX. */
enum err blob_put(struct db_tx *tx, const struct env *env, struct str content,
                  const char *media_type, struct hash *name, struct fail *f);
/* The content in `a`. ERR_NOT_FOUND. */
enum err blob_get(struct db_conn *c, struct str tenant, const struct hash *name, struct arena *a,
                  struct str *content, struct fail *f);
