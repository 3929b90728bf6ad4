/* softmax.h - logits to probabilities with our own exp: the same bits with every libm,
 * compiler and instruction set.
 * It must not know heads.  Invariant: a pure function; sums run from the first to the last. */
#ifndef NZ_PREDICT_SOFTMAX_H
#define NZ_PREDICT_SOFTMAX_H

#include <stdint.h>

/* e^x within a relative error of 1e-13; 0 below -700, e^700 above 700.  x is not NaN. */
double softmax_exp(double x);
/* Probabilities of count >= 1 logits that exclude each other. */
void softmax_single(const double *restrict logits, uint32_t count, double *restrict probs);
/* Probability of each logit on its own. */
void softmax_sigmoid(const double *restrict logits, uint32_t count, double *restrict probs);

#endif
