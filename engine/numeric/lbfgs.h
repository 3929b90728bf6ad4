/* lbfgs.h - minimise a smooth function of many variables (limited-memory BFGS).
 *
 * Nocedal and Wright, Numerical Optimization (2006): two-loop recursion, algorithm 7.4;
 * outer loop, 7.5.  Step length: bracketing for the weak Wolfe conditions (Lewis and
 * Overton, Math. Programming 141, 2013, algorithm 2.6) with cubic interpolation inside.
 * It knows a value-and-gradient callback and nothing else.
 * Invariant: x on return is the best point seen, and f never rises between iterations. */
#ifndef NZ_NUMERIC_LBFGS_H
#define NZ_NUMERIC_LBFGS_H

#include "base/memory.h"

/* Value at x [n]; fills the gradient g [n].  A value that is not finite means "too far". */
typedef double (*lbfgs_evaluate)(void *context, const float *x, float *g);

typedef struct lbfgs_step {
    uint32_t iteration;   /* from 1 */
    uint32_t evaluations; /* so far */
    double value;
    double gradient_norm;
    double step; /* length factor accepted */
} lbfgs_step;

/* Called after every iteration; false stops with NZ_E_CANCELLED. */
typedef bool (*lbfgs_watch)(void *context, const lbfgs_step *step);

typedef struct lbfgs_options {
    uint32_t memory;          /* pairs remembered: 3 to 20 */
    uint32_t max_iterations;  /* reaching it is no failure */
    uint32_t max_evaluations; /* of one line search */
    double gradient_tolerance; /* stop when |g| <= this * max(1, |x|) */
    uint32_t past;            /* stop when over `past` iterations f fell by less than ... */
    double past_tolerance;    /* ... this * max(1, |f|); past 0: never */
} lbfgs_options;
lbfgs_options lbfgs_default_options(void);

typedef enum lbfgs_reason {
    LBFGS_GRADIENT = 0,   /* the gradient is small */
    LBFGS_FALL,           /* the value hardly falls any more */
    LBFGS_ITERATIONS,     /* max_iterations */
    LBFGS_NO_STEP         /* no step lowers the value: as exact as floats allow */
} lbfgs_reason;

typedef struct lbfgs_result {
    double value;
    double gradient_norm;
    uint32_t iterations, evaluations;
    lbfgs_reason reason;
} lbfgs_result;

/* x [n]: start, then the minimum found.  watch, options and result may be NULL.
 * @return NZ_OK, NZ_E_MEMORY, NZ_E_CANCELLED, or NZ_E_DATA when the value at the start is
 * not finite. */
NZ_NODISCARD nz_status lbfgs_minimise(size_t n, float *x, lbfgs_evaluate evaluate,
                                      lbfgs_watch watch, void *context,
                                      const lbfgs_options *options, lbfgs_result *result,
                                      nz_error *err);

#endif
