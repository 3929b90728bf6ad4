/* model_file.c - looks for the model file and says what to do when it cannot be used. */
#include "model_file.h"

#include "bytes.h"
#include "command.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define MODEL_BESIDE "/../share/nazar/default.nzm"

static bool beside_program(bytes *path)
{
    char program[4096];
    ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
    if (size <= 0)
        return false;
    program[size] = '\0';
    char *slash = strrchr(program, '/');
    if (slash == NULL)
        return false;
    path->size = 0;
    bytes_append(path, program, (size_t)(slash - program));
    bytes_text(path, MODEL_BESIDE);
    return access(bytes_string(path), R_OK) == 0;
}

static bool default_path(bytes *path)
{
    const char *asked = getenv("NAZAR_MODEL");
    if (asked != NULL && *asked != '\0') {
        bytes_text(path, asked);
        return true;
    }
    if (beside_program(path))
        return true;
#ifdef NZ_SOURCE_MODEL
    path->size = 0;
    bytes_text(path, NZ_SOURCE_MODEL);
    if (access(bytes_string(path), R_OK) == 0)
        return true;
#endif
    return false;
}

static const char *advice(nz_status status)
{
    switch (status) {
    case NZ_E_IO:
        return "name a model file with --model or in NAZAR_MODEL";
    case NZ_E_MODEL_VERSION:
        return "use a newer nazar, or a model of this version";
    case NZ_E_MODEL_PROBE:
        return "train it again with this build: nazar train";
    case NZ_E_MODEL_MAGIC:
        return "name a file that nazar train has written";
    default:
        return "get the file again from where it came";
    }
}

bool model_file_path(const char *path, bytes *found)
{
    if (path == NULL)
        return default_path(found);
    bytes_text(found, path);
    return true;
}

static uint32_t file_checksum(const char *path)
{
    enum { CHUNK = 256 * 1024 };
    unsigned char *chunk = memory_resize(NULL, CHUNK);
    uLong sum = crc32(0L, Z_NULL, 0);
    FILE *file = fopen(path, "rb");
    size_t n;
    while (file != NULL && (n = fread(chunk, 1, CHUNK, file)) > 0)
        sum = crc32(sum, chunk, (uInt)n);
    if (file != NULL)
        (void)fclose(file);
    free(chunk);
    return (uint32_t)sum;
}

int model_file_open(nz_model **out, const char *path, uint32_t *identity)
{
    bytes found = {0};
    *out = NULL;
    if (!model_file_path(path, &found)) {
        say("there is no default model; name one with --model FILE or in NAZAR_MODEL, or "
            "install nazar with its model");
        bytes_free(&found);
        return EXIT_MODEL;
    }
    nz_error error = NZ_ERROR_INIT;
    nz_status status = nz_model_open(out, bytes_string(&found), NULL, &error);
    if (status != NZ_OK)
        say_at(found.data, 0, "the model is refused (%s): %s; %s", nz_status_name(status),
               error.message, advice(status));
    else if (identity != NULL)
        *identity = file_checksum(found.data);
    bytes_free(&found);
    return status == NZ_OK ? 0 : status == NZ_E_MEMORY ? EXIT_FAILED : EXIT_MODEL;
}
