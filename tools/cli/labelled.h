/* labelled.h - labelled comments out of the files of train, evaluate and compare: the
 * columns of the README ("Labelled data") as an nz_row, one after another.
 *
 * It knows which columns there are, not what labels mean.
 * Invariant: a row that cannot be read is counted and named, never passed over silently. */
#ifndef NAZAR_CLI_LABELLED_H
#define NAZAR_CLI_LABELLED_H

#include <nazar/nazar_train.h>
#include <stdbool.h>
#include <stdint.h>

enum { LABELLED_HEADS = 64 };

typedef struct labelled_heads {
    const char *names[LABELLED_HEADS];
    size_t count;
} labelled_heads;

typedef struct labelled_counts {
    uint64_t rows;
    uint64_t unreadable;
} labelled_counts;

/* Called for every row; 0 goes on, anything else ends with that exit code, after `take` has
 * told why. */
typedef int (*labelled_take)(void *context, const nz_row *row, const char *path, uint64_t line);

/* Read the file at path.  Returns 0 or the exit code; the message is on stderr. */
int labelled_read(const char *path, const labelled_heads *heads, labelled_take take,
                  void *context, labelled_counts *counts, bool quiet);

#endif /* NAZAR_CLI_LABELLED_H */
