/* Feeds every file of the folders named on the command line to the fuzz target: corpus replay
 * without libFuzzer. Prints TAP. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1 << 20 };

static int replay_file(const char *dir, const char *name)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path)
        return 1;
    FILE *f = fopen(path, "rb");
    uint8_t *data = malloc(INPUT_MAX);
    if (!f || !data) {
        free(data);
        return 1;
    }
    size_t n = fread(data, 1, INPUT_MAX, f);
    (void)fclose(f);
    (void)LLVMFuzzerTestOneInput(data, n);
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    int bad = 0, n = 0;
    for (int i = 1; i < argc; i++) {
        DIR *d = opendir(argv[i]);
        for (struct dirent *e; d && (e = readdir(d));)
            if (e->d_name[0] != '.') {
                int failed = replay_file(argv[i], e->d_name);
                (void)printf("%s %d - %s\n", failed ? "not ok" : "ok", ++n, e->d_name);
                bad |= failed;
            }
        if (d)
            (void)closedir(d);
    }
    (void)printf("1..%d\n", n);
    return bad;
}
