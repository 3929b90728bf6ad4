/* softmax.c - exp by range reduction and a Taylor polynomial, softmax, sigmoid.
 * It must not know heads.  Invariant: only additions, multiplications, divisions and
 * comparisons of IEEE doubles, in a fixed order; built with -ffp-contract=off. */
#include "predict/softmax.h"

#include <string.h>

/* ln 2 in two parts: k * LN2_HIGH is exact for |k| < 2^20 (as in fdlibm's e_exp.c). */
#define LN2_HIGH 6.93147180369123816490e-01
#define LN2_LOW 1.90821492927058770002e-10
#define LOG2_E 1.44269504088896338700e+00
/* Adding and taking away 1.5 * 2^52 rounds to the nearest integer without a call. */
#define ROUNDER 6755399441055744.0
#define LIMIT 700.0

static inline double exp_of(double x)
{
    x = x > LIMIT ? LIMIT : x;
    double inside = x < -LIMIT ? -LIMIT : x;
    double shifted = inside * LOG2_E + ROUNDER;
    double k = shifted - ROUNDER;
    double r = (inside - k * LN2_HIGH) - k * LN2_LOW; /* |r| <= 0.347 */
    /* Taylor to r^11 / 11!: what is left out is below 7e-15. */
    double p = 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    /* 2^k: the low bits of `shifted` are k in two's complement. */
    uint64_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 1023) << 52;
    double power;
    memcpy(&power, &bits, sizeof power);
    return x < -LIMIT ? 0.0 : p * power;
}

double softmax_exp(double x)
{
    return exp_of(x);
}

void softmax_single(const double *restrict logits, uint32_t count, double *restrict probs)
{
    double top = logits[0];
    for (uint32_t i = 1; i < count; i++) {
        top = logits[i] > top ? logits[i] : top;
    }
    for (uint32_t i = 0; i < count; i++) {
        probs[i] = exp_of(logits[i] - top);
    }
    double sum = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        sum += probs[i];
    }
    for (uint32_t i = 0; i < count; i++) {
        probs[i] /= sum;
    }
}

void softmax_sigmoid(const double *restrict logits, uint32_t count, double *restrict probs)
{
    for (uint32_t i = 0; i < count; i++) {
        probs[i] = 1.0 / (1.0 + exp_of(-logits[i]));
    }
}
