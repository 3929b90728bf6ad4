/* classify.h - a run of `nazar classify`: what was asked for, the inputs, the columns, and
 * the pipeline that answers them.  command_classify.c reads the options, this runs them.
 * Invariant: nothing is written before every input was opened and agrees. */
#ifndef NAZAR_CLI_CLASSIFY_H
#define NAZAR_CLI_CLASSIFY_H

#include "options.h"
#include "reader.h"

#include <stdbool.h>

typedef struct classify_options {
    const char *model, *output, *labels;
    const char *input_format, *format, *encoding, *delimiter;
    option_list text_columns;
    const char *id_column, *rating_column, *channel_column, *date_column, *channel;
    double rating_max, min_confidence;
    unsigned jobs;
    bool no_header, evidence, clauses, redact, resume, excel, spreadsheet_safe, quiet;
} classify_options;

/* Returns the exit code. */
int classify_run(const classify_options *options, const option_list *inputs);

/* ---- the columns of a run (classify_columns.c) */

/* Names that fields_init() is given, in this order: the texts, then those that are set, then
 * for JSONL into a table every member. */
typedef struct run_columns {
    option_list names;
    option_list owned; /* strings made here */
    size_t texts;
    int rating, rating_max, channel, id; /* index in names, -1: none */
    size_t members;                      /* index of the first member */
    double scale;                        /* of the ratings; 0: each row says its own */
} run_columns;

/* Returns 0 or the exit code after a message that lists the columns. */
int run_columns_choose(run_columns *c, const reader *input, const classify_options *options,
                       bool all_members);
void run_columns_free(run_columns *c);
/* "column \"text\"" and so on, for the report. */
void run_columns_describe(const run_columns *c, const reader *input, char *to, size_t size);

/* true and *format when name is one ("table" only where it may be); NULL is TABLE_AUTO. */
bool parse_table_format(const char *name, bool output, table_format *format);

#endif /* NAZAR_CLI_CLASSIFY_H */
