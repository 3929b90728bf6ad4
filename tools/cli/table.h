/* table.h - rows of named cells out of a file of comments, whatever its format.
 *
 * The one door to CSV, TSV, JSONL, plain lines and XLSX for every command that reads
 * labelled or plain comments: name the columns you want, take the rows one by one.
 * Format, delimiter, header and encoding are found out and reported on stderr; gzip is
 * unpacked.  It knows nothing of models and labels.
 * Invariant: a row never disappears; one that cannot be read comes with `error` set.
 *
 *     static const char *const names[] = {"text", "category", "types"};
 *     table *t;
 *     table_row row;
 *     int got, code = table_open(&t, path, NULL, names, 3);
 *     if (code != 0)
 *         return code;                       (the message is already on stderr)
 *     while ((got = table_next(t, &row)) > 0)
 *         if (row.error == NULL && row.cells[0].data != NULL)
 *             use(row.cells[0].data, row.cells[0].size);
 *     table_close(t);
 *     if (got < 0)
 *         return EXIT_INPUT; */
#ifndef NAZAR_CLI_TABLE_H
#define NAZAR_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum table_format {
    TABLE_AUTO = 0, /* from the name, else from the content */
    TABLE_CSV,
    TABLE_TSV,
    TABLE_JSONL,
    TABLE_LINES,
    TABLE_XLSX,
    TABLE_VIEW /* output only: an aligned table for people */
} table_format;

/* All zero is the default. */
typedef struct table_options {
    table_format format;
    const char *encoding;  /* iconv's name; NULL: by BOM, else UTF-8 */
    const char *delimiter; /* NULL: found out */
    bool no_header;        /* the first row is data; columns are column_1, column_2 ... */
    bool quiet;            /* do not report what was found */
} table_options;

/* UTF-8, not NUL-terminated, valid until the next table_next().  data is NULL when the row
 * has no such cell (absent column or member, JSON null). */
typedef struct table_cell {
    const char *data;
    size_t size; /* bytes */
} table_cell;

typedef struct table_row {
    uint64_t line;           /* line of the file where it begins, from 1 */
    uint64_t number;         /* row of the data, from 1 */
    const table_cell *cells; /* [as many as the names asked for], in their order */
    const char *error;       /* NULL, or why the row cannot be read (never its text) */
} table_row;

typedef struct table table;

/* Open the file at path ("-" is stdin) for the columns called names[0..count), compared
 * without case and without spaces at the ends.  In JSONL a column is a member of the line's
 * object: strings come decoded, numbers, true and false as written, an array of strings
 * joined by ';', null as absent.  Plain lines have the one column "text".
 * Returns 0, or the exit code of the command after a message on stderr.  options may be NULL. */
int table_open(table **out, const char *path, const table_options *options,
               const char *const *names, size_t count);
/* True when the file has the column names[index]; always true for JSONL. */
bool table_has(const table *t, size_t index);
/* 1: *row is filled; 0: the end; -1: the file cannot be read on, a message is on stderr. */
int table_next(table *t, table_row *row);
/* NULL is allowed. */
void table_close(table *t);

#endif /* NAZAR_CLI_TABLE_H */
