/* model_file.h - which model a command uses, and a message that helps when there is none. */
#ifndef NAZAR_CLI_MODEL_FILE_H
#define NAZAR_CLI_MODEL_FILE_H

#include "bytes.h"

#include <nazar/nazar.h>
#include <stdbool.h>

/* Open the model at path, or the default one when path is NULL: $NAZAR_MODEL, then
 * ../share/nazar/default.nzm beside the program, then the one of the source tree it was built
 * from.  identity, unless NULL, receives a checksum of the file's bytes.  Returns 0 or
 * the exit code after a message. */
int model_file_open(nz_model **out, const char *path, uint32_t *identity);

/* The path that is meant; false: there is no default model. */
bool model_file_path(const char *path, bytes *found);

#endif /* NAZAR_CLI_MODEL_FILE_H */
