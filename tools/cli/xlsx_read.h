/* xlsx_read.h - rows of the first visible sheet of an .xlsx workbook, read as a stream:
 * minizip unpacks, expat parses, long shared strings wait in a temporary file.
 * Numbers come as a spreadsheet shows them without formatting (a date is its number).
 * Invariant: memory does not grow with the sheet, except 8 bytes for each shared string. */
#ifndef NAZAR_CLI_XLSX_READ_H
#define NAZAR_CLI_XLSX_READ_H

#include "rows.h"
#include "source.h"

typedef struct xlsx xlsx;

/* Returns 0 or the exit code after a message.  The source must outlive it. */
int xlsx_open(xlsx **out, source *s);
/* Add rows until the block is full; false at the end or on failure. */
bool xlsx_fill(xlsx *x, block *b);
/* True when reading stopped because the file is damaged (a message was written). */
bool xlsx_failed(const xlsx *x);
/* Name of the sheet that is read, and how many the workbook has. */
const char *xlsx_sheet(const xlsx *x, size_t *sheets);
void xlsx_close(xlsx *x);

#endif /* NAZAR_CLI_XLSX_READ_H */
