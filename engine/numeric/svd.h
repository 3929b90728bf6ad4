/* svd.h - leading right singular vectors of a matrix A that is known by its product A'A x
 * alone: randomised subspace iteration (Halko, Martinsson, Tropp 2011, algorithm 4.4) with a
 * Rayleigh-Ritz step on A'A in the place of their stage B.
 *
 * It must not know how A is stored.
 * Invariant: a vector has length 1 and stands upright on the others, or is 0 when A's rank, as
 * far as floats can tell, is smaller than what was asked for; the seed alone decides. */
#ifndef NZ_NUMERIC_SVD_H
#define NZ_NUMERIC_SVD_H

#include <stdint.h>

#include "base/memory.h"

/* y = A'A x;  x, y [cols][lanes].  False to stop. */
typedef bool (*svd_product)(void *context, const float *x, uint32_t lanes, float *y);

typedef struct svd_options {
    uint32_t rank;   /* vectors wanted */
    uint32_t spare;  /* more of them on the way (oversampling) */
    uint32_t rounds; /* products before the last one */
    uint64_t seed;
} svd_options;

/* vectors [cols][rank], values [rank] falling.  NZ_E_MEMORY, NZ_E_CANCELLED. */
NZ_NODISCARD nz_status svd_right(svd_product product, void *context, uint32_t cols,
                                 const svd_options *options, float *vectors, double *values,
                                 nz_error *err);

/* Eigenvalues (falling) and eigenvectors of a symmetric a [n][n] by cyclic Jacobi rotations
 * (Golub and Van Loan 2013, 8.5): column k of q [n][n] belongs to values[k].  a is destroyed. */
void svd_eigen(double *a, uint32_t n, double *q, double *values);

#endif
