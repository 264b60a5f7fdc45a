#include "app/app.h"

#include "base/net.h"

#include <unistd.h>

#define ENDPOINT "ADDRESS:PORT, such as 127.0.0.1:8080 or [::1]:0 (0: any free port)"

/* The one table of settings (operations.md A5). docs/config.md, the sample file and check-config
 * come from it. */
const struct conf_key app_settings[] = {
    { "env", CONF_WORD, "dev", 0, 0, "dev|staging|prod", false,
      "Which environment this is; bound into keys and the store", NULL },
    { "data", CONF_TEXT, "./ainative-data", 1, 1000, NULL, false,
      "Folder for the database and the master key", NULL },
    { "instance.name", CONF_TEXT, "AI-Native", 1, 200, NULL, false,
      "Name of the institution, shown to people", NULL },
    { "instance.url", CONF_TEXT, "", 0, 300, "http://HOST[:PORT] or https://HOST[:PORT]", false,
      "Public address, for the check of where requests come from; empty: http:// and http.listen",
      net_origin_valid },
    { "http.listen", CONF_TEXT, "127.0.0.1:8080", 3, 100, ENDPOINT, false,
      "Address and port of the web and the API", net_endpoint_valid },
    { "http.threads", CONF_INT, "0", 0, 64, NULL, false,
      "Threads that own the sockets; 0: one a core, at least 2", NULL },
    { "http.workers", CONF_INT, "0", 0, 256, NULL, false,
      "Threads that run requests; 0: four a core", NULL },
    { "http.header_bytes", CONF_SIZE, "16KiB", 4096, 65536, NULL, false,
      "Largest head of a request", NULL },
    { "http.conn_bytes", CONF_SIZE, "24KiB", 8192, 131072, NULL, false, "Memory of one connection",
      NULL },
    { "http.idle_s", CONF_INT, "75", 5, 600, NULL, false, "Seconds a connection may be silent",
      NULL },
    { "http.request_s", CONF_INT, "30", 1, 600, NULL, false, "Seconds a request may take to arrive",
      NULL },
    { "http.streams_max", CONF_INT, "10000", 1, 100000, NULL, false,
      "Open event streams of this process", NULL },
    { "http.limits", CONF_BOOL, "on", 0, 0, NULL, false,
      "Rate limits and limits of open streams; off only for benches, refused in prod", NULL },
    { "http.secure", CONF_BOOL, "off", 0, 0, NULL, false,
      "TLS is in front: send Strict-Transport-Security", NULL },
    { "http.trusted_proxies", CONF_TEXT, "", 0, 1000,
      "a comma-separated list of addresses and networks, such as 10.0.0.0/8, ::1", false,
      "Proxies whose X-Forwarded-For counts", net_list_valid },
    { "stream.listen", CONF_TEXT, "", 0, 100, ENDPOINT, false,
      "Second listener for event streams; empty: none", net_endpoint_valid },
    { "stream.conn_bytes", CONF_SIZE, "8KiB", 4096, 65536, NULL, false,
      "Memory of one connection of that listener", NULL },
    { "ops.listen", CONF_TEXT, "127.0.0.1:9464", 0, 100, ENDPOINT, false,
      "Listener for metrics and probes, never proxied; empty: none", net_endpoint_valid },
    { "db.url", CONF_TEXT, "", 0, 1000,
      "sqlite:PATH, postgresql://USER@HOST/NAME or host=... dbname=...", false,
      "The store; empty: a SQLite file in the data folder", db_url_valid },
    { "db.pool", CONF_INT, "16", 1, 200, NULL, false, "PostgreSQL: most connections for writing",
      NULL },
    { "db.group_ms", CONF_INT, "2", 0, 100, NULL, false,
      "SQLite: a group of writes is committed after this long", NULL },
    { "db.group_ops", CONF_INT, "128", 1, 1024, NULL, false,
      "SQLite: or when it has this many writes", NULL },
    { "db.slow_ms", CONF_INT, "100", 1, 60000, NULL, false, "Queries slower than this are logged",
      NULL },
    { "db.auto_migrate", CONF_BOOL, "on", 0, 0, NULL, false,
      "Apply migrations at start; in prod only `ainative migrate` does", NULL },
    { "store.min_free", CONF_SIZE, "256MiB", 0, INT64_C(1) << 40, NULL, false,
      "Disk space that writes must leave free", NULL },
    { "sandbox.program", CONF_TEXT, "", 0, 1000, NULL, false,
      "Path of ainative-sandbox; empty: next to this program", NULL },
    { "sandbox.pool", CONF_INT, "0", 0, 256, NULL, false, "Waiting boxes; 0: four a core", NULL },
    { "auth.hash_workers", CONF_INT, "2", 1, 4, NULL, false, "Password hashes at once", NULL },
    { "secret.master_file", CONF_TEXT, "", 0, 1000, NULL, false,
      "File of the master key; empty: master.key in the data folder", NULL },
    { "jobs.lease_s", CONF_INT, "60", 5, 3600, NULL, false,
      "A silent worker loses its job after this long", NULL },
    { "jobs.drain_s", CONF_INT, "25", 0, 600, NULL, true, "At stop, running jobs get this long",
      NULL },
    { "drain_delay_ms", CONF_INT, "0", 0, 60000, NULL, false,
      "Between not ready and no longer accepting, for balancers", NULL },
    { "log.level", CONF_WORD, "info", 0, 0, "debug|info|warn|error", true, "What is logged", NULL },
    { "log.format", CONF_WORD, "auto", 0, 0, "auto|json|text", false,
      "Lines for machines or people; auto: text on a terminal", NULL },
};
const size_t app_setting_count = COUNT_OF(app_settings);

/* What prod refuses, each with its own code (operations.md A6). */
static enum err prod_check(const struct conf *c, struct fail *f)
{
    if (!str_is(conf_text(c, "env"), "prod"))
        return ERR_OK;
    if (!conf_bool(c, "http.limits"))
        return FAIL(f, ERR_INPUT, "config.prod", "http.limits = off is refused in prod");
    if (str_is(conf_text(c, "log.level"), "debug"))
        return FAIL(f, ERR_INPUT, "config.prod", "log.level = debug is refused in prod");
    bool https = str_starts(conf_text(c, "instance.url"), STR("https://"));
    if (https && !conf_text(c, "http.trusted_proxies").len)
        return FAIL(f, ERR_INPUT, "config.prod",
                    "instance.url is https but http.trusted_proxies is empty");
    return ERR_OK;
}

enum err app_conf_load(const struct app_args *args, struct arena *a, struct conf **out,
                       struct fail *f)
{
    const struct conf_source source = { .file = args->file,
                                        .env = (const char *const *)environ,
                                        .flags = args->flags };
    TRY(conf_load(app_settings, app_setting_count, &source, a, out, f));
    return prod_check(*out, f);
}

struct str app_data_path(const struct conf *c, struct arena *a, const char *name)
{
    return arena_fmt(a, "%.*s/%s", STR_ARG(conf_text(c, "data")), name);
}
