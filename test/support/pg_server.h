#pragma once
/*
 * pg_server - a PostgreSQL server for one test executable. Main thread only.
 *
 * Its databases belong to a role without special rights, so that row security holds.
 */
#include "base/arena.h"

/* Starts it (or finds the one of AINATIVE_TEST_PG) once; stopped at exit. NULL when it runs, else
 * why there is none. */
const char *pg_server_start(struct arena *a);
/* Makes database `name` of this executable, as a copy of `template` (NULL: empty); returns its URL
 * as a libpq text. */
struct str pg_server_database(struct arena *a, const char *name, const char *template);
/* Deletes every row of database `name` but those of schema_migrations, append-only tables too. */
void pg_server_clean(struct arena *a, const char *name);
