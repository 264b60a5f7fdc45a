#include "io/blob/blob.h"

#include "base/num.h"

static const struct db_query put = { "blob.put",
                                     "INSERT INTO blobs (tenant_id, sha256, bytes, media_type, "
                                     "place, body, created_at) VALUES ($1, $2, $3, $4, 'inline', "
                                     "$5, $6) ON CONFLICT (tenant_id, sha256) DO NOTHING",
                                     false, 0 };
static const struct db_query get = { "blob.get",
                                     "SELECT body FROM blobs WHERE tenant_id = $1 AND sha256 = $2",
                                     true, 1 };

enum err blob_put(struct db_tx *tx, const struct env *env, struct str content,
                  const char *media_type, struct hash *name, struct fail *f)
{
    if (content.len > BLOB_MAX)
        return FAIL(f, ERR_TOO_LARGE, "request.too_large", "%zu bytes of content", content.len);
    *name = hash_sha256(content);
    return db_exec(tx, &put,
                   DB_ARGS(db_text(db_tx_tenant(tx)), db_bytes(hash_bytes(name)),
                           db_int(num_i64(content.len)), db_text(str_of(media_type)),
                           db_bytes(content), db_int(env_now(env))),
                   NULL, f);
}

enum err blob_get(struct db_conn *c, struct str tenant, const struct hash *name, struct arena *a,
                  struct str *content, struct fail *f)
{
    struct db_rows rows;
    TRY(db_one(c, &get, DB_ARGS(db_text(tenant), db_bytes(hash_bytes(name))), a, &rows, f));
    *content = db_cell_text(&rows, 0, 0);
    return ERR_OK;
}
