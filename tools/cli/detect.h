/* detect.h - what a file is, from its name and its first bytes: format, delimiter, quoting,
 * header or not, and which column holds the comments.  It guesses; the caller reports what
 * was guessed and every guess has an option that overrides it.
 * Invariant: the same bytes and name give the same answer. */
#ifndef NAZAR_CLI_DETECT_H
#define NAZAR_CLI_DETECT_H

#include "rows.h"
#include "table.h"

typedef struct detected {
    table_format format;
    char delimiter[8];
    bool quotes, escapes;
    size_t skip; /* bytes of a "sep=;" line at the start */
} detected;

/* Look at the first bytes; whole says that nothing follows them.  What options ask for is
 * taken as it is. */
void detect_format(const char *path, const char *data, size_t size, bool whole,
                   const table_options *options, detected *out);
/* The format that a file's name ends in, TABLE_AUTO when it says nothing. */
table_format detect_format_by_name(const char *path);
/* Is the first row of these a header? */
bool detect_header(const block *rows);
/* Index of the column that holds the comments, by its name; SIZE_MAX when none is known. */
size_t detect_text_column(const char *const *names, size_t count);
/* Column names are equal when they differ in case, in _ - and spaces, or in the two
 * spellings of Arabic yeh and kaf only. */
bool detect_same_name(const char *a, size_t a_size, const char *b, size_t b_size);
/* Digits of three scripts with one point at most: a number. */
bool detect_number(const char *text, size_t size);

#endif /* NAZAR_CLI_DETECT_H */
