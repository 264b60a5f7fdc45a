#include "io/db/libpq.h"

#include "base/base.h"

#include <assert.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    size_t at;
} functions[] = {
#define LIBPQ_ROW(field, name) { #name, offsetof(struct libpq, field) },
    LIBPQ_FUNCTIONS(LIBPQ_ROW)
#undef LIBPQ_ROW
};
static_assert(COUNT_OF(functions) * sizeof(void *) == sizeof(struct libpq), "a name for each");

/* Mutable for the whole program, against the house style: a library is loaded once for a process,
 * whatever number of stores it opens. Written under `once`, read after it. */
static struct libpq table;
static const char *missing = "libpq.so.5";
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
    void *library = dlopen(missing, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return;
    for (size_t i = 0; i < COUNT_OF(functions); i++) {
        void *function = dlsym(library, functions[i].name);
        missing = functions[i].name;
        if (!function)
            return;
        /* ISO C converts no object pointer to a function's; POSIX promises the same shape. */
        memcpy((char *)&table + functions[i].at, &function, sizeof function);
    }
    missing = NULL;
}

enum err libpq_load(struct fail *f)
{
    (void)pthread_once(&once, load);
    return missing ? FAIL(f, ERR_IO, "db.library",
                          "%s was not found; PostgreSQL needs the package libpq5", missing)
                   : ERR_OK;
}

const struct libpq *libpq(void)
{
    assert(!missing);
    return &table;
}
