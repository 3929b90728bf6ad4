/* answer.h - what is known of a row once it is answered, and the heads of the model by their
 * agreed names.  The writers read it; it knows no formats.
 * Invariant: result is set exactly when the status is not ANSWER_ERROR. */
#ifndef NAZAR_CLI_ANSWER_H
#define NAZAR_CLI_ANSWER_H

#include "bytes.h"

#include <nazar/nazar.h>
#include <stdbool.h>

typedef enum answer_status {
    ANSWER_OK = 0,
    ANSWER_EMPTY,
    ANSWER_NO_EVIDENCE,
    ANSWER_ERROR
} answer_status;
const char *answer_status_name(answer_status status);

typedef struct answer {
    answer_status status;
    const nz_result *result;
    const char *error; /* "" without one */
} answer;

/* The heads that the output has places for; NZ_NONE where the model has none. */
typedef struct schema {
    const nz_model *model;
    const char *titles; /* NULL: identifiers; else the language of the names */
    uint32_t category, sentiment, type, types, question, reason;
} schema;

void schema_init(schema *s, const nz_model *model, const char *titles);
/* Name of a label as the output writes it; "" for NZ_NONE. */
const char *schema_label(const schema *s, uint32_t head, uint32_t label);
/* The answer of a single-choice head: its label's name and probability; "" and -1 when the
 * model has no such head or it is empty. */
const char *schema_single(const schema *s, const nz_result *result, uint32_t head, double *p);
bool schema_question(const schema *s, const nz_result *result);
const char *schema_team(const schema *s, const nz_result *result);

/* The lowest of the three main probabilities: how far the whole answer can be trusted. */
double answer_confidence(const schema *s, const nz_result *result);

/* Append p with four decimals and a point, whatever the locale. */
void write_decimals(bytes *out, double p);

#endif /* NAZAR_CLI_ANSWER_H */
