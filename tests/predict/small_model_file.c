/* small_model_file.c - write the small model of the tests to a file.
 * Usage: small_model_file OUTPUT */
#include <stdio.h>

#include "predict/small_model.h"

int main(int argc, char **argv)
{
    static small_model small;
    FILE *file = argc == 2 ? fopen(argv[1], "wb") : NULL;
    if (file == NULL) {
        fprintf(stderr, "usage: small_model_file OUTPUT (in a folder that can be written)\n");
        return 1;
    }
    small_model_make(&small, 5);
    bool whole = fwrite(small.bytes.bytes, 1, small.bytes.size, file) == small.bytes.size;
    whole = fclose(file) == 0 && whole;
    small_model_free(&small);
    return whole ? 0 : 1;
}
