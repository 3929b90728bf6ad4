/* xlsx_write.h - the answers as an .xlsx workbook, through libxlsxwriter in constant memory.
 * It takes the records of writer.h; texts are always texts, never formulas.
 * Invariant: a sheet holds at most 1,048,576 rows: the rows after them go to a further sheet
 * with the same header. */
#ifndef NAZAR_CLI_XLSX_WRITE_H
#define NAZAR_CLI_XLSX_WRITE_H

#include "bytes.h"

#include <stdbool.h>

typedef struct xlsx_writer xlsx_writer;

/* NULL after a message. */
xlsx_writer *xlsx_writer_open(const char *path);
/* Records of whole rows; the first row ever is the header. */
bool xlsx_writer_add(xlsx_writer *w, const char *records, size_t size);
/* Finish the file and free w.  false after a message.  cut receives how many texts were cut
 * to the 32,767 characters that a cell can hold. */
bool xlsx_writer_close(xlsx_writer *w, uint64_t *cut);

#endif /* NAZAR_CLI_XLSX_WRITE_H */
