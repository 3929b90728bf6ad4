/* logistic.h - the loss and residual of one row of scores: multinomial logistic for a
 * single choice, independent logistic for labels that stand on their own.
 *
 * It must not know features or files.
 * Invariant: no input but NaN gives an infinite loss or residual. */
#ifndef NZ_NUMERIC_LOGISTIC_H
#define NZ_NUMERIC_LOGISTIC_H

#include <stdint.h>

/* 1 / (1 + exp(-z)) */
double logistic_sigmoid(double z);
/* In place: z [lanes] becomes probabilities that sum to 1. */
void logistic_softmax(double *z, uint32_t lanes);

/* -log softmax(z)[label]; z [lanes] becomes softmax(z) - one_hot(label), times weight.
 * Returns weight * loss. */
double logistic_single(float *z, uint32_t lanes, uint32_t label, float weight);
/* sum over lanes of -log p(y_k | z_k); z becomes (sigmoid(z) - y) * weight * lane_weight.
 * y [lanes] of 0 and 1; lane_weight[2 * k + y] or NULL. */
double logistic_independent(float *z, uint32_t lanes, const uint8_t *y, float weight,
                            const float *lane_weight);

#endif
