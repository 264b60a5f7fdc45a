/* What only SQLite has: settings, one writer, a disk that fails. */
#include "base/buf.h"
#include "io/db/lite.h"
#include "support/db_fixture.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- settings --- */
struct setting {
    const char *sql;
    int64_t want;
};
static const struct setting everywhere[] = {
    { "PRAGMA synchronous", 2 },        { "PRAGMA foreign_keys", 1 },
    { "PRAGMA busy_timeout", 5000 },    { "PRAGMA trusted_schema", 0 },
    { "PRAGMA cell_size_check", 1 },    { "PRAGMA temp_store", 2 },
    { "PRAGMA wal_autocheckpoint", 0 }, { "PRAGMA auto_vacuum", 2 },
};

static void check_settings(sqlite3 *h)
{
    int defensive = 0, loading = 1;
    for (size_t i = 0; i < COUNT_OF(everywhere); i++) {
        sqlite3_stmt *s = NULL;
        CHECK_INT(sqlite3_prepare_v2(h, everywhere[i].sql, -1, &s, NULL), SQLITE_OK);
        int rc = sqlite3_step(s);
        /* the writer's own wal hook stands where the automatic one would be: no row or 0 */
        int64_t got = rc == SQLITE_ROW ? sqlite3_column_int64(s, 0) : 0;
        (void)sqlite3_finalize(s);
        CHECK_INT(got, everywhere[i].want);
    }
    CHECK_INT(sqlite3_db_config(h, SQLITE_DBCONFIG_DEFENSIVE, -1, &defensive), SQLITE_OK);
    CHECK_INT(sqlite3_db_config(h, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, -1, &loading), SQLITE_OK);
    CHECK(defensive == 1 && loading == 0);
}

static void text_setting(sqlite3 *h, const char *sql, const char *want)
{
    sqlite3_stmt *s = NULL;
    CHECK_INT(sqlite3_prepare_v2(h, sql, -1, &s, NULL), SQLITE_OK);
    CHECK_INT(sqlite3_step(s), SQLITE_ROW);
    CHECK_STR(str_of((const char *)sqlite3_column_text(s, 0)), want);
    (void)sqlite3_finalize(s);
}

TEST(connections_have_the_settings_of_operations_b1)
{
    struct fail f = { 0 };
    struct db *db = fixture_open(DB_SQLITE);
    struct db_conn *c = NULL;
    CHECK_INT(db_conn_open(db, &c, &f), ERR_OK);
    sqlite3 *reader = ((struct lite_conn *)c)->h, *writer = ((struct lite *)db)->writer->h;
    check_settings(reader);
    check_settings(writer);
    text_setting(reader, "PRAGMA journal_mode", "wal");
    text_setting(writer, "PRAGMA journal_mode", "wal");
    text_setting(reader, "PRAGMA mmap_size", "0");
    text_setting(reader, "PRAGMA query_only", "1");
    db_conn_close(c);
    fixture_close(db);
}

/* --- one that serves --- */
TEST(a_file_is_served_by_one_process_and_used_by_any_number)
{
    struct fail f = { 0 };
    struct db_conf conf = fixture_conf(DB_SQLITE, true);
    struct db *command = NULL, *server = NULL, *second = NULL;
    CHECK_INT(db_open(&command, &conf, &f), ERR_OK);
    conf.serves = true;
    CHECK_INT(db_open(&server, &conf, &f), ERR_OK);
    CHECK_INT(db_open(&second, &conf, &f), ERR_CONFLICT);
    CHECK_STR(str_of(f.hint), "db.served");
    db_close(server);
    CHECK_INT(db_open(&second, &conf, &f), ERR_OK); /* the lock goes with its holder */
    db_close(second);
    db_close(command);
}

TEST(the_file_is_private_and_every_table_strict)
{
    struct fail f = { 0 };
    struct db_conf conf = fixture_conf(DB_SQLITE, false);
    struct db *db = NULL;
    struct stat s;
    CHECK_INT(db_open(&db, &conf, &f), ERR_OK);
    CHECK_INT(db_migrate(db, &f), ERR_OK);
    CHECK_INT(stat(((struct lite *)db)->path, &s), 0);
    CHECK_INT(s.st_mode & 0777, 0600);
    text_setting(((struct lite *)db)->writer->h,
                 "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' "
                 "AND strict = 0 AND name NOT LIKE 'sqlite_%'",
                 "0");
    db_close(db);
}

/* --- the queue --- */
static enum err put(struct db *db, const char *name, struct fail *f)
{
    char sql[128];
    (void)snprintf(sql, sizeof sql,
                   "INSERT INTO leases (name, owner, fence, until) VALUES ('%s', 'x', 1, 1)", name);
    return fixture_exec(db, TENANT_A, sql, f);
}

static enum err wait_for_gate(struct db_tx *, void *arg, struct fail *)
{
    (void)pthread_mutex_lock(arg);
    (void)pthread_mutex_unlock(arg);
    return ERR_OK;
}

static enum err nothing(struct db_tx *, void *, struct fail *)
{
    return ERR_OK;
}

static void put_unit(struct lite *l, struct lite_unit *u, db_unit *fn, void *arg)
{
    static struct fail f; /* of units that succeed */
    *u = (struct lite_unit){ .fn = fn, .arg = arg, .tenant = TENANT_A, .f = &f };
    CHECK_INT(writer_put(l, u, &f), ERR_OK);
}

/* --- readers --- */
static int64_t leases_seen(struct db_conn *c)
{
    static const struct db_query q = { .name = "t.count",
                                       .sql = "SELECT count(*) FROM leases",
                                       .max_rows = 1 };
    struct fail f = { 0 };
    int64_t n = -1;
    CHECK_INT(db_one_int(c, &q, NULL, 0, &n, &f), ERR_OK);
    return n;
}

TEST(a_reader_sees_one_state_until_it_rests)
{
    struct fail f = { 0 };
    struct db *db = fixture_open(DB_SQLITE);
    struct db_conn *c = NULL;
    CHECK_INT(db_conn_open(db, &c, &f), ERR_OK);
    db_conn_snapshot(c);
    CHECK_INT(leases_seen(c), 0);
    CHECK_INT(put(db, "one", &f), ERR_OK);
    CHECK_INT(leases_seen(c), 0);
    db_conn_rest(c);
    CHECK_INT(leases_seen(c), 1);
    CHECK_INT(put(db, "two", &f), ERR_OK);
    CHECK_INT(leases_seen(c), 2);
    db_conn_snapshot(c);
    CHECK_INT(put(db, "three", &f), ERR_OK);
    CHECK_INT(leases_seen(c), 3); /* it begins with the first query */
    db_conn_rest(c);
    db_conn_rest(c);
    db_conn_close(c);
    fixture_close(db);
}

struct waits {
    int begun, ended;
};

static void note_wait(void *arg, bool waits)
{
    struct waits *w = arg;
    w->begun += waits;
    w->ended += !waits;
}

TEST(a_thread_is_told_when_it_waits_for_its_unit)
{
    struct fail f = { 0 };
    struct db *db = fixture_open(DB_SQLITE);
    struct waits w = { 0 };
    db_thread_waits(note_wait, &w);
    CHECK_INT(put(db, "one", &f), ERR_OK);
    CHECK_INT(put(db, "one", &f), ERR_CONFLICT);
    db_thread_waits(NULL, NULL);
    CHECK_INT(put(db, "two", &f), ERR_OK);
    CHECK_INT(w.begun, 2);
    CHECK_INT(w.ended, 2);
    fixture_close(db);
}

TEST(a_full_queue_says_busy_and_when_to_come_back)
{
    struct fail f = { 0 };
    struct db *db = fixture_open(DB_SQLITE);
    struct lite *l = (struct lite *)db;
    AUTO_ARENA a = { 0 };
    struct lite_unit *units = ARENA_ARRAY(&a, struct lite_unit, LITE_QUEUE_MAX + 1);
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    (void)pthread_mutex_lock(&gate);
    put_unit(l, &units[0], wait_for_gate, &gate);
    while (db_health(db).writer_queue) /* until the writer has it */
        ;
    for (size_t i = 1; i <= LITE_QUEUE_MAX; i++)
        put_unit(l, &units[i], nothing, NULL);
    CHECK_INT(db_health(db).writer_queue, LITE_QUEUE_MAX);
    CHECK_INT(put(db, "late", &f), ERR_BUSY);
    CHECK_INT(f.retry_after_s, 1);
    (void)pthread_mutex_unlock(&gate);
    for (size_t i = 0; i <= LITE_QUEUE_MAX; i++)
        bell_wait(units[i].bell, &units[i].done);
    CHECK_INT(put(db, "late", &f), ERR_OK);
    fixture_close(db);
}

/* --- a disk that fails --- */
/* A VFS between SQLite and the real one, whose writes and syncs of the write-ahead log fail on
 * order. Test state: one executable, and the flags are only changed while no unit runs. */
struct shim_file {
    sqlite3_file base;
    sqlite3_file *real;
    bool wal;
};
static sqlite3_vfs shim;
static sqlite3_vfs *real_vfs;
static atomic_int sync_error, write_error;

static sqlite3_file *real_of(sqlite3_file *f)
{
    return ((struct shim_file *)f)->real;
}
static int shim_close(sqlite3_file *f)
{
    int rc = real_of(f)->pMethods->xClose(real_of(f));
    sqlite3_free(real_of(f));
    return rc;
}
static int shim_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    return real_of(f)->pMethods->xRead(real_of(f), p, n, at);
}
static int shim_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    int e = ((struct shim_file *)f)->wal ? atomic_load(&write_error) : 0;
    return e ? e : real_of(f)->pMethods->xWrite(real_of(f), p, n, at);
}
static int shim_truncate(sqlite3_file *f, sqlite3_int64 n)
{
    return real_of(f)->pMethods->xTruncate(real_of(f), n);
}
static int shim_sync(sqlite3_file *f, int flags)
{
    int e = ((struct shim_file *)f)->wal ? atomic_load(&sync_error) : 0;
    return e ? e : real_of(f)->pMethods->xSync(real_of(f), flags);
}
static int shim_size(sqlite3_file *f, sqlite3_int64 *n)
{
    return real_of(f)->pMethods->xFileSize(real_of(f), n);
}
static int shim_lock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xLock(real_of(f), level);
}
static int shim_unlock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xUnlock(real_of(f), level);
}
static int shim_reserved(sqlite3_file *f, int *out)
{
    return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out);
}
static int shim_control(sqlite3_file *f, int op, void *arg)
{
    return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}
static int shim_sector(sqlite3_file *f)
{
    return real_of(f)->pMethods->xSectorSize(real_of(f));
}
static int shim_traits(sqlite3_file *f)
{
    return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}
static int shim_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
    return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, out);
}
static int shim_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
    return real_of(f)->pMethods->xShmLock(real_of(f), at, n, flags);
}
static void shim_shm_barrier(sqlite3_file *f)
{
    real_of(f)->pMethods->xShmBarrier(real_of(f));
}
static int shim_shm_unmap(sqlite3_file *f, int remove)
{
    return real_of(f)->pMethods->xShmUnmap(real_of(f), remove);
}

static const sqlite3_io_methods shim_methods = {
    .iVersion = 2,
    .xClose = shim_close,
    .xRead = shim_read,
    .xWrite = shim_write,
    .xTruncate = shim_truncate,
    .xSync = shim_sync,
    .xFileSize = shim_size,
    .xLock = shim_lock,
    .xUnlock = shim_unlock,
    .xCheckReservedLock = shim_reserved,
    .xFileControl = shim_control,
    .xSectorSize = shim_sector,
    .xDeviceCharacteristics = shim_traits,
    .xShmMap = shim_shm_map,
    .xShmLock = shim_shm_lock,
    .xShmBarrier = shim_shm_barrier,
    .xShmUnmap = shim_shm_unmap,
};

static int shim_open(sqlite3_vfs *, sqlite3_filename name, sqlite3_file *f, int flags, int *out)
{
    struct shim_file *s = (struct shim_file *)f;
    *s = (struct shim_file){ .real = sqlite3_malloc(real_vfs->szOsFile),
                             .wal = (flags & SQLITE_OPEN_WAL) != 0 };
    int rc = real_vfs->xOpen(real_vfs, name, s->real, flags, out);
    if (rc == SQLITE_OK)
        s->base.pMethods = &shim_methods;
    else
        sqlite3_free(s->real);
    return rc;
}

static struct db *open_on_shim(int64_t min_free)
{
    struct fail f = { 0 };
    struct db *db = NULL;
    struct db_conf conf = fixture_conf(DB_SQLITE, true);
    conf.min_free = min_free;
    atomic_store(&sync_error, 0);
    atomic_store(&write_error, 0);
    if (!real_vfs) {
        real_vfs = sqlite3_vfs_find(NULL);
        shim = *real_vfs;
        shim.zName = "shim";
        shim.szOsFile = sizeof(struct shim_file);
        shim.xOpen = shim_open;
    }
    CHECK_INT(sqlite3_vfs_register(&shim, 1), SQLITE_OK);
    CHECK_INT(db_open(&db, &conf, &f), ERR_OK);
    CHECK_INT(sqlite3_vfs_register(real_vfs, 1), SQLITE_OK);
    return db;
}

static int64_t count(struct db *db)
{
    return fixture_int(db, TENANT_A, "SELECT count(*) FROM leases");
}

TEST(a_failed_sync_makes_the_store_read_only_until_the_next_start)
{
    struct fail f = { 0 };
    struct db *db = open_on_shim(0);
    CHECK_INT(put(db, "one", &f), ERR_OK);
    atomic_store(&sync_error, SQLITE_IOERR_FSYNC);
    CHECK_INT(put(db, "two", &f), ERR_IO);
    atomic_store(&sync_error, 0);
    CHECK_INT(put(db, "three", &f), ERR_IO); /* the disk is well again */
    CHECK(!db_health(db).writable);
    CHECK_INT(count(db), 1);
    fixture_close(db);
}

TEST(a_full_disk_refuses_writes_and_takes_them_again_later)
{
    struct fail f = { 0 };
    struct db *db = open_on_shim(0);
    CHECK_INT(put(db, "one", &f), ERR_OK);
    atomic_store(&write_error, SQLITE_FULL);
    CHECK_INT(put(db, "two", &f), ERR_FULL);
    CHECK_STR(str_of(f.hint), "store_full");
    CHECK_INT(count(db), 1);
    atomic_store(&write_error, 0);
    CHECK_INT(put(db, "two", &f), ERR_OK);
    CHECK(db_health(db).writable);
    CHECK_INT(count(db), 2);
    fixture_close(db);
}

TEST(writes_stop_before_the_disk_is_full)
{
    struct fail f = { 0 };
    struct db *db = open_on_shim(INT64_MAX / 4);
    CHECK(db_health(db).room);
    CHECK_INT(put(db, "one", &f), ERR_FULL);
    CHECK_INT(count(db), 0);
    CHECK(!db_health(db).room); /* readiness says so */
    fixture_close(db);
}

static enum err slow_unit(struct db_tx *tx, void *, struct fail *f)
{
    static const struct db_query q = { .name = "t.one", .sql = "SELECT 1", .max_rows = 1 };
    int64_t one = 0;
    clock_sleep(6 * US_PER_MS);
    return db_one_int(db_tx_conn(tx), &q, NULL, 0, &one, f);
}

/* What the log has after one slow unit. */
static struct str slow_log(bool serves, char *text, size_t size)
{
    struct fail f = { 0 };
    struct db *db = NULL;
    struct db_conf conf = fixture_conf(DB_SQLITE, true);
    int fd = memfd_create("log", MFD_CLOEXEC);
    CHECK(fd >= 0);
    const struct log log = { .clock = &clock_real, .fd = fd, .level = LOG_WARN };
    conf.log = &log;
    conf.serves = serves;
    CHECK_INT(db_open(&db, &conf, &f), ERR_OK);
    CHECK_INT(db_write(db, TENANT_A, slow_unit, NULL, &f), ERR_OK);
    db_close(db);
    ssize_t n = pread(fd, text, size, 0);
    CHECK(n >= 0);
    (void)close(fd);
    return (struct str){ text, (size_t)n };
}

TEST(a_slow_unit_is_logged_where_people_wait_and_not_in_a_command)
{
    char text[1024];
    CHECK(str_has(slow_log(true, text, sizeof text), STR("db.unit_slow")));
    CHECK_STR(slow_log(false, text, sizeof text), "");
}
