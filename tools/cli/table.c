/* table.c - the door of table.h: a reader, its blocks one after the other, and the cells
 * that were asked for. */
#include "table.h"

#include "command.h"
#include "fields.h"
#include "reader.h"

#include <stdlib.h>
#include <string.h>

struct table {
    reader *input;
    fields wanted;
    block rows;
    size_t next; /* row of the block */
    uint64_t number;
};

int table_open(table **out, const char *path, const table_options *options,
               const char *const *names, size_t count)
{
    *out = NULL;
    reader *input;
    int code = reader_open(&input, path, options);
    if (code != 0)
        return code;
    reader_report(input, NULL);
    table *t = memory_resize(NULL, sizeof *t);
    memset(t, 0, sizeof *t);
    t->input = input;
    fields_init(&t->wanted, input, names, count);
    *out = t;
    return 0;
}

bool table_has(const table *t, size_t index)
{
    return t->wanted.format == TABLE_JSONL
           || (index < t->wanted.count && t->wanted.columns[index] != SIZE_MAX);
}

int table_next(table *t, table_row *out)
{
    for (;;) {
        if (t->next == t->rows.count) {
            int got = reader_fill(t->input, &t->rows);
            if (got <= 0)
                return got;
            t->next = 0;
        }
        const row *r = &t->rows.rows[t->next++];
        if ((r->flags & ROW_BLANK) != 0 && reader_columns(t->input) > 1)
            continue;
        row_error error = fields_take(&t->wanted, &t->rows, r);
        *out = (table_row){r->line, ++t->number, t->wanted.cells,
                           error == ROW_OK ? NULL : row_error_text(error)};
        return 1;
    }
}

void table_close(table *t)
{
    if (t == NULL)
        return;
    fields_free(&t->wanted);
    block_free(&t->rows);
    reader_close(t->input);
    free(t);
}
