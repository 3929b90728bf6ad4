/* svd.c - see svd.h.  It must not know how A is stored.  Invariant: that of svd.h. */
#include "numeric/svd.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "numeric/dense.h"

/* ---- eigenvalues of a small symmetric matrix ------------------------------------------------- */

/* Rotate rows and columns i < k of a so that a[i][k] becomes 0 (Golub and Van Loan, (8.5.2)). */
static void rotate(double *a, double *q, uint32_t n, uint32_t i, uint32_t k)
{
    double tau = (a[k * n + k] - a[i * n + i]) / (2.0 * a[i * n + k]);
    double t = (tau >= 0.0 ? 1.0 : -1.0) / (fabs(tau) + sqrt(1.0 + tau * tau));
    double c = 1.0 / sqrt(1.0 + t * t), s = t * c;
    for (uint32_t j = 0; j < n; j++) {
        double x = a[j * n + i], y = a[j * n + k];
        a[j * n + i] = c * x - s * y;
        a[j * n + k] = s * x + c * y;
    }
    for (uint32_t j = 0; j < n; j++) {
        double x = a[i * n + j], y = a[k * n + j];
        a[i * n + j] = c * x - s * y;
        a[k * n + j] = s * x + c * y;
        x = q[j * n + i];
        y = q[j * n + k];
        q[j * n + i] = c * x - s * y;
        q[j * n + k] = s * x + c * y;
    }
}

/* Put the largest eigenvalue first, and so on. */
static void sort_eigen(const double *a, uint32_t n, double *q, double *values)
{
    for (uint32_t i = 0; i < n; i++) {
        values[i] = a[i * n + i];
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t top = i;
        for (uint32_t k = i + 1; k < n; k++) {
            top = values[k] > values[top] ? k : top;
        }
        double value = values[i];
        values[i] = values[top];
        values[top] = value;
        for (uint32_t j = 0; top != i && j < n; j++) {
            double item = q[j * n + i];
            q[j * n + i] = q[j * n + top];
            q[j * n + top] = item;
        }
    }
}

void svd_eigen(double *a, uint32_t n, double *q, double *values)
{
    enum { SWEEPS = 30 };
    memset(q, 0, (size_t)n * n * sizeof *q);
    double all = 0.0;
    for (uint32_t i = 0; i < n; i++) {
        q[i * n + i] = 1.0;
        for (uint32_t k = 0; k < n; k++) {
            all += a[i * n + k] * a[i * n + k];
        }
    }
    /* An item so small does not move an eigenvalue within a double. */
    double least = 1e-17 * sqrt(all);
    bool turned = true;
    for (uint32_t sweep = 0; turned && sweep < SWEEPS; sweep++) {
        turned = false;
        for (uint32_t i = 0; i < n; i++) {
            for (uint32_t k = i + 1; k < n; k++) {
                if (fabs(a[i * n + k]) > least) {
                    rotate(a, q, n, i, k);
                    turned = true;
                }
            }
        }
    }
    sort_eigen(a, n, q, values);
}

/* Of sums of products of floats, relative to the largest. */
static const double noise = 1e-6;

/* ---- subspace iteration --------------------------------------------------------------------- */

typedef struct iterating {
    uint32_t cols, lanes;
    float *x, *y;           /* [cols][lanes] */
    double *gram, *turn;    /* [lanes][lanes] */
    float *part;            /* [lanes][lanes] */
    double *values;         /* [lanes] */
} iterating;

static void fill_gauss(float *x, size_t count, uint64_t seed)
{
    for (size_t i = 0; i < count; i += 2) {
        /* Box and Muller 1958; u is never 0. */
        uint64_t a = hash_pair(seed, 2 * i), b = hash_pair(seed, 2 * i + 1);
        double u = ((double)(a >> 11) + 0.5) * 0x1p-53, v = (double)(b >> 11) * 0x1p-53;
        double r = sqrt(-2.0 * log(u)), angle = 6.283185307179586 * v;
        x[i] = (float)(r * cos(angle));
        if (i + 1 < count) {
            x[i + 1] = (float)(r * sin(angle));
        }
    }
}

/* x = y q.  divide: column k of q by the root of its eigenvalue; 0 when that is lost in noise. */
static void turn(iterating *s, bool divide)
{
    uint32_t n = s->lanes;
    for (uint32_t k = 0; k < n; k++) {
        bool lost = !(s->values[k] > noise * s->values[0]);
        double factor = !divide ? 1.0 : lost ? 0.0 : 1.0 / sqrt(s->values[k]);
        for (uint32_t j = 0; j < n; j++) {
            s->part[(size_t)j * n + k] = (float)(factor * s->turn[(size_t)j * n + k]);
        }
    }
    memset(s->x, 0, (size_t)s->cols * n * sizeof *s->x);
    dense_add_product(s->y, s->cols, n, s->part, n, s->x);
}

static void swap_bases(iterating *s)
{
    float *swap = s->x;
    s->x = s->y;
    s->y = swap;
}

/* x = an orthonormal basis of the columns of y, by the eigenvectors of y'y; twice, since the
 * squares in the first Gram matrix cost half of the digits. */
static void orthonormalise(iterating *s)
{
    for (int pass = 0; pass < 2; pass++) {
        if (pass == 1) {
            swap_bases(s);
        }
        dense_cross(s->y, s->lanes, s->y, s->lanes, s->cols, s->part, s->gram);
        svd_eigen(s->gram, s->lanes, s->turn, s->values);
        turn(s, true);
    }
}

static void take(const iterating *s, uint32_t rank, float *vectors, double *values)
{
    for (uint32_t c = 0; c < s->cols; c++) {
        memcpy(vectors + (size_t)c * rank, s->x + (size_t)c * s->lanes, rank * sizeof *vectors);
    }
    for (uint32_t k = 0; k < rank; k++) {
        bool lost = !(s->values[k] > noise * s->values[0]);
        values[k] = lost ? 0.0 : sqrt(s->values[k]);
        for (uint32_t c = 0; lost && c < s->cols; c++) {
            vectors[(size_t)c * rank + k] = 0.0f;
        }
    }
}

/* Algorithm 4.4: x = orth(A'A x), rounds times; then the eigenvectors of x' A'A x. */
static nz_status iterate(iterating *s, svd_product product, void *context,
                         const svd_options *options, nz_error *err)
{
    fill_gauss(s->y, (size_t)s->cols * s->lanes, options->seed);
    for (uint32_t round = 0; round <= options->rounds; round++) {
        orthonormalise(s);
        if (!product(context, s->x, s->lanes, s->y)) {
            return status_fail(err, NZ_E_CANCELLED, "cancelled");
        }
    }
    uint32_t n = s->lanes;
    dense_cross(s->x, n, s->y, n, s->cols, s->part, s->gram);
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < i; k++) {
            double mean = 0.5 * (s->gram[(size_t)i * n + k] + s->gram[(size_t)k * n + i]);
            s->gram[(size_t)i * n + k] = s->gram[(size_t)k * n + i] = mean;
        }
    }
    svd_eigen(s->gram, n, s->turn, s->values);
    swap_bases(s);
    turn(s, false);
    return NZ_OK;
}

nz_status svd_right(svd_product product, void *context, uint32_t cols, const svd_options *options,
                    float *vectors, double *values, nz_error *err)
{
    nz_allocator memory = memory_default();
    uint32_t lanes = options->rank + options->spare;
    size_t room = (size_t)cols * lanes, square = (size_t)lanes * lanes;
    iterating s = {cols, lanes, NULL, NULL, NULL, NULL, NULL, NULL};
    float *x = s.x = memory_new_zero(&memory, room, sizeof *s.x);
    float *y = s.y = memory_new_zero(&memory, room, sizeof *s.y);
    s.gram = memory_new(&memory, square, sizeof *s.gram);
    s.turn = memory_new(&memory, square, sizeof *s.turn);
    s.part = memory_new(&memory, square, sizeof *s.part);
    s.values = memory_new(&memory, lanes, sizeof *s.values);
    bool whole = x != NULL && y != NULL && s.gram != NULL && s.turn != NULL && s.part != NULL &&
                 s.values != NULL;
    nz_status status = whole ? iterate(&s, product, context, options, err) : status_no_memory(err);
    if (status == NZ_OK) {
        take(&s, options->rank, vectors, values);
    }
    memory_free(&memory, x, room, sizeof *x);
    memory_free(&memory, y, room, sizeof *y);
    memory_free(&memory, s.gram, square, sizeof *s.gram);
    memory_free(&memory, s.turn, square, sizeof *s.turn);
    memory_free(&memory, s.part, square, sizeof *s.part);
    memory_free(&memory, s.values, lanes, sizeof *s.values);
    return status;
}
