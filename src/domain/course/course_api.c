#include "domain/course/course_priv.h"

static const char *const roles[] = { "student", "assistant", "teacher", NULL };
static const char *const states[] = { "draft", "active", "closed", "archived", NULL };
static const char *const enrolment_states[] = { "active", "suspended", "removed", NULL };

static const struct api_field course_fields[] = {
    API_F(struct course_row, id, API_ID, 0, 0),
    API_F(struct course_row, name, API_TEXT, 1, 200),
    API_F(struct course_row, term, API_TEXT, 1, 50),
    API_F(struct course_row, subject, API_TEXT, 1, 200),
    API_WORD(struct course_row, state, states, false),
    API_WORD(struct course_row, role, roles, false),
    API_F(struct course_row, students, API_INT, 0, 1'000'000),
};
static const struct api_shape course_shape = API_SHAPE(struct course_row, "Course", course_fields);

struct course_list {
    struct api_list items;
};
static const struct api_field course_list_fields[] = {
    API_SUB(struct course_list, items, API_LIST, 0, 200, course_shape, false),
};
static const struct api_shape course_list_shape =
    API_SHAPE(struct course_list, "CourseList", course_list_fields);

struct person {
    struct str id, name;
};
static const struct api_field person_fields[] = {
    API_F(struct person, id, API_ID, 0, 0),
    API_F(struct person, name, API_TEXT, 1, 200),
};
static const struct api_shape person_shape = API_SHAPE(struct person, "Person", person_fields);

struct enrolment {
    struct person *user;
    struct str role, state;
};
static const struct api_field enrolment_fields[] = {
    API_SUB(struct enrolment, user, API_OBJECT, 0, 0, person_shape, false),
    API_WORD(struct enrolment, role, roles, false),
    API_WORD(struct enrolment, state, enrolment_states, false),
};
static const struct api_shape enrolment_shape =
    API_SHAPE(struct enrolment, "Enrolment", enrolment_fields);

struct enrolment_list {
    struct api_list items;
};
static const struct api_field enrolment_list_fields[] = {
    API_SUB(struct enrolment_list, items, API_LIST, 0, 2000, enrolment_shape, false),
};
static const struct api_shape enrolment_list_shape =
    API_SHAPE(struct enrolment_list, "EnrolmentList", enrolment_list_fields);

static enum err courses_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct course_list *out = ARENA_NEW(req->arena, struct course_list);
    struct course_row *rows = NULL;
    TRY(course_db_mine(req->conn, user_of(req), (struct str){ 0 }, req->arena, &rows, &out->items.n,
                       f));
    out->items.items = rows;
    res->out = out;
    return ERR_OK;
}

static enum err course_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct course_row *rows = NULL;
    size_t n = 0;
    TRY(course_db_mine(req->conn, user_of(req), req->params[0], req->arena, &rows, &n, f));
    res->out = rows;
    return ERR_OK;
}

static enum err enrolments_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    const struct user *u = user_of(req);
    enum course_role role = COURSE_NONE;
    TRY(course_role_of(req->conn, u->tenant, req->params[0], u->id, &role, f));
    if (!course_is_staff(role))
        return FAIL(f, role == COURSE_NONE ? ERR_NOT_FOUND : ERR_FORBIDDEN,
                    role == COURSE_NONE ? "not_found" : "forbidden",
                    "roster of a course one does not teach");
    struct roster_row *rows = NULL;
    struct enrolment_list *out = ARENA_NEW(req->arena, struct enrolment_list);
    TRY(course_db_roster(req->conn, u->tenant, req->params[0], req->arena, &rows, &out->items.n,
                         f));
    struct enrolment *items = ARENA_ARRAY(req->arena, struct enrolment, out->items.n);
    for (size_t i = 0; i < out->items.n; i++) {
        items[i] =
            (struct enrolment){ ARENA_NEW(req->arena, struct person), rows[i].role, rows[i].state };
        *items[i].user = (struct person){ rows[i].user_id, rows[i].name };
    }
    out->items.items = items;
    res->out = out;
    return ERR_OK;
}

const struct http_route course_routes[] = {
    { .method = HTTP_GET,
      .path = "/api/v1/courses",
      .who = "U",
      .rate = RATE_READ,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &course_list_shape,
      .handle = courses_get,
      .doc = "The courses one is enrolled in" },
    { .method = HTTP_GET,
      .path = "/api/v1/courses/{id}",
      .who = "E",
      .rate = RATE_READ,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &course_shape,
      .handle = course_get,
      .doc = "One course" },
    { .method = HTTP_GET,
      .path = "/api/v1/courses/{id}/enrolments",
      .who = "S",
      .rate = RATE_READ,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &enrolment_list_shape,
      .handle = enrolments_get,
      .doc = "Who is in the course" },
};
const size_t course_route_count = COUNT_OF(course_routes);
