/* resume.h - the journal of a run: an append-only text file whose records say that so many
 * rows are answered in so many bytes of output, with the counters of the summary.
 * It holds no text of any comment.
 * Invariant: a record is believed only when its checksum and the run's identity agree; the
 * bytes it speaks of were durable before it was written. */
#ifndef NAZAR_CLI_RESUME_H
#define NAZAR_CLI_RESUME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct journal journal;

typedef struct journal_state {
    uint32_t identity;
    uint64_t rows, bytes;
    uint64_t *values; /* [n_values] */
    size_t n_values;
} journal_state;

/* Fill rows, bytes and values from the last whole record of the journal at path; all zero
 * when there is none.  Returns 0 or the exit code after a message when the journal belongs
 * to another run; output names the file that it is about. */
int journal_read(const char *path, const char *output, journal_state *state);
/* Begin a journal anew with that state as its first record.  NULL after a message. */
journal *journal_open(const char *path, const journal_state *state);
bool journal_add(journal *j, const journal_state *state);
void journal_close(journal *j);

#endif /* NAZAR_CLI_RESUME_H */
