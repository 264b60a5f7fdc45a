#include "io/conf/conf.h"

#include "support/check.h"
#include "support/folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool has_port(struct str s)
{
    return str_has(s, STR(":"));
}

static const struct conf_key keys[] = {
    { .name = "env",
      .type = CONF_WORD,
      .otherwise = "dev",
      .words = "dev|staging|prod",
      .doc = "Kind of installation." },
    { .name = "http.listen",
      .type = CONF_TEXT,
      .otherwise = "127.0.0.1:8080",
      .min = 1,
      .max = 100,
      .words = "an address with a port",
      .doc = "Address.",
      .fits = has_port },
    { .name = "instance.url", .type = CONF_TEXT, .max = 200, .doc = "Public address." },
    { .name = "http.max_body",
      .type = CONF_SIZE,
      .otherwise = "10MiB",
      .min = 1024,
      .max = 1 << 30,
      .doc = "Largest body." },
    { .name = "http.workers",
      .type = CONF_INT,
      .otherwise = "8",
      .min = 1,
      .max = 256,
      .doc = "Request workers." },
    { .name = "http.allow_plain", .type = CONF_BOOL, .otherwise = "off", .doc = "Plain HTTP." },
    { .name = "smtp.password",
      .type = CONF_SECRET,
      .reloadable = true,
      .doc = "Of the mail account." },
};

static enum err load(const char *text, const char *const *env, const char *const *flags,
                     struct arena *a, struct conf **c, struct fail *f)
{
    struct conf_source src = {
        .file = STR("a.conf"), .text = str_of(text), .env = env, .flags = flags
    };
    return conf_load(keys, COUNT_OF(keys), &src, a, c, f);
}

TEST(without_any_source_the_defaults_hold)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct conf *c = NULL;
    CHECK(conf_load(keys, COUNT_OF(keys), &(struct conf_source){ 0 }, &a, &c, &f) == ERR_OK);
    CHECK_STR(conf_text(c, "http.listen"), "127.0.0.1:8080");
    CHECK_INT(conf_int(c, "http.max_body"), 10 * 1024 * 1024);
    CHECK_INT(conf_int(c, "http.workers"), 8);
    CHECK(!conf_bool(c, "http.allow_plain"));
    CHECK_STR(conf_text(c, "smtp.password"), "");
    CHECK(conf_origin(c, "env") == CONF_DEFAULT);
}

TEST(a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default)
{
    static const char *const env[] = { "PATH=/bin", "AINATIVE_HTTP_WORKERS=3",
                                       "AINATIVE_HTTP_MAX_BODY=4KiB", NULL };
    static const char *const flags[] = { "http.workers=4", NULL };
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct conf *c = NULL;
    CHECK(load("# a comment\n\n  http.workers = 2 \r\nhttp.max_body=2KiB\nhttp.listen = [::1]:80 # "
               "not a comment\n",
               env, flags, &a, &c, &f) == ERR_OK);
    CHECK_INT(conf_int(c, "http.workers"), 4);
    CHECK(conf_origin(c, "http.workers") == CONF_FLAG);
    CHECK_INT(conf_int(c, "http.max_body"), 4096);
    CHECK(conf_origin(c, "http.max_body") == CONF_ENV);
    CHECK_STR(conf_text(c, "http.listen"), "[::1]:80 # not a comment");
    CHECK(conf_origin(c, "http.listen") == CONF_FILE);
}

TEST(what_is_wrong_is_said_with_its_place)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        { "http.worker = 2", "a.conf:1: unknown key http.worker; the nearest is http.workers" },
        { "\nhttp.workers = 2\nhttp.workers = 3",
          "a.conf:3: http.workers is already set at a.conf:2" },
        { "http.workers = 0", "a.conf:1: http.workers = 0 is out of range, wanted 1 to 256" },
        { "http.workers = many", "a.conf:1: http.workers = many is not a whole number" },
        { "http.max_body = 10MB",
          "a.conf:1: http.max_body = 10MB is not a size such as 64KiB, 10MiB or 4096" },
        { "http.max_body = 99999999999GiB",
          "a.conf:1: http.max_body = 99999999999GiB is not a size such as 64KiB, 10MiB or 4096" },
        { "http.max_body = 1",
          "a.conf:1: http.max_body = 1 is out of range, wanted 1024 to 1073741824 bytes" },
        { "env = production", "a.conf:1: env = production is none of dev|staging|prod" },
        { "http.allow_plain = maybe", "a.conf:1: http.allow_plain = maybe is neither on nor off" },
        { "http.listen =", "a.conf:1: http.listen has 0 bytes, wanted 1 to 100" },
        { "http.listen = nowhere",
          "a.conf:1: http.listen = nowhere is not an address with a port" },
        { "http.listen = a value so long that it is cut at some place or other",
          "a.conf:1: http.listen = a value so long that it is cut at some place or ... is not an "
          "address with a port" },
        { "http.listen = a\tb", "a.conf:1: http.listen has a control character" },
        { "http.listen = \xff", "a.conf:1: http.listen is not UTF-8" },
        { "just words", "a.conf:1: not of the form key = value" },
        { "smtp.password = hunter2",
          "a.conf:1: smtp.password is a secret: give it as secret:file:/path or secret:cred:NAME" },
        { "smtp.password = secret:cred:x",
          "a.conf:1: smtp.password needs CREDENTIALS_DIRECTORY, which is not set" },
        { "smtp.password = secret:cred:../x",
          "a.conf:1: smtp.password does not name a credential" },
        { "smtp.password = secret:file:/nowhere/at/all",
          "a.conf:1: smtp.password /nowhere/at/all cannot be read: No such file or directory" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO_ARENA a = { 0 };
        struct fail f = { 0 };
        struct conf *c = NULL;
        CHECK(load(cases[i].text, NULL, NULL, &a, &c, &f) == ERR_INPUT);
        CHECK_STR(str_of(f.hint), "config.invalid");
        CHECK_STR(str_of(f.detail), cases[i].says);
    }
}

TEST(variables_and_flags_are_named_when_they_are_wrong)
{
    static const char *const bad_env[] = { "AINATIVE_HTTP_LISTN=x", NULL };
    static const char *const bad_value[] = { "AINATIVE_HTTP_WORKERS=x", NULL };
    static const char *const bad_flag[] = { "http.workers", NULL };
    static const char *const twice[] = { "http.workers=1", "http.workers=2", NULL };
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct conf *c = NULL;
    CHECK(load("", bad_env, NULL, &a, &c, &f) == ERR_INPUT);
    CHECK_STR(str_of(f.detail), "AINATIVE_HTTP_LISTN: unknown key AINATIVE_HTTP_LISTN; the nearest "
                                "is AINATIVE_HTTP_LISTEN");
    CHECK(load("", bad_value, NULL, &a, &c, &f) == ERR_INPUT);
    CHECK_STR(str_of(f.detail), "AINATIVE_HTTP_WORKERS: http.workers = x is not a whole number");
    CHECK(load("", NULL, bad_flag, &a, &c, &f) == ERR_INPUT);
    CHECK_STR(str_of(f.detail), "flag http.workers: not of the form key=value");
    CHECK(load("", NULL, twice, &a, &c, &f) == ERR_INPUT);
    CHECK_STR(str_of(f.detail),
              "flag http.workers: http.workers is already set at flag http.workers");
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) &&
          fchmod(fd, mode) == 0);
    (void)close(fd);
}

TEST(a_secret_comes_from_a_private_file_or_a_credential_and_is_never_printed)
{
    char folder[TEST_FOLDER_MAX];
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct conf *c = NULL;
    test_folder(folder);
    const char *path = arena_fmt(&a, "%s/mail", folder).ptr;
    const char *by_file = arena_fmt(&a, "smtp.password = secret:file:%s", path).ptr;
    const char *env[] = { arena_fmt(&a, "CREDENTIALS_DIRECTORY=%s", folder).ptr, NULL };
    write_file(path, "s3cret with space \n", 0600);
    CHECK(load(by_file, NULL, NULL, &a, &c, &f) == ERR_OK);
    CHECK_STR(conf_text(c, "smtp.password"), "s3cret with space ");
    AUTO_BUF b = { .max = 4096 };
    conf_print(c, &b);
    CHECK(!str_has(buf_str(&b), STR("s3cret")));
    CHECK(str_has(buf_str(&b), STR("smtp.password = ***  # file a.conf:1\n")));
    CHECK(load("smtp.password = secret:cred:mail", env, NULL, &a, &c, &f) == ERR_OK);
    CHECK_STR(conf_text(c, "smtp.password"), "s3cret with space ");
    write_file(path, "x", 0644);
    CHECK(load(by_file, NULL, NULL, &a, &c, &f) == ERR_INPUT);
    CHECK(str_has(str_of(f.detail), STR("has mode 0644, wanted 0400 or 0600")));
}

TEST(a_file_that_cannot_be_read_is_an_error)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct conf *c = NULL;
    struct conf_source src = { .file = STR("/nowhere/ainative.conf") };
    CHECK(conf_load(keys, COUNT_OF(keys), &src, &a, &c, &f) == ERR_INPUT);
    CHECK_STR(str_of(f.detail), "/nowhere/ainative.conf cannot be read: No such file or directory");
}

TEST(the_sample_file_loads_and_with_its_comments_off_it_is_the_defaults)
{
    AUTO_ARENA a = { 0 };
    AUTO_BUF b = { .max = 65536 };
    AUTO_BUF live = { .max = 65536 };
    struct fail f = { 0 };
    struct conf *c = NULL;
    conf_sample(keys, COUNT_OF(keys), &b);
    CHECK(load(arena_cstr(&a, buf_str(&b)), NULL, NULL, &a, &c, &f) == ERR_OK);
    struct str rest = buf_str(&b), line;
    while (str_take_line(&rest, &line)) {
        bool setting = str_starts(line, STR("#")) && !str_starts(line, STR("# "));
        buf_put(&live, setting ? str_from(line, 1) : STR(""));
        buf_putc(&live, '\n');
    }
    CHECK(load(arena_cstr(&a, buf_str(&live)), NULL, NULL, &a, &c, &f) == ERR_OK);
    CHECK_INT(conf_int(c, "http.workers"), 8);
    CHECK(conf_origin(c, "http.workers") == CONF_FILE);
}

TEST(the_documentation_has_a_row_for_each_key)
{
    AUTO_BUF b = { .max = 65536 };
    conf_docs(keys, COUNT_OF(keys), &b);
    CHECK(str_has(buf_str(&b), STR("| `env` | `AINATIVE_ENV` | dev | dev\\|staging\\|prod | no | "
                                   "Kind of installation. |\n")));
    CHECK(str_has(buf_str(&b), STR("| `http.max_body` | `AINATIVE_HTTP_MAX_BODY` | 10MiB | 1KiB to "
                                   "1GiB | no | Largest body. |\n")));
    CHECK(str_has(buf_str(&b), STR("| yes | Of the mail account. |\n")));
}

TEST(what_changed_between_two_configurations_is_told_key_by_key)
{
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct conf *was = NULL, *now = NULL;
    size_t at = 0;
    CHECK(load("http.workers = 3\nenv = dev", NULL, NULL, &a, &was, &f) == ERR_OK);
    CHECK(load("http.workers = 4\nhttp.allow_plain = on", NULL, NULL, &a, &now, &f) == ERR_OK);
    CHECK_STR(str_of(conf_changed(was, now, &at)->name), "http.workers");
    CHECK_STR(str_of(conf_changed(was, now, &at)->name), "http.allow_plain");
    CHECK(!conf_changed(was, now, &at));
    at = 0;
    CHECK(!conf_changed(was, was, &at));
}

TEST(a_password_inside_an_address_is_neither_printed_nor_repeated)
{
    static const char *const with[] = {
        "postgresql://ana:hunter2@host:5432/db", /* secrets: invented for this test */
        "host=h password=hunter2 dbname=d",
    };
    AUTO_ARENA a = { 0 };
    struct fail f = { 0 };
    struct conf *c = NULL;
    for (size_t i = 0; i < COUNT_OF(with); i++) {
        AUTO_BUF b = { .max = 4096 };
        const char *twice[] = { arena_fmt(&a, "http.workers=%s", with[i]).ptr, NULL };
        const char *good = arena_fmt(&a, "instance.url = %s", with[i]).ptr;
        CHECK(load("", NULL, twice, &a, &c, &f) == ERR_INPUT);
        CHECK_STR(str_of(f.detail), "flag http.workers: http.workers is not a whole number");
        CHECK(load(good, NULL, NULL, &a, &c, &f) == ERR_OK);
        conf_print(c, &b);
        CHECK(str_has(buf_str(&b), STR("instance.url = ***")));
        CHECK(!str_has(buf_str(&b), STR("hunter2")));
    }
    CHECK(load("instance.url = postgresql://ana@host:5432/db", NULL, NULL, &a, &c, &f) == ERR_OK);
    AUTO_BUF b = { .max = 4096 };
    conf_print(c, &b);
    CHECK(str_has(buf_str(&b), STR("instance.url = postgresql://ana@host:5432/db")));
}
