/* writer.h - answered rows as bytes of the output: the input's cells, then the answer.
 * One layout for a run, shared by all threads; everything else is the caller's.
 * Invariant: a row of the input gives exactly one row of the output, and its cells come out
 * as they came in unless an option says otherwise. */
#ifndef NAZAR_CLI_WRITER_H
#define NAZAR_CLI_WRITER_H

#include "answer.h"
#include "fields.h"

enum { NZ_COLUMNS = 19 };

typedef struct layout {
    const schema *heads;
    table_format in, out;
    char delimiter[8];
    bool quotes;       /* cells are quoted where needed; else escaped with backslashes */
    bool crlf;
    bool bom;          /* --excel */
    bool safe;         /* --spreadsheet-safe */
    bool raw_rows;     /* the input's bytes are written again as they stood */
    bool evidence, clauses;
    size_t columns;    /* of the input */
    const char *const *names;
    bool *dropped;     /* [columns] nz_ columns that are replaced */
    size_t dropped_count;
    size_t first_member; /* JSONL to a table: index in fields of the first column */
    size_t text_columns; /* how many texts lead the fields */
    int view_width;      /* columns of the terminal, for TABLE_VIEW */
    int view_id;         /* field that identifies the row there; -1: its number */
} layout;

/* Decide what is derived from the others: delimiter, quoting, dropped columns. */
void layout_init(layout *l, const reader *input);
void layout_free(layout *l);

/* The nz_ column names in their order. */
const char *writer_column(size_t index);

/* What comes before the first row; empty for JSONL. */
void writer_header(const layout *l, bytes *out);
/* One row.  masked[i] is the text to show for text column i under --redact, NULL else.
 * Returns how many members or cells of the input were replaced by the answer. */
size_t writer_row(const layout *l, const block *b, const row *r, const fields *f,
                  const answer *a, const table_cell *masked, bytes *out);

/* What the writer of spreadsheets is sent: for each cell one byte CELL_*, the size as 4
 * bytes of this machine, the bytes; CELL_ROW ends a row. */
enum { CELL_TEXT = 1, CELL_VALUE, CELL_TRUTH, CELL_ROW };

/* In answer_json.c: the object that stands under "nazar", and the members asked for. */
void write_answer_json(const layout *l, const answer *a, bytes *out);

#endif /* NAZAR_CLI_WRITER_H */
