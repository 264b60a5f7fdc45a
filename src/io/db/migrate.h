#pragma once
/*
 * migrate - applies migration files in order, each in one unit. Private to io/db and its tests; see
 * db_migrate in db.h.
 */
#include "io/db/db.h"

struct migration_file {
    int64_t number;
    struct str name; /* without number and endings */
    struct str text;
};

/* The embedded files of one engine, by number. ERR_INPUT (migration.name): a name that is not
 * NNNN_name.sql, a number twice, or no `-- phase:` line. */
enum err migrate_files(enum db_engine engine, struct arena *a, struct migration_file **out,
                       size_t *n, struct fail *f);
/* Applies what is missing. Errors of db_migrate. Another process that migrates is waited for. */
enum err migrate_run(struct db *db, const struct migration_file *files, size_t n, struct fail *f);
/* Whether every embedded file is applied; errors count as no. */
bool migrate_complete(struct db_conn *c, struct arena *a);
