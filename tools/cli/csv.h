/* csv.h - rows of delimited text: CSV with quotes, TSV with quotes or with backslashes.
 *
 * Libraries were measured first (DEPENDENCIES.md): none tells where a quote opened, goes on
 * after one that never closes, or knows a delimiter of two bytes (the Arabic semicolon).
 * Invariant: an unclosed quote costs the row in whose line it opens, never the next one,
 * and the time for a whole file stays linear. */
#ifndef NAZAR_CLI_CSV_H
#define NAZAR_CLI_CSV_H

#include "rows.h"
#include "source.h"

typedef struct csv {
    char delimiter[8];
    size_t delimiter_size;
    bool quotes;  /* a cell may stand in double quotes */
    bool escapes; /* \t \n \r \\ \" stand for tab, line feed, carriage return, \ and " */

    uint64_t line;       /* of the next row */
    size_t quote_window; /* how far a closing quote is looked for */
    uint32_t unclosed;   /* how many quotes never closed */
    bool skipping;       /* inside the rest of a row that was cut */
    bool crlf;           /* the first line end was CR LF */
    unsigned char stop[256]; /* bytes that a bare cell may end at */
} csv;

void csv_init(csv *c, const char *delimiter, bool quotes, bool escapes);
/* Add rows to b until it is full.  true when it holds a row; false at the end or when the
 * source failed.  With max_rows > 0 stops after so many. */
bool csv_fill(csv *c, source *s, block *b, size_t max_rows);

#endif /* NAZAR_CLI_CSV_H */
