/* A package: which files it may have, its hash, and the way from files to struct exercise. */
#include "base/hash.h"
#include "base/num.h"
#include "domain/exercise/exercise_priv.h"
#include "io/asset/asset.h"

#include <stdlib.h>

const struct folder_file *package_find(const struct package *p, struct str path)
{
    for (size_t i = 0; i < p->file_count; i++)
        if (str_eq(p->files[i].path, path))
            return &p->files[i];
    return NULL;
}

static bool path_plain(struct str path)
{
    if (!path.len || path.len > 200 || path.ptr[0] == '/')
        return false;
    for (size_t i = 0; i < path.len; i++)
        if ((unsigned char)path.ptr[i] < 0x20 || path.ptr[i] == '\\' || path.ptr[i] == 0x7f)
            return false;
    struct str rest = path;
    while (rest.len) {
        struct str part = str_take_until(&rest, '/');
        if (!part.len || str_is(part, ".") || str_is(part, ".."))
            return false;
    }
    return !str_ends(path, STR("/"));
}

static bool path_known(struct str path)
{
    static const char *const roots[] = { "starter/", "solution/", "wrong/", "tests/", "media/" };
    if (str_is(path, "exercise.yaml") || str_is(path, "statement.es.md") ||
        str_is(path, "statement.en.md"))
        return true;
    for (size_t i = 0; i < COUNT_OF(roots); i++)
        if (str_starts(path, str_of(roots[i])))
            return true;
    return false;
}

enum err package_paths(struct package *p)
{
    size_t total = 0;
    if (p->file_count > PACKAGE_FILES)
        return PACKAGE_WRONG(p, "%zu files, at most %d", p->file_count, PACKAGE_FILES);
    for (size_t i = 0; i < p->file_count; i++) {
        const struct folder_file *file = &p->files[i];
        size_t max = str_starts(file->path, STR("media/")) ? (size_t)PACKAGE_MEDIA_BYTES
                                                           : (size_t)PACKAGE_FILE_BYTES;
        total += file->data.len;
        if (!path_plain(file->path) || !path_known(file->path))
            return PACKAGE_WRONG(p, "%.*s: not a file of a package", STR_ARG(file->path));
        if (i && str_cmp(p->files[i - 1].path, file->path) >= 0)
            return PACKAGE_WRONG(p, "%.*s: files are not sorted", STR_ARG(file->path));
        if (file->data.len > max)
            return PACKAGE_WRONG(p, "%.*s: %zu bytes, at most %zu", STR_ARG(file->path),
                                 file->data.len, max);
        if (total > PACKAGE_BYTES)
            return PACKAGE_WRONG(p, "%.*s: %zu bytes with the files before, at most %d",
                                 STR_ARG(file->path), total, PACKAGE_BYTES);
    }
    return ERR_OK;
}

struct str package_hash(struct package *p)
{
    AUTO_BUF b = { .max = 1 << 20 };
    buf_putc(&b, '[');
    for (size_t i = 0; i < p->file_count; i++) {
        struct hash h = hash_sha256(p->files[i].data);
        buf_put(&b, i ? STR(",[") : STR("["));
        json_put_text(&b, p->files[i].path);
        buf_putf(&b, ",\"%s\"]", hash_hex(p->a, &h).ptr);
    }
    buf_putc(&b, ']');
    assert(!b.truncated); /* 400 paths of 200 bytes fit */
    struct hash all = hash_sha256(buf_str(&b));
    return arena_dup(p->a, hash_bytes(&all));
}

static enum err statement(struct package *p, const char *path, struct str *out)
{
    const struct folder_file *file = package_find(p, str_of(path));
    if (!file || !str_trim(file->data).len)
        return PACKAGE_WRONG(p, "%s is missing or empty", path);
    if (file->data.len > PACKAGE_STATEMENT_BYTES)
        return PACKAGE_WRONG(p, "%s: %zu bytes, at most %d", path, file->data.len,
                             PACKAGE_STATEMENT_BYTES);
    if (!utf8_valid(file->data))
        return PACKAGE_WRONG(p, "%s: not UTF-8", path);
    *out = file->data;
    return ERR_OK;
}

enum err exercise_from_files(struct str slug, const struct folder_file *files, size_t n,
                             struct arena *a, struct exercise **out, struct fail *f)
{
    struct exercise *x = ARENA_NEW(a, struct exercise);
    struct package p = { .a = a, .f = f, .x = x, .files = files, .file_count = n };
    TRY(package_paths(&p));
    const struct folder_file *yaml = package_find(&p, STR("exercise.yaml"));
    if (!yaml)
        return PACKAGE_WRONG(&p, "exercise.yaml is missing");
    struct json *manifest = ARENA_NEW(a, struct json);
    TRY(yaml_parse(yaml->data, a, manifest, f));
    if (!str_eq(json_text(json_get(manifest, "id")), slug))
        return PACKAGE_WRONG(&p, "id: must be the name of the folder, %.*s", STR_ARG(slug));
    x->slug = slug;
    TRY(statement(&p, "statement.es.md", &x->statement.es));
    TRY(statement(&p, "statement.en.md", &x->statement.en));
    TRY(package_manifest(&p, manifest));
    TRY(package_programs(&p));
    x->package = files;
    x->package_count = n;
    x->content_hash = package_hash(&p);
    *out = x;
    return ERR_OK;
}

enum err exercise_from_folder(struct str path, struct arena *a, struct exercise **out,
                              struct fail *f)
{
    static const struct folder_limits limits = { .files = PACKAGE_FILES,
                                                 .file_bytes = PACKAGE_FILE_BYTES,
                                                 .total_bytes = PACKAGE_BYTES,
                                                 .depth = 8 };
    struct folder_file *files;
    size_t n;
    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    struct str slug = path;
    for (size_t i = path.len; i > 0; i--)
        if (path.ptr[i - 1] == '/') {
            slug = str_from(path, i);
            break;
        }
    TRY(folder_read(path, &limits, a, &files, &n, f));
    return exercise_from_files(arena_dup(a, slug), files, n, a, out, f);
}

enum err exercise_from_assets(struct str slug, struct arena *a, struct exercise **out,
                              struct fail *f)
{
    struct str root = arena_fmt(a, PACKAGE_ROOT "%.*s/", STR_ARG(slug)), name, data;
    size_t first = asset_first(root), n = 0;
    if (first == SIZE_MAX)
        return FAIL(f, ERR_NOT_FOUND, "exercise.unknown", "no package %.*s", STR_ARG(slug));
    while (asset_at(first + n, &name, &data) && str_starts(name, root))
        n++;
    struct folder_file *files = ARENA_ARRAY(a, struct folder_file, n);
    for (size_t i = 0; i < n; i++) {
        bool there = asset_at(first + i, &name, &data);
        assert(there);
        files[i] = (struct folder_file){ .path = str_from(name, root.len), .data = data };
    }
    return exercise_from_files(arena_dup(a, slug), files, n, a, out, f);
}

void exercise_slugs(struct arena *a, const struct str **out, size_t *n)
{
    struct str name, data, last = { 0 };
    size_t first = asset_first(STR(PACKAGE_ROOT)), cap = 0, count = 0;
    for (size_t i = first;
         first != SIZE_MAX && asset_at(i, &name, &data) && str_starts(name, STR(PACKAGE_ROOT)); i++)
        cap++;
    struct str *slugs = ARENA_ARRAY(a, struct str, cap);
    for (size_t i = 0; i < cap; i++) {
        bool there = asset_at(first + i, &name, &data);
        assert(there);
        struct str rest = str_from(name, strlen(PACKAGE_ROOT));
        struct str slug = str_take_until(&rest, '/');
        if (rest.len && !str_eq(slug, last))
            slugs[count++] = last = slug;
    }
    *out = slugs;
    *n = count;
}
