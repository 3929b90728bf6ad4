/* rows.c - blocks of rows: growing them and naming what can be wrong with a row. */
#include "rows.h"

#include <stdlib.h>

const char *row_error_text(row_error error)
{
    switch (error) {
    case ROW_OK:
        return "";
    case ROW_UNCLOSED:
        return "a quote opens here and is never closed; double the quotes inside a cell";
    case ROW_TOO_LONG:
        return "the row is over 8 MiB and was cut; split it";
    case ROW_TOO_WIDE:
        return "the row has over 65536 cells and was cut; check --delimiter";
    case ROW_NOT_JSON:
        return "the line is not JSON; write one object a line";
    case ROW_NOT_OBJECT:
        return "the line is JSON but no object; write one object a line";
    case ROW_NO_TEXT:
        return "the row has no text cell or member; check the row, or --text-column";
    case ROW_TEXT_LIMIT:
        return "the text is over 1 MiB; split it";
    case ROW_REFUSED:
        return "the text was refused";
    }
    return "";
}

void block_clear(block *b)
{
    /* One huge row must not keep its memory for the rest of the run. */
    if (b->text.capacity > 8 * (size_t)BLOCK_BYTES)
        bytes_free(&b->text);
    b->text.size = 0;
    b->count = 0;
    b->cell_count = 0;
}

void block_free(block *b)
{
    bytes_free(&b->text);
    free(b->rows);
    free(b->cells);
    *b = (block){0};
}

row *block_add_row(block *b, uint64_t line)
{
    if (b->count == b->row_capacity)
        b->rows = array_grow(b->rows, &b->row_capacity, sizeof *b->rows);
    row *r = &b->rows[b->count++];
    *r = (row){.line = line, .begin = (uint32_t)b->text.size,
               .first_cell = (uint32_t)b->cell_count};
    return r;
}

void block_add_cell(block *b, row *r, size_t begin, size_t size, uint32_t flags)
{
    if (b->cell_count == b->cell_capacity)
        b->cells = array_grow(b->cells, &b->cell_capacity, sizeof *b->cells);
    b->cells[b->cell_count++] = (cell){(uint32_t)begin, (uint32_t)size, flags};
    r->cells++;
}
