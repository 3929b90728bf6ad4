/* dense.c - thin wrappers of BLAS; the only file that includes cblas.h.
 * It must not know what the vectors mean.
 * Invariant: a length over what BLAS can count is cut into pieces, never wrapped. */
#include "numeric/dense.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

/* Rows of a matrix at a time: few enough for floats to sum them well. */
enum { ROWS = 1024 };

/* Pieces that fit the 32-bit lengths of a default BLAS build. */
#define PIECE ((size_t)1 << 30)

static blasint piece_of(size_t left)
{
    return (blasint)(left < PIECE ? left : PIECE);
}

void dense_use_one_thread(void)
{
    openblas_set_num_threads(1);
}

const char *dense_library(void)
{
    return openblas_get_config();
}

double dense_dot(const float *x, const float *y, size_t n)
{
    double sum = 0.0;
    for (size_t at = 0; at < n; at += PIECE) {
        sum += cblas_dsdot(piece_of(n - at), x + at, 1, y + at, 1);
    }
    return sum;
}

double dense_norm(const float *x, size_t n)
{
    return sqrt(dense_dot(x, x, n));
}

void dense_add(float a, const float *x, float *y, size_t n)
{
    for (size_t at = 0; at < n; at += PIECE) {
        cblas_saxpy(piece_of(n - at), a, x + at, 1, y + at, 1);
    }
}

void dense_scale(float a, float *x, size_t n)
{
    for (size_t at = 0; at < n; at += PIECE) {
        cblas_sscal(piece_of(n - at), a, x + at, 1);
    }
}

void dense_copy(const float *x, float *y, size_t n)
{
    for (size_t at = 0; at < n; at += PIECE) {
        cblas_scopy(piece_of(n - at), x + at, 1, y + at, 1);
    }
}

void dense_add_product(const float *x, size_t n, uint32_t k, const float *w, uint32_t lanes,
                       float *y)
{
    for (size_t at = 0; at < n; at += PIECE) {
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, piece_of(n - at), (blasint)lanes,
                    (blasint)k, 1.0f, x + at * k, (blasint)k, w, (blasint)lanes, 1.0f,
                    y + at * lanes, (blasint)lanes);
    }
}

void dense_cross(const float *x, uint32_t k, const float *y, uint32_t lanes, size_t n, float *part,
                 double *g)
{
    size_t room = (size_t)k * lanes;
    memset(g, 0, room * sizeof *g);
    for (size_t at = 0; at < n; at += ROWS) {
        blasint rows = (blasint)(n - at < ROWS ? n - at : ROWS);
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (blasint)k, (blasint)lanes, rows, 1.0f,
                    x + at * k, (blasint)k, y + at * lanes, (blasint)lanes, 0.0f, part,
                    (blasint)lanes);
        for (size_t i = 0; i < room; i++) {
            g[i] += (double)part[i];
        }
    }
}
