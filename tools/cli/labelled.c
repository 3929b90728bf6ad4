/* labelled.c - see labelled.h.  It must not know formats: table.h is the only door.
 * Invariant: strings handed on live until the next row. */
#include "labelled.h"

#include "command.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

/* The columns that are not heads, by their place among the names asked for. */
enum {
    COLUMN_TEXT,
    COLUMN_RATING,
    COLUMN_RATING_MAX,
    COLUMN_CHANNEL,
    COLUMN_SPLIT,
    COLUMN_SOURCE,
    COLUMN_DRAWN,
    COLUMN_LANGUAGE,
    COLUMN_WEIGHT,
    COLUMN_COUNT
};
static const char *const column_names[COLUMN_COUNT] = {
    "text", "rating", "rating_max", "channel", "split", "source", "drawn", "language", "weight"};

enum { WORD_BYTES = 96, NAMED_UNREADABLE = 5 };

/* NUL-terminated copies of the short cells of a row. */
typedef struct row_words {
    char words[COLUMN_COUNT][WORD_BYTES];
} row_words;

/* NULL for an empty or missing cell; a longer one is cut, which no name of ours is. */
static const char *word_of(const table_cell *cells, int column, row_words *words)
{
    const table_cell *cell = &cells[column];
    if (cell->data == NULL || cell->size == 0)
        return NULL;
    size_t size = cell->size < WORD_BYTES - 1 ? cell->size : WORD_BYTES - 1;
    memcpy(words->words[column], cell->data, size);
    words->words[column][size] = '\0';
    return words->words[column];
}

/* -1 (unknown) for a cell that is no number. */
static double number_of(const table_cell *cells, int column, row_words *words)
{
    const char *text = word_of(cells, column, words);
    if (text == NULL)
        return -1.0;
    char *end;
    double value = strtod(text, &end);
    return end == text || *end != '\0' || value != value ? -1.0 : value;
}

static void fill_row(nz_row *row, const table_row *in, const labelled_heads *heads, nz_gold *gold,
                     row_words *words)
{
    const table_cell *cells = in->cells;
    *row = (nz_row)NZ_ROW_INIT;
    row->text = cells[COLUMN_TEXT].data;
    row->text_len = row->text == NULL ? 0 : cells[COLUMN_TEXT].size;
    row->rating = number_of(cells, COLUMN_RATING, words);
    row->rating_max = number_of(cells, COLUMN_RATING_MAX, words);
    row->channel = word_of(cells, COLUMN_CHANNEL, words);
    row->split = word_of(cells, COLUMN_SPLIT, words);
    row->source = word_of(cells, COLUMN_SOURCE, words);
    row->drawn = word_of(cells, COLUMN_DRAWN, words);
    row->language = word_of(cells, COLUMN_LANGUAGE, words);
    row->weight = number_of(cells, COLUMN_WEIGHT, words);
    row->number = in->number;
    for (size_t h = 0; h < heads->count; h++) {
        const table_cell *cell = &cells[COLUMN_COUNT + h];
        if (cell->data != NULL)
            gold[row->gold_count++] = (nz_gold){heads->names[h], cell->data, cell->size};
    }
    row->gold = gold;
}

static int read_rows(table *t, const char *path, const labelled_heads *heads, labelled_take take,
                     void *context, labelled_counts *counts)
{
    nz_gold gold[LABELLED_HEADS];
    row_words words;
    table_row in;
    int got, code = EXIT_DONE;
    while (code == EXIT_DONE && (got = table_next(t, &in)) != 0) {
        if (got < 0)
            return EXIT_INPUT;
        if (in.error != NULL) {
            if (counts->unreadable++ < NAMED_UNREADABLE)
                say_at(path, in.line, "row %llu cannot be read (%s); it is left out",
                       (unsigned long long)in.number, in.error);
            continue;
        }
        nz_row row;
        fill_row(&row, &in, heads, gold, &words);
        counts->rows++;
        code = take(context, &row, path, in.line);
    }
    return code;
}

int labelled_read(const char *path, const labelled_heads *heads, labelled_take take,
                  void *context, labelled_counts *counts, bool quiet)
{
    const char *names[COLUMN_COUNT + LABELLED_HEADS];
    memcpy(names, column_names, sizeof column_names);
    memcpy(names + COLUMN_COUNT, heads->names, heads->count * sizeof *names);
    table_options options = {0};
    options.quiet = quiet;
    table *t;
    int code = table_open(&t, path, &options, names, COLUMN_COUNT + heads->count);
    if (code != 0)
        return code;
    if (!table_has(t, COLUMN_TEXT)) {
        say_at(path, 0, "there is no column text; rename the column of the comments to text");
        code = EXIT_INPUT;
    } else
        code = read_rows(t, path, heads, take, context, counts);
    table_close(t);
    return code;
}
