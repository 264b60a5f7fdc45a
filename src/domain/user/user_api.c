#include "base/fold.h"
#include "domain/user/user_priv.h"

static const char *const locales[] = { "es", "en", NULL };
static const char *const themes[] = { "system", "light", "dark", "contrast", NULL };

/* --- shapes --- */

struct course_of_me {
    struct str id, name, term, role;
};
static const char *const course_roles[] = { "student", "assistant", "teacher", NULL };
static const struct api_field course_of_me_fields[] = {
    API_F(struct course_of_me, id, API_ID, 0, 0),
    API_F(struct course_of_me, name, API_TEXT, 1, 200),
    API_F(struct course_of_me, term, API_TEXT, 1, 50),
    API_WORD(struct course_of_me, role, course_roles, false),
};
static const struct api_shape course_of_me_shape =
    API_SHAPE(struct course_of_me, "MyCourse", course_of_me_fields);

struct user_out {
    struct str id, name, email, locale, theme;
    struct api_texts roles;
    struct api_list courses;
};
static const struct api_field user_out_fields[] = {
    API_F(struct user_out, id, API_ID, 0, 0),
    API_F(struct user_out, name, API_TEXT, 1, 100),
    API_OPT(struct user_out, email, API_TEXT, 3, 254),
    API_WORD(struct user_out, locale, locales, false),
    API_WORD(struct user_out, theme, themes, true),
    { .name = "roles",
      .type = API_TEXTS,
      .at = offsetof(struct user_out, roles),
      .max = 4,
      .item_max = 20 },
    API_SUB(struct user_out, courses, API_LIST, 0, 200, course_of_me_shape, false),
};
static const struct api_shape user_shape = API_SHAPE(struct user_out, "User", user_out_fields);

struct login_body {
    struct str email, password;
};
static const struct api_field login_fields[] = {
    API_F(struct login_body, email, API_TEXT, 3, 254),
    API_F(struct login_body, password, API_TEXT, 1, 1024),
};
static const struct api_shape login_shape = API_SHAPE(struct login_body, "Login", login_fields);

struct login_out {
    struct str state;
    struct user_out *user;
};
static const char *const login_states[] = { "done", "factor", NULL };
static const struct api_field login_out_fields[] = {
    API_WORD(struct login_out, state, login_states, false),
    API_SUB(struct login_out, user, API_OBJECT, 0, 0, user_shape, true),
};
static const struct api_shape login_out_shape =
    API_SHAPE(struct login_out, "LoginResult", login_out_fields);

struct me_patch {
    struct str name, locale, theme;
};
static const struct api_field me_patch_fields[] = {
    API_OPT(struct me_patch, name, API_TEXT, 1, 100),
    API_WORD(struct me_patch, locale, locales, true),
    API_WORD(struct me_patch, theme, themes, true),
};
static const struct api_shape me_patch_shape =
    API_SHAPE(struct me_patch, "MePatch", me_patch_fields);

struct claim_body {
    struct str token, email, name, password;
};
static const struct api_field claim_fields[] = {
    API_F(struct claim_body, token, API_TEXT, SECRET_TOKEN_TEXT, SECRET_TOKEN_TEXT),
    API_F(struct claim_body, email, API_TEXT, 3, 254),
    API_F(struct claim_body, name, API_TEXT, 1, 100),
    API_F(struct claim_body, password, API_TEXT, 1, 1024),
};
static const struct api_shape claim_shape =
    API_SHAPE(struct claim_body, "SetupClaim", claim_fields);

struct reset_body {
    struct str token, password;
};
static const struct api_field reset_fields[] = {
    API_F(struct reset_body, token, API_TEXT, SECRET_TOKEN_TEXT, SECRET_TOKEN_TEXT),
    API_F(struct reset_body, password, API_TEXT, 1, 1024),
};
static const struct api_shape reset_shape =
    API_SHAPE(struct reset_body, "PasswordReset", reset_fields);

struct bootstrap_out {
    struct str tenant, version;
    struct api_texts locales;
    bool demo, setup_needed;
    int64_t server_time;
};
static const struct api_field bootstrap_fields[] = {
    API_F(struct bootstrap_out, tenant, API_TEXT, 1, 200),
    API_F(struct bootstrap_out, version, API_TEXT, 1, 40),
    { .name = "locales",
      .type = API_TEXTS,
      .at = offsetof(struct bootstrap_out, locales),
      .max = 4,
      .item_max = 35 },
    API_F(struct bootstrap_out, demo, API_BOOL, 0, 0),
    API_F(struct bootstrap_out, setup_needed, API_BOOL, 0, 0),
    API_F(struct bootstrap_out, server_time, API_TIME, 0, 0),
};
static const struct api_shape bootstrap_shape =
    API_SHAPE(struct bootstrap_out, "Bootstrap", bootstrap_fields);

/* --- handlers --- */

static struct api_texts role_names(const struct user *u, struct arena *a)
{
    static const char *const names[] = { "student", "teacher", "admin",
                                         "researcher" }; /* in the order of the bits */
    struct api_texts out = { ARENA_ARRAY(a, struct str, COUNT_OF(names)), 0 };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (u->roles & (1u << i))
            out.items[out.n++] = str_of(names[i]);
    return out;
}

static enum err fill_user(struct http_req *req, const struct user *u, struct user_out *out,
                          struct fail *f)
{
    struct db_rows rows;
    *out = (struct user_out){ .id = u->id,
                              .name = u->name,
                              .email = u->email,
                              .locale = u->locale,
                              .theme = u->theme,
                              .roles = role_names(u, req->arena) };
    TRY(user_db_courses(req->conn, u, req->arena, &rows, f));
    struct course_of_me *items = ARENA_ARRAY(req->arena, struct course_of_me, rows.rows);
    for (size_t i = 0; i < rows.rows; i++)
        items[i] = (struct course_of_me){ db_cell_text(&rows, i, 0), db_cell_text(&rows, i, 1),
                                          db_cell_text(&rows, i, 2), db_cell_text(&rows, i, 3) };
    out->courses = (struct api_list){ items, rows.rows };
    return ERR_OK;
}

static enum err bootstrap_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct users *us = req->self;
    struct bootstrap_out *out = ARENA_NEW(req->arena, struct bootstrap_out);
    static struct str languages[] = { STR_INIT("es"), STR_INIT("en") };
    int64_t admins = 0;
    TRY(user_db_tenant(req->conn, us->conf.tenant, req->arena, &out->tenant, f));
    TRY(user_db_demo(req->conn, us->conf.tenant, &out->demo, f));
    TRY(user_db_admins(req->conn, us->conf.tenant, &admins, f));
    out->version = us->conf.version;
    out->locales = (struct api_texts){ languages, COUNT_OF(languages) };
    out->setup_needed = admins == 0;
    out->server_time = env_now(us->conf.env);
    res->out = out;
    return ERR_OK;
}

static enum err login_post(struct http_req *req, struct http_res *res, struct fail *f)
{
    const struct login_body *body = req->in;
    struct login_out *out = ARENA_NEW(req->arena, struct login_out);
    struct user u;
    const struct login_in in = { .email = body->email,
                                 .password = body->password,
                                 .ip = req->ip,
                                 .user_agent = req->user_agent,
                                 .request_id = req->request_id };
    TRY(user_login(req->self, req->conn, &in, req->arena, &u, &res->set_cookie[0], f));
    out->state = STR("done");
    out->user = ARENA_NEW(req->arena, struct user_out);
    res->out = out;
    return fill_user(req, &u, out->user, f);
}

struct logout {
    const struct users *us;
    const struct user *user;
    const struct http_req *req;
};

static enum err logout_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct logout *l = arg;
    TRY(user_db_logout(tx, l->user->login_session_id, env_now(l->us->conf.env), f));
    return audit_write(tx, l->us->conf.env,
                       &(struct audit_row){ .action = AUDIT_LOGOUT,
                                            .actor_kind = "user",
                                            .actor_id = l->user->id,
                                            .login_session_id = l->user->login_session_id,
                                            .ip = l->req->ip,
                                            .request_id = l->req->request_id },
                       f);
}

static enum err logout_post(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct users *us = req->self;
    struct logout l = { us, user_of(req), req };
    TRY(db_write(us->conf.db, us->conf.tenant, logout_unit, &l, f));
    res->set_cookie[0] = STR(SID_COOKIE "=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    res->clear_site_data = true;
    res->status = 204;
    return ERR_OK;
}

static enum err me_get(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct user_out *out = ARENA_NEW(req->arena, struct user_out);
    res->out = out;
    return fill_user(req, user_of(req), out, f);
}

struct me_change {
    const struct users *us;
    struct user user;
    struct str sort_name, prefs;
};

static enum err me_unit(struct db_tx *tx, void *arg, struct fail *f)
{
    const struct me_change *m = arg;
    return user_db_update_me(tx, &m->user, m->sort_name, m->prefs, env_now(m->us->conf.env), f);
}

static enum err me_patch(struct http_req *req, struct http_res *res, struct fail *f)
{
    const struct me_patch *in = req->in;
    struct users *us = req->self;
    struct me_change m = { .us = us, .user = *user_of(req) };
    if (in->name.ptr)
        m.user.name = text_nfc(req->arena, str_trim(in->name));
    if (in->locale.ptr)
        m.user.locale = in->locale;
    if (in->theme.ptr)
        m.user.theme = in->theme;
    if (!m.user.name.len)
        return FAIL(f, ERR_INPUT, "validation.failed", "the name is empty");
    m.sort_name = user_sort_name(req->arena, m.user.name);
    m.prefs = arena_fmt(req->arena, "{\"theme\":\"%.*s\"}", STR_ARG(m.user.theme));
    TRY(db_write(us->conf.db, us->conf.tenant, me_unit, &m, f));
    struct user_out *out = ARENA_NEW(req->arena, struct user_out);
    res->out = out;
    return fill_user(req, &m.user, out, f);
}

static enum err setup_claim(struct http_req *req, struct http_res *res, struct fail *f)
{
    const struct claim_body *in = req->in;
    struct users *us = req->self;
    struct str id;
    const struct user_new new_user = { .email = in->email,
                                       .name = in->name,
                                       .password = in->password,
                                       .locale = req->lang.ptr ? req->lang : STR("es") };
    TRY(user_claim_setup(us, in->token, &new_user, req->ip, req->arena, &id, f));
    struct user u;
    struct user_out *out = ARENA_NEW(req->arena, struct user_out);
    TRY(user_by_email(us, req->conn, in->email, req->arena, &u, f));
    res->status = 201;
    res->out = out;
    return fill_user(req, &u, out, f);
}

static enum err password_reset(struct http_req *req, struct http_res *res, struct fail *f)
{
    const struct reset_body *in = req->in;
    res->status = 204;
    return user_reset_password(req->self, in->token, in->password, req->arena, f);
}

const struct http_route user_routes[] = {
    { .method = HTTP_GET,
      .path = "/api/v1/bootstrap",
      .who = "P",
      .rate = RATE_READ,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &bootstrap_shape,
      .handle = bootstrap_get,
      .doc = "What a client needs before anybody signs in" },
    { .method = HTTP_POST,
      .path = "/api/v1/auth/login",
      .who = "P",
      .rate = RATE_AUTH,
      .body_max = 8192,
      .in = &login_shape,
      .query = &api_nothing,
      .out = &login_out_shape,
      .handle = login_post,
      .doc = "Signs in with e-mail and password; the session is a cookie" },
    { .method = HTTP_POST,
      .path = "/api/v1/auth/logout",
      .who = "U",
      .rate = RATE_WRITE,

      .in = &api_nothing,
      .query = &api_nothing,
      .out = &api_nothing,
      .handle = logout_post,
      .doc = "Ends this browser session" },
    { .method = HTTP_GET,
      .path = "/api/v1/me",
      .who = "U",
      .rate = RATE_READ,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &user_shape,
      .handle = me_get,
      .doc = "The signed-in person with roles and courses" },
    { .method = HTTP_PATCH,
      .path = "/api/v1/me",
      .who = "U",
      .rate = RATE_WRITE,
      .body_max = 4096,
      .in = &me_patch_shape,
      .query = &api_nothing,
      .out = &user_shape,
      .handle = me_patch,
      .doc = "Changes name, language or theme" },
    { .method = HTTP_POST,
      .path = "/api/v1/setup/claim",
      .who = "P",
      .rate = RATE_AUTH,
      .body_max = 8192,
      .in = &claim_shape,
      .query = &api_nothing,
      .out = &user_shape,
      .handle = setup_claim,
      .doc = "Makes the first admin with the token printed on the console; 404 for ever after" },
    { .method = HTTP_PUT,
      .path = "/api/v1/auth/password-reset",
      .who = "P",
      .rate = RATE_AUTH,
      .body_max = 4096,
      .in = &reset_shape,
      .query = &api_nothing,
      .out = &api_nothing,
      .handle = password_reset,
      .doc =
          "Sets a new password with a one-time recovery token; every session of the account ends" },
};
const size_t user_route_count = COUNT_OF(user_routes);
