#pragma once
/*
 * libpq - PostgreSQL's library, brought in when a store is there. Private to io/db.
 *
 * libpq brings GnuTLS, Kerberos, LDAP and twelve more along: a third of what the loader does at a
 * start, for nothing where the store is SQLite. So the program is not linked with it. The table is
 * filled once and never changes; any thread.
 */
#include "base/fail.h"

#include <libpq-fe.h>

#define LIBPQ_FUNCTIONS(X)                                                                         \
    X(clear, PQclear)                                                                              \
    X(cmd_status, PQcmdStatus)                                                                     \
    X(cmd_tuples, PQcmdTuples)                                                                     \
    X(connect, PQconnectdbParams)                                                                  \
    X(error_message, PQerrorMessage)                                                               \
    X(exec, PQexec)                                                                                \
    X(exec_prepared, PQexecPrepared)                                                               \
    X(finish, PQfinish)                                                                            \
    X(fname, PQfname)                                                                              \
    X(ftype, PQftype)                                                                              \
    X(is_null, PQgetisnull)                                                                        \
    X(length, PQgetlength)                                                                         \
    X(value, PQgetvalue)                                                                           \
    X(nfields, PQnfields)                                                                          \
    X(ntuples, PQntuples)                                                                          \
    X(prepare, PQprepare)                                                                          \
    X(result_field, PQresultErrorField)                                                            \
    X(result_message, PQresultErrorMessage)                                                        \
    X(result_status, PQresultStatus)                                                               \
    X(set_notices, PQsetNoticeProcessor)                                                           \
    X(status, PQstatus)

struct libpq {
/* __typeof__: clang warns of the spelling that gnu2x has */
#define LIBPQ_FIELD(field, name) __typeof__(name) *(field);
    LIBPQ_FUNCTIONS(LIBPQ_FIELD)
#undef LIBPQ_FIELD
};

/* Loads it. ERR_IO (db.library): it is not installed, or lacks a function. */
enum err libpq_load(struct fail *f);
/* After a libpq_load that went well. */
const struct libpq *libpq(void);
