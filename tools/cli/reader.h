/* reader.h - one input as blocks of rows with known columns, whatever its format: opens it,
 * finds out what it is, says so on stderr, hands out blocks.  It knows nothing of models.
 * Invariant: rows are numbered from 1 without a gap, the header is not one of them. */
#ifndef NAZAR_CLI_READER_H
#define NAZAR_CLI_READER_H

#include "rows.h"
#include "table.h"

typedef struct reader reader;

/* Returns 0 or the exit code after a message.  options may be NULL. */
int reader_open(reader **out, const char *path, const table_options *options);
void reader_close(reader *r);

/* 1: b holds rows; 0: the end; -1: the input cannot be read on (a message was written). */
int reader_fill(reader *r, block *b);

const char *reader_path(const reader *r);
table_format reader_format(const reader *r);
/* Columns of a table; for JSONL the members seen in the first rows; "text" for lines. */
size_t reader_columns(const reader *r);
const char *const *reader_names(const reader *r);
bool reader_has_header(const reader *r);
/* The first rows, for guesses; empty once reader_fill() was called. */
const block *reader_sample(const reader *r);
/* How the file is written, for an output that is written alike. */
const char *reader_delimiter(const reader *r);
bool reader_quotes(const reader *r);
bool reader_crlf(const reader *r);
/* Bytes read and size of the file (0: not known), for the progress bar. */
uint64_t reader_bytes_total(const reader *r);
/* Index of the column: its name, else its number from 1; SIZE_MAX when there is none. */
size_t reader_find(const reader *r, const char *name);
/* Say on stderr what was found, and the option that overrides it; use names the text
 * column(s), NULL when there is no choice to report. */
void reader_report(const reader *r, const char *use);
/* An error that lists the columns. */
void reader_say_columns(const reader *r, const char *what);

const char *table_format_name(table_format format);

#endif /* NAZAR_CLI_READER_H */
