/* output.h - where the answers go: stdout, a device or pipe written directly, or a regular
 * file that is written beside (FILE.part) and renamed when it is whole.
 * A journal beside the part (FILE.part.journal) lets a killed run go on: resume.h.
 * Invariant: under its final name a file is complete; every write is checked; a closed pipe
 * is no error. */
#ifndef NAZAR_CLI_OUTPUT_H
#define NAZAR_CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct output output;

typedef struct output_plan {
    const char *path;      /* NULL or "-": stdout */
    bool resume;           /* go on where a killed run stopped */
    uint32_t identity;     /* of inputs, model and options: a journal of another one is refused */
    uint64_t *values;      /* [n_values] counters that are kept with the journal; read back */
    size_t n_values;       /* when resuming */
} output_plan;

/* Returns 0 or the exit code after a message. */
int output_open(output **out, const output_plan *plan);
/* Rows that a resumed output holds already; 0 for a new one. */
uint64_t output_rows(const output *o);
/* true when it goes on with what a killed run left, its header too. */
bool output_resumed(const output *o);
/* true when a regular file is written beside its name. */
bool output_is_part(const output *o);
/* Path of the file being written, for a library that opens it itself; NULL if not a part. */
const char *output_part_path(const output *o);
const char *output_name(const output *o);
int output_descriptor(const output *o);
/* false: the write failed (a message was written) or the pipe is closed (none was). */
bool output_write(output *o, const char *data, size_t size);
/* Everything so far answers so many rows: from time to time make that durable. */
bool output_checkpoint(output *o, uint64_t rows);
/* The same at once, before the process ends early. */
bool output_checkpoint_now(output *o, uint64_t rows);
/* true once the reader of the pipe has gone. */
bool output_closed(const output *o);
/* Make it durable and give it its name.  false after a message. */
bool output_finish(output *o);
/* Close; an unfinished part is removed unless keep. */
void output_close(output *o, bool keep);

#endif /* NAZAR_CLI_OUTPUT_H */
