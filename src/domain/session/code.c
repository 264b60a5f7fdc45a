#include "base/num.h"
#include "domain/session/session_priv.h"

static bool path_ok(struct str path)
{
    if (path.len < 1 || path.len > PATH_BYTES_MAX || path.ptr[0] == '/' ||
        path.ptr[path.len - 1] == '/')
        return false;
    for (size_t i = 0; i < path.len; i++)
        if ((unsigned char)path.ptr[i] < 0x20 || path.ptr[i] == '\\' || path.ptr[i] == ':')
            return false;
    struct str rest = path;
    while (rest.len) {
        struct str part = str_take_until(&rest, '/');
        if (!part.len || str_is(part, ".") || str_is(part, ".."))
            return false;
    }
    return true;
}

enum err code_check(const struct code *code, struct fail *f)
{
    size_t bytes = 0;
    if (code->n < 1 || code->n > CODE_FILES_MAX)
        return FAIL(f, ERR_INPUT, "workspace.files", "%zu files, 1 to %d allowed", code->n,
                    CODE_FILES_MAX);
    for (size_t i = 0; i < code->n; i++) {
        if (!path_ok(code->files[i].path))
            return FAIL(f, ERR_INPUT, "workspace.files",
                        "file %zu: the path is not plain and relative", i);
        for (size_t k = 0; k < i; k++)
            if (str_eq(code->files[k].path, code->files[i].path))
                return FAIL(f, ERR_INPUT, "workspace.files", "file %zu: the path is there twice",
                            i);
        bytes += code->files[i].text.len;
    }
    if (bytes > CODE_BYTES_MAX)
        return FAIL(f, ERR_INPUT, "workspace.files", "%zu bytes, %d allowed", bytes,
                    CODE_BYTES_MAX);
    return ERR_OK;
}

bool code_same(const struct code *a, const struct code *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (!str_eq(a->files[i].path, b->files[i].path) ||
            !str_eq(a->files[i].text, b->files[i].text))
            return false;
    return true;
}

/* Salted, so that a tree can be erased: nobody can guess a text from its hash. */
struct hash code_tree_hash(struct str salt, const struct code *code)
{
    AUTO_ARENA a = { 0 };
    struct str *parts = ARENA_ARRAY(&a, struct str, 1 + code->n * 2);
    size_t n = 0;
    parts[n++] = salt;
    for (size_t i = 0; i < code->n; i++) {
        struct hash h = hash_sha256(code->files[i].text);
        parts[n++] =
            arena_fmt(&a, "%zu:%.*s", code->files[i].path.len, STR_ARG(code->files[i].path));
        parts[n++] = arena_dup(&a, hash_bytes(&h));
    }
    return hash_sha256_parts(parts, n);
}

struct str code_manifest(struct arena *a, const struct code *code, const struct hash *names)
{
    AUTO_BUF b = { .max = 65'536 };
    buf_putc(&b, '[');
    for (size_t i = 0; i < code->n; i++) {
        buf_put(&b, i ? STR(",{\"path\":") : STR("{\"path\":"));
        json_put_text(&b, code->files[i].path);
        buf_putf(&b, ",\"sha256\":\"%.*s\",\"bytes\":%zu}", STR_ARG(hash_hex(a, &names[i])),
                 code->files[i].text.len);
    }
    buf_putc(&b, ']');
    assert(!b.truncated); /* 50 files with paths of 200 bytes stay far below */
    return arena_dup(a, buf_str(&b));
}

enum err code_of_manifest(struct db_conn *c, struct str tenant, struct str manifest,
                          struct arena *a, struct code *out, struct fail *f)
{
    struct json j;
    TRY(json_parse(manifest, &json_limits_api, a, &j, f));
    *out = (struct code){ ARENA_ARRAY(a, struct code_file, j.count), j.count };
    for (size_t i = 0; i < j.count; i++) {
        struct str raw;
        struct hash name;
        if (!hex_decode(a, json_text(json_get(&j.items[i], "sha256")), &raw) ||
            !hash_from_bytes(raw, &name))
            return FAIL(f, ERR_IO, "internal", "a snapshot's manifest is damaged");
        out->files[i].path = json_text(json_get(&j.items[i], "path"));
        TRY(blob_get(c, tenant, &name, a, &out->files[i].text, f));
    }
    return ERR_OK;
}

/* One range replaced: UTF-16 positions of the text as the ranges before left it. */
static bool replace_range(struct arena *a, const struct json *change, struct str inserted,
                          struct str *doc)
{
    if (!json_is(change, JS_LIST) || change->count != 3)
        return false;
    int64_t from = json_int(&change->items[0], -1), deleted = json_int(&change->items[1], -1);
    int64_t length = json_int(&change->items[2], -1), end = 0;
    if (from < 0 || deleted < 0 || !i64_add(from, deleted, &end) ||
        length != num_i64(utf8_utf16_len(inserted)))
        return false;
    size_t start = utf8_byte_of_utf16(*doc, num_size(from)),
           stop = utf8_byte_of_utf16(*doc, num_size(end));
    if (start == SIZE_MAX || stop == SIZE_MAX)
        return false;
    char *p = arena_alloc(a, doc->len - (stop - start) + inserted.len + 1, 1);
    size_t n = start + inserted.len;
    if (start)
        memcpy(p, doc->ptr, start);
    if (inserted.len)
        memcpy(p + start, inserted.ptr, inserted.len);
    if (doc->len > stop)
        memcpy(p + n, doc->ptr + stop, doc->len - stop);
    *doc = (struct str){ p, n + (doc->len - stop) };
    return true;
}

bool code_apply(struct arena *a, const struct json *payload, const struct json *text,
                struct str *doc)
{
    const struct json *changes = json_get(payload, "changes"),
                      *inserted = json_get(text, "inserted");
    struct str now = *doc;
    if (!json_is(changes, JS_LIST) || !json_is(inserted, JS_LIST) ||
        changes->count != inserted->count)
        return false;
    for (size_t i = 0; i < changes->count; i++)
        if (!replace_range(a, &changes->items[i], json_text(&inserted->items[i]), &now))
            return false;
    if (json_int(json_get(payload, "len_after"), -1) != num_i64(utf8_utf16_len(now)))
        return false;
    *doc = now;
    return true;
}
