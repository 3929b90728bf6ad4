/* reader.c - the formats behind one face.  The first block is read at once: it decides header
 * and columns, and is handed out first.  It knows nothing of models or outputs. */
#include "reader.h"

#include "command.h"
#include "csv.h"
#include "detect.h"
#include "json_read.h"
#include "lines.h"
#include "source.h"
#include "utf8_text.h"
#include "xlsx_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    const char *path;
    source *input;
    detected found;
    csv delimited;
    lines plain;
    xlsx *workbook;

    block sample;     /* the first rows, until they are handed out */
    bool has_sample;
    bool has_header, header_asked;
    size_t sheets;

    char **names; /* [columns] */
    size_t columns, capacity;
    uint64_t next_number;
    bool quiet;
};

const char *table_format_name(table_format format)
{
    static const char *const names[] = {"auto", "csv", "tsv", "jsonl", "lines", "xlsx", "table"};
    return (size_t)format < sizeof names / sizeof names[0] ? names[format] : "?";
}

/* ---- columns */

static void add_name(reader *r, const char *name, size_t size)
{
    if (r->columns == r->capacity)
        r->names = array_grow(r->names, &r->capacity, sizeof *r->names);
    char *copy = memory_resize(NULL, size + 1);
    /* A name is a string for people and programs: a NUL would cut it. */
    for (size_t i = 0; i < size; i++)
        copy[i] = name[i] == '\0' ? ' ' : name[i];
    copy[size] = '\0';
    r->names[r->columns++] = copy;
}

static void add_member_name(void *context, const char *name, size_t size)
{
    reader *r = context;
    if (r->columns == CELLS_LIMIT || memchr(name, '\0', size) != NULL)
        return;
    for (size_t i = 0; i < r->columns; i++)
        if (strlen(r->names[i]) == size && memcmp(r->names[i], name, size) == 0)
            return;
    add_name(r, name, size);
}

static int name_members(reader *r)
{
    json_reader *json = json_reader_new();
    if (json == NULL) {
        say("out of memory");
        return EXIT_FAILED;
    }
    for (size_t i = 0; i < r->sample.count; i++) {
        const row *line = &r->sample.rows[i];
        if (json_read(json, bytes_at(&r->sample.text, line->begin), line->size, NULL, 0, NULL)
            <= JSON_REPAIRED)
            json_member_names(json, add_member_name, r);
    }
    json_reader_free(json);
    return 0;
}

static void name_cells(reader *r, const row *head)
{
    for (uint32_t k = 0; k < head->cells; k++) {
        const cell *c = &r->sample.cells[head->first_cell + k];
        if (r->has_header) {
            add_name(r, cell_data(&r->sample, c), c->size);
        } else {
            char name[32];
            int size = snprintf(name, sizeof name, "column_%u", (unsigned)k + 1);
            add_name(r, name, (size_t)size);
        }
    }
}

static void drop_first_rows(block *b, size_t count)
{
    if (count > 0) { /* else there may be no array at all */
        memmove(b->rows, b->rows + count, (b->count - count) * sizeof *b->rows);
        b->count -= count;
    }
}

static bool is_table(const reader *r)
{
    return r->found.format != TABLE_JSONL && r->found.format != TABLE_LINES;
}

/* Header and columns out of the first rows. */
static int take_columns(reader *r, const table_options *options)
{
    if (r->found.format == TABLE_LINES) {
        add_name(r, "text", 4);
        return 0;
    }
    if (r->found.format == TABLE_JSONL)
        return name_members(r);
    size_t blanks = 0;
    while (blanks < r->sample.count && (r->sample.rows[blanks].flags & ROW_BLANK) != 0)
        blanks++;
    drop_first_rows(&r->sample, blanks);
    if (r->sample.count == 0)
        return 0;
    r->header_asked = options->no_header;
    r->has_header = !options->no_header && detect_header(&r->sample);
    name_cells(r, &r->sample.rows[0]);
    if (r->has_header)
        drop_first_rows(&r->sample, 1);
    return 0;
}

/* ---- opening */

static bool fill(reader *r, block *b)
{
    switch (r->found.format) {
    case TABLE_XLSX:
        return xlsx_fill(r->workbook, b);
    case TABLE_JSONL:
    case TABLE_LINES:
        return lines_fill(&r->plain, r->input, b, 0);
    default:
        return csv_fill(&r->delimited, r->input, b, 0);
    }
}

static bool failed(const reader *r)
{
    const char *data;
    size_t size;
    if (r->workbook != NULL)
        return xlsx_failed(r->workbook);
    return !source_peek(r->input, 0, &data, &size);
}

static int begin_format(reader *r, const char *data, size_t size, const table_options *options)
{
    detect_format(r->path, data, size, source_at_end(r->input), options, &r->found);
    if (r->found.format == TABLE_XLSX)
        return xlsx_open(&r->workbook, r->input);
    if (size >= 4 && memcmp(data, "PK\x03\x04", 4) == 0) {
        say_at(r->path, 0, "is a spreadsheet or a zip archive; use --input-format xlsx");
        return EXIT_INPUT;
    }
    csv_init(&r->delimited, r->found.delimiter[0] == '\0' ? "," : r->found.delimiter,
             r->found.quotes, r->found.escapes);
    if (r->found.skip > 0) {
        source_consume(r->input, r->found.skip);
        r->delimited.line++;
    }
    return 0;
}

static bool is_utf8(const char *text, size_t size)
{
    size_t bad, n;
    for (size_t at = 0; at < size; at += n)
        if ((n = utf8_length((const unsigned char *)text + at, size - at, &bad)) == 0)
            return false;
    return true;
}

/* Text of another encoding that is read as UTF-8 gives answers about nothing: say so. */
static void warn_of_encoding(const reader *r)
{
    size_t malformed = 0;
    if (r->found.format == TABLE_XLSX || r->quiet)
        return;
    for (size_t i = 0; i < r->sample.count; i++)
        malformed += !is_utf8(bytes_at(&r->sample.text, r->sample.rows[i].begin),
                              r->sample.rows[i].size);
    if (malformed * 10 > r->sample.count)
        say_at(r->path, 0, "%zu of the first %zu rows are not UTF-8; if the file comes from an "
               "older program in Persian or Arabic, use --encoding windows-1256", malformed,
               r->sample.count);
}

static int open_first(reader *r, const table_options *options)
{
    const char *data;
    size_t size;
    if (!source_peek(r->input, 64 * 1024, &data, &size))
        return EXIT_INPUT;
    if (size == 0) {
        say_at(r->path, 0, "is empty; nothing to read");
        return EXIT_INPUT;
    }
    int code = begin_format(r, data, size, options);
    if (code != 0)
        return code;
    r->has_sample = fill(r, &r->sample);
    if (failed(r))
        return EXIT_INPUT;
    warn_of_encoding(r);
    code = take_columns(r, options);
    if (code == 0 && r->columns == 0 && is_table(r)) {
        say_at(r->path, 0, "has no rows; nothing to read");
        return EXIT_INPUT;
    }
    return code;
}

int reader_open(reader **out, const char *path, const table_options *options)
{
    static const table_options defaults = {0};
    if (options == NULL)
        options = &defaults;
    reader *r = memory_resize(NULL, sizeof *r);
    memset(r, 0, sizeof *r);
    *out = NULL;
    r->path = path;
    r->next_number = 1;
    r->quiet = options->quiet;
    int code = source_open(&r->input, path, options->encoding);
    if (code == 0)
        code = open_first(r, options);
    if (code != 0)
        reader_close(r);
    else
        *out = r;
    return code;
}

void reader_close(reader *r)
{
    if (r == NULL)
        return;
    xlsx_close(r->workbook);
    source_close(r->input);
    block_free(&r->sample);
    for (size_t i = 0; i < r->columns; i++)
        free(r->names[i]);
    free(r->names);
    free(r);
}

/* ---- reading */

int reader_fill(reader *r, block *b)
{
    if (r->has_sample) {
        block_free(b);
        *b = r->sample;
        r->sample = (block){0};
        r->has_sample = false;
    } else {
        block_clear(b);
    }
    if (b->count == 0 && !fill(r, b))
        return failed(r) ? -1 : 0;
    b->first_number = r->next_number;
    b->bytes_read = source_bytes_read(r->input);
    r->next_number += b->count;
    return failed(r) ? -1 : 1;
}

const char *reader_path(const reader *r)
{
    return r->path;
}

table_format reader_format(const reader *r)
{
    return r->found.format;
}

size_t reader_columns(const reader *r)
{
    return r->columns;
}

const char *const *reader_names(const reader *r)
{
    return (const char *const *)r->names;
}

bool reader_has_header(const reader *r)
{
    return r->has_header;
}

const block *reader_sample(const reader *r)
{
    return &r->sample;
}

const char *reader_delimiter(const reader *r)
{
    return r->found.delimiter;
}

bool reader_quotes(const reader *r)
{
    return r->found.quotes;
}

bool reader_crlf(const reader *r)
{
    return r->delimited.crlf;
}

uint64_t reader_bytes_total(const reader *r)
{
    return source_bytes_total(r->input);
}

size_t reader_find(const reader *r, const char *name)
{
    for (size_t i = 0; i < r->columns; i++)
        if (strcmp(r->names[i], name) == 0)
            return i;
    for (size_t i = 0; i < r->columns; i++)
        if (detect_same_name(r->names[i], strlen(r->names[i]), name, strlen(name)))
            return i;
    if (!is_table(r) || *name == '\0' || strspn(name, "0123456789") != strlen(name))
        return SIZE_MAX;
    unsigned long number = strtoul(name, NULL, 10);
    return number >= 1 && number <= r->columns ? number - 1 : SIZE_MAX;
}

/* ---- words */

static void describe_table(const reader *r, bytes *words)
{
    if (r->found.format == TABLE_XLSX) {
        size_t sheets;
        const char *sheet = xlsx_sheet(r->workbook, &sheets);
        bytes_format(words, ", sheet \"%s\"", sheet);
        if (sheets > 1)
            bytes_format(words, " (the first visible of %zu)", sheets);
    } else if (strcmp(r->found.delimiter, "\t") == 0) {
        bytes_text(words, ", delimiter tab");
    } else {
        bytes_format(words, ", delimiter \"%s\"", r->found.delimiter);
    }
    bytes_format(words, r->has_header     ? ", %zu columns with a header"
                        : r->header_asked ? ", %zu columns, no header"
                                          : ", %zu columns, no header (the first row looks like "
                                            "data)", r->columns);
}

void reader_report(const reader *r, const char *use)
{
    if (r->quiet)
        return;
    bytes words = {0};
    bytes_format(&words, "read as %s", table_format_name(r->found.format));
    if (source_is_gzip(r->input))
        bytes_text(&words, " in gzip");
    if (r->found.format != TABLE_XLSX)
        bytes_format(&words, ", %s", source_encoding(r->input));
    if (is_table(r))
        describe_table(r, &words);
    if (use != NULL)
        bytes_format(&words, ", text from %s", use);
    bytes_text(&words, "; change with --input-format");
    if (r->found.format != TABLE_XLSX)
        bytes_text(&words, ", --encoding");
    if (is_table(r))
        bytes_text(&words, r->found.format == TABLE_XLSX ? ", --no-header"
                                                         : ", --delimiter, --no-header");
    if (use != NULL && r->found.format != TABLE_LINES)
        bytes_text(&words, ", --text-column");
    say_at(r->path, 0, "%s", bytes_string(&words));
    bytes_free(&words);
}

void reader_say_columns(const reader *r, const char *what)
{
    enum { MOST = 40 };
    bytes words = {0};
    if (is_table(r) && !r->has_header) {
        bytes_format(&words, "columns 1 to %zu (the first row looks like data)", r->columns);
    } else {
        bytes_text(&words, r->found.format == TABLE_JSONL ? "members" : "columns");
        for (size_t i = 0; i < r->columns && i < MOST; i++)
            bytes_format(&words, "%s %zu \"%.80s\"", i == 0 ? "" : ",", i + 1, r->names[i]);
        if (r->columns > MOST)
            bytes_format(&words, " and %zu more", r->columns - MOST);
    }
    say_at(r->path, 0, "%s; it has %s", what, bytes_string(&words));
    bytes_free(&words);
}
