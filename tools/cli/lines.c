/* lines.c - one memchr a line. */
#include "lines.h"

#include <string.h>

static bool skip_rest(lines *l, source *s)
{
    const char *data;
    size_t size;
    while (source_peek(s, 1, &data, &size) && size > 0) {
        const char *end = memchr(data, '\n', size);
        source_consume(s, end == NULL ? size : (size_t)(end - data) + 1);
        if (end != NULL) {
            l->skipping = false;
            return true;
        }
    }
    return false;
}

static void take_line(lines *l, block *b, const char *data, size_t size, row_error error)
{
    row *r = block_add_row(b, ++l->line);
    r->error = error;
    r->flags = error == ROW_OK ? ROW_PLAIN : 0;
    bytes_append(&b->text, data, size);
    r->size = (uint32_t)size;
    block_add_cell(b, r, r->begin, size, 0);
}

static bool next_line(lines *l, source *s, block *b)
{
    size_t want = 64 * 1024;
    for (;;) {
        const char *data;
        size_t size;
        if (!source_peek(s, want, &data, &size) || size == 0)
            return false;
        const char *end = memchr(data, '\n', size);
        if (end == NULL && !source_at_end(s)) {
            if (size < ROW_LIMIT) {
                want = size * 2;
                continue;
            }
            take_line(l, b, data, CUT_LIMIT, ROW_TOO_LONG);
            l->skipping = true;
            source_consume(s, size);
            return true;
        }
        size_t length = end == NULL ? size : (size_t)(end - data);
        source_consume(s, length + (end != NULL));
        if (length > 0 && data[length - 1] == '\r')
            length--;
        if (length > ROW_LIMIT)
            take_line(l, b, data, CUT_LIMIT, ROW_TOO_LONG);
        else
            take_line(l, b, data, length, ROW_OK);
        return true;
    }
}

bool lines_fill(lines *l, source *s, block *b, size_t max_rows)
{
    while (!block_full(b) && (max_rows == 0 || b->count < max_rows)) {
        if (l->skipping && !skip_rest(l, s))
            break;
        if (!next_line(l, s, b))
            break;
    }
    return b->count > 0;
}
