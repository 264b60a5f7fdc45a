#include "support/folder.h"

#include "support/check.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

/* Test support may keep state: one executable, one thread, one run. */
static char root[] = "/tmp/ain-test-XXXXXX";
static int folders;

static int remove_one(const char *path, const struct stat *, int, struct FTW *)
{
    return remove(path);
}

static void clean_up(void)
{
    (void)nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void test_folder(char path[TEST_FOLDER_MAX])
{
    if (folders == 0) {
        CHECK(mkdtemp(root) != NULL);
        CHECK(atexit(clean_up) == 0);
    }
    (void)snprintf(path, TEST_FOLDER_MAX, "%s/%d", root, folders++);
    CHECK(mkdir(path, 0700) == 0);
}
