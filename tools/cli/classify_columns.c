/* classify_columns.c - which columns hold the text, the rating and the channel: as asked for,
 * else by name, else an error that lists what is there. */
#include "classify.h"
#include "command.h"
#include "detect.h"
#include "fields.h"
#include "rating.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool parse_table_format(const char *name, bool output, table_format *format)
{
    *format = TABLE_AUTO;
    if (name == NULL)
        return true;
    for (table_format f = TABLE_CSV; f <= TABLE_VIEW; f++) {
        bool fits = output ? f != TABLE_LINES : f != TABLE_VIEW;
        if (fits && strcasecmp(name, table_format_name(f)) == 0) {
            *format = f;
            return true;
        }
    }
    return false;
}

static int missing(const reader *input, const char *asked, const char *name)
{
    char what[512];
    (void)snprintf(what, sizeof what, "--%s %.100s: there is no such column; choose one of them",
                   asked, name);
    reader_say_columns(input, what);
    return EXIT_INPUT;
}

/* A name that was asked for, as the reader knows it. */
static int add_column(run_columns *c, const reader *input, const char *asked, const char *name,
                      int *index)
{
    *index = -1;
    if (name == NULL)
        return 0;
    size_t column = reader_find(input, name);
    if (column == SIZE_MAX && reader_format(input) != TABLE_JSONL)
        return missing(input, asked, name);
    *index = (int)c->names.count;
    /* The name as asked for: twin headers are told apart by their number. */
    option_list_add(&c->names, name);
    return 0;
}

static int add_text_column(run_columns *c, const reader *input, const char *name)
{
    /* First lines that hold no object say nothing about the members of the others. */
    bool unknown = reader_format(input) == TABLE_JSONL && reader_columns(input) == 0;
    if (reader_find(input, name) == SIZE_MAX && !unknown)
        return missing(input, "text-column", name);
    option_list_add(&c->names, name);
    return 0;
}

/* "a,b" names two columns when no column is called that. */
static int add_text_columns(run_columns *c, const reader *input, const char *list)
{
    if (strchr(list, ',') == NULL || reader_find(input, list) != SIZE_MAX)
        return add_text_column(c, input, list);
    size_t size = strlen(list) + 1;
    char *copy = memory_resize(NULL, size);
    memcpy(copy, list, size);
    option_list_add(&c->owned, copy);
    int code = 0;
    for (char *name = copy, *comma; code == 0 && name != NULL; name = comma) {
        comma = strchr(name, ',');
        if (comma != NULL)
            *comma++ = '\0';
        code = add_text_column(c, input, name);
    }
    return code;
}

static int guess_text_column(run_columns *c, const reader *input)
{
    size_t columns = reader_columns(input);
    const char *const *names = reader_names(input);
    size_t found = detect_text_column(names, columns);
    if (found == SIZE_MAX && columns == 1)
        found = 0;
    if (found == SIZE_MAX) {
        reader_say_columns(input, "which column holds the comments? Choose with --text-column "
                                  "NAME or NUMBER");
        return EXIT_INPUT;
    }
    option_list_add(&c->names, names[found]);
    return 0;
}

/* The scale of the ratings from the first rows, said aloud: it changes what a 4 means. */
static void guess_scale(run_columns *c, const reader *input, bool quiet)
{
    fields f;
    fields_init(&f, input, c->names.items, c->names.count);
    const block *sample = reader_sample(input);
    double highest = -1.0, rating, own = 0.0;
    for (size_t i = 0; i < sample->count; i++) {
        if (fields_take(&f, sample, &sample->rows[i]) != ROW_OK)
            continue;
        const table_cell *given = &f.cells[c->rating];
        if (given->data != NULL && rating_parse(given->data, given->size, &rating, &own)
            && rating > highest)
            highest = rating;
    }
    fields_free(&f);
    c->scale = highest < 0.0 ? 0.0 : rating_guess_max(highest);
    if (!quiet && c->scale > 0.0)
        say_at(reader_path(input), 0, "ratings taken as out of %.0f (the highest in the first "
               "rows is %g); change with --rating-max", c->scale, highest);
}

static int add_members(run_columns *c, const reader *input, bool all)
{
    c->members = c->names.count;
    for (size_t i = 0; all && i < reader_columns(input); i++)
        option_list_add(&c->names, reader_names(input)[i]);
    return 0;
}

int run_columns_choose(run_columns *c, const reader *input, const classify_options *options,
                       bool all_members)
{
    *c = (run_columns){.rating = -1, .rating_max = -1, .channel = -1, .id = -1};
    int unused;
    int code = options->text_columns.count > 0 ? 0 : guess_text_column(c, input);
    for (size_t i = 0; code == 0 && i < options->text_columns.count; i++)
        code = add_text_columns(c, input, options->text_columns.items[i]);
    c->texts = c->names.count;
    if (code == 0)
        code = add_column(c, input, "rating-column", options->rating_column, &c->rating);
    if (code == 0)
        code = add_column(c, input, "channel-column", options->channel_column, &c->channel);
    if (code == 0)
        code = add_column(c, input, "id-column", options->id_column, &c->id);
    if (code == 0)
        code = add_column(c, input, "date-column", options->date_column, &unused);
    if (code == 0 && c->rating >= 0 && options->rating_max <= 0.0
        && reader_find(input, "rating_max") != SIZE_MAX)
        code = add_column(c, input, "rating-max", "rating_max", &c->rating_max);
    c->scale = options->rating_max;
    if (code == 0 && c->rating >= 0 && c->scale <= 0.0 && c->rating_max < 0)
        guess_scale(c, input, options->quiet);
    return code != 0 ? code : add_members(c, input, all_members);
}

void run_columns_free(run_columns *c)
{
    for (size_t i = 0; i < c->owned.count; i++)
        free((void *)(uintptr_t)c->owned.items[i]);
    option_list_free(&c->owned);
    option_list_free(&c->names);
}

void run_columns_describe(const run_columns *c, const reader *input, char *to, size_t size)
{
    if (reader_format(input) == TABLE_LINES) {
        (void)snprintf(to, size, "every line");
        return;
    }
    const char *kind = reader_format(input) == TABLE_JSONL ? "member" : "column";
    size_t at = 0;
    for (size_t i = 0; i < c->texts && at < size; i++) {
        int n = snprintf(to + at, size - at, "%s%s \"%.80s\"", i > 0 ? " and " : "", kind,
                         c->names.items[i]);
        at += n > 0 ? (size_t)n : 0;
    }
}
