/* progress.h - one line on a terminal's stderr that is rewritten: how far, how fast, how long
 * still.  Silent when stderr is no terminal or --quiet was given.
 * Invariant: it leaves no line behind once it has ended. */
#ifndef NAZAR_CLI_PROGRESS_H
#define NAZAR_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct progress {
    bool shown;
    bool drawn;
    double begin, last; /* seconds of the monotonic clock */
    uint64_t total;     /* bytes, 0: not known */
} progress;

double progress_clock(void);
void progress_begin(progress *p, uint64_t total_bytes, bool quiet);
void progress_show(progress *p, uint64_t bytes_done, uint64_t rows);
void progress_end(progress *p);

#endif /* NAZAR_CLI_PROGRESS_H */
