#include "io/db/rewrite.h"

#include "support/check.h"

static const struct {
    const char *from, *to;
} cases[] = {
    { "CREATE TABLE t (a BIGINT, b BYTEA, c DOUBLE PRECISION);",
      "CREATE TABLE t (a INTEGER, b BLOB, c REAL) STRICT;" },
    { "create table t (a bigint)", "create table t (a INTEGER) STRICT" },
    { "CHECK (octet_length(a) <= 5 AND octet_length(f((b))) = 2)",
      "CHECK (length(CAST(a AS BLOB)) <= 5 AND length(CAST(f((b)) AS BLOB)) = 2)" },
    { "octet_length(octet_length(x))", "length(CAST(length(CAST(x AS BLOB)) AS BLOB))" },
    { "-- BIGINT octet_length(x)\n/* BYTEA */ 'BIGINT''BYTEA' \"BIGINT\"",
      "-- BIGINT octet_length(x)\n/* BYTEA */ 'BIGINT''BYTEA' \"BIGINT\"" },
    { "CREATE INDEX t ON TABLE; CREATE TABLE u (a TEXT); SELECT 1;",
      "CREATE INDEX t ON TABLE; CREATE TABLE u (a TEXT) STRICT; SELECT 1;" },
    { "MY_BIGINT DOUBLE x PRECISION", "MY_BIGINT DOUBLE x PRECISION" },
    { "DOUBLE\n  PRECISION", "REAL" },
    { "'open BIGINT", "'open BIGINT" },
    { "))) octet_length", "))) octet_length" },
};

TEST(shared_words_become_those_of_sqlite_outside_comments_and_quotes)
{
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO_BUF b = { .max = 4096 };
        sql_for_sqlite(str_of(cases[i].from), &b);
        CHECK_STR(buf_str(&b), cases[i].to);
    }
}
