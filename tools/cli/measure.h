/* measure.h - a model, a session and an evaluation together: what evaluate and compare do
 * with every labelled row. */
#ifndef NAZAR_CLI_MEASURE_H
#define NAZAR_CLI_MEASURE_H

#include "labelled.h"

typedef struct measure {
    nz_model *model;
    nz_session *session;
    nz_evaluation *evaluation;
} measure;

/* Open the model at path (NULL: the default).  Returns 0 or the exit code after a message;
 * measure_close() is due in both cases. */
int measure_open(measure *m, const char *path, const nz_evaluation_options *options);
void measure_close(measure *m);
/* Heads of the model, for the columns to read; adds those that are not in the list yet. */
void measure_heads(const measure *m, labelled_heads *heads);
/* Classify a row and note the answer.  Returns 0 or the exit code after a message. */
int measure_row(measure *m, const nz_row *row, const char *path, uint64_t line);
/* Does the row belong to the split that is measured?  split NULL: every row. */
bool measure_wants(const nz_row *row, const char *split);
/* Write text to the file at path ("-" is stdout). */
int measure_write(const char *path, const char *text, size_t len);

#endif /* NAZAR_CLI_MEASURE_H */
