#pragma once
/*
 * rewrite - the words of a shared migration, for SQLite. Pure, any thread.
 *
 * BIGINT -> INTEGER, DOUBLE PRECISION -> REAL, BYTEA -> BLOB, octet_length(x) -> length(CAST(x AS
 * BLOB)), and STRICT behind every CREATE TABLE. Comments, strings and quoted names are left alone.
 * Any bytes are accepted; what is no SQL comes out as no SQL.
 */
#include "base/buf.h"

void sql_for_sqlite(struct str sql, struct buf *out);
