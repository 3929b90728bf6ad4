/* fields.h - the cells that a command wants out of a row, by name, whatever the format.
 * One per thread.  It knows how to find cells, not what they mean.
 * Invariant: cells live until the next call. */
#ifndef NAZAR_CLI_FIELDS_H
#define NAZAR_CLI_FIELDS_H

#include "json_read.h"
#include "reader.h"

typedef struct fields {
    table_format format;
    const char *const *names; /* [count], borrowed */
    size_t *columns;          /* [count], SIZE_MAX: the table has none */
    table_cell *cells;        /* [count], of the row taken last */
    json_value *values;       /* [count], JSONL only */
    size_t count;
    json_reader *json;
    const char *line; /* JSONL: the row's bytes, repaired where that was needed */
    size_t line_size;
    bool repaired;
} fields;

void fields_init(fields *f, const reader *r, const char *const *names, size_t count);
void fields_free(fields *f);
/* Find the row's cells; returns what is wrong with the row. */
row_error fields_take(fields *f, const block *b, const row *r);

#endif /* NAZAR_CLI_FIELDS_H */
