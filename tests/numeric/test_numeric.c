/* test_numeric.c - kernels against closed forms and finite differences, the solver on
 * Rosenbrock's valley and against reference numbers of scikit-learn. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "numeric/dense.h"
#include "numeric/lbfgs.h"
#include "numeric/logistic.h"
#include "numeric/sparse.h"
#include "numeric/svd.h"

static void near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance)) {
        fail_msg("%.9g is not %.9g within %g", got, want, tolerance);
    }
}

static void dense_sums_in_double(void **state)
{
    (void)state;
    float x[1000], y[1000];
    for (int i = 0; i < 1000; i++) {
        x[i] = (float)i;
        y[i] = 1.0f;
    }
    near(dense_dot(x, y, 1000), 499500.0, 0.0);
    near(dense_norm(y, 1000), sqrt(1000.0), 1e-9);
    dense_add(2.0f, y, x, 1000);
    near(x[999], 1001.0, 0.0);
    dense_scale(0.5f, x, 1000);
    near(x[0], 1.0, 0.0);
}

/* [1 0 2; 0 0 0; 0 3 0; 4 5 6] with lanes that differ by a factor. */
static void fill_example(sparse *a)
{
    static const uint64_t start[] = {0, 2, 2, 3, 6};
    static const uint32_t col[] = {0, 2, 1, 0, 1, 2};
    static const float value[] = {1, 2, 3, 4, 5, 6};
    assert_int_equal(sparse_new(a, 4, 3, 6, true), NZ_OK);
    memcpy(a->start, start, sizeof start);
    memcpy(a->col, col, sizeof col);
    memcpy(a->value, value, sizeof value);
}

static void gather_is_a_matrix_product_for_every_stride(void **state)
{
    (void)state;
    static const float want[] = {7, 0, 6, 32}; /* times x = (1, 2, 3) */
    sparse a;
    fill_example(&a);
    for (uint32_t lanes = 1; lanes <= 40; lanes++) {
        float x[3 * 40], y[4 * 40];
        uint32_t stride = sparse_stride(lanes);
        for (uint32_t i = 0; i < 3 * stride; i++) {
            x[i] = (float)(i / stride + 1) * (float)(i % stride + 1);
        }
        for (uint32_t i = 0; i < 4 * stride; i++) {
            y[i] = 1.0f;
        }
        sparse_gather(&a, 0, 2, x, stride, y);
        sparse_gather(&a, 2, 4, x, stride, y);
        for (uint32_t r = 0; r < 4; r++) {
            for (uint32_t k = 0; k < stride; k++) {
                near(y[r * stride + k], 1.0 + want[r] * (double)(k + 1), 0.0);
            }
        }
    }
    sparse_free(&a);
}

static void transpose_turns_rows_into_columns(void **state)
{
    (void)state;
    sparse a, t, back;
    fill_example(&a);
    assert_int_equal(sparse_transpose(&a, &t), NZ_OK);
    assert_int_equal(t.rows, 3);
    assert_int_equal(t.cols, 4);
    static const uint64_t start[] = {0, 2, 4, 6};
    static const uint32_t col[] = {0, 3, 2, 3, 0, 3};
    static const float value[] = {1, 4, 3, 5, 2, 6};
    assert_memory_equal(t.start, start, sizeof start);
    assert_memory_equal(t.col, col, sizeof col);
    assert_memory_equal(t.value, value, sizeof value);
    assert_int_equal(sparse_transpose(&t, &back), NZ_OK);
    assert_memory_equal(back.col, a.col, 6 * sizeof *a.col);
    sparse_free(&a);
    sparse_free(&t);
    sparse_free(&back);
}

static void losses_have_their_closed_forms(void **state)
{
    (void)state;
    float z[3] = {1.0f, 2.0f, 4.0f};
    double total = exp(1.0) + exp(2.0) + exp(4.0);
    near(logistic_single(z, 3, 1, 2.0f), 2.0 * (log(total) - 2.0), 1e-5);
    near(z[0], 2.0 * exp(1.0) / total, 1e-6);
    near(z[1], 2.0 * (exp(2.0) / total - 1.0), 1e-6);
    float b[2] = {0.0f, -3.0f};
    static const uint8_t y[2] = {1, 0};
    near(logistic_independent(b, 2, y, 1.0f, NULL), log(2.0) + log1p(exp(-3.0)), 1e-6);
    near(b[0], -0.5, 1e-7);
    near(b[1], logistic_sigmoid(-3.0), 1e-7);
}

static void losses_stay_finite_far_out(void **state)
{
    (void)state;
    float z[3] = {1e30f, -1e30f, 0.0f};
    assert_true(isfinite(logistic_single(z, 3, 1, 1.0f)));
    near(z[0], 1.0, 0.0);
    float b[1] = {-1e30f};
    static const uint8_t yes[1] = {1};
    assert_true(isfinite(logistic_independent(b, 1, yes, 1.0f, NULL)));
    near(b[0], -1.0, 0.0);
}

/* Residuals are the derivative of the loss: central differences. */
static void residuals_agree_with_finite_differences(void **state)
{
    (void)state;
    static const uint8_t y[4] = {0, 1, 1, 0};
    static const float weights[8] = {1, 3, 0.5f, 2, 1, 1, 4, 1};
    const float at[4] = {0.3f, -1.2f, 2.0f, 0.7f};
    for (int k = 0; k < 4; k++) {
        for (int multi = 0; multi < 2; multi++) {
            float centre[4], up[4], down[4];
            memcpy(centre, at, sizeof at);
            memcpy(up, at, sizeof at);
            memcpy(down, at, sizeof at);
            up[k] += 1e-2f;
            down[k] -= 1e-2f;
            double high = multi ? logistic_independent(up, 4, y, 1.5f, weights)
                                : logistic_single(up, 4, 2, 1.5f);
            double low = multi ? logistic_independent(down, 4, y, 1.5f, weights)
                               : logistic_single(down, 4, 2, 1.5f);
            (void)(multi ? logistic_independent(centre, 4, y, 1.5f, weights)
                         : logistic_single(centre, 4, 2, 1.5f));
            near(centre[k], (high - low) / 2e-2, 2e-4);
        }
    }
}

/* ---- the solver ------------------------------------------------------------------- */

/* Rosenbrock (1960) in pairs: sum 100 (b - a^2)^2 + (1 - a)^2, minimum 0 at all ones. */
static double rosenbrock(void *context, const float *x, float *g)
{
    size_t n = *(const size_t *)context;
    double f = 0.0;
    for (size_t i = 0; i < n; i += 2) {
        double a = x[i], b = x[i + 1], t = b - a * a;
        f += 100.0 * t * t + (1.0 - a) * (1.0 - a);
        g[i] = (float)(-400.0 * a * t - 2.0 * (1.0 - a));
        g[i + 1] = (float)(200.0 * t);
    }
    return f;
}

static void solver_walks_the_valley(void **state)
{
    (void)state;
    size_t n = 20;
    float x[20];
    for (size_t i = 0; i < n; i += 2) {
        x[i] = -1.2f;
        x[i + 1] = 1.0f;
    }
    lbfgs_options options = lbfgs_default_options();
    options.past = 0;
    lbfgs_result result;
    assert_int_equal(lbfgs_minimise(n, x, rosenbrock, NULL, &n, &options, &result, NULL), NZ_OK);
    assert_true(result.value < 1e-6);
    assert_true(result.iterations < 100);
    for (size_t i = 0; i < n; i++) {
        near(x[i], 1.0, 2e-3);
    }
}

static bool stop_at_three(void *context, const lbfgs_step *step)
{
    (void)context;
    return step->iteration < 3;
}

static void solver_can_be_cancelled(void **state)
{
    (void)state;
    size_t n = 2;
    float x[2] = {-1.2f, 1.0f};
    nz_error err = NZ_ERROR_INIT;
    assert_int_equal(lbfgs_minimise(n, x, rosenbrock, stop_at_three, &n, NULL, NULL, &err),
                     NZ_E_CANCELLED);
    assert_int_equal(err.status, NZ_E_CANCELLED);
}

static double not_a_number(void *context, const float *x, float *g)
{
    (void)context;
    (void)x;
    g[0] = 0.0f;
    return NAN;
}

static void solver_refuses_a_start_without_a_value(void **state)
{
    (void)state;
    float x[1] = {0};
    assert_int_equal(lbfgs_minimise(1, x, not_a_number, NULL, NULL, NULL, NULL, NULL), NZ_E_DATA);
}

/* ---- logistic regression against scikit-learn 1.9.1 -------------------------------- */

enum { ROWS = 24, FEATURES = 4 };

typedef struct regression {
    uint32_t lanes;
    float l2;
} regression;

static float sample_x(int i, int j)
{
    return (float)((i * 7 + j * 13 + i * j * 3) % 11 - 5) / 5.0f;
}

static uint32_t sample_y(int i)
{
    return (uint32_t)((i * i + i / 3) % 3);
}

static double regression_loss(void *context, const float *w, float *g)
{
    const regression *r = context;
    uint32_t lanes = r->lanes;
    double f = 0.0;
    for (uint32_t i = 0; i < FEATURES * lanes; i++) {
        g[i] = r->l2 * w[i];
        f += 0.5 * r->l2 * (double)w[i] * (double)w[i];
    }
    for (int i = 0; i < ROWS; i++) {
        float z[3] = {0};
        for (int j = 0; j < FEATURES; j++) {
            for (uint32_t k = 0; k < lanes; k++) {
                z[k] += sample_x(i, j) * w[j * (int)lanes + (int)k];
            }
        }
        uint8_t one = sample_y(i) == 1;
        f += lanes == 1 ? logistic_independent(z, 1, &one, 1.0f, NULL)
                        : logistic_single(z, lanes, sample_y(i), 1.0f);
        for (int j = 0; j < FEATURES; j++) {
            for (uint32_t k = 0; k < lanes; k++) {
                g[j * (int)lanes + (int)k] += sample_x(i, j) * z[k];
            }
        }
    }
    return f;
}

static void multinomial_regression_agrees_with_scikit_learn(void **state)
{
    (void)state;
    static const double want[3][FEATURES] = {{-0.25358567, 0.18664258, -0.00710281, 0.3980002},
                                             {0.16388287, -0.57525786, 0.10253323, -0.34983977},
                                             {0.0897028, 0.38861528, -0.09543042, -0.04816043}};
    regression r = {3, 1.0f};
    float w[3 * FEATURES] = {0};
    lbfgs_options options = lbfgs_default_options();
    options.past_tolerance = 1e-9;
    lbfgs_result result;
    assert_int_equal(lbfgs_minimise(3 * FEATURES, w, regression_loss, NULL, &r, &options, &result,
                                    NULL), NZ_OK);
    near(result.value, 24.261112851, 1e-4);
    for (int k = 0; k < 3; k++) {
        for (int j = 0; j < FEATURES; j++) {
            near(w[j * 3 + k], want[k][j], 1e-3);
        }
    }
}

static void binary_regression_agrees_with_scikit_learn(void **state)
{
    (void)state;
    static const double want[FEATURES] = {0.30931722, -0.79818452, 0.17840801, -0.4773734};
    regression r = {1, 0.5f};
    float w[FEATURES] = {0};
    lbfgs_options options = lbfgs_default_options();
    options.past_tolerance = 1e-9;
    lbfgs_result result;
    assert_int_equal(lbfgs_minimise(FEATURES, w, regression_loss, NULL, &r, &options, &result,
                                    NULL), NZ_OK);
    near(result.value, 15.119028780, 1e-4);
    for (int j = 0; j < FEATURES; j++) {
        near(w[j], want[j], 1e-3);
    }
}

/* ---- singular vectors -------------------------------------------------------------------- */

static void products_of_matrices(void **state)
{
    (void)state;
    static const float x[6] = {1, 2, 3, 4, 5, 6}; /* 3 x 2 */
    static const float w[4] = {1, 0, 1, 2};
    float y[6] = {1, 1, 1, 1, 1, 1}, part[4];
    double g[4];
    dense_add_product(x, 3, 2, w, 2, y);
    static const float want[6] = {4, 5, 8, 9, 12, 13};
    assert_memory_equal(y, want, sizeof want);
    dense_cross(x, 2, x, 2, 3, part, g);
    near(g[0], 35.0, 0.0);
    near(g[1], 44.0, 0.0);
    near(g[3], 56.0, 0.0);
}

static void eigenvalues_of_a_small_matrix(void **state)
{
    (void)state;
    /* 2 on the diagonal, -1 beside it: 2 - 2 cos(k pi / 4). */
    double a[9] = {2, -1, 0, -1, 2, -1, 0, -1, 2}, q[9], values[3];
    svd_eigen(a, 3, q, values);
    near(values[0], 2.0 + sqrt(2.0), 1e-14);
    near(values[1], 2.0, 1e-14);
    near(values[2], 2.0 - sqrt(2.0), 1e-14);
    near(fabs(q[1 * 3 + 0]), sqrt(0.5), 1e-14);
    near(q[1 * 3 + 1], 0.0, 1e-14);
}

enum { SVD_SIDE = 64, SVD_RANK = 6, SVD_KNOWN = 20 };

/* A = sum of value[k] u_k v_k', u and v columns of the orthonormal cosine transform. */
static double cosine(uint32_t i, uint32_t k)
{
    double scale = sqrt((k == 0 ? 1.0 : 2.0) / SVD_SIDE);
    return scale * cos(3.14159265358979323846 * (i + 0.5) * k / SVD_SIDE);
}

static double known_value(uint32_t k)
{
    return k < SVD_KNOWN ? 10.0 * pow(0.8, k) : 0.0;
}

/* A'A = sum of value^2 v v'. */
static bool known_product(void *context, const float *x, uint32_t lanes, float *y)
{
    uint32_t rank = *(const uint32_t *)context;
    memset(y, 0, (size_t)SVD_SIDE * lanes * sizeof *y);
    for (uint32_t k = 0; k < rank; k++) {
        for (uint32_t lane = 0; lane < lanes; lane++) {
            double sum = 0.0;
            for (uint32_t i = 0; i < SVD_SIDE; i++) {
                sum += cosine(i, k) * (double)x[i * lanes + lane];
            }
            sum *= known_value(k) * known_value(k);
            for (uint32_t i = 0; i < SVD_SIDE; i++) {
                y[i * lanes + lane] += (float)(cosine(i, k) * sum);
            }
        }
    }
    return true;
}

static void singular_vectors_of_a_known_spectrum(void **state)
{
    (void)state;
    static float v[SVD_SIDE * SVD_RANK], again[SVD_SIDE * SVD_RANK];
    double values[SVD_RANK];
    uint32_t known = SVD_KNOWN;
    svd_options o = {SVD_RANK, 6, 4, 7};
    nz_error err = NZ_ERROR_INIT;
    assert_int_equal(svd_right(known_product, &known, SVD_SIDE, &o, v, values, &err), NZ_OK);
    for (uint32_t k = 0; k < SVD_RANK; k++) {
        near(values[k], known_value(k), 1e-3);
        double same = 0.0;
        for (uint32_t i = 0; i < SVD_SIDE; i++) {
            same += cosine(i, k) * (double)v[i * SVD_RANK + k];
        }
        near(fabs(same), 1.0, 1e-3);
        for (uint32_t j = 0; j <= k; j++) {
            double dot = 0.0;
            for (uint32_t i = 0; i < SVD_SIDE; i++) {
                dot += (double)v[i * SVD_RANK + k] * (double)v[i * SVD_RANK + j];
            }
            near(dot, j == k ? 1.0 : 0.0, 1e-5);
        }
    }
    assert_int_equal(svd_right(known_product, &known, SVD_SIDE, &o, again, values, &err), NZ_OK);
    assert_memory_equal(v, again, sizeof v);
}

static void vectors_beyond_the_rank_are_zero(void **state)
{
    (void)state;
    static float v[SVD_SIDE * SVD_RANK];
    double values[SVD_RANK];
    uint32_t known = 4;
    svd_options o = {SVD_RANK, 6, 4, 7};
    nz_error err = NZ_ERROR_INIT;
    assert_int_equal(svd_right(known_product, &known, SVD_SIDE, &o, v, values, &err), NZ_OK);
    near(values[3], known_value(3), 1e-3);
    for (uint32_t k = known; k < SVD_RANK; k++) {
        near(values[k], 0.0, 1e-2);
        for (uint32_t i = 0; i < SVD_SIDE; i++) {
            near((double)v[i * SVD_RANK + k], 0.0, 0.0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dense_sums_in_double),
        cmocka_unit_test(gather_is_a_matrix_product_for_every_stride),
        cmocka_unit_test(transpose_turns_rows_into_columns),
        cmocka_unit_test(losses_have_their_closed_forms),
        cmocka_unit_test(losses_stay_finite_far_out),
        cmocka_unit_test(residuals_agree_with_finite_differences),
        cmocka_unit_test(solver_walks_the_valley),
        cmocka_unit_test(solver_can_be_cancelled),
        cmocka_unit_test(solver_refuses_a_start_without_a_value),
        cmocka_unit_test(multinomial_regression_agrees_with_scikit_learn),
        cmocka_unit_test(binary_regression_agrees_with_scikit_learn),
        cmocka_unit_test(products_of_matrices),
        cmocka_unit_test(eigenvalues_of_a_small_matrix),
        cmocka_unit_test(singular_vectors_of_a_known_spectrum),
        cmocka_unit_test(vectors_beyond_the_rank_are_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
