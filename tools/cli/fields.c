/* fields.c - cells by name: by index in a table, through simdjson in JSONL. */
#include "fields.h"

#include "command.h"

#include <stdlib.h>

void fields_init(fields *f, const reader *r, const char *const *names, size_t count)
{
    *f = (fields){.format = reader_format(r), .names = names, .count = count};
    f->columns = memory_resize(NULL, (count + 1) * sizeof *f->columns);
    f->cells = memory_resize(NULL, (count + 1) * sizeof *f->cells);
    f->values = memory_resize(NULL, (count + 1) * sizeof *f->values);
    for (size_t i = 0; i < count; i++)
        f->columns[i] = reader_find(r, names[i]);
    if (f->format == TABLE_JSONL && (f->json = json_reader_new()) == NULL) {
        say("out of memory; use fewer --jobs");
        exit(EXIT_FAILED);
    }
}

void fields_free(fields *f)
{
    free(f->columns);
    free(f->cells);
    free(f->values);
    if (f->json != NULL)
        json_reader_free(f->json);
    *f = (fields){0};
}

static row_error take_members(fields *f, const block *b, const row *r)
{
    f->line = bytes_at(&b->text, r->begin);
    f->line_size = r->size;
    json_outcome outcome = json_read(f->json, f->line, f->line_size, f->names, f->count,
                                     f->values);
    f->repaired = outcome == JSON_REPAIRED;
    if (f->repaired)
        f->line = json_repaired(f->json, &f->line_size);
    if (outcome == JSON_MALFORMED || outcome == JSON_NO_MEMORY)
        return ROW_NOT_JSON;
    if (outcome == JSON_NO_OBJECT)
        return ROW_NOT_OBJECT;
    for (size_t i = 0; i < f->count; i++)
        f->cells[i] = (table_cell){f->values[i].data, f->values[i].size};
    return ROW_OK;
}

row_error fields_take(fields *f, const block *b, const row *r)
{
    for (size_t i = 0; i < f->count; i++)
        f->cells[i] = (table_cell){NULL, 0};
    if (f->format == TABLE_JSONL) {
        f->line = bytes_at(&b->text, r->begin);
        f->line_size = r->size;
        f->repaired = false;
        return r->error != ROW_OK ? r->error : take_members(f, b, r);
    }
    for (size_t i = 0; i < f->count; i++)
        if (f->columns[i] < r->cells) {
            const cell *c = &b->cells[r->first_cell + f->columns[i]];
            f->cells[i] = (table_cell){cell_data(b, c), c->size};
        }
    return r->error;
}
