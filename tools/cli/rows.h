/* rows.h - rows as the readers deliver them: blocks of records whose bytes lie together.
 *
 * A reader fills a block, a worker answers its rows, the writer lets it go; a block belongs
 * to one thread at a time.  It knows no models and no output.
 * Invariant: every span of a row lies inside the block's text, and no row is dropped: one
 * that cannot be read carries an error. */
#ifndef NAZAR_CLI_ROWS_H
#define NAZAR_CLI_ROWS_H

#include "bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BLOCK_ROWS = 512,
    BLOCK_BYTES = 256 * 1024,      /* a block ends after the row that passes it */
    TEXT_LIMIT = 1024 * 1024,      /* longest comment */
    ROW_LIMIT = 8 * 1024 * 1024,   /* longest row that is kept whole */
    CUT_LIMIT = 64 * 1024,         /* what is kept of the cell that breaks it */
    CELLS_LIMIT = 65536            /* most cells of a row */
};

typedef enum row_error {
    ROW_OK = 0,
    ROW_UNCLOSED,   /* a quote opens and never closes */
    ROW_TOO_LONG,   /* over ROW_LIMIT: cut */
    ROW_TOO_WIDE,   /* over CELLS_LIMIT cells: cut */
    ROW_NOT_JSON,   /* the line is no JSON value */
    ROW_NOT_OBJECT, /* JSON, but no object */
    ROW_NO_TEXT,    /* the row ends before its text column */
    ROW_TEXT_LIMIT, /* the text is over TEXT_LIMIT */
    ROW_REFUSED     /* the engine refused it */
} row_error;
/* For a message and for nz_error: what is wrong with the row.  Static. */
const char *row_error_text(row_error error);

enum {
    ROW_BLANK = 1,   /* an empty line of a table: kept, not answered */
    ROW_PLAIN = 2,   /* `begin, size` are its bytes as they stood, fit to be written again */
    ROW_CELL_NUMBER = 1 /* flag of a cell: the spreadsheet holds a number */
};

typedef struct cell {
    uint32_t begin, size; /* in the block's text, decoded */
    uint32_t flags;
} cell;

typedef struct row {
    uint64_t line;        /* line of the file where it begins, from 1 */
    uint32_t begin, size; /* its bytes in the block's text, without the line's end */
    uint32_t first_cell, cells;
    uint32_t flags;
    row_error error;
} row;

typedef struct block {
    bytes text;
    row *rows;
    size_t count, row_capacity;
    cell *cells;
    size_t cell_count, cell_capacity;
    uint64_t first_number; /* number of rows[0] in the data, from 1 */
    uint64_t bytes_read;   /* of the file, when the block was full: for the progress */
} block;

void block_clear(block *b);
void block_free(block *b);
static inline bool block_full(const block *b)
{
    return b->count >= BLOCK_ROWS || b->text.size >= BLOCK_BYTES;
}
/* A new row whose cells begin after the last cell. */
row *block_add_row(block *b, uint64_t line);
void block_add_cell(block *b, row *r, size_t begin, size_t size, uint32_t flags);

static inline const char *cell_data(const block *b, const cell *c)
{
    return bytes_at(&b->text, c->begin);
}

#endif /* NAZAR_CLI_ROWS_H */
