/* factors.h - some rows in the factored form of the score, as sparse matrices and their
 * transposes: rows x tokens, tokens x features, rows x cross features.
 *
 * It must not know labels, scales or weights.
 * Invariant: tokens are numbered by first appearance in these rows; features as in the space. */
#ifndef NZ_TRAIN_FACTORS_H
#define NZ_TRAIN_FACTORS_H

#include "numeric/sparse.h"
#include "train/select.h"

typedef struct factors {
    sparse row_token, token_row;         /* f */
    sparse token_feature, feature_token; /* 1 */
    sparse row_cross, cross_row;         /* 1, an item an occurrence */
} factors;

/* rows_used [count]: numbers in the matrix. */
NZ_NODISCARD nz_status factors_new(factors *out, const matrix *m, const space *s,
                                   const uint32_t *rows_used, uint32_t count);
void factors_free(factors *a);

#endif
