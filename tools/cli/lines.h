/* lines.h - rows that are lines: JSONL and plain lines.  A line ends with LF or CR LF.
 * It does not look inside them.
 * Invariant: as many rows as lines; a line over ROW_LIMIT is cut and carries an error. */
#ifndef NAZAR_CLI_LINES_H
#define NAZAR_CLI_LINES_H

#include "rows.h"
#include "source.h"

typedef struct lines {
    uint64_t line; /* how many were taken */
    bool skipping; /* inside the rest of a line that was cut */
} lines;

/* As csv_fill(); every row has one cell, the line. */
bool lines_fill(lines *l, source *s, block *b, size_t max_rows);

#endif /* NAZAR_CLI_LINES_H */
