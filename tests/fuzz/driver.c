/* driver.c - run a fuzz harness without a fuzzer: over every seed file of a folder, and over
 * seeded mutations of each, so that every build checks the harness and known inputs stay fixed.
 * It must not know what the harness does. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_SEED = 1 << 20, MUTATIONS = 300 };

static uint64_t state = 0x9e3779b97f4a7c15u;

/* xorshift64* (Marsaglia 2003; Vigna 2016): the same sequence everywhere. */
static uint64_t next_random(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * UINT64_C(2685821657736338717);
}

static void mutate(uint8_t *data, size_t *size)
{
    for (unsigned changes = 1 + next_random() % 8; changes > 0 && *size > 0; changes--) {
        size_t at = next_random() % *size;
        switch (next_random() % 4) {
        case 0: data[at] = (uint8_t)next_random(); break;
        case 1: data[at] ^= (uint8_t)(1u << next_random() % 8); break;
        case 2: *size = at; break;
        default:
            memmove(data + at, data + *size / 2, (*size - *size / 2) < *size - at
                                                     ? *size - *size / 2 : *size - at);
        }
    }
}

static void run_file(const char *path, uint8_t *seed, uint8_t *copy)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return;
    }
    size_t size = fread(seed, 1, MAX_SEED, file);
    fclose(file);
    LLVMFuzzerTestOneInput(seed, size);
    unsigned rounds = size > 65536 ? 20 : MUTATIONS;
    for (unsigned i = 0; i < rounds; i++) {
        size_t mutated = size;
        memcpy(copy, seed, size);
        mutate(copy, &mutated);
        LLVMFuzzerTestOneInput(copy, mutated);
    }
}

int main(int argc, char **argv)
{
    uint8_t *seed = malloc(MAX_SEED), *copy = malloc(MAX_SEED);
    unsigned files = 0;
    DIR *folder = argc > 1 ? opendir(argv[1]) : NULL;
    if (seed == NULL || copy == NULL || folder == NULL) {
        fprintf(stderr, "usage: %s SEED_FOLDER (it must exist)\n", argv[0]);
        return 1;
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char path[4096];
        if (entry->d_name[0] != '.' &&
            snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name) < (int)sizeof path) {
            run_file(path, seed, copy);
            files++;
        }
    }
    closedir(folder);
    LLVMFuzzerTestOneInput(NULL, 0);
    free(seed);
    free(copy);
    printf("%u seeds, each with mutations\n", files);
    return files == 0;
}
