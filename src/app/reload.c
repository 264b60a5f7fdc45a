#include "app/app.h"

/* What SIGHUP does (operations.md A5): the settings are read again, the reloadable ones take
 * effect, the others are named, and what cannot be read changes nothing. */

void app_live_apply(struct app *app)
{
    enum log_level level = LOG_INFO;
    bool known = log_level_named(conf_text(app->live, "log.level"), &level);
    assert(known); /* the table of settings lists the same words */
    (void)known;
    log_level_set(&app->log, level);
}

/* Against what the process began with: a second reload says again what still waits for a restart.
 */
static void tell_waiting(const struct app *app, const struct conf *now)
{
    size_t at = 0;
    for (const struct conf_key *k; (k = conf_changed(app->conf, now, &at));)
        if (!k->reloadable)
            LOG(&app->log, LOG_WARN, "config.restart_needed", LOG_C("key", k->name));
}

void app_reload(struct app *app, const struct app_args *args)
{
    struct arena fresh = { 0 };
    struct fail f = { 0 };
    struct conf *now = NULL;
    if (app_conf_load(args, &fresh, &now, &f)) {
        log_fail(&app->log, "config.reload_failed", &f);
        app_reload_metric(app->metrics, false);
        arena_release(&fresh);
        return;
    }
    app->live = now;
    app_live_apply(app);
    arena_release(&app->live_arena); /* of the reload before */
    app->live_arena = fresh;
    LOG(&app->log, LOG_INFO, "config.reloaded", LOG_S("level", conf_text(now, "log.level")));
    tell_waiting(app, now);
    app_reload_metric(app->metrics, true);
}
