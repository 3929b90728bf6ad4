/* fit.h - logistic regression of one head on the factored matrix.
 *
 *   z(label) = g * (sum over tokens of f * v(token) + sum over cross features of w_eff)
 *              + rating row + channel row + source intercept + bias
 *   v(token) = sum of w_eff over its features;   w_eff = s * w + vector . u
 *
 * minimises sum of row weight * loss + l2 / 2 * (|w|^2 + |u|^2) (rating, channel, source and bias are
 * held by a weak prior of their own).  In a single-choice head the loss of a row is over the
 * labels that its source has anywhere: stars teach good against bad, not what is mixed.
 * It must not know the model file.
 * Invariant: the weights do not depend on the number of threads. */
#ifndef NZ_TRAIN_FIT_H
#define NZ_TRAIN_FIT_H

#include "numeric/lbfgs.h"
#include "train/embed.h"
#include "train/factors.h"

typedef struct fit_options {
    double l2;
    double class_weight; /* 0..1 */
    uint32_t max_iterations;
    uint64_t seed;       /* which rows hide their rating and channel */
} fit_options;

/* One head over some rows. */
typedef struct fit_problem fit_problem;

/* rows_used [count]: rows whose label of the head is known.  e: the vectors that take part, or
 * NULL.  All arguments are borrowed. */
NZ_NODISCARD nz_status fit_problem_new(fit_problem **out, const matrix *m, const rows *r,
                                       const double *g, const space *s, const embedding *e,
                                       uint32_t head, const uint32_t *rows_used, uint32_t count,
                                       const fit_options *options, team *threads, nz_error *err);
void fit_problem_free(fit_problem *p);

/* Lanes of a head: its labels. */
uint32_t fit_lanes(const fit_problem *p);
/* Floats of a solution; all zero is a start. */
size_t fit_size(const fit_problem *p);

/* At most so many iterations from now on. */
void fit_set_iterations(fit_problem *p, uint32_t most);

typedef bool (*fit_watch)(void *context, uint32_t iteration, uint32_t most, double loss_per_row);

/* x [fit_size]: start, then the solution.  weights [count of rows]: 0 leaves a row out;
 * NULL: the rows' own. */
NZ_NODISCARD nz_status fit_train(fit_problem *p, const float *weights, float *x, fit_watch watch,
                                 void *context, nz_error *err);
/* Scores z [count of rows][lanes] without the source intercepts. */
void fit_score(fit_problem *p, const float *x, float *z);

/* w_eff of all features, [features of the space][stride of sparse_stride(lanes)], with what the
 * vectors add folded in.  Until the next call for this problem. */
const float *fit_weights(fit_problem *p, const float *x);
/* Parts of a solution, per lane: rows of a rating bin and a channel. */
float fit_rating(const fit_problem *p, const float *x, uint32_t bin, uint32_t lane);
float fit_channel(const fit_problem *p, const float *x, uint32_t channel, uint32_t lane);
float fit_bias(const fit_problem *p, const float *x, uint32_t lane);
/* Put w_eff of a feature into a start; 0 when the feature's scale is. */
void fit_set_weight(const fit_problem *p, float *x, uint32_t feature, uint32_t lane, float value);

/* Does this row show its rating and channel?  The same for every head. */
bool fit_shows_metadata(uint64_t seed, uint64_t row_number);

#endif
