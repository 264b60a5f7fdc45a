#include "domain/session/session_priv.h"

/* One statement for a view: each would take its own snapshot and pay its own way in and out. Counts
 * and the newest events come from what the trace keeps beside its head, so that a long session
 * costs what a short one does. Turns and attempts are numbered without gaps, so the last number is
 * their count. */

enum { LIST_MAX = 200 };

/* clang-format off: SQL reads by its own lines */
#define OF_SESSION(alias) alias ".tenant_id = s.tenant_id AND " alias ".session_id = s.id"
#define NEWEST(table, alias, seq)                                                                  \
    "LEFT JOIN " table " " alias " ON " OF_SESSION(alias) " AND " alias ".seq = h." seq " "
#define VIEW                                                                                       \
    "SELECT " SESSION_COLUMNS_WITH(                                                                \
        "NULL") ", u.name, h.next_seq - 1, h.hash, h.at, h.levels, "                               \
                "h.reflection_seq, h.pastes, "                                                     \
                "(SELECT count(*) FROM runs n WHERE " OF_SESSION(                                  \
                    "n") "), "                                                                     \
                         "(SELECT coalesce(max(n.seq), 0) FROM turns n WHERE " OF_SESSION(         \
                             "n") "), "                                                            \
                                  "(SELECT coalesce(max(n.attempt), 0) FROM submissions n "        \
                                  "WHERE " OF_SESSION(                                             \
                                      "n") "), "                                                   \
                                           "l.client, l.login_session_id, l.fence, l.expires_at, " \
                                           "r.payload, t.payload, t.at, y.payload, p.text FROM "   \
                                           "sessions s "                                           \
                                           "JOIN users u ON u.tenant_id = s.tenant_id AND u.id = " \
                                           "s.user_id "                                            \
                                           "JOIN trace_heads h ON " OF_SESSION(                    \
                                               "h") " "                                            \
                                                    "LEFT JOIN session_leases l ON " OF_SESSION(   \
                                                        "l") " " NEWEST("trace_events", "r",       \
                                                                        "run_seq")                 \
                                                        NEWEST("trace_events", "t",                \
                                                               "tests_seq") NEWEST("trace_events", \
                                                                                   "y",            \
                                                                                   "reply_seq")    \
                                                            NEWEST("trace_texts", "p",             \
                                                                   "plan_seq") "WHERE "            \
                                                                               "s.tenant_id = $1 "
/* clang-format on */

static const struct db_query one = { "session.view", VIEW "AND s.id = $2", true, 1 };
static const struct db_query of_user = {
    "session.list_user",
    VIEW "AND s.user_id = $2 AND ($3 = '' OR s.course_id = $3) AND ($4 = '' OR s.state = $4) AND "
         "($5 = '' OR s.id < $5) ORDER BY s.id DESC LIMIT $6",
    true, LIST_MAX
};
static const struct db_query of_course = {
    "session.list_course",
    VIEW "AND s.course_id = $2 AND ($3 = '' OR s.state = $3) AND ($4 = '' OR s.id < $4) ORDER BY "
         "s.id DESC LIMIT $5",
    true, LIST_MAX
};

const struct db_query *const view_db_queries[] = { &one, &of_user, &of_course, NULL };

static enum err view_of_cells(const struct db_rows *r, size_t i, struct view_row *v, struct fail *f)
{
    enum { C = SESSION_COLUMN_COUNT };
    *v = (struct view_row){ .user_name = db_cell_text(r, i, C),
                            .head = { .seq = db_cell_int(r, i, C + 1),
                                      .at = db_cell_int(r, i, C + 3) },
                            .levels = db_cell_int(r, i, C + 4),
                            .reflected = db_cell_int(r, i, C + 5) > 0,
                            .pastes = db_cell_int(r, i, C + 6),
                            .runs = db_cell_int(r, i, C + 7),
                            .turns = db_cell_int(r, i, C + 8),
                            .submissions = db_cell_int(r, i, C + 9),
                            .lease = { db_cell_text(r, i, C + 10), db_cell_text(r, i, C + 11),
                                       db_cell_int(r, i, C + 12), db_cell_int(r, i, C + 13) },
                            .run = db_cell_text(r, i, C + 14),
                            .tests = db_cell_text(r, i, C + 15),
                            .tests_at = db_cell_int(r, i, C + 16),
                            .reply = db_cell_text(r, i, C + 17),
                            .plan = db_cell_text(r, i, C + 18) };
    TRY(session_of_cells(r, i, &v->session, f));
    return hash_from_bytes(db_cell_text(r, i, C + 2), &v->head.hash)
               ? ERR_OK
               : FAIL(f, ERR_IO, "internal", "a stored hash is not 32 bytes");
}

enum err view_db_one(struct db_conn *c, struct str tenant, struct str id, struct arena *a,
                     struct view_row *out, struct fail *f)
{
    struct db_rows rows;
    TRY(db_one(c, &one, DB_ARGS(db_text(tenant), db_text(id)), a, &rows, f));
    return view_of_cells(&rows, 0, out, f);
}

enum err view_db_list(struct db_conn *c, struct str tenant, const struct session_filter *q,
                      struct arena *a, struct view_row **out, size_t *n, struct fail *f)
{
    struct db_rows rows;
    if (q->user_id.ptr)
        TRY(db_all(c, &of_user,
                   DB_ARGS(db_text(tenant), db_text(q->user_id), db_text_or_empty(q->course_id),
                           db_text_or_empty(q->state), db_text_or_empty(q->before_id),
                           db_int(q->limit)),
                   a, &rows, f));
    else
        TRY(db_all(c, &of_course,
                   DB_ARGS(db_text(tenant), db_text(q->course_id), db_text_or_empty(q->state),
                           db_text_or_empty(q->before_id), db_int(q->limit)),
                   a, &rows, f));
    *n = rows.rows;
    *out = ARENA_ARRAY(a, struct view_row, rows.rows);
    for (size_t i = 0; i < rows.rows; i++)
        TRY(view_of_cells(&rows, i, &(*out)[i], f));
    return ERR_OK;
}
