/* sparse.h - compressed sparse rows and the one kernel that training needs.
 *
 * It must not know labels, losses or texts, and it allocates only when it transposes.
 * Invariant: row r holds the items start[r] .. start[r + 1]; every column is < cols. */
#ifndef NZ_NUMERIC_SPARSE_H
#define NZ_NUMERIC_SPARSE_H

#include "base/memory.h"

typedef struct sparse {
    uint32_t rows, cols;
    uint64_t *start; /* [rows + 1] */
    uint32_t *col;   /* [start[rows]] */
    float *value;    /* [start[rows]], or NULL: every item is 1 */
} sparse;

/* Room for count items; start is zeroed, the rest is the caller's to fill. */
NZ_NODISCARD nz_status sparse_new(sparse *out, uint32_t rows, uint32_t cols, uint64_t count,
                                  bool with_values);
void sparse_free(sparse *a);
uint64_t sparse_count(const sparse *a);

/* out = a', items of a row in the order of their rows in a. */
NZ_NODISCARD nz_status sparse_transpose(const sparse *a, sparse *out);

/* Lanes of a dense matrix are padded to this multiple (one lane stays one). */
uint32_t sparse_stride(uint32_t lanes);

/* y[r] += sum over the items (r, c, v) of v * x[c], for begin <= r < end.
 * x [cols][stride], y [rows][stride]; one row is summed by one caller in one order, so the
 * result does not depend on how rows are shared out. */
void sparse_gather(const sparse *a, uint32_t begin, uint32_t end, const float *restrict x,
                   uint32_t stride, float *restrict y);

#endif
