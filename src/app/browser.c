#include "app/app.h"
#include "base/json.h"

/* What browsers report by themselves: violations of the content security policy, crashes. Anybody
 * may send such a report, so nothing of it is answered, kept or believed: one line of the log says
 * what kind it is and which directive it names, when these are plain words. */

enum { REPORT_BYTES = 16 * 1024, WORD_MAX = 40 };
static const struct json_limits limits = { REPORT_BYTES, 16, 2000 };

static struct str plain_word(struct str s)
{
    bool plain = s.len > 0 && s.len <= WORD_MAX;
    for (size_t i = 0; plain && i < s.len; i++)
        plain = (s.ptr[i] >= 'a' && s.ptr[i] <= 'z') || s.ptr[i] == '-';
    return plain ? s : STR("other");
}

/* The first of a list (Reporting API), or the one a policy's report-uri gets. */
static void log_report(const struct log *l, const struct json *report)
{
    bool list = report->type == JS_LIST;
    const struct json none = { .type = JS_NULL };
    const struct json *first = list ? (report->count ? report->items : &none) : report;
    const struct json *csp = json_get(first, "csp-report");
    struct str kind = csp ? STR("csp-violation") : json_text(json_get(first, "type"));
    struct str directive = csp ? json_text(json_get(csp, "effective-directive"))
                               : json_text(json_get(json_get(first, "body"), "effectiveDirective"));
    LOG(l, LOG_WARN, "browser.report", LOG_S("kind", plain_word(kind)),
        LOG_S("directive", plain_word(directive)),
        LOG_I("reports", list ? (int64_t)report->count : 1));
}

static enum err report_post(struct http_req *req, struct http_res *res, struct fail *f)
{
    struct json report;
    TRY(json_parse(req->body, &limits, req->arena, &report, f));
    if (report.type != JS_LIST && report.type != JS_OBJECT)
        return FAIL(f, ERR_INPUT, "validation.failed", "a report is an object or a list");
    log_report(req->log, &report);
    res->status = 204;
    return ERR_OK;
}

const struct http_route browser_routes[] = {
    { .method = HTTP_POST,
      .path = "/api/v1/browser-reports",
      .who = "P",
      .rate = RATE_REPORT,
      .body_max = REPORT_BYTES,
      .in = &api_nothing,
      .query = &api_nothing,
      .out = &api_nothing,
      .flags = HTTP_REPORT,
      .handle = report_post,
      .doc = "What a browser reports by itself: a violation of the content security policy, a "
             "crash" },
};
const size_t browser_route_count = COUNT_OF(browser_routes);
