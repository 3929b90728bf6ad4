/* dense.h - vectors of floats with sums in double: the only door to BLAS.
 *
 * It must not know sparse data, losses or models.
 * Invariant: on one processor and with one BLAS thread the same arguments give the same
 * bits. */
#ifndef NZ_NUMERIC_DENSE_H
#define NZ_NUMERIC_DENSE_H

#include <stddef.h>
#include <stdint.h>

/* One BLAS thread from now on, for the whole process: the order of sums depends on it. */
void dense_use_one_thread(void);
/* Name and build of the BLAS, for provenance.  Static. */
const char *dense_library(void);

/* sum of x[i] * y[i] */
double dense_dot(const float *x, const float *y, size_t n);
double dense_norm(const float *x, size_t n);
/* y += a * x */
void dense_add(float a, const float *x, float *y, size_t n);
/* x *= a */
void dense_scale(float a, float *x, size_t n);
/* y = x */
void dense_copy(const float *x, float *y, size_t n);

/* Matrices by rows.  y [n][lanes] += x [n][k] w [k][lanes] */
void dense_add_product(const float *x, size_t n, uint32_t k, const float *w, uint32_t lanes,
                       float *y);
/* g [k][lanes] = x' y of x [n][k] and y [n][lanes]: few rows are summed in floats, into part
 * [k][lanes], and these sums in double. */
void dense_cross(const float *x, uint32_t k, const float *y, uint32_t lanes, size_t n, float *part,
                 double *g);

#endif
