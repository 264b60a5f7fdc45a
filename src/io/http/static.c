#include "base/hash.h"
#include "base/map.h"
#include "io/asset/asset.h"
#include "io/http/http_priv.h"

#include <stdlib.h>

enum variant { PLAIN, BROTLI, GZIP, VARIANT_COUNT };
static const struct {
    const char *suffix, *encoding;
} variants[] = { [PLAIN] = { "", NULL }, [BROTLI] = { ".br", "br" }, [GZIP] = { ".gz", "gzip" } };
static_assert(COUNT_OF(variants) == VARIANT_COUNT, "a suffix for each variant");

/* A file with its finished answers; libmicrohttpd counts their uses, any thread may queue them. */
struct file {
    struct str etag[VARIANT_COUNT];
    struct MHD_Response *full[VARIANT_COUNT], *unchanged[VARIANT_COUNT];
};
struct statics {
    struct http *http;
    struct arena arena;
    struct map files; /* "/assets/x.js" -> file */
    struct file *all;
    size_t count;
    struct file *index;
};

static const struct {
    const char *suffix, *type;
} types[] = {
    { ".html", "text/html; charset=utf-8" },
    { ".js", "text/javascript; charset=utf-8" },
    { ".mjs", "text/javascript; charset=utf-8" },
    { ".css", "text/css; charset=utf-8" },
    { ".json", "application/json" },
    { ".webmanifest", "application/manifest+json" },
    { ".svg", "image/svg+xml" },
    { ".png", "image/png" },
    { ".ico", "image/x-icon" },
    { ".woff2", "font/woff2" },
    { ".wasm", "application/wasm" },
    { ".txt", "text/plain; charset=utf-8" },
    { ".xml", "application/xml" },
};

static const char *type_of(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (str_ends(name, str_of(types[i].suffix)))
            return types[i].type;
    return "application/octet-stream";
}

static enum answer_class class_of(struct str path)
{
    /* the policy of a service worker governs what it may fetch: it needs the page's */
    if (str_ends(path, STR(".html")) || str_is(path, "/sw.js"))
        return CLASS_PAGE;
    return str_starts(path, STR("/run/")) ? CLASS_RUN : CLASS_ASSET;
}

static struct MHD_Response *file_answer(struct statics *s, struct str path, struct str data,
                                        enum variant v, struct str etag)
{
    enum answer_class class = class_of(path);
    struct MHD_Response *r = answer_make(s->http, class, data, type_of(path));
    bool hashed = str_starts(path, STR("/assets/"));
    if (class != CLASS_PAGE)
        answer_header(r, "Cache-Control",
                      hashed ? "public, max-age=31536000, immutable" : "no-cache");
    if (variants[v].encoding)
        answer_header(r, "Content-Encoding", variants[v].encoding);
    answer_header(r, "Vary", "Accept-Encoding");
    answer_header(r, "ETag", etag.ptr);
    return r;
}

static void variant_add(struct statics *s, struct file *f, struct str path, enum variant v,
                        struct str data)
{
    struct hash digest = hash_sha256(data);
    struct str hex = str_head(hash_hex(&s->arena, &digest), 20);
    f->etag[v] = arena_fmt(&s->arena, "\"%.*s\"", STR_ARG(hex));
    f->full[v] = file_answer(s, path, data, v, f->etag[v]);
    f->unchanged[v] = file_answer(s, path, STR(""), v, f->etag[v]);
}

/* "app.js.br" is "app.js" in another coding. */
static enum variant variant_of(struct str *name)
{
    for (unsigned v = BROTLI; v < VARIANT_COUNT; v++) {
        struct str suffix = str_of(variants[v].suffix);
        if (str_ends(*name, suffix)) {
            *name = str_head(*name, name->len - suffix.len);
            return (enum variant)v;
        }
    }
    return PLAIN;
}

static void file_add(struct statics *s, struct str name, struct str data)
{
    enum variant v = variant_of(&name);
    struct str path = arena_fmt(&s->arena, "/%.*s", STR_ARG(name));
    struct file *f = map_get(&s->files, path);
    if (!f) {
        f = &s->all[s->count++];
        map_set(&s->files, path, f);
        if (str_is(path, "/index.html")) {
            s->index = f;
            map_set(&s->files, STR("/"), f);
        }
    }
    if (!f->full[v])
        variant_add(s, f, path, v, data);
}

static const struct str dist = STR_INIT("web/dist/");

static size_t asset_total(const struct http_conf *conf)
{
    struct str name, data;
    size_t n = 0;
    if (conf->assets)
        return conf->asset_count;
    for (size_t i = asset_first(dist);
         i != SIZE_MAX && asset_at(i, &name, &data) && str_starts(name, dist); i++)
        n++;
    return n;
}

struct statics *statics_load(struct http *h)
{
    struct statics *s = calloc(1, sizeof *s);
    uint8_t key[16];
    struct str name, data;
    if (!s)
        abort();
    s->http = h;
    env_random(h->conf.env, key, sizeof key);
    map_init(&s->files, &s->arena, key);
    size_t total = asset_total(&h->conf);
    s->all = ARENA_ARRAY(&s->arena, struct file, total);
    for (size_t i = 0; h->conf.assets && i < total; i++)
        file_add(s, h->conf.assets[i].path, h->conf.assets[i].data);
    for (size_t i = h->conf.assets ? SIZE_MAX : asset_first(dist);
         i != SIZE_MAX && asset_at(i, &name, &data) && str_starts(name, dist); i++)
        file_add(s, str_from(name, dist.len), data);
    return s;
}

void statics_free(struct statics *s)
{
    for (size_t i = 0; s && i < s->count; i++)
        for (size_t v = 0; v < VARIANT_COUNT; v++)
            if (s->all[i].full[v]) {
                MHD_destroy_response(s->all[i].full[v]);
                MHD_destroy_response(s->all[i].unchanged[v]);
            }
    if (s)
        arena_release(&s->arena);
    free(s);
}

/* An address of the app that only its router knows. */
static bool page_address(const struct exchange *x)
{
    static const char *const closed[] = { "/api/", "/health/", "/assets/", "/openapi.json",
                                          "/metrics" };
    for (size_t i = 0; i < COUNT_OF(closed); i++)
        if (str_starts(x->path, str_of(closed[i])))
            return false;
    return http_wants_page(x->head.v[HEAD_ACCEPT]);
}

static enum variant best_variant(const struct exchange *x, const struct file *f)
{
    unsigned takes = http_encodings(x->head.v[HEAD_ACCEPT_ENCODING]);
    if ((takes & ENCODING_BR) && f->full[BROTLI])
        return BROTLI;
    return (takes & ENCODING_GZIP) && f->full[GZIP] ? GZIP : PLAIN;
}

bool statics_answer(struct exchange *x)
{
    const struct statics *s = x->http->statics;
    const struct file *f = map_get(&s->files, x->path);
    if (!f && s->index && page_address(x))
        f = s->index;
    if (!f)
        return false;
    enum variant v = best_variant(x, f);
    if (!f->full[v])
        return false; /* only a compressed form, which this client does not take */
    struct str seen = x->head.v[HEAD_IF_NONE_MATCH];
    bool unchanged = seen.ptr && http_etag_listed(seen, f->etag[v]);
    x->response = unchanged ? f->unchanged[v] : f->full[v];
    x->status = unchanged ? 304 : 200;
    x->shared = true;
    return true;
}
