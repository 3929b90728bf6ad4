/* lbfgs.c - see lbfgs.h for the method.
 * It must not know what is minimised.
 * Invariant: every remembered pair has s'y > 0, so that the inverse Hessian it stands for
 * is positive definite and every direction goes down. */
#include "numeric/lbfgs.h"

#include <math.h>

#include "numeric/dense.h"

/* Sufficient decrease and curvature (N&W section 3.1), c1 < c2 < 1. */
static const double armijo = 1e-4;
static const double curvature = 0.9;

enum { MEMORY_MAX = 20, PAST_MAX = 16 };

typedef struct solver {
    size_t n;
    lbfgs_options options;
    lbfgs_evaluate evaluate;
    lbfgs_watch watch;
    void *context;
    float *x;        /* [n] the caller's */
    float *previous; /* [n] x before the step */
    float *g;        /* [n] gradient at x */
    float *previous_g;
    float *d;        /* [n] direction */
    float *pairs;    /* [2 * memory][n]: s of slot k at 2k, y at 2k + 1 */
    double rho[MEMORY_MAX]; /* 1 / s'y */
    uint32_t stored, next;  /* pairs kept, slot of the next one */
    double f;
    double past[PAST_MAX];
    uint32_t evaluations;
} solver;

lbfgs_options lbfgs_default_options(void)
{
    lbfgs_options options = {8, 200, 20, 1e-5, 5, 1e-5};
    return options;
}

static float *pair_s(solver *s, uint32_t slot)
{
    return s->pairs + (size_t)2 * slot * s->n;
}

static float *pair_y(solver *s, uint32_t slot)
{
    return s->pairs + ((size_t)2 * slot + 1) * s->n;
}

/* d = -H g by the two-loop recursion (N&W algorithm 7.4). */
static void find_direction(solver *s)
{
    double alpha[MEMORY_MAX];
    uint32_t memory = s->options.memory;
    dense_copy(s->g, s->d, s->n);
    dense_scale(-1.0f, s->d, s->n);
    for (uint32_t k = 0; k < s->stored; k++) {
        uint32_t slot = (s->next + memory - 1 - k) % memory;
        alpha[slot] = s->rho[slot] * dense_dot(pair_s(s, slot), s->d, s->n);
        dense_add((float)-alpha[slot], pair_y(s, slot), s->d, s->n);
    }
    if (s->stored != 0) {
        /* gamma = s'y / y'y (N&W 7.20) scales the problem. */
        uint32_t newest = (s->next + memory - 1) % memory;
        double yy = dense_dot(pair_y(s, newest), pair_y(s, newest), s->n);
        dense_scale((float)(1.0 / (s->rho[newest] * yy)), s->d, s->n);
    }
    for (uint32_t k = s->stored; k-- > 0;) {
        uint32_t slot = (s->next + memory - 1 - k) % memory;
        double beta = s->rho[slot] * dense_dot(pair_y(s, slot), s->d, s->n);
        dense_add((float)(alpha[slot] - beta), pair_s(s, slot), s->d, s->n);
    }
}

/* Remember s = x - previous, y = g - previous_g, unless floats spoilt the curvature. */
static void remember(solver *s)
{
    float *step = pair_s(s, s->next), *change = pair_y(s, s->next);
    dense_copy(s->x, step, s->n);
    dense_add(-1.0f, s->previous, step, s->n);
    dense_copy(s->g, change, s->n);
    dense_add(-1.0f, s->previous_g, change, s->n);
    double sy = dense_dot(step, change, s->n);
    double yy = dense_dot(change, change, s->n);
    if (!(sy > 1e-10 * yy) || yy == 0.0) {
        return;
    }
    s->rho[s->next] = 1.0 / sy;
    s->next = (s->next + 1) % s->options.memory;
    if (s->stored < s->options.memory) {
        s->stored++;
    }
}

/* Value and slope along d at step t. */
static double probe(solver *s, double t, double *slope)
{
    dense_copy(s->previous, s->x, s->n);
    dense_add((float)t, s->d, s->x, s->n);
    s->evaluations++;
    double f = s->evaluate(s->context, s->x, s->g);
    *slope = dense_dot(s->g, s->d, s->n);
    return f;
}

/* Minimum of the cubic through (a, fa, slope da) and (b, fb, slope db) (N&W 3.59), kept
 * away from both ends. */
static double between(double a, double fa, double da, double b, double fb, double db)
{
    double width = b - a;
    double t = a + 0.5 * width;
    double d1 = da + db - 3.0 * (fa - fb) / (a - b);
    double under = d1 * d1 - da * db;
    if (isfinite(under) && under >= 0.0) {
        double d2 = sqrt(under);
        double bottom = db - da + 2.0 * d2;
        if (bottom != 0.0) {
            t = b - width * (db + d2 - d1) / bottom;
        }
    }
    double margin = 0.1 * width;
    if (!(t > a + margin)) {
        t = a + margin;
    }
    if (!(t < b - margin)) {
        t = b - margin;
    }
    return t;
}

/* A step that satisfies the weak Wolfe conditions, or at least lowers the value.
 * x, g and f are left at it; 0 when there is none (x is then where it was). */
static double search_line(solver *s, double t)
{
    double f0 = s->f, slope0 = dense_dot(s->g, s->d, s->n);
    double low = 0.0, f_low = f0, slope_low = slope0, high = INFINITY;
    dense_copy(s->x, s->previous, s->n);
    dense_copy(s->g, s->previous_g, s->n);
    for (uint32_t i = 0; slope0 < 0.0 && i < s->options.max_evaluations; i++) {
        double slope, f = probe(s, t, &slope);
        if (!(f <= f0 + armijo * t * slope0)) {
            high = t;
            t = isfinite(f) ? between(low, f_low, slope_low, high, f, slope)
                            : low + 0.1 * (high - low);
        } else if (slope < curvature * slope0) {
            low = t;
            f_low = f;
            slope_low = slope;
            t = isfinite(high) ? 0.5 * (low + high) : 2.0 * t;
        } else {
            s->f = f;
            return t;
        }
    }
    if (low > 0.0) {
        double slope;
        s->f = probe(s, low, &slope);
        return low;
    }
    dense_copy(s->previous, s->x, s->n);
    dense_copy(s->previous_g, s->g, s->n);
    return 0.0;
}

static bool has_stopped_falling(solver *s, uint32_t iteration)
{
    uint32_t past = s->options.past;
    if (past == 0) {
        return false;
    }
    double before = s->past[iteration % past];
    s->past[iteration % past] = s->f;
    double size = fabs(s->f) > 1.0 ? fabs(s->f) : 1.0;
    return iteration >= past && before - s->f < s->options.past_tolerance * size;
}

static bool is_flat(const solver *s, double g_norm)
{
    double x_norm = dense_norm(s->x, s->n);
    return g_norm <= s->options.gradient_tolerance * (x_norm > 1.0 ? x_norm : 1.0);
}

/* The outer loop (N&W algorithm 7.5). */
static nz_status iterate(solver *s, lbfgs_result *result)
{
    double g_norm = dense_norm(s->g, s->n);
    result->reason = LBFGS_GRADIENT;
    (void)has_stopped_falling(s, 0);
    for (uint32_t k = 1; !is_flat(s, g_norm); k++) {
        if (k > s->options.max_iterations) {
            result->reason = LBFGS_ITERATIONS;
            break;
        }
        find_direction(s);
        double t = search_line(s, s->stored == 0 ? 1.0 / g_norm : 1.0);
        if (t == 0.0 && s->stored != 0) {
            s->stored = 0; /* once more along the plain gradient */
            k--;
            continue;
        }
        if (t == 0.0) {
            result->reason = LBFGS_NO_STEP;
            break;
        }
        remember(s);
        g_norm = dense_norm(s->g, s->n);
        result->iterations = k;
        lbfgs_step step = {k, s->evaluations, s->f, g_norm, t};
        if (s->watch != NULL && !s->watch(s->context, &step)) {
            return NZ_E_CANCELLED;
        }
        if (has_stopped_falling(s, k)) {
            result->reason = LBFGS_FALL;
            break;
        }
    }
    result->gradient_norm = g_norm;
    return NZ_OK;
}

static nz_status start(solver *s, lbfgs_result *result, nz_error *err)
{
    s->evaluations = 1;
    s->f = s->evaluate(s->context, s->x, s->g);
    if (!isfinite(s->f)) {
        return status_fail(err, NZ_E_DATA, "the loss at the start is not finite: are there "
                                           "row weights that are not?");
    }
    nz_status status = iterate(s, result);
    result->value = s->f;
    result->evaluations = s->evaluations;
    return status == NZ_E_CANCELLED ? status_fail(err, status, "training was cancelled") : status;
}

nz_status lbfgs_minimise(size_t n, float *x, lbfgs_evaluate evaluate, lbfgs_watch watch,
                         void *context, const lbfgs_options *options, lbfgs_result *result,
                         nz_error *err)
{
    nz_allocator memory = memory_default();
    lbfgs_result local = {0};
    result = result != NULL ? result : &local;
    *result = local;
    solver s = {0};
    s.n = n;
    s.options = options != NULL ? *options : lbfgs_default_options();
    s.options.memory = s.options.memory < 1            ? 1
                       : s.options.memory > MEMORY_MAX ? MEMORY_MAX
                                                       : s.options.memory;
    s.options.past = s.options.past > PAST_MAX ? PAST_MAX : s.options.past;
    s.evaluate = evaluate;
    s.watch = watch;
    s.context = context;
    s.x = x;
    size_t vectors = 4 + (size_t)2 * s.options.memory, floats;
    if (!memory_multiply(vectors, n, &floats)) {
        return status_no_memory(err);
    }
    float *block = memory_new(&memory, floats, sizeof *block);
    if (block == NULL) {
        return status_no_memory(err);
    }
    s.previous = block;
    s.g = block + n;
    s.previous_g = block + 2 * n;
    s.d = block + 3 * n;
    s.pairs = block + 4 * n;
    nz_status status = start(&s, result, err);
    memory_free(&memory, block, floats, sizeof *block);
    return status;
}
